"""Handing in a plan, issuing the top one, taking back, disagreeing with a return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhengyou.campaigns import rules as campaign_rules
from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import Duty, Task, WorkItem
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.models import Affiliation, Person, Post, on
from zhengyou.org.rules import Authority, authority_for
from zhengyou.plans import checking, rules, standing
from zhengyou.plans.actions.asking import ask_again, ask_below, taken_over
from zhengyou.plans.models import Clause, Plan, PlanVersion
from zhengyou.plans.standing import Standing

State = PlanVersion.State


def hand_in(
    found: Standing, body: Mapping[str, Any], *, by: Actor, opened: str | None = None, objection: str = ""
) -> PlanVersion:
    """Hand in a unit's next version: it lies with the reviewer of its duty, an amendment with the one right above.

    `opened` is the state that the form was opened on (`mark`): where it has moved on, Conflict. Raises Invalid with
    every missing thing and its field.
    """
    with record("plan.handed_in", by=by, subject=f"plan:{found.unit.public_id}") as entry:
        authority = authority_for(by)
        found = _now(found, opened)
        insist(rules.may_write(authority, found))
        if found.top:
            raise Conflict(_("这一份由办公室下发，不用交给谁审核。"))
        checked = _checked(found, body)
        people = Reviewers(authority.day, [found.at])
        version = _write(entry, found, checked, State.SUBMITTED, by)
        _lay(entry, found, version, authority, people)
        taken_over(entry, found.plan, version, by)
        entry.row.unit = found.unit.public_id
        entry.note(number=version.number, clauses=len(checked.clauses), amendment=version.duty_id is None)
    return version


def issue(found: Standing, body: Mapping[str, Any], *, by: Actor, opened: str | None = None) -> PlanVersion:
    """Issue the top plan, or an amended version of it: in force at once; every plan below is asked what changed."""
    with record("plan.issued", by=by, subject=f"plan:{found.unit.public_id}") as entry:
        authority = authority_for(by)
        found = _now(found, opened)
        insist(rules.may_write(authority, found))
        if not found.top:
            raise Conflict(_("只有最上级的方案由办公室下发。"))
        checked = _checked(found, body)
        old = found.in_force
        version = _write(entry, found, checked, State.APPROVED, by)
        version.decided_by, version.decided_on, version.decided_at_id = by.id, authority.day, found.unit.pk
        version.save(update_fields=["decided_by", "decided_on", "decided_at"])
        asked = ask_below(entry, version, old) if old is not None else 0
        entry.row.unit = found.unit.public_id
        entry.note(number=version.number, clauses=len(checked.clauses), asked=asked)
    return version


def withdraw(found: Standing, *, by: Actor) -> None:
    """Take a version back while it waits; its duty is due again, the changed clauses it answered are asked again."""
    with record("plan.withdrawn", by=by, subject=f"plan:{found.unit.public_id}") as entry:
        authority = authority_for(by)
        found = _now(found)
        insist(rules.may_withdraw(authority, found))
        version = found.waiting
        assert version is not None
        if version.duty_id is not None:
            papers.withdraw(entry, papers.waiting_of([version.duty_id]))
        PlanVersion.objects.filter(pk=version.pk).update(state=State.WITHDRAWN)
        ask_again(version)
        entry.row.unit = found.unit.public_id


def object_to_return(found: Standing, text: str, *, by: Actor) -> PlanVersion:
    """Disagree with a return: the same version goes, with the reason, one level above who returned it."""
    text = text.strip()
    if not text:
        raise Invalid(Problem("objection", _("写上为什么不同意退回：上一级要看到理由。")))
    if len(text) > 2000:
        raise Invalid(Problem("objection", _("最多 %(n)s 字。") % {"n": 2000}))
    with record("plan.objected", by=by, subject=f"plan:{found.unit.public_id}", objection=text) as entry:
        authority = authority_for(by)
        found = _now(found)
        insist(rules.may_object(authority, found))
        version = found.returned
        assert version is not None
        version.state, version.objection, version.entry_id = State.SUBMITTED, text, entry.id
        people = Reviewers(authority.day, [found.at, version.decided_at_id or found.at])
        version.duty = found.owed
        _lay(entry, found, version, authority, people)
        version.save(
            update_fields=[
                *("state", "objection", "entry", "duty", "waits_at", "waits_for", "waits_since"),
            ]
        )
        entry.row.unit = found.unit.public_id
    return version


def mark(found: Standing) -> str:
    """What a form was opened on, in one word: the newest version's number and state, the duty's version."""
    newest, duty = found.newest, found.duty
    return f"{newest.number if newest else 0}.{newest.state if newest else 0}.{duty.version if duty else 0}"


def _now(found: Standing, opened: str | None = None) -> Standing:
    """The standing as it is under the journal's lock; Conflict where it moved on since the form was opened."""
    now = standing.of(found.campaign, found.unit, clock.today())
    if opened and opened != mark(now):
        if now.waiting is not None:
            raise Conflict(_("这一份在另一处已经交了。这里写的还在，没有覆盖任何内容。"))
        raise Conflict(_("您打开之后，这一份有了变动（期限、审核或新的一稿）。写的还在，看过再交。"))
    return now


