"""Handing in: by who owes it, withdrawn while it waits, disagreed with when it comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from zhengyou.campaigns import rooms, rules
from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import OPEN, Duty, DutyEvidence, Submission
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.journal.evidence import keep_file, keep_statement
from zhengyou.journal.models import Evidence
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for

LONGEST = 5000
"""Longest text of one field, characters."""
MOST = 20
"""Most pieces of evidence on one duty."""


def hand_in(
    duty: Duty,
    *,
    by: Actor,
    nothing: bool = False,
    done: str = "",
    changed: str = "",
    evidence: Iterable[Evidence] | None = None,
    files: Sequence[UploadedFile] = (),
    statement: str = "",
    objection: str = "",
    base_version: int | None = None,
) -> Submission:
    """Hand in a duty: what was done and what changed, or nothing to report.

    `evidence` is what is to be linked (None: leave as it is), `files` and a `statement` are kept and linked besides.
    `base_version` is the duty's version that the form was opened on: where it has moved on, Conflict, nothing written.
    With an `objection` to a return the paper goes one level above who returned it.
    """
    done, changed, objection = done.strip(), changed.strip(), objection.strip()
    _checked(nothing, done, changed, objection)
    with record("duty.handed_in", by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        duty = _current(duty.pk, base_version)
        insist(rules.may_hand_in(authority, duty))
        insist(rooms.may_report(duty.slot.task.form))
        if objection:
            insist(rules.may_object(authority, duty))
        me = authority.person
        (made,) = papers.lay(
            entry,
            [papers.Paper(duty, me.pk if me else None, nothing, "" if nothing else done, changed, objection)],
            Reviewers(authority.day, [duty.unit_id]),
        )
        kept = [keep_file(file, by, entry) for file in files]
        if statement.strip():
            kept.append(keep_statement(statement, by, entry))
        _link(entry, duty, by, evidence, kept)
        entry.row.unit = duty.unit.public_id
        entry.note(
            number=made.number,
            nothing=nothing,
            done=done,
            changed=changed,
            objection=objection,
            late=made.late,
            review=made.waits_at_id is not None,
        )
    return made


def withdraw(duty: Duty, *, by: Actor) -> None:
    """Take a paper back while it still waits; the duty is due again with the date it has."""
    with record("duty.withdrawn", by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        duty = _current(duty.pk)
        waiting = papers.waiting_of([duty.pk])
        if not waiting:
            raise Conflict(_("刚才已经有人审过这一份，撤不回来了。"))
        insist(rooms.may_act_here(waiting[0]))
        insist(rules.may_withdraw(authority, duty))
        papers.withdraw(entry, waiting)
        entry.row.unit = duty.unit.public_id


def object_to_return(duty: Duty, text: str, *, by: Actor, base_version: int | None = None) -> Submission:
    """Disagree with a return: the same paper goes, with the reason, one level above who returned it."""
    text = text.strip()
    if not text:
        raise Invalid(Problem("objection", _("写上为什么不同意退回：上一级要看到理由。")))
    _checked(True, "", "", text)
    with record("duty.objected", by=by, subject=f"duty:{duty.pk}", objection=text) as entry:
        authority = authority_for(by)
        duty = _current(duty.pk, base_version)
        insist(rules.may_object(authority, duty))
        insist(rules.may_hand_in(authority, duty))
        insist(rooms.may_report(duty.slot.task.form))
        last = duty.submissions.order_by("-number").first()
        if last is None:
            raise Conflict(_("这一件还没有交过。"))
        me = authority.person
        (made,) = papers.lay(
            entry,
            [papers.Paper(duty, me.pk if me else None, last.nothing, last.done, last.changed, text)],
            Reviewers(authority.day, [duty.unit_id]),
        )
        entry.row.unit = duty.unit.public_id
    return made


def _current(pk: int, base_version: int | None = None) -> Duty:
    """The duty as it is now, under the journal's lock; Conflict where it moved on since the form was opened."""
    duty = Duty.objects.select_related("slot__task", "unit", "member").get(pk=pk)
    if base_version is not None and duty.version != base_version:
        if duty.state not in OPEN:
            raise Conflict(_("这一件在另一处已经交了，或者有了变动。这里写的还在，没有覆盖任何内容。"))
        raise Conflict(_("您打开之后，这一件有了变动（期限、单位或退回意见）。写的还在，看过再交。"))
    return duty


def _checked(nothing: bool, done: str, changed: str, objection: str) -> None:
    problems = []
    if not nothing and not done:
        problems.append(Problem("done", _("写一句做了什么；这段时间没有可报的，就选「没有可报的」。")))
    if not nothing and not changed:
        problems.append(Problem("changed", _("写一句有什么变化；还看不出来，就写「还看不出来」。")))
    for name, text in (("done", done), ("changed", changed), ("objection", objection)):
        if len(text) > LONGEST:
            long = _("最多 %(n)s 字，现在有 %(now)s 字：请缩短，或放进附件。")
            problems.append(Problem(name, long % {"n": LONGEST, "now": len(text)}))
    if problems:
        raise Invalid(*problems)


def _link(
    entry: OpenEntry, duty: Duty, by: Actor, wanted: Iterable[Evidence] | None, kept: list[Evidence]
) -> list[DutyEvidence]:
    """Link evidence once; what is not wanted any more is dropped. Only the own, or what serves the same unit's duties."""
    linked = {row.evidence_id: row for row in DutyEvidence.objects.filter(duty=duty, dropped=None)}
    if wanted is not None:
        chosen = {piece.pk: piece for piece in wanted}
        for pk, piece in chosen.items():
            if pk not in linked and piece.owner != by.id and not _near(piece, duty):
                raise Invalid(Problem("evidence", _("只能用自己的，或本单位已经用过的佐证。")))
        gone = [row.pk for pk, row in linked.items() if pk not in chosen]
        DutyEvidence.objects.filter(pk__in=gone).update(dropped_id=entry.id)
        new = [piece for pk, piece in chosen.items() if pk not in linked]
        kept, linked = new + kept, {pk: row for pk, row in linked.items() if pk in chosen}
    fresh = {piece.pk: piece for piece in kept if piece.pk not in linked}
    if len(linked) + len(fresh) > MOST:
        raise Invalid(Problem("evidence", _("一件最多 %(n)s 份佐证。") % {"n": MOST}))
    return DutyEvidence.objects.bulk_create(
        DutyEvidence(duty=duty, evidence=piece, entry_id=entry.id) for piece in fresh.values()
    )


def _near(piece: Evidence, duty: Duty) -> bool:
    return DutyEvidence.objects.filter(evidence=piece, duty__unit=duty.unit_id, duty__member=None).exists()
