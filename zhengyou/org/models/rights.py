"""What a person may ask about what is held: requests, consents, who looked, and names opened with a reason."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.org.models.dated import Dated, dated
from zhengyou.org.models.people import Person
from zhengyou.org.models.tree import Unit


class PersonRequest(models.Model):
    """A person asks for a correction, objects, or asks for deletion; decided by a day, both texts are kept (DOMAIN.md §7).

    `about` names the field (correct) or the thing; `unit` is where it waits, null for the office. `appeals` is the refused
    request that this one puts to the next level up: once.
    """

    class Kind(models.TextChoices):
        CORRECT = "correct", "correct"
        OBJECT = "object", "object"
        ERASE = "erase", "erase"

    class State(models.IntegerChoices):
        OPEN = 10, "open"
        GRANTED = 20, "granted"
        REFUSED = 30, "refused"
        WITHDRAWN = 40, "withdrawn"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="requests", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    about = models.CharField(max_length=80)
    old_text = models.TextField(blank=True)
    new_text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    state = models.IntegerField(choices=State, default=State.OPEN)
    asked_on = models.DateField()
    due_on = models.DateField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    appeals = models.OneToOneField("self", models.PROTECT, null=True, related_name="appeal")
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    answer = models.TextField(blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    decided_entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="request_person"),
            models.Index(fields=["unit", "due_on"], name="request_waiting", condition=Q(state=10)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Consent(Dated):
    """A person's separate consent to one use (`purpose`), by date; withdrawing ends the row (PIPL art. 15, 25)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=40)
    on_paper = models.BooleanField(default=False)

    class Meta:
        constraints = dated("consent", ["person", "purpose"])

    def __str__(self) -> str:
        return f"{self.purpose} of {self.person_id}"


class Look(models.Model):
    """Who looked at a person's entries, or at a unit's list of names, on a day and how often; kept for the person to read."""

    day = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="looks", null=True, db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)
    what = models.CharField(max_length=20)
    n = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, unit__isnull=False) | Q(person__isnull=False, unit=None),
                name="look_one_subject",
            ),
            models.UniqueConstraint(
                fields=["person", "day", "by", "what"], condition=Q(person__isnull=False), name="look_person"
            ),
            models.UniqueConstraint(
                fields=["unit", "day", "by", "what"], condition=Q(unit__isnull=False), name="look_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} on {self.day}"


class Glass(models.Model):
    """One person's entries opened to another for a short time with a reason that the person can read (break-glass)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="opened", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField()
    day = models.DateField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(opened_at__lt=F("until")), name="glass_interval")]
        indexes = [
            models.Index(fields=["person", "-id"], name="glass_person"),
            models.Index(fields=["by", "until"], name="glass_by"),
        ]

    def __str__(self) -> str:
        return f"opened by {self.by_id}"
