"""Carrying out decisions: exemptions, extensions and voidings are facts; a rule undoes only what it did (CORE §3, §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from zhengyou.campaigns.duties.events import change
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit.sql import rows

RESTORED = "CASE WHEN d.first_state = 'exempt' THEN 'exempt' ELSE 'due' END"
"""The state of a duty whose voiding fell away: who joined too late is exempt as before."""


REACH = {
    "member": "JOIN campaigns_duty d ON d.slot_id = x.slot_id AND d.member_id = x.member_id WHERE {mine}",
    "unit": """JOIN campaigns_duty d ON d.slot_id = x.slot_id AND d.subject_unit_id = x.unit_id
          WHERE {mine} AND x.member_id IS NULL AND NOT x.below""",
    "below": """JOIN org_closure c ON c.ancestor_id = x.unit_id AND c.valid_from <= x.day AND c.valid_to > x.day
          JOIN campaigns_duty d ON d.unit_id = c.descendant_id AND d.slot_id = x.slot_id
          WHERE {mine} AND x.member_id IS NULL AND x.below""",
    "all": """JOIN campaigns_duty d ON d.slot_id = x.slot_id
          WHERE {mine} AND x.member_id IS NULL AND x.unit_id IS NULL""",
}
"""Whom a decision reaches: one member, one unit's own duty, a unit with all below it, everybody."""


def scope(ids: str, kind: str, reach: Iterable[str]) -> str:
    """The duties that the decisions of a kind in force reach: (id, due_on, day); `ids` are slot ids, joined by commas.

    Only the given sorts of reach are read: what nobody decided costs nothing.
    """
    mine = f"x.slot_id IN ({ids}) AND x.dropped_id IS NULL AND x.kind = '{kind}'"
    parts = [
        f"SELECT d.id, x.due_on, x.day FROM campaigns_decision x {REACH[one].format(mine=mine)}"
        for one in sorted(reach)
    ]
    return (
        f"({' UNION ALL '.join(parts)})"
        if parts
        else "(SELECT 0 AS id, NULL AS due_on, NULL AS day WHERE 1 = 0)"
    )


def in_force(slots: Iterable[int]) -> list[int]:
    """The slots among these on which anything was ever decided."""
    ids = _ids(slots)
    if not ids:
        return []
    return [
        row[0] for row in rows(f"SELECT DISTINCT slot_id FROM campaigns_decision WHERE slot_id IN ({ids})")
    ]


def decided(ids: str) -> tuple[dict[str, set[str]], set[str]]:
    """Of these slots: the kinds of decisions in force with whom they reach, and the kinds of which some were dropped."""
    reach: dict[str, set[str]] = defaultdict(set)
    dropped: set[str] = set()
    for kind, sort, stands in rows(
        f"""SELECT DISTINCT kind, CASE WHEN member_id IS NOT NULL THEN 'member' WHEN unit_id IS NULL THEN 'all'
              WHEN below THEN 'below' ELSE 'unit' END, CASE WHEN dropped_id IS NULL THEN 1 ELSE 0 END
            FROM campaigns_decision WHERE slot_id IN ({ids})"""
    ):
        if stands:
            reach[kind].add(sort)
        else:
            dropped.add(kind)
    return reach, dropped


def revive_voided(slots: Iterable[int], entry: OpenEntry, today: date) -> int:
    """Duties voided by a decision that no longer stands are due again."""
    ids = _ids(slots)
    if not ids:
        return 0
    reach, dropped = decided(ids)
    if not _may_have_lapsed("void", reach, dropped):
        return 0
    return change(
        entry,
        "unvoid",
        "again",
        f"""WHERE d.slot_id IN ({ids}) AND d.state = 'void' AND d.cause = 'decision'
            AND d.id NOT IN (SELECT y.id FROM {scope(ids, "void", reach["void"])} y)""",
        state=RESTORED,
        day=":today",
        today=today,
    )


def carry_out(slots: Iterable[int], entry: OpenEntry, today: date) -> dict[str, int]:
    """Bring the duties of these slots to what the decisions on them ask for; returns rows changed by rule.

    Extensions only lengthen. What was accepted is out of every decision's reach.
    """
    ids = _ids(slots)
    if not ids:
        return {}
    reach, dropped = decided(ids)
    done = {}

    def first(kind: str) -> str:
        return f"""JOIN (SELECT y.id, MAX(y.due_on) AS due_on, MIN(y.day) AS day FROM {scope(ids, kind, reach[kind])} y
                GROUP BY y.id) x ON x.id = d.id WHERE d.slot_id IN ({ids})"""

    if reach["void"]:
        guard = "AND d.state IN ('due', 'returned', 'submitted', 'exempt')"
        done["void"] = change(
            entry, "void", "decision", f"{first('void')} {guard}", state="'void'", day="x.day"
        )
    if _may_have_lapsed("exempt", reach, dropped):
        done["unexempt"] = change(
            entry,
            "unexempt",
            "roster",
            f"""WHERE d.slot_id IN ({ids}) AND d.state = 'exempt' AND d.cause = 'decision'
                AND d.id NOT IN (SELECT y.id FROM {scope(ids, "exempt", reach["exempt"])} y)""",
            state="'due'",
            day=":today",
            today=today,
        )
    if reach["extend"]:
        guard = "AND x.due_on > d.due_on AND d.state IN ('due', 'returned', 'submitted')"
        done["extend"] = change(
            entry, "extend", "", f"{first('extend')} {guard}", due="x.due_on", day="x.day"
        )
    if reach["exempt"]:
        guard = "AND d.state IN ('due', 'returned')"
        done["exempt"] = change(
            entry, "exempt", "decision", f"{first('exempt')} {guard}", state="'exempt'", day="x.day"
        )
    return done


def _may_have_lapsed(kind: str, reach: dict[str, set[str]], dropped: set[str]) -> bool:
    """Whether a duty may have lost its decision: one was taken back, or it may have left the unit that one reaches."""
    return kind in dropped or "below" in reach[kind]


def _ids(slots: Iterable[int]) -> str:
    return ", ".join(str(int(slot)) for slot in sorted(slots))
