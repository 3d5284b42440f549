"""Letters of transfer: the lists of both sides and the office, one letter with its steps, asking, entering."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused, insist
from zhengyou.org import figures, people, rules, transfers, tree
from zhengyou.org.actions import transfers as acts
from zhengyou.org.actions.rows import Then
from zhengyou.org.forms import Form
from zhengyou.org.forms_members import AskTransfer, EnterLetter, Reason, Receive, Release
from zhengyou.org.models import Person, Transfer, Unit
from zhengyou.org.views import common

State = Transfer.State
SHOWS = ("under", "overdue", "ended")


def state_word(transfer: Transfer) -> str:
    """Where a transfer stands, in words."""
    words: dict[int, str] = {
        State.REQUESTED: _("等开介绍信"),
        State.IN_TRANSIT: _("在路上，仍算原单位"),
        State.RECEIVED: _("已接收"),
        State.RETURNED: _("已退回"),
        State.EXPIRED: _("已过期"),
        State.WITHDRAWN: _("已撤回"),
    }
    return words[transfer.state]


def rows(found: list[Transfer]) -> list[dict[str, Any]]:
    """Rows of a list with names of both sides; one query."""
    day = clock.today()
    called = tree.names({u for t in found for u in (t.source_id, t.target_id) if u}, day)

    def side(unit: int | None, outside: str) -> str:
        return called.get(unit, "") if unit else outside

    return [
        {
            "t": t,
            "source": side(t.source_id, t.outside),
            "target": side(t.target_id, t.outside),
            "state": state_word(t),
            "overdue": transfers.overdue(t, day),
        }
        for t in found
    ]


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Transfers of the own units and those below, by date: under way, overdue, ended."""
    authority, day = request.authority, clock.today()  # type: ignore[attr-defined]
    if not authority.anywhere("import", "see_names"):
        raise Refused(_("转接的名单只有两边单位的负责人和办公室看得到。"))
    show = request.GET.get("show", "")
    show = show if show in SHOWS else SHOWS[0]
    found = transfers.visible(authority)
    under, late = (
        found.filter(state__in=transfers.UNDER_WAY),
        found.filter(state=State.IN_TRANSIT, valid_until__lt=day),
    )
    ended = found.exclude(state__in=transfers.UNDER_WAY)
    chosen = {"under": under, "overdue": late, "ended": ended}[show]
    words = {"under": _("正在办"), "overdue": _("过了有效期"), "ended": _("办完的")}
    page = common.pages(request, chosen)
    context = {
        "page": page,
        "rows": rows(list(page)),
        "show": show,
        "chips": [
            {"show": key, "word": word, "n": {"under": under, "overdue": late, "ended": ended}[key].count()}
            for key, word in words.items()
        ],
    }
    return render(request, "org/transfers/list.html", context)


def the_transfer(request: HttpRequest, public_id: str) -> Transfer:
    """The transfer of an address; 404 for those whom it does not concern."""
    found = (
        Transfer.objects.select_related("person", "source", "target", "entry")
        .filter(public_id=public_id)
        .first()
    )
    if found is None or not transfers.may_see(request.authority, found):  # type: ignore[attr-defined]
        raise Http404
    return found


