"""What every block of a pack is made of: exact scalars read from text, and a base that knows open values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, field_validator

from . import dates, expressions
from .faults import OPEN
from .wording import Text as _

MAX_WHOLE = 1_000_000_000
#: What `organisation.posts.*.may` may hold: the closed list of powers.
Power = Literal[
    "hand_in", "review", "exempt", "import", "appoint", "start", "see_names", "see_units", "slips"
]
Recurrence = Literal["day", "week", "month", "quarter", "half", "year"]


class Wrong(ValueError):
    """A value that cannot be read, with the sentence that says why; `column` counts inside the value."""

    def __init__(self, message: object, column: int = 0) -> None:
        super().__init__(str(message))
        self.message, self.column = message, column


def _plain(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(_("这里要写一个值，不是一整块"))
    return unicodedata.normalize("NFKC", value).strip()


def number(value: object) -> Fraction:
    """An exact number: 5, 0.5, 1/2 or 90%."""
    if isinstance(value, Fraction):
        return value
    found = re.fullmatch(r"(-?\d{1,12}(?:\.\d{1,12})?)(?:\s*/\s*(\d{1,12}))?\s*(%?)", _plain(value))
    if not found or (found[2] and int(found[2]) == 0):
        raise Wrong(_("「%(value)s」不是数：写 5、0.5、1/2 或者 90%%", value=value))
    return Fraction(found[1]) / int(found[2] or 1) / (100 if found[3] else 1)


def whole(value: object) -> int:
    """A whole number from nought."""
    if isinstance(value, int):
        return value
    if not re.fullmatch(r"\d{1,9}", _plain(value)):
        raise Wrong(_("「%(value)s」不是整数：写 0、1、2 这样的数", value=value))
    return int(_plain(value))


def flag(value: object) -> bool:
    """yes or no."""
    if isinstance(value, bool):
        return value
    known = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}
    if _plain(value).lower() not in known:
        raise Wrong(_("「%(value)s」不是 yes 或 no", value=value))
    return known[_plain(value).lower()]


def code(value: object) -> str:
    """A code: letters, digits and _, beginning with a letter, none of the language's own words."""
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"[^\W\d]\w{0,59}", value)
        or value in expressions.WORDS
    ):
        raise Wrong(
            _(
                "「%(value)s」不能当代码：用字母（也可以是汉字）开头，后面是字母、数字、下划线；"
                "and、or、not、in、is、none、yes、no 除外",
                value=value,
            )
        )
    return value


def _one_of(name: str, *known: str) -> Callable[[object], object]:
    def read(value: object) -> object:
        plain = _plain(value)
        if plain not in known:
            raise Wrong(_("「%(value)s」不行，只能写：%(known)s", value=value, known=", ".join(known)))
        return plain

    return read


def one_of(*known: str) -> BeforeValidator:
    """One word of a closed list."""
    return BeforeValidator(_one_of("", *known))


def many(value: object) -> object:
    """One value where several may stand; a text is cut at commas, as answers on a form come."""
    if isinstance(value, str):
        parts = [part for part in re.split(r"\s*[,，、;；]\s*", value.strip()) if part]
        return parts or [value]
    return [value] if isinstance(value, dict) else value


def single(value: object) -> object:
    """One value where several may stand; a text stays whole (sentences have commas)."""
    return value if isinstance(value, list) or value is OPEN else [value]


def _when(value: object) -> dates.When:
    try:
        found = dates.parse(value if isinstance(value, dates.When) else _plain(value))
    except dates.DateError as err:
        raise Wrong(err.message) from None
    if found.kind == "month":
        raise Wrong(
            _("「%(value)s」只到月：这里要写到哪一天（只有阶段节点 stages 可以只写年月）", value=value)
        )
    return found


def _month_or_day(value: object) -> dates.When:
    try:
        return dates.parse(value if isinstance(value, dates.When) else _plain(value))
    except dates.DateError as err:
        raise Wrong(err.message) from None


def _formula(value: object) -> expressions.Expression:
    try:
        return expressions.parse(value)
    except expressions.ExpressionError as err:
        raise Wrong(err.message, err.column) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(_("这里要写文字，不是一整块"))
    return value


def _scale(value: object) -> object:
    """A scale given as a form's text: `好 100，一般 60`."""
    if not isinstance(value, str):
        return value
    out: dict[str, str] = {}
    for part in many(value):  # type: ignore[attr-defined]
        found = re.fullmatch(r"([^\W\d]\w*)\s*[:： ]\s*(\S+)", part)
        if not found:
            raise Wrong(_("「%(part)s」读不成等级：写成「好 100，一般 60」这样", part=part))
        out[found[1]] = found[2]
    return out


_TEXT_OR_NUMBER = {"type": ["string", "number"]}
Txt = Annotated[str, BeforeValidator(_text)]
Number = Annotated[
    Fraction, BeforeValidator(number), WithJsonSchema(_TEXT_OR_NUMBER | {"title": "5, 0.5, 1/2, 90%"})
]
Whole = Annotated[int, BeforeValidator(whole), WithJsonSchema({"type": ["string", "integer"]})]
Flag = Annotated[bool, BeforeValidator(flag), WithJsonSchema({"enum": ["yes", "no", True, False]})]
Code = Annotated[str, BeforeValidator(code), WithJsonSchema({"type": "string", "title": "a code"})]
When = Annotated[dates.When, BeforeValidator(_when), WithJsonSchema({"type": "string", "title": "a date"})]
Day = Annotated[
    dates.When,
    BeforeValidator(_month_or_day),
    WithJsonSchema({"type": "string", "title": "a date or a month"}),
]
Formula = Annotated[
    expressions.Expression,
    BeforeValidator(_formula),
    WithJsonSchema({"type": "string", "title": "a formula"}),
]
_STRINGS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Codes = Annotated[list[Txt], BeforeValidator(many), WithJsonSchema(_STRINGS)]
Words = Annotated[list[Txt], BeforeValidator(single), WithJsonSchema(_STRINGS)]
Formulas = Annotated[list[Formula], BeforeValidator(single), WithJsonSchema(_STRINGS)]
Scale = Annotated[dict[Code, Number | Literal["excluded"]], BeforeValidator(_scale)]


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
            raise Wrong(_("null 只能代替一个值，不能代替一整块：请写出里面的键，把来源没说的那几个写成 null"))
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
