"""A full disk and a clock that jumps: writes are refused with a sentence or go on in order; nothing is lost or done twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from zhengyou.campaigns import actions, duties
from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.tests import play
from zhengyou.journal import chain
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.org import actions as org
from zhengyou.org.models import Slip
from zhengyou.org.tests import builder


def test_a_full_disk_refuses_with_a_sentence_keeps_what_was_typed_and_recovers_by_itself(tmp_path):
    """TRUST.md G3; SQLite is told that its file may not grow, which is what it sees on a full disk."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ZHENGYOU")}
    done = subprocess.run(
        [sys.executable, "-m", "zhengyou.site.tests.full_child", str(tmp_path / "var")],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {
        "opened": 200,
        "refused": 503,
        "sentence": True,
        "kept": True,
        "read": [200, 200, 200],
        "full": {"entries": 0, "papers": 0},
        "again": 302,
        "papers": 1,
        "broken": None,
    }


@pytest.fixture
def machine_clock():
    """The business day is the machine's, as in an installation."""
    with clock.playing(None):
        yield


@pytest.fixture
def school(db, machine_clock):
    """The small school with a running task, on the machine's own clock (no day is played)."""
    with time_machine.travel(datetime(2010, 11, 22, 8, tzinfo=UTC), tick=False):
        made = builder.build()
        play.run(
            play.member_task(
                "all", play.slot("11", date(2010, 11, 1), date(2010, 11, 20), date(2010, 11, 25))
            )
        )
        yield made


JUMPS = [
    timedelta(days=365),
    timedelta(days=-1),
    timedelta(hours=1),
    timedelta(hours=-1),
    timedelta(days=-366),
    timedelta(seconds=1),
]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_the_clock_jumps_and_comes_back(school, jump):
    """TRUST.md G5: no rule acts twice, entries keep their order, the chain stays whole."""
    now = datetime(2010, 11, 22, 8, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        actions.tick()
        before = list(Duty.objects.order_by("pk").values("pk", "state", "unit", "due_on", "version"))
    with time_machine.travel(now + jump, tick=False):
        actions.tick(full=True)
        play.hand_in(school.member, school.member, "all")
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        actions.tick(full=True)
        assert actions.tick(full=True).changed == {}
    after = list(Duty.objects.order_by("pk").values("pk", "state", "unit", "due_on", "version"))
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [(duty["state"], duty["version"]) for duty in changed] == [("accepted", 1)]
    assert chain.verify().broken is None
    assert list(Entry.objects.order_by("id").values_list("id", flat=True)) == list(
        range(1, Entry.objects.count() + 1)
    )
    assert duties.faults() == []


@pytest.mark.parametrize("later", [timedelta(days=14, seconds=1), timedelta(days=365)], ids=str)
def test_an_expired_slip_stays_expired_when_the_clock_comes_back(school, later):
    now = datetime(2010, 11, 22, 8, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        (made,) = org.make_slips([school.member], by=school.secretary.actor)
    with time_machine.travel(now + later, tick=False), pytest.raises(Invalid):
        org.redeem(school.member.number, made.code, "ein langes Kennwort 7", address="10.0.0.1")
    assert Slip.objects.get().used_at is None


def test_a_day_ends_at_midnight_of_the_organisations_zone_also_when_summer_time_ends(school):
    """23:59:59 on the last day is in time, a second later is late, whatever the machine's own zone says (DOMAIN.md §2.3)."""
    zone = ZoneInfo("Europe/Berlin")  # 31 October 2010, 03:00 becomes 02:00
    for when, day in (
        (datetime(2010, 10, 31, 0, 30, tzinfo=zone), date(2010, 10, 31)),
        (datetime(2010, 10, 31, 23, 59, 59, tzinfo=zone), date(2010, 10, 31)),
        (datetime(2010, 11, 1, 0, 0, 0, tzinfo=zone), date(2010, 11, 1)),
        (datetime(2010, 10, 30, 23, 59, 59, tzinfo=zone), date(2010, 10, 30)),
    ):
        with time_machine.travel(when, tick=False), timezone.override(zone):
            assert clock.today() == day
