"""The life of a published promise: claimed, confirmed or disputed, changed, released, not kept; then settled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhengyou.commitments.actions import changing, keeping, oral, proposing
from zhengyou.commitments.models import Commitment, Item, ItemChange
from zhengyou.commitments.tests import promising
from zhengyou.commitments.tests.promising import ONE, TWO
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org.tests.builder import client

S, STATE = Commitment.State, Item.State


def test_claimed_and_confirmed_settles_when_every_item_is(asked):
    one, two = promising.published(asked.member, asked.secretary, ONE, TWO)
    assert promising.kept(one, asked.member, asked.secretary).state == STATE.KEPT
    assert Commitment.objects.get().state == S.PUBLISHED
    promising.kept(two, asked.member, asked.secretary)
    found = Commitment.objects.get()
    assert (found.state, found.settled_on) == (S.SETTLED, clock.today())


def test_disputed_with_reasons_it_is_claimed_again(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    item = keeping.claim(item, "做了", by=asked.member.actor)
    with pytest.raises(Invalid, match="哪里不同意"):
        keeping.decide(item, False, " ", by=asked.secretary.actor)
    item = keeping.decide(item, False, "签到表只有三次", by=asked.secretary.actor)
    assert item.state == STATE.DISPUTED
    assert promising.kept(item, asked.member, asked.secretary).state == STATE.KEPT
    kinds = list(item.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["accepted", "published", "claimed", "disputed", "claimed", "confirmed"]


def test_only_the_member_claims_and_never_confirms(asked):
    (item,) = promising.published(asked.secretary, asked.dean)
    with pytest.raises(Refused, match="本人来报"):
        keeping.claim(item, "替他报", by=asked.dean.actor)
    item = keeping.claim(item, "做了", by=asked.secretary.actor)
    with pytest.raises(Refused, match="不能自己认定"):
        keeping.decide(item, True, by=asked.secretary.actor)
    with pytest.raises(Refused, match="来认定"):
        keeping.decide(item, True, by=asked.secretary2.actor)
    assert keeping.decide(item, True, by=asked.dean.actor).state == STATE.KEPT


def test_who_answers_for_a_units_item_does_not_confirm_it(asked):
    words = promising.words(summary="一", goals="二")
    words.items[0].owner = asked.dean
    proposing.propose(promising.duty(asked.branch), words, by=asked.secretary.actor)
    item = promising.judge(asked.branch, asked.dean).items.get()
    item = keeping.claim(item, "做了", by=asked.secretary.actor)
    with pytest.raises(Refused, match="不能自己认定"):
        keeping.decide(item, True, by=asked.dean.actor)
    assert keeping.decide(item, True, by=asked.head.actor).state == STATE.KEPT


def test_a_change_keeps_both_texts_and_the_reason(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    change = changing.ask_change(
        item,
        text=TWO,
        measure="有借条",
        due_on=date(2011, 1, 20),
        reason="答疑并给了学院",
        by=asked.member.actor,
    )
    item.refresh_from_db()
    assert item.text == ONE
    with pytest.raises(Refused):
        changing.decide(change, True, by=asked.member.actor)
    with pytest.raises(Conflict, match="已经有一个申请"):
        changing.ask_release(item, reason="病了", told="同学", by=asked.member.actor)
    changing.decide(change, True, "可以", by=asked.secretary.actor)
    item.refresh_from_db()
    assert (item.text, item.changed, item.state) == (TWO, 1, STATE.OPEN)
    kept = ItemChange.objects.get()
    assert (kept.old_text, kept.new_text, kept.reason) == (ONE, TWO, "答疑并给了学院")


def test_a_change_refused_leaves_the_words_and_says_why(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    change = changing.ask_change(
        item, text=TWO, measure="", due_on=None, reason="想换", by=asked.member.actor
    )
    with pytest.raises(Invalid, match="为什么不同意"):
        changing.decide(change, False, by=asked.secretary.actor)
    changing.decide(change, False, "原来的更要紧", by=asked.secretary.actor)
    item.refresh_from_db()
    assert (item.text, item.changed) == (ONE, 0)


def test_a_release_needs_its_reason_and_to_whom_it_was_told(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    with pytest.raises(Invalid, match="向谁说明"):
        changing.ask_release(item, reason="交换去外校一学期", told="", by=asked.member.actor)
    change = changing.ask_release(item, reason="交换去外校一学期", told="大一答疑班", by=asked.member.actor)
    changing.decide(change, True, by=asked.secretary.actor)
    item.refresh_from_db()
    assert (item.state, Commitment.objects.get().state) == (STATE.RELEASED, S.SETTLED)


def test_not_kept_with_cause_is_said_by_the_member_and_judged(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    item = keeping.claim(item, "图书馆关了两个月", by=asked.member.actor, kept=False)
    item = keeping.decide(item, True, by=asked.secretary.actor, explained=True)
    assert (item.state, item.explained, item.cause) == (STATE.UNKEPT, True, "图书馆关了两个月")


def test_not_kept_without_cause_is_closed_after_its_day_only(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    with pytest.raises(Invalid, match="还没有过"):
        keeping.close_unkept(item, by=asked.secretary.actor)
    with clock.playing(promising.DAY + timedelta(days=1)):
        item = keeping.close_unkept(item, by=asked.secretary.actor)
    assert (item.state, item.explained) == (STATE.UNKEPT, False)
    assert Commitment.objects.get().state == S.SETTLED


def test_what_moved_on_since_it_was_shown_is_not_decided(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    item = keeping.claim(item, "做了", by=asked.member.actor)
    with pytest.raises(Conflict, match="刚才有了变动"):
        keeping.decide(item, True, by=asked.secretary.actor, version=item.version - 1)


def test_said_aloud_it_waits_for_the_members_own_word(asked):
    found = oral.note(promising.duty(asked.member), promising.words(), by=asked.secretary.actor)
    assert (found.state, found.oral_by) == (S.NOTED, asked.secretary)
    assert promising.duty(asked.member).state == "due"
    with pytest.raises(Refused, match="本人办"):
        proposing.propose(promising.duty(asked.member), promising.words(), by=asked.secretary.actor)
    found = promising.promise(asked.member, ONE + "，地点改在二教")
    assert (found.state, found.oral_by, found.signed_by) == (S.PROPOSED, asked.secretary, asked.member)


@pytest.mark.parametrize("who", ["member", "secretary2", "dean", "office"])
def test_only_the_own_secretary_writes_down(asked, who):
    with pytest.raises(Refused):
        oral.note(promising.duty(asked.member), promising.words(), by=getattr(asked, who).actor)


def test_my_information_holds_the_promise_its_way_and_both_texts_of_a_change(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    change = changing.ask_change(
        item, text=TWO, measure="", due_on=None, reason="班分开了", by=asked.member.actor
    )
    changing.decide(change, True, "可以", by=asked.secretary.actor)
    browser = client(asked.member)
    assert TWO in browser.get("/me/?part=written").content.decode()
    work = browser.get("/me/?part=work").content.decode()
    assert ONE in work
    assert "班分开了" in work
    assert asked.secretary.name in work
