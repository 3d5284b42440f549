"""A roster file on its way from upload to import, or to its undoing."""

from __future__ import annotations

from django.db import models

from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.org.models.people import Person
from zhengyou.org.models.tree import Unit


class RosterImport(models.Model):
    """One roster file on its way: staged rows, questions and decisions, until it is applied or put away."""

    class State(models.IntegerChoices):
        READING = 0, "reading"
        REFUSED = 5, "refused"
        PARSED = 10, "parsed"
        APPLIED = 20, "applied"
        PUT_AWAY = 30, "put away"
        UNDONE = 40, "undone"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    day = models.DateField()
    scope = models.CharField(max_length=8)
    state = models.IntegerField(choices=State, default=State.PARSED)
    summary = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    decisions = models.JSONField(default=dict)
    key = models.CharField(max_length=40, blank=True)
    uploaded_at = models.DateTimeField()
    owner = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)
    undone_entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    def __str__(self) -> str:
        return self.file_name


class RosterRow(models.Model):
    """One staged row of a roster, or a missing person: as read, and what the comparison says; gone with the import.

    `cells` is the row as read (see roster.staging), `state` new, changed, unchanged, error or missing, `said` what
    the page shows: changes, faults, the unit by name.
    """

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="rows", db_index=False)
    n = models.IntegerField()
    sheet = models.CharField(max_length=100, blank=True)
    row = models.IntegerField(default=0)
    number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10)
    cells = models.JSONField(default=list)
    said = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "n"], name="rosterrow_once")]
        indexes = [models.Index(fields=["roster", "state", "n"], name="rosterrow_state")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}"


class RosterBefore(models.Model):
    """What an import wrote over in a person's own fields, {field: [before, written]}; gone when it can no longer be undone."""

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="before", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "person"], name="rosterbefore_once")]

    def __str__(self) -> str:
        return f"{self.person_id} before {self.roster_id}"


class UnitAlias(models.Model):
    """Another way in which rosters write a unit's name, learned from an answer; the newest answer holds."""

    name = models.CharField(max_length=200, unique=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return self.name
