"""Frozen reports: the list, one report with its units and rows, what differs from the one before, as a workbook."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from zhengyou.campaigns import frozen, packed, preparing, rules
from zhengyou.campaigns.figures.board import Figures
from zhengyou.campaigns.models import Duty, Report, Task
from zhengyou.campaigns.reach import in_order, units_in_reach
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.dates import slot_title
from zhengyou.campaigns.views.decisions import may_list
from zhengyou.campaigns.views.preparing import fetch, head
from zhengyou.kit import ratio
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.verdict import insist, no
from zhengyou.org.models import Unit

PAGE, LINES = 50, 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES = ("issued", "void", "owed", "exempt", "in_review", "accepted", "overdue", "not_due")


def figure_words() -> dict[str, str]:
    """Words of the figures, as on the board."""
    return {
        "issued": _("发出"),
        "void": _("作废"),
        "owed": _("应办"),
        "exempt": _("免办"),
        "in_review": _("审核中"),
        "accepted": _("已通过"),
        "overdue": _("逾期"),
        "not_due": _("未到期"),
    }


def kind_words() -> dict[str, str]:
    """Words of events between two reports; what is not named here is told by the state it led to."""
    return {
        "submit": _("交上来"),
        "withdraw": _("撤回"),
        "accept": _("审核通过"),
        "return": _("退回"),
        "move": _("转到这个单位"),
        "leave": _("不在名册上，作废"),
        "void": _("作废"),
        "exempt": _("免办"),
        "unexempt": _("免办收回"),
        "unvoid": _("作废收回"),
        "revive": _("又要办"),
        "extend": _("延期"),
        "issue": _("新派出"),
    }


def title(report: Report) -> str:
    """What a report is of: a period of a task, or a phase."""
    if report.slot is not None:
        return slot_title(report.slot)
    assert report.phase is not None
    return _("阶段「%(phase)s」") % {"phase": words.label(report.phase)}


def heading(report: Report) -> str:
    """Its number in words."""
    if report.number == 1:
        return pgettext("one report", "归档报告")
    return _("更正报告（第 %(n)s 次）") % {"n": report.number}


@require_safe
def listing(request: HttpRequest, public_id: str) -> HttpResponse:
    """All reports of a campaign, the newest first."""
    campaign = fetch(request, public_id)
    found = (
        Report.objects.filter(Q(slot__task__campaign=campaign) | Q(phase__programme__campaign=campaign))
        .select_related("slot__task", "phase")
        .order_by("-entry_id", "-phase_id", "pk")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "url": reverse("report", args=[report.public_id]),
            "title": title(report),
            "heading": heading(report),
            "day": words.full(report.day),
            "figures": frozen.figures_of(report),
            "percent": ratio.percent(frozen.figures_of(report).completion),
        }
        for report in page.object_list
    ]
    context = {
        "head": head(request, campaign, packed.checked(campaign), "reports"),
        "rows": rows,
        "page": page,
        "campaign": campaign,
    }
    return render(request, "campaigns/change/reports.html", context)


def find(request: HttpRequest, public_id: str) -> Report:
    """The report, or 404 where there is none or its campaign may not be read."""
    related = ("slot__task__campaign", "slot__task__phase", "phase__programme__campaign")
    report = Report.objects.select_related(*related).filter(public_id=public_id).first()
    if report is None or not preparing.may_read(request.authority, campaign_of(report)):  # type: ignore[attr-defined]
        raise Http404
    return report


def campaign_of(report: Report) -> Any:
    """The campaign that a report belongs to."""
    return report.slot.task.campaign if report.slot else report.phase.programme.campaign  # type: ignore[union-attr]


@require_safe
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One report: its figures, the units in the reader's reach, and against the report before what differs and why."""
    report = find(request, public_id)
    whole = frozen.figures_of(report)
    reach = units_in_reach(request.authority)  # type: ignore[attr-defined]
    units = {
        line.unit: line.figures for line in frozen.by_unit(report) if reach is None or line.unit in reach
    }
    lines = Paginator(in_order(set(units)), LINES).get_page(request.GET.get("page"))
    before = frozen.earlier(report)
    since = [s for s in frozen.since(report) if reach is None or s.unit in reach]
    names = words.unit_names({*lines.object_list, *(s.unit for s in since)}, report.day)
    public = dict(Unit.objects.filter(pk__in=names).values_list("pk", "public_id"))
    context = {
        "report": report,
        "campaign": campaign_of(report),
        "title": title(report),
        "heading": heading(report),
        "before": before,
        "differences": _differences(before, whole) if before else [],
        "since": [_since(report, s, names, public) for s in since[:200]],
        "whole": whole,
        "cells": _cells(whole),
        "percent": ratio.percent(whole.completion),
        "units": [_unit(request, report, u, units[u], names, public) for u in lines.object_list],
        "page": lines,
        "partly": reach is not None,
        "labels": list(figure_words().values()),
        "duties_url": f"{reverse('duties')}?slot={report.slot_id}"
        if report.slot_id and may_list(request)
        else "",
    }
    return render(request, "campaigns/change/report.html", context)


def _cells(figures: Figures) -> list[tuple[str, int]]:
    say = figure_words()
    return [(say[name], getattr(figures, name)) for name in FIGURES]


def _differences(before: Report, now: Figures) -> list[dict[str, Any]]:
    old, say = frozen.figures_of(before), figure_words()
    return [
        {"name": say[name], "old": getattr(old, name), "new": getattr(now, name)}
        for name in FIGURES
        if getattr(old, name) != getattr(now, name)
    ]


