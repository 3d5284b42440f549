"""What the rooms above say about a person and forget of a person; passed down by the frame, as `Follow` is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from zhengyou.journal.actions import OpenEntry
from zhengyou.org.models import Person

CORRECTION_DAYS = 15
"""Days within which a request is decided where no running campaign says otherwise (DOMAIN.md §7, default)."""


@dataclass(frozen=True)
class Fact:
    """One thing held: its name, its text, the day it is about, the entry that wrote it (0: not journalled)."""

    name: str
    text: str = ""
    day: date | None = None
    entry: int = 0
    source: str = ""
    about: str = ""
    url: str = ""


@dataclass(frozen=True)
class Section:
    """Facts of one sort under a heading; `note` says who else sees them, `key` is a short name for machines."""

    key: str
    title: str
    facts: Sequence[Fact] = field(default_factory=tuple)
    note: str = ""


@dataclass(frozen=True)
class About:
    """`held`: everything a room above keeps of a person; `forget`: empties it within an erasure, returns files now unused.

    `correction_days`: days within which requests are decided.
    """

    held: Callable[[Person], list[Section]] = lambda _person: []
    forget: Callable[[OpenEntry, Person], None] = lambda _entry, _person: None
    correction_days: Callable[[], int] = lambda: CORRECTION_DAYS


NOTHING = About()
