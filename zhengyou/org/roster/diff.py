"""The roster beside the system: each row new, changed, unchanged or an error; who is missing; what must be asked."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
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


def compare(
    roster: Roster,
    standing: Standing,
    words: Words,
    *,
    scope: str = "all",
    decisions: dict[str, str] | None = None,
) -> Diff:
    """Compare a roster with the system; changes nothing in the database. `scope`: "all" or "units" (those in the file)."""
    decisions = decisions or {}
    with paused_gc():
        return _compare(roster, standing, words, scope, decisions)


@contextmanager
def paused_gc() -> Iterator[None]:
    """No cycle collection while many small objects are made: it would double the time and find nothing."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _compare(roster: Roster, standing: Standing, words: Words, scope: str, decisions: dict[str, str]) -> Diff:
    _zeros_first(roster, decisions)
    diff = Diff(roster, standing, words, Units(roster, standing, words, decisions), scope)
    _Comparison(diff, decisions).run()
    return diff


def _zeros_first(roster: Roster, decisions: dict[str, str]) -> None:
    """Pad the numbers that lost their zeros where the answer says so, before anything is matched by number."""
    for (sheet, width), rows in roster.short.items():
        if decisions.get(zeros_id(roster, sheet, width)) == "pad":
            for at in rows:
                roster.rows[at].number = roster.rows[at].number.zfill(width)


def zeros_id(roster: Roster, sheet: int, width: int) -> str:
    """What decisions call the question about lost zeros of a sheet."""
    return f"zeros:{roster.sheets[sheet]}:{width}"


