"""Starting a campaign: its plan is laid down as rows, and everybody's duties are issued, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from zhengyou.campaigns import duties, packed, rules
from zhengyou.campaigns.gates import held_in
from zhengyou.campaigns.models import Campaign, Phase, Programme, Slot, Task
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for
from zhengyou.packs.check import Checked
from zhengyou.packs.organisation import Label
from zhengyou.packs.schedule import ProgrammePlan, SlotPlan, TaskPlan


@dataclass(frozen=True)
class Started:
    """What the start laid down: tasks, periods, and the duties issued so far."""

    tasks: int
    slots: int
    issued: int


Draw = Callable[[str], int]
"""The seed of a sample draw, by the code of its task."""


def unforeseen(_task: str) -> int:
    """A seed that nobody can know before the start; from then on the journal keeps it."""
    return secrets.randbelow(2**31)


def start(campaign: Campaign, *, by: Actor, draw: Draw = unforeseen) -> Started:
    """Start an approved campaign: programmes, phases, tasks and slots from the pack, then the duties that are open today.

    Refused unless approved and with every blocking question answered; warnings (a vacancy) never block. Another `draw`
    is for a story that is played into a demo, so that it is the same each time: RuntimeError anywhere else.
    """
    if draw is not unforeseen and not clock.is_played():
        raise RuntimeError("a draw that can be foreseen")
    with record("campaign.started", by=by, subject=f"campaign:{campaign.public_id}") as entry:
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        insist(rules.may_start(authority_for(by), campaign))
        checked = packed.checked(campaign)
        blocking = packed.blocking(checked)
        if blocking:
            more = _("还不能启动：%(n)s 处没有解决。%(first)s")
            raise Invalid(Problem("", more % {"n": len(blocking), "first": blocking[0]}))
        plans, programmes = packed.plan(checked)
        if not Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.APPROVED).update(
            state=Campaign.State.RUNNING, started_on=clock.today()
        ):
            raise Conflict(_("这项活动刚才已经启动了。"))
        slots = lay_down(entry, campaign, plans, programmes, draw)
        done = issue(entry, slots)
        entry.note(tasks=len(plans), slots=len(slots), issued=done)
    analyse()
    return Started(len(plans), len(slots), done)


def lay_down(
    entry: OpenEntry,
    campaign: Campaign,
    plans: Sequence[TaskPlan],
    programmes: Sequence[ProgrammePlan],
    draw: Draw = unforeseen,
) -> list[Slot]:
    """Keep the plan as rows; returns the slots. The seed of each sample draw is recorded in the journal."""
    shelves = {
        plan.code: Programme.objects.create(
            campaign=campaign, code=plan.code, zh=plan.zh, en=plan.en, place=place
        )
        for place, plan in enumerate(programmes)
    }
    phases = {
        (plan.code, phase.code): Phase.objects.create(
            programme=shelves[plan.code],
            code=phase.code,
            zh=phase.zh,
            en=phase.en,
            starts_on=phase.start,
            ends_on=phase.end,
            gate=phase.gate,
            place=place,
        )
        for plan in programmes
        for place, phase in enumerate(plan.phases)
    }
    tasks = Task.objects.bulk_create(
        [
            task_row(
                campaign, shelves[plan.programme], phases.get((plan.programme, plan.phase)), plan, place, draw
            )
            for place, plan in enumerate(plans)
        ]
    )
    for task in tasks:
        if "seed" in task.about:
            entry.note(**{f"seed_{task.code}": task.about["seed"]})
    return _slots(zip(tasks, plans, strict=True))


def lay_more(entry: OpenEntry, campaign: Campaign, checked: Checked) -> int:
    """After a question that was put off is answered: dates of phases that were open, tasks and slots that waited.

    What runs already stays as it was started. Returns the duties issued.
    """
    plans, programmes = packed.plan(checked)
    shelves = {shelf.code: shelf for shelf in Programme.objects.filter(campaign=campaign)}
    lay_phases(campaign, programmes)
    phases = {
        (phase.programme.code, phase.code): phase
        for phase in Phase.objects.select_related("programme").filter(programme__campaign=campaign)
    }
    dated = set(Slot.objects.filter(task__campaign=campaign).values_list("task__code", flat=True))
    waiting = [plan for plan in plans if plan.slots and plan.code not in dated]
    ready = []
    for plan in waiting:
        phase = phases.get((plan.programme, plan.phase))
        fresh = task_row(campaign, shelves[plan.programme], phase, plan, plans.index(plan))
        held = Task.objects.filter(campaign=campaign, code=plan.code, replaced_by=None).first()
        if held is not None:
            fresh.pk, fresh.version = held.pk, held.version
        fresh.save()
        ready.append((fresh, plan))
    slots = _slots(ready)
    done = issue(entry, slots) if slots else 0
    entry.note(slots_added=len(slots), issued=done)
    return done


def lay_phases(campaign: Campaign, programmes: Iterable[ProgrammePlan]) -> None:
    """Names and dates of programmes and phases follow the plan; a phase that has ended or is closed stays as it was."""
    today = clock.today()
    for place, plan in enumerate(programmes):
        words = {"zh": plan.zh[:200], "en": plan.en[:200]}
        shelf, _made = Programme.objects.update_or_create(
            campaign=campaign, code=plan.code, defaults=words, create_defaults={**words, "place": place}
        )
        for number, phase in enumerate(plan.phases):
            found = Phase.objects.filter(programme=shelf, code=phase.code).first()
            if found is not None and (found.closed_on or (found.ends_on and found.ends_on < today)):
                continue
            Phase.objects.update_or_create(
                programme=shelf,
                code=phase.code,
                defaults={
                    "zh": phase.zh[:200],
                    "en": phase.en[:200],
                    "starts_on": phase.start,
                    "ends_on": phase.end,
                    "gate": phase.gate,
                    "place": number,
                },
            )


def _slots(ready: Iterable[tuple[Task, TaskPlan]]) -> list[Slot]:
    """The slots of tasks; what one may do is on nobody's list."""
    return Slot.objects.bulk_create(
        [_slot(task, plan, slot) for task, plan in ready if plan.level != "may" for slot in plan.slots]
    )


