"""Handing in, withdrawing, disagreeing: by whom, in which state, and nothing lost when somebody was faster."""

from __future__ import annotations

import pytest
from django.db import connection

from zhengyou.campaigns import actions, rules
from zhengyou.campaigns.actions import starting
from zhengyou.campaigns.models import Duty, DutyEvent, DutyEvidence, State, Submission
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal.actions import record
from zhengyou.journal.evidence import keep_statement
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org.models import Post
from zhengyou.org.tests.builder import BY

TEXT = {"done": "读了一章", "changed": "还看不出来"}


def test_without_review_a_paper_is_accepted_at_once_and_waits_nowhere(school):
    play.run(play.member_task("all"))
    duty = play.hand_in(school.member, school.member)
    assert duty.state == State.ACCEPTED
    paper = Submission.objects.get()
    assert (paper.state, paper.waits_at, paper.number, paper.late) == (
        Submission.State.ACCEPTED,
        None,
        1,
        False,
    )
    assert play.counts(school.branch)["accepted"] == 1
    play.settle()


def test_nothing_to_report_is_an_answer_and_keeps_no_text(school):
    play.run(play.member_task("all"))
    actions.hand_in(play.duty_of(school.member), by=school.member.actor, nothing=True, done="x")
    assert Submission.objects.get().done == ""
    assert play.duty_of(school.member).state == State.ACCEPTED


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["done", "changed"]),
        ({"done": " \n"}, ["done", "changed"]),
        ({"done": "x"}, ["changed"]),
        ({"done": "x" * 5001, "changed": "y"}, ["done"]),
    ],
)
def test_an_empty_paper_is_refused_at_its_fields_and_leaves_no_entry(school, body, fields):
    play.run(play.member_task("all"))
    entries = Entry.objects.count()
    with pytest.raises(Invalid) as refused:
        actions.hand_in(play.duty_of(school.member), by=school.member.actor, **body)
    assert [problem.field for problem in refused.value.problems] == fields
    assert Entry.objects.count() == entries
    assert play.duty_of(school.member).state == State.DUE


@pytest.mark.parametrize("who", ["neighbour", "secretary", "office", "dean"])
def test_a_members_duty_is_handed_in_by_nobody_else(school, who):
    play.run(play.member_task("all"))
    with pytest.raises(Refused, match="本人"):
        play.hand_in(school.member, getattr(school, who))


def test_a_units_duty_is_handed_in_by_its_own_head_and_not_by_a_member_or_a_superior(school):
    play.run(play.unit_task("units"))
    for who in (school.member, school.dean, school.office, school.secretary2):
        with pytest.raises(Refused):
            play.hand_in(school.branch, who)
    assert play.hand_in(school.branch, school.secretary).state == State.SUBMITTED
    assert "自己交" in rules.may_answer_for(play.authority(school.dean), play.duty_of(school.branch)).why


def test_a_vacant_units_duty_is_handed_in_by_the_next_above_who_then_does_not_judge_it(school):
    play.run(play.unit_task("units"))
    assert play.hand_in(school.branch4, school.dean2).state == State.SUBMITTED
    paper = Submission.objects.get()
    assert paper.waits_at == school.root
    assert not rules.may_review(play.authority(school.dean2), paper)
    with pytest.raises(Refused):
        play.hand_in(school.direct2, school.dean)
    assert play.hand_in(school.direct2, school.office).state == State.SUBMITTED


def test_a_task_of_another_post_is_handed_in_by_that_post(school):
    play.run(play.unit_task("units", post="organiser"))
    with pytest.raises(Refused):
        play.hand_in(school.branch3, school.far)
    org.appoint(school.far, school.branch3, "organiser", by=BY, day=day(11, 1))
    assert play.hand_in(school.branch3, school.far).state == State.SUBMITTED


def test_handing_in_twice_has_one_effect(school):
    play.run(play.member_task("all"))
    play.hand_in(school.member, school.member)
    with pytest.raises(Refused, match="已经通过"):
        play.hand_in(school.member, school.member)
    assert Submission.objects.count() == 1


def test_a_form_opened_before_something_changed_is_a_conflict_that_writes_nothing(school):
    play.run(play.unit_task("units"))
    opened = play.duty_of(school.branch).version
    play.hand_in(school.branch, school.secretary, base_version=opened)
    entries = Entry.objects.count()
    with pytest.raises(Conflict, match="没有覆盖"):
        actions.hand_in(play.duty_of(school.branch), by=school.secretary.actor, base_version=opened, **TEXT)
    actions.withdraw(play.duty_of(school.branch), by=school.secretary.actor)
    with pytest.raises(Conflict, match="有了变动"):
        actions.hand_in(play.duty_of(school.branch), by=school.secretary.actor, base_version=opened, **TEXT)
    assert Entry.objects.count() == entries + 1


