"""Counting for a page of units: figures per unit and task or period, as campaigns.figures defines them. One query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zhengyou.campaigns.figures.board import NAMES, TESTS, Figures, known, total
from zhengyou.kit import sql
from zhengyou.overview.moment import Moment


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


def read(
    units: list[int],
    slots: Iterable[int],
    moment: Moment,
    by: str = "task",
    own: int = 0,
    newest: Callable[[int], int] = int,
) -> Counted:
    """Figures of these units at a moment, each with all below it, by "task" or "slot"; of `own` also its own level.

    Today from the balance, a past day from the ledger, both with the deltas not yet folded: the cost does not depend
    on the number of members. What was known on an earlier day is counted from the facts themselves: exact, slower.
    `newest` gathers the versions of an amended task under one key.
    """
    counted = Counted({unit: {} for unit in units}, {})
    among = ", ".join(str(int(s)) for s in slots)
    if not among or not units:
        return counted
    ids = ", ".join(str(int(u)) for u in units)
    source = _from_facts if moment.last is not None else _from_today if moment.today else _from_ledger
    key = "s.task_id" if by == "task" else "f.slot_id"
    found = sql.rows(
        f"""{source(ids, among, own, moment)}
        SELECT f.unit_id, {key}, {", ".join(f"SUM({name})" for name in NAMES)}
        FROM f JOIN campaigns_slot s ON s.id = f.slot_id GROUP BY f.unit_id, {key}""",
        day=moment.day,
        own=own,
        last=moment.last or 0,
    )
    for unit, code, *values in found:
        if any(values):
            line, at = counted.by_unit[unit] if unit else counted.own, newest(code) if by == "task" else code
            line[at] = line.get(at, Figures()).plus(Figures(*map(int, values)))
    return counted


_HEAD = f"(unit_id, slot_id, {', '.join(NAMES)})"


def _fresh(ids: str, among: str) -> str:
    """Deltas not yet folded, summed over what hung below each unit on the day."""
    return f"""SELECT c.ancestor_id, d.slot_id, {sums("d", "d.n")} FROM campaigns_delta d
              JOIN org_closure c ON c.descendant_id = d.unit_id AND c.valid_from <= :day AND c.valid_to > :day
              WHERE d.day <= :day AND d.slot_id IN ({among}) AND c.ancestor_id IN ({ids})
              GROUP BY c.ancestor_id, d.slot_id"""


def _from_today(ids: str, among: str, own: int, moment: Moment) -> str:
    own_level = f"""UNION ALL SELECT 0, x.slot_id, {sums("x", "1")} FROM campaigns_duty x
            WHERE x.unit_id = :own AND x.slot_id IN ({among}) GROUP BY x.slot_id"""
    return f"""WITH f {_HEAD} AS (
            SELECT b.unit_id, b.slot_id, {sums("b", "b.n")} FROM campaigns_balance b
              WHERE b.unit_id IN ({ids}) AND b.slot_id IN ({among}) GROUP BY b.unit_id, b.slot_id
            UNION ALL {_fresh(ids, among)} {own_level if own else ""})"""


def _from_ledger(ids: str, among: str, own: int, moment: Moment) -> str:
    """The own level of a past day is the unit less its children of that day, and what is not yet folded of itself."""
    of = f"b.day <= :day AND b.slot_id IN ({among})"
    own_level = f"""UNION ALL SELECT 0, b.slot_id, {sums("b", "b.n")} FROM campaigns_ledger b
              WHERE b.unit_id = :own AND {of} GROUP BY b.slot_id
            UNION ALL SELECT 0, b.slot_id, {sums("b", "-b.n")} FROM org_placement p
              JOIN campaigns_ledger b ON b.unit_id = p.unit_id AND {of}
              WHERE p.parent_id = :own AND {moment.hangs("p")} GROUP BY b.slot_id
            UNION ALL SELECT 0, b.slot_id, {sums("b", "b.n")} FROM campaigns_delta b
              WHERE b.unit_id = :own AND {of} GROUP BY b.slot_id"""
    return f"""WITH f {_HEAD} AS (
            SELECT b.unit_id, b.slot_id, {sums("b", "b.n")} FROM campaigns_ledger b
              WHERE b.unit_id IN ({ids}) AND {of} GROUP BY b.unit_id, b.slot_id
            UNION ALL {_fresh(ids, among)} {own_level if own else ""})"""


def _from_facts(ids: str, among: str, own: int, moment: Moment) -> str:
    """From the births and events of duties and the placements, all up to the last entry known (CORE §1.8)."""
    own_level = (
        f"UNION ALL SELECT 0, g.slot_id, {sums('g', 'g.n')} FROM g WHERE g.unit_id = :own GROUP BY g.slot_id"
    )
    return f"""WITH RECURSIVE tree (top, unit_id) AS (
              SELECT p.unit_id, p.unit_id FROM org_placement p WHERE p.unit_id IN ({ids}) AND {moment.hangs("p")}
              UNION ALL SELECT t.top, p.unit_id FROM tree t
                JOIN org_placement p ON p.parent_id = t.unit_id AND {moment.hangs("p")}),
            g AS (SELECT * FROM ({known()}) k WHERE k.slot_id IN ({among})),
            f {_HEAD} AS (
              SELECT tree.top, g.slot_id, {sums("g", "g.n")} FROM tree JOIN g ON g.unit_id = tree.unit_id
              GROUP BY tree.top, g.slot_id {own_level if own else ""})"""
