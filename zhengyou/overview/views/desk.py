"""My desk: the own list, a unit's desk, the office's desk; who holds several posts switches between them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from zhengyou.campaigns import rules
from zhengyou.campaigns.models import Submission
from zhengyou.kit import clock
from zhengyou.org.current import language
from zhengyou.overview import board as boards
from zhengyou.overview import shapes, words
from zhengyou.overview.desk import escalated, hats, lines, office, own, unit
from zhengyou.overview.desk.hats import Hat, Wardrobe
from zhengyou.overview.views.board import address, burden

ANSWERS = frozenset(("hand_in", "review", "see_names"))
"""Powers of a post that gives its holder a unit's desk."""


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The desk asked for by `as` ("me" or a unit's public id); by default the first post's, else the own list."""
    me, authority, day = request.me, request.authority, clock.today()  # type: ignore[attr-defined]
    if me is None:
        raise Http404
    wardrobe = hats.read(me, authority, day)
    asked = request.GET.get("as", "")
    hat = _hat(wardrobe, asked)
    request.badges = {"desk": wardrobe.open}  # type: ignore[attr-defined]
    context: dict[str, Any] = {"day": day, "wardrobe": wardrobe, "hat": hat, "switch": _switch(wardrobe, hat)}
    if hat is None:
        return _own(request, wardrobe, context)
    if hat.unit == authority.root and hat.powers & {"start", "see_units", "import"}:
        return _office(request, hat, context)
    return _unit(request, hat, context)


def _hat(wardrobe: Wardrobe, asked: str) -> Hat | None:
    if asked == "me":
        return None
    if asked:
        found = wardrobe.find(asked)
        if found is None:
            raise Http404(_("您在这个单位没有职务。"))
        return found
    useful = [hat for hat in wardrobe.hats if hat.powers]
    return useful[0] if useful else None


def _switch(wardrobe: Wardrobe, hat: Hat | None) -> list[dict[str, Any]]:
    """Chips between the own list and each post's desk; none where there is only one."""
    useful = [one for one in wardrobe.hats if one.powers]
    if not useful:
        return []
    mine = {"label": _("我自己的"), "n": wardrobe.open, "query": "?as=me", "here": hat is None}
    return [
        *({"label": one.name, "query": f"?as={one.public_id}", "here": one is hat} for one in useful),
        mine,
    ]


def _own(request: HttpRequest, wardrobe: Wardrobe, context: dict[str, Any]) -> HttpResponse:
    me, day = request.me, context["day"]  # type: ignore[attr-defined]
    shown = request.GET.get("show", "")
    mine = own.read(me.pk, me.actor.id, wardrobe.facts, day, done=shown == "done")
    if shown not in ("waiting", "done"):
        shown = ""
    groups = lines.gather(mine.open, day) if not shown else []
    _name_posts(request, mine.waiting)
    context |= {"own": mine, "groups": groups, "show": shown, "en": language() == "en"}
    context["why_shut"] = rules.why_shut()
    return render(request, "overview/own.html", context)


def _unit(request: HttpRequest, hat: Hat, context: dict[str, Any]) -> HttpResponse:
    me, day = request.me, context["day"]  # type: ignore[attr-defined]
    powers = hat.powers
    found = unit.read(
        hat.unit,
        me.pk,
        me.actor.id,
        day,
        names="see_names" in powers,
        reviews=hat.posts if "review" in powers else [],
        below=hat.below,
        asked=request.GET.get("task", ""),
    )
    request.badges["reviews"] = found.n_waiting  # type: ignore[attr-defined]
    _name_posts(request, found.away)
    context |= {
        "desk": found,
        "why_shut": rules.why_shut(),
        "groups": lines.gather(found.duties, day),
        "steps": _steps(found, hat),
        "own_why": _own_why(request, found),
        "options": _options(found),
        "absent": _absent(found),
        "papers": _papers(found),
        "title_of_post": _posts(request, hat),
        "missing_n": found.chosen.figures.missing if found.chosen else 0,
        "escalated": _escalated(request, hat, context["wardrobe"]),
    }
    return render(request, "overview/unit.html", context)


def _office(request: HttpRequest, hat: Hat, context: dict[str, Any]) -> HttpResponse:
    me, day = request.me, context["day"]  # type: ignore[attr-defined]
    found = office.read(hat, me.pk, day, request.authority)  # type: ignore[attr-defined]
    request.badges["reviews"] = found.n_waiting  # type: ignore[attr-defined]
    base = reverse("board_unit", args=[hat.public_id])
    manages = bool(hat.powers & {"start", "import"})
    context |= {
        "links": {name: f"{base}{name}/" for name in boards.LINKED},
        "manages": manages,
        "en": language() == "en",
        "pulse": found.pulse,
        "burden": burden(found.choice, day),
        "vacancies_url": address("vacancies") if "appoint" in hat.powers else "",
        "terms_ending": found.terms if "appoint" in hat.powers else 0,
        "roster_url": address("roster"),
        "campaigns_url": address("campaigns"),
        "slow_url": f"{base}in_review/?phase=all" if found.pulse.slow else "",
        "office": found,
        "groups": lines.gather(found.duties, day),
        "title_of_post": _posts(request, hat),
    }
    return render(request, "overview/office.html", context)


def _escalated(request: HttpRequest, hat: Hat, wardrobe: Wardrobe) -> list[escalated.Behind]:
    """Units below with things overdue beyond the pack's grace, for their next first responsible person."""
    first = any(unit == hat.unit and first for unit, _post, first in request.authority.posts)  # type: ignore[attr-defined]
    return escalated.read(hat.unit, wardrobe.notices.escalate, clock.today()) if first and hat.below else []


def _options(found: unit.Desk) -> list[tuple[int, str, bool]]:
    """The tasks to choose from under 还差谁: those in which somebody is missing, and the chosen one."""
    out = []
    for step in found.steps:
        n = step.figures.missing
        if n or step is found.chosen:
            text = ngettext("%(title)s（差 %(n)d 人）", "%(title)s（差 %(n)d 人）", n) % {
                "title": step.title,
                "n": n,
            }
            out.append((step.slot, text, step is found.chosen))
    return out


def _absent(found: unit.Desk) -> list[tuple[str, str, str, bool]]:
    """(address, name, what stands beside it, late) of the missing."""
    out = []
    for one in found.missing:
        if one.late:
            note = words.late(one.late)
        elif one.state == "returned":
            note = _("已退回，%(day)s前改") % {"day": words.day(one.due_on)}
        else:
            note = _("%(day)s前") % {"day": words.day(one.due_on)}
        out.append((reverse("duty", args=[one.duty]), one.name, note, one.late > 0))
    return out


def _papers(found: unit.Desk) -> list[tuple[str, str, str, str, bool]]:
    """(address, title, who, since when, own) of the papers that wait."""
    return [
        (
            reverse("review", args=[one.duty]),
            one.title,
            one.who + (_("（您自己）") if one.own else ""),
            _("%(day)s交") % {"day": words.day(one.since)} if one.since else "",
            one.own,
        )
        for one in found.waiting
    ]


def _own_why(request: HttpRequest, found: unit.Desk) -> str:
    """Why the own paper in the queue is off, in the rule's own words; costs queries only where there is one."""
    duty = next((one.duty for one in found.waiting if one.own), None)
    if duty is None:
        return ""
    waiting = Submission.objects.filter(duty=duty, state=Submission.State.WAITING)
    paper = waiting.select_related("duty__slot__task").first()
    return rules.may_review(request.authority, paper).why if paper else ""  # type: ignore[attr-defined]


STEPS = 8
"""Tasks in the table of a unit's desk; all are on its board."""


def _steps(found: unit.Desk, hat: Hat) -> list[dict[str, Any]]:
    """The tasks on which most is still to happen, in order of their dates, with cells that open to their rows."""
    say, base = shapes.words(), reverse("board_unit", args=[hat.public_id])
    rank = sorted(
        found.steps, key=lambda s: (not s.figures.missing, not s.figures.in_review, -s.due_on.toordinal())
    )
    kept = {step.slot for step in rank[:STEPS]}
    return [
        {
            "step": step,
            "cells": shapes.cells(
                step.figures, base, f"?task={step.task}&period={step.slot}", say, completion=False
            ),
        }
        for step in found.steps
        if step.slot in kept
    ]


def _name_posts(request: HttpRequest, waiting: list[lines.Line]) -> None:
    """Add the post that is asked for to the unit at which each line waits."""
    part = request.part  # type: ignore[attr-defined]
    for line in waiting:
        if line.waits_for and part:
            line.waits_at += " " + part.label(line.waits_for, language())


def _posts(request: HttpRequest, hat: Hat) -> str:
    """The labels of the posts held on this unit."""
    part = request.part  # type: ignore[attr-defined]
    return _("、").join(part.label(post, language()) for post in hat.posts) if part else ""
