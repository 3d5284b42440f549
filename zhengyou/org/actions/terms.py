"""Posts through time: acting for somebody until a day, and handing a post over with the open work."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhengyou.journal import drafts
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org import rules, terms
from zhengyou.org.actions.posts import check_term, install
from zhengyou.org.actions.rows import AtHand, Follow, close_accounts, cut_post, end_delegations, not_later
from zhengyou.org.models import Person, Post, Unit

LONGEST = 366
"""Days of a delegation at most: whoever is away longer hands the post over."""


def delegate(
    post: Post, person: Person, *, by: Actor, until: date, day: date | None = None, document_no: str = ""
) -> Post:
    """Let a person act with the powers of a post from a day to `until` (its last day), for its holder; never as first
    responsible. It ends by itself, or with the holder's post."""
    day, today = not_later(day), clock.today()
    check_term(day, None, document_no)
    if until < max(day, today):
        raise Invalid(Problem("until", _("代行的最后一天不能早于今天，也不能早于开始的那一天")))
    if (until - day).days >= LONGEST:
        raise Invalid(Problem("until", _("代行最多一年：时间更长的，请移交职务")))
    facts = {"post": post.post, "day": day.isoformat(), "until": until.isoformat(), "document": document_no}
    with record(
        "org.delegated", by=by, unit=post.unit.public_id, subject=f"person:{person.public_id}", **facts
    ) as entry:
        held = _held(post)
        insist(rules.may_delegate(rules.authority_for(by), held))
        if person.pk == held.person_id:
            raise Invalid(Problem("person", _("不能代行自己的职务")))
        if day < held.valid_from:
            text = _("任职从 %(day)s 开始：代行不能早于这一天")
            raise Invalid(Problem("day", text % {"day": held.valid_from.isoformat()}))
        same = Post.objects.filter(unit=held.unit_id, post=held.post, dropped=None, valid_to__gt=day)
        if same.filter(person=person).exists():
            raise Invalid(Problem("person", _("%(name)s 已经担任或代行这个职务") % {"name": person.name}))
        return Post.objects.create(
            person=person,
            unit_id=held.unit_id,
            post=held.post,
            valid_from=day,
            valid_to=until + timedelta(days=1),
            document_no=document_no,
            acting_for=held,
            entry_id=entry.id,
        )


def at_hand(post: Post, follow: Follow | None) -> AtHand:
    """What goes along when this post is handed over."""
    return follow.at_hand(post.unit_id, post.post, post.person.public_id) if follow is not None else AtHand()


def fingerprint(post: Post, found: AtHand) -> str:
    """A mark of what was shown before a hand-over."""
    facts = [post.pk, found.duties, found.in_review, found.waiting, found.drafts]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def hand_over(
    post: Post,
    person: Person,
    *,
    by: Actor,
    day: date | None = None,
    document_no: str = "",
    term_ends: date | None = None,
    seen: str = "",
    follow: Follow | None = None,
) -> AtHand:
    """The holder's post ends and the other's begins on one day; the unit's open work and the drafts for it go along.

    Duties and papers belong to the unit and its desk, so they are the new holder's by the post alone; what the holder
    has drafted for them is given on. Conflict where it is no longer what was shown (`seen`).
    """
    day = not_later(day)
    check_term(day, term_ends, document_no)
    facts = {"post": post.post, "day": day.isoformat(), "document": document_no}
    with record(
        "org.post_handed_over", by=by, unit=post.unit.public_id, subject=f"person:{person.public_id}", **facts
    ) as entry:
        unit = Unit.objects.select_for_update().get(pk=post.unit_id)
        insist(rules.may_appoint(rules.authority_for(by), unit))
        held = _held(post)
        found = at_hand(held, follow)
        if seen and fingerprint(held, found) != seen:
            raise Conflict(_("您看过之后，情况又有变动。什么都没有移交，请按新的预览再确认一次。"))
        if person.pk == held.person_id:
            raise Invalid(Problem("person", _("要移交给另一个人")))
        if day <= held.valid_from:
            text = _("现任从 %(day)s 起任职：移交要晚于这一天")
            raise Invalid(Problem("day", text % {"day": held.valid_from.isoformat()}))
        cut_post(entry, held, day)
        install(
            entry,
            person,
            unit,
            held.post,
            held.first_responsible,
            day,
            document_no=document_no,
            term_ends=term_ends,
        )
        end_delegations(entry, day, [unit.pk])
        for label in found.drafts:
            drafts.hand_on(held.person.public_id, person.public_id, label)
        close_accounts(clock.today())
        entry.note(duties=found.duties, waiting=found.waiting, drafts=len(found.drafts))
    return found


def next_term(post: Post, day: date) -> date | None:
    """Until when the new holder's term runs: what is left of this one, else a new one as the part says."""
    if post.term_ends is not None and post.term_ends > day:
        return post.term_ends
    return terms.default_end(post.unit.kind, day)


def _held(post: Post) -> Post:
    held = Post.objects.select_for_update(of=("self",)).select_related("person", "unit")
    found = held.filter(pk=post.pk, dropped=None, valid_to=FAR, acting_for=None).first()
    if found is None:
        raise Conflict(_("这个职务已经免去了。"))
    return found
