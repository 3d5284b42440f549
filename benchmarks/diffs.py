"""diffs: every unit's plan against the one above it: `python -m benchmarks diffs [--units N] --json`.

91 units under a plan of 20 clauses: each takes them up with other words, dates and persons, leaves some out and adds its
own. Measured: all of them compared, words marked and likeness among sisters (CPU ms of the whole, `per_s` = plans), and one
reviewer's page whole through the test client beside the list of all plans. Beside it the machine's own limit: one bare
Django read behind one view.
"""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from benchmarks import fill
from benchmarks.j2 import limit, prepare, say
from benchmarks.measure import Measured, counted_queries, percentile, repeated

CLAUSES = 20
TIMES = 20
WORK = "每月第一个周五集中学习一次，会后三天内把记录交到办公室，年底汇总成一份清单，由第{n}组逐项对照检查"
OWN = "在{place}设一个答疑点，每周三晚上七点到九点，由第{n}组轮流值班，月底贴出解决了哪些问题"


def run(args: argparse.Namespace) -> int:
    """Fill, write the plans, compare them all, ask for the pages; 1 where a page was not answered."""
    units = args.units or 91
    found = prepare(units, args.members or 2207)
    say("writing plans")
    plans = write()
    from zhengyou.org.models import Post
    from zhengyou.org.tests.builder import client

    office = Post.objects.get(unit=found.root, post="office").person
    browser = client(office)
    browser.defaults["SERVER_NAME"] = "localhost"
    pages = {"review": waiting_at(found.root), "list": "/plans/"}
    notes: dict[str, Any] = {}
    errors = 0
    for name, url in pages.items():
        browser.get(url)
        with counted_queries() as count:
            response = browser.get(url)
        errors += response.status_code != 200
        cpus, walls = repeated(lambda url=url: browser.get(url), TIMES)
        kb = len(response.content) / 1000
        notes[name] = {"queries": count[0], "cpu_ms": round(percentile(cpus, 50), 2), "html_kb": round(kb, 1)}
        if name == "review":
            page = (count[0], walls, kb)
    sides = read()
    cpus, _walls = repeated(lambda: compare(sides), 5)
    whole = percentile(cpus, 50)
    notes["compared"] = {"plans": len(sides), "differing": compare(sides)}
    Measured(
        "diffs",
        {"units": units, "plans": plans, "clauses": CLAUSES},
        queries=page[0],
        cpu_ms=whole,
        p50_ms=percentile(page[1], 50),
        p95_ms=percentile(page[1], 95),
        per_s=len(sides) / whole * 1000,
        errors=errors,
        html_kb=page[2],
        limit_cpu_ms=limit(),
        notes=notes,
    ).print(as_json=True)
    return 1 if errors else 0


def write() -> int:
    """The top plan in force, below it every unit's handed in against it; returns how many."""
    from zhengyou.campaigns.models import Campaign, Task
    from zhengyou.journal.actions import Actor, record
    from zhengyou.kit import clock
    from zhengyou.org.models import Placement, Post, on
    from zhengyou.plans.models import Clause, Plan, PlanVersion

    campaign = Campaign.objects.get()
    task = Task.objects.filter(campaign=campaign).order_by("-subject", "pk")[
        0
    ]  # a unit's, where there is one
    Task.objects.filter(pk=task.pk).update(form="plan")
    placed = list(Placement.objects.filter(on(fill.TODAY)).order_by("unit_id"))
    root = next(place.unit_id for place in placed if place.parent_id is None)
    heads = dict(
        Post.objects.filter(on(fill.TODAY), first_responsible=True).values_list(
            "unit_id", "person__public_id"
        )
    )
    with record("bench.planned", by=Actor.system("bench")) as entry:
        made = Plan.objects.bulk_create(
            Plan(campaign=campaign, unit_id=place.unit_id, entry_id=entry.id) for place in placed
        )
        common = {"number": 1, "day": fill.TODAY, "at": clock.now(), "entry_id": entry.id}
        top = PlanVersion.objects.create(
            plan=next(plan for plan in made if plan.unit_id == root), state=40, title="学校方案",
            document_no="1号", by="system:bench", **common,
        )  # fmt: skip
        lines = [
            Clause(
                version=top, code=f"c{n}", place=n, title=f"第{n}项工作", text=WORK.format(n=n) + "。",
                due_on=fill.TODAY + timedelta(days=n), required=n % 2 == 0,
            )
            for n in range(CLAUSES)
        ]  # fmt: skip
        parents = {place.unit_id: place.parent_id for place in placed}
        versions = PlanVersion.objects.bulk_create(
            PlanVersion(
                plan=plan, state=20, basis=top, title="实施方案", by=heads.get(plan.unit_id, "system:bench"),
                waits_at_id=parents[plan.unit_id], waits_since=fill.TODAY, **common,
            )
            for plan in made
            if plan.unit_id != root
        )  # fmt: skip
        for k, version in enumerate(versions):
            lines += [
                Clause(
                    version=version, code=f"u{k}.{n}", follows=f"c{n}", place=n, title=f"第{n}项工作",
                    text=WORK.format(n=n).replace("周五", "周" + "一二三四五"[(k + n) % 5]) + "，并公布结果。" * (n % 3),
                    due_on=fill.TODAY + timedelta(days=n + k % 4), owner_text="组织委员",
                )
                for n in range(CLAUSES)
                if (k + n) % 7
            ]  # fmt: skip
            lines.append(
                Clause(
                    version=version, code=f"u{k}.own", place=CLAUSES, title="自己的", own_vehicle=True,
                    text=OWN.format(place=f"{k % 9}号楼", n=k % 5), due_on=fill.TODAY,
                )
            )  # fmt: skip
        Clause.objects.bulk_create(lines, batch_size=1000)
    return len(made)


def waiting_at(unit: int) -> str:
    """The review page of the first plan that waits at a unit."""
    from zhengyou.plans.models import PlanVersion

    version = PlanVersion.objects.select_related("plan__campaign", "plan__unit").filter(waits_at=unit)[0]
    return f"/plans/{version.plan.campaign.public_id}/{version.plan.unit.public_id}/review/"


def read() -> list[tuple[int, list[Any], list[Any], dict[int, list[Any]]]]:
    """Each plan below: its version, the clauses above, its own, and those of its sisters by version."""
    from zhengyou.plans.models import Clause, PlanVersion

    clauses: dict[int, list[Any]] = {}
    for clause in Clause.objects.order_by("version", "place"):
        clauses.setdefault(clause.version_id, []).append(clause)
    versions = list(PlanVersion.objects.exclude(basis=None))
    sisters: dict[int, list[int]] = {}
    for version in versions:
        sisters.setdefault(version.waits_at_id, []).append(version.pk)
    return [
        (
            v.pk,
            clauses[v.basis_id],
            clauses[v.pk],
            {pk: clauses[pk] for pk in sisters[v.waits_at_id] if pk != v.pk},
        )
        for v in versions
    ]


def compare(sides: list[tuple[int, list[Any], list[Any], dict[int, list[Any]]]]) -> int:
    """All plans as the reviewer's page compares them; how many clauses differ."""
    from zhengyou.plans import comparing

    differing = 0
    for _pk, above, mine, sisters in sides:
        pairs = comparing.compare(above, mine).of("differs", "gap", "own")
        for pair in pairs:
            if pair.theirs is not None and pair.ours is not None:
                comparing.words(pair.theirs.text, pair.ours.text)
        comparing.most_alike(mine, sisters, above)
        differing += len(pairs)
    return differing
