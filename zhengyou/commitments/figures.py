"""How much of what was promised was kept, by unit in the organisation's order; exact, never sorted by how much.

A member's promise counts in the unit of registration of the day, a closed unit's in its successor: asked anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from zhengyou.commitments.models import Commitment, Item
from zhengyou.kit import ratio, sql

PUBLIC = f"c.state IN ({int(Commitment.State.PUBLISHED)}, {int(Commitment.State.SETTLED)})"
"""What stands on the wall at all, whatever its scope: never a draft, never what waits for review or signature."""
ON = "{0}.dropped_id IS NULL AND {0}.valid_from <= :day AND {0}.valid_to > :day"
UNIT = "COALESCE(a.unit_id, c.unit_id)"
"""Where a promise stands today, before closed units are followed to their successors."""
HOME = f"LEFT JOIN org_affiliation a ON a.person_id = c.member_id AND a.role = 'R' AND {ON.format('a')}"
STATES: dict[str, str] = {
    "kept": f"i.state = {int(Item.State.KEPT)}",
    "waiting": f"i.state = {int(Item.State.CLAIMED)}",
    "unkept": f"i.state = {int(Item.State.UNKEPT)}",
    "under_way": f"i.state IN ({int(Item.State.OPEN)}, {int(Item.State.DISPUTED)})",
    "released": f"i.state = {int(Item.State.RELEASED)}",
    "changed": "i.changed > 0",
}
"""The figures by name; all but the last are disjoint and add up to the items."""


@dataclass(slots=True)
class Figures:
    """Counts of one unit or of several: promises (papers), items and what became of them."""

    promises: int = 0
    items: int = 0
    kept: int = 0
    waiting: int = 0
    unkept: int = 0
    under_way: int = 0
    released: int = 0
    changed: int = 0

    @property
    def base(self) -> int:
        """Items that count: all but the released ones."""
        return self.items - self.released

    @property
    def fulfilment(self) -> Fraction | None:
        """Kept ÷ (items − released), exact; None where nothing counts."""
        return ratio.share(self.kept, self.base)

    def add(self, other: Figures) -> None:
        """Add another unit's counts."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Place:
    """A unit in the tree of the day; `heir` is where a closed one's promises are read, its first successor."""

    id: int
    public_id: str
    parent: int | None
    name: str
    kind: str
    open: bool
    heir: int | None = None
    below: list[int] = field(default_factory=list)
    level: int = 0


class Map:
    """All units of the day in tree order; one query."""

    def __init__(self, day: date):
        self.day = day
        found = sql.rows(
            f"""SELECT u.id, u.public_id, p.parent_id, p.name, u.kind, CASE WHEN u.closed_on > :day THEN 1 ELSE 0 END,
                  (SELECT s.new_id FROM org_succession s WHERE s.old_id = u.id AND s.day <= :day ORDER BY s.id LIMIT 1)
                FROM org_unit u JOIN org_placement p ON p.unit_id = u.id AND {ON.format("p")}
                ORDER BY u.place, u.id""",
            day=day,
        )
        self.places = {row[0]: Place(*row) for row in found}
        tops = []
        for place in self.places.values():
            above = self.places.get(place.parent or 0)
            if above is not None:
                above.below.append(place.id)
            else:
                tops.append(place.id)
        self.order: list[int] = []
        waiting = [(one, 0) for one in reversed(tops)]
        while waiting:
            one, level = waiting.pop()
            self.places[one].level = level
            self.order.append(one)
            waiting += [(below, level + 1) for below in reversed(self.places[one].below)]

    def now(self, unit: int) -> int:
        """The unit where another's promises are read today: itself, or along its successors to an open one."""
        for _step in range(50):
            place = self.places.get(unit)
            if place is None or place.open or place.heir is None:
                break
            unit = place.heir
        return unit

    def old(self, units: Iterable[int]) -> set[int]:
        """These units and the closed ones whose promises are read there."""
        wanted = set(units)
        closed = {p.id for p in self.places.values() if not p.open and self.now(p.id) in wanted}
        return wanted | closed

    def find(self, public_id: str) -> Place | None:
        """The unit of an address."""
        return next((place for place in self.places.values() if place.public_id == public_id), None)

    def under(self, unit: int) -> set[int]:
        """The unit and everything below it."""
        out, waiting = set(), [unit]
        while waiting:
            one = waiting.pop()
            out.add(one)
            waiting += self.places[one].below
        return out

    def line(self, unit: int) -> list[Place]:
        """From the top down to the unit itself."""
        out: list[Place] = []
        here: int | None = unit
        while here in self.places and len(out) < 100:
            out.append(self.places[here])
            here = self.places[here].parent
        return out[::-1]


@dataclass(slots=True)
class Counted:
    """One campaign's counts: by unit of today; `shown` are the promises that the state filter lets through."""

    campaign: int
    zh: str
    en: str
    units: dict[int, Figures] = field(default_factory=dict)
    shown: dict[int, int] = field(default_factory=dict)

    @property
    def total(self) -> Figures:
        """All units together."""
        return total(self.units.values())


def total(some: Iterable[Figures]) -> Figures:
    """The sum of several units' figures."""
    out = Figures()
    for one in some:
        out.add(one)
    return out


def count(
    tree: Map, where: str = "", values: Mapping[str, Any] | None = None, *, state: str = ""
) -> list[Counted]:
    """The figures of every campaign with published promises, the newest first; `where` limits commitments (alias c, a)."""
    sums = ", ".join(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in STATES.values())
    found = sql.rows(
        f"""SELECT c.campaign_id, MAX(k.zh), MAX(k.en), {UNIT}, COUNT(DISTINCT c.id), COUNT(i.id), {sums},
              COUNT(DISTINCT CASE WHEN {STATES.get(state, "1 = 1")} THEN c.id END)
            FROM commitments_commitment c {HOME} JOIN campaigns_campaign k ON k.id = c.campaign_id
            LEFT JOIN commitments_item i ON i.commitment_id = c.id
            WHERE {PUBLIC} {f"AND ({where})" if where else ""} GROUP BY c.campaign_id, {UNIT}
            ORDER BY c.campaign_id DESC""",
        day=tree.day,
        **(values or {}),
    )
    out: dict[int, Counted] = {}
    for campaign, zh, en, unit, *counts in found:
        one = out.setdefault(campaign, Counted(campaign, zh, en))
        here = tree.now(unit)
        one.units.setdefault(here, Figures()).add(Figures(*(int(n or 0) for n in counts[:-1])))
        one.shown[here] = one.shown.get(here, 0) + counts[-1]
    return list(out.values())


def rolled(tree: Map, counted: Counted, units: Sequence[int]) -> list[tuple[Place, Figures]]:
    """Each of these units with everything below it, in the order given; summed once from the leaves up."""
    sums = {unit: total([counted.units[unit]] if unit in counted.units else []) for unit in tree.order}
    for unit in reversed(tree.order):
        above = tree.places[unit].parent
        if above in sums:
            sums[above].add(sums[unit])
    return [(tree.places[unit], sums[unit]) for unit in units]
