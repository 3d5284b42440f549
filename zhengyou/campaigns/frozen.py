"""Frozen reports: figures, row list and its hash of a closed period, derived from the events up to one journal entry.

The rows are not copied: births and events are never changed, so what was true up to an entry can be read again at any
time. `digest` reads them as a stream; `verify` does it anew for every report and compares (CORE §5).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from zhengyou.campaigns.figures.board import Figures
from zhengyou.campaigns.models import Report, Slot, Task
from zhengyou.kit import sql
from zhengyou.kit.sql import as_date

RULES = 1
"""Version of the rules by which rows become figures; a report keeps the one it was written under."""


class Row(NamedTuple):
    """One duty as it was known at an entry."""

    duty: int
    unit: int
    state: str
    due_on: date


@dataclass(frozen=True)
class Digest:
    """What a report keeps of its rows."""

    figures: Figures
    rows: int
    sha256: str


def known(slot: Slot) -> str:
    """SQL of a period's duties as known up to `:entry`: duty, unit, state, due_on; `:slot` is the period's id."""
    subject = (
        "d.member_id IS NOT NULL"
        if slot.task.subject == Task.Subject.MEMBER
        else "d.subject_unit_id IS NOT NULL"
    )
    return f"""SELECT d.id AS duty, COALESCE(e.to_unit_id, d.first_unit_id) AS unit,
          COALESCE(e.to_state, d.first_state) AS state, COALESCE(e.to_due_on, d.first_due_on) AS due_on
        FROM campaigns_duty d LEFT JOIN campaigns_dutyevent e ON e.id = (
          SELECT MAX(x.id) FROM campaigns_dutyevent x WHERE x.duty_id = d.id AND x.entry_id <= :entry)
        WHERE d.slot_id = :slot AND d.entry_id <= :entry AND {subject}"""


def rows_of(slot: Slot, entry: int) -> Iterator[Row]:
    """The rows one by one, in the order of the hash."""
    for duty, unit, state, due in sql.stream(f"{known(slot)} ORDER BY d.id", slot=slot.pk, entry=entry):
        yield Row(duty, unit, state, as_date(due))


def digest(slot: Slot, entry: int, day: date) -> Digest:
    """Figures of `day` and the hash over all rows as known at `entry`; memory does not grow with the rows."""
    seen, n = hashlib.sha256(), 0
    counts: dict[str, int] = defaultdict(int)
    for row in rows_of(slot, entry):
        seen.update(f"{row.duty}\x1f{row.unit}\x1f{row.state}\x1f{row.due_on.isoformat()}\n".encode())
        counts[part_of(row.state, row.due_on, day)] += 1
        n += 1
    return Digest(Figures(**counts), n, seen.hexdigest())


def part_of(state: str, due_on: date, day: date) -> str:
    """The figure that a duty counts under on a day, as `figures.board` defines them."""
    if state in ("due", "returned"):
        return "overdue" if due_on < day else "not_due"
    return "in_review" if state == "submitted" else state


def sum_of(parts: list[Report]) -> Digest:
    """What a phase's report keeps: the sum of its periods' reports and a hash over theirs."""
    seen, figures, n = hashlib.sha256(), Figures(), 0
    for part in sorted(parts, key=lambda r: r.slot_id or 0):
        seen.update(f"{part.slot_id}\x1f{part.number}\x1f{part.sha256}\n".encode())
        figures, n = figures.plus(figures_of(part)), n + part.rows
    return Digest(figures, n, seen.hexdigest())


def figures_of(report: Report) -> Figures:
    """The figures that a report keeps."""
    return Figures(**{name: int(report.figures.get(name, 0)) for name in Figures._fields})


def parts_of(report: Report) -> list[Report]:
    """The periods' reports that a phase's report sums: of each the newest up to its entry; a period's is itself."""
    if report.slot_id is not None:
        return [report]
    found = (
        Report.objects.filter(slot__task__phase=report.phase_id, entry__lte=report.entry_id)
        .select_related("slot__task")
        .order_by("number")
    )
    return list({part.slot_id: part for part in found}.values())


class UnitLine(NamedTuple):
    """A unit in a report with the figures of what was charged to it."""

    unit: int
    figures: Figures


