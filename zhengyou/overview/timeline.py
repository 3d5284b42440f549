"""Phases on half months around the day, for the timeline of the board."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhengyou.overview.plan import Named, Plan

COLUMNS = 24
"""Half months on the timeline: one year."""


@dataclass(slots=True)
class Timeline:
    """What the timeline part draws: months, one row per phase, dots for dates due, the column of today."""

    months: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    today: int = 0


def _half(day: date) -> int:
    return (day.year * 12 + day.month - 1) * 2 + (day.day > 15)


def lay(plan: Plan, day: date) -> Timeline:
    """The phases with their days on a year of half months that holds today; phases outside it are left out."""
    known = [p for p in plan.phases.values() if p.start]
    if not known:
        return Timeline()
    start = min(_half(p.start) for p in known if p.start)
    start -= start % 2
    if _half(day) >= start + COLUMNS - 4:
        start = _half(day) - _half(day) % 2 - 12
    line = Timeline(today=_half(day) - start + 1)
    for k in range(0, COLUMNS, 2):
        month = (start + k) // 2
        year, number = divmod(month, 12)
        text = f"{year}-{number + 1:02}" if k == 0 or number == 0 else f"{number + 1:02}"
        line.months.append({"label": text, "start": k + 1})
    row = 2
    for phase in known:
        first = max(_half(phase.start) - start, 0) if phase.start else 0
        last = min(_half(phase.end) - start, COLUMNS - 1) if phase.end else COLUMNS - 1
        if last < 0 or first >= COLUMNS:
            continue
        line.rows.append({"row": row, "name": phase, "bars": [_bar(phase, day, first, last)], "dots": []})
        row += 1
    dots = _dots(plan, start)
    if dots:
        line.rows.append({"row": row, "name": None, "bars": [], "dots": dots})
    return line


def _bar(phase: Named, day: date, first: int, last: int) -> dict[str, Any]:
    over = phase.end is not None and phase.end < day
    now = not over and phase.start is not None and phase.start <= day
    return {
        "start": first + 1,
        "span": last - first + 1,
        "cls": "done" if over else "now" if now else "",
        "phase": phase,
        "over": over,
        "now": now,
    }


def _dots(plan: Plan, start: int) -> list[dict[str, Any]]:
    """Days on which something falls due, at most one for each month, so that their dates do not run together."""
    days = sorted({slot.end for task in plan.tasks.values() for slot in task.slots if slot.end})
    out: list[dict[str, Any]] = []
    taken: set[int] = set()
    for at in days:
        column = _half(at) - start
        if 0 <= column < COLUMNS - 1 and column not in taken and column - 1 not in taken:
            taken.add(column)
            out.append({"start": column + 1, "day": at})
    return out
