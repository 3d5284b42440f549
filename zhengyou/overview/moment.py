"""Of which day figures are read and by which knowledge: today, a past day, or a past day as it was known on another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from zhengyou.journal.models import Entry
from zhengyou.kit import clock

NAMES = ("on", "known")
"""The two days in an address: the day of the figures, and the day up to whose end things were known."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the last journal entry that counts (None: all that is known now; CORE §1.2)."""

    day: date
    known_on: date | None = None
    last: int | None = None
    today: bool = True

    @property
    def asked(self) -> dict[str, str]:
        """The moment as it stands in an address; empty for today."""
        out = {} if self.today else {"on": self.day.isoformat()}
        return out | ({"known": self.known_on.isoformat()} if self.known_on else {})

    def held(self, row: str) -> str:
        """SQL: the dated row with this alias was held to be true; needs `:last` where a day of knowledge is asked."""
        if self.last is None:
            return f"{row}.dropped_id IS NULL"
        return f"{row}.entry_id <= :last AND ({row}.dropped_id IS NULL OR {row}.dropped_id > :last)"

    def happened(self, row: str) -> str:
        """SQL: what this row tells (a `day` and its `entry`) had happened by `:day` and was known."""
        return f"{row}.day <= :day" + ("" if self.last is None else f" AND {row}.entry_id <= :last")

    def closed_on(self, unit: str) -> str:
        """SQL: the day on which a unit closed, as far as it was known."""
        if self.last is None:
            return f"{unit}.closed_on"
        return f"CASE WHEN {unit}.closed_entry_id > :last THEN :far ELSE {unit}.closed_on END"

    def hangs(self, row: str) -> str:
        """SQL: the dated row was held to be true and holds on `:day`."""
        return f"{self.held(row)} AND {row}.valid_from <= :day AND {row}.valid_to > :day"


def now() -> Moment:
    """Today, with all that is known."""
    return Moment(clock.today())


def at(day: date, known_on: date | None = None) -> Moment:
    """A day with all that is known now, or with what was known at the end of `known_on`."""
    today = clock.today()
    if known_on is None or known_on >= today:
        return Moment(day, today=day == today)
    last = Entry.objects.filter(day__lte=known_on).order_by("-id").values_list("id", flat=True).first()
    return Moment(day, known_on, last or 0, today=False)


def read(asked: Mapping[str, str]) -> tuple[Moment, list[str]]:
    """The moment of an address, and in words what in it is no day that has come; that is left out."""
    days: dict[str, date] = {}
    faults = []
    for name in NAMES:
        text = (asked.get(name) or "").strip()
        if not text:
            continue
        day = day_of(text)
        if day is None or day > clock.today():
            faults.append(f"{name}={text[:40]}")
        else:
            days[name] = day
    day = days.get("on") or days.get("known") or clock.today()
    return at(day, days.get("known")), faults


def day_of(text: str) -> date | None:
    """A day written as 2010-10-01; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def why_not(text: str) -> str:
    """What to say of a day on the command line that cannot be asked for; empty when it can."""
    day = day_of(text)
    if day is None:
        return _("「%(text)s」不是日期：写成 2010-10-01 这样。") % {"text": text}
    if day > clock.today():
        return _("%(day)s 还没有到：进度只有到今天为止的。") % {"day": text}
    return ""
