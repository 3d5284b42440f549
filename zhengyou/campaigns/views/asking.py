"""Questions to the superior: asked from a duty or a task, answered for one or for all, listed by date."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from zhengyou.campaigns import asking, preparing
from zhengyou.campaigns.actions import asking as actions
from zhengyou.campaigns.models import Duty, Question, Task
from zhengyou.campaigns.views import moved, words
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.shown import address, fetch
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import Verdict, insist
from zhengyou.org.models import Person

PAGE = 30


class AskForm(forms.Form):
    """One question."""

    text = forms.CharField(
        label=gettext_lazy("您要问什么"),
        help_text=gettext_lazy("写清是哪一处不明白。不要写别人的名字和私事。"),
        widget=forms.Textarea({"rows": 4}),
        required=False,
    )


class AnswerForm(forms.Form):
    """One answer, for who asked or for everybody."""

    answer = forms.CharField(label=gettext_lazy("答复"), widget=forms.Textarea({"rows": 4}), required=False)
    common = forms.BooleanField(
        label=gettext_lazy("也给大家看：所有要办这项任务的人都看得到答复，看不到是谁问的"), required=False
    )
    for_all = forms.CharField(
        label=gettext_lazy("给大家看的问题"),
        help_text=gettext_lazy("用您的话写一句问的是什么，不写是谁、哪个单位问的。"),
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )


def put(form: forms.Form, fault: Invalid) -> None:
    """Show an action's problems at the form's fields."""
    form.is_valid()
    for problem in fault.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem.text)


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about one duty."""
    once(request)
    found = fetch(request, pk)
    verdict = asking.may_ask_about(request.authority, found)  # type: ignore[attr-defined]
    return _ask(request, found, verdict, words.title(found), reverse("duty", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about one task of the plan, and read the answers given to everybody."""
    once(request)
    found = Task.objects.select_related("campaign").filter(pk=pk).first()
    if found is None or not preparing.may_read(request.authority, found.campaign):  # type: ignore[attr-defined]
        raise Http404
    verdict = asking.may_ask_of(request.authority, found)  # type: ignore[attr-defined]
    return _ask(
        request, found, verdict, words.label(found), reverse("campaign", args=[found.campaign.public_id])
    )


def _ask(request: HttpRequest, thing: Duty | Task, verdict: Verdict, title: str, back: str) -> HttpResponse:
    form = AskForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        insist(verdict)
        try:
            made = actions.ask(thing, request.POST.get("text", ""), by=request.me.actor)  # type: ignore[attr-defined]
        except Invalid as fault:
            put(form, fault)
            status = 422
        else:
            values = {
                "unit": words.unit_names([made.asked_at_id]).get(made.asked_at_id, ""),
                "day": words.day(made.due_on),
            }
            messages.success(
                request, _("问出去了：由「%(unit)s」%(day)s前答复，答了在工作台看得到。") % values
            )
            return redirect(back)
    about = thing.slot.task if isinstance(thing, Duty) else thing
    context = {
        "title": title,
        "back": back,
        "form": form,
        "verdict": verdict,
        "common": common(about),
        "errors_title": _("还没有问出去，填的都留着"),
    }
    return render(request, "campaigns/asking/ask.html", context, status=status)


def common(about: Task) -> list[dict[str, Any]]:
    """The answers for everybody about a task; never who asked."""
    return [
        {"question": q.for_all, "answer": q.answer, "day": words.full(q.answered_on)}
        for q in asking.common_of(about)[:20]
        if q.answered_on
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One question with its answer, or the form to answer it."""
    once(request)
    authority = request.authority  # type: ignore[attr-defined]
    related = ("task__campaign", "duty__slot__task", "person", "answered_by")
    found = asking.seen_by(authority).select_related(*related).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    verdict = asking.may_answer(authority, found)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        insist(verdict)
        try:
            actions.answer(
                found,
                request.POST.get("answer", ""),
                by=request.me.actor,  # type: ignore[attr-defined]
                common=bool(request.POST.get("common")),
                for_all=request.POST.get("for_all", ""),
            )
        except Invalid as fault:
            put(form, fault)
            status = 422
        else:
            messages.success(request, _("答复了，提问的人在工作台看得到。"))
            return redirect("asked")
    me: Person = request.me  # type: ignore[attr-defined]
    names = words.unit_names([found.unit_id, found.asked_at_id])
    context = {
        "question": found,
        "title": words.title(found.duty) if found.duty else words.label(found.task),
        "mine": found.person_id == me.pk,
        "unit": names.get(found.unit_id, ""),
        "at": names.get(found.asked_at_id, ""),
        "late": late(found),
        "verdict": verdict,
        "form": form,
        "errors_title": _("还没有答复，填的都留着"),
        "back": reverse("asked"),
    }
    return render(request, "campaigns/asking/question.html", context, status=status)


def late(question: Question) -> str:
    """How many days an answer is overdue, in words; empty while it is not, or where it was given."""
    days = (clock.today() - question.due_on).days
    if question.answered_on is not None or days <= 0:
        return ""
    return ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", days) % {"n": days}


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Questions that wait for the reader, by date; the own; for the office all that are open."""
    authority, me = request.authority, request.me  # type: ignore[attr-defined]
    show = request.GET.get("show", "")
    office = authority.on_root("start")
    own = Question.objects.filter(person=me).order_by("-pk")
    answers = authority.anywhere("review")
    if show == "mine" or not (answers or office):
        show = "mine"
        found = own
    elif show == "all" and office:
        found = Question.objects.filter(answered_on=None).order_by("due_on", "pk")
    else:
        show, found = "", asking.waiting_for(authority)
    page_ = Paginator(found.select_related("task", "person"), PAGE).get_page(request.GET.get("page"))
    units = words.unit_names(
        {q.unit_id for q in page_.object_list} | {q.asked_at_id for q in page_.object_list}
    )
    here = reverse("asked")
    chips = [("mine", _("我问的"), here + "?show=mine")]
    if answers or office:
        chips.insert(0, ("", _("等我答复的"), here))
    if office:
        chips.append(("all", _("全部没答复的"), here + "?show=all"))
    context = {
        "chips": [{"label": label, "url": url, "here": key == show} for key, label, url in chips],
        "rows": [_row(q, units, mine=show == "mine") for q in page_.object_list],
        "page": page_,
        "show": show,
        "back": address("desk"),
    }
    return render(request, "campaigns/asking/list.html", context)


def _row(question: Question, units: dict[int, str], mine: bool) -> dict[str, Any]:
    who = (
        units.get(question.asked_at_id, "")
        if mine
        else f"{question.person.name} · {units.get(question.unit_id, '')}"
    )
    return {
        "url": reverse("question", args=[question.public_id]),
        "text": words.short(question.text),
        "task": words.label(question.task),
        "who": who,
        "due": words.day(question.due_on),
        "late": late(question),
        "answered": words.day(question.answered_on) if question.answered_on else "",
    }


def about(request: HttpRequest, duty_: Duty) -> dict[str, Any]:
    """For the duty page: the questions on it that the reader may see, answers for everybody, its amended version. One query."""
    authority = request.authority  # type: ignore[attr-defined]
    task_ = duty_.slot.task
    found = asking.about(duty_, task_)
    seen = [q for q in found if q.duty_id == duty_.pk and asking.sees(authority, q)]
    return {
        "own": [
            {
                "url": reverse("question", args=[q.public_id]),
                "text": words.short(q.text),
                "answer": words.short(q.answer, 200),
                "due": words.day(q.due_on),
                "late": late(q),
            }
            for q in seen
        ],
        "common": [{"question": q.for_all, "answer": q.answer} for q in found if q.common][:20],
        "version": moved.version_line(task_),
    }
