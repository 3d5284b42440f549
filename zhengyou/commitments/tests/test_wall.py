"""The wall: what each scope shows to whom, names only by consent, figures that add up, one poster page."""

from __future__ import annotations

import io
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from benchmarks.measure import counted_queries
from zhengyou.commitments import figures, walls
from zhengyou.commitments.figures import Map
from zhengyou.commitments.models import Commitment, Item, ItemChange
from zhengyou.commitments.rules_wall import Sight
from zhengyou.commitments.tests.hung import BY, hang
from zhengyou.journal.actions import record
from zhengyou.kit import clock
from zhengyou.org.actions import consents
from zhengyou.org.actions.members import move_members
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import client


@pytest.fixture
def school(db):
    return builder.build()


def page(who, url="/wall/"):
    browser = client(who) if who is not None else Client()
    answer = browser.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_open_web_sees_its_own_scope_and_nothing_else(school):
    hang(school.branch, school.branch, "每周三晚修电脑", scope="web")
    hang(school.branch2, school.branch2, "只在学校里说的", scope="all")
    hang(school.branch3, school.branch3, "只在本单位说的", scope="unit")
    found = page(None)
    assert "每周三晚修电脑" in found
    assert "只在学校里说的" not in found
    assert "只在本单位说的" not in found
    assert school.branch3.public_id not in found


def test_signed_in_the_organisation_scope_shows_and_the_own_units(school):
    hang(school.branch, school.branch, "本单位的", scope="unit")
    hang(school.branch3, school.branch3, "别的单位的", scope="unit")
    hang(school.general2, school.general2, "全校的", scope="all")
    mine = page(school.member)
    assert ("本单位的" in mine, "全校的" in mine, "别的单位的" in mine) == (True, True, False)
    above = page(school.dean2)
    assert ("本单位的" in above, "别的单位的" in above) == (False, True)
    assert all(text in page(school.office) for text in ("本单位的", "别的单位的", "全校的"))
    assert "别的单位的" not in page(school.publicity)


@pytest.mark.parametrize("state", [state for state in Commitment.State if state < 50])
def test_what_is_not_published_is_on_no_page(school, state):
    made = hang(school.branch, school.branch, "还没公布的", scope="web", state=state)
    for who in (None, school.member, school.office):
        assert "还没公布的" not in page(who)
        browser = client(who) if who else Client()
        assert browser.get(reverse("wall_promise", args=[made.public_id])).status_code == 404
    poster = reverse("wall_poster", args=[school.branch.public_id])
    assert Client().get(poster).status_code == 404
    assert "还没公布的" not in page(school.secretary, poster)


def test_a_name_goes_beyond_the_unit_only_by_consent_and_as_far_as_it_reaches(school):
    hang(school.member2, school.branch, scope="web")
    name = school.member2.name
    assert name in page(school.secretary)
    assert name in page(school.dean)
    assert name not in page(school.far)
    assert name not in page(None)
    assert "一名党员" in page(None)
    consents.give(school.member2, consents.NAME_INSIDE, by=school.member2.actor)
    assert name in page(school.far)
    assert name not in page(None)
    consents.give(school.member2, consents.NAME_WEB, by=school.member2.actor)
    assert name in page(None)


def test_a_withdrawn_consent_takes_effect_at_once_on_every_page_and_on_paper(school):
    made = hang(school.member2, school.branch, scope="web")
    unit = hang(school.branch, school.branch, "开放活动室", scope="web", items={"owner": school.member2})
    consents.give(school.member2, consents.NAME_WEB, by=school.member2.actor)
    places = [
        "/wall/",
        *(reverse("wall_promise", args=[one.public_id]) for one in (made, unit)),
        *(
            reverse("wall_poster", args=[school.branch.public_id]) + f"?for={scope}"
            for scope in ("web", "all")
        ),
    ]
    name = school.member2.name
    for url in places:
        assert name in page(school.far, url), url
    consents.withdraw(school.member2, consents.NAME_WEB, by=school.member2.actor)
    for url in places:
        assert name not in page(school.far, url), url
        assert name not in page(None, url), url


