"""The organisation of this installation and its part in force, read once per use; parsing is cached by version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import translation

from zhengyou.org.models import Organisation, OrganisationPart
from zhengyou.packs.organisation import Organisation as Part


def organisation() -> Organisation | None:
    """The organisation, or None in an empty directory."""
    return Organisation.objects.first()


def part() -> Part | None:
    """The organisation's part in force, or None in an empty directory. One query; parsed once per version.

    Within `reading` no query: the request has read it.
    """
    if (known := _read.get()) is not None:
        return known[1].part
    newest = OrganisationPart.objects.order_by("-version").values_list("pk", "sha256").first()
    return None if newest is None else _parsed(*newest)


@dataclass(frozen=True)
class Frame:
    """What every page needs of the organisation: itself, its part in force, its root unit's id."""

    organisation: Organisation
    part: Part
    root: int | None

    @property
    def may(self) -> dict[str, frozenset[str]]:
        """Post -> powers, as the part in force says."""
        return {post.code: frozenset(post.may) for post in self.part.posts}


def frame(day: date) -> Frame | None:
    """The organisation, its part and its root on a day, in one query; None in an empty directory."""
    if (known := _read.get()) is not None and known[0] == day:
        return known[1]
    asked = {"day": connection.ops.adapt_datefield_value(day)}
    row: Any = next(iter(Organisation.objects.raw(_FRAME, asked)), None)
    if row is None or row.part_pk is None:
        return None
    return Frame(row, _parsed(row.part_pk, row.part_sha), row.root)


#: Every page begins with it: the words of the query are not composed anew each time.
_FRAME = """SELECT o.*,
    (SELECT id FROM org_organisationpart ORDER BY version DESC LIMIT 1) AS part_pk,
    (SELECT sha256 FROM org_organisationpart ORDER BY version DESC LIMIT 1) AS part_sha,
    (SELECT unit_id FROM org_placement WHERE parent_id IS NULL AND dropped_id IS NULL AND valid_from <= %(day)s
     AND valid_to > %(day)s ORDER BY unit_id LIMIT 1) AS root
FROM org_organisation o ORDER BY o.id LIMIT 1"""
_read: ContextVar[tuple[date, Frame] | None] = ContextVar("read", default=None)


@contextmanager
def reading(day: date, found: Frame | None) -> Iterator[None]:
    """While a request is answered that only reads (GET, HEAD), what it has read of the organisation is not asked again."""
    token = _read.set(None if found is None else (day, found))
    try:
        yield
    finally:
        _read.reset(token)


@dataclass(frozen=True)
class Words:
    """The organisation's words for kinds, posts, categories and statuses in one language; a code without any as it is."""

    part: Part | None
    lang: str

    def __call__(self, code: str) -> str:
        return self.part.label(code, self.lang) if self.part is not None and code else code

    def of(self, field: str) -> list[tuple[str, str]]:
        """Codes and words of a list of the part, such as category or status."""
        found = self.part.kinds.get(field, {}) if self.part is not None else {}
        return [(code, label.text(self.lang) or code) for code, label in found.items()]


def words(known: Part | None = None) -> Words:
    """The organisation's words in the reader's language; one query unless the part is known."""
    return Words(known or part(), language())


@lru_cache(maxsize=8)
def _parsed(pk: int, sha256: str) -> Part:
    return OrganisationPart.objects.get(pk=pk).part()


def language() -> str:
    """The reader's language as packs know it: zh or en."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"
