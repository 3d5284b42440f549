"""One unit and its children on a day, by task: today's board, a past day's, live from duties, or as it was known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zhengyou.campaigns.figures.counts import signed
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.sql import rows

NAMES = ("void", "exempt", "accepted", "in_review", "not_due", "overdue")
TESTS = {
    "void": "{f}.state = 'void'",
    "exempt": "{f}.state = 'exempt'",
    "accepted": "{f}.state = 'accepted'",
    "in_review": "{f}.state = 'submitted'",
    "not_due": "{f}.state IN ('due', 'returned') AND {f}.due_on >= :day",
    "overdue": "{f}.state IN ('due', 'returned') AND {f}.due_on < :day",
}


class Figures(NamedTuple):
    """Disjoint counts of duties on a day; `issued` is their sum. What waits for review is never overdue (CORE §3)."""

    void: int = 0
    exempt: int = 0
    accepted: int = 0
    in_review: int = 0
    not_due: int = 0
    overdue: int = 0

    @property
    def issued(self) -> int:
        """All duties issued."""
        return sum(self)

    @property
    def owed(self) -> int:
        """All but the void ones."""
        return self.issued - self.void

    @property
    def missing(self) -> int:
        """Not handed in, or returned: not yet due and overdue together."""
        return self.not_due + self.overdue

    @property
    def base(self) -> int:
        """What completion is measured against: owed less exempt."""
        return self.owed - self.exempt

    @property
    def completion(self) -> Fraction | None:
        """accepted / (owed - exempt), exact; None where there is nothing to divide by."""
        return Fraction(self.accepted, self.base) if self.base else None

    def plus(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(*(a + b for a, b in zip(self, other, strict=True)))

    def minus(self, other: Figures) -> Figures:
        """What is left when the other is taken away."""
        return Figures(*(a - b for a, b in zip(self, other, strict=True)))

    def as_json(self) -> dict[str, int]:
        """The seven figures by name."""
        return {"issued": self.issued} | self._asdict()


class Cell(NamedTuple):
    """One unit's figures of one task."""

    unit_id: int
    task_id: int
    figures: Figures


@dataclass(frozen=True)
class Row:
    """One line of a board: the unit as it was named that day, and its figures with all below it.

    `own` marks the line 本级: what is charged to the level's unit itself, so that the lines below add up to it.
    """

    unit_id: int
    public_id: str
    name: str
    kind: str
    figures: Figures
    tasks: dict[int, Figures] = field(default_factory=dict)
    closed: bool = False
    own: bool = False


@dataclass(frozen=True)
class Board:
    """A unit, its own duties as a line, and its children in the organisation's order; `whole` = sum of `lines`."""

    day: date
    whole: Row
    own: Row
    children: list[Row]

    @property
    def lines(self) -> list[Row]:
        """本级 (where anything is charged to the unit itself) and the children."""
        return ([self.own] if self.own.figures.issued else []) + self.children

    @property
    def cells(self) -> list[Cell]:
        """Units x tasks of the lines, for the heat map; only where something was issued."""
        return [Cell(row.unit_id, task, figures) for row in self.lines for task, figures in row.tasks.items()]

    @property
    def tasks(self) -> dict[int, Figures]:
        """The whole by task id."""
        return self.whole.tasks

    def by(self, groups: dict[int, int]) -> dict[int, Figures]:
        """The whole summed by group, given each task's group (its phase or programme); tasks without one are left out."""
        out: dict[int, Figures] = defaultdict(Figures)
        for task, figures in self.whole.tasks.items():
            if task in groups:
                out[groups[task]] = out[groups[task]].plus(figures)
        return dict(out)


def _sums(n: str, f: str) -> str:
    return ", ".join(
        f"SUM(CASE WHEN {TESTS[name].format(f=f)} THEN {n} ELSE 0 END) AS {name}" for name in NAMES
    )


KIDS = """kid AS (SELECT unit_id FROM org_placement WHERE (parent_id = :unit OR unit_id = :unit)
    AND valid_from <= :day AND valid_to > :day AND dropped_id IS NULL)"""
ADDED = ", ".join(f"SUM({name})" for name in NAMES)


def board(
    unit_id: int,
    day: date | None = None,
    *,
    campaign: int | None = None,
    programme: int | None = None,
    phase: int | None = None,
    task: int | None = None,
) -> Board:
    """The unit and its children on `day` (today if not said): today's from the balance, a past day's from the ledger.

    Filters are ids. Two queries whatever the number of members; deltas not yet folded are counted in.
    """
    today = clock.today()
    day = day or today
    table, until = ("campaigns_balance", "") if day >= today else ("campaigns_ledger", "AND b.day <= :day")
    some, values = _filtered(campaign, programme, phase, task)
    found = rows(
        f"""WITH {KIDS}, f AS (
              SELECT b.unit_id, b.slot_id, {_sums("b.n", "b")} FROM kid JOIN {table} b ON b.unit_id = kid.unit_id {until}
              {some.format(slot="b.slot_id")} GROUP BY b.unit_id, b.slot_id
              UNION ALL SELECT c.ancestor_id, b.slot_id, {_sums("b.n", "b")} FROM campaigns_delta b
              JOIN org_closure c ON c.descendant_id = b.unit_id AND c.valid_from <= :day AND c.valid_to > :day
              WHERE b.day <= :day AND c.ancestor_id IN (SELECT unit_id FROM kid) {some.format(slot="b.slot_id")}
              GROUP BY c.ancestor_id, b.slot_id)
            SELECT f.unit_id, s.task_id, {ADDED} FROM f JOIN campaigns_slot s ON s.id = f.slot_id
            GROUP BY f.unit_id, s.task_id ORDER BY f.unit_id, s.task_id""",
        unit=unit_id,
        day=day,
        **values,
    )
    return _assembled(unit_id, day, _units(unit_id, day), found)


