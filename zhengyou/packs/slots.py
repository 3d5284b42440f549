"""The dated slots of one part of a task: its rhythm, its times, blackouts, or its single day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import dates
from .faults import OPEN, address
from .model import Task
from .periods import MOST, Stretch, stretches
from .plans import SlotPlan
from .spans import Days, Span
from .walking import Context, TaskAt

_END = dates.parse("end")


@dataclass(frozen=True)
class Dated:
    """The slots of a part, and the addresses or names that they still wait for."""

    slots: tuple[SlotPlan, ...] = ()
    waits: tuple[str, ...] = ()
    too_many: bool = False


def on_occasion(task: Task) -> bool:
    """Whether a task is owed only when something comes up (a finding to mend): it has no dates ahead."""
    dated = (task.due, task.every, task.irregular, task.times, task.until)
    return task.rectify is not None and not any(x is not None for x in dated) and not task.held


def issues(task: Task) -> bool:
    """Whether duties are issued: advice and what one may do are never owed."""
    return task.level != "may" and not on_occasion(task)


class Slots:
    """Dates the tasks of one pack."""

    def __init__(self, context: Context, days: Days) -> None:
        self.c, self.days = context, days

    def span(self, at: TaskAt) -> Span:
        """The days in which a task lies: its own from and until, else its phase's, else its programme's."""
        base = self.days.phase(at.programme, at.phase) if at.phase else self.days.programme(at.programme)
        task = at.task
        start = self.days.resolve(task.from_, base.start, base.end) if task.from_ is not None else base.start
        if task.until is None:
            return Span(start, base.end, base.complete)
        end = self.days.resolve(task.until, base.start, base.end)
        return Span(start, end, end is not None)

    def dated(self, at: TaskAt, who: str) -> Dated:
        """The slots of a part of a task; `who` chooses among due days that differ."""
        task = at.task
        if not issues(task):
            return Dated()
        waits = [
            address((*at.path, key)) for key in ("every", "times", "irregular") if getattr(task, key) is OPEN
        ]
        due = task.due.get(who, OPEN) if isinstance(task.due, dict) else task.due
        waits += self._waits_for_day(due, address((*at.path, "due")))
        span = self.span(at)
        if span.start is None:
            waits += self._edges(at, "from")
        ends = due is None and not task.every
        if span.end is None or (ends and not span.complete):
            waits += self._edges(at, "to")
        if task.every and task.every is not OPEN:
            waits += [address(path) for path in self.days.open_blackouts]
        if waits:
            return Dated(waits=tuple(dict.fromkeys(waits)))
        when = due if due is not None else _END
        if not task.every:
            found = list(self._single(task, when, span))
            return Dated(tuple(found[:MOST]), too_many=len(found) > MOST)
        periods = self._periods(task, span)
        found = list(self._rhythm(task, when, span, periods))
        return Dated(tuple(found[:MOST]), too_many=max(len(periods), len(found)) > MOST)

    def _edges(self, at: TaskAt, key: str) -> list[str]:
        """The places that leave the first or last day of a task's span open."""
        field, own = ("from_", "from") if key == "from" else ("to", "until")
        if getattr(at.task, "from_" if key == "from" else "until") is not None:
            return [address((*at.path, own))]
        programmes = self.c.pack.programmes
        name = at.programme
        if not programmes[name].phases and programmes[name].runs_through in programmes:
            name = programmes[name].runs_through
        phases = [at.phase] if at.phase else list(programmes[name].phases)
        phases = phases[:1] if key == "from" else phases
        places = [
            address(("programmes", name, "phases", code, key))
            for code in phases
            if getattr(programmes[name].phases[code], field) is OPEN
        ]
        return places or [address(("programmes", name, key))]

    def _waits_for_day(self, due: Any, place: str) -> Iterator[str]:
        if due is OPEN:
            yield place
        elif (
            isinstance(due, dates.When)
            and due.name not in ("", "start", "end")
            and not self.days.named(due.name)
        ):
            yield due.name

    def _periods(self, task: Task, span: Span) -> list[Stretch]:
        """The periods of a task's rhythm that touch its span."""
        if span.start is None or span.end is None or span.start > span.end:
            return []
        own = self.c.organisation.calendar.periods.get(str(task.every))
        if own is None and (block := self.c.pack.calendar.periods.get(str(task.every))) is not None:
            pairs = None if not block.dates else [[day and day.text for day in pair] for pair in block.dates]
            own = {
                "of": block.of or None,
                "starts": block.starts.text if block.starts else None,
                "dates": pairs,
            }
        return stretches(str(task.every), own, span.start, span.end)

    def _rhythm(self, task: Task, due: dates.When, span: Span, periods: list[Stretch]) -> Iterator[SlotPlan]:
        start, end = span.start, span.end
        if start is None or end is None:
            return
        for stretch in periods:
            last = min(stretch.end, end)
            day = self.days.resolve(due, stretch.start, last)
            opens = max(stretch.start, start)
            if day is None or day < opens:
                continue
            out = self.days.blackout_of(day)
            if out is not None and out.duties == "not_owed":
                continue
            yield from self._times(task, stretch.label, opens, min(last, day), self.days.moved_out(day))

    def _single(self, task: Task, due: dates.When, span: Span) -> Iterator[SlotPlan]:
        start, end = span.start, span.end
        if start is None or end is None:
            return
        held = [day for day in task.held or () if day is not OPEN]
        for when in held:
            opens = self.days.resolve(when, start, end)
            day = self.days.resolve(due, start, end)
            if opens and day:
                yield SlotPlan(opens.isoformat(), opens, max(opens, day), max(opens, day))
        day = None if held else self.days.resolve(due, start, end)
        if day is not None:
            yield from self._times(task, "", min(start, day), day, self.days.moved_out(day))

    @staticmethod
    def _times(task: Task, label: str, opens: date, cutoff: date, due: date) -> Iterator[SlotPlan]:
        count = task.irregular if task.irregular is not None else task.times
        if count in (None, 1):
            yield SlotPlan(label, opens, max(opens, cutoff), due)
            return
        for number in range(1, min(count or 0, MOST + 1) + 1):
            name = f"{label}/{number}" if label else str(number)
            yield SlotPlan(name, opens, max(opens, cutoff), due)
