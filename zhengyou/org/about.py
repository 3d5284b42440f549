"""What the rooms above say about a person and forget of a person; passed down by the frame, as `Follow` is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from zhengyou.journal.actions import OpenEntry
from zhengyou.org import figures
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
class Source:
    """One sort of facts: its key, the part of my information that shows it, and what reads it of a person."""

    key: str
    part: str
    read: Callable[[Person], Section]


@dataclass(frozen=True)
class About:
    """`held`: what reads everything a room above keeps of a person, sort by sort; `forget`: empties it within an erasure
    and returns the evidence (row ids) that other work still links, which stays.

    `address`: where the thing that a request is about is seen.
    `correction_days`: days within which requests are decided. `verb`: what an entry of the journal did, in words.
    """

    held: Sequence[Source] = ()
    forget: Callable[[OpenEntry, Person], set[int]] = lambda _entry, _person: set()
    address: Callable[[str], str] = lambda _about: ""
    correction_days: Callable[[], int] = lambda: CORRECTION_DAYS
    verb: Callable[[str], str] = figures.verb


NOTHING = About()
