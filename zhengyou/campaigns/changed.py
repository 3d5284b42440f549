"""Duties that an amendment took along or voided, until the one who owes them has opened them: the notice of the change."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from zhengyou.campaigns.models import Amendment, ChangeSeen, DateMove, Duty, DutyEvent

MOST = 10
"""Changes on one desk; the rest follows as these are opened."""

TOUCHED = f"""a.version > 1 AND a.state = {int(Amendment.State.DONE)} AND d.entry_id < a.done_entry_id
    AND ((d.state = 'void' AND EXISTS (SELECT 1 FROM campaigns_dutyevent e WHERE e.duty_id = d.id
          AND e.entry_id = a.done_entry_id AND e.to_state = 'void'))
      OR (a.migrate AND d.state IN ('due', 'returned', 'submitted') AND s.closed_on > :day
        AND (t.version = a.version OR EXISTS (SELECT 1 FROM campaigns_datemove m WHERE m.slot_id = s.id
          AND m.entry_id = a.done_entry_id))))
    AND NOT EXISTS (SELECT 1 FROM campaigns_changeseen n WHERE n.duty_id = d.id AND n.amendment_id = a.id
      AND n.person_id = :me)"""
"""SQL of an amendment `a` that changed the issued duty `d` (slot `s`, task `t`) which `:me` has not opened since."""


def may_be(duty: Duty) -> bool:
    """Whether an amendment may have changed it after it was issued; no query, for a duty as a page fetches it."""
    task, was_moved = duty.slot.task, getattr(duty, "was_moved", False)
    return was_moved or task.version > 1 or duty.state == "void"


def unseen(duty: Duty, person: int) -> list[Amendment]:
    """The amendments that changed this duty and that the person has not seen yet; one query."""
    voided = DutyEvent.objects.filter(duty=duty, entry=OuterRef("done_entry"), to_state="void")
    redated = DateMove.objects.filter(slot=duty.slot_id, entry=OuterRef("done_entry"))
    touched = (
        Q(Exists(voided)) if duty.state == "void" else Q(version=duty.slot.task.version) | Q(Exists(redated))
    )
    found = Amendment.objects.filter(
        touched,
        campaign=duty.slot.task.campaign_id,
        state=Amendment.State.DONE,
        version__gt=1,
        done_entry__gt=duty.entry_id,
    )
    if duty.state != "void":
        found = found.filter(migrate=True)
    seen = ChangeSeen.objects.filter(amendment=OuterRef("pk"), duty=duty, person=person)
    return list(found.exclude(Exists(seen)))
