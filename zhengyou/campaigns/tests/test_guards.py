"""Guards that hold even where the rule before them was passed by, and rules that undo only what they did themselves."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns import actions, duties, figures, rules
from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import Decision, Duty, Slot, State, Submission
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal.actions import record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict
from zhengyou.kit.sql import FAR, run
from zhengyou.org import actions as org
from zhengyou.org.models import Affiliation, Placement
from zhengyou.org.tests.builder import BY
from zhengyou.org.tree import RECOUNT

PAST = play.slot(cutoff=day(11, 15), due=day(11, 30))


def laid(duty, by):
    with record("test.laid", by=BY) as entry:
        return papers.lay(entry, [papers.Paper(duty, by.pk, True)], Reviewers(clock.today()))


def test_the_statement_itself_takes_no_paper_for_a_duty_that_is_neither_due_nor_returned(school):
    play.run(play.member_task("all"))
    stale = play.duty_of(school.member)
    play.hand_in(school.member, school.member)
    with pytest.raises(Conflict):
        laid(stale, school.member)
    assert Submission.objects.count() == 1


def test_the_statement_itself_judges_no_paper_twice(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    (stale,) = papers.waiting_of([play.duty_of(school.branch).pk])
    actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    with pytest.raises(Conflict), record("test.judged", by=BY) as entry:
        papers.judge(entry, [papers.Judgement(stale, school.dean.pk)], Reviewers(clock.today()))
    verdict = rules.may_review(play.authority(school.dean), Submission.objects.select_related("duty").get())
    assert "审过" in verdict.why


def test_the_statement_itself_withdraws_nothing_that_was_judged(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    stale = papers.waiting_of([play.duty_of(school.branch).pk])
    actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    with pytest.raises(Conflict), record("test.withdrawn", by=BY) as entry:
        papers.withdraw(entry, stale)
    assert play.duty_of(school.branch).state == State.ACCEPTED


def test_what_was_carried_no_late_fact_moves_again(school):
    play.run(play.member_task("all", PAST))
    with record("test.carried", by=BY) as entry:
        assert duties.dispose(entry, [school.branch.pk], day(11, 22), school.branch2.pk) == 4
    org.move_members([school.member], school.branch3, by=BY, day=day(11, 10), then=duties.follow_roster)
    assert play.duty_of(school.member).unit == school.branch2
    play.settle()
    assert play.duty_of(school.member).unit == school.branch2


def test_what_a_person_voided_the_roster_does_not_revive(school):
    play.run(play.member_task("all", PAST))
    with record("test.voided", by=BY) as entry:
        duties.dispose(entry, [school.branch.pk], day(11, 22))
    play.settle()
    assert play.duty_of(school.member).state == State.VOID


def test_taking_a_decision_back_leaves_the_joiners_exempt(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all", joiners="owe_next_period"))
    new = org.add_person(
        "新来", number="n1", unit=school.branch, day=day(11, 22), by=BY, then=duties.follow_roster
    )
    decision = actions.exempt(play.duty_of(school.member), by=school.secretary.actor, reason="ill")
    actions.take_back(decision, by=school.secretary.actor)
    assert play.duty_of(school.member).state == State.DUE
    assert play.duty_of(new).state == State.EXEMPT


def test_an_affiliation_that_was_never_true_takes_its_duty_along_on_tick(school):
    play.run(play.member_task("all"))
    actions.tick()
    with record("test.dropped", by=BY) as entry:
        Affiliation.objects.filter(person=school.member, dropped=None).update(dropped_id=entry.id)
    assert actions.tick().changed == {"leave": 1}


def test_facts_dated_ahead_are_seen_on_the_day_they_come_into_force_or_run_out(school):
    play.run(play.member_task("all"))
    with record("test.planned", by=BY) as entry:
        for who, to in ((school.member, None), (school.neighbour, school.branch3)):
            old = Affiliation.objects.get(person=who, role="R", dropped=None)
            Affiliation.objects.filter(pk=old.pk).update(dropped_id=entry.id)
            common = {"person": who, "category": old.category, "status": old.status, "entry_id": entry.id}
            Affiliation.objects.create(
                **common, unit=old.unit, valid_from=old.valid_from, valid_to=day(11, 25)
            )
            if to is not None:
                Affiliation.objects.create(**common, unit=to, valid_from=day(11, 25), begun="moved")
    assert actions.tick().changed == {}
    with clock.playing(day(11, 24)):
        assert actions.tick().changed == {}
    with clock.playing(day(11, 25)):
        assert actions.tick().changed == {"move": 1, "leave": 1}
        play.settle()


def test_who_moved_before_the_campaign_was_started_stood_in_the_old_unit_at_the_opening(school):
    org.move_members([school.member], school.branch3, by=BY, day=day(11, 10))
    play.run(play.member_task("all"))
    assert play.counts(school.branch, day(11, 5))["issued"] == 4
    assert play.counts(school.branch3, day(11, 5))["issued"] == 2
    assert play.counts(school.branch3)["issued"] == 3
    play.settle()


def test_an_extension_does_not_shorten_what_a_return_made_longer(school):
    with clock.playing(day(11, 1)):
        play.run(play.unit_task("units", play.slot(due=day(11, 20))))
    slot = Slot.objects.get()
    extend = {"by": school.office.actor, "text": "一起延"}
    actions.decide("extend", slot, due_on=day(11, 23), **extend)
    play.hand_in(school.branch, school.secretary)
    actions.give_back(play.duty_of(school.branch), "改", by=school.dean.actor)
    assert play.duty_of(school.branch).due_on == day(11, 25)
    actions.decide("extend", slot, unit=school.branch3, due_on=day(12, 1), **extend)
    assert play.duty_of(school.branch).due_on == day(11, 25)
    assert play.duty_of(school.branch3).due_on == day(12, 1)


def test_what_happened_today_does_not_show_on_a_past_days_board_before_it_is_folded(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all"))
        figures.fold()
    play.hand_in(school.member, school.member)
    assert play.counts(school.branch, day(11, 15))["accepted"] == 0
    assert play.counts(school.branch)["accepted"] == 1


def reparented(unit, to, on, old_above, new_above):
    """Hang a unit elsewhere from a day on, with closure and figures, as CORE §4 says."""
    figures.fold()
    with record("test.reparented", by=BY) as entry:
        old = Placement.objects.get(unit=unit, dropped=None)
        Placement.objects.filter(pk=old.pk).update(dropped_id=entry.id)
        common = {"unit": unit, "name": old.name, "entry_id": entry.id}
        Placement.objects.create(**common, parent=old.parent, valid_from=old.valid_from, valid_to=on)
        Placement.objects.create(**common, parent=to, valid_from=on)
        run("DELETE FROM org_closure")
        run(
            f"""INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to) {RECOUNT}
                SELECT ancestor_id, descendant_id, valid_from, valid_to FROM recount""",
            far=FAR,
        )
        figures.regraft(unit.pk, on, [old_above.pk], [new_above.pk])


def test_a_unit_hung_elsewhere_takes_its_figures_along_and_a_late_fact_finds_the_way(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all"))
    reparented(school.branch, school.general2, day(11, 15), school.general, school.general2)
    assert play.counts(school.general)["issued"] == 2
    assert play.counts(school.general2)["issued"] == 6
    assert play.counts(school.general, day(11, 14))["issued"] == 6
    org.move_members([school.member], school.branch2, by=BY, day=day(11, 10), then=duties.follow_roster)
    actions.tick()
    for on in (day(11, 9), day(11, 12), day(11, 14), day(11, 15), day(11, 22)):
        for unit in (school.root, school.general, school.general2, school.branch):
            assert figures.board(unit.pk, on) == figures.board_known(unit.pk, on, day(11, 22))
    before = figures.board(school.root.pk)
    figures.rebuild()
    assert figures.board(school.root.pk) == before
    play.settle()


def test_a_task_one_may_do_is_on_nobodys_list(school):
    play.run(play.member_task("may", level="may"), play.member_task("should", level="should"))
    assert set(Duty.objects.values_list("slot__task__code", flat=True)) == {"should"}


def test_dates_are_kept_as_dates_on_every_database(school):
    play.run(play.member_task("all"))
    duty = Duty.objects.first()
    assert (type(duty.due_on), type(duty.issued_on)) == (date, date)
    assert Decision.objects.count() == 0
