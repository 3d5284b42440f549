"""Invented organisations of any size with a running campaign, filled by set-based SQL: for J2, J3 and issuing.

Call `database()` before anything of Django is imported; then `organisation`, `campaign` and `work`.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhengyou.campaigns.models import Campaign, Slot

START = date(2010, 1, 4)
"""The day on which the invented organisation stands there, tree and members."""
TODAY = date(2010, 11, 22)


def database(keep: Path | None = None) -> Path:
    """A data directory of its own (removed at exit unless `keep` names one) with empty tables; sets Django up."""
    room = keep or Path(tempfile.mkdtemp(prefix="zhengyou-bench-"))
    if keep is None:
        atexit.register(shutil.rmtree, room, ignore_errors=True)
    os.environ["ZHENGYOU_DATA"] = str(room)
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhengyou.site.settings"
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    return room


@dataclass(frozen=True)
class Filled:
    """Row ids of an invented organisation: the root, the second level, one leaf with its head and one of its members."""

    root: int
    middle: list[int]
    leaf: int
    head: int
    member: int
    units: int
    members: int


def organisation(units: int, members: int) -> Filled:
    """A tree of `units` (two levels below the root up to 200 units, else four) and `members` spread over its leaves.

    Every unit has a secretary, taken from the members in order; the root has an office. Three statements a table.
    """
    from zhengyou.journal.actions import Actor, record
    from zhengyou.kit import clock
    from zhengyou.kit.sql import FAR, rows, run
    from zhengyou.org import actions, tree
    from zhengyou.org.tests.builder import PART

    by = Actor.system("fill")
    with clock.playing(START):
        founded = actions.found(
            PART, "示范组织", actions.Founder("办公室", "0"), by=by, pack_id="bench", day=START
        )
    root = founded.root.pk
    n = units - 1
    if units <= 200:
        above = max(1, n // 3)
        parent = f"CASE WHEN k <= {above} THEN :root ELSE :base + 1 + (k % {above}) END"
        first_leaf = above + 1
    else:
        tops, second, third = 30, max(60, n // 33), max(200, n // 5)
        a, b, c = tops, tops + second, tops + second + third
        parent = f"""CASE WHEN k <= {a} THEN :root WHEN k <= {b} THEN :base + 1 + (k % {a})
            WHEN k <= {c} THEN :base + {a + 1} + (k % {second}) ELSE :base + {b + 1} + (k % {third}) END"""
        first_leaf = c + 1
    leaves = n - first_leaf + 1
    kind = f"CASE WHEN k < {first_leaf} THEN 'general' ELSE 'branch' END"
    with record("bench.filled", by=by) as entry:
        p: dict[str, Any] = {"start": START, "far": FAR, "entry": entry.id, "root": root}
        base = rows("SELECT MAX(id) FROM org_unit")[0][0]
        run(
            f"""INSERT INTO org_unit (public_id, kind, opened_on, closed_on, place) {_numbers(n)}
                SELECT 'u' || k, {kind}, :start, :far, k FROM i ORDER BY k""",
            **p,
        )
        run(
            f"""INSERT INTO org_placement (unit_id, parent_id, name, valid_from, valid_to, entry_id) {_numbers(n)}
                SELECT :base + k, {parent}, '单位 ' || k, :start, :far, :entry FROM i ORDER BY k""",
            **p,
            base=base,
        )
        run("DELETE FROM org_closure")
        run(
            f"""INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to) {tree.RECOUNT}
                SELECT ancestor_id, descendant_id, valid_from, valid_to FROM recount""",
            far=FAR,
        )
        people = rows("SELECT MAX(id) FROM org_person")[0][0]
        run(
            f"""INSERT INTO org_person (public_id, number, name, sort_key, joined_on, email, phone, note)
                {_numbers(members)} SELECT 'm' || k, 'n' || k, '成员' || k, 'chengyuan' || k, :start, '', '', ''
                FROM i ORDER BY k""",
            **p,
        )
        run(
            f"""INSERT INTO org_affiliation (person_id, unit_id, role, category, status, begun, ended, valid_from,
                  valid_to, entry_id) {_numbers(members)}
                SELECT :people + k, :base + {first_leaf} + (k % {leaves}), 'R',
                  CASE WHEN k % 3 = 0 THEN 'staff' ELSE 'student' END, 'full', 'in', '', :start, :far, :entry FROM i""",
            **p,
            people=people,
            base=base,
        )
        run(
            f"""INSERT INTO org_post (person_id, unit_id, post, first_responsible, document_no, valid_from, valid_to,
                  entry_id) {_numbers(n)}
                SELECT :people + 1 + ((k - {first_leaf} + {leaves}) % {min(leaves, members)}), :base + k, 'secretary',
                  1 = 1, '', :start, :far, :entry FROM i""",
            **p,
            people=people,
            base=base,
        )
    _analyse()
    leaf = base + first_leaf + 1
    head = rows("SELECT person_id FROM org_post WHERE unit_id = :leaf", leaf=leaf)[0][0]
    member = rows("SELECT MAX(person_id) FROM org_affiliation WHERE unit_id = :leaf", leaf=leaf)[0][0]
    return Filled(root, list(range(base + 1, base + 1 + min(30, n))), leaf, head, member, units, members)


def campaign(
    member_tasks: int = 20, unit_tasks: int = 2, *, months: int = 1, phases: int = 4, today: date = TODAY
) -> tuple[Campaign, list[Slot]]:
    """A running campaign: monthly periods that end with the month of `today`; nothing is issued yet."""
    from zhengyou.campaigns.actions.starting import lay_down
    from zhengyou.campaigns.models import Campaign
    from zhengyou.journal.actions import Actor, record
    from zhengyou.packs.expressions import Node
    from zhengyou.packs.organisation import Label
    from zhengyou.packs.schedule import PhasePlan, ProgrammePlan, SlotPlan, TaskPlan

    periods = []
    for back in reversed(range(months)):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        periods.append(
            SlotPlan(f"{year}-{month + 1:02}", *_month(year, month + 1), _month(year, month + 1)[1])
        )
    everybody = Node("flag", (), True)
    plans = [
        TaskPlan(
            code=f"t{i}",
            programme="strive",
            phase=f"p{i % phases}",
            zh=f"任务 {i + 1}",
            en=f"Task {i + 1}",
            level="must",
            form="report",
            subject="member" if i < member_tasks else "unit",
            conditions=(everybody,) if i < member_tasks else (),
            unit_kinds=() if i < member_tasks else ("general", "branch"),
            review=("parent",),
            review_mode="each",
            returned_days=3,
            minutes=20,
            slots=tuple(periods),
        )
        for i in range(member_tasks + unit_tasks)
    ]
    shelf = ProgrammePlan(
        "strive",
        "争创",
        "Strive",
        "campaign",
        Label(),
        periods[0].opens_on,
        periods[-1].due_on,
        phases=tuple(
            PhasePlan(f"p{i}", f"阶段 {i + 1}", f"Phase {i + 1}", None, None) for i in range(phases)
        ),
    )
    with record("bench.campaign", by=Actor.system("fill")) as entry:
        made = Campaign.objects.create(
            pack_id="bench",
            pack_version="1",
            zh="活动",
            en="Campaign",
            text="",
            sha256="",
            state=Campaign.State.RUNNING,
            started_on=periods[0].opens_on,
            entry_id=entry.id,
        )
        slots = lay_down(entry, made, plans, [shelf])
    return made, slots


def issue(slots: list[Slot], today: date = TODAY, *, together: bool = True) -> int:
    """Issue the slots' duties, in one transaction or (nation size) each slot in its own; returns duties issued."""
    from zhengyou.campaigns.actions import starting
    from zhengyou.journal.actions import Actor, record
    from zhengyou.kit import clock

    done, by = 0, Actor.system("fill")
    with clock.playing(today):
        for part in [slots] if together else [[slot] for slot in slots]:
            with record("bench.issued", by=by) as entry:
                done += starting.issue(entry, part)
    return done


