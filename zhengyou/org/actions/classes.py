"""A whole class at once: members chosen by rule or by tick are moved, graduated, developed, recategorised or recorded gone.

Sets of any size with the same few statements, one entry; shown first by doing it and rolling it back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NoReturn

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.rehearsal import rehearsing
from zhengyou.kit.verdict import insist
from zhengyou.org import current, rules, tree
from zhengyou.org.actions import members
from zhengyou.org.actions.rows import (
    COLUMNS,
    Then,
    close_accounts,
    copy_truncated,
    end_delegations,
    not_later,
    open_unit,
)
from zhengyou.org.models import Affiliation, Person, Post, Unit, on

DEEDS = ("move", "graduate", "status", "category", "left", "deceased")
ENDS = {"graduate": "out", "left": "left", "deceased": "deceased"}
VERBS = {
    "move": "org.members_moved",
    "graduate": "org.members_graduated",
    "status": "org.members_status",
    "category": "org.members_category",
    "left": "org.members_left",
    "deceased": "org.members_left",
}
MOST_TICKED, MOST_POSTS = 2000, 200
POSTS = "person_id, unit_id, post, first_responsible, document_no, term_ends, acting_for_id, valid_from, valid_to, entry_id"


@dataclass(frozen=True)
class Chosen:
    """Which members of a unit (`below`: and of all units under it): those of a category, status and year, or those ticked.

    `people` are public ids; empty: all whom the rest describes. Without any limit: the whole unit.
    """

    unit: str
    below: bool = False
    category: str = ""
    status: str = ""
    year: int | None = None
    people: tuple[str, ...] = ()

    def found(self) -> QuerySet[Person]:
        """The members of today that are meant, as a query."""
        unit, day = Unit.objects.get(public_id=self.unit), clock.today()
        held = Affiliation.objects.filter(on(day), role="R")
        held = held.filter(unit__in=tree.below([unit.pk], day)) if self.below else held.filter(unit=unit)
        facts = {name: getattr(self, name) for name in ("category", "status") if getattr(self, name)}
        found = Person.objects.filter(pk__in=held.filter(**facts).values("person"))
        if self.year is not None:
            found = found.filter(joined_on__year=self.year)
        return found.filter(public_id__in=self.people[:MOST_TICKED]) if self.people else found


@dataclass(frozen=True)
class Deed:
    """What becomes of them from `day` on: `value` is the unit's public id, the status or the category."""

    how: str
    day: date
    value: str = ""
    document_no: str = ""

    @property
    def late(self) -> int:
        """Days by which it is entered late."""
        return max((clock.today() - self.day).days, 0)


class _Shown(Exception):
    """Done only to be looked at: everything is rolled back."""

    def __init__(self, outcome: dict[str, Any]):
        super().__init__()
        self.outcome = outcome


def preview_class(chosen: Chosen, deed: Deed, *, by: Actor, then: Then | None = None) -> dict[str, Any]:
    """What doing it would do: done, on SQLite to a copy, and rolled back. Raises Invalid as the deed itself would."""
    try:
        with rehearsing(), record(VERBS[deed.how], by=by, unit=chosen.unit) as entry:
            _show(entry, chosen, deed, by, then)
    except _Shown as shown:
        return shown.outcome


def _show(entry: OpenEntry, chosen: Chosen, deed: Deed, by: Actor, then: Then | None) -> NoReturn:
    raise _Shown(_do(entry, chosen, deed, by, then))


def do_class(
    chosen: Chosen, deed: Deed, *, by: Actor, seen: str = "", then: Then | None = None
) -> dict[str, Any]:
    """Do it in one transaction; `seen` is the fingerprint that was shown: Conflict where it would come out otherwise."""
    facts = asdict(deed) | {"day": deed.day.isoformat()}
    with record(VERBS[deed.how], by=by, unit=chosen.unit, **facts) as entry:
        outcome = _do(entry, chosen, deed, by, then)
        if seen and fingerprint(outcome) != seen:
            raise Conflict(_("您看过之后，情况又有变动。什么都没有办，请按新的预览再确认一次。"))
        entry.note(people=outcome["people"], posts=len(outcome["posts"]))
        if outcome["people"] == 1:
            who = Affiliation.objects.filter(dropped_id=entry.id, role="R").values_list(
                "person__public_id", flat=True
            )
            entry.row.subject = f"person:{who[0]}"
    return outcome


