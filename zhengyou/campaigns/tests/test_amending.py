"""Amending a running campaign: what changes, who keeps what, what is refused, on the day and on a planned one."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns import actions, amending, duties, packed
from zhengyou.campaigns.actions import amending as acting
from zhengyou.campaigns.actions.preparing import PackFaults
from zhengyou.campaigns.models import Amendment, Campaign, Duty, Phase, Slot, Task
from zhengyou.campaigns.tests import play, speech
from zhengyou.journal.chain import verify
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused

TODAY = date(2010, 7, 8)
SPEECH = speech.SPEECH.read_text("utf8")


@pytest.fixture
def school(db):
    return speech.build()


@pytest.fixture
def campaign(school):
    return speech.start(school)


@pytest.fixture(autouse=True)
def today(house_clock):
    with clock.playing(TODAY):
        yield


def text(*changes: tuple[str, str]) -> str:
    """The speech's pack with some pieces replaced; each must be there once."""
    out = SPEECH
    for old, new in changes:
        assert out.count(old) == 1, old
        out = out.replace(old, new)
    return out


LONGER = (
    "          benchmark:\n            zh: 对标定位\n",
    "          benchmark:\n            zh: 对标定位\n            minutes: 77\n",
)
ONLY_STUDENTS = (
    "          commitment_member:\n            zh: 党员公开承诺\n            who: all_members",
    "          commitment_member:\n            zh: 党员公开承诺\n            who: student",
)
NEW_TASK = (
    "          commitment_unit:\n",
    "          survey:\n            zh: 摸底\n            who: all_members\n            form: report\n"
    "            due: 2010-08-20\n"
    "          commitment_unit:\n",
)
NO_MOBILISE = (
    "          mobilise:\n            zh: 动员部署\n            who: [general, direct, branch]\n            form: meeting\n"
    "            source: 召开各级动员大会，进行安排部署\n",
    "",
)
PLAN_DUE = "            kinds: [活动载体, 活动方式, 具体活动内容]\n            due: {}\n"


def plan_due(day):
    return (PLAN_DUE.format("before_holiday"), PLAN_DUE.format(day))


def draft(school, campaign, *changes, **more):
    return acting.draft(campaign, text(*changes), by=school.office.actor, name="新.yaml", **more)


def amend(school, campaign, *changes, day=TODAY, **more):
    made = draft(school, campaign, *changes)
    given = {"document_no": "校发〔2010〕20号", "reason": "领导小组调整", **more}
    return acting.amend(made, day, by=school.office.actor, **given)


def test_a_changed_task_that_is_not_open_yet_goes_over_to_the_new_version(school, campaign):
    made = amend(school, campaign, LONGER)
    assert (made.state, made.version) == (Amendment.State.DONE, 2)
    old, new = Task.objects.filter(code="benchmark").order_by("version")
    assert (old.version, old.minutes != 77, old.replaced_by_id) == (1, True, new.pk)
    assert (new.version, new.minutes) == (2, 77)
    assert speech.slot("benchmark").task_id == new.pk
    assert Task.objects.filter(version=2).count() == 1
    campaign.refresh_from_db()
    assert "minutes: 77" in campaign.text
    assert Amendment.objects.get(version=1).text == SPEECH
    assert packed.checked(campaign).errors == []
    play.settle()
    assert verify().broken is None


def test_issued_duties_keep_their_version_unless_they_are_taken_along(school, campaign):
    before = Duty.objects.filter(slot__task__code="commitment_member").count()
    amend(school, campaign, ONLY_STUDENTS)
    old = Task.objects.get(code="commitment_member", version=1)
    assert Duty.objects.filter(slot__task=old, state="due").count() == before
    assert not Slot.objects.filter(task__code="commitment_member", task__version=2).exists()
    play.settle()


def test_taken_along_they_are_void_outside_the_new_audience_and_stay_accepted_where_they_were(
    school, campaign
):
    play.hand_in(school.staff, school.staff, "commitment_member")
    actions.accept(play.duty_of(school.staff, "commitment_member"), by=school.office.actor)
    other = Duty.objects.filter(slot__task__code="commitment_member", member__affiliations__category="staff")
    staff = set(other.exclude(member=school.staff).values_list("pk", flat=True))
    done = amend(school, campaign, ONLY_STUDENTS, migrate=True)
    assert set(Duty.objects.filter(pk__in=staff).values_list("state", flat=True)) == {"void"}
    assert play.duty_of(school.staff, "commitment_member").state == "accepted"
    assert play.duty_of(school.member, "commitment_member").state == "due"
    assert done.outcome["voided"] == len(staff)
    assert speech.slot("commitment_member").task.version == 2
    play.settle()
    assert set(Duty.objects.filter(pk__in=staff).values_list("state", flat=True)) == {"void"}


