"""What waits for the reader's review: the queue, where many are judged at once, and one paper with its history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from zhengyou.campaigns import rooms, rules
from zhengyou.campaigns.actions import judging
from zhengyou.campaigns.alerts import alerts
from zhengyou.campaigns.forms import ReturnForm
from zhengyou.campaigns.models import Duty, DutyEvidence, Programme, Submission, Task
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.campaigns.views import history, words
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.shown import Page, fetch
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import Verdict, insist, no
from zhengyou.org.actions import looking
from zhengyou.org.models import Placement, on
from zhengyou.org.rules import Authority

PAGE = 20
MOST = 2000
"""Pairs of unit and task of what waits that the filters are made of at most."""


def waiting(authority: Authority) -> QuerySet[Submission]:
    """Papers that wait where the reader reviews, longest waiting first; own ones too, shown off; none of closed periods."""
    stands = authority.units_with("review")
    mine = [post for unit, post, _first in authority.posts if unit in stands]
    return Submission.objects.filter(
        Q(waits_for="") | Q(waits_for__in=mine),
        state=Submission.State.WAITING,
        waits_at__in=stands,
        duty__slot__closed_on__gt=authority.day,
    ).order_by("waits_since", "pk")


def own(authority: Authority) -> QuerySet[Submission]:
    """The reader's own papers that wait for somebody else: shown beside the queue, off, with the reason."""
    me = authority.person
    waits = Submission.objects.filter(state=Submission.State.WAITING, duty__slot__closed_on__gt=authority.day)
    mine = Q(pk__in=waits.filter(by=me).values("pk")) | Q(pk__in=waits.filter(duty__member=me).values("pk"))
    found = waits.filter(mine)  # two short lists, each along its index; never all that waits
    return found.select_related("duty__slot__task__programme", "duty__member", "by").order_by(
        "waits_since", "pk"
    )


def may_queue(authority: Authority) -> Verdict:
    """The queue is for those who review anywhere."""
    if authority.anywhere("review"):
        return Verdict()
    return no(_("审核由单位负责人和办公室来做。您自己的事都在「待办」里。"))


@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """The queue, filtered by the address; POST accepts what is ticked and returns what has reasons."""
    once(request)
    authority: Authority = request.authority  # type: ignore[attr-defined]
    insist(may_queue(authority))
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        answer = _judge(request, problems)
        if answer is not None:
            return answer
        status = 422
    return _queue(request, problems, status)


def _judge(request: HttpRequest, problems: list[Problem]) -> HttpResponse | None:
    """Judge what was ticked or written; None where something must be mended first, nothing is changed then."""
    accept = {int(x) for x in request.POST.getlist("accept") if _id(x)}
    back = {
        int(name.removeprefix("reasons-")): text
        for name in request.POST
        if name.startswith("reasons-")
        and _id(name.removeprefix("reasons-"))
        and (text := request.POST.get(name, "").strip())
    }
    for pk in accept & back.keys():
        text = _("既勾了通过，又写了退回的理由：留一个，另一个去掉。")
        problems.append(Problem(f"reasons-{pk}", text))
    if not accept and not back:
        problems.append(Problem("", _("还没有勾通过，也没有写退回的理由。先逐份看一下。")))
    if problems:
        return None
    try:
        done = judging.judge(by=request.me.actor, accept=accept, give_back=back)  # type: ignore[attr-defined]
    except Invalid as fault:
        problems += fault.problems
        return None
    except Conflict as fault:
        problems.append(Problem("", str(fault)))
        return None
    parts = []
    if done.returned:
        parts.append(
            ngettext("退回 %(n)s 份", "退回 %(n)s 份", len(done.returned)) % {"n": len(done.returned)}
        )
    if done.accepted:
        parts.append(
            ngettext("通过 %(n)s 份", "通过 %(n)s 份", len(done.accepted)) % {"n": len(done.accepted)}
        )
    messages.success(request, _("，").join(parts) + _("。"))
    if done.left:
        text = ngettext("%(n)s 份没有动：%(why)s", "%(n)s 份没有动：%(why)s", len(done.left))
        messages.warning(request, text % {"n": len(done.left), "why": next(iter(done.left.values()))})
    return redirect(request.get_full_path())


