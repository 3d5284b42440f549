"""Exempting, extending, voiding: one duty from its page, or chosen from a list; always a preview, then a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from zhengyou.campaigns import rules
from zhengyou.campaigns.actions import deciding
from zhengyou.campaigns.forms import DecisionForm
from zhengyou.campaigns.models import OPEN, Campaign, Duty, Slot
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.shown import fetch
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import Verdict, insist, no
from zhengyou.org import tree
from zhengyou.org.current import language, part

CHOSEN = 500
"""Most duties decided about at once from a list; whole units and everybody go by one decision of the office."""
KINDS = ("exempt", "extend", "void")
RELATED = ("slot__task__programme", "member", "subject_unit", "unit")


def may_list(request: HttpRequest) -> Verdict:
    """The list is for those who may decide about anybody's duties."""
    if request.authority.anywhere("exempt"):  # type: ignore[attr-defined]
        return Verdict()
    return no(_("任务清单给能决定免办和延期的人用。您自己的事都在「待办」里。"))


def row(duty: Duty, names: dict[int, str]) -> dict[str, Any]:
    """A duty as a line of a list; `names` are of its units."""
    shut = duty.slot.closed_on <= clock.today()
    late = max((clock.today() - duty.due_on).days, 0) if duty.state in OPEN and not shut else 0
    unit = names.get(duty.unit_id, "")
    subject = f"{duty.member.name} · {unit}" if duty.member else names.get(duty.subject_unit_id or 0, unit)
    return {
        "id": duty.pk,
        "url": reverse("duty", args=[duty.pk]),
        "title": words.title(duty),
        "subject": subject,
        "due": _("%(day)s前交") % {"day": words.day(duty.due_on)},
        "status": duty.state,
        "late": late,
        "shut": shut,
    }


def rows(duties: Iterable[Duty], known: dict[int, str] | None = None) -> list[dict[str, Any]]:
    """Lines of a list; one query for names that are not `known`."""
    found, names = list(duties), known or {}
    units = {d.unit_id for d in found} | {d.subject_unit_id for d in found if d.subject_unit_id}
    if not units <= names.keys():
        names = words.unit_names(units)
    return [row(duty, names) for duty in found]


def open_slots(day: date) -> list[Slot]:
    """Periods of running campaigns that are open, in the plan's order."""
    found = Slot.objects.filter(
        task__campaign__state=Campaign.State.RUNNING, opens_on__lte=day, closed_on__gt=day
    )
    return list(found.select_related("task__programme").order_by("task__place", "opens_on")[:300])


def slot_name(slot: Slot) -> str:
    """A task with its period."""
    name = words.label(slot.task)
    return _("%(task)s（%(period)s）") % {"task": name, "period": slot.period} if slot.period else name


