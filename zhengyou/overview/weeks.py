"""What fell due and what was accepted week by week, and what in a subtree needs a person. One query."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from zhengyou.kit import sql
from zhengyou.overview.places import Tree
from zhengyou.overview.plan import Choice

SLOW = 7
"""Days after which what waits for review is pointed out."""
POINTS = 16
"""At most so many points in the chart."""


@dataclass(slots=True)
class Pulse:
    """Running sums per day shown: (day, fallen due, accepted); units without anybody; papers long unread, and where."""

    weeks: list[tuple[date, int, int]] = field(default_factory=list)
    vacant: int = 0
    slow: int = 0
    slow_units: int = 0
    units: int = 0

    @property
    def units_below(self) -> int:
        """Open units below the unit itself."""
        return max(self.units - 1, 0)


def read(tree: Tree, choice: Choice) -> Pulse:
    """The pulse of a unit and all below it on the chosen day, for the periods chosen; one query whatever the size.

    The weeks are those of what is known now, also where the board is asked as it was known.
    """
    day = choice.day
    balance = (
        "campaigns_balance f WHERE" if choice.moment.today else "campaigns_ledger f WHERE f.day <= :day AND"
    )
    among = ", ".join(str(int(s)) for s in choice.slots) or "0"
    unit = tree.here.id
    scalar = needs(whole=not tree.up)
    owed = "f.state NOT IN ('void', 'exempt')"
    fresh = f"""FROM campaigns_delta f JOIN org_closure c ON c.descendant_id = f.unit_id AND c.ancestor_id = :unit
                AND c.valid_from <= :day AND c.valid_to > :day WHERE f.slot_id IN ({among}) AND f.day <= :day"""
    found = sql.rows(
        f"""SELECT 1, f.day, SUM(f.n), 0 FROM campaigns_ledger f WHERE f.unit_id = :unit AND f.slot_id IN ({among})
              AND f.state = 'accepted' AND f.day <= :day GROUP BY f.day
        UNION ALL SELECT 1, f.day, SUM(f.n), 0 {fresh} AND f.state = 'accepted' GROUP BY f.day
        UNION ALL SELECT 2, f.due_on, SUM(f.n), 0 FROM {balance} f.unit_id = :unit
              AND f.slot_id IN ({among}) AND {owed} GROUP BY f.due_on
        UNION ALL SELECT 2, f.due_on, SUM(f.n), 0 {fresh} AND {owed} GROUP BY f.due_on
        UNION ALL SELECT 3, NULL, {scalar["slow"]}, {scalar["slow_units"]}
        UNION ALL SELECT 4, NULL, {scalar["units"]}, {scalar["vacant"]}""",
        unit=unit,
        day=day,
        slow=since_slow(day),
    )
    pulse = Pulse()
    accepted: dict[date, int] = {}
    due: dict[date, int] = {}
    for kind, when, n, more in found:
        if kind in (1, 2):
            target = accepted if kind == 1 else due
            at = sql.as_date(when)
            target[at] = target.get(at, 0) + int(n)
        elif kind == 3:
            pulse.slow, pulse.slow_units = int(n), int(more)
        else:
            pulse.units, pulse.vacant = int(n), int(more)
    if choice.slots:
        starts = [
            slot.start
            for task in choice.tasks
            for slot in task.slots
            if slot.id in choice.slots and slot.start
        ]
        pulse.weeks = [
            (at, sum(n for d, n in due.items() if d <= at), sum(n for d, n in accepted.items() if d <= at))
            for at in fridays(day, min([*starts, day]))
        ]
    return pulse


def needs(*, whole: bool) -> dict[str, str]:
    """Scalar SQL of what needs a person in `:unit` and below (`whole`: everywhere): units, vacant, slow, slow_units."""
    below = """SELECT c.descendant_id FROM org_closure c
        WHERE c.ancestor_id = :unit AND c.valid_from <= :day AND c.valid_to > :day"""
    # by desk, so that the index of what waits answers alone: SQLite would else read each paper of another index
    waits = f"""FROM (SELECT x.waits_at_id, COUNT(*) AS n FROM campaigns_submission x
        JOIN campaigns_duty d ON d.id = x.duty_id JOIN campaigns_slot s ON s.id = d.slot_id AND s.closed_on > :day
        WHERE x.state = 10 AND x.waits_since < :slow {"" if whole else f"AND x.waits_at_id IN ({below})"}
        GROUP BY x.waits_at_id) w"""
    standing = f"""FROM org_unit u WHERE u.opened_on <= :day AND u.closed_on > :day
        {"" if whole else f"AND u.id IN ({below})"}"""
    vacant = """NOT EXISTS (SELECT 1 FROM org_post t WHERE t.unit_id = u.id AND t.dropped_id IS NULL
        AND t.first_responsible AND t.valid_from <= :day AND t.valid_to > :day)"""
    return {
        "slow": f"(SELECT CAST(COALESCE(SUM(w.n), 0) AS INTEGER) {waits})",
        "slow_units": f"(SELECT COUNT(w.waits_at_id) {waits})",
        "units": f"(SELECT COUNT(*) {standing})",
        "vacant": f"(SELECT COUNT(*) {standing} AND {vacant})",
    }


def since_slow(day: date) -> date:
    """Papers handed in before this day have waited too long."""
    return day - timedelta(days=SLOW)


def fridays(day: date, since: date, most: int = POINTS) -> list[date]:
    """Ends of weeks from `since` to the day, at most `most`, evenly further apart where the stretch is long."""
    last = day - timedelta(days=(day.weekday() - 4) % 7)
    weeks = max((last - since).days // 7 + 1, 1)
    step = -(-weeks // most)
    days = [last - timedelta(weeks=step * k) for k in range(min(most, -(-weeks // step)))]
    return sorted({*days, day})
