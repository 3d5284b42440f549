"""What is overdue for longer than the pack's grace, on the desk of the next first responsible person up: counts by unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from zhengyou.kit import sql

MOST = 3000


@dataclass(slots=True)
class Behind:
    """A unit below in which things are overdue beyond the grace: how many, the oldest by how many days. Never names."""

    public_id: str
    name: str
    n: int
    days: int


def read(unit: int, grace: Mapping[int, int], day: date) -> list[Behind]:
    """For whoever is first responsible for `unit`; `grace` is days by running campaign (others never escalate). One query.

    Each unit escalates to the nearest unit above it that has a first responsible person: vacant levels are passed over.
    """
    if not grace:
        return []
    holds = "{0}.valid_from <= :day AND {0}.valid_to > :day"
    campaigns = ", ".join(str(int(pk)) for pk in grace)
    out: dict[str, Behind] = {}
    for code, name, campaign, due, n in sql.rows(
        f"""SELECT u.public_id, p.name, t.campaign_id, d.due_on, COUNT(*)
            FROM org_closure k JOIN campaigns_duty d ON d.unit_id = k.descendant_id
              AND d.state IN ('due', 'returned') AND d.due_on < :until
            JOIN campaigns_slot s ON s.id = d.slot_id AND s.closed_on > :day JOIN campaigns_task t ON t.id = s.task_id
              AND t.campaign_id IN ({campaigns})
            JOIN org_unit u ON u.id = k.descendant_id
            JOIN org_placement p ON p.unit_id = u.id AND p.dropped_id IS NULL AND {holds.format("p")}
            WHERE k.ancestor_id = :unit AND k.descendant_id <> :unit AND {holds.format("k")}
              AND NOT EXISTS (SELECT 1 FROM org_closure m
                JOIN org_closure b ON b.descendant_id = m.ancestor_id AND b.ancestor_id = :unit AND {holds.format("b")}
                JOIN org_post o ON o.unit_id = m.ancestor_id AND o.first_responsible AND o.dropped_id IS NULL
                  AND {holds.format("o")}
                WHERE m.descendant_id = k.descendant_id AND m.ancestor_id NOT IN (k.descendant_id, :unit)
                  AND {holds.format("m")})
            GROUP BY u.place, u.id, u.public_id, p.name, t.campaign_id, d.due_on
            ORDER BY u.place, u.id, d.due_on LIMIT {MOST}""",
        unit=unit,
        day=day,
        until=day - timedelta(days=min(grace.values())),
    ):
        late = (day - sql.as_date(due)).days
        if late > grace[campaign]:
            found = out.setdefault(code, Behind(code, name, 0, 0))
            found.n += n
            found.days = max(found.days, late)
    return list(out.values())
