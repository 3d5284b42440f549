"""Long lists by pages: counted no further than anybody turns, in parts that follow each other."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST = 10_000
"""Rows that a list turns to; beyond them it says "more than" and asks for a filter, for counting millions takes seconds."""


class Parts:
    """Ordered queries as one list, the rows of the second after those of the first; at most `most` of them."""

    ordered = True

    def __init__(self, *parts: QuerySet[Any], most: int = MOST):
        self.parts, self.most = parts, most

    @cached_property
    def counts(self) -> list[int]:
        """Rows of each part, until one more than `most` are counted."""
        found: list[int] = []
        for part in self.parts:
            room = self.most + 1 - sum(found)
            found.append(part.order_by()[:room].count() if room else 0)
        return found

    @property
    def more(self) -> bool:
        """Whether there are more rows than the list turns to."""
        return sum(self.counts) > self.most

    def count(self) -> int:
        """Rows of the list."""
        return min(sum(self.counts), self.most)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[Any]:
        """The rows of a slice; a part is asked only where it has some of them."""
        first, last = wanted.start or 0, min(self.most if wanted.stop is None else wanted.stop, self.most)
        rows: list[Any] = []
        for part, n in zip(self.parts, self.counts, strict=True):
            if first < min(n, last):
                rows += part[first : min(n, last)]
            first, last = max(first - n, 0), last - n
        return rows


class Bounded(Paginator[Any]):
    """A paginator over queries in parts; `more` where there are rows beyond those that it turns to."""

    def __init__(self, *parts: QuerySet[Any], per_page: int, most: int = MOST):
        self.parts = Parts(*parts, most=most)
        super().__init__(self.parts, per_page)  # type: ignore[arg-type]

    @property
    def more(self) -> bool:
        """Whether there are more rows than the pages hold."""
        return self.parts.more
