"""The tree of units: browser, unit page, vacancy list, founding and renaming a unit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import insist
from zhengyou.org import actions, current, figures, forms, people, rules, showing_changes, terms, tree
from zhengyou.org.actions.rows import Follow
from zhengyou.org.asked import Asked
from zhengyou.org.models import Placement, Post, Unit
from zhengyou.org.views import common


@require_GET
def browser(request: HttpRequest) -> HttpResponse:
    """Units level by level, or those found by name, kind and vacancy; people by name or number where names show."""
    day, authority = clock.today(), request.authority  # type: ignore[attr-defined]
    text, kind = common.asked(request), common.asked(request, "kind")
    vacant = common.flag(request, "vacant")
    words, searching = common.words(request), bool(text or kind or vacant)
    tops = [] if searching else common.tops(authority, day)
    context: dict[str, Any] = {"q": text, "kind": kind, "vacant": vacant, "searching": searching}
    if searching:
        found = tree.search(text, day, common.scope(authority, day))
        if kind:
            found = found.filter(unit__kind=kind)
        if vacant:
            found = found.exclude(unit__in=tree.led(day))
        context["page"] = common.pages(request, found)
        context["rows"] = rows(list(context["page"]), words)
        if text:
            context |= _people(request, text)
    elif len(tops) == 1:
        context["page"] = common.pages(request, tree.children(tops[0].unit_id, day))
        context["rows"] = rows([*tops, *context["page"]], words, top=tops[0])
    else:
        context["page"] = common.pages(request, tops)
        context["rows"] = rows(list(context["page"]), words)
    context["kinds"] = [(k.code, words(k.code)) for k in words.part.unit_kinds] if words.part else []
    context["may_export"] = authority.anywhere("see_units", "see_names", "import")
    return render(request, "org/units.html", context)


def _people(request: HttpRequest, text: str) -> dict[str, Any]:
    """Up to 20 people found; names show only below posts that may see them (DOMAIN.md §7)."""
    found = people.visible(request.authority, clock.today())  # type: ignore[attr-defined]
    if found is None:
        return {"people": None}
    hits = list(found.filter(people.matching(text)).order_by("sort_key", "id")[:21])
    return {"people": people.with_homes(hits[:20], clock.today()), "more_people": len(hits) > 20}


def rows(
    placements: list[Placement], words: current.Words, top: Placement | None = None
) -> list[dict[str, Any]]:
    """Rows of a table of units, those below `top` one step in; two queries."""
    ids, day = [p.unit_id for p in placements], clock.today()
    return _rows(placements, words, tree.sizes(ids, day), figures.holders(ids, day), top)


def _rows(
    placements: list[Placement],
    words: current.Words,
    sizes: tuple[dict[int, int], dict[int, int]],
    holders: dict[int, list[Post]],
    top: Placement | None = None,
) -> list[dict[str, Any]]:
    """Rows of a table of units: name, kind, members, units below, who is responsible or since when nobody."""
    counts, below = sizes
    made = []
    for p in placements:
        first = next((h for h in holders.get(p.unit_id, []) if h.first_responsible), None)
        made.append(
            {
                "id": p.unit.public_id,
                "name": p.name,
                "level": 1 if top in (None, p) else 2,
                "kind": words(p.unit.kind),
                "members": counts.get(p.unit_id, 0),
                "below": below.get(p.unit_id, 0),
                "first": first.person.name if first else "",
            }
        )
    return made


@require_GET
def my_unit(request: HttpRequest) -> HttpResponse:
    """The page of the own unit: where the person is registered, else where a post stands."""
    authority = request.authority  # type: ignore[attr-defined]
    homes = [u for u, role in authority.homes.items() if role == "R"] or [u for u, _p, _f in authority.posts]
    unit = Unit.objects.filter(pk__in=homes[:1]).first()
    if unit is None:
        return redirect("units")
    return redirect("unit", unit.public_id)


@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One unit: who is responsible, members, units below, double affiliation, history; actions with reasons."""
    here = common.here(request, public_id)
    unit, day, authority = here.unit, clock.today(), request.authority  # type: ignore[attr-defined]
    children = common.pages(request, tree.children(unit.pk, day), 20)
    by_row, names = authority.sees_unit(unit.pk), authority.sees_names(unit.pk)
    if not by_row and not authority.belongs_to(unit.pk):
        raise Http404
    members = people.members_on(day, unit.pk)
    below = [p.unit_id for p in children]
    holders, led = figures.led(unit.pk, below, day)
    sizes = tree.sizes([unit.pk, *below], day)
    tally = figures.tally(unit.pk, day)
    superior = here.line[-1].parent_id if here.line else None
    may_appoint = rules.may_appoint(authority, unit)
    may_add = rules.may_add_unit(authority, unit)
    words = common.words(request)
    return render(
        request,
        "org/unit.html",
        {
            "unit": unit,
            "name": here.name,
            "crumbs": common.links(request, here.line[:-1]),
            "kind": words(unit.kind),
            "closed": unit.closed_on <= day,
            "direct": sum(n for _code, n in tally.own),
            "own": _("，").join(f"{words(code) or _('未填')} {n:,}" for code, n in tally.own),
            "total": sizes[0].get(unit.pk, 0),
            "children": children,
            "rows": _rows(list(children), words, sizes, holders) if by_row else [],
            "child_kinds": bool(words.part and words.part.children_of(unit.kind)),
            "by_row": by_row,
            "names": names,
            "members": list(members[:12]) if names or authority.belongs_to(unit.pk) else [],
            "posts": posts_of(unit, holders[unit.pk], words),
            "vacant": _vacant(unit, led, day),
            "today": day,
            "soon": day + timedelta(days=terms.SOON),
            "active": tally.away,
            "active_total": sum(n for _name, n in tally.away),
            "guests": tally.guests,
            "events": figures.history(unit, request.organisation.entry_id, led, tally, words),  # type: ignore[attr-defined]
            "plans": showing_changes.planned(unit, authority),
            "may_appoint": may_appoint,
            "may_add": may_add,
            "may_decide": rules.may_decide_below(authority, unit, superior),
            "may_close": rules.may_close_below(authority, unit, superior),
            "may_register": rules.may_change_roster(authority, [unit.pk]),
            "may_slips": authority.may("slips", unit.pk),
            "acts": by_row and (names or bool(may_appoint)),
        },
    )


