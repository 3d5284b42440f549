"""The story's plans: the work plan, the plan from above, each unit's own on top of it, one clause amended later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from zhengyou.campaigns import working
from zhengyou.campaigns.actions import working as keeping
from zhengyou.campaigns.models import Campaign, Duty, Slot, Task, WorkItem
from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.org.models import Placement, on
from zhengyou.plans import actions, checking, standing
from zhengyou.plans.actions import mass
from zhengyou.plans.models import Clause, ClauseQuestion
from zhengyou.site.story import texts, words
from zhengyou.site.story.days import SEED

MORE = ("每月底汇总一次。", "过程记在本单位的记录本里。", "先在一个小组试两周再铺开。", "结果贴在公告栏。")
LESS = (
    "只写了做什么，请写到哪天、谁负责。",
    "和上级原文一样，请写上本单位怎么做。",
    "日期比上级晚，请说明或改到以前。",
)
CLAUSES = 8
REQUIRED = 5


def begin(campaign: Campaign, *, by: Actor) -> None:
    """Enter the work plan and issue the plan from above, where the campaign asks for plans; by an office on the root."""
    if not Task.objects.filter(campaign=campaign, form="plan").exists():
        return
    root = standing.of(campaign, _root(), clock.today())
    items = [working.Item(str(n), text) for n, text in enumerate(words.of(campaign.pack_id).work, 1)]
    keeping.enter(root.unit, clock.today().year, items, by=by)
    actions.issue(root, _top(campaign), by=by)


def _root() -> Any:
    return Placement.objects.select_related("unit").get(on(clock.today()), parent=None).unit


def _top(campaign: Campaign) -> dict[str, Any]:
    """The plan from above: a clause for each of the first tasks, in the pack's own words."""
    body = checking.starting(f"{campaign.zh}实施方案"[:200], []) | {"document_no": texts.number(12)}
    body["aims"] = "人人有事做，件件有回音；不另加报表，做过的事只记一次。"
    rows = []
    first = dict(
        Slot.objects.filter(task__campaign=campaign).order_by("-due_on").values_list("task", "due_on")
    )
    for n, task in enumerate(
        Task.objects.filter(campaign=campaign, level="must").exclude(form="plan")[:CLAUSES]
    ):
        due = first.get(task.pk)
        text = str(
            (task.about or {}).get("source") or f"{task.zh}：按本单位的实际安排，写明怎么做、做到什么程度。"
        )
        rows.append(
            checking.blank()
            | {
                "code": f"c{n + 1}",
                "task": task.code,
                "title": task.zh[:100],
                "text": text[:2000],
                "due_on": due.isoformat() if due else "",
                "required": n < REQUIRED,
            }
        )
    return body | {"clauses": rows}


def write(
    bank: words.Bank, duty: Duty, name: str, above: Sequence[Clause], items: Sequence[WorkItem]
) -> dict[str, Any]:
    """A unit's plan on top of the one above: own dates and owners, some words of its own, a vehicle tied to the work plan."""
    rng = Random(SEED + duty.pk)
    body = checking.starting(f"{name}实施方案"[:200], above)
    body["theme"] = rng.choice(("把身边的事办好", "先学、再做、回头看", "小事做细，难事有人管"))
    rows = []
    for row, clause in zip(body["clauses"], above, strict=True):
        if not clause.required and rng.random() < 0.12:
            continue  # nobody took it up: the approver sees it
        due = clause.due_on or date(duty.due_on.year, 12, 20)
        earlier = rng.choice((0, 0, 1, 2, 3, 5)) if rng.random() < 0.9 else -3
        row |= {"due_on": (due - timedelta(days=earlier)).isoformat(), "owner": rng.choice(bank.heads)}
        if rng.random() < 0.3:
            row["text"] = (row["text"].rstrip("。") + "。" + rng.choice(MORE))[:2000]
        rows.append(row)
    title, text = rng.choice(bank.own)
    own = checking.blank(vehicle=True) | {"title": title, "text": text, "owner": rng.choice(bank.heads)}
    own["due_on"] = date(duty.due_on.year, 12, rng.randint(10, 30)).isoformat()
    own["work"] = rng.choice(items).public_id if items else ""
    return body | {"clauses": [*rows, own]}


def day(
    campaign: Campaign,
    hand_in: Sequence[int],
    accept: Sequence[int],
    give_back: Mapping[int, str],
    *,
    by: Actor,
) -> tuple[list[int], list[int]]:
    """Play a day of plans; returns the duties that had to wait for the plan above: to hand in, and to judge, again."""
    back = {pk: [LESS[(pk + n) % len(LESS)] for n in range(1 + pk % 3)] for pk in give_back}
    waited = mass.play(
        mass.DayOfPlans(hand_in, partial(write, words.of(campaign.pack_id)), accept, back), campaign.pk, by=by
    )
    return [pk for pk in waited if pk in set(hand_in)], [pk for pk in waited if pk in set(accept)]


def amended(campaign: Campaign, text: str) -> None:
    """The office amends the first clause of the plan from above; every unit is asked about just that clause and answers."""
    office = standing.of(campaign, _root(), clock.today())
    if office.in_force is None:
        return
    body = checking.starting(
        "",
        [],
        {name: getattr(office.in_force, name) for name in (*checking.HEAD, *checking.TEXTS)},
        standing.clauses(office.in_force),
    )
    body["document_no"] = texts.number(25)
    body["clauses"][0]["text"] = text
    actions.issue(office, body, by=Actor.system("story"))
    asked = _asked(campaign)
    keep = {pk: "本单位原来写的已经包含这一点。" for n, pk in enumerate(asked) if n % 3 == 0}
    take = [pk for n, pk in enumerate(asked) if n % 3 == 1]
    mass.answer(campaign.pk, keep, take, by=Actor.system("story"))


def answered_late(campaign: Campaign) -> None:
    """Every third of the units still asked takes the amended clause over now; their amendments wait with the unit above."""
    mass.answer(campaign.pk, {}, _asked(campaign)[::3], by=Actor.system("story"), approve=False)


def _asked(campaign: Campaign) -> list[int]:
    asked = ClauseQuestion.objects.filter(plan__campaign=campaign, state=ClauseQuestion.State.ASKED)
    return list(asked.order_by("pk").values_list("pk", flat=True))
