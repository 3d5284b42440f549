"""Where a unit's plan stands: its versions, the duty it settles, the plan above it that it is written against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from zhengyou.campaigns.models import OPEN, Campaign, Duty, State, Submission
from zhengyou.org import tree
from zhengyou.org.models import Closure, Unit
from zhengyou.org.succession import carried, successors
from zhengyou.plans.models import Clause, Plan, PlanVersion

FORM = "plan"
"""The form of a task whose papers this room takes in."""
MOST = 50
"""Versions of one plan that are read."""
VOID = (State.VOID, State.EXEMPT)
PUBLISHED = (PlanVersion.State.APPROVED, PlanVersion.State.SUPERSEDED)


@dataclass
class Standing:
    """One unit's plan in one campaign on a day; `line` are the units from the root down to where it is charged."""

    campaign: Campaign
    unit: Unit
    day: date
    plan: Plan | None
    duty: Duty | None
    versions: list[PlanVersion]
    line: list[int] = field(default_factory=list)

    @property
    def top(self) -> bool:
        """Whether this is the root's plan, which is issued."""
        return self.line == [self.unit.pk]

    @property
    def at(self) -> int:
        """The unit that answers for it: where its duty is charged, else the unit itself."""
        return self.duty.unit_id if self.duty is not None else self.unit.pk

    @property
    def newest(self) -> PlanVersion | None:
        """The newest version, whatever became of it."""
        return self.versions[0] if self.versions else None

    @property
    def in_force(self) -> PlanVersion | None:
        """The approved version."""
        return next((v for v in self.versions if v.state == PlanVersion.State.APPROVED), None)

    @property
    def waiting(self) -> PlanVersion | None:
        """The version that waits for review."""
        newest = self.newest
        return newest if newest is not None and newest.state == PlanVersion.State.SUBMITTED else None

    @property
    def returned(self) -> PlanVersion | None:
        """The version that came back and was not written anew."""
        newest = self.newest
        return newest if newest is not None and newest.state == PlanVersion.State.RETURNED else None

    @property
    def owed(self) -> Duty | None:
        """The duty while it is to be handed in."""
        return self.duty if self.duty is not None and self.duty.state in OPEN else None

    @cached_property
    def submission(self) -> Submission | None:
        """The paper under which the waiting version lies with the duty's reviewer; None for an amendment."""
        if self.waiting is None or self.waiting.duty_id is None:
            return None
        found = Submission.objects.select_related("duty__slot__task", "by").filter(
            duty=self.waiting.duty_id, state=Submission.State.WAITING
        )
        return found.first()

    @cached_property
    def basis(self) -> PlanVersion | None:
        """The nearest approved plan above, as it is now."""
        return nearest(self.campaign.pk, [unit for unit in self.line if unit != self.at])

    @cached_property
    def last_clauses(self) -> list[Clause]:
        """Clauses of the newest version."""
        return clauses(self.newest) if self.newest else []


def find(campaign: str, unit: str, day: date) -> Standing | None:
    """The standing by public ids of campaign and unit; None where there is no such campaign or unit. Five queries."""
    found = Campaign.objects.filter(public_id=campaign, state__gte=Campaign.State.RUNNING).first()
    whose = Unit.objects.filter(public_id=unit).first()
    if found is None or whose is None:
        return None
    return of(found, whose, day)


def of(campaign: Campaign, unit: Unit, day: date) -> Standing:
    """The standing of a unit's plan in a campaign."""
    plan = Plan.objects.filter(campaign=campaign, unit=unit).first()
    return stand(campaign, unit, day, plan, duty_of(campaign.pk, unit.pk))


def stand(campaign: Campaign, unit: Unit, day: date, plan: Plan | None, duty: Duty | None) -> Standing:
    """The standing where plan and duty are at hand; two queries."""
    versions = list(plan.versions.select_related("basis").order_by("-number")[:MOST]) if plan else []
    for version in versions:
        version.plan = plan  # type: ignore[assignment]
    at = duty.unit_id if duty is not None else unit.pk
    line = [p.unit_id for p in tree.path(at, day)] or [unit.pk]
    return Standing(campaign, unit, day, plan, duty, versions, line)


def duty_of(campaign: int, unit: int) -> Duty | None:
    """The unit's duty of this form: one that is open or in review, else the newest."""
    found = Duty.objects.select_related("slot__task", "unit").filter(
        slot__task__campaign=campaign, slot__task__form=FORM, subject_unit=unit
    )
    rows = sorted(
        found.order_by("-slot__opens_on", "-pk")[:20], key=lambda d: d.state not in (*OPEN, "submitted")
    )
    return rows[0] if rows else None


def nearest(campaign: int, line: Iterable[int]) -> PlanVersion | None:
    """The approved version of the lowest of these units (root first) that has one; one query."""
    order = list(line)
    found = PlanVersion.objects.select_related("plan").filter(
        plan__campaign=campaign, plan__unit__in=order, state=PlanVersion.State.APPROVED
    )
    by_unit = {version.plan.unit_id: version for version in found}
    return next((by_unit[unit] for unit in reversed(order) if unit in by_unit), None)


def clauses(version: PlanVersion | None) -> list[Clause]:
    """The clauses of a version in their order, each with its work item; one query."""
    if version is None:
        return []
    return list(Clause.objects.filter(version=version).select_related("work_item").order_by("place", "pk"))


def owes(campaign: int, unit: int) -> bool:
    """Whether a unit owes a plan of its own or has one."""
    asked = Duty.objects.filter(
        slot__task__campaign=campaign, slot__task__form=FORM, subject_unit=unit
    ).exclude(state__in=VOID)
    return asked.exists() or Plan.objects.filter(campaign=campaign, unit=unit).exists()


def below(plan: Plan, day: date) -> list[Plan]:
    """The plans of open units below a plan's unit that have a version in force."""
    under = Closure.objects.filter(ancestor=plan.unit_id, valid_from__lte=day, valid_to__gt=day)
    found = Plan.objects.filter(
        campaign=plan.campaign_id,
        unit__in=under.exclude(descendant=plan.unit_id).values("descendant"),
        unit__closed_on__gt=day,
        versions__state=PlanVersion.State.APPROVED,
    )
    return list(found.order_by("pk"))


def inherited(found: Standing) -> list[Plan]:
    """Plans of closed units whose work this unit carries, for reading on; three queries, fifty at most."""
    closed = carried([found.unit.pk], found.day) - {found.unit.pk}
    if not closed:
        return []
    plans = Plan.objects.filter(campaign=found.campaign, unit__in=closed, versions__state__in=PUBLISHED)
    return list(plans.select_related("unit").distinct().order_by("pk")[:MOST])


def heir(found: Standing) -> Unit | None:
    """The unit that carries a closed unit's work today; None while the unit stands. Three queries."""
    if found.unit.closed_on > found.day:
        return None
    after = successors({found.unit.pk}, found.day)[found.unit.pk]
    return Unit.objects.filter(pk=after).first() if after != found.unit.pk else None
