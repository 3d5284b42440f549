"""The roster beside the system: each row new, changed, unchanged or an error; who is missing; what must be asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from zhengyou.org.roster.rows import Roster, Row
from zhengyou.org.roster.standing import Known, Place, Standing
from zhengyou.org.roster.units import Question, Units
from zhengyou.org.roster.words import Words

PLAIN = ("name", "joined", "confirmed", "email", "phone", "note")
ENDS = ("keep", "out", "left", "deceased")
NEW, CHANGED, UNCHANGED, ERROR = "new", "changed", "unchanged", "error"


@dataclass(slots=True, eq=False)
class Line:
    """One row with its result: the unit it means, the person it is, what differs as (field, old, new)."""

    row: Row
    place: Place | None
    known: Known | None = None
    state: str = NEW
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    activity: list[Place] = field(default_factory=list)
    posts: list[tuple[Place, str]] = field(default_factory=list)
    main: Line | None = None  # the row that stands for the person, where one is written twice


@dataclass
class Balance:
    """opening + new ones - those who end = closing; `leaves` is the sum of all units' own members afterwards."""

    opening: int = 0
    come: int = 0
    developed: int = 0
    out: int = 0
    left: int = 0
    deceased: int = 0
    leaves: int = 0

    @property
    def closing(self) -> int:
        """Members afterwards."""
        return self.opening + self.come + self.developed - self.out - self.left - self.deceased

    def as_json(self) -> dict[str, int]:
        """As the command line prints it."""
        return {
            "opening": self.opening, "in": self.come, "developed": self.developed, "out": self.out,
            "left": self.left, "deceased": self.deceased, "closing": self.closing, "leaves": self.leaves,
        }  # fmt: skip


@dataclass
class Diff:
    """Everything the page, the command line and the import need to know."""

    roster: Roster
    standing: Standing
    words: Words
    units: Units
    scope: str
    lines: list[Line] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    missing: list[Known] = field(default_factory=list)
    endings: dict[str, str] = field(default_factory=dict)
    balance: Balance = field(default_factory=Balance)
    counts: Counter[str] = field(default_factory=Counter)
    people: int = 0

    @property
    def open(self) -> list[Question]:
        """Questions without an answer."""
        return [question for question in self.questions if not question.answer]

    @property
    def clean(self) -> bool:
        """Whether it may be written: no error and no open question."""
        return not self.counts[ERROR] and not self.open

    def fingerprint(self) -> str:
        """A digest of the result: two people who see the same see the same digest."""
        seen = hashlib.sha256(f"{self.standing.day}{self.scope}".encode())
        for line in self.lines:
            row, place = line.row, line.place
            seen.update(
                f"{row.number}\x1f{line.state}\x1f{place.key if place else ''}\x1f{line.changes}\x1e".encode(
                    "utf-8", "replace"
                )
            )
        for known in self.missing:
            seen.update(
                f"{known.number}\x1f{known.unit}\x1f{self.endings.get(known.number, '')}\x1e".encode()
            )
        for place in self.units.new:
            seen.update(f"{place.key}\x1f{place.kind}\x1e".encode())
        return seen.hexdigest()


def find_missing(diff: Diff, decisions: dict[str, str], spoken: set[str]) -> None:
    """Who is registered within the scope and not in the file; nobody ends without a decision."""
    inside = None if diff.scope == "all" else {line.place.id for line in diff.lines if line.place is not None}
    everybody = decisions.get("missing:*", "keep")
    for known in diff.standing.people.values():
        if known.unit is None or known.number in spoken or (inside is not None and known.unit not in inside):
            continue
        diff.missing.append(known)
        how = decisions.get(f"missing:{known.number}", everybody)
        if how in ENDS and how != "keep" and not known.later:
            diff.endings[known.number] = how


def balance(diff: Diff) -> None:
    done = diff.balance
    done.opening = diff.standing.members
    last = diff.standing.last.isoformat() if diff.standing.last else ""
    sums: Counter[Any] = Counter(
        known.unit for known in diff.standing.people.values() if known.unit is not None
    )
    for line in diff.lines:
        if line.main is not None or line.state == ERROR or line.place is None:
            continue
        where = line.place.id if line.place.id is not None else line.place
        if line.state == NEW:
            fresh = line.known is None and last and line.row.joined > last
            if fresh:
                done.developed += 1
            else:
                done.come += 1
            sums[where] += 1
        elif line.known is not None and line.known.unit != where:
            sums[line.known.unit] -= 1
            sums[where] += 1
    for known in diff.missing:
        how = diff.endings.get(known.number)
        if how:
            setattr(done, how, getattr(done, how) + 1)
            sums[known.unit] -= 1
    done.leaves = sum(sums.values())
