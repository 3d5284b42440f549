"""Phases and periods before their end: who still owes what, acceptance at the gate, closing, opening again."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from zhengyou.campaigns import comparing, ending, packed, steering
from zhengyou.campaigns.actions import closing
from zhengyou.campaigns.ending import Owing
from zhengyou.campaigns.models import Campaign, Phase, Report, Slot
from zhengyou.campaigns.reach import units_in_reach
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.dates import slot_title
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.preparing import fetch, head
from zhengyou.campaigns.views.reports import XLSX
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.verdict import Verdict

LINES = 200


class ReasonForm(forms.Form):
    """Why, or on what it is based."""

    reason = forms.CharField(
        label=gettext_lazy("依据或理由"),
        help_text=gettext_lazy("验收写看了什么、谁同意的、文号；重新开放写为什么；归档可以不写。"),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """All phases and how they stand; with `what` (`phase:<id>` or `slot:<id>`) one of them with its exceptions."""
    once(request)
    campaign = fetch(request, public_id)
    what = request.POST.get("what") or request.GET.get("what", "")
    if not what:
        return _listing(request, campaign)
    thing = _find(campaign, what)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            return _act(request, campaign, thing)
        except Invalid as fault:
            form.is_valid()
            for problem in fault.problems:
                form.add_error("reason", problem.text)
            status = 422
    return _one(request, campaign, thing, what, form, status)


def _find(campaign: Campaign, what: str) -> Phase | Slot:
    kind, _colon, rest = what.partition(":")
    pk = int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 18 else 0
    found: Phase | Slot | None = None
    if kind == "phase":
        found = (
            Phase.objects.select_related("programme__campaign")
            .filter(pk=pk, programme__campaign=campaign)
            .first()
        )
    elif kind == "slot" and Slot.objects.filter(pk=pk, task__campaign=campaign).exists():
        found = ending.one(pk)
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, campaign: Campaign, thing: Phase | Slot) -> HttpResponse:
    by, do = request.me.actor, request.POST.get("do", "")  # type: ignore[attr-defined]
    reason, shown = request.POST.get("reason", ""), request.POST.get("shown", "")
    if isinstance(thing, Phase):
        if do == "accept":
            n = closing.accept_phase(thing, by=by, reason=reason, shown=shown)
            text = ngettext(
                "验收登记好了，后面 %(n)s 期可以开始了。", "验收登记好了，后面 %(n)s 期可以开始了。", n
            )
            messages.success(request, text % {"n": n})
            return redirect("campaign_phases", campaign.public_id)
        if do == "close":
            report = closing.close_phase(thing, by=by, reason=reason, shown=shown)
            messages.success(request, _("归档了，报告已经生成。"))
            return redirect("report", report.public_id)
        if do == "reopen":
            closing.reopen_phase(thing, by=by, reason=reason)
            messages.success(request, _("重新开放了。办完再归档，会生成更正报告。"))
            return redirect("campaign_phases", campaign.public_id)
    else:
        if do == "close":
            report = closing.close_slot(thing, by=by, reason=reason, shown=shown)
            messages.success(request, _("归档了，报告已经生成。"))
            return redirect("report", report.public_id)
        if do == "reopen":
            closing.reopen_slot(thing, by=by, reason=reason)
            messages.success(request, _("重新开放了。办完再归档，会生成更正报告。"))
            return redirect("campaign_phases", campaign.public_id)
    raise Http404


def _state(phase: Phase) -> tuple[str, str]:
    """A phase's state in words and the class of its shape."""
    today = clock.today()
    if phase.closed_on:
        return _("已归档"), "ok"
    if phase.starts_on is None or phase.starts_on > today:
        return _("还没开始"), "draft"
    if phase.ends_on and phase.ends_on < today:
        return _("已到期，等归档"), "rev"
    return _("进行中"), ""