def issue(entry: OpenEntry, slots: Sequence[Slot]) -> int:
    """Issue the duties of those slots that are open today and not held by a gate; returns how many rows were written."""
    today = clock.today()
    held = held_in(slots[0].task.campaign_id) if slots else set()
    slots = [slot for slot in slots if slot.pk not in held]
    done = duties.reconcile(slots, entry, today)
    opened = [slot.pk for slot in slots if slot.opens_on <= today < slot.closed_on]
    Slot.objects.filter(pk__in=opened).update(reconciled=entry.id, reconciled_on=today)
    return done.get("issue", 0)


def analyse() -> None:
    """Let PostgreSQL's planner know the tables' new sizes: it guesses wildly before, and keeps looking by itself after.

    SQLite would go by what it counts here for ever: one duty today, and next year every paper handed in would look at
    every duty there is. Without any count it goes by its indexes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def joins_by(plan: TaskPlan, slot: SlotPlan) -> date | None:
    """The last day on which one may join and still owe this period; None: whoever is there at the cut-off owes it."""
    if plan.joiners == "owe_next_period":
        return slot.opens_on
    if plan.grace_days > 0:
        return max(slot.opens_on, slot.cutoff_on - timedelta(days=plan.grace_days))
    return None


def _slot(task: Task, plan: TaskPlan, slot: SlotPlan) -> Slot:
    return Slot(
        task=task,
        period=slot.period,
        opens_on=slot.opens_on,
        cutoff_on=max(slot.opens_on, slot.cutoff_on),
        due_on=slot.due_on,
        joins_by=joins_by(plan, slot),
    )


def task_row(
    campaign: Campaign,
    programme: Programme,
    phase: Phase | None,
    plan: TaskPlan,
    place: int,
    draw: Draw = unforeseen,
) -> Task:
    """A planned task as a row, not yet saved; a sample's draw gets its seed."""
    about: dict[str, Any] = {
        "kinds": _labels(plan.kinds),
        "note": _label(plan.note),
        "advice": _label(plan.advice),
        "source": plan.source,
        "who": list(plan.who),
        "opens": list(plan.opens),
        "after": list(plan.after),
        "on_occasion": plan.on_occasion,
        "quorum": plan.quorum,
        "counts_when": plan.counts_when,
        "waits_for": list(plan.waits_for),
        "data": plan.data,
    }
    if plan.review_mode == "sample":
        about["seed"] = draw(plan.code)
    return Task(
        campaign=campaign,
        programme=programme,
        phase=phase,
        code=plan.code,
        place=place,
        zh=plan.zh,
        en=plan.en,
        form=plan.form,
        level=plan.level,
        subject=plan.subject,
        post=plan.post,
        audience=duties.audience_of(plan),
        review=list(plan.review),
        review_mode=plan.review_mode,
        share=str(plan.share) if plan.share is not None else "",
        return_days=plan.return_days,
        returned_days=plan.returned_days,
        minutes=plan.minutes,
        review_minutes=plan.review_minutes,
        grace_days=plan.grace_days,
        joiners=plan.joiners,
        about=about,
    )


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _labels(labels: Sequence[Label]) -> list[dict[str, str]]:
    return [_label(label) for label in labels]
