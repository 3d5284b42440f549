"""Break-glass: one person's entries opened for an hour to somebody who sees no names, with a reason the person reads."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import rights, rules
from zhengyou.org.models import Glass, Person

MINUTES = 60


def break_glass(person: Person, *, by: Actor, reason: str) -> Glass:
    """Open one person's entries to `by` for an hour; the person sees it at once, the office has the list."""
    reason = reason.strip()
    if len(reason) < 5 or len(reason) > 500:
        raise Invalid(Problem("reason", _("写明为什么要看，5 到 500 字：本人看得到这句话")))
    with record("rights.glass", by=by, subject=f"person:{person.public_id}", reason=reason) as entry:
        insist(rights.may_break_glass(rules.authority_for(by), person))
        now = timezone.now()
        return Glass.objects.create(
            person=person,
            by=Person.objects.get(public_id=by.id),
            reason=reason,
            day=clock.today(),
            opened_at=now,
            until=now + timedelta(minutes=MINUTES),
            entry_id=entry.id,
        )
