"""Separate consents to one use each, given and withdrawn by the person alone, with effect at once (PIPL art. 15, 25)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org.models import Consent, Person
from zhengyou.org.rules import no

MAIL = "mail"
NAME_INSIDE = "name_all"
NAME_WEB = "name_web"
PURPOSES = (MAIL, NAME_INSIDE, NAME_WEB)
"""Uses that need a consent and exist: the weekly letter by e-mail; the name beside one's promise beyond unit and served
group, for the whole organisation and on the open web (the second includes the first)."""


def give(person: Person, purpose: str, *, by: Actor) -> Consent | None:
    """Consent from today on; None where it was given already."""
    _own(person, purpose, by)
    with record("rights.consented", by=by, subject=f"person:{person.public_id}", purpose=purpose) as entry:
        Person.objects.select_for_update().get(pk=person.pk)
        held = Consent.objects.filter(person=person, purpose=purpose, dropped=None)
        if held.filter(valid_to=FAR).exists():
            entry.discard()
            return None
        return Consent.objects.create(
            person=person, purpose=purpose, valid_from=clock.today(), entry_id=entry.id
        )


def withdraw(person: Person, purpose: str, *, by: Actor) -> bool:
    """Withdraw with effect at once: from now on nothing is done on it; False where there was none."""
    _own(person, purpose, by)
    with record(
        "rights.consent_ended", by=by, subject=f"person:{person.public_id}", purpose=purpose
    ) as entry:
        today = clock.today()
        held = Consent.objects.select_for_update().filter(
            person=person, purpose=purpose, dropped=None, valid_to=FAR
        )
        row = held.first()
        if row is None:
            entry.discard()
            return False
        held.update(dropped_id=entry.id)
        if row.valid_from < today:
            Consent.objects.create(
                person=person,
                purpose=purpose,
                valid_from=row.valid_from,
                valid_to=today,
                entry_id=entry.id,
            )
    return True


def _own(person: Person, purpose: str, by: Actor) -> None:
    if purpose not in PURPOSES:
        raise Invalid(Problem("purpose", _("没有这一种同意")))
    if by.id != person.public_id:
        insist(no(_("同意只能由本人给，也只能由本人收回。")))
