"""What of the campaigns leans on members and units that only an import brought: while it does, the import stays."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from zhengyou.campaigns.models import Decision, Duty, Question, Review, State, Submission
from zhengyou.kit import clock
from zhengyou.org.models import Person

MOST = 200
"""Ids of each sort that are named at most."""


def leaning(people: QuerySet[Person], units: Sequence[int], since: int) -> tuple[set[int], set[int]]:
    """Ids of those people for whom, after the entry `since`, something was handed in, decided or asked; units likewise.

    A unit is also held by what it judged, and by what a closed period has counted to it.
    """
    later = {"entry_id__gt": since}
    persons = _ids(Submission.objects.filter(duty__member__in=people, **later), "duty__member")
    persons |= _ids(Decision.objects.filter(member__in=people, dropped=None, **later), "member")
    persons |= _ids(Question.objects.filter(person__in=people, **later), "person")
    if not units:
        return persons, set()
    counted = Duty.objects.filter(unit__in=units, slot__closed_on__lte=clock.today())
    held = _ids(counted.exclude(state=State.VOID), "unit")
    held |= _ids(Submission.objects.filter(duty__subject_unit__in=units), "duty__subject_unit")
    held |= _ids(Review.objects.filter(at_unit__in=units), "at_unit")
    held |= _ids(Decision.objects.filter(unit__in=units, dropped=None), "unit")
    held |= _ids(Question.objects.filter(asked_at__in=units), "asked_at")
    held |= _ids(Question.objects.filter(unit__in=units), "unit")
    return persons, held


def _ids(found: QuerySet, field: str) -> set[int]:
    return set(found.order_by().values_list(field, flat=True).distinct()[:MOST])
