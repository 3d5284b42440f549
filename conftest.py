"""Defaults of every test: the language is Chinese, the house clock stands at Monday 22 November 2010 unless a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import translation

from zhengyou.kit import clock


class QuickArgon2(Argon2PasswordHasher):
    """The installation's way of hashing passwords with the least work: tests hash thousands."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def pytest_configure() -> None:
    """Hash quickly in tests."""
    settings.PASSWORD_HASHERS = [f"{QuickArgon2.__module__}.{QuickArgon2.__name__}"]


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
