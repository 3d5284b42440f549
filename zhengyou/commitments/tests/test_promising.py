"""A promise from its first word to the wall: handed in, judged item by item, signed, published; and what may not be."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns.models import State, Submission
from zhengyou.campaigns.tests import play
from zhengyou.commitments.actions import proposing, reviewing, writing
from zhengyou.commitments.models import Commitment, Item
from zhengyou.commitments.tests import promising
from zhengyou.commitments.tests.promising import ONE, TWO
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org

S = Commitment.State


def test_accepted_and_signed_it_is_published_at_once_and_the_duty_is_met(asked):
    found = promising.promise(asked.member, ONE, TWO)
    assert (found.state, promising.duty(asked.member).state) == (S.PROPOSED, State.SUBMITTED)
    found = promising.judge(asked.member, asked.secretary)
    assert (found.state, found.published_on, found.signed_by) == (S.PUBLISHED, clock.today(), asked.member)
    assert promising.duty(asked.member).state == State.ACCEPTED
    play.settle()


def test_one_item_returned_returns_the_paper_and_the_others_need_not_be_touched(asked):
    promising.promise(asked.member, ONE, "认真学习")
    found = promising.judge(asked.member, asked.secretary, "", "写上学什么、到哪一天")
    assert (found.state, promising.duty(asked.member).state) == (S.RETURNED, State.RETURNED)
    verdicts = list(found.items.order_by("place").values_list("verdict", "reasons"))
    assert verdicts == [("accepted", ""), ("returned", "写上学什么、到哪一天")]
    last = Submission.objects.get().reviews.get()
    assert last.reasons.startswith("退回 1 条，通过 1 条")
    first, second = found.items.order_by("place")
    again = promising.words(ONE, TWO)
    again.items[0].id, again.items[1].id = first.public_id, second.public_id
    found = proposing.propose(promising.duty(asked.member), again, by=asked.member.actor)
    assert list(found.items.order_by("place").values_list("pk", "verdict")) == [
        (first.pk, "accepted"),
        (second.pk, ""),
    ]
    assert promising.judge(asked.member, asked.secretary).state == S.PUBLISHED


def test_an_item_whose_words_were_changed_is_judged_anew(asked):
    promising.promise(asked.member, ONE, TWO)
    found = promising.judge(asked.member, asked.secretary, "", "不清楚")
    again = promising.words(ONE + "，另加两次", TWO)
    for draft, item in zip(again.items, found.items.order_by("place"), strict=True):
        draft.id = item.public_id
    found = proposing.propose(promising.duty(asked.member), again, by=asked.member.actor)
    assert found.items.get(place=1).verdict == ""


def test_nobody_judges_the_own_promise_and_a_secretarys_goes_one_up(asked):
    promising.promise(asked.secretary)
    waiting = Submission.objects.get()
    assert waiting.waits_at == asked.general
    with pytest.raises(Refused, match="自己交的不能自己审"):
        promising.judge(asked.secretary, asked.secretary)
    assert promising.judge(asked.secretary, asked.dean).state == S.PUBLISHED


def test_where_there_is_no_secretary_it_waits_with_the_unit_above(asked):
    late = org.add_person("新", number="2009010077", unit=asked.branch4, by=play.SYSTEM, day=date(2010, 7, 1))
    from zhengyou.campaigns import actions

    actions.tick(full=True)
    promising.promise(late)
    assert Submission.objects.get().waits_at == asked.general2
    with pytest.raises(Refused, match="审核"):
        promising.judge(late, asked.secretary)
    assert promising.judge(late, asked.dean2).state == S.PUBLISHED


def test_returned_at_midnight_the_author_has_days_left(asked):
    due = promising.duty(asked.member).due_on
    promising.promise(asked.member)
    with clock.playing(due):
        promising.judge(asked.member, asked.secretary, "没有数目")
        duty = promising.duty(asked.member)
        assert (duty.due_on - due).days == 3
        play.settle()


def test_not_signed_it_waits_for_the_signature_and_only_that_text_is_published(asked):
    promising.promise(asked.member, signed=False)
    found = promising.judge(asked.member, asked.secretary)
    assert (found.state, promising.duty(asked.member).state) == (S.APPROVED, State.RETURNED)
    found = proposing.sign(promising.duty(asked.member), by=asked.member.actor)
    assert (found.state, promising.duty(asked.member).state) == (S.PUBLISHED, State.ACCEPTED)
    play.settle()


def test_nobody_else_signs(asked):
    promising.promise(asked.member, signed=False)
    promising.judge(asked.member, asked.secretary)
    with pytest.raises(Refused, match="本人办"):
        proposing.sign(promising.duty(asked.member), by=asked.secretary.actor)


def test_another_text_than_the_one_signed_is_never_published(asked):
    promising.promise(asked.member)
    Item.objects.update(text="别的话")
    with pytest.raises(Conflict, match="签名的原文"):
        promising.judge(asked.member, asked.secretary)
    assert promising.duty(asked.member).state == State.SUBMITTED


def test_every_item_must_be_judged(asked):
    found = promising.promise(asked.member, ONE, TWO)
    first = found.items.order_by("place")[0]
    with pytest.raises(Invalid, match="第 2 条还没有审"):
        reviewing.review(promising.duty(asked.member), {first.public_id: ""}, by=asked.secretary.actor)


def test_what_was_withdrawn_and_written_anew_is_not_judged_unseen(asked):
    found = promising.promise(asked.member)
    seen = found.version
    proposing.withdraw(promising.duty(asked.member), by=asked.member.actor)
    found = promising.promise(asked.member, TWO)
    given = {item.public_id: "" for item in found.items.all()}
    with pytest.raises(Conflict, match="撤回改过"):
        reviewing.review(promising.duty(asked.member), given, by=asked.secretary.actor, version=seen)


def test_a_return_can_be_disagreed_with_one_level_up(asked):
    promising.promise(asked.member)
    promising.judge(asked.member, asked.secretary, "太少")
    promising.promise(asked.member, objection="六次不少了")
    assert Submission.objects.order_by("-pk")[0].waits_at == asked.general
    assert promising.judge(asked.member, asked.dean).state == S.PUBLISHED


def test_once_published_it_is_not_written_over(asked):
    promising.published(asked.member, asked.secretary)
    with pytest.raises(Refused, match="申请变更"):
        promising.promise(asked.member, TWO)


def test_a_unit_promises_with_plan_and_goals_and_its_superior_judges(asked):
    words = promising.words()
    with pytest.raises(Invalid, match="活动方案摘要"):
        proposing.propose(promising.duty(asked.branch), words, by=asked.secretary.actor)
    words = promising.words(summary="每月一次主题活动", goals="全年四次志愿服务")
    proposing.propose(promising.duty(asked.branch), words, by=asked.secretary.actor)
    assert Submission.objects.get().waits_at == asked.general
    with pytest.raises(Refused, match="自己交的"):
        promising.judge(asked.branch, asked.secretary)
    assert promising.judge(asked.branch, asked.dean).state == S.PUBLISHED
    assert promising.duty(asked.branch).state == State.ACCEPTED


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (writing.Words(), "写一条承诺"),
        (promising.words(*[f"第 {n} 件" for n in range(21)]), "最多写 20 条"),
        (promising.words("长" * 1001), "最多 1000 字"),
        (promising.words(scope="everywhere"), "公开范围"),
    ],
)
def test_what_cannot_be_handed_in_says_where_and_what_to_do(asked, words, say):
    with pytest.raises(Invalid, match=say):
        proposing.propose(promising.duty(asked.member), words, by=asked.member.actor)
    assert not Commitment.objects.exists()
    assert promising.duty(asked.member).state == State.DUE


def test_two_tiers_judge_one_after_the_other(school):
    promising.run(review=("parent", "office"))
    promising.promise(school.member)
    found = promising.judge(school.member, school.secretary)
    assert (found.state, promising.duty(school.member).state) == (S.PROPOSED, State.SUBMITTED)
    assert promising.judge(school.member, school.office).state == S.PUBLISHED
