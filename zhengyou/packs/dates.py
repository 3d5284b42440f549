"""Date expressions: an anchor, plus or minus days, weeks, months or years, and a time of day if given."""

from __future__ import annotations

import calendar as _calendar
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .wording import Text as _

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDINALS = ("first", "second", "third", "fourth", "last")
YEARS = (1900, 2199)
FORM = re.compile(
    r"\s*(?P<anchor>\d{{4}}-\d\d-\d\d|\d{{4}}-\d\d|\d\d-\d\d|day\s+\d{{1,2}}|(?:{})\s+(?:{})|[^\W\d][\w.]*)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<n>\d{{1,4}})\s*(?P<unit>days?|working\s+days?|weeks?|months?|years?))?"
    r"(?:\s+at\s+(?P<time>\d\d:\d\d))?\s*".format("|".join(ORDINALS), "|".join(WEEKDAYS))
)


class DateError(ValueError):
    """What is wrong with a date expression."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class When:
    """A date expression: `kind` is full, month, month_day, nth_day, weekday or name (also start and end)."""

    text: str
    kind: str
    anchor: str
    step: int = 0
    unit: str = ""
    time: str = ""

    @property
    def name(self) -> str:
        """The anchor if it is a name (start, end, a named day, a task, p1.end), else nothing."""
        return self.anchor if self.kind == "name" else ""


def parse(text: object) -> When:
    """Reads a date expression; raises DateError with what may stand here."""
    if isinstance(text, When):
        return text
    plain = unicodedata.normalize("NFKC", str(text)).replace("−", "-").strip()
    plain = re.sub(r"^(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?", _dashes, plain)
    plain = re.sub(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", _dashes, plain)
    found = FORM.fullmatch(plain)
    if not found:
        raise DateError(
            _(
                "「%(text)s」不是日期：写 2027-03-14、06-30、day 5、last sunday、end、日历里的一个名字，"
                "或者在后面加 + 3 working days",
                text=str(text)[:60],
            )
        )
    anchor = re.sub(r"\s+", " ", found["anchor"])
    kind = _kind(anchor)
    _insist_it_exists(anchor, kind)
    if found["time"] and not (found["time"][:2] < "24" and found["time"][3:] < "60"):
        raise DateError(_("「%(time)s」不是一天里的时刻：写 17:00 这样的", time=found["time"]))
    step = int(found["n"] or 0) * (-1 if found["sign"] == "-" else 1)
    unit = re.sub(r"\s+", " ", (found["unit"] or "").rstrip("s"))
    return When(str(text), kind, anchor, step, unit, found["time"] or "")


def _dashes(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _kind(anchor: str) -> str:
    for kind, form in (
        ("full", r"\d{4}-\d\d-\d\d"),
        ("month", r"\d{4}-\d\d"),
        ("month_day", r"\d\d-\d\d"),
        ("nth_day", r"day \d+"),
        ("weekday", r"\w+ \w+"),
    ):
        if re.fullmatch(form, anchor):
            return kind
    return "name"


def _insist_it_exists(anchor: str, kind: str) -> None:
    try:
        if kind == "full":
            day = date.fromisoformat(anchor)
        elif kind == "month":
            day = date.fromisoformat(anchor + "-01")
        elif kind == "month_day":
            day = date.fromisoformat("2024-" + anchor)
        else:
            day = date(2024, 1, 1)
            if kind == "nth_day" and not 1 <= int(anchor[4:]) <= 31:
                raise ValueError
    except ValueError:
        raise DateError(_("没有「%(day)s」这一天，请核对月份和日子", day=anchor)) from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise DateError(
            _("「%(day)s」的年份不在 %(first)s 到 %(last)s 之间", day=anchor, first=YEARS[0], last=YEARS[1])
        )


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, _calendar.monthrange(year, month)[1])


def add_months(day: date, count: int) -> date:
    """The same day so many months on; a day that does not exist becomes the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, month_end(year, month + 1).day))


def in_year(month_day: str, year: int) -> date:
    """The day MM-DD of a year; 02-29 is the last of February."""
    month, day = int(month_day[:2]), int(month_day[3:])
    return date(year, month, min(day, month_end(year, month).day))


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: Monday to Friday without holidays, and the weekends that are worked."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def worked(self, day: date) -> bool:
        """Whether people work on this day."""
        return (day.weekday() < 5 or day in self.workdays) and day not in self.holidays


def resolve(
    when: When,
    start: date,
    end: date,
    names: Mapping[str, date | None] | None = None,
    working: WorkingDays = WorkingDays(),
    last: bool = True,
) -> date | None:
    """The day meant inside the period start..end; None while a named day is not known, or out of range.

    `last`: a partial month (2010-04) means its last day, else its first.
    """
    day = _anchor(when, start, end, names or {}, last)
    if day is None:
        return None
    try:
        return _moved(day, when, working)
    except (OverflowError, ValueError):
        return None


def _anchor(when: When, start: date, end: date, names: Mapping[str, date | None], last: bool) -> date | None:
    anchor = when.anchor
    if when.kind == "full":
        return date.fromisoformat(anchor)
    if when.kind == "month":
        first = date.fromisoformat(anchor + "-01")
        return month_end(first.year, first.month) if last else first
    if when.kind == "month_day":
        years = range(start.year, end.year + 1)
        return next(
            (d for y in years if start <= (d := in_year(anchor, y)) <= end), in_year(anchor, end.year)
        )
    if when.kind == "nth_day":
        number = int(anchor[4:])
        longest = month_end(start.year, start.month).day if start.day == 1 else 31
        return start + timedelta(min(number, longest) - 1)
    if when.kind == "weekday":
        return _weekday(anchor, start, end)
    return {"start": start, "end": end}.get(anchor) or names.get(anchor)


def _weekday(anchor: str, start: date, end: date) -> date:
    nth, name = anchor.split()
    first = start + timedelta((WEEKDAYS.index(name) - start.weekday()) % 7)
    if nth == "last":
        return end - timedelta((end.weekday() - WEEKDAYS.index(name)) % 7)
    return first + timedelta(7 * ORDINALS.index(nth))


def _moved(day: date, when: When, working: WorkingDays) -> date:
    if when.unit == "day":
        return day + timedelta(when.step)
    if when.unit == "week":
        return day + timedelta(7 * when.step)
    if when.unit in ("month", "year"):
        return add_months(day, when.step * (12 if when.unit == "year" else 1))
    left = abs(when.step) if when.unit == "working day" else 0
    while left:
        day += timedelta(1 if when.step > 0 else -1)
        left -= working.worked(day)
    return day
