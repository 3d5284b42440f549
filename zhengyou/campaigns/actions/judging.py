"""Reviewing: accept or return with reasons, singly or a page of papers in one go; returns of what nobody reviewed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from zhengyou.campaigns import rooms, rules
from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import Duty, Review, State, Submission
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.journal.actions import Actor, record
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for

LONGEST = 2000


@dataclass
class Outcome:
    """What became of a page of papers: ids of the submissions accepted, returned, and left, each with the reason."""

    accepted: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)


def digest_of(ids: Iterable[int]) -> str:
    """The digest of an ordered list of ids, as a set-based entry keeps it."""
    return hashlib.sha256(",".join(str(pk) for pk in sorted(ids)).encode()).hexdigest()


def accept(duty: Duty, *, by: Actor) -> Review:
    """Accept what waits under a duty: on the last tier the duty is accepted, else it goes on to the next."""
    return _one(duty, "", by)


def give_back(duty: Duty, reasons: str, *, by: Actor) -> Review:
    """Return with reasons; the new date is the later of the old one and today + the task's days.

    What was accepted without anybody's review can be returned too, within the task's days.
    """
    reasons = checked(reasons)
    if Duty.objects.filter(pk=duty.pk, state=State.ACCEPTED).exists():
        return _return_accepted(duty, reasons, by)
    return _one(duty, reasons, by)


def judge(*, by: Actor, accept: Iterable[int] = (), give_back: Mapping[int, str] | None = None) -> Outcome:
    """Judge many papers (submission ids) in one entry; what may not be judged or was judged meanwhile is left, named.

    Raises Invalid where a return lacks its reasons, Conflict where nothing at all could be done.
    """
    back = {pk: checked(text, f"reasons-{pk}") for pk, text in (give_back or {}).items()}
    wanted = {**dict.fromkeys(accept, ""), **back}
    out = Outcome()
    with record("duty.judged_in_bulk", by=by) as entry:
        authority = authority_for(by)
        found = papers.submissions(wanted)
        units = {s.waits_at_id or s.duty.unit_id for s in found} | {s.duty.unit_id for s in found}
        people, ready = Reviewers(authority.day, units), []
        for submission in found:
            verdict = rooms.may_act_here(submission) and rules.may_review(authority, submission, people)
            if verdict:
                me = authority.person
                ready.append(papers.Judgement(submission, me.pk if me else None, wanted[submission.pk]))
                (out.returned if wanted[submission.pk] else out.accepted).append(submission.pk)
            else:
                out.left[submission.pk] = verdict.why
        for pk in wanted.keys() - {submission.pk for submission in found}:
            out.left[pk] = _("找不到这一份。")
        if not ready:
            raise Conflict(next(iter(out.left.values()), _("没有选中任何一份。")))
        papers.judge(entry, ready, people)
        entry.note(
            accepted=len(out.accepted),
            returned=len(out.returned),
            accepted_ids=digest_of(out.accepted),
            returned_ids=digest_of(out.returned),
        )
    return out


def _one(duty: Duty, reasons: str, by: Actor) -> Review:
    verb = "duty.returned" if reasons else "duty.accepted"
    with record(verb, by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        waiting = papers.waiting_of([duty.pk])
        if not waiting:
            raise Conflict(_("这一份已经有人审过了，或者已被撤回。"))
        submission = waiting[0]
        people = Reviewers(authority.day, {submission.waits_at_id or 0, submission.duty.unit_id})
        insist(rooms.may_act_here(submission))
        insist(rules.may_review(authority, submission, people))
        me = authority.person
        (made,) = papers.judge(entry, [papers.Judgement(submission, me.pk if me else None, reasons)], people)
        entry.row.unit = submission.duty.unit.public_id
        entry.note(reasons=reasons, tier=made.tier)
    return made


def _return_accepted(duty: Duty, reasons: str, by: Actor) -> Review:
    with record("duty.returned", by=by, subject=f"duty:{duty.pk}", reasons=reasons) as entry:
        authority = authority_for(by)
        (duty,) = papers.duties([duty.pk])
        insist(rules.may_return_accepted(authority, duty))
        last = (
            Submission.objects.select_related("duty__slot__task")
            .filter(duty=duty, state=Submission.State.ACCEPTED)
            .order_by("-number")
            .first()
        )
        if last is None:
            raise Conflict(_("这一件没有可退回的内容。"))
        insist(rooms.may_act_here(last))
        me = authority.person
        people = Reviewers(authority.day, [duty.unit_id])
        authors = rules.authors(duty, last)
        last.waits_at_id = people.desk(
            "parent", duty.unit_id, of_unit=duty.member_id is None, authors=authors
        ).unit
        (made,) = papers.judge(entry, [papers.Judgement(last, me.pk if me else None, reasons)], people)
        entry.row.unit = duty.unit.public_id
    return made


def checked(reasons: str, name: str = "reasons") -> str:
    """The reasons of a return; Invalid where there are none, or too many words."""
    reasons = reasons.strip()
    if not reasons:
        raise Invalid(Problem(name, _("退回要写哪里要改：交的人会看到这段话。")))
    if len(reasons) > LONGEST:
        raise Invalid(Problem(name, _("最多 %(n)s 字。") % {"n": LONGEST}))
    return reasons
