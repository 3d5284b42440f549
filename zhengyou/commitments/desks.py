"""At whose desk a published promise waits to be judged: one statement for the desk's count and for the list.

The same rule as `campaigns.reviewers.Reviewers.desk` with the tier `parent`: a member's item in the own unit of today, a
unit's in the one above its successor of today, never at or below a unit at which an author (whose it is, who claimed,
who answers for it) reviews; what is vacant falls to the next above; at the root to the office, then to another holder.
"""

from __future__ import annotations

from typing import Any

from zhengyou.commitments.models import Commitment, Item, ItemChange
from zhengyou.org import current
from zhengyou.org.rules import Authority

PUBLIC = f"{int(Commitment.State.PUBLISHED)}, {int(Commitment.State.SETTLED)}"
ON = "{0}.dropped_id IS NULL AND {0}.valid_from <= :day AND {0}.valid_to > :day"
HOLDS = "{0}.valid_from <= :day AND {0}.valid_to > :day"
AUTHORS = "(COALESCE(x.member, 0), COALESCE(x.claimed, 0), COALESCE(x.owner, 0))"
S = Item.State
WAITS = f"""(i.state = {int(S.CLAIMED)} OR (i.state IN ({int(S.OPEN)}, {int(S.DISPUTED)}) AND i.due_on < :day)
    OR EXISTS (SELECT 1 FROM commitments_itemchange h WHERE h.item_id = i.id AND h.state = {int(ItemChange.State.ASKED)}))"""
"""An item (i) of a public commitment that somebody is to confirm, to decide a change of, or to close past its day."""


LATER = """WITH RECURSIVE later(old, unit, step) AS (
    SELECT s.old_id, s.new_id, 1 FROM org_succession s WHERE s.id IN (
        SELECT MIN(f.id) FROM org_succession f WHERE f.day <= :day GROUP BY f.old_id)
    UNION ALL SELECT p.old, s.new_id, p.step + 1 FROM later p JOIN org_succession s ON s.old_id = p.unit AND s.id IN (
        SELECT MIN(f.id) FROM org_succession f WHERE f.day <= :day GROUP BY f.old_id) WHERE p.step < 50)
  SELECT old, unit FROM later"""
"""Closed unit -> those along its first succession edges; only the one that stands has a place in the closure."""


def waiting(authority: Authority) -> tuple[str, dict[str, Any]]:
    """A statement of what waits at this person (item, due_on, unit it is kept in today), and its values (:day, :me apart)."""
    bench = Bench(authority)
    item = """i.id AS item, i.due_on AS due, {0} AS home, k.ancestor_id AS desk, {1} AS unit, c.member_id AS member,
          i.claimed_by_id AS claimed, i.owner_id AS owner"""
    items = f"JOIN commitments_item i ON i.commitment_id = c.id AND {WAITS}"
    text = f"""SELECT {item.format("k.descendant_id", 0)} FROM org_closure k
        JOIN org_affiliation a ON a.unit_id = k.descendant_id AND a.role = 'R' AND {ON.format("a")}
        JOIN commitments_commitment c ON c.member_id = a.person_id AND c.state IN ({PUBLIC}) {items}
        WHERE {bench.down} AND (k.descendant_id = k.ancestor_id
          OR NOT EXISTS (SELECT 1 FROM org_post t WHERE t.unit_id = k.descendant_id AND {bench.reviews}))
      UNION SELECT {item.format("a.unit_id", 0)} FROM org_post t
        JOIN org_affiliation a ON a.person_id = t.person_id AND a.role = 'R' AND {ON.format("a")}
        JOIN org_closure k ON k.descendant_id = a.unit_id AND {bench.down}
        JOIN commitments_commitment c ON c.member_id = t.person_id AND c.state IN ({PUBLIC}) {items}
        WHERE {bench.reviews}
      UNION SELECT {item.format("k.descendant_id", 1)} FROM org_closure k
        JOIN commitments_commitment c ON c.unit_id = k.descendant_id AND c.member_id IS NULL AND c.state IN ({PUBLIC}) {items}
        WHERE {bench.down}
      UNION SELECT {item.format("k.descendant_id", 1)} FROM ({LATER}) l
        JOIN org_closure k ON k.descendant_id = l.unit AND {bench.down}
        JOIN commitments_commitment c ON c.unit_id = l.old AND c.member_id IS NULL AND c.state IN ({PUBLIC}) {items}"""
    return bench.mine(text), bench.values