def _id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _queue(request: HttpRequest, problems: list[Problem], status: int) -> HttpResponse:
    authority: Authority = request.authority  # type: ignore[attr-defined]
    everything = waiting(authority)
    wanted = {name: request.GET.get(name, "") for name in ("unit", "task", "has")}
    units, tasks = _filters(everything)
    found = _counted(everything).select_related("duty__slot__task__programme", "duty__member", "by")
    if wanted["unit"] in units:
        found = found.filter(duty__unit__public_id=wanted["unit"])
    if wanted["task"] in tasks:
        found = found.filter(duty__slot__task=int(wanted["task"]))
    if wanted["has"] in ("yes", "no"):
        found = found.filter(nothing=wanted["has"] == "no")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("all", None)
    request.badges = {"reviews": page.paginator.count}  # type: ignore[attr-defined]
    ticked = request.GET.get("all") == "1"
    beside = list(_counted(own(authority).exclude(pk__in=everything.values("pk")))[:10])
    rows = _rows(request, [*page.object_list, *beside], problems, ticked)
    listed = len(rows) - len(beside)
    for row in rows[listed:]:
        row["ticked"] = False
    context = {
        "page": page,
        "rows": rows[:listed],
        "own": rows[listed:],
        "units": [{"id": pk, "name": name, "on": pk == wanted["unit"]} for pk, name in units.items()],
        "tasks": [{"id": pk, "name": name, "on": pk == wanted["task"]} for pk, name in tasks.items()],
        "has": wanted["has"],
        "alerts": _alerts(authority),
        "may_list": authority.anywhere("exempt"),
        "ticked": ticked,
        "tick_url": "?" + query.urlencode() + "&all=1",
        "untick_url": "?" + query.urlencode(),
        "problems": problems,
        "errors_title": _("还没有办，勾的和写的都留着"),
    }
    return render(request, "campaigns/reviews.html", context, status=status)


def _alerts(authority: Authority) -> list[dict[str, Any]]:
    """What came back the third time below, in words: task, unit, and the unit's own paper to open; three queries at most."""
    found = alerts(authority)
    names = words.unit_names({alert.unit for alert in found}) if found else {}
    return [
        {
            "title": words.slot_title(alert.slot),
            "unit": names.get(alert.unit, "—"),
            "n": alert.n,
            "url": reverse("duty", args=[alert.duty]) if alert.duty else "",
        }
        for alert in found
    ]


def _filters(waiting: QuerySet[Submission]) -> tuple[dict[str, str], dict[str, str]]:
    """Units (public id) and tasks (id) of what waits, to filter by, with their names; one query."""
    today = Placement.objects.filter(on(clock.today()), unit=OuterRef("duty__unit")).values("name")[:1]
    found = waiting.order_by("duty__unit", "duty__slot__task").annotate(unit_name=Subquery(today))
    of = "duty__slot__task"
    labels = (f"{of}__zh", f"{of}__en", f"{of}__programme__zh", f"{of}__programme__en")
    pairs = found.values_list("duty__unit__public_id", "unit_name", of, *labels).distinct()
    units: dict[str, str] = {}
    tasks: dict[str, str] = {}
    for public, name, task, zh, en, programme_zh, programme_en in pairs[:MOST]:
        units[public] = name or ""
        programme = Programme(zh=programme_zh, en=programme_en)
        tasks[str(task)] = words.task_label(Task(zh=zh, en=en, programme=programme))
    return units, tasks


def _counted(papers: QuerySet[Submission]) -> QuerySet[Submission]:
    """Papers with the number of pieces of evidence linked to their duties."""
    links = DutyEvidence.objects.filter(duty=OuterRef("duty"), dropped=None)
    return papers.annotate(files=Subquery(links.values("duty").annotate(n=Count("pk")).values("n")))