def test_the_search_finds_words_and_units_but_never_names(school):
    hang(school.member2, school.branch, "每周三晚修电脑", scope="all")
    hang(school.branch3, school.branch3, "读书会100%到场", scope="all")
    assert "修电脑" in page(school.far, "/wall/?q=修电")
    assert "修电脑" not in page(school.far, f"/wall/?q={school.member2.name}")
    assert "读书会" in page(school.member, "/wall/?q=汉语言")
    assert "读书会" in page(school.member, "/wall/?q=100%25")
    assert "修电脑" not in page(school.member, "/wall/?q=%25")


def test_filters_by_unit_with_those_below_and_by_state(school):
    hang(school.branch, school.branch, "已经做到的", scope="web", items={"state": Item.State.KEPT})
    hang(school.branch3, school.branch3, "还在做的", scope="web")
    below = page(None, f"/wall/?unit={school.general.public_id}")
    assert ("已经做到的" in below, "还在做的" in below) == (True, False)
    kept = page(None, "/wall/?state=kept")
    assert ("已经做到的" in kept, "还在做的" in kept) == (True, False)
    assert "没有符合的承诺" in page(None, "/wall/?state=unkept")


def test_figures_are_exact_and_add_up(school):
    states = [Item.State.KEPT, Item.State.KEPT, Item.State.CLAIMED, Item.State.UNKEPT, Item.State.OPEN]
    for n, state in enumerate([*states, Item.State.DISPUTED, Item.State.RELEASED]):
        made = hang(school.people[builder.NAMED[n]], school.branch, scope="web", items={"state": state})
    Item.objects.filter(commitment=made).update(changed=1)
    found = figures.count(Map(clock.today()))[0].total
    parts = [found.kept, found.waiting, found.unkept, found.under_way, found.released]
    assert parts == [2, 1, 1, 2, 1]
    assert sum(parts) == found.items == 7
    assert (found.changed, found.base) == (1, 6)
    assert found.fulfilment == Fraction(1, 3)
    assert "2 ÷ (7 − 1)" in page(None)


def test_without_promises_the_share_is_a_dash(school):
    assert figures.Figures().fulfilment is None
    assert figures.Figures(items=2, released=2).fulfilment is None
    found = page(None)
    assert "—" in found
    assert "还没有公布的承诺" in found


def test_the_wall_goes_by_the_tree_and_pages_through_everything_once(school, monkeypatch):
    monkeypatch.setattr(walls, "PAGE", 2)
    units = (school.branch4, school.branch, school.direct, school.general, school.branch2, school.root)
    for unit in units:
        hang(unit, unit, f"承诺{unit.pk}", scope="web")
    tree = Map(clock.today())
    told = []
    for number in (1, 2, 3):
        found = page(None, f"/wall/?page={number}")
        told += [unit for _at, unit in sorted((found.find(f"承诺{u}"), u) for u in tree.order) if _at >= 0]
    assert told == [unit for unit in tree.order if unit in {one.pk for one in units}]


def test_a_members_promise_goes_with_the_member_and_a_closed_units_to_its_successor(school):
    hang(school.member2, school.branch, "跟着人走", scope="unit")
    move_members([school.member2], school.branch3, day=date(2010, 11, 10), by=school.office.actor)
    tree = Map(clock.today())
    assert set(figures.count(tree)[0].units) == {school.branch3.pk}
    assert "跟着人走" in page(school.far)
    assert "跟着人走" not in page(school.neighbour)


