"""What undoing an import would do, and what stands against it: whoever and whatever later depends on it; reads only."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from zhengyou.kit import sql
from zhengyou.kit.sql import FAR
from zhengyou.org import current, tree
from zhengyou.org.actions.rows import Follow
from zhengyou.org.models import (
    Affiliation,
    ChangedUnit,
    Person,
    Placement,
    Post,
    RosterImport,
    Transfer,
    Unit,
    on,
)

MOST = 200
"""Persons and units that are named at most."""


@dataclass(frozen=True)
class Obstacle:
    """One person (by number and name) or unit on which something later depends, and what that is."""

    id: str
    name: str
    number: str
    why: str
    unit: bool = False


@dataclass
class Undoing:
    """What would be undone, by count, and what stands against it."""

    counts: dict[str, int] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    before: int = 0
    after: int = 0
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """A mark of what was shown."""
        facts = [self.counts, self.units, self.before, self.after, [[o.id, o.why] for o in self.obstacles]]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:32]


def newcomers(entry: int) -> QuerySet[Person]:
    """Who is a member by this import alone: it registered them and took no earlier registration away."""
    mine = Affiliation.objects.filter(person=OuterRef("pk"), role="R")
    return Person.objects.filter(
        Exists(mine.filter(entry_id=entry)), ~Exists(mine.filter(dropped_id=entry).exclude(entry_id=entry))
    )


def planted(entry: int) -> list[int]:
    """Ids of the units that this import founded."""
    return list(
        Placement.objects.filter(entry_id=entry).order_by("unit_id").values_list("unit_id", flat=True)
    )


def look(roster: RosterImport, follow: Follow | None, day: date) -> Undoing:
    """Counts and obstacles of undoing an applied import; a fixed number of queries whatever its size."""
    entry = roster.entry_id or 0
    units = planted(entry)
    found = Undoing(units=list(tree.names(units[:MOST], day).values()))
    found.counts = _counts(entry) | {"units": len(units)}
    found.before = _members(day)
    found.after = _members_after(entry, day)
    found.obstacles = _obstacles(entry, units, follow)
    return found


def _members(day: date) -> int:
    return Affiliation.objects.filter(on(day), role="R").values("person").distinct().count()


def _members_after(entry: int, day: date) -> int:
    """Members on the day once the import's rows are gone and those it took away are back."""
    holds = Q(valid_from__lte=day, valid_to__gt=day, role="R")
    stays = Affiliation.objects.filter(holds, dropped=None).exclude(entry_id=entry)
    back = Affiliation.objects.filter(holds, dropped_id=entry).exclude(entry_id=entry)
    return stays.union(back).values("person").count()


def _counts(entry: int) -> dict[str, int]:
    """People by what becomes of them, and posts."""
    added = newcomers(entry).count()
    ((moved, changed, ended),) = sql.rows(
        """SELECT COALESCE(SUM(CASE WHEN n.id IS NOT NULL AND n.unit_id <> o.unit_id THEN 1 ELSE 0 END), 0),
                  COALESCE(SUM(CASE WHEN n.id IS NOT NULL AND n.unit_id = o.unit_id THEN 1 ELSE 0 END), 0),
                  COALESCE(SUM(CASE WHEN n.id IS NULL THEN 1 ELSE 0 END), 0)
           FROM org_affiliation o LEFT JOIN org_affiliation n ON n.person_id = o.person_id AND n.role = 'R'
             AND n.entry_id = :entry AND n.valid_to = o.valid_to
           WHERE o.dropped_id = :entry AND o.entry_id <> :entry AND o.role = 'R'""",
        entry=entry,
    )
    given = Post.objects.filter(entry_id=entry, valid_to=FAR).count()
    taken = Post.objects.filter(dropped_id=entry, valid_to=FAR).exclude(entry_id=entry).count()
    return {
        "added": added,
        "moved": moved,
        "changed": changed,
        "ended": ended,
        "given": given,
        "taken": taken,
    }


