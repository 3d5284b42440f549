"""The organisation and its tree of units: who hangs where and is called what, by date; how units change and succeed."""

from __future__ import annotations

from django.db import models

from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.kit.sql import FAR
from zhengyou.org.models.dated import Dated, dated
from zhengyou.packs.organisation import Organisation as Part


class Organisation(models.Model):
    """The one organisation of this installation, founded from a pack's organisation part."""

    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=60, default="Asia/Shanghai")
    brand = models.CharField(max_length=7, blank=True)
    founded_on = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return self.name


class OrganisationPart(models.Model):
    """One version of the organisation's own rules: unit kinds, posts, words, calendar; the newest is in force."""

    version = models.IntegerField(unique=True)
    pack_id = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    body = models.JSONField()
    valid_from = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.pack_id} v{self.version}"

    def part(self) -> Part:
        """The typed part, read back from its JSON."""
        return Part.from_json(self.body)


class Unit(models.Model):
    """A unit for ever: never deleted, closed from `closed_on` on; `place` keeps the organisation's own order.

    `closed_entry` is the entry that closed it: what was known before does not know it yet.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    opened_on = models.DateField()
    closed_on = models.DateField(default=FAR)
    closed_entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)
    place = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.public_id


class Placement(Dated):
    """Where a unit hangs and what it is called, by date; a closed unit keeps its last one, so its past stays in sums."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="placements", db_index=False)
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = dated("placement", ["unit"])
        indexes = [
            models.Index(fields=["parent", "valid_to"], name="placement_parent"),
            models.Index(fields=["name"], name="placement_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """Cache of placements as known now: `ancestor` is above (or is) `descendant` in [valid_from, valid_to)."""

    ancestor = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_index=False)
    descendant = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(default=FAR)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["descendant", "ancestor", "valid_from"], name="closure_once")
        ]
        indexes = [models.Index(fields=["ancestor", "valid_to", "descendant"], name="closure_down")]

    def __str__(self) -> str:
        return f"{self.ancestor_id}>{self.descendant_id}"


class UnitChange(models.Model):
    """One decided change of units with its document (S1): done on its day, or planned until that day comes.

    `asked` is what was decided, as `actions.changes` reads it: names, parents, successors, what becomes of open work.
    """

    class Kind(models.TextChoices):
        ESTABLISH = "establish", "establish"
        RENAME = "rename", "rename"
        REPARENT = "reparent", "reparent"
        MERGE = "merge", "merge"
        SPLIT = "split", "split"
        DISSOLVE = "dissolve", "dissolve"

    class State(models.IntegerChoices):
        PLANNED = 10, "planned"
        DONE = 20, "done"
        PUT_AWAY = 30, "put away"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    document_no = models.CharField(max_length=80)
    day = models.DateField()
    decided_on = models.DateField()
    state = models.IntegerField(choices=State, default=State.DONE)
    asked = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    fault = models.TextField(blank=True)
    by = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    done_entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        indexes = [models.Index(fields=["state", "day"], name="unitchange_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.day}"


class ChangedUnit(models.Model):
    """A unit touched by a change: `before` it stood already, else it came out of it."""

    change = models.ForeignKey(UnitChange, models.CASCADE, related_name="units", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="changes", db_index=False)
    before = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "change"], name="changedunit_once")]
        indexes = [models.Index(fields=["change"], name="changedunit_change")]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.change_id}"


class Succession(models.Model):
    """An edge from a closed unit to one that carries on its work: series read as they were and as they are now."""

    old = models.ForeignKey(Unit, models.PROTECT, related_name="successors", db_index=False)
    new = models.ForeignKey(Unit, models.PROTECT, related_name="predecessors", db_index=False)
    day = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="succession_once")]
        indexes = [models.Index(fields=["new"], name="succession_new")]

    def __str__(self) -> str:
        return f"{self.old_id} to {self.new_id}"
