"""The small school with a campaign that asks for commitments."""

from __future__ import annotations

import pytest

from zhengyou.commitments.tests import promising
from zhengyou.org.tests import builder


@pytest.fixture
def school(db):
    """The small school of `org.tests.builder`."""
    return builder.build()


@pytest.fixture
def asked(school):
    """The same with commitments owed by every member and branch until 30 November 2010."""
    promising.run()
    return school
