"""Asking the superior: who may ask and answer, whom a question goes to, who reads it. Reads only.

A question is seen by who asked, by the reviewers of the unit that is asked, and by the office; a common answer by
everybody whom the task concerns, without who asked.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhengyou.campaigns import packed, preparing, rules
from zhengyou.campaigns.models import Campaign, Duty, Question, Task
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.kit import clock
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.models import Person
from zhengyou.org.rules import Authority
from zhengyou.packs.defaults import ASK_DAYS

RECENT = timedelta(days=14)
"""How long an answer stays on the desk of who asked."""


def days_of(campaign: Campaign) -> int:
    """Days within which a question is answered: the pack's, else the default."""
    pack = packed.checked(campaign).pack
    stated = pack.rules.ask_days if pack is not None else None
    return stated if isinstance(stated, int) else ASK_DAYS


def may_ask_about(authority: Authority, duty: Duty) -> Verdict:
    """May ask about a duty: the one who answers for it."""
    if authority.person is None:
        return no(_("提问要由人来提。"))
    return rules.may_answer_for(authority, duty)


def may_ask_of(authority: Authority, task: Task) -> Verdict:
    """May ask about a task of the plan: everybody who reads the plan, while the campaign runs."""
    if authority.person is None:
        return no(_("提问要由人来提。"))
    if task.campaign.state != Campaign.State.RUNNING or not preparing.may_read(authority, task.campaign):
        return no(_("活动进行中才能提问。"))
    if not authority.homes and not authority.posts:
        return no(_("您现在不在任何单位，问题不知道该交给谁：请直接找办公室。"))
    return YES


def may_answer(authority: Authority, question: Question) -> Verdict:
    """May answer: a reviewer of the unit that is asked or of one above, or the office; once, and never the own."""
    me = authority.person
    if question.answered_on is not None:
        return no(_("这个问题已经答复过了。"))
    if me is not None and me.pk == question.person_id:
        return no(_("自己提的问题由上一级答复。"))
    if authority.on_root("start") or authority.may("review", question.asked_at_id):
        return YES
    return no(_("由被问的上一级或办公室答复。"))


def seen_by(authority: Authority) -> QuerySet[Question]:
    """The questions that exist for a person: the own, those asked at the units where it reviews; all for the office."""
    if authority.everything or authority.on_root("start"):
        return Question.objects.all()
    ok = Q(asked_at__in=authority.units_with("review"))
    if authority.person is not None:
        ok |= Q(person=authority.person)
    return Question.objects.filter(ok)


def waiting_for(authority: Authority) -> QuerySet[Question]:
    """What the person is to answer, the nearest date first."""
    me = authority.person.pk if authority.person else 0
    found = Question.objects.filter(answered_on=None, asked_at__in=authority.units_with("review"))
    return found.exclude(person=me).order_by("due_on", "pk")


def common_of(task: Task) -> QuerySet[Question]:
    """The answers for everybody about a task, in whatever version, the newest first."""
    found = Question.objects.filter(common=True, task__campaign=task.campaign_id, task__code=task.code)
    return found.order_by("-answered_on", "-pk")


def unit_of(authority: Authority) -> int:
    """The unit for which a person asks about the plan: the registered one, else that of the first post."""
    home = next((unit for unit, role in authority.homes.items() if role == "R"), None)
    if home is None:
        home = authority.posts[0][0] if authority.posts else next(iter(authority.homes))
    return home


def asked_at(unit: int, person: Person, *, of_unit: bool, tiers: list[str] | None = None) -> int:
    """The unit that is asked: where a paper of this person would wait for review; never one where the asker answers."""
    people = Reviewers(clock.today(), [unit])
    if tiers:
        return people.first(tiers, 0, unit, of_unit=of_unit, authors=[person.pk])[1].unit
    desk: Desk = people.desk("parent", unit, of_unit=of_unit, authors=[person.pk])
    return desk.unit


def about(duty: Duty, task: Task) -> list[Question]:
    """The questions on a duty and the common answers to its task, newest first; one query. `sees` decides on the former."""
    common = Q(common=True, task__campaign=task.campaign_id, task__code=task.code)
    return list(Question.objects.filter(common | Q(duty=duty)).order_by("-pk")[:60])


def sees(authority: Authority, question: Question) -> bool:
    """Whether a person reads this question with who asked; from memory, as `seen_by` in the database."""
    if authority.everything or authority.on_root("start"):
        return True
    me = authority.person
    return (me is not None and me.pk == question.person_id) or question.asked_at_id in authority.units_with(
        "review"
    )
