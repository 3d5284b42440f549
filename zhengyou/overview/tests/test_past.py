"""A past day's board stays what it was; what was known then is told apart from what is known now."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest

from zhengyou.campaigns import actions as campaign_actions
from zhengyou.campaigns.duties import follow_roster
from zhengyou.campaigns.figures import board as figures_of
from zhengyou.campaigns.figures import board_known, fold
from zhengyou.campaigns.models import DutyEvent
from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.org import actions
from zhengyou.org.models import Placement, Unit
from zhengyou.org.tests import builder
from zhengyou.overview import board as boards
from zhengyou.overview import command
from zhengyou.overview import moment as moments
from zhengyou.overview.tests.stage import TODAY

DAYS = [date(2010, 9, 2), date(2010, 10, 1), date(2010, 10, 20), date(2010, 11, 5), TODAY]
LATER = TODAY + timedelta(days=9)


def shown(unit, day, known=None):
    tree, choice = boards.open_board({"phase": "all"}, unit.public_id, moments.at(day, known))
    return boards.read(tree, choice)


def printed(*options: str) -> dict:
    out, err = io.StringIO(), io.StringIO()
    names = dict(zip(("as_of", "known_on"), options, strict=False))
    assert command.board(as_json=True, out=out, err=err, **names) == 0, err.getvalue()
    return json.loads(out.getvalue())


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("folded", [True, False])
def test_a_past_day_is_counted_as_the_ledger_counts_it(stageful, day, folded):
    if folded:
        fold()
    with clock.playing(LATER):
        for unit in Unit.objects.all():
            board, right = shown(unit, day), figures_of(unit.pk, day)
            assert board.total == right.whole.figures
            assert board.own == (right.own.figures if board.here.below else right.whole.figures)
            lines = {row.place.id: row.figures for row in board.rows if row.kind == "unit"}
            assert lines == {row.unit_id: row.figures for row in right.children}


@pytest.mark.parametrize("day", DAYS)
def test_what_was_known_is_counted_from_the_facts_of_then(stageful, day):
    with clock.playing(LATER):
        for unit in Unit.objects.all():
            board, right = shown(unit, day, day), board_known(unit.pk, day, day)
            assert board.total == right.whole.figures
            assert board.own == (right.own.figures if board.here.below else right.whole.figures)


def test_a_move_entered_late_changes_the_past_as_known_now_and_not_as_known_then(stageful):
    moved_on, asked = date(2010, 11, 10), date(2010, 11, 12)
    with clock.playing(LATER):
        before = printed(asked.isoformat(), TODAY.isoformat())
        actions.move_members(
            [stageful.neighbour], stageful.direct, by=Actor.system("test"), day=moved_on, then=follow_roster
        )
        assert printed(asked.isoformat(), TODAY.isoformat()) == before
        assert printed(asked.isoformat()) != {k: v for k, v in before.items() if k != "known_on"}


def test_the_rows_behind_a_past_figure_are_as_many_as_the_figure(stageful):
    from zhengyou.overview import behind

    assert DutyEvent.objects.filter(day__gt=DAYS[2]).exists(), "something changed after the day"
    with clock.playing(LATER):
        seen = 0
        for unit in Unit.objects.all():
            board = shown(unit, DAYS[2])
            own = board.own if board.here.below else board.total
            for name in ("owed", "accepted", "open", "in_review", "void", "exempt"):
                found = behind.read(unit.pk, board.choice.slots, name, board.choice.moment, names=False)
                assert len(found) == behind.value(own, name), (unit, name)
                seen += len(found)
        assert seen > 20


def test_a_renamed_unit_keeps_its_name_on_past_boards_and_in_what_was_known(stageful):
    unit = stageful.branch
    old = Placement.objects.get(unit=unit, dropped=None).name
    with clock.playing(LATER):
        actions.rename_unit(unit, "新名称", by=Actor.system("test"), day=TODAY)
        assert shown(unit, TODAY).here.name == "新名称"
        assert shown(unit, DAYS[1]).here.name == old
        assert shown(unit, TODAY, TODAY).here.name == old, "entered later, so not yet known that day"


def test_the_page_says_which_day_it_shows_and_leads_back(stageful):
    page = builder.client(stageful.office).get("/board/?on=2010-10-01&phase=all").content.decode()
    assert "2010-10-01" in page.split("回到今天")[0]
    assert "回到今天" in page
    assert "on=2010-10-01" in page.split('id="b1"')[1], "the links of the rows keep the day"
    known = (
        builder.client(stageful.office)
        .get("/board/?on=2010-10-01&known=2010-10-02&phase=all")
        .content.decode()
    )
    assert "已知的情况" in known


@pytest.mark.parametrize("text", ["2010-13-01", "morgen", "2099-01-01", "2010-10-01' OR 1"])
def test_a_day_that_is_none_is_left_out_and_named(stageful, text):
    answer = builder.client(stageful.office).get("/board/", {"on": text})
    assert answer.status_code == 200
    assert "已经略过" in answer.content.decode()


@pytest.mark.parametrize(("as_of", "known_on"), [("2099-01-01", ""), ("x", ""), ("", "2099-01-01")])
def test_the_command_line_refuses_a_day_that_has_not_come(stageful, as_of, known_on):
    out, err = io.StringIO(), io.StringIO()
    assert command.board(as_json=True, as_of=as_of, known_on=known_on, out=out, err=err) == 2
    assert out.getvalue() == ""
    assert err.getvalue().strip()


def test_a_tick_changes_no_past_board(stageful):
    with clock.playing(LATER):
        before = [printed(day.isoformat()) for day in DAYS]
        campaign_actions.tick()
        campaign_actions.tick()
        assert [printed(day.isoformat()) for day in DAYS] == before
