"""From the checklist over the approval to the start, which says first what it will send out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from zhengyou.campaigns import actions as campaign_actions
from zhengyou.campaigns import packed, preparing, rules
from zhengyou.campaigns.actions import preparing as actions
from zhengyou.campaigns.forms import ApprovalForm
from zhengyou.campaigns.models import Campaign
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.preparing import fetch, head
from zhengyou.campaigns.views.shown import address
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist


def links(campaign: Campaign) -> dict[str, tuple[str, str]]:
    """Where each kind of point is mended: address and label; those whose room is absent lead home and are left out."""
    args = [campaign.public_id]
    found = {
        "questions": (reverse("campaign_questions", args=args), _("去回答")),
        "plan": (reverse("campaign", args=args), _("看方案")),
        "burden": (reverse("campaign_burden", args=args), _("看每月时间")),
        "approve": (reverse("campaign_approve", args=args), _("登记批准")),
        "roster": (address("roster"), _("去导入")),
        "units": (address("units"), _("看组织")),
        "vacancies": (address("vacancies"), _("去任命")),
        "root": (address("units"), _("去任命")),
    }
    return {key: value for key, value in found.items() if value[0] != "/"}


@require_safe
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """The checklist: what blocks, what warns, what is in order; and what the start will send out."""
    campaign = fetch(request, public_id)
    insist(preparing.may_prepare(request.authority, campaign))  # type: ignore[attr-defined]
    if campaign.state >= Campaign.State.RUNNING:
        return redirect("campaign", public_id)
    checked = packed.checked(campaign)
    top = head(request, campaign, checked, "check")
    ways = links(campaign)
    ready = bool(preparing.nothing_blocks(top["points"]))
    points = []
    for point in top["points"]:
        way = ways.get(point.link) if point.level != "ok" else None
        if point.link == "approve" and not ready:
            way = None
        points.append({"level": point.level, "text": point.text, "details": point.details, "way": way})
    context = {"head": top, "points": points, "preview": preview(checked)}
    return render(request, "campaigns/prepare/check.html", context)


def preview(checked: Any) -> list[tuple[str, str]]:
    """What the start will send out, line by line."""
    found = preparing.preview(checked)
    out = [
        (_("成员的任务"), _people(found.member_duties, found.members, _("%(n)s 件，%(of)s 人"))),
        (_("单位的任务"), _people(found.unit_duties, found.units, _("%(n)s 件，%(of)s 个单位"))),
    ]
    n = found.later
    if n:
        later = ngettext("还有 %(n)s 期，到日子自动派出", "还有 %(n)s 期，到日子自动派出", n) % {"n": n}
        out.append((_("以后的"), later))
    if found.first_due:
        out.append((_("第一个期限"), words.full(found.first_due)))
    return out


def _people(n: int, of: int, text: str) -> str:
    return text % {"n": f"{n:,}", "of": f"{of:,}"} if n else _("今天没有")


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record the approval with its document's number; only once nothing else blocks."""
    once(request)
    campaign = fetch(request, public_id)
    insist(preparing.may_prepare(request.authority, campaign))  # type: ignore[attr-defined]
    checked = packed.checked(campaign)
    top = head(request, campaign, checked, "check")
    insist(preparing.may_approve(request.authority, campaign, top.get("points", [])))  # type: ignore[attr-defined]
    form = ApprovalForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            actions.approve(campaign, request.POST.get("document_no", ""), by=request.me.actor)  # type: ignore[attr-defined]
        except Invalid as fault:
            form.is_valid()
            for problem in fault.problems:
                form.add_error(problem.field if problem.field in form.fields else None, problem.text)
            status = 422
        else:
            messages.success(request, _("批准登记好了。看清楚会派出什么，再启动。"))
            return redirect("campaign_start", public_id)
    top["next_label"] = ""
    return render(
        request,
        "campaigns/prepare/approve.html",
        {"head": top, "form": form, "campaign": campaign},
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """What will happen, then the start itself."""
    once(request)
    campaign = fetch(request, public_id)
    if campaign.state == Campaign.State.RUNNING and request.method != "POST":
        return redirect("campaign", public_id)
    insist(rules.may_start(request.authority, campaign))  # type: ignore[attr-defined]
    checked = packed.checked(campaign)
    top = head(request, campaign, checked, "check")
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            done = campaign_actions.start(campaign, by=request.me.actor)  # type: ignore[attr-defined]
        except Invalid as fault:
            problems = fault.problems
        else:
            text = ngettext("启动了，派出 %(n)s 件任务。", "启动了，派出 %(n)s 件任务。", done.issued)
            messages.success(request, text % {"n": f"{done.issued:,}"})
            return redirect("campaign", public_id)
    top["next_label"] = ""
    found = preparing.preview(checked)
    n = found.member_duties + found.unit_duties
    context = {
        "head": top,
        "campaign": campaign,
        "problems": problems,
        "errors_title": _("没有启动，谁也没有收到任务"),
        "preview": preview(checked),
        "warns": [p for p in top.get("points", []) if p.level == "warns"],
        "confirm": ngettext("启动，派出 %(n)s 件任务", "启动，派出 %(n)s 件任务", n) % {"n": f"{n:,}"},
    }
    return render(request, "campaigns/prepare/start.html", context, status=422 if problems else 200)
