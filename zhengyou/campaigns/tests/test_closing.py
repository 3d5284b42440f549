"""Closing periods and phases, frozen and restated reports, gates between phases."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns import actions, duties, ending, figures, frozen
from zhengyou.campaigns.actions import closing
from zhengyou.campaigns.models import Duty, DutyEvent, Phase, Report, Slot
from zhengyou.campaigns.tests import play, speech
from zhengyou.journal.models import Entry
from zhengyou.journal.tests.kept import kept
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.sql import FAR, run
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org

OVER = date(2010, 9, 13)
"""A day after everything of the first phase is due and may no longer be returned."""


@pytest.fixture
def school(db):
    return speech.build()


@pytest.fixture
def campaign(school):
    """The speech's campaign; in July two members committed themselves and one branch planned."""
    return kept("closing", lambda: played(school))


def played(school):
    campaign = speech.start(school)
    with clock.playing(date(2010, 7, 12)):
        for who in ("member", "member2"):
            play.hand_in(getattr(school, who), getattr(school, who), "commitment_member")
        play.hand_in(school.branch, school.secretary, "plan")
    with clock.playing(date(2010, 7, 14)):
        actions.accept(play.duty_of(school.member, "commitment_member"), by=school.secretary.actor)
        actions.accept(play.duty_of(school.branch, "plan"), by=school.dean.actor)
    actions.tick(OVER)
    return campaign


@pytest.fixture(autouse=True)
def today(house_clock):
    with clock.playing(OVER):
        yield


def p1():
    return Phase.objects.select_related("programme__campaign").get(code="p1")


def close(school, code="commitment_member"):
    return closing.close_slot(speech.slot(code), by=school.office.actor)


def test_a_closed_period_has_a_report_with_the_figures_of_the_board(school, campaign):
    report = close(school)
    board = figures.board(school.root.pk, OVER, task=speech.slot("commitment_member").task_id)
    assert report.figures == board.whole.figures.as_json()
    assert (report.number, report.day, report.rows) == (1, OVER, report.figures["issued"])
    assert sum(line.figures.issued for line in frozen.by_unit(report)) == report.rows
    assert speech.slot("commitment_member").closed_on == OVER
    assert frozen.verify() == []


def test_nothing_of_a_closed_period_changes_and_the_sentence_names_the_remedy(school, campaign):
    close(school)
    before = list(
        Duty.objects.filter(slot__task__code="commitment_member")
        .order_by("pk")
        .values_list("pk", "version", "state")
    )
    with pytest.raises(Refused, match="请办公室重新开放"):
        play.hand_in(school.neighbour, school.neighbour, "commitment_member")
    waiting = play.duty_of(school.member2, "commitment_member")
    with pytest.raises((Refused, Conflict), match="请办公室重新开放"):
        actions.accept(waiting, by=school.secretary.actor)
    with pytest.raises(Refused, match="请办公室重新开放"):
        actions.withdraw(waiting, by=school.member2.actor)
    with pytest.raises(Refused, match="请办公室重新开放"):
        actions.exempt(
            play.duty_of(school.far, "commitment_member"), reason="illness", by=school.office.actor
        )
    actions.tick(full=True)
    assert before == list(
        Duty.objects.filter(slot__task__code="commitment_member")
        .order_by("pk")
        .values_list("pk", "version", "state")
    )


def test_a_period_is_not_closed_before_its_date_nor_while_papers_may_be_returned(school, campaign):
    with clock.playing(date(2010, 8, 31)), pytest.raises(Refused, match="期限 2010-08-31还没有过"):
        close(school, "mobilise")
    with pytest.raises(Refused, match="还有一期没有开始"):
        close(school, "benchmark")
    slot = speech.slot("plan")
    type(slot.task).objects.filter(pk=slot.task_id).update(review_mode="none", return_days=7)
    with clock.playing(date(2010, 7, 20)), pytest.raises(Refused, match="到 2010-07-21还可能退回"):
        close(school, "plan")


