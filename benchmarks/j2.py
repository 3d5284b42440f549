"""J2: the progress board: `python -m benchmarks J2 [--units 10000 --members 1000000] --json`.

The whole request through the test client (middleware, session, rights, template), asked by the office, on the running
phase. Beside it the machine's own limit: one bare Django read behind one view. Targets (PRODUCT.md §8): 8 queries,
40 CPU ms, 100 kB at 91 units; the same queries and 150 ms at 10,000 units and 1 M members.
"""

from __future__ import annotations

import argparse
import atexit
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import fill
from benchmarks.measure import Measured, counted_queries, percentile, repeated

LARGE = 1000
"""From so many units on the campaign is two tasks of one month, as in CORE.md §7."""
PHASES = (
    (date(2010, 7, 1), date(2010, 8, 31)),
    (date(2010, 9, 1), date(2011, 3, 31)),
    (date(2011, 4, 1), date(2011, 5, 31)),
    (date(2011, 6, 1), date(2011, 6, 30)),
)
TIMES = 40


def run(args: argparse.Namespace) -> int:
    """Fill, then ask for the board; 1 where a page was not answered or its figures do not add up."""
    units, members = args.units or 91, args.members or 2207
    found = prepare(units, members)
    from zhengyou.org.models import Post
    from zhengyou.org.tests.builder import client

    office = Post.objects.get(unit=found.root, post="office").person
    browser = client(office)
    browser.defaults["SERVER_NAME"] = "localhost"
    errors, kb = 0, 0.0
    pages = {"board": "/board/", "all phases": "/board/?phase=all"}
    notes: dict[str, Any] = {}
    for name, url in pages.items():
        browser.get(url)
        with counted_queries() as count:
            response = browser.get(url)
        errors += response.status_code != 200 or not adds_up(url)
        cpus, walls = repeated(lambda url=url: browser.get(url), TIMES)
        notes[name] = {
            "queries": count[0],
            "cpu_ms": round(percentile(cpus, 50), 2),
            "p95_ms": percentile(walls, 95),
        }
        if name == "board":
            main, kb = (count[0], percentile(cpus, 50), walls), len(response.content) / 1000
    queries, cpu, walls = main
    Measured(
        "J2",
        {"units": units, "members": members},
        queries=queries,
        cpu_ms=cpu,
        p50_ms=percentile(walls, 50),
        p95_ms=percentile(walls, 95),
        per_s=1000 / percentile(walls, 50),
        errors=errors,
        html_kb=kb,
        limit_cpu_ms=limit(),
        notes=notes,
    ).print(as_json=True)
    return 1 if errors else 0


def prepare(units: int, members: int) -> fill.Filled:
    """An installation of its own with a set day: an organisation of this size, a campaign half done, phases with dates."""
    from zhengyou.site import data

    room = Path(tempfile.mkdtemp(prefix="zhengyou-bench-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    data.prepare(room)
    data.mark_demo(room, fill.TODAY, "bench")
    say(f"filling {units:,} units, {members:,} members")
    fill.database(room)
    from zhengyou.campaigns.models import Phase

    found = fill.organisation(units, members)
    large = units >= LARGE
    _campaign, slots = fill.campaign(2, 0, phases=1) if large else fill.campaign(20, 2, months=3)
    phases = list(Phase.objects.order_by("place"))
    for phase, (start, end) in zip(phases, PHASES[1:] if large else PHASES, strict=False):
        Phase.objects.filter(pk=phase.pk).update(starts_on=start, ends_on=end)
    say("issuing")
    fill.issue(slots, together=not large)
    say("handing in and judging")
    fill.work(slots, days=2 if large else 10)
    return found


def adds_up(url: str) -> bool:
    """Whether the lines of the page make up its total, and anything is counted at all."""
    from django.http import QueryDict

    from zhengyou.campaigns.figures.board import total
    from zhengyou.overview import board as boards

    tree, choice = boards.open_board(QueryDict(url.partition("?")[2]))
    assert tree is not None
    board = boards.read(tree, choice)
    lines = [row.figures for row in board.rows[1:] if row.level == 2]
    return board.total.issued > 0 and (not lines or total(lines) == board.total)


def limit() -> float:
    """CPU milliseconds of one bare Django read: one row by key behind one view, without middleware or template."""
    from django.http import JsonResponse
    from django.test import RequestFactory

    from zhengyou.org.models import Unit

    key = Unit.objects.order_by("pk").values_list("pk", flat=True)[0]

    def view(_request: Any) -> JsonResponse:
        return JsonResponse(Unit.objects.values("pk", "public_id", "kind").get(pk=key))

    request = RequestFactory().get("/")
    cpus, _walls = repeated(lambda: [view(request) for _ in range(100)], 10)
    return percentile(cpus, 50) / 100


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
