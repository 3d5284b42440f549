"""What the invented people promise in public, and what becomes of it week by week, from a fixed seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from random import Random

from zhengyou.campaigns.models import Campaign, Duty
from zhengyou.commitments.actions import mass
from zhengyou.commitments.actions.writing import Draft, Words
from zhengyou.commitments.models import Commitment, Item
from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.org.actions import consents
from zhengyou.org.models import Consent
from zhengyou.site.story import words
from zhengyou.site.story.days import SEED
from zhengyou.site.story.words import Bank, Pairs


def write(bank: Bank, duty: Duty) -> Words:
    """The promise behind a duty: a member's one item (now and then two), a unit's two or three with plan and goals."""
    rng = Random(SEED + 31 * duty.pk + duty.version)
    if duty.member_id is not None:
        items = [_item(rng, bank, bank.deeds, duty) for _n in range(1 if rng.random() < 0.88 else 2)]
        scope = rng.choices(("unit", "all", "web"), (6, 3, 1))[0]
        return Words(items, scope=scope, served=rng.choice(bank.who))
    items = [_item(rng, bank, bank.unit_deeds, duty, owner=True) for _n in range(rng.choice((2, 2, 3)))]
    plan, goals = rng.choice(bank.plans), rng.choice(bank.goals)
    said = {"who": rng.choice(bank.who), "n": str(rng.randint(3, 9))}
    return Words(items, plan.format(**said), goals.format(**said), scope=rng.choice(("all", "web")))


def _item(rng: Random, bank: Bank, from_: Pairs, duty: Duty, owner: bool = False) -> Draft:
    text, measure = rng.choice(from_)
    said = {
        "day": rng.choice("一二三四"),
        "place": rng.choice(bank.places),
        "who": rng.choice(bank.who),
        "n": str(rng.randint(5, 24)),
        "m": str(rng.randint(2, 4)),
    }
    due = max(duty.due_on, duty.slot.due_on) + timedelta(days=rng.choice((45, 75, 105, 130, 160, 190)))
    name = rng.choice(bank.owners) if owner else ""
    kind = rng.choice(("post", "post", "common", "deed"))
    return Draft(text.format(**said), measure.format(**said), due, kind, owner_text=name)


def day(
    pack_id: str, hand_in: Sequence[int], accept: Sequence[int], give_back: Mapping[int, str], *, by: Actor
) -> list[int]:
    """Play a day's commitments by duty id; returns those said aloud today, which their members confirm tomorrow."""
    aloud = [pk for pk in hand_in if pk % 401 == 0][:1]
    members = set(
        Duty.objects.filter(pk__in=aloud, member__isnull=False, commitment=None).values_list("pk", flat=True)
    )
    bank = words.of(pack_id)
    back = {pk: bank.less[pk % len(bank.less)] for pk in give_back}
    played = mass.DayOfPromises(
        note=sorted(members),
        hand_in=[pk for pk in hand_in if pk not in members],
        write=partial(write, bank),
        accept=accept,
        give_back=back,
    )
    mass.play(played, by=by)
    return sorted(members)


def keep(campaign: Campaign, *, by: Actor) -> None:
    """A week of keeping: what falls due is said to be done, what was said is confirmed; a few are changed, released, missed."""
    today, bank = clock.today(), words.of(campaign.pack_id)
    rows = Item.objects.filter(
        commitment__campaign=campaign,
        commitment__state=Commitment.State.PUBLISHED,
        state__in=(Item.State.OPEN, Item.State.CLAIMED, Item.State.DISPUTED),
        due_on__lte=today + timedelta(days=10),
    ).values_list("pk", "state", "due_on", "commitment__member", "claimed_on", "changed")
    confirm: list[int] = []
    disputed = Item.objects.filter(commitment__campaign=campaign, events__kind="disputed").exists()
    claim: dict[int, str] = {}
    dispute: dict[int, str] = {}
    change: dict[int, tuple[str, str]] = {}
    release: dict[int, tuple[str, str]] = {}
    unkept: dict[int, str] = {}
    for pk, state, due, member, claimed, changed in rows:
        rng = Random(SEED + 17 * pk)
        fate, early = rng.random(), timedelta(days=rng.randint(-6, 9))
        if due is None:
            continue
        if state == Item.State.CLAIMED:
            if not disputed and member and rng.random() < 0.2:
                dispute[pk], disputed = bank.disputed, True
            elif claimed is None or claimed <= today - timedelta(days=3):
                confirm.append(pk)
        elif fate < 0.008 and state == Item.State.OPEN:
            release[pk] = bank.release
        elif fate < 0.012 and state == Item.State.OPEN and due > today and not changed:
            change[pk] = (bank.change[1], bank.change[0])
        elif 0.012 <= fate < 0.02:
            if due + timedelta(days=14) < today:
                unkept[pk] = bank.cause if fate < 0.017 else ""
        elif today >= due - early:
            claim[pk] = rng.choice(bank.done if member else bank.unit_done)
    week = mass.DayOfPromises(
        claim=claim, confirm=confirm, dispute=dispute, change=change, release=release, unkept=unkept
    )
    if claim or confirm or dispute or change or release or unkept:
        mass.play(week, by=by)


def names_given(campaign: Campaign) -> None:
    """A dozen members whose promise is for more than their unit agree that their name stands beside it."""
    held = Commitment.objects.filter(
        campaign=campaign, state__gte=Commitment.State.PUBLISHED, member__isnull=False
    )
    for purpose, scope in ((consents.NAME_INSIDE, "all"), (consents.NAME_WEB, "web")):
        for one in held.filter(scope=scope).select_related("member").order_by("pk")[:6]:
            assert one.member is not None
            consents.give(one.member, purpose, by=one.member.actor)


def name_taken_back(campaign: Campaign) -> None:
    """The first of them who agreed to the open web takes it back: the name is gone from wall and posters at once."""
    given = (
        Consent.objects.filter(purpose=consents.NAME_WEB, dropped=None)
        .select_related("person")
        .order_by("pk")
    )
    if (one := given.first()) is not None:
        consents.withdraw(one.person, consents.NAME_WEB, by=one.person.actor)
