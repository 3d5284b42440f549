"""The list of commitments: the own, what waits for the reader, those of the units below; what was not kept; Excel."""

from __future__ import annotations

import io
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengyou.campaigns.models import Submission
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.campaigns.views import words
from zhengyou.commitments import homes, rules, waiting
from zhengyou.commitments.models import Commitment, Item
from zhengyou.commitments.views import pages
from zhengyou.kit import clock
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.verdict import insist
from zhengyou.org.actions import looking
from zhengyou.org.models import Affiliation, Closure, Placement, on
from zhengyou.org.rules import Authority
from zhengyou.org.succession import carried

PAGE = 50
MOST = 5000
"""Rows on a sheet."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
S = Commitment.State


def below(units: list[int], authority: Authority) -> set[int]:
    """Ids of these units and of all below them on the day; one query."""
    rows = Closure.objects.filter(
        ancestor__in=units, valid_from__lte=authority.day, valid_to__gt=authority.day
    )
    return set(rows.values_list("descendant_id", flat=True))


def seen(authority: Authority) -> QuerySet[Commitment]:
    """Commitments on this reader's list: all of the own unit for its head, what is public of the units below; own ones."""
    here = Affiliation.objects.filter(on(authority.day), role="R", person=OuterRef("member"))
    rows = Commitment.objects.annotate(home=Subquery(here.values("unit")[:1]))
    public = Q(state__in=waiting.PUBLIC)
    if authority.everything or authority.on_root("import"):
        return rows
    ok = Q(member=authority.person)
    heads, units = authority.units_with("see_names"), authority.units_with("hand_in", "review")
    under = below(units, authority) if units else set()
    if heads:
        lower = under if set(heads) == set(units) else below(heads, authority)
        ok |= Q(home__in=heads) | (Q(home__in=lower) & public)
    if units:
        ok |= Q(member=None, unit__in=carried(units, authority.day))
        ok |= Q(member=None, unit__in=under) & (public | Q(state=S.PROPOSED))
    return rows.filter(ok)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The page; filtered by state and by unit."""
    authority: Authority = request.authority  # type: ignore[attr-defined]
    found = _filtered(request, seen(authority))
    by_roster = (
        "unit__place",
        "unit",
        F("member__sort_key").asc(nulls_first=True),
        "pk",
    )  # never by what was kept
    page = Paginator(found.select_related("member").order_by(*by_roster), PAGE).get_page(
        request.GET.get("page")
    )
    judged = waiting.to_judge(authority, PAGE)
    keeping = waiting.to_keep(authority)
    alerted = waiting.alerted(authority)
    signing = waiting.to_sign(authority)
    names = _names(
        [
            *(w.item.commitment for w in judged.first),
            *(w.item.commitment for w in [*keeping, *alerted]),
            *signing,
        ]
    )
    context: dict[str, Any] = {
        "page": page,
        "rows": _rows(list(page.object_list)),
        "states": [
            (str(code), word, request.GET.get("state") == str(code))
            for code, (_c, word) in pages.STATES.items()
        ],
        "text": request.GET.get("q", "")[:60],
        "reviews": _reviews(authority),
        "judged": [_line(one, names) for one in judged.first],
        "n_judged": judged.n,
        "alerted": [_line(one, names) for one in alerted[:PAGE]],
        "n_alerted": len(alerted),
        "keeping": [_line(one, names) for one in keeping[:PAGE]],
        "signing": [(one, one.state == S.NOTED, names.get(one.pk, "")) for one in signing],
        "may_unkept": rules.may_list_unkept(authority),
        "query": request.GET.urlencode(),
        "heads": authority.anywhere("see_names", "review", "hand_in"),
    }
    return render(request, "commitments/list.html", context)


def _filtered(request: HttpRequest, found: QuerySet[Commitment]) -> QuerySet[Commitment]:
    state, text = request.GET.get("state", ""), request.GET.get("q", "").replace("\0", "").strip()[:60]
    if state in {str(code) for code in S.values}:
        found = found.filter(state=int(state))
    if text:
        named = Placement.objects.filter(on(clock.today()), name__icontains=text).values("unit")
        found = found.filter(
            Q(member__name__icontains=text) | Q(member=None, unit__in=named) | Q(home__in=named)
        )
    return found


def _rows(found: list[Commitment]) -> list[dict[str, Any]]:
    ids = [one.pk for one in found]
    carrying = homes.homes([one for one in found if one.member_id is None], clock.today())
    counts = {
        row["commitment"]: row
        for row in Item.objects.filter(commitment__in=ids)
        .values("commitment")
        .annotate(
            n=Count("pk"), kept=Count("pk", filter=Q(state=40)), released=Count("pk", filter=Q(state=60))
        )
    }
    units = words.unit_names(
        {one.unit_id for one in found}
        | {getattr(one, "home", None) for one in found}
        | set(carrying.values())
    )
    out = []
    for one in found:
        cls, word = pages.STATES[S(one.state)]
        count = counts.get(one.pk, {"n": 0, "kept": 0, "released": 0})
        unit = units.get(getattr(one, "home", None) or one.unit_id, "")
        out.append(
            {
                "one": one,
                "name": (one.member and one.member.name)
                or units.get(one.unit_id)
                or pages.last_name(one.unit_id),
                "unit": unit if one.member_id else _carried(one, carrying[one.pk], units),
                "cls": cls,
                "word": word,
                "kept": count["kept"],
                "n": count["n"] - count["released"],
            }
        )
    return out


def _carried(one: Commitment, now: int | None, units: dict[int, str]) -> str:
    """Of a unit's promise: who carries it where the unit stands no more."""
    return "" if now == one.unit_id else pages.carried_by(units.get(now or 0, ""))


