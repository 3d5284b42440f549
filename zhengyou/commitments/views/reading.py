"""One commitment with the way of each item; one item with all that may be done about it now; its evidence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.drafting import number
from zhengyou.campaigns.views.once import once
from zhengyou.commitments import rules
from zhengyou.commitments.actions import changing, keeping, writing
from zhengyou.commitments.forms import read_day
from zhengyou.commitments.models import OPEN_ITEMS, Commitment, Item, ItemChange, ItemEvidence
from zhengyou.commitments.views import pages
from zhengyou.journal.evidence import path_of
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import Verdict, insist
from zhengyou.org.actions import looking
from zhengyou.org.rules import Authority

S = Commitment.State


@require_safe
def commitment(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole commitment for whose it is and the line above; others are led to the wall."""
    found, where = pages.fetch_commitment(request, public_id)
    authority: Authority = request.authority  # type: ignore[attr-defined]
    if not rules.sees_whole(authority, found, where):
        if found.is_public:
            return redirect("wall_promise", public_id)
        raise Http404
    looking.look_at_person(pages.me(request), found.member, looking.TASK)
    items = list(found.items.select_related("owner").order_by("place"))
    way, asked = pages.steps(items), pages.changes(items)
    rows = [pages.shown(item) | {"steps": way[item.pk], "changes": asked[item.pk]} for item in items]
    cls, word = pages.STATES[S(found.state)]
    name, at = pages.whose(found, where)
    duty = found.duty
    waits = duty is not None and duty.state == "submitted"
    context: dict[str, Any] = {
        "found": found,
        "title": words.title(duty) if duty else words.label(found.campaign),
        "name": name,
        "at": at,
        "cls": cls,
        "word": word,
        "rows": rows,
        "scope": pages.SCOPES[Commitment.Scope(found.scope)],
        "sign": rules.may_sign(authority, found) if found.state == S.APPROVED else None,
        "seen": writing.digest_of(found, items),
        "mine": bool(rules.may_keep(authority, found, where))
        if found.is_public
        else _author(authority, found),
        "withdraw": duty and waits and rules.may_withdraw(authority, duty, found),
        "rewrite": duty and not found.is_public and rules.may_propose(authority, duty, found),
        "kept": sum(1 for item in items if item.state == Item.State.KEPT),
        "counted": sum(1 for item in items if item.state != Item.State.RELEASED),
    }
    return render(request, "commitments/commitment.html", context)


def _author(authority: Authority, found: Commitment) -> bool:
    return authority.person is not None and authority.person.pk == found.member_id


AT = {"unkept": {"text": "unkept"}, "change": {"text": "new"}, "release": {"reason": "why"}}
"""Where on the page the fields of an action stand, by the button pressed."""


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, public_id: str) -> HttpResponse:
    """One item with its way, and the forms that its state and the reader's posts allow."""
    once(request)
    found, whole, where = pages.fetch_item(request, public_id)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            return _do(request, found)
        except Invalid as fault:
            fields = AT.get(request.POST.get("do", ""), {})
            problems = [Problem(fields.get(p.field, p.field), p.text) for p in fault.problems]
    else:
        looking.look_at_person(pages.me(request), whole.member, looking.TASK)
    context = _context(request, found, whole, where) | {
        "problems": problems,
        "errors_title": _("还没有办，写的都留着"),
        "texts": {p.field: p.text for p in problems},
        "did": request.POST.get("do", ""),
        "said": request.POST,
    }
    return render(request, "commitments/item.html", context, status=422 if problems else 200)


