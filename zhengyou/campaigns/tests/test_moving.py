"""Dates moved at three levels: a named day with all that hangs on it, one task's period, one duty (test_decisions)."""

from __future__ import annotations

import re
from datetime import date

import pytest

from zhengyou.campaigns import actions, comparing, duties, moving, packed
from zhengyou.campaigns.models import Answer, DateMove, Decision, Duty, Phase, Slot
from zhengyou.campaigns.tests import play, speech
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org.tests import builder

HANGING = {"plan", "commitment_unit", "commitment_member"}
OLD, NEW = date(2010, 7, 16), date(2010, 7, 20)


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


def move(school, campaign, day=NEW, reason="学校改了放假的日子", **more):
    return actions.move_day(campaign, "before_holiday", day, by=school.office.actor, reason=reason, **more)


def test_a_named_day_is_previewed_with_every_period_and_duty_that_hangs_on_it(school, campaign):
    lines = moving.preview(campaign, "before_holiday", NEW)
    assert {line.code for line in lines} == HANGING
    assert {line.kind for line in lines} == {"later"}
    assert {(line.old_on, line.new_on) for line in lines} == {(OLD, NEW)}
    assert sum(line.duties for line in lines) == Duty.objects.filter(slot__task__code__in=HANGING).count()
    assert not DateMove.objects.exists()


def test_moving_a_named_day_gives_everybody_the_new_date_and_keeps_the_old_one_visible(school, campaign):
    done = move(school, campaign)
    assert done.slots == 3
    assert set(Duty.objects.filter(slot__task__code__in=HANGING).values_list("due_on", flat=True)) == {NEW}
    assert done.duties == Duty.objects.filter(slot__task__code__in=HANGING).count()
    assert {s.due_on for s in Slot.objects.filter(task__code__in=HANGING)} == {OLD}
    assert set(DateMove.objects.values_list("name", "old_on", "new_on")) == {("before_holiday", OLD, NEW)}
    assert Entry.objects.filter(verb="campaign.day_moved").count() == 1
    play.settle()


def test_the_move_survives_as_an_answer_from_which_later_readings_start(school, campaign):
    move(school, campaign)
    assert packed.moved(campaign) == {"before_holiday": "2010-07-20"}
    assert Answer.objects.get(address="moved.before_holiday").value == "2010-07-20"
    checked = packed.checked(campaign)
    assert checked.errors == []
    assert checked.open == []
    assert {s.due_on for p in packed.plan(checked)[0] if p.code in HANGING for s in p.slots} == {NEW}
    with clock.playing(date(2010, 7, 9)):
        move(school, campaign, date(2010, 7, 23))
    assert set(DateMove.objects.filter(new_on=date(2010, 7, 23)).values_list("old_on", flat=True)) == {NEW}
    assert comparing.dated(Slot.objects.filter(task__code="plan")).get().first_on == OLD


def test_a_named_day_cannot_take_days_away_from_what_is_issued(school, campaign):
    with pytest.raises(Invalid, match="只能延后"):
        move(school, campaign, date(2010, 7, 12))
    assert not DateMove.objects.exists()
    assert packed.moved(campaign) == {}
    assert not Entry.objects.filter(verb="campaign.day_moved").exists()


@pytest.mark.parametrize(
    ("day", "reason", "why"),
    [
        (None, "x", "写上改到哪一天"),
        (OLD, "x", "没有改动"),
        (date(2010, 7, 1), "x", "已经过去"),
        (NEW, " ", "理由"),
    ],
)
def test_a_move_needs_a_day_that_may_be_and_a_reason(school, campaign, day, reason, why):
    with pytest.raises(Invalid, match=why):
        move(school, campaign, day, reason)


def test_only_the_office_moves_dates(school, campaign):
    for who in (school.dean, school.secretary, school.member, school.leader):
        with pytest.raises(Refused, match="办公室"):
            actions.move_day(campaign, "before_holiday", NEW, by=who.actor, reason="x")
        with pytest.raises(Refused, match="办公室"):
            actions.move_slot(speech.slot("plan"), NEW, by=who.actor, reason="x")


def test_what_is_confirmed_is_what_was_shown(school, campaign):
    lines = moving.preview(campaign, "before_holiday", NEW)
    seen = comparing.fingerprint(lines, "before_holiday", NEW)
    actions.exempt(play.duty_of(school.member, "commitment_member"), reason="illness", by=school.office.actor)
    with pytest.raises(Conflict, match="又有了变动"):
        move(school, campaign, shown=seen)
    again = comparing.fingerprint(moving.preview(campaign, "before_holiday", NEW), "before_holiday", NEW)
    assert move(school, campaign, shown=again).slots == 3


def test_one_period_that_is_open_is_moved_later_for_everybody(school, campaign):
    slot = speech.slot("commitment_member")
    done = actions.move_slot(slot, NEW, by=school.office.actor, reason="再给几天")
    assert done.duties == Duty.objects.filter(slot=slot).count()
    assert play.duty_of(school.member, "commitment_member").due_on == NEW
    assert play.duty_of(school.branch, "plan").due_on == OLD
    assert Decision.objects.get(slot=slot, member=None, unit=None).due_on == NEW
    with pytest.raises(Invalid, match="只能延后"):
        actions.move_slot(slot, date(2010, 7, 18), by=school.office.actor, reason="早一点")
    play.settle()


