"""What must never be, each a query (CORE §6); empty when all is well. Run nightly and after every step of the random test."""

from __future__ import annotations

from zhengyou.kit.sql import FAR, rows

CHECKS = {
    "two registered units at once": """
        SELECT a.person_id FROM org_affiliation a JOIN org_affiliation b ON b.person_id = a.person_id AND b.id <> a.id
          AND b.role = 'R' AND b.dropped_id IS NULL AND b.valid_from < a.valid_to AND b.valid_to > a.valid_from
        WHERE a.role = 'R' AND a.dropped_id IS NULL""",
    "registered in a closed unit": """
        SELECT a.person_id FROM org_affiliation a JOIN org_unit u ON u.id = a.unit_id
        WHERE a.role = 'R' AND a.dropped_id IS NULL AND a.valid_to > u.closed_on""",
    "a duty differs from its last event": """
        SELECT d.id FROM (SELECT duty_id, MAX(id) AS id FROM campaigns_dutyevent GROUP BY duty_id) l
        JOIN campaigns_dutyevent e ON e.id = l.id JOIN campaigns_duty d ON d.id = l.duty_id
        WHERE e.to_state <> d.state OR e.to_unit_id <> d.unit_id OR e.to_due_on <> d.due_on OR e.day <> d.last_day""",
    "a duty without events differs from its birth": """
        SELECT d.id FROM campaigns_duty d WHERE (d.state <> d.first_state OR d.unit_id <> d.first_unit_id
          OR d.due_on <> d.first_due_on) AND NOT EXISTS (SELECT 1 FROM campaigns_dutyevent e WHERE e.duty_id = d.id)""",
    "an event does not begin where the one before ended": """
        SELECT e.duty_id FROM (
          SELECT x.duty_id, x.day, x.from_state, x.from_unit_id, x.from_due_on,
            LAG(x.to_state) OVER w AS state, LAG(x.to_unit_id) OVER w AS unit, LAG(x.to_due_on) OVER w AS due,
            LAG(x.day) OVER w AS before
          FROM campaigns_dutyevent x WINDOW w AS (PARTITION BY x.duty_id ORDER BY x.id)) e
        WHERE e.state IS NOT NULL AND (e.from_state <> e.state OR e.from_unit_id <> e.unit OR e.from_due_on <> e.due
          OR e.day < e.before)""",
    "counts differ from duties": """
        SELECT t.unit_id FROM (
          SELECT unit_id, slot_id, state, due_on, n FROM campaigns_balance
          UNION ALL SELECT c.ancestor_id, d.slot_id, d.state, d.due_on, d.n FROM campaigns_delta d
            JOIN org_closure c ON c.descendant_id = d.unit_id AND c.valid_to = :far
          UNION ALL SELECT c.ancestor_id, g.slot_id, g.state, g.due_on, -g.n FROM (
              SELECT unit_id, slot_id, state, due_on, COUNT(*) AS n FROM campaigns_duty GROUP BY 1, 2, 3, 4) g
            JOIN org_closure c ON c.descendant_id = g.unit_id AND c.valid_to = :far) t
        GROUP BY t.unit_id, t.slot_id, t.state, t.due_on HAVING SUM(t.n) <> 0""",
    "balance differs from ledger": """
        SELECT t.unit_id FROM (SELECT unit_id, slot_id, state, due_on, n FROM campaigns_balance
          UNION ALL SELECT unit_id, slot_id, state, due_on, -n FROM campaigns_ledger) t
        GROUP BY t.unit_id, t.slot_id, t.state, t.due_on HAVING SUM(t.n) <> 0""",
    "in review without a paper waiting, or the other way round": """
        SELECT d.id FROM campaigns_duty d WHERE d.state = 'submitted' AND NOT EXISTS (
          SELECT 1 FROM campaigns_submission x WHERE x.duty_id = d.id AND x.state = 10)
        UNION ALL SELECT d.id FROM campaigns_submission x JOIN campaigns_duty d ON d.id = x.duty_id
          WHERE x.state = 10 AND d.state <> 'submitted'""",
    "open in a closed unit": """
        SELECT d.id FROM campaigns_duty d JOIN org_unit u ON u.id = d.unit_id AND u.closed_on <> :far
        WHERE d.state IN ('due', 'returned', 'submitted')""",
    "two papers waiting for one duty": """
        SELECT x.duty_id FROM campaigns_submission x WHERE x.state = 10 GROUP BY x.duty_id HAVING COUNT(*) > 1""",
}


def faults(limit: int = 20) -> list[tuple[str, int]]:
    """(what is wrong, id of the person, unit or duty), at most `limit` of each kind."""
    return [
        (what, int(row[0]))
        for what, query in CHECKS.items()
        for row in rows(f"{query} LIMIT {int(limit)}", far=FAR)
    ]
