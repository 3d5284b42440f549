"""Issue and reconcile: every rule selects only duties that differ from what the facts ask for (CORE §4).

Slots whose tasks have the same audience go through the rules together, each with its own days, so the number of
statements does not grow with the number of periods.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from zhengyou.campaigns.duties import decisions, routing
from zhengyou.campaigns.duties.audience import fragment
from zhengyou.campaigns.duties.disposing import adopt
from zhengyou.campaigns.duties.events import change
from zhengyou.campaigns.figures.counts import count_issued
from zhengyou.campaigns.gates import HELD_BY_GATE
from zhengyou.campaigns.models import Slot, Task
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock
from zhengyou.kit.sql import measure, rows, run

MANY = 500
"""Duties issued at once from which on the planner is told, before the next rules join them."""
HELD = "a.role = 'R' AND a.dropped_id IS NULL"
ARRIVED = """CASE WHEN a.valid_from <= s.opens_on THEN s.opens_on ELSE COALESCE((
    SELECT MAX(b.valid_from) FROM org_affiliation b JOIN org_unit v ON v.id = b.unit_id
    WHERE b.person_id = a.person_id AND b.role = 'R' AND b.dropped_id IS NULL AND b.valid_from <= a.valid_from
    AND b.begun IN ('in', 'developed') AND b.valid_from > v.opened_on), s.opens_on) END"""
"""Since when the holder of affiliation a is a member here; who came with the unit itself is no joiner."""

COLUMNS = """slot_id, {subject}, unit_id, first_unit_id, state, first_state, cause, due_on, first_due_on, issued_on,
    last_day, entry_id, version"""


def open_slots(today: date) -> list[Slot]:
    """The slots that reconcile looks after on a day, with their tasks; what a gate holds is not open."""
    found = Slot.objects.select_related("task").filter(opens_on__lte=today, closed_on__gt=today)
    return list(found.exclude(HELD_BY_GATE).order_by("id"))


def touched(entry: OpenEntry) -> bool:
    """Whether the entry wrote or dropped any affiliation."""
    return bool(
        rows("SELECT 1 FROM org_affiliation WHERE entry_id = :e OR dropped_id = :e LIMIT 1", e=entry.id)
    )


def follow_roster(entry: OpenEntry) -> dict[str, int]:
    """Let open duties, and papers that wait, follow what this entry changed in the roster; inside org's transaction."""
    today = clock.today()
    slots = open_slots(today)
    units = [slot for slot in slots if slot.task.subject == Task.Subject.UNIT]
    done = reconcile(units, entry, today)
    if touched(entry):
        members = [slot for slot in slots if slot.task.subject == Task.Subject.MEMBER]
        for group in _groups(members, False).values():  # an audience each
            for rule, n in _members(group, entry, today, _OF_ENTRY, {}).items():
                done[rule] = done.get(rule, 0) + n
    for rule, n in adopt(entry, (slot.pk for slot in slots), today).items():
        done[rule] = done.get(rule, 0) + n
    if entry.steps:  # duties were moved here, or carried before
        routing.reroute(routing.moved(entry))
    return {rule: n for rule, n in done.items() if n}


def follow_decisions(entry: OpenEntry, slots: Iterable[int], today: date) -> None:
    """Duties that came due again because this entry took a decision back go where their members or successors are."""
    held = list(Slot.objects.select_related("task").filter(pk__in=list(slots)))
    members = [slot for slot in held if slot.task.subject == Task.Subject.MEMBER]
    for group in _groups(members, False).values():
        _members(group, entry, today, _OF_DECISION, {})
    adopt(entry, (slot.pk for slot in held), today)


def reconcile(
    slots: Slot | Iterable[Slot], entry: OpenEntry, today: date, touched_only: bool = False
) -> dict[str, int]:
    """Bring the duties of these slots to what roster and decisions ask for; returns rows changed, by rule.

    The answer is that of min(today, cut-off): later only facts change it that were true before. With `touched_only`
    members are looked at whose affiliations were written, dropped, came into force or ran out since the slots'
    watermark. Running it twice changes nothing. The watermark itself is the tick's.
    """
    held = [slots] if isinstance(slots, Slot) else list(slots)
    held = [slot for slot in held if slot.opens_on <= today < slot.closed_on]
    done: dict[str, int] = defaultdict(int)
    for (subject, _audience, seen, seen_on), group in _groups(held, touched_only).items():
        if subject == Task.Subject.UNIT:
            part = _units(group, entry, today)
        elif touched_only and seen and seen_on:
            part = _members(group, entry, today, _SINCE, {"seen": seen, "seen_on": seen_on})
        else:
            part = _members(group, entry, today, "", {})
        for rule, n in part.items():
            done[rule] += n
    for rule, n in adopt(entry, (slot.pk for slot in held), today).items():
        done[rule] += n
    return {rule: n for rule, n in done.items() if n}


