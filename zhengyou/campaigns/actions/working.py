"""Entering items of a unit's work plan, one or a workbook of them, and taking one back."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from zhengyou.campaigns import working
from zhengyou.campaigns.models import WorkItem
from zhengyou.journal.actions import Actor, record
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.models import Unit
from zhengyou.org.rules import authority_for


def enter(unit: Unit, year: int, items: Sequence[working.Item], *, by: Actor) -> list[WorkItem]:
    """Enter items in one transaction: all, or none where one has a fault (Invalid names each)."""
    if not 1990 < year < 2200:
        raise Invalid(Problem("year", _("年份写成 2010 这样的四位数。")))
    if not items:
        raise Invalid(Problem("file", _("没有一条可以登记的：表里要有「编号」和「内容」两列。")))
    with record("work.entered", by=by, unit=unit.public_id, year=year) as entry:
        insist(working.may_keep(authority_for(by), unit.pk))
        taken = WorkItem.objects.filter(unit=unit, year=year, dropped=None).values_list("number", flat=True)
        faults = [item for item in working.checked(items, taken) if item.fault]
        if faults:
            raise Invalid(*(Problem(item.field, item.fault) for item in faults[:20]))
        made = WorkItem.objects.bulk_create(
            WorkItem(unit=unit, year=year, number=i.number, text=i.text, source=i.source, entry_id=entry.id)
            for i in items
        )
        entry.note(count=len(made))
    return made


def drop(item: WorkItem, *, by: Actor) -> None:
    """Take an item back: nothing new can be tied to it; what is tied stays."""
    with record("work.dropped", by=by, subject=f"workitem:{item.public_id}") as entry:
        insist(working.may_keep(authority_for(by), item.unit_id))
        if not WorkItem.objects.filter(pk=item.pk, dropped=None).update(dropped=entry.id):
            raise Conflict(_("这一条已经收回了。"))
        entry.row.unit = item.unit.public_id
