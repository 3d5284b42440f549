"""What follows every change of the organisation: the one object that pages, commands and the ticker pass down to org."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from zhengyou.campaigns import duties, figures
from zhengyou.journal.actions import OpenEntry
from zhengyou.org.actions.rows import Follow


def _roster(entry: OpenEntry) -> Mapping[str, int]:
    return duties.follow_roster(entry)


def _figures(units: Sequence[int], day: date) -> dict[int, dict[str, int]]:
    return {unit: figures.board(unit, day).whole.figures.as_json() for unit in units}


FOLLOW = Follow(
    roster=_roster,
    work=duties.open_work,
    dispose=duties.dispose_of,
    before_regraft=figures.fold,
    regraft=figures.regraft,
    recount=figures.rebuild,
    figures=_figures,
    leaning=duties.leaning,
    at_hand=duties.at_hand,
)