def asked(authority: Authority) -> tuple[str, dict[str, Any]]:
    """Likewise the difficulties of which a unit wants to make a new promise (deed, its date, unit of today)."""
    bench = Bench(authority)
    deed = """e.id AS item, e.ask_on AS due, k.descendant_id AS home, k.ancestor_id AS desk, 1 AS unit, 0 AS member,
          e.ask_by_id AS claimed, e.owner_id AS owner"""
    waits = "e.ask_on IS NOT NULL AND e.item_id IS NULL AND e.ask_answer = ''"
    text = f"""SELECT {deed} FROM commitments_deed e
        JOIN org_closure k ON k.descendant_id = e.unit_id AND {bench.down} WHERE {waits}
      UNION SELECT {deed} FROM commitments_deed e JOIN ({LATER}) l ON l.old = e.unit_id
        JOIN org_closure k ON k.descendant_id = l.unit AND {bench.down} WHERE {waits}"""
    return bench.mine(text), bench.values


def alerted(authority: Authority) -> str:
    """A statement of the items (rows) whose claim was refused the third time below the units in which this person reviews."""
    mine = ", ".join(str(int(unit)) for unit in authority.units_with("review")) or "0"
    return f"""SELECT i.id FROM commitments_item i WHERE i.alerts_at_id IS NOT NULL
        AND i.state IN ({int(S.OPEN)}, {int(S.CLAIMED)}, {int(S.DISPUTED)}) AND (i.alerts_at_id IN ({mine})
          OR i.alerts_at_id IN (SELECT l.old FROM ({LATER}) l WHERE l.unit IN ({mine})))"""


class Bench:
    """The rule of `Reviewers.desk` as conditions, for the units in which one person reviews."""

    def __init__(self, authority: Authority):
        found = current.frame(authority.day)
        codes = sorted(post for post, may in found.may.items() if "review" in may) if found else []
        self.values: dict[str, Any] = {f"reviews{i}": code for i, code in enumerate(codes)}
        named = ", ".join(f":{name}" for name in self.values) or "''"
        self.reviews = f"t.post IN ({named}) AND {ON.format('t')}"
        self.root = int((found.root if found else None) or 0)
        mine = ", ".join(str(int(unit)) for unit in authority.units_with("review")) or "0"
        self.down = f"k.ancestor_id IN ({mine}) AND {HOLDS.format('k')}"

    def mine(self, candidates: str) -> str:
        """Of these rows (item, due, home, desk, unit, member, claimed, owner) those that wait at :me."""
        reviews, root = self.reviews, self.root
        return f"""SELECT x.item, x.due, x.home FROM ({candidates}
    ) x WHERE :me NOT IN {AUTHORS} AND (
      ((x.unit = 0 OR x.desk <> x.home) AND NOT EXISTS ({self._author_above("x.desk")}) AND NOT EXISTS (
        SELECT 1 FROM org_closure m JOIN org_closure b ON b.descendant_id = m.ancestor_id AND b.ancestor_id = x.desk
          AND {HOLDS.format("b")} JOIN org_post t ON t.unit_id = m.ancestor_id AND {reviews}
        WHERE m.descendant_id = x.home AND {HOLDS.format("m")} AND m.ancestor_id <> x.desk
          AND (x.unit = 0 OR m.ancestor_id <> x.home) AND t.person_id NOT IN {AUTHORS}
          AND NOT EXISTS ({self._author_above("m.ancestor_id")})))
      OR (x.desk = {root} AND ((x.unit = 1 AND x.home = {root}) OR EXISTS ({self._author_above(str(root))}))
        AND (EXISTS (SELECT 1 FROM org_post t WHERE t.unit_id = {root} AND t.post = 'office' AND t.person_id = :me
            AND {reviews})
          OR NOT EXISTS (SELECT 1 FROM org_post t WHERE t.unit_id = {root} AND t.post = 'office'
            AND t.person_id NOT IN {AUTHORS} AND {reviews}))))"""

    def _author_above(self, unit: str) -> str:
        """Rows where an author of x reviews at a unit (an expression) or above it."""
        return f"""SELECT 1 FROM org_post t JOIN org_closure o ON o.ancestor_id = t.unit_id AND o.descendant_id = {unit}
        AND {HOLDS.format("o")} WHERE t.person_id IN {AUTHORS} AND {self.reviews}"""
