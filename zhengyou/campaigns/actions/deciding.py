"""Exempting, extending, voiding: a decision is a fact; reconcile carries it out and undoes it when it is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from zhengyou.campaigns import rules
from zhengyou.campaigns.actions.judging import digest_of
from zhengyou.campaigns.duties import carry_out, decisions, follow_decisions
from zhengyou.campaigns.models import Decision, Duty, Slot
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import current
from zhengyou.org.models import Person, Unit
from zhengyou.org.rules import authority_for

LONGEST = 1000


def exempt(duty: Duty, *, by: Actor, reason: str = "", text: str = "") -> Decision:
    """Exempt one duty for a reason of the organisation's short list."""
    return _one("exempt", duty, by, reason, text, None)


def extend(duty: Duty, due_on: date, *, by: Actor, reason: str = "", text: str = "") -> Decision:
    """Move one duty's date later; the old date stays visible."""
    return _one("extend", duty, by, reason, text, due_on)


def void(duty: Duty, *, by: Actor, reason: str = "", text: str = "") -> Decision:
    """Void one duty: it never ought to have been asked."""
    return _one("void", duty, by, reason, text, None)


def decide(
    kind: str,
    slot: Slot,
    *,
    by: Actor,
    unit: Unit | None = None,
    member: Person | None = None,
    below: bool = True,
    reason: str = "",
    text: str = "",
    due_on: date | None = None,
) -> tuple[Decision, int]:
    """Decide for one member, for a unit and those below it, or (neither given) for all; returns how many duties changed."""
    with record(f"duty.{_PAST[kind]}_by_decision", by=by) as entry:
        reason, text = _checked(kind, slot, reason, text, due_on)
        authority = authority_for(by)
        insist(
            rules.may_decide(
                authority, kind, slot, member=member, unit_id=unit.pk if unit else None, below=below
            )
        )
        made = Decision.objects.create(
            slot=slot,
            kind=kind,
            member=member,
            unit=unit if member is None else None,
            below=below,
            due_on=due_on,
            day=clock.today(),
            reason=reason,
            text=text,
            by=by.id,
            entry_id=entry.id,
        )
        changed = carried(entry, [slot.pk])
        entry.row.subject = f"decision:{made.pk}"
        entry.row.unit = unit.public_id if unit else ""
        entry.note(count=changed, reason=reason, text=text, due_on=due_on.isoformat() if due_on else "")
    return made, changed


def decide_many(
    kind: str,
    duties: Iterable[int],
    *,
    by: Actor,
    reason: str = "",
    text: str = "",
    due_on: date | None = None,
) -> tuple[int, dict[int, str]]:
    """Decide the same for a page of chosen duties (ids) in one entry; returns how many changed, and why others did not.

    Raises Conflict where none could be decided.
    """
    ids = sorted(set(duties))
    left: dict[int, str] = {}
    ask = {"exempt": rules.may_exempt, "extend": rules.may_extend, "void": rules.may_void}[kind]
    with record(f"duty.{_PAST[kind]}_in_bulk", by=by) as entry:
        authority = authority_for(by)
        found = list(
            Duty.objects.seen_by(authority)
            .select_related("slot__task", "member")
            .filter(pk__in=ids)
            .distinct()
        )
        authority.load({duty.unit_id for duty in found})
        rows = []
        for duty in found:
            verdict = ask(authority, duty)
            if not verdict:
                left[duty.pk] = verdict.why
                continue
            reason, text = _checked(kind, duty.slot, reason, text, due_on)
            rows.append(_row(kind, duty, by, reason, text, due_on, entry))
        for pk in set(ids) - {duty.pk for duty in found}:
            left[pk] = _("找不到这一件。")
        if not rows:
            raise Conflict(next(iter(left.values()), _("没有选中任何一件。")))
        Decision.objects.bulk_create(rows)
        changed = carried(entry, {row.slot_id for row in rows})
        entry.note(
            count=changed,
            ids=digest_of(duty.pk for duty in found if duty.pk not in left),
            reason=reason,
            text=text,
        )
    return changed, left


