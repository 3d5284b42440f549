"""The wall of promises, without signing in for the open web's scope; one promise with its way; the printed poster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from zhengyou.commitments import figures, walls
from zhengyou.commitments.figures import Counted, Figures, Map, Place
from zhengyou.commitments.models import Commitment, ItemChange, ItemEvent
from zhengyou.commitments.rules_wall import INSIDE, NONE, WEB, Sight
from zhengyou.kit import clock, ratio
from zhengyou.org import current

STATES: dict[str, tuple[str, Any]] = {
    "kept": ("ok", gettext_lazy("已兑现")),
    "waiting": ("rev", gettext_lazy("等确认")),
    "unkept": ("back", gettext_lazy("没做到")),
    "under_way": ("", pgettext_lazy("promise", "进行中")),
    "released": ("ex", gettext_lazy("已解除")),
}
"""State of an item -> class of its shape, word (LOOK.md §4)."""
SEGMENTS = (("kept", "ok"), ("waiting", "rev"), ("unkept", "late"), ("under_way", "open"), ("released", "ex"))
SCOPES = {
    Commitment.Scope.UNIT: pgettext_lazy("scope", "本单位"),
    Commitment.Scope.ORGANISATION: pgettext_lazy("scope", "全组织"),
    Commitment.Scope.WEB: pgettext_lazy("scope", "互联网公开"),
}
REACH = {"unit": NONE, "all": INSIDE, "web": WEB}
STEPS = {
    ItemEvent.Kind.PUBLISHED: gettext_lazy("公布"),
    ItemEvent.Kind.CLAIMED: gettext_lazy("报做到了"),
    ItemEvent.Kind.CONFIRMED: gettext_lazy("确认做到了"),
    ItemEvent.Kind.DISPUTED: gettext_lazy("认为还没做到"),
    ItemEvent.Kind.CHANGED: gettext_lazy("经审核同意修改"),
    ItemEvent.Kind.RELEASED: gettext_lazy("经审核同意解除"),
    ItemEvent.Kind.UNKEPT: gettext_lazy("没做到"),
}
"""The steps that everybody may read; what was said with them stays with the unit."""
MOST_UNITS = 200
"""Units offered in the filter; a larger organisation is offered the level below the chosen one."""
ON_POSTER = 8


@dataclass
class Wall:
    """What the pages of the wall share: the tree of the day, what this reader sees, the reader's filters."""

    tree: Map
    sight: Sight
    text: str
    unit: Place | None
    state: str

    @classmethod
    def of(cls, request: HttpRequest) -> Wall:
        """Read the tree and the filters of the address; an unknown unit filters nothing."""
        tree = Map(clock.today())
        ask = request.GET
        state = ask.get("state", "")
        return cls(
            tree,
            Sight.of(request.authority, tree),  # type: ignore[attr-defined]
            " ".join(ask.get("q", "").replace("\0", "").split())[:60],
            tree.find(ask.get("unit", "")),
            state if state in figures.STATES else "",
        )

    @property
    def where(self) -> tuple[str, dict[str, Any]]:
        """The condition on commitments that the sight and the filters leave."""
        return walls.condition(self.tree, self.sight, self.text, self.unit.id if self.unit else None)