def test_units_outside_the_new_audience_are_void_too(school, campaign):
    who = (
        "          plan:\n            zh: 制定方案\n            who: [general, direct, branch]",
        "          plan:\n            zh: 制定方案\n            who: [general, direct]",
    )
    amend(school, campaign, who, migrate=True)
    assert play.duty_of(school.branch, "plan").state == "void"
    assert play.duty_of(school.general, "plan").state == "due"
    play.settle()
    assert duties.faults() == []


def test_a_new_task_is_issued_today_and_a_dropped_one_is_void_with_the_reason(school, campaign):
    done = amend(school, campaign, NEW_TASK, NO_MOBILISE)
    assert play.duty_of(school.member, "survey").due_on == date(2010, 8, 20)
    assert set(Duty.objects.filter(slot__task__code="mobilise").values_list("state", flat=True)) == {"void"}
    assert Task.objects.filter(code="mobilise").exists()
    assert done.outcome["voided"] == Duty.objects.filter(slot__task__code="mobilise").count()
    play.settle()
    assert set(Duty.objects.filter(slot__task__code="mobilise").values_list("state", flat=True)) == {"void"}


def test_later_dates_reach_issued_duties_only_when_taken_along_and_earlier_ones_are_refused(school, campaign):
    amend(school, campaign, plan_due("2010-07-30"))
    assert play.duty_of(school.branch, "plan").due_on == date(2010, 7, 16)
    made = acting.draft(campaign, text(plan_due("2010-08-05")), by=school.office.actor)
    acting.amend(made, TODAY, by=school.office.actor, document_no="1", reason="再延", migrate=True)
    assert play.duty_of(school.branch, "plan").due_on == date(2010, 8, 5)
    assert speech.slot("plan").moves.get().old_on == date(2010, 7, 16)
    earlier = acting.draft(campaign, text(plan_due("2010-07-12")), by=school.office.actor)
    with pytest.raises(Invalid, match="只能延后"):
        acting.amend(earlier, TODAY, by=school.office.actor, document_no="2", reason="提前", migrate=True)
    assert play.duty_of(school.branch, "plan").due_on == date(2010, 8, 5)
    play.settle()


def test_an_amendment_starts_from_the_days_that_were_moved(school, campaign):
    moved = date(2010, 7, 20)
    actions.move_day(campaign, "before_holiday", moved, by=school.office.actor, reason="放假改期")
    made = draft(school, campaign, LONGER)
    found = amending.effect(campaign, packed.checked(campaign), amending.of(made), TODAY)
    assert [line for line in found.lines if line.code == "plan"] == []
    acting.amend(made, TODAY, by=school.office.actor, document_no="1", reason="x", migrate=True)
    assert play.duty_of(school.branch, "plan").due_on == moved
    campaign.refresh_from_db()
    assert packed.moved(campaign) == {"before_holiday": "2010-07-20"}


def test_it_waits_for_its_day_and_the_tick_carries_it_out_once(school, campaign):
    made = amend(school, campaign, LONGER, day=date(2010, 7, 20))
    assert made.state == Amendment.State.PLANNED
    actions.tick(date(2010, 7, 19))
    assert Task.objects.filter(version=2).count() == 0
    with pytest.raises(Conflict, match="还没生效"):
        draft(school, campaign, NEW_TASK)
    assert actions.tick(date(2010, 7, 20)).amended == 1
    assert actions.tick(date(2010, 7, 20)).amended == 0
    assert Task.objects.get(version=2).code == "benchmark"
    assert Amendment.objects.get(version=2).state == Amendment.State.DONE
    assert Entry.objects.filter(verb="campaign.amended").count() == 2  # decided, carried out
    with clock.playing(date(2010, 7, 20)):
        play.settle()


def test_a_planned_one_can_be_taken_back(school, campaign):
    made = amend(school, campaign, LONGER, day=date(2010, 7, 20))
    acting.put_away(made, by=school.office.actor)
    assert actions.tick(date(2010, 7, 21)).amended == 0
    with pytest.raises(Conflict, match="收起来"):
        acting.put_away(made, by=school.office.actor)


FORM = (
    "            zh: 对标定位\n            who: all_members\n            form: benchmark",
    "            zh: 对标定位\n            who: all_members\n            form: report",
)
SUBJECT = (
    "            zh: 对标定位\n            who: all_members",
    "            zh: 对标定位\n            who: [general, direct]",
)


@pytest.mark.parametrize(
    ("change", "code", "key"),
    [
        (FORM, "V302", "form"),
        (SUBJECT, "V303", "who"),
        (("id: excellence-2010", "id: other-2010"), "V301", "id"),
    ],
)
def test_a_code_never_changes_its_meaning_and_the_place_is_named(school, campaign, change, code, key):
    with pytest.raises(PackFaults) as caught:
        draft(school, campaign, change)
    fault = next(f for f in caught.value.faults if f.code == code)
    assert fault.file == "新.yaml"
    assert key in text(change).splitlines()[fault.line - 1]
    assert fault.column > 1
    assert not Amendment.objects.exists()
    assert not Entry.objects.filter(verb="campaign.amendment_drafted").exists()


