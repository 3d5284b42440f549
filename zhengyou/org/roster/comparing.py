"""Comparing a roster with the system row by row: who is who, what differs, what is written twice, what must be asked."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from zhengyou.org.roster.diff import CHANGED, ERROR, NEW, PLAIN, UNCHANGED, Diff, Line, balance, find_missing
from zhengyou.org.roster.rows import Roster, paused_gc
from zhengyou.org.roster.standing import Known, Standing
from zhengyou.org.roster.units import Question, Units
from zhengyou.org.roster.words import Words


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
        find_missing(diff, self.decisions, self.spoken)
        balance(diff)

    def _known(self, line: Line) -> Known | None:
        known = self.people.get(line.row.number)
        if known is None:
            return self._by_name(line)
        if known.name != line.row.name and not set(known.name) & set(line.row.name):
            facts = {"number": known.number, "old": known.name, "new": line.row.name}
            answer = self._ask(
                line,
                f"name:{known.number}",
                "ask_name",
                facts,
                [("changed", "answer_name_changed", facts), ("wrong", "answer_name_wrong", facts)],
                "name",
            )
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
            answer = self._ask(
                line,
                f"person:{self._ref(line)}",
                "ask_person",
                facts,
                [(f"same:{known.number}", "answer_person_same", facts), ("new", "answer_person_new", facts)],
                "number",
            )
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
            "units": {"units": [line.place.name for line in lines if line.place]},
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
            old = "\n".join(sorted(units[u].name for u in held if u in units))
            line.changes.append(("activity", old, "\n".join(sorted(p.name for p in line.activity))))

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
        """A post stands on the unit it names, else on the row's unit or the nearest above that may have it."""
        part, notes = self.diff.words.part, self.diff.roster.notes
        assert line.place is not None
        for said in line.row.post:
            word, _at, unit = said.partition("@")
            code, _sign, kinds = word.partition("#")
            post = part.post(code)
            on = (post.on if post else ()) or ()
            if unit:
                named = self.diff.units.named(unit)
                places = [named] if named is not None and named.kind in on else []
            else:
                places = [place for place in line.place.line() if place.kind in on]
                places = (
                    [place for place in places if place.kind in kinds.split(",")] or places
                    if kinds
                    else places
                )
            if places:
                line.posts.append((places[0], code))
            else:
                kind = unit or self.diff.words.both("unit_kind", line.place.kind)
                label = self.diff.words.both("post", code)
                notes.add(line.row.sheet, line.row.row, "post", "post_place", post=label, kind=kind)

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
                Question(
                    qid,
                    "ask_zeros",
                    facts,
                    options,
                    (sheet, first.row, "number"),
                    [(sheet, roster.rows[at].row) for at in rows[:200]],
                    answer if answer in ("pad", "keep") else "",
                )
            )
