"""What follows every change of the organisation: the one object that pages, commands and the ticker pass down to org."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from zhengyou.campaigns import duties, figures
from zhengyou.commitments import leaning
from zhengyou.journal.actions import OpenEntry
from zhengyou.org.actions.rows import AtHand, Follow
from zhengyou.org.models import Person
from zhengyou.plans import leaning as plans


def _roster(entry: OpenEntry) -> Mapping[str, int]:
    return duties.follow_roster(entry)


def _figures(units: Sequence[int], day: date) -> dict[int, dict[str, int]]:
    return {unit: figures.board(unit, day).whole.figures.as_json() for unit in units}


def _leaning(people: QuerySet[Person], units: Sequence[int], since: int) -> tuple[set[int], set[int]]:
    persons, held = set(), set()
    for room in (duties, leaning):
        some, there = room.leaning(people, units, since)
        persons |= some
        held |= there
    return persons, held


def _at_hand(unit: int, post: str, holder: str) -> AtHand:
    found = duties.at_hand(unit, post, holder)
    return replace(
        found, drafts=(*found.drafts, *plans.begun(unit, post, holder), *leaning.begun(unit, post, holder))
    )


FOLLOW = Follow(
    roster=_roster,
    work=duties.open_work,
    pieces=duties.open_pieces,
    dispose=duties.dispose_of,
    before_regraft=figures.fold,
    regraft=figures.regraft,
    recount=figures.rebuild,
    figures=_figures,
    leaning=_leaning,
    at_hand=_at_hand,
)
