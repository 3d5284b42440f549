"""The blocks of `organisation:`, the part of a pack that founds an organisation (PACKS.md §0.1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from .blocks import (
    Block,
    Code,
    Codes,
    Days,
    Flag,
    Labelled,
    Power,
    Recurrence,
    Txt,
    When,
    Whole,
    Words,
    WrongError,
    many,
)
from .faults import OPEN
from .wording import Text as _

Affiliated = Literal["registered", "activity", "either"]
Duties = Literal["not_owed", "owed", "deadline_moves"]


def _registered(value: object) -> object:
    if value == "activity":
        raise WrongError(_("语言 1 只把任务派给注册的单位；派给活动单位（activity）要等语言 2"))
    return value


class Norms(Block):
    """Sizes that are warned about, never enforced: full members of a unit, years of a term."""

    min: Whole | None = None
    committee_from: Whole | None = None
    max: Whole | None = None
    term_years: Whole | None = None


class UnitKind(Labelled):
    """A kind of unit: under which kind it stands (`parent`, others in `on`), how many the source counts."""

    parent: Txt | None = None
    on: Codes = []
    count: Whole | None = None
    includes: Codes = []
    norms: Norms = Norms()
    endings: Words = []


class Post(Labelled):
    """A post: the kinds of unit it stands on, and what it may do there and below."""

    on: Codes = []
    may: Annotated[list[Power], BeforeValidator(many)] = []
    first_responsible: Flag = False


class Affiliation(Block):
    """Which of two affiliations counts heads, is charged with duties, votes, and may give evidence."""

    headcount: Affiliated = "registered"
    duty: Annotated[Affiliated, BeforeValidator(_registered)] = "registered"
    vote: Affiliated = "registered"
    evidence: Affiliated = "registered"


def _named_day(value: object) -> object:
    return value if isinstance(value, dict) else {"on": value}


class NamedDay(Labelled):
    """A day with a name, such as the last before the holiday."""

    on: When


class Period(Labelled):
    """A period of the organisation's own: a year that starts on a day, listed dates, or a built-in rhythm."""

    starts: When | None = None
    dates: list[Annotated[list[When], Field(min_length=2, max_length=2)]] | None = None
    of: Recurrence | None = None

    @model_validator(mode="after")
    def _one(self) -> Period:
        if sum(x is not None for x in (self.starts, self.dates, self.of)) != 1:
            raise WrongError(_("一个周期只写 starts、dates、of 里的一个"))
        return self


class Blackout(Labelled):
    """Days in which nothing is asked, and what happens to duties that fall due in them."""

    from_: When = Field(alias="from")
    to: When
    duties: Duties


class Calendar(Block):
    """Named days, decisions still to come, periods, blackouts, holidays and worked weekends."""

    days: dict[Code, Annotated[NamedDay, BeforeValidator(_named_day)]] = {}
    events: dict[Code, Labelled] = {}
    periods: dict[Code, Period] = {}
    blackouts: dict[Code, Blackout] = {}
    holidays: Days = []
    workdays: Days = []


class TermEnglish(Block):
    """A word in English, for one and for several."""

    one: Txt
    other: Txt


def _english(value: object) -> object:
    return value if isinstance(value, dict) else {"one": value, "other": value}


class Term(Block):
    """A word of the pages."""

    zh: Txt
    en: Annotated[TermEnglish, BeforeValidator(_english)] | None = None


def _term(value: object) -> object:
    return value if isinstance(value, dict) else {"zh": value}


def _word_list(value: object) -> object:
    """The words of a kind: a list of codes, or codes with labels."""
    if isinstance(value, str | list):
        found = many(value)
        if isinstance(found, list):
            return {word if isinstance(word, str) else "": {} for word in found}
    return value


class Reasons(Block):
    """The short lists to choose a reason from, for an exemption and for a leave."""

    exempt: dict[Code, Labelled] = {}
    leave: dict[Code, Labelled] = {}


class Retention(Block):
    """How long things are kept, in days after they were last needed."""

    drafts: Whole | None = None
    attendance: Whole | None = None
    comments: Whole | None = None
    uploads: Whole | None = None


class Members(Block):
    """Rules about members: which statuses count as full, who may be retained how long, how long letters are valid."""

    full: Codes = []
    retained: Txt | None = None
    retained_years: Whole | None = None
    letter_days: Whole | None = None
    letter_days_outside: Whole | None = None
    letter_days_longest: Whole | None = None


class OrganisationBlock(Labelled):
    """Everything that belongs to the organisation and outlives a campaign."""

    unit_kinds: dict[Code, UnitKind]
    posts: dict[Code, Post] = {}
    kinds: dict[Code, Annotated[dict[Code, Labelled], BeforeValidator(_word_list)]] = {}
    affiliation: Affiliation = Affiliation()
    number_width: dict[Code, Whole] = {}
    calendar: Calendar = Calendar()
    terms: dict[Code, Annotated[Term, BeforeValidator(_term)]] = {}
    reasons: Reasons = Reasons()
    retention: Retention = Retention()
    members: Members = Members()
    privacy: Labelled = Labelled()

    @model_validator(mode="after")
    def _not_empty(self) -> OrganisationBlock:
        if not self.unit_kinds and self.unit_kinds is not OPEN:
            raise WrongError(_("一个组织至少要有一种单位"))
        return self
