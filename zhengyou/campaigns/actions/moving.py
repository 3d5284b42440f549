"""Dates moved: a named day with all that hangs on it, or one task's period. What was issued is only ever given more time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhengyou.campaigns import comparing, moving, packed, steering
from zhengyou.campaigns.actions.deciding import carried
from zhengyou.campaigns.actions.starting import issue, lay_phases
from zhengyou.campaigns.comparing import Line
from zhengyou.campaigns.models import Answer, Campaign, DateMove, Decision, Slot, Task
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for
from zhengyou.packs.schedule import SlotPlan


@dataclass(frozen=True)
class Moved:
    """What a move did: periods with new dates, and duties given more time."""

    slots: int
    duties: int


def move_day(
    campaign: Campaign, name: str, day: date | None, *, by: Actor, reason: str = "", shown: str = ""
) -> Moved:
    """Move a named day of the calendar; every period that hangs on it goes along, and the answer is kept.

    `shown` is the preview's fingerprint: Conflict where it is no longer what would happen. Invalid where an open
    period would lose days: shortening is a new period.
    """
    with record("campaign.day_moved", by=by, subject=f"campaign:{campaign.public_id}") as entry:
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        insist(steering.may_steer(authority_for(by), campaign))
        reason = checked_reason(reason)
        before = packed.checked(campaign)
        named = next((d for d in moving.named_days(before) if d.code == name), None)
        if named is None:
            raise Conflict(_("日历里没有这个日子。"))
        problems = problems_of(named.day, day)
        if problems or day is None:
            raise Invalid(*problems)
        after = moving.with_day(campaign, name, day)
        if after.errors:
            raise Invalid(Problem("new_on", after.errors[0].text))
        lines = moving.between(campaign, before, after)
        insist_shown(shown, comparing.fingerprint(lines, name, day))
        refuse_shorter(lines)
        keep_moved(campaign, name, day, entry, by)
        lay_phases(campaign, packed.plan(after)[1])
        done = carry(entry, campaign, lines, by, reason, name)
        entry.note(
            name=name, old=str(named.day), new=str(day), slots=done.slots, duties=done.duties, reason=reason
        )
    return done


def move_slot(slot: Slot, day: date | None, *, by: Actor, reason: str = "", shown: str = "") -> Moved:
    """Move the date of one task in one period: later for everybody once it is open, either way before it opens."""
    with record("campaign.date_moved", by=by, subject=f"slot:{slot.pk}") as entry:
        slot = (
            comparing.dated(Slot.objects.filter(pk=slot.pk))
            .select_related("task__campaign", "task__phase")
            .get()
        )
        insist(steering.may_move(authority_for(by), slot))
        reason = checked_reason(reason)
        line = line_of(slot, day)
        insist_shown(shown, comparing.fingerprint([line], day))
        done = carry(entry, slot.task.campaign, [line], by, reason, "")
        entry.note(old=str(line.old_on), new=str(line.new_on), duties=done.duties, reason=reason)
    return done


def line_of(slot: Slot, day: date | None) -> Line:
    """What moving one period (from `comparing.dated`) to a day does; Invalid where it may not go there."""
    today, current = clock.today(), comparing.current(slot)
    problems = problems_of(current, day)
    open_ = comparing.is_open(slot, today)
    if day is not None and not problems:
        if open_ and day < current:
            text = _("已经派出的只能延后：现在是 %(day)s。要更早，请另设一期。")
            problems = [Problem("new_on", text % {"day": current.isoformat()})]
        elif not open_ and day < slot.opens_on:
            text = _("不能早于这一期开始的 %(day)s。")
            problems = [Problem("new_on", text % {"day": slot.opens_on.isoformat()})]
    if problems or day is None:
        raise Invalid(*problems)
    cutoff = day if slot.cutoff_on == slot.due_on else min(slot.cutoff_on, day)
    plan = SlotPlan(slot.period, slot.opens_on, max(cutoff, slot.opens_on), day)
    kind = "later" if open_ else "redated"
    return comparing.counted([Line(kind, slot.task.code, slot.period, slot, plan, current, day)])[0]


def problems_of(old: date | None, day: date | None) -> list[Problem]:
    """Why a date cannot be the new one: none, the same, or past."""
    if day is None:
        return [Problem("new_on", _("写上改到哪一天，例如 2010-11-26。"))]
    if day == old:
        return [Problem("new_on", _("现在就是这一天，没有改动。"))]
    if day < clock.today():
        return [Problem("new_on", _("这一天已经过去了：写今天或以后的日期。"))]
    return []


def checked_reason(reason: str) -> str:
    """The reason as it is kept; Invalid without one."""
    reason = reason.strip()
    if not reason:
        raise Invalid(Problem("reason", _("写上理由：办这件事的人都会看到。")))
    if len(reason) > steering.LONGEST:
        raise Invalid(Problem("reason", _("最多 %(n)s 字。") % {"n": steering.LONGEST}))
    return reason


def insist_shown(shown: str, now: str) -> None:
    """Conflict where what was previewed is not what would happen now."""
    if shown and shown != now:
        raise Conflict(_("您核对之后又有了变动，结果已经不一样。什么都没有改，请按新的情况再核对一次。"))


def refuse_shorter(lines: Iterable[Line]) -> None:
    """Invalid where an open period would lose days."""
    short = [line for line in lines if line.kind in ("shorter", "ended")]
    if short:
        first = short[0]
        text = _("「%(task)s」已经派出，期限只能延后（现在是 %(day)s）。要更早，请另设一期。")
        name = first.slot.task.zh if first.slot else first.code
        values = {"task": name, "day": first.old_on.isoformat() if first.old_on else "—"}
        raise Invalid(Problem("new_on", text % values))


def keep_moved(campaign: Campaign, name: str, day: date, entry: OpenEntry, by: Actor) -> None:
    """Keep a moved day as an answer, from which later amendments start; an answer that gave the day follows."""
    kept = {"value": day.isoformat(), "by": by.id, "day": clock.today(), "entry_id": entry.id}
    for row in campaign.answers.filter(address__endswith=f".{name}.on", put_off_to=None):
        Answer.objects.filter(pk=row.pk).update(**kept)
    Answer.objects.update_or_create(campaign=campaign, address=f"{packed.MOVED}{name}"[:200], defaults=kept)


def carry(
    entry: OpenEntry, campaign: Campaign, lines: Sequence[Line], by: Actor, reason: str, name: str
) -> Moved:
    """Give the periods their new dates: open ones by a decision for all, others in their rows; lay down new ones."""
    today = clock.today()
    later = [line for line in lines if line.kind == "later" and line.slot]
    Decision.objects.bulk_create(
        Decision(
            slot=line.slot,
            kind=Decision.Kind.EXTEND,
            due_on=line.new_on,
            day=today,
            text=reason,
            by=by.id,
            entry_id=entry.id,
        )
        for line in later
    )
    redated = [line for line in lines if line.kind == "redated"]
    for line in redated:
        redate(line)
    for line in lines:
        if line.kind == "dropped" and line.slot is not None:
            Slot.objects.filter(pk=line.slot.pk).update(closed_on=min(today, line.slot.opens_on))
    note_moves(entry, [*later, *redated], by, reason, name)
    duties = carried(entry, [line.slot.pk for line in later if line.slot]) if later else 0
    fresh = [line for line in lines if line.kind == "new"]
    slots = lay_new(campaign, fresh)
    opened = [line.slot.pk for line in redated if line.slot]
    ready = slots + list(Slot.objects.select_related("task").filter(pk__in=opened, opens_on__lte=today))
    if ready:
        issue(entry, ready)
    return Moved(len(later) + len(redated) + len(fresh), duties)


def redate(line: Line) -> None:
    """A period that is not open yet takes its new days."""
    if line.slot is None or line.plan is None:
        return
    plan, task = line.plan, Task.objects.get(slots=line.slot.pk)
    Slot.objects.filter(pk=line.slot.pk).update(
        opens_on=plan.opens_on,
        cutoff_on=max(plan.opens_on, plan.cutoff_on),
        due_on=plan.due_on,
        joins_by=joins_by(task, plan),
    )


def joins_by(task: Task, plan: SlotPlan) -> date | None:
    """The last day to join and still owe a period, by the task as laid down (see `starting.joins_by`)."""
    if task.joiners == "owe_next_period":
        return plan.opens_on
    if task.grace_days > 0:
        return max(plan.opens_on, plan.cutoff_on - timedelta(days=task.grace_days))
    return None


def note_moves(entry: OpenEntry, lines: Sequence[Line], by: Actor, reason: str, name: str) -> None:
    """Keep the old date of every period whose date moved."""
    DateMove.objects.bulk_create(
        DateMove(
            slot=line.slot,
            name=name[:200],
            old_on=line.old_on,
            new_on=line.new_on,
            day=clock.today(),
            reason=reason,
            by=by.id,
            entry_id=entry.id,
        )
        for line in lines
        if line.slot is not None and line.old_on and line.new_on and line.old_on != line.new_on
    )


def lay_new(campaign: Campaign, lines: Sequence[Line]) -> list[Slot]:
    """Lay down the periods that a changed plan adds, on the newest version of their tasks."""
    tasks = {t.code: t for t in Task.objects.filter(campaign=campaign, replaced_by=None)}
    rows = [
        Slot(
            task=tasks[line.code],
            period=line.period,
            opens_on=line.plan.opens_on,
            cutoff_on=max(line.plan.opens_on, line.plan.cutoff_on),
            due_on=line.plan.due_on,
            joins_by=joins_by(tasks[line.code], line.plan),
        )
        for line in lines
        if line.plan is not None and line.code in tasks and tasks[line.code].level != "may"
    ]
    return Slot.objects.bulk_create(rows)
