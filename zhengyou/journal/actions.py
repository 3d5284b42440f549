"""Writing entries: the one door through which every action leaves its trace, in its own transaction."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhengyou.journal.models import Chain, Entry, SpentKey, SubjectKey
from zhengyou.kit import clock


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's public id, `cli:<system user>`, or `system:<what>`."""

    id: str

    @classmethod
    def person(cls, public_id: str) -> Actor:
        return cls(public_id)

    @classmethod
    def system(cls, what: str) -> Actor:
        return cls(f"system:{what}")

    @classmethod
    def cli(cls) -> Actor:
        """The system user behind a command line."""
        import getpass

        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            name = "unknown"
        return cls(f"cli:{name}"[:60])


@dataclass
class Form:
    """The form behind the running request: its idempotency key and address; `entry` once an action spent the key."""

    key: str
    path: str = ""
    entry: int | None = None


current_form: ContextVar[Form | None] = ContextVar("zhengyou_form", default=None)


class AlreadyDone(Exception):
    """The form's key was spent by an earlier action: this one must have no effect."""

    def __init__(self, spent: SpentKey):
        super().__init__(f"key spent by entry {spent.entry_id}")
        self.spent = spent


class OpenEntry:
    """An entry being written: its `id` is known at once, facts are added until the action's transaction ends."""

    def __init__(self, row: Entry):
        self.row = row
        self.id: int = row.id
        self.facts: dict[str, Any] = {}
        self.kept = True
        self.steps = 0

    def note(self, **facts: Any) -> None:
        """Add facts; only keyed digests of them are stored, numbers as they are."""
        self.facts |= facts

    def discard(self) -> None:
        """Nothing happened after all: leave no entry. Allowed only if no row refers to it."""
        self.kept = False

    def next_step(self) -> int:
        """A number unique within this entry: one per applied set of changes (CORE §8)."""
        self.steps += 1
        return self.steps


_open: ContextVar[bool] = ContextVar("zhengyou_entry_open", default=False)


@contextmanager
def record(verb: str, *, by: Actor, unit: str = "", subject: str = "", **facts: Any) -> Iterator[OpenEntry]:
    """Run one action in one transaction and leave one entry of it; the chain is locked from start to commit.

    Spends the current form's key. Raises AlreadyDone where it was spent before: the block then does not run.
    Actions do not nest: what two actions share is a function that takes the open entry.
    """
    if _open.get():
        raise RuntimeError("an action inside an action: pass the open entry to a function instead")
    form = current_form.get()
    if form is not None and (not form.key or form.entry is not None):
        form = None
    token = _open.set(True)
    try:
        with transaction.atomic():
            chain = Chain.objects.select_for_update().get_or_create(pk=1)[0]
            if form is not None and (earlier := SpentKey.objects.filter(key=form.key).first()):
                raise AlreadyDone(earlier)
            row = Entry(
                id=chain.last + 1,
                at=timezone.now(),
                day=clock.today(),
                verb=verb,
                actor=by.id,
                unit=unit,
                subject=subject,
                previous=chain.hash,
            )
            row.save(force_insert=True)
            if form is not None:
                SpentKey.objects.create(key=form.key, entry=row, actor=by.id, path=form.path)
            entry = OpenEntry(row)
            entry.note(**facts)
            yield entry
            if entry.kept:
                _close(chain, entry)
            else:
                SpentKey.objects.filter(entry=row).delete()
                row.delete()
    finally:
        _open.reset(token)
    if form is not None and entry.kept:
        form.entry = row.id


def _close(chain: Chain, entry: OpenEntry) -> None:
    row = entry.row
    secret = _key_of(row.subject) if any(not _plain(value) for value in entry.facts.values()) else ""
    row.digests = {name: digest(value, secret) for name, value in sorted(entry.facts.items())}
    row.hash = link(row)
    row.save(update_fields=["unit", "subject", "digests", "hash"])
    chain.last, chain.hash = row.id, row.hash
    chain.save()


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int)


def _key_of(subject: str) -> str:
    """The own key of a person (made on first use); "" for every other subject."""
    if not subject.startswith("person:"):
        return ""
    fresh = {"key": secrets.token_hex(32)}
    return SubjectKey.objects.get_or_create(subject=subject, defaults=fresh)[0].key


def destroy_key(subject: str) -> None:
    """Destroy a person's key, within an erasure: what the journal keeps of the person cannot be told or tried any more."""
    SubjectKey.objects.filter(subject=subject).delete()


def digest(value: Any, secret: str = "") -> Any:
    """What the journal keeps of a fact: counts and yes/no as they are, everything else as a keyed digest.

    `secret` is the own key of the person that the entry is about.
    """
    if _plain(value):
        return value
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    key = (settings.JOURNAL_KEY + secret).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def link(row: Entry) -> str:
    """The hash that chains a row to the one before it: SHA-256 of its canonical JSON, which holds `previous`."""
    body = {
        "id": row.id,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "day": row.day.isoformat(),
        "verb": row.verb,
        "actor": row.actor,
        "unit": row.unit,
        "subject": row.subject,
        "digests": row.digests,
        "previous": row.previous,
    }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def remember_answer(form: Form, answer: str) -> None:
    """Keep where the answer to a form led, so that a repeated form is led there too (not an action: no entry)."""
    if form.entry is not None:
        SpentKey.objects.filter(key=form.key).update(answer=answer[:500])
