"""The days of a checked pack: phases, programmes, named days and blackouts, known or still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import dates
from .faults import OPEN, Path
from .walking import Context, phases_of


@dataclass(frozen=True)
class Span:
    """From a day to a day; `end` may be as far as is known, `complete` says that it is the last word."""

    start: date | None
    end: date | None
    complete: bool = True


@dataclass(frozen=True)
class BlackoutDays:
    """A stretch in which nothing is asked, and what happens to what falls due in it."""

    code: str
    start: date
    end: date
    duties: str


class Days:
    """Resolves the dates of one pack; None is a day that is not known yet."""

    def __init__(self, context: Context) -> None:
        self.c = context
        calendar, own = context.organisation.calendar, context.pack.calendar
        self._texts: dict[str, Any] = {code: day.get("on") for code, day in calendar.days.items()}
        self._texts |= {code: day.on for code, day in own.days.items()}
        self._phases = {code: (name, phase) for name, _programme, code, phase in phases_of(context.pack)}
        self._asked: set[str] = set()
        free = [*calendar.holidays, *(day.text for day in own.holidays if day is not OPEN)]
        worked = [*calendar.workdays, *(day.text for day in own.workdays if day is not OPEN)]
        self.working = dates.WorkingDays(self._fixed(free), self._fixed(worked))
        self.blackouts = tuple(self._blackouts())
        #: Whether a blackout of the calendar still waits for an answer.
        self.open_blackouts = tuple(self._open_blackouts())

    @staticmethod
    def _fixed(texts: list[str]) -> frozenset[date]:
        days = [dates.parse(text) for text in texts]
        return frozenset(date.fromisoformat(day.anchor) for day in days if day.kind == "full")

    def named(self, name: str) -> date | None:
        """A named day or the end of a phase (p1.end); None while open, decided later, or in a circle."""
        if name in self._asked:
            return None
        self._asked.add(name)
        try:
            return self._named(name)
        finally:
            self._asked.discard(name)

    def _named(self, name: str) -> date | None:
        code, _dot, edge = name.partition(".")
        if code in self._phases and edge:
            programme, _phase = self._phases[code]
            span = self.phase(programme, code)
            return span.start if edge == "start" else span.end
        text = self._texts.get(name)
        if text in (None, "") or text is OPEN:
            return None
        when = dates.parse(text)
        span = Span(None, None) if when.kind in ("full", "name") else self.whole()
        return self.resolve(when, span.start, span.end)

    def resolve(self, when: Any, start: date | None, end: date | None, last: bool = True) -> date | None:
        """A date expression inside a period; None if it or what it needs is not known."""
        if when is OPEN or when is None or not isinstance(when, dates.When):
            return None
        needs_period = when.kind not in ("full", "month") and (
            when.kind != "name" or when.name in ("start", "end")
        )
        edges = (start, end) if needs_period else (start or date(2000, 1, 1), end or date(2000, 12, 31))
        if when.name == "start" and start:
            edges = (start, end or start)
        if when.name == "end" and end:
            edges = (start or end, end)
        if edges[0] is None or edges[1] is None:
            return None
        names = {when.name: self.named(when.name)} if when.name not in ("", "start", "end") else {}
        return dates.resolve(when, edges[0], edges[1], names, self.working, last)

    def phase(self, programme: str, code: str) -> Span:
        """The first and last day of a phase; absent ends are the programme's own."""
        block, phase = self.c.pack.programmes[programme], self._phases[code][1]
        low, high = self._stated(programme)
        start = self.resolve(phase.from_, low, high) if phase.states("from_") else None
        end = self.resolve(phase.to, low or start, high) if phase.states("to") else None
        if phase.from_ is None and block.from_ is not None:
            start = low
        if phase.to is None and block.to is not None:
            end = high
        return Span(start, end, end is not None)

    def _stated(self, programme: str) -> tuple[date | None, date | None]:
        block = self.c.pack.programmes[programme]
        return self.resolve(block.from_, None, None), self.resolve(block.to, None, None)

    def programme(self, name: str, seen: frozenset[str] = frozenset()) -> Span:
        """The span of a programme: stated, or over its phases, or that of the one that it runs through."""
        block = self.c.pack.programmes[name]
        start, end = self._stated(name)
        spans = [self.phase(name, code) for code in block.phases]
        through = block.runs_through
        if not spans and through in self.c.pack.programmes and through not in seen | {name}:
            other = self.programme(through, seen | {name})
            spans = [other]
        starts = [span.start for span in spans]
        ends = [span.end for span in spans if span.end]
        if not block.states("from_") and spans and starts[0]:
            start = min(day for day in starts if day)
        if block.states("to"):
            return Span(start, end, end is not None)
        complete = bool(spans) and all(span.end and span.complete for span in spans)
        return Span(start, max(ends) if ends else None, complete)

    def whole(self) -> Span:
        """From the first to the last known day of the whole pack."""
        spans = [self.programme(name) for name in self.c.pack.programmes]
        starts, ends = [s.start for s in spans if s.start], [s.end for s in spans if s.end]
        return Span(min(starts, default=None), max(ends, default=None), all(s.complete for s in spans))

    def _calendars(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for code, block in self.c.organisation.calendar.blackouts.items():
            yield code, block
        for code, own in self.c.pack.calendar.blackouts.items():
            yield code, {"from": own.from_, "to": own.to, "duties": own.duties}

    def _blackouts(self) -> Iterator[BlackoutDays]:
        for code, block in self._calendars():
            edges = [block["from"], block["to"]]
            if block["duties"] in (None, OPEN) or None in edges or OPEN in edges:
                continue
            parsed = [dates.parse(edge) for edge in edges]
            if all(edge.kind == "month_day" for edge in parsed):
                yield from self._yearly(code, parsed, block["duties"])
                continue
            start, end = (self.resolve(edge, None, None) for edge in parsed)
            if start and end:
                yield BlackoutDays(code, start, end, block["duties"])

    def _yearly(self, code: str, edges: list[dates.When], duties: str) -> Iterator[BlackoutDays]:
        """A blackout without a year comes every year of the pack."""
        span = self.whole()
        if not (span.start and span.end):
            return
        for year in range(span.start.year - 1, span.end.year + 1):
            start = dates.in_year(edges[0].anchor, year)
            end = dates.in_year(edges[1].anchor, year)
            if end < start:
                end = dates.in_year(edges[1].anchor, year + 1)
            yield BlackoutDays(code, start, end, duties)

    def _open_blackouts(self) -> Iterator[Path]:
        for code, block in self._calendars():
            for key in ("from", "to", "duties"):
                if block[key] is None or block[key] is OPEN:
                    yield ("calendar", "blackouts", code, key)

    def blackout_of(self, day: date) -> BlackoutDays | None:
        """The blackout that a day falls in, if any."""
        return next((out for out in self.blackouts if out.start <= day <= out.end), None)

    def moved_out(self, day: date) -> date:
        """The first day after the blackouts that move deadlines."""
        for _again in range(len(self.blackouts) + 1):
            out = next(
                (b for b in self.blackouts if b.duties == "deadline_moves" and b.start <= day <= b.end), None
            )
            if out is None:
                return day
            day = out.end + timedelta(1)
        return day
