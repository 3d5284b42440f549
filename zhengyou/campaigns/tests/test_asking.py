"""Asking the superior: whom a question goes to, who reads it, by when it is answered, answers for everybody."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns import actions, asking
from zhengyou.campaigns.actions.asking import answer, ask
from zhengyou.campaigns.models import Question, Task
from zhengyou.campaigns.tests import play, speech
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org.tests.builder import client

TEXT = "承诺书要写几条？"


@pytest.fixture
def school(db):
    return speech.build()


@pytest.fixture
def campaign(school):
    return speech.start(school)


@pytest.fixture(autouse=True)
def today(house_clock):
    with clock.playing(date(2010, 7, 8)):
        yield


def text(response):
    return response.content.decode()


def about(school):
    return play.duty_of(school.member, "commitment_member")


def asked(school):
    return ask(about(school), TEXT, by=school.member.actor)


def task(code="commitment_member"):
    return Task.objects.get(code=code)


def test_a_members_question_goes_to_who_reviews_with_the_default_days(school, campaign):
    made = asked(school)
    assert (made.asked_at_id, made.unit_id) == (school.branch.pk, school.branch.pk)
    assert made.due_on == date(2010, 7, 15)
    assert made.duty_id == about(school).pk
    assert Entry.objects.get(verb="question.asked").subject == f"question:{made.public_id}"


def test_the_packs_own_days_hold_where_it_states_them(school):
    stated = speech.SPEECH.read_text("utf8").replace(
        "  zone: Asia/Shanghai\n", "  zone: Asia/Shanghai\n  ask_days: 3\n"
    )
    speech.start(school, stated)
    assert asked(school).due_on == date(2010, 7, 11)


def test_nobody_is_asked_what_they_ask_themselves(school, campaign):
    own = ask(play.duty_of(school.secretary, "commitment_member"), TEXT, by=school.secretary.actor)
    assert own.asked_at_id == school.general.pk
    unit = ask(play.duty_of(school.branch, "plan"), TEXT, by=school.secretary.actor)
    assert unit.asked_at_id == school.general.pk
    with pytest.raises(Refused, match="上一级答复"):
        answer(own, "三条", by=school.secretary.actor)
    top = ask(play.duty_of(school.general, "plan"), TEXT, by=school.dean.actor)
    assert top.asked_at_id == school.root.pk


def test_a_task_of_the_plan_may_be_asked_about_by_everybody_who_reads_it(school, campaign):
    made = ask(task("plan"), TEXT, by=school.member.actor)
    assert (made.duty_id, made.asked_at_id) == (None, school.branch.pk)
    dean = ask(task("plan"), TEXT, by=school.dean.actor)
    assert dean.asked_at_id == school.root.pk
    with pytest.raises(Refused, match="不在任何单位"):
        ask(task("plan"), TEXT, by=school.stranger.actor)


def test_only_who_answers_for_a_duty_asks_about_it(school, campaign):
    for who in (school.secretary, school.neighbour, school.office):
        with pytest.raises(Refused):
            ask(about(school), TEXT, by=who.actor)
    assert not Question.objects.exists()


@pytest.mark.parametrize(("said", "why"), [("  ", "写上"), ("问" * 1001, "最多 1000 字")])
def test_a_question_says_something_in_at_most_a_thousand_characters(school, campaign, said, why):
    with pytest.raises(Invalid, match=why):
        ask(about(school), said, by=school.member.actor)


def test_who_reads_a_question_is_the_asker_the_asked_and_the_office(school, campaign):
    made = asked(school)
    seen = {
        name: client(getattr(school, name)).get(f"/questions/{made.public_id}/").status_code
        for name in ("member", "secretary", "office", "dean", "leader", "secretary2", "member2", "neighbour")
    }
    assert seen == {
        "member": 200, "secretary": 200, "office": 200, "dean": 404,
        "leader": 404, "secretary2": 404, "member2": 404, "neighbour": 404,
    }  # fmt: skip


def test_it_stands_on_both_desks_until_it_is_answered_and_then_on_the_askers(school, campaign):
    made = asked(school)
    desk = text(client(school.secretary).get("/desk/"))
    assert "等您答复的问题" in desk
    assert TEXT in desk
    assert TEXT in text(client(school.member).get("/desk/?as=me"))
    assert TEXT not in text(client(school.secretary2).get("/desk/"))
    with clock.playing(date(2010, 7, 17)):
        assert "逾期 2 天" in text(client(school.secretary).get("/desk/"))
        answer(made, "三条就够", by=school.secretary.actor)
        assert TEXT not in text(client(school.secretary).get("/desk/"))
        assert "已答复" in text(client(school.member).get("/desk/?as=me"))
        assert "三条就够" in text(client(school.member).get(f"/duties/{about(school).pk}/"))
    with clock.playing(date(2010, 8, 20)):
        assert TEXT not in text(client(school.member).get("/desk/?as=me"))


def test_a_question_is_answered_once(school, campaign):
    made = asked(school)
    answer(made, "三条", by=school.secretary.actor)
    with pytest.raises(Conflict, match="刚才已经有人"):
        answer(made, "五条", by=school.office.actor)
    assert Question.objects.get().answer == "三条"


@pytest.mark.parametrize("who", ["member2", "secretary2", "leader", "neighbour"])
def test_strangers_to_a_question_cannot_answer_it(school, campaign, who):
    with pytest.raises(Refused):
        answer(asked(school), "三条", by=getattr(school, who).actor)


def test_a_common_answer_is_read_by_all_and_never_says_who_asked(school, campaign):
    made = ask(play.duty_of(school.member2, "commitment_member"), TEXT, by=school.member2.actor)
    with pytest.raises(Invalid, match="问的是什么"):
        answer(made, "三条就够", by=school.secretary.actor, common=True)
    answer(made, "三条就够", by=school.secretary.actor, common=True, for_all="承诺写几条")
    for who in (school.far, school.neighbour):
        page = text(client(who).get(f"/duties/{play.duty_of(who, 'commitment_member').pk}/"))
        assert "承诺写几条" in page
        assert "三条就够" in page
        assert TEXT not in page
        assert school.member2.name not in page
    page = text(client(school.far).get(f"/tasks/{task().pk}/ask/"))
    assert "三条就够" in page
    assert school.member2.name not in page
    assert "大家问过 1 个" in text(client(school.far).get(f"/campaigns/{campaign.public_id}/"))


def test_a_question_is_asked_and_answered_on_the_pages(school, campaign):
    duty = about(school)
    page = client(school.member).get(f"/duties/{duty.pk}/")
    assert f"/duties/{duty.pk}/ask/" in text(page)
    assert client(school.member).post(f"/duties/{duty.pk}/ask/", {"text": ""}).status_code == 422
    sent = client(school.member).post(f"/duties/{duty.pk}/ask/", {"text": TEXT})
    assert sent.status_code == 302
    made = Question.objects.get()
    address = f"/questions/{made.public_id}/"
    assert client(school.secretary).post(address, {"answer": ""}).status_code == 422
    assert client(school.member).post(address, {"answer": "自己答"}).status_code == 403
    assert client(school.secretary).post(address, {"answer": "三条"}).status_code == 302
    assert "三条" in text(client(school.member).get(address))
    assert client(school.secretary).get(f"/duties/{duty.pk}/ask/").status_code == 200  # sees it, may not ask
    assert client(school.neighbour).get(f"/duties/{duty.pk}/ask/").status_code == 404


def test_the_office_lists_everything_open_and_others_what_waits_for_them(school, campaign):
    asked(school)
    assert TEXT in text(client(school.office).get("/questions/?show=all"))
    assert TEXT not in text(client(school.office).get("/questions/"))
    assert TEXT in text(client(school.secretary).get("/questions/"))
    assert TEXT in text(client(school.member).get("/questions/?show=mine"))
    assert TEXT not in text(client(school.dean).get("/questions/?show=all"))
    assert asking.waiting_for(play.authority(school.secretary)).count() == 1
    actions.tick()
