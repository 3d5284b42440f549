"""Parts add up to the whole at every level, and agree with the duties counted one by one."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns.figures import board_live, fold
from zhengyou.campaigns.figures.board import Figures, total
from zhengyou.campaigns.models import Delta, Duty
from zhengyou.org.models import Closure, Placement, Unit
from zhengyou.overview import board as boards
from zhengyou.overview import moment as moments
from zhengyou.overview import places, plan, weeks
from zhengyou.overview.tests import stage
from zhengyou.overview.tests.stage import TODAY


def opened(code="", day=TODAY, **asked):
    tree, choice = boards.open_board(asked, code, moments.at(day))
    return boards.read(tree, choice)


def below(unit: Unit) -> set[int]:
    return set(Closure.objects.filter(ancestor=unit).values_list("descendant", flat=True))


def test_every_board_agrees_with_its_duties_counted_one_by_one(stageful):
    for unit in Unit.objects.all():
        assert opened(unit.public_id, phase="all").total.as_json() == stage.by_hand(below(unit))


def test_what_waits_for_a_reviewer_past_its_date_is_in_review_and_not_overdue(stageful):
    later = date(2011, 1, 5)
    total = opened(day=later, phase="all").total
    assert total.as_json() == stage.by_hand(below(stageful.root), later)
    assert Duty.objects.filter(state="submitted", due_on__lt=later).count() == total.in_review == 2


def test_the_stage_shows_every_state_so_that_the_sums_mean_something(stageful):
    assert all(opened(phase="all").total._replace(void=1))
    assert Delta.objects.exists(), "what is not yet folded must be counted too"


def test_the_lines_of_every_level_add_up_to_its_total(stageful):
    for unit in Unit.objects.all():
        board = opened(unit.public_id, phase="all")
        if board.here.below:
            assert total(row.figures for row in board.rows[1:] if row.level == 2) == board.total
            assert board.own.as_json() == stage.by_hand({unit.pk})


def test_lines_add_up_to_the_total_on_every_page_of_a_long_level(stageful, monkeypatch):
    monkeypatch.setattr(boards, "ROWS", 3)
    whole = opened(phase="all")
    assert [row.kind for row in whole.rows] == ["sum", "own", "unit", "unit", "unit", "rest"]
    second = opened(phase="all", **{"from": "3"})
    assert [row.kind for row in second.rows] == ["sum", "own", "unit", "rest"]
    for board in (whole, second):
        assert total(row.figures for row in board.rows[1:]) == whole.total
    assert whole.rows[-1].figures == second.rows[2].figures


def test_past_the_end_of_a_level_the_page_begins_again(stageful):
    assert opened(phase="all", **{"from": "500"}).rows == opened(phase="all").rows


def test_an_unfolded_child_is_the_sum_of_its_own_lines(stageful):
    board = opened(phase="all", open=stageful.general.public_id)
    at = next(i for i, row in enumerate(board.rows) if row.open)
    inner = [row for row in board.rows[at + 1 :] if row.level == 3]
    assert {row.place.id for row in inner if row.kind == "unit"} == {stageful.branch.pk, stageful.branch2.pk}
    assert total(row.figures for row in inner) == board.rows[at].figures


def test_folding_changes_no_figure(stageful):
    before = opened(phase="all").total
    fold()
    assert not Delta.objects.exists()
    assert opened(phase="all").total == before


def test_tasks_add_up_to_the_unit_and_equal_the_live_count(stageful):
    for unit in Unit.objects.all():
        board = opened(unit.public_id, phase="all")
        by_task = board.counted.by_unit[unit.pk]
        assert total(by_task.values()) == board.total
        live = board_live(unit.pk, TODAY).whole.tasks
        assert by_task == {task: figures for task, figures in live.items() if any(figures)}


def test_periods_of_one_task_add_up_to_the_task(stageful):
    group = stage.ids()["group"]
    by_task = opened(phase="all").counted.by_unit[stageful.root.pk][group]
    one = opened(task=str(group))
    assert [column.text for column in one.columns] == ["2010-10", "2010-11"]
    assert total(one.counted.by_unit[stageful.root.pk].values()) == by_task == one.total


def test_a_closed_unit_stays_in_the_sums_and_is_marked(stageful):
    Unit.objects.filter(pk=stageful.direct2.pk).update(closed_on=date(2010, 11, 1))
    board = opened(phase="all")
    assert [row.place.closed for row in board.rows if row.place and row.place.id == stageful.direct2.pk] == [
        True
    ]
    assert total(row.figures for row in board.rows[1:]) == board.total


def test_units_stand_in_the_order_of_the_organisation_whatever_their_completion(stageful):
    names = [row.place.id for row in opened(phase="all").rows if row.kind == "unit"]
    placed = (
        Placement.objects.filter(parent=stageful.root)
        .order_by("unit__place", "unit")
        .values_list("unit", flat=True)
    )
    assert names == list(placed)


def test_the_board_opens_on_what_runs_now(stageful):
    _tree, choice = boards.open_board({})
    assert {task.code for task in choice.tasks} == {"spirit", "theme", "report", "group"}
    assert "二、争创" in choice.phase_words
    _tree, everything = boards.open_board({"phase": "all"})
    assert {task.code for task in everything.tasks} - {task.code for task in choice.tasks} == {"mobilise"}


def test_a_task_named_in_the_address_is_found_whatever_phase_runs(stageful):
    mobilise = stage.ids()["mobilise"]
    assert [task.code for task in boards.open_board({"task": str(mobilise)})[1].tasks] == ["mobilise"]


@pytest.mark.parametrize("value", ["99999", "x", "-1", "1.5", "٣", "1e3", "9" * 40])
@pytest.mark.parametrize("name", ["programme", "phase", "task", "period"])
def test_a_filter_that_means_nothing_is_left_out_and_named(stageful, name, value):
    _tree, choice = boards.open_board({name: value})
    assert choice.unknown == [f"{name}={value}"]
    assert choice.query == ""


def test_filters_narrow_down_and_stand_in_the_address(stageful):
    shelf = next(pk for pk, p in plan.read().programmes.items() if p.code == "learn")
    _tree, choice = boards.open_board({"programme": str(shelf), "phase": "all"})
    assert [task.code for task in choice.tasks] == ["group"]
    assert choice.query == f"?programme={shelf}&phase=all"
    assert opened(programme=str(shelf), phase="all").total.as_json() == stage.by_hand(
        below(stageful.root), slot__task__code="group"
    )


def test_weeks_run_up_to_what_is_accepted_and_due_today(stageful):
    tree, choice = boards.open_board({"phase": "all"})
    pulse = weeks.read(tree, choice)
    board = boards.read(tree, choice)
    at, due, accepted = pulse.weeks[-1]
    assert (at, accepted) == (TODAY, board.total.accepted)
    counted = stage.by_hand(below(stageful.root), due_on__lte=TODAY)
    assert due == counted["issued"] - counted["void"] - counted["exempt"]
    assert [row[2] for row in pulse.weeks] == sorted(row[2] for row in pulse.weeks)


def test_what_needs_a_person_is_counted_for_the_unit_and_below(stageful):
    def pulse(unit, day=TODAY):
        tree, choice = boards.open_board({}, unit.public_id, moments.at(day))
        return weeks.read(tree, choice)

    whole = pulse(stageful.root)
    assert (whole.vacant, whole.units_below) == (2, Unit.objects.count() - 1)
    assert (pulse(stageful.general).vacant, pulse(stageful.general2).vacant) == (0, 1)
    assert whole.slow == 1, "the branch's paper waits since 20 October"
    assert (pulse(stageful.general).slow, pulse(stageful.general2).slow) == (1, 0)


def test_at_most_sixteen_points_however_long_it_runs():
    days = weeks.fridays(TODAY, date(2008, 1, 1))
    assert len(days) <= 17
    assert days[-1] == TODAY
    assert all(day.weekday() == 4 for day in days[:-1])


def test_nothing_issued_is_nothing_to_divide_by(school):
    board = opened()
    assert board.total == Figures()
    assert board.total.completion is None


def test_a_unit_that_does_not_exist_is_no_tree(school):
    assert places.look(moments.now(), "nowhere") is None
