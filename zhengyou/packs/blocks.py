"""What every block of a pack is made of: exact scalars read from text, and a base that knows open values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, WithJsonSchema, WrapValidator, field_validator

from . import dates, expressions
from .faults import OPEN
from .wording import Text as _

MAX_WHOLE = 1_000_000_000
#: What `organisation.posts.*.may` may hold: the closed list of powers.
Power = Literal[
    "hand_in", "review", "exempt", "import", "appoint", "start", "see_names", "see_units", "slips"
]
Recurrence = Literal["day", "week", "month", "quarter", "half", "year"]


class WrongError(ValueError):
    """A value that cannot be read, with the sentence that says why; `column` counts inside the value."""

    def __init__(self, message: object, column: int = 0) -> None:
        super().__init__(str(message))
        self.message, self.column = message, column


def _plain(value: object) -> str:
    if not isinstance(value, str):
        raise WrongError(_("这里要写一个值，不是一整块"))
    return unicodedata.normalize("NFKC", value).strip()


def number(value: object) -> Fraction:
    """An exact number: 5, 0.5, 1/2 or 90%."""
    if isinstance(value, Fraction):
        return value
    found = re.fullmatch(r"(-?\d{1,12}(?:\.\d{1,12})?)(?:\s*/\s*(\d{1,12}))?\s*(%?)", _plain(value))
    if not found or (found[2] and int(found[2]) == 0):
        raise WrongError(_("「%(value)s」不是数：写 5、0.5、1/2 或者 90%%", value=value))
    return Fraction(found[1]) / int(found[2] or 1) / (100 if found[3] else 1)


def whole(value: object) -> int:
    """A whole number from nought."""
    if isinstance(value, int):
        return value
    if not re.fullmatch(r"\d{1,9}", _plain(value)):
        raise WrongError(_("「%(value)s」不是整数：写 0、1、2 这样的数", value=value))
    return int(_plain(value))


def flag(value: object) -> bool:
    """yes or no."""
    if isinstance(value, bool):
        return value
    known = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}
    if _plain(value).lower() not in known:
        raise WrongError(_("「%(value)s」不是 yes 或 no", value=value))
    return known[_plain(value).lower()]


def code(value: object) -> str:
    """A code: letters, digits and _, beginning with a letter, none of the language's own words."""
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"[^\W\d]\w{0,59}", value)
        or value in expressions.WORDS
    ):
        raise WrongError(
            _(
                "「%(value)s」不能当代码：用字母（也可以是汉字）开头，后面是字母、数字、下划线；"
                "and、or、not、in、is、none、yes、no 除外",
                value=value,
            )
        )
    return value


def many(value: object) -> object:
    """One value where several may stand; a text is cut at commas, as answers on a form come."""
    if value == "none":
        return []
    if isinstance(value, str):
        parts = [part for part in re.split(r"\s*[,，、;；]\s*", value.strip()) if part]
        return parts or [value]
    return [value] if isinstance(value, dict) else value


def single(value: object) -> object:
    """One value where several may stand; a text stays whole (sentences have commas)."""
    return value if isinstance(value, list) or value is OPEN else [value]


def reads(reader: Callable[[object], object]) -> WrapValidator:
    """Makes a type of a reader; an open value stays open, also inside lists and mappings."""

    def read(value: object, handler: object) -> object:
        return value if value is OPEN else reader(value)

    return WrapValidator(read)


def when(value: object) -> dates.When:
    """A day; a month alone is refused."""
    found = month_or_day(value)
    if found.kind == "month":
        raise WrongError(_("「%(value)s」只到月，这里要写到哪一天（stages 才可以只写年月）", value=value))
    return found


def month_or_day(value: object) -> dates.When:
    """A day or a month."""
    try:
        return dates.parse(value if isinstance(value, dates.When) else _plain(value))
    except dates.DateError as err:
        raise WrongError(err.message) from None


def when_or_each(value: object) -> object:
    """One day, or a day for each of those who owe the task."""
    if not isinstance(value, dict):
        return when(value)
    if not value:
        raise WrongError(_("这里一个日期也没有"))
    return {who: day if day is OPEN else when(day) for who, day in value.items()}


def formula(value: object) -> expressions.Expression:
    """A one-line expression."""
    try:
        return expressions.parse(value)
    except expressions.ExpressionError as err:
        raise WrongError(err.message, err.column) from None


def text(value: object) -> str:
    """Words, kept as written."""
    if not isinstance(value, str):
        raise WrongError(_("这里要写文字，不是一整块"))
    return value


