"""walls: the wall with every member's and every unit's promises: `python -m benchmarks walls [--units N --members N] --json`.

Whole requests through the test client, asked by nobody (open web), a member and the office. Targets (issue 4): 8 queries,
40 CPU ms, 100 kB at 91 units and 2,207 members, which promise 2,298 papers. A bare Django read stands beside it.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from typing import Any

from benchmarks import fill
from benchmarks.j2 import limit, prepare, say
from benchmarks.measure import Measured, counted_queries, percentile, repeated

TIMES = 40
TEXTS = (
    "本学期给补考同学加三次答疑，每次两小时",
    "每周三晚在 6 栋架空层帮同学修电脑",
    "把支部经费收支贴在公示栏，每月一次",
    "考试周阅览室延长到 23:00",
)


def run(args: argparse.Namespace) -> int:
    """Fill, hang the promises, ask for the wall; 1 where a page was not answered or a budget is broken."""
    units, members = args.units or 91, args.members or 2207
    found = prepare(units, members)
    say("promising")
    papers = promise()
    from django.test import Client

    from zhengyou.org.models import Person, Post
    from zhengyou.org.tests.builder import client

    office = Post.objects.get(unit=found.root, post="office").person
    readers = {
        "web": Client(),
        "member": client(Person.objects.get(pk=found.member)),
        "office": client(office),
    }
    notes: dict[str, Any] = {}
    errors, worst = 0, (0, 0.0, [0.0], 0.0)
    for name, browser in readers.items():
        browser.defaults["SERVER_NAME"] = "localhost"
        for url in ("/wall/", "/wall/?q=答疑&state=kept&page=3"):
            browser.get(url)
            with counted_queries() as count:
                response = browser.get(url)
            errors += response.status_code != 200 or b"zy-vow" not in response.content
            cpus, walls = repeated(lambda url=url, browser=browser: browser.get(url), TIMES)
            cpu, kb = percentile(cpus, 50), len(response.content) / 1000
            notes[f"{name} {url}"] = {"queries": count[0], "cpu_ms": round(cpu, 2), "html_kb": round(kb, 1)}
            worst = max(worst, (count[0], cpu, walls, kb), key=lambda one: one[1])
    _n, cpu, walls, _kb = worst
    Measured(
        "walls",
        {"units": units, "members": members, "promises": papers},
        queries=max(one["queries"] for one in notes.values()),
        cpu_ms=cpu,
        p50_ms=percentile(walls, 50),
        p95_ms=percentile(walls, 95),
        per_s=1000 / percentile(walls, 50),
        errors=errors,
        html_kb=max(one["html_kb"] for one in notes.values()),
        limit_cpu_ms=limit(),
        notes=notes,
    ).print(as_json=True)
    return 1 if errors else 0


def promise() -> int:
    """One published promise of two items for every member and every unit; a third for the web; returns how many."""
    from zhengyou.campaigns.models import Campaign
    from zhengyou.commitments.models import Commitment, Item
    from zhengyou.journal.actions import Actor, record
    from zhengyou.org.models import Affiliation, Placement, on

    campaign = Campaign.objects.get()
    scopes = ("web", "all", "unit")
    with record("bench.promised", by=Actor.system("bench")) as entry:
        whose = [
            (None, unit)
            for unit in Placement.objects.filter(on(fill.TODAY)).values_list("unit_id", flat=True)
        ]
        held = Affiliation.objects.filter(on(fill.TODAY), role="R").order_by("id")
        whose += list(held.values_list("person_id", "unit_id"))
        made = Commitment.objects.bulk_create(
            Commitment(
                campaign=campaign, unit_id=unit, member_id=member, state=50, scope=scopes[n % 3],
                published_on=date(2010, 7, 16), entry_id=entry.id,
            )
            for n, (member, unit) in enumerate(whose)
        )  # fmt: skip
        states = list(Item.State)
        Item.objects.bulk_create(
            Item(
                commitment=one, place=place, text=TEXTS[(n + place) % 4], measure="看登记本",
                due_on=fill.TODAY + timedelta(days=n % 60 - 20), state=states[(n + place) % 6],
            )
            for n, one in enumerate(made)
            for place in (0, 1)
        )  # fmt: skip
    return len(made)
