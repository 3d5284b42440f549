"""Writing a plan: self-saving, clause by clause; handing in, issuing; two tabs; taking back; disagreeing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.views.drafting import number, saved_text
from zhengyou.campaigns.views.once import once
from zhengyou.journal import drafts
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.plans import actions, standing
from zhengyou.plans.actions.writing import check_with, mark, responsible
from zhengyou.plans.models import ClauseQuestion, ClauseVerdict
from zhengyou.plans.views import drafting, place
from zhengyou.plans.views.place import Place


@require_safe
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """The door of the form: leads a duty's reader to the unit's plan, whoever may write it to the form."""
    seen = Duty.objects.seen_by(request.authority).filter(pk=pk, slot__task__form=standing.FORM)  # type: ignore[attr-defined]
    found = seen.select_related("slot__task__campaign", "subject_unit").first()
    if found is None or found.subject_unit is None:
        raise Http404
    at = place.fetch(request, found.slot.task.campaign.public_id, found.subject_unit.public_id)
    if at.found.owed is not None and at.may_write:
        return redirect(at.url("plan_write"))
    return redirect(at.url("plan_review") if at.found.waiting is not None and at.may_judge else at.url())


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """The form; POST keeps what was typed as a version first, then adds, takes up, drops a clause, or hands in."""
    once(request)
    at = place.fetch(request, campaign, unit)
    insist(at.may_write)
    if request.method == "POST":
        return _posted(request, at)
    written = drafts.load(_me(request), drafting.name_of(at.found))
    if written.clash:
        return redirect(at.url("plan_versions"))
    return _form(request, at, written, drafting.starting(at.found, written, _title(at)))


def _title(at: Place) -> str:
    return _("%(unit)s实施方案") % {"unit": at.unit_name}


def _me(request: HttpRequest) -> str:
    return request.me.actor.id  # type: ignore[attr-defined]


def _posted(request: HttpRequest, at: Place) -> HttpResponse:
    people = drafting.called(responsible(at.found))
    body, owner, label = drafting.typed(request, people), _me(request), drafting.name_of(at.found)
    written = drafts.save(owner, label, number(request, "version") or 0, body)
    do = request.POST.get("do", "hand")
    if written.clash:
        return redirect(at.url("plan_versions"))
    if do == "save":
        messages.success(request, _("草稿存好了，还没有交。"))
        return redirect(reverse("desk"))
    if do not in ("hand", ""):
        body, here = drafting.acted(body, do, standing.clauses(at.found.basis))
        drafts.save(owner, label, written.version, body)
        return redirect(at.url("plan_write") + (f"#c-{here}" if here else ""))
    act = actions.issue if at.found.top else actions.hand_in
    try:
        version = act(at.found, body, by=request.me.actor, opened=request.POST.get("opened", "")[:40])  # type: ignore[attr-defined]
    except Invalid as fault:
        return _form(request, at, written, body, fault.problems, 422)
    drafts.drop(owner, label)
    after = place.fetch(request, *at.args)
    if at.found.top:
        messages.success(request, _("下发了：第 %(n)s 版从今天起是各单位的依据。") % {"n": version.number})
    else:
        messages.success(request, _("交上去了，由%(who)s审核。") % {"who": after.reviewer})
    return redirect(at.url())


def _form(
    request: HttpRequest,
    at: Place,
    written: drafts.Written,
    body: Mapping[str, Any],
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    checks = check_with(at.found)
    people = drafting.called(list(checks["people"].values()))
    basis = checks["basis"]
    rows = body.get("clauses", [])
    followed = {row["follows"] for row in rows}
    by_key = {clause.key: clause for clause in basis}
    names = place.names_of(basis)
    said = _said(at)
    faults = {p.field: p.text for p in problems or []}
    context = {
        "at": at,
        "body": body,
        "rows": [_row(n, row, by_key, names, people, said, faults) for n, row in enumerate(rows, 1)],
        "parts": [
            {"name": name, "label": label, "text": body.get(name, ""), "fault": faults.get(name, "")}
            for name, label in PARTS()
        ],
        "faults": faults,
        "people": sorted(people.values()),
        "items": list(checks["items"].values()),
        "tasks": checks["tasks"] if at.found.top else {},
        "left": [c for c in basis if c.key not in followed],
        "basis": at.found.basis,
        "basis_name": _basis_name(at),
        "work_url": reverse("work_items"),
        "work_link": _("看年度要点"),
        "vehicles": any(row.get("vehicle") for row in rows),
        "questions": questions(at),
        "version": written.version,
        "opened": mark(at.found),
        "saved": saved_text(written),
        "problems": [{"field": p.field, "text": p.text} for p in problems or []],
        "errors_title": _("还不能交，填好的都留着"),
    }
    return render(request, "plans/write.html", context, status=status)


def PARTS() -> list[tuple[str, str]]:  # noqa: N802 (words in the reader's language)
    """The parts of a plan beside its clauses, with their labels."""
    return [
        ("grounds", _("依据和指导思想")),
        ("theme", _("主题")),
        ("aims", _("目标")),
        ("organisation", _("组织领导")),
        ("safeguards", _("保障措施")),
    ]


def _row(
    n: int,
    row: Mapping[str, Any],
    by_key: Mapping[str, Any],
    names: dict[str, str],
    people: Mapping[str, str],
    said: Mapping[str, ClauseVerdict],
    faults: Mapping[str, str],
) -> dict[str, Any]:
    above = by_key.get(row["follows"])
    verdict = said.get(row["code"])
    code = row["code"]
    return {
        **row,
        "n": n,
        "owner": people.get(row["person"], "") or row["owner"],
        "above": above,
        "above_facts": place.facts(above, names) if above is not None else "",
        "back": verdict if verdict is not None and not verdict.accepted else None,
        "fine": verdict is not None and verdict.accepted,
        "faults": {f: faults.get(f"{f}-{code}", "") for f in ("title", "text", "due_on", "owner", "result")},
    }


def _said(at: Place) -> dict[str, ClauseVerdict]:
    """The verdicts on the version that came back, by clause."""
    if at.found.returned is None:
        return {}
    return {verdict.code: verdict for verdict in at.found.returned.verdicts.all()}


def _basis_name(at: Place) -> str:
    basis = at.found.basis
    if basis is None:
        return ""
    return f"{basis.title} {basis.document_no}".strip()


def questions(at: Place) -> list[ClauseQuestion]:
    """What is asked of this plan and not answered."""
    if at.found.plan is None:
        return []
    asked = at.found.plan.questions.filter(state=ClauseQuestion.State.ASKED)
    return list(asked.select_related("old", "new").order_by("pk")[:50])


@require_POST
def draft(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Save what is typed as a version: JSON for the page's own saving."""
    at = place.fetch(request, campaign, unit)
    insist(at.may_write)
    body = drafting.typed(request, drafting.called(responsible(at.found)))
    written = drafts.save(_me(request), drafting.name_of(at.found), number(request, "version") or 0, body)
    if written.clash:
        text = _("您在另一处也改过这一份，两份都留着。")
        return JsonResponse({"text": text, "url": at.url("plan_versions")}, status=409)
    return JsonResponse({"version": written.version, "text": saved_text(written)})