def by_unit(report: Report) -> list[UnitLine]:
    """A report's figures unit by unit, as they stood; in no order. One query per period."""
    out: dict[int, Figures] = defaultdict(Figures)
    for part in parts_of(report):
        assert part.slot is not None
        for unit, state, due, n in sql.rows(
            f"SELECT k.unit, k.state, k.due_on, COUNT(*) FROM ({known(part.slot)}) k GROUP BY 1, 2, 3",
            slot=part.slot_id,
            entry=part.entry_id,
        ):
            name = part_of(state, as_date(due), part.day)
            out[unit] = out[unit].plus(Figures(**{name: int(n)}))
    return [UnitLine(unit, figures) for unit, figures in out.items()]


def in_unit(report: Report, unit: int, first: int, size: int) -> list[Row]:
    """The rows charged to one unit in a period's report, `size` from `first` on; one query."""
    assert report.slot is not None
    found = sql.rows(
        f"SELECT k.duty, k.unit, k.state, k.due_on FROM ({known(report.slot)}) k WHERE k.unit = :unit"
        " ORDER BY k.due_on, k.duty LIMIT :size OFFSET :first",
        slot=report.slot_id,
        entry=report.entry_id,
        unit=unit,
        size=size,
        first=first,
    )
    return [Row(duty, at, state, as_date(due)) for duty, at, state, due in found]


class Since(NamedTuple):
    """Events between two reports of a period: in which unit, which change, on how many duties."""

    unit: int
    kind: str
    from_state: str
    to_state: str
    n: int


def earlier(report: Report) -> Report | None:
    """The report that this one restates."""
    if report.number < 2:
        return None
    found = Report.objects.filter(slot=report.slot_id, phase=report.phase_id, number=report.number - 1)
    return found.select_related("slot__task", "phase").first()


def since(report: Report) -> list[Since]:
    """What happened between the report before and this one, by unit and kind; newly issued duties are kind "issue"."""
    before = earlier(report)
    if before is None:
        return []
    slots = ", ".join(str(part.slot_id) for part in parts_of(report)) or "0"
    span = {"before": before.entry_id, "until": report.entry_id}
    found = sql.rows(
        f"""SELECT e.to_unit_id, e.kind, e.from_state, e.to_state, COUNT(*) FROM campaigns_dutyevent e
              JOIN campaigns_duty d ON d.id = e.duty_id
              WHERE d.slot_id IN ({slots}) AND e.entry_id > :before AND e.entry_id <= :until GROUP BY 1, 2, 3, 4
            UNION ALL SELECT d.first_unit_id, 'issue', '', d.first_state, COUNT(*) FROM campaigns_duty d
              WHERE d.slot_id IN ({slots}) AND d.entry_id > :before AND d.entry_id <= :until GROUP BY 1, 2, 3, 4
            ORDER BY 1, 2, 3, 4""",
        **span,
    )
    return [Since(*row) for row in found]


def changed(report: Report, unit: int, size: int) -> list[tuple[int, str, str, str, int]]:
    """For who may see names: (duty, kind, from, to, entry) between the two reports in one unit, oldest first."""
    before = earlier(report)
    if before is None:
        return []
    slots = ", ".join(str(part.slot_id) for part in parts_of(report)) or "0"
    return sql.rows(
        f"""SELECT e.duty_id, e.kind, e.from_state, e.to_state, e.entry_id FROM campaigns_dutyevent e
            JOIN campaigns_duty d ON d.id = e.duty_id WHERE d.slot_id IN ({slots}) AND e.to_unit_id = :unit
            AND e.entry_id > :before AND e.entry_id <= :until ORDER BY e.id LIMIT :size""",
        before=before.entry_id,
        until=report.entry_id,
        unit=unit,
        size=size,
    )


def holds(report: Report) -> bool:
    """Whether the facts up to its entry still give what the report says."""
    slot = report.slot
    now = digest(slot, report.entry_id, report.day) if slot is not None else sum_of(parts_of(report))
    return (now.sha256, now.rows, now.figures) == (report.sha256, report.rows, figures_of(report))


def verify() -> list[Report]:
    """The reports that no longer hold, oldest first; reads every row of every report once."""
    found = Report.objects.select_related("slot__task", "phase").order_by("pk")
    return [report for report in found.iterator(chunk_size=200) if not holds(report)]


def count() -> int:
    """How many reports there are."""
    return Report.objects.count()
