"""Carrying out decisions: exemptions, extensions and voidings are facts; a rule undoes only what it did (CORE §3, §4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from zhengyou.campaigns.duties.events import change
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit.sql import rows

RESTORED = "CASE WHEN d.first_state = 'exempt' THEN 'exempt' ELSE 'due' END"
"""The state of a duty whose voiding fell away: who joined too late is exempt as before."""


def scope(ids: str) -> str:
    """The duties that each decision in force reaches: (id, due_on, day, kind); `ids` are slot ids, joined by commas."""
    head = "SELECT d.id, x.due_on, x.day, x.kind FROM campaigns_decision x"
    mine = f"x.slot_id IN ({ids}) AND x.dropped_id IS NULL"
    return f"""(
        {head} JOIN campaigns_duty d ON d.slot_id = x.slot_id AND d.member_id = x.member_id WHERE {mine}
        UNION ALL {head} JOIN campaigns_duty d ON d.slot_id = x.slot_id AND d.subject_unit_id = x.unit_id
          WHERE {mine} AND x.member_id IS NULL AND NOT x.below
        UNION ALL {head} JOIN org_closure c ON c.ancestor_id = x.unit_id AND c.valid_from <= x.day AND c.valid_to > x.day
          JOIN campaigns_duty d ON d.unit_id = c.descendant_id AND d.slot_id = x.slot_id
          WHERE {mine} AND x.member_id IS NULL AND x.below
        UNION ALL {head} JOIN campaigns_duty d ON d.slot_id = x.slot_id
          WHERE {mine} AND x.member_id IS NULL AND x.unit_id IS NULL)"""


def in_force(slots: Iterable[int]) -> list[int]:
    """The slots among these on which anything was ever decided."""
    ids = _ids(slots)
    if not ids:
        return []
    return [row[0] for row in rows(f"SELECT DISTINCT slot_id FROM campaigns_decision WHERE slot_id IN ({ids})")]


def revive_voided(slots: Iterable[int], entry: OpenEntry, today: date) -> int:
    """Duties voided by a decision that no longer stands are due again."""
    ids = _ids(slots)
    return change(
        entry,
        "unvoid",
        "again",
        f"""WHERE d.slot_id IN ({ids}) AND d.state = 'void' AND d.cause = 'decision'
            AND d.id NOT IN (SELECT y.id FROM {scope(ids)} y WHERE y.kind = 'void')""",
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
    first = f"""JOIN (SELECT y.id, MAX(y.due_on) AS due_on, MIN(y.day) AS day FROM {scope(ids)} y
                WHERE y.kind = :of GROUP BY y.id) x ON x.id = d.id WHERE d.slot_id IN ({ids})"""
    done = {}
    done["void"] = change(
        entry,
        "void",
        "decision",
        f"{first} AND d.state IN ('due', 'returned', 'submitted', 'exempt')",
        state="'void'",
        day="x.day",
        of="void",
    )
    done["unexempt"] = change(
        entry,
        "unexempt",
        "roster",
        f"""WHERE d.slot_id IN ({ids}) AND d.state = 'exempt' AND d.cause = 'decision'
            AND d.id NOT IN (SELECT y.id FROM {scope(ids)} y WHERE y.kind = 'exempt')""",
        state="'due'",
        day=":today",
        today=today,
    )
    done["extend"] = change(
        entry,
        "extend",
        "",
        f"{first} AND x.due_on > d.due_on AND d.state IN ('due', 'returned', 'submitted')",
        due="x.due_on",
        day="x.day",
        of="extend",
    )
    done["exempt"] = change(
        entry,
        "exempt",
        "decision",
        f"{first} AND d.state IN ('due', 'returned')",
        state="'exempt'",
        day="x.day",
        of="exempt",
    )
    return done


def _ids(slots: Iterable[int]) -> str:
    return ", ".join(str(int(slot)) for slot in sorted(slots))
