"""Campaigns forget a person within an erasure: texts are emptied, duties stay as counts, other work keeps its evidence."""

from __future__ import annotations

from zhengyou.campaigns.models import (
    ChangeSeen,
    Decision,
    Duty,
    DutyEvidence,
    Mail,
    Question,
    Review,
    Submission,
)
from zhengyou.journal.actions import OpenEntry
from zhengyou.journal.models import Draft, Evidence
from zhengyou.org.models import Person


def forget(entry: OpenEntry, person: Person) -> set[int]:
    """Empty every text of the person's duties; returns the person's evidence that other work still links (row ids)."""
    duties = Duty.objects.filter(member=person)
    papers = Submission.objects.filter(duty__in=duties)
    entry.note(duties=duties.count(), papers=papers.count())
    Review.objects.filter(submission__in=papers).update(reasons="")
    papers.update(done="", changed="", objection="")
    Decision.objects.filter(member=person).update(text="")
    Question.objects.filter(person=person).update(text="")
    Question.objects.filter(person=person, common=False).update(answer="")
    Mail.objects.filter(person=person).delete()
    ChangeSeen.objects.filter(person=person).delete()
    Draft.objects.filter(label__in=[f"duty:{pk}" for pk in duties.values_list("pk", flat=True)]).delete()
    links = DutyEvidence.objects.filter(duty__in=duties)
    others = Evidence.objects.filter(pk__in=links.values("evidence")).exclude(owner=person.public_id)
    elsewhere = DutyEvidence.objects.exclude(duty__in=duties).values("evidence")
    others.filter(text__gt="").exclude(pk__in=elsewhere).update(text="")
    mine = Evidence.objects.filter(owner=person.public_id, pk__in=elsewhere)
    return set(mine.values_list("pk", flat=True))
