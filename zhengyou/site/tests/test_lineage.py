"""A unit that carries on the work of others shows its series as it was and as it is now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from zhengyou.campaigns.figures.board import Figures, total
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org.asked import STAY, Asked, Part
from zhengyou.org.models import Placement, Unit
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import BY
from zhengyou.overview import board as boards
from zhengyou.overview import lineage
from zhengyou.overview import moment as moments
from zhengyou.overview.tests import stage
from zhengyou.overview.tests.stage import TODAY
from zhengyou.site.following import FOLLOW

LATER = TODAY + timedelta(days=3)


@pytest.fixture
def school(db):
    """The small school with its campaign, partly done."""
    school = builder.build()
    stage.start()
    stage.play_on(school)
    return school


def read(unit, day):
    tree, choice = boards.open_board({"phase": "all"}, unit.public_id, moments.at(day))
    board = boards.read(tree, choice)
    return board, lineage.read(unit.pk, board.total, choice)


def merge(*units):
    asked = Asked("merge", LATER, "1号", units=tuple(u.public_id for u in units), into=units[-1].public_id)
    org.decide(asked, by=BY, follow=FOLLOW)


def test_a_merger_adds_up_as_it_is_now_and_leaves_what_was(school):
    with clock.playing(LATER):
        before = [read(unit, TODAY)[0].total for unit in (school.branch, school.branch2)]
        merge(school.branch2, school.branch)
        board, line = read(school.branch, LATER)
        assert board.here.successor
        assert [one.id for one in line.forebears] == [school.branch2.pk]
        assert line.own == board.total
        assert line.now == total([board.total, read(school.branch2, LATER)[0].total])
        assert line.now.issued == total(before).issued, "nothing is lost and nothing counted twice"
        past, nothing = read(school.branch, TODAY)
        assert (past.here.successor, nothing.forebears) == (False, []), "before the merger there was none"


def test_lines_of_several_steps_are_followed_and_shared_ones_named(school):
    with clock.playing(LATER):
        merge(school.branch2, school.branch)
        parts = (Part(name="一分", kind="branch", category="staff"), Part(name="二分", kind="branch"))
        asked = Asked("split", LATER, "2号", units=(school.branch.public_id,), parts=parts, rest="")
        org.decide(asked, by=BY, follow=FOLLOW)
        one = Unit.objects.get(pk=Placement.objects.get(name="一分", dropped=None).unit_id)
        _board, line = read(one, LATER)
        assert [found.id for found in line.forebears] == [school.branch.pk, school.branch2.pk]
        assert [found.shared for found in line.forebears] == [True, False]


def test_the_board_shows_both_and_opens_the_closed_unit_to_those_who_may(school):
    with clock.playing(LATER):
        merge(school.branch2, school.branch)
        office = builder.client(school.office).get(f"/board/{school.branch.public_id}/?phase=all")
        page = office.content.decode()
        assert "现在的样子" in page
        assert f"/board/{school.branch2.public_id}/?phase=all" in page
        own = (
            builder.client(school.secretary)
            .get(f"/board/{school.branch.public_id}/?phase=all")
            .content.decode()
        )
        assert "现在的样子" in own


def test_a_unit_that_only_stayed_when_another_left_it_has_no_forebears(school):
    with clock.playing(LATER):
        part = Part(name="分出来的", kind="branch", category="staff")
        org.decide(
            Asked("split", LATER, "3号", units=(school.branch.public_id,), parts=(part,), rest=STAY),
            by=BY,
            follow=FOLLOW,
        )
        board, line = read(school.branch, LATER)
        assert (board.here.successor, line.forebears, line.now) == (False, [], board.total)
        assert line.own != Figures()


def test_a_closing_entered_late_is_not_yet_known_on_the_boards_of_then(school):
    with clock.playing(LATER):
        units = (school.branch2, school.branch)
        asked = Asked(
            "merge", TODAY, "4号", units=tuple(u.public_id for u in units), into=school.branch.public_id
        )
        org.decide(asked, by=BY, follow=FOLLOW)

        def closed(known):
            tree, _choice = boards.open_board({}, school.branch2.public_id, moments.at(TODAY, known))
            return tree.here.closed

        assert closed(None)
        assert not closed(TODAY), "it was entered three days later"
