"""Rows behind a figure, down to the duties of one unit and task; and the list of who is missing there."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengyou.campaigns import rules as duty_rules
from zhengyou.campaigns.figures.board import Figures
from zhengyou.kit import clock
from zhengyou.kit.verdict import insist
from zhengyou.org.actions import looking
from zhengyou.org.rules import Authority
from zhengyou.overview import behind, rules, words
from zhengyou.overview import board as boards
from zhengyou.overview import moment as moments
from zhengyou.overview.plan import Choice
from zhengyou.overview.views.board import frame, opened, pages


@require_GET
def rows(request: HttpRequest, code: str, figure: str) -> HttpResponse:
    """What a number opens to: the units below that make it up, the tasks, and for one task the unit's own duties."""
    if figure not in boards.LINKED:
        raise Http404(_("没有这个数。"))
    authority = request.authority  # type: ignore[attr-defined]
    tree, choice, _by_row = opened(request, code)
    insist(rules.may_see_rows(authority, tree.here.id))
    board = boards.read(tree, choice)
    own_only = request.GET.get("level") == "own" and tree.here.below > 0
    total = board.own if own_only else board.total
    n = behind.value(total, figure)
    names = duty_rules.may_see_names(authority, tree.here.id)
    first = boards.first_of({"from": request.GET.get("at", "")})
    own_n = behind.value(board.own if tree.here.below else board.total, figure)
    listed = own_n > 0 and (bool(choice.task) or own_only)
    found = (
        behind.read(tree.here.id, choice.slots, figure, choice.moment, names=bool(names), first=first)
        if listed
        else []
    )
    if names and found:
        looking.look_at_unit(request.me, tree.here.id, looking.NAMES)  # type: ignore[attr-defined]
    context = frame(board) | {
        "figure": figure,
        "here_url": request.path,
        "word": words.figure(figure),
        "n": n,
        "units": [] if own_only else _units(board, figure),
        "tasks": _tasks(board, figure, own_only),
        "own_only": own_only,
        "duties": found,
        "own_n": own_n,
        "names": names,
        "listed": listed,
        "first": first + 1,
        "last": first + len(found),
        "next": choice.narrowed(level="own" if own_only else "", at=first + len(found))
        if first + len(found) < own_n
        else "",
        "seen": [place.id for place in tree.up if authority.sees_unit(place.id)],
        "pages": pages(request, board),
        "missing": _missing(authority, board, choice)
        if listed and not tree.here.below and choice.moment.today
        else None,
    }
    return render(request, "overview/rows.html", context)


def _units(board: boards.Board, figure: str) -> list[dict[str, Any]]:
    """Units below with something to this figure, the own level first, what the page leaves out last; they sum to it."""
    out = []
    for row in board.rows[1:]:
        if row.level != 2:
            continue
        n = behind.value(row.figures, figure)
        if n or row.kind == "unit":
            query = board.choice.narrowed(level="own") if row.kind == "own" else board.choice.query
            place = board.here if row.kind == "own" else row.place
            url = reverse("board_rows", args=[place.public_id, figure]) + query if place and n else ""
            out.append({"row": row, "n": n, "url": url, "place": row.place})
    return out


def _tasks(board: boards.Board, figure: str, own_only: bool) -> list[dict[str, Any]]:
    """Tasks, or the periods of one task, with their share of the figure; each leads on."""
    if board.counted is None:
        return []
    here, choice = board.here, board.choice
    found = board.counted.own if own_only else board.counted.by_unit.get(here.id, {})
    name = "period" if choice.task else "task"
    out = []
    for column in boards.columns(choice):
        n = behind.value(found.get(column.id, Figures()), figure)
        if n:
            query = choice.narrowed(**{name: column.id, "level": "own" if own_only else ""})
            out.append({"text": column.text or _("仅一期"), "end": column.end, "n": n, "url": query})
    return out


def _missing(authority: Authority, board: boards.Board, choice: Choice) -> dict[str, Any] | None:
    """How many members of this unit are missing for the one period looked at, and the way to the list."""
    if choice.task and choice.plan.tasks[choice.task].subject == "member" and len(choice.slots) == 1:
        slot = next(iter(choice.slots))
        return {"n": board.total.missing, "url": reverse("missing", args=[board.here.public_id, slot])}
    return None


@require_GET
def missing(request: HttpRequest, code: str, slot: int) -> HttpResponse:
    """Who of one unit is missing in one period: names for its own head, the count and the rule for all others."""
    context = missing_list(request, code, slot)
    if context["people"]:
        looking.look_at_unit(request.me, context["here"].id, looking.MISSING)  # type: ignore[attr-defined]
    return render(request, "overview/missing.html", context)


def missing_list(request: HttpRequest, code: str, slot: int) -> dict[str, Any]:
    """The unit, the period, how many are missing, and their names where the reader may see them."""
    day, authority = clock.today(), request.authority  # type: ignore[attr-defined]
    tree, choice, _by_row = opened(request, code)
    insist(rules.may_see_rows(authority, tree.here.id))
    task = next((t for t in choice.plan.tasks.values() for s in t.slots if s.id == slot), None)
    period = next((s for s in task.slots if s.id == slot), None) if task else None
    if task is None or period is None or task.subject != "member" or not period.start or period.start > day:
        raise Http404(_("没有这一期任务，或者它还没有开始。"))
    names = duty_rules.may_see_names(authority, tree.here.id)
    found = behind.read(
        tree.here.id, [slot], "open", moments.now(), names=bool(names), size=boards.MOST_NAMES
    )
    return {
        "here": tree.here,
        "up": tree.up,
        "task": task,
        "period": period,
        "title": words.title(task, period),
        "names": names,
        "people": found if names else [],
        "n": len(found),
        "late": sum(1 for one in found if one.late),
        "day": day,
        "slot": slot,
    }