def work(slots: list[Slot], *, days: int = 10, today: date = TODAY) -> int:
    """Let about 85 of 100 duties be accepted, 5 wait, 3 be returned, 3 exempt, on `days` days up to `today`; folds.

    Set-based: the papers' texts are one line each. Returns the duties handed in.
    """
    from zhengyou.campaigns import figures
    from zhengyou.journal.actions import Actor, record
    from zhengyou.kit import clock

    done = 0
    ids = ", ".join(str(slot.pk) for slot in slots)
    for k in range(days):
        with clock.playing(today - timedelta(days=days - 1 - k)):
            with record("bench.worked", by=Actor.system("fill")) as entry:
                done += _day(entry, ids, k, days)
            figures.fold()
    _analyse()
    return done


def _day(entry: Any, ids: str, k: int, days: int) -> int:
    """Hand in one day's share of the duties and judge at once all but those that go on waiting."""
    from django.db import connection

    from zhengyou.campaigns.duties import change
    from zhengyou.kit import clock
    from zhengyou.kit.sql import run

    today, mark = clock.today(), "(d.id * 7919) % 100"
    turn = (
        f"d.slot_id IN ({ids}) AND d.state = 'due' AND d.issued_on <= :today AND (d.id * 31) % {days} = {k}"
    )
    n = run(
        f"""INSERT INTO campaigns_submission (duty_id, number, by_id, at, day, due_on, "nothing", done, changed, objection,
              paper, state, tier, waits_at_id, waits_for, waits_since, entry_id)
            SELECT d.id, 1, d.member_id, :at, :today, d.due_on, 1 = 0, '学习了一次。', '还看不出来。', '',
              '', 10, 0, CASE WHEN d.member_id IS NULL THEN COALESCE(p.parent_id, d.unit_id) ELSE d.unit_id END, '',
              :today, :entry
            FROM campaigns_duty d JOIN org_placement p ON p.unit_id = d.unit_id AND p.dropped_id IS NULL
              AND p.valid_from <= :today AND p.valid_to > :today
            WHERE {turn} AND {mark} < 93""",
        at=connection.ops.adapt_datetimefield_value(clock.now()),
        today=today,
        entry=entry.id,
    )
    waits = "JOIN campaigns_submission x ON x.duty_id = d.id AND x.state = 10 AND x.entry_id = :entry"
    change(
        entry,
        "submit",
        "person",
        f"{waits} WHERE d.state = 'due'",
        state="'submitted'",
        day=":today",
        today=today,
    )
    for kind, state, low, high, paper in (
        ("accept", "accepted", 0, 85, 20),
        ("return", "returned", 85, 88, 30),
    ):
        change(
            entry,
            kind,
            "person",
            f"{waits} WHERE d.state = 'submitted' AND {mark} >= {low} AND {mark} < {high}",
            state=f"'{state}'",
            day=":today",
            today=today,
        )
        run(
            f"""UPDATE campaigns_submission SET state = {paper} WHERE state = 10 AND entry_id = :entry AND duty_id IN (
                  SELECT d.id FROM campaigns_duty d WHERE d.state = '{state}' AND d.slot_id IN ({ids}))""",
            entry=entry.id,
        )
    change(
        entry,
        "exempt",
        "person",
        f"WHERE {turn} AND {mark} >= 93 AND {mark} < 96",
        state="'exempt'",
        day=":today",
        today=today,
    )
    return n


def _month(year: int, month: int) -> tuple[date, date]:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _numbers(n: int) -> str:
    return f"WITH RECURSIVE i (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM i WHERE k < {int(n)})"


def _analyse() -> None:
    """As an installation does: PostgreSQL counts, SQLite never."""
    from zhengyou.campaigns.actions.starting import analyse

    analyse()
