"""Members of a unit as a list and as a workbook; adding one."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.verdict import Refused, insist
from zhengyou.org import actions, current, forms, people, rules, tree
from zhengyou.org.actions import looking
from zhengyou.org.actions.rows import Then
from zhengyou.org.models import Affiliation, Person, Placement, Unit, on
from zhengyou.org.views import common

LARGEST = 100_000
"""Rows of one exported workbook at most; more are exported unit by unit."""


def _filters(request: HttpRequest) -> dict[str, Any]:
    role = "A" if request.GET.get("role") == "A" else "R"
    asked = {name: common.asked(request, name) for name in ("category", "status")}
    return {
        "q": common.asked(request),
        "role": role,
        "below": common.flag(request, "below"),
        **{
            name: code if code in dict(common.words(request).of(name)) else "" for name, code in asked.items()
        },
    }


def _found(request: HttpRequest, unit: Unit, chosen: dict[str, Any]) -> Any:
    facts = {name: chosen[name] for name in ("category", "status") if chosen[name]}
    found = people.listed(
        clock.today(),
        unit.pk,
        whole=unit.pk == request.authority.root,  # type: ignore[attr-defined]
        deep=chosen["below"],
        role=chosen["role"],
        **facts,
    )
    return found.filter(people.matching(chosen["q"])) if chosen["q"] else found


def rows(found: list[Person], role: str, words: current.Words) -> list[dict[str, Any]]:
    """Rows of a table of members: where they are registered, since when, category and status in words; one or two queries."""
    day = clock.today()
    called = Placement.objects.filter(on(day), unit=OuterRef("unit")).values("name")[:1]
    now = (
        Affiliation.objects.filter(on(day), person__in=found).annotate(called=Subquery(called)).order_by("id")
    )
    held = {a.person_id: a for a in now.filter(role=role)}
    registered = held if role == "R" else {a.person_id: a for a in now.filter(role="R")}
    made = []
    for person in found:
        home, row = registered.get(person.pk), held.get(person.pk)
        made.append(
            {
                "person": person,
                "unit": (home.called or "") if home else "",
                "category": words(home.category) if home else "",
                "status": words(home.status) if home else "",
                "since": row.valid_from if row else None,
            }
        )
    return made


@require_GET
def listing(request: HttpRequest, public_id: str) -> HttpResponse:
    """Members by name: the whole roster row for those who may see it, names only for peers in the own unit."""
    here = common.here(request, public_id)
    unit, authority = here.unit, request.authority  # type: ignore[attr-defined]
    names = authority.sees_names(unit.pk)
    if not names and not authority.belongs_to(unit.pk):
        raise Refused(_("成员的名字只有本单位、上级单位的负责人和办公室看得到；您看得到人数。"))
    chosen = _filters(request)
    if not names:
        chosen |= {"q": "", "below": False, "category": "", "status": "", "role": "R"}
    page, words = common.pages(request, _found(request, unit, chosen)), common.words(request)
    looking.look_at_unit(request.me, unit, looking.NAMES, below=chosen["below"])  # type: ignore[attr-defined]
    return render(
        request,
        "org/members.html",
        {
            "unit": unit,
            "name": here.name,
            "crumbs": common.links(request, here.line),
            "names": names,
            "page": page,
            "rows": rows(list(page), chosen["role"], words) if names else [{"person": p} for p in page],
            "categories": words.of("category"),
            "statuses": words.of("status"),
            "leaf": not tree.children(unit.pk, clock.today()).exists(),
            "query": request.GET.urlencode(),
            "class_query": urlencode(
                {
                    k: "1" if v is True else v
                    for k, v in chosen.items()
                    if v and k in ("below", "category", "status")
                }
            ),
            "may_register": rules.may_change_roster(authority, [unit.pk]),
            "may_slips": authority.may("slips", unit.pk),
            **chosen,
        },
    )


@require_GET
def export(request: HttpRequest, public_id: str) -> FileResponse:
    """The listed members as a workbook, with the filters of the address; contact details only where they show."""
    unit = common.the_unit(request, public_id)
    authority = request.authority  # type: ignore[attr-defined]
    if not authority.sees_names(unit.pk):
        raise Refused(_("成员的名字只有本单位、上级单位的负责人和办公室看得到；您看得到人数。"))
    chosen = _filters(request)
    found = _found(request, unit, chosen)
    contact = authority.on_root("import")
    headers = [_("姓名"), _("编号"), _("单位"), _("类别"), _("状态"), _("从哪一天起")]
    if contact:
        headers += [_("邮箱"), _("电话")]
    looking.look_at_unit(request.me, unit, looking.EXPORT, below=chosen["below"])  # type: ignore[attr-defined]
    out = BytesIO()
    write_rows(
        out,
        _("成员"),
        headers,
        _lines(found, chosen["role"], contact, common.words(request)),
        widths=[14, 16, 36, 10, 10, 12],
    )
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{common.name_of(unit)}.xlsx")


def _lines(found: Any, role: str, contact: bool, words: current.Words) -> Iterator[list[Any]]:
    rest = found[:LARGEST].iterator(chunk_size=500)
    while batch := list(islice(rest, 500)):
        for row in rows(batch, role, words):
            person = row["person"]
            line = [
                person.name,
                person.number or "",
                row["unit"],
                row["category"],
                row["status"],
                row["since"],
            ]
            yield [*line, person.email, person.phone] if contact else line


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, public_id: str, then: Then | None = None) -> HttpResponse:
    """Register a person who is not known yet in this unit."""
    unit = common.the_unit(request, public_id)
    insist(rules.may_change_roster(request.authority, [unit.pk]))  # type: ignore[attr-defined]
    form = forms.NewMember(
        request.POST or None, words=common.words(request), initial={"day": clock.today(), "begun": "in"}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            by = request.me.actor  # type: ignore[attr-defined]
            person = actions.add_person(data.pop("name"), unit=unit, by=by, then=then, **data)
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("登记了 %(name)s。") % {"name": person.name})
            return redirect("person", person.public_id)
    return common.answer(
        request,
        "org/form.html",
        form,
        crumbs=common.crumbs(request, unit),
        title=_("登记一位成员"),
        lead=common.name_of(unit),
        go=_("登记到这个单位"),
        back=unit.public_id,
    )
