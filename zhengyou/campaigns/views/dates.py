"""Moving dates: a named day with all that hangs on it, or one task's period; previewed, then done with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from zhengyou.campaigns import comparing, moving, packed, steering
from zhengyou.campaigns.actions import moving as actions
from zhengyou.campaigns.comparing import Line
from zhengyou.campaigns.models import Campaign, Slot
from zhengyou.campaigns.views import lines, words
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.preparing import fetch, head
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.current import language
from zhengyou.packs.check import Checked

PAGE = 40


class MoveForm(forms.Form):
    """The new day and why."""

    new_on = forms.DateField(
        label=gettext_lazy("改到哪一天"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("办这件事的人都会看到；原来的日期也一直看得见。"),
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """All dates that can be moved; with `what` the form of one, POSTed first for its preview, then with its digest."""
    once(request)
    campaign = fetch(request, public_id)
    insist(steering.may_steer(request.authority, campaign))  # type: ignore[attr-defined]
    checked = packed.checked(campaign)
    what = request.POST.get("what") or request.GET.get("what", "")
    if not what:
        if request.method == "POST":
            return redirect("campaign_dates", public_id)
        return _listing(request, campaign, checked)
    target = _Target(request, campaign, checked, what)
    if request.method != "POST":
        return _form(request, target, MoveForm())
    form = MoveForm(request.POST)
    form.is_valid()
    day, reason = form.cleaned_data.get("new_on"), request.POST.get("reason", "")
    try:
        if shown := request.POST.get("shown", ""):
            done = target.move(day, reason, shown)
            text = ngettext("日期改好了：%(n)s 期。", "日期改好了：%(n)s 期。", done.slots) % {
                "n": done.slots
            }
            messages.success(request, text)
            return redirect("campaign_dates", public_id)
        actions.checked_reason(reason)
        found = target.preview(day)
    except Invalid as fault:
        _refuse(form, fault.problems)
        return _form(request, target, form, 422)
    return _preview(request, target, form, found, day)


def _refuse(form: forms.Form, problems: list[Problem]) -> None:
    for problem in problems:
        field = problem.field if problem.field in form.fields else None
        if problem.text not in form.errors.get(field or "__all__", []):
            form.add_error(field, problem.text)


class _Target:
    """What is to be moved: `day:<name>` or `slot:<id>`; 404 where there is none."""

    def __init__(self, request: HttpRequest, campaign: Campaign, checked: Checked, what: str):
        self.request, self.campaign, self.checked, self.what = request, campaign, checked, what
        kind, _colon, rest = what.partition(":")
        self.slot: Slot | None = None
        self.name = ""
        if kind == "day":
            found = next((d for d in moving.named_days(checked) if d.code == rest), None)
            if found is None:
                raise Http404
            self.name, self.title, self.now = found.code, found.label.text(language()), found.day
        elif kind == "slot" and rest.isascii() and rest.isdigit() and len(rest) < 18:
            slots = comparing.dated(Slot.objects.filter(pk=int(rest), task__campaign=campaign))
            self.slot = slots.select_related("task__campaign", "task__phase").first()
            if self.slot is None:
                raise Http404
            self.title, self.now = slot_title(self.slot), comparing.current(self.slot)
            insist(steering.may_move(request.authority, self.slot))  # type: ignore[attr-defined]
        else:
            raise Http404

    def preview(self, day: date | None) -> list[Line]:
        """What the move does; Invalid where it may not be."""
        if self.slot is not None:
            return [actions.line_of(self.slot, day)]
        if problems := actions.problems_of(self.now, day):
            raise Invalid(*problems)
        assert day is not None
        found = moving.preview(self.campaign, self.name, day)
        actions.refuse_shorter(found)
        return found

    def fingerprint(self, found: list[Line], day: date | None) -> str:
        """The digest of what is shown."""
        return comparing.fingerprint(found, *([day] if self.slot else [self.name, day]))

    def move(self, day: date | None, reason: str, shown: str) -> actions.Moved:
        """Do it."""
        by = self.request.me.actor  # type: ignore[attr-defined]
        if self.slot is not None:
            return actions.move_slot(self.slot, day, by=by, reason=reason, shown=shown)
        return actions.move_day(self.campaign, self.name, day, by=by, reason=reason, shown=shown)


def slot_title(slot: Slot) -> str:
    """A task with its period."""
    name = words.label(slot.task)
    return _("%(task)s（%(period)s）") % {"task": name, "period": slot.period} if slot.period else name


def _head(request: HttpRequest, campaign: Campaign, checked: Checked) -> dict[str, Any]:
    return {"head": head(request, campaign, checked, "dates"), "campaign": campaign}


def _listing(request: HttpRequest, campaign: Campaign, checked: Checked) -> HttpResponse:
    today = clock.today()
    found = comparing.dated(Slot.objects.filter(task__campaign=campaign, closed_on__gt=today))
    ordered = found.select_related("task").order_by("task__place", "opens_on", "pk")
    page_ = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    base = reverse("campaign_dates", args=[campaign.public_id])
    rows = [
        {
            "title": slot_title(slot),
            "opens": words.full(slot.opens_on),
            "now": words.full(comparing.current(slot)),
            "old": words.full(comparing.first(slot))
            if comparing.first(slot) != comparing.current(slot)
            else "",
            "url": f"{base}?what=slot:{slot.pk}",
        }
        for slot in page_.object_list
    ]
    days = [
        {"title": d.label.text(language()), "now": words.full(d.day), "url": f"{base}?what=day:{d.code}"}
        for d in moving.named_days(checked)
        if d.day
    ]
    context = _head(request, campaign, checked) | {"days": days, "rows": rows, "page": page_}
    return render(request, "campaigns/change/dates.html", context)


def _form(request: HttpRequest, target: _Target, form: MoveForm, status: int = 200) -> HttpResponse:
    context = _head(request, target.campaign, target.checked) | {
        "target": target,
        "now": words.full(target.now) if target.now else "",
        "form": form,
        "errors_title": _("还没有改，填的都留着"),
    }
    return render(request, "campaigns/change/date.html", context, status=status)


def _preview(
    request: HttpRequest, target: _Target, form: MoveForm, found: list[Line], day: date | None
) -> HttpResponse:
    duties = sum(line.duties for line in found if line.kind == "later")
    context = _head(request, target.campaign, target.checked) | {
        "target": target,
        "rows": lines.rows(found[: lines.MOST]),
        "total": len(found),
        "duties": duties,
        "shown": target.fingerprint(found, day),
        "new_on": day.isoformat() if day else "",
        "day": words.full(day) if day else "",
        "reason": form.cleaned_data.get("reason", ""),
        "confirm": _("改到 %(day)s") % {"day": words.full(day) if day else ""},
    }
    return render(request, "campaigns/change/date_preview.html", context)
