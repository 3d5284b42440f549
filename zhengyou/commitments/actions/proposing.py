"""Proposing: handed in with the author's signature, taken back, disagreed with when it comes back, signed later."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.campaigns import rules as duties
from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import Duty, Submission
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.commitments import rules
from zhengyou.commitments.actions import writing
from zhengyou.commitments.models import Commitment
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.models import Person
from zhengyou.org.rules import authority_for

S = Commitment.State


def propose(
    duty: Duty,
    words: writing.Words,
    *,
    by: Actor,
    signed: bool = True,
    objection: str = "",
    base_version: int | None = None,
) -> Commitment:
    """Hand in the commitment that a duty asks for; `signed`: if every item is accepted, this very text is published.

    With an `objection` to a return it goes one level above who returned it. `base_version`: the duty's version that
    the form was opened on; Conflict where it has moved on, nothing written.
    """
    objection = objection.strip()
    if len(objection) > writing.LONGEST:
        raise Invalid(Problem("objection", _("最多 %(n)s 字。") % {"n": writing.LONGEST}))
    with record("commitment.proposed", by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        duty, found = current(duty.pk, base_version)
        insist(rules.may_propose(authority, duty, found))
        if objection:
            insist(duties.may_object(authority, duty))
        writing.checked(words, duty)
        found = found or made(entry, duty)
        items = writing.rewrite(found, words)
        me = authority.person
        if signed:
            writing.sign(found, items, me)
        else:
            writing.unsign(found)
        found.state, found.proposed_by, found.proposed_on = S.PROPOSED, me, clock.today()
        found.duty = duty
        writing.bump(found)
        _lay(entry, duty, found, me, objection)
        entry.row.unit = duty.unit.public_id
        entry.note(
            commitment=found.public_id, items=len(items), signed=signed, text=writing.text_of(found, items)
        )
    return found


def withdraw(duty: Duty, *, by: Actor) -> None:
    """Take it back while it waits for review; the words stay with the author."""
    with record("commitment.withdrawn", by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        duty, found = current(duty.pk)
        waiting = papers.waiting_of([duty.pk])
        if found is None or not waiting:
            raise Conflict(_("刚才已经有人审过这一份，撤不回来了。"))
        insist(rules.may_withdraw(authority, duty, found))
        papers.withdraw(entry, waiting)
        found.state = S.DRAFT
        writing.bump(found)
        entry.row.unit = duty.unit.public_id


def sign(duty: Duty, *, by: Actor, seen: str = "") -> Commitment:
    """Sign the text whose every item was accepted: it is published at once. `seen`: the digest of the text shown."""
    with record("commitment.signed", by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        duty, found = current(duty.pk)
        if found is None:
            raise Conflict(_("这一件还没有写过承诺。"))
        insist(rules.may_sign(authority, found))
        items = list(found.items.order_by("place"))
        if seen and seen != writing.digest_of(found, items):
            raise Conflict(_("文字和您看到的不一样了，没有签。看过现在的再签。"))
        me, reviewer = authority.person, found.reviewed_by_id
        writing.sign(found, items, me)
        people = Reviewers(authority.day, [duty.unit_id])
        (submission,) = _lay(entry, duty, found, me, "")
        for _tier in range(20):
            papers.judge(entry, [papers.Judgement(submission, reviewer)], people)
            submission = papers.submissions([submission.pk])[0]
            if submission.state != Submission.State.WAITING:
                break
        writing.publish(entry, found, items)
        writing.bump(found)
        entry.row.unit = duty.unit.public_id
        entry.note(commitment=found.public_id, text=writing.text_of(found, items))
    return found


def current(pk: int, base_version: int | None = None) -> tuple[Duty, Commitment | None]:
    """The duty and its commitment as they are now, under the journal's lock; Conflict where the duty moved on."""
    duty = Duty.objects.select_related("slot__task", "unit", "member").get(pk=pk)
    if base_version is not None and duty.version != base_version:
        raise Conflict(_("您打开之后，这一件有了变动（期限、单位或退回意见）。写的还在，看过再交。"))
    return duty, of_duty(duty)


def of_duty(duty: Duty) -> Commitment | None:
    """The commitment of a duty's subject in its campaign, with what rules ask of it; None where nothing was written."""
    rows = Commitment.objects.filter(campaign=duty.slot.task.campaign_id).select_related("duty__slot__task")
    if duty.member_id is not None:
        return rows.filter(member=duty.member_id).first()
    return rows.filter(member=None, unit=duty.subject_unit_id).first()


def made(entry: OpenEntry, duty: Duty) -> Commitment:
    """A new commitment of this duty, where it is owed today."""
    return Commitment.objects.create(
        campaign_id=duty.slot.task.campaign_id,
        unit_id=duty.subject_unit_id or duty.unit_id,
        member_id=duty.member_id,
        duty=duty,
        entry_id=entry.id,
    )


def _lay(
    entry: OpenEntry, duty: Duty, found: Commitment, me: Person | None, objection: str
) -> list[Submission]:
    paper = papers.Paper(
        duty, me.pk if me else None, objection=objection, paper=f"commitment:{found.public_id}"
    )
    return papers.lay(entry, [paper], Reviewers(clock.today(), [duty.unit_id]))
