"""Events first: a change of duties, one or a million, is INSERT ... SELECT into events, then one `apply` (CORE §1.4)."""

from __future__ import annotations

from typing import Any

from zhengyou.campaigns.figures.counts import count_events
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit.sql import run

CAUSES = {"": "d.cause", "again": "CASE WHEN d.first_state = 'exempt' THEN 'joiner' ELSE 'roster' END"}


def change(
    entry: OpenEntry,
    kind: str,
    cause: str,
    tail: str,
    *,
    day: str,
    state: str = "d.state",
    unit: str = "d.unit_id",
    due: str = "d.due_on",
    **values: Any,
) -> int:
    """Insert one rule's events as the entry's next step and apply them; returns how many duties changed.

    The cause "again" stands for the one a duty was born with, an empty one keeps the duty's. `tail` is what follows
    FROM campaigns_duty d: joins and the guard. `state`, `unit`, `due` and `day` are SQL. The day never precedes the
    duty's last event, so a history is never reordered.
    """
    step = entry.next_step()
    n = run(
        f"""
        INSERT INTO campaigns_dutyevent (duty_id, entry_id, step, day, kind, cause, from_state, to_state,
          from_unit_id, to_unit_id, from_due_on, to_due_on)
        SELECT d.id, :entry, :step, CASE WHEN {day} > d.last_day THEN {day} ELSE d.last_day END, :kind,
          {CAUSES.get(cause, ":cause")}, d.state, {state}, d.unit_id, {unit}, d.due_on, {due}
        FROM campaigns_duty d {tail}""",
        **values,
        entry=entry.id,
        step=step,
        kind=kind,
        cause=cause,
    )
    if n:
        apply(entry, step)
    return n


def apply(entry: OpenEntry, step: int) -> None:
    """Carry one step's events into the duties and the figures: the only place that changes a duty.

    What was waiting for review under a duty that is void now waits no longer.
    """
    run(
        """UPDATE campaigns_duty SET state = e.to_state, unit_id = e.to_unit_id, due_on = e.to_due_on, cause = e.cause,
             last_day = e.day, version = campaigns_duty.version + 1,
             carried_on = CASE WHEN e.cause = 'carry' THEN e.day ELSE campaigns_duty.carried_on END
           FROM campaigns_dutyevent e
           WHERE e.entry_id = :entry AND e.step = :step AND e.duty_id = campaigns_duty.id""",
        entry=entry.id,
        step=step,
    )
    run(
        """UPDATE campaigns_submission SET state = 40 WHERE state = 10 AND duty_id IN (
             SELECT e.duty_id FROM campaigns_dutyevent e WHERE e.entry_id = :entry AND e.step = :step
             AND e.from_state = 'submitted' AND e.to_state = 'void')""",
        entry=entry.id,
        step=step,
    )
    count_events(entry.id, step)
