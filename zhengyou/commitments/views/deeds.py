"""Real difficulties: raised with or without a name, taken up with a person and a date, judged by who raised them."""

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
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengyou.campaigns import rules as duties
from zhengyou.campaigns.models import OPEN, Duty
from zhengyou.campaigns.views.once import once
from zhengyou.commitments import desks, figures, homes, rules_wall
from zhengyou.commitments.actions import asking
from zhengyou.commitments.actions import deeds as actions
from zhengyou.commitments.counting import TooManyError
from zhengyou.commitments.figures import Map
from zhengyou.commitments.models import Deed, Item
from zhengyou.commitments.rules_wall import Sight
from zhengyou.commitments.views.pages import DEED_STATES as WORDS
from zhengyou.commitments.views.pages import last_name
from zhengyou.commitments.views.questions import put, readers, spaced
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.org import people
from zhengyou.org import tree as org_tree
from zhengyou.org.models import Person, Unit
from zhengyou.org.rules import Authority
from zhengyou.org.succession import carried, successors

PAGE = 30
MOST = 200
"""Units and members offered in a list."""
NAMES = (
    ("1", gettext_lazy("实名：单位看得到您的姓名，办好了由您登录后确认")),
    ("0", gettext_lazy("不写名字：系统也不记是谁，办好了凭查询码确认")),
)


class Raise(forms.Form):
    """One difficulty for one unit."""

    named = forms.ChoiceField(
        label=gettext_lazy("怎么提"), choices=NAMES, widget=forms.RadioSelect, required=False
    )
    unit = forms.ChoiceField(label=gettext_lazy("提给哪个单位"), required=False)
    text = forms.CharField(
        label=gettext_lazy("什么难处"),
        help_text=gettext_lazy("写一件具体的事：在哪里，影响谁。不要写别人的名字和私事。"),
        widget=forms.Textarea({"rows": 4}),
        required=False,
    )


