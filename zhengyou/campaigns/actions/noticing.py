"""The notice of a changed duty ends when the one it reached opens the duty; like a look, not journalled."""

from __future__ import annotations

from zhengyou.campaigns import changed
from zhengyou.campaigns.models import ChangeSeen, Duty
from zhengyou.kit import clock
from zhengyou.org.models import Person


def open_changed(duty: Duty, person: Person) -> None:
    """Note that whoever owes this duty has opened it since it was changed; at most two queries."""
    rows = [
        ChangeSeen(amendment=amendment, duty=duty, person=person, day=clock.today())
        for amendment in changed.unseen(duty, person.pk)
    ]
    if rows:
        ChangeSeen.objects.bulk_create(rows, ignore_conflicts=True)
