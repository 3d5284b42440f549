"""How often one place asked or tried codes today, without keeping where: digests under a key that dies with the day."""

from __future__ import annotations

from django.db import models


class AskDay(models.Model):
    """The day's own random key; gone on the next day, and with it every way to tell whose the counts were."""

    day = models.DateField(unique=True)
    secret = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"asked on {self.day}"


class AskCount(models.Model):
    """How often something was done today from one address, under the keyed digest of the address."""

    day = models.DateField()
    key = models.CharField(max_length=64)
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "key"], name="askcount_once")]

    def __str__(self) -> str:
        return f"{self.n} on {self.day}"
