"""Questions from the wall: asked with or without a name, read with a one-time code, answered by the unit's line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from zhengyou.campaigns.views.once import once
from zhengyou.commitments import rules_wall, walls
from zhengyou.commitments.actions import asking, deeds
from zhengyou.commitments.counting import TooManyError
from zhengyou.commitments.figures import Map
from zhengyou.commitments.models import Commitment, Deed, Item, WallQuestion
from zhengyou.commitments.rules_wall import Sight
from zhengyou.commitments.views.pages import DEED_STATES, last_name
from zhengyou.commitments.views.wall import card_of
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import insist
from zhengyou.org import tree as org_tree
from zhengyou.org.rules import Authority

PAGE = 30
NAMES = (
    ("1", gettext_lazy("实名：被问的单位看得到您的姓名，答复在「我问的」里看")),
    ("0", gettext_lazy("不写名字：系统也不记是谁，答复凭一个查询码看")),
)


class Ask(forms.Form):
    """One question, with or without a name."""

    named = forms.ChoiceField(
        label=gettext_lazy("怎么问"), choices=NAMES, widget=forms.RadioSelect, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("您要问什么"),
        help_text=gettext_lazy("写清问的是哪一条。不要写别人的名字和私事。"),
        widget=forms.Textarea({"rows": 4}),
        required=False,
    )


class Code(forms.Form):
    """A one-time code."""

    code = forms.CharField(
        label=gettext_lazy("查询码"),
        help_text=gettext_lazy("提问或提难处时给的 12 位字母和数字。"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class Answer(forms.Form):
    """One answer, for who asked."""

    answer = forms.CharField(label=gettext_lazy("答复"), widget=forms.Textarea({"rows": 4}), required=False)


def put(form: forms.Form, fault: Invalid) -> None:
    """Show an action's problems at the form's fields."""
    form.is_valid()
    for problem in fault.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.text)


def spaced(code: str) -> str:
    """A code in groups of four, as it is written down."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask about one promise that this reader sees; who reads it stands there before it is sent."""
    once(request)
    me = request.me  # type: ignore[attr-defined]
    tree = Map(clock.today())
    card = walls.one(tree, Sight.of(request.authority, tree), public_id)  # type: ignore[attr-defined]
    if card is None:
        raise Http404
    form = Ask(request.POST if request.method == "POST" else None, initial={"named": "1"})
    if me is None:
        del form.fields["named"]
    status = 200
    if request.method == "POST":
        named = me is not None and request.POST.get("named") == "1"
        found = Commitment.objects.get(pk=card.id)
        item = Item.objects.filter(commitment=found, public_id=request.GET.get("item", "")).first()
        by = me.actor if named else asking.WALL
        try:
            made, code = asking.ask(
                found, request.POST.get("text", ""), by=by, item=item, address=request.client_address  # type: ignore[attr-defined]
            )  # fmt: skip
        except Invalid as fault:
            put(form, fault)
            status = 422
        except TooManyError as slow:
            form.is_valid()
            form.add_error(None, str(slow))
            status = 429
        else:
            if not named:
                return render(
                    request, "commitments/wall/code_made.html", {"code": spaced(code), "sort": "ask"}
                )
            messages.success(request, _("问出去了：只送到这个单位和它的上一级，答了在这里看得到。"))
            return redirect("wall_question", made.public_id)
    context = {
        "shown": card_of(request, card, tree),
        "form": form,
        "readers": readers(tree, card.unit),
        "errors_title": _("还没有问出去，填的都留着"),
        "back": reverse("wall_promise", args=[public_id]),
    }
    return render(request, "commitments/wall/ask.html", context, status=status)


