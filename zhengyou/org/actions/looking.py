"""Noting who looked at whom: one line per subject, day, person and sort of page; not journalled (decision 004)."""

from __future__ import annotations

from collections.abc import Iterable

from zhengyou.kit import clock, sql
from zhengyou.org.models import Person, Unit

PERSON, CONTACT, GLASS, SLIP, TASK = "person", "contact", "glass", "slip", "task"
NAMES, EXPORT, MISSING, MISSING_OUT = "names", "export", "missing", "missing_out"
BELOW = "+below"
"""Added to what was seen of a unit where the list took in the units below it."""


def look_at_person(by: Person | None, person: Person | None, what: str) -> None:
    """Note that somebody opened another person's entries (nothing for oneself or the operator). One statement."""
    look_at_people(by, [person.pk] if person is not None else [], what)


def look_at_people(by: Person | None, people: Iterable[int], what: str) -> None:
    """Note it for several persons, such as those on a sheet of slips; one statement."""
    rows = ", ".join(
        f"(:day, :by, {int(pk)}, NULL, :what, 1)" for pk in people if by is not None and pk != by.pk
    )
    if by is None or not rows:
        return
    sql.run(
        f"""INSERT INTO org_look (day, by_id, person_id, unit_id, what, n) VALUES {rows}
            ON CONFLICT (person_id, day, by_id, what) WHERE person_id IS NOT NULL DO UPDATE SET n = org_look.n + 1""",
        day=clock.today(),
        by=by.pk,
        what=what,
    )


def look_at_unit(by: Person | None, unit: Unit | int, what: str, *, below: bool = False) -> None:
    """Note that somebody saw a unit's list of names, with the units below it or without; one statement."""
    if by is None:
        return
    sql.run(
        """INSERT INTO org_look (day, by_id, person_id, unit_id, what, n) VALUES (:day, :by, NULL, :unit, :what, 1)
           ON CONFLICT (unit_id, day, by_id, what) WHERE unit_id IS NOT NULL DO UPDATE SET n = org_look.n + 1""",
        day=clock.today(),
        by=by.pk,
        unit=unit if isinstance(unit, int) else unit.pk,
        what=what + (BELOW if below else ""),
    )
