"""Dates the tasks of a checked pack: who owes what, in which periods, from when to when."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .faults import OPEN, Path, address
from .locations import default_minutes
from .model import Review, Task
from .organisation import Label
from .parts import Part, parts_of
from .plans import PhasePlan, ProgrammePlan, SlotPlan, TaskPlan
from .slots import Dated, Slots, on_occasion
from .spans import Days
from .walking import Context, TaskAt, tasks_of

if TYPE_CHECKING:
    from .check import Checked

__all__ = ["PhasePlan", "ProgrammePlan", "SlotPlan", "TaskPlan", "plan", "timeline"]


def plan(checked: Checked) -> list[TaskPlan]:
    """The tasks of a checked pack with their slots; none for a pack that has errors of shape."""
    if checked.context is None:
        return []
    return Planner(checked.context, checked.english).plans()


def minutes_of(task: Task) -> int:
    """Minutes that a task asks of who owes it: stated, or the default of its form."""
    table = default_minutes()["minutes"]
    return task.minutes if isinstance(task.minutes, int) else table.get(task.form, table["report"])


def review_minutes_of(task: Task) -> int:
    """Minutes that one look at a task asks of its reviewer: stated, or the default of its form."""
    table = default_minutes()["review_minutes"]
    stated = task.review.minutes if task.review is not None else None
    return stated if isinstance(stated, int) else table.get(task.form, table["report"])


def review_of(task: Task, subject: str) -> Review:
    """How a task is reviewed: stated, or not at all for members' and each by the parent for units'."""
    if task.review is not None:
        return task.review
    return Review(mode="none") if subject == "member" else Review(by=["parent"], mode="each")


class Planner:
    """Plans one pack."""

    def __init__(self, context: Context, english: dict[Path, str]) -> None:
        self.c, self.english = context, english
        self.days = Days(context)
        self.slots = Slots(context, self.days)
        self.named: dict[str, date | None] = {name: self.days.named(name) for name in context.day_names}

    def plans(self) -> list[TaskPlan]:
        """All parts of all tasks, in the order of the pack."""
        out = []
        for at in tasks_of(self.c.pack):
            parts = parts_of(self.c, at, self.named)
            if not parts:
                waiting = Part("", "unit", (), waits=(address((*at.path, "who")),))
                out.append(self._plan(at, waiting))
            out += [self._plan(at, part) for part in parts]
        return out

    def _plan(self, at: TaskAt, part: Part) -> TaskPlan:
        task, rules = at.task, self.c.pack.rules
        review = review_of(task, part.subject)
        dated = self.slots.dated(at, part.who[0] if part.who else "")
        if part.waits:
            dated = Dated(waits=(*part.waits, *dated.waits))
        grace = task.grace_days if isinstance(task.grace_days, int) else rules.joiner_days
        share = review.share if isinstance(review.share, Fraction) else None
        return TaskPlan(
            code=f"{at.code}.{part.suffix}" if part.suffix else at.code,
            programme=at.programme,
            phase=at.phase,
            zh=task.zh or at.code,
            en=task.en,
            level=_or(task.level, "must"),
            form=_or(task.form, "report"),
            subject=part.subject,
            unit_kinds=part.unit_kinds,
            conditions=part.conditions,
            who=part.who,
            post=part.post,
            root_only=part.root_only,
            review=_said(review.by) if review.mode != "none" else (),
            review_mode=_or(review.mode, "each"),
            share=share,
            return_days=_or(review.return_days, 7),
            returned_days=_or(rules.returned_days, 0),
            minutes=minutes_of(task),
            review_minutes=review_minutes_of(task) if review.mode != "none" else 0,
            grace_days=grace if isinstance(grace, int) else 0,
            joiners=_or(rules.joiners, "owe"),
            counts_when=_or(rules.counts_when, "accepted"),
            kinds=self._labels((*at.path, "kinds"), task.kinds),
            note=Label(task.note, self.english.get((*at.path, "note"), "")),
            advice=Label(task.advice, self.english.get((*at.path, "advice"), "")),
            source=task.source or "",
            opens=_said(task.opens),
            after=_said(task.after),
            on_occasion=on_occasion(task),
            quorum=task.quorum.text if task.quorum else "",
            data=_data(task),
            slots=dated.slots,
            waits_for=dated.waits,
        )

    def _labels(self, path: Path, words: Any) -> tuple[Label, ...]:
        return tuple(
            Label(word, self.english.get((*path, number), "")) for number, word in enumerate(words) if word
        )


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is OPEN or value is None else value


def _said(words: Any) -> tuple[str, ...]:
    return tuple(word for word in words if word is not OPEN)


def _data(task: Task) -> dict[str, Any]:
    """What later rooms will read: judged, rectify, evaluation, items, to, as plain text."""
    kept = task.model_dump(
        include={"judged", "rectify", "evaluation", "items", "to", "held"}, exclude_unset=True, warnings=False
    )
    return {key: plain(value) for key, value in kept.items()}


def plain(value: Any) -> Any:
    """A value as JSON can hold it; open values are None, exact numbers and dates their text."""
    if value is OPEN or value is None:
        return None
    if isinstance(value, dict):
        if set(value) == {"text", "root"} or set(value) >= {"text", "anchor"}:
            return value["text"]
        return {key: plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(held) for held in value]
    if isinstance(value, bool | int | str):
        return value
    return str(getattr(value, "text", value))


def timeline(checked: Checked) -> list[ProgrammePlan]:
    """The programmes with their nodes and phases, dated or open, for the page."""
    if checked.context is None:
        return []
    context, days = checked.context, Days(checked.context)
    return [_programme(checked, days, name) for name in context.pack.programmes]


def _programme(checked: Checked, days: Days, name: str) -> ProgrammePlan:
    assert checked.context is not None
    block = checked.context.pack.programmes[name]
    span = days.programme(name)
    path: Path = ("programmes", name)
    stages = []
    for code, stage in block.stages.items():
        start = days.resolve(stage.from_, None, None, last=False)
        end = days.resolve(stage.to, None, None)
        place = (*path, "stages", code)
        texts = [day.text if day is not OPEN and day is not None else "" for day in (stage.from_, stage.to)]
        stages.append(
            PhasePlan(
                code,
                stage.zh or code,
                stage.en,
                start,
                end,
                open=_open(place, stage),
                start_text=texts[0],
                end_text=texts[1],
            )
        )
    phases = []
    for code, phase in block.phases.items():
        dated = days.phase(name, code)
        place = (*path, "phases", code)
        phases.append(
            PhasePlan(
                code,
                phase.zh or code,
                phase.en,
                dated.start,
                dated.end,
                _or(phase.gate, "none"),
                tuple(phase.tasks),
                _open(place, phase),
            )
        )
    return ProgrammePlan(
        code=name,
        zh=block.zh or name,
        en=block.en,
        kind=block.kind,
        theme=Label(block.theme, checked.english.get((*path, "theme"), "")),
        start=span.start,
        end=span.end if span.complete else None,
        stages=tuple(stages),
        phases=tuple(phases),
        tasks=tuple(block.tasks),
        runs_through=block.runs_through or "",
    )


def _open(path: Path, block: Any) -> tuple[str, ...]:
    return tuple(
        address((*path, key))
        for key, field in (("from", "from_"), ("to", "to"))
        if getattr(block, field) is OPEN
    )
