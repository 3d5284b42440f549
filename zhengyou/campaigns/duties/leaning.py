"""What of the campaigns leans on members and units that only an import brought: while it does, the import stays."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from zhengyou.campaigns.models import OPEN, Decision, Duty, Question, Review, State, Submission
from zhengyou.journal.models import Draft
from zhengyou.kit import clock
from zhengyou.org.actions.rows import AtHand
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


def at_hand(unit: int, post: str, holder: str) -> AtHand:
    """What goes along when this unit's post passes from its holder (a public id) to another; four queries."""
    mine = Duty.objects.filter(subject_unit__isnull=False, unit=unit)
    todo = mine.filter(state__in=OPEN)
    labels = [f"duty:{pk}" for pk in todo.order_by("pk").values_list("pk", flat=True)[:MOST]]
    written = Draft.objects.filter(owner=holder, label__in=labels).values_list("label", flat=True).distinct()
    waiting = Submission.objects.filter(
        state=Submission.State.WAITING, waits_at=unit, waits_for__in=("", post)
    )
    return AtHand(
        duties=todo.count(),
        overdue=todo.filter(due_on__lt=clock.today()).count(),
        in_review=mine.filter(state=State.SUBMITTED).count(),
        waiting=waiting.count(),
        drafts=tuple(sorted(written)),
    )
