"""The running campaigns' plan as the board needs it, and the part of it that the address asks for. One query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from zhengyou.kit import clock, sql
from zhengyou.org.current import language
from zhengyou.overview.moment import Moment

RUNNING = "30"
NAMES = ("programme", "phase", "task", "period")
"""Filters of the address, in the order in which they narrow down; the days of the moment follow them."""

DATES = (
    """CASE WHEN (SELECT MAX(x.due_on) FROM campaigns_decision x WHERE x.slot_id = s.id AND x.kind = 'extend'
        AND x.member_id IS NULL AND x.unit_id IS NULL AND x.dropped_id IS NULL) > s.due_on
      THEN (SELECT MAX(x.due_on) FROM campaigns_decision x WHERE x.slot_id = s.id AND x.kind = 'extend'
        AND x.member_id IS NULL AND x.unit_id IS NULL AND x.dropped_id IS NULL) ELSE s.due_on END""",
    "COALESCE((SELECT m.old_on FROM campaigns_datemove m WHERE m.slot_id = s.id ORDER BY m.id LIMIT 1), s.due_on)",
)
"""A period's date that holds for all now, and the one before any move (as `campaigns.comparing.dated`)."""


@dataclass(slots=True)
class Named:
    """A programme, phase, task or period with its words; `above` is the id of what it belongs to (0: nothing).

    `was` is a period's first date where it was moved.
    """

    id: int
    code: str
    zh: str
    en: str
    above: int = 0
    start: date | None = None
    end: date | None = None
    was: date | None = None

    @property
    def text(self) -> str:
        """Its name in the reader's language; the other one where it has none."""
        first, second = (self.en, self.zh) if language() == "en" else (self.zh, self.en)
        return first or second or self.code

    @property
    def short(self) -> str:
        """Its name up to the first comma, for narrow places."""
        return re.split("[，,；;]", self.text)[0]

    @property
    def start_short(self) -> str:
        """Its first day in figures: 09-01."""
        return short_day(self.start)

    @property
    def end_short(self) -> str:
        """Its last day in figures: 11-26."""
        return short_day(self.end)

    @property
    def was_short(self) -> str:
        """Its date before it was moved, in figures; empty where it never was."""
        return short_day(self.was)


def short_day(day: date | None) -> str:
    """A day in figures for narrow places: 11-26; with the year in front where it is not the current one."""
    if day is None:
        return ""
    return f"{day:%m-%d}" if day.year == clock.today().year else f"{day:%Y-%m-%d}"


@dataclass(slots=True)
class TaskLine(Named):
    """A task: its phase (0: runs through all), who owes it, minutes, and its periods so far."""

    phase: int = 0
    subject: str = "member"
    minutes: int = 0
    slots: list[Named] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """Everything laid down by the running campaigns, in their own order."""

    programmes: dict[int, Named] = field(default_factory=dict)
    phases: dict[int, Named] = field(default_factory=dict)
    tasks: dict[int, TaskLine] = field(default_factory=dict)
    ticked_on: date | None = None
    older: dict[int, int] = field(default_factory=dict)

    def newest(self, task: int) -> int:
        """The version of a task under which it goes on: an amended task is one column, whatever its versions."""
        seen: set[int] = set()
        while task in self.older and task not in seen:
            seen.add(task)
            task = self.older[task]
        return task

    def running(self, day: date) -> list[Named]:
        """The phases that run on the day."""
        return [p for p in self.phases.values() if p.start and p.start <= day and (not p.end or p.end >= day)]


def read() -> Plan:
    """The plan of all running campaigns, one query; narrow rows, so that hundreds of periods stay cheap."""
    plan = Plan()
    live = f"JOIN campaigns_campaign c ON c.id = {{}}.campaign_id AND c.state = {RUNNING}"
    moved, was = DATES
    rest = "0, CAST(NULL AS DATE)"
    found = sql.rows(
        f"""SELECT 1, g.id, g.code, g.zh, g.en, c.id, 0, NULL, NULL, '', 0, c.id * 1000 + g.place, {rest}
              FROM campaigns_programme g {live.format("g")}
        UNION ALL SELECT 2, h.id, h.code, h.zh, h.en, h.programme_id, 0, h.starts_on, h.ends_on, '', 0,
              h.programme_id * 1000 + h.place, {rest}
              FROM campaigns_phase h JOIN campaigns_programme g ON g.id = h.programme_id {live.format("g")}
        UNION ALL SELECT 3, t.id, t.code, t.zh, t.en, t.programme_id, COALESCE(t.phase_id, 0), NULL, NULL,
              t.subject, COALESCE(t.minutes, 0), c.id * 1000 + t.place, COALESCE(t.replaced_by_id, 0), CAST(NULL AS DATE)
              FROM campaigns_task t {live.format("t")}
        UNION ALL SELECT 4, s.id, s.period, '', '', s.task_id, 0, s.opens_on, {moved}, '', 0, 0, 0, {was}
              FROM campaigns_slot s JOIN campaigns_task t ON t.id = s.task_id {live.format("t")}
              WHERE s.closed_on > s.opens_on
        UNION ALL SELECT 5, 0, '', '', '', 0, 0, NULL, MAX(s.reconciled_on), '', 0, 0, {rest} FROM campaigns_slot s"""
    )
    as_date = sql.as_date
    ordered = sorted(found, key=lambda row: (row[0], row[11], str(row[7]), row[1]))
    for (
        kind,
        pk,
        code,
        zh,
        en,
        above,
        phase,
        start,
        end,
        subject,
        minutes,
        _place,
        after,
        first_on,
    ) in ordered:
        first, last = start and as_date(start), end and as_date(end)
        if kind == 4:
            if (task := plan.newest(above)) in plan.tasks:
                old = first_on and as_date(first_on)
                shown = old if old != last else None
                plan.tasks[task].slots.append(Named(pk, code, "", "", task, first, last, shown))
        elif kind == 3 and after:
            plan.older[pk] = after
        elif kind == 3:
            plan.tasks[pk] = TaskLine(
                pk, code, zh, en, above, None, None, phase=phase, subject=subject, minutes=minutes
            )
        elif kind == 5:
            plan.ticked_on = last
        else:
            target = plan.phases if kind == 2 else plan.programmes
            target[pk] = Named(pk, code, zh, en, above, first, last)
    return plan


