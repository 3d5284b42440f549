"""Exempting, extending, voiding: for one, for a unit and those below, for all; taken back; who may and who reads why."""

from __future__ import annotations

import pytest

from zhengyou.campaigns import actions, duties, rules
from zhengyou.campaigns.models import Decision, Duty, DutyEvent, Slot, State
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org.tests.builder import BY

ILL = {"reason": "ill"}


def test_an_exemption_puts_one_duty_aside_and_taking_it_back_asks_for_it_again(school):
    play.run(play.member_task("all"))
    decision = actions.exempt(
        play.duty_of(school.member), by=school.secretary.actor, reason="ill", text="住院"
    )
    duty = play.duty_of(school.member)
    assert (duty.state, duty.cause) == (State.EXEMPT, "decision")
    assert play.counts(school.branch)["exempt"] == 1
    assert actions.take_back(decision, by=school.secretary.actor) == 1
    assert play.duty_of(school.member).state == State.DUE
    with pytest.raises(Conflict):
        actions.take_back(decision, by=school.secretary.actor)
    play.settle()


def test_a_reason_of_the_short_list_is_needed_and_only_those_concerned_read_the_words(school):
    play.run(play.member_task("all"))
    for reason in ("", "tired"):
        with pytest.raises(Invalid):
            actions.exempt(play.duty_of(school.member), by=school.secretary.actor, reason=reason, text="x")
    decision = actions.exempt(play.duty_of(school.member), by=school.dean.actor, reason="ill", text="住院")
    seen = {
        name: bool(rules.may_read_reason(play.authority(person), decision))
        for name, person in school.people.items()
    }
    assert {name for name, sees in seen.items() if sees} == {"member", "secretary", "dean"}


@pytest.mark.parametrize(
    ("who", "ok"),
    [
        ("secretary", True),
        ("dean", True),
        ("office", True),
        ("member", False),
        ("secretary2", False),
        ("inspector", False),
    ],
)
def test_members_are_exempted_by_their_line_alone(school, who, ok):
    play.run(play.member_task("all"))
    duty = play.duty_of(school.member)
    verdict = rules.may_exempt(play.authority(getattr(school, who)), duty)
    assert bool(verdict) == ok
    assert ok or verdict.why


def test_nobody_decides_for_oneself_nor_a_unit_for_itself(school):
    play.run(play.member_task("all"), play.unit_task("units"))
    with pytest.raises(Refused, match="自己"):
        actions.exempt(play.duty_of(school.secretary, "all"), by=school.secretary.actor, **ILL)
    with pytest.raises(Refused, match="上一级"):
        actions.extend(play.duty_of(school.branch, "units"), day(12, 5), by=school.secretary.actor, **ILL)
    actions.extend(play.duty_of(school.branch, "units"), day(12, 5), by=school.dean.actor, **ILL)
    with pytest.raises(Refused):
        actions.decide(
            "exempt", Slot.objects.get(task__code="units"), by=school.dean.actor, unit=school.general, **ILL
        )


def test_an_extension_only_lengthens_and_the_old_date_stays_visible(school):
    play.run(play.member_task("all"))
    duty = play.duty_of(school.member)
    for bad in (day(11, 30), day(11, 10)):
        with pytest.raises(Invalid):
            actions.extend(duty, bad, by=school.secretary.actor, **ILL)
    decision = actions.extend(duty, day(12, 20), by=school.secretary.actor, **ILL)
    duty = play.duty_of(school.member)
    assert (duty.due_on, duty.first_due_on, duty.slot.due_on) == (day(12, 20), day(11, 30), day(11, 30))
    assert DutyEvent.objects.get().from_due_on == day(11, 30)
    assert "不再缩短" in rules.may_take_back(play.authority(school.secretary), decision).why
    with clock.playing(day(12, 10)):
        assert play.counts(school.branch)["overdue"] == 3
        play.settle()


def test_only_the_office_voids_and_what_a_person_voided_the_roster_does_not_revive(school):
    play.run(play.member_task("all"))
    with pytest.raises(Refused, match="办公室"):
        actions.void(play.duty_of(school.member), by=school.secretary.actor, text="重复")
    with pytest.raises(Invalid):
        actions.void(play.duty_of(school.member), by=school.office.actor)
    decision = actions.void(play.duty_of(school.member), by=school.office.actor, text="重复")
    then = {"by": BY, "then": duties.follow_roster}
    org.leave([school.member], how="left", day=day(11, 22), **then)
    org.affiliate(school.member, school.branch, day=day(11, 22), **then)
    assert play.duty_of(school.member).state == State.VOID
    actions.take_back(decision, by=school.office.actor)
    assert play.duty_of(school.member).state == State.DUE
    play.settle()


