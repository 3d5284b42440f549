"""A person's own list: returned, late, this week, later, waiting for a reviewer, coming. Two queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from zhengyou.kit import sql
from zhengyou.overview.desk import coming
from zhengyou.overview.desk.coming import Coming
from zhengyou.overview.desk.lines import COLUMNS, FROM, Line, lines

MOST = 100
"""Lines shown of one list; the rest is counted."""


@dataclass(slots=True)
class Own:
    """The lists of one person and the counts beside them; minutes are the work's, for what is due in this month.

    `shut`: what was not done when its period was closed; nobody can do it any more, so it is no to-do.
    """

    open: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    done: list[Line] = field(default_factory=list)
    shut: list[Line] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    month_n: int = 0
    month_minutes: int = 0
    coming: list[Coming] = field(default_factory=list)

    @property
    def n_open(self) -> int:
        """Things to do, returned ones included."""
        return self.counts.get("due", 0) + self.counts.get("returned", 0)

    @property
    def n_waiting(self) -> int:
        """Things handed in and not yet judged."""
        return self.counts.get("submitted", 0)

    @property
    def n_done(self) -> int:
        """Things accepted."""
        return self.counts.get("accepted", 0)

    @property
    def n_shut(self) -> int:
        """Things that were not settled when their period closed."""
        return self.counts.get("shut", 0)


def read(me: int, owner: str, facts: dict[str, str], day: date, done: bool = False) -> Own:
    """What this person owes today; with `done`, what was accepted or needs no doing, newest first."""
    own = Own()
    which = "d.state IN ('due', 'returned', 'submitted')"
    order = "CASE WHEN s.closed_on <= :day THEN 1 ELSE 0 END, d.due_on, d.id"
    if done:
        which = f"(d.state IN ('accepted', 'exempt') OR (s.closed_on <= :day AND {which}))"
        order = "d.last_day DESC, d.id DESC"
    found = lines(
        f"""SELECT {COLUMNS} {FROM} WHERE d.member_id = :me AND {which}
            ORDER BY {order} LIMIT {MOST}""",
        day,
        me=me,
        owner=owner,
    )
    own.shut = [line for line in found if line.shut and line.state in ("due", "returned", "submitted")]
    own.open = [line for line in found if not line.shut and line.state in ("due", "returned")]
    own.waiting = [line for line in found if not line.shut and line.state == "submitted"]
    own.done = [line for line in found if line.state in ("accepted", "exempt")]
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    plan = "FROM campaigns_task t JOIN campaigns_campaign c ON c.id = t.campaign_id JOIN campaigns_slot s ON s.task_id = t.id"
    held = """EXISTS (SELECT 1 FROM campaigns_phase h JOIN campaigns_phase g ON g.programme_id = h.programme_id
        AND g.place < h.place AND g.gate = 'acceptance' AND g.accepted_on IS NULL WHERE h.id = t.phase_id)"""
    state = """CASE WHEN s.closed_on <= :day AND d.state IN ('due', 'returned', 'submitted') THEN 'shut' ELSE d.state END"""
    for kind, code, n, minutes, zh, en, period, opens, audience, waits in sql.rows(
        f"""SELECT 1, {state}, COUNT(*), 0, '', '', '', CAST(NULL AS DATE), '', 0
            FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id WHERE d.member_id = :me GROUP BY {state}
        UNION ALL SELECT 2, '', COUNT(*), COALESCE(SUM(t.minutes), 0), '', '', '', CAST(NULL AS DATE), '', 0 FROM campaigns_duty d
            JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
            WHERE d.member_id = :me AND d.state NOT IN ('void', 'exempt') AND d.due_on BETWEEN :first AND :last
        UNION ALL SELECT * FROM (SELECT 3 AS kind, '' AS state, 0 AS n, 0 AS minutes, t.zh, t.en, s.period, s.opens_on,
            CAST(t.audience AS TEXT) AS audience, CASE WHEN {held} THEN 1 ELSE 0 END AS held {plan}
            WHERE c.state = 30 AND t.subject = 'member' AND s.closed_on > :day AND s.closed_on > s.opens_on
              AND (s.opens_on > :day OR {held}) ORDER BY s.opens_on, s.id LIMIT 12) x""",
        me=me,
        day=day,
        first=first,
        last=last,
    ):
        if kind == 1:
            own.counts[code] = n
        elif kind == 2:
            own.month_n, own.month_minutes = n, int(minutes)
        elif facts and coming.concerns(audience, facts):
            own.coming.append(Coming(zh, en, period, sql.as_date(opens), bool(waits)))
    own.coming = sorted(own.coming, key=lambda c: c.opens_on)[:3]
    return own
