"""Deletion of everything held about a person; what stays are counts, and a chain that still proves itself whole."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, destroy_key, record
from zhengyou.journal.evidence import path_of
from zhengyou.journal.models import Draft, Evidence
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import erasing, rules
from zhengyou.org.about import About
from zhengyou.org.models import (
    Consent,
    Glass,
    Look,
    Person,
    PersonRequest,
    Post,
    RosterBefore,
    RosterImport,
    RosterRow,
    Slip,
    Transfer,
    UnitChange,
    User,
)

NEUTRAL = "—"
"""What stands where a name stood, in every language."""


def erase(seen: str, chosen: Sequence[str], *, by: Actor, about: About) -> int:
    """Delete what is held about the chosen persons of the list that was shown (`seen` is its fingerprint); how many.

    One entry and one transaction per person; files go after the commit. Raises Conflict where the list has changed.
    """
    insist(erasing.may_erase(rules.authority_for(by)))
    found = erasing.due(clock.today())
    if erasing.fingerprint(found) != seen:
        raise Conflict(_("您看过之后，清单又有变动。什么都没有删，请按新的清单再确认一次。"))
    listed = [one.person for one in found if one.id in set(chosen) and not one.against]
    if not listed:
        raise Invalid(Problem("person", _("先选出要删除的人")))
    for person in listed:
        with record("rights.erased", by=by, subject=f"person:{person.public_id}") as entry:
            person = Person.objects.select_for_update().get(pk=person.pk)
            if by.id == person.public_id:
                insist(rules.no(_("自己的信息由别人删除。")))
            if person.erased_on is not None or person.hold:
                raise Conflict(_("这个人的情况刚刚变了，没有删。请再看一次清单。"))
            _forget(entry, person, about)
    scrub()
    return len(listed)


def hold(person: Person, reason: str, *, by: Actor) -> None:
    """Keep everything about a person until further notice, with a reason that the person reads; "" lifts it."""
    reason = reason.strip()
    if len(reason) > 200:
        raise Invalid(Problem("reason", _("理由最多 200 字")))
    with record("rights.held", by=by, subject=f"person:{person.public_id}", reason=reason) as entry:
        insist(erasing.may_erase(rules.authority_for(by)))
        if not Person.objects.filter(pk=person.pk).exclude(hold=reason).update(hold=reason):
            entry.discard()


def _forget(entry: OpenEntry, person: Person, about: About) -> None:
    linked = about.forget(entry, person)
    words = [word for word in (person.number, person.name) if word]
    _evidence(person, linked)
    Draft.objects.filter(owner=person.public_id).delete()
    PersonRequest.objects.filter(person=person).update(old_text="", new_text="", reason="", answer="")
    Glass.objects.filter(person=person).update(reason="")
    Look.objects.filter(person=person).delete()
    Consent.objects.filter(person=person).delete()
    Transfer.objects.filter(person=person).update(letter_no="", outside="", reason="")
    Post.objects.filter(person=person).update(document_no="")
    User.objects.filter(person=person).delete()
    Slip.objects.filter(person=person).delete()
    _rosters(person)
    if person.number:
        _changes(person.number, words)
    person.name, person.sort_key, person.number = NEUTRAL, "", None
    person.joined_on = person.confirmed_on = None
    person.email = person.phone = person.note = ""
    person.erased_on = clock.today()
    person.save()
    destroy_key(f"person:{person.public_id}")


def _evidence(person: Person, linked: set[int]) -> None:
    """The own statements and files, except what other work still links; a file goes when no evidence names it any more."""
    mine = Evidence.objects.filter(owner=person.public_id).exclude(pk__in=linked)
    hashes = set(mine.exclude(sha256="").values_list("sha256", flat=True))
    mine.update(text="", name="", sha256="", size=0, media_type="")
    for sha in hashes - set(Evidence.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)):
        transaction.on_commit(partial(path_of(sha).unlink, missing_ok=True))


def _rosters(person: Person) -> None:
    """Staged rows, questions and originals of rosters that named the person."""
    rows = RosterRow.objects.filter(Q(said__known=person.public_id) | Q(number=person.number or "-"))
    named = set(rows.values_list("roster_id", flat=True))
    left = RosterImport.objects.exclude(state=RosterImport.State.PARSED)
    for roster in left.exclude(reading={}, questions=[], decisions={}):
        if person.number and person.number in str([roster.reading, roster.questions, roster.decisions]):
            named.add(roster.pk)
    rows.delete()
    RosterBefore.objects.filter(person=person).delete()
    for roster in left.filter(pk__in=named):
        RosterImport.objects.filter(pk=roster.pk).update(reading={}, questions=[], decisions={})
        for path in (Path(settings.DATA) / "staging").glob(f"*roster-{roster.public_id}*"):
            transaction.on_commit(partial(path.unlink, missing_ok=True))


def _changes(number: str, words: list[str]) -> None:
    """Decisions on units that name the person by number."""
    for change in UnitChange.objects.iterator(chunk_size=200):
        if number in str([change.asked, change.outcome, change.fault]):
            change.asked, change.outcome = _without(change.asked, words), _without(change.outcome, words)
            change.fault = str(_without(change.fault, words))
            change.save(update_fields=["asked", "outcome", "fault"])


def _without(value: Any, words: list[str]) -> Any:
    if isinstance(value, dict):
        return {_without(key, words): _without(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, words) for inner in value]
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, NEUTRAL)
    return value


def scrub() -> bool:
    """Rewrite the database so that free pages hold nothing of what was deleted; False while others keep it busy.

    SQLite only: PostgreSQL reuses the room after its own vacuum. The nightly tidying calls it again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return cursor.fetchone()[0] == 0
    return False
