"""Closing periods and phases with a frozen report, opening them again with a reason, accepting a phase at its gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhengyou.campaigns import duties, ending, frozen, steering
from zhengyou.campaigns.actions.moving import checked_reason, insist_shown, redate
from zhengyou.campaigns.actions.starting import issue
from zhengyou.campaigns.comparing import Line
from zhengyou.campaigns.duties import routing
from zhengyou.campaigns.models import DateMove, Phase, Report, Slot
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for
from zhengyou.packs.schedule import SlotPlan

LONGEST = 1000


def close_slot(slot: Slot, *, by: Actor, reason: str = "", shown: str = "") -> Report:
    """Close one period: nothing of it changes any more, and its report is frozen. Closing again restates it."""
    with record("slot.closed", by=by, subject=f"slot:{slot.pk}") as entry:
        slot = ending.one(slot.pk)
        insist(ending.may_close(authority_for(by), slot))
        insist_shown(shown, ending.fingerprint(slot))
        report = close(entry, [slot], reason.strip()[:LONGEST])[0]
        entry.note(number=report.number, rows=report.rows, sha256=report.sha256)
    return report


def reopen_slot(slot: Slot, *, by: Actor, reason: str = "") -> None:
    """Open a closed period again with a reason; late facts reach it, papers can be handed in and judged."""
    with record("slot.reopened", by=by, subject=f"slot:{slot.pk}") as entry:
        slot = ending.one(slot.pk)
        insist(ending.may_reopen(authority_for(by), slot))
        reason = checked_reason(reason)
        reopen(entry, [slot])
        entry.note(reason=reason)


def close_phase(phase: Phase, *, by: Actor, reason: str = "", shown: str = "") -> Report:
    """Close a phase: all its periods with their reports, and one for the whole; `shown` is the preview's fingerprint."""
    with record("phase.closed", by=by, subject=f"phase:{phase.pk}") as entry:
        phase = (
            Phase.objects.select_related("programme__campaign")
            .select_for_update(of=("self",))
            .get(pk=phase.pk)
        )
        insist(ending.may_close_phase(authority_for(by), phase))
        insist_shown(shown, ending.fingerprint(phase))
        reason = reason.strip()[:LONGEST]
        today = clock.today()
        close(entry, [slot for slot in ending.slots_of(phase) if slot.closed_on > today], reason)
        Phase.objects.filter(pk=phase.pk).update(closed_on=today)
        report = freeze_phase(entry, phase, reason)
        entry.note(number=report.number, rows=report.rows, sha256=report.sha256)
    return report


def reopen_phase(phase: Phase, *, by: Actor, reason: str = "") -> int:
    """Open a closed phase again with all its periods; returns how many."""
    with record("phase.reopened", by=by, subject=f"phase:{phase.pk}") as entry:
        phase = (
            Phase.objects.select_related("programme__campaign")
            .select_for_update(of=("self",))
            .get(pk=phase.pk)
        )
        insist(ending.may_reopen_phase(authority_for(by), phase))
        reason = checked_reason(reason)
        found = [slot for slot in ending.slots_of(phase) if slot.closed_on <= clock.today()]
        Phase.objects.filter(pk=phase.pk).update(closed_on=None)
        reopen(entry, found)
        entry.note(reason=reason, slots=len(found))
    return len(found)


def close(entry: OpenEntry, slots: Sequence[Slot], reason: str) -> list[Report]:
    """Bring these periods up to date a last time, freeze their reports, close them today."""
    today = clock.today()
    duties.reconcile(slots, entry, today)
    routing.reroute(routing.moved(entry))
    made = [freeze(entry, slot, reason) for slot in slots]
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(
        closed_on=today, reconciled=entry.id, reconciled_on=today
    )
    return made


def freeze(entry: OpenEntry, slot: Slot, reason: str) -> Report:
    """Write a period's next report from the facts up to this entry."""
    day = clock.today()
    number = Report.objects.filter(slot=slot).count() + 1
    found = frozen.digest(slot, entry.id, day)
    return _kept(found, day, reason, entry, number, slot=slot)


def freeze_phase(entry: OpenEntry, phase: Phase, reason: str) -> Report:
    """Write a phase's next report: the sum of its periods' newest."""
    day, number = clock.today(), Report.objects.filter(phase=phase).count() + 1
    whole = Report(phase=phase, number=number, entry_id=entry.id)
    return _kept(frozen.sum_of(frozen.parts_of(whole)), day, reason, entry, number, phase=phase)


def _kept(
    found: frozen.Digest,
    day: date,
    reason: str,
    entry: OpenEntry,
    number: int,
    slot: Slot | None = None,
    phase: Phase | None = None,
) -> Report:
    return Report.objects.create(
        slot=slot,
        phase=phase,
        number=number,
        day=day,
        figures=found.figures.as_json(),
        rows=found.rows,
        sha256=found.sha256,
        rule_version=frozen.RULES,
        reason=reason,
        entry_id=entry.id,
    )


def reopen(entry: OpenEntry, slots: Sequence[Slot]) -> None:
    """These periods are open again, and at once what roster and decisions ask for today."""
    ids = [slot.pk for slot in slots]
    Slot.objects.filter(pk__in=ids).update(closed_on=FAR, reconciled=0, reconciled_on=None)
    duties.reconcile(Slot.objects.select_related("task").filter(pk__in=ids), entry, clock.today())
    routing.reroute(routing.moved(entry))


def accept_phase(phase: Phase, *, by: Actor, reason: str = "", shown: str = "") -> int:
    """Record that a phase is accepted and on what it is based; what its gate held opens. Returns the periods opened.

    A period whose opening day has passed opens today; where its date has passed too, it gets as many days as planned.
    """
    with record("phase.accepted", by=by, subject=f"phase:{phase.pk}") as entry:
        phase = (
            Phase.objects.select_related("programme__campaign")
            .select_for_update(of=("self",))
            .get(pk=phase.pk)
        )
        insist(steering.may_accept(authority_for(by), phase))
        insist_shown(shown, ending.fingerprint(phase))
        if not reason.strip():
            raise Invalid(Problem("reason", _("写上验收的依据：看了什么、谁同意的、文号。")))
        reason = checked_reason(reason)
        before = {slot.pk for slot in ending.held(phase)}
        Phase.objects.filter(pk=phase.pk).update(accepted_on=clock.today())
        still = {slot.pk for slot in ending.held(phase)}
        freed = list(Slot.objects.select_related("task").filter(pk__in=before - still).order_by("pk"))
        late = [slot for slot in freed if slot.opens_on < clock.today()]
        for slot in late:
            _open_today(slot, by, reason, entry)
        issue(entry, list(Slot.objects.select_related("task").filter(pk__in=[slot.pk for slot in freed])))
        entry.note(reason=reason, slots=len(freed))
    return len(freed)


def _open_today(slot: Slot, by: Actor, reason: str, entry: OpenEntry) -> None:
    today = clock.today()
    due = slot.due_on
    if due < today:
        due = today + timedelta(days=(slot.due_on - slot.opens_on).days)
        DateMove.objects.create(
            slot=slot, old_on=slot.due_on, new_on=due, day=today, reason=reason, by=by.id, entry_id=entry.id
        )
    plan = SlotPlan(slot.period, today, max(today, slot.cutoff_on, due if due != slot.due_on else today), due)
    redate(Line("redated", slot.task.code, slot.period, slot, plan))
