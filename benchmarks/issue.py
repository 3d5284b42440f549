"""Issuing one task's duties to everybody: `python -m benchmarks issue --members 1000000 --units 10000 --json`.

Measures one member task of one period: the whole reconcile with its counts, then the fold, then an idle tick and a
full reconcile that finds nothing. Beside it the machine's own limit: the same number of bare rows, INSERT ... SELECT
with the duty table's two unique keys, in the same run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import fill
from benchmarks.measure import Measured


@contextmanager
def timed(out: dict[str, Any], name: str) -> Iterator[None]:
    """Put wall seconds and CPU milliseconds of the block into `out`."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    out[f"{name}_s"] = round(time.perf_counter() - wall, 3)
    out[f"{name}_cpu_ms"] = round((time.process_time() - cpu) * 1000)


def run(args: argparse.Namespace) -> int:
    """Fill an organisation and issue one task to all its members; 1 where anything is miscounted or not settled."""
    units, members = args.units or 91, args.members or 2207
    fill.database()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from zhengyou.campaigns import actions, duties, figures
    from zhengyou.kit import clock

    out: dict[str, Any] = {}
    errors = 0
    say("filling")
    fill.organisation(units, members)
    _campaign, slots = fill.campaign(1, 0)
    say("issuing")
    with CaptureQueriesContext(connection) as caught, timed(out, "issue"):
        out["duties"] = fill.issue(slots)
    with timed(out, "fold"):
        figures.fold()
    with clock.playing(fill.TODAY):
        with timed(out, "idle_tick"):
            errors += len(actions.tick().changed)
        say("looking again at everything")
        with timed(out, "full_reconcile"):
            errors += len(actions.tick(full=True).changed)
    peak = Measured("issue").peak_rss_mb
    errors += sum(1 for what, _ in duties.faults() if "counts" in what)
    say("measuring the machine's limit")
    out |= limit()
    Measured(
        "issue",
        {"units": units, "members": members},
        queries=len(caught),
        cpu_ms=out["issue_cpu_ms"],
        p50_ms=out["issue_s"] * 1000,
        per_s=out["duties"] / max(out["issue_s"], 0.001),
        errors=errors,
        peak_rss_mb=peak,
        limit_cpu_ms=out["limit_cpu_ms"],
        notes=out,
    ).print(as_json=True)
    return 1 if errors else 0


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)


def limit() -> dict[str, Any]:
    """The machine's own limit: as many bare rows with the same two unique keys, written by one statement."""
    from django.db import connection, transaction

    out: dict[str, Any] = {}
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "CREATE TEMPORARY TABLE bare (id INTEGER PRIMARY KEY, slot BIGINT, member BIGINT, unit BIGINT, state TEXT)"
        )
        cursor.execute("CREATE UNIQUE INDEX bare_once ON bare (slot, member)")
        cursor.execute("CREATE INDEX bare_desk ON bare (member, state)")
        cursor.execute("CREATE INDEX bare_unit ON bare (unit, slot, state)")
        with timed(out, "limit"):
            cursor.execute(
                """INSERT INTO bare (id, slot, member, unit, state)
                   SELECT id, 1, person_id, unit_id, 'due' FROM org_affiliation WHERE role = 'R'"""
            )
        cursor.execute("DROP TABLE bare")
    return out
