"""Where a commitment is today: with the member's registered unit, a closed unit's with its successor; reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, Value, When

from zhengyou.commitments.models import Commitment, Deed
from zhengyou.org.models import Affiliation, Unit, on
from zhengyou.org.succession import carried, successors


def homes(found: Iterable[Commitment], day: date) -> dict[int, int | None]:
    """Commitment's row id -> unit on a day, None for a member in no unit, a unit without successor; at most four queries."""
    rows = list(found)
    members = {row.member_id for row in rows if row.member_id is not None}
    registered: dict[int, int] = {}
    if members:
        held = Affiliation.objects.filter(on(day), role="R", person__in=members)
        registered = dict(held.values_list("person_id", "unit_id"))
    now: dict[int, int | None] = {**successors({row.unit_id for row in rows if row.member_id is None}, day)}
    gone = (
        set(
            Unit.objects.filter(pk__in=[pk for pk in now.values() if pk], closed_on__lte=day).values_list(
                "pk", flat=True
            )
        )
        if now
        else ()
    )
    return {
        row.pk: (None if now[row.unit_id] in gone else now[row.unit_id])
        if row.member_id is None
        else registered.get(row.member_id)
        for row in rows
    }


def home(commitment: Commitment, day: date) -> int | None:
    """The unit in which one commitment is kept and judged on a day."""
    return homes([commitment], day)[commitment.pk]


def of_deed(deed: Deed, day: date) -> Commitment | None:
    """The newest public commitment of the unit to which a difficulty belongs today, its own before a carried one's."""
    at = successors({deed.unit_id}, day)[deed.unit_id]
    own = Case(When(unit=at, then=Value(0)), default=Value(1))
    rows = Commitment.objects.filter(
        member=None, unit__in=carried({at}, day), state__gte=Commitment.State.PUBLISHED
    )
    return rows.select_related("unit", "campaign").order_by("-campaign", own, "pk").first()
