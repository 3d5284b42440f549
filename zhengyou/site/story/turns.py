"""The turns of the story: what happens to the organisation itself on days that the demo answers name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from zhengyou.campaigns.actions import amending
from zhengyou.campaigns.models import Campaign
from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org import current, tree
from zhengyou.org.asked import Asked
from zhengyou.org.models import Affiliation, Person, Post, Unit, on
from zhengyou.site.following import FOLLOW
from zhengyou.site.story import plans, promises, texts

STORY = Actor.system("story")


def of(demo: Mapping[str, Any], campaign: Campaign) -> dict[date, list[Callable[[], None]]]:
    """What happens on which day; a turn that this program does not know, or without its day (`on`), is a ValueError."""
    known: dict[str, Callable[..., None]] = {"merger": merger, "election": election, "graduation": graduation}
    known["amendment"] = partial(amendment, campaign)
    known["plan_amended"] = partial(plans.amended, campaign)
    known["names_given"] = partial(promises.names_given, campaign)
    known["name_taken_back"] = partial(promises.name_taken_back, campaign)
    known["plan_answers"] = partial(plans.answered_late, campaign)
    out: dict[date, list[Callable[[], None]]] = {}
    for name, said in dict(demo.get("turns") or {}).items():
        more = dict(said) if isinstance(said, Mapping) else {"on": said}
        if name not in known or "on" not in more:
            raise ValueError(f"demo.turns.{name}")
        day = date.fromisoformat(str(more.pop("on")))
        out.setdefault(day, []).append(partial(known[name], **more))
    return out


def merger(named: str) -> None:
    """The unit whose name says so is merged into the one before it under the same parent; its open work goes along."""
    today = clock.today()
    gone = (
        tree.placed(today)
        .filter(name__contains=named, unit__closed_on__gt=today)
        .select_related("unit")
        .first()
    )
    if gone is None:
        return
    beside = tree.placed(today).filter(parent=gone.parent_id, unit__place__lt=gone.unit.place)
    into = beside.select_related("unit").order_by("-unit__place").first()
    if into is None:
        return
    asked = Asked(
        "merge",
        today,
        texts.number(21),
        units=(gone.unit.public_id, into.unit.public_id),
        into=into.unit.public_id,
    )
    org.decide(asked, by=STORY, follow=FOLLOW)


def amendment(campaign: Campaign, changes: Mapping[str, Any], reason: str) -> None:
    """The office changes some answers while the campaign runs; what is issued keeps its version."""
    campaign.refresh_from_db()
    office = (
        Post.objects.filter(on(clock.today()), post="office").select_related("person").order_by("pk").first()
    )
    by = office.person.actor if office else STORY
    drafted = amending.draft(campaign, changes=changes, by=by)
    amending.amend(drafted, clock.today(), by=by, document_no=texts.number(3), reason=reason)


def election() -> None:
    """The first leaf whose head has led it since before the story elects another member."""
    today, part = clock.today(), current.part()
    assert part is not None
    for unit in _leaves(today):
        heads = [post for post in part.posts_of(unit.kind) if post.first_responsible]
        held = Post.objects.filter(on(today), unit=unit, first_responsible=True).first()
        if held is None or not heads:
            continue
        members = Affiliation.objects.filter(on(today), unit=unit, role="R").exclude(person=held.person_id)
        next_one = members.order_by("pk").values_list("person_id", flat=True).first()
        if next_one:
            org.appoint(Person.objects.get(pk=next_one), unit, heads[0].code, by=STORY)
            return


def graduation(named: str) -> None:
    """A year is over: everybody of the last category leaves the units whose name says so; who holds a post elsewhere stays."""
    today, part = clock.today(), current.part()
    assert part is not None
    category = list(part.kinds.get("category", {}))[-1:]
    held = Affiliation.objects.filter(on(today), role="R", category__in=category)
    units = [place.unit_id for place in tree.placed(today).filter(name__contains=named)]
    going = Person.objects.filter(pk__in=held.filter(unit__in=units).values("person"))
    posts = Post.objects.filter(on(today), person__in=going).exclude(unit__in=units)
    going = going.exclude(pk__in=posts.values("person"))
    if going.exists():
        org.leave(going, how="out", by=STORY, then=FOLLOW.roster)


def _leaves(today: date) -> list[Unit]:
    """Open units without any below them, in the organisation's order."""
    units = list(Unit.objects.filter(opened_on__lte=today, closed_on__gt=today).order_by("place", "pk"))
    inner = tree.child_counts([unit.pk for unit in units], today)
    return [unit for unit in units if not inner.get(unit.pk)]
