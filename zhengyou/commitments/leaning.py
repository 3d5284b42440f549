"""What of the room leans on members and units that only an import brought; what is half made goes along with a post."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from zhengyou.campaigns.models import Submission
from zhengyou.commitments.models import Commitment, Deed, WallQuestion
from zhengyou.journal.models import Draft
from zhengyou.org.models import Person

MOST = 200
"""Ids of each sort that are named at most."""


def leaning(people: QuerySet[Person], units: Sequence[int], since: int) -> tuple[set[int], set[int]]:
    """Ids of those people who after the entry `since` promised, raised or asked something; units with anything likewise."""
    later = {"entry_id__gt": since}
    persons = _ids(Commitment.objects.filter(member__in=people, **later), "member")
    persons |= _ids(Deed.objects.filter(raised_by__in=people, **later), "raised_by")
    persons |= _ids(WallQuestion.objects.filter(person__in=people, **later), "person")
    if not units:
        return persons, set()
    held: set[int] = set()
    for model in (Commitment, Deed, WallQuestion):
        held |= _ids(model.objects.filter(unit__in=units), "unit")
    return persons, held


def judging(submission: int) -> str:
    """The label of the draft of the verdicts on a handed-in commitment."""
    return f"promisereview:{submission}"


def begun(unit: int, post: str, holder: str) -> tuple[str, ...]:
    """Labels of the holder's half-made verdicts on what waits at a unit's desk; two queries."""
    waiting = Submission.objects.filter(
        state=Submission.State.WAITING,
        waits_at=unit,
        waits_for__in=("", post),
        paper__startswith="commitment:",
    )
    labels = [judging(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True)[:MOST]]
    found = Draft.objects.filter(owner=holder, label__in=labels)
    return tuple(sorted(set(found.values_list("label", flat=True))))


def _ids(found: QuerySet, field: str) -> set[int]:
    return set(found.order_by().values_list(field, flat=True).distinct()[:MOST])
