"""A campaign: a pack with its answers, and what was laid down from it at the start."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.kit.sql import FAR


class Campaign(models.Model):
    """One pack being prepared, run or closed in this organisation; keeps the pack's text and hash as it was read."""

    class State(models.IntegerChoices):
        DRAFT = 10, "draft"
        APPROVED = 20, "approved"
        RUNNING = 30, "running"
        CLOSED = 40, "closed"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    pack_id = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=40)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    english = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    state = models.IntegerField(choices=State, default=State.DRAFT)
    document_no = models.CharField(max_length=80, blank=True)
    approved_on = models.DateField(null=True)
    started_on = models.DateField(null=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pack_id"], condition=Q(state__lt=40), name="campaign_one_of_a_pack"
            )
        ]

    def __str__(self) -> str:
        return self.zh


class Answer(models.Model):
    """The office's answer to one question of a campaign's pack, or its being put off to a post and a day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="answers", db_index=False)
    address = models.CharField(max_length=200)
    value = models.TextField(blank=True)
    put_off_to = models.DateField(null=True)
    put_off_post = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=60)
    day = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "address"], name="answer_once")]

    def __str__(self) -> str:
        return self.address


class Programme(models.Model):
    """One programme of a campaign's pack, with its names."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="programmes", db_index=False)
    code = models.CharField(max_length=60)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200, blank=True)
    place = models.SmallIntegerField()

    class Meta:
        ordering = ["campaign", "place"]
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="programme_once")]

    def __str__(self) -> str:
        return self.zh


class Phase(models.Model):
    """One phase of a programme with its days, both included; an open end is null.

    With gate `acceptance` the next phase opens only after `accepted_on`; `closed_on` is the day on which the office
    closed it with its list of exceptions.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="phases", db_index=False)
    code = models.CharField(max_length=60)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    place = models.SmallIntegerField()
    gate = models.CharField(max_length=10, default="none")
    accepted_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["programme", "place"]
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="phase_once")]

    def __str__(self) -> str:
        return self.zh


class Task(models.Model):
    """One task of a started campaign, in the version under which its duties run; `audience` is data for one WHERE.

    An amendment adds a row of the next version and points `replaced_by` at it; periods already open keep the old row.
    """

    class Subject(models.TextChoices):
        MEMBER = "member", "member"
        UNIT = "unit", "unit"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tasks", db_index=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tasks")
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="tasks", null=True)
    code = models.CharField(max_length=80)
    place = models.SmallIntegerField()
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200, blank=True)
    form = models.CharField(max_length=40)
    level = models.CharField(max_length=6, default="must")
    subject = models.CharField(max_length=6, choices=Subject)
    post = models.CharField(max_length=40, blank=True)
    audience = models.JSONField(default=dict)
    review = models.JSONField(default=list)
    review_mode = models.CharField(max_length=6, default="none")
    share = models.CharField(max_length=20, blank=True)
    return_days = models.SmallIntegerField(default=7)
    returned_days = models.SmallIntegerField(default=3)
    minutes = models.IntegerField(null=True)
    review_minutes = models.IntegerField(null=True)
    grace_days = models.SmallIntegerField(default=0)
    joiners = models.CharField(max_length=20, default="owe")
    about = models.JSONField(default=dict)
    version = models.SmallIntegerField(default=1)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, related_name="replaced", null=True, db_index=False
    )

    class Meta:
        ordering = ["campaign", "place"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code", "version"], name="task_version_once")
        ]

    def __str__(self) -> str:
        return self.zh


class Slot(models.Model):
    """A task in one period: when it opens, which day decides whose it is, when it is due, when it is frozen.

    `due_on` is the original date and never changes; who joins after `joins_by` is exempt (null: nobody is);
    `reconciled*` is the watermark of the incremental reconcile: the last journal entry and day looked at.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="slots", db_index=False)
    period = models.CharField(max_length=20, blank=True)
    opens_on = models.DateField()
    cutoff_on = models.DateField()
    due_on = models.DateField()
    joins_by = models.DateField(null=True)
    closed_on = models.DateField(default=FAR)
    reconciled = models.BigIntegerField(default=0)
    reconciled_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "period"], name="slot_once"),
            models.CheckConstraint(condition=Q(opens_on__lte=F("cutoff_on")), name="slot_order"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.period}"
