"""Helpers of the tests of unit changes: the small school in the middle of a campaign, and short ways to change its units."""

from __future__ import annotations

import pytest

from zhengyou.campaigns import actions as campaigns
from zhengyou.campaigns import duties, figures
from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal import chain
from zhengyou.journal.tests.kept import kept
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org import tree
from zhengyou.org.asked import Asked
from zhengyou.org.models import Affiliation, on
from zhengyou.org.tests import builder
from zhengyou.site.following import FOLLOW

BY = builder.BY
TODAY = day(11, 22)
PAST = [day(9, 5), day(10, 31), day(11, 15), day(11, 19), day(11, 21)]


def _played() -> builder.School:
    school = builder.build()
    months = [play.slot(str(m), day(m, 1), day(m, 20), day(m, 25)) for m in (9, 10, 11)]
    later = play.slot("late", day(11, 1), day(11, 30))
    with clock.playing(day(9, 1)):
        play.run(
            play.member_task("read", *months, later, review=("parent",), review_mode="each"),
            play.unit_task("report", *months, later, kinds=("general", "direct", "branch")),
        )
    for on_day in PAST:
        with clock.playing(on_day):
            campaigns.tick()
    with clock.playing(day(9, 10)):
        campaigns.hand_in(
            play.duty_of(school.member, "read", "9"), by=school.member.actor, done="读", changed="懂"
        )
        campaigns.accept(play.duty_of(school.member, "read", "9"), by=school.secretary.actor)
    return school


@pytest.fixture(name="school")
def small_school(db):
    """The small school; since September each member owes a paper a month, each unit too, all reviewed by the parent."""
    school = kept("changing", _played)
    with clock.playing(TODAY):
        campaigns.tick()
        yield school


def boards(*units, until=TODAY):
    """The boards of past days before `until`, as text."""
    return [repr(figures.board(unit.pk, past)) for past in PAST if past < until for unit in units]


def settled():
    """Nothing is wrong, the chain is whole, and another tick changes nothing."""
    campaigns.tick()
    assert (duties.faults(), tree.faults(), chain.verify().broken) == ([], [], None)
    play.settle()
    everything = play.compare(clock.today())
    assert everything.cached == everything.live
    before = list(Duty.objects.order_by("pk").values())
    campaigns.tick()
    campaigns.tick()
    assert list(Duty.objects.order_by("pk").values()) == before


def merge(*units, on_day=TODAY, by=BY, seen="", **more):
    asked = Asked("merge", on_day, "校党〔2010〕1号", units=tuple(u.public_id for u in units), **more)
    return org.decide(asked, by=by, follow=FOLLOW, seen=seen)


def into_new(*units, **more):
    return merge(*units, name="国贸会计联合党支部", unit_kind="branch", parent=play.Unit.objects.get(
        pk=tree.named(units[0], TODAY).parent_id).public_id, **more)  # fmt: skip


def members(unit, on_day=TODAY):
    return Affiliation.objects.filter(on(on_day), unit=unit, role="R").count()
