"""The organisation changes: `python -m benchmarks change [--units 10000 --members 300000] --json`.

Merges two units of 50,000 members, graduates 20,000, hangs 5,000 units elsewhere (less where there are fewer members or
units), each through its action with everything that follows; then the tick, and J2's board today and on a past day.
Targets: no member a row in Python, so memory does not grow with them; the board within J2's budget (PRODUCT.md §8);
others' writes wait for the merger, never for its preview (decision 006).
Beside it the machine's own limit: as many bare rows dropped and inserted twice by three statements, in the same run.
"""

from __future__ import annotations

import argparse
import atexit
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import fill
from benchmarks.issue import say, timed
from benchmarks.j2 import adds_up
from benchmarks.measure import Measured, counted_queries, peak_rss_mb, percentile, repeated

PAST = date(2010, 11, 21)
TIMES = 15


def run(args: argparse.Namespace) -> int:
    """Fill, change, look at the board; 1 where anything is wrong afterwards or a page does not add up."""
    units, members = args.units or 10_000, args.members or 300_000
    crowd = min(50_000, members // 6)
    room = Path(tempfile.mkdtemp(prefix="zhengyou-bench-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    found, twins, top = _filled(room, units, members, crowd)

    from zhengyou.campaigns import actions, duties
    from zhengyou.kit import clock
    from zhengyou.org import actions as org
    from zhengyou.org import tree
    from zhengyou.org.asked import Asked
    from zhengyou.org.models import Affiliation, Closure, Person, Unit
    from zhengyou.site.following import FOLLOW

    notes: dict[str, Any] = {"crowd": crowd, "peak_before_mb": round(peak_rss_mb())}
    by, errors = _operator(), 0
    one, other = (Unit.objects.get(pk=pk) for pk in twins)
    past = _board(found.root, PAST)
    with clock.playing(fill.TODAY):
        asked = Asked("merge", fill.TODAY, "1", units=(one.public_id, other.public_id), into=one.public_id)
        say("merging")
        with _step(notes, "preview"), _waiting(notes, "preview"):
            org.preview(asked, by=by, follow=FOLLOW)
        with _step(notes, "merge"), _waiting(notes, "merge"):
            done = org.decide(asked, by=by, follow=FOLLOW)
        notes["merged"] = done.outcome["moves"][0]["n"] + crowd
        notes["carried"] = done.outcome["disposed"].get("carry", 0)
        say("graduating")
        last = Affiliation.objects.filter(unit=one, role="R", dropped=None).order_by("-person")
        border = last.values_list("person_id", flat=True)[min(20_000, crowd // 2)]
        people = Person.objects.filter(pk__in=last.filter(person__gt=border).order_by().values("person"))
        with _step(notes, "graduate"):
            notes["graduated"] = org.leave(people, how="left", by=by, then=FOLLOW.roster)
        say("hanging elsewhere")
        unit, goal = (Unit.objects.get(pk=pk) for pk in top)
        notes["rehung"] = Closure.objects.filter(ancestor=unit).count()
        asked = Asked("reparent", fill.TODAY, "2", units=(unit.public_id,), parent=goal.public_id)
        with _step(notes, "reparent"):
            org.decide(asked, by=by, follow=FOLLOW)
        with _step(notes, "tick"):
            errors += len(actions.tick().changed)
        peak = peak_rss_mb()
        errors += past != _board(found.root, PAST)
        errors += len(tree.faults()) + len(duties.faults())
    errors += _pages(found.root, notes)
    notes["limit_s"] = _limit(2 * crowd)
    Measured(
        "change",
        {"units": units, "members": members},
        queries=notes["merge_queries"],
        cpu_ms=notes["merge_cpu_ms"],
        p50_ms=notes["merge_s"] * 1000,
        per_s=notes["merged"] / max(notes["merge_s"], 0.001),
        errors=errors,
        peak_rss_mb=peak,
        limit_cpu_ms=notes["limit_s"]["limit_cpu_ms"],
        notes=notes,
    ).print(as_json=True)
    return 1 if errors else 0


def _filled(room: Path, units: int, members: int, crowd: int) -> tuple[fill.Filled, list[int], list[int]]:
    """A demo directory; two leaves beside each other with `crowd` members each; half of all units below one of the tops.

    Returns the organisation, the two leaves, and the top with the one that it is to hang below.
    """
    from zhengyou.site import data

    data.prepare(room)
    data.mark_demo(room, fill.TODAY, "bench")
    say(f"filling {units:,} units, {members:,} members")
    fill.database(room)
    from zhengyou.kit.sql import rows
    from zhengyou.kit.sql import run as write
    from zhengyou.org.actions.tree import rebuild_closure

    found = fill.organisation(units, members)
    _nesting()
    leaf = found.leaf
    parent = rows("SELECT parent_id FROM org_placement WHERE unit_id = :u AND dropped_id IS NULL", u=leaf)[0][
        0
    ]
    twins = [
        row[0]
        for row in rows(
            "SELECT unit_id FROM org_placement WHERE parent_id = :p AND dropped_id IS NULL ORDER BY unit_id LIMIT 2",
            p=parent,
        )
    ]
    first = rows("SELECT MAX(person_id) FROM org_post WHERE post = 'secretary'")[0][0]
    for k, unit in enumerate(twins):
        write(
            """UPDATE org_affiliation SET unit_id = :u WHERE person_id > :low AND person_id <= :high AND role = 'R'""",
            u=unit,
            low=first + k * crowd,
            high=first + (k + 1) * crowd,
        )
    tops = found.middle
    goal, big, rest = tops[0], tops[1], tops[2 : 1 + len(tops) // 2]
    if rest:
        ids = ", ".join(map(str, rest))
        write(f"UPDATE org_placement SET parent_id = :big WHERE unit_id IN ({ids})", big=big)
    rebuild_closure()
    say("issuing")
    _campaign, slots = fill.campaign(2, 0, months=2)
    fill.issue(slots, together=False)
    say("handing in and judging")
    fill.work(slots, days=2)
    return found, twins, [big, goal]


def _nesting() -> None:
    """Let the organisation's part say what the invented tree does: units of the middle stand below one another."""
    from zhengyou.org.models import OrganisationPart

    row = OrganisationPart.objects.get()
    part = row.part()
    kinds = tuple(
        replace(kind, parents=(*kind.parents, "general")) if kind.code == "general" else kind
        for kind in part.unit_kinds
    )
    row.body = replace(part, unit_kinds=kinds).to_json()
    row.sha256 = "bench"
    row.save()


def _operator() -> Any:
    from zhengyou.journal.actions import Actor

    return Actor.system("bench")


@contextmanager
def _step(notes: dict[str, Any], name: str) -> Iterator[None]:
    """Wall seconds, CPU milliseconds and statements of one step."""
    with counted_queries() as count, timed(notes, name):
        yield
    notes[f"{name}_queries"] = count[0]


@contextmanager
def _waiting(notes: dict[str, Any], name: str) -> Iterator[None]:
    """The longest that another connection waits for a small write of its own during the step, in seconds (SQLite)."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    over, longest = threading.Event(), 0.0

    def write() -> None:
        nonlocal longest
        other = sqlite3.connect(connection.settings_dict["NAME"], timeout=120, isolation_level=None)
        while not over.wait(0.05):
            began = time.perf_counter()
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE journal_chain SET last = last")
            other.execute("COMMIT")
            longest = max(longest, time.perf_counter() - began)
        other.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    notes[f"{name}_others_waited_s"] = round(longest, 3)


def _board(root: int, day: date) -> str:
    from zhengyou.campaigns import figures

    return repr(figures.board(root, day))


def _pages(root: int, notes: dict[str, Any]) -> int:
    """The office's board today and on a past day, as J2 measures it; returns how many pages were wrong."""
    from zhengyou.org.models import Post
    from zhengyou.org.tests.builder import client

    browser = client(Post.objects.get(unit=root, post="office").person)
    browser.defaults["SERVER_NAME"] = "localhost"
    errors = 0
    for name, url in (("board", "/board/"), ("past board", f"/board/?on={PAST.isoformat()}")):
        browser.get(url)
        with counted_queries() as count:
            response = browser.get(url)
        errors += response.status_code != 200 or not adds_up(url)
        cpus, walls = repeated(lambda url=url: browser.get(url), TIMES)
        notes[name] = {
            "queries": count[0],
            "cpu_ms": round(percentile(cpus, 50), 2),
            "p95_ms": round(percentile(walls, 95), 2),
            "kb": round(len(response.content) / 1000),
        }
    return errors


def _limit(n: int) -> dict[str, Any]:
    """The machine's own limit: as many bare rows with the affiliation's indexes dropped once and inserted twice."""
    from django.db import connection, transaction

    out: dict[str, Any] = {}
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            """CREATE TEMPORARY TABLE bare (id INTEGER PRIMARY KEY, person BIGINT, unit BIGINT, entry BIGINT,
               dropped BIGINT, valid_from DATE, valid_to DATE)"""
        )
        for name, columns in (
            ("a", "person, valid_to"),
            ("b", "unit, valid_to"),
            ("c", "entry"),
            ("d", "dropped"),
        ):
            cursor.execute(f"CREATE INDEX bare_{name} ON bare ({columns})")
        cursor.execute(
            f"""INSERT INTO bare (person, unit, entry, valid_from, valid_to)
                SELECT person_id, unit_id, 1, valid_from, valid_to FROM org_affiliation LIMIT {int(n)}"""
        )
        with timed(out, "limit"):
            cursor.execute("UPDATE bare SET dropped = 2")
            for day in ("valid_from", "valid_to"):
                cursor.execute(
                    f"""INSERT INTO bare (person, unit, entry, valid_from, valid_to)
                        SELECT person, unit, 2, {day}, valid_to FROM bare WHERE dropped = 2"""
                )
        cursor.execute("DROP TABLE bare")
    return out
