"""Changing a published promise, or releasing from it: asked with the reason, decided by the reviewer, both texts kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from zhengyou.commitments import hints, rules
from zhengyou.commitments.actions import writing
from zhengyou.commitments.actions.keeping import current, said, settle
from zhengyou.commitments.models import Item, ItemChange, ItemEvent
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for


def ask_change(
    item: Item,
    *,
    text: str,
    measure: str,
    due_on: date | None,
    reason: str,
    by: Actor,
    version: int | None = None,
) -> ItemChange:
    """Ask that an item be worded anew; until it is approved the old words hold."""
    text, reason, _ok = together(
        lambda: said(text, "text", _("写上改成什么。")),
        lambda: said(reason, "reason", _("写上为什么要改：原文和理由会一直看得见。")),
        lambda: _fits(item, text, measure, due_on),
    )
    new = (text, measure.strip(), due_on)
    if new == (item.text, item.measure, item.due_on):
        raise Invalid(Problem("text", _("和原来的一样，没有要改的。")))
    return _ask(item, ItemChange.Kind.CHANGE, new, reason, "", by, version)


def ask_release(item: Item, *, reason: str, told: str, by: Actor, version: int | None = None) -> ItemChange:
    """Ask to be released for an objective reason, which was explained to those it was promised to (`told`)."""
    reason, told = together(
        lambda: said(reason, "reason", _("写上客观原因：为什么办不了。")),
        lambda: said(told, "told", _("写上向谁说明过。")),
    )
    if len(told) > 200:
        raise Invalid(Problem("told", _("最多 %(n)s 字。") % {"n": 200}))
    return _ask(item, ItemChange.Kind.RELEASE, ("", "", None), reason, told, by, version)


def _fits(item: Item, text: str, measure: str, due_on: date | None) -> str:
    """Nothing too long, no day in the past; Invalid otherwise."""
    problems = [
        Problem(name, _("最多 %(n)s 字。") % {"n": writing.LONGEST})
        for name, words in (("text", text), ("measure", measure))
        if len(words.strip()) > writing.LONGEST
    ]
    if due_on is not None and due_on != item.due_on and due_on < clock.today():
        problems.append(Problem("due", _("这一天已经过去了：写今天或以后的日子。")))
    if problems:
        raise Invalid(*problems)
    return ""


def together(*texts: Callable[[], str]) -> list[str]:
    """These texts, or all that is wrong with them at once."""
    out: list[str] = []
    problems: list[Problem] = []
    for read in texts:
        try:
            out.append(read())
        except Invalid as fault:
            told = {problem.field for problem in problems}
            problems += [problem for problem in fault.problems if problem.field not in told]
    if problems:
        raise Invalid(*problems)
    return out


def _ask(
    item: Item,
    kind: str,
    new: tuple[str, str, date | None],
    reason: str,
    told: str,
    by: Actor,
    version: int | None,
) -> ItemChange:
    with record(f"commitment.{kind}_asked", by=by, subject=f"item:{item.public_id}") as entry:
        authority = authority_for(by)
        item, found = current(item.pk, version)
        insist(rules.may_keep(authority, found))
        insist(rules.may_claim(item))
        if ItemChange.objects.filter(item=item, state=ItemChange.State.ASKED).exists():
            raise Conflict(_("这一条已经有一个申请在等，先撤回那一个。"))
        change = ItemChange.objects.create(
            item=item,
            kind=kind,
            old_text=item.text,
            old_measure=item.measure,
            old_due_on=item.due_on,
            new_text=new[0],
            new_measure=new[1],
            new_due_on=new[2],
            reason=reason,
            told=told,
            by=authority.person,
            asked_on=clock.today(),
            entry_id=entry.id,
        )
        _moved(item)
        writing.step(entry, [item], ItemEvent.Kind.ASKED, authority.person, reason)
        entry.row.unit = found.unit.public_id
        entry.note(new=new, reason=reason, told=told)
    return change


def decide(change: ItemChange, approved: bool, answer: str = "", *, by: Actor) -> ItemChange:
    """Approve what was asked, which takes effect at once, or refuse it with reasons."""
    answer = answer.strip()
    if not approved:
        answer = said(answer, "answer", _("写上为什么不同意：申请的人要看到理由。"))
    with record("commitment.change_decided", by=by, subject=f"item:{change.item.public_id}") as entry:
        authority = authority_for(by)
        change = ItemChange.objects.select_for_update().get(pk=change.pk)
        if change.state != ItemChange.State.ASKED:
            raise Conflict(_("这个申请已经有人办过，或者撤回了。"))
        item, found = current(change.item_id)
        insist(rules.may_judge(authority, found, (change.by_id, item.owner_id)))
        me = authority.person
        change.decided_by, change.decided_on, change.answer = me, clock.today(), answer
        change.state = ItemChange.State.APPROVED if approved else ItemChange.State.REFUSED
        change.save()
        kind = ItemEvent.Kind.REFUSED
        if approved and change.kind == ItemChange.Kind.RELEASE:
            item.state, item.decided_by, item.decided_on = Item.State.RELEASED, me, clock.today()
            item.decision, kind = change.reason, ItemEvent.Kind.RELEASED
        elif approved:
            item.text, item.measure, item.due_on = change.new_text, change.new_measure, change.new_due_on
            item.same, item.changed, kind = hints.digest(item.text), item.changed + 1, ItemEvent.Kind.CHANGED
        _moved(item)
        writing.step(entry, [item], kind, me, answer or change.reason)
        settle(found)
        entry.row.unit = found.unit.public_id
        entry.note(approved=approved, answer=answer)
    return change


def withdraw(change: ItemChange, *, by: Actor) -> None:
    """Take back what was asked, while it waits."""
    with record("commitment.change_withdrawn", by=by, subject=f"item:{change.item.public_id}") as entry:
        authority = authority_for(by)
        item, found = current(change.item_id)
        insist(rules.may_keep(authority, found))
        n = ItemChange.objects.filter(pk=change.pk, state=ItemChange.State.ASKED).update(
            state=ItemChange.State.WITHDRAWN, decided_on=clock.today()
        )
        if not n:
            raise Conflict(_("这个申请已经有人办过，或者撤回了。"))
        _moved(item)
        entry.row.unit = found.unit.public_id


def _moved(item: Item) -> None:
    item.version += 1
    item.save()


__all__ = ["ask_change", "ask_release", "decide", "withdraw"]