@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Two tabs or devices wrote on: which one goes on; and all earlier drafts, to be found again."""
    at = place.fetch(request, campaign, unit)
    insist(at.may_write)
    owner, label = _me(request), drafting.name_of(at.found)
    written = drafts.load(owner, label)
    if request.method == "POST":
        keep = request.POST.get("keep", "")
        head = next((h for h in written.heads if str(h.version) == keep), None)
        body = drafting.joined(written) if keep == "join" and written.heads else head.body if head else None
        if body is not None and written.clash:
            start = head or written.heads[0]
            for other in written.heads:
                if other.version != start.version:
                    written = drafts.save(owner, label, start.version, body, joined=other.version)
                    start = written.heads[0]
        if body is not None or not written.clash:
            return redirect(at.url("plan_write"))
    people = drafting.called(responsible(at.found))
    context = {
        "at": at,
        "clash": written.clash,
        "heads": drafting.heads(written, people) if written.clash else [],
        "versions": drafting.versions(owner, at.found, people),
    }
    return render(request, "plans/versions.html", context)


@require_POST
def withdraw(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Take back what waits for review."""
    once(request)
    at = place.fetch(request, campaign, unit)
    actions.withdraw(at.found, by=request.me.actor)  # type: ignore[attr-defined]
    messages.success(request, _("撤回了。改好再交。"))
    return redirect(at.url("plan_write"))


@require_POST
def disagree(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Disagree with a return: one level up, with the reason."""
    once(request)
    at = place.fetch(request, campaign, unit)
    try:
        actions.object_to_return(at.found, request.POST.get("objection", ""), by=request.me.actor)  # type: ignore[attr-defined]
    except Invalid as fault:
        messages.error(request, fault.problems[0].text)
        return redirect(at.url() + "#objection")
    after = place.fetch(request, campaign, unit)
    messages.success(request, _("转到上一级了，由%(who)s审核。") % {"who": after.reviewer})
    return redirect(at.url())
