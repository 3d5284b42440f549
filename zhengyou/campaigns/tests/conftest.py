"""The small school, one per test, and a hook that lets duties follow the roster as the doors do."""

from __future__ import annotations

import pytest

from zhengyou.campaigns import rooms
from zhengyou.org.tests import builder


@pytest.fixture
def school(db):
    """The small school of `org.tests.builder`; everybody is a member since 2010-07-01."""
    return builder.build()


@pytest.fixture(autouse=True)
def short_reports(monkeypatch):
    """These tests are about duties, whatever their form: every form is handed in by the short report here."""
    monkeypatch.setattr(rooms, "WRITTEN_AT", {})
