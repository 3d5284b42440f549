"""The door of the form and the page on which a commitment is written: saved by itself, hints first, handed in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengyou.campaigns import rules as duties
from zhengyou.campaigns.models import State
from zhengyou.campaigns.views.drafting import marked, name_of, number, saved_text, when
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.shown import address
from zhengyou.commitments import hints, rules, rules_wall
from zhengyou.commitments.actions import oral, proposing, writing
from zhengyou.commitments.forms import NAMES, Typed
from zhengyou.commitments.models import Commitment, Deed, Item
from zhengyou.commitments.views.pages import KINDS, SCOPES, Desk, me
from zhengyou.journal import drafts
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.actions import looking
from zhengyou.org.models import Affiliation, on

OFFERED = 150
"""Names offered for who answers for a unit's item."""


@require_safe
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the desk and the queue lead: to writing, to the review, to what is published, or to where nothing is yet."""
    desk = Desk.of(request, pk)
    if desk.may_propose and not (desk.found and desk.found.state == Commitment.State.APPROVED):
        return _form(request, desk)
    if desk.page.waiting_paper is not None and rules.may_review(
        desk.authority, desk.page.waiting_paper, desk.page.reviewers
    ):
        return redirect("commitment_review", pk)
    if desk.found is not None:
        return redirect("commitment", desk.found.public_id)
    looking.look_at_person(me(request), desk.page.duty.member, looking.TASK)
    return render(
        request,
        "commitments/none.html",
        {"page": desk.page, "note": rules.may_note(desk.authority, desk.page.duty, None)},
    )


def starting(desk: Desk, written: drafts.Written) -> Typed:
    """What the form opens with: the draft, else what came back or was noted, else one empty item."""
    if written.heads:
        typed = Typed.of_body(written.body)
    elif desk.found is not None and desk.items:
        typed = Typed.of_rows(desk.found, desk.items)
    else:
        typed = Typed()
    return _with_deed(desk, typed)


def _with_deed(desk: Desk, typed: Typed) -> Typed:
    """One more item made of the unit's difficulty that the address names (`deed=`), with its owner and day."""
    asked = desk.request.GET.get("deed", "")[:16]
    if (
        desk.page.duty.member_id is not None
        or not asked
        or any(item["deed"] == asked for item in typed.items)
    ):
        return typed
    deed = (
        Deed.objects.select_related("owner")
        .filter(public_id=asked, item=None, unit=desk.page.duty.unit_id)
        .first()
    )
    if deed is not None and rules_wall.may_read(desk.authority, deed.unit_id):
        made = {"text": deed.text[: writing.LONGEST], "kind": Item.Kind.DEED.value, "deed": asked}
        due = {"due": deed.due_on.isoformat() if deed.due_on else ""}
        owner = {"owner": deed.owner.name if deed.owner else ""}
        typed.items.append(dict.fromkeys(NAMES, "") | made | due | owner)
    return typed


def _form(
    request: HttpRequest,
    desk: Desk,
    *,
    typed: Typed | None = None,
    written: drafts.Written | None = None,
    problems: list[Problem] | None = None,
    shown: dict[int, list[str]] | None = None,
    status: int = 200,
    noting: bool = False,
) -> HttpResponse:
    pk = desk.page.duty.pk
    if written is None:
        written = drafts.load(me(request).actor.id, name_of(desk.page.duty))
        if written.clash:
            return redirect("commitment_versions", pk)
    typed = typed or starting(desk, written)
    more = request.GET.get("more") == "1"
    if not typed.items or (more and len(typed.items) < writing.limits(desk.page.duty)[1]):
        typed.items.append(dict.fromkeys(NAMES, ""))
    texts = {p.field: p.text for p in problems or []}
    judged = {item.public_id: item for item in desk.items}
    of_unit = desk.page.duty.member_id is None
    rows = [
        {
            "n": n,
            "no": n + 1,
            "on": item,
            "problem": {name: texts.get(f"{name}-{n}", "") for name in item},
            "hints": (shown or {}).get(n, []),
            "judged": judged.get(item["id"]),
            "kinds": [(code, word, code == (item["kind"] or Item.Kind.POST)) for code, word in KINDS.items()],
            "open": bool(item["how"] or texts.get(f"how-{n}")),
        }
        for n, item in enumerate(typed.items)
    ]
    context: dict[str, Any] = {
        "page": desk.page,
        "found": desk.found,
        "of_unit": of_unit,
        "rows": rows,
        "typed": typed,
        "scopes": [(code, word, code == typed.scope) for code, word in SCOPES.items()],
        "problems": problems or [],
        "texts": texts,
        "errors_title": _("还不能交，填好的都留着"),
        "hinted": any(r["hints"] for r in rows),
        "seen": hints.fingerprint(shown or {}),
        "version": written.version,
        "saved": saved_text(written),
        "most": writing.limits(desk.page.duty)[1],
        "noting": noting,
        "returned": desk.page.status == State.RETURNED and desk.page.returned,
        "names": _names(desk) if of_unit else [],
        "action": reverse("commitment_note" if noting else "commitment_write", args=[pk]),
        "autosave": "" if noting else reverse("commitment_draft", args=[pk]),
    }
    return render(request, "commitments/write.html", context, status=status)


