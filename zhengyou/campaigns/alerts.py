"""Papers that came back the third time: the level above the reviewer is told and asks after it (DOMAIN.md §2.8).

Told are task, unit and how many; a member's name stays with the own unit (golden case 15).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from zhengyou.campaigns.models import OPEN, Review, Slot, State
from zhengyou.kit import clock
from zhengyou.org.rules import Authority

MOST = 20
"""Lines listed."""


@dataclass(frozen=True)
class Alert:
    """Open duties of one task in one unit that came back three times or more; `duty` is a unit's own, 0 for members'."""

    slot: Slot
    unit: int
    n: int
    duty: int


def _standing(authority: Authority) -> QuerySet[Review]:
    """Third and later returns whose alert is for a unit in which this person reviews, while the duty is not done."""
    mine = authority.units_with("review")
    open_ = (*OPEN, State.SUBMITTED)
    return Review.objects.filter(
        alerts_at__in=mine,
        submission__duty__state__in=open_,
        submission__duty__slot__closed_on__gt=clock.today(),
    )


def alerts(authority: Authority) -> list[Alert]:
    """What a reviewer above is told, by unit and task, MOST at most; two queries, none for whoever reviews nowhere."""
    if not authority.units_with("review"):
        return []
    unit, slot = "submission__duty__unit", "submission__duty__slot"
    found = (
        _standing(authority)
        .values(unit, slot)
        .annotate(
            n=Count("submission__duty", distinct=True),
            duty=Min("submission__duty", filter=Q(submission__duty__subject_unit__isnull=False)),
        )
        .order_by(unit, slot)
    )
    rows = list(found[:MOST])
    slots = Slot.objects.select_related("task").in_bulk({row[slot] for row in rows})
    return [Alert(slots[row[slot]], row[unit], row["n"], row["duty"] or 0) for row in rows]


def arm(authority: Authority, kind: int) -> str:
    """An arm of the desk's statement: how many duties stand in such alerts (its nine columns)."""
    mine = ", ".join(str(int(unit)) for unit in authority.units_with("review")) or "0"
    states = ", ".join(f"'{State(state).value}'" for state in (*OPEN, State.SUBMITTED))
    return f"""SELECT {int(kind)}, COUNT(DISTINCT d.id), '', '', '', '', 0, 0, '' FROM campaigns_review r
        JOIN campaigns_submission y ON y.id = r.submission_id JOIN campaigns_duty d ON d.id = y.duty_id
        JOIN campaigns_slot s ON s.id = d.slot_id
        WHERE r.alerts_at_id IN ({mine}) AND d.state IN ({states}) AND s.closed_on > :day"""
