"""Counting for a page of units: figures per unit and task or period, as campaigns.figures defines them. One query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhengyou.campaigns.figures.board import NAMES, TESTS, Figures, total
from zhengyou.kit import sql


def sums(f: str, n: str) -> str:
    """SQL for the figures of rows `f` that count `n` each, in the order of `Figures`; needs `:day`."""
    return ", ".join(f"SUM(CASE WHEN {TESTS[name].format(f=f)} THEN {n} ELSE 0 END)" for name in NAMES)


@dataclass(slots=True)
class Counted:
    """Figures of units by key (task or period); `own` is what is charged to the first unit itself, not below it."""

    by_unit: dict[int, dict[int, Figures]]
    own: dict[int, Figures]

    def of(self, unit: int) -> Figures:
        """A unit's figures over all keys."""
        return total(self.by_unit.get(unit, {}).values())


def read(units: list[int], slots: Iterable[int], day: date, by: str = "task", own: int = 0) -> Counted:
    """Figures of these units today, each with all below it, by "task" or "slot"; of `own` also its own level.

    From the balance and the deltas not yet folded, so the cost does not depend on the number of members.
    """
    counted = Counted({unit: {} for unit in units}, {})
    among = ", ".join(str(int(s)) for s in slots)
    if not among or not units:
        return counted
    ids = ", ".join(str(int(u)) for u in units)
    key = "s.task_id" if by == "task" else "f.slot_id"
    own_level = (
        f"""UNION ALL SELECT 0, x.slot_id, {sums("x", "1")} FROM campaigns_duty x
            WHERE x.unit_id = :own AND x.slot_id IN ({among}) GROUP BY x.slot_id"""
        if own
        else ""
    )
    found = sql.rows(
        f"""WITH f (unit_id, slot_id, {", ".join(NAMES)}) AS (
            SELECT b.unit_id, b.slot_id, {sums("b", "b.n")} FROM campaigns_balance b
              WHERE b.unit_id IN ({ids}) AND b.slot_id IN ({among}) GROUP BY b.unit_id, b.slot_id
            UNION ALL SELECT c.ancestor_id, d.slot_id, {sums("d", "d.n")} FROM campaigns_delta d
              JOIN org_closure c ON c.descendant_id = d.unit_id AND c.valid_from <= :day AND c.valid_to > :day
              WHERE d.day <= :day AND d.slot_id IN ({among}) AND c.ancestor_id IN ({ids})
              GROUP BY c.ancestor_id, d.slot_id
            {own_level})
        SELECT f.unit_id, {key}, {", ".join(f"SUM({name})" for name in NAMES)}
        FROM f JOIN campaigns_slot s ON s.id = f.slot_id GROUP BY f.unit_id, {key}""",
        day=day,
        own=own,
    )
    for unit, code, *values in found:
        if any(values):
            (counted.by_unit[unit] if unit else counted.own)[code] = Figures(*map(int, values))
    return counted
