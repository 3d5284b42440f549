"""One person: the roster entry for those who may see it; each look is kept for that person to read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org import actions, current, figures, forms, rights, rules, transfers, tree
from zhengyou.org.actions import looking
from zhengyou.org.actions.rows import Then
from zhengyou.org.models import Affiliation, Person, Placement, Post, Slip, Unit, on
from zhengyou.org.views import common


@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The roster entry of another person; the own one leads to my information. The look is kept for that person."""
    me, authority = request.me, request.authority  # type: ignore[attr-defined]
    person = Person.objects.select_related("user").filter(public_id=public_id).first()
    if person is None:
        raise Http404
    if person == me:
        return redirect("me")
    held = _facts(
        person.affiliations.select_related("unit").order_by("-valid_from", "role", "id"),
        common.words(request),
    )
    units = [a["row"].unit_id for a in held if a["now"]]
    glass = not rules.may_see_person(authority, person, units)
    if glass and not rights.glass_open(authority, person):
        raise Http404
    seen = looking.CONTACT if rules.may_see_contact(authority, person, units) else looking.PERSON
    looking.look_at_person(me, person, looking.GLASS if glass else seen)
    return _record(request, person, held, glass=glass)


def _record(
    request: HttpRequest, person: Person, affiliations: list[dict[str, Any]], *, glass: bool
) -> HttpResponse:
    authority, words = request.authority, common.words(request)  # type: ignore[attr-defined]
    whole = authority.on_root("import")
    posts = _facts(person.posts.select_related("acting_for__person").order_by("-valid_from", "id"), words)
    registered = [a["row"] for a in affiliations if a["now"] and a["row"].role == "R"]
    home = registered[0] if registered else None
    units = [a["row"].unit_id for a in affiliations if a["now"]]
    under_way = transfers.current_of(person)
    slips = rules.slips_for(
        authority, [person], {person.pk: [home.unit_id] if home else []}, [p["row"] for p in posts]
    )
    context: dict[str, Any] = {
        "person": person,
        "glass": glass,
        "whole": whole,
        "home": home,
        "home_open": home is not None and authority.opens_unit(home.unit_id),
        "home_name": (home.called or "") if home else "",
        "category": words(home.category) if home else "",
        "status": words(home.status) if home else "",
        "affiliations": [a for a in affiliations if a["held"]],
        "taken_back": [f for f in affiliations + posts if not f["held"]] if whole else [],
        "posts": [p for p in posts if p["held"]],
        "may_contact": rules.may_see_contact(authority, person, units),
        "may_slip": slips[person.pk],
        "may_change": rules.may_change_roster(authority, units or [authority.root or 0]),
        "acts": authority.anywhere("slips", "import", "appoint"),
        "transfer": under_way,
        "may_transfer": transfers.may_ask_from(authority, person, home, under_way),
    }
    if whole:
        entries = common.pages(request, figures.entries_about(person), 20)
        printed = list(Slip.objects.filter(person=person).select_related("entry").order_by("-id")[:20])
        names = figures.actors([e.actor for e in entries] + [slip.entry.actor for slip in printed])
        context |= {
            "account": getattr(person, "user", None),
            "slips": _slips(printed, names),
            "entries": entries,
            "lines": [{"e": e, "who": names[e.actor], "what": figures.verb(e.verb)} for e in entries],
        }
    return render(request, "org/person.html", context)


def _facts(rows: Any, words: current.Words) -> list[dict[str, Any]]:
    """The first 200 of these dated rows for the page, with what their units are called today; one query."""
    today = clock.today()
    called = Placement.objects.filter(on(today), unit=OuterRef("unit")).values("name")[:1]
    return [
        {
            "row": row,
            "unit": row.called or "",
            "label": words(row.post) if isinstance(row, Post) else "",
            "category": words(getattr(row, "category", "")),
            "status": words(getattr(row, "status", "")),
            "open": row.valid_to == FAR,
            "now": row.dropped_id is None and row.valid_from <= today < row.valid_to,
            "held": row.dropped_id is None,
            "late": figures.late_by(row.valid_from, row.entry.day),
        }
        for row in rows.select_related("entry").annotate(called=Subquery(called))[:200]
    ]


