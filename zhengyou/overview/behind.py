"""The rows behind a figure: the duties charged to a unit itself for chosen periods, with or without names. One query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhengyou.campaigns.figures.board import TESTS, Figures
from zhengyou.kit import sql
from zhengyou.overview.desk.lines import title
from zhengyou.overview.moment import Moment

SIZE = 100
"""Duties on one page."""
PARTS = {
    "issued": ("void", "exempt", "accepted", "in_review", "not_due", "overdue"),
    "owed": ("exempt", "accepted", "in_review", "not_due", "overdue"),
    "open": ("not_due", "overdue"),
}
"""Figures that are sums of others; `open` is what is missing."""


def value(figures: Figures, name: str) -> int:
    """The figure of this name."""
    return figures.missing if name == "open" else int(getattr(figures, name))


@dataclass(slots=True)
class Behind:
    """One duty behind a figure; `who` is empty where the reader may not see names (members) and never for units."""

    id: int
    title: str
    state: str
    due_on: date
    first_due_on: date
    who: str
    number: str
    member: bool
    late: int


def read(
    unit: int,
    slots: Iterable[int],
    figure: str,
    moment: Moment,
    *,
    names: bool,
    first: int = 0,
    size: int = SIZE,
) -> list[Behind]:
    """Duties charged to this very unit that the figure counts, by date; names are not even read without `names`."""
    among, day = ", ".join(str(int(s)) for s in slots), moment.day
    if not among:
        return []
    tests = " OR ".join(f"({TESTS[part].format(f='d')})" for part in PARTS.get(figure, (figure,)))
    person = "m.name, COALESCE(m.number, '')" if names else "'', ''"
    order = "d.due_on, m.sort_key, d.id" if names else "d.due_on, d.id"
    out = []
    for pk, zh, en, period, state, due, old, who, number, unit_name, member in sql.rows(
        f"""SELECT d.id, t.zh, t.en, s.period, d.state, d.due_on, s.due_on, {person}, COALESCE(p.name, ''),
              CASE WHEN d.member_id IS NULL THEN 0 ELSE 1 END
            FROM {"campaigns_duty" if moment.today else _as_it_was(among, moment)} d
            JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
            LEFT JOIN org_person m ON m.id = d.member_id
            LEFT JOIN org_placement p ON p.unit_id = d.subject_unit_id AND {moment.hangs("p")}
            WHERE d.unit_id = :unit AND d.slot_id IN ({among}) AND ({tests})
            ORDER BY {order} LIMIT :size OFFSET :first""",
        unit=unit,
        day=day,
        last=moment.last or 0,
        size=size,
        first=first,
    ):
        due_on = sql.as_date(due)
        late = (day - due_on).days if state in ("due", "returned") and due_on < day else 0
        out.append(
            Behind(
                pk,
                title(zh, en, period),
                state,
                due_on,
                sql.as_date(old),
                who if member else unit_name,
                number,
                bool(member),
                late,
            )
        )
    return out


def _as_it_was(among: str, moment: Moment) -> str:
    """The duties that may have been charged to `:unit` on a past day, each in the state of its last event by then."""
    born, known = (
        ("AND d.entry_id <= :last", "AND x.entry_id <= :last") if moment.last is not None else ("", "")
    )
    return f"""(SELECT d.id, d.slot_id, d.member_id, d.subject_unit_id,
              COALESCE(e.to_unit_id, d.first_unit_id) AS unit_id, COALESCE(e.to_state, d.first_state) AS state,
              COALESCE(e.to_due_on, d.first_due_on) AS due_on
            FROM campaigns_duty d LEFT JOIN campaigns_dutyevent e ON e.id = (
              SELECT MAX(x.id) FROM campaigns_dutyevent x WHERE x.duty_id = d.id AND x.day <= :day {known})
            WHERE d.slot_id IN ({among}) AND d.issued_on <= :day {born} AND (d.unit_id = :unit OR d.id IN (
              SELECT v.duty_id FROM campaigns_dutyevent v WHERE v.from_unit_id = :unit AND v.kind = 'move')))"""
