"""What has been begun for a unit's plans and not handed in: it goes along when the unit's post is handed over."""

from __future__ import annotations

from zhengyou.campaigns.models import Submission
from zhengyou.journal.models import Draft
from zhengyou.org.models import Unit
from zhengyou.plans.models import PlanVersion

MOST = 200
"""Plans that wait at one desk, looked at for half-made verdicts."""


def writing(campaign: str, unit: str) -> str:
    """The label of the draft of a version without a duty: an amendment, the top plan (public ids)."""
    return f"plan:{campaign}:{unit}"


def judging(version: int) -> str:
    """The label of the draft of the verdicts on a version."""
    return f"planreview:{version}"


def begun(unit: int, post: str, holder: str) -> tuple[str, ...]:
    """Labels of the holder's drafts for the unit's plan and for the plans that wait at its desk; three queries."""
    code = Unit.objects.filter(pk=unit).values_list("public_id", flat=True).get()
    waiting = PlanVersion.objects.filter(state=PlanVersion.State.SUBMITTED)
    amended = waiting.filter(waits_at=unit, waits_for__in=("", post))
    laid = waiting.filter(
        duty__submissions__state=Submission.State.WAITING,
        duty__submissions__waits_at=unit,
        duty__submissions__waits_for__in=("", post),
    )
    versions = [*amended.values_list("pk", flat=True)[:MOST], *laid.values_list("pk", flat=True)[:MOST]]
    mine = Draft.objects.filter(owner=holder)
    found = mine.filter(label__in=[judging(pk) for pk in versions]) | mine.filter(
        label__startswith="plan:", label__endswith=f":{code}"
    )
    return tuple(sorted(set(found.values_list("label", flat=True)[:MOST])))