def test_withdrawn_papers_can_be_handed_in_again_and_both_stay(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    with pytest.raises(Refused):
        actions.withdraw(play.duty_of(school.branch), by=school.secretary2.actor)
    actions.withdraw(play.duty_of(school.branch), by=school.secretary.actor)
    assert play.duty_of(school.branch).state == State.DUE
    with pytest.raises(Conflict):
        actions.withdraw(play.duty_of(school.branch), by=school.secretary.actor)
    play.hand_in(school.branch, school.secretary)
    assert list(Submission.objects.order_by("number").values_list("number", "state")) == [(1, 40), (2, 10)]
    play.settle()


def test_what_is_handed_in_late_is_accepted_and_stays_marked_late(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all", play.slot(due=day(11, 20))))
    assert play.counts(school.branch)["overdue"] == 4
    play.hand_in(school.member, school.member)
    assert Submission.objects.get().late
    assert DutyEvent.objects.get().from_due_on < DutyEvent.objects.get().day
    assert play.counts(school.branch)["overdue"] == 3


def test_what_waits_with_the_reviewer_is_never_overdue(school):
    with clock.playing(day(11, 1)):
        play.run(play.unit_task("units", play.slot(due=day(11, 20))))
        play.hand_in(school.branch, school.secretary)
    assert play.counts(school.branch) == {
        "issued": 1,
        "void": 0,
        "exempt": 0,
        "accepted": 0,
        "in_review": 1,
        "not_due": 0,
        "overdue": 0,
    }


def test_the_last_day_ends_at_midnight(school):
    with clock.playing(day(11, 1)):
        play.run(play.member_task("all", play.slot(due=day(11, 22))))
    assert (play.counts(school.branch)["overdue"], play.counts(school.branch)["not_due"]) == (0, 4)
    with clock.playing(day(11, 23)):
        assert (play.counts(school.branch)["overdue"], play.counts(school.branch)["not_due"]) == (4, 0)


def test_a_period_that_was_closed_takes_nothing_more(school):
    from zhengyou.campaigns.models import Slot

    play.run(play.member_task("all"))
    Slot.objects.update(closed_on=day(11, 22))
    with pytest.raises(Refused, match="归档"):
        play.hand_in(school.member, school.member)


def statement(by, text="有记录"):
    with record("test.kept", by=by.actor) as entry:
        return keep_statement(text, by.actor, entry)


def test_golden_11_the_same_evidence_serves_two_duties_of_two_programmes_and_is_one(school):
    play.run(play.member_task("one"), play.member_task("two"))
    piece = statement(school.member)
    for code in ("one", "two"):
        play.hand_in(school.member, school.member, code, evidence=[piece])
    assert DutyEvidence.objects.filter(dropped=None).count() == 2
    assert DutyEvidence.objects.values("evidence").distinct().count() == 1


def test_evidence_of_somebody_else_is_refused_and_what_is_left_out_is_taken_off(school):
    play.run(play.unit_task("units"))
    mine, foreign = statement(school.secretary), statement(school.secretary2)
    with pytest.raises(Invalid):
        play.hand_in(school.branch, school.secretary, evidence=[foreign])
    assert play.duty_of(school.branch).state == State.DUE
    play.hand_in(school.branch, school.secretary, evidence=[mine], statement="另有一份")
    actions.withdraw(play.duty_of(school.branch), by=school.secretary.actor)
    play.hand_in(school.branch, school.secretary, evidence=[mine])
    assert [row.evidence for row in DutyEvidence.objects.filter(dropped=None)] == [mine]


def test_the_head_who_hands_in_may_leave_the_post_and_the_paper_goes_on_waiting(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    org.end_post(Post.objects.get(person=school.secretary, unit=school.branch), by=BY, day=day(11, 22))
    assert Duty.objects.filter(state=State.SUBMITTED).count() == 1
    with pytest.raises(Refused):
        actions.withdraw(play.duty_of(school.branch), by=school.secretary.actor)
    actions.withdraw(play.duty_of(school.branch), by=school.dean.actor)


@pytest.mark.sqlite
def test_handing_in_looks_at_one_duty_however_few_there_were_at_the_start(school):
    play.run(play.member_task("all", review=("parent",), review_mode="each"))
    starting.analyse()
    asked = []

    def keep(execute, sql, params, many, context):
        if "campaigns_duty d" in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        play.hand_in(school.member, school.member)
        actions.accept(play.duty_of(school.member), by=school.secretary.actor)
    with connection.cursor() as cursor:
        plans = [
            row[3] for sql, params in asked for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        ]
    assert any(plan.startswith("SEARCH d ") for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN d")]
