"""The room forgets a person within an erasure: what was promised, raised and asked is emptied, the rows stay as counts."""

from __future__ import annotations

from zhengyou.commitments.models import (
    Commitment,
    Deed,
    Item,
    ItemChange,
    ItemEvent,
    ItemEvidence,
    WallQuestion,
)
from zhengyou.journal.actions import OpenEntry
from zhengyou.journal.models import Evidence
from zhengyou.org.models import Person


def forget(entry: OpenEntry, person: Person) -> set[int]:
    """Empty every text of the person; returns the person's evidence that others' promises still link (row ids)."""
    mine = Commitment.objects.filter(member=person)
    items = Item.objects.filter(commitment__in=mine)
    entry.note(commitments=mine.count(), promises=items.count())
    ItemChange.objects.filter(item__in=items).update(
        old_text="", old_measure="", new_text="", new_measure="", reason="", told="", answer=""
    )
    ItemEvent.objects.filter(item__in=items).update(text="")
    links = ItemEvidence.objects.filter(item__in=items)
    elsewhere = ItemEvidence.objects.exclude(item__in=items).values("evidence")
    others = Evidence.objects.filter(pk__in=links.values("evidence")).exclude(owner=person.public_id)
    others.filter(text__gt="").exclude(pk__in=elsewhere).update(text="")
    items.update(
        text="", how="", measure="", owner_text="", same="", reasons="", claim="", decision="", cause=""
    )
    mine.update(summary="", goals="", served="", signed_hash="")
    WallQuestion.objects.filter(commitment__in=mine).update(text="", answer="")
    WallQuestion.objects.filter(person=person).update(text="", answer="", code_hash="")
    Deed.objects.filter(raised_by=person).update(
        text="", reason="", outcome="", reply="", code_hash="", ask_text="", ask_measure="", ask_answer=""
    )
    kept = Evidence.objects.filter(owner=person.public_id, pk__in=elsewhere)
    return set(kept.values_list("pk", flat=True))