def scale(value: object) -> dict[str, object]:
    """Words with their values; also as a form's text: `好 100，一般 60`."""
    found: dict[str, object] = {}
    if isinstance(value, str):
        for part in re.split(r"\s*[,，、;；]\s*", value.strip()):
            pair = re.fullmatch(r"([^\W\d]\w*)\s*[:： ]\s*(\S+)", part)
            if not pair:
                raise WrongError(_("「%(part)s」读不成等级：写成「好 100，一般 60」这样", part=part))
            found[pair[1]] = pair[2]
    elif isinstance(value, dict):
        found = dict(value)
    if not found:
        raise WrongError(_("这里要写等级和它的数，例如「好 100，一般 60」"))
    return {
        code(word): worth if worth is OPEN or worth == "excluded" else number(worth)
        for word, worth in found.items()
    }


def zone(value: object) -> str:
    """A time zone of the tz database."""
    try:
        return ZoneInfo(_plain(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongError(_("没有「%(value)s」这个时区：写 Asia/Shanghai 这样的名字", value=value)) from None


def _list_of(reader: Callable[[object], object]) -> Callable[[object], object]:
    def read(value: object) -> object:
        if not isinstance(value, list):
            raise WrongError(_("这里要写一个或几个值，不是一整块"))
        return [item if item is OPEN else reader(item) for item in value]

    return read


def _either(first: Callable[[Any], Any], second: Callable[[Any], Any]) -> Callable[[object], object]:
    return lambda value: second(first(value))


_STRING = {"type": "string"}
_STRINGS = {"anyOf": [_STRING, {"type": "array", "items": _STRING}]}
_NUMBER = {"type": ["string", "number"], "title": "5, 0.5, 1/2, 90%"}
_FLAG = {"enum": ["yes", "no", True, False]}
Txt = Annotated[str, reads(text), WithJsonSchema(_STRING)]
Number = Annotated[Fraction, reads(number), WithJsonSchema(_NUMBER)]
Whole = Annotated[int, reads(whole), WithJsonSchema({"type": ["string", "integer"]})]
Flag = Annotated[bool, reads(flag), WithJsonSchema(_FLAG)]
Code = Annotated[str, reads(code), WithJsonSchema(_STRING | {"title": "a code"})]
Zone = Annotated[str, reads(zone), WithJsonSchema(_STRING | {"title": "a time zone"})]
When = Annotated[dates.When, reads(when), WithJsonSchema(_STRING | {"title": "a date"})]
MonthOrDay = Annotated[
    dates.When, reads(month_or_day), WithJsonSchema(_STRING | {"title": "a date or month"})
]
Due = Annotated[
    dates.When | dict[str, dates.When],
    reads(when_or_each),
    WithJsonSchema({"anyOf": [_STRING, {"type": "object", "additionalProperties": _STRING}]}),
]
Formula = Annotated[expressions.Expression, reads(formula), WithJsonSchema(_STRING | {"title": "a formula"})]
Codes = Annotated[list[str], reads(_either(many, _list_of(text))), WithJsonSchema(_STRINGS)]
Words = Annotated[list[str], reads(_either(single, _list_of(text))), WithJsonSchema(_STRINGS)]
Days = Annotated[list[dates.When], reads(_either(many, _list_of(when))), WithJsonSchema(_STRINGS)]
Formulas = Annotated[
    list[expressions.Expression], reads(_either(single, _list_of(formula))), WithJsonSchema(_STRINGS)
]
Scale = Annotated[dict[str, Fraction | str], reads(scale), WithJsonSchema({"type": ["object", "string"]})]


def holds_block(kind: Any) -> bool:
    """Whether a field is a block, or a list or mapping of blocks."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return True
    return any(holds_block(arg) for arg in getattr(kind, "__args__", ()))


class Block(BaseModel):
    """A block of a pack: unknown keys are errors; any value (never a block) may be open."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _open(cls, value: Any, handler: Any, info: Any) -> Any:
        if value is not OPEN:
            return handler(value)
        if holds_block(cls.model_fields[info.field_name].annotation):
            raise WrongError(
                _("null 只能代替一个值，不能代替一整块：请写出里面的键，把来源没说的那几个写成 null")
            )
        return value

    def states(self, field: str) -> bool:
        """Whether the file states this key (null included); False means absent, so a default may hold."""
        return field in self.model_fields_set


class Labelled(Block):
    """A block with names for people."""

    zh: Txt = ""
    en: Txt = ""
    note: Txt = ""
    source: Txt = ""
    was: Codes = []