@dataclass(slots=True)
class Choice:
    """The part of the plan that the address asks for: tasks in order and the periods of each that are open so far.

    `phase` is "" (what runs now, the default), "all", or a phase's id; `unknown` names filters that mean nothing here.
    """

    plan: Plan
    moment: Moment
    programme: int = 0
    phase: str = ""
    task: int = 0
    period: int = 0
    tasks: list[TaskLine] = field(default_factory=list)
    slots: dict[int, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day of the figures."""
        return self.moment.day

    @property
    def query(self) -> str:
        """The filters as they stand in the address, with their "?"; empty for the default."""
        asked = self._asked()
        return "?" + urlencode(asked) if asked else ""

    def _asked(self) -> dict[str, int | str]:
        found = {name: getattr(self, name) for name in NAMES if getattr(self, name)}
        return found | self.moment.asked

    def narrowed(self, **more: int | str) -> str:
        """The same filters with more of them, as they stand in an address."""
        asked = self._asked() | more
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    @property
    def words(self) -> str:
        """The filters in words, for the head of a page or of a sheet."""
        parts = [
            self.plan.programmes[self.programme].text if self.programme else _("全部项目"),
            self.phase_words,
            self.plan.tasks[self.task].text if self.task else _("全部任务"),
            *(
                slot.code
                for task in self.tasks
                for slot in task.slots
                if slot.id == self.period and slot.code
            ),
        ]
        return " · ".join(parts)

    @property
    def phase_words(self) -> str:
        """Which phase, in words."""
        if self.phase == "all":
            return _("全部阶段")
        if self.phase:
            return self.plan.phases[int(self.phase)].text
        names = [phase.text for phase in self.plan.running(self.day)]
        return _("现在进行的：%(names)s") % {"names": _("、").join(names)} if names else _("现在进行的")


def without_moment(choice: Choice) -> str:
    """The filters alone, as they stand in an address: the way back to today."""
    asked = {name: getattr(choice, name) for name in NAMES if getattr(choice, name)}
    return "?" + urlencode(asked) if asked else ""


def choose(plan: Plan, asked: Mapping[str, str], moment: Moment) -> Choice:
    """What the address asks for; a filter that is not known is left out and named in `unknown`."""
    choice, day = Choice(plan, moment), moment.day
    choice.programme = _known(asked, "programme", plan.programmes, choice)
    text = (asked.get("task") or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 18 and int(text) in plan.older:
        asked = {**asked, "task": str(plan.newest(int(text)))}
    choice.task = _known(asked, "task", plan.tasks, choice)
    periods = {slot.id: slot for task in plan.tasks.values() for slot in task.slots if task.id == choice.task}
    choice.period = _known(asked, "period", periods, choice)
    if asked.get("phase") == "all":
        choice.phase = "all"
    elif found := _known(asked, "phase", plan.phases, choice):
        choice.phase = str(found)
    since = _running_since(plan, day) if not choice.phase else None
    now = {phase.id for phase in plan.running(day)}
    for task in plan.tasks.values():
        if choice.task and task.id != choice.task:
            continue
        if choice.programme and task.above != choice.programme:
            continue
        if choice.phase not in ("", "all") and task.phase != int(choice.phase):
            continue
        if not choice.phase and not choice.task and now and task.phase and task.phase not in now:
            continue
        floor = None if task.phase or choice.task else since
        slots = [slot for slot in task.slots if slot.start and slot.start <= day and _within(slot, floor)]
        if choice.period:
            slots = [slot for slot in slots if slot.id == choice.period]
        if slots:
            choice.tasks.append(task)
            choice.slots.update((slot.id, task.id) for slot in slots)
    return choice


def _known(asked: Mapping[str, str], name: str, among: Mapping[int, Named], choice: Choice) -> int:
    text = (asked.get(name) or "").strip()
    if not text:
        return 0
    if text.isascii() and text.isdigit() and len(text) < 18 and int(text) in among:
        return int(text)
    choice.unknown.append(f"{name}={text[:40]}")
    return 0


def _running_since(plan: Plan, day: date) -> date | None:
    starts = [phase.start for phase in plan.running(day) if phase.start]
    return min(starts) if starts else None


def _within(slot: Named, since: date | None) -> bool:
    """Tasks that run through all phases count, by default, from the start of the running phase."""
    return since is None or slot.end is None or slot.end >= since
