"""Real difficulties of those served, taken up as deeds; questions asked from the wall."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengyou.commitments.models.promise import Commitment, Item
from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.org.models import Person, Unit


class Deed(models.Model):
    """A real difficulty brought to a unit: by whom (named or not), who takes it up, by when; who raised it confirms.

    Without a name the raiser keeps a one-time code, of which only the digest is kept (`code_hash`). `item` is the
    promise into which it was turned, if it was; `ask_*` are the words of a new one that the unit wants to make of it:
    they wait for the level above until `item` is there or `ask_answer` says why not.
    """

    class State(models.IntegerChoices):
        RAISED = 10, "raised"
        TAKEN_UP = 20, "taken up"
        DECLINED = 30, "declined"
        DONE = 40, "done"  # says who took it up; waits for the raiser
        DISPUTED = 50, "disputed"
        CONFIRMED = 60, "confirmed"
        CLOSED = 70, "closed"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    raised_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    named = models.BooleanField(default=False)
    code_hash = models.CharField(max_length=64, blank=True)
    raised_on = models.DateField()
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    due_on = models.DateField(null=True)
    state = models.IntegerField(choices=State, default=State.RAISED)
    taken_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    taken_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    done_on = models.DateField(null=True)
    reply = models.TextField(blank=True)
    confirmed_on = models.DateField(null=True)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="deeds", db_index=False)
    ask_text = models.TextField(blank=True, default="")
    ask_measure = models.TextField(blank=True, default="")
    ask_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    ask_on = models.DateField(null=True)
    ask_answer = models.TextField(blank=True, default="")
    version = models.IntegerField(default=0)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "state"], name="deed_unit"),
            models.Index(fields=["raised_by"], name="deed_raiser"),
            models.Index(fields=["owner", "state"], name="deed_owner"),
            models.Index(fields=["code_hash"], name="deed_code", condition=~Q(code_hash="")),
        ]

    def __str__(self) -> str:
        return f"deed {self.public_id}"

    @property
    def asks(self) -> bool:
        """Whether a new promise made of it waits for the level above."""
        return self.ask_on is not None and self.item_id is None and not self.ask_answer


class WallQuestion(models.Model):
    """A question about a published promise: read by the unit's head and its superior only, answered to the asker.

    `person` is empty where it was asked without a name; then the answer is read with the one-time code. `unit` is where
    it waits: the unit of the promise on the day it was asked.
    """

    class State(models.IntegerChoices):
        ASKED = 10, "asked"
        ANSWERED = 20, "answered"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="questions", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="questions", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    code_hash = models.CharField(max_length=64, blank=True)
    asked_on = models.DateField()
    state = models.IntegerField(choices=State, default=State.ASKED)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    answered_on = models.DateField(null=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "state"], name="wallquestion_unit"),
            models.Index(fields=["person", "-id"], name="wallquestion_person"),
            models.Index(fields=["commitment"], name="wallquestion_of"),
            models.Index(fields=["code_hash"], name="wallquestion_code", condition=~Q(code_hash="")),
        ]

    def __str__(self) -> str:
        return f"question {self.public_id}"
