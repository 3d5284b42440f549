"""The one business clock: what day it is for duties, posts and affiliations. Sessions and tokens use the machine's clock.

Only a demo directory may set the day (settings.DEMO_DAY), and only a story played into one may move through days
(`playing`); the time of day is always the machine's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

_played: ContextVar[date | None] = ContextVar("zhengyou_played_day", default=None)


def today() -> date:
    """The business day in the organisation's zone (Django's current time zone)."""
    return _played.get() or settings.DEMO_DAY or timezone.localdate()


def now() -> datetime:
    """The business instant, aware: the machine's time of day on `today()`."""
    real = timezone.now()
    return real + timedelta(days=(today() - timezone.localdate(real)).days)


def is_set() -> bool:
    """Whether the day was set by hand (demo directories only)."""
    return settings.DEMO_DAY is not None


def is_played() -> bool:
    """Whether a story is being played into a directory (or a test sets the day)."""
    return _played.get() is not None


@contextmanager
def playing(day: date) -> Iterator[None]:
    """Let it be `day` inside the block: how a story is played and how tests set the day."""
    token = _played.set(day)
    try:
        yield
    finally:
        _played.reset(token)