def _names(found: list[Commitment]) -> dict[int, str]:
    """Whose each commitment is (its member read with it); one query."""
    units = words.unit_names({one.unit_id for one in found if one.member_id is None})
    return {one.pk: one.member.name if one.member else units.get(one.unit_id, "—") for one in found}


def _line(one: waiting.Waiting, names: dict[int, str]) -> dict[str, Any]:
    return {"item": one.item, "why": one.why, "name": names.get(one.item.commitment_id, ""), "late": one.late}


def _reviews(authority: Authority) -> int:
    """Papers of this room that wait at the reader's units."""
    units = authority.units_with("review")
    if not units:
        return 0
    found = Submission.objects.filter(state=Submission.State.WAITING, waits_at__in=units)
    return found.filter(paper__startswith="commitment:").exclude(by=authority.person).count()


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, an item a line, as the address filters it; names are noted as looked at."""
    authority: Authority = request.authority  # type: ignore[attr-defined]
    found = list(_filtered(request, seen(authority)).select_related("member").order_by("pk")[:MOST])
    where = homes.homes(found, authority.day)
    names = words.unit_names({one.unit_id for one in found} | set(where.values()))
    items: dict[int, list[Item]] = {}
    for i in range(0, len(found), 500):
        chunk = [one.pk for one in found[i : i + 500]]
        for item in Item.objects.filter(commitment__in=chunk).select_related("owner").order_by("place"):
            items.setdefault(item.commitment_id, []).append(item)
    rows = []
    for one in found:
        for item in items.get(one.pk, []):
            rows.append(
                [
                    names.get(where[one.pk] or 0, ""),
                    _whose(one, item, where[one.pk], authority)
                    if one.member
                    else names.get(one.unit_id) or pages.last_name(one.unit_id),
                    item.text,
                    item.measure,
                    item.owner.name if item.owner else item.owner_text,
                    item.due_on,
                    str(pages.STATES[S(one.state)][1]),
                    str(pages.ITEM_STATES[Item.State(item.state)][1]) if one.is_public else "",
                    item.changed or None,
                ]
            )
    people = [one.member_id for one in found if one.member_id]
    looking.look_at_people(pages.me(request), people, looking.EXPORT)
    headers = [
        _("单位"),
        _("谁的承诺"),
        _("承诺事项"),
        _("怎样算做到"),
        _("责任人"),
        _("期限"),
        _("承诺书"),
        _("兑现"),
        _("变更次数"),
    ]
    out = io.BytesIO()
    write_rows(out, _("承诺和兑现"), headers, rows, widths=[30, 18, 60, 40, 14, 12, 12, 12, 10])
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"{_('公开承诺')} {clock.today().isoformat()}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _whose(one: Commitment, item: Item, unit: int | None, authority: Authority) -> str:
    """The member's name; beside what was not kept for the own head, the office and the person only."""
    assert one.member is not None
    if item.state != Item.State.UNKEPT or _behind(one, unit, authority):
        return one.member.name
    return _("一名成员")


def _behind(one: Commitment, unit: int | None, authority: Authority) -> bool:
    """Whether this reader may know by name who did not keep something."""
    me = authority.person
    if authority.on_root("import") or (me is not None and me.pk == one.member_id):
        return True
    return unit is not None and "see_names" in authority.powers_on(unit)


@require_safe
def unkept(request: HttpRequest) -> HttpResponse:
    """What was closed as not kept without cause, by unit, for the level above; persons are named to their own head only."""
    authority: Authority = request.authority  # type: ignore[attr-defined]
    insist(rules.may_list_unkept(authority))
    units = below(authority.units_with("review"), authority)
    page = Paginator(waiting.unkept(units, authority.day), PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    where = homes.homes({item.commitment for item in found}, authority.day)
    people = Reviewers(authority.day, {unit for unit in where.values() if unit})
    rows = []
    for item in found:
        one = item.commitment
        unit = where[one.pk]
        named = one.of_unit or _behind(one, unit, authority)
        rows.append(
            {
                "item": item,
                "unit": people.names.get(unit or 0, "—"),
                "name": "" if one.of_unit else one.member.name if named and one.member else _("一名成员"),
                "open": named,
            }
        )
    return render(request, "commitments/unkept.html", {"page": page, "rows": rows})