@require_GET
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One transfer: both sides, letter, dates, what may be done with it and by whom."""
    transfer, authority = the_transfer(request, public_id), request.authority  # type: ignore[attr-defined]
    steps = []
    if transfer.state == State.REQUESTED:
        steps = [
            ("release", _("开介绍信"), transfers.may_release(authority, transfer)),
            ("withdraw", _("撤回转接"), transfers.may_withdraw(authority, transfer)),
        ]
    elif transfer.state in (State.IN_TRANSIT, State.EXPIRED):
        steps = [("receive", _("登记回执"), transfers.may_receive(authority, transfer))]
        if transfer.state == State.IN_TRANSIT:
            steps.append(("send_back", _("退回介绍信"), transfers.may_return(authority, transfer)))
    context = {
        "t": transfer,
        "row": rows([transfer])[0],
        "steps": steps,
        "who": figures.actors([transfer.by])[transfer.by],
        "late": max((transfer.entry.day - transfer.asked_on).days, 0),
        "may_person": rules.may_see_person(authority, transfer.person),
        "lists": authority.anywhere("import", "see_names"),
    }
    return render(request, "org/transfers/one.html", context)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, public_id: str, do: str, then: Then | None = None) -> HttpResponse:
    """Release, receive, send back or withdraw."""
    transfer, authority = the_transfer(request, public_id), request.authority  # type: ignore[attr-defined]
    day, by = clock.today(), request.me.actor  # type: ignore[attr-defined]
    joins, data = transfer.source_id is None, request.POST or None
    form: Form
    if do == "release":
        insist(transfers.may_release(authority, transfer))
        until = transfers.default_until(transfer, day)
        form = Release(data, initial={"day": day, "valid_until": until})
        title, go = _("开介绍信"), _("开出介绍信")
    elif do == "receive":
        insist(transfers.may_receive(authority, transfer))
        form = Receive(data, words=common.words(request), joins=joins, initial={"day": day})
        title, go = _("登记回执"), _("按回执登记")
    else:
        insist((transfers.may_return if do == "send_back" else transfers.may_withdraw)(authority, transfer))
        form = Reason(data)
        title, go = (
            (_("退回介绍信"), _("退回介绍信")) if do == "send_back" else (_("撤回转接"), _("撤回转接"))
        )
    if request.method == "POST" and form.is_valid():
        try:
            kept = form.cleaned_data
            if do == "receive":
                acts.receive(transfer, by=by, then=then, **kept)
            elif do == "release":
                acts.release(transfer, by=by, **kept)
            elif do == "send_back":
                acts.send_back(transfer, by=by, **kept)
            else:
                acts.withdraw(transfer, by=by, **kept)
        except Invalid as invalid:
            form.refuse(invalid)
        except Conflict as conflict:
            messages.warning(request, str(conflict))
            return redirect("transfer", transfer.public_id)
        else:
            transfer.refresh_from_db()
            messages.success(request, _("登记好了：%(state)s。") % {"state": state_word(transfer)})
            if transfers.may_see(request.authority, transfer):  # type: ignore[attr-defined]
                return redirect("transfer", transfer.public_id)
            return redirect("transfers")
    row = rows([transfer])[0]
    return common.answer(
        request, "org/transfers/form.html", form, title=title, go=go, t=transfer, row=row,
        lead=f"{transfer.person.name} · {row['source']} → {row['target']}",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a transfer of oneself or of a member; the unit is found by its name."""
    person = Person.objects.filter(public_id=public_id).first()
    if person is None or not rules.may_see_person(request.authority, person):  # type: ignore[attr-defined]
        raise Http404
    insist(transfers.may_ask(request.authority, person))  # type: ignore[attr-defined]
    text, day = common.asked(request), clock.today()
    found = list(tree.search(text, day, Q())[:21]) if text else []
    form = AskTransfer(request.POST or None)
    form.fields["unit"].choices = [(p.unit.public_id, p.name) for p in found[:20]]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        target = Unit.objects.filter(public_id=data["unit"]).first() if data["unit"] else None
        try:
            made = acts.ask(
                person,
                by=request.me.actor,  # type: ignore[attr-defined]
                target=target,
                outside=data["outside"],
                reason=data["reason"],
            )
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("提出了转接：等原单位开介绍信。"))
            return redirect("transfer", made.public_id)
    if not found:
        form.fields["unit"].widget = form.fields["unit"].hidden_widget()
    home = people.home(person, day)
    return common.answer(
        request, "org/transfers/ask.html", form, title=_("提出转接"), person=person, q=text,
        none=bool(text) and not found, more=len(found) > 20,
        lead=f"{person.name} · {common.name_of(home.unit)}" if home else person.name,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Enter a letter brought from another organisation to this unit."""
    unit = common.the_unit(request, public_id)
    insist(transfers.may_enter(request.authority, unit))  # type: ignore[attr-defined]
    form = EnterLetter(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.enter(unit, by=request.me.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("登记了介绍信：回执登记以后才是成员。"))
            return redirect("transfer", made.public_id)
    return common.answer(
        request, "org/form.html", form, crumbs=common.crumbs(request, unit), title=_("登记外面来的介绍信"),
        lead=common.name_of(unit), go=_("登记介绍信"), back=unit.public_id,
    )  # fmt: skip
