"""The organisation's part of a pack as plain data: founded once, versioned on its own, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

#: Powers of the posts that every organisation has unless it says otherwise (marked as defaults).
DEFAULT_POSTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "secretary": (("hand_in", "review", "exempt", "see_names", "slips"), "负责人", "Head"),
    "office": (
        ("hand_in", "review", "exempt", "import", "appoint", "start", "see_units", "slips"),
        "办公室",
        "Office",
    ),
    "leader": (("see_units",), "领导", "Leader"),
    "inspector": (("see_units",), "督查员", "Inspector"),
    "publicity": ((), "宣传员", "Publicity officer"),
}
#: Words that the roster owns: which of two affiliations a row is.
ROLES = ("registered", "activity")


@dataclass(frozen=True)
class Label:
    """Words in Chinese and English; the other language stands in where one is missing."""

    zh: str = ""
    en: str = ""

    def text(self, lang: str = "zh") -> str:
        """The words in a language (`zh…` or any other, which reads English)."""
        first, second = (self.zh, self.en) if lang.startswith("zh") else (self.en, self.zh)
        return first or second


@dataclass(frozen=True)
class KindPart:
    """A kind of unit: `parents` are those it may stand under, `count` is what the source says."""

    code: str
    zh: str = ""
    en: str = ""
    parents: tuple[str, ...] = ()
    count: int | None = None
    includes: tuple[str, ...] | None = ()
    endings: tuple[str, ...] = ()
    min: int | None = None
    committee_from: int | None = None
    max: int | None = None
    term_years: int | None = None

    def text(self, lang: str = "zh") -> str:
        """Its name in a language."""
        return Label(self.zh, self.en).text(lang) or self.code


@dataclass(frozen=True)
class PostPart:
    """A post: where it stands (None: not yet answered), its powers; `default`: not from the source."""

    code: str
    zh: str = ""
    en: str = ""
    on: tuple[str, ...] | None = ()
    may: tuple[str, ...] = ()
    first_responsible: bool = False
    default: bool = False

    def text(self, lang: str = "zh") -> str:
        """Its name in a language."""
        return Label(self.zh, self.en).text(lang) or self.code


#: What holds about members where the organisation's part says nothing (listed as defaults): S1 of the domain.
MEMBER_DEFAULTS = {
    "retained_years": 2,
    "letter_days": 10,
    "letter_days_outside": 30,
    "letter_days_longest": 92,
}
RETAINED = "retained"


@dataclass(frozen=True)
class MembersPart:
    """Rules about members; None is a default in force. `full`: statuses that count as full, none stated: every status.

    `retained`: the status of who has left and is kept on for at most `retained_years`. Letters of transfer are valid for
    `letter_days` within the organisation, `letter_days_outside` beyond it, at most `letter_days_longest`.
    """

    full: tuple[str, ...] = ()
    retained: str | None = None
    retained_years: int | None = None
    letter_days: int | None = None
    letter_days_outside: int | None = None
    letter_days_longest: int | None = None

    def days(self, name: str) -> int:
        """The stated number of this name, or its default."""
        stated: int | None = getattr(self, name)
        return MEMBER_DEFAULTS[name] if stated is None else stated

    def is_full(self, status: str) -> bool:
        """Whether a status counts as full: one of those stated, or any where none is."""
        return not self.full or status in self.full


@dataclass(frozen=True)
class TermPart:
    """A word of the pages: Chinese, English for one and for several."""

    zh: str
    one: str = ""
    other: str = ""


@dataclass(frozen=True)
class CalendarPart:
    """Days, blackouts and periods as written in the pack; None where still open. Labels are [zh, en]."""

    days: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    blackouts: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    periods: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Organisation:
    """What the rooms ask of the organisation: kinds of units, posts and powers, words, calendar, rules."""

    unit_kinds: tuple[KindPart, ...]
    posts: tuple[PostPart, ...] = ()
    kinds: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)
    affiliation: Mapping[str, str | None] = field(default_factory=dict)
    number_width: Mapping[str, int] = field(default_factory=dict)
    calendar: CalendarPart = CalendarPart()
    terms: Mapping[str, TermPart] = field(default_factory=dict)
    exempt_reasons: Mapping[str, Label] = field(default_factory=dict)
    leave_reasons: Mapping[str, Label] = field(default_factory=dict)
    retention: Mapping[str, int | None] = field(default_factory=dict)
    members: MembersPart = MembersPart()
    privacy: Label = Label()
    name: Label = Label()

    @property
    def root_kind(self) -> str:
        """The kind of the topmost unit."""
        return next((kind.code for kind in self.unit_kinds if not kind.parents), self.unit_kinds[0].code)

    def kind(self, code: str) -> KindPart:
        """A kind of unit by its code; KeyError if there is none."""
        for kind in self.unit_kinds:
            if kind.code == code:
                return kind
        raise KeyError(code)

    def has_kind(self, code: str) -> bool:
        """Whether there is a kind of this code."""
        return any(kind.code == code for kind in self.unit_kinds)

    def children_of(self, code: str) -> tuple[KindPart, ...]:
        """The kinds that may stand under a kind."""
        return tuple(kind for kind in self.unit_kinds if code in kind.parents)

    def expected(self, code: str) -> int | None:
        """How many units of a kind the source counts, without those of other kinds that it counts in."""
        kind = self.kind(code)
        if kind.count is None or not kind.includes:
            return kind.count
        return kind.count - sum(self.kind(other).count or 0 for other in kind.includes)

    def filled_from(self, other: Organisation) -> Organisation:
        """This organisation with what it leaves open taken from another, such as a pack's answers."""
        return Organisation.from_json(_filled(self.to_json(), other.to_json()))

    def post(self, code: str) -> PostPart | None:
        """A post by its code, if there is one."""
        return next((post for post in self.posts if post.code == code), None)

    @property
    def retained(self) -> str:
        """The status of retained members; "" where there is none."""
        code = self.members.retained or RETAINED
        return code if code in self.kinds.get("status", {}) else ""

    def posts_of(self, kind: str) -> tuple[PostPart, ...]:
        """The posts that stand on units of a kind."""
        return tuple(post for post in self.posts if post.on and kind in post.on)

    def may(self, post: str) -> frozenset[str]:
        """The powers of a post; none for a post that does not exist."""
        found = self.post(post)
        return frozenset(found.may) if found else frozenset()

    def label(self, code: str, lang: str = "zh") -> str:
        """The name of a unit kind, post, word of a list or reason; the code itself where it has none."""
        pools: list[Mapping[str, Any]] = [
            {kind.code: kind for kind in self.unit_kinds},
            {post.code: post for post in self.posts},
            *self.kinds.values(),
            self.exempt_reasons,
            self.leave_reasons,
        ]
        return next((str(pool[code].text(lang)) or code for pool in pools if code in pool), code)

    def words(self, lang: str = "zh") -> dict[str, str]:
        """The terms of the pages: `member` and, for English, `members` for several."""
        out: dict[str, str] = {}
        for code, term in self.terms.items():
            chinese = lang.startswith("zh") or not term.one
            out[code] = term.zh if chinese else term.one
            out[code + "s"] = term.zh if chinese else term.other
        return out

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` turns back into the same organisation."""
        return {"format": 1, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Organisation:
        """The organisation stored by `to_json`; ValueError for a format that this program does not know."""
        if data.get("format") != 1:
            raise ValueError(f"organisation part of unknown format {data.get('format')!r}")
        calendar = data["calendar"]
        return cls(
            unit_kinds=tuple(
                KindPart(**_tuples(kind, "parents", "includes", "endings")) for kind in data["unit_kinds"]
            ),
            posts=tuple(PostPart(**_tuples(post, "on", "may")) for post in data["posts"]),
            kinds={name: _labels(words) for name, words in data["kinds"].items()},
            affiliation=dict(data["affiliation"]),
            number_width=dict(data["number_width"]),
            calendar=CalendarPart(**_tuples(calendar, "holidays", "workdays")),
            terms={code: TermPart(**term) for code, term in data["terms"].items()},
            exempt_reasons=_labels(data["exempt_reasons"]),
            leave_reasons=_labels(data["leave_reasons"]),
            retention=dict(data["retention"]),
            members=MembersPart(**_tuples(data.get("members", {}), "full")),
            privacy=Label(**data["privacy"]),
            name=Label(**data["name"]),
        )


def _filled(here: Any, there: Any) -> Any:
    """Values of `here`, or of `there` where they are None; kinds and posts are matched by code."""
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        return {key: _filled(value, there.get(key)) for key, value in here.items()}
    if isinstance(here, list | tuple) and here and isinstance(here[0], Mapping) and "code" in here[0]:
        others = {entry["code"]: entry for entry in there or ()}
        return [_filled(entry, others.get(entry["code"], {})) for entry in here]
    return there if here is None else here


def _labels(data: Mapping[str, Mapping[str, str]]) -> dict[str, Label]:
    return {code: Label(**label) for code, label in data.items()}


def _tuples(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: tuple(value) if key in keys and value is not None else value for key, value in data.items()}
