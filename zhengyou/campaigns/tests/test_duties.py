"""What is owed follows roster and tasks: issuing, joining, moving, leaving, coming back, carrying."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns import actions, duties, figures
from zhengyou.campaigns.models import Duty, DutyEvent, Slot, State
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal.actions import record
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org.tests.builder import BY

THEN = {"by": BY, "then": duties.follow_roster}


def test_everybody_owes_what_the_audience_says_and_twice_is_once(school):
    play.run(
        play.member_task("all"),
        play.member_task("staff", conditions=(play.equals("category", "staff"),)),
        play.unit_task("units"),
        play.unit_task("root", kinds=("committee",)),
    )
    assert Duty.objects.filter(slot__task__code="all").count() == 9
    assert set(Duty.objects.filter(slot__task__code="staff").values_list("member__name", flat=True)) == {
        "任致远",
        "苏文",
        "Anna Smith",
    }
    assert Duty.objects.filter(slot__task__code="units").count() == 6
    assert play.duty_of(school.root, "root").unit == school.root
    before = Duty.objects.count()
    play.settle()
    assert Duty.objects.count() == before


def test_a_condition_may_ask_for_the_day_of_joining_and_for_either_of_two_words(school):
    from zhengyou.org.models import Person
    from zhengyou.packs.expressions import Node

    Person.objects.filter(pk=school.member.pk).update(joined_on=date(2005, 1, 1))
    old = Node("<", (Node("name", (), "joined"), Node("day", (), date(2008, 1, 1))))
    either = Node("in", (Node("name", (), "category"),), ("staff", "other"))
    nobody = Node("not", (play.YES,))
    play.run(
        play.member_task("old", conditions=(old, nobody)), play.member_task("either", conditions=(either,))
    )
    assert [d.member for d in Duty.objects.filter(slot__task__code="old")] == [school.member]
    assert Duty.objects.filter(slot__task__code="either").count() == 3


def test_a_task_for_the_office_alone_is_owed_by_the_root(school):
    from dataclasses import replace

    play.run(replace(play.unit_task("office", kinds=()), root_only=True, post="office"))
    assert play.duty_of(school.root, "office").subject_unit == school.root
    assert Duty.objects.count() == 1


def test_golden_7_an_activity_unit_charges_nobody_and_counts_nobody_twice(school):
    """Registered in branch, active in branch2: owed once, in branch; nobody's total changes."""
    play.run(play.member_task("all"))
    assert play.duty_of(school.member2).unit == school.branch
    assert play.counts(school.root)["issued"] == 9
    assert play.counts(school.branch2)["issued"] == 2
    assert play.counts(school.branch)["issued"] == 4


