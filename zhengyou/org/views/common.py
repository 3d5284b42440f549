"""What the pages share: the unit or person of an address or 404, paging, forms answered with 422."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhengyou.kit import clock
from zhengyou.org import current, rules, tree
from zhengyou.org.forms import Form
from zhengyou.org.models import Affiliation, Closure, Person, Placement, Unit, on
from zhengyou.org.tree import below

PER_PAGE = 50


def the_unit(request: HttpRequest, public_id: str) -> Unit:
    """The unit of an address; 404 for units that this person may not know, as for those that do not exist."""
    unit = Unit.objects.filter(public_id=public_id).first()
    if unit is None or not request.authority.opens_unit(unit.pk):  # type: ignore[attr-defined]
        raise Http404
    return unit


@dataclass(frozen=True)
class Here:
    """The unit of an address with the line from the root down to it as it hangs today (empty where it hangs nowhere)."""

    unit: Unit
    line: list[Placement]

    @cached_property
    def name(self) -> str:
        """What the unit is called today (or was last)."""
        return self.line[-1].name if self.line else name_of(self.unit)


def here(request: HttpRequest, public_id: str) -> Here:
    """As `the_unit`, with the line above it and its name: one query for the three, and authority knows the line."""
    authority = request.authority  # type: ignore[attr-defined]
    line = tree.line(public_id, clock.today())
    if not line:
        return Here(the_unit(request, public_id), [])
    for i, placement in enumerate(line):
        authority.know(placement.unit_id, [p.unit_id for p in line[: i + 1]])
    if not authority.opens_unit(line[-1].unit_id):
        raise Http404
    return Here(line[-1].unit, line)


def the_person(request: HttpRequest, public_id: str) -> Person:
    """The person of an address; 404 likewise."""
    person = Person.objects.filter(public_id=public_id).first()
    if person is None or not rules.may_see_person(request.authority, person):  # type: ignore[attr-defined]
        raise Http404
    return person


def words(request: HttpRequest) -> current.Words:
    """The organisation's words in the reader's language, from the part that the request already read."""
    return current.words(request.part)  # type: ignore[attr-defined]


def pages(request: HttpRequest, rows: Any, per_page: int = PER_PAGE, name: str = "page") -> Page:
    """The asked page of a list, the nearest one where the number is out of range; a queryset is asked once."""
    asked_for = request.GET.get(name) or "1"
    if isinstance(rows, QuerySet) and asked_for.isdecimal() and 0 < len(asked_for) < 9 and int(asked_for):
        first = (int(asked_for) - 1) * per_page
        counted = rows.order_by().annotate(n_rows=Func(F("pk"), function="COUNT")).values("n_rows")
        found = list(rows.annotate(n_rows=Subquery(counted))[first : first + per_page])
        if found or not first:
            return Page(found, int(asked_for), _Counted(rows, per_page, found[0].n_rows if found else 0))
    return Paginator(rows, per_page).get_page(request.GET.get(name))


class _Counted(Paginator):
    """A paginator that need not count: the page's own query did."""

    def __init__(self, rows: QuerySet, per_page: int, count: int):
        super().__init__(rows, per_page)
        self.count = count


def answer(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """A page with a form; 422 once something in it was refused."""
    refused = form.is_bound and bool(form.errors)
    return render(request, template, {**context, "form": form}, status=422 if refused else 200)


def scope(authority: rules.Authority, day: date) -> Q:
    """Condition on placements: the units whose pages this person may open, never as a list of ids."""
    if authority.on_root("see_units"):
        return Q()
    stands = [unit for unit, _post, _first in authority.posts if authority.powers_on(unit)]
    mine = Affiliation.objects.filter(on(day), person=authority.person)
    seen = Q(unit__in=mine.values("unit"))
    return seen | Q(unit__in=below(stands, day)) if stands else seen


def tops(authority: rules.Authority, day: date) -> list[Placement]:
    """The highest units that this person may open, in the organisation's order."""
    if authority.on_root("see_units") and authority.root is not None:
        return list(tree.placed(day).filter(unit=authority.root))
    stands = {unit for unit, _post, _first in authority.posts if authority.powers_on(unit)} | set(
        authority.homes
    )
    above = Closure.objects.filter(
        descendant=OuterRef("unit"), ancestor__in=stands, valid_from__lte=day, valid_to__gt=day
    ).exclude(ancestor=OuterRef("unit"))
    return list(tree.placed(day).filter(~Exists(above), unit__in=stands))


def crumbs(request: HttpRequest, unit: Unit) -> list[dict[str, str]]:
    """The line above a unit: name, and address where it may be opened."""
    line = tree.path(unit.pk, clock.today())
    request.authority.load(p.unit_id for p in line)  # type: ignore[attr-defined]
    return links(request, line)


def links(request: HttpRequest, line: list[Placement]) -> list[dict[str, str]]:
    """A line of units for the reader: name, and address where it may be opened."""
    opens = request.authority.opens_unit  # type: ignore[attr-defined]
    return [{"name": p.name, "id": p.unit.public_id if opens(p.unit_id) else ""} for p in line]


def name_of(unit: Unit) -> str:
    """What a unit is called today (or was last)."""
    found = tree.named(unit, clock.today())
    return found.name if found is not None else _("没有名称的单位")


def flag(request: HttpRequest, name: str) -> bool:
    """Whether a filter of the address is on."""
    return request.GET.get(name, "") in ("1", "on", "yes")


def asked(request: HttpRequest, name: str = "q") -> str:
    """A search text of the address, at most 100 characters."""
    return " ".join(request.GET.get(name, "").replace("\0", "").split())[:100]