def test_voiding_what_waits_takes_it_off_the_reviewers_desk(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    actions.void(play.duty_of(school.branch), by=school.office.actor, text="重复")
    assert play.duty_of(school.branch).submissions.get().state == 40
    play.settle()


def test_what_was_accepted_is_out_of_every_decisions_reach(school):
    play.run(play.member_task("all"))
    play.hand_in(school.member, school.member)
    slot = Slot.objects.get()
    for kind, more in (
        ("exempt", {}),
        ("void", {"text": "x"}),
        ("extend", {"due_on": day(12, 20), "text": "x"}),
    ):
        given = {"reason": "ill", **more}
        _, changed = actions.decide(kind, slot, by=school.office.actor, unit=school.branch, **given)
        assert play.duty_of(school.member).state == State.ACCEPTED
        assert changed in (0, 3)
    with pytest.raises(Refused):
        actions.exempt(play.duty_of(school.member), by=school.secretary.actor, **ILL)


def test_a_decision_for_a_unit_reaches_those_below_it_and_who_moves_in(school):
    play.run(play.member_task("all"))
    _, changed = actions.decide(
        "exempt", Slot.objects.get(), by=school.dean.actor, unit=school.general, **ILL
    )
    assert changed == 6
    org.move_members([school.far], school.branch, by=BY, day=day(11, 22), then=duties.follow_roster)
    assert play.duty_of(school.far).state == State.EXEMPT
    with pytest.raises(Refused):
        actions.decide("exempt", Slot.objects.get(), by=school.dean.actor, unit=school.general2, **ILL)
    play.settle()


def test_a_units_own_duty_can_be_decided_without_those_below(school):
    play.run(play.unit_task("units", kinds=("general", "branch")))
    actions.exempt(play.duty_of(school.general), by=school.office.actor, **ILL)
    assert play.counts(school.general)["exempt"] == 1
    actions.decide("exempt", Slot.objects.get(), by=school.office.actor, unit=school.general2, **ILL)
    assert play.counts(school.general2)["exempt"] == 3
    play.settle()


def test_a_decision_for_all_is_the_offices(school):
    play.run(play.member_task("all"))
    with pytest.raises(Refused):
        actions.decide("exempt", Slot.objects.get(), by=school.dean.actor, **ILL)
    _, changed = actions.decide("exempt", Slot.objects.get(), by=school.office.actor, **ILL)
    assert changed == 9
    play.settle()


def test_a_page_of_duties_is_decided_in_one_entry_and_the_others_are_named(school):
    from zhengyou.journal.models import Entry

    play.run(play.member_task("all"))
    ids = list(Duty.objects.order_by("pk").values_list("pk", flat=True))
    before = Entry.objects.count()
    changed, left = actions.decide_many("exempt", ids, by=school.secretary.actor, **ILL)
    assert (changed, len(left)) == (3, 6)
    assert Entry.objects.count() == before + 1
    assert Decision.objects.count() == 3
    with pytest.raises(Conflict):
        actions.decide_many("exempt", ids, by=school.secretary.actor, **ILL)
    play.settle()


def test_returned_papers_can_be_exempted_and_come_back_as_due(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    with pytest.raises(Refused):
        actions.exempt(play.duty_of(school.branch), by=school.dean.actor, **ILL)
    actions.give_back(play.duty_of(school.branch), "改", by=school.dean.actor)
    decision = actions.exempt(play.duty_of(school.branch), by=school.dean.actor, **ILL)
    actions.take_back(decision, by=school.dean.actor)
    assert play.duty_of(school.branch).state == State.DUE
    play.settle()


def test_a_void_taken_back_after_a_move_is_owed_where_the_member_is_now(school):
    play.run(play.member_task("all"))
    made = actions.void(play.duty_of(school.member), by=school.office.actor, text="重复")
    org.move_members([school.member], school.branch3, by=BY, day=day(11, 20), then=duties.follow_roster)
    actions.take_back(made, by=school.office.actor)
    duty = play.duty_of(school.member)
    assert (duty.state, duty.unit) == ("due", school.branch3), "at once, not at the next full run"
    play.settle()
