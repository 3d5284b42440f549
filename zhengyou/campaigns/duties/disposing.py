"""What becomes of open duties when units close: carried with their dates, closed with the unit, or void; never left behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from zhengyou.campaigns.duties import routing
from zhengyou.campaigns.duties.events import change
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock
from zhengyou.kit.sql import as_date, rows
from zhengyou.org.actions.rows import Disposition, OpenPiece, OpenWork

OPEN = "d.state IN ('due', 'returned', 'submitted')"
STAYS = "(d.member_id IS NULL OR s.cutoff_on < :on OR s.closed_on <= :today)"
"""A member's duty before its cut-off is not disposed of: it follows the member. In a closed slot it no longer can."""

HERE = """(SELECT MAX(a.unit_id) FROM org_affiliation a WHERE a.person_id = d.member_id AND a.role = 'R'
    AND a.dropped_id IS NULL AND a.valid_from <= :on AND a.valid_to > :on AND a.unit_id IN ({units}))"""
CLOSED, DECIDED = "closed", "person"
"""Causes of a void duty: the unit was closed; somebody decided so. No rule ever revives either (CORE §3)."""


def open_work(units: Sequence[int], day: date) -> list[OpenWork]:
    """What must be disposed of if these units close on `day`, by unit and task; overdue as of today. One query."""
    ids = _ids(units)
    found = rows(
        f"""SELECT d.unit_id, t.id, t.zh, t.en, COUNT(*), SUM(CASE WHEN d.due_on < :today AND d.state <> 'submitted'
              THEN 1 ELSE 0 END), MIN(d.due_on)
            FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
            WHERE d.unit_id IN ({ids}) AND {OPEN} AND {STAYS}
            GROUP BY d.unit_id, t.id, t.zh, t.en ORDER BY d.unit_id, t.id""",
        on=day,
        today=clock.today(),
    )
    return [
        OpenWork(unit, str(task), zh, en, n, overdue, as_date(oldest))
        for unit, task, zh, en, n, overdue, oldest in found
    ]


def open_pieces(unit: int, task: str, day: date, first: int, most: int) -> list[OpenPiece]:
    """The single open duties of one task in a unit that closes on `day`, oldest date first, `most` from `first`. One query."""
    if not task.isdecimal():
        return []
    today = clock.today()
    found = rows(
        f"""SELECT d.id, COALESCE(m.name, p.name, ''), s.period, d.due_on, d.state
            FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id LEFT JOIN org_person m ON m.id = d.member_id
            LEFT JOIN org_placement p ON p.unit_id = d.subject_unit_id AND p.dropped_id IS NULL
              AND p.valid_from <= :today AND p.valid_to > :today
            WHERE d.unit_id = :unit AND s.task_id = :task AND {OPEN} AND {STAYS}
            ORDER BY d.due_on, d.id LIMIT :most OFFSET :first""",
        unit=unit,
        task=int(task),
        on=day,
        today=today,
        first=first,
        most=most,
    )
    return [
        OpenPiece(
            str(pk),
            whose,
            period,
            as_date(due),
            state != "submitted" and as_date(due) < today,
            state == "submitted",
        )
        for pk, whose, period, due, state in found
    ]


def dispose_of(entry: OpenEntry, decided: Sequence[Disposition], day: date) -> Mapping[str, int]:
    """Carry out what was decided about the open duties of units that close on `day`; returns how many, by carry/close/void.

    Papers of other units that wait for review at a closed one find another desk at once; those of the duties that are
    carried find theirs when the roster is followed, which comes next (`follow_roster`).
    """
    done: dict[str, int] = defaultdict(int)
    today = clock.today()
    for one in decided:
        named = _ids(int(other.task) for other in decided if other.unit == one.unit and other.task)
        which = f"t.id = {int(one.task)}" if one.task else f"t.id NOT IN ({named})"
        if one.pieces:
            which += f" AND d.id IN ({_ids(int(piece) for piece in one.pieces)})"
        tail = f"""JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
            WHERE d.unit_id = {int(one.unit)} AND {OPEN} AND {STAYS} AND {which}"""
        if one.how == "carry":
            into = f"COALESCE({HERE.format(units=_ids(one.successors))}, {int(one.into or 0)})"
            done["carry"] += change(entry, "move", "carry", tail, unit=into, day=":on", on=day, today=today)
        else:
            cause = CLOSED if one.how == "close" else DECIDED
            done[one.how] += change(
                entry, "void", cause, tail, state="'void'", day=":on", on=day, today=today
            )
    closed = {one.unit for one in decided}
    routing.reroute(routing.waiting_at(closed))
    return {how: n for how, n in done.items() if n}


def adopt(entry: OpenEntry, slots: Iterable[int], today: date) -> dict[str, int]:
    """Open duties found in a closed unit, through a late fact or a decision taken back, go to a successor, or end with it.

    A member's goes where the member was on the closing day, if that unit succeeds; else to the first successor.
    """
    ids = _ids(slots)
    closed = f"""JOIN org_unit u ON u.id = d.unit_id
        WHERE d.unit_id IN (SELECT v.id FROM org_unit v WHERE v.closed_on <= :today) AND d.slot_id IN ({ids}) AND {OPEN}"""
    done: dict[str, int] = {}
    for _again in range(20):  # a successor may be closed itself
        if not rows(f"SELECT 1 FROM campaigns_duty d {closed} LIMIT 1", today=today):
            break
        heirs = "SELECT x.new_id FROM org_succession x WHERE x.old_id = d.unit_id"
        there = HERE.format(units=heirs).replace(":on", "u.closed_on")
        done["adopt"] = done.get("adopt", 0) + change(
            entry,
            "move",
            "carry",
            f"{closed} AND EXISTS ({heirs})",
            unit=f"COALESCE({there}, (SELECT MIN(x.new_id) FROM org_succession x WHERE x.old_id = d.unit_id))",
            day="u.closed_on",
            today=today,
        )
        done["close"] = done.get("close", 0) + change(
            entry,
            "void",
            CLOSED,
            f"{closed} AND NOT EXISTS ({heirs})",
            state="'void'",
            day="u.closed_on",
            today=today,
        )
    return done


def _ids(units: Iterable[int]) -> str:
    return ", ".join(str(int(unit)) for unit in sorted(set(units))) or "0"
