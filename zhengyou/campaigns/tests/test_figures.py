"""The seven figures add up at every level, on every day, from the cache, from the duties and from the facts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhengyou.campaigns import actions, duties, figures
from zhengyou.campaigns.actions.mass import DayOfStory
from zhengyou.campaigns.figures.board import Figures, total
from zhengyou.campaigns.models import Delta, Duty, Phase, Programme, Slot, State, Submission, Task
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal.actions import record
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.sql import rows
from zhengyou.org import actions as org
from zhengyou.org.tests.builder import BY


@pytest.fixture
def running(school):
    """November under way: some accepted, in review, returned, exempt, void and overdue."""
    with clock.playing(day(11, 1)):
        play.run(
            play.member_task("all", play.slot(due=day(11, 20))),
            play.member_task("reviewed", review=("parent",), review_mode="each"),
            play.unit_task("units", kinds=("committee", "general", "direct", "branch")),
        )
    with clock.playing(day(11, 10)):
        play.hand_in(school.member, school.member, "all")
        play.hand_in(school.member2, school.member2, "reviewed")
        play.hand_in(school.branch, school.secretary, "units")
    with clock.playing(day(11, 15)):
        actions.give_back(play.duty_of(school.branch, "units"), "改", by=school.dean.actor)
        actions.exempt(play.duty_of(school.neighbour, "all"), by=school.dean.actor, reason="ill")
        actions.void(play.duty_of(school.far, "all"), by=school.office.actor, text="重复")
    actions.tick()
    return school


def test_the_figures_are_disjoint_and_their_sums_are_what_they_say(running):
    whole = figures.board(running.root.pk).whole.figures
    assert whole.as_json() == {
        "issued": 27,
        "void": 1,
        "exempt": 1,
        "accepted": 1,
        "in_review": 1,
        "not_due": 17,
        "overdue": 6,
    }
    assert (whole.owed, whole.base, whole.missing) == (26, 25, 23)
    assert whole.completion == Fraction(1, 25)
    assert Figures().completion is None
    assert Figures(void=2, exempt=3).completion is None


def test_children_and_what_is_the_units_own_sum_to_the_whole_at_every_level(running):
    for unit in (running.root, running.general, running.general2, running.branch, running.direct2):
        board = figures.board(unit.pk)
        assert total(line.figures for line in board.lines) == board.whole.figures
        assert total(board.tasks.values()) == board.whole.figures
        assert total(cell.figures for cell in board.cells) == board.whole.figures
    board = figures.board(running.root.pk)
    assert board.lines[0].own
    assert board.own.figures.issued == 1
    assert [row.name for row in board.children] == [
        "经济贸易学院党总支",
        "文学院党总支",
        "图书馆直属党支部",
        "后勤直属党支部",
    ]


def test_filters_give_parts_that_sum_to_the_whole(running):
    root = running.root.pk
    whole = figures.board(root).whole.figures
    by_task = [figures.board(root, task=task.pk).whole.figures for task in Task.objects.all()]
    assert total(by_task) == whole
    assert figures.board(root, programme=Programme.objects.get().pk).whole.figures == whole
    assert figures.board(root, phase=Phase.objects.get().pk).whole.figures == whole
    assert figures.board(root, campaign=10**6).whole.figures == Figures()
    groups = dict(Task.objects.values_list("pk", "phase"))
    assert figures.board(root).by(groups) == {Phase.objects.get().pk: whole}


def test_today_the_cache_says_what_the_duties_say_before_and_after_folding(running):
    play.hand_in(running.secretary, running.secretary, "all")
    assert Delta.objects.exists()
    everything = play.compare(day(11, 22))
    assert everything.live == everything.cached
    figures.fold()
    assert not Delta.objects.exists()
    assert play.compare(day(11, 22)).cached == everything.cached


def test_a_past_day_from_the_ledger_is_what_the_facts_say_and_the_duties_said_then(running):
    for on, expected in (
        (day(10, 31), (0, 0, 0, 0)),
        (day(11, 9), (27, 0, 0, 0)),
        (day(11, 10), (27, 1, 2, 0)),
        (day(11, 15), (27, 1, 1, 0)),
        (day(11, 21), (27, 1, 1, 6)),
    ):
        board = figures.board(running.root.pk, on)
        f = board.whole.figures
        assert (f.issued, f.accepted, f.in_review, f.overdue) == expected
        assert board == figures.board_known(running.root.pk, on, day(11, 22))
        assert total(line.figures for line in board.lines) == f


def test_a_board_costs_two_queries_whatever_stands_below_it(running):
    phase = Phase.objects.get().pk
    for on in (day(11, 22), day(11, 10)):
        with CaptureQueriesContext(connection) as caught:
            figures.board(running.root.pk, on, phase=phase)
        assert len(caught) == 2


def test_rebuilt_the_cache_has_the_same_rows(running):
    figures.fold()
    ledger = "SELECT unit_id, slot_id, state, due_on, day, n FROM campaigns_ledger WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5"
    balance = (
        "SELECT unit_id, slot_id, state, due_on, n FROM campaigns_balance WHERE n <> 0 ORDER BY 1, 2, 3, 4"
    )
    before = rows(ledger), rows(balance)
    figures.rebuild()
    assert (rows(ledger), rows(balance)) == before


def test_a_closed_unit_keeps_its_place_so_that_its_parents_past_does_not_change(running):
    from zhengyou.org.models import Unit

    past = figures.board(running.general2.pk, day(11, 15)).whole.figures
    with record("test.closed", by=BY) as entry:
        Unit.objects.filter(pk=running.branch4.pk).update(closed_on=day(11, 20))
        duties.dispose(entry, [running.branch4.pk], day(11, 20), running.branch3.pk)
    board = figures.board(running.general2.pk)
    assert [row.closed for row in board.children] == [False, True]
    assert total(line.figures for line in board.lines) == board.whole.figures
    assert figures.board(running.general2.pk, day(11, 15)).whole.figures == past


def test_weeks_show_what_was_accepted_beside_what_fell_due(running):
    found = figures.weeks(running.root.pk, day(11, 22))
    assert [(w.monday, w.accepted, w.fell_due) for w in found] == [
        (day(11, 8), 1, 0),
        (day(11, 15), 0, 7),
        (day(11, 22), 0, 0),
    ]
    play.hand_in(running.secretary, running.secretary, "all")
    assert figures.weeks(running.root.pk, day(11, 22))[-1].accepted == 1, "also before it is folded"


def test_the_burndown_ends_at_what_is_open_today(running):
    found = figures.burndown(running.root.pk, day(11, 22))
    board = figures.board(running.root.pk).whole.figures
    assert (found[0].day, found[0].open) == (day(11, 1), 27)
    assert (found[-1].open, found[-1].accepted) == (board.base - board.accepted, board.accepted)


def test_faults_see_a_count_a_history_and_a_paper_that_were_tampered_with(running):
    assert duties.faults() == []
    Delta.objects.create(
        unit=running.branch, slot=Slot.objects.first(), state="due", due_on=day(11, 30), n=1, day=day(11, 22)
    )
    Duty.objects.filter(member=running.member, slot__task__code="all").update(state=State.DUE)
    Duty.objects.filter(member=running.secretary, slot__task__code="all").update(due_on=day(12, 1))
    Submission.objects.filter(state=10).update(state=40)
    kinds = {what for what, _ in duties.faults()}
    assert kinds == {
        "counts differ from duties",
        "a duty differs from its last event",
        "a duty without events differs from its birth",
        "in review without a paper waiting, or the other way round",
    }


def test_a_played_day_is_one_entry_and_goes_the_way_of_single_steps(running):
    everybody = [duty.pk for duty in Duty.objects.filter(slot__task__code="reviewed").order_by("pk")]
    entries = Entry.objects.count()
    done = actions.mass.play(
        DayOfStory(hand_in=everybody, texts=lambda duty: (False, f"做了 {duty.pk}", "有变化")), by=BY
    )
    assert done["handed_in"] == 8, "one was in review already"
    assert Entry.objects.count() == entries + 1
    waiting = [pk for pk in everybody if play.Duty.objects.get(pk=pk).state == State.SUBMITTED]
    assert len(waiting) == 9
    with clock.playing(day(11, 23)):
        done = actions.mass.play(
            DayOfStory(accept=waiting[:6], give_back=dict.fromkeys(waiting[6:8], "改"), hand_in=waiting),
            by=BY,
        )
        assert (done["accepted"], done["returned"], done["handed_in"]) == (6, 2, 2)
        play.settle()
    for paper in Submission.objects.filter(state=20, duty__slot__task__code="reviewed"):
        assert paper.reviews.get().by_id not in (paper.by_id, paper.duty.member_id)
    exempted = Duty.objects.filter(state=State.DUE).first()
    done = actions.mass.play(DayOfStory(exempt={exempted.pk: "ill"}), by=BY)
    assert done["exempted"] == 1


def test_moving_two_hundred_costs_no_more_statements_than_moving_one(school):
    play.run(play.member_task("all"), play.member_task("b"), play.member_task("c"))
    people = [
        org.add_person(f"人{n}", number=f"x{n}", unit=school.branch, day=day(11, 1), by=BY) for n in range(20)
    ]
    actions.tick()

    def cost(who, to):
        with CaptureQueriesContext(connection) as caught:
            org.move_members(who, to, by=BY, day=day(11, 22), then=duties.follow_roster)
        return len(caught)

    cost(people[:1], school.branch2)
    one = cost(people[1:2], school.branch2)
    assert cost(people[2:20], school.branch2) <= one
    assert play.counts(school.branch2)["issued"] == 2 * 3 + 60
