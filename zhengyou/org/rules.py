"""Who may do what with the organisation; authority is computed once per request from dated posts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from zhengyou.kit import sql
from zhengyou.org.models import Person


class Authority:
    """What a person's posts allow on a day: two queries, then answers from memory.

    `ups` maps a unit id to itself and all units above it; loaded for asked units only, one query each batch.
    """

    def __init__(self, person: Person | None, day: date, may: dict[str, frozenset[str]], root: int | None):
        self.person, self.day, self.root = person, day, root
        self._may = may
        self._lines: dict[int, frozenset[int]] = {}
        self.posts: list[tuple[int, str, bool]] = []
        if person is not None:
            self.posts = [
                (unit, post, bool(first))
                for unit, post, first in sql.rows(
                    """SELECT unit_id, post, first_responsible FROM org_post WHERE person_id = :person
                       AND dropped_id IS NULL AND valid_from <= :day AND valid_to > :day ORDER BY id""",
                    person=person.pk,
                    day=day,
                )
            ]
        self._powers: dict[int, set[str]] = defaultdict(set)
        for unit, post, _first in self.posts:
            self._powers[unit] |= may.get(post, frozenset())

    def units_with(self, power: str) -> list[int]:
        """Ids of the units on which a post with this power stands (not those below), in order of appointment."""
        return [unit for unit, powers in self._powers.items() if power in powers]

    def may(self, power: str, unit_id: int) -> bool:
        """Whether a post with this power stands on the unit or on one above it."""
        stands = self.units_with(power)
        return bool(stands) and not self.line(unit_id).isdisjoint(stands)

    def anywhere(self, power: str) -> bool:
        """Whether a post with this power stands on any unit."""
        return bool(self.units_with(power))

    def on_root(self, power: str) -> bool:
        """Whether a post with this power stands on the root: then the whole organisation is in reach."""
        return self.root is not None and power in self._powers.get(self.root, ())

    def sees_unit(self, unit_id: int) -> bool:
        """Whether the unit's figures may be seen by row: an own unit, one below a post, or all for see_units."""
        return self.on_root("see_units") or not self.line(unit_id).isdisjoint(self._powers)

    def line(self, unit_id: int) -> frozenset[int]:
        """Ids of the unit and all units above it on the day."""
        if unit_id not in self._lines:
            self._lines[unit_id] = frozenset(
                row[0]
                for row in sql.rows(
                    """SELECT ancestor_id FROM org_closure WHERE descendant_id = :unit
                       AND valid_from <= :day AND valid_to > :day""",
                    unit=unit_id,
                    day=self.day,
                )
            )
        return self._lines[unit_id]
