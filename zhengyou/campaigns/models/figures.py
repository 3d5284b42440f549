"""Counts of duties: a cache of duties, events and closure; dropping and recounting gives the same rows (CORE §1.7)."""

from __future__ import annotations

from django.db import models

from zhengyou.campaigns.models.plan import Slot
from zhengyou.org.models import Unit


class Figure(models.Model):
    """Key of a count: duties charged to `unit` (or below it) in `slot` and `state`, due on `due_on`."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    slot = models.ForeignKey(Slot, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    state = models.CharField(max_length=9)
    due_on = models.DateField()
    n = models.IntegerField()

    class Meta:
        abstract = True


class Delta(Figure):
    """+-n in the unit itself from `day` on, written in the fact's own transaction; folded on tick, then deleted."""

    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.n:+d} {self.state}"


class Ledger(Figure):
    """Deltas summed per day over the unit and all below it: the board of day D is the sum of the rows up to D."""

    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "slot", "state", "due_on", "day"], name="ledger_key")
        ]

    def __str__(self) -> str:
        return f"{self.n:+d} {self.state} on {self.day}"


class Balance(Figure):
    """The ledger summed over all days: today's board."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "slot", "state", "due_on"], name="balance_key")
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.state}"
