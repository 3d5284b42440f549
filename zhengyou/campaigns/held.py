"""What campaigns hold about a person: duties, papers, reviews, decisions, questions, letters; for my information."""

from __future__ import annotations

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengyou.campaigns.models import (
    ChangeSeen,
    Decision,
    Duty,
    DutyEvidence,
    Mail,
    Question,
    Review,
    Submission,
)
from zhengyou.campaigns.views import words
from zhengyou.org import figures
from zhengyou.org.about import Fact, Section, Source
from zhengyou.org.models import Person


def state_word(state: str) -> str:
    """A duty's state in words."""
    return {
        "due": _("待办"),
        "submitted": _("审核中"),
        "returned": _("已退回"),
        "accepted": _("已通过"),
        "exempt": _("免办"),
        "void": _("作废"),
    }[state]


def address(about: str) -> str:
    """Where a request's duty is seen."""
    sort, _colon, number = about.partition(":")
    return reverse("duty", args=[int(number)]) if sort == "duty" and number.isdecimal() else ""


def verb(code: str) -> str:
    """What an entry of the journal did, in words."""
    known = {
        "story.day_played": _("演示故事的一天"),
        "duty.handed_in": _("交上任务"),
        "duty.withdrawn": _("撤回交上的"),
        "duty.accepted": _("通过"),
        "duty.returned": _("退回"),
        "duty.objected": _("对退回提出不同意见"),
        "duty.judged": _("审核"),
        "duty.reconciled": _("按名册和日历派出任务"),
        "duty.decision_taken_back": _("收回决定"),
        "duty.exempted": _("决定免办"),
        "duty.extended": _("决定延期"),
        "duty.voided": _("决定作废"),
        "campaign.started": _("启动活动"),
        "evidence.kept": _("传文件"),
        "question.asked": _("问上级"),
        "question.answered": _("答复提问"),
        "mail.composed": _("写好每周邮件"),
    }
    code = code.removesuffix("_in_bulk").removesuffix("_by_decision").removesuffix("_by_story")
    return known.get(code) or figures.verb(code)


def _duties(person: Person) -> Section:
    seen = ChangeSeen.objects.filter(duty=OuterRef("pk"), person=person).order_by("-day").values("day")[:1]
    rows = Duty.objects.filter(member=person).annotate(seen_on=Subquery(seen)).select_related("slot__task")
    rows = rows.order_by("-due_on", "-id")
    called = words.unit_names(row.unit_id for row in rows)
    facts = [
        Fact(
            words.title(row),
            _("%(state)s；期限 %(due)s；算在「%(unit)s」")
            % {
                "state": state_word(row.state),
                "due": row.due_on.isoformat(),
                "unit": called.get(row.unit_id, "—"),
            }
            + (_("；改动您 %(day)s 打开看过") % {"day": row.seen_on.isoformat()} if row.seen_on else ""),
            row.issued_on,
            row.entry_id,
            url=reverse("duty", args=[row.pk]),
        )
        for row in rows
    ]
    return Section("duties", _("任务"), facts)


def _papers(person: Person) -> Section:
    rows = Submission.objects.filter(Q(duty__member=person) | Q(by=person))
    facts = []
    for row in rows.select_related("duty__slot__task").order_by("-id"):
        parts = [_("这段时间没有可报的") if row.nothing else "", row.done, row.changed, row.objection]
        text = _("；").join(part for part in parts if part)
        name = _("%(task)s，第 %(n)s 稿") % {"task": words.title(row.duty), "n": row.number}
        about = f"duty:{row.duty_id}" if row.duty.member_id == person.pk else ""
        facts.append(Fact(name, text, row.day, row.entry_id, about=about))
    return Section("papers", _("交上去的"), facts)


def _reviews(person: Person) -> Section:
    rows = Review.objects.filter(submission__duty__member=person).select_related(
        "by", "submission__duty__slot__task"
    )
    facts = []
    for row in rows.order_by("-id"):
        verdict = _("通过") if row.verdict == Review.Verdict.ACCEPTED else _("退回")
        text = _("；").join(x for x in (verdict, row.reasons, row.by.name if row.by else "") if x)
        about = f"duty:{row.submission.duty_id}"
        facts.append(Fact(words.title(row.submission.duty), text, row.day, row.entry_id, about=about))
    return Section("reviews", _("别人审您的"), facts)


def _decisions(person: Person) -> Section:
    rows = Decision.objects.filter(member=person).select_related("slot__task").order_by("-id")
    names = {"exempt": _("决定免办"), "extend": _("决定延期"), "void": _("决定作废")}
    facts = []
    for row in rows:
        taken = _("后来收回了") if row.dropped_id else ""
        parts = (words.label(row.slot.task), words.organisation_label(row.reason), row.text, taken)
        facts.append(Fact(names[row.kind], _("；").join(p for p in parts if p), row.day, row.entry_id))
    return Section("decisions", _("对您的决定"), facts)


def _evidence(person: Person) -> Section:
    rows = DutyEvidence.objects.filter(duty__member=person).select_related("evidence", "duty__slot__task")
    facts = [
        Fact(words.title(row.duty), row.evidence.name or row.evidence.text, entry=row.entry_id)
        for row in rows.order_by("-id")
    ]
    return Section("evidence", _("任务附的材料"), facts)


def _questions(person: Person) -> Section:
    facts = []
    for row in Question.objects.filter(person=person).select_related("task").order_by("-id"):
        answer = _("答复：%(text)s") % {"text": row.answer} if row.answer else ""
        text = _("；").join(part for part in (row.text, answer) if part)
        facts.append(Fact(words.label(row.task), text, row.asked_on, row.entry_id))
    return Section("questions", _("问过上级的"), facts)


def _given(person: Person) -> Section:
    facts = [
        Fact(words.title(row.submission.duty), row.reasons, row.day, row.entry_id)
        for row in Review.objects.filter(by=person)
        .exclude(submission__duty__member=person)
        .select_related("submission__duty__slot__task")
        .order_by("-id")[:1000]
    ]
    return Section("given", _("您审过的"), facts)


def _mails(person: Person) -> Section:
    facts = [
        Fact(row.subject, row.body, row.week, row.entry_id)
        for row in Mail.objects.filter(person=person).order_by("-week")
    ]
    return Section("mails", _("发给您的邮件"), facts)


SOURCES = (
    Source("duties", "work", _duties),
    Source("papers", "written", _papers),
    Source("reviews", "work", _reviews),
    Source("decisions", "work", _decisions),
    Source("evidence", "work", _evidence),
    Source("questions", "written", _questions),
    Source("given", "written", _given),
    Source("mails", "written", _mails),
)
"""All sorts of facts, each newest first, with the part of my information that shows it."""
