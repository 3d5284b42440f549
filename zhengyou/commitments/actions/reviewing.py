"""Reviewing item by item: all accepted and signed is published, one returned returns the paper, the rest stays accepted."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.commitments import rules
from zhengyou.commitments.actions import writing
from zhengyou.commitments.actions.proposing import current
from zhengyou.commitments.models import Commitment, Item, ItemEvent
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for

S = Commitment.State
LONGEST = 2000
"""Longest reasons of one return, characters."""


def review(duty: Duty, verdicts: Mapping[str, str], *, by: Actor, version: int | None = None) -> Commitment:
    """Judge every item: `verdicts` has the reasons by the item's public id, "" where it is accepted.

    Invalid where an item was left out. `version`: the commitment's that was read; Conflict where it was withdrawn and
    written anew meanwhile.
    """
    with record("commitment.reviewed", by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        duty, found = current(duty.pk)
        waiting = papers.waiting_of([duty.pk])
        if found is None or not waiting:
            raise Conflict(_("这一份已经有人审过了，或者已被撤回。"))
        submission = waiting[0]
        people = Reviewers(authority.day, {submission.waits_at_id or 0, submission.duty.unit_id})
        insist(rules.may_review(authority, submission, people))
        if version is not None and version != found.version:
            raise Conflict(_("您打开之后，这一份撤回改过了。看过现在的再审。"))
        items = list(found.items.select_for_update().order_by("place"))
        back = _judged(items, verdicts)
        me = authority.person
        for item in items:
            reasons = verdicts[item.public_id].strip()
            item.reasons = reasons
            item.verdict = Item.Verdict.RETURNED if reasons else Item.Verdict.ACCEPTED
            kind = ItemEvent.Kind.RETURNED if reasons else ItemEvent.Kind.ACCEPTED
            writing.step(entry, [item], kind, me, reasons)
        Item.objects.bulk_update(items, ["verdict", "reasons"])
        signed = bool(found.signed_hash)
        given = _sentence(len(items), back) if back else ""
        last = not back and papers.is_last(submission, me.pk if me else None, people)
        if last and not signed:
            given = _("逐条都通过了，等您签名：看过原文，签名后马上公布。")
        papers.judge(entry, [papers.Judgement(submission, me.pk if me else None, given)], people)
        found.reviewed_by, found.reviewed_on = me, clock.today()
        if back:
            found.state = S.RETURNED
            writing.unsign(found)
        elif last and signed:
            writing.publish(entry, found, items)
        elif last:
            found.state = S.APPROVED
        writing.bump(found)
        entry.row.unit = duty.unit.public_id
        entry.note(
            commitment=found.public_id, items=len(items), returned=len(back), reasons=[r for _i, r in back]
        )
    return found


def _judged(items: list[Item], verdicts: Mapping[str, str]) -> list[tuple[Item, str]]:
    """The items that come back with their reasons; Invalid where one was not judged, or reasons are too long."""
    problems, back = [], []
    for item in items:
        if item.public_id not in verdicts:
            problems.append(
                Problem(
                    f"v-{item.public_id}",
                    _("第 %(n)s 条还没有审：勾上通过，或者写上退回的理由。") % {"n": item.place},
                )
            )
            continue
        reasons = verdicts[item.public_id].strip()
        if len(reasons) > LONGEST:
            problems.append(Problem(f"reasons-{item.public_id}", _("最多 %(n)s 字。") % {"n": LONGEST}))
        if reasons:
            back.append((item, reasons))
    if problems:
        raise Invalid(*problems)
    return back


def _sentence(items: int, back: list[tuple[Item, str]]) -> str:
    """What the return says: how many came back, how many stand, and the reasons one by one."""
    first = ngettext("退回 %(n)s 条", "退回 %(n)s 条", len(back)) % {"n": len(back)}
    kept = items - len(back)
    if kept:
        first += ngettext("，通过 %(n)s 条", "，通过 %(n)s 条", kept) % {"n": kept}
    lines = [_("第 %(n)s 条：%(reasons)s") % {"n": item.place, "reasons": reasons} for item, reasons in back]
    return (first + _("。") + "\n" + "\n".join(lines))[:5000]
