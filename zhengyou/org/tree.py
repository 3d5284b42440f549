"""Reading the tree of units on a day: above, below, names, children, paths, vacancies; and what must never be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from zhengyou.kit import sql
from zhengyou.kit.sql import FAR, as_date
from zhengyou.org.models import Affiliation, Closure, Placement, Post, Unit, on

RECOUNT = """
    WITH RECURSIVE up (ancestor_id, descendant_id, valid_from, valid_to) AS (
        SELECT u.id, u.id, u.opened_on, :far FROM org_unit u
      UNION
        SELECT p.parent_id, up.descendant_id,
               CASE WHEN p.valid_from > up.valid_from THEN p.valid_from ELSE up.valid_from END,
               CASE WHEN p.valid_to < up.valid_to THEN p.valid_to ELSE up.valid_to END
        FROM up JOIN org_placement p ON p.unit_id = up.ancestor_id AND p.dropped_id IS NULL
             AND p.parent_id IS NOT NULL AND p.valid_from < up.valid_to AND p.valid_to > up.valid_from),
    edge AS (
        SELECT up.*, CASE WHEN LAG(valid_to) OVER (PARTITION BY ancestor_id, descendant_id ORDER BY valid_from)
               >= valid_from THEN 0 ELSE 1 END AS begins FROM up),
    island AS (
        SELECT edge.*, SUM(begins) OVER (PARTITION BY ancestor_id, descendant_id ORDER BY valid_from) AS no
        FROM edge),
    recount AS (
        SELECT ancestor_id, descendant_id, MIN(valid_from) AS valid_from, MAX(valid_to) AS valid_to
        FROM island GROUP BY ancestor_id, descendant_id, no)
"""
"""The closure from placements as known now (:far): intervals meet along each path, touching ones join, gaps
stay. UNION without ALL, so that it ends even where the data had a circle."""

_SAME = "SELECT ancestor_id, descendant_id, valid_from, valid_to FROM"


def root() -> Unit | None:
    """The topmost unit, or None in an empty directory."""
    return Unit.objects.filter(placements__parent=None, placements__dropped=None).order_by("id").first()


def above(unit: int, day: date) -> set[int]:
    """Ids of all units above a unit on a day."""
    found = sql.rows(
        """SELECT ancestor_id FROM org_closure WHERE descendant_id = :unit AND ancestor_id <> descendant_id
           AND valid_from <= :day AND valid_to > :day""",
        unit=unit,
        day=day,
    )
    return {row[0] for row in found}


def below(units: Iterable[int], day: date) -> QuerySet[Unit]:
    """The units themselves and everything below them on a day, as a query (never a list of ids)."""
    under = Closure.objects.filter(ancestor__in=list(units), valid_from__lte=day, valid_to__gt=day)
    return Unit.objects.filter(pk__in=under.values("descendant"))


def placed(day: date) -> QuerySet[Placement]:
    """Where every unit hangs and what it is called on a day, with its unit, in the organisation's order."""
    return Placement.objects.filter(on(day)).select_related("unit").order_by("unit__place", "unit_id")


def units_on(day: date) -> QuerySet[Placement]:
    """The units that are open on a day, with name and parent, in the organisation's order."""
    return placed(day).filter(unit__opened_on__lte=day, unit__closed_on__gt=day)


def children(unit: int, day: date) -> QuerySet[Placement]:
    """The open units directly below a unit on a day, in the organisation's order; slice it, levels can be long."""
    return units_on(day).filter(parent_id=unit)


def named(unit: Unit, day: date) -> Placement | None:
    """A unit's place and name on a day; before it existed or was placed: its first, afterwards its last."""
    rows = Placement.objects.filter(unit=unit, dropped=None).select_related("unit", "parent")
    known = rows.filter(valid_from__lte=day).order_by("-valid_from").first()
    return known or rows.order_by("valid_from").first()


def names(units: Iterable[int], day: date) -> dict[int, str]:
    """Names of units on a day by id; one query."""
    found = Placement.objects.filter(on(day), unit__in=set(units))
    return dict(found.values_list("unit_id", "name"))


def path(unit: int, day: date) -> list[Placement]:
    """From the root down to the unit itself on a day; one query."""
    return _path({"descendant": unit}, day)


def line(public_id: str, day: date) -> list[Placement]:
    """As `path`, of the unit with this address; empty where there is none, or it hangs nowhere that day; one query."""
    return _path({"descendant__public_id": public_id}, day)


def _path(of: dict[str, object], day: date) -> list[Placement]:
    above = Closure.objects.filter(**of, valid_from__lte=day, valid_to__gt=day)
    by_unit = {p.unit_id: p for p in placed(day).filter(unit__in=above.values("ancestor"))}
    out: list[Placement] = []
    lowest = by_unit.keys() - {p.parent_id for p in by_unit.values()}
    here: int | None = lowest.pop() if len(lowest) == 1 else None
    while here is not None and here in by_unit and len(out) < 100:
        out.append(by_unit[here])
        here = by_unit[here].parent_id
    return out[::-1]


_HEADS = """SELECT 0, c.ancestor_id, COUNT(*) FROM org_closure c JOIN org_affiliation a ON a.unit_id = c.descendant_id
    WHERE c.ancestor_id IN ({ids}) AND c.valid_from <= :day AND c.valid_to > :day AND a.dropped_id IS NULL
    AND a.role = 'R' AND a.valid_from <= :day AND a.valid_to > :day GROUP BY c.ancestor_id"""
