"""What is owed follows roster, tasks and decisions: issuing, joining, moving, leaving, revived, carried."""

from __future__ import annotations

import pytest

from zhengyou.campaigns import duties
from zhengyou.campaigns.models import Duty, DutyEvent, State
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org.tests import builder

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return builder.build()


def follow(entry):
    duties.follow_roster(entry)


def test_everybody_owes_what_the_audience_says_and_twice_is_once(school):
    play.run(
        play.member_task("all"),
        play.member_task("staff", conditions=(play.equals("category", "staff"),)),
        play.unit_task("units"),
    )
    assert Duty.objects.filter(slot__task__code="all").count() == 9
    assert Duty.objects.filter(slot__task__code="staff").count() == 3
    assert Duty.objects.filter(slot__task__code="units").count() == 6
    play.settle()
    assert Duty.objects.count() == 18
