"""Defaults of every test: the language is Chinese, the house clock stands at Monday 22 November 2010 unless a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation

from zhengyou.kit import clock

HOUSE_DAY = date(2010, 11, 22)


@pytest.fixture(autouse=True)
def house_clock() -> Iterator[None]:
    """The business day of all tests; move it with `clock.playing(day)`."""
    with clock.playing(HOUSE_DAY):
        yield


@pytest.fixture(autouse=True)
def house_language() -> Iterator[None]:
    """Chinese, whatever an earlier test switched to."""
    with translation.override("zh-hans"):
        yield
