"""Pages of phases and reports: exceptions by unit, acceptance, closing, reports for those in reach, the workbook."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from zhengyou.campaigns import actions, frozen
from zhengyou.campaigns.actions import closing
from zhengyou.campaigns.models import Phase, Report
from zhengyou.campaigns.tests import play, speech
from zhengyou.campaigns.tests.test_closing import OVER, campaign, gated, p1, school  # noqa: F401
from zhengyou.kit import clock
from zhengyou.org.tests.builder import client


@pytest.fixture(autouse=True)
def today(house_clock):
    with clock.playing(OVER):
        yield


def text(response):
    return response.content.decode()


def url(campaign, rest):  # noqa: F811
    return f"/campaigns/{campaign.public_id}/{rest}"


def phase_page(campaign):  # noqa: F811
    return url(campaign, f"phases/?what=phase:{p1().pk}")


def test_the_list_of_exceptions_names_units_with_counts_and_no_person(school, campaign):  # noqa: F811
    page = text(client(school.office).get(phase_page(campaign)))
    assert "国贸2008级学生第一党支部" in page
    for person in (school.far, school.neighbour, school.member):
        assert person.name not in re.sub(r"<header class=.*?</header>", "", page, flags=re.S)


def test_others_read_their_own_units_only_and_find_no_button(school, campaign):  # noqa: F811
    page = text(client(school.secretary2).get(phase_page(campaign)))
    assert "国贸2008级学生第一党支部" not in page
    assert "只列出您负责范围内的单位" in page
    assert 'name="do"' not in page
    leader = text(client(school.leader).get(phase_page(campaign)))
    assert "国贸2008级学生第一党支部" in leader
    assert 'name="do"' not in leader


def test_a_phase_is_closed_on_the_page_and_leads_to_its_report(school, campaign):  # noqa: F811
    office = client(school.office)
    page = text(office.get(phase_page(campaign)))
    shown = re.search(r'name="shown" value="(\w+)"', page).group(1)
    sent = {"what": f"phase:{p1().pk}", "do": "close", "shown": shown}
    done = office.post(url(campaign, "phases/"), sent)
    report = Report.objects.get(phase=p1())
    assert done.status_code == 302
    assert done["Location"] == f"/reports/{report.public_id}/"
    assert report.sha256 in text(office.get(done["Location"]))
    assert "归档了" in text(office.get(url(campaign, "reports/"))) or Report.objects.count() > 1


def test_what_changed_since_it_was_shown_is_shown_again(school, campaign):  # noqa: F811
    sent = {"what": f"phase:{p1().pk}", "do": "close", "shown": "0" * 24}
    assert client(school.office).post(url(campaign, "phases/"), sent).status_code == 409
    assert not Report.objects.exists()


def test_a_report_shows_units_in_reach_and_opens_to_rows_for_their_own_head_alone(school, campaign):  # noqa: F811
    report = closing.close_slot(speech.slot("commitment_member"), by=school.office.actor)
    address = f"/reports/{report.public_id}/"
    rows = f"{address}rows/?unit={school.branch.public_id}"
    assert "国贸2008级学生第一党支部" in text(client(school.office).get(address))
    assert "国贸2008级学生第一党支部" not in text(client(school.secretary2).get(address))
    own = client(school.secretary).get(rows)
    assert own.status_code == 200
    assert school.member.name in text(own)
    assert client(school.office).get(rows).status_code == 403
    assert client(school.dean).get(rows).status_code == 403
    assert client(school.secretary2).get(rows).status_code == 404
    assert client(school.member).get(rows).status_code == 404


def test_rows_read_as_they_stood_when_it_was_closed(school, campaign):  # noqa: F811
    report = closing.close_slot(speech.slot("commitment_member"), by=school.office.actor)
    closing.reopen_slot(speech.slot("commitment_member"), by=school.office.actor, reason="补")
    before = text(
        client(school.secretary).get(f"/reports/{report.public_id}/rows/?unit={school.branch.public_id}")
    )
    actions.accept(play.duty_of(school.member2, "commitment_member"), by=school.secretary.actor)
    after = text(
        client(school.secretary).get(f"/reports/{report.public_id}/rows/?unit={school.branch.public_id}")
    )
    plain = re.compile(r'value="[^"]*"|X-CSRFToken[^,]*|nonce="[^"]*"')
    assert plain.sub("", before) == plain.sub("", after)


def test_a_report_leads_to_its_duties_for_those_who_may_list_them(school, campaign):  # noqa: F811
    slot = speech.slot("commitment_member")
    report = closing.close_slot(slot, by=school.office.actor)
    here, there = f"/reports/{report.public_id}/", f"/duties/?slot={slot.pk}"
    assert there in text(client(school.secretary).get(here))
    found = client(school.secretary).get(there)
    rows = {row["id"]: row for row in found.context["rows"]}
    mine = {
        play.duty_of(getattr(school, who), "commitment_member").pk
        for who in ("member", "member2", "secretary")
    }
    assert mine <= rows.keys()
    assert {row["title"] for row in rows.values()} == {"党员公开承诺"}
    assert all(row["shut"] for row in rows.values())
    assert "只列这一期" in text(found)
    assert "/duties/?slot" not in text(client(school.leader).get(here))
    assert len(client(school.secretary).get("/duties/?slot=x").context["rows"]) > len(rows)


def test_a_restated_report_names_units_and_kinds_and_persons_only_to_their_head(school, campaign):  # noqa: F811
    closing.close_slot(speech.slot("commitment_member"), by=school.office.actor)
    closing.reopen_slot(speech.slot("commitment_member"), by=school.office.actor, reason="补")
    play.hand_in(school.neighbour, school.neighbour, "commitment_member")
    second = closing.close_slot(speech.slot("commitment_member"), by=school.office.actor)
    address = f"/reports/{second.public_id}/"
    page = text(client(school.office).get(address))
    assert "更正报告（第 2 次）" in page
    assert "交上来" in page
    assert "两次之间发生的事" in page
    changed = f"{address}rows/?unit={school.branch2.public_id}&changed=1"
    assert school.neighbour.name in text(client(school.secretary2).get(changed))
    assert client(school.office).get(changed).status_code == 403


def test_the_workbook_holds_the_report_and_its_proof(school, campaign):  # noqa: F811
    report = closing.close_slot(speech.slot("commitment_member"), by=school.office.actor)
    got = client(school.office).get(f"/reports/{report.public_id}/export/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(got.content))
    cells = [c for row in book.get_sheet_by_index(0).to_python() for c in row]
    assert frozen.figures_of(report).issued in cells
    assert any(report.sha256 in str(c) for c in cells)
    owing = client(school.office).get(url(campaign, f"phases/export/?what=phase:{p1().pk}"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(owing.content)).get_sheet_by_index(0).to_python()
    assert any("国贸2008级学生第一党支部" in str(row[0]) for row in rows)


def test_plan_and_desk_say_why_what_a_gate_holds_has_not_begun(school):  # noqa: F811
    held = gated(school)
    actions.tick()
    page = text(client(school.member).get(url(held, "")))
    assert "等「广泛发动，安排部署」验收以后才开始" in page
    assert "前一阶段验收以后开始" in text(client(school.member).get("/desk/?as=me"))
    office = client(school.office)
    refused = office.post(url(held, "phases/"), {"what": f"phase:{p1().pk}", "do": "accept"})
    assert refused.status_code == 422
    assert "写上验收的依据" in text(refused)
    sent = {"what": f"phase:{p1().pk}", "do": "accept", "reason": "党委会听了汇报"}
    assert office.post(url(held, "phases/"), sent).status_code == 302
    assert Phase.objects.get(code="p1").accepted_on == OVER
    assert "验收以后才开始" not in text(client(school.member).get(url(held, "")))


def test_the_queue_says_why_a_paper_of_a_closed_period_cannot_be_judged(school, campaign):  # noqa: F811
    closing.close_slot(speech.slot("commitment_member"), by=school.office.actor)
    duty = play.duty_of(school.member2, "commitment_member")
    page = client(school.secretary).get(f"/reviews/{duty.pk}/")
    assert "请办公室重新开放" in text(page)
    assert "请办公室重新开放" in text(
        client(school.far).get(f"/duties/{play.duty_of(school.far, 'commitment_member').pk}/")
    )


@pytest.mark.parametrize("what", ["phase:0", "phase:x", "slot:0", "nonsense", "phase:9999999999999999999999"])
def test_nonsense_is_not_there(school, campaign, what):  # noqa: F811
    assert client(school.office).get(url(campaign, f"phases/?what={what}")).status_code == 404


def test_a_day_before_all_is_over_says_why_it_cannot_be_closed(school, campaign):  # noqa: F811
    with clock.playing(date(2010, 8, 20)):
        page = text(client(school.office).get(phase_page(campaign)))
        assert "还没有过" in page