def posts_of(unit: Unit, held: list[Post], words: current.Words) -> list[dict[str, Any]]:
    """The posts that stand on a unit's kind with who holds them; those held but no longer in the part too."""
    part = words.part
    codes = [post.code for post in part.posts_of(unit.kind)] if part else []
    codes += [post.post for post in held if post.post not in codes]
    return [
        {
            "label": words(code),
            "holders": [post for post in held if post.post == code],
            "first": bool(part and (found := part.post(code)) and found.first_responsible),
        }
        for code in codes
    ]


def _vacant(unit: Unit, led: list[Post], day: date) -> dict[str, Any] | None:
    """Since when nobody leads the unit, from all who ever did; None while somebody does."""
    if any(post.valid_from <= day < post.valid_to for post in led):
        return None
    since = max((post.valid_to for post in led if post.valid_to <= day), default=unit.opened_on)
    return {"since": since, "days": (day - since).days}


@require_GET
def vacancies(request: HttpRequest) -> HttpResponse:
    """The vacancy list: units without a first responsible person and for how many days, in the own reach."""
    day, authority = clock.today(), request.authority  # type: ignore[attr-defined]
    within = None
    if not authority.on_root("see_units"):
        within = [u for u, _p, _f in authority.posts if authority.powers_on(u)]
        if not within:
            raise Http404
    count = tree.count_vacancies(day, within)
    listing = common.pages(request, range(count))
    found = tree.vacancies(day, within, start=max(listing.start_index() - 1, 0), limit=common.PER_PAGE)
    words = common.words(request)
    for vacancy in found:
        vacancy.kind_label = words(vacancy.kind)
    may = authority.anywhere("appoint")
    return render(
        request, "org/vacancies.html", {"found": found, "page": listing, "count": count, "may_appoint": may}
    )


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, public_id: str, follow: Follow | None = None) -> HttpResponse:
    """Found a unit below this one, or plan to on a later day."""
    unit = common.the_unit(request, public_id)
    insist(rules.may_add_unit(request.authority, unit))  # type: ignore[attr-defined]
    form = forms.NewUnit(
        request.POST or None,
        parent_kind=unit.kind,
        words=common.words(request),
        initial={"day": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.decide(
                Asked(
                    "establish",
                    data["day"] or clock.today(),
                    data["document_no"],
                    name=data["name"],
                    unit_kind=data["kind"],
                    parent=unit.public_id,
                ),
                by=request.me.actor,  # type: ignore[attr-defined]
                follow=follow,
            )
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            if made.state == made.State.PLANNED:
                messages.success(request, _("记为计划：到那一天由系统办理；之前可以放弃。"))
                return redirect("change", made.public_id)
            messages.success(request, _("设立了「%(name)s」。") % {"name": data["name"]})
            return redirect("unit", made.units.get().unit.public_id)
    return common.answer(
        request,
        "org/form.html",
        form,
        crumbs=common.crumbs(request, unit),
        title=_("设立下级单位"),
        lead=common.name_of(unit),
        go=_("设立这个单位"),
        back=unit.public_id,
    )


@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, public_id: str, follow: Follow | None = None) -> HttpResponse:
    """Give the unit another name from a day on, which may be to come."""
    unit = common.the_unit(request, public_id)
    insist(rules.may_decide_unit(request.authority, unit))  # type: ignore[attr-defined]
    form = forms.Rename(request.POST or None, initial={"day": clock.today(), "name": common.name_of(unit)})
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.decide(
                Asked(
                    "rename",
                    form.cleaned_data["day"] or clock.today(),
                    form.cleaned_data["document_no"],
                    units=(unit.public_id,),
                    name=form.cleaned_data["name"],
                ),
                by=request.me.actor,  # type: ignore[attr-defined]
                follow=follow,
            )
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            if done.state == done.State.PLANNED:
                messages.success(request, _("记为计划：到那一天由系统办理；之前可以放弃。"))
                return redirect("change", done.public_id)
            messages.success(request, _("改好了；改名以前的报表仍用原来的名称。"))
            return redirect("unit", unit.public_id)
    return common.answer(
        request,
        "org/form.html",
        form,
        crumbs=common.crumbs(request, unit),
        title=_("改名称"),
        lead=common.name_of(unit),
        go=_("从这一天起用新名称"),
        back=unit.public_id,
    )
