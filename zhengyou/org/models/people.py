"""Persons, where they belong and what posts they hold, by date; letters of transfer under way."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from zhengyou.journal.actions import Actor
from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.kit.sql import FAR
from zhengyou.org.models.dated import Dated, dated
from zhengyou.org.models.tree import Unit


class Person(models.Model):
    """Anybody known: a member is a person with a registered affiliation; a non-member has no number.

    `hold` is the reason for which nothing about the person may be deleted; `erased_on` the day on which all was.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    number = models.CharField(max_length=40, unique=True, null=True)
    name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=120, blank=True)
    joined_on = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)
    email = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    erased_on = models.DateField(null=True)
    hold = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["name"], name="person_name"),
            models.Index(fields=["sort_key", "id"], name="person_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """This person as the one who acts."""
        return Actor.person(self.public_id)


class Affiliation(Dated):
    """A member in a unit: exactly one registered (R) at any instant while a member, any number of activity (A).

    What audiences ask of a member (category, status) stands in the same dated row. `begun` and `ended` say how the
    interval starts and ends in the balance: in, developed, moved, changed / out, left, deceased, moved, changed.
    """

    class Role(models.TextChoices):
        REGISTERED = "R", "registered"
        ACTIVITY = "A", "activity"

    person = models.ForeignKey(Person, models.PROTECT, related_name="affiliations", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=1, choices=Role, default=Role.REGISTERED)
    category = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=40, blank=True)
    begun = models.CharField(max_length=12, default="in")
    ended = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            *dated("affiliation", ["person"], role="R"),
            models.UniqueConstraint(
                fields=["person", "unit", "valid_from"],
                condition=Q(dropped=None, role="A"),
                name="affiliation_activity",
            ),
        ]
        indexes = [
            models.Index(  # covers head counts: those of the root read a million entries of it and no row
                fields=["unit", "valid_to", "role", "valid_from", "dropped"],
                name="affiliation_unit",
                condition=Q(dropped=None),
            ),
            models.Index(fields=["entry"], name="affiliation_entry"),
            models.Index(fields=["dropped"], name="affiliation_dropped", condition=Q(dropped__isnull=False)),
            models.Index(fields=["person", "valid_to"], name="affiliation_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.unit_id}"


class Post(Dated):
    """A post held on a unit by date; authority flows from here alone, down the tree.

    `term_ends` is the day after the term's last, null where there is none. `acting_for` marks a delegation: the holder
    acts with the powers of that post until `valid_to`, and is never the first responsible person.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", db_index=False)
    post = models.CharField(max_length=40)
    first_responsible = models.BooleanField(default=False)
    document_no = models.CharField(max_length=80, blank=True)
    term_ends = models.DateField(null=True)
    acting_for = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name="post_interval"),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(dropped=None, first_responsible=True, valid_to=FAR),
                name="post_first",
            ),
            models.UniqueConstraint(
                fields=["person", "unit", "post"], condition=Q(dropped=None, valid_to=FAR), name="post_once"
            ),
            models.CheckConstraint(
                condition=Q(acting_for=None) | Q(first_responsible=False, valid_to__lt=FAR),
                name="post_acting",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "valid_to"], name="post_person"),
            models.Index(fields=["unit", "valid_to"], name="post_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.post}@{self.unit_id}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it is held, None while open."""
        return self.valid_to - timedelta(days=1) if self.valid_to != FAR else None

    @property
    def term_last(self) -> date | None:
        """The last day of the term, None where there is none."""
        return self.term_ends - timedelta(days=1) if self.term_ends else None


class Transfer(models.Model):
    """A letter of transfer (S1): asked for, released, in transit, received or returned or expired.

    In transit counts at the source until received. `source` is null for who comes from outside, `target` for who goes
    there; the other side's name stands in `outside`.
    """

    class State(models.IntegerChoices):
        REQUESTED = 10, "requested"
        IN_TRANSIT = 20, "in transit"
        RECEIVED = 30, "received"
        RETURNED = 40, "returned"
        EXPIRED = 50, "expired"
        WITHDRAWN = 60, "withdrawn"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="transfers", db_index=False)
    source = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)
    target = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)
    outside = models.CharField(max_length=200, blank=True)
    state = models.IntegerField(choices=State, default=State.REQUESTED)
    letter_no = models.CharField(max_length=80, blank=True)
    asked_on = models.DateField()
    released_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__lt=30), name="transfer_one_under_way"
            )
        ]
        indexes = [
            models.Index(fields=["source", "state"], name="transfer_source"),
            models.Index(fields=["target", "state"], name="transfer_target"),
            models.Index(fields=["person"], name="transfer_person"),
        ]

    def __str__(self) -> str:
        return f"transfer {self.public_id}"