@pytest.mark.parametrize("who", ["dean", "secretary", "leader", "member"])
def test_only_the_office_closes_opens_again_and_accepts(school, campaign, who):
    actor = getattr(school, who).actor
    for act in (closing.close_slot, closing.reopen_slot):
        with pytest.raises(Refused, match="办公室"):
            act(speech.slot("plan"), by=actor)
    for act in (closing.close_phase, closing.reopen_phase, closing.accept_phase):
        with pytest.raises(Refused, match="办公室"):
            act(p1(), by=actor)
    assert not Report.objects.exists()


def test_opening_again_lets_papers_in_and_the_next_report_names_what_happened_in_between(school, campaign):
    first = close(school)
    with clock.playing(date(2010, 9, 20)):
        with pytest.raises(Invalid, match="理由"):
            closing.reopen_slot(speech.slot("commitment_member"), by=school.office.actor)
        closing.reopen_slot(
            speech.slot("commitment_member"), by=school.office.actor, reason="两人的纸质承诺书晚到"
        )
        assert speech.slot("commitment_member").closed_on == FAR
        play.hand_in(school.neighbour, school.neighbour, "commitment_member")
    with clock.playing(date(2010, 9, 22)):
        second = close(school)
    assert (second.number, first.number) == (2, 1)
    assert frozen.earlier(second) == first
    assert [(s.unit, s.kind, s.to_state, s.n) for s in frozen.since(second)] == [
        (school.branch2.pk, "submit", "submitted", 1)
    ]
    assert frozen.figures_of(second).in_review == frozen.figures_of(first).in_review + 1
    assert frozen.holds(first)  # the earlier report reads the same for ever
    assert frozen.holds(second)


def test_a_late_fact_reaches_an_opened_period_and_is_named(school, campaign):
    first = close(school)
    with clock.playing(date(2010, 9, 20)):
        closing.reopen_slot(speech.slot("commitment_member"), by=school.office.actor, reason="转接晚登记")
        org.move_members(
            [school.far],
            school.branch,
            by=school.office.actor,
            day=date(2010, 7, 10),
            then=duties.follow_roster,
        )
        second = close(school)
    moves = [s for s in frozen.since(second) if s.kind == "move"]
    assert [(s.unit, s.n) for s in moves] == [(school.branch.pk, 1)]
    assert frozen.holds(first)
    assert frozen.figures_of(first).issued == frozen.figures_of(second).issued


def test_a_report_that_was_tampered_with_does_not_hold(school, campaign):
    report = close(school)
    duty = play.duty_of(school.far, "commitment_member")
    run("UPDATE campaigns_duty SET first_unit_id = :u WHERE id = :d", u=school.branch.pk, d=duty.pk)
    assert frozen.verify() == [report]
    run("UPDATE campaigns_duty SET first_unit_id = :u WHERE id = :d", u=duty.first_unit_id, d=duty.pk)
    assert frozen.verify() == []
    event = DutyEvent.objects.filter(duty__slot__task__code="commitment_member").order_by("-pk")[0]
    run("UPDATE campaigns_dutyevent SET to_state = 'void' WHERE id = :e", e=event.pk)
    assert frozen.verify() == [report]


def test_closing_a_phase_lists_the_units_that_owe_and_freezes_all_its_periods(school, campaign):
    owing = ending.exceptions(p1())
    assert {row.unit for row in owing} >= {school.branch.pk, school.branch2.pk, school.branch3.pk}
    assert (
        sum(row.open for row in owing)
        == Duty.objects.filter(
            slot__task__phase__code="p1", state__in=("due", "returned", "submitted")
        ).count()
    )
    report = closing.close_phase(p1(), by=school.office.actor, shown=ending.fingerprint(p1()))
    slots = Slot.objects.filter(task__phase__code="p1")
    assert {slot.closed_on for slot in slots} == {OVER}
    assert Report.objects.filter(slot__in=slots).count() == slots.count()
    assert report.rows == Duty.objects.filter(slot__in=slots).count()
    assert report.figures == figures.board(school.root.pk, OVER, phase=p1().pk).whole.figures.as_json()
    assert p1().closed_on == OVER
    assert frozen.verify() == []
    with pytest.raises(Refused, match="已经结束归档"):
        closing.close_phase(p1(), by=school.office.actor)


