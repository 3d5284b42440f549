"""Which units a person may read line by line in reports and lists of exceptions; the whole is for every reader."""

from __future__ import annotations

from zhengyou.org import tree
from zhengyou.org.models import Unit
from zhengyou.org.rules import Authority


def units_in_reach(authority: Authority) -> set[int] | None:
    """None: all units, for who sees all or runs the campaign; else the units at or below the own posts. One query."""
    if authority.everything or authority.on_root("see_units") or authority.on_root("start"):
        return None
    stands = [unit for unit, _post, _first in authority.posts if authority.powers_on(unit)]
    return set(tree.below(stands, authority.day).values_list("pk", flat=True)) if stands else set()


def in_order(units: set[int]) -> list[int]:
    """Units in the organisation's order, never by figures."""
    return list(Unit.objects.filter(pk__in=units).order_by("place", "pk").values_list("pk", flat=True))
