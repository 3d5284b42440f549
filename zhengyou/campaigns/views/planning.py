"""A pack's plan in the reader's words: the timeline on half months, tasks with who, when and review, what the source says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhengyou.campaigns import packed
from zhengyou.campaigns.views import words
from zhengyou.kit import clock
from zhengyou.org.current import language
from zhengyou.packs.check import Checked
from zhengyou.packs.faults import OPEN, Path
from zhengyou.packs.labels import key_label, word_label
from zhengyou.packs.organisation import Label
from zhengyou.packs.schedule import PhasePlan, ProgrammePlan, TaskPlan

COLUMNS = 24
ROWS = 10
"""Columns and rows below the months that the timeline's classes carry."""


@dataclass(frozen=True)
class Scale:
    """Half months as columns: `first` is (year, month) of the first column, `step` months stand in two columns."""

    first: tuple[int, int]
    step: int

    def column(self, day: date, *, end: bool = False) -> int:
        """The column (1 to 24) in which a day falls, or for an end the one after it."""
        months = (day.year - self.first[0]) * 12 + day.month - self.first[1]
        halves = months * 2 + (1 if day.day > 15 else 0)
        column = halves // self.step + 1
        return min(max(column + (1 if end else 0), 1), COLUMNS + (1 if end else 0))

    @property
    def months(self) -> list[dict[str, Any]]:
        """The heads of the columns; the year where it begins."""
        out = []
        for n in range(COLUMNS // 2):
            number = self.first[1] - 1 + n * self.step
            year, month = self.first[0] + number // 12, number % 12 + 1
            label = f"{year}-{month:02d}" if n == 0 or month <= self.step else f"{month:02d}"
            out.append({"label": label, "start": n * 2 + 1})
        return out


def timeline(checked: Checked) -> dict[str, Any]:
    """Months, rows and today's column for the timeline part; open stretches are dashed."""
    programmes = packed.plan(checked)[1]
    phases = [ph for p in programmes for ph in p.phases]
    days = [d for ph in phases for d in (ph.start, ph.end) if d]
    days += [d for p in programmes for d in (p.start, p.end) if d]
    days = days or [d for p in programmes for st in p.stages for d in (st.start, st.end) if d]
    first, last = min(days, default=clock.today()), max(days, default=clock.today())
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    scale = Scale((first.year, first.month), max((span + 11) // 12, 1))
    rows: list[dict[str, Any]] = []
    for programme in programmes:
        for stage in programme.stages:
            rows.append({"name": stage.text(language()), "bars": [_stage(scale, stage)]})
        after = 1
        for phase in programme.phases:
            bar = _phase(scale, phase, after, bool(programme.end))
            after = min(bar["start"] + bar["span"], COLUMNS)
            rows.append({"name": brief(phase.text(language())), "bars": [bar]})
        if not programme.phases:
            rows.append({"name": programme.text(language()), "bars": [_rail(scale, programme)]})
    for number, row in enumerate(rows[:ROWS]):
        row["row"] = number + 2
    today = clock.today()
    inside = first <= today <= last
    return {"months": scale.months, "rows": rows[:ROWS], "today": scale.column(today) if inside else 0}


def brief(name: str) -> str:
    """A phase's name up to its first comma, for the narrow column of the timeline."""
    return name.split("，")[0].split(", ")[0]


def _bar(scale: Scale, start: date | None, end: date | None) -> tuple[int, int]:
    left = scale.column(start) if start else 1
    right = scale.column(end, end=True) if end else COLUMNS + 1
    return left, max(right - left, 1)


def _stage(scale: Scale, stage: PhasePlan) -> dict[str, Any]:
    start, span = _bar(scale, stage.start, stage.end)
    ends = [stage.start_text or "—", stage.end_text or "—"]
    text = _("%(from)s 至 %(to)s（来源原文）") % {"from": ends[0], "to": ends[1]}
    if not stage.end_text:
        text = _("从 %(from)s起，来源没写到哪一天") % {"from": ends[0] + " "}
    if start > COLUMNS - 5:  # begins after the last month shown: wide enough to be read
        start, span = COLUMNS - 5, 6
    return {"start": start, "span": span, "cls": "rail" if stage.end_text else "null", "text": text}


def _phase(scale: Scale, phase: PhasePlan, after: int, ends: bool) -> dict[str, Any]:
    if phase.open:
        start = scale.column(phase.start) if phase.start else after
        end = scale.column(phase.end, end=True) if phase.end else min(start + 4, COLUMNS + 1)
        text = _("起止日期没定") if len(phase.open) > 1 else _("有一头没定")
        return {"start": min(start, COLUMNS - 1), "span": max(end - start, 2), "cls": "null", "text": text}
    start, span = _bar(scale, phase.start, phase.end)
    today = clock.today()
    cls = ""
    if phase.end and phase.end < today:
        cls = "done"
    elif phase.start and phase.start <= today:
        cls = "now"
    n = len(phase.tasks)
    text = ngettext("%(n)s 项任务", "%(n)s 项任务", n) % {"n": n}
    return {"start": start, "span": span, "cls": cls, "text": text}


def _rail(scale: Scale, programme: ProgrammePlan) -> dict[str, Any]:
    start, span = _bar(scale, programme.start, programme.end)
    n = len(programme.tasks)
    text = ngettext("贯穿全程，%(n)s 项任务", "贯穿全程，%(n)s 项任务", n) % {"n": n}
    return {"start": start, "span": span, "cls": "rail", "text": text}


def programmes(checked: Checked) -> list[dict[str, Any]]:
    """Programmes with their phases and tasks, in the order of the pack."""
    plans, lines = packed.plan(checked)
    out = []
    for programme in lines:
        own = [p for p in plans if p.programme == programme.code]
        groups = [
            {
                "code": phase.code,
                "name": phase.text(language()),
                "days": _days(phase),
                "tasks": [task(checked, p) for p in own if p.phase == phase.code],
            }
            for phase in programme.phases
        ]
        rest = [task(checked, p) for p in own if not p.phase]
        if rest:
            groups.append({"name": _("贯穿全程") if programme.phases else "", "days": "", "tasks": rest})
        out.append(
            {
                "code": programme.code,
                "name": programme.text(language()),
                "theme": programme.theme.text(language()),
                "phases": [g for g in groups if g["tasks"]],
            }
        )
    return out


def _days(phase: PhasePlan) -> str:
    if phase.open and not (phase.start or phase.end):
        return _("起止日期没定")
    ends = [words.full(d) if d else _("没定") for d in (phase.start, phase.end)]
    return _("%(from)s 至 %(to)s") % {"from": ends[0], "to": ends[1]}


def task(checked: Checked, plan: TaskPlan) -> dict[str, Any]:
    """One line of the plan: who, when, who reviews, minutes, how binding."""
    lang = language()
    note = _("；").join(t for t in (plan.note.text(lang), plan.advice.text(lang)) if t)
    return {
        "code": plan.code,
        "name": plan.text(lang),
        "note": note,
        "who": _("、").join(who(checked, code) for code in plan.who) or _("还没定"),
        "when": when(plan),
        "open": bool(plan.waits_for),
        "review": review(checked, plan),
        "minutes": plan.minutes if plan.level != "may" else None,
        "level": {"must": _("必做"), "should": _("应当做")}.get(plan.level, _("提倡")),
    }


def who(checked: Checked, code: str) -> str:
    """A who-word in the reader's language: audience, unit kind, post, or a word of the language."""
    lang = language()
    audience = checked.pack.audiences.get(code) if checked.pack else None
    if audience is not None:
        return Label(audience.zh or code, audience.en or "").text(lang)
    if code in ("office", "leaders", "parent", "masses", "all_members", "all_units"):
        return word_label(code)
    return checked.organisation.label(code, lang) if checked.organisation else code


def when(plan: TaskPlan) -> str:
    """When a task is due, in words; what still waits for an answer says so."""
    if plan.level == "may":
        return _("随各人，不定期限")
    if plan.waits_for:
        return _("日期没定")
    if plan.on_occasion:
        return _("有事才办，没有固定日期")
    if not plan.slots:
        return _("日期没定")
    first = words.full(plan.slots[0].due_on)
    if len(plan.slots) == 1:
        return pgettext("task", "%(day)s前") % {"day": first}
    if plan.slots[0].due_on == plan.slots[-1].due_on:
        return _("%(n)s 次，%(day)s前") % {"n": len(plan.slots), "day": first}
    values = {"n": len(plan.slots), "first": first, "last": words.full(plan.slots[-1].due_on)}
    return _("%(n)s 次，从 %(first)s到 %(last)s") % values


def review(checked: Checked, plan: TaskPlan) -> str:
    """Who reviews a task, in words."""
    if plan.level == "may":
        return "—"
    if plan.review_mode == "none" or not plan.review:
        n = plan.return_days
        return ngettext("不审核，%(n)s 天内可退回", "不审核，%(n)s 天内可退回", n) % {"n": n}
    tiers = _("，再由").join(who(checked, code) for code in plan.review)
    if plan.review_mode == "sample":
        return _("抽查：%(tiers)s") % {"tiers": tiers}
    return tiers


def statements(checked: Checked) -> list[dict[str, Any]]:
    """What the source says in lists, with what it announces and does not give."""
    out: list[dict[str, Any]] = []
    if checked.pack is None:
        return out
    blocks: list[tuple[Path, Any]] = [
        (("statements", code), s) for code, s in checked.pack.statements.items()
    ]
    for name, programme in checked.pack.programmes.items():
        blocks += [(("programmes", name, "statements", c), s) for c, s in programme.statements.items()]
    for path, block in blocks:
        items = block.items
        pairs = list(items.items()) if isinstance(items, dict) else list(enumerate(items or []))
        texts = [_item(checked, (*path, "items", key), value) for key, value in pairs]
        given = [text for text in texts if text]
        announced = block.announced if isinstance(block.announced, int) else None
        note = ""
        if announced is not None and len(given) < announced:
            note = _("来源说有 %(n)s 个，写出 %(given)s 个；空着的不补。") % {
                "n": announced,
                "given": len(given),
            }
        name = Label(block.zh or str(path[-1]), block.en or "").text(language())
        out.append({"name": name, "announced": note, "items": given})
    return out


def _item(checked: Checked, path: Path, value: Any) -> str:
    if value is OPEN or value is None:
        return ""
    if isinstance(value, dict):
        return _("、").join(t for k, v in value.items() if (t := _item(checked, (*path, k), v)))
    if isinstance(value, list):
        return _("、").join(t for n, v in enumerate(value) if (t := _item(checked, (*path, n), v)))
    english = checked.english.get(path, "") if language() == "en" else ""
    return english or str(value)


def places(checked: Checked) -> dict[str, str]:
    """Names of tasks by the address of their block, for the list of defaults."""
    out: dict[str, str] = {}
    if checked.pack is None:
        return out
    for name, programme in checked.pack.programmes.items():
        stretches = [(f"programmes.{name}", programme.tasks)]
        stretches += [(f"programmes.{name}.phases.{c}", ph.tasks) for c, ph in programme.phases.items()]
        for above, tasks in stretches:
            for code, found in tasks.items():
                out[f"{above}.tasks.{code}"] = Label(found.zh or code, found.en or "").text(language())
    return out


def place(checked: Checked, address: str) -> str:
    """An address in words: the task's name and what is said of it; the organisation's where it is no task's."""
    names = places(checked)
    block = next((a for a in names if address.startswith(a + ".")), "")
    zh, en = key_label(address.rsplit(".", 1)[-1])
    what = en if language() == "en" else zh
    return f"{names[block]} · {what}" if block else _("组织 · %(what)s") % {"what": what}