def test_a_text_with_errors_leaves_nothing(school, campaign):
    with pytest.raises(PackFaults) as caught:
        draft(
            school,
            campaign,
            ("            form: benchmark\n", "            form: benchmark\n            nonsense: 3\n"),
        )
    assert any(str(f).startswith("新.yaml:") for f in caught.value.faults)
    assert not Amendment.objects.exists()


def test_answers_can_be_changed_without_a_new_text(school, campaign):
    made = acting.draft(campaign, changes={"p2.to": "2011-04-15"}, by=school.office.actor)
    found = amending.effect(campaign, packed.checked(campaign), amending.of(made), TODAY)
    assert any(d.address.endswith("p2.to") and d.new == "2011-04-15" for d in found.differences)
    acting.amend(made, TODAY, by=school.office.actor, document_no="1", reason="延长")
    assert Phase.objects.get(code="p2").ends_on == date(2011, 4, 15)
    assert speech.slot("party_spirit").due_on == date(2011, 4, 15)
    assert speech.slot("party_spirit").moves.get().old_on == date(2011, 3, 31)


def test_a_phase_that_has_ended_is_not_touched(school, campaign):
    with clock.playing(date(2010, 9, 2)):
        actions.tick()
        made = acting.draft(campaign, changes={"p1.to": "2010-09-30"}, by=school.office.actor)
        acting.amend(made, date(2010, 9, 2), by=school.office.actor, document_no="1", reason="x")
        assert Phase.objects.get(code="p1").ends_on == date(2010, 8, 31)


def test_the_preview_says_who_is_touched_and_what_is_confirmed_is_what_was_shown(school, campaign):
    made = draft(school, campaign, ONLY_STUDENTS)
    found = amending.effect(campaign, packed.checked(campaign), amending.of(made), TODAY)
    (task,) = found.tasks
    assert (task.kind, task.code, task.what) == ("changed", "commitment_member", ("谁来办",))
    assert task.duties == task.people == Duty.objects.filter(slot__task__code="commitment_member").count()
    shown = amending.fingerprint(found, made, TODAY, False)
    actions.exempt(play.duty_of(school.member, "commitment_member"), reason="illness", by=school.office.actor)
    with pytest.raises(Conflict, match="又有了变动"):
        acting.amend(made, TODAY, by=school.office.actor, document_no="1", reason="x", shown=shown)
    assert Amendment.objects.get(pk=made.pk).state == Amendment.State.DRAFT


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"document_no": " "}, "文号"),
        ({"reason": ""}, "理由"),
        ({"day": date(2010, 7, 1)}, "今天或以后"),
        ({"day": None}, "今天或以后"),
    ],
)
def test_it_needs_a_document_a_reason_and_a_day(school, campaign, given, why):
    with pytest.raises(Invalid, match=why):
        amend(school, campaign, LONGER, **given)
    assert Task.objects.filter(version=2).count() == 0


@pytest.mark.parametrize("who", ["dean", "secretary", "leader", "member"])
def test_only_the_office_amends(school, campaign, who):
    with pytest.raises(Refused, match="办公室"):
        acting.draft(campaign, text(LONGER), by=getattr(school, who).actor)
    made = draft(school, campaign, LONGER)
    with pytest.raises(Refused, match="办公室"):
        acting.amend(made, TODAY, by=getattr(school, who).actor, document_no="1", reason="x")


def test_the_same_pack_again_is_no_amendment(school, campaign):
    with pytest.raises(Invalid, match="没有不同"):
        acting.draft(campaign, SPEECH, by=school.office.actor)
    assert not Amendment.objects.exists()


def test_a_campaign_that_does_not_run_is_not_amended(school, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.CLOSED)
    with pytest.raises(Refused, match="进行中"):
        draft(school, campaign, LONGER)


def test_a_later_date_of_its_own_is_kept_before_it_opens_too(school, campaign):
    own = date(2011, 6, 20)
    actions.move_slot(speech.slot("benchmark"), own, by=school.office.actor, reason="多给时间")
    made = acting.draft(campaign, changes={"p3.to": "2011-06-10"}, by=school.office.actor)
    found = amending.effect(campaign, packed.checked(campaign), amending.of(made), TODAY)
    assert {line.kind for line in found.lines if line.code == "benchmark"} == {"own"}
    acting.amend(made, TODAY, by=school.office.actor, document_no="1", reason="延长")
    assert speech.slot("benchmark").due_on == own
