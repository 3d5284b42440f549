"""A played day of promises leaves what the actions leave: same states, same duties, texts that hold, never one's own judge."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhengyou.campaigns.models import Duty, Submission
from zhengyou.campaigns.tests import play
from zhengyou.commitments.actions import mass, writing
from zhengyou.commitments.actions.mass import DayOfPromises
from zhengyou.commitments.models import Commitment, Item
from zhengyou.commitments.tests import promising

S = Commitment.State


def write(duty):
    more = {} if duty.member_id else {"summary": "一", "goals": "二"}
    return promising.words(f"第 {duty.pk} 件：答疑六次", f"第 {duty.pk} 件：借书三本", **more)


def everybody():
    return list(
        Duty.objects.filter(state__in=("due", "returned")).order_by("pk").values_list("pk", flat=True)
    )


def test_the_whole_life_by_days(asked):
    ids = everybody()
    aloud, others = ids[0], ids[1:]
    assert mass.play(DayOfPromises(note=[aloud], hand_in=others, write=write), by=play.SYSTEM)[
        "handed_in"
    ] == len(others)
    assert Commitment.objects.get(duty=aloud).state == S.NOTED
    mass.play(DayOfPromises(hand_in=[aloud], write=write), by=play.SYSTEM)
    assert mass.play(DayOfPromises(give_back={ids[1]: "写清次数"}), by=play.SYSTEM)["returned"] == 1
    back = Commitment.objects.get(duty=ids[1])
    assert (back.state, Duty.objects.get(pk=ids[1]).state) == (S.RETURNED, "returned")
    assert list(back.items.order_by("place").values_list("verdict", flat=True)) == ["accepted", "returned"]
    mass.play(DayOfPromises(hand_in=[ids[1]], write=write), by=play.SYSTEM)
    assert mass.play(DayOfPromises(accept=ids), by=play.SYSTEM)["accepted"] == len(ids)
    assert set(Duty.objects.values_list("state", flat=True)) == {"accepted"}
    assert set(Commitment.objects.values_list("state", flat=True)) == {S.PUBLISHED}
    play.settle()
    for found in Commitment.objects.all():
        assert found.signed_hash == writing.digest_of(found, list(found.items.all()))
        assert found.reviewed_by_id not in (found.member_id, found.proposed_by_id)
    items = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    changed, released, unkept, without = items[:4]
    done = mass.play(
        DayOfPromises(
            claim=dict.fromkeys(items[4:], "做到了"),
            change={changed: ("改成答疑八次", "多开一个班")},
            release={released: ("外出交换", "答疑班")},
            unkept={unkept: "图书馆关了", without: ""},
        ),
        by=play.SYSTEM,
    )
    assert (done["claimed"], done["changed"], done["released"], done["unkept"]) == (len(items) - 4, 1, 1, 2)
    mass.play(DayOfPromises(confirm=items[5:], dispute={items[4]: "只有三次"}), by=play.SYSTEM)
    assert Item.objects.get(pk=items[4]).state == Item.State.DISPUTED
    assert Item.objects.filter(state=Item.State.KEPT).count() == len(items) - 5
    still = set(Item.objects.filter(state__in=(10, 20, 30)).values_list("commitment", flat=True))
    open_ = set(Commitment.objects.filter(state=S.PUBLISHED).values_list("pk", flat=True))
    assert open_ == still
    assert not Submission.objects.filter(state=Submission.State.WAITING).exists()


def test_the_statements_do_not_grow_with_the_people(asked):
    ids = everybody()
    with CaptureQueriesContext(
        connection,
    ) as few:
        mass.play(DayOfPromises(hand_in=ids[:3], write=write), by=play.SYSTEM)
    with CaptureQueriesContext(connection) as more:
        mass.play(DayOfPromises(hand_in=ids[3:], write=write), by=play.SYSTEM)
    assert len(ids) > 8
    assert len(more) <= len(few) + 1
