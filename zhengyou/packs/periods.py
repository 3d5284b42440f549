"""Rhythms as stretches of days: built-in ones, and the organisation's own years and terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from . import dates

#: More slots than this of one task are refused: nobody plans 20 years of days.
MOST = 800


@dataclass(frozen=True)
class Stretch:
    """One period with its label: 2010-11, 2010-Q4, 2010-H2, 2010-W47, 2010, term-1."""

    label: str
    start: date
    end: date


def _day(day: date) -> Stretch:
    return Stretch(day.isoformat(), day, day)


def _week(day: date) -> Stretch:
    monday = day - timedelta(day.weekday())
    year, week, _weekday = monday.isocalendar()
    return Stretch(f"{year}-W{week:02}", monday, monday + timedelta(6))


def _months(day: date, length: int, label: Callable[[date], str]) -> Stretch:
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    last = dates.month_end(first.year, first.month + length - 1)
    return Stretch(label(first), first, last)


_BUILT_IN: Mapping[str, Callable[[date], Stretch]] = {
    "day": _day,
    "week": _week,
    "month": lambda day: _months(day, 1, lambda first: f"{first:%Y-%m}"),
    "quarter": lambda day: _months(day, 3, lambda first: f"{first.year}-Q{(first.month + 2) // 3}"),
    "half": lambda day: _months(day, 6, lambda first: f"{first.year}-H{1 if first.month == 1 else 2}"),
    "year": lambda day: _months(day, 12, lambda first: f"{first.year}"),
}


def _year_from(month_day: str, day: date) -> Stretch:
    """The year that begins on a day of the calendar, labelled 2010/11."""
    first = dates.in_year(month_day, day.year)
    if day < first:
        first = dates.in_year(month_day, day.year - 1)
    last = dates.in_year(month_day, first.year + 1) - timedelta(1)
    return Stretch(f"{first.year}/{(first.year + 1) % 100:02}", first, last)


def _running(at: Callable[[date], Stretch], start: date, end: date) -> Iterator[Stretch]:
    day = start
    while day <= end:
        stretch = at(day)
        yield stretch
        day = stretch.end + timedelta(1)


def stretches(rhythm: str, own: Mapping[str, Any] | None, start: date, end: date) -> list[Stretch]:
    """The periods of a rhythm that touch start..end, at most MOST + 1; `own` is a period of the calendar.

    Dates of an own period that are not known yet are left out.
    """
    if own is None or own.get("of"):
        found = _running(_BUILT_IN[own["of"] if own else rhythm], start, end)
    elif own.get("starts"):
        month_day = dates.parse(own["starts"]).anchor[-5:]
        found = _running(lambda day: _year_from(month_day, day), start, end)
    else:
        found = _listed(rhythm, own.get("dates") or [], start, end)
    return list(islice(found, MOST + 1))


def _listed(rhythm: str, pairs: Any, start: date, end: date) -> Iterator[Stretch]:
    for number, pair in enumerate(pairs, 1):
        days = [dates.resolve(dates.parse(text), start, end) for text in pair if text is not None]
        if len(days) == 2 and days[0] and days[1] and days[0] <= end and days[1] >= start:
            yield Stretch(f"{rhythm}-{number}", days[0], days[1])
