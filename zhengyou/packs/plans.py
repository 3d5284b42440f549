"""What a plan of a campaign is: tasks with audiences, review and dated slots, and a page's timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from .expressions import Node
from .organisation import Label

#: Nothing said, in either language.
NO_WORDS = Label()


@dataclass(frozen=True)
class SlotPlan:
    """A task in one period, `opens_on` to `due_on`; after `cutoff_on` the unit of record is fixed."""

    period: str
    opens_on: date
    cutoff_on: date
    due_on: date


@dataclass(frozen=True)
class TaskPlan:
    """A task that one sort of subject owes.

    Units: `unit_kinds` (and `post`, if who does it holds another post than the secretary; `root_only` for the
    root alone). Members: `conditions`, any of which makes a member owe it: checked expressions over the
    fields category, status, joined and role with and, or, not, in, isnone, = != >= <= > < between a name
    and a word or day; the flag `yes` is everybody.
    """

    code: str
    programme: str
    phase: str
    zh: str
    en: str
    level: str
    form: str
    subject: str
    unit_kinds: tuple[str, ...] = ()
    conditions: tuple[Node, ...] = ()
    who: tuple[str, ...] = ()
    post: str = ""
    root_only: bool = False
    review: tuple[str, ...] = ()
    review_mode: str = "none"
    share: Fraction | None = None
    return_days: int = 7
    returned_days: int = 0
    minutes: int = 0
    review_minutes: int = 0
    grace_days: int = 0
    joiners: str = "owe"
    counts_when: str = "accepted"
    kinds: tuple[Label, ...] = ()
    note: Label = NO_WORDS
    advice: Label = NO_WORDS
    source: str = ""
    opens: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    on_occasion: bool = False
    quorum: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    slots: tuple[SlotPlan, ...] = ()
    waits_for: tuple[str, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """Its name in a language."""
        return Label(self.zh, self.en).text(lang) or self.code


@dataclass(frozen=True)
class PhasePlan:
    """A phase (or a stage between nodes) for the page; a day is None while it is open."""

    code: str
    zh: str
    en: str
    start: date | None
    end: date | None
    gate: str = "none"
    tasks: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    start_text: str = ""
    end_text: str = ""

    def text(self, lang: str = "zh") -> str:
        """Its name in a language."""
        return Label(self.zh, self.en).text(lang) or self.code


@dataclass(frozen=True)
class ProgrammePlan:
    """A programme for the page: its nodes, phases, days, and the tasks that stand outside any phase."""

    code: str
    zh: str
    en: str
    kind: str
    theme: Label
    start: date | None
    end: date | None
    stages: tuple[PhasePlan, ...] = ()
    phases: tuple[PhasePlan, ...] = ()
    tasks: tuple[str, ...] = ()
    runs_through: str = ""

    def text(self, lang: str = "zh") -> str:
        """Its name in a language."""
        return Label(self.zh, self.en).text(lang) or self.code
