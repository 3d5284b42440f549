"""Invented organisations: a tree of units and a roster for it, from a list of units or from a pack's own kinds."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from zhengyou.packs.organisation import Organisation as Part
from zhengyou.site.story.people import names

SEED = 20100705


@dataclass
class Place:
    """One unit of the tree with how many members of each category are registered in it."""

    name: str
    kind: str
    parent: str
    members: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row of the roster workbook, as an office would type it."""

    number: str
    name: str
    unit: str
    parent: str
    kind: str
    category: str
    status: str
    joined: str
    confirmed: str
    activity: str
    post: str


def places(pack_id: str, part: Part, counts: dict[str, int], members: int) -> list[Place]:
    """The units below the root: the list that lies beside this file for the pack, else invented from its kinds."""
    path = Path(__file__).with_name(f"{pack_id}.csv")
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        known = ("name", "kind", "parent")
        return [
            Place(
                r["name"],
                r["kind"],
                r["parent"],
                {k: int(n) for k, n in r.items() if k not in known and int(n)},
            )
            for r in rows
        ]
    return _invented(part, counts, members)


def _invented(part: Part, counts: dict[str, int], members: int) -> list[Place]:
    """A tree of `counts[kind]` units of each kind under the kinds they hang under, leaves filled unevenly."""
    rng = Random(SEED)
    categories = list(part.kinds.get("category", {})) or [""]
    by_kind: dict[str, list[Place]] = {part.root_kind: [Place("", part.root_kind, "")]}
    for kind in part.unit_kinds:
        above = next((by_kind[p] for p in kind.parents if p in by_kind), None)
        if kind.code == part.root_kind or above is None:
            continue
        by_kind[kind.code] = [
            Place(f"第{i + 1}{kind.zh}", kind.code, above[i % len(above)].name)
            for i in range(counts.get(kind.code) or 4)
        ]
    units = [place for kind, made in by_kind.items() if kind != part.root_kind for place in made]
    parents = {place.parent for place in units}
    leaves = [place for place in units if place.name not in parents]
    for _ in range(members):
        place, category = rng.choice(leaves), rng.choice(categories)
        place.members[category] = place.members.get(category, 0) + 1
    return units


def roster(units: list[Place], part: Part, day: date, vacant: int = 2) -> Iterator[Row]:
    """The roster's rows in tree order, the first member of a leaf being its first post's holder; `vacant` have none."""
    rng = Random(SEED + 1)
    total = sum(sum(unit.members.values()) for unit in units)
    called = iter(names(total, SEED))
    leaves = [unit for unit in units if unit.members]
    without = {unit.name for unit in leaves[7 :: max(1, len(leaves) // (vacant + 1))][:vacant]}
    words = part.kinds.get("category", {})
    statuses = list(part.kinds.get("status", {}).values())
    n = 0
    for unit in leaves:
        neighbours = [u.name for u in leaves if u.parent == unit.parent and u.name != unit.name]
        heads = [p for p in part.posts_of(unit.kind) if p.first_responsible]
        head = heads[0].zh if heads and unit.name not in without else ""
        for category, count in unit.members.items():
            for _ in range(count):
                n += 1
                young = len(statuses) > 1 and rng.random() < 0.12
                joined = day - timedelta(days=rng.randint(20, 340) if young else rng.randint(400, 9000))
                confirmed = "" if young else (joined + timedelta(days=366)).isoformat()
                yield Row(
                    number=_number(part, category, n),
                    name=next(called),
                    unit=unit.name,
                    parent=unit.parent,
                    kind=part.label(unit.kind, "zh"),
                    category=words[category].zh if category in words else "",
                    status=statuses[1 if young else 0].zh if statuses else "",
                    joined=joined.isoformat(),
                    confirmed=confirmed,
                    activity=rng.choice(neighbours) if neighbours and rng.random() < 0.02 else "",
                    post=head,
                )
                head = ""


def _number(part: Part, category: str, n: int) -> str:
    """A member number as wide as the organisation writes it for the category (6 digits where it says nothing)."""
    width = part.number_width.get(category) or 6
    return f"{n + 10 ** (width - 1):0{width}d}"