def _rows(
    request: HttpRequest, found: Iterable[Submission], problems: list[Problem], ticked: bool
) -> list[dict[str, Any]]:
    papers = list(found)
    authority: Authority = request.authority  # type: ignore[attr-defined]
    units = {s.waits_at_id or s.duty.unit_id for s in papers} | {s.duty.unit_id for s in papers}
    people = Reviewers(clock.today(), units | {s.duty.subject_unit_id or 0 for s in papers})
    units |= {s.duty.subject_unit_id for s in papers if s.duty.subject_unit_id}
    names = people.names if units <= people.names.keys() else words.unit_names(units)
    evidence = _evidence([s.duty for s in papers])
    texts = {p.field: p.text for p in problems}
    accepted = set(request.POST.getlist("accept"))
    out = []
    for s in papers:
        duty, who = s.duty, s.by.name if s.by else _("系统")
        unit = names.get(duty.unit_id, "")
        verdict = rooms.may_act_here(s) and rules.may_review(authority, s, people)
        out.append(
            {
                "id": s.pk,
                "duty": duty.pk,
                "url": (s.paper and rooms.door(duty.slot.task.form, duty.pk))
                or reverse("review", args=[duty.pk]),
                "title": words.title(duty),
                "who": duty.member.name if duty.member else names.get(duty.subject_unit_id or 0, unit),
                "unit": unit if duty.member else who,
                "since": _("从 %(day)s起在等") % {"day": words.day(s.waits_since or s.day)},
                "again": _("第 %(n)s 稿") % {"n": s.number} if s.number > 1 else "",
                "files": s.files or 0,  # type: ignore[attr-defined]
                "short": _("没有可报的") if s.nothing else words.short(s.done),
                "verdict": verdict,
                "submission": history.paper(s, who, evidence.get(duty.pk, [])),
                "problem": texts.get(f"reasons-{s.pk}", ""),
                "reasons": request.POST.get(f"reasons-{s.pk}", ""),
                "ticked": str(s.pk) in accepted if request.method == "POST" else ticked,
            }
        )
    return out


def _evidence(duties: list[Duty]) -> dict[int, list[dict[str, str]]]:
    """Linked evidence of many duties; one query."""
    out: dict[int, list[dict[str, str]]] = {}
    links = (
        DutyEvidence.objects.filter(duty__in=duties, dropped=None).select_related("evidence").order_by("pk")
    )
    for link in links[:500]:
        out.setdefault(link.duty_id, []).append(history.piece(link))
    return out


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper with its evidence and history: accept, or return with reasons."""
    once(request)
    shown = Page(request, fetch(request, pk))
    paper = shown.waiting_paper
    if paper is None and not shown.may_return:
        if request.method == "POST":
            raise Conflict(_("这一份已经有人审过了，或者已被撤回。"))
        return redirect("duty", pk)
    there = rooms.door(shown.task.form, pk) if paper is not None and paper.paper else ""
    if there and request.method != "POST":
        return redirect(there)
    looking.look_at_person(shown.me, shown.duty.member, looking.TASK)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    authority: Authority = request.authority  # type: ignore[attr-defined]
    verdict = rules.may_review(authority, paper, shown.reviewers) if paper else shown.may_return
    status, problems = 200, []
    if request.method == "POST":
        insist(verdict)
        try:
            return _one(request, shown, form)
        except Invalid as fault:
            status = 422
            form.is_valid()
            for problem in fault.problems:
                if problem.field in form.fields:
                    form.add_error(problem.field, problem.text)
                else:
                    problems.append(problem)
    days = shown.task.returned_days
    context = {
        "page": shown,
        "form": form,
        "verdict": verdict,
        "problems": problems,
        "errors_title": _("还没有退回，写的都留着"),
        "accept_label": _("通过第 %(n)s 稿") % {"n": paper.number} if paper else "",
        "return_text": ngettext(
            "退回后，期限不早于今天起 %(n)s 天；原来的日期一直看得见。",
            "退回后，期限不早于今天起 %(n)s 天；原来的日期一直看得见。",
            days,
        )
        % {"n": days},
        "storyopen": len(shown.story.submissions) > 1,
    }
    return render(request, "campaigns/review.html", context, status=status)


def _one(request: HttpRequest, shown: Page, form: ReturnForm) -> HttpResponse:
    by = request.me.actor  # type: ignore[attr-defined]
    reasons = request.POST.get("reasons", "").strip()
    if request.POST.get("do") == "return":
        judging.give_back(shown.duty, reasons, by=by)
        messages.success(request, _("退回了，理由已经给%(who)s看。") % {"who": shown.subject})
    elif shown.waiting_paper is None:
        raise Conflict(_("这一份已经通过了。"))
    elif reasons:
        text = _("写了退回的理由，却按了通过：要退回就按「按写的理由退回」，要通过就把理由删掉。")
        raise Invalid(Problem("reasons", text))
    else:
        judging.accept(shown.duty, by=by)
        after = fetch(request, shown.duty.pk)
        done = after.state == "accepted"
        messages.success(request, _("通过了。") if done else _("这一级通过了，转到下一级审核。"))
    return redirect("reviews")
