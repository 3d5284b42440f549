"""The board page: what the address asks for, level by level, with everything it opens to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from zhengyou.kit import clock
from zhengyou.kit.verdict import Refused, insist
from zhengyou.overview import board as boards
from zhengyou.overview import lineage, rules, shapes, timeline, weeks
from zhengyou.overview import plan as plans
from zhengyou.overview.board import Board, Row
from zhengyou.overview.desk import hats
from zhengyou.overview.places import Tree
from zhengyou.overview.plan import Choice
from zhengyou.overview.shapes import Words


@require_GET
def page(request: HttpRequest, code: str = "") -> HttpResponse:
    """The board of a unit ("" = the root); without the right to its rows the root shows one total, others refuse."""
    tree, choice, by_row = opened(request, code)
    board, day = boards.read(tree, choice), choice.day
    if not by_row:
        context = frame(board) | {"own_boards": hats.read(request.me, request.authority, day).hats}  # type: ignore[attr-defined]
        return render(request, "overview/total.html", context)
    pulse, say = weeks.read(tree, choice), shapes.words()
    context = frame(board) | {
        "rows": [_line(board, row, say) for row in board.rows],
        "heat": _heat(board, say),
        "pulse": pulse,
        "weeks": [(at, f"{due:,}", f"{done:,}") for at, due, done in pulse.weeks],
        "timeline": timeline.lay(choice.plan, day),
        "lineage": _lineage(request, board, say) if board.here.successor else None,
        "pages": pages(request, board),
        "burden": burden(choice, day),
        "vacancies_url": address("vacancies") if request.authority.anywhere("appoint") else "",  # type: ignore[attr-defined]
        "slow_url": reverse("board_rows", args=[tree.here.public_id, "in_review"]) + "?phase=all"
        if pulse.slow and choice.moment.today
        else "",
    }
    return render(request, "overview/board.html", context)


def opened(request: HttpRequest, code: str) -> tuple[Tree, Choice, bool]:
    """The tree and choice of an address and whether its rows may be seen; 403 with the reason, 404 for no unit.

    Whoever may not see a unit's rows may still see the root as one total.
    """
    authority = request.authority  # type: ignore[attr-defined]
    insist(rules.may_see_board(authority))
    tree, choice = boards.open_board(request.GET, code)
    if tree is None:
        raise Http404(_("没有这个单位。"))
    line = [place.id for place in [*tree.up, tree.here]]
    for depth, unit in enumerate(line):
        authority.know(unit, line[: depth + 1])
    verdict = rules.may_see_rows(authority, tree.here.id)
    if not verdict and tree.up:
        raise Refused(verdict.why)
    return tree, choice, bool(verdict)


def frame(board: Board) -> dict[str, Any]:
    """What the head of every page on a unit's figures needs: filters, total, addresses of the rows behind it."""
    choice, here = board.choice, board.here
    base = reverse("board_unit", args=[here.public_id])
    links = {name: f"{base}{name}/{choice.query}" for name in boards.LINKED}
    return {
        "board": board,
        "here": here,
        "choice": choice,
        "plan": choice.plan,
        "query": choice.query,
        "links": links,
        "base": base,
        "filters": _filters(choice),
        "moment": choice.moment,
        "here_again": base + plans.without_moment(choice),
        "as_known_now": base + choice.narrowed(known=""),
        "as_known_then": base + choice.narrowed(known=choice.day.isoformat()),
        "today": clock.today(),
        "export": reverse("board_unit_export", args=[here.public_id]) + choice.query,
    }


def _filters(choice: Choice) -> list[dict[str, Any]]:
    """The three selects of the filter row, each with what is chosen."""
    plan = choice.plan
    phases = [("", _("现在进行的")), ("all", _("全部阶段"))]
    phases += [
        (str(p.id), p.text)
        for p in plan.phases.values()
        if not choice.programme or p.above == choice.programme
    ]
    tasks = [t for t in plan.tasks.values() if not choice.programme or t.above == choice.programme]
    return [
        {
            "name": "programme",
            "label": _("项目"),
            "options": [("", _("全部项目")), *((str(p.id), p.text) for p in plan.programmes.values())],
            "value": str(choice.programme or ""),
        },
        {"name": "phase", "label": pgettext("filter", "阶段"), "options": phases, "value": choice.phase},
        {
            "name": "task",
            "label": _("任务"),
            "options": [("", _("全部任务")), *((str(t.id), t.text) for t in tasks)],
            "value": str(choice.task or ""),
        },
    ]