def fingerprint(outcome: dict[str, Any]) -> str:
    """A mark of what was shown: who by count and unit, posts, duties."""
    return hashlib.sha256(json.dumps(outcome, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _do(entry: OpenEntry, chosen: Chosen, deed: Deed, by: Actor, then: Then | None) -> dict[str, Any]:
    if deed.how not in DEEDS:
        raise ValueError(deed.how)
    not_later(deed.day)
    authority, target = rules.authority_for(by), None
    held = _held(chosen, deed)
    touched = set(held.order_by().values_list("unit_id", flat=True).distinct())
    if deed.how == "move":
        target = _target(deed)
        touched.add(target.pk)
    insist(rules.may_change_roster(authority, touched))
    outcome = _counted(held, deed)
    if not outcome["people"]:
        raise Invalid(Problem("people", _("没有要办的人：他们已经是这样，或者已经不是成员")))
    if target is not None:
        members.move(entry, held, target, deed.day)
    elif deed.how in ENDS:
        outcome["posts"] = posts_of(held, deed.day, authority)
        members.end(entry, held, deed.day, ENDS[deed.how])
        end_posts(entry, deed.day)
    else:
        _change(entry, held, deed)
    if outcome["people"] >= 500:
        sql.measure("org_affiliation", "org_post")
    close_accounts(clock.today())
    followed = then(entry) if then is not None else None
    outcome["duties"] = dict(followed) if isinstance(followed, Mapping) else {}
    return outcome


def _target(deed: Deed) -> Unit:
    unit = Unit.objects.filter(public_id=deed.value).first()
    if unit is None:
        raise Invalid(Problem("value", _("选一个单位")))
    return open_unit(unit, deed.day)


def _held(chosen: Chosen, deed: Deed) -> QuerySet[Affiliation]:
    """The registered rows that change: all of the chosen people's that reach beyond the day."""
    held = Affiliation.objects.filter(
        person__in=chosen.found(), role="R", dropped=None, valid_to__gt=deed.day
    )
    part = current.part()
    if deed.how in ("status", "category"):
        known = part.kinds.get(deed.how, {}) if part is not None else {}
        if deed.value not in known:
            raise Invalid(Problem("value", _("选一种")))
        held = held.exclude(**{deed.how: deed.value})
    elif deed.how == "move":
        held = held.exclude(unit__public_id=deed.value)
    # As ids of rows: the statements that follow change what the description of the people reads.
    return Affiliation.objects.filter(pk__in=held.values("pk"))


def _counted(held: QuerySet[Affiliation], deed: Deed) -> dict[str, Any]:
    def by(field: str) -> list[tuple[Any, int]]:
        return list(held.order_by(field).values_list(field).annotate(n=Count("person", distinct=True)))

    return {
        "people": held.order_by().values("person").distinct().count(),
        "units": by("unit__public_id"),
        "category": by("category"),
        "status": by("status"),
        "posts": [],
        "duties": {},
    }


def posts_of(held: QuerySet[Affiliation], day: date, authority: rules.Authority) -> list[dict[str, str]]:
    """The posts that end with the membership; each must be one that this authority may end."""
    lost = Post.objects.filter(person__in=held.values("person"), dropped=None, valid_to__gt=day)
    found = list(lost.select_related("unit", "person").order_by("unit_id", "id")[: MOST_POSTS + 1])
    if len(found) > MOST_POSTS:
        text = _("他们担任的职务超过 %(n)d 个：分几次办")
        raise Invalid(Problem("people", text % {"n": MOST_POSTS}))
    authority.load({post.unit_id for post in found})
    for post in found:
        if not authority.everything:
            insist(rules.may_end_post(authority, post))
    return [
        {
            "person": post.person.public_id,
            "name": post.person.name,
            "post": post.post,
            "unit": post.unit.public_id,
        }
        for post in found
    ]


def end_posts(entry: OpenEntry, day: date) -> None:
    """End on `day` the posts of all whose registered rows this entry dropped; two statements."""
    n = sql.run(
        """UPDATE org_post SET dropped_id = :entry WHERE dropped_id IS NULL AND valid_to > :day AND person_id IN
           (SELECT person_id FROM org_affiliation WHERE dropped_id = :entry AND role = 'R')""",
        entry=entry.id,
        day=day,
    )
    if n:
        sql.run(
            f"""INSERT INTO org_post ({POSTS})
                SELECT {POSTS.replace("valid_to, entry_id", ":day, :entry")}
                FROM org_post WHERE dropped_id = :entry AND valid_from < :day""",
            entry=entry.id,
            day=day,
        )
        units = Post.objects.filter(dropped_id=entry.id).values_list("unit_id", flat=True).distinct()
        end_delegations(entry, day, list(units))


def _change(entry: OpenEntry, held: QuerySet[Affiliation], deed: Deed) -> None:
    """Another category or status from the day on, in the same units."""
    held.update(dropped_id=entry.id)
    copy_truncated(entry, deed.day, "changed", "R")
    columns = COLUMNS.replace(f" {deed.how},", " :value,").replace(
        "begun, ended, valid_from, valid_to, entry_id",
        """CASE WHEN valid_from < :day THEN 'changed' ELSE begun END, ended,
           CASE WHEN valid_from > :day THEN valid_from ELSE :day END, valid_to, :entry""",
    )
    values = {"value": deed.value, "day": deed.day, "entry": entry.id}
    sql.run(
        f"""INSERT INTO org_affiliation ({COLUMNS}) SELECT {columns}
            FROM org_affiliation WHERE dropped_id = :entry AND role = 'R'""",
        **values,
    )
    part = current.part()
    if deed.how == "status" and part is not None and deed.value in part.members.full:
        sql.run(
            """UPDATE org_person SET confirmed_on = :day WHERE confirmed_on IS NULL AND id IN
               (SELECT person_id FROM org_affiliation WHERE dropped_id = :entry AND role = 'R')""",
            day=deed.day,
            entry=entry.id,
        )
