"""Deciding about single pieces of open work of a closing unit: a paged list with a choice each, within the preview."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from zhengyou.kit.faults import Invalid, Problem
from zhengyou.org import actions, showing_changes
from zhengyou.org.actions.rows import Follow
from zhengyou.org.asked import CARRY, Asked
from zhengyou.org.models import Unit
from zhengyou.org.views import common

SALT = "zhengyou.change"
PAGE, MOST = 50, 1000
"""Pieces on one page; pieces that are decided otherwise than the rest, at most."""


def wanted(request: HttpRequest) -> tuple[str, str, int] | None:
    """Which unit's pieces of which sort, and which page, the button asks for; None for any other button."""
    part = request.POST.get("go", "").split(":")
    if len(part) != 4 or part[0] != "pieces" or not part[3].isdecimal() or len(part[3]) > 6:
        return None
    return part[1], part[2], max(int(part[3]), 1)


def choose(work: dict[str, str], named: list[str], how: str) -> None:
    """Note how one piece is decided: `named` is unit, sort and piece; "" goes with the rest."""
    key = ":".join(named)
    work.pop(key, None)
    if how and len(key) < 80 and sum(name.count(":") == 2 for name in work) < MOST:
        work[key] = how


def page(
    request: HttpRequest,
    unit: Unit,
    asked: Asked,
    follow: Follow | None,
    closing: str,
    task: str,
    number: int,
) -> HttpResponse:
    """The pieces of one sort with what becomes of each; what was chosen so far goes along in the form."""
    outcome = None
    try:
        whole = Asked.from_json({**asked.to_json(), "why_void": asked.why_void.strip() or "\u2014"})
        outcome = actions.preview(whole, by=request.me.actor, follow=follow)  # type: ignore[attr-defined]
    except Invalid as refused:
        outcome = None
        problems = refused.problems
    else:
        problems = list[Problem]()
    there = Unit.objects.filter(public_id=closing).first()
    if outcome is None or follow is None or there is None:
        return render(
            request,
            "org/changes/pieces.html",
            {
                "unit": unit,
                "problems": problems,
                "crumbs": common.crumbs(request, unit),
                "address": f"unit_{asked.kind}",
            },
            status=422,
        )
    shown = showing_changes.shown(outcome, common.words(request))
    line = next((one for one in shown["work"] if (one["unit"], one["task"]) == (closing, task)), None)
    if line is None:
        raise Http404
    first = (number - 1) * PAGE
    found = follow.pieces(there.pk, task, asked.day, first, PAGE)
    apart = asked.pieces(closing, task)
    heirs = [one for one in outcome["units"] if not one["closed"]]
    context = {
        "unit": unit,
        "asked": asked,
        "token": signing.dumps(asked.to_json(), salt=SALT, compress=True),
        "line": line,
        "rows": [
            {"piece": one, "key": f"piece-{closing}-{task}-{one.id}", "how": apart.get(one.id, "")}
            for one in found
        ],
        "hows": [how for how in showing_changes.hows() if heirs or how[0] != CARRY],
        "first": first + 1,
        "last": first + len(found),
        "before": f"pieces:{closing}:{task}:{number - 1}" if number > 1 else "",
        "after": f"pieces:{closing}:{task}:{number + 1}" if first + len(found) < line["n"] else "",
        "crumbs": common.crumbs(request, unit),
        "address": f"unit_{asked.kind}",
    }
    return render(request, "org/changes/pieces.html", context)