def _line(board: Board, row: Row, say: Words) -> dict[str, Any]:
    """A row of the tree with its addresses, as the template writes it."""
    choice, place = board.choice, row.place
    unit = board.here if row.kind in ("sum", "own") and row.level < 3 else place
    base = reverse("board_unit", args=[unit.public_id]) if unit else ""
    fold = ""
    if row.kind == "unit" and row.level == 2 and row.units and place:
        asked = {"from": board.tree.first or "", "open": "" if row.open else place.public_id}
        fold = choice.narrowed(**asked) + "#b1"
    query = choice.narrowed(level="own") if row.kind == "own" else choice.query
    cells = shapes.cells(row.figures, base, query, say)
    return {"row": row, "base": base, "fold": fold, "place": place, "cells": cells}


def _lineage(request: HttpRequest, board: Board, say: Words) -> dict[str, Any]:
    """The units before this one with their figures, and both sums; a figure opens where its unit may be seen."""
    found = lineage.read(board.here.id, board.total, board.choice)
    query, authority = board.choice.query, request.authority  # type: ignore[attr-defined]
    lines = []
    for one in found.forebears:
        base = reverse("board_unit", args=[one.public_id]) if authority.sees_unit(one.id) else ""
        lines.append({"one": one, "base": base, "cells": shapes.cells(one.figures, base, query, say)})
    return {
        "lines": lines,
        "own": shapes.cells(found.own, "", "", say),
        "now": shapes.cells(found.now, "", "", say),
        "shared": any(one.shared for one in found.forebears),
    }


def _heat(board: Board, say: Words) -> list[dict[str, Any]]:
    """Units by tasks: the children of the page, or the unit itself where nothing hangs below it."""
    if board.counted is None or not board.columns:
        return []
    choice = board.choice
    name = "period" if choice.task else "task"
    tails = [choice.narrowed(**{name: column.id}) for column in board.columns]
    out = []
    for place in board.heat:
        found = board.counted.by_unit.get(place.id, {})
        base = reverse("board_rows", args=[place.public_id, "owed"])
        cells = []
        for column, tail in zip(board.columns, tails, strict=True):
            figures = found.get(column.id)
            if figures is None:
                cells.append(shapes.EMPTY)
            else:
                cells.append(
                    shapes.heat_cell(
                        figures.accepted, figures.base, figures.overdue, f"{base}{tail}", say.overdue
                    )
                )
        out.append({"place": place, "cells": mark_safe("".join(cells))})
    return out


def pages(request: HttpRequest, board: Board) -> dict[str, Any]:
    """Where in the children the page is, and the addresses of the pages before and after; filters stay."""
    query = request.GET.copy()
    query.pop("open", None)

    def link(first: int) -> str:
        query["from"] = str(first)
        return "?" + query.urlencode() + "#b1"

    first, last, count = board.tree.first, board.last, board.here.below
    return {
        "first": first + 1,
        "last": last,
        "count": count,
        "before": link(max(first - boards.ROWS, 0)) if first else "",
        "after": link(last) if last < count else "",
    }


def burden(choice: Choice, day: date) -> str:
    """Minutes of what falls due in this month, for one member and for one unit; the work's, not a person's."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    minutes = {"member": 0, "unit": 0}
    for task in choice.plan.tasks.values():
        for slot in task.slots:
            if slot.end and first <= slot.end <= last and task.subject in minutes:
                minutes[task.subject] += task.minutes
    parts = []
    if minutes["member"]:
        parts.append(_("每人至多约 %(n)d 分钟") % {"n": minutes["member"]})
    if minutes["unit"]:
        parts.append(_("每个单位至多约 %(n)d 分钟") % {"n": minutes["unit"]})
    return _("，").join(parts)


def address(name: str) -> str:
    """A door of another room, or "" while it does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
