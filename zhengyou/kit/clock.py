"""The one business clock: what day it is for duties, posts and affiliations. Sessions and tokens use the machine's clock.

Only a demo directory may set the day (settings.DEMO_DAY); the time of day is always the machine's.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The business day in the organisation's zone (Django's current time zone)."""
    return settings.DEMO_DAY or timezone.localdate()


def now() -> datetime:
    """The business instant, aware, UTC-comparable: the machine's time of day on `today()`."""
    real = timezone.now()
    if settings.DEMO_DAY is None:
        return real
    return real + timedelta(days=(settings.DEMO_DAY - timezone.localdate(real)).days)


def is_set() -> bool:
    """Whether the day was set by hand (demo directories only)."""
    return settings.DEMO_DAY is not None
