"""The small school with its campaign, ready to be looked at."""

from __future__ import annotations

import pytest

from zhengyou.campaigns import rooms
from zhengyou.org.tests import builder
from zhengyou.overview.tests import stage


@pytest.fixture
def school(db) -> builder.School:
    """The small school without a campaign."""
    return builder.build()


@pytest.fixture
def stageful(school) -> builder.School:
    """The small school with a running campaign, partly done, on 22 November 2010."""
    stage.start()
    stage.play_on(school)
    return school


@pytest.fixture(autouse=True)
def short_reports(monkeypatch):
    """These tests are about lists and figures, whatever the form: every form is handed in by the short report here."""
    monkeypatch.setattr(rooms, "WRITTEN_AT", {})
