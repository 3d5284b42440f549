"""Makes the organisation's plain data from the organisation block of a checked pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .faults import OPEN
from .founding import Blackout, Calendar, OrganisationBlock, Period, Post, UnitKind
from .organisation import (
    DEFAULT_POSTS,
    MEMBER_DEFAULTS,
    ROLES,
    CalendarPart,
    KindPart,
    Label,
    MembersPart,
    Organisation,
    PostPart,
    TermPart,
)


def known(value: Any) -> Any:
    """The value, or None while it is open."""
    return None if value is OPEN else value


def said(words: Any) -> tuple[str, ...]:
    """The words of a list that are not open."""
    return tuple(word for word in words if word is not OPEN)


def build(block: OrganisationBlock) -> Organisation:
    """The organisation that a block founds; what is open in it is None."""
    kinds = tuple(_kind(code, kind) for code, kind in block.unit_kinds.items())
    affiliation = block.affiliation
    return Organisation(
        unit_kinds=kinds,
        posts=tuple(_posts(block.posts, kinds)),
        kinds={
            name: {word: Label(entry.zh or word, entry.en) for word, entry in words.items()}
            for name, words in block.kinds.items()
        }
        | ({} if "role" in block.kinds else {"role": {word: Label(word, word) for word in ROLES}}),
        affiliation={
            key: known(getattr(affiliation, key)) for key in ("headcount", "duty", "vote", "evidence")
        },
        number_width={code: width for code, width in block.number_width.items() if width is not OPEN},
        calendar=_calendar(block.calendar),
        terms={
            code: TermPart(term.zh, term.en.one if term.en else "", term.en.other if term.en else "")
            for code, term in block.terms.items()
        },
        exempt_reasons=_labels(block.reasons.exempt),
        leave_reasons=_labels(block.reasons.leave),
        retention={
            key: known(value)
            for key in type(block.retention).model_fields
            if (value := getattr(block.retention, key)) is not None
        },
        members=MembersPart(
            full=said(block.members.full),
            **{key: known(getattr(block.members, key)) for key in ("retained", *MEMBER_DEFAULTS)},
        ),
        privacy=Label(block.privacy.zh, block.privacy.en),
        name=Label(block.zh, block.en),
    )


def _labels(entries: Mapping[str, Any]) -> dict[str, Label]:
    return {code: Label(entry.zh or code, entry.en) for code, entry in entries.items()}


def _kind(code: str, kind: UnitKind) -> KindPart:
    parents = ((kind.parent,) if known(kind.parent) else ()) + said(kind.on)
    return KindPart(
        code=code,
        zh=kind.zh,
        en=kind.en,
        parents=tuple(dict.fromkeys(parents)),  # type: ignore[arg-type]
        count=known(kind.count),
        includes=None if kind.includes is OPEN else said(kind.includes),
        endings=said(kind.endings),
        min=known(kind.norms.min),
        committee_from=known(kind.norms.committee_from),
        max=known(kind.norms.max),
        term_years=known(kind.norms.term_years),
    )


def default_on(code: str, kinds: Iterable[KindPart]) -> tuple[str, ...]:
    """Where a post stands by default: the secretary on every kind of unit, the others on the root."""
    every = tuple(kind.code for kind in kinds)
    root = tuple(kind.code for kind in kinds if not kind.parents)[:1]
    return every if code == "secretary" else root


def _posts(blocks: Mapping[str, Post], kinds: tuple[KindPart, ...]) -> Iterable[PostPart]:
    for code in dict.fromkeys([*DEFAULT_POSTS, *blocks]):
        powers, zh, en = DEFAULT_POSTS.get(code, ((), "", ""))
        block = blocks.get(code, Post())
        on = said(block.on) if block.states("on") else default_on(code, kinds)
        yield PostPart(
            code=code,
            zh=block.zh or zh or code,
            en=block.en or ("" if block.zh else en),
            on=None if block.on is OPEN else on,
            may=said(block.may) if block.states("may") else powers,
            first_responsible=bool(block.first_responsible)
            if block.states("first_responsible")
            else code == "secretary",
            default=code not in blocks,
        )


def _text(value: Any) -> str | None:
    return None if value in (None, OPEN) or value is OPEN else value.text


def _calendar(calendar: Calendar) -> CalendarPart:
    return CalendarPart(
        days={c: {"zh": day.zh, "en": day.en, "on": _text(day.on)} for c, day in calendar.days.items()},
        events={c: {"zh": event.zh, "en": event.en} for c, event in calendar.events.items()},
        blackouts={c: _blackout(block) for c, block in calendar.blackouts.items()},
        periods={c: _period(period) for c, period in calendar.periods.items()},
        holidays=tuple(day.text for day in calendar.holidays if day is not OPEN),
        workdays=tuple(day.text for day in calendar.workdays if day is not OPEN),
    )


def _blackout(block: Blackout) -> dict[str, str | None]:
    return {
        "zh": block.zh,
        "en": block.en,
        "from": _text(block.from_),
        "to": _text(block.to),
        "duties": known(block.duties),
    }


def _period(period: Period) -> dict[str, Any]:
    pairs = None if period.dates is OPEN else period.dates
    return {
        "zh": period.zh,
        "en": period.en,
        "starts": _text(period.starts),
        "of": known(period.of),
        "dates": pairs and [[_text(day) for day in pair] for pair in pairs],
    }