def _groups(slots: list[Slot], touched_only: bool) -> dict[tuple, list[Slot]]:
    groups: dict[tuple, list[Slot]] = defaultdict(list)
    for slot in slots:
        mark = (slot.reconciled, slot.reconciled_on) if touched_only else (0, None)
        groups[(slot.task.subject, json.dumps(slot.task.audience, sort_keys=True), *mark)].append(slot)
    return groups


_OF_ENTRY = """ AND {m} IN (SELECT person_id FROM org_affiliation WHERE entry_id = :entry
    UNION SELECT person_id FROM org_affiliation WHERE dropped_id = :entry)"""
_OF_DECISION = """ AND {m} IN (SELECT x.member_id FROM campaigns_dutyevent e JOIN campaigns_duty x ON x.id = e.duty_id
    WHERE e.entry_id = :entry AND e.kind IN ('unvoid', 'unexempt'))"""
_SINCE = """ AND {m} IN (SELECT person_id FROM org_affiliation WHERE entry_id > :seen
    UNION SELECT person_id FROM org_affiliation WHERE dropped_id > :seen
    UNION SELECT person_id FROM org_affiliation WHERE valid_from > :seen_on AND valid_from <= :today AND dropped_id IS NULL
    UNION SELECT person_id FROM org_affiliation WHERE valid_to > :seen_on AND valid_to <= :today AND dropped_id IS NULL)"""


def _source(
    slots: list[Slot], ref: str = "CASE WHEN cutoff_on < :today THEN cutoff_on ELSE :today END"
) -> str:
    """The slots as a table with the day that decides whose each duty is."""
    ids = ", ".join(str(slot.pk) for slot in slots)
    return f"""(SELECT id, opens_on, due_on, COALESCE(joins_by, cutoff_on) AS joins_by, {ref} AS ref
               FROM campaigns_slot WHERE id IN ({ids}))"""


def _newest() -> int:
    return rows("SELECT MAX(id) FROM campaigns_duty")[0][0] or 0


def _units(slots: list[Slot], entry: OpenEntry, today: date) -> dict[str, int]:
    """Rules for what units owe: issued to open units, never voided by the roster (closing needs a disposition)."""
    values: dict = {}
    who = fragment(slots[0].task.audience, values)
    before = _newest()
    done = {
        "issue": run(
            f"""INSERT INTO campaigns_duty ({COLUMNS.format(subject="subject_unit_id")})
            SELECT t.slot, t.unit, t.unit, t.unit, 'due', 'due', 'roster', t.due, t.due, t.day, t.day, :entry, 0
            FROM (SELECT s.id AS slot, u.id AS unit, s.due_on AS due,
                    CASE WHEN u.opened_on > s.opens_on THEN u.opened_on ELSE s.opens_on END AS day
                  FROM {_source(slots)} s CROSS JOIN org_unit u
                  WHERE u.opened_on <= s.ref AND u.closed_on > s.ref AND ({who})
                    AND NOT EXISTS (SELECT 1 FROM campaigns_duty d
                                    WHERE d.slot_id = s.id AND d.subject_unit_id = u.id)) t
            WHERE 1 = 1 ORDER BY t.slot, t.unit ON CONFLICT DO NOTHING""",
            **values,
            entry=entry.id,
            today=today,
        )
    }
    if done["issue"]:
        count_issued(before, entry.id)
    return done | _decided(slots, entry, today)


def _decided(slots: list[Slot], entry: OpenEntry, today: date) -> dict[str, int]:
    ids = decisions.in_force(slot.pk for slot in slots)
    return decisions.carry_out(ids, entry, today) if ids else {}


def _members(slots: list[Slot], entry: OpenEntry, today: date, only: str, since: dict) -> dict[str, int]:
    """Rules for what members owe, in an order in which no rule makes work for an earlier one."""
    values: dict = {"today": today, **since}
    who = fragment(slots[0].task.audience, values) if slots else ""
    if not slots:
        return {}
    if ":entry" in only:
        values["entry"] = entry.id
    done = {"issue": _issue(slots, entry, who, only, values)}
    decided = decisions.in_force(slot.pk for slot in slots)
    if decided:
        done["unvoid"] = decisions.revive_voided(decided, entry, today)
    facts = _Facts(slots, who, only, values)
    done |= {"move": facts.move(entry), "leave": facts.leave(entry, today), "revive": facts.revive(entry)}
    if done["revive"]:  # who left and came back into another unit: what is owed again is owed there
        done["move"] += facts.move(entry)
    if decided:
        done |= decisions.carry_out(decided, entry, today)
    return done


