"""The pages of unit changes: decide, see the consequences, confirm; off with a reason for whoever may not."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org import tree
from zhengyou.org.asked import Asked
from zhengyou.org.models import Affiliation, Unit, UnitChange, on
from zhengyou.org.tests import builder
from zhengyou.org.views import pieces
from zhengyou.site.following import FOLLOW

TODAY = day(11, 22)


@pytest.fixture
def school(db):
    school = builder.build()
    with clock.playing(day(10, 1)):
        play.run(
            play.member_task("read", play.slot("10", day(10, 1), day(10, 20))),
            play.unit_task("report", play.slot("10", day(10, 1), day(10, 31))),
        )
    return school


@pytest.fixture
def office(school):
    return builder.client(school.office)


def hidden(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html).group(1)


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def first(office, unit, kind, status=200, **data):
    given = {"document_no": "校党〔2010〕18号", "day": "2010-11-22", **data}
    return text(office.post(f"/units/{unit.public_id}/{kind}/", given), status)


def second(office, unit, kind, html, **more):
    data = {name: hidden(html, name) for name in ("asked", "seen")}
    return office.post(f"/units/{unit.public_id}/{kind}/", {"go": "confirm", **data, **more})


def members(unit):
    return Affiliation.objects.filter(on(TODAY), unit=unit, role="R").count()


def test_a_merger_is_previewed_and_done(school, office):
    html = text(office.get(f"/units/{school.branch.public_id}/merge/"))
    assert "会计2008级学生党支部" in html
    html = first(office, school.branch, "merge", others=[school.branch2.public_id], into="this")
    assert "2 人转到" in html
    assert "李会" in html
    assert members(school.branch2) == 2, "nothing is done yet"
    done = second(office, school.branch, "merge", html)
    assert done.status_code == 302
    page = text(office.get(done.url))
    assert "校党〔2010〕18号" in page
    assert (members(school.branch), members(school.branch2)) == (6, 0)
    assert "前身" in text(office.get(f"/units/{school.branch.public_id}/changes/"))
    assert "后继" in text(office.get(f"/units/{school.branch2.public_id}/changes/"))
    assert "撤销" in text(office.get(f"/units/{school.branch2.public_id}/"))


def test_dispositions_are_chosen_line_by_line_or_all_at_once_and_seen_again(school, office):
    html = first(office, school.branch, "merge", others=[school.branch2.public_id], into="this")
    keys = re.findall(r'name="(work-\w+-\d+)"', html)
    assert len(keys) == 2
    changed = second(office, school.branch, "merge", html, **{keys[0]: "close"})
    assert changed.status_code == 409, "what was changed was not yet shown"
    html = changed.content.decode()
    refused = second(office, school.branch, "merge", html, **{"work-all": "void"})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "写明理由" in html
    html = text(second(office, school.branch, "merge", html, why_void="并入", go="again"))
    done = second(office, school.branch, "merge", html, why_void="并入")
    assert done.status_code == 302
    assert set(Duty.objects.filter(unit=school.branch2).values_list("state", flat=True)) == {"void"}


def test_single_pieces_of_a_sort_are_decided_otherwise_than_the_rest(school, office):
    html = first(office, school.branch, "merge", others=[school.branch2.public_id], into="this")
    open_ = Duty.objects.filter(unit=school.branch2, member__isnull=False).order_by("due_on", "pk")
    one, other = open_[:2]
    task = str(one.slot.task_id)
    listed = text(
        second(office, school.branch, "merge", html, go=f"pieces:{school.branch2.public_id}:{task}:1")
    )
    key = f"piece-{school.branch2.public_id}-{task}-{one.pk}"
    assert one.member.name in listed
    assert f'name="{key}"' in listed
    unseen = second(office, school.branch, "merge", html, **{key: "close"})
    assert unseen.status_code == 409, "what was changed was not yet shown"
    html = text(second(office, school.branch, "merge", listed, go="again", **{key: "void"}))
    assert "另定：作废 1 件" in html
    refused = second(office, school.branch, "merge", html)
    assert refused.status_code == 422
    assert "写明理由" in refused.content.decode()
    html = text(second(office, school.branch, "merge", html, go="again", why_void="已经调走"))
    done = second(office, school.branch, "merge", html, why_void="已经调走")
    assert done.status_code == 302
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, one.unit, other.state, other.unit) == ("void", school.branch2, "due", school.branch)
    assert "另定：作废 1 件" in text(office.get(done.url))


def test_the_list_of_pieces_is_paged_and_takes_the_choices_along(school, office, monkeypatch):
    monkeypatch.setattr(pieces, "PAGE", 1)
    html = first(office, school.branch, "merge", others=[school.branch2.public_id], into="this")
    open_ = Duty.objects.filter(unit=school.branch2, member__isnull=False).order_by("due_on", "pk")
    one, other = open_[:2]
    unit, task = school.branch2.public_id, str(one.slot.task_id)
    keys = [f"piece-{unit}-{task}-{duty.pk}" for duty in (one, other)]
    here = text(second(office, school.branch, "merge", html, go=f"pieces:{unit}:{task}:1"))
    assert (keys[0] in here, keys[1] in here) == (True, False)
    there = text(
        second(office, school.branch, "merge", here, go=f"pieces:{unit}:{task}:2", **{keys[0]: "close"})
    )
    assert (keys[0] in there, keys[1] in there) == (False, True)
    html = text(second(office, school.branch, "merge", there, go="again", **{keys[1]: "close"}))
    assert "另定：随单位了结 2 件" in html
    assert second(office, school.branch, "merge", html).status_code == 302
    assert set(Duty.objects.filter(pk__in=(one.pk, other.pk)).values_list("state", "unit")) == {
        ("void", school.branch2.pk)
    }


def test_a_merger_into_a_new_unit_needs_its_name(school, office):
    html = first(office, school.branch, "merge", 422, others=[school.branch2.public_id], into="new")
    assert "写上新单位的名称" in html
    html = first(
        office, school.branch, "merge", others=[school.branch2.public_id], into="new", name="联合党支部"
    )
    assert second(office, school.branch, "merge", html).status_code == 302
    assert tree.units_on(TODAY).filter(name="联合党支部").exists()


def test_a_split_by_numbers_says_which_it_does_not_know(school, office):
    more = {"rest": "stay", "name_1": "国贸第二党支部", "numbers_1": f"{school.member.number} 999"}
    assert "999" in first(office, school.branch, "split", 422, **more)
    html = first(office, school.branch, "split", **{**more, "numbers_1": school.member.number})
    assert second(office, school.branch, "split", html).status_code == 302
    assert members(school.branch) == 3


def test_a_unit_is_dissolved_with_a_reason_or_a_successor(school, office):
    assert "为什么" in first(office, school.branch3, "dissolve", 422, into="", leave="out")
    html = first(office, school.branch3, "dissolve", into=school.branch4.public_id)
    assert second(office, school.branch3, "dissolve", html).status_code == 302
    assert members(school.branch4) == 2


def test_units_below_are_hung_where_the_preview_says(school, office):
    html = first(office, school.general, "merge", others=[school.general2.public_id], into="this")
    assert "文学院教工党支部" in html
    child = f"child-{school.branch3.public_id}"
    assert f'name="{child}"' in html
    assert second(office, school.general, "merge", html).status_code == 302
    assert tree.named(school.branch3, TODAY).parent == school.general


def offered(html):
    return re.findall(r'name="others" value="(\w+)"', html)


def test_a_merger_offers_those_beside_it_first_then_others_of_its_kind(school, office):
    address = f"/units/{school.branch.public_id}/merge/"
    here = offered(text(office.get(address)))
    assert here[0] == school.branch2.public_id
    assert set(here[1:]) == {school.branch3.public_id, school.branch4.public_id}
    assert offered(text(office.get(address + "?q="))) == here
    assert offered(text(office.get(address + "?q=汉语言"))) == [school.branch3.public_id]
    missed = text(office.get(address + "?q=没有这个"))
    assert offered(missed) == here
    assert "没有名称里有「没有这个」的单位" in missed


def test_another_superior_is_chosen_among_those_of_a_fitting_kind(school, office):
    html = text(office.get(f"/units/{school.branch.public_id}/reparent/"))
    assert "文学院党总支" in html
    assert "图书馆直属党支部" not in html
    html = first(office, school.branch, "reparent", parent=school.general2.public_id)
    assert second(office, school.branch, "reparent", html).status_code == 302
    assert tree.named(school.branch, TODAY).parent == school.general2


def test_a_later_day_becomes_a_plan_that_can_be_put_away(school, office):
    html = first(
        office, school.branch, "merge", others=[school.branch2.public_id], into="this", day="2010-12-01"
    )
    assert "先记为计划" in html
    done = second(office, school.branch, "merge", html)
    change = UnitChange.objects.get(state=10)
    assert done.url == f"/changes/{change.public_id}/"
    assert "放弃这项计划" in text(office.get(done.url))
    assert "计划中" in text(office.get("/changes/"))
    secretary = builder.client(school.secretary)
    assert secretary.get(done.url).status_code == 404, "plans are the office's"
    assert change.document_no not in text(secretary.get(f"/units/{school.branch.public_id}/changes/"))
    assert secretary.post(f"/changes/{change.public_id}/put-away/").status_code == 404
    assert office.post(f"/changes/{change.public_id}/put-away/").status_code == 302
    change.refresh_from_db()
    assert change.state == 30
    assert members(school.branch2) == 2


def test_a_plan_stands_on_the_units_page_and_its_parents_with_day_and_document(school, office):
    asked = Asked(
        "rename", day(12, 1), "校发〔2010〕30号", units=(school.branch.public_id,), name="国贸新支部"
    )
    change = org.decide(asked, by=school.office.actor, follow=FOLLOW)
    for unit in (school.branch, school.general):
        page = text(office.get(f"/units/{unit.public_id}/"))
        assert "2010年12月1日起，校发〔2010〕30号" in page
        assert "国贸新支部" in page
        assert f'href="/changes/{change.public_id}/"' in page
        assert f'action="/changes/{change.public_id}/put-away/"' in page
    for unit in (school.branch2, school.general2, school.root):
        assert "校发〔2010〕30号" not in text(office.get(f"/units/{unit.public_id}/"))
    for who in (school.secretary, school.dean, school.leader):
        assert "校发〔2010〕30号" not in text(builder.client(who).get(f"/units/{school.branch.public_id}/"))
    back = {"unit": school.general.public_id}
    answer = office.post(f"/changes/{change.public_id}/put-away/", back)
    assert answer.url == f"/units/{school.general.public_id}/"
    assert "校发〔2010〕30号" not in text(office.get(f"/units/{school.branch.public_id}/"))
    change.refresh_from_db()
    assert change.state == 30


def test_a_planned_founding_stands_on_the_page_of_the_unit_above(school, office):
    asked = Asked(
        "establish",
        day(12, 1),
        "校发〔2010〕31号",
        name="国贸2010级学生党支部",
        unit_kind="branch",
        parent=school.general.public_id,
    )
    org.decide(asked, by=school.office.actor, follow=FOLLOW)
    page = text(office.get(f"/units/{school.general.public_id}/"))
    assert "国贸2010级学生党支部" in page
    assert "放弃这项计划" in page


def test_the_list_is_exported_with_its_document_and_day(school, office):
    asked = Asked("rename", day(11, 20), "9号", units=(school.branch2.public_id,), name="会计党支部")
    org.decide(asked, by=school.office.actor, follow=FOLLOW)
    response = office.get("/changes/export/")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    line = next(row for row in rows if "9号" in row)
    assert line[0] == "更名"
    assert 2 in line


def test_others_see_why_the_buttons_are_off_and_may_not(school):
    for who in (school.secretary, school.dean, school.leader):
        client = builder.client(who)
        assert text(client.get(f"/units/{school.branch.public_id}/merge/"), 403)
    page = text(builder.client(school.secretary).get(f"/units/{school.branch.public_id}/"))
    assert "由上级决定" in page
    assert builder.client(school.member).get(f"/units/{school.branch.public_id}/changes/").status_code == 404
    assert builder.client(school.member).get("/changes/").status_code == 403


def test_what_is_not_ours_in_the_token_leads_back_to_the_form(school, office):
    response = office.post(
        f"/units/{school.branch.public_id}/merge/", {"asked": "x", "go": "confirm", "seen": ""}
    )
    assert (response.status_code, response.url) == (302, f"/units/{school.branch.public_id}/merge/")
    assert Unit.objects.filter(closed_on__lt=day(12, 31)).count() == 0