#: the states that each decision changes
TOUCHES = {
    "exempt": ("due", "returned"),
    "extend": ("due", "returned", "submitted"),
    "void": ("due", "returned", "submitted", "exempt"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def decide_scope(request: HttpRequest, kind: str) -> HttpResponse:
    """One task for a unit and all below it, or for everybody: how many it changes, then the reason."""
    if kind not in KINDS:
        raise Http404
    once(request)
    insist(may_list(request))
    authority, day = request.authority, clock.today()  # type: ignore[attr-defined]
    back = _list_again(request)
    slot = next((s for s in open_slots(day) if str(s.pk) == request.GET.get("slot")), None)
    place = tree.units_on(day).filter(unit__public_id=request.GET.get("unit", "")).first()
    everybody = request.GET.get("unit") == "*"
    if slot is None or (place is None and not everybody):
        messages.warning(request, _("先选任务，再选单位。"))
        return redirect(back)
    unit = place.unit if place else None
    insist(rules.may_decide(authority, kind, slot, unit_id=unit.pk if unit else None))
    found = Duty.objects.filter(slot=slot)
    if unit is not None:
        found = found.filter(unit__in=tree.below([unit.pk], day))
    counts = dict(found.values_list("state").annotate(n=Count("pk")))
    n = sum(counts.get(state, 0) for state in TOUCHES[kind])
    form = decision_form(request, kind)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _made, changed = deciding.decide(
                    kind,
                    slot,
                    by=request.me.actor,  # type: ignore[attr-defined]
                    unit=unit,
                    due_on=form.cleaned_data.get("due_on"),
                    reason=form.cleaned_data.get("reason", ""),
                    text=form.cleaned_data.get("text", ""),
                )
            except Invalid as fault:
                problems = spread(form, fault)
            else:
                text = ngettext("办了 %(n)s 件。", "办了 %(n)s 件。", changed) % {"n": changed}
                messages.success(request, text)
                return redirect(back)
    whose = place.name if place else _("全体")
    lead = _("%(whose)s（含下级）：一共 %(all)s 件，其中会变的 %(n)s 件；以后进来的也照这个决定办。")
    context = {
        "title": _("%(verb)s：%(title)s") % {"verb": label(kind), "title": slot_name(slot)},
        "lead": lead % {"whose": whose, "all": sum(counts.values()), "n": n},
        "consequence": consequence(kind),
        "able": [],
        "count": n,
        "scope": True,
        "form": form,
        "problems": problems,
        "errors_title": _("还没有办，填好的都留着"),
        "confirm": ngettext("确认%(verb)s %(n)s 件", "确认%(verb)s %(n)s 件", n)
        % {"verb": label(kind), "n": n},
        "back": back,
        "back_label": _("任务清单"),
    }
    return render(request, "campaigns/decide.html", context, status=status)


def _list_again(request: HttpRequest) -> str:
    """The list as it was filtered when the decision was begun."""
    back = request.GET.get("back", "")[:500]
    return reverse("duties") + ("?" + back if back else "")


def decision_form(request: HttpRequest, kind: str) -> DecisionForm:
    """The form of a decision with the organisation's short list of reasons."""
    found = part()
    reasons = [
        (code, text.text(language())) for code, text in (found.exempt_reasons if found else {}).items()
    ]
    return DecisionForm(kind, reasons, request.POST if request.method == "POST" else None)


def spread(form: DecisionForm, fault: Invalid) -> list[Problem]:
    """Put an action's problems at their fields; returns those that have none."""
    rest = []
    for problem in fault.problems:
        if problem.field in form.fields:
            form.add_error(problem.field, problem.text)
        else:
            rest.append(problem)
    return rest


def label(kind: str) -> str:
    """The verb of a decision."""
    return {"exempt": _("免办"), "extend": _("延期"), "void": _("作废")}[kind]


def consequence(kind: str) -> str:
    """What a decision does, said before it is taken."""
    return {
        "exempt": _("免办的不用交，不算逾期；完成率的分母里减去它。写过的草稿还在，决定收回后接着办。"),
        "extend": _("期限改到新的日期，旧日期一直看得见。期限只能延后，不能提前。"),
        "void": _("作废的不再算数，从应办里减去；正在审核的那一稿不再等审核。"),
    }[kind]


@require_http_methods(["GET", "HEAD", "POST"])
def decide_one(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One duty: what will happen, then the reason."""
    once(request)
    duty = fetch(request, pk)
    if kind not in KINDS:
        raise Http404
    verdict = ASK[kind](request.authority, duty)  # type: ignore[attr-defined]
    insist(verdict)
    back = reverse("duty", args=[pk])
    return _decide(request, kind, [duty], {}, back, words.title(duty), back)


ASK = {"exempt": rules.may_exempt, "extend": rules.may_extend, "void": rules.may_void}


@require_http_methods(["GET", "HEAD", "POST"])
def decide_many(request: HttpRequest, kind: str) -> HttpResponse:
    """Duties chosen from the list: which change, which do not and why, then one reason for all."""
    if kind not in KINDS:
        raise Http404
    once(request)
    insist(may_list(request))
    authority = request.authority  # type: ignore[attr-defined]
    source = request.POST if request.method == "POST" else request.GET
    ids = [int(x) for x in source.getlist("duty") if x.isascii() and x.isdigit() and len(x) < 18]
    back = _list_again(request)
    if not ids:
        messages.warning(request, _("还没有勾任何一件。先勾上要处理的，再选怎么处理。"))
        return redirect(back)
    found = list(
        Duty.objects.seen_by(authority)
        .select_related(*RELATED)
        .filter(pk__in=sorted(set(ids))[:CHOSEN])
        .order_by("due_on", "pk")
        .distinct()
    )
    authority.load({duty.unit_id for duty in found})
    able, unable = [], {}
    for duty in found:
        verdict = ASK[kind](authority, duty)
        if verdict:
            able.append(duty)
        else:
            unable[duty] = verdict
    return _decide(request, kind, able, unable, back, _("任务清单"), back)


def _decide(
    request: HttpRequest,
    kind: str,
    able: list[Duty],
    unable: dict[Duty, Verdict],
    back: str,
    back_label: str,
    then: str,
) -> HttpResponse:
    found = part()
    reasons = [
        (code, text.text(language())) for code, text in (found.exempt_reasons if found else {}).items()
    ]
    form = DecisionForm(kind, reasons, request.POST if request.method == "POST" else None)
    status = 200
    problems: list[Problem] = []
    if request.method == "POST" and able:
        status = 422
        if form.is_valid():
            try:
                text = _carry_out(request, kind, able, form)
            except Invalid as fault:
                problems += spread(form, fault)
            except Conflict as fault:
                problems.append(Problem("", str(fault)))
                status = 409
            else:
                messages.success(request, text)
                return redirect(then)
    count = len(able)
    verb = label(kind)
    left = rows(unable)
    for line, verdict in zip(left, unable.values(), strict=True):
        line["verdict"] = verdict
    context = {
        "title": _("%(verb)s：%(title)s") % {"verb": verb, "title": words.title(able[0])}
        if count == 1
        else ngettext("%(verb)s %(n)s 件", "%(verb)s %(n)s 件", count) % {"verb": verb, "n": count},
        "lead": _("先看清楚影响，再写理由。理由进记录，当事人看得到。"),
        "consequence": consequence(kind),
        "able": rows(able),
        "count": count,
        "unable": left,
        "form": form,
        "problems": problems,
        "errors_title": _("还没有办，填好的都留着"),
        "confirm": ngettext("确认%(verb)s %(n)s 件", "确认%(verb)s %(n)s 件", count)
        % {"verb": verb, "n": count},
        "back": back,
        "back_label": back_label,
    }
    return render(request, "campaigns/decide.html", context, status=status)


def _carry_out(request: HttpRequest, kind: str, able: list[Duty], form: DecisionForm) -> str:
    by = request.me.actor  # type: ignore[attr-defined]
    given = {
        "reason": form.cleaned_data.get("reason", ""),
        "text": form.cleaned_data.get("text", ""),
    }
    due_on = form.cleaned_data.get("due_on")
    if len(able) == 1:
        one = {"exempt": deciding.exempt, "void": deciding.void}
        if kind == "extend":
            if due_on is None:
                raise Invalid(Problem("due_on", _("写上改到哪一天，今天或以后。")))
            deciding.extend(able[0], due_on, by=by, **given)
        else:
            one[kind](able[0], by=by, **given)
        return {"exempt": _("已免办。"), "extend": _("期限已改。"), "void": _("已作废。")}[kind]
    changed, left = deciding.decide_many(kind, [d.pk for d in able], by=by, due_on=due_on, **given)
    text = ngettext("办了 %(n)s 件。", "办了 %(n)s 件。", changed) % {"n": changed}
    if left:
        text += ngettext("%(n)s 件没有动：%(why)s", "%(n)s 件没有动：%(why)s", len(left)) % {
            "n": len(left),
            "why": next(iter(left.values())),
        }
    return text


def choices(request: HttpRequest, duty: Duty) -> list[dict[str, Any]]:
    """Exempt, extend, void: each with its label and whether the reader may; none where the reader holds no power."""
    authority = request.authority  # type: ignore[attr-defined]
    if not authority.may("exempt", duty.unit_id):
        return []
    return [
        {"kind": "exempt", "label": _("免办"), "verdict": rules.may_exempt(authority, duty)},
        {"kind": "extend", "label": _("延期"), "verdict": rules.may_extend(authority, duty)},
        {"kind": "void", "label": _("作废"), "verdict": rules.may_void(authority, duty)},
    ]
