"""Questions from the wall and difficulties: who reads them, codes, no trace of who asked without a name, limits."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zhengyou.commitments import counting
from zhengyou.commitments.actions import asking, deeds
from zhengyou.commitments.models import AskCount, AskDay, Deed, Item, WallQuestion
from zhengyou.commitments.tests.hung import hang
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import client

CODE = re.compile(r'id="code">([^<]+)<')


@pytest.fixture
def school(db):
    return builder.build()


@pytest.fixture
def promise(school):
    return hang(school.branch, school.branch, "每周三晚修电脑", scope="web")


def ask(who, promise, text="修到几点？", **more):
    browser = client(who) if who else Client()
    return browser.post(reverse("wall_ask", args=[promise.public_id]), {"text": text, **more})


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return {repr(row) for row in cursor.fetchall()}


def new_rows(act):
    """Every row that an act adds or changes, in every table."""
    tables = connection.introspection.table_names()
    before = {table: rows(table) for table in tables}
    act()
    return {table: fresh for table in tables if (fresh := rows(table) - before[table])}


def test_who_asks_without_a_name_is_in_no_table(school, promise):
    browser = client(school.member)
    url = reverse("wall_ask", args=[promise.public_id])
    browser.get(url)
    answers = []
    fresh = new_rows(
        lambda: answers.append(
            browser.post(url, {"text": "修到几点？", "named": "0", "key": "k1"}, REMOTE_ADDR="203.0.113.9")
        )
    )
    code = CODE.search(answers[0].content.decode())[1].replace(" ", "")
    assert "commitments_wallquestion" in fresh
    told = {table: " ".join(found) for table, found in fresh.items() if table != "django_session"}
    for secret in (school.member.public_id, school.member.number, school.member.name, "203.0.113.9", code):
        assert not any(secret in text for text in told.values()), (secret, told)
    question = WallQuestion.objects.get()
    assert question.person is None
    assert {table for table in fresh if table.startswith("org_")} == set()


def test_it_says_beforehand_who_reads_it_and_whether_there_is_a_name(school, promise):
    found = Client().get(reverse("wall_ask", args=[promise.public_id])).content.decode()
    assert "国贸2008级学生第一党支部」的负责人、「经济贸易学院党总支」的负责人" in found
    assert "不写名字" in found
    assert "实名：" not in found
    assert "实名：" in client(school.far).get(reverse("wall_ask", args=[promise.public_id])).content.decode()


def test_the_code_opens_the_answer_and_only_the_unit_and_the_level_above_read_the_question(school, promise):
    page = ask(None, promise, "修到几点？").content.decode()
    code = CODE.search(page)[1]
    question = WallQuestion.objects.get()
    url = reverse("wall_question", args=[question.public_id])
    for who in ("member", "secretary2", "dean2", "far", "office", "leader"):
        assert client(school.people[who]).get(url).status_code == 404, who
    for who in ("secretary", "dean"):
        assert "修到几点？" in client(school.people[who]).get(url).content.decode()
    assert client(school.dean).post(url, {"answer": "修到九点半。"}).status_code == 302
    assert "修到九点半。" in Client().post("/wall/code/", {"code": code.upper()}).content.decode()
    assert Client().get("/wall/code/", {"code": code}).content.decode().count("修到九点半。") == 0
    for who in (None, school.far):
        browser = client(who) if who else Client()
        assert "修到几点？" not in browser.get("/wall/").content.decode()


def test_a_named_question_is_read_in_the_own_list(school, promise):
    assert ask(school.far, promise, named="1").status_code == 302
    question = WallQuestion.objects.get()
    asking.answer(question, "修到九点半。", by=school.secretary.actor)
    assert question.person is None or question.person == school.far
    url = reverse("wall_question", args=[question.public_id])
    assert "修到九点半。" in client(school.far).get(url).content.decode()
    assert school.far.name in client(school.secretary).get(url).content.decode()
    assert "修到几点" in client(school.far).get("/wall/questions/").content.decode()


def test_a_question_is_answered_once_and_never_by_who_asked(school, promise):
    question, _code = asking.ask(promise, "修到几点？", by=school.secretary.actor)
    with pytest.raises(Refused, match="自己问的不能自己答"):
        asking.answer(question, "九点", by=school.secretary.actor)
    asking.answer(question, "九点", by=school.dean.actor)
    with pytest.raises(Conflict):
        asking.answer(question, "十点", by=school.dean.actor)
    with pytest.raises(Invalid):
        asking.ask(promise, "  ", by=school.far.actor)


def test_without_a_name_one_address_asks_five_times_a_day(school, promise):
    for _n in range(5):
        assert ask(None, promise).status_code == 200
    answer = ask(None, promise)
    assert answer.status_code == 429
    assert "今天从这里不写名字提的太多了" in answer.content.decode()
    assert "修到几点？" in answer.content.decode()
    elsewhere = Client(REMOTE_ADDR="10.9.9.9").post(
        reverse("wall_ask", args=[promise.public_id]), {"text": "另一处"}
    )
    assert elsewhere.status_code == 200
    assert ask(school.far, promise, named="1").status_code == 302
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert ask(None, promise).status_code == 200
        assert AskDay.objects.count() == 1
        assert AskCount.objects.count() == 1


def test_wrong_codes_are_counted_and_all_get_one_sentence(school, promise, monkeypatch):
    monkeypatch.setitem(counting.MOST, "code", 2)
    first = Client().post("/wall/code/", {"code": "abcd"})
    assert first.status_code == 422
    assert "没有这个查询码" in first.content.decode()
    assert Client().post("/wall/code/", {"code": ""}).status_code == 422
    assert Client().post("/wall/code/", {"code": "abcd"}).status_code == 429


def test_what_one_may_not_see_cannot_be_asked_about(school):
    hidden = hang(school.branch3, school.branch3, "本单位的", scope="unit")
    url = reverse("wall_ask", args=[hidden.public_id])
    assert Client().get(url).status_code == 404
    assert client(school.member).post(url, {"text": "?"}).status_code == 404
    assert client(school.far).get(url).status_code == 200


def test_a_difficulty_raised_without_a_name_is_taken_up_done_disputed_and_confirmed_with_the_code(
    school, promise
):
    sent = Client().post("/deeds/new/", {"unit": school.branch.public_id, "text": "自习室灯坏了三盏"})
    code = CODE.search(sent.content.decode())[1]
    deed = Deed.objects.get()
    assert (deed.raised_by, deed.named) == (None, False)
    url = reverse("deed", args=[deed.public_id])
    assert client(school.far).get(url).status_code == 404
    head = client(school.secretary)
    due = (clock.today() + timedelta(days=7)).isoformat()
    assert head.post(url, {"act": "take_up", "owner": "", "due_on": ""}).status_code == 422
    for act in ("nothing known", "take_up", "link"):
        assert (
            head.post(url, {"act": act, "owner": "x", "item": "x", "due_on": "2010-02-31"}).status_code == 422
        )
    assert (
        head.post(url, {"act": "take_up", "owner": school.member2.public_id, "due_on": due}).status_code
        == 302
    )
    assert client(school.member2).post(url, {"act": "done", "outcome": "换了三盏"}).status_code == 302
    assert head.post(url, {"act": "confirm"}).status_code == 403
    open_web = Client()
    assert "换了三盏" in open_web.post("/wall/code/", {"code": code}).content.decode()
    open_web.post("/wall/code/", {"code": code, "act": "dispute", "reply": "还有一盏"})
    deed.refresh_from_db()
    assert (deed.state, deed.reply) == (Deed.State.DISPUTED, "还有一盏")
    assert (
        head.post(url, {"act": "take_up", "owner": school.member2.public_id, "due_on": due}).status_code
        == 302
    )
    client(school.member2).post(url, {"act": "done", "outcome": "都换了"})
    open_web.post("/wall/code/", {"code": code, "act": "confirm"})
    deed.refresh_from_db()
    assert (deed.state, deed.confirmed_on) == (Deed.State.CONFIRMED, clock.today())


def test_a_named_difficulty_is_declined_with_a_reason_that_its_raiser_reads(school):
    deed, code = deeds.raise_deed(school.branch, "宿舍没有热水", by=school.member.actor)
    assert code == ""
    with pytest.raises(Invalid):
        deeds.decline(deed, "", by=school.secretary.actor)
    deeds.decline(deed, "归后勤管，已经转去", by=school.secretary.actor)
    found = client(school.member).get(reverse("deed", args=[deed.public_id])).content.decode()
    assert "归后勤管，已经转去" in found
    with pytest.raises(Conflict):
        deeds.decline(deed, "再说一次", by=school.secretary.actor)


def test_who_raised_it_neither_takes_it_up_nor_sees_to_it(school):
    deed, _code = deeds.raise_deed(school.branch, "灯坏了", by=school.secretary.actor)
    due = clock.today() + timedelta(days=3)
    with pytest.raises(Refused, match="自己提的由别人接办"):
        deeds.take_up(deed, school.member, due, by=school.secretary.actor)
    with pytest.raises(Invalid):
        deeds.take_up(deed, school.secretary, due, by=school.dean.actor)
    with pytest.raises(Invalid):
        deeds.take_up(deed, school.far, due, by=school.dean.actor)
    deeds.take_up(deed, school.member, due, by=school.dean.actor)


def test_a_code_judges_nothing_but_its_own_difficulty(school):
    named, _none = deeds.raise_deed(school.branch, "灯坏了", by=school.member.actor)
    deeds.take_up(named, school.member2, clock.today(), by=school.secretary.actor)
    named.refresh_from_db()
    deeds.done(named, "换了", by=school.member2.actor)
    named.refresh_from_db()
    with pytest.raises(Refused):
        deeds.confirm(named, by=asking.WALL, by_code=True)
    deeds.confirm(named, by=school.member.actor)


def test_a_difficulty_becomes_a_promise_of_the_unit(school, promise):
    deed, _code = deeds.raise_deed(school.branch, "灯坏了", by=school.member.actor)
    other = hang(school.branch2, school.branch2, "别的单位的")
    with pytest.raises(Invalid):
        deeds.link(deed, Item.objects.get(commitment=other), by=school.secretary.actor)
    deeds.link(deed, promise.items.get(), by=school.secretary.actor)
    assert promise.items.get().deeds.get() == deed


def test_without_signing_in_difficulties_go_only_to_units_on_the_open_wall(school, promise):
    found = Client().get("/deeds/new/").content.decode()
    assert school.branch.public_id in found
    assert school.branch3.public_id not in found
    assert Client().post("/deeds/new/", {"unit": school.branch3.public_id, "text": "x"}).status_code == 422
    assert not Deed.objects.exists()
