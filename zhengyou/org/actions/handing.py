"""Handing over what belongs to units that change: members, guests, posts; sets of any size, few statements (CORE §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import sql
from zhengyou.org.actions.rows import COLUMNS
from zhengyou.org.models import Affiliation, Post

_OLD = "a.dropped_id = :entry AND a.role = :role"
_ONCE = """NOT EXISTS (SELECT 1 FROM org_affiliation n WHERE n.person_id = a.person_id AND n.role = a.role
    AND n.entry_id + 0 = :entry)"""
"""Not yet handed over by this entry: it may do so in several steps. The sum keeps the entry's index out of the plan."""


def hand_over(
    entry: OpenEntry, held: QuerySet[Affiliation], day: date, *, ended: str, unit: int | None = None
) -> int:
    """Drop these registered rows and insert them as they are now true: truncated at `day`, and from then on in `unit`.

    Nobody may be handed over twice within one entry. Two statements; returns the number of rows.
    """
    n = held.update(dropped_id=entry.id)
    if not n:
        return 0
    onwards = f"""UNION ALL SELECT a.person_id, :unit, a.role, a.category, a.status,
          CASE WHEN a.valid_from < :day THEN 'moved' ELSE a.begun END, a.ended,
          CASE WHEN a.valid_from > :day THEN a.valid_from ELSE :day END, a.valid_to, :entry
        FROM org_affiliation a WHERE {_OLD} AND {_ONCE}"""
    values = {"unit": unit} if unit is not None else {}
    sql.run(
        f"""INSERT INTO org_affiliation ({COLUMNS})
            SELECT a.person_id, a.unit_id, a.role, a.category, a.status, a.begun, :ended, a.valid_from, :day, :entry
            FROM org_affiliation a WHERE {_OLD} AND a.valid_from < :day AND {_ONCE}
            {onwards if unit is not None else ""}""",
        entry=entry.id,
        role="R",
        day=day,
        ended=ended,
        **values,
    )
    return n


def hand_over_guests(entry: OpenEntry, units: Sequence[int], day: date, unit: int | None) -> int:
    """Activity rows in closing units end on `day`; guests go on in `unit`, unless they are there already.

    Whoever is registered in `unit` since this entry needs no activity row there. Call after `hand_over`.
    """
    ids = _ids(units)
    later = "role = 'A' AND dropped_id IS NULL AND valid_to > :day"
    n = sql.run(
        f"UPDATE org_affiliation SET dropped_id = :entry WHERE unit_id IN ({ids}) AND {later}",
        entry=entry.id,
        day=day,
    )
    if unit is not None:
        n += sql.run(
            f"""UPDATE org_affiliation SET dropped_id = :entry WHERE unit_id = :unit AND {later}
                AND EXISTS (SELECT 1 FROM org_affiliation r WHERE r.person_id = org_affiliation.person_id
                  AND r.role = 'R' AND r.unit_id = :unit AND r.dropped_id IS NULL AND r.valid_to > :day
                  AND r.entry_id + 0 = :entry)""",
            entry=entry.id,
            day=day,
            unit=unit,
        )
    if not n:
        return 0
    sql.run(
        f"""INSERT INTO org_affiliation ({COLUMNS})
            SELECT person_id, unit_id, role, category, status, begun, 'moved', valid_from, :day, :entry
            FROM org_affiliation WHERE dropped_id = :entry AND role = 'A' AND valid_from < :day""",
        entry=entry.id,
        day=day,
    )
    if unit is not None:
        sql.run(
            f"""INSERT INTO org_affiliation ({COLUMNS})
                SELECT a.person_id, :unit, 'A', '', '', 'moved', '', MIN(CASE WHEN a.valid_from > :day THEN a.valid_from
                  ELSE :day END), MAX(a.valid_to), :entry
                FROM org_affiliation a WHERE a.dropped_id = :entry AND a.role = 'A' AND a.unit_id IN ({ids})
                AND NOT EXISTS (SELECT 1 FROM org_affiliation n WHERE n.person_id = a.person_id AND n.unit_id = :unit
                  AND n.dropped_id IS NULL AND n.valid_to > :day)
                GROUP BY a.person_id""",
            entry=entry.id,
            day=day,
            unit=unit,
        )
    return n


def end_activities(entry: OpenEntry, day: date) -> None:
    """End every activity row of those whom this entry handed over to nowhere: they are members no more."""
    n = sql.run(
        """UPDATE org_affiliation SET dropped_id = :entry WHERE role = 'A' AND dropped_id IS NULL AND valid_to > :day
           AND person_id IN (SELECT a.person_id FROM org_affiliation a WHERE a.dropped_id = :entry AND a.role = 'R')
           AND NOT EXISTS (SELECT 1 FROM org_affiliation r WHERE r.person_id = org_affiliation.person_id AND r.role = 'R'
             AND r.dropped_id IS NULL AND r.valid_to > :day)""",
        entry=entry.id,
        day=day,
    )
    if n:
        sql.run(
            f"""INSERT INTO org_affiliation ({COLUMNS})
                SELECT person_id, unit_id, role, category, status, begun, 'left', valid_from, :day, :entry
                FROM org_affiliation a WHERE dropped_id = :entry AND role = 'A' AND valid_from < :day
                AND NOT EXISTS (SELECT 1 FROM org_affiliation n WHERE n.person_id = a.person_id AND n.role = 'A'
                  AND n.unit_id = a.unit_id AND n.valid_from = a.valid_from AND n.entry_id + 0 = :entry)""",
            entry=entry.id,
            day=day,
        )


def end_posts(entry: OpenEntry, units: Sequence[int], day: date) -> int:
    """Posts of closing units end on `day`; those that were to begin later never did. Two statements."""
    held = Post.objects.filter(unit__in=list(units), dropped=None, valid_to__gt=day)
    n = held.update(dropped_id=entry.id)
    if n:
        sql.run(
            f"""INSERT INTO org_post (person_id, unit_id, post, first_responsible, valid_from, valid_to, document_no,
                  term_ends, acting_for_id, entry_id)
                SELECT person_id, unit_id, post, first_responsible, valid_from, :day, document_no, term_ends,
                  acting_for_id, :entry
                FROM org_post WHERE dropped_id = :entry AND valid_from < :day AND unit_id IN ({_ids(units)})""",
            entry=entry.id,
            day=day,
        )
    return n


def _ids(units: Sequence[int]) -> str:
    return ", ".join(str(int(unit)) for unit in units) or "0"