class _Comparison:
    def __init__(self, diff: Diff, decisions: dict[str, str]) -> None:
        self.diff, self.decisions = diff, decisions
        self.people = diff.standing.people
        self.spoken: set[str] = set()
        self.by_name: dict[tuple[str, int], list[Known]] | None = None

    def run(self) -> None:
        diff = self.diff
        today = diff.standing.day.isoformat()
        mains: dict[str, Line] = {}
        again: dict[str, list[Line]] = defaultdict(list)
        self.named = {row.number for row in diff.roster.rows}
        for row in diff.roster.rows:
            if row.joined > today:
                row.fault("joined", "day_future")
            place = diff.units.of(row) if row.unit else None
            line = Line(row, place)
            diff.lines.append(line)
            if row.activity and place is not None:
                self._activity(line)
            if row.post and place is not None:
                self._posts(line)
            if not row.number and row.name and place is not None:
                self._without_number(line)
            if row.faults:
                line.state = ERROR
                if row.number:
                    self.spoken.add(row.number)
                continue
            line.known = line.known or self._known(line)
            number = line.known.number if line.known else row.number
            self.spoken.add(number)
            if number in mains:
                line.main = mains[number]
                again[number].append(line)
            else:
                mains[number] = line
        for number, lines in again.items():
            self._twice(number, [mains[number], *lines])
        for line in diff.lines:
            if line.state != ERROR and line.main is None:
                self._state(line)
        for line in diff.lines:
            if line.main is not None and line.state != ERROR:
                line.state, line.known = line.main.state, line.main.known
                if line.state == ERROR:
                    line.row.faults = line.row.faults or line.main.row.faults
        self._zeros()
        diff.questions = [*diff.units.questions.values(), *diff.questions]
        for line in diff.lines:
            diff.counts[line.state] += 1
        diff.people = sum(line.main is None and line.state != ERROR for line in diff.lines)
        self._missing()
        self._balance()

    def _known(self, line: Line) -> Known | None:
        known = self.people.get(line.row.number)
        if known is None:
            return self._by_name(line)
        if known.name != line.row.name and not set(known.name) & set(line.row.name):
            facts = {"number": known.number, "old": known.name, "new": line.row.name}
            answer = self._ask(line, f"name:{known.number}", "ask_name", facts,
                               [("changed", "answer_name_changed", facts), ("wrong", "answer_name_wrong", facts)], "name")  # fmt: skip
            if answer == "wrong":
                line.row.fault("number", "number_taken_here", other=known.name)
                line.state = ERROR
        return known

    def _candidates(self, line: Line) -> list[Known]:
        """People of the same name in the same unit whose own number the file does not name."""
        if line.place is None or line.place.id is None:
            return []
        if self.by_name is None:
            self.by_name = defaultdict(list)
            for known in self.people.values():
                if known.unit is not None and known.number not in self.named:
                    self.by_name[known.name, known.unit].append(known)
        return self.by_name.get((line.row.name, line.place.id), [])

    def _by_name(self, line: Line) -> Known | None:
        """Only name and unit match: never merged, always asked."""
        for known in self._candidates(line):
            facts = {"number": known.number, "name": known.name}
            answer = self._ask(line, f"person:{self._ref(line)}", "ask_person", facts,
                               [(f"same:{known.number}", "answer_person_same", facts), ("new", "answer_person_new", facts)], "number")  # fmt: skip
            if answer == f"same:{known.number}":
                line.row.number = known.number
                return known
        return None

    def _without_number(self, line: Line) -> None:
        """No number written: who it is may be answered; else it stays a fault."""
        if not line.row.faults or [fault[1] for fault in line.row.faults] != ["number_missing"]:
            return
        candidates = self._candidates(line)
        if not candidates:
            return
        options = []
        for known in candidates[:5]:
            facts = {"number": known.number, "name": known.name}
            options.append((f"same:{known.number}", "answer_person_same", facts))
        options.append(("new", "answer_person_new", {}))
        facts = {"number": candidates[0].number, "name": candidates[0].name}
        answer = self._ask(line, f"person:{self._ref(line)}", "ask_person_blank", facts, options, "number")
        if answer == "new":
            return
        line.row.faults = None
        line.known = next((known for known in candidates if answer == f"same:{known.number}"), candidates[0])
        line.row.number = line.known.number

    def _twice(self, number: str, lines: list[Line]) -> None:
        """One number in several rows: the same, contradicting, another person, or two units, which is asked."""
        first = lines[0]
        others: list[Line] = [first]
        notes = self.diff.roster.notes
        for line in lines[1:]:
            row, top = line.row, first.row
            if row.name != top.name:
                row.fault("number", "number_taken", row=top.row, other=top.name)
                line.state = ERROR
                continue
            peer = next((other for other in others if other.place is line.place), None)
            if peer is None:
                others.append(line)
                continue
            odd = next(
                (
                    f
                    for f in (*PLAIN, "category", "status")
                    if getattr(row, f) and getattr(peer.row, f) and getattr(row, f) != getattr(peer.row, f)
                ),
                "",
            )
            if odd:
                row.fault(
                    odd, "twice_differs", row=peer.row.row, field=self.diff.roster.column(row.sheet, odd)
                )
                line.state = ERROR
                continue
            for name in (*PLAIN, "category", "status"):
                if not getattr(peer.row, name):
                    setattr(peer.row, name, getattr(row, name))
            peer.posts += [post for post in line.posts if post not in peer.posts]
            peer.activity += [place for place in line.activity if place not in peer.activity]
            line.main = first
            notes.add(row.sheet, row.row, "number", "twice_same", row=peer.row.row)
        if len(others) > 1:
            self._two_units(number, others)

    def _two_units(self, number: str, lines: list[Line]) -> None:
        options: list[tuple[str, str, dict[str, Any]]] = []
        for line in lines:
            facts = {"unit": line.place.name if line.place else "", "row": line.row.row}
            options.append((f"keep:{self._ref(line)}", "answer_keep", facts))
            options.append((f"activity:{self._ref(line)}", "answer_activity", facts))
        facts = {
            "number": number,
            "name": lines[0].row.name,
            "units": "、".join(f"「{line.place.name}」" for line in lines if line.place),
        }
        answer = self._ask(
            lines[1],
            f"twice:{number}",
            "ask_twice",
            facts,
            options,
            "unit",
            [(x.row.sheet, x.row.row) for x in lines],
        )
        if not answer:
            return
        act, ref = answer.split(":", 1)
        chosen = next(line for line in lines if self._ref(line) == ref)
        chosen.main = None
        for line in lines:
            if line is not chosen:
                line.main = chosen
                if act == "activity" and line.place is not None:
                    chosen.activity.append(line.place)
                else:
                    self.diff.roster.notes.add(
                        line.row.sheet,
                        line.row.row,
                        "unit",
                        "twice_left",
                        unit=line.place.name if line.place else "",
                    )
        for line in self.diff.lines:
            if line.main in lines and line.main is not chosen and line is not chosen:
                line.main = chosen

    def _state(self, line: Line) -> None:
        row, known, place = line.row, line.known, line.place
        assert place is not None
        if known is None or known.unit is None:
            line.state = NEW
            if known is not None and known.later:
                self._later(line, known)
            return
        changes = line.changes
        for name in PLAIN:
            new = getattr(row, name)
            if new and new != getattr(known, name):
                changes.append((name, getattr(known, name), new))
        dated = len(changes)
        if place.id is None or place.id != known.unit:
            old = self.diff.standing.units.get(known.unit)
            changes.append(("unit", old.name if old else "", place.name))
        for name in ("category", "status"):
            new = getattr(row, name)
            if new and new != getattr(known, name):
                changes.append((name, getattr(known, name), new))
        dated = len(changes) - dated
        self._activity_change(line, known)
        held = self.diff.standing.posts.get(known.id, set())
        line.posts = [(p, post) for p, post in line.posts if p.id is None or (p.id, post) not in held]
        changes += [("post", "", post) for _place, post in line.posts]
        line.state = CHANGED if changes else UNCHANGED
        if dated and known.later:
            self._later(line, known)

    def _activity_change(self, line: Line, known: Known) -> None:
        if not line.activity:
            return
        held = self.diff.standing.activity.get(known.id, {})
        if {p.id for p in line.activity} != set(held):
            units = self.diff.standing.units
            old = "、".join(sorted(units[u].name for u in held if u in units))
            line.changes.append(("activity", old, "、".join(sorted(p.name for p in line.activity))))

    def _later(self, line: Line, known: Known) -> None:
        line.row.fault("", "later_change", day=known.later, roster=self.diff.standing.day.isoformat())
        line.state = ERROR

    def _activity(self, line: Line) -> None:
        for text in line.row.activity:
            place = self.diff.units.named(text)
            if place is None:
                line.row.fault("activity", "activity_unknown", unit=text)
            elif place is line.place:
                self.diff.roster.notes.add(line.row.sheet, line.row.row, "activity", "activity_same")
            elif place not in line.activity:
                line.activity.append(place)

    def _posts(self, line: Line) -> None:
        """A post stands on the row's unit, or, where it may not, on the nearest unit above that may have it."""
        part = self.diff.words.part
        for code in line.row.post:
            post = part.post(code)
            places = (
                [p for p in line.place.line() if post and post.on and p.kind in post.on] if line.place else []
            )
            if places:
                line.posts.append((places[0], code))
            else:
                kind = self.diff.words.label("unit_kind", line.place.kind) if line.place else ""
                self.diff.roster.notes.add(
                    line.row.sheet,
                    line.row.row,
                    "post",
                    "post_place",
                    post=self.diff.words.label("post", code),
                    kind=kind,
                )

    def _ask(
        self,
        line: Line,
        qid: str,
        code: str,
        facts: dict[str, Any],
        options: list,
        column: str,
        rows: list | None = None,
    ) -> str:
        question = Question(
            qid,
            code,
            facts,
            options,
            (line.row.sheet, line.row.row, column),
            rows or [(line.row.sheet, line.row.row)],
        )
        answer = self.decisions.get(qid, "")
        question.answer = answer if any(answer == option[0] for option in options) else ""
        self.diff.questions.append(question)
        return question.answer

    def _ref(self, line: Line) -> str:
        return f"{line.row.sheet + 1}.{line.row.row}"

    def _zeros(self) -> None:
        roster = self.diff.roster
        for (sheet, width), rows in roster.short.items():
            facts = {"sheet": roster.sheets[sheet], "count": len(rows), "width": width}
            first = roster.rows[rows[0]]
            qid = zeros_id(roster, sheet, width)
            answer = self.decisions.get(qid, "")
            options = [("pad", "answer_pad", facts), ("keep", "answer_keep_short", facts)]
            self.diff.questions.append(
                Question(qid, "ask_zeros", facts, options, (sheet, first.row, "number"),
                         [(sheet, roster.rows[at].row) for at in rows[:200]], answer if answer in ("pad", "keep") else "")
            )  # fmt: skip

    def _missing(self) -> None:
        """Who is registered within the scope and not in the file; nobody ends without a decision."""
        diff = self.diff
        inside = (
            None if diff.scope == "all" else {line.place.id for line in diff.lines if line.place is not None}
        )
        everybody = self.decisions.get("missing:*", "keep")
        for known in self.people.values():
            if (
                known.unit is None
                or known.number in self.spoken
                or (inside is not None and known.unit not in inside)
            ):
                continue
            diff.missing.append(known)
            how = self.decisions.get(f"missing:{known.number}", everybody)
            if how in ENDS and how != "keep" and not known.later:
                diff.endings[known.number] = how

    def _balance(self) -> None:
        diff, balance = self.diff, self.diff.balance
        balance.opening = diff.standing.members
        last = diff.standing.last.isoformat() if diff.standing.last else ""
        sums: Counter[Any] = Counter(known.unit for known in self.people.values() if known.unit is not None)
        for line in diff.lines:
            if line.main is not None or line.state == ERROR or line.place is None:
                continue
            where = line.place.id if line.place.id is not None else line.place
            if line.state == NEW:
                fresh = line.known is None and last and line.row.joined > last
                if fresh:
                    balance.developed += 1
                else:
                    balance.come += 1
                sums[where] += 1
            elif line.known is not None and line.known.unit != where:
                sums[line.known.unit] -= 1
                sums[where] += 1
        for known in diff.missing:
            how = diff.endings.get(known.number)
            if how:
                setattr(balance, how, getattr(balance, how) + 1)
                sums[known.unit] -= 1
        balance.leaves = sum(sums.values())