def _since(
    report: Report, one: frozen.Since, names: dict[int, str], public: dict[int, str]
) -> dict[str, Any]:
    say = kind_words()
    url = reverse("report_rows", args=[report.public_id]) + f"?unit={public.get(one.unit, '')}&changed=1"
    return {
        "unit": names.get(one.unit, "—"),
        "what": say.get(one.kind, say.get(one.to_state, one.kind)),
        "n": one.n,
        "url": url,
    }


def _unit(
    request: HttpRequest,
    report: Report,
    unit: int,
    figures: Figures,
    names: dict[int, str],
    public: dict[int, str],
) -> dict[str, Any]:
    url = ""
    if report.slot is not None and _may_open(request, report, unit):
        url = reverse("report_rows", args=[report.public_id]) + f"?unit={public.get(unit, '')}"
    return {
        "name": names.get(unit, "—"),
        "url": url,
        "cells": [n for _name, n in _cells(figures)],
        "percent": ratio.percent(figures.completion),
    }


def _may_open(request: HttpRequest, report: Report, unit: int) -> bool:
    """Whether a unit's rows are worth a link: its own duty, or names that the reader may see on this very unit."""
    if report.slot is not None and report.slot.task.subject == Task.Subject.UNIT:
        return True
    return "see_names" in request.authority.powers_on(unit)  # type: ignore[attr-defined]


@require_safe
def rows(request: HttpRequest, public_id: str) -> HttpResponse:
    """The rows behind one unit's figures, as they stood; with `changed` what happened since the report before.

    Names of members for the unit's own head alone, or the next above where it has none: else 403 with the reason.
    """
    report = find(request, public_id)
    unit = Unit.objects.filter(public_id=request.GET.get("unit", "")[:16]).first()
    reach = units_in_reach(request.authority)  # type: ignore[attr-defined]
    if unit is None or (reach is not None and unit.pk not in reach):
        raise Http404
    parts = frozen.parts_of(report)
    if any(p.slot and p.slot.task.subject == Task.Subject.MEMBER for p in parts):
        insist(rules.may_see_names(request.authority, unit.pk))  # type: ignore[attr-defined]
    elif report.slot is None and not request.GET.get("changed"):
        raise Http404
    context: dict[str, Any] = {
        "report": report,
        "title": title(report),
        "heading": heading(report),
        "unit": words.unit_names([unit.pk], report.day).get(unit.pk, "—"),
        "changed": bool(request.GET.get("changed")),
    }
    if context["changed"]:
        context["rows"] = _changed(report, unit.pk)
    elif report.slot is None:
        insist(no(_("阶段报告的逐件名单，请从每一期的报告里看。")))
    else:
        first = _number(request.GET.get("from", ""))
        found = frozen.in_unit(report, unit.pk, first, PAGE + 1)
        context["rows"] = _rows(found[:PAGE])
        context["next"] = first + PAGE if len(found) > PAGE else 0
        context["unit_id"] = unit.public_id
    return render(request, "campaigns/change/report_rows.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _subjects(ids: set[int]) -> dict[int, str]:
    found = {d.pk: d for d in Duty.objects.filter(pk__in=ids).select_related("member")}
    names = words.unit_names({d.subject_unit_id for d in found.values()})
    return {
        pk: d.member.name if d.member else names.get(d.subject_unit_id or 0, "—") for pk, d in found.items()
    }


def _rows(found: list[frozen.Row]) -> list[dict[str, Any]]:
    who = _subjects({row.duty for row in found})
    return [
        {"id": row.duty, "who": who.get(row.duty, "—"), "state": row.state, "due": words.full(row.due_on)}
        for row in found
    ]


def _changed(report: Report, unit: int) -> list[dict[str, Any]]:
    found, say = frozen.changed(report, unit, 200), kind_words()
    who = _subjects({row[0] for row in found})
    return [
        {"id": duty, "who": who.get(duty, "—"), "state": to, "what": say.get(kind, say.get(to, kind))}
        for duty, kind, _from, to, _entry in found
    ]


@require_safe
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """The report as a workbook: the units in the reader's reach, the whole, and what proves it."""
    report = find(request, public_id)
    reach = units_in_reach(request.authority)  # type: ignore[attr-defined]
    units = {
        line.unit: line.figures for line in frozen.by_unit(report) if reach is None or line.unit in reach
    }
    names = words.unit_names(units, report.day)
    whole, say = frozen.figures_of(report), figure_words()
    lines = [
        [names.get(u, "—"), *(n for _w, n in _cells(units[u])), ratio.percent(units[u].completion)]
        for u in in_order(set(units))
    ]
    lines.append([_("合计"), *(n for _w, n in _cells(whole)), ratio.percent(whole.completion)])
    notes = [
        [],
        [f"{title(report)} · {heading(report)}"],
        [
            _("截至 %(day)s；依据到日志第 %(entry)s 条的记录。")
            % {"day": words.full(report.day), "entry": report.entry_id}
        ],
        [_("明细 %(n)s 行，校验码 %(sha)s。") % {"n": report.rows, "sha": report.sha256}],
    ]
    if reach is not None:
        notes.append([_("只列出您负责范围内的单位；合计是全部单位的。")])
    out = io.BytesIO()
    headers = [_("单位"), *(say[name] for name in FIGURES), _("完成率")]
    write_rows(out, _("报告"), headers, [*lines, *notes], widths=[40, *[9] * 8, 10])
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"{title(report)} {report.day.isoformat()}.xlsx".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
