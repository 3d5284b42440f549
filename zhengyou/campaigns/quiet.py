"""When nothing is sent: outside the first working day of a week, and within the calendar's blackouts."""

from __future__ import annotations

from datetime import date, timedelta

from zhengyou.packs import dates
from zhengyou.packs.organisation import CalendarPart


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def opens_week(calendar: CalendarPart, day: date) -> bool:
    """Whether a day is the first one worked in its week."""
    working = dates.WorkingDays(_days(calendar.holidays), _days(calendar.workdays))
    first = monday(day)
    return next((d for d in (first + timedelta(n) for n in range(7)) if working.worked(d)), None) == day


def blacked_out(calendar: CalendarPart, day: date) -> bool:
    """Whether a day lies in a blackout whose days are known."""
    year = (date(day.year, 1, 1), date(day.year, 12, 31))
    named = {code: _day(one.get("on"), year, {}) for code, one in calendar.days.items()}
    for blackout in calendar.blackouts.values():
        start, end = (_day(blackout.get(key), year, named) for key in ("from", "to"))
        if start is None or end is None:
            continue
        inside = start <= day <= end if start <= end else day >= start or day <= end
        if inside:
            return True
    return False


def _day(text: str | None, year: tuple[date, date], named: dict[str, date | None]) -> date | None:
    if not text:
        return None
    try:
        return dates.resolve(dates.parse(text), *year, named)
    except dates.DateError:
        return None


def _days(texts: tuple[str, ...]) -> frozenset[date]:
    found = set()
    for text in texts:
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            continue
    return frozenset(found)
