"""The desk and a person's rights: requests to decide, answers, names opened with a reason; what rises after the grace."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from zhengyou.campaigns.models import Campaign, Mail, Slot
from zhengyou.campaigns.tests import play
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org.actions import requests
from zhengyou.org.actions.glass import break_glass
from zhengyou.org.models import Look, Person
from zhengyou.org.tests.builder import BY, client
from zhengyou.overview.desk import escalated
from zhengyou.overview.tests import stage
from zhengyou.packs.locations import locate

TODAY = stage.TODAY


def desk(person, query=""):
    page = client(person).get(reverse("desk") + query).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def ask(school):
    return requests.ask(school.member, "correct", about="name", new_text="张卫", by=school.member.actor)


def test_a_waiting_request_stands_on_the_desk_of_who_decides_it(stageful):
    ask(stageful)
    assert "1 个个人申请等您决定" in desk(stageful.secretary)
    assert "12月7日前" in desk(stageful.secretary)
    assert "1 个个人申请等您决定" in desk(stageful.office)
    for who in ("secretary2", "dean", "member", "leader"):
        assert "等您决定" not in desk(stageful.people[who])


def test_a_request_to_the_office_is_not_on_the_secretarys_desk(stageful):
    requests.ask(stageful.member, "erase", reason="要走了", by=stageful.member.actor)
    assert "等您决定" not in desk(stageful.secretary)
    assert "1 个个人申请等您决定" in desk(stageful.office)


def test_the_answer_stands_on_the_persons_desk_for_a_fortnight(stageful):
    requests.decide(ask(stageful), grant=False, answer="不对", by=stageful.secretary.actor)
    assert "没有同意" in desk(stageful.member)
    assert "等您决定" not in desk(stageful.secretary)
    with clock.playing(TODAY + timedelta(days=15)):
        assert "没有同意" not in desk(stageful.member)


def test_glass_stands_on_the_persons_desk_at_once(stageful):
    break_glass(stageful.member, by=stageful.leader.actor, reason="核对督查的材料")
    page = desk(stageful.member)
    assert "核对督查的材料" in page
    assert stageful.leader.name in page
    assert "核对督查的材料" not in desk(stageful.member2)


# Looks


@pytest.mark.parametrize(
    ("door", "words"), [("missing", "看了没交的人的名单"), ("missing_export", "导出了没交的人的名单")]
)
def test_a_missing_list_with_names_is_a_look_at_the_unit(stageful, door, words):
    slot = Slot.objects.get(task__code="theme")
    address = reverse(door, args=[stageful.branch.public_id, slot.pk])
    client(stageful.office).get(address)  # sees no names
    assert not Look.objects.exists()
    client(stageful.secretary).get(address)
    looks = {"part": "looks"}
    assert words in client(stageful.member).get(reverse("me"), looks).content.decode()
    assert words not in client(stageful.far).get(reverse("me"), looks).content.decode()


def test_rows_with_names_are_a_look_and_rows_without_are_none(stageful):
    address = (
        reverse("board_rows", args=[stageful.branch.public_id, "owed"]) + f"?task={stage.ids()['theme']}"
    )
    client(stageful.office).get(address)
    assert not Look.objects.exists()
    client(stageful.secretary).get(address)
    assert Look.objects.get().unit == stageful.branch


# Escalation


@pytest.fixture
def grace(stageful):
    """The campaign lets things rise after five days."""
    return {Campaign.objects.get().pk: 5}


def rows(unit, grace, day=TODAY):
    return {one.name: (one.n, one.days) for one in escalated.read(unit.pk, grace, day)}


def test_what_is_overdue_beyond_the_grace_rises_one_level_as_a_count(stageful, grace):
    found = rows(stageful.general, grace)
    days = (TODAY - date(2010, 9, 15)).days
    assert found["国贸2008级学生第一党支部"] == (stage.by_hand({stageful.branch.pk})["overdue"], days)
    assert "经济贸易学院党总支" not in found  # the own unit's is the own desk's
    assert not set(found) & set(rows(stageful.root, grace))


def test_within_the_grace_nothing_rises(stageful, grace):
    late = dict.fromkeys(grace, 1000)
    assert rows(stageful.general, late) == {}
    assert rows(stageful.general, {}) == {}


def test_each_campaign_has_its_own_grace(stageful, grace):
    with clock.playing(date(2010, 9, 1)):
        other = play.run(play.member_task("old", play.slot("9", date(2010, 9, 1), date(2010, 9, 5))))
    first = Campaign.objects.exclude(pk=other.pk).get().pk
    alone = rows(stageful.general, grace)
    assert rows(stageful.general, {first: 5, other.pk: 1000}) == alone
    assert rows(stageful.general, {first: 5, other.pk: 5}) != alone


def test_a_level_without_a_first_responsible_person_is_passed_over(stageful, grace):
    org.end_post(stageful.dean.posts.get(first_responsible=True), by=BY)
    found = rows(stageful.root, grace)
    assert "国贸2008级学生第一党支部" in found
    assert "汉语言2009级学生党支部" not in found  # its general branch has one


def test_the_desk_shows_counts_and_no_names(stageful):
    text = (
        locate("excellence-2010")
        .read_text("utf8")
        .replace("returned_days:", "escalate_after: 5\n  returned_days:", 1)
    )
    Campaign.objects.update(text=text, sha256="escalating")
    page = desk(stageful.dean)
    assert "下级逾期太久的" in page
    part = page.split("下级逾期太久的")[1]
    assert "国贸2008级学生第一党支部" in part
    for name in Person.objects.filter(affiliations__unit=stageful.branch).values_list("name", flat=True):
        assert name not in part
    assert "下级逾期太久的" not in desk(stageful.secretary)


# Outbox


def test_the_outbox_counts_and_shows_no_letter(stageful):
    Mail.objects.create(
        person=stageful.member,
        week=TODAY,
        subject="秘密的题目",
        body="秘密的信",
        state=Mail.State.FAILED,
        why="X",
        entry_id=1,
    )
    page = client(stageful.office).get(reverse("outbox")).content.decode()
    assert "秘密" not in page
    assert "张伟" in page  # whose address is to be mended
    assert "ZHENGYOU_EMAIL_URL" in page
    assert client(stageful.secretary).get(reverse("outbox")).status_code == 403
    assert "秘密的信" in client(stageful.member).get(reverse("me"), {"part": "written"}).content.decode()
    assert play.SYSTEM.id not in page