def _obstacles(entry: int, units: list[int], follow: Follow | None) -> list[Obstacle]:
    people: dict[int, list[str]] = defaultdict(list)
    places: dict[int, list[str]] = defaultdict(list)

    def note(into: dict[int, list[str]], ids: Iterable[int], why: str) -> None:
        for pk in ids:
            if why not in into[pk]:
                into[pk].append(why)

    new = newcomers(entry)
    touched = Affiliation.objects.filter(Q(entry_id=entry) | Q(dropped_id=entry)).values("person")
    later = Q(entry_id__gt=entry) | Q(dropped_id__gt=entry)
    changed = Affiliation.objects.filter(later, person__in=touched)
    note(people, _ids(changed, "person"), _("后来又登记过所在单位、类别或状态"))
    note(
        people,
        _ids(Post.objects.filter(entry_id__gt=entry, dropped=None, person__in=new), "person"),
        _("后来任了职"),
    )
    letters = Transfer.objects.filter(entry_id__gt=entry, person__in=touched)
    note(people, _ids(letters.exclude(state__in=(Transfer.State.WITHDRAWN,)), "person"), _("后来办过转接"))

    posts = Post.objects.filter(Q(entry_id=entry) | Q(dropped_id=entry)).values("unit")
    note(places, _ids(Post.objects.filter(later, unit__in=posts), "unit"), _("后来任免过职务"))
    back = Affiliation.objects.filter(dropped_id=entry).exclude(entry_id=entry)
    closed = back.filter(valid_to__gt=F("unit__closed_on"))
    note(places, _ids(closed, "unit"), _("后来撤销了，人不能回到那里"))
    note(
        places,
        _ids(Post.objects.filter(dropped_id=entry, valid_to__gt=F("unit__closed_on")), "unit"),
        _("后来撤销了，职务不能恢复"),
    )
    if units:
        mine = Placement.objects.filter(unit__in=units)
        note(places, _ids(mine.filter(later), "unit"), _("后来又变动过"))
        note(places, _ids(Unit.objects.filter(pk__in=units).exclude(closed_on=FAR), "pk"), _("后来撤销了"))
        note(places, _ids(ChangedUnit.objects.filter(unit__in=units), "unit"), _("有单位变动的决定涉及它"))
        below = Placement.objects.filter(parent__in=units).exclude(unit__in=units)
        note(places, _ids(below, "parent"), _("后来下面又设了单位"))
        here = Affiliation.objects.filter(unit__in=units, dropped=None).exclude(entry_id=entry)
        note(places, _ids(here, "unit"), _("后来又有人登记在这里"))
        held = Post.objects.filter(unit__in=units, dropped=None).exclude(entry_id=entry)
        note(places, _ids(held, "unit"), _("后来任免过职务"))
        for side in ("source", "target"):
            note(places, _ids(Transfer.objects.filter(**{f"{side}__in": units}), side), _("有人的转接涉及它"))
    if follow is not None:
        persons, held_units = follow.leaning(new, units, entry)
        note(people, persons, _("已经交过材料，或者有关于这个人的决定、提问"))
        note(places, held_units, _("已经交过或审过材料，或者有关于它的决定、提问"))
    note(places, _unruled(entry), _("撤销以后没有人能办任免：先任命一位"))
    return [*_persons(people), *_units(places)]


def _ids(found: QuerySet, name: str) -> list[int]:
    return list(found.order_by().values_list(name, flat=True).distinct()[:MOST])


def _unruled(entry: int) -> list[int]:
    """The root, where nobody could appoint any more."""
    part, root = current.part(), tree.root()
    if part is None or root is None:
        return []
    able = Q(unit=root, post__in=[post.code for post in part.posts if "appoint" in post.may], valid_to=FAR)
    if not Post.objects.filter(able, entry_id=entry).exists():
        return []
    stays = Post.objects.filter(able, dropped=None).exclude(entry_id=entry)
    back = Post.objects.filter(able, dropped_id=entry).exclude(entry_id=entry)
    return [] if stays.exists() or back.exists() else [root.pk]


def _persons(why: dict[int, list[str]]) -> list[Obstacle]:
    found = Person.objects.filter(pk__in=list(why)[:MOST]).order_by("sort_key", "pk")
    return [Obstacle(p.public_id, p.name, p.number or "", _("；").join(why[p.pk])) for p in found]


def _units(why: dict[int, list[str]]) -> list[Obstacle]:
    names: dict[int, str] = {}
    for row in Placement.objects.filter(unit__in=list(why)[:MOST], dropped=None).order_by("valid_from"):
        names[row.unit_id] = row.name
    found = Unit.objects.filter(pk__in=list(why)[:MOST]).order_by("place", "pk")
    return [Obstacle(u.public_id, names.get(u.pk, ""), "", _("；").join(why[u.pk]), unit=True) for u in found]
