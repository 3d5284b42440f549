"""The business clock: the machine's day, a demo's set day, a story's played day; never mixed with the machine's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from zhengyou.kit import clock


@pytest.fixture(autouse=True)
def nobody_plays(house_clock):
    """The clock as it is outside tests and stories."""
    token = clock._played.set(None)
    yield
    clock._played.reset(token)


def test_it_is_the_machines_day_where_nobody_set_it(settings):
    settings.DEMO_DAY = None
    assert clock.today() == timezone.localdate()
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)
    assert not clock.is_set()


def test_a_demo_directory_has_its_set_day_and_the_machines_time(settings):
    settings.DEMO_DAY = date(2010, 11, 22)
    assert clock.today() == date(2010, 11, 22)
    assert timezone.localdate(clock.now()) == date(2010, 11, 22)
    assert timezone.localtime(clock.now()).hour == timezone.localtime().hour
    assert clock.is_set()


def test_a_story_moves_through_days_and_leaves_the_clock_as_it_was(settings):
    settings.DEMO_DAY = date(2010, 11, 22)
    with clock.playing(date(2010, 7, 5)):
        assert clock.today() == date(2010, 7, 5)
        with clock.playing(date(2010, 7, 6)):
            assert clock.today() == date(2010, 7, 6)
    assert clock.today() == date(2010, 11, 22)


def test_a_day_ends_in_the_organisations_zone(settings):
    settings.DEMO_DAY = date(2010, 11, 22)
    for zone in ("Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"):
        with timezone.override(zone):
            assert timezone.localdate(clock.now()) == date(2010, 11, 22)
