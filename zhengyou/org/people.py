"""Reading people: members of units on a day, search by name or number, what the system holds about one person."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from zhengyou.org.models import Affiliation, Person, Placement, on
from zhengyou.org.names import clean_name
from zhengyou.org.rules import ROSTER, Authority
from zhengyou.org.tree import below


def members_on(
    day: date, unit: int | None = None, *, deep: bool = False, role: str = "R"
) -> QuerySet[Person]:
    """Persons with an affiliation of a role on a day: in a unit, `deep` also below it; without a unit, everywhere."""
    held = Affiliation.objects.filter(on(day), role=role)
    if unit is not None:
        held = held.filter(unit__in=below([unit], day)) if deep else held.filter(unit=unit)
    return Person.objects.filter(pk__in=held.values("person")).order_by("sort_key", "id")


def listed(
    day: date, unit: int, *, whole: bool, deep: bool = False, role: str = "R", **facts: str
) -> QuerySet[Person]:
    """Members to be listed by name; `facts` limit category and status. `whole`: the unit is the root.

    The whole organisation is read along the index of names (a page costs a page), a unit by its members.
    """
    held = Affiliation.objects.filter(on(day), role=role, **facts)
    if whole and deep:
        mine = held.filter(person=OuterRef("pk"))
        return Person.objects.filter(Exists(mine)).order_by("sort_key", "id")
    held = held.filter(unit__in=below([unit], day)) if deep else held.filter(unit=unit)
    return Person.objects.filter(pk__in=held.values("person")).order_by("sort_key", "id")


def matching(text: str) -> Q:
    """Condition on persons: the number begins with the text, or the name contains it (Chinese, Latin or pinyin)."""
    name = clean_name(text)
    if not name:
        return Q()
    return Q(number__startswith=name) | Q(name__icontains=name) | Q(sort_key__startswith=name.casefold())


def visible(authority: Authority, day: date) -> QuerySet[Person] | None:
    """People whose names this person may see below own posts (everybody for the office); None: nobody's."""
    if authority.on_root("import") or authority.on_root("slips"):
        return Person.objects.all()
    stands = authority.units_with(*ROSTER)
    if not stands:
        return None
    held = Affiliation.objects.filter(on(day), unit__in=below(stands, day))
    return Person.objects.filter(pk__in=held.values("person"))


def with_homes(people: list[Person], day: date) -> list[tuple[Person, str]]:
    """People with the name of the unit they are registered in ("" for non-members); one query."""
    called = Placement.objects.filter(on(day), unit=OuterRef("unit")).values("name")[:1]
    held = Affiliation.objects.filter(on(day), role="R", person__in=people).annotate(called=Subquery(called))
    units = dict(held.values_list("person_id", "called"))
    return [(person, units.get(person.pk) or "") for person in people]


def home(person: Person, day: date) -> Affiliation | None:
    """The registered affiliation of a person on a day, with its unit."""
    return person.affiliations.filter(on(day), role="R").select_related("unit").first()