@login_not_required
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The wall: figures, filters, one page of promises by unit in tree order."""
    asked = Wall.of(request)
    where = asked.where
    found = figures.count(asked.tree, *where, state=asked.state)
    chosen = campaign_of(request, found)
    page = _page(request, sum(chosen.shown.values()))
    units, skip = walls.spread(asked.tree, chosen, page.start, walls.PAGE)
    cards = walls.read(
        asked.tree, asked.sight, chosen.campaign, where, units, state=asked.state, skip=skip, size=walls.PAGE
    )
    context = {
        "title": label_of(chosen),
        "campaigns": [(one.campaign, label_of(one)) for one in found] if len(found) > 1 else [],
        "campaign": chosen.campaign,
        "asked": asked,
        "page": page,
        "strip": strip(chosen.total, lambda name: _narrowed(request, name)),
        "cards": [card_of(request, card, asked.tree) for card in cards],
        "units": _options(asked, chosen),
        "states": [(name, word) for name, (_cls, word) in STATES.items()] + [("changed", _("改过的"))],
        "today": asked.tree.day,
        "filtered": bool(asked.text or asked.unit or asked.state),
        "poster": reverse("wall_poster", args=[asked.unit.public_id]) if asked.unit else "",
        "by_unit": asked.sight.signed_in and bool(request.authority.posts),  # type: ignore[attr-defined]
    }
    return render(request, "commitments/wall/wall.html", context)


@dataclass
class Page:
    """Where in the list the reader is; the addresses before and after."""

    number: int
    pages: int
    count: int
    before: str
    after: str

    @property
    def start(self) -> int:
        """How many promises stand before this page."""
        return (self.number - 1) * walls.PAGE


def _page(request: HttpRequest, count: int) -> Page:
    pages = max((count + walls.PAGE - 1) // walls.PAGE, 1)
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    query = request.GET.copy()

    def link(to: int) -> str:
        query["page"] = str(to)
        return "?" + query.urlencode()

    return Page(
        number,
        pages,
        count,
        link(number - 1) if number > 1 else "",
        link(number + 1) if number < pages else "",
    )


def campaign_of(request: HttpRequest, found: list[Counted]) -> Counted:
    """The campaign that the address asks for, else the newest; an empty one where nothing was published."""
    asked = request.GET.get("campaign", "")
    chosen = next((one for one in found if str(one.campaign) == asked), None)
    return chosen or (found[0] if found else Counted(0, "", ""))


def label_of(counted: Counted) -> str:
    """A campaign's name in the reader's language."""
    zh, en = counted.zh, counted.en
    return (en or zh) if current.language() == "en" else (zh or en)


def _narrowed(request: HttpRequest, state: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["state"] = state
    return "?" + query.urlencode()


def strip(found: Figures, link: Any) -> dict[str, Any]:
    """The figures of the wall: the bar of disjoint parts and what each counts; `link` maps a figure to its address."""
    room, x, parts = 600 - 1.5 * 4, 0.0, []
    for name, cls in SEGMENTS:
        n = getattr(found, name)
        if n:
            width = max(room * n / max(found.items, 1), 3)
            parts.append({"cls": cls, "x": f"{x:.1f}", "width": f"{width:.1f}"})
            x += width + 1.5
    words = [f"{STATES[name][1]} {getattr(found, name)}" for name, _cls in SEGMENTS]
    return {
        "figures": found,
        "percent": ratio.percent(found.fulfilment),
        "parts": parts,
        "label": _("，").join(words),
        "cells": [
            {"cls": cls, "word": STATES[name][1], "n": getattr(found, name), "url": link(name)}
            for name, cls in SEGMENTS
        ],
        "changed": link("changed"),
    }


def card_of(request: HttpRequest, card: walls.Card, tree: Map) -> dict[str, Any]:
    """One promise for the page: who, of which unit, the items with their shapes and words."""
    part = request.part  # type: ignore[attr-defined]
    place = tree.places[card.unit]
    terms = part.words(current.language()) if part else {}
    word = terms.get("member", "")
    who = place.name if card.of_unit else card.name or _("一名%(member)s") % {"member": word}
    kind = part.label(place.kind, current.language()) if part else ""
    return {
        "card": card,
        "who": who,
        "facts": kind if card.of_unit else f"{word} · {place.name}",
        "came_from": tree.places[card.made_at].name
        if card.of_unit and card.made_at != card.unit and card.made_at in tree.places
        else "",
        "items": [
            {"line": line, "cls": STATES[line.state][0], "word": STATES[line.state][1]} for line in card.items
        ],
        "url": reverse("wall_promise", args=[card.public_id]),
        "ask": reverse("wall_ask", args=[card.public_id]),
        "scope": SCOPES[Commitment.Scope(card.scope)],
    }


def _options(asked: Wall, counted: Counted) -> list[tuple[str, str, bool]]:
    """Units to choose from: those with promises that this reader sees, and what lies above them; (address, name, chosen)."""
    tree, held = asked.tree, {unit for unit, n in counted.units.items() if n.promises}
    if asked.unit or asked.text:
        held |= {unit.id for unit in tree.line(asked.unit.id)} if asked.unit else set()
        held |= set(tree.order) if asked.sight.signed_in else set()
    wanted = {place.id for unit in held if unit in tree.places for place in tree.line(unit)}
    chosen = [unit for unit in tree.order if unit in wanted and tree.places[unit].open]
    if len(chosen) > MOST_UNITS:
        near = set()
        if asked.unit:
            near = {place.id for place in tree.line(asked.unit.id)} | set(asked.unit.below)
        chosen = [unit for unit in chosen if tree.places[unit].level < 2 or unit in near][:MOST_UNITS]
    here = asked.unit.id if asked.unit else None
    return [
        (place.public_id, "\u2003" * max(place.level - 1, 0) + place.name, place.id == here)
        for place in (tree.places[unit] for unit in chosen)
    ]


@login_not_required
@require_safe
def promise(request: HttpRequest, public_id: str) -> HttpResponse:
    """One promise with the way of each item; old words stay beside the new ones."""
    tree = Map(clock.today())
    sight = Sight.of(request.authority, tree)  # type: ignore[attr-defined]
    card = walls.one(tree, sight, public_id)
    if card is None:
        raise Http404
    near = card.unit in sight.units
    shown = card_of(request, card, tree)
    changes: dict[str, list[ItemChange]] = {}
    approved = ItemChange.objects.filter(
        item__commitment=card.id, state=ItemChange.State.APPROVED
    ).select_related("item")
    for change in approved.order_by("id"):
        changes.setdefault(change.item.public_id, []).append(change)
    steps: dict[str, list[dict[str, Any]]] = {}
    events = ItemEvent.objects.filter(item__commitment=card.id, kind__in=STEPS).select_related("item")
    for event in events.order_by("id")[:500]:
        word = STEPS[ItemEvent.Kind(event.kind)]
        steps.setdefault(event.item.public_id, []).append({"day": event.day, "word": word})
    for item in shown["items"]:
        item["changes"] = changes.get(item["line"].public_id, [])
        item["steps"] = steps.get(item["line"].public_id, [])
    context = {"shown": shown, "card": card, "near": near, "reasons": near or card.of_unit}
    return render(request, "commitments/wall/promise.html", context)


@login_not_required
@require_safe
def poster(request: HttpRequest, public_id: str) -> HttpResponse:
    """One unit's promises on one A4 page with a QR code; scope and consent are named on it."""
    tree = Map(clock.today())
    sight = Sight.of(request.authority, tree)  # type: ignore[attr-defined]
    unit = tree.find(public_id)
    if unit is None:
        raise Http404
    offered = [scope for scope in ("unit", "all", "web") if _offers(sight, unit.id, scope)]
    asked = request.GET.get("for", "")
    scope = asked if asked in offered else offered[0]
    printed = Sight(None, scope != "web", False, frozenset({unit.id} if scope == "unit" else ()))
    where = walls.condition(tree, printed, "", None)
    counted = campaign_of(request, figures.count(tree, *where))
    n = counted.shown.get(unit.id, 0)
    if not n and not sight.signed_in:
        raise Http404
    cards = walls.read(tree, printed, counted.campaign, where, [unit.id], size=ON_POSTER) if n else []
    lines = [(card_of(request, card, tree), item) for card in cards for item in card.items]
    above = tree.places.get(unit.parent or 0)
    context = {
        "title": label_of(counted),
        "unit": unit,
        "above": above,
        "lines": [_printed(shown, item) for shown, item in lines[:ON_POSTER]],
        "left": counted.units.get(unit.id, Figures()).items - len(lines[:ON_POSTER]),
        "small": len(lines) > 4,
        "scope": SCOPES[Commitment.Scope(scope)],
        "scopes": [(one, SCOPES[Commitment.Scope(one)], one == scope) for one in offered],
        "names": {"unit": "near", "all": "consent", "web": "consent"}[scope],
        "published": max((card.published_on for card in cards if card.published_on), default=None),
        "today": tree.day,
        "qr": _qr(request.build_absolute_uri(reverse("wall") + f"?unit={unit.public_id}")),
        "back": reverse("wall") + f"?unit={unit.public_id}",
    }
    return render(request, "commitments/wall/poster.html", context)


def _offers(sight: Sight, unit: int, scope: str) -> bool:
    """Whether this reader may print for a scope: for the unit only who sees it by row, for the organisation who signed in."""
    return {"unit": unit in sight.units, "all": sight.signed_in, "web": True}[scope]


def _printed(shown: dict[str, Any], line: walls.Line) -> dict[str, Any]:
    """One line of the poster: the words, who answers for it where the name may be printed, the day, how it stands."""
    of_unit = shown["card"].of_unit
    who = line.owner if of_unit else shown["who"]
    state = STATES[line.state][1] if line.state != "under_way" else ""
    return {"text": line.text, "who": who, "owner": of_unit, "due_on": line.due_on, "state": state}


def _qr(address: str) -> str:
    """An address as a QR drawing in SVG, without style attributes (strict CSP)."""
    drawn = segno.make(address, error="m", micro=False)
    title = _("二维码：打开本单位的公开承诺")
    return mark_safe(drawn.svg_inline(border=2, omitsize=True, svgclass="zy-qr", title=title))
