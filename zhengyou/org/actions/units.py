"""Units: founding one under another, renaming."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, record
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import current, rules
from zhengyou.org.actions.rows import not_later
from zhengyou.org.actions.tree import NewUnit, plant, rename
from zhengyou.org.models import Placement, Unit, on


def add_unit(name: str, kind: str, parent: Unit, *, by: Actor, day: date | None = None) -> Unit:
    """Found a unit under another on a day; its kind must be one that may stand there (the organisation's part)."""
    name, day = _name(name), not_later(day)
    part = current.part()
    if part is None or not part.has_kind(kind) or parent.kind not in part.kind(kind).parents:
        raise Invalid(Problem("kind", _("这种单位不能设在这里：从列出的种类里选一种")))
    with record("org.unit_added", by=by, name=name, kind=kind, day=day.isoformat()) as entry:
        insist(rules.may_add_unit(rules.authority_for(by), parent))
        if Placement.objects.filter(on(day), parent=parent, name=name).exists():
            raise Invalid(Problem("name", _("这里已经有「%(name)s」：换一个名称") % {"name": name}))
        (unit,) = plant(entry, [NewUnit(name, kind, parent, day)])
        entry.row.unit = unit.public_id
    return unit


def rename_unit(unit: Unit, name: str, *, by: Actor, day: date | None = None) -> None:
    """Give a unit another name from a day on."""
    name, day = _name(name), not_later(day)
    with record("org.unit_renamed", by=by, unit=unit.public_id, name=name, day=day.isoformat()) as entry:
        insist(rules.may_add_unit(rules.authority_for(by), unit))
        rename(entry, unit, name, day)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Invalid(Problem("name", _("写上名称，最多 200 字")))
    return name
