"""Changing the tree with statements over sets: planting units, renaming, hanging elsewhere, recounting the closure.

These functions take the open entry; the actions that people call stand in `units` and in the roster import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import sql
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.org.models import Closure, Placement, Unit
from zhengyou.org.tree import RECOUNT, above

_AT = "valid_from <= :day AND valid_to > :day"
_LATER = "CASE WHEN {a} > {b} THEN {a} ELSE {b} END"


@dataclass(eq=False)
class NewUnit:
    """A unit to be: its parent is a unit that exists, another one of the same batch, or None for the root."""

    name: str
    kind: str
    parent: Unit | NewUnit | None
    opened_on: date
    unit: Unit | None = None


def plant(entry: OpenEntry, units: Sequence[NewUnit]) -> list[Unit]:
    """Create units with placement and closure, three statements per level; sets `.unit`; keeps the given order."""
    place = (Unit.objects.aggregate(top=Max("place"))["top"] or 0) + 1
    order = {id(new): place + i for i, new in enumerate(units)}
    waiting = list(units)
    while waiting:
        ready = [new for new in waiting if not isinstance(new.parent, NewUnit) or new.parent.unit is not None]
        if not ready:
            raise ValueError("a unit cannot hang below itself")
        _plant_level(entry, ready, order)
        waiting = [new for new in waiting if new.unit is None]
    return [new.unit for new in units if new.unit is not None]


def _plant_level(entry: OpenEntry, level: list[NewUnit], order: dict[int, int]) -> None:
    for new in level:
        parent = parent_of(new)
        if parent is not None and not parent.opened_on <= new.opened_on < parent.closed_on:
            raise Invalid(
                Problem(
                    "day",
                    _("「%(name)s」的上级从 %(day)s 才有：成立日期不能早于这一天")
                    % {"name": new.name, "day": parent.opened_on.isoformat()},
                )
            )
    made = Unit.objects.bulk_create(
        [Unit(kind=new.kind, opened_on=new.opened_on, place=order[id(new)]) for new in level], batch_size=500
    )
    for new, unit in zip(level, made, strict=True):
        new.unit = unit
    Placement.objects.bulk_create(
        [
            Placement(
                unit=new.unit,
                parent=parent_of(new),
                name=new.name,
                valid_from=new.opened_on,
                entry_id=entry.id,
            )
            for new in level
        ],
        batch_size=500,
    )
    ids = sorted(unit.pk for unit in made)
    mine = {"entry": entry.id, "first": ids[0], "last": ids[-1]}
    sql.run(
        """INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to)
           SELECT unit_id, unit_id, valid_from, valid_to FROM org_placement
           WHERE entry_id = :entry AND dropped_id IS NULL AND unit_id BETWEEN :first AND :last""",
        **mine,
    )
    sql.run(
        f"""INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to)
            SELECT up.ancestor_id, p.unit_id, {_LATER.format(a="up.valid_from", b="p.valid_from")}, up.valid_to
            FROM org_placement p JOIN org_closure up
                 ON up.descendant_id = p.parent_id AND up.valid_to > p.valid_from
            WHERE p.entry_id = :entry AND p.dropped_id IS NULL AND p.unit_id BETWEEN :first AND :last""",
        **mine,
    )


def parent_of(new: NewUnit) -> Unit | None:
    """The unit above, whether it existed before or was planted a moment ago."""
    return new.parent.unit if isinstance(new.parent, NewUnit) else new.parent


def rename(entry: OpenEntry, unit: Unit, name: str, day: date) -> None:
    """Call a unit otherwise from a day on; past boards keep the past name."""
    last = last_placement(unit, day)
    _replace(entry, last, day, parent=last.parent_id, name=name)


def reparent(entry: OpenEntry, unit: Unit, parent: Unit, day: date) -> tuple[list[int], list[int]]:
    """Hang a unit with all below it elsewhere from a day on; returns the ids of ancestors left and gained.

    Cost depends on depth, not on size (CORE §4). Whoever keeps sums over the tree posts them for both lists.
    """
    # Below it now or at any later time: a back-dated move must not close a circle that begins after its day.
    if Closure.objects.filter(ancestor=unit, descendant=parent, valid_to__gt=day).exists():
        raise Invalid(Problem("parent", _("一个单位不能放到自己或自己的下级下面")))
    last = last_placement(unit, day)
    old = above(unit.pk, day)
    _replace(entry, last, day, parent=parent.pk, name=last.name)
    new = {parent.pk} | above(parent.pk, day)
    gone, come = sorted(old - new), sorted(new - old)
    if stirred(unit.pk, parent.pk, day):
        rebuild_closure()
        return gone, come
    values = {"unit": unit.pk, "day": day}
    subtree = f"SELECT descendant_id FROM org_closure WHERE ancestor_id = :unit AND {_AT}"
    if gone:
        ids = ", ".join(map(str, gone))
        where = f"ancestor_id IN ({ids}) AND descendant_id IN ({subtree})"
        sql.run(f"DELETE FROM org_closure WHERE valid_from >= :day AND {where}", **values)
        sql.run(f"UPDATE org_closure SET valid_to = :day WHERE valid_to > :day AND {where}", **values)
    if come:
        ids = ", ".join(map(str, come))
        sql.run(
            f"""INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to)
                SELECT up.ancestor_id, down.descendant_id, :day, :far
                FROM org_closure up CROSS JOIN org_closure down
                WHERE up.descendant_id = :parent AND up.ancestor_id IN ({ids})
                AND up.valid_from <= :day AND up.valid_to > :day
                AND down.ancestor_id = :unit AND down.valid_from <= :day AND down.valid_to > :day""",
            **values,
            parent=parent.pk,
            far=FAR,
        )
        _join_touching(come, unit.pk, day)
    return gone, come


def stirred(unit: int, parent: int, day: date) -> bool:
    """Whether the lines above or below changed after `day`: then only a recount is right."""
    found = sql.rows(
        """SELECT 1 FROM org_closure WHERE (ancestor_id = :unit OR descendant_id IN (:unit, :parent))
           AND valid_to > :day AND (valid_from > :day OR valid_to < :far) LIMIT 1""",
        unit=unit,
        parent=parent,
        day=day,
        far=FAR,
    )
    return bool(found)


def rebuild_closure() -> None:
    """Recount the whole closure from the placements as known now."""
    Closure.objects.all().delete()
    sql.run(
        f"""INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to)
            {RECOUNT} SELECT ancestor_id, descendant_id, valid_from, valid_to FROM recount""",
        far=FAR,
    )


def _join_touching(ancestors: list[int], unit: int, day: date) -> None:
    """Join closure rows that end on `day` with those that begin on it: who leaves and comes back at once never left."""
    ids = ", ".join(map(str, ancestors))
    touching = sql.rows(
        f"""SELECT a.id, b.id, b.valid_to FROM org_closure a JOIN org_closure b
            ON b.ancestor_id = a.ancestor_id AND b.descendant_id = a.descendant_id AND b.valid_from = a.valid_to
            WHERE a.ancestor_id IN ({ids}) AND a.valid_to = :day AND a.descendant_id IN
            (SELECT descendant_id FROM org_closure WHERE ancestor_id = :unit AND {_AT})""",
        unit=unit,
        day=day,
    )
    if touching:
        Closure.objects.filter(pk__in=[second for _first, second, _to in touching]).delete()
        Closure.objects.filter(pk__in=[first for first, _second, _to in touching]).update(valid_to=FAR)


def last_placement(unit: Unit, day: date) -> Placement:
    """Where the unit hangs now, locked; Invalid where it was placed or named anew after `day`."""
    last = Placement.objects.select_for_update().get(unit=unit, dropped=None, valid_to=FAR)
    if day < last.valid_from:
        text = _("这个单位上一次变动是 %(day)s：新的变动不能早于这一天")
        raise Invalid(Problem("day", text % {"day": last.valid_from.isoformat()}))
    return last


def _replace(entry: OpenEntry, last: Placement, day: date, *, parent: int | None, name: str) -> None:
    Placement.objects.filter(pk=last.pk).update(dropped_id=entry.id)
    common = {"unit_id": last.unit_id, "entry_id": entry.id}
    if day > last.valid_from:
        Placement.objects.create(
            parent_id=last.parent_id, name=last.name, valid_from=last.valid_from, valid_to=day, **common
        )
    Placement.objects.create(parent_id=parent, name=name, valid_from=day, **common)
