"""Reading the wall: one page of promises by unit in tree order, with names only where this reader may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhengyou.commitments.figures import HOME, PUBLIC, STATES, UNIT, Counted, Map
from zhengyou.commitments.models import Item
from zhengyou.commitments.rules_wall import CONSENT, Sight
from zhengyou.kit import sql

PAGE = 24
WORDS = {
    Item.State.OPEN: "under_way",
    Item.State.DISPUTED: "under_way",
    Item.State.CLAIMED: "waiting",
    Item.State.KEPT: "kept",
    Item.State.UNKEPT: "unkept",
    Item.State.RELEASED: "released",
}


@dataclass(slots=True)
class Line:
    """One item as it stands today; `old_*` of its newest approved change; `late` days past its date while under way."""

    public_id: str
    kind: str
    text: str
    measure: str
    due_on: date | None
    state: str
    cause: str
    explained: bool
    old_text: str
    old_due_on: date | None
    changed: int
    owner: str
    late: int = 0


@dataclass(slots=True)
class Card:
    """One promise on the wall: whose (`name` "" where it may not be shown), of which unit, its items."""

    id: int
    public_id: str
    unit: int
    of_unit: bool
    name: str
    scope: str
    served: str
    published_on: date | None
    summary: str = ""
    made_at: int = 0
    items: list[Line] = field(default_factory=list)


def condition(tree: Map, sight: Sight, text: str, unit: int | None) -> tuple[str, dict[str, Any]]:
    """What the reader's sight, the search and the chosen unit leave of the commitments, as SQL with its values."""
    parts, values = [], {}
    if seen := sight.where(tree):
        parts.append(f"({seen})")
    if unit is not None:
        parts.append(f"{UNIT} IN ({_ids(tree.old(tree.under(unit)))})")
    if text:
        named = [place.id for place in tree.places.values() if text.casefold() in place.name.casefold()]
        parts.append(
            f"""({UNIT} IN ({_ids(tree.old(named))}) OR c.id IN (SELECT x.commitment_id FROM commitments_item x
                WHERE LOWER(x.text) LIKE :text ESCAPE '!'))"""
        )
        escaped = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values["text"] = f"%{escaped}%"
    return " AND ".join(parts), values


def spread(tree: Map, counted: Counted, first: int, size: int) -> tuple[list[int], int]:
    """The units whose promises make up a page that begins at `first`, and how many of the first one's to skip."""
    units: list[int] = []
    skip = seen = 0
    for unit in tree.order:
        n = counted.shown.get(unit, 0)
        if n and seen + n > first and seen < first + size:
            if not units:
                skip = first - seen
            units.append(unit)
        seen += n
    return units, max(skip, 0)


def read(
    tree: Map,
    sight: Sight,
    campaign: int,
    where: tuple[str, Mapping[str, Any]],
    units: Sequence[int],
    *,
    size: int,
    state: str = "",
    skip: int = 0,
) -> list[Card]:
    """The promises of these units in their order, at most `size` after the first `skip`; one query."""
    if not units:
        return []
    text, values = where
    rank = {unit: n for n, unit in enumerate(units)}
    place = {old: n for unit, n in rank.items() for old in tree.old([unit])}
    order = " ".join(f"WHEN {unit} THEN {n}" for unit, n in place.items())
    has = "AND c.id IN (SELECT i.commitment_id FROM commitments_item i WHERE {})"
    some = has.format(STATES[state]) if state in STATES else ""
    cards = _cards(
        tree,
        sight,
        f"""{PUBLIC} AND c.campaign_id = :campaign AND {UNIT} IN ({_ids(place)})
            {f"AND ({text})" if text else ""} {some}
            ORDER BY CASE {UNIT} {order} END, CASE WHEN c.member_id IS NULL THEN 0 ELSE 1 END, c.id
            LIMIT :size OFFSET :skip""",
        quiet=state == "unkept",
        campaign=campaign,
        size=size,
        skip=skip,
        **values,
    )
    return sorted(cards, key=lambda card: (rank[card.unit], not card.of_unit, card.id))


def one(tree: Map, sight: Sight, public_id: str) -> Card | None:
    """One published promise, where this reader may see it; one query."""
    seen = sight.where(tree)
    found = _cards(
        tree, sight, f"{PUBLIC} AND c.public_id = :which {f'AND ({seen})' if seen else ''}", which=public_id
    )
    return found[0] if found else None


def _cards(tree: Map, sight: Sight, what: str, *, quiet: bool = False, **values: Any) -> list[Card]:
    """The cards of a condition; `quiet`: a list of what was not kept, which names nobody outside the own head's sight."""
    found = sql.rows(
        f"""SELECT w.id, w.public_id, w.unit, w.member_id, m.name, {CONSENT.format("w.member_id")}, w.scope, w.served,
              w.published_on, w.summary, w.made_at, i.public_id, i.kind, i.text, i.measure, i.due_on, i.state, i.cause,
              i.explained, h.old_text, h.old_due_on, i.changed, o.id, COALESCE(o.name, ''), {CONSENT.format("o.id")},
              i.owner_text
            FROM (SELECT c.id, c.public_id, {UNIT} AS unit, c.member_id, c.scope, c.served, c.published_on, c.summary,
                    c.unit_id AS made_at
                  FROM commitments_commitment c {HOME} WHERE {what}) w
            LEFT JOIN org_person m ON m.id = w.member_id
            LEFT JOIN commitments_item i ON i.commitment_id = w.id
            LEFT JOIN org_person o ON o.id = i.owner_id
            LEFT JOIN commitments_itemchange h ON h.id = (SELECT MAX(x.id) FROM commitments_itemchange x
              WHERE x.item_id = i.id AND x.kind = 'change' AND x.state = 20)
            ORDER BY i.place""",
        day=tree.day,
        **values,
    )
    cards: dict[int, Card] = {}
    for row in found:
        pk, public_id, unit, member, name, consent, scope, served, published, summary, made_at = row[:11]
        here = tree.now(unit)
        if pk not in cards:
            named = (
                member and sight.names(here, member, consent) and (not quiet or sight.behind(here, member))
            )
            shown = name if named else ""
            cards[pk] = Card(
                pk,
                public_id,
                here,
                member is None,
                shown or "",
                scope,
                served,
                _day(published),
                summary,
                made_at,
            )
        if row[11] is not None:
            cards[pk].items.append(_line(row[11:], tree, sight, here))
    return list(cards.values())


def _line(row: Sequence[Any], tree: Map, sight: Sight, unit: int) -> Line:
    (
        code,
        kind,
        text,
        measure,
        due,
        state,
        cause,
        explained,
        old,
        old_due,
        changed,
        owner,
        name,
        consent,
        said,
    ) = row
    state = WORDS[state]
    due_on = _day(due)
    who = name if owner is not None and sight.names(unit, owner, consent) else ""
    late = (tree.day - due_on).days if state == "under_way" and due_on and due_on < tree.day else 0
    return Line(
        code,
        kind,
        text,
        measure,
        due_on,
        state,
        cause,
        bool(explained),
        old or "",
        _day(old_due),
        changed,
        who or ("" if owner is not None else said if unit in sight.units else ""),
        late,
    )


def _day(value: Any) -> date | None:
    return sql.as_date(value) if value else None


def _ids(units: Any) -> str:
    return ", ".join(str(int(unit)) for unit in sorted(units)) or "0"