def _context(request: HttpRequest, found: Item, whole: Commitment, where: int | None) -> dict[str, Any]:
    authority: Authority = request.authority  # type: ignore[attr-defined]
    people = Reviewers(authority.day, [where]) if where is not None else None
    keep = rules.may_keep(authority, whole, where, people)
    asked = pages.changes([found])[found.pk]
    waiting = next((c for c in asked if c.state == ItemChange.State.ASKED), None)
    judge = rules.may_judge(authority, whole, (found.claimed_by_id, found.owner_id), where, people)
    past = found.due_on is None or found.due_on < authority.day
    name, at = pages.whose(whole, where)
    return {
        "found": whole,
        "row": pages.shown(found) | {"steps": pages.steps([found])[found.pk], "changes": asked},
        "item": found,
        "name": name,
        "at": at,
        "keep": bool(keep) and whole.is_public and bool(rules.may_claim(found)),
        "waiting": waiting,
        "ask": bool(keep) and whole.is_public and bool(rules.may_claim(found)) and waiting is None,
        "take_back": bool(keep) and waiting is not None,
        "judge": judge if found.state == Item.State.CLAIMED else None,
        "unkept": bool(found.cause) and not found.claim,
        "answer": rules.may_judge(authority, whole, (waiting.by_id, found.owner_id), where, people)
        if waiting
        else None,
        "close": whole.is_public and past and found.state in OPEN_ITEMS and not waiting and bool(judge),
        "evidence": [
            {"name": e.evidence.name, "note": words.evidence_note(e.evidence), "pk": e.pk}
            for e in ItemEvidence.objects.filter(item=found).select_related("evidence").order_by("pk")[:50]
        ],
        "keep_why": keep,
    }


def _do(request: HttpRequest, found: Item) -> HttpResponse:
    """What was pressed; the action asks its rule again under the lock."""
    post, by = request.POST, pages.me(request).actor
    do, text, version = post.get("do", ""), post.get("text", ""), number(request, "opened")
    back = reverse("commitment_item", args=[found.public_id])
    change = found.changes.filter(public_id=post.get("change", "")[:16]).first()
    if do in ("claim", "unkept"):
        files = request.FILES.getlist("file") if do == "claim" else []
        keeping.claim(found, text, by=by, files=files, kept=do == "claim", version=version)
        said = _("报上去了，等审核的人认定。")
    elif do == "confirm":
        keeping.decide(found, True, text, by=by, explained=post.get("explained", "1") == "1", version=version)
        said = _("认定了。")
    elif do == "dispute":
        keeping.decide(found, False, text, by=by, version=version)
        said = _("退回了，理由报的人看得到。")
    elif do == "close":
        keeping.close_unkept(found, post.get("cause", ""), by=by, version=version)
        said = _("按没有兑现办结了。")
    elif do == "change":
        due = _due(post.get("due", ""))
        changing.ask_change(
            found,
            text=post.get("new", ""),
            measure=post.get("measure", ""),
            due_on=due,
            reason=post.get("reason", ""),
            by=by,
            version=version,
        )
        said = _("申请交上去了；同意以前，原来的话仍然算数。")
    elif do == "release":
        changing.ask_release(
            found, reason=post.get("why", ""), told=post.get("told", ""), by=by, version=version
        )
        said = _("申请交上去了；同意以前，这一条仍然要办。")
    elif do in ("approve", "refuse", "take_back") and change is not None:
        if do == "take_back":
            changing.withdraw(change, by=by)
            said = _("撤回了。")
        else:
            changing.decide(change, do == "approve", post.get("answer", ""), by=by)
            said = (
                _("同意了，新旧两份文字都看得到。")
                if do == "approve"
                else _("没有同意，理由申请的人看得到。")
            )
    else:
        insist(Verdict(_("不知道要办什么：请回到这一页，按上面的按钮。")))
        return redirect(back)
    messages.success(request, said)
    return redirect(back)


def _due(text: str) -> Any:
    day = read_day(text)
    if text.strip() and day is None:
        raise Invalid(Problem("due", _("看不懂这个日期：写成 2010-12-31 这样。")))
    return day


@require_safe
def evidence(request: HttpRequest, public_id: str, number: int) -> HttpResponseBase:
    """One file of an item, as an attachment; 404 for whoever does not see the whole."""
    found, whole, _where = pages.fetch_item(request, public_id)
    link = ItemEvidence.objects.filter(item=found, pk=number).select_related("evidence").first()
    if link is None or not link.evidence.sha256 or not path_of(link.evidence.sha256).is_file():
        raise Http404
    looking.look_at_person(pages.me(request), whole.member, looking.TASK)
    response = FileResponse(
        path_of(link.evidence.sha256).open("rb"),
        as_attachment=True,
        filename=link.evidence.name,
        content_type=link.evidence.media_type or "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
