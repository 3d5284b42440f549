"""Promises hung on the wall for tests: rows as publishing leaves them, without the way there."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhengyou.campaigns.models import Campaign
from zhengyou.commitments.models import Commitment, Item
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.org.actions import consents
from zhengyou.org.models import Person, Unit
from zhengyou.org.people import home

BY = Actor.system("test")


def campaign() -> Campaign:
    """A running campaign without tasks."""
    with record("campaign.started", by=BY) as entry:
        return Campaign.objects.create(
            pack_id="wall", pack_version="1", zh="创先争优活动", en="Strive", text="", sha256="", state=30,
            started_on=date(2010, 7, 1), entry_id=entry.id,
        )  # fmt: skip


def hang(whose: Person | Unit, unit: Unit, *texts: str, **facts: Any) -> Commitment:
    """One published promise of a member or unit with these items; `facts` of the commitment, `items` of every item."""
    items = facts.pop("items", {})
    member = whose if isinstance(whose, Person) else None
    given = {"state": Commitment.State.PUBLISHED, "scope": "unit", "published_on": date(2010, 7, 16), **facts}
    found = Campaign.objects.order_by("pk").first() or campaign()
    with record("commitment.published", by=BY) as entry:
        made = Commitment.objects.create(campaign=found, unit=unit, member=member, entry_id=entry.id, **given)
        for place, text in enumerate(texts or ("本学期给补考同学加三次答疑",)):
            facts = {"due_on": date(2010, 11, 30), "measure": "签到表", **items}
            Item.objects.create(commitment=made, place=place, text=text, **facts)
    return made


def for_demo(number: str, text: str) -> None:
    """In a demo's directory: the member with this number and its unit promise this on the open web, with the name.

    Where the story has played promises for them already, those are opened to the web and say this.
    """
    member = Person.objects.get(number=number)
    at = home(member, clock.today())
    assert at is not None
    for whose, mine in ((member, {"member": member}), (at.unit, {"member": None, "unit": at.unit})):
        found = Commitment.objects.filter(**mine)
        if found.update(scope="web", state=Commitment.State.PUBLISHED):
            Item.objects.filter(commitment__in=found).update(text=text)
        else:
            hang(whose, at.unit, text, scope="web")
    consents.give(member, consents.NAME_WEB, by=member.actor)