def test_a_phase_is_closed_as_it_was_shown(school, campaign):
    shown = ending.fingerprint(p1())
    actions.exempt(play.duty_of(school.far, "commitment_member"), reason="illness", by=school.office.actor)
    with pytest.raises(Conflict, match="又有了变动"):
        closing.close_phase(p1(), by=school.office.actor, shown=shown)
    assert not Report.objects.exists()
    assert p1().closed_on is None


def test_a_phase_opened_again_is_closed_with_restated_reports(school, campaign):
    first = closing.close_phase(p1(), by=school.office.actor)
    with pytest.raises(Refused, match="重新开放阶段"):
        closing.reopen_slot(speech.slot("plan"), by=school.office.actor, reason="x")
    n = closing.reopen_phase(p1(), by=school.office.actor, reason="漏了几份")
    assert n == Slot.objects.filter(task__phase__code="p1").count()
    play.hand_in(school.far, school.far, "commitment_member")
    second = closing.close_phase(p1(), by=school.office.actor)
    assert (second.number, second.rows) == (2, first.rows)
    assert frozen.verify() == []
    assert [s.kind for s in frozen.since(second)] == ["submit"]


def gated(school, day=speech.STARTED):
    text = speech.SPEECH.read_text("utf8").replace(
        "      p1:\n        zh: 广泛发动，安排部署\n",
        "      p1:\n        gate: acceptance\n        zh: 广泛发动，安排部署\n",
    )
    return speech.start(school, text, day)


def test_what_comes_after_a_gate_does_not_open_before_the_acceptance(school):
    gated(school)
    assert p1().gate == "acceptance"
    actions.tick(OVER)
    later = Duty.objects.filter(slot__task__phase__code="p2")
    assert speech.slot("party_spirit").opens_on == date(2010, 9, 1)
    assert not later.exists()
    assert Duty.objects.filter(slot__task__code="group_study").exists()  # of another programme
    with pytest.raises(Invalid, match="依据"):
        closing.accept_phase(p1(), by=school.office.actor)
    closing.accept_phase(p1(), by=school.office.actor, reason="党委会 9 月 13 日听了汇报")
    assert p1().accepted_on == OVER
    assert later.exists()
    assert speech.slot("party_spirit").opens_on == OVER  # max(opening day, accepted day)
    assert set(later.values_list("issued_on", flat=True)) == {OVER}
    play.settle()
    with pytest.raises(Refused, match="已经验收过"):
        closing.accept_phase(p1(), by=school.office.actor, reason="再来一次")
    assert Entry.objects.filter(verb="phase.accepted").count() == 1


def test_a_start_after_the_opening_day_issues_nothing_that_a_gate_holds(school):
    gated(school, OVER)
    assert Duty.objects.filter(slot__task__phase__code="p1").exists()
    assert not Duty.objects.filter(slot__task__phase__code="p2").exists()


def test_an_acceptance_before_the_opening_day_moves_nothing(school):
    gated(school)
    with clock.playing(date(2010, 8, 20)):
        assert closing.accept_phase(p1(), by=school.office.actor, reason="提前验收") > 0
    assert speech.slot("party_spirit").opens_on == date(2010, 9, 1)
    assert not Duty.objects.filter(slot__task__phase__code="p2").exists()
    actions.tick(date(2010, 9, 1))
    assert Duty.objects.filter(slot__task__phase__code="p2").exists()


def test_a_gate_passed_after_the_date_gives_as_many_days_as_were_planned(school):
    gated(school)
    slot = speech.slot("theme_units")
    planned = slot.due_on - slot.opens_on
    late = date(2011, 1, 10)
    with clock.playing(late):
        closing.accept_phase(p1(), by=school.office.actor, reason="拖到寒假前")
    moved = speech.slot("theme_units")
    assert (moved.opens_on, moved.due_on - moved.opens_on) == (late, planned)
    assert moved.moves.get().old_on == slot.due_on


def test_a_phase_without_a_gate_needs_no_acceptance(school, campaign):
    with pytest.raises(Refused, match="不用验收"):
        closing.accept_phase(p1(), by=school.office.actor, reason="x")
