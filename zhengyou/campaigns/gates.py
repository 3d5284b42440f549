"""Gates between phases: what is held until the phase before it is accepted."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from zhengyou.campaigns.models import Phase, Slot


def gates(programme: Any, place: Any) -> QuerySet[Phase]:
    """Phases of a programme before this place that are still to be accepted: they hold what comes after."""
    return Phase.objects.filter(programme=programme, place__lt=place, gate="acceptance", accepted_on=None)


HELD_BY_GATE = Exists(gates(OuterRef("task__phase__programme"), OuterRef("task__phase__place")))
"""A condition on slots: a gate before their phase is not yet passed."""


def held_in(campaign: int) -> set[int]:
    """Ids of a campaign's slots that a gate holds, whatever their day; one query."""
    return set(Slot.objects.filter(HELD_BY_GATE, task__campaign=campaign).values_list("pk", flat=True))