def test_golden_8_a_move_before_the_cut_off_takes_the_duty_along_and_the_past_keeps_it(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all"))
    with clock.playing(day(11, 19)):
        frozen = figures.board_known(school.root.pk, day(11, 19), day(11, 19))
    with clock.playing(day(11, 22)):
        org.move_members([school.member], school.branch3, day=day(11, 20), **THEN)
        assert play.duty_of(school.member).unit == school.branch3
        assert play.counts(school.branch)["issued"] == 3
        assert play.counts(school.branch, day(11, 19))["issued"] == 4
        assert play.counts(school.branch, day(11, 20))["issued"] == 3
        play.settle()
        assert figures.board_known(school.root.pk, day(11, 19), day(11, 19)) == frozen
        event = DutyEvent.objects.get()
        assert (event.kind, event.day, event.from_unit, event.to_unit) == (
            "move",
            day(11, 20),
            school.branch,
            school.branch3,
        )


def test_a_move_after_the_cut_off_leaves_the_duty_where_it_was(school):
    play.run(play.member_task("all", play.slot(cutoff=day(11, 15), due=day(11, 30))))
    org.move_members([school.member], school.branch3, day=day(11, 20), **THEN)
    assert play.duty_of(school.member).unit == school.branch
    play.settle()


def test_a_move_before_the_cut_off_entered_after_it_still_takes_the_duty(school):
    play.run(play.member_task("all", play.slot(cutoff=day(11, 15), due=day(11, 30))))
    org.move_members([school.member], school.branch3, day=day(11, 10), **THEN)
    assert play.duty_of(school.member).unit == school.branch3
    play.settle()


def test_an_accepted_duty_moves_too_or_shares_would_lie(school):
    play.run(play.member_task("all"))
    play.hand_in(school.member, school.member)
    org.move_members([school.member], school.branch3, day=day(11, 22), **THEN)
    duty = play.duty_of(school.member)
    assert (duty.state, duty.unit) == (State.ACCEPTED, school.branch3)
    assert play.counts(school.branch)["accepted"] == 0
    play.settle()


def test_who_leaves_owes_no_more_the_accepted_stays_and_the_past_says_so(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all"), play.member_task("other"))
    play.hand_in(school.member, school.member, "other")
    org.leave([school.member], how="left", day=day(11, 20), **THEN)
    assert play.duty_of(school.member, "all").state == State.VOID
    assert play.duty_of(school.member, "other").state == State.ACCEPTED
    assert play.counts(school.branch)["void"] == 1
    assert play.counts(school.branch, day(11, 19))["void"] == 0
    play.settle()


def test_who_leaves_after_the_cut_off_owes_no_more_either(school):
    play.run(play.member_task("all", play.slot(cutoff=day(11, 15), due=day(11, 30))))
    org.leave([school.member], how="left", day=day(11, 20), **THEN)
    assert play.duty_of(school.member).state == State.VOID
    play.settle()


def test_who_comes_back_before_the_cut_off_owes_again(school):
    play.run(play.member_task("all"))
    org.leave([school.member], how="left", day=day(11, 20), **THEN)
    org.affiliate(school.member, school.branch3, day=day(11, 22), **THEN)
    duty = play.duty_of(school.member)
    assert (duty.state, duty.cause) == (State.DUE, "roster")
    assert duty.unit == school.branch3, "at once, not at the next full run"
    play.settle()


def joiner(school, when, **rule):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all", **rule))
    with clock.playing(when):
        new = org.add_person("新来", number="n1", unit=school.branch, day=when, **THEN)
        return play.duty_of(new)


@pytest.mark.parametrize(
    ("when", "rule", "state"),
    [
        (day(11, 22), {}, State.DUE),
        (day(11, 20), {"grace_days": 10}, State.DUE),
        (day(11, 21), {"grace_days": 10}, State.EXEMPT),
        (day(11, 21), {"grace_days": 10, "joiners": "owe_if_days_left"}, State.EXEMPT),
        (day(11, 2), {"joiners": "owe_next_period"}, State.EXEMPT),
        (day(11, 1), {"joiners": "owe_next_period"}, State.DUE),
    ],
)
def test_a_joiner_owes_what_the_rule_says_the_day_before_and_on_the_day(school, when, rule, state):
    duty = joiner(school, when, **rule)
    assert duty.state == state
    assert duty.cause == ("joiner" if state == State.EXEMPT else "roster")
    assert duty.issued_on == when
    play.settle()


def test_a_joiner_owes_the_next_period(school):
    with clock.playing(day(11, 1)):
        play.run(
            play.member_task(
                "all",
                play.slot(),
                play.slot("12", day(12, 1), day(12, 31)),
                joiners="owe_next_period",
            )
        )
    new = org.add_person("新来", number="n1", unit=school.branch, day=day(11, 22), **THEN)
    with clock.playing(day(12, 1)):
        actions.tick()
        assert play.duty_of(new, period="11").state == State.EXEMPT
        assert play.duty_of(new, period="12").state == State.DUE
        play.settle()


def test_who_was_exempt_as_a_joiner_is_exempt_again_after_leaving_and_coming_back(school):
    duty = joiner(school, day(11, 21), grace_days=10)
    org.leave([duty.member], how="left", day=day(11, 22), **THEN)
    assert play.duty_of(duty.member).state == State.VOID
    org.affiliate(duty.member, school.branch, day=day(11, 22), **THEN)
    duty = play.duty_of(duty.member)
    assert (duty.state, duty.cause) == (State.EXEMPT, "joiner")


def test_the_members_a_unit_was_founded_with_are_no_joiners(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all", joiners="owe_next_period"))
    unit = org.add_unit("新支", "branch", school.general, by=BY, day=day(11, 10))
    new = org.add_person("新来", number="n1", unit=unit, day=day(11, 10), **THEN)
    assert play.duty_of(new).state == State.DUE


def test_a_change_of_category_brings_into_the_audience_and_takes_out_of_it(school):
    from zhengyou.org.models import Affiliation

    with clock.playing(day(11, 1)):
        play.run(play.member_task("staff", conditions=(play.equals("category", "staff"),)))
    with record("test.changed", by=BY) as entry:
        for who, category in ((school.member, "staff"), (school.staff, "student")):
            old = Affiliation.objects.get(person=who, role="R", dropped=None)
            Affiliation.objects.filter(pk=old.pk).update(dropped_id=entry.id)
            common = {"person": who, "unit": old.unit, "entry_id": entry.id, "status": "full"}
            Affiliation.objects.create(
                **common,
                category=old.category,
                valid_from=old.valid_from,
                valid_to=day(11, 10),
                ended="changed",
            )
            Affiliation.objects.create(**common, category=category, valid_from=day(11, 10), begun="changed")
        duties.follow_roster(entry)
    came, went = play.duty_of(school.member), play.duty_of(school.staff)
    assert (came.state, came.issued_on) == (State.DUE, day(11, 10))
    assert went.state == State.VOID
    play.settle()


def test_a_fact_entered_late_counts_from_its_own_day_but_never_reorders_a_history(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all"))
    with clock.playing(day(11, 15)):
        play.hand_in(school.member, school.member)
    org.move_members([school.member], school.branch3, day=day(11, 10), **THEN)
    org.move_members([school.neighbour], school.branch3, day=day(11, 10), **THEN)
    days = dict(DutyEvent.objects.filter(kind="move").values_list("duty__member", "day"))
    assert days == {school.member.pk: day(11, 15), school.neighbour.pk: day(11, 10)}
    play.settle()


def test_members_and_duties_agree_at_once_without_a_tick(school):
    play.run(play.member_task("all"))
    org.leave([school.member], how="left", day=day(11, 22), **THEN)
    everything = play.compare(day(11, 22))
    assert everything.live == everything.cached
    assert play.counts(school.branch)["void"] == 1


def test_a_unit_opened_before_the_cut_off_owes_and_the_roster_never_voids_a_units_duty(school):
    with clock.playing(day(11, 1)):
        play.run(play.unit_task("units"))
    unit = org.add_unit("新支", "branch", school.general, by=BY, day=day(11, 10))
    actions.tick()
    assert play.duty_of(unit).issued_on == day(11, 10)
    org.leave([school.secretary2, school.neighbour], how="left", day=day(11, 22), **THEN)
    assert play.duty_of(school.branch2).state == State.DUE
    play.settle()


def test_what_is_carried_keeps_its_date_and_its_unit(school):
    """Golden 9: overdue duties of a unit that is merged are overdue in the successor, with their own dates."""
    with clock.playing(day(9, 1)):
        play.run(
            play.unit_task(
                "units", *(play.slot(f"r{n}", day(9, 1), day(9, 1), day(9, 10 + n)) for n in (1, 2, 3))
            )
        )
    before = play.counts(school.general)
    with record("test.merged", by=BY) as entry:
        duties.dispose(entry, [school.branch.pk], day(11, 22), school.branch2.pk)
    moved = Duty.objects.filter(subject_unit=school.branch)
    assert {(d.unit_id, d.due_on) for d in moved} == {(school.branch2.pk, day(9, n)) for n in (11, 12, 13)}
    assert play.counts(school.branch)["overdue"] == 0
    assert play.counts(school.branch2)["overdue"] == 6
    assert play.counts(school.general) == before
    play.settle()


def test_duties_of_a_unit_that_closes_without_a_successor_are_void_by_a_person(school):
    play.run(play.unit_task("units"))
    with record("test.closed", by=BY) as entry:
        duties.dispose(entry, [school.branch.pk], day(11, 22))
    duty = play.duty_of(school.branch)
    assert (duty.state, duty.cause) == (State.VOID, "person")
    play.settle()


def test_a_tick_that_changes_nothing_leaves_no_entry_and_touches_no_duty(school):
    play.run(play.member_task("all"), play.unit_task("units"))
    actions.tick()
    entries, versions = (
        Entry.objects.count(),
        list(Duty.objects.order_by("pk").values_list("version", flat=True)),
    )
    with clock.playing(day(11, 23)):
        done = actions.tick()
    assert (done.changed, done.entry) == ({}, None)
    assert Entry.objects.count() == entries
    assert list(Duty.objects.order_by("pk").values_list("version", flat=True)) == versions
    assert set(Slot.objects.values_list("reconciled_on", flat=True)) == {day(11, 23)}


def test_a_tick_on_a_later_day_opens_the_periods_that_have_come(school):
    play.run(play.member_task("all", play.slot(), play.slot("12", day(12, 1), day(12, 31))))
    assert Duty.objects.count() == 9
    with clock.playing(day(12, 1)):
        assert actions.tick().changed == {"issue": 9}
        assert play.counts(school.root)["issued"] == 18
        play.settle()


def test_what_the_roster_changed_without_telling_is_caught_up_on_tick(school):
    play.run(play.member_task("all"))
    org.move_members([school.member], school.branch3, by=BY, day=day(11, 22))
    org.leave([school.neighbour], how="left", by=BY, day=day(11, 22))
    assert actions.tick().changed == {"move": 1, "leave": 1}
    assert actions.tick().changed == {}
    play.settle()


def test_a_stored_audience_nobody_understands_issues_nothing():
    with pytest.raises(duties.audience.Unreadable):
        duties.fragment({"any": [["=", "height", "tall"]]}, {})
    with pytest.raises(duties.audience.Unreadable):
        duties.fragment({"everybody": True}, {})
