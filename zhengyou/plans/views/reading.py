"""Reading a plan: any version one may see, what differs from an earlier one, what came back, what is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.once import once
from zhengyou.journal import drafts
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import insist
from zhengyou.plans import actions, checking, comparing, rules, standing
from zhengyou.plans.models import Clause, ClauseQuestion, PlanVersion
from zhengyou.plans.views import drafting, place
from zhengyou.plans.views.place import Place
from zhengyou.plans.views.writing import PARTS, questions

STATES = PlanVersion.State


def chosen(at: Place, wanted: str) -> PlanVersion | None:
    """The version asked for, else the newest one the reader may see; None where there is none. 404 for what is none."""
    seen = [v for v in at.found.versions if rules.may_read(at.authority, at.found, v)]
    if not wanted:
        return seen[0] if seen else None
    found = next((v for v in seen if str(v.number) == wanted), None)
    if found is None:
        raise Http404
    return found


@require_safe
def page(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """One version: clauses, parts, where it stands; `v` another version, `against` the changes since an earlier one."""
    at = place.fetch(request, campaign, unit)
    version = chosen(at, request.GET.get("v", ""))
    work = rules.sees_work(at.authority, at.found.at)
    if version is None and not work and not at.found.top:
        insist(rules.may_read(at.authority, at.found))
    clauses = standing.clauses(version)
    names = place.names_of(clauses)
    said = {v.code: v for v in version.verdicts.all()} if version is not None and work else {}
    back = [v for v in said.values() if not v.accepted]
    context: dict[str, Any] = {
        "at": at,
        "version": version,
        "version_words": words_of(version),
        "clauses": place.read(clauses, names, said),
        "gaps": _gaps(version, clauses, back),
        "n_back": len(back),
        "parts": [(label, getattr(version, name)) for name, label in PARTS() if getattr(version, name, "")],
        "who": words.people({v for v in (version.by, version.decided_by) if v}) if version else {},
        "others": [
            {"version": v, "words": words_of(v)}
            for v in at.found.versions
            if rules.may_read(at.authority, at.found, v)
        ],
        "questions": asked(at) if at.answers else [],
        "kept": kept(at) if work else [],
        "may_withdraw": rules.may_withdraw(at.authority, at.found, at.people),
        "may_object": rules.may_object(at.authority, at.found),
        "work": work,
        **_changes(at, version, request.GET.get("against", "")),
        **_succession(at),
        "basis_name": f"{version.basis.title} {version.basis.document_no}".strip()
        if version and version.basis
        else "",
    }
    for name in (version.by, version.decided_by) if version else ():
        context["who"].setdefault(name, "—")
    context["by"] = context["who"].get(version.by, "—") if version else ""
    context["decided_by"] = (
        context["who"].get(version.decided_by, "") if version and version.decided_by else ""
    )
    return render(request, "plans/plan.html", context)


def words_of(version: PlanVersion | None) -> str:
    """What a version is called: which one, and what became of it."""
    if version is None:
        return ""
    state = {
        STATES.WITHDRAWN: pgettext("plan", "已撤回"),
        STATES.SUBMITTED: _("审核中"),
        STATES.RETURNED: _("已退回"),
        STATES.APPROVED: _("现行"),
        STATES.SUPERSEDED: _("已被新版代替"),
    }[STATES(version.state)]
    return _("第 %(n)s 稿，%(state)s") % {"n": version.number, "state": state}


def _gaps(version: PlanVersion | None, clauses: list[Any], back: list[Any]) -> list[dict[str, Any]]:
    """Clauses of the plan above that nobody took up and that came back for it."""
    known = {clause.code for clause in clauses}
    wanted = {v.code: v for v in back if v.code not in known}
    if version is None or not wanted:
        return []
    return [
        {"clause": clause, "verdict": wanted[clause.key]}
        for clause in standing.clauses(version.basis)
        if clause.key in wanted
    ]


def _changes(at: Place, version: PlanVersion | None, against: str) -> dict[str, Any]:
    """What differs from the earlier version asked for, clause by clause with marked words; {} where none is asked for."""
    old = next((v for v in at.found.versions if str(v.number) == against), None)
    if version is None or old is None or old == version or not rules.may_read(at.authority, at.found, old):
        return {}
    return {"against": old, "changes": changes(old, version)}


def _succession(at: Place) -> dict[str, Any]:
    """The unit that carries a closed one's work, and the plans of closed units that this one carries."""
    plans = standing.inherited(at.found)
    heir = standing.heir(at.found)
    return {
        "heir": {
            "unit": heir,
            "name": place.last_name(heir, at.found.day),
            "plan": standing.owes(at.found.campaign.pk, heir.pk),
        }
        if heir
        else None,
        "inherited": [{"plan": plan, "name": place.last_name(plan.unit, at.found.day)} for plan in plans],
    }


