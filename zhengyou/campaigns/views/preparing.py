"""Reading and taking up packs: the list of campaigns, the plan, the burden."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhengyou import packs
from zhengyou.campaigns import packed, preparing
from zhengyou.campaigns.actions import preparing as actions
from zhengyou.campaigns.models import Campaign, Duty
from zhengyou.campaigns.views import planning, words
from zhengyou.campaigns.views.running import running_chips, with_changes
from zhengyou.campaigns.views.shown import address
from zhengyou.kit.faults import Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.current import language
from zhengyou.org.rules import Authority
from zhengyou.packs.burden import MEMBER_BUDGET, Load
from zhengyou.packs.check import Checked
from zhengyou.packs.defaults import Default
from zhengyou.packs.faults import Fault
from zhengyou.packs.locations import beside, read_file
from zhengyou.packs.organisation import Label

LARGEST = 400_000
"""Largest pack file, bytes: the reader's own limit."""


def fetch(request: HttpRequest, public_id: str) -> Campaign:
    """The campaign, or 404 where there is none or the reader may not know of it."""
    found = Campaign.objects.filter(public_id=public_id).first()
    if found is None or not preparing.may_read(request.authority, found):  # type: ignore[attr-defined]
        raise Http404
    return found


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Campaigns that the reader may read; for the office also packs to take up."""
    return _list(request)


def _list(
    request: HttpRequest, faults: list[Any] | None = None, name: str = "", status: int = 200
) -> HttpResponse:
    authority = request.authority  # type: ignore[attr-defined]
    verdict = preparing.may_prepare(authority)
    found = Campaign.objects.order_by("-pk")
    if not (authority.on_root("start") or authority.on_root("see_units")):
        found = found.filter(state__gte=Campaign.State.RUNNING)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "campaigns": [_line(c, authority) for c in page.object_list],
        "verdict": verdict,
        "bundled": _bundled() if verdict else [],
        "faults": faults or [],
        "file_name": name,
    }
    return render(request, "campaigns/prepare/list.html", context, status=status)


def state_word(campaign: Campaign) -> tuple[str, str]:
    """The campaign's state in words, and the class of its shape."""
    return {
        Campaign.State.DRAFT: (_("准备中"), "draft"),
        Campaign.State.APPROVED: (_("已批准，没启动"), ""),
        Campaign.State.RUNNING: (_("进行中"), "rev"),
        Campaign.State.CLOSED: (_("已结束"), "ok"),
    }[Campaign.State(campaign.state)]


def _line(campaign: Campaign, authority: Authority) -> dict[str, Any]:
    word, shape = state_word(campaign)
    note = ""
    if campaign.started_on:
        note = _("%(day)s启动") % {"day": words.day(campaign.started_on)}
    return {
        "public_id": campaign.public_id,
        "name": words.label(campaign),
        "pack_id": campaign.pack_id,
        "pack_version": campaign.pack_version,
        "note": note,
        "state": word,
        "shape": shape,
        "doors": [(chip["label"], chip["url"]) for chip in running_chips(campaign, authority)],
    }


def _bundled() -> list[dict[str, Any]]:
    """The packs that come with the program: name, version, and the campaign where one was taken up."""
    open_ = Campaign.objects.filter(state__lt=Campaign.State.CLOSED).values_list(
        "pack_id", "public_id", "state"
    )
    taken = {pack: (public, state) for pack, public, state in open_}
    out = []
    for stem, path in packs.bundled().items():
        data = read_file(path).data
        meta = data.get("pack", {}) if isinstance(data, dict) else {}
        pack_id = str(meta.get("id", stem))
        english = beside(path, "en")
        sidecar = read_file(english).data if english else {}
        en = meta.get("en") or (sidecar.get("pack") if isinstance(sidecar, dict) else "") or ""
        public, state = taken.get(pack_id, ("", 0))
        out.append(
            {
                "id": stem,
                "name": Label(str(meta.get("zh", stem)), str(en)).text(language()),
                "version": str(meta.get("version", "")),
                "note": _("随软件带的"),
                "taken": reverse("campaign", args=[public]) if public else "",
                "go": _("看方案") if state == Campaign.State.RUNNING else _("接着准备"),
            }
        )
    return out


@require_POST
def take_up(request: HttpRequest) -> HttpResponse:
    """Take up a bundled pack or an uploaded one; a file with faults leaves nothing behind."""
    insist(preparing.may_prepare(request.authority))  # type: ignore[attr-defined]
    by = request.me.actor  # type: ignore[attr-defined]
    upload, stem = request.FILES.get("file"), request.POST.get("pack", "")
    english = ""
    if upload is not None:
        name = (upload.name or "pack.yaml").replace("\\", "/").rsplit("/", 1)[-1][:80]
        text, fault = uploaded(upload, name)
        if not fault and (other := request.FILES.get("english")) is not None:
            english, fault = uploaded(other, other.name or "en.yaml")
        if fault:
            return _list(request, [fault], name, 422)
    elif stem in packs.bundled():
        path = packs.bundled()[stem]
        name, text = path.name, path.read_text("utf-8-sig")
        other_path = beside(path, "en")
        english = other_path.read_text("utf-8-sig") if other_path else ""
    else:
        return _list(
            request, [Problem("", _("没有选方案包：选一份现成的，或者传一个 .yaml 文件。"))], _("方案包"), 422
        )
    try:
        made = actions.take_up(text, english, by=by, name=name)
    except actions.PackFaults as found:
        return _list(request, found.faults, name, 422)
    messages.success(request, _("收下了。先看方案，再把没写的问题答完。"))
    return redirect("campaign", made.public_id)