def board_live(unit_id: int, day: date) -> Board:
    """Today's board straight from the duties, for comparison and for the nightly check."""
    found = rows(
        f"""WITH {KIDS}, g AS (SELECT unit_id, slot_id, state, due_on, COUNT(*) AS n FROM campaigns_duty GROUP BY 1, 2, 3, 4)
            SELECT c.ancestor_id, s.task_id, {_sums("f.n", "f")} FROM kid
            JOIN org_closure c ON c.ancestor_id = kid.unit_id AND c.valid_from <= :day AND c.valid_to > :day
            JOIN g f ON f.unit_id = c.descendant_id JOIN campaigns_slot s ON s.id = f.slot_id
            GROUP BY c.ancestor_id, s.task_id ORDER BY c.ancestor_id, s.task_id""",
        unit=unit_id,
        day=day,
    )
    return _assembled(unit_id, day, _units(unit_id, day), found)


def board_known(unit_id: int, day: date, known_on: date) -> Board:
    """The board of `day` as it was known at the end of `known_on`: from facts alone, tree included. Exact, slower."""
    newest = Entry.objects.filter(day__lte=known_on).order_by("-id").values_list("id", flat=True).first()
    last = newest or 0
    hangs = """p.valid_from <= :day AND p.valid_to > :day AND p.entry_id <= :last
        AND (p.dropped_id IS NULL OR p.dropped_id > :last)"""
    found = rows(
        f"""WITH RECURSIVE kid AS (
              SELECT p.unit_id FROM org_placement p WHERE (p.parent_id = :unit OR p.unit_id = :unit) AND {hangs}),
            tree (top, unit_id) AS (SELECT unit_id, unit_id FROM kid
              UNION ALL SELECT t.top, p.unit_id FROM tree t JOIN org_placement p ON p.parent_id = t.unit_id AND {hangs}),
            f AS ({known()})
            SELECT tree.top, s.task_id, {_sums("f.n", "f")} FROM tree JOIN f ON f.unit_id = tree.unit_id
            JOIN campaigns_slot s ON s.id = f.slot_id GROUP BY tree.top, s.task_id ORDER BY tree.top, s.task_id""",
        unit=unit_id,
        day=day,
        last=last,
    )
    return _assembled(unit_id, day, _units(unit_id, day, hangs, last), found)


def known() -> str:
    """SQL: what was charged to each unit itself on `:day` as known at entry `:last`, from births and events alone."""
    return f"""SELECT unit_id, slot_id, state, due_on, SUM(n) AS n FROM (
                SELECT first_unit_id AS unit_id, slot_id, first_state AS state, first_due_on AS due_on, COUNT(*) AS n
                FROM campaigns_duty WHERE entry_id <= :last AND issued_on <= :day GROUP BY 1, 2, 3, 4
                UNION ALL SELECT unit_id, slot_id, state, due_on, n
                FROM ({signed("e.entry_id <= :last AND e.day <= :day")}) x) y GROUP BY 1, 2, 3, 4"""


def _filtered(
    campaign: int | None, programme: int | None, phase: int | None, task: int | None
) -> tuple[str, dict[str, int]]:
    wanted = {"campaign_id": campaign, "programme_id": programme, "phase_id": phase, "id": task}
    values = {f"of_{name}": value for name, value in wanted.items() if value is not None}
    if not values:
        return "", {}
    tests = " AND ".join(f"t.{name[3:]} = :{name}" for name in values)
    inner = f"SELECT s.id FROM campaigns_slot s JOIN campaigns_task t ON t.id = s.task_id WHERE {tests}"
    return f"AND {{slot}} IN ({inner})", values


def _units(
    unit_id: int,
    day: date,
    hangs: str = "p.valid_from <= :day AND p.valid_to > :day AND p.dropped_id IS NULL",
    last: int = 0,
) -> list[tuple]:
    """The unit and its children, as named and placed on the day, in the organisation's order."""
    return rows(
        f"""SELECT u.id, u.public_id, p.name, u.kind, CASE WHEN u.closed_on <= :day THEN 1 ELSE 0 END
            FROM org_placement p JOIN org_unit u ON u.id = p.unit_id
            WHERE (p.parent_id = :unit OR p.unit_id = :unit) AND {hangs} ORDER BY u.place, u.id""",
        unit=unit_id,
        day=day,
        last=last,
    )


def _assembled(unit_id: int, day: date, units: list[tuple], found: Iterable[tuple]) -> Board:
    by_unit: dict[int, dict[int, Figures]] = defaultdict(dict)
    for unit, task, *counts in found:
        figures = Figures(*map(int, counts))
        if figures.issued or any(figures):
            by_unit[unit][task] = figures
    lines = {
        pk: Row(pk, public_id, name, kind, total(by_unit[pk].values()), by_unit[pk], bool(closed))
        for pk, public_id, name, kind, closed in units
    }
    whole = lines.pop(unit_id, None) or Row(unit_id, "", "", "", Figures())
    own = dict(whole.tasks)
    for row in lines.values():
        for task, figures in row.tasks.items():
            own[task] = own.get(task, Figures()).minus(figures)
    own = {task: figures for task, figures in own.items() if any(figures)}
    mine = Row(
        unit_id, whole.public_id, whole.name, whole.kind, total(own.values()), own, whole.closed, own=True
    )
    return Board(day, whole, mine, list(lines.values()))


def total(parts: Iterable[Figures]) -> Figures:
    """The sum of several figures."""
    out = Figures()
    for part in parts:
        out = out.plus(part)
    return out
