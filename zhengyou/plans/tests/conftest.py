"""The small school whose campaign asks every unit for a plan; the top plan not issued yet."""

from __future__ import annotations

import pytest

from zhengyou.org.tests import builder
from zhengyou.plans.tests import play


@pytest.fixture
def school(db):
    """The small school with work items and the duty of a plan for general, direct and branch units, due on 30 November."""
    found = builder.build()
    play.begin(found)
    return found
