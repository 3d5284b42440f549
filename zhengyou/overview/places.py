"""Reading the tree for a page: the way up, one unit, one page of its children, and one child unfolded. One query."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhengyou.kit import sql
from zhengyou.overview.moment import Moment

UNFOLDED = 60
"""Children shown of a child that is unfolded in place; more are on its own page."""


@dataclass(slots=True)
class Place:
    """A unit as it hangs and is called on the day; `below` counts its children, `closed` says it ended before.

    `successor` says that it carries on the work of units closed by then.
    """

    id: int
    public_id: str
    name: str
    kind: str
    parent: int | None
    closed: bool
    below: int
    successor: bool = False


@dataclass(slots=True)
class Tree:
    """A unit, those above it from the root down, a page of its children in the organisation's order."""

    here: Place
    up: list[Place]
    children: list[Place]
    unfolded: list[Place] = field(default_factory=list)
    first: int = 0

    @property
    def root(self) -> Place:
        """The topmost unit."""
        return self.up[0] if self.up else self.here

    @property
    def line(self) -> frozenset[int]:
        """The unit and all above it."""
        return frozenset([self.here.id, *(place.id for place in self.up)])

    @property
    def shown(self) -> list[int]:
        """Ids of all units of the page: this one, its children, the unfolded ones."""
        return [self.here.id, *(p.id for p in self.children), *(p.id for p in self.unfolded)]


def look(moment: Moment, code: str = "", first: int = 0, size: int = 20, unfold: str = "") -> Tree | None:
    """The tree around the unit with this public id ("" = the root), children from `first` on; None if there is none."""
    hangs = moment.hangs("p")
    columns = f"""p.unit_id, u.public_id, p.name, u.kind, p.parent_id, {moment.closed_on("u")},
        (SELECT COUNT(*) FROM org_placement k WHERE k.parent_id = p.unit_id AND {moment.hangs("k")}) AS below, u.place,
        (SELECT COUNT(*) FROM org_succession x WHERE x.new_id = p.unit_id AND {moment.happened("x")}) AS before"""
    source = f"FROM org_placement p JOIN org_unit u ON u.id = p.unit_id WHERE {hangs} AND u.opened_on <= :day"
    here = (
        "SELECT id FROM org_unit WHERE public_id = :code"
        if code
        else f"SELECT p.unit_id AS id FROM org_placement p WHERE p.parent_id IS NULL AND {hangs}"
    )
    found = sql.rows(
        f"""WITH RECURSIVE here AS ({here}), line (id) AS ({_line(moment)})
        SELECT 1 AS part, {columns} {source} AND p.unit_id IN (SELECT id FROM line)
        UNION ALL SELECT * FROM (SELECT 2 AS part, {columns} {source} AND p.parent_id IN (SELECT id FROM here)
            ORDER BY u.place, u.id LIMIT :size OFFSET :first) a
        UNION ALL SELECT * FROM (SELECT 3 AS part, {columns} {source} AND p.parent_id IN (
            SELECT x.id FROM org_unit x WHERE x.public_id = :unfold)
            ORDER BY u.place, u.id LIMIT {UNFOLDED}) b""",
        day=moment.day,
        last=moment.last or 0,
        far=sql.FAR,
        code=code,
        size=size,
        first=first,
        unfold=unfold,
    )
    parts: dict[int, list[Place]] = {1: [], 2: [], 3: []}
    for part, pk, public, name, kind, parent, closed_on, below, _place, before in sorted(
        found, key=lambda row: (row[0], row[8], row[1])
    ):
        closed = sql.as_date(closed_on) <= moment.day
        parts[part].append(Place(pk, public, name, kind, parent, closed, below, bool(before)))
    up = _in_line(parts[1])
    if not up:
        return None
    here_place = up.pop()
    children = parts[2]
    unfolded = [place for place in parts[3] if any(place.parent == child.id for child in children)]
    return Tree(here_place, up, children, unfolded, first)


def _line(moment: Moment) -> str:
    """SQL: the unit and all above it; from the closure, or from the placements as they were known."""
    if moment.last is None:
        return """SELECT c.ancestor_id FROM org_closure c JOIN here ON c.descendant_id = here.id
            WHERE c.valid_from <= :day AND c.valid_to > :day"""
    return f"""SELECT id FROM here UNION SELECT p.parent_id FROM line JOIN org_placement p ON p.unit_id = line.id
            WHERE p.parent_id IS NOT NULL AND {moment.hangs("p")}"""


def _in_line(places: list[Place]) -> list[Place]:
    by_parent = {place.parent: place for place in places}
    line: list[Place] = []
    step = by_parent.get(None)
    while step is not None:
        line.append(step)
        step = by_parent.get(step.id)
    return line