def _names(desk: Desk) -> list[str]:
    rows = Affiliation.objects.filter(on(clock.today()), role="R", unit=desk.page.duty.unit_id)
    return list(rows.order_by("person__sort_key").values_list("person__name", flat=True)[:OFFERED])


def hints_of(desk: Desk, typed: Typed, words: writing.Words) -> dict[int, list[str]]:
    """Hints by the form's place; two queries."""
    duty, today = desk.page.duty, clock.today()
    texts = [
        hints.Words(d.text, d.measure, d.due_on, bool(d.owner or d.owner_text.strip())) for d in words.items
    ]
    but = desk.found.pk if desk.found else None
    same, near = hints.others(duty.slot.task.campaign_id, duty.unit_id, texts, but=but)
    return {
        typed.at(n): hints.of(text, of_unit=duty.member_id is None, today=today, same=same, near=near)
        for n, text in enumerate(texts)
    }


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """The page to write on; POST hands in, asks for one more item, or shows the hints first."""
    once(request)
    desk = Desk.of(request, pk)
    if request.method != "POST":
        if not desk.may_propose:
            return redirect("commitment_duty", pk)
        return _form(request, desk)
    insist(duties.may_answer_for(desk.authority, desk.page.duty, desk.page.reviewers))
    owner, label = me(request).actor.id, name_of(desk.page.duty)
    typed = Typed.of_request(request)
    written = drafts.save(owner, label, number(request, "version") or 0, typed.body)
    insist(desk.may_propose)
    if written.clash:
        return redirect("commitment_versions", pk)
    if request.POST.get("do") == "more":
        return redirect(f"{reverse('commitment_write', args=[pk])}?more=1#id_text-{len(typed.items)}")
    return _send(request, desk, typed, written)


def _send(request: HttpRequest, desk: Desk, typed: Typed, written: drafts.Written) -> HttpResponse:
    duty = desk.page.duty
    words, problems = typed.words(duty.unit_id, clock.today())
    try:
        writing.checked(words, duty)
    except Invalid as fault:
        problems += [_placed(p, typed) for p in fault.problems]
    shown = hints_of(desk, typed, words)
    if problems:
        return _form(request, desk, typed=typed, written=written, problems=problems, shown=shown, status=422)
    if any(shown.values()) and request.POST.get("seen", "") != hints.fingerprint(shown):
        return _form(request, desk, typed=typed, written=written, shown=shown)
    try:
        found = proposing.propose(
            duty,
            words,
            by=me(request).actor,
            signed=typed.sign,
            objection=typed.objection if desk.page.status == State.RETURNED else "",
            base_version=number(request, "opened"),
        )
    except Invalid as fault:
        problems = [_placed(p, typed) for p in fault.problems]
        return _form(request, desk, typed=typed, written=written, problems=problems, shown=shown, status=422)
    drafts.drop(me(request).actor.id, name_of(duty))
    after = Desk.of(request, duty.pk)
    n = found.items.count()
    text = ngettext("交上去了，%(n)s 条承诺。", "交上去了，%(n)s 条承诺。", n) % {"n": n}
    if after.page.waiting_paper:
        text += after.page.waiting + _("。")
    messages.success(request, text)
    return redirect("commitment", found.public_id)