def test_who_joins_after_a_move_gets_the_new_date(school, campaign):
    actions.move_slot(speech.slot("mobilise"), date(2010, 9, 10), by=school.office.actor, reason="假期太长")
    play.settle()
    from zhengyou.org import actions as org

    made = org.add_unit("新支部", "branch", school.general, by=school.office.actor)
    actions.tick()
    assert Duty.objects.get(subject_unit=made, slot__task__code="mobilise").due_on == date(2010, 9, 10)


def test_a_period_that_is_not_open_yet_is_moved_either_way_and_remembers(school, campaign):
    slot = speech.slot("benchmark")
    assert slot.opens_on > clock.today()
    actions.move_slot(slot, date(2011, 5, 20), by=school.office.actor, reason="提早一些")
    moved = speech.slot("benchmark")
    assert (moved.due_on, moved.cutoff_on) == (date(2011, 5, 20), date(2011, 5, 20))
    assert comparing.dated(Slot.objects.filter(pk=slot.pk)).get().first_on == date(2011, 5, 31)
    with pytest.raises(Invalid, match="不能早于"):
        actions.move_slot(speech.slot("benchmark"), date(2011, 3, 1), by=school.office.actor, reason="x")
    assert not Decision.objects.exists()


def test_a_date_of_its_own_is_not_taken_back_by_a_named_day(school, campaign):
    later = date(2010, 7, 30)
    actions.move_slot(speech.slot("plan"), later, by=school.office.actor, reason="方案要多些时间")
    kinds = {line.code: line.kind for line in moving.preview(campaign, "before_holiday", NEW)}
    assert kinds == {"plan": "own", "commitment_unit": "later", "commitment_member": "later"}
    move(school, campaign)
    assert play.duty_of(school.branch, "plan").due_on == later
    assert play.duty_of(school.branch, "commitment_unit").due_on == NEW


def test_phases_follow_a_day_that_was_moved_unless_they_have_ended(school, campaign):
    assert Phase.objects.get(code="p1").ends_on == date(2010, 8, 31)
    move(school, campaign)
    assert Phase.objects.get(code="p1").ends_on == date(2010, 8, 31)
    assert duties.faults() == []


def text(response):
    return response.content.decode()


def post(person, campaign, **fields):
    return builder.client(person).post(f"/campaigns/{campaign.public_id}/dates/", fields)


def test_the_page_shows_what_a_move_does_before_it_is_done(school, campaign):
    page = builder.client(school.office).get(f"/campaigns/{campaign.public_id}/dates/")
    assert "放假前" in text(page)
    assert "what=day:before_holiday" in text(page)
    asked = {"what": "day:before_holiday", "new_on": "2010-07-20", "reason": "放假改期"}
    seen = post(school.office, campaign, **asked)
    assert seen.status_code == 200
    assert "党员公开承诺" in text(seen)
    assert not DateMove.objects.exists()
    shown = re.search(r'name="shown" value="(\w+)"', text(seen)).group(1)
    assert post(school.office, campaign, **asked, shown=shown).status_code == 302
    assert DateMove.objects.count() == 3
    page = text(builder.client(school.member).get(f"/campaigns/{campaign.public_id}/"))
    assert "原定 2010年7月16日，改到 2010年7月20日" in page
    duty = play.duty_of(school.member, "commitment_member")
    page = text(builder.client(school.member).get(f"/duties/{duty.pk}/"))
    assert "原期限 7月16日" in page
    assert "理由：放假改期" in page


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"new_on": "2010-07-12", "reason": "x"}, "只能延后"),
        ({"new_on": "", "reason": "x"}, "写上改到哪一天"),
        ({"new_on": "不是日期", "reason": "x"}, "不能早"),
        ({"new_on": "2010-07-20", "reason": ""}, "写上理由"),
    ],
)
def test_a_wrong_form_says_what_to_do_and_changes_nothing(school, campaign, fields, why):
    for what in ("day:before_holiday", f"slot:{speech.slot('plan').pk}"):
        page = post(school.office, campaign, what=what, **fields)
        assert page.status_code == 422
        assert why in text(page) or fields["new_on"] == "不是日期"
    assert not DateMove.objects.exists()


@pytest.mark.parametrize("what", ["day:nothing", "slot:0", "slot:x", "nonsense", "slot:99999999999999999999"])
def test_nonsense_to_move_is_not_there(school, campaign, what):
    assert (
        builder.client(school.office).get(f"/campaigns/{campaign.public_id}/dates/?what={what}").status_code
        == 404
    )


def test_the_board_shows_the_new_date_beside_the_old(school, campaign):
    move(school, campaign)
    page = text(builder.client(school.office).get("/board/"))
    assert "07-20" in page
    assert "（原 07-16）" in page
