"""What the system holds on the roster's day: units, people by number, what they are active in, which posts they hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from zhengyou.kit import sql
from zhengyou.kit.sql import FAR
from zhengyou.org.roster.words import flat
from zhengyou.packs.organisation import Organisation as Part


@dataclass(slots=True, eq=False)
class Place:
    """A unit, of the tree (`id`) or proposed by the file (`id` None), with its parent."""

    name: str
    kind: str
    parent: Place | None
    id: int | None = None
    public_id: str = ""
    closed: str = ""
    asked: bool = False
    rows: int = 0
    children: int = 0

    @property
    def key(self) -> str:
        """What decisions call it: its names from below the root down, joined by /."""
        parts, here = [self.name], self.parent
        while here is not None and here.parent is not None:
            parts.append(here.name)
            here = here.parent
        return "/".join(reversed(parts))

    def line(self) -> list[Place]:
        """Itself and everything above."""
        out: list[Place] = []
        here: Place | None = self
        while here is not None and len(out) < 50:
            out.append(here)
            here = here.parent
        return out


@dataclass(slots=True)
class Known:
    """A person of the system: fields as ISO text; `unit` None if registered nowhere on the day; `later` a later change."""

    id: int
    public_id: str
    number: str
    name: str
    joined: str
    confirmed: str
    email: str
    phone: str
    note: str
    unit: int | None = None
    category: str = ""
    status: str = ""
    since: str = ""
    row: int | None = None
    later: str = ""


@dataclass
class Standing:
    """Everything a roster is compared with, on `day`."""

    day: date
    root: Place
    units: dict[int, Place] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    people: dict[str, Known] = field(default_factory=dict)
    activity: dict[int, dict[int, int]] = field(default_factory=dict)
    posts: dict[int, set[tuple[int, str]]] = field(default_factory=dict)
    first: set[int] = field(default_factory=set)
    last: date | None = None
    root_names: frozenset[str] = frozenset()

    @property
    def members(self) -> int:
        """How many are registered on the day."""
        return sum(known.unit is not None for known in self.people.values())


def empty(part: Part, day: date) -> Standing:
    """The organisation as it would be right after it is founded from `part`."""
    root = Place(part.name.text() or part.kind(part.root_kind).text(), part.root_kind, None)
    return Standing(day, root, root_names=_root_names(part, root.name, ""))


def load(part: Part, day: date, organisation_name: str = "") -> Standing:
    """The organisation as it stands on a day; five queries, whatever its size."""
    values = {"day": day, "far": FAR}
    found = sql.rows(
        """SELECT u.id, u.public_id, u.kind, u.closed_on, p.name, p.parent_id FROM org_unit u
           JOIN org_placement p ON p.unit_id = u.id AND p.dropped_id IS NULL
           AND p.valid_from <= :day AND p.valid_to > :day ORDER BY u.place, u.id""",
        day=day,
    )
    places = {
        u: Place(name, kind, None, u, pid, str(shut)[:10]) for u, pid, kind, shut, name, _parent in found
    }
    root = None
    for unit, _pid, _kind, _shut, _name, parent in found:
        if parent is None:
            root = root or places[unit]
        else:
            places[unit].parent = places.get(parent)
    if root is None:
        return empty(part, day)
    standing = Standing(day, root, root_names=_root_names(part, root.name, organisation_name))
    shut = {u for u, place in places.items() if place.closed <= day.isoformat()}
    standing.units = {u: place for u, place in places.items() if u not in shut}
    standing.closed = {flat(places[u].name): places[u].closed for u in shut}
    for place in standing.units.values():
        if place.parent is not None:
            place.parent.children += 1
    standing.aliases = {
        flat(name): u
        for name, u in sql.rows("SELECT name, unit_id FROM org_unitalias")
        if u in standing.units
    }
    _people(standing, values)
    last = sql.rows("SELECT MAX(day) FROM org_rosterimport WHERE state = 20")
    standing.last = sql.as_date(last[0][0]) if last and last[0][0] else None
    return standing


def _people(standing: Standing, values: dict) -> None:
    for row in sql.rows(
        """SELECT p.number, p.id, p.public_id, p.name, p.joined_on, p.confirmed_on, p.email, p.phone, p.note,
           a.unit_id, a.category, a.status, a.valid_from, a.id, a.valid_to
           FROM org_person p LEFT JOIN org_affiliation a ON a.person_id = p.id AND a.role = 'R'
           AND a.dropped_id IS NULL AND a.valid_from <= :day AND a.valid_to > :day WHERE p.number IS NOT NULL
           ORDER BY p.sort_key, p.id""",
        day=standing.day,
    ):
        (
            number,
            pid,
            public,
            name,
            joined,
            confirmed,
            email,
            phone,
            note,
            unit,
            category,
            status,
            since,
            at,
            to,
        ) = row
        known = Known(pid, public, number, name, _iso(joined), _iso(confirmed), email, phone, note)
        if unit is not None:
            known.unit, known.category, known.status, known.since, known.row = (
                unit,
                category,
                status,
                _iso(since),
                at,
            )
            if (end := _iso(to)) < "9999":
                known.later = end
        standing.people[number] = known
    late = sql.rows(
        """SELECT p.number, MIN(a.valid_from) FROM org_affiliation a JOIN org_person p ON p.id = a.person_id
           WHERE a.role = 'R' AND a.dropped_id IS NULL AND a.valid_from > :day AND p.number IS NOT NULL
           GROUP BY p.number""",
        day=standing.day,
    )
    for number, since in late:
        standing.people[number].later = standing.people[number].later or _iso(since)
    activity: dict[int, dict[int, int]] = defaultdict(dict)
    for person, unit, row in sql.rows(
        """SELECT person_id, unit_id, id FROM org_affiliation WHERE role = 'A' AND dropped_id IS NULL
           AND valid_from <= :day AND valid_to > :day""",
        day=standing.day,
    ):
        activity[person][unit] = row
    posts: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for person, unit, post, first in sql.rows(
        """SELECT person_id, unit_id, post, first_responsible FROM org_post WHERE dropped_id IS NULL
           AND valid_to > :day""",
        day=standing.day,
    ):
        posts[person].add((unit, post))
        if first:
            standing.first.add(unit)
    standing.activity, standing.posts = dict(activity), dict(posts)


def _iso(value: object) -> str:
    return "" if value is None else str(value)[:10]


def _root_names(part: Part, root: str, organisation: str) -> frozenset[str]:
    from zhengyou.org.roster.words import book

    kind = part.kind(part.root_kind)
    own = {
        root,
        organisation,
        kind.zh,
        kind.en,
        part.name.zh,
        part.name.en,
        *(str(word) for word in book()["roots"]),
    }
    return frozenset(flat(word) for word in own if word)