def _placed(problem: Problem, typed: Typed) -> Problem:
    """A problem of the n-th filled item, at the form's field."""
    name, dash, place = problem.field.rpartition("-")
    if dash and place.isdigit():
        return Problem(f"{name}-{typed.at(int(place))}", problem.text)
    return problem


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what is typed as a version; JSON for the page's own saving, else the button's way to the desk."""
    desk = Desk.of(request, pk)
    insist(desk.may_propose)
    typed = Typed.of_request(request)
    written = drafts.save(
        me(request).actor.id, name_of(desk.page.duty), number(request, "version") or 0, typed.body
    )
    choose = reverse("commitment_versions", args=[pk])
    if "application/json" in request.headers.get("Accept", ""):
        if written.clash:
            return JsonResponse(
                {"text": _("您在另一处也改过这一份，两份都留着。"), "url": choose}, status=409
            )
        return JsonResponse({"version": written.version, "text": saved_text(written)})
    if written.clash:
        return redirect(choose)
    messages.success(request, _("草稿存好了，还没有交。"))
    return redirect(address("desk"))


@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two tabs or devices wrote on: which one goes on."""
    desk = Desk.of(request, pk)
    insist(duties.may_answer_for(desk.authority, desk.page.duty, desk.page.reviewers))
    owner, label = me(request).actor.id, name_of(desk.page.duty)
    written = drafts.load(owner, label)
    if not written.clash:
        return redirect("commitment_duty", pk)
    if request.method == "POST":
        keep = request.POST.get("keep", "")
        head = next((h for h in written.heads if str(h.version) == keep), None)
        if head is not None:
            at = head.version
            for other in written.heads:
                if other.version != head.version:
                    at = drafts.save(owner, label, at, head.body, joined=other.version).version
            return redirect("commitment_duty", pk)
    texts = [(head, _flat(Typed.of_body(head.body))) for head in written.heads]
    heads = [
        {
            "version": head.version,
            "label": when(head),
            "parts": marked(text, next(other for h, other in texts if h is not head)),
        }
        for head, text in texts
    ]
    return render(request, "commitments/versions.html", {"page": desk.page, "heads": heads})


def _flat(typed: Typed) -> str:
    lines = [typed.summary, typed.goals]
    lines += ["\n".join(x for x in (i["text"], i["measure"], i["due"]) if x.strip()) for i in typed.items]
    return "\n\n".join(line for line in lines if line.strip())


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what waits for review."""
    once(request)
    desk = Desk.of(request, pk)
    proposing.withdraw(desk.page.duty, by=me(request).actor)
    messages.success(request, _("撤回了。改好再交。"))
    return redirect("commitment_duty", pk)


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign what was accepted: published at once."""
    once(request)
    desk = Desk.of(request, pk)
    found = proposing.sign(desk.page.duty, by=me(request).actor, seen=request.POST.get("seen", "")[:64])
    messages.success(request, _("签名了，已经公布。"))
    return redirect("commitment", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """The secretary writes down what a member said aloud; the member confirms on the own device."""
    once(request)
    desk = Desk.of(request, pk)
    insist(rules.may_note(desk.authority, desk.page.duty, desk.found))
    looking.look_at_person(me(request), desk.page.duty.member, looking.TASK)
    if request.method != "POST":
        first = Typed.of_rows(desk.found, desk.items) if desk.found else Typed()
        return _form(request, desk, typed=first, written=drafts.Written(), noting=True)
    typed = Typed.of_request(request)
    words, problems = typed.words(desk.page.duty.unit_id, clock.today())
    if request.POST.get("do") == "more":
        typed.items.append(dict.fromkeys(NAMES, ""))
        return _form(request, desk, typed=typed, written=drafts.Written(), noting=True)
    shown = hints_of(desk, typed, words)
    if not problems:
        if any(shown.values()) and request.POST.get("seen", "") != hints.fingerprint(shown):
            return _form(request, desk, typed=typed, written=drafts.Written(), shown=shown, noting=True)
        try:
            found = oral.note(desk.page.duty, words, by=me(request).actor)
        except Invalid as fault:
            problems = [_placed(p, typed) for p in fault.problems]
        else:
            messages.success(request, _("记下了，等本人在自己的手机上确认；确认以前不交、不公布。"))
            return redirect("commitment", found.public_id)
    return _form(
        request,
        desk,
        typed=typed,
        written=drafts.Written(),
        problems=problems,
        shown=shown,
        status=422,
        noting=True,
    )
