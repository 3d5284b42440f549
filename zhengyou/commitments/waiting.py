"""What waits for whom among published promises: to be confirmed, changes asked for, past their day; reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from zhengyou.commitments import desks
from zhengyou.commitments.models import Commitment, Item, ItemChange
from zhengyou.kit import sql
from zhengyou.org.models import Affiliation, on
from zhengyou.org.rules import Authority
from zhengyou.org.succession import carried

MOST = 300
"""Items looked at on one page; the oldest first."""
SOON = timedelta(days=7)
"""How long before its day an item stands on the desk of whoever promised it."""
PUBLIC = (Commitment.State.PUBLISHED, Commitment.State.SETTLED)


@dataclass
class Waiting:
    """One item on somebody's desk: why, and the unit it is kept in today."""

    item: Item
    why: str
    unit: int | None

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.why == "past"


def in_units(units: Iterable[int], day: date) -> QuerySet[Item]:
    """Items of public commitments that are kept in these units on a day: members' registered there, units' own."""
    ids = set(units)
    own = carried(ids, day)
    here = Affiliation.objects.filter(on(day), role="R", unit__in=ids, person=OuterRef("commitment__member"))
    return Item.objects.filter(
        Q(commitment__member=None, commitment__unit__in=own)
        | Q(Exists(here), commitment__member__isnull=False),
        commitment__state__in=PUBLIC,
    ).select_related("commitment__member", "commitment__unit", "owner")


@dataclass
class Judging:
    """What waits at one reviewer: how many items in all, and the oldest of them, read whole."""

    n: int
    first: list[Waiting]


def to_judge(authority: Authority, most: int = MOST) -> Judging:
    """Items that this person is to confirm, to decide a change of, or to close past their day; the desk's statement."""
    me = authority.person
    if me is None or not authority.units_with("review"):
        return Judging(0, [])
    text, values = desks.waiting(authority)
    found = sql.rows(f"{text} ORDER BY 2, 1", day=authority.day, me=me.pk, **values)
    homes = {item: home for item, _due, home in found[:most]}
    asked = ItemChange.objects.filter(item=OuterRef("pk"), state=ItemChange.State.ASKED)
    whole = Item.objects.select_related("commitment__member", "commitment__unit", "owner")
    items = whole.annotate(asked=Exists(asked)).in_bulk(list(homes))
    return Judging(len(found), [_waits(items[pk], home) for pk, home in homes.items()])


def alerted(authority: Authority) -> list[Waiting]:
    """Items of the units below whose claim was refused for the third time and that are still open; two queries at most."""
    if authority.person is None or not authority.units_with("review"):
        return []
    ids = [row[0] for row in sql.rows(desks.alerted(authority), day=authority.day)][:MOST]
    items = Item.objects.filter(pk__in=ids).select_related("commitment__member", "commitment__unit")
    return [Waiting(item, "alerted", None) for item in items.order_by("due_on", "pk")] if ids else []


def _waits(item: Item, home: int) -> Waiting:
    why = (
        "claimed"
        if item.state == Item.State.CLAIMED
        else "asked"
        if getattr(item, "asked", False)
        else "past"
    )
    return Waiting(item, why, home)


def to_keep(authority: Authority) -> list[Waiting]:
    """Own items whose day is near or past, or that were disputed: the member's, and those of units one hands in for."""
    me, day = authority.person, authority.day
    if me is None:
        return []
    soon = Q(state=Item.State.DISPUTED) | Q(state=Item.State.OPEN, due_on__lte=day + SOON)
    mine = Item.objects.filter(soon, commitment__member=me, commitment__state__in=PUBLIC)
    found = list(
        mine.select_related("commitment__unit", "commitment__member").order_by("due_on", "pk")[:MOST]
    )
    if units := authority.units_with("hand_in"):
        found += in_units(units, day).filter(soon, commitment__member=None).order_by("due_on", "pk")[:MOST]
    out = []
    for item in found:
        past = item.due_on is not None and item.due_on < day
        why = "disputed" if item.state == Item.State.DISPUTED else "past" if past else "soon"
        out.append(Waiting(item, why, None))
    return out


def to_sign(authority: Authority) -> list[Commitment]:
    """Own commitments that wait for the own word: noted by the secretary, or accepted and not signed."""
    me = authority.person
    if me is None:
        return []
    wait = Commitment.objects.filter(state__in=(Commitment.State.NOTED, Commitment.State.APPROVED))
    own = Q(member=me)
    if units := authority.units_with("hand_in"):
        own |= Q(member=None, unit__in=units)
    return list(
        wait.filter(own).select_related("duty__slot__task", "oral_by", "unit", "member").order_by("pk")[:50]
    )


def unkept(units: Iterable[int], day: date) -> QuerySet[Item]:
    """Items closed as not kept without cause in these units, the newest first."""
    return (
        in_units(units, day).filter(state=Item.State.UNKEPT, explained=False).order_by("-decided_on", "-pk")
    )
