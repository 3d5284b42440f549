"""What several actions share: new persons, dropping and copying dated rows, closing accounts; each within an open entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.org.models import Affiliation, Person, Post, Unit, User, on
from zhengyou.org.names import clean_name, sort_key

Then = Callable[[OpenEntry], Mapping[str, int] | None]
"""What must follow in the same transaction: campaigns' duties follow the roster; may tell how many did, by what."""


@dataclass(frozen=True)
class OpenWork:
    """Open work of one sort in one unit: how many pieces, how many of them past their date, the oldest date."""

    unit: int
    task: str
    zh: str
    en: str
    n: int
    overdue: int
    oldest: date


@dataclass(frozen=True)
class OpenPiece:
    """One piece of a sort of open work: its id, whose it is, its period, its date, whether that is past or it is in review."""

    id: str
    whose: str
    period: str
    due_on: date
    overdue: bool
    in_review: bool


@dataclass(frozen=True)
class Disposition:
    """What becomes of a closing unit's open work: `task` is one sort of it, or "" for all that no other line names.

    `pieces` are single pieces of the sort that are decided otherwise than the rest; their lines come before its line.

    carry: to `into` with its own dates, a member's to that one of `successors` where the member is now. close: it ends
    with the unit. void: it ends for the reason that the decision gives.
    """

    unit: int
    task: str
    how: str
    into: int | None = None
    successors: tuple[int, ...] = ()
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True)
class AtHand:
    """What is on the desk of a unit's post: open duties of the unit, those overdue, its papers in review, papers waiting
    for this desk, and the labels of the holder's drafts for those duties."""

    duties: int = 0
    overdue: int = 0
    in_review: int = 0
    waiting: int = 0
    drafts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Follow:
    """What the rooms above do in the same transaction, so that their work and figures follow the organisation.

    `roster` after affiliations changed; `work` tells what is open in units that close on a day, `pieces(unit, task, day,
    first, most)` the pieces of one sort, `dispose` deals with it;
    `before_regraft` folds figures before the tree changes, `regraft(unit, day, lost, gained)` posts a subtree's figures
    from the ancestors lost to those gained, `recount` counts all anew; `figures` tells units' figures on a day by name;
    `leaning` names the people and units for whom work was done after an entry, so that it cannot be taken back;
    `at_hand(unit, post, holder's public id)` is what goes along when a post is handed over.
    """

    roster: Then
    work: Callable[[Sequence[int], date], list[OpenWork]]
    dispose: Callable[[OpenEntry, Sequence[Disposition], date], Mapping[str, int]]
    before_regraft: Callable[[], object]
    regraft: Callable[[int, date, Sequence[int], Sequence[int]], None]
    recount: Callable[[], None]
    figures: Callable[[Sequence[int], date], dict[int, dict[str, int]]]
    leaning: Callable[[QuerySet[Person], Sequence[int], int], tuple[set[int], set[int]]]
    at_hand: Callable[[int, str, str], AtHand]
    pieces: Callable[[int, str, date, int, int], list[OpenPiece]]


COLUMNS = "person_id, unit_id, role, category, status, begun, ended, valid_from, valid_to, entry_id"


def not_later(day: date | None) -> date:
    """The day of a change, default today; Invalid for a day to come."""
    today = clock.today()
    if day is not None and day > today:
        raise Invalid(Problem("day", _("日期不能晚于今天：到那一天再登记")))
    return day or today


def open_unit(unit: Unit, day: date) -> Unit:
    """The unit as it stands now, which must be open from `day` on."""
    unit = Unit.objects.get(pk=unit.pk)
    if unit.closed_on != FAR:
        raise Invalid(Problem("unit", _("这个单位已经撤销")))
    if day < unit.opened_on:
        text = _("这个单位 %(day)s 才成立：日期不能早于这一天")
        raise Invalid(Problem("day", text % {"day": unit.opened_on.isoformat()}))
    return unit


def new_person(entry: OpenEntry, name: str, *, number: str | None = None, **details: object) -> Person:
    """Create a person; checks name and number."""
    name = clean_name(name)
    number = (number or "").strip() or None
    problems = []
    if not name or len(name) > 100:
        problems.append(Problem("name", _("写上姓名，最多 100 字")))
    if number and len(number) > 40:
        problems.append(Problem("number", _("编号最多 40 个字符")))
    elif number and Person.objects.filter(number=number).exists():
        problems.append(Problem("number", _("编号 %(number)s 已经有人用") % {"number": number}))
    if problems:
        raise Invalid(*problems)
    return Person.objects.create(name=name, number=number, sort_key=sort_key(name), **details)


def copy_truncated(entry: OpenEntry, day: date, ended: str, role: str) -> None:
    """Insert what this entry dropped of a role again, ending on `day`; what began that day or later is not true."""
    sql.run(
        f"""INSERT INTO org_affiliation ({COLUMNS})
            SELECT person_id, unit_id, role, category, status, begun, :ended, valid_from, :day, :entry
            FROM org_affiliation WHERE dropped_id = :entry AND role = :role AND valid_from < :day""",
        ended=ended,
        day=day,
        entry=entry.id,
        role=role,
    )


def cut_post(entry: OpenEntry, post: Post, day: date) -> None:
    """Drop a post's row; what is now held to be true ends on `day` (nothing, where it began that day or later)."""
    Post.objects.filter(pk=post.pk).update(dropped_id=entry.id)
    if day > post.valid_from:
        copy_post(entry, post, valid_to=day)


def copy_post(entry: OpenEntry, post: Post, **changes: object) -> Post:
    """Insert a post's row again with changes."""
    values = {
        "person_id": post.person_id,
        "unit_id": post.unit_id,
        "post": post.post,
        "first_responsible": post.first_responsible,
        "valid_from": post.valid_from,
        "valid_to": post.valid_to,
        "document_no": post.document_no,
        "term_ends": post.term_ends,
        "acting_for_id": post.acting_for_id,
        "entry_id": entry.id,
    }
    return Post.objects.create(**{**values, **changes})


def end_delegations(entry: OpenEntry, day: date, units: Sequence[int]) -> None:
    """Whoever acts for somebody who no longer holds the post acts no more from `day` on; a few rows at most."""
    held = Post.objects.filter(
        dropped=None, acting_for=None, unit=OuterRef("unit"), post=OuterRef("post"), valid_to__gt=day
    )
    acting = Post.objects.filter(
        dropped=None, acting_for__isnull=False, valid_to__gt=day, unit__in=list(units)
    )
    for row in acting.exclude(Exists(held.filter(person=OuterRef("acting_for__person")))):
        cut_post(entry, row, day)


def close_accounts(day: date) -> int:
    """Switch off accounts of people who on a day are in no unit and hold no post; runs within an action or on tick."""
    here = Affiliation.objects.filter(on(day))
    posts = Post.objects.filter(on(day))
    gone = User.objects.filter(is_active=True)
    gone = gone.exclude(person__in=here.values("person")).exclude(person__in=posts.values("person"))
    return gone.update(is_active=False)