def test_unkept_shows_its_cause_and_a_change_keeps_the_old_words(school):
    made = hang(
        school.branch, school.branch, "二楼报刊区换新灯", scope="web",
        items={"state": Item.State.UNKEPT, "cause": "灯具招标推迟", "changed": 1},
    )  # fmt: skip
    with record("test", by=BY) as entry:
        ItemChange.objects.create(
            item=made.items.get(), kind="change", old_text="三楼换灯", old_due_on=date(2010, 9, 10), reason="x",
            new_text="二楼报刊区换新灯", new_due_on=date(2010, 12, 20), state=20, asked_on=clock.today(),
            decided_on=clock.today(), entry_id=entry.id,
        )  # fmt: skip
    found = page(None)
    assert "灯具招标推迟" in found
    assert "三楼换灯" in found
    assert "没做到" in found


def test_the_poster_names_scope_unit_and_who_reads_questions(school):
    hang(school.branch, school.branch, *(f"第{n}项承诺" for n in range(1, 12)), scope="web")
    found = page(None, reverse("wall_poster", args=[school.branch.public_id]))
    assert "第8项承诺" in found
    assert "第9项承诺" not in found
    assert "还有 3 项，扫码看" in found
    assert "互联网公开" in found
    assert "经济贸易学院党总支" in found
    assert 'class="zy-qr"' in found
    assert "style=" not in found.split("<main")[1].split("</main>")[0]


def test_paper_for_outside_bears_no_name_without_consent_whoever_prints_it(school):
    hang(school.member2, school.branch, scope="web")
    url = reverse("wall_poster", args=[school.branch.public_id])
    assert school.member2.name in page(school.secretary, url + "?for=unit")
    for scope in ("all", "web"):
        assert school.member2.name not in page(school.secretary, url + f"?for={scope}")
        assert "一名党员" in page(school.secretary, url + f"?for={scope}")


def test_a_poster_for_the_unit_is_printed_only_by_who_sees_the_unit(school):
    hang(school.branch, school.branch, "只贴在本单位", scope="unit")
    url = reverse("wall_poster", args=[school.branch.public_id]) + "?for=unit"
    assert "只贴在本单位" in page(school.secretary, url)
    assert "只贴在本单位" not in page(school.far, url)


def test_eight_queries_whatever_the_size(school):
    for who in builder.NAMED[5:13]:
        hang(school.people[who], school.branch, "一", "二", scope="web")
    seen = {}
    for who in (None, school.member, school.secretary, school.office):
        browser = client(who) if who else Client()
        browser.get("/wall/")
        with counted_queries() as n:
            browser.get("/wall/?q=一&state=under_way")
        seen[who] = n[0]
    assert max(seen.values()) <= 8, seen


def test_sight_of_the_machine_operator_is_everything(school):
    from zhengyou.org.rules import Authority

    tree = Map(clock.today())
    sight = Sight.of(Authority.of(None, clock.today(), everything=True), tree)
    assert sight.everything
    assert sight.where(tree) == ""


def test_a_list_of_what_was_not_kept_names_nobody_but_to_the_own_head_and_the_office(school):
    """Golden case 15: the wall filtered by it is such a list, even of who consented to the name; so is the workbook."""
    unkept = {"state": Item.State.UNKEPT, "explained": False}
    hang(school.member, school.branch, "没做到的", scope="web", items=unkept)
    consents.give(school.member, consents.NAME_WEB, by=school.member.actor)
    for who in (None, "inspector", "leader", "head", "dean", "member2", "far"):
        reader = who and school.people[who]
        assert school.member.name in page(reader), "the promise itself bears the name"
        listed = page(reader, "/wall/?state=unkept")
        assert "没做到的" in listed
        assert school.member.name not in listed[listed.index("<main") :], who
    for who in ("secretary", "office", "member"):
        listed = page(school.people[who], "/wall/?state=unkept")
        assert school.member.name in listed[listed.index("<main") :], who
    for who, named in (("secretary", True), ("office", True), ("dean", False), ("head", False)):
        answer = client(school.people[who]).get("/commitments/export/")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        row = next(row for row in sheet.iter_rows(values_only=True) if row[2] == "没做到的")
        assert (row[1] == school.member.name) is named, who
