"""An amendment beside the campaign that runs: what it changes in the pack, in tasks, periods, duties and minutes. Reads only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from zhengyou.campaigns import comparing, duties, packed
from zhengyou.campaigns.comparing import Line
from zhengyou.campaigns.differing import Difference, differences
from zhengyou.campaigns.models import Amendment, Campaign, Duty, Task
from zhengyou.packs.check import Checked
from zhengyou.packs.schedule import TaskPlan
from zhengyou.packs.walking import TaskAt, tasks_of

KEPT = ("later", "shorter")
"""Lines of issued periods that stay as they are unless what was issued is taken along."""


@dataclass(frozen=True)
class TaskChange:
    """A task that is new, changed or dropped; `what` names what changed; how many open duties of how many people it has."""

    kind: str
    code: str
    zh: str
    en: str
    what: tuple[str, ...] = ()
    was: str = ""
    duties: int = 0
    people: int = 0


@dataclass
class Effect:
    """Everything that an amendment would do on a day."""

    before: Checked
    after: Checked
    renamed: dict[str, str]
    tasks: list[TaskChange] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether it would change nothing at all."""
        return not (self.tasks or self.lines or self.differences)

    @property
    def shorter(self) -> list[Line]:
        """Issued periods that would lose days: refused where what was issued is taken along."""
        return [line for line in self.lines if line.kind == "shorter"]


def read(campaign: Campaign, text: str, english: str, given: Mapping[str, Any], name: str = "") -> Checked:
    """A changed pack read with these answers and the campaign's moved days."""
    name = name or f"{campaign.pack_id}.yaml"
    return packed.read_text(text, english, dict(given), name, packed.moved(campaign))


def of(amendment: Amendment) -> Checked:
    """An amendment's pack as it reads today."""
    return read(amendment.campaign, amendment.text, amendment.english, amendment.answers)


def renamed(before: Checked, after: Checked) -> dict[str, str]:
    """Former code by new code of the tasks that the new text renames with `was:`."""
    old = {at.code for at in tasks_of(before.pack)} if before.pack else set()
    now = {at.code for at in tasks_of(after.pack)} if after.pack else set()
    return {
        at.code: former
        for at in (tasks_of(after.pack) if after.pack else ())
        for former in at.task.was
        if former in old and former not in now and at.code not in old
    }


def insist_meaning(campaign: Campaign, before: Checked, after: Checked) -> None:
    """Note as faults of the new text (file, line, column) what an amendment may not do: codes keep their meaning."""
    if before.pack is None or after.pack is None:
        return
    src = after.source
    if after.pack.pack.id != before.pack.pack.id:
        said = _("这是「%(new)s」的方案包，进行中的是「%(old)s」：修订要用同一个 id。")
        src.fault("V301", ("pack", "id"), said % {"new": after.pack.pack.id, "old": before.pack.pack.id})
    names = renamed(before, after)
    old_tasks: dict[str, TaskAt] = {at.code: at for at in tasks_of(before.pack)}
    old_plans, new_plans = _subjects(before), _subjects(after)
    ever = dict(Task.objects.filter(campaign=campaign).order_by("version").values_list("code", "form"))
    for at in tasks_of(after.pack):
        was = names.get(at.code, at.code)
        known = old_tasks.get(was)
        form = known.task.form if known else ever.get(at.code)
        if form is not None and form != at.task.form:
            text = _("「%(code)s」原来的表单是 %(old)s，代码的意思不能改：另起一个代码。")
            src.fault("V302", (*at.path, "form"), text % {"code": at.code, "old": form})
        old, new = old_plans.get(was), new_plans.get(at.code)
        if old and new and old.isdisjoint(new):
            text = _("「%(code)s」原来由%(old)s办，不能改成由%(new)s办：另起一个代码。")
            sides = {"member": _("个人"), "unit": _("单位")}
            values = {"code": at.code, "old": sides[min(old)], "new": sides[min(new)]}
            src.fault("V303", (*at.path, "who"), text % values)
        for former in at.task.was:
            if former not in old_tasks and former not in ever:
                text = _("was 里的「%(code)s」从来没有过。")
                src.fault("V304", (*at.path, "was"), text % {"code": former}, "warning")


def kept(line: Line) -> Line:
    """An issued period's line where what was issued stays as it is."""
    return replace(line, kind="kept", new_on=line.old_on)


def _subjects(checked: Checked) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for plan in packed.plan(checked)[0]:
        if plan.who:
            out.setdefault(plan.code.split(".")[0], set()).add(plan.subject)
    return out


