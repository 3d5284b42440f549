"""Figures over time: what was accepted beside what fell due, week by week, and how much was open on each day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from zhengyou.campaigns.figures.board import _filtered
from zhengyou.kit.sql import as_date, rows


class Week(NamedTuple):
    """One week from Monday: duties accepted in it, duties whose date fell into it (neither void nor exempt)."""

    monday: date
    accepted: int
    fell_due: int


class Day(NamedTuple):
    """What was open (owed, neither exempt nor accepted) and what was accepted at the end of a day."""

    day: date
    open: int
    accepted: int


def _source(table: str, some: str) -> str:
    """Rows of the unit itself from the folded table, and of all below it from the deltas not yet folded."""
    day = ", b.day" if table == "campaigns_ledger" else ""
    return f"""(SELECT b.state, b.due_on, b.n{day} FROM {table} b WHERE b.unit_id = :unit {some.format(slot="b.slot_id")}
        UNION ALL SELECT b.state, b.due_on, b.n{day} FROM campaigns_delta b
        JOIN org_closure c ON c.descendant_id = b.unit_id AND c.ancestor_id = :unit AND c.valid_from <= b.day
          AND c.valid_to > b.day WHERE 1 = 1 {some.format(slot="b.slot_id")})"""


def weeks(
    unit_id: int,
    day: date,
    *,
    campaign: int | None = None,
    programme: int | None = None,
    phase: int | None = None,
    task: int | None = None,
    last: int = 26,
) -> list[Week]:
    """The `last` weeks up to `day`, without gaps from the first in which anything happened. Two queries."""
    some, values = _filtered(campaign, programme, phase, task)
    accepted: dict[date, int] = defaultdict(int)
    due: dict[date, int] = defaultdict(int)
    for on, n in rows(
        f"""SELECT f.day, SUM(f.n) FROM {_source("campaigns_ledger", some)} f
            WHERE f.state = 'accepted' AND f.day <= :day GROUP BY f.day""",
        unit=unit_id,
        day=day,
        **values,
    ):
        accepted[_monday(as_date(on))] += int(n)
    for on, n in rows(
        f"""SELECT f.due_on, SUM(f.n) FROM {_source("campaigns_balance", some)} f
            WHERE f.state NOT IN ('void', 'exempt') AND f.due_on <= :day GROUP BY f.due_on""",
        unit=unit_id,
        day=day,
        **values,
    ):
        due[_monday(as_date(on))] += int(n)
    mondays = sorted({*accepted, *due})
    if not mondays:
        return []
    end = _monday(day)
    first = max(mondays[0], end - timedelta(weeks=last - 1))
    count = (end - first).days // 7 + 1
    days = (first + timedelta(weeks=k) for k in range(count))
    return [Week(monday, accepted.get(monday, 0), due.get(monday, 0)) for monday in days]


def burndown(
    unit_id: int,
    day: date,
    *,
    campaign: int | None = None,
    programme: int | None = None,
    phase: int | None = None,
    task: int | None = None,
) -> list[Day]:
    """What was open and what accepted on each day on which anything changed, up to `day`. One query."""
    some, values = _filtered(campaign, programme, phase, task)
    out: list[Day] = []
    still, done = 0, 0
    changes: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for on, state, n in rows(
        f"""SELECT f.day, f.state, SUM(f.n) FROM {_source("campaigns_ledger", some)} f
            WHERE f.day <= :day GROUP BY f.day, f.state""",
        unit=unit_id,
        day=day,
        **values,
    ):
        if state in ("due", "returned", "submitted"):
            changes[as_date(on)][0] += int(n)
        elif state == "accepted":
            changes[as_date(on)][1] += int(n)
    for on in sorted(changes):
        still, done = still + changes[on][0], done + changes[on][1]
        out.append(Day(on, still, done))
    return out


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