def uploaded(upload: Any, name: str) -> tuple[str, Fault | Problem | None]:
    """An uploaded text, or the sentence that says why it is none."""
    if not upload.size:
        return "", Problem("", _("「%(name)s」是空文件。请选写好的方案包。") % {"name": name})
    if upload.size > LARGEST:
        return "", Problem("", _("「%(name)s」太大：一个方案包不超过 400 KB。") % {"name": name})
    raw = upload.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, None
        break
    return "", Problem(
        "", _("「%(name)s」不是文本文件。方案包是用文本编辑器写的 .yaml 文件。") % {"name": name}
    )


@require_safe
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """The plan to read: timeline, who owes what by when, what the source says and leaves open, defaults in force."""
    campaign = fetch(request, public_id)
    checked = packed.checked(campaign)
    context = {
        "head": head(request, campaign, checked, "plan"),
        "running": _running(request, campaign),
        "timeline": planning.timeline(checked),
        "programmes": with_changes(campaign, planning.programmes(checked)),
        "statements": planning.statements(checked),
        "gaps": [{"name": g.label.text(language()), "text": g.address} for g in checked.gaps],
        "findings": [f for f in checked.warnings if f.code.startswith("F")],
    }
    return render(request, "campaigns/prepare/plan.html", context)


@require_safe
def defaults(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every default in force beside the source's words, one click from becoming an answer."""
    campaign = fetch(request, public_id)
    checked = packed.checked(campaign)
    may = preparing.may_answer(request.authority, campaign)  # type: ignore[attr-defined]
    page = Paginator(checked.defaults, 50).get_page(request.GET.get("page"))
    context = {
        "head": head(request, campaign, checked, "defaults"),
        "page": page,
        "defaults": [_default(campaign, checked, d, bool(may)) for d in page.object_list],
    }
    return render(request, "campaigns/prepare/defaults.html", context)


def _default(campaign: Campaign, checked: Checked, default: Default, may: bool) -> dict[str, str]:
    """A default with the name of its place, the source's words there, and the way to make it an answer."""
    url = reverse("campaign_questions", args=[campaign.public_id]) + f"?default={default.address}#d"
    return {
        "where": planning.place(checked, default.address),
        "address": default.address,
        "says": says(checked, default.address),
        "value": readable(checked, default.value),
        "why": str(default.why),
        "url": url if may else "",
    }


def says(checked: Checked, place: str) -> str:
    """The source's words at or above a place: its `source` or `note`, else its name; empty where there are none."""
    if checked.pack is None:
        return ""
    node: Any = checked.source.data
    path: tuple[str, ...] = ()
    found = ""
    for key in place.split(".")[:-1]:
        node = node.get(key) if isinstance(node, dict) else None
        path = (*path, key)
        if isinstance(node, dict):
            found = _said(checked, path, node) or found
    return found


def _said(checked: Checked, path: tuple[str, ...], node: dict[str, Any]) -> str:
    """A block's `source`, `note` or name in the reader's language."""
    for key in ("source", "note", "zh"):
        if isinstance(text := node.get(key), str) and text:
            if language() != "en":
                return text
            english = node.get("en") if key == "zh" else checked.english.get((*path, key))
            return str(english or text)
    return ""


def readable(checked: Checked, value: str) -> str:
    """A default's codes in words."""
    return _("、").join(planning.who(checked, part.strip()) for part in value.split(","))


def _running(request: HttpRequest, campaign: Campaign) -> dict[str, str] | None:
    """What a running campaign says of itself, with the ways to its figures."""
    if campaign.started_on is None:
        return None
    n = Duty.objects.filter(slot__task__campaign=campaign).count()
    decides = request.authority.anywhere("exempt")  # type: ignore[attr-defined]
    posted = bool(request.authority.posts)  # type: ignore[attr-defined]
    return {
        "title": state_word(campaign)[0],
        "text": _("%(day)s启动，批准文号 %(no)s。到今天派出 %(n)s 件。")
        % {"day": words.full(campaign.started_on), "no": campaign.document_no or "—", "n": f"{n:,}"},
        "board": address("board") if posted else "",
        "duties": address("duties") if decides else "",
    }


@require_safe
def burden(request: HttpRequest, public_id: str) -> HttpResponse:
    """Minutes per role and month, reviewers' too, on two scales with their budgets."""
    campaign = fetch(request, public_id)
    checked = packed.checked(campaign)
    loads = list(checked.burden.values())
    months = sorted({month for load in loads for month in load.months})
    tables = []
    for key, title, some in _scales(loads):
        limit = next((x.budget for x in some if x.budget), 0)
        rows = [{"month": m, "cells": [round(x.months.get(m, 0)) for x in some]} for m in months]
        tables.append(
            {
                "key": key,
                "title": title,
                "limit": limit,
                "roles": [x.label.text(language()) for x in some],
                "rows": rows,
                "average": [round(x.average) for x in some],
                "reviewing": [round(x.reviewing) for x in some],
                "busiest": [_busiest(x) for x in _fullest(some)],
                "uncounted": sorted({x.label.text(language()) for x in some if x.uncounted}),
            }
        )
    context = {"head": head(request, campaign, checked, "burden"), "tables": tables, "months": months}
    return render(request, "campaigns/prepare/burden.html", context)


def _scales(loads: list[Load]) -> list[tuple[str, str, list[Load]]]:
    """The loads on their scales: members, heads of units, other posts; empty ones are left out."""
    members = [x for x in loads if x.budget == MEMBER_BUDGET]
    heads = [x for x in loads if x.role.startswith("secretary.")]
    rest = [x for x in loads if x not in members and x not in heads]
    found = [
        ("members", words.term("members", _("成员")), members),
        ("heads", _("单位负责人"), heads),
        ("posts", _("办公室和其他职务"), rest),
    ]
    return [scale for scale in found if scale[2]]


def _fullest(loads: list[Load]) -> list[Load]:
    """The role with the fullest month, of those with a budget and of those without."""
    with_, without = [x for x in loads if x.budget], [x for x in loads if not x.budget]
    return [max(some, key=lambda x: x.peak) for some in (with_, without) if some]


def _busiest(load: Load) -> str:
    month = max(load.months, key=lambda m: load.months[m], default="")
    values = {"role": load.label.text(language()), "n": round(load.peak), "month": month or _("平均每月")}
    text = (
        _("%(role)s最忙的一个月是 %(month)s，%(n)s 分钟") % values
        if month
        else _("%(role)s平均每月 %(n)s 分钟") % values
    )
    if not load.budget:
        return text + _("；不设预算。")
    if load.over:
        return text + _("，超过预算 %(budget)s 分钟。") % {"budget": load.budget}
    return text + _("。都在预算内。")


def head(request: HttpRequest, campaign: Campaign, checked: Checked, here: str) -> dict[str, Any]:
    """The head of every page of a campaign: name, facts, the next step or why it is off, the chips."""
    authority = request.authority  # type: ignore[attr-defined]
    args = [campaign.public_id]
    word = state_word(campaign)[0]
    out: dict[str, Any] = {
        "title": words.label(campaign),
        "facts": _("方案包 %(id)s %(version)s · %(state)s")
        % {"id": campaign.pack_id, "version": campaign.pack_version, "state": word},
        "print": here in ("plan", "burden"),
        "campaign": campaign,
    }
    chips: list[dict[str, Any]] = [
        {"key": "plan", "label": _("读方案"), "url": reverse("campaign", args=args)},
        {"key": "burden", "label": _("每月时间"), "url": reverse("campaign_burden", args=args)},
        {"key": "defaults", "label": _("按惯例的"), "url": reverse("campaign_defaults", args=args)},
    ]
    if preparing.may_prepare(authority, campaign):
        chips.insert(
            1,
            {
                "key": "questions",
                "label": _("待答问题"),
                "url": reverse("campaign_questions", args=args),
                "n": len(checked.open),
            },
        )
        if campaign.state < Campaign.State.RUNNING:
            _next(out, campaign, chips, checked)
    chips += running_chips(campaign, authority)
    for chip in chips:
        chip["here"] = chip["key"] == here
    out["chips"] = chips
    return out


def _next(out: dict[str, Any], campaign: Campaign, chips: list[dict[str, Any]], checked: Checked) -> None:
    args = [campaign.public_id]
    points = preparing.checklist(campaign, checked)
    out["points"] = points
    open_ = [p for p in points if p.level != "ok"]
    chips.append(
        {
            "key": "check",
            "label": _("启动前核对"),
            "url": reverse("campaign_check", args=args),
            "n": len(open_),
        }
    )
    verdict = preparing.nothing_blocks(points)
    out["next_label"] = _("批准") if campaign.state == Campaign.State.DRAFT else _("启动")
    if verdict:
        door = "campaign_approve" if campaign.state == Campaign.State.DRAFT else "campaign_start"
        out["next_url"] = reverse(door, args=args)
        out["next_label"] = _("登记批准") if door == "campaign_approve" else _("看清楚再启动")
        return
    out["why"] = verdict.why
    if checked.open:
        out["why_url"], out["why_label"] = reverse("campaign_questions", args=args), _("去回答")
    else:
        out["why_url"], out["why_label"] = reverse("campaign_check", args=args), _("看是哪几处")
