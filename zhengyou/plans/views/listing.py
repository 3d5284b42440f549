"""All plans of a campaign: the own first, then the tree with states; as a workbook too."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengyou.campaigns.models import Campaign
from zhengyou.campaigns.views import words
from zhengyou.kit import clock
from zhengyou.kit.sheets import write_rows
from zhengyou.org.rules import Authority
from zhengyou.plans.listing import Listed, Row, own, rows, under
from zhengyou.plans.standing import FORM

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 100


def campaigns() -> list[Campaign]:
    """Started campaigns in which plans are owed or written, newest first."""
    found = Campaign.objects.filter(state__gte=Campaign.State.RUNNING, tasks__form=FORM)
    return list(found.distinct().order_by("-started_on", "-pk")[:20])


def chosen(request: HttpRequest) -> tuple[list[Campaign], Campaign | None]:
    """The campaigns to choose from, and the one asked for or the newest."""
    found = campaigns()
    wanted = request.GET.get("campaign", "")
    return found, next((c for c in found if c.public_id == wanted), found[0] if found else None)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list; `state` filters it."""
    found, campaign = chosen(request)
    authority: Authority = request.authority  # type: ignore[attr-defined]
    day = clock.today()
    listed = (
        under(campaign.pk, authority, day, request.GET.get("unit", "")[:16]) if campaign else Listed([], [])
    )
    everything = listed.rows
    counts: dict[str, int] = {}
    for row in everything:
        counts[row.status] = counts.get(row.status, 0) + 1
    wanted = request.GET.get("state", "")
    shown = [row for row in everything if not wanted or row.status == wanted]
    chips = [("", _("全部"), len(everything))]
    labels = {"due": _("待办"), "submitted": _("审核中"), "returned": _("已退回"), "accepted": _("已通过")}
    chips += [
        (key, label, counts.get(key, 0)) for key, label in labels.items() if counts.get(key) or key == wanted
    ]
    top = everything[0] if everything and len(listed.path) == 1 and everything[0].level == 0 else None
    context: dict[str, Any] = {
        "campaigns": [{"c": c, "name": words.label(c), "on": c == campaign} for c in found],
        "campaign": campaign,
        "campaign_name": words.label(campaign) if campaign else "",
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "mine": own(campaign.pk, authority, day) if campaign else [],
        "here": listed.path[-1].unit.public_id if listed.path else "",
        "path": [{"id": place.unit.public_id, "name": place.name} for place in listed.path],
        "chips": [{"key": key, "label": label, "n": n, "on": key == wanted} for key, label, n in chips],
        "issued": bool(top and top.in_force) or len(listed.path) > 1,
        "may_issue": authority.on_root("start") and campaign is not None,
        "root_unit": _root(authority),
    }
    return render(request, "plans/list.html", context)


def _root(authority: Authority) -> str:
    from zhengyou.org.models import Unit

    if authority.root is None or not authority.on_root("start"):
        return ""
    return Unit.objects.filter(pk=authority.root).values_list("public_id", flat=True).first() or ""


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook: units with the state of their plans, no persons."""
    _found, campaign = chosen(request)
    authority: Authority = request.authority  # type: ignore[attr-defined]
    everything = rows(campaign.pk, authority, clock.today()) if campaign else []
    headers = [_("单位"), _("状态"), _("期限"), _("现行版本"), _("生效日期"), _("文号"), _("最新一稿")]
    title = words.label(campaign) if campaign else _("实施方案")
    lines: list[list[Any]] = [_line(row) for row in everything]
    lines += [[], [_("%(what)s · 截至 %(day)s") % {"what": title, "day": words.full(clock.today())}]]
    out = io.BytesIO()
    write_rows(out, _("实施方案"), headers, lines, widths=[44, 10, 12, 10, 12, 20, 10])
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"{title} {_('实施方案')} {clock.today().isoformat()}.xlsx".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _line(row: Row) -> list[Any]:
    states = {"due": _("待办"), "draft": _("草稿"), "submitted": _("审核中"), "returned": _("已退回"),
              "accepted": _("已通过"), "exempt": _("免办"), "void": _("作废")}  # fmt: skip
    name = "    " * row.level + row.name
    return [name, states.get(row.status, ""), row.due_on, row.in_force or "", row.since, row.document_no,
            row.number or ""]  # fmt: skip
