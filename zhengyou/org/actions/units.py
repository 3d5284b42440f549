"""Short ways to the two simplest changes of units: founding one under another, renaming; not for a day to come."""

from __future__ import annotations

from datetime import date

from zhengyou.journal.actions import Actor
from zhengyou.org.actions.changes import decide
from zhengyou.org.actions.rows import Follow, not_later
from zhengyou.org.asked import Asked
from zhengyou.org.models import Unit


def add_unit(
    name: str,
    kind: str,
    parent: Unit,
    *,
    by: Actor,
    day: date | None = None,
    document_no: str = "",
    follow: Follow | None = None,
) -> Unit:
    """Found a unit under another on a day; its kind must be one that may stand there (the organisation's part)."""
    asked = Asked(
        "establish", not_later(day), document_no, name=name, unit_kind=kind, parent=parent.public_id
    )
    return decide(asked, by=by, follow=follow).units.get(before=False).unit


def rename_unit(
    unit: Unit,
    name: str,
    *,
    by: Actor,
    day: date | None = None,
    document_no: str = "",
    follow: Follow | None = None,
) -> None:
    """Give a unit another name from a day on."""
    decide(
        Asked("rename", not_later(day), document_no, units=(unit.public_id,), name=name), by=by, follow=follow
    )
