"""A question to the superior, and its answer, for who asked or for everybody in the task's audience."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from zhengyou.campaigns import asking
from zhengyou.campaigns.models import Duty, Question, Task
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.models import Unit
from zhengyou.org.rules import authority_for

LONGEST = 1000
"""Longest question and answer, characters."""


def ask(thing: Duty | Task, text: str, *, by: Actor) -> Question:
    """Ask the superior about a duty or about a task of the plan; it waits with its date on the desk of who is asked."""
    text = _text("text", text, _("写上要问什么。"))
    with record("question.asked", by=by) as entry:
        authority = authority_for(by)
        if isinstance(thing, Duty):
            duty: Duty | None = Duty.objects.select_related("slot__task__campaign", "unit").get(pk=thing.pk)
            assert duty is not None
            task = duty.slot.task
            insist(asking.may_ask_about(authority, duty))
            unit, of_unit, tiers = duty.unit_id, duty.member_id is None, list(task.review)
        else:
            duty, task = None, Task.objects.select_related("campaign").get(pk=thing.pk)
            insist(asking.may_ask_of(authority, task))
            unit = asking.unit_of(authority)
            of_unit, tiers = unit not in authority.homes, []
        person = authority.person
        assert person is not None
        today = clock.today()
        made = Question.objects.create(
            task=task,
            duty=duty,
            person=person,
            unit_id=unit,
            asked_at_id=asking.asked_at(unit, person, of_unit=of_unit, tiers=tiers),
            text=text,
            asked_on=today,
            due_on=today + timedelta(days=asking.days_of(task.campaign)),
            entry_id=entry.id,
        )
        entry.row.subject = f"question:{made.public_id}"
        entry.row.unit = Unit.objects.values_list("public_id", flat=True).get(pk=unit)
        entry.note(text=text)
    return made


def answer(question: Question, text: str, *, by: Actor, common: bool = False, for_all: str = "") -> None:
    """Answer a question; a common answer stands at the task for everybody, under the question in the answerer's words."""
    text = _text("answer", text, _("写上答复。"))
    for_all = " ".join(for_all.split())
    if common and not for_all:
        raise Invalid(Problem("for_all", _("给大家看的，写一句问的是什么；不写是谁问的。")))
    if len(for_all) > LONGEST:
        raise Invalid(Problem("for_all", _("最多 %(n)s 字。") % {"n": LONGEST}))
    with record("question.answered", by=by, subject=f"question:{question.public_id}") as entry:
        authority = authority_for(by)
        question = Question.objects.select_related("unit").get(pk=question.pk)
        if question.answered_on is not None:
            raise Conflict(_("刚才已经有人答复了这个问题。"))
        insist(asking.may_answer(authority, question))
        Question.objects.filter(pk=question.pk, answered_on=None).update(
            answer=text,
            answered_by=authority.person,
            answered_on=clock.today(),
            common=common,
            for_all=for_all if common else "",
            answered_entry_id=entry.id,
        )
        entry.row.unit = question.unit.public_id
        entry.note(text=text, common=common)


def _text(field: str, text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(Problem(field, missing))
    if len(text) > LONGEST:
        long = _("最多 %(n)s 字，现在有 %(now)s 字。")
        raise Invalid(Problem(field, long % {"n": LONGEST, "now": len(text)}))
    return text
