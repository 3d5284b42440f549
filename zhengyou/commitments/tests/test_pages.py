"""The room through its doors: writing on a phone, hints first, the review, keeping, lists; what is off says why."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from zhengyou.campaigns.models import State
from zhengyou.commitments.actions import changing, keeping, oral
from zhengyou.commitments.models import Commitment, Item
from zhengyou.commitments.tests import promising
from zhengyou.commitments.tests.promising import ONE, TWO
from zhengyou.journal import drafts
from zhengyou.kit import clock
from zhengyou.org.tests.builder import client

S = Commitment.State


def door(person, pk, then="", **data):
    """The page of a duty, or a POST to one of its doors."""
    at = f"/commitments/duty/{pk}/{then}"
    return client(person).post(at, data) if data else client(person).get(at)


def text(response):
    return response.content.decode()


def form(*items, **more):
    """What the form of a commitment posts."""
    data = {"version": "0", "scope": "unit", "sign": "1", "do": "hand_in", **more}
    for n, (what, measure, due) in enumerate(items):
        data |= {f"text-{n}": what, f"measure-{n}": measure, f"due-{n}": due, f"kind-{n}": "post"}
    return data


GOOD = (ONE, "有签到表", "2010-12-31")


def test_a_members_duty_leads_straight_to_the_form_with_three_things_to_fill_in(asked):
    pk = promising.duty(asked.member).pk
    page = text(door(asked.member, pk))
    seen = re.findall(r'<(?:textarea|input)[^>]* name="((?:text|measure|due)-0)"', page)
    assert sorted(seen) == ["due-0", "measure-0", "text-0"]
    assert 'name="sign" value="1" checked' in page
    assert f'href="/commitments/duty/{pk}/"' in text(client(asked.member).get(f"/duties/{pk}/"))


def test_handed_in_through_the_door_judged_through_the_door_it_is_public(asked):
    pk = promising.duty(asked.member).pk
    answer = door(asked.member, pk, "write/", **form(GOOD))
    found = Commitment.objects.get()
    assert answer.headers["Location"] == f"/commitments/{found.public_id}/"
    page = text(door(asked.secretary, pk, "review/"))
    assert ONE in page
    item = found.items.get()
    answer = door(asked.secretary, pk, "review/", **{f"v-{item.public_id}": "1", "opened": found.version})
    assert answer.status_code == 302
    found.refresh_from_db()
    assert (found.state, promising.duty(asked.member).state) == (S.PUBLISHED, State.ACCEPTED)


def test_the_review_of_ones_own_is_refused_at_the_door_with_the_reason(asked):
    pk = promising.duty(asked.secretary).pk
    found = promising.promise(asked.secretary)
    page = text(door(asked.secretary, pk, "review/"))
    assert "自己交的不能自己审" in page
    answer = door(asked.secretary, pk, "review/", **{f"v-{found.items.get().public_id}": "1"})
    assert (answer.status_code, promising.duty(asked.secretary).state) == (403, State.SUBMITTED)
    assert door(asked.dean, pk, "review/", do="all").status_code == 302
    assert promising.duty(asked.secretary).state == State.ACCEPTED


def test_a_superiors_own_is_nobodys_below(asked):
    pk = promising.duty(asked.dean).pk
    promising.promise(asked.dean)
    assert door(asked.secretary, pk, "review/").status_code in (403, 404, 200)
    assert door(asked.secretary, pk, "review/", do="all").status_code in (403, 404)
    assert promising.duty(asked.dean).state == State.SUBMITTED
    assert door(asked.office, pk, "review/", do="all").status_code == 302


def test_the_common_doors_take_no_commitment(asked):
    duty = promising.duty(asked.member)
    answer = client(asked.member).post(
        f"/duties/{duty.pk}/",
        {"has": "yes", "done": "写了", "changed": "有", "version": "0", "opened": duty.version},
    )
    assert answer.status_code == 403
    promising.promise(asked.member)
    answer = client(asked.secretary).post(f"/reviews/{duty.pk}/", {"do": "accept"})
    assert answer.status_code == 403
    assert promising.duty(asked.member).state == State.SUBMITTED
    assert client(asked.secretary).get(f"/reviews/{duty.pk}/").url == f"/commitments/duty/{duty.pk}/"
    queue = text(client(asked.secretary).get("/reviews/"))
    assert f'href="/commitments/duty/{duty.pk}/"' in queue


@pytest.mark.parametrize(
    ("item", "say"),
    [
        (("认真学习，不断提高认识", "", "2010-12-31"), "别人看不出做没做到"),
        (("遵守纪律，不迟到早退", "", "2010-12-31"), "不算承诺"),
        ((ONE, "签到表", ""), "没有写期限"),
        ((ONE, "签到表", "2010-01-05"), "已经过去了"),
    ],
)
def test_hints_come_to_the_author_first_and_the_second_time_it_goes_through(asked, item, say):
    pk = promising.duty(asked.member).pk
    answer = door(asked.member, pk, "write/", **form(item))
    page = text(answer)
    assert answer.status_code == 200
    assert say in page
    assert not Commitment.objects.exists()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert door(asked.member, pk, "write/", **form(item, seen=seen, version=version)).status_code == 302
    assert say in text(door(asked.secretary, pk, "review/"))


def test_what_another_wrote_is_told_to_the_author_without_a_name(asked):
    promising.promise(asked.far, ONE)
    promising.promise(asked.member2, TWO)
    pk = promising.duty(asked.member).pk
    for copied in (ONE, TWO + "。"):
        page = text(door(asked.member, pk, "write/", **form((copied, "签到表", "2010-12-31"))))
        assert "和别人已经写的几乎一样" in page
        assert asked.far.name not in page
        drafts.drop(asked.member.actor.id, f"duty:{pk}")
    own = ("给宿舍楼每层装一个旧书架", "九个书架", "2010-12-31")
    assert door(asked.member, pk, "write/", **form(own)).status_code == 302


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(asked):
    pk = promising.duty(asked.member).pk
    answer = door(asked.member, pk, "write/", **form(("", "看签到表", "2010-12-31"), ("种树", "", "明天")))
    page = text(answer)
    assert answer.status_code == 422
    assert 'href="#id_text-0"' in page
    assert "看不懂这个日期" in page
    assert "看签到表" in page
    assert not Commitment.objects.exists()


def test_an_emptied_item_falls_away(asked):
    pk = promising.duty(asked.member).pk
    assert door(asked.member, pk, "write/", **form(GOOD, ("", "", ""))).status_code == 302
    assert Item.objects.count() == 1


def test_the_draft_saves_itself_and_two_tabs_are_asked(asked):
    pk = promising.duty(asked.member).pk
    browser = client(asked.member)
    at = f"/commitments/duty/{pk}/draft/"
    first = browser.post(at, form(GOOD), headers={"Accept": "application/json"})
    assert json.loads(first.content)["version"] == 1
    assert ONE in text(browser.get(f"/commitments/duty/{pk}/"))
    browser.post(at, form((TWO, "", ""), version="1"), headers={"Accept": "application/json"})
    clash = browser.post(
        at, form(("第三种写法", "", ""), version="1"), headers={"Accept": "application/json"}
    )
    assert clash.status_code == 409
    assert browser.get(f"/commitments/duty/{pk}/").headers["Location"].endswith("/versions/")
    page = text(browser.get(f"/commitments/duty/{pk}/versions/"))
    assert "第三种写法" in page
    browser.post(f"/commitments/duty/{pk}/versions/", {"keep": "2"})
    assert TWO in text(browser.get(f"/commitments/duty/{pk}/"))


def test_one_item_more_keeps_what_was_typed(asked):
    pk = promising.duty(asked.member).pk
    answer = door(asked.member, pk, "write/", **form(GOOD, do="more"))
    page = text(client(asked.member).get(answer.headers["Location"].split("#")[0]))
    assert ONE in page
    assert 'name="text-1"' in page


def test_a_return_shows_the_reasons_at_the_item_and_the_others_need_nothing(asked):
    pk = promising.duty(asked.member).pk
    found = promising.promise(asked.member, ONE, TWO)
    one, two = found.items.order_by("place")
    answer = door(
        asked.secretary,
        pk,
        "review/",
        **{f"v-{one.public_id}": "1", f"reasons-{two.public_id}": "几台还能用"},
    )
    assert answer.status_code == 302
    page = text(door(asked.member, pk))
    assert "上次已通过，不用动" in page
    assert "几台还能用" in page


def test_what_was_neither_ticked_nor_written_is_asked_back(asked):
    pk = promising.duty(asked.member).pk
    found = promising.promise(asked.member, ONE, TWO)
    one, two = found.items.order_by("place")
    answer = door(asked.secretary, pk, "review/", **{f"v-{one.public_id}": "1"})
    assert (answer.status_code, "第 2 条还没有审" in text(answer)) == (422, True)
    both = {f"v-{one.public_id}": "1", f"reasons-{one.public_id}": "不行", f"v-{two.public_id}": "1"}
    answer = door(asked.secretary, pk, "review/", **both)
    assert (answer.status_code, "既勾了通过" in text(answer)) == (422, True)
    assert promising.duty(asked.member).state == State.SUBMITTED


def test_not_signed_the_author_signs_with_one_tap(asked):
    promising.promise(asked.member, signed=False)
    found = promising.judge(asked.member, asked.secretary)
    page = text(client(asked.member).get(f"/commitments/{found.public_id}/"))
    assert "签名并公布" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    pk = promising.duty(asked.member).pk
    assert door(asked.secretary, pk, "sign/", seen=seen).status_code == 403
    assert door(asked.member, pk, "sign/", seen=seen).status_code == 302
    found.refresh_from_db()
    assert found.state == S.PUBLISHED


def test_said_aloud_written_down_and_confirmed_on_the_own_phone(asked):
    pk = promising.duty(asked.member).pk
    assert "记下口头承诺" in text(door(asked.secretary, pk))
    assert door(asked.secretary, pk, "note/", **form(GOOD)).status_code == 302
    assert Commitment.objects.get().state == S.NOTED
    page = text(door(asked.member, pk))
    assert "替您记下了您说的" in page
    assert ONE in page
    ident = Item.objects.get().public_id
    assert door(asked.member, pk, "write/", **form(GOOD, **{"id-0": ident})).status_code == 302
    assert promising.duty(asked.member).state == State.SUBMITTED


@pytest.mark.parametrize("who", ["dean", "secretary2", "office", "member2"])
def test_nobody_else_writes_down_for_a_member(asked, who):
    pk = promising.duty(asked.member).pk
    assert door(getattr(asked, who), pk, "note/", **form(GOOD)).status_code in (403, 404)
    assert not Commitment.objects.exists()


def test_claimed_with_a_file_and_confirmed_on_the_items_page(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    at = f"/commitments/items/{item.public_id}/"
    file = SimpleUploadedFile("签到.txt", "六次签到".encode())
    answer = client(asked.member).post(at, {"do": "claim", "text": "做了六次", "file": file, "opened": "0"})
    assert answer.status_code == 302
    page = text(client(asked.secretary).get(at))
    assert "签到.txt" in page
    served = client(asked.secretary).get(f"{at}files/{item.evidence.get().pk}/")
    assert b"".join(served.streaming_content).decode() == "六次签到"
    assert client(asked.member2).get(f"{at}files/{item.evidence.get().pk}/").status_code == 404
    assert client(asked.member).post(at, {"do": "confirm", "opened": "1"}).status_code == 403
    assert client(asked.secretary).post(at, {"do": "confirm", "opened": "1"}).status_code == 302
    item.refresh_from_db()
    assert item.state == Item.State.KEPT
    page = text(client(asked.member).get(f"/commitments/{item.commitment.public_id}/"))
    assert "认定兑现了" in page


def test_both_texts_of_a_change_are_read_on_the_page(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    at = f"/commitments/items/{item.public_id}/"
    data = {
        "do": "change",
        "new": TWO,
        "measure": "借条",
        "due": "2011-01-20",
        "reason": "答疑归学院了",
        "opened": "0",
    }
    assert client(asked.member).post(at, data).status_code == 302
    change = item.changes.get()
    assert client(asked.member).post(at, {"do": "approve", "change": change.public_id}).status_code == 403
    assert client(asked.secretary).post(at, {"do": "refuse", "change": change.public_id}).status_code == 422
    assert client(asked.secretary).post(at, {"do": "approve", "change": change.public_id}).status_code == 302
    page = text(client(asked.member).get(at))
    assert f'<del class="zy">{ONE}</del>' in page
    assert f'<ins class="zy">{TWO}</ins>' in page
    assert "答疑归学院了" in page


def test_a_release_without_saying_to_whom_it_was_told_is_asked_back(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    at = f"/commitments/items/{item.public_id}/"
    answer = client(asked.member).post(at, {"do": "release", "why": "外出交换", "told": "", "opened": "0"})
    assert (answer.status_code, "写上向谁说明过" in text(answer), "外出交换" in text(answer)) == (
        422,
        True,
        True,
    )


def test_others_are_led_to_the_wall_and_know_nothing_of_what_is_not_public(asked):
    found = promising.promise(asked.member)
    assert client(asked.member2).get(f"/commitments/{found.public_id}/").status_code == 404
    assert client(asked.secretary2).get(f"/commitments/{found.public_id}/").status_code == 404
    promising.judge(asked.member, asked.secretary)
    answer = client(asked.member2).get(f"/commitments/{found.public_id}/")
    assert answer.headers["Location"] == f"/wall/promise/{found.public_id}/"
    assert client(asked.member2).get(f"/commitments/items/{found.items.get().public_id}/").status_code == 404


def test_the_list_says_what_waits_for_whom(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    keeping.claim(item, "做了", by=asked.member.actor)
    assert "等您认定的（1 条）" in text(client(asked.secretary).get("/commitments/"))
    assert "等您认定的" not in text(client(asked.dean).get("/commitments/"))
    (own,) = promising.published(asked.secretary, asked.dean, TWO)
    keeping.claim(own, "装好了", by=asked.secretary.actor)
    assert "等您认定的（1 条）" in text(client(asked.dean).get("/commitments/"))
    change = changing.ask_release
    (third,) = promising.published(asked.member2, asked.secretary, "借书三十本给学弟")
    change(third, reason="书丢了", told="学弟", by=asked.member2.actor)
    page = text(client(asked.secretary).get("/commitments/"))
    assert "等您认定的（2 条）" in page
    assert "申请变更或免除" in page


def test_the_member_is_reminded_on_the_list_a_week_before(asked):
    promising.published(asked.member, asked.secretary)
    assert "快到期限的承诺" not in text(client(asked.member).get("/commitments/"))
    with clock.playing(promising.DAY):
        assert "快到期限的承诺" in text(client(asked.member).get("/commitments/"))


def test_what_was_not_kept_without_cause_is_listed_above_without_the_name(asked):
    (item,) = promising.published(asked.member, asked.secretary, "借书三十本给学弟")
    item = keeping.claim(item, "忘了", by=asked.member.actor, kept=False)
    keeping.decide(item, True, by=asked.secretary.actor, explained=False)
    assert client(asked.member).get("/commitments/unkept/").status_code == 403
    above = text(client(asked.dean).get("/commitments/unkept/"))
    assert "借书三十本给学弟" in above
    assert asked.member.name not in above
    assert asked.member.name in text(client(asked.secretary).get("/commitments/unkept/"))
    assert "借书三十本" not in text(client(asked.secretary2).get("/commitments/unkept/"))


def test_the_list_as_a_workbook_holds_what_the_page_holds(asked):
    promising.published(asked.member, asked.secretary)
    oral.note(promising.duty(asked.member2), promising.words(TWO), by=asked.secretary.actor)
    assert client(asked.secretary).get("/commitments/export/").status_code == 200
    assert asked.member.name not in text(client(asked.secretary2).get("/commitments/"))
    assert "等本人确认" in text(client(asked.secretary).get("/commitments/"))
    assert asked.member2.name not in text(client(asked.dean).get("/commitments/?state=15"))


def test_the_word_file_holds_the_words_signature_and_review(asked):
    promising.published(asked.member, asked.secretary, ONE, TWO)
    found = Commitment.objects.get()
    at = f"/commitments/{found.public_id}/word/"
    assert client(asked.member2).get(at).status_code == 404
    answer = client(asked.secretary).get(at)
    document = Document(io.BytesIO(answer.content))
    said = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for text in (ONE, TWO, asked.member.name, asked.secretary.name, "2010年12月31日"):
        assert text in said


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"do": "change", "new": " ", "reason": ""}, ("id_new", "id_reason")),
        (
            {"do": "change", "new": "字" * 2001, "reason": "", "due": "2010-01-01"},
            ("id_new", "id_reason", "id_due"),
        ),
        ({"do": "change", "new": "改", "reason": "因", "due": "2010-01-01"}, ("id_due",)),
        ({"do": "change", "new": "字" * 1001, "reason": "因"}, ("id_new",)),
        ({"do": "release", "why": "", "told": ""}, ("id_why", "id_told")),
        ({"do": "unkept", "text": ""}, ("id_unkept",)),
    ],
)
def test_every_fault_leads_to_its_own_field_of_the_items_page(asked, sent, fields):
    (item,) = promising.published(asked.member, asked.secretary)
    answer = client(asked.member).post(f"/commitments/items/{item.public_id}/", sent)
    page = text(answer)
    assert answer.status_code == 422
    assert tuple(re.findall(r'<li><a href="#(\w+)">', page)) == fields
    for field in fields:
        assert re.search(rf'<div class="zy-q zy-err"><label for="{field}">', page), field


def test_faults_of_a_units_form_stand_in_the_order_of_the_page_and_the_button_does_not_say_as_it_is(asked):
    duty = promising.duty(asked.branch)
    sent = {"text-0": "字" * 1001, "summary": "", "goals": "", "scope": "all", "version": "0"}
    answer = client(asked.secretary).post(f"/commitments/duty/{duty.pk}/write/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#(\w+-?\d?)">', page) == ["id_summary", "id_goals", "id_text-0"]
    assert "就这样交" not in page
