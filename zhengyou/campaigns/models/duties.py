"""Duties: what one member or unit owes in one slot, every change of it, what was handed in and how it was judged."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengyou.campaigns.models.plan import Slot
from zhengyou.campaigns.models.seen import DutyQuerySet
from zhengyou.journal.models import Entry, Evidence
from zhengyou.org.models import Person, Unit


class State(models.TextChoices):
    """States of a duty; overdue is a view, never a state (CORE §3)."""

    DUE = "due", "due"
    SUBMITTED = "submitted", "submitted"
    RETURNED = "returned", "returned"
    ACCEPTED = "accepted", "accepted"
    EXEMPT = "exempt", "exempt"
    VOID = "void", "void"


OPEN = (State.DUE, State.RETURNED)


class Duty(models.Model):
    """What one member or one unit owes in one slot; `unit` is charged. Only `duties.apply` changes a row."""

    slot = models.ForeignKey(Slot, models.PROTECT, db_index=False)
    member = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="duties")
    subject_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=9, choices=State)
    cause = models.CharField(max_length=9, blank=True)
    due_on = models.DateField()
    last_day = models.DateField()
    carried_on = models.DateField(null=True)
    version = models.IntegerField(default=0)
    issued_on = models.DateField()
    first_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    first_state = models.CharField(max_length=9)
    first_due_on = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "member"], condition=Q(member__isnull=False), name="duty_member_once"
            ),
            models.UniqueConstraint(
                fields=["slot", "subject_unit"],
                condition=Q(subject_unit__isnull=False),
                name="duty_unit_once",
            ),
            models.CheckConstraint(
                condition=Q(member=None, subject_unit__isnull=False)
                | Q(member__isnull=False, subject_unit=None),
                name="duty_one_subject",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="duty_state"),
        ]
        indexes = [
            models.Index(fields=["member", "state"], name="duty_desk"),
            models.Index(fields=["unit", "slot", "state"], name="duty_unit"),
        ]

    def __str__(self) -> str:
        return f"duty {self.pk} {self.state}"


class DutyEvent(models.Model):
    """One change of one duty, append-only: the truth from which every figure of every day follows."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="events", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    step = models.IntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=9)
    cause = models.CharField(max_length=9, blank=True)
    from_state = models.CharField(max_length=9)
    to_state = models.CharField(max_length=9)
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    from_due_on = models.DateField()
    to_due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "step", "duty"], name="duty_event_once")]
        indexes = [
            models.Index(fields=["duty", "id"], name="duty_event_duty"),
            models.Index(fields=["from_unit"], name="duty_event_left", condition=Q(kind="move")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.duty_id}"


class Decision(models.Model):
    """An exemption, extension or voiding decided with a reason; reconcile carries it out, dropping takes it back.

    It holds for one member, for one unit and those below it (`below`; else for the unit's own duty alone), or for all
    (both empty). `reason` is a code of the organisation's short list; `text` is seen by the person, the secretary and
    the decider.
    """

    class Kind(models.TextChoices):
        EXEMPT = "exempt", "exempt"
        EXTEND = "extend", "extend"
        VOID = "void", "void"

    slot = models.ForeignKey(Slot, models.PROTECT)
    kind = models.CharField(max_length=6, choices=Kind)
    member = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    below = models.BooleanField(default=True)
    due_on = models.DateField(null=True)
    day = models.DateField()
    reason = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    dropped = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    def __str__(self) -> str:
        return f"{self.kind} in {self.slot_id}"


class Submission(models.Model):
    """One handing-in of a duty: what was done, what changed, or nothing to report; and where it waits for review.

    `waits_at` is the unit whose reviewer is to act on tier `tier` (0-based), `waits_for` the post asked for ("" = any
    post that may review). A duty's newest submission is the one that counts. `due_on` is the deadline it was handed in
    against: what came after it stays marked late. `paper` names a room's own paper, `label:id` ("" = a short report).
    """

    class State(models.IntegerChoices):
        WAITING = 10, "waiting"
        ACCEPTED = 20, "accepted"
        RETURNED = 30, "returned"
        WITHDRAWN = 40, "withdrawn"

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="submissions")
    number = models.SmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    day = models.DateField()
    due_on = models.DateField()
    nothing = models.BooleanField(default=False)
    done = models.TextField(blank=True)
    changed = models.TextField(blank=True)
    objection = models.TextField(blank=True)
    paper = models.CharField(max_length=60, blank=True)
    state = models.IntegerField(choices=State, default=State.WAITING)
    tier = models.SmallIntegerField(default=0)
    waits_at = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    waits_for = models.CharField(max_length=40, blank=True)
    waits_since = models.DateField(null=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "number"], name="submission_once")]
        indexes = [
            models.Index(
                fields=["waits_at", "waits_since"], name="submission_waiting", condition=Q(state=10)
            ),
            models.Index(fields=["by"], name="submission_author", condition=Q(state=10)),
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of duty {self.duty_id}"

    @property
    def late(self) -> bool:
        """Whether it was handed in after its deadline; stays true for ever."""
        return self.day > self.due_on


class Review(models.Model):
    """One reviewer's verdict on one tier of a submission; a return has reasons, the old and the new date.

    `at_unit` is where it was given; the third return of a duty alerts the unit above that, `alerts_at`.
    """

    class Verdict(models.IntegerChoices):
        ACCEPTED = 20, "accepted"
        RETURNED = 30, "returned"

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="reviews")
    tier = models.SmallIntegerField()
    verdict = models.IntegerField(choices=Verdict)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    day = models.DateField()
    reasons = models.TextField(blank=True)
    old_due_on = models.DateField(null=True)
    new_due_on = models.DateField(null=True)
    at_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    alerts_at = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["alerts_at"], name="review_alert", condition=Q(alerts_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"review of {self.submission_id}"


class DutyEvidence(models.Model):
    """A piece of evidence linked to a duty; the same evidence may serve any number of duties (S14)."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="evidence")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    dropped = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "evidence"], condition=Q(dropped=None), name="duty_evidence_once"
            )
        ]

    def __str__(self) -> str:
        return f"evidence {self.evidence_id} for duty {self.duty_id}"
