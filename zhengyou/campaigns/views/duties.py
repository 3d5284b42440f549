"""The duty page: read, write, save as versions, choose between two, hand in, take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhengyou.campaigns import changed, rules
from zhengyou.campaigns.actions import deciding, handing, noticing
from zhengyou.campaigns.forms import HandInForm
from zhengyou.campaigns.views import asking, drafting, files
from zhengyou.campaigns.views.decisions import choices
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.shown import Page, address, fetch
from zhengyou.journal import drafts
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.actions import looking


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The duty with its form, if the reader owes it; POST hands it in."""
    once(request)
    shown = Page(request, fetch(request, pk))
    if request.method == "POST":
        return _hand_in(request, shown)
    looking.look_at_person(shown.me, shown.duty.member, looking.TASK)
    if changed.may_be(shown.duty) and shown.mine:
        noticing.open_changed(shown.duty, shown.me)
    written = drafts.Written()
    if shown.may_hand_in:
        written = drafts.load(shown.me.actor.id, drafting.name_of(shown.duty))
    return _page(request, shown, written)


def _page(
    request: HttpRequest,
    shown: Page,
    written: drafts.Written,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "page": shown,
        "problems": problems or [],
        "errors_title": _("还不能交，填好的都留着"),
        "asked": asking.about(request, shown.duty),
    }
    may_hand_in = shown.may_hand_in
    shown.decisions = choices(request, shown.duty)
    if may_hand_in:
        if written.clash:
            return redirect("duty_versions", shown.duty.pk)
        body = drafting.starting(shown, written)
        form = HandInForm(data=body) if problems else HandInForm(initial=body)
        if problems:
            form.is_valid()
            for problem in problems:
                if problem.field in form.fields and problem.text not in form.errors.get(problem.field, []):
                    form.add_error(problem.field, problem.text)
        chosen, others = drafting.evidence(shown, body.get("evidence", []))
        context |= {
            "form": form,
            "version": written.version,
            "versions": written.version,
            "saved": drafting.saved_text(written),
            "linked": chosen,
            "others": others,
            "file_problems": [p.text for p in problems or [] if p.field == "file"],
            "problems": [p for p in problems or [] if p.field not in form.fields],
        }
    return render(request, "campaigns/duty.html", context, status=status)


def _hand_in(request: HttpRequest, shown: Page) -> HttpResponse:
    """Save what was typed as a version first: whatever happens then, nothing is lost."""
    owner, label = shown.me.actor.id, drafting.name_of(shown.duty)
    insist(rules.may_answer_for(request.authority, shown.duty))  # type: ignore[attr-defined]
    body = drafting.typed(request)
    written = drafts.save(owner, label, drafting.number(request, "version") or 0, body)
    insist(shown.may_hand_in)
    if written.clash:
        return redirect("duty_versions", shown.duty.pk)
    problems: list[Problem] = []
    form = HandInForm(data=body)
    if not form.is_valid():
        problems += [Problem(name, str(text)) for name, texts in form.errors.items() for text in texts]
    if not problems:
        try:
            handing.hand_in(
                shown.duty,
                by=shown.me.actor,
                nothing=body["has"] == "no",
                done=body["done"],
                changed=body["changed"],
                evidence=drafting.ticked(shown, body["evidence"]),
                files=request.FILES.getlist("file"),
                statement=body["statement"],
                objection=body["objection"] if shown.status == "returned" else "",
                base_version=drafting.number(request, "opened"),
            )
        except Invalid as fault:
            problems = fault.problems
        else:
            drafts.drop(owner, label)
            return _handed_in(request, shown)
    kept, bad = files.keep(request, shown)
    if kept:
        body["evidence"] = sorted({*body["evidence"], *(e.public_id for e in kept)})
        written = drafts.save(owner, label, written.version, body)
    problems = [p for p in problems if p.field != "file"] + bad
    return _page(request, shown, written, problems, 422)


def _handed_in(request: HttpRequest, shown: Page) -> HttpResponse:
    after = Page(request, shown.duty)  # what was known of it is a paper old
    text = _("交上去了。") + (after.waiting + _("。") if after.waiting_paper else "")
    messages.success(request, text)
    return redirect("duty", shown.duty.pk)


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what is typed as a version; JSON for the page's own saving, else the button's way to the desk."""
    shown = Page(request, fetch(request, pk))
    insist(rules.may_hand_in(request.authority, shown.duty))  # type: ignore[attr-defined]
    body = drafting.typed(request)
    owner, label = shown.me.actor.id, drafting.name_of(shown.duty)
    written = drafts.save(owner, label, drafting.number(request, "version") or 0, body)
    choose = reverse("duty_versions", args=[pk])
    if "application/json" in request.headers.get("Accept", ""):
        if written.clash:
            return JsonResponse(
                {"text": _("您在另一处也改过这一份，两份都留着。"), "url": choose}, status=409
            )
        return JsonResponse({"version": written.version, "text": drafting.saved_text(written)})
    kept, bad = files.keep(request, shown)
    if kept:
        body["evidence"] = sorted({*body["evidence"], *(e.public_id for e in kept)})
        written = drafts.save(owner, label, written.version, body)
    if written.clash:
        return redirect(choose)
    if bad:
        return _page(request, shown, written, bad, 422)
    messages.success(request, _("草稿存好了，还没有交。"))
    return redirect(address("desk"))


@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two tabs or devices wrote on: which one goes on; and all earlier versions, to be found again."""
    shown = Page(request, fetch(request, pk))
    insist(rules.may_answer_for(request.authority, shown.duty))  # type: ignore[attr-defined]
    owner, label = shown.me.actor.id, drafting.name_of(shown.duty)
    written = drafts.load(owner, label)
    if request.method == "POST" and written.clash:
        keep = request.POST.get("keep", "")
        head = next((h for h in written.heads if str(h.version) == keep), None)
        body = drafting.joined(written) if keep == "join" else head.body if head else None
        if body is not None:
            start = head or written.heads[0]
            for other in written.heads:
                if other.version != start.version:
                    written = drafts.save(owner, label, start.version, body, joined=other.version)
                    start = written.heads[0]
            return redirect("duty", pk)
    if request.method == "POST" and not written.clash:
        return redirect("duty", pk)
    labels = {name: field.label for name, field in HandInForm().fields.items()}
    context = {
        "page": shown,
        "clash": written.clash,
        "heads": drafting.heads(written) if written.clash else [],
        "versions": drafting.versions(owner, shown.duty, labels),
    }
    return render(request, "campaigns/duty_versions.html", context)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what waits for review."""
    once(request)
    shown = Page(request, fetch(request, pk))
    handing.withdraw(shown.duty, by=shown.me.actor)
    messages.success(request, _("撤回了。改好再交。"))
    return redirect("duty", pk)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the decision that made the duty exempt or void."""
    once(request)
    shown = Page(request, fetch(request, pk))
    if shown.decision is None:
        raise Conflict(_("这个决定已经收回了。"))
    changed = deciding.take_back(shown.decision, by=shown.me.actor)
    text = ngettext("收回了，%(n)s 件又要办了。", "收回了，%(n)s 件又要办了。", changed) % {"n": changed}
    messages.success(request, text)
    return redirect("duty", pk)