def _issue(slots: list[Slot], entry: OpenEntry, who: str, only: str, values: dict) -> int:
    """First to those who were there on the opening day, then to those who came until the day that decides."""
    before, n = _newest(), 0
    person = "JOIN org_person p ON p.id = a.person_id" if "p." in who else ""
    for source in (_source(slots, "opens_on"), _source(slots)):
        n += run(
            f"""INSERT INTO campaigns_duty ({COLUMNS.format(subject="member_id")})
            SELECT t.slot, t.member, t.unit, t.unit, t.state, t.state,
              CASE WHEN t.state = 'exempt' THEN 'joiner' ELSE 'roster' END, t.due, t.due, t.day, t.day, :entry, 0
            FROM (SELECT s.id AS slot, a.person_id AS member, a.unit_id AS unit, s.due_on AS due,
                    CASE WHEN {ARRIVED} > s.joins_by THEN 'exempt' ELSE 'due' END AS state,
                    CASE WHEN a.valid_from > s.opens_on THEN a.valid_from ELSE s.opens_on END AS day
                  FROM {source} s CROSS JOIN org_affiliation a JOIN org_unit u ON u.id = a.unit_id {person}
                  WHERE {HELD} AND a.valid_from <= s.ref AND a.valid_to > s.ref AND ({who})
                    {only.format(m="a.person_id")}
                    AND NOT EXISTS (SELECT 1 FROM campaigns_duty d
                                    WHERE d.slot_id = s.id AND d.member_id = a.person_id)) t
            WHERE 1 = 1 ORDER BY t.slot, t.member ON CONFLICT DO NOTHING""",
            **{**values, "entry": entry.id},
        )
    if n:
        count_issued(before, entry.id)
    if n >= MANY:
        measure("campaigns_duty", "campaigns_delta")
    return n


class _Facts:
    """The fragments that the member rules share: in the audience on the day that decides, still a member today."""

    def __init__(self, slots: list[Slot], who: str, only: str, values: dict):
        self.values = {name: value for name, value in values.items() if name != "entry"}
        self.source, self.only = _source(slots), only.format(m="d.member_id")
        held = f"{HELD} AND a.valid_from <= s.ref AND a.valid_to > s.ref"
        self.at_ref = f"JOIN org_affiliation a ON a.person_id = d.member_id AND {held}"
        self.here = f"""EXISTS (SELECT 1 FROM org_affiliation a JOIN org_unit u ON u.id = a.unit_id
            JOIN org_person p ON p.id = a.person_id WHERE a.person_id = d.member_id AND {held} AND ({who}))"""
        self.still = f"""EXISTS (SELECT 1 FROM org_affiliation a WHERE a.person_id = d.member_id AND {HELD}
            AND a.valid_from <= :today AND a.valid_to > :today)"""
        self.late = any(slot.cutoff_on < values["today"] for slot in slots)

    def move(self, entry: OpenEntry) -> int:
        """Whatever its state a duty goes with the member, or shares lie; what was carried stays where it is."""
        return change(
            entry,
            "move",
            "roster",
            f"""JOIN {self.source} s ON s.id = d.slot_id {self.at_ref}
                WHERE d.member_id IS NOT NULL AND d.unit_id <> a.unit_id AND d.carried_on IS NULL
                AND d.state <> 'void'{self.only}""",
            unit="a.unit_id",
            day="a.valid_from",
            **self.values,
        )

    def leave(self, entry: OpenEntry, today: date) -> int:
        """Void what is not accepted of those not in the audience on the day that decides, or no longer members.

        Two statements, one plain anti-join each: joined by OR they would be probed row by row.
        """
        left = f"""COALESCE((SELECT MAX(a.valid_to) FROM org_affiliation a WHERE a.person_id = d.member_id AND {HELD}
            AND a.valid_to <= :today), s.ref)"""
        return sum(
            change(
                entry,
                "leave",
                "roster",
                f"""JOIN {self.source} s ON s.id = d.slot_id WHERE d.member_id IS NOT NULL
                    AND d.state NOT IN ('accepted', 'void'){self.only} AND NOT {test}""",
                state="'void'",
                day=left,
                **self.values,
            )
            for test in ((self.here, self.still) if self.late else (self.here,))
        )

    def revive(self, entry: OpenEntry) -> int:
        """What the roster voided is owed again when the roster says so; a person's void is not touched."""
        return change(
            entry,
            "revive",
            "again",
            f"""JOIN {self.source} s ON s.id = d.slot_id WHERE d.member_id IS NOT NULL AND d.state = 'void'
                AND d.cause = 'roster' AND {self.here} AND {self.still}{self.only}""",
            state=decisions.RESTORED,
            day="s.ref",
            **self.values,
        )


def dispose(entry: OpenEntry, units: Iterable[int], day: date, into: int | None = None) -> int:
    """What becomes of the open duties of units that close: carried to the unit `into` with their dates, or void.

    Members' duties before their cut-off are left alone: they follow their members at the next reconcile.
    """
    ids = ", ".join(str(int(unit)) for unit in units)
    tail = f"""JOIN campaigns_slot s ON s.id = d.slot_id WHERE d.unit_id IN ({ids or "0"})
        AND d.state IN ('due', 'returned', 'submitted') AND (d.member_id IS NULL OR s.cutoff_on < :on)"""
    if into is None:
        return change(entry, "void", "person", tail, state="'void'", day=":on", on=day)
    return change(entry, "move", "carry", tail, unit=":into", day=":on", into=into, on=day)