class TakeUp(forms.Form):
    """Who sees to it, by when."""

    owner = forms.ChoiceField(label=pgettext_lazy("deed", "谁来办"), required=False)
    due_on = forms.DateField(
        label=pgettext_lazy("deed", "哪天以前"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )  # fmt: skip


class Reason(forms.Form):
    """Why it is not taken up."""

    reason = forms.CharField(
        label=gettext_lazy("为什么办不了"), widget=forms.Textarea({"rows": 3}), required=False
    )


class Outcome(forms.Form):
    """What was done."""

    outcome = forms.CharField(
        label=gettext_lazy("办成了什么样"), widget=forms.Textarea({"rows": 3}), required=False
    )


class Reply(forms.Form):
    """What is still missing."""

    reply = forms.CharField(
        label=gettext_lazy("哪里还没有办好"), widget=forms.Textarea({"rows": 3}), required=False
    )


class Promise(forms.Form):
    """The words of a new promise made of it."""

    new_text = forms.CharField(
        label=gettext_lazy("承诺做什么"),
        help_text=gettext_lazy("公布以后大家看得到：写要做的事，不要写出提的人。"),
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )
    new_measure = forms.CharField(label=gettext_lazy("别人怎么看得出做到了"), required=False)


class Answer(forms.Form):
    """Why the new promise does not stand."""

    ask_answer = forms.CharField(
        label=gettext_lazy("为什么不同意"), widget=forms.Textarea({"rows": 2}), required=False
    )


class Link(forms.Form):
    """The unit's promise into which it was turned."""

    item = forms.ChoiceField(label=gettext_lazy("写进哪一条承诺"), required=False)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Raise a difficulty; who reads it stands there before it is sent."""
    once(request)
    me, authority = request.me, request.authority  # type: ignore[attr-defined]
    tree = Map(clock.today())
    offered = _offered(Sight.of(authority, tree), tree)
    asked = tree.find(request.POST.get("unit", "") or request.GET.get("unit", ""))
    chosen = asked if asked and asked.public_id in dict(offered) else None
    form = Raise(
        request.POST if request.method == "POST" else None,
        initial={"named": "1", "unit": chosen.public_id if chosen else ""},
    )
    form.fields["unit"].choices = [("", _("请选")), *offered]  # type: ignore[attr-defined]
    if me is None:
        del form.fields["named"]
    status = 200
    if request.method == "POST":
        named = me is not None and request.POST.get("named") == "1"
        try:
            if chosen is None:
                missing = (
                    [] if request.POST.get("text", "").strip() else [Problem("text", _("写上难处是什么。"))]
                )
                raise Invalid(Problem("unit", _("选一个单位。")), *missing)
            made, code = actions.raise_deed(
                Unit.objects.get(pk=chosen.id),
                request.POST.get("text", ""),
                by=me.actor if named else asking.WALL,
                address=request.client_address,  # type: ignore[attr-defined]
            )
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
                    request, "commitments/wall/code_made.html", {"code": spaced(code), "sort": "deed"}
                )
            messages.success(request, _("提上去了：只送到这个单位和它的上一级。"))
            return redirect("deed", made.public_id)
    context = {
        "form": form,
        "readers": readers(tree, chosen.id) if chosen else "",
        "errors_title": _("还没有提上去，填的都留着"),
        "back": reverse("wall"),
    }
    return render(request, "commitments/deeds/new.html", context, status=status)


def _offered(sight: Sight, tree: Map) -> list[tuple[str, str]]:
    """Units to bring a difficulty to: without signing in those that have promised something on the open web."""
    wanted = set(tree.order)
    if not sight.signed_in:
        wanted = {unit for one in figures.count(tree, sight.where(tree)) for unit in one.units}
    chosen = [tree.places[unit] for unit in tree.order if unit in wanted and tree.places[unit].open]
    return [(place.public_id, "\u2003" * max(place.level - 1, 0) + place.name) for place in chosen[:MOST]]


def seen_by(authority: Authority) -> QuerySet[Deed]:
    """The difficulties that exist for a person: own named ones, those to see to, those of units that it reads for."""
    ok = Q(unit__in=rules_wall.readable(authority))
    if authority.person is not None:
        ok |= Q(raised_by=authority.person) | Q(owner=authority.person)
        if authority.units_with("review"):
            text, values = desks.asked(authority)
            rows = sql.rows(text, day=authority.day, me=authority.person.pk, **values)
            ok |= Q(pk__in=[row[0] for row in rows])
    return Deed.objects.filter(ok)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The difficulties of the own units, those that I see to, those that I raised; open ones first."""
    authority = request.authority  # type: ignore[attr-defined]
    found = seen_by(authority).select_related("owner").order_by("state", "due_on", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = org_tree.names({deed.unit_id for deed in page.object_list}, clock.today())
    rows = [
        {"deed": deed, "unit": names.get(deed.unit_id) or last_name(deed.unit_id), "cls": WORDS[Deed.State(deed.state)][0],
         "word": WORDS[Deed.State(deed.state)][1]}
        for deed in page.object_list
    ]  # fmt: skip
    return render(request, "commitments/deeds/list.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One difficulty: what was said, what became of it, and what this reader may do next."""
    once(request)
    me, authority = request.me, request.authority  # type: ignore[attr-defined]
    deed = seen_by(authority).select_related("raised_by", "owner", "item").filter(public_id=public_id).first()
    if deed is None:
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else ""
    shown = {name: make(request.POST if act == name else None) for name, make in FORMS.items()}
    _fill(shown, authority, deed)
    asked = shown.get(act) or forms.Form(request.POST if act else None)
    status = 200
    if act:
        try:
            _do(act, deed, asked, request)
        except Invalid as fault:
            put(asked, fault)
            status = 422
        else:
            messages.success(request, _("记下了。"))
            return redirect("deed", public_id)
    judges = rules_wall.may_judge(authority, deed, by_code=False)
    mine = deed.raised_by_id == me.pk
    names = org_tree.names([deed.unit_id], clock.today())
    context: dict[str, Any] = {
        "deed": deed,
        "unit": names.get(deed.unit_id) or last_name(deed.unit_id),
        "who": deed.raised_by.name if deed.raised_by else _("没有写名字"),
        "cls": WORDS[Deed.State(deed.state)][0],
        "word": WORDS[Deed.State(deed.state)][1],
        "forms": shown,
        "mine": mine,
        "may_take": rules_wall.may_take(authority, deed),
        "may_report": rules_wall.may_report(authority, deed),
        "may_judge": judges,
        "did": act,
        "long": len(deed.text) > 40 or "\n" in deed.text,
        "may_link": _may_link(authority, deed, shown["link"]),
        "errors_title": _("还没有记下，填的都留着"),
        "form": asked,
        **_promise(authority, deed),
    }  # fmt: skip
    return render(request, "commitments/deeds/deed.html", context, status=status)


def _may_link(authority: Authority, deed: Deed, form: forms.Form) -> bool:
    """Whether it may be written into a promise that is there: somebody sees to it, and the unit has promised something."""
    open_ = (
        deed.item_id is None and deed.state in LINKED and bool(rules_wall.may_read(authority, deed.unit_id))
    )
    return open_ and bool(form.fields["item"].choices)  # type: ignore[attr-defined]


def _promise(authority: Authority, deed: Deed) -> dict[str, Any]:
    """Whether a new promise may be made of it: in the public commitment, or in the one that is being written."""
    found = homes.of_deed(deed, authority.day)
    reads = bool(rules_wall.may_read(authority, deed.unit_id))
    duty = None
    if found is None and reads and deed.item_id is None and deed.state == Deed.State.TAKEN_UP:
        rows = Duty.objects.filter(subject_unit=deed.unit_id, slot__task__form="commitment", state__in=OPEN)
        duty = rows.select_related("slot__task", "unit", "member").order_by("-pk").first()
        if duty is not None and not duties.may_hand_in(authority, duty):
            duty = None
    return {
        "may_promise": rules_wall.may_promise(authority, deed, found),
        "may_decide": rules_wall.may_decide(authority, deed, found),
        "reads": reads,
        "write": duty,
    }


LINKED = (Deed.State.TAKEN_UP, Deed.State.DONE, Deed.State.DISPUTED, Deed.State.CONFIRMED)
"""States in which a difficulty may be written into a promise: somebody sees to it."""
FORMS: dict[str, type[forms.Form]] = {
    "take_up": TakeUp,
    "decline": Reason,
    "done": Outcome,
    "dispute": Reply,
    "link": Link,
    "promise": Promise,
    "refuse": Answer,
}


def _fill(shown: dict[str, forms.Form], authority: Authority, deed: Deed) -> None:
    """The people and the promises to choose from: the unit's own."""
    if authority.sees_names(deed.unit_id):
        at = successors({deed.unit_id}, authority.day)[deed.unit_id]
        members = people.members_on(clock.today(), at)[:MOST]
        shown["take_up"].fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("请选")),
            *((one.public_id, one.name) for one in members if one.pk != deed.raised_by_id),
        ]
    if deed.asks or deed.ask_answer:
        shown["promise"].initial = {"new_text": deed.ask_text, "new_measure": deed.ask_measure}
    here = carried({successors({deed.unit_id}, authority.day)[deed.unit_id]}, authority.day)
    own = Item.objects.filter(commitment__unit__in=here, commitment__member=None).order_by(
        "-commitment", "place"
    )
    shown["link"].fields["item"].choices = [(one.public_id, one.text[:40]) for one in own[:20]]  # type: ignore[attr-defined]


def _do(act: str, deed: Deed, form: forms.Form, request: HttpRequest) -> None:
    """What the pressed button asks for; people and promises only from those that the form offers."""
    by, post = request.me.actor, request.POST  # type: ignore[attr-defined]
    form.is_valid()
    chosen = form.cleaned_data
    if act == "take_up":
        owner = Person.objects.filter(public_id=chosen.get("owner") or "").first()
        actions.take_up(deed, owner, chosen.get("due_on"), by=by)
    elif act == "decline":
        actions.decline(deed, post.get("reason", ""), by=by)
    elif act == "done":
        actions.done(deed, post.get("outcome", ""), by=by)
    elif act == "confirm":
        actions.confirm(deed, by=by)
    elif act == "dispute":
        actions.dispute(deed, post.get("reply", ""), by=by)
    elif act == "link":
        item = Item.objects.select_related("commitment").filter(public_id=chosen.get("item") or "").first()
        if item is None:
            raise Invalid(Problem("item", _("选一条承诺。")))
        actions.link(deed, item, by=by)
    elif act == "promise":
        actions.ask_promise(deed, post.get("new_text", ""), post.get("new_measure", ""), by=by)
    elif act in ("accept", "refuse"):
        actions.decide_promise(deed, act == "accept", post.get("ask_answer", ""), by=by)
    else:
        raise Invalid(Problem("", _("不知道要办什么：请回到这一页，按上面的按钮。")))
