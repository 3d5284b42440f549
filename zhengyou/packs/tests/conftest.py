"""The sentences of the tests are read in Chinese."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    """Every test of this room reads Chinese unless it says otherwise."""
    with translation.override("zh-hans"):
        yield
