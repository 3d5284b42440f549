"""The page on which a commitment is judged item by item; what is ticked and written stays when something is missing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhengyou.campaigns.views.drafting import keep_marks, number, saved_text
from zhengyou.campaigns.views.once import once
from zhengyou.commitments import hints, leaning, rules
from zhengyou.commitments.actions import reviewing
from zhengyou.commitments.models import Commitment, Item
from zhengyou.commitments.views.pages import SCOPES, Desk, me, shown
from zhengyou.journal import drafts
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.actions import looking


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Every item with its hints, accepted or returned with reasons; those accepted before stand accepted."""
    once(request)
    desk = Desk.of(request, pk)
    paper, found = desk.page.waiting_paper, desk.found
    if paper is None or found is None:
        if request.method == "POST":
            raise Conflict(_("这一份已经有人审过了，或者已被撤回。"))
        return redirect("commitment_duty", pk)
    verdict = rules.may_review(desk.authority, paper, desk.page.reviewers)
    looking.look_at_person(me(request), desk.page.duty.member, looking.TASK)
    problems: list[Problem] = []
    owner, label = me(request).actor.id, leaning.judging(paper.pk)
    written = drafts.load(owner, label)
    if request.method == "POST":
        insist(verdict)
        written = drafts.save(owner, label, written.version, typed(request, desk.items))
        given, problems = _given(request, desk.items)
        if not problems:
            try:
                after = reviewing.review(
                    desk.page.duty, given, by=me(request).actor, version=number(request, "opened")
                )
            except Invalid as fault:
                problems = fault.problems
            else:
                drafts.drop(owner, label)
                messages.success(request, _said(after, given))
                return redirect("reviews")
    texts = {p.field: p.text for p in problems}
    context = {
        "page": desk.page,
        "found": found,
        "scope": SCOPES[Commitment.Scope(found.scope)],
        "rows": _rows(desk, found, texts, dict(written.body)),
        "saved": saved_text(written),
        "verdict": verdict,
        "problems": problems,
        "errors_title": _("还没有办，勾的和写的都留着"),
    }
    return render(request, "commitments/review.html", context, status=422 if problems else 200)


def typed(request: HttpRequest, items: list[Item]) -> dict[str, str]:
    """What is ticked and written about each item, as it is kept."""
    marks = {}
    for item in items:
        marks[f"v-{item.public_id}"] = "1" if request.POST.get(f"v-{item.public_id}") == "1" else ""
        text = request.POST.get(f"reasons-{item.public_id}", "")
        marks[f"reasons-{item.public_id}"] = text.replace("\r\n", "\n").replace("\0", "")[
            : reviewing.LONGEST + 1
        ]
    return marks


@require_POST
def draft(request: HttpRequest, pk: int) -> JsonResponse:
    """Save the ticks and reasons as they are: JSON for the page's own saving."""
    desk = Desk.of(request, pk)
    paper = desk.page.waiting_paper
    if paper is None or desk.found is None:
        raise Conflict(_("这一份已经有人审过了，或者已被撤回。"))
    insist(rules.may_review(desk.authority, paper, desk.page.reviewers))
    return keep_marks(request, leaning.judging(paper.pk), typed(request, desk.items))


def _given(request: HttpRequest, items: list[Item]) -> tuple[dict[str, str], list[Problem]]:
    """The verdict on each item; both ticked and written is asked back, neither is told by the action."""
    given, problems = {}, []
    for item in items:
        accepted = request.POST.get(f"v-{item.public_id}") == "1"
        reasons = request.POST.get(f"reasons-{item.public_id}", "").strip()
        if accepted and reasons:
            text = _("第 %(n)s 条既勾了通过，又写了退回的理由：留一个，另一个去掉。")
            problems.append(Problem(f"reasons-{item.public_id}", text % {"n": item.place}))
        elif accepted or reasons:
            given[item.public_id] = reasons
    if request.POST.get("do") == "all":
        back = [item for item in items if given.get(item.public_id)]
        if back:
            text = _("第 %(n)s 条写了退回的理由，不能全部通过。")
            return {}, [Problem(f"reasons-{back[0].public_id}", text % {"n": back[0].place})]
        given = {item.public_id: "" for item in items}
    return given, problems


def _said(after: Commitment, given: dict[str, str]) -> str:
    back = sum(1 for reasons in given.values() if reasons)
    if back:
        text = ngettext("退回 %(n)s 条", "退回 %(n)s 条", back) % {"n": back}
        kept = len(given) - back
        if kept:
            text += ngettext("，通过 %(n)s 条", "，通过 %(n)s 条", kept) % {"n": kept}
        return text + _("。")
    if after.state == Commitment.State.PUBLISHED:
        return _("逐条通过，按签名的原文公布了。")
    if after.state == Commitment.State.APPROVED:
        return _("逐条通过，等本人签名后公布。")
    return _("这一级通过了，转到下一级审核。")


def _rows(
    desk: Desk, found: Commitment, texts: dict[str, str], marks: dict[str, str]
) -> list[dict[str, object]]:
    duty = desk.page.duty
    told = [hints.Words(i.text, i.measure, i.due_on, bool(i.owner_id or i.owner_text)) for i in desk.items]
    same, near = hints.others(found.campaign_id, duty.unit_id, told, but=found.pk)
    rows = []
    for item, words in zip(desk.items, told, strict=True):
        lines = hints.of(
            words, of_unit=found.of_unit, today=found.proposed_on or clock.today(), same=same, near=near
        )
        one = shown(item, hints=lines)
        ticked = marks.get(f"v-{item.public_id}", "1" if item.verdict == "accepted" else "") == "1"
        one |= {
            "ticked": ticked,
            "reasons": marks.get(f"reasons-{item.public_id}", ""),
            "problem": texts.get(f"reasons-{item.public_id}") or texts.get(f"v-{item.public_id}", ""),
            "before": item.reasons if item.verdict == "" and item.reasons else "",
        }
        rows.append(one)
    return rows
