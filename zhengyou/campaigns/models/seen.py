"""Which duties exist for a person: what is not in here is a 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from zhengyou.org.models import Closure

if TYPE_CHECKING:
    from zhengyou.org.rules import Authority


class DutyQuerySet(models.QuerySet):
    """Reads over duties; none of them writes."""

    def seen_by(self, authority: Authority) -> DutyQuerySet:
        """Duties that may be opened: the own; below the own post with names; all for the office.

        Papers that wait where the person reviews; units' own duties also for who sees all units, or stands above.
        Lists with names of those behind ask `rules.may_see_names` besides.
        """
        if authority.everything or authority.on_root("import"):
            return self
        ok = Q(member=authority.person) if authority.person is not None else Q(pk__in=[])
        if named := authority.units_with("see_names"):
            ok |= Q(unit__in=_below(named, authority))
        if authority.on_root("see_units"):
            ok |= Q(subject_unit__isnull=False)
        elif stands := authority.units_with("hand_in", "review", "exempt", "see_units"):
            ok |= Q(subject_unit__isnull=False, unit__in=_below(stands, authority))
        if judged := authority.units_with("review"):
            ok |= Q(state="submitted", submissions__in=_waiting(judged))
        return self.filter(ok)

    def asked_of(self, person: models.Model) -> DutyQuerySet:
        """What a member owes or owed."""
        return self.filter(member=person)


def _below(units: list[int], authority: Authority) -> models.QuerySet:
    day = authority.day
    return Closure.objects.filter(ancestor__in=units, valid_from__lte=day, valid_to__gt=day).values(
        "descendant"
    )


def _waiting(units: list[int]) -> models.QuerySet:
    from zhengyou.campaigns.models.duties import Submission

    return Submission.objects.filter(state=Submission.State.WAITING, waits_at__in=units).values("pk")
