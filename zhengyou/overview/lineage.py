"""A unit's series as it was and as it is now: its own figures, and those of the units whose work it carries on (S1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from zhengyou.campaigns.figures.board import Figures, total
from zhengyou.kit import sql
from zhengyou.overview import counts
from zhengyou.overview.moment import Moment
from zhengyou.overview.plan import Choice

MOST = 50
"""Units before a unit that are read at most."""


@dataclass(slots=True)
class Forebear:
    """A unit whose work the other carries on: how it was called last, when it closed, what is still counted to it.

    `shared` says that other units carry on its work too, so its figures stand in their series as well.
    """

    id: int
    public_id: str
    name: str
    closed_on: date
    shared: bool
    figures: Figures = field(default_factory=Figures)


@dataclass(slots=True)
class Lineage:
    """The units before a unit, nearest first, with the series as it was (`own`) and as it is now (`now`)."""

    forebears: list[Forebear]
    own: Figures
    now: Figures


def read(unit: int, own: Figures, choice: Choice) -> Lineage:
    """The lineage of a unit at the moment of the choice, with the figures that the choice asks for. Two queries."""
    found = before(unit, choice.moment)
    counted = counts.read([one.id for one in found], choice.slots, choice.moment)
    for one in found:
        one.figures = counted.of(one.id)
    return Lineage(found, own, total([own, *(one.figures for one in found)]))


def before(unit: int, moment: Moment) -> list[Forebear]:
    """All units from which this one descends by mergers, splits and dissolutions up to the moment."""
    happened = moment.happened("x")
    rows = sql.rows(
        f"""WITH RECURSIVE line (id, step) AS (
              SELECT x.old_id, 1 FROM org_succession x WHERE x.new_id = :unit AND {happened}
              UNION SELECT x.old_id, line.step + 1 FROM line JOIN org_succession x ON x.new_id = line.id
              WHERE {happened} AND line.step < {MOST})
            SELECT u.id, u.public_id, p.name, u.closed_on,
              (SELECT COUNT(*) FROM org_succession x WHERE x.old_id = u.id AND {happened}), MIN(line.step)
            FROM line JOIN org_unit u ON u.id = line.id
            JOIN org_placement p ON p.unit_id = u.id AND {moment.hangs("p")}
            WHERE u.id <> :unit GROUP BY u.id, u.public_id, p.name, u.closed_on ORDER BY 6, u.closed_on, u.id LIMIT {MOST}""",
        unit=unit,
        day=moment.day,
        last=moment.last or 0,
    )
    return [
        Forebear(pk, public, name, sql.as_date(closed), heirs > 1)
        for pk, public, name, closed, heirs, _step in rows
    ]