def effect(campaign: Campaign, before: Checked, after: Checked, day: date) -> Effect:
    """What the new text does when it comes into force on a day, with counts; a handful of queries."""
    names = renamed(before, after)
    old, new = packed.plan(before)[0], packed.plan(after)[0]
    plans = _plan_names(old, new, names)
    lines = comparing.compare(old, new, comparing.laid(campaign), day, plans)
    out = Effect(before, after, names)
    out.tasks = _tasks(campaign, old, new, plans)
    gone = {task.code for task in out.tasks if task.kind == "dropped"}
    lines = [
        replace(line, kind="void") if line.code in gone and line.kind == "ended" else line for line in lines
    ]
    out.lines = comparing.counted(lines)
    out.differences = differences(before, after)
    return out


def _plan_names(old: list[TaskPlan], new: list[TaskPlan], names: Mapping[str, str]) -> dict[str, str]:
    """Former plan code by new plan code, parts of a task included."""
    known = {plan.code for plan in old}
    out = {}
    for plan in new:
        base, dot, part = plan.code.partition(".")
        former = names.get(base, base) + dot + part
        if former != plan.code and former in known:
            out[plan.code] = former
    return out


def _tasks(
    campaign: Campaign, old: list[TaskPlan], new: list[TaskPlan], names: Mapping[str, str]
) -> list[TaskChange]:
    before = {plan.code: plan for plan in old}
    counts = _counts(campaign)
    out, seen = [], set()
    for plan in new:
        was = names.get(plan.code, plan.code)
        seen.add(was)
        n, people = counts.get(was, (0, 0))
        if was not in before:
            out.append(TaskChange("new", plan.code, plan.zh, plan.en))
        elif (what := changed(before[was], plan)) or was != plan.code:
            renamed_ = was if was != plan.code else ""
            out.append(TaskChange("changed", plan.code, plan.zh, plan.en, what, renamed_, n, people))
    for plan in old:
        if plan.code not in seen:
            n, people = counts.get(plan.code, (0, 0))
            out.append(TaskChange("dropped", plan.code, plan.zh, plan.en, (), "", n, people))
    return out


def _counts(campaign: Campaign) -> dict[str, tuple[int, int]]:
    """Open duties and those who owe them, by the task's newest code; one query."""
    codes = comparing.newest_codes(campaign)
    found = (
        Duty.objects.filter(slot__task__campaign=campaign, state__in=comparing.TOUCHED)
        .order_by()
        .values_list("slot__task")
        .annotate(n=Count("pk"), m=Count("member", distinct=True), u=Count("subject_unit", distinct=True))
    )
    out: dict[str, tuple[int, int]] = {}
    for task, n, members, units in found:
        have = out.get(codes[task], (0, 0))
        out[codes[task]] = (have[0] + n, max(have[1], members + units))
    return out


def parts() -> dict[str, tuple[str, ...]]:
    """What of a task is told apart, each with its fields of `TaskPlan`."""
    return {
        _("名称"): ("zh", "en"),
        _("要求"): ("level",),
        _("谁来办"): ("who", "post"),
        _("谁审核"): ("review", "review_mode", "share", "return_days", "returned_days"),
        _("用时"): ("minutes", "review_minutes"),
        _("中途加入的"): ("grace_days", "joiners"),
        _("所在阶段"): ("programme", "phase"),
        _("说明和其他"): (
            "form",
            "kinds",
            "note",
            "advice",
            "source",
            "opens",
            "after",
            "quorum",
            "counts_when",
            "data",
        ),
    }


def changed(old: TaskPlan, new: TaskPlan) -> tuple[str, ...]:
    """What of a task differs, in words; its dates are the periods' affair."""
    found = [
        word for word, names in parts().items() if any(getattr(old, n) != getattr(new, n) for n in names)
    ]
    who = _("谁来办")
    if who not in found and _audience(old) != _audience(new):
        found.append(who)
    return tuple(found)


def _audience(plan: TaskPlan) -> str:
    return json.dumps(duties.audience_of(plan), sort_keys=True)


def fingerprint(found: Effect, amendment: Amendment, day: date, migrate: bool) -> str:
    """A digest of the preview for these choices."""
    tasks = [(t.kind, t.code, t.what, t.duties) for t in found.tasks]
    return comparing.fingerprint(
        found.lines, amendment.sha256, sorted(amendment.answers), day, migrate, tasks
    )


def minutes(before: Checked, after: Checked, lang: str) -> list[tuple[str, int, int]]:
    """Minutes in the fullest month of each role, before and after; only roles of which either asks anything."""
    roles = dict.fromkeys([*before.burden, *after.burden])
    out = []
    for role in roles:
        old, new = before.burden.get(role), after.burden.get(role)
        label = (new or old).label.text(lang)  # type: ignore[union-attr]
        out.append((label, round(old.peak) if old else 0, round(new.peak) if new else 0))
    return out