def _checked(found: Standing, body: Mapping[str, Any]) -> checking.Checked:
    if not found.top and found.basis is None:
        text = _("上级的方案还没有下发，没有可以对照的依据：请办公室先下发。写的都留着。")
        raise Invalid(Problem("", text))
    checked, problems = checking.check(body, **check_with(found))
    if problems:
        raise Invalid(*problems)
    return checked


def check_with(found: Standing) -> dict[str, Any]:
    """What a typed plan is checked against; five queries."""
    items = WorkItem.objects.filter(unit__in=[*found.line, found.unit.pk], dropped=None).order_by("pk")[:2000]
    return {
        "top": found.top,
        "basis": standing.clauses(found.basis),
        "known": {clause.follows for clause in found.last_clauses if clause.follows},
        "people": {person.public_id: person for person in responsible(found)},
        "items": {item.public_id: item for item in items},
        "tasks": dict(Task.objects.filter(campaign=found.campaign).values_list("code", "zh")),
    }


def responsible(found: Standing) -> list[Person]:
    """Who may be named as responsible: who holds a post on the unit, then its members, by roster order; bounded."""
    units = {found.at, found.unit.pk}
    posts = Post.objects.filter(on(found.day), unit__in=units).values("person")
    members = Affiliation.objects.filter(on(found.day), unit__in=units, role="R").values("person")
    holders = list(Person.objects.filter(pk__in=posts).order_by("sort_key", "pk")[:50])
    known = {person.pk for person in holders}
    others = Person.objects.filter(pk__in=members).order_by("sort_key", "pk")[:300]
    return holders + [person for person in others if person.pk not in known]


def _write(
    entry: OpenEntry, found: Standing, checked: checking.Checked, state: int, by: Actor
) -> PlanVersion:
    if found.plan is None:
        found.plan = Plan.objects.create(campaign=found.campaign, unit=found.unit, entry_id=entry.id)
    if state == State.APPROVED:
        PlanVersion.objects.filter(plan=found.plan, state=State.APPROVED).update(state=State.SUPERSEDED)
    # A decision may have ended the duty under a waiting version; it waits for nobody any more.
    PlanVersion.objects.filter(plan=found.plan, state=State.SUBMITTED).update(state=State.WITHDRAWN)
    newest = found.newest
    version = PlanVersion.objects.create(
        plan=found.plan,
        number=newest.number + 1 if newest else 1,
        state=state,
        basis=found.basis,
        duty=found.owed if not found.top else None,
        by=by.id,
        day=clock.today(),
        at=clock.now(),
        entry_id=entry.id,
        **checked.fields,
    )
    for clause in checked.clauses:
        clause.version = version
    Clause.objects.bulk_create(checked.clauses)
    return version


def _lay(
    entry: OpenEntry, found: Standing, version: PlanVersion, authority: Authority, people: Reviewers
) -> None:
    """Let it wait: with the duty's reviewer, or (an amendment) with the nearest above who may judge it."""
    me = authority.person.pk if authority.person else None
    if version.duty_id is not None:
        duty = Duty.objects.select_related("slot__task", "unit").get(pk=version.duty_id)
        insist(campaign_rules.may_hand_in(authority, duty, people))
        papers.lay(
            entry, [papers.Paper(duty, me, paper=f"plan:{version.pk}", objection=version.objection)], people
        )
        return
    authors = [me] if me else []
    if version.objection:
        desk = people.one_up(version.decided_at_id or found.at, authors)
    else:
        desk = people.desk("parent", found.at, of_unit=True, authors=authors)
    version.waits_at_id, version.waits_for, version.waits_since = desk.unit, desk.post, clock.today()
    version.save(update_fields=["waits_at", "waits_for", "waits_since"])
