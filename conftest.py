"""Defaults of every test: the language is Chinese, the house clock stands at Monday 22 November 2010 unless a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import translation
from pytest_django.plugin import blocking_manager_key
from whitenoise.middleware import WhiteNoiseMiddleware

from zhengyou.kit import clock
from zhengyou.kit.tests import forked


class QuickArgon2(Argon2PasswordHasher):
    """The installation's way of hashing passwords with the least work: tests hash thousands."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def pytest_configure(config: pytest.Config) -> None:
    """Hash quickly in tests; look for the static files once, not for each of thousands of browsers."""
    with config.stash[blocking_manager_key].unblock():
        forked.CONNECT.append(BaseDatabaseWrapper.ensure_connection)
    settings.PASSWORD_HASHERS = [f"{QuickArgon2.__module__}.{QuickArgon2.__name__}"]
    WhiteNoiseMiddleware.add_files_from_finders = found_once


look_for_files = WhiteNoiseMiddleware.add_files_from_finders
static_files: dict[str, Any] = {}


def found_once(whitenoise: WhiteNoiseMiddleware) -> None:
    """In place of WhiteNoise's look into every folder of static files: what the first of this run has found."""
    if not static_files:
        look_for_files(whitenoise)
        static_files.update(whitenoise.files)
    whitenoise.files.update(static_files)


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