_BELOW = """SELECT 1, p.parent_id, COUNT(*) FROM org_placement p JOIN org_unit u ON u.id = p.unit_id
    WHERE p.parent_id IN ({ids}) AND p.dropped_id IS NULL AND p.valid_from <= :day AND p.valid_to > :day
    AND u.closed_on > :day GROUP BY p.parent_id"""


def headcounts(units: Sequence[int], day: date) -> dict[int, int]:
    """Members registered in each of these units or below it on a day (DOMAIN.md golden case 7); one query."""
    return _counts(_HEADS, units, day)[0]


def sizes(units: Sequence[int], day: date) -> tuple[dict[int, int], dict[int, int]]:
    """`headcounts` and `child_counts` of these units; one query."""
    return _counts(f"{_HEADS} UNION ALL {_BELOW}", units, day)


def _counts(query: str, units: Sequence[int], day: date) -> tuple[dict[int, int], dict[int, int]]:
    found: tuple[dict[int, int], dict[int, int]] = ({}, {})
    if units:
        for part, unit, n in sql.rows(query.format(ids=", ".join(str(int(u)) for u in units)), day=day):
            found[part][unit] = n
    return found


def child_counts(units: Sequence[int], day: date) -> dict[int, int]:
    """How many open units hang directly below each of these on a day; one query."""
    found = (
        Placement.objects.filter(on(day), parent__in=list(units), unit__closed_on__gt=day)
        .values("parent")
        .annotate(n=Count("pk"))
    )
    return {row["parent"]: row["n"] for row in found}


def affiliations_in(unit: int, day: date, *, deep: bool = False, role: str = "R") -> QuerySet[Affiliation]:
    """Affiliations of a role in a unit on a day; `deep`: also in all units below it."""
    rows = Affiliation.objects.filter(on(day), role=role)
    return rows.filter(unit__in=below([unit], day)) if deep else rows.filter(unit=unit)


def led(day: date) -> QuerySet:
    """Ids of the units that have a first responsible person on a day, as a query."""
    return Post.objects.filter(on(day), first_responsible=True).values("unit")


@dataclass
class Vacancy:
    """A unit without a first responsible person, and since when."""

    unit: int
    public_id: str
    kind: str
    name: str
    since: date
    days: int
    kind_label: str = ""


_VACANT = """
    FROM org_placement p JOIN org_unit u ON u.id = p.unit_id
    WHERE p.dropped_id IS NULL AND p.valid_from <= :day AND p.valid_to > :day
    AND u.opened_on <= :day AND u.closed_on > :day
    AND NOT EXISTS (SELECT 1 FROM org_post t WHERE t.unit_id = u.id AND t.dropped_id IS NULL
        AND t.first_responsible AND t.valid_from <= :day AND t.valid_to > :day)
"""


def _within(units: Iterable[int] | None) -> str:
    if units is None:
        return ""
    ids = ", ".join(str(int(u)) for u in units) or "0"
    return f"""AND u.id IN (SELECT descendant_id FROM org_closure WHERE ancestor_id IN ({ids})
               AND valid_from <= :day AND valid_to > :day)"""


def vacancies(
    day: date, within: Iterable[int] | None = None, *, start: int = 0, limit: int = 50
) -> list[Vacancy]:
    """The vacancy list (S13): open units without a first responsible person, `within` these units and below."""
    found = sql.rows(
        f"""SELECT u.id, u.public_id, u.kind, p.name, u.opened_on,
                (SELECT MAX(t.valid_to) FROM org_post t WHERE t.unit_id = u.id AND t.dropped_id IS NULL
                 AND t.first_responsible AND t.valid_to <= :day)
            {_VACANT} {_within(within)} ORDER BY u.place, u.id LIMIT :limit OFFSET :start""",
        day=day,
        limit=limit,
        start=start,
    )
    out = []
    for unit, public_id, kind, name, opened, ended in found:
        since = as_date(ended or opened)
        out.append(Vacancy(unit, public_id, kind, name, since, (day - since).days))
    return out


def count_vacancies(day: date, within: Iterable[int] | None = None) -> int:
    """How many units have no first responsible person on a day."""
    return int(sql.rows(f"SELECT COUNT(*) {_VACANT} {_within(within)}", day=day)[0][0])


def faults() -> list[tuple]:
    """What must never be, at most 20 of each kind; empty when all is well (CORE §6).

    ("overlap", person): two registered units at one instant; ("closed", person): registered after the unit's end;
    ("closure", ancestor, descendant): the closure differs from its recount.
    """
    found = sql.rows(
        """SELECT DISTINCT 'overlap', a.person_id FROM org_affiliation a JOIN org_affiliation b
           ON b.person_id = a.person_id AND b.id <> a.id AND b.role = 'R' AND b.dropped_id IS NULL
           AND b.valid_from < a.valid_to AND b.valid_to > a.valid_from
           WHERE a.role = 'R' AND a.dropped_id IS NULL LIMIT 20"""
    )
    found += sql.rows(
        """SELECT 'closed', a.person_id FROM org_affiliation a JOIN org_unit u ON u.id = a.unit_id
           WHERE a.role = 'R' AND a.dropped_id IS NULL AND a.valid_to > u.closed_on LIMIT 20"""
    )
    found += sql.rows(
        f"""{RECOUNT} SELECT 'closure', d.ancestor_id, d.descendant_id FROM (
              SELECT * FROM ({_SAME} recount EXCEPT {_SAME} org_closure) x
              UNION ALL SELECT * FROM ({_SAME} org_closure EXCEPT {_SAME} recount) y) d LIMIT 20""",
        far=FAR,
    )
    return found


def search(text: str, day: date, within: Q) -> QuerySet[Placement]:
    """Open units whose name contains the text on a day, limited by `within`."""
    return units_on(day).filter(within, name__icontains=text)
