"""Drafts: saved by themselves as versions, never overwritten; two tabs that both wrote on are told so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhengyou.journal.models import Draft

KEPT = 40
"""Versions kept of one text; older ones go, heads never."""


@dataclass(frozen=True)
class Written:
    """The state of one text: its heads, newest first. None: nothing was written. Two: a choice is needed."""

    heads: tuple[Draft, ...] = ()

    @property
    def version(self) -> int:
        """The newest version, 0 where nothing was written."""
        return self.heads[0].version if self.heads else 0

    @property
    def body(self) -> dict[str, Any]:
        """The newest head's fields."""
        return self.heads[0].body if self.heads else {}

    @property
    def clash(self) -> bool:
        """Whether two tabs or devices went on writing from the same version."""
        return len(self.heads) > 1


def load(owner: str, label: str) -> Written:
    """What `owner` has written under `label` (one query)."""
    return _written(list(Draft.objects.filter(owner=owner, label=label).order_by("-version")[: KEPT + 10]))


@transaction.atomic
def save(owner: str, label: str, base: int, body: dict[str, Any], joined: int = 0) -> Written:
    """Keep `body` as a version that grew from version `base`; nothing is overwritten.

    Where another version grew from the same base, both stay and `clash` is true. `joined` names a head that this
    version puts to rest (the writer's choice). Saving the same body again keeps no new version.
    """
    rows = list(Draft.objects.select_for_update().filter(owner=owner, label=label).order_by("-version"))
    for row in rows:
        if (
            row.body == body
            and row.version in (base, *(r.version for r in rows if r.base == base))
            and not joined
        ):
            return _written(rows)
    version = rows[0].version + 1 if rows else 1
    known = {row.version for row in rows}
    new = Draft.objects.create(
        owner=owner,
        label=label,
        version=version,
        base=base if base in known else 0,
        joined=joined if joined in known else 0,
        body=body,
        saved_at=timezone.now(),
    )
    rows.insert(0, new)
    written = _written(rows)
    old = [row.pk for row in rows[KEPT:] if row not in written.heads]
    if old:
        Draft.objects.filter(pk__in=old).delete()
    return written


def history(owner: str, label: str) -> list[Draft]:
    """All versions kept, newest first."""
    return list(Draft.objects.filter(owner=owner, label=label).order_by("-version")[: KEPT + 10])


def drop(owner: str, label: str) -> None:
    """Forget a text: it was handed in, or its writer gave it up."""
    Draft.objects.filter(owner=owner, label=label).delete()


@transaction.atomic
def hand_on(owner: str, to: str, label: str) -> int:
    """Give a text to somebody else, who goes on writing; their own heads stay beside it. Returns the heads handed on."""
    heads = load(owner, label).heads
    for head in reversed(heads):
        save(to, label, 0, head.body)
    drop(owner, label)
    return len(heads)


def _written(rows: list[Draft]) -> Written:
    grown = {row.base for row in rows} | {row.joined for row in rows}
    return Written(tuple(row for row in rows if row.version not in grown))
