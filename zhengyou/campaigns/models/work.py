"""Items of the units' yearly work plans: what campaign tasks, plans and promises are tied to (S14)."""

from __future__ import annotations

from django.db import models

from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.org.models import Unit


class WorkItem(models.Model):
    """One item of a unit's work plan of a year, entered or imported; units below may tie their work to it.

    `dropped` names the entry that took it back; what is tied to it stays tied.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    year = models.SmallIntegerField()
    number = models.CharField(max_length=20)
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=200, blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    dropped = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "number"],
                condition=models.Q(dropped=None),
                name="work_item_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"