def _listing(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    found = (
        Phase.objects.filter(programme__campaign=campaign)
        .select_related("programme")
        .order_by("programme__place", "place")
    )
    base = reverse("campaign_phases", args=[campaign.public_id])
    rows: list[dict[str, Any]] = []
    before: dict[int, str] = {}
    for phase in found:
        word, shape = _state(phase)
        gate = before.get(phase.programme_id)
        rows.append(
            {
                "name": words.label(phase),
                "programme": words.label(phase.programme),
                "days": days(phase),
                "state": word,
                "shape": shape,
                "waits": _("等「%(phase)s」验收以后才开始") % {"phase": gate} if gate else "",
                "gate": gate_words(phase),
                "url": f"{base}?what=phase:{phase.pk}",
            }
        )
        if phase.gate == "acceptance" and phase.accepted_on is None and not gate:
            before[phase.programme_id] = words.label(phase)
    today = clock.today()
    late = (
        comparing.dated(Slot.objects.filter(task__campaign=campaign, task__phase=None, opens_on__lte=today))
        .select_related("task")
        .order_by("task__place", "opens_on")[:100]
    )
    periods = [
        {
            "name": slot_title(slot),
            "due": words.full(comparing.current(slot)),
            "closed": words.full(slot.closed_on) if slot.closed_on <= today else "",
            "url": f"{base}?what=slot:{slot.pk}",
        }
        for slot in late
        if slot.closed_on > slot.opens_on
    ]
    context = {
        "head": head(request, campaign, packed.checked(campaign), "phases"),
        "campaign": campaign,
        "rows": rows,
        "periods": periods,
    }
    return render(request, "campaigns/change/phases.html", context)


def days(phase: Phase) -> str:
    """A phase's days in words."""
    ends = [words.full(d) if d else _("没定") for d in (phase.starts_on, phase.ends_on)]
    return _("%(from)s 至 %(to)s") % {"from": ends[0], "to": ends[1]}


def gate_words(phase: Phase) -> str:
    """What its gate says; empty where it has none."""
    if phase.gate != "acceptance":
        return ""
    if phase.accepted_on:
        return _("%(day)s验收") % {"day": words.full(phase.accepted_on)}
    return _("验收以后才进入下一阶段")


def _one(
    request: HttpRequest, campaign: Campaign, thing: Phase | Slot, what: str, form: ReasonForm, status: int
) -> HttpResponse:
    authority = request.authority  # type: ignore[attr-defined]
    phase = thing if isinstance(thing, Phase) else None
    owing = ending.exceptions(phase) if phase else ending.exceptions_in(thing)  # type: ignore[arg-type]
    reach = units_in_reach(authority)
    shown = [row for row in owing if reach is None or row.unit in reach]
    names = words.unit_names([row.unit for row in shown[:LINES]])
    buttons: list[dict[str, Any]] = []

    def offer(do: str, label: str, verdict: Verdict, primary: bool = False) -> None:
        buttons.append({"do": do, "label": label, "verdict": verdict, "primary": primary})

    if steering.may_steer(authority, campaign):
        if phase is not None:
            if phase.gate == "acceptance" and phase.accepted_on is None:
                offer("accept", _("登记验收，进入下一阶段"), steering.may_accept(authority, phase), True)
            if phase.closed_on is None:
                offer("close", _("归档这个阶段"), ending.may_close_phase(authority, phase))
            else:
                offer("reopen", _("重新开放这个阶段"), ending.may_reopen_phase(authority, phase))
        elif isinstance(thing, Slot):
            if thing.closed_on > clock.today():
                offer("close", _("归档这一期"), ending.may_close(authority, thing))
            else:
                offer("reopen", _("重新开放这一期"), ending.may_reopen(authority, thing))
    reports = Report.objects.filter(phase=phase) if phase else Report.objects.filter(slot=thing.pk)
    context = {
        "campaign": campaign,
        "what": what,
        "title": words.label(phase) if phase else slot_title(thing),  # type: ignore[arg-type]
        "facts": " · ".join(f for f in _facts(phase, thing) if f),
        "rows": [_owing(row, names) for row in shown[:LINES]],
        "units": len(owing),
        "open": sum(row.open for row in owing),
        "in_review": sum(row.in_review for row in owing),
        "left": max(len(shown) - LINES, 0),
        "partly": reach is not None,
        "buttons": buttons,
        "why": "" if buttons else steering.may_steer(authority, campaign).why,
        "shown": ending.fingerprint(thing),
        "form": form,
        "reports": [
            {"url": reverse("report", args=[r.public_id]), "n": r.number, "day": words.full(r.day)}
            for r in reports.order_by("number")
        ],
        "export": reverse("campaign_exceptions", args=[campaign.public_id]) + f"?what={what}",
        "errors_title": _("还没有办，填的都留着"),
    }
    return render(request, "campaigns/change/phase.html", context, status=status)


def _facts(phase: Phase | None, thing: Phase | Slot) -> list[str]:
    if phase is not None:
        return [days(phase), _state(phase)[0], gate_words(phase)]
    assert isinstance(thing, Slot)
    due = _("期限 %(day)s") % {"day": words.full(comparing.current(thing))}
    closed = thing.closed_on <= clock.today()
    return [due, _("%(day)s归档") % {"day": words.full(thing.closed_on)} if closed else ""]


def _owing(row: Owing, names: dict[int, str]) -> dict[str, Any]:
    return {"name": names.get(row.unit, "—"), **row._asdict(), "open": row.open}


@require_safe
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list of exceptions as a workbook: units with counts, no persons."""
    campaign = fetch(request, public_id)
    thing = _find(campaign, request.GET.get("what", ""))
    owing = ending.exceptions(thing) if isinstance(thing, Phase) else ending.exceptions_in(thing)
    reach = units_in_reach(request.authority)  # type: ignore[attr-defined]
    owing = [row for row in owing if reach is None or row.unit in reach]
    names = words.unit_names([row.unit for row in owing])
    title = words.label(thing) if isinstance(thing, Phase) else slot_title(thing)
    lines: list[list[Any]] = [
        [names.get(r.unit, "—"), r.open, r.overdue, r.not_due, r.in_review] for r in owing
    ]
    lines += [[], [_("%(what)s · 截至 %(day)s") % {"what": title, "day": words.full(clock.today())}]]
    out = io.BytesIO()
    headers = [_("单位"), _("没有办结"), _("逾期"), _("未到期"), _("审核中")]
    write_rows(out, _("没有办结的单位"), headers, lines, widths=[40, 10, 10, 10, 10])
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"{title} {clock.today().isoformat()}.xlsx".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
