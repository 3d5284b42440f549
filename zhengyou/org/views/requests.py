"""Requests of persons: asking, the request's page, deciding, putting it to the next level up, the list that waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import insist
from zhengyou.org import forms_rights, held, people, rights
from zhengyou.org.about import NOTHING, About
from zhengyou.org.actions import looking, requests
from zhengyou.org.actions.rows import Then
from zhengyou.org.models import Glass, PersonRequest
from zhengyou.org.views import common


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, about: About = NOTHING) -> HttpResponse:
    """Ask for a correction, object, or ask for deletion."""
    me = request.me  # type: ignore[attr-defined]
    also = request.POST.get("about", "") or request.GET.get("about", "")
    kind = request.GET.get("kind", "correct")
    first = {"kind": kind, "about": also or "name"}
    form = forms_rights.Ask(request.POST or None, initial=first, also=also)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = requests.ask(
                me,
                data["kind"],
                about=data["about"] or rights.OTHER,
                new_text=data["new_text"],
                reason=data["reason"],
                days=about.correction_days(),
                by=me.actor,
            )
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("交上去了。决定了会写在您的待办和这里。"))
            return redirect("request", made.public_id)
    now = [(name, label, rights.held(me, name, clock.today())) for name, label in rights.FIELDS.items()]
    words = common.words(request)
    return common.answer(
        request,
        "org/ask.html",
        form,
        now=[(label, words(value)) for _name, label, value in now if value],
        days=about.correction_days(),
    )


def _the_request(request: HttpRequest, public_id: str) -> PersonRequest:
    rows = PersonRequest.objects.select_related("person", "unit", "appeals", "entry", "decided_entry")
    found = rows.filter(public_id=public_id).first()
    if found is None or not rights.may_see_request(request.authority, found):  # type: ignore[attr-defined]
        raise Http404
    return found


@require_GET
def page(request: HttpRequest, public_id: str, about: About = NOTHING) -> HttpResponse:
    """One request: what is asked, both texts, who decides until when, the answer."""
    found = _the_request(request, public_id)
    return _page(request, found, forms_rights.Answer(), forms_rights.Appeal(), about.address(found.about))


def _page(
    request: HttpRequest,
    found: PersonRequest,
    answer: forms_rights.Answer,
    again: forms_rights.Appeal,
    address: str = "",
) -> HttpResponse:
    me, authority = request.me, request.authority  # type: ignore[attr-defined]
    mine, day, words = found.person_id == me.pk, clock.today(), common.words(request)
    if not mine:
        looking.look_at_person(me, found.person, looking.PERSON)
    refused = (answer.is_bound and bool(answer.errors)) or (again.is_bound and bool(again.errors))
    now = rights.held(found.person, found.about, day) if found.kind == "correct" else ""
    names = held.figures.actors([found.decided_by] if found.decided_by else [])
    later = PersonRequest.objects.filter(appeals=found).first()
    context = {
        "asked": found,
        "mine": mine,
        "kind": held.kind_word(found.kind),
        "about": rights.label(found.about),
        "state": held.state_words()[found.state],
        "old": words(found.old_text),
        "new": words(found.new_text),
        "now": words(now) if now != found.old_text else "",
        "address": address,
        "plain": found.about in rights.FIELDS and found.kind == "correct",
        "home": dict(people.with_homes([found.person], day)).get(found.person, ""),
        "at": common.name_of(found.unit) if found.unit else _("办公室"),
        "decider": names.get(found.decided_by, ""),
        "open": found.state == PersonRequest.State.OPEN,
        "late": (day - found.due_on).days if found.state == PersonRequest.State.OPEN else 0,
        "later": later,
        "may_decide": rights.may_decide_request(authority, found),
        "may_appeal": rights.may_appeal(authority, found) if mine else None,
        "form": answer if answer.is_bound else again,
        "answer": answer,
        "again": again,
    }
    return render(request, "org/request.html", context, status=422 if refused else 200)


@require_POST
def decide(request: HttpRequest, public_id: str, then: Then | None = None) -> HttpResponse:
    """Grant or refuse."""
    found = _the_request(request, public_id)
    insist(rights.may_decide_request(request.authority, found))  # type: ignore[attr-defined]
    form = forms_rights.Answer(request.POST)
    if form.is_valid():
        grant = request.POST.get("grant") == "1"
        try:
            by = request.me.actor  # type: ignore[attr-defined]
            requests.decide(found, grant=grant, answer=form.cleaned_data["answer"], by=by, then=then)
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            said = _("同意了，已经照写。") if grant and found.kind == "correct" else _("记下了。")
            messages.success(request, said if grant else _("没有同意：理由本人看得到。"))
            return redirect("requests")
    return _page(request, found, form, forms_rights.Appeal())


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back the own request."""
    found = _the_request(request, public_id)
    requests.withdraw_request(found, by=request.me.actor)  # type: ignore[attr-defined]
    messages.success(request, _("撤回了，什么都没有改。"))
    return redirect("me")


@require_POST
def appeal(request: HttpRequest, public_id: str, about: About = NOTHING) -> HttpResponse:
    """Put the refused request to the next level up."""
    found = _the_request(request, public_id)
    insist(rights.may_appeal(request.authority, found))  # type: ignore[attr-defined]
    form = forms_rights.Appeal(request.POST)
    if form.is_valid():
        try:
            made = requests.appeal(
                found,
                reason=form.cleaned_data["reason"],
                days=about.correction_days(),
                by=request.me.actor,  # type: ignore[attr-defined]
            )
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("交给上一级了。"))
            return redirect("request", made.public_id)
    return _page(request, found, forms_rights.Answer(), form)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Requests that wait for this reader, by date; the office also finds what was decided and what was opened."""
    authority = request.authority  # type: ignore[attr-defined]
    if not (authority.anywhere("see_names") or authority.on_root("import")):
        raise Http404
    page = common.pages(request, rights.waiting(authority))
    rows, day = list(page), clock.today()
    homes = dict(people.with_homes([row.person for row in rows], day))
    office = authority.on_root("import")
    return render(
        request,
        "org/requests.html",
        {
            "page": page,
            "rows": [
                (
                    row,
                    held.kind_word(row.kind),
                    rights.label(row.about),
                    homes[row.person],
                    (day - row.due_on).days,
                )
                for row in rows
            ],
            "office": office,
            "glass_n": Glass.objects.count() if office else 0,
        },
    )
