"""What a changed plan means for the periods laid down: which get new dates, which are new, dropped, or may not shrink."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from zhengyou.campaigns.gates import HELD_BY_GATE
from zhengyou.campaigns.models import OPEN, Campaign, DateMove, Decision, Duty, Slot, State, Task
from zhengyou.packs.schedule import SlotPlan, TaskPlan

Key = tuple[str, str]
"""A task's code and a period."""

TOUCHED = (*OPEN, State.SUBMITTED)
"""States in which a duty's date still matters."""


@dataclass(frozen=True)
class Line:
    """One period and what becomes of it.

    `kind`: later (open: everybody's date is extended), redated (not open yet: new dates), new, dropped (not open yet:
    never opens), shorter (open and would lose days: refused), ended (open and no longer planned: runs on as issued),
    own (has a later date of its own, stays).
    """

    kind: str
    code: str
    period: str
    slot: Slot | None = None
    plan: SlotPlan | None = None
    old_on: date | None = None
    new_on: date | None = None
    duties: int = 0


def dated(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """Slots with `current_on`, the date that holds for all now, and `first_on`, the one before any move; `held` by a gate."""
    extended = Decision.objects.filter(
        slot=OuterRef("pk"), kind="extend", member=None, unit=None, dropped=None
    ).order_by()
    latest = Subquery(extended.values("slot").annotate(day=Max("due_on")).values("day"))
    first = DateMove.objects.filter(slot=OuterRef("pk")).order_by("pk").values("old_on")[:1]
    return slots.annotate(
        current_on=Greatest(F("due_on"), Coalesce(latest, F("due_on"))),
        first_on=Coalesce(Subquery(first), F("due_on")),
        held=HELD_BY_GATE,
    )


def current(slot: Slot) -> date:
    """The date that holds for all now (of a slot from `dated`)."""
    day: date = slot.current_on  # type: ignore[attr-defined]
    return day


def first(slot: Slot) -> date:
    """The date before any move (of a slot from `dated`)."""
    day: date = slot.first_on  # type: ignore[attr-defined]
    return day


def laid(campaign: Campaign) -> dict[Key, Slot]:
    """All periods of a campaign that were not cancelled, by code (of the newest version) and period; three queries."""
    newest = newest_codes(campaign)
    found = dated(Slot.objects.filter(task__campaign=campaign, closed_on__gt=F("opens_on")))
    rows = found.select_related("task").order_by("task__version", "pk")
    return {(newest.get(slot.task.pk, slot.task.code), slot.period): slot for slot in rows}


def newest_codes(campaign: Campaign) -> dict[int, str]:
    """The code under which each version of a task goes on today, by row id."""
    rows = {
        pk: (code, after)
        for pk, code, after in Task.objects.filter(campaign=campaign).values_list("pk", "code", "replaced_by")
    }
    out = {}
    for pk in rows:
        here, seen = pk, set()
        while (after := rows[here][1]) is not None and after not in seen:
            seen.add(after)
            here = after
        out[pk] = rows[here][0]
    return out


def versions_of(task: int) -> list[int]:
    """A task's row with all rows that it replaced; a query for each version."""
    out, here = [task], [task]
    while here := list(
        Task.objects.filter(replaced_by__in=here).exclude(pk__in=out).values_list("pk", flat=True)
    ):
        out += here
    return out


def is_open(slot: Slot, today: date) -> bool:
    """Whether its duties are out: opened, not closed, and no gate holds it (a slot from `dated`)."""
    return slot.opens_on <= today < slot.closed_on and not getattr(slot, "held", False)


def compare(
    before: Iterable[TaskPlan],
    after: Iterable[TaskPlan],
    rows: Mapping[Key, Slot],
    today: date,
    renamed: Mapping[str, str] | None = None,
) -> list[Line]:
    """What differs between two plans, applied to the periods laid down; closed periods are never touched.

    `renamed` gives the former code of a task by its new one. In the order of the plan after, then what it drops.
    """
    renamed = renamed or {}
    old = {(p.code, s.period): s for p in before for s in p.slots}
    out: list[Line] = []
    seen: set[Key] = set()
    for plan in after:
        was = renamed.get(plan.code, plan.code)
        for slot in plan.slots if plan.level != "may" else ():
            key = (was, slot.period)
            seen.add(key)
            line = _line(plan.code, old.get(key), slot, rows.get(key), today)
            if line is not None:
                out.append(line)
    for key, row in rows.items():
        if key in old and key not in seen and row.closed_on > today:
            kind = "ended" if is_open(row, today) else "dropped"
            out.append(Line(kind, key[0], key[1], row, None, current(row)))
    return out


def _line(code: str, old: SlotPlan | None, new: SlotPlan, slot: Slot | None, today: date) -> Line | None:
    if slot is None or (old is None and slot.closed_on <= today):
        return Line("new", code, new.period, None, new, None, new.due_on) if old is None else None
    if (
        old is None
        or slot.closed_on <= today
        or (old.due_on, old.opens_on, old.cutoff_on) == (new.due_on, new.opens_on, new.cutoff_on)
    ):
        return None
    now = current(slot)
    if not is_open(slot, today):
        if now > old.due_on and now >= new.due_on:
            return Line("own", code, new.period, slot, new, now, now)
        return Line("redated", code, new.period, slot, new, now, new.due_on)
    if new.due_on > now:
        return Line("later", code, new.period, slot, new, now, new.due_on)
    if new.due_on == now or new.due_on == old.due_on:
        return None
    if new.due_on > old.due_on:
        return Line("own", code, new.period, slot, new, now, now)
    return Line("shorter", code, new.period, slot, new, now, new.due_on)


def counted(lines: list[Line]) -> list[Line]:
    """The same lines with how many duties of each period wait or are in review; one query."""
    slots = [line.slot.pk for line in lines if line.slot is not None]
    found = dict(
        Duty.objects.filter(slot__in=slots, state__in=TOUCHED)
        .order_by()
        .values_list("slot")
        .annotate(n=Count("pk"))
    )
    return [replace(line, duties=found.get(line.slot.pk, 0) if line.slot else 0) for line in lines]


def fingerprint(lines: Iterable[Line], *more: object) -> str:
    """A digest of a preview: what is confirmed is what was shown."""
    seen = hashlib.sha256(repr(more).encode())
    for line in lines:
        slot = line.slot.pk if line.slot else 0
        seen.update(f"{line.kind}\x1f{line.code}\x1f{line.period}\x1f{slot}\x1f{line.old_on}\x1f".encode())
        seen.update(f"{line.new_on}\x1f{line.duties}\x1e".encode())
    return seen.hexdigest()[:24]
