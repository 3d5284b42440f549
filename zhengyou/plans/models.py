"""Plans of units, their versions, their clauses, the verdicts on clauses, and questions about a clause that changed above."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengyou.campaigns.models import Campaign, Duty, WorkItem
from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.org.models import Unit


class Plan(models.Model):
    """The plan of one unit in one campaign; the root's is issued by the office and everybody's begins with it."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="plans", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "unit"], name="plan_once")]
        indexes = [models.Index(fields=["unit"], name="plan_unit")]

    def __str__(self) -> str:
        return f"plan {self.public_id}"


class PlanVersion(models.Model):
    """One version of a plan as it was handed in or issued; its words never change afterwards.

    `basis` is the approved version above that it was written against. With a `duty` it settles that duty and waits where
    the duty's paper waits; an amendment has none and waits at `waits_at` for `waits_for` ("" = any post that may review).
    `by` and `decided_by` are actors.
    """

    class State(models.IntegerChoices):
        WITHDRAWN = 10, "withdrawn"
        SUBMITTED = 20, "submitted"
        RETURNED = 30, "returned"
        APPROVED = 40, "approved"
        SUPERSEDED = 50, "superseded"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", db_index=False)
    number = models.SmallIntegerField()
    state = models.IntegerField(choices=State, default=State.SUBMITTED)
    basis = models.ForeignKey("self", models.PROTECT, null=True, related_name="built_on", db_index=False)
    duty = models.ForeignKey(Duty, models.PROTECT, null=True, related_name="+", db_index=False)
    title = models.CharField(max_length=200)
    document_no = models.CharField(max_length=80, blank=True)
    theme = models.TextField(blank=True)
    grounds = models.TextField(blank=True)
    aims = models.TextField(blank=True)
    organisation = models.TextField(blank=True)
    safeguards = models.TextField(blank=True)
    objection = models.TextField(blank=True)
    by = models.CharField(max_length=60)
    day = models.DateField()
    at = models.DateTimeField()
    waits_at = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    waits_for = models.CharField(max_length=40, blank=True)
    waits_since = models.DateField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True)
    decided_at = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state=20), name="plan_one_in_review"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state=40), name="plan_one_in_force"),
        ]
        indexes = [
            models.Index(fields=["duty"], name="plan_version_duty", condition=Q(duty__isnull=False)),
            models.Index(fields=["waits_at"], name="plan_version_waits", condition=Q(state=20)),
            models.Index(fields=["basis"], name="plan_version_basis", condition=Q(state=40)),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of plan {self.plan_id}"


class Clause(models.Model):
    """One clause of a version: what, by when, who answers for it.

    `code` stays the same through the versions of a plan; `follows` names the topmost clause that it carries out ("" = an
    own one), so clauses of any two plans of a line are compared by `key`. `owner` is a person's public id, `owner_text` a
    post or group in words. `required` comes down from the issued plan: everybody below must take it up.
    """

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="clauses", db_index=False)
    code = models.CharField(max_length=16)
    follows = models.CharField(max_length=16, blank=True)
    place = models.SmallIntegerField()
    task_code = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=100)
    text = models.TextField()
    due_on = models.DateField(null=True)
    owner = models.CharField(max_length=16, blank=True)
    owner_text = models.CharField(max_length=60, blank=True)
    result = models.TextField(blank=True)
    own_vehicle = models.BooleanField(default=False)
    required = models.BooleanField(default=False)
    work_item = models.ForeignKey(WorkItem, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["version", "place"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="plan_clause_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        """The topmost clause it carries out, else itself: what clauses of two plans are matched by."""
        return self.follows or self.code


class ClauseVerdict(models.Model):
    """The reviewer's word on one clause of a version, or (by its key) on one of the plan above that nobody took up."""

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="verdicts", db_index=False)
    code = models.CharField(max_length=16)
    accepted = models.BooleanField()
    reasons = models.TextField(blank=True)
    by = models.CharField(max_length=60)
    day = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["version", "id"], name="plan_verdict_version")]

    def __str__(self) -> str:
        return f"verdict on {self.code}"


class ClauseQuestion(models.Model):
    """One clause changed in the plan above: does the unit take the change over, or keep its own words, and why?

    `answer` is the version that took it over: taken back, that asks again.
    """

    class State(models.IntegerChoices):
        ASKED = 10, "asked"
        KEPT = 20, "kept"
        TAKEN = 30, "taken over"
        PASSED = 40, "passed over by a newer change"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="questions", db_index=False)
    key = models.CharField(max_length=16)
    old = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", db_index=False)
    new = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", db_index=False)
    state = models.IntegerField(choices=State, default=State.ASKED)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=60, blank=True)
    asked_on = models.DateField()
    answered_on = models.DateField(null=True)
    answer = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="answers", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["plan", "state"], name="plan_question_plan")]

    def __str__(self) -> str:
        return f"question {self.public_id}"
