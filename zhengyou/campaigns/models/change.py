"""A running campaign under change: amendments, dates that were moved, frozen reports, questions asked, letters sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengyou.campaigns.models.duties import Duty
from zhengyou.campaigns.models.plan import Campaign, Phase, Slot, Task
from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.org.models import Person, Unit


class Amendment(models.Model):
    """One version of a running campaign's pack after the first, in force from `effective_on`; the text is kept whole.

    Duties issued before keep their version, unless `migrate` took them along with notice.
    """

    class State(models.IntegerChoices):
        DRAFT = 10, "draft"
        PLANNED = 20, "planned"
        DONE = 30, "done"
        PUT_AWAY = 40, "put away"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="amendments", db_index=False)
    version = models.SmallIntegerField()
    state = models.IntegerField(choices=State, default=State.DRAFT)
    effective_on = models.DateField()
    document_no = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    migrate = models.BooleanField(default=False)
    text = models.TextField()
    english = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    answers = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    by = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    done_entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="amendment_once")]
        indexes = [models.Index(fields=["state", "effective_on"], name="amendment_waiting")]

    def __str__(self) -> str:
        return f"version {self.version} of {self.campaign_id}"


class ChangeSeen(models.Model):
    """Who opened a duty after an amendment changed it: from then on the change no longer stands on that desk."""

    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="seen", db_index=False)
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["duty", "amendment", "person"], name="change_seen_once")
        ]

    def __str__(self) -> str:
        return f"{self.amendment_id} of {self.duty_id} seen"


class DateMove(models.Model):
    """The date of one slot moved with a reason: by a named date (`name`), or for the task in that period alone."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="moves", db_index=False)
    name = models.CharField(max_length=200, blank=True)
    old_on = models.DateField()
    new_on = models.DateField()
    day = models.DateField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["slot", "id"], name="datemove_slot")]

    def __str__(self) -> str:
        return f"{self.old_on} to {self.new_on}"


class Report(models.Model):
    """A frozen report of one slot or one phase: figures, how many rows, their hash, the entry up to which it knows.

    The rows themselves follow from the events up to `entry` (CORE §5). `number` 1 is the first, later ones restate it.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="reports", null=True, db_index=False)
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="reports", null=True, db_index=False)
    number = models.SmallIntegerField(default=1)
    day = models.DateField()
    figures = models.JSONField(default=dict)
    rows = models.IntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    rule_version = models.SmallIntegerField(default=1)
    reason = models.TextField(blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slot=None, phase__isnull=False) | Q(slot__isnull=False, phase=None),
                name="report_one_subject",
            ),
            models.UniqueConstraint(
                fields=["slot", "number"], condition=Q(slot__isnull=False), name="report_slot"
            ),
            models.UniqueConstraint(
                fields=["phase", "number"], condition=Q(phase__isnull=False), name="report_phase"
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.public_id}"


class Question(models.Model):
    """A question to the superior about a duty or a task's clause, answered by `due_on`.

    `common`: the answer is for everybody in the task's audience, under the question as the answerer words it
    (`for_all`), never with who asked.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="questions", db_index=False)
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="questions", null=True, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    asked_on = models.DateField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    answered_on = models.DateField(null=True)
    common = models.BooleanField(default=False)
    for_all = models.TextField(blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    answered_entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at", "due_on"], name="question_waiting", condition=Q(answered_on=None)
            ),
            models.Index(fields=["task"], name="question_common", condition=Q(common=True)),
            models.Index(fields=["person", "-id"], name="question_person"),
            models.Index(fields=["duty"], name="question_duty", condition=Q(duty__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"question {self.public_id}"


class Mail(models.Model):
    """One weekly digest to one person, written once and sent once; `week` is its Monday."""

    class State(models.IntegerChoices):
        WAITING = 10, "waiting"
        SENT = 20, "sent"
        FAILED = 30, "failed"
        DROPPED = 40, "dropped"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    week = models.DateField()
    state = models.IntegerField(choices=State, default=State.WAITING)
    language = models.CharField(max_length=10, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    tries = models.SmallIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "week"], name="mail_once")]
        indexes = [models.Index(fields=["state", "week"], name="mail_waiting")]

    def __str__(self) -> str:
        return f"mail of {self.week}"
