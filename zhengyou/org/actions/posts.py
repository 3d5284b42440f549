"""Posts: appointing and ending; one first responsible person per unit, or the unit stands on the vacancy list."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org import current, rules, terms
from zhengyou.org.actions.rows import close_accounts, copy_post, cut_post, end_delegations, not_later
from zhengyou.org.models import Person, Post, Unit


def appoint(
    person: Person,
    unit: Unit,
    post: str,
    *,
    by: Actor,
    day: date | None = None,
    first_responsible: bool | None = None,
    document_no: str = "",
    term_ends: date | Literal["part"] | None = "part",
) -> Post:
    """Appoint a person to a post on a unit from a day on (default: today; may be earlier, then shown as entered late).

    `first_responsible` defaults to what the organisation's part says of the post; the one before hands over that day.
    `term_ends` is the day after the term's last; by default as the part says of the unit's kind, None for no term.
    """
    day = not_later(day)
    if term_ends == "part":
        term_ends = terms.default_end(unit.kind, day)
    check_term(day, term_ends, document_no)
    part = current.part()
    found = part.post(post) if part is not None else None
    if found is None or (found.on is not None and unit.kind not in found.on):
        raise Invalid(Problem("post", _("这种单位没有这个职务：从列出的职务里选一个")))
    if day < unit.opened_on:
        text = _("单位 %(day)s 才成立：任职不能早于这一天")
        raise Invalid(Problem("day", text % {"day": unit.opened_on.isoformat()}))
    first = found.first_responsible if first_responsible is None else first_responsible
    with record(
        "org.appointed",
        by=by,
        unit=unit.public_id,
        subject=f"person:{person.public_id}",
        post=post,
        day=day.isoformat(),
        first_responsible=first,
        document=document_no,
        term=term_ends.isoformat() if term_ends else "",
    ) as entry:
        unit = Unit.objects.select_for_update().get(pk=unit.pk)
        insist(rules.may_appoint(rules.authority_for(by), unit))
        return install(entry, person, unit, post, first, day, document_no=document_no, term_ends=term_ends)


def check_term(day: date, term_ends: date | None, document_no: str) -> None:
    """Refuse a term that ends before it begins, and a document number that is too long."""
    if term_ends is not None and term_ends <= day:
        raise Invalid(Problem("term_last", _("任期的最后一天不能早于任职的那一天")))
    if len(document_no) > 80:
        raise Invalid(Problem("document_no", _("文号最多 80 字")))


def install(
    entry: OpenEntry, person: Person, unit: Unit, post: str, first: bool, day: date, **more: object
) -> Post:
    """Give a post within an open entry; a first responsible person before ends that day, and who acted for that one."""
    now = Post.objects.filter(unit=unit, dropped=None, valid_to=FAR)
    if now.filter(person=person, post=post).exists():
        raise Invalid(Problem("person", _("%(name)s 已经担任这个职务") % {"name": person.name}))
    if first and (before := now.filter(first_responsible=True).first()):
        if day <= before.valid_from:
            text = _("现任第一责任人从 %(day)s 起任职：接任要晚于这一天")
            raise Invalid(Problem("day", text % {"day": before.valid_from.isoformat()}))
        cut_post(entry, before, day)
        if before.post != post:
            copy_post(entry, before, valid_from=day, first_responsible=False)
        end_delegations(entry, day, [unit.pk])
    return Post.objects.create(
        person=person,
        unit=unit,
        post=post,
        first_responsible=first,
        valid_from=day,
        entry_id=entry.id,
        **more,
    )


def open_now() -> Q:
    """Condition: a post that can be ended, open or a delegation that still runs."""
    return Q(dropped=None) & (Q(valid_to=FAR) | Q(acting_for__isnull=False, valid_to__gt=clock.today()))


def end_post(post: Post, *, by: Actor, day: date | None = None) -> None:
    """End a post on a day (the last day is the one before); a unit left without a first one goes on the vacancy list."""
    day = not_later(day)
    with record(
        "org.post_ended",
        by=by,
        unit=post.unit.public_id,
        subject=f"person:{post.person.public_id}",
        post=post.post,
        day=day.isoformat(),
    ) as entry:
        current_post = Post.objects.select_for_update().filter(open_now(), pk=post.pk).first()
        if current_post is None:
            raise Conflict(_("这个职务已经免去了。"))
        insist(rules.may_end_post(rules.authority_for(by), current_post))
        if day < current_post.valid_from:
            text = _("任职从 %(day)s 开始：免去不能早于这一天")
            raise Invalid(Problem("day", text % {"day": current_post.valid_from.isoformat()}))
        cut_post(entry, current_post, day)
        end_delegations(entry, day, [current_post.unit_id])
        close_accounts(clock.today())
