"""How much was kept, unit by unit in tree order with exact fractions; and the same as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengyou.commitments import figures, rules_wall
from zhengyou.commitments.figures import Counted, Figures, Map, Place
from zhengyou.commitments.views.wall import STATES, campaign_of, label_of, strip
from zhengyou.kit import clock, ratio
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.verdict import insist

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 5000
"""Units on a sheet; more are left out, and the sheet says so."""
PAGE = 100
COLUMNS = ("promises", "items", "kept", "waiting", "unkept", "under_way", "released", "changed")


def _opened(request: HttpRequest) -> tuple[Map, Place, list[Counted]]:
    """The tree, the asked unit (else the highest own one) and every campaign's counts; 404 or 403 with the reason."""
    authority = request.authority  # type: ignore[attr-defined]
    tree = Map(clock.today())
    asked = request.GET.get("unit", "")
    if asked:
        place = tree.find(asked)
        if place is None:
            raise Http404
    else:
        own = {unit for unit, _post, _first in authority.posts if authority.powers_on(unit)}
        tops = (
            [authority.root]
            if authority.on_root("see_units")
            else [unit for unit in tree.order if unit in own]
        )
        tops = tops or [unit for unit in tree.order if unit in authority.homes] or tree.order[:1]
        if not tops:
            raise Http404
        place = tree.places[tops[0]]
    insist(rules_wall.may_see_figures(authority, [place.id]))
    return tree, place, figures.count(tree)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A unit with what lies directly below it; each row opens to its own, each number to the promises on the wall."""
    tree, here, found = _opened(request)
    chosen = campaign_of(request, found)
    below = [unit for unit in here.below if tree.places[unit].open]
    (_place, whole), *rows = figures.rolled(tree, chosen, [here.id, *below[:PAGE]])
    own = chosen.units.get(here.id, Figures())
    wall = reverse("wall")
    seen = request.authority.sees_unit  # type: ignore[attr-defined]
    request.authority.load([place.id for place in tree.line(here.id)])  # type: ignore[attr-defined]
    context = {
        "title": label_of(chosen),
        "here": here,
        "crumbs": [place for place in tree.line(here.id)[:-1] if seen(place.id)],
        "strip": strip(whole, lambda state: f"{wall}?unit={here.public_id}&state={state}"),
        "own": _row(here, own) if below and own.promises else None,
        "rows": [_row(place, counts) for place, counts in rows],
        "left": len(below) - PAGE,
        "campaigns": [(one.campaign, label_of(one)) for one in found] if len(found) > 1 else [],
        "campaign": chosen.campaign,
        "today": tree.day,
        "words": [word for _cls, word in STATES.values()],
    }
    return render(request, "commitments/wall/figures.html", context)


def _row(place: Place, counts: Figures) -> dict[str, Any]:
    cells = [("kept", counts.kept), ("waiting", counts.waiting), ("unkept", counts.unkept)]
    cells += [("under_way", counts.under_way), ("released", counts.released)]
    return {
        "place": place,
        "counts": counts,
        "cells": [(STATES[name][1], n) for name, n in cells],
        "percent": ratio.percent(counts.fulfilment),
        "deeper": bool(place.below),
    }


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The unit and everything below it, one line each in tree order, with the fraction's two numbers."""
    tree, here, found = _opened(request)
    chosen = campaign_of(request, found)
    under = tree.under(here.id)
    units = [unit for unit in tree.order if unit in under and tree.places[unit].open]
    out = io.BytesIO()
    headers = [
        _("单位"),
        _("上级"),
        _("承诺书"),
        _("承诺项"),
        *(word for _cls, word in STATES.values()),
        _("改过的"),
    ]
    headers += [_("兑现率分子"), _("兑现率分母"), _("兑现率")]
    write_rows(
        out, _("承诺兑现"), headers, _lines(tree, chosen, here, units), widths=[36, 28, *[9] * 8, 12, 12, 10]
    )
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = _("%(unit)s 承诺兑现 %(day)s.xlsx") % {"unit": here.name, "day": tree.day.isoformat()}
    response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-"))
    return response


def _lines(tree: Map, chosen: Counted, here: Place, units: list[int]) -> Iterator[Sequence[Any]]:
    for place, counts in figures.rolled(tree, chosen, units[:MOST]):
        above = tree.places.get(place.parent or 0)
        yield [
            place.name,
            above.name if above and place is not here else "",
            *(getattr(counts, name) for name in COLUMNS),
            counts.kept,
            counts.base,
            ratio.percent(counts.fulfilment),
        ]
    yield []
    yield [_("截至 %(day)s，按当天的组织关系统计。") % {"day": tree.day.isoformat()}]
    yield [_("兑现率 = 已兑现 ÷（承诺项 − 已解除）；每行含下级。单位按组织序列排，不按高低排。")]
    if len(units) > MOST:
        yield [_("没有列出的 %(n)d 个") % {"n": len(units) - MOST}]
