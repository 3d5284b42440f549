"""Who carries a closed unit's work: along the edges of mergers, splits and dissolutions; reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from zhengyou.org.models import Succession, Unit

STEPS = 50
"""Successions followed at most, should they ever run in a circle."""


def successors(units: set[int], day: date) -> dict[int, int]:
    """Unit -> the one that carries its work on a day: itself while it stands, else along the first succession edges."""
    now = {unit: unit for unit in units}
    if not units:
        return now
    closed = set(Unit.objects.filter(pk__in=units, closed_on__lte=day).values_list("pk", flat=True))
    if not closed:
        return now
    after: dict[int, int] = {}
    for old, new in Succession.objects.filter(day__lte=day).order_by("-id").values_list("old_id", "new_id"):
        after[old] = new
    for unit in closed:
        at, steps = unit, 0
        while at in after and steps < STEPS:
            at, steps = after[at], steps + 1
        now[unit] = at
    return now


def carried(units: Iterable[int], day: date) -> set[int]:
    """These units, as far as they stand on a day, and all closed ones whose work they carry; two queries."""
    edges = Succession.objects.filter(day__lte=day).order_by("-id").values_list("old_id", "new_id")
    before: dict[int, list[int]] = {}
    for old, new in dict(edges).items():
        before.setdefault(new, []).append(old)
    ids = set(units)
    gone = set(Unit.objects.filter(pk__in=ids, closed_on__lte=day).values_list("pk", flat=True))
    out, todo = ids - gone, list(ids - gone)
    while todo:
        for old in before.get(todo.pop(), []):
            if old not in out:
                out.add(old)
                todo.append(old)
    return out