def changes(old: PlanVersion, new: PlanVersion) -> list[dict[str, Any]]:
    """Clauses that differ between two versions of a plan, words marked; three queries."""
    before, after = standing.clauses(old), standing.clauses(new)
    names = place.names_of([*before, *after])
    theirs, ours = {c.code: c for c in before}, {c.code: c for c in after}
    out = []
    for code in [*ours, *(code for code in theirs if code not in ours)]:
        a, b = theirs.get(code), ours.get(code)
        left, right = (full(c, names) if c is not None else "" for c in (a, b))
        if left != right:
            said = b or a
            assert said is not None
            out.append(
                {
                    "key": said.key,
                    "title": said.title,
                    "new": a is None,
                    "gone": b is None,
                    "pieces": comparing.words(left, right),
                }
            )
    return out


def full(clause: Any, names: dict[str, str]) -> str:
    """A clause as one text: words, result, by when and by whom."""
    parts = [clause.title, clause.text, clause.result, place.facts(clause, names)]
    stop = _("。")
    return stop.join(part.rstrip(stop) for part in parts if part)


def asked(at: Place) -> list[dict[str, Any]]:
    """Open questions about clauses that changed above, each with the change marked; versions are read once."""
    out, known = [], {}
    for question in questions(at):
        pair = (question.old_id, question.new_id)
        if pair not in known:
            known[pair] = {change["key"]: change for change in changes(question.old, question.new)}
        if change := known[pair].get(question.key):
            out.append({"question": question, "change": change})
    return out


def kept(at: Place) -> list[dict[str, Any]]:
    """Changed clauses above for which the unit kept its own words, with its reason: for the reviewer. Two queries."""
    if at.found.plan is None:
        return []
    found = list(at.found.plan.questions.filter(state=ClauseQuestion.State.KEPT).order_by("-pk")[:20])
    versions = {pk for question in found for pk in (question.old_id, question.new_id)}
    clauses = Clause.objects.filter(version__in=versions).order_by("version", "place") if versions else ()
    titles = {clause.key: clause.title for clause in clauses}
    return [{"title": titles.get(q.key, ""), "reason": q.reason, "day": q.answered_on} for q in found]


@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer what is asked about a changed clause: keep the own words with a reason, or open the next version with it."""
    once(request)
    question = (
        ClauseQuestion.objects.select_related("plan__campaign", "plan__unit", "old", "new")
        .filter(public_id=public_id)
        .first()
    )
    if question is None:
        raise Http404
    at = place.fetch(request, question.plan.campaign.public_id, question.plan.unit.public_id)
    if not rules.sees_work(at.authority, at.found.at):
        raise Http404
    if request.POST.get("do") == "take":
        insist(rules.may_answer_question(at.authority, at.found, question))
        insist(at.may_write)
        _take_over(request, at, question)
        return redirect(at.url("plan_write"))
    try:
        actions.keep(question, request.POST.get("reason", ""), by=request.me.actor)  # type: ignore[attr-defined]
    except Invalid as fault:
        messages.error(request, fault.problems[0].text)
        return redirect(at.url() + f"#q-{question.public_id}")
    messages.success(request, _("记下了：这一条保持原样，理由审核的人看得到。"))
    return redirect(at.url())


def _take_over(request: HttpRequest, at: Place, question: ClauseQuestion) -> None:
    """Put the changed clause into the draft of the next version; nothing else of it is touched."""
    owner, label = request.me.actor.id, drafting.name_of(at.found)  # type: ignore[attr-defined]
    written = drafts.load(owner, label)
    body = drafting.starting(at.found, written, "")
    above = next((c for c in standing.clauses(question.new) if c.key == question.key), None)
    rows = []
    for row in body["clauses"]:
        if row["follows"] != question.key:
            rows.append(row)
        elif above is not None:
            rows.append(row | {"title": above.title, "text": above.text, "result": above.result})
    if above is not None and all(row["follows"] != question.key for row in rows):
        rows.append(checking.taken(above))
    drafts.save(owner, label, written.version, body | {"clauses": rows})
