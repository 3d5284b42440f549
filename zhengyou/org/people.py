"""Reading people: members of units on a day, search by name or number, what the system holds about one person."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from zhengyou.org.models import Affiliation, Person, on
from zhengyou.org.names import clean_name
from zhengyou.org.tree import below


def members_on(
    day: date, unit: int | None = None, *, deep: bool = False, role: str = "R"
) -> QuerySet[Person]:
    """Persons with an affiliation of a role on a day: in a unit, `deep` also below it; without a unit, everywhere."""
    held = Affiliation.objects.filter(on(day), role=role)
    if unit is not None:
        held = held.filter(unit__in=below([unit], day)) if deep else held.filter(unit=unit)
    return Person.objects.filter(pk__in=held.values("person")).order_by("sort_key", "id")


def matching(text: str) -> Q:
    """Condition on persons: the number begins with the text, or the name contains it (Chinese, Latin or pinyin)."""
    name = clean_name(text)
    if not name:
        return Q()
    return Q(number__startswith=name) | Q(name__icontains=name) | Q(sort_key__startswith=name.casefold())


def home(person: Person, day: date) -> Affiliation | None:
    """The registered affiliation of a person on a day, with its unit."""
    return person.affiliations.filter(on(day), role="R").select_related("unit").first()
