"""Facts dated by half-open days: what every dated table shares."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from zhengyou.journal.models import Entry
from zhengyou.kit.sql import FAR


class Dated(models.Model):
    """A fact true in [valid_from, valid_to), known from `entry` until `dropped`; immutable but for `dropped` (CORE §1)."""

    valid_from = models.DateField()
    valid_to = models.DateField(default=FAR)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    dropped = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        abstract = True


def on(day: date, prefix: str = "") -> Q:
    """Condition: the dated row is held true and holds on `day`."""
    return Q(
        **{f"{prefix}dropped": None, f"{prefix}valid_from__lte": day, f"{prefix}valid_to__gt": day},
    )


def dated(name: str, key: list[str], **also: Any) -> list[models.BaseConstraint]:
    """Constraints of a dated table: no empty interval, and no two current rows of `key` that start or stay open together."""
    now = Q(dropped=None, **also)
    return [
        models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name=f"{name}_interval"),
        models.UniqueConstraint(fields=[*key, "valid_from"], condition=now, name=f"{name}_start"),
        models.UniqueConstraint(fields=key, condition=now & Q(valid_to=FAR), name=f"{name}_open"),
    ]
