"""The small school as a fixture."""

import pytest

from zhengyou.org.tests import builder


@pytest.fixture
def school(db) -> builder.School:
    return builder.build()
