"""Amendments follow the reviewers: what waits where nobody can judge it any more waits elsewhere from today on (tick)."""

from __future__ import annotations

from datetime import date

from zhengyou.campaigns.models import Campaign
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.org.models import Person
from zhengyou.plans import standing
from zhengyou.plans.actions.asking import ask_again
from zhengyou.plans.models import PlanVersion
from zhengyou.plans.standing import Standing

MOST = 2000
"""Amendments looked at in one go; what is left over is looked at by the next tick."""
State = PlanVersion.State


def follow(_day: date | None = None) -> int:
    """Route on every waiting amendment at whose desk nobody may judge it, or whose unit hangs elsewhere now; an amendment
    of a unit that was closed meanwhile is taken back, for nobody amends that plan any more. Returns how many were moved.

    A hook of the tick: one query where no amendment waits; no entry where nothing moves. Papers of duties are not here:
    the tick of campaigns routes them.
    """
    waiting = PlanVersion.objects.filter(
        state=State.SUBMITTED, duty=None, plan__campaign__state=Campaign.State.RUNNING
    )
    versions = list(waiting.select_related("plan__campaign", "plan__unit").order_by("pk")[:MOST])
    if not versions:
        return 0
    people = Reviewers(clock.today())
    persons = dict(
        Person.objects.filter(public_id__in={v.by for v in versions}).values_list("public_id", "pk")
    )
    moved: list[tuple[PlanVersion, Desk | None]] = []
    for version in versions:
        authors = [persons[version.by]] if version.by in persons else []
        here, unit = Desk(version.waits_at_id or 0, version.waits_for), version.plan.unit_id
        if here.unit in people.line(unit) and people.able(here, authors):
            continue
        found = standing.of(version.plan.campaign, version.plan.unit, clock.today())
        there = _desk(found, version, people, authors)
        if there != here:
            moved.append((version, there))
    if moved:
        with record("plan.rerouted", by=Actor.system("tick")) as entry:
            for version, desk in moved:
                if desk is None:
                    PlanVersion.objects.filter(pk=version.pk).update(state=State.WITHDRAWN)
                    ask_again(version)
                    continue
                PlanVersion.objects.filter(pk=version.pk).update(
                    waits_at=desk.unit, waits_for=desk.post, waits_since=clock.today()
                )
            entry.note(moved=len(moved))
    return len(moved)


def _desk(found: Standing, version: PlanVersion, people: Reviewers, authors: list[int]) -> Desk | None:
    """Where it waits from now on; None where the unit is closed and nobody carries its plan on."""
    if found.at not in people.parent:
        return None
    if version.objection:
        returned_at = version.decided_at_id or found.at
        return people.one_up(returned_at if returned_at in people.parent else found.at, authors)
    return people.desk("parent", found.at, of_unit=True, authors=authors)
