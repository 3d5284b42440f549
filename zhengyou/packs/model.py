"""The keys of language 1; unknown keys are errors, null is an open question wherever a value may stand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from .blocks import (
    Block,
    Code,
    Codes,
    Days,
    Due,
    Flag,
    Formula,
    Formulas,
    Labelled,
    MonthOrDay,
    Number,
    Scale,
    Txt,
    When,
    Whole,
    Words,
    WrongError,
    Zone,
)
from .founding import Calendar, OrganisationBlock
from .wording import Text as _

#: The newest language that this program speaks.
LANGUAGE = 1
#: Keys that language 2 adds, by the block that holds them; refused by name under `language: 1`.
LATER: dict[str, frozenset[str]] = {
    "pack": frozenset(
        {"extends", "lock", "links", "lists", "channels", "scales", "sheets", "forms", "pauses"}
    )
    | {"tables", "measures", "selections", "ladders", "targets"},
    "task": frozenset({"with", "each", "need", "instead_of", "late", "excuses"}),
    "audience": frozenset({"links"}),
}
#: Keys that an author may look for at the top, and that live in the organisation's part.
MOVED = frozenset({"unit_kinds", "posts", "kinds", "terms", "affiliation", "number_width", "reasons"})


class Meta(Labelled):
    """Which pack this is; codes of a published pack never change their meaning."""

    id: Txt
    version: Txt
    lang: Txt = "zh-CN"
    org_type: Txt = ""


class Rules(Block):
    """The choices that every campaign makes once; none has a default."""

    zone: Zone
    counts_when: Literal["submitted", "accepted"]
    joiners: Literal["owe", "owe_if_days_left", "owe_next_period"]
    joiner_days: Whole | None = None
    returned_days: Whole
    correction_days: Whole | None = None
    ask_days: Whole | None = None
    escalate_after: Whole | None = None


class Audience(Labelled):
    """Who is meant: members by conditions over their affiliation, units by kind, or people outside."""

    of: Literal["members", "units", "outside"] = "members"
    where: Formulas = []
    count: Whole | None = None


class Statement(Labelled):
    """Words of the source that are shown and never computed; `announced` says how many it promised."""

    items: list[Any] | dict[Code, Any] = []
    announced: Whole | None = None
    for_: Literal["units", "members", ""] = Field("", alias="for")
    award: Txt = ""


class Excuse(Labelled):
    """A reason that a member or unit may give, who grants it and what it does to the duty."""

    by: Codes
    duty: Literal["not_owed", "met", "deadline_moves"]
    proof: Flag = False
    limit: Whole | None = None
    per: Txt = ""


class Review(Block):
    """Who looks at what is handed in, tier by tier, and at how much of it."""

    by: Codes = []
    mode: Literal["none", "sample", "each"] = "each"
    share: Number | None = None
    return_days: Whole = 7
    minutes: Whole | None = None


def _review(value: object) -> object:
    return {"by": value, "mode": "each"} if isinstance(value, str | list) else value


class Judged(Block):
    """A judgement by named persons on a scale of words or between two numbers."""

    by: Codes
    scale: Scale | None = None
    range: list[Number] | None = None
    reason: Literal["must", "may"] = "must"


class Rectify(Block):
    """Days to mend what was found, extensions, and who checks (never the owner)."""

    days: Whole
    extend_times: Whole = 0
    extend_days: Whole = 0
    verify_by: Txt = ""


class Evaluation(Block):
    """An evaluation by others; kept as data until its room comes."""

    raters: Codes
    subjects: Codes = []
    scale: Scale | None = None
    items: Words = []
    secrecy: Literal["anonymous", "confidential", "named"] | None = None
    smallest: Whole | None = None
    turnout: Formula | None = None
    own: Literal["excluded", "included"] | None = None


class Task(Labelled):
    """What somebody owes: who, when, in which rhythm, and who looks at it."""

    level: Literal["must", "should", "may"] = "must"
    who: Codes = []
    form: Txt = "report"
    due: Due | None = None
    from_: When | None = Field(None, alias="from")
    until: When | None = None
    every: Txt | None = None
    irregular: Whole | None = None
    times: Whole | None = None
    judged: Judged | None = None
    review: Annotated[Review, BeforeValidator(_review)] | None = None
    to: Codes = []
    after: Codes = []
    minutes: Whole | None = None
    grace_days: Whole | None = None
    opens: Codes = []
    kinds: Words = []
    held: Days = []
    advice: Txt = ""
    items: Any = None
    quorum: Formula | None = None
    rectify: Rectify | None = None
    evaluation: Evaluation | None = None


class Phase(Labelled):
    """A phase with its tasks; `after` names phases or tasks that come before it."""

    from_: When | None = Field(None, alias="from")
    to: When | None = None
    gate: Literal["acceptance", "none"] = "none"
    after: Codes = []
    tasks: dict[Code, Task] = {}


class Stage(Labelled):
    """A stretch between two nodes of a larger campaign; months are enough."""

    from_: MonthOrDay | None = Field(None, alias="from")
    to: MonthOrDay | None = None


class Programme(Labelled):
    """A campaign in phases, or a learning programme that runs through one."""

    kind: Literal["campaign", "learning"]
    theme: Txt = ""
    runs_through: Txt = ""
    from_: When | None = Field(None, alias="from")
    to: When | None = None
    statements: dict[Code, Statement] = {}
    stages: dict[Code, Stage] = {}
    phases: dict[Code, Phase] = {}
    tasks: dict[Code, Task] = {}


class Option(Labelled):
    """An answer that may be chosen, with its words."""


def _options(value: object) -> object:
    if isinstance(value, list):
        return {word if isinstance(word, str) else "": {} for word in value}
    if isinstance(value, dict):
        return {word: {"zh": label} if isinstance(label, str) else label for word, label in value.items()}
    return value


class Question(Labelled):
    """What is asked where the source is silent: `says` tells what it does say; `also` are further places.

    `same`: one answer goes to all places; otherwise each place is answered by itself.
    """

    ask: Txt
    says: Txt = ""
    options: Annotated[dict[Txt, Option], BeforeValidator(_options)] = {}
    only_options: Flag = False
    who: Txt = "office"
    also: Codes = []
    same: Flag = False


def _gap(value: object) -> object:
    return {"zh": value} if isinstance(value, str) else value


class Gap(Labelled):
    """What the source leaves out and nobody's duty hangs on: shown, never blocking."""


class Pack(Block):
    """A whole pack of language 1."""

    language: Txt
    pack: Meta
    organisation: OrganisationBlock | None = None
    rules: Rules
    audiences: dict[Code, Audience] = {}
    calendar: Calendar = Calendar()
    excuses: dict[Code, Excuse] = {}
    statements: dict[Code, Statement] = {}
    programmes: dict[Code, Programme]
    open: dict[Txt, Question] = {}
    gaps: dict[Txt, Annotated[Gap, BeforeValidator(_gap)]] = {}

    @field_validator("programmes")
    @classmethod
    def _does_something(cls, programmes: dict[str, Programme]) -> dict[str, Programme]:
        if not programmes:
            raise WrongError(_("方案包里至少要有一项活动（programmes）"))
        return programmes
