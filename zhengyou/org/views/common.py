"""What the pages share: the unit or person of an address or 404, paging, forms answered with 422."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhengyou.kit import clock
from zhengyou.org import current, rules, tree
from zhengyou.org.forms import Form
from zhengyou.org.models import Person, Placement, Unit
from zhengyou.org.tree import below

PER_PAGE = 50


def the_unit(request: HttpRequest, public_id: str) -> Unit:
    """The unit of an address; 404 for units that this person may not know, as for those that do not exist."""
    unit = Unit.objects.filter(public_id=public_id).first()
    if unit is None or not request.authority.opens_unit(unit.pk):  # type: ignore[attr-defined]
        raise Http404
    return unit


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
    """The asked page of a list, the nearest one where the number is out of range."""
    return Paginator(rows, per_page).get_page(request.GET.get(name))


def answer(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """A page with a form; 422 once something in it was refused."""
    refused = form.is_bound and bool(form.errors)
    return render(request, template, {**context, "form": form}, status=422 if refused else 200)


def scope(authority: rules.Authority, day: date) -> Q:
    """Condition on placements: the units whose pages this person may open, never as a list of ids."""
    if authority.on_root("see_units"):
        return Q()
    stands = [unit for unit, _post, _first in authority.posts if authority.powers_on(unit)]
    seen = Q(unit__in=list(authority.homes))
    return seen | Q(unit__in=below(stands, day)) if stands else seen


def tops(authority: rules.Authority, day: date) -> list[Placement]:
    """The highest units that this person may open, in the organisation's order."""
    if authority.on_root("see_units") and authority.root is not None:
        return list(tree.placed(day).filter(unit=authority.root))
    stands = {unit for unit, _post, _first in authority.posts if authority.powers_on(unit)} | set(
        authority.homes
    )
    authority.load(stands)
    highest = [u for u in stands if not (authority.line(u) - {u}) & stands]
    return list(tree.placed(day).filter(unit__in=highest))


def crumbs(request: HttpRequest, unit: Unit) -> list[dict[str, str]]:
    """The line above a unit: name, and address where it may be opened."""
    authority = request.authority  # type: ignore[attr-defined]
    line = tree.path(unit.pk, clock.today())
    authority.load(p.unit_id for p in line)
    return [{"name": p.name, "id": p.unit.public_id if authority.opens_unit(p.unit_id) else ""} for p in line]


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
