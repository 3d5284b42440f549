"""How a phase stands before it is accepted or closed: its periods, what is owed where, who may close. Reads only."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import F, Max
from django.utils.translation import gettext as _

from zhengyou.campaigns import comparing, steering
from zhengyou.campaigns.models import Duty, Phase, Report, Slot, State
from zhengyou.kit import clock, sql
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.rules import Authority


def one(pk: int) -> Slot:
    """A period with its dates as they hold now."""
    return comparing.dated(Slot.objects.filter(pk=pk)).select_related("task__campaign", "task__phase").get()


def slots_of(phase: Phase) -> list[Slot]:
    """The periods of a phase that were not cancelled, in the plan's order."""
    found = Slot.objects.filter(task__phase=phase, closed_on__gt=F("opens_on"))
    return list(
        comparing.dated(found).select_related("task__campaign").order_by("task__place", "opens_on", "pk")
    )


def held(phase: Phase) -> list[Slot]:
    """The periods of later phases of the programme that some gate still holds, whatever their day."""
    later = Slot.objects.filter(
        task__phase__programme=phase.programme_id,
        task__phase__place__gt=phase.place,
        closed_on__gt=F("opens_on"),
    )
    return [slot for slot in comparing.dated(later) if slot.held]  # type: ignore[attr-defined]


def may_close(authority: Authority, slot: Slot) -> Verdict:
    """May close a period (from `one` or `slots_of`): the office, after its date and the days in which it may be returned."""
    verdict = steering.may_steer(authority, slot.task.campaign)
    if not verdict:
        return verdict
    return closable(slot, authority.day)


def closable(slot: Slot, day: date) -> Verdict:
    """Whether a period is over, so that it can be frozen."""
    name = slot.task.zh
    if slot.closed_on <= day:
        return no(_("这一期已经结束归档了。"))
    if not comparing.is_open(slot, day):
        return no(
            _("「%(task)s」还有一期没有开始，%(day)s才开始。")
            % {"task": name, "day": slot.opens_on.isoformat()}
        )
    if comparing.current(slot) >= day:
        text = _("「%(task)s」的期限 %(day)s还没有过。")
        return no(text % {"task": name, "day": comparing.current(slot).isoformat()})
    if slot.task.review_mode != "each":
        last = Duty.objects.filter(slot=slot, state=State.ACCEPTED).aggregate(day=Max("last_day"))["day"]
        until = last + timedelta(days=slot.task.return_days) if last else None
        if until is not None and until >= day:
            text = _("「%(task)s」里最后交的，到 %(day)s还可能退回；过了这一天再归档。")
            return no(text % {"task": name, "day": until.isoformat()})
    return YES


def may_reopen(authority: Authority, slot: Slot) -> Verdict:
    """May open a closed period again: the office; in a closed phase the phase is opened as a whole."""
    verdict = steering.may_steer(authority, slot.task.campaign)
    if not verdict:
        return verdict
    if slot.closed_on > authority.day:
        return no(_("这一期没有结束，不用重新开放。"))
    if not Report.objects.filter(slot=slot).exists():
        return no(_("这一期是修订时取消的，不能重新开放。"))
    if slot.task.phase is not None and slot.task.phase.closed_on is not None:
        return no(_("整个阶段已经结束归档：请重新开放阶段。"))
    return YES


def may_close_phase(authority: Authority, phase: Phase) -> Verdict:
    """May close a phase: the office, once every period of it is over."""
    verdict = steering.may_steer(authority, phase.programme.campaign)
    if not verdict:
        return verdict
    if phase.closed_on is not None:
        return no(_("这个阶段已经结束归档了。"))
    if phase.starts_on is None or phase.starts_on > authority.day:
        return no(_("这个阶段还没有开始。"))
    for slot in slots_of(phase):
        if slot.closed_on > authority.day and not (verdict := closable(slot, authority.day)):
            return verdict
    return YES


def may_reopen_phase(authority: Authority, phase: Phase) -> Verdict:
    """May open a closed phase again: the office."""
    verdict = steering.may_steer(authority, phase.programme.campaign)
    if verdict and phase.closed_on is None:
        return no(_("这个阶段没有结束，不用重新开放。"))
    return verdict


class Owing(NamedTuple):
    """A unit with what is charged to it and not settled: overdue, not yet due, in review."""

    unit: int
    overdue: int
    not_due: int
    in_review: int

    @property
    def open(self) -> int:
        """Everything not settled."""
        return self.overdue + self.not_due + self.in_review


def exceptions(phase: Phase) -> list[Owing]:
    """Units with owed duties of the phase not accepted, in the organisation's order; counts, no persons. One query."""
    return _owing("t.phase_id = :of", phase.pk)


def exceptions_in(slot: Slot) -> list[Owing]:
    """The same for one period."""
    return _owing("s.id = :of", slot.pk)


def _owing(which: str, of: int) -> list[Owing]:
    return [
        Owing(*map(int, row))
        for row in sql.rows(
            f"""SELECT d.unit_id, SUM(CASE WHEN d.state <> 'submitted' AND d.due_on < :day THEN 1 ELSE 0 END),
                 SUM(CASE WHEN d.state <> 'submitted' AND d.due_on >= :day THEN 1 ELSE 0 END),
                 SUM(CASE WHEN d.state = 'submitted' THEN 1 ELSE 0 END)
               FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
               JOIN org_unit u ON u.id = d.unit_id
               WHERE {which} AND d.state IN ('due', 'returned', 'submitted')
               GROUP BY d.unit_id, u.place ORDER BY u.place, d.unit_id""",
            of=of,
            day=clock.today(),
        )
    ]


def fingerprint(thing: Phase | Slot) -> str:
    """A digest of the list of exceptions of a phase or period: what is confirmed is what was shown."""
    owing = exceptions(thing) if isinstance(thing, Phase) else exceptions_in(thing)
    return hashlib.sha256(repr([tuple(row) for row in owing]).encode()).hexdigest()[:24]