def take_back(decision: Decision, *, by: Actor) -> int:
    """Take an exemption or a voiding back; what it put aside is owed again. Returns how many duties changed."""
    with record("duty.decision_taken_back", by=by, subject=f"decision:{decision.pk}") as entry:
        decision = Decision.objects.select_related("slot__task", "member").get(pk=decision.pk)
        if decision.dropped_id is not None:
            raise Conflict(_("这个决定已经收回了。"))
        insist(rules.may_take_back(authority_for(by), decision))
        Decision.objects.filter(pk=decision.pk, dropped=None).update(dropped_id=entry.id)
        changed = carried(entry, [decision.slot_id])
        entry.note(count=changed)
    return changed


_PAST = {"exempt": "exempted", "extend": "extended", "void": "voided"}


def _one(kind: str, duty: Duty, by: Actor, reason: str, text: str, due_on: date | None) -> Decision:
    ask = {"exempt": rules.may_exempt, "extend": rules.may_extend, "void": rules.may_void}[kind]
    with record(f"duty.{_PAST[kind]}", by=by, subject=f"duty:{duty.pk}") as entry:
        duty = Duty.objects.select_related("slot__task", "member", "unit").get(pk=duty.pk)
        insist(ask(authority_for(by), duty))
        reason, text = _checked(kind, duty.slot, reason, text, due_on)
        if due_on is not None and due_on <= duty.due_on:
            late = _("新的日期要晚于现在的 %(day)s；期限只能延后。")
            raise Invalid(Problem("due_on", late % {"day": duty.due_on.isoformat()}))
        made = _row(kind, duty, by, reason, text, due_on, entry)
        made.save()
        if not carried(entry, [duty.slot_id]):
            raise Conflict(_("这一件刚才有了变动，没有改成；刷新后再看。"))
        entry.row.unit = duty.unit.public_id
        entry.note(reason=reason, text=text, due_on=due_on.isoformat() if due_on else "")
    return made


def _row(
    kind: str, duty: Duty, by: Actor, reason: str, text: str, due_on: date | None, entry: OpenEntry
) -> Decision:
    return Decision(
        slot_id=duty.slot_id,
        kind=kind,
        member_id=duty.member_id,
        unit_id=duty.subject_unit_id,
        below=False,
        due_on=due_on,
        day=clock.today(),
        reason=reason,
        text=text,
        by=by.id,
        entry_id=entry.id,
    )


def carried(entry: OpenEntry, slots: Iterable[int]) -> int:
    """Carry the decisions of these slots out; returns duties changed."""
    ids, today = list(slots), clock.today()
    back = decisions.revive_voided(ids, entry, today)
    done = carry_out(ids, entry, today)
    if back or done.get("unexempt"):
        follow_decisions(entry, ids, today)
    return back + sum(done.values())


def _checked(kind: str, slot: Slot, reason: str, text: str, due_on: date | None) -> tuple[str, str]:
    reason, text, problems = reason.strip(), text.strip(), []
    if kind not in _PAST:
        raise Invalid(Problem("", _("只能免办、延期或作废。")))
    if slot.closed_on <= clock.today():
        problems.append(Problem("", _("这一期已经结束归档，不再改。")))
    part = current.part()
    known = part.exempt_reasons if part else {}
    if kind == "exempt" and known and reason not in known:
        problems.append(Problem("reason", _("从列出的理由里选一个。")))
    elif not reason and not text:
        problems.append(Problem("text", _("写上理由：本人和本单位负责人会看到。")))
    if len(text) > LONGEST:
        problems.append(Problem("text", _("最多 %(n)s 字。") % {"n": LONGEST}))
    if kind == "extend" and (due_on is None or due_on < clock.today()):
        problems.append(Problem("due_on", _("写上改到哪一天，今天或以后。")))
    if problems:
        raise Invalid(*problems)
    return reason[:40], text