def readers(tree: Map, unit: int) -> str:
    """Who reads a question or a difficulty, by name of the units."""
    place = tree.places[unit]
    above = tree.places.get(place.parent or 0)
    names = [place.name, *([above.name] if above else [])]
    return _("、").join(_("「%(unit)s」的负责人") % {"unit": name} for name in names)


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Read an answer, or judge what became of a difficulty, with the one-time code; the code never stands in an address."""
    once(request)
    form = Code(request.POST if request.method == "POST" else None)
    found: WallQuestion | Deed | None = None
    status = 200
    if request.method == "POST":
        try:
            found = asking.find(request.POST.get("code", ""), address=request.client_address)  # type: ignore[attr-defined]
            if isinstance(found, Deed) and (act := request.POST.get("act", "")):
                if act == "confirm":
                    deeds.confirm(found, by=asking.WALL, by_code=True)
                elif act == "dispute":
                    deeds.dispute(found, request.POST.get("reply", ""), by=asking.WALL, by_code=True)
                found = Deed.objects.get(pk=found.pk)
        except Invalid as fault:
            put(form, fault)
            status = 422
        except TooManyError as slow:
            form.is_valid()
            form.add_error(None, str(slow))
            status = 429
    context: dict[str, Any] = {"form": form, "typed": request.POST.get("code", "")[:40]}
    if found is not None:
        names = org_tree.names([found.unit_id], clock.today())
        name = names.get(found.unit_id) or last_name(found.unit_id)
        context |= {"found": found, "unit": name, "is_deed": isinstance(found, Deed)}
        if isinstance(found, Deed):
            context["cls"], context["word"] = DEED_STATES[Deed.State(found.state)]
            context["verdict"] = rules_wall.may_judge(request.authority, found, by_code=True)  # type: ignore[attr-defined]
    return render(request, "commitments/wall/code.html", context, status=status)


def seen_by(authority: Authority) -> QuerySet[WallQuestion]:
    """The questions that exist for a person: the own named ones, those of the units that the person reads for."""
    ok = Q(unit__in=rules_wall.readable(authority))
    if authority.person is not None:
        ok |= Q(person=authority.person)
    return WallQuestion.objects.filter(ok)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Questions that wait for the reader's unit; the own ones."""
    authority, me = request.authority, request.me  # type: ignore[attr-defined]
    units = rules_wall.readable(authority)
    mine = request.GET.get("show") == "mine" or not units
    found = WallQuestion.objects.filter(person=me) if mine else WallQuestion.objects.filter(unit__in=units)
    found = found.select_related("person", "commitment").order_by("state", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = org_tree.names({q.unit_id for q in page.object_list}, clock.today())
    here = reverse("wall_questions")
    chips = [("mine", _("我问的"), here + "?show=mine", mine)]
    if units:
        chips.insert(0, ("", _("问到我们单位的"), here, not mine))
    context = {
        "chips": [{"label": label, "url": url, "here": on} for _key, label, url, on in chips],
        "rows": [{"q": q, "unit": names.get(q.unit_id, ""), "who": _who(q)} for q in page.object_list],
        "page": page,
        "mine": mine,
    }
    return render(request, "commitments/wall/questions.html", context)


def _who(question: WallQuestion) -> str:
    return question.person.name if question.person else _("没有写名字")


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One question with its answer, or the form to answer it."""
    once(request)
    authority = request.authority  # type: ignore[attr-defined]
    related = ("person", "commitment", "item", "answered_by")
    found = seen_by(authority).select_related(*related).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    verdict = rules_wall.may_answer(authority, found)
    form = Answer(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        insist(verdict)
        try:
            asking.answer(found, request.POST.get("answer", ""), by=request.me.actor)  # type: ignore[attr-defined]
        except Invalid as fault:
            put(form, fault)
            status = 422
        else:
            messages.success(request, _("答复了，只有提问的人和本单位这条线看得到。"))
            return redirect("wall_questions")
    tree = Map(clock.today())
    card = walls.one(tree, Sight.of(authority, tree), found.commitment.public_id)
    context = {
        "question": found,
        "about": card_of(request, card, tree) if card else None,
        "who": _who(found),
        "unit": tree.places[found.unit_id].name if found.unit_id in tree.places else "",
        "mine": found.person_id == request.me.pk,  # type: ignore[attr-defined]
        "verdict": verdict,
        "form": form,
        "errors_title": _("还没有答复，填的都留着"),
    }
    return render(request, "commitments/wall/question.html", context, status=status)