def _slips(slips: list[Slip], names: dict[str, str]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "slip": s,
            "who": names[s.entry.actor],
            "open": s.used_at is None and s.cancelled_at is None and s.expires_at > now,
        }
        for s in slips
    ]


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change e-mail and phone."""
    person = common.the_person(request, public_id)
    insist(rules.may_set_contact(request.authority, person))  # type: ignore[attr-defined]
    form = forms.Contact(request.POST or None, initial={"email": person.email, "phone": person.phone})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_contact(person, **form.cleaned_data, by=request.me.actor)  # type: ignore[attr-defined]
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("联系方式改好了。"))
            return redirect("person", person.public_id)
    return _form(request, form, person, _("联系方式"), _("保存联系方式"), who=True)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, public_id: str, then: Then | None = None) -> HttpResponse:
    """Register the person in another unit, or add an activity unit; the unit is found by its name."""
    person = common.the_person(request, public_id)
    authority = request.authority  # type: ignore[attr-defined]
    homes = person.affiliations.filter(on(clock.today()), role="R").values_list("unit_id", flat=True)
    insist(rules.may_change_roster(authority, list(homes) or [authority.root or 0]))
    text = common.asked(request)
    found: list[Placement] = []
    if text:
        found = list(tree.search(text, clock.today(), common.scope(authority, clock.today()))[:21])
    form = forms.Move(request.POST or None, initial={"day": clock.today(), "role": "R"})
    form.fields["unit"].choices = [(p.unit.public_id, p.name) for p in found[:20]]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        unit = Unit.objects.get(public_id=data["unit"])
        by, day = request.me.actor, data["day"]  # type: ignore[attr-defined]
        try:
            if data["role"] == "A" or not homes:
                actions.affiliate(person, unit, role=data["role"], day=day, by=by, then=then)
            else:
                actions.move_members([person], unit, day=day, by=by, then=then)
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("登记好了；这一天以前的报表不变。"))
            return redirect("person", person.public_id)
    return _form(
        request,
        form if text else None,
        person,
        _("转到别的单位"),
        _("登记转到这个单位"),
        search=True,
        q=text,
        none=bool(text) and not found,
        more=len(found) > 20,
    )


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, public_id: str, then: Then | None = None) -> HttpResponse:
    """Register that the person is no member any more; posts end, the account is switched off."""
    person = common.the_person(request, public_id)
    units = list(person.affiliations.filter(on(clock.today()), role="R").values_list("unit_id", flat=True))
    if not units:
        raise Http404
    insist(rules.may_change_roster(request.authority, units))  # type: ignore[attr-defined]
    form = forms.Leave(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.leave([person], **form.cleaned_data, by=request.me.actor, then=then)  # type: ignore[attr-defined]
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("登记好了：职务已经结束，账号已经停用，过去的记录都在。"))
            return redirect("person", person.public_id)
    return _form(request, form, person, _("登记离开"), _("登记 %(name)s 离开") % {"name": person.name})


@require_POST
def end_activity(request: HttpRequest, pk: int, then: Then | None = None) -> HttpResponse:
    """End an activity unit of a person."""
    row = Affiliation.objects.filter(pk=pk, role="A").select_related("person", "unit").first()
    if row is None or not rules.may_see_person(request.authority, row.person):  # type: ignore[attr-defined]
        raise Http404
    actions.end_activity(row, by=request.me.actor, then=then)  # type: ignore[attr-defined]
    messages.success(request, _("活动单位结束了；注册关系没有动。"))
    return redirect("person", row.person.public_id)


def _form(
    request: HttpRequest, form: forms.Form | None, person: Person, title: str, go: str, **more: Any
) -> HttpResponse:
    context = {"title": title, "lead": person.name, "go": go, "person": person, **more}
    if form is None:
        return render(request, "org/form.html", context)
    return common.answer(request, "org/form.html", form, **context)
