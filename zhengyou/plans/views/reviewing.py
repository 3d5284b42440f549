"""Judging a plan: only what differs from the plan above, clause by clause; the verdicts save themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.drafting import keep_marks, saved_text
from zhengyou.campaigns.views.once import once
from zhengyou.journal import drafts
from zhengyou.kit import clock, ratio
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import tree
from zhengyou.plans import actions, comparing, leaning, rules, standing
from zhengyou.plans.comparing import Pair
from zhengyou.plans.models import Clause, PlanVersion
from zhengyou.plans.views import place
from zhengyou.plans.views.place import Place
from zhengyou.plans.views.reading import kept

SHOWN = {"look": ("differs", "gap", "own"), "same": ("same",), "gap": ("gap",), "own": ("own",)}
SIBLINGS = 200
"""Sibling plans that a plan's wording is compared with at most."""


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """What waits, against the plan above; POST returns what is marked, or approves the whole."""
    once(request)
    at = place.fetch(request, campaign, unit)
    insist(rules.may_read(at.authority, at.found))
    version = at.found.waiting
    if version is None:
        if request.method == "POST":
            insist(at.may_judge)
        return redirect(at.url())
    owner = request.me.actor.id  # type: ignore[attr-defined]
    written = drafts.load(owner, leaning.judging(version.pk))
    if request.method != "POST":
        return _page(request, at, version, dict(written.body), written)
    insist(at.may_judge)
    body = {**written.body, **typed(request)}
    written = drafts.save(owner, leaning.judging(version.pk), written.version, body)
    return _judged(request, at, version, body, written)


def typed(request: HttpRequest) -> dict[str, str]:
    """The marks and reasons of the clauses on the page: `k-<code>` accept or return, `r-<code>` the reasons."""
    return {
        name: str(text).replace("\r\n", "\n")[:2000]
        for name, text in list(request.POST.items())[:400]
        if name[:2] in ("k-", "r-") and len(name) <= 18
    }


def _judged(
    request: HttpRequest, at: Place, version: PlanVersion, body: dict[str, str], written: drafts.Written
) -> HttpResponse:
    back = {
        name[2:]: body.get(f"r-{name[2:]}", "")
        for name, mark in body.items()
        if name[:2] == "k-" and mark == "return"
    }
    whole = request.POST.get("do") == "approve"
    problems = []
    if whole and back:
        text = ngettext("有 %(n)s 条退回，不能整份批准。", "有 %(n)s 条退回，不能整份批准。", len(back))
        problems.append(Problem("", text % {"n": len(back)}))
    if not whole and not back:
        problems.append(Problem("", _("还没有退回哪一条：整份没有问题，就按「整份批准」。")))
    if not problems:
        try:
            actions.judge(at.found, back, by=request.me.actor, number=version.number)  # type: ignore[attr-defined]
        except Invalid as fault:
            problems = fault.problems
    if problems:
        return _page(request, at, version, body, written, problems, 422)
    drafts.drop(request.me.actor.id, leaning.judging(version.pk))  # type: ignore[attr-defined]
    after = place.fetch(request, *at.args)
    if back:
        done = _("退回了 %(n)s 条，理由已经给「%(unit)s」看。") % {"n": len(back), "unit": at.unit_name}
    elif after.found.waiting is not None:
        done = _("这一级通过了，转到%(who)s审核。") % {"who": after.reviewer}
    else:
        done = _("批准了，「%(unit)s」的方案从今天起生效。") % {"unit": at.unit_name}
    messages.success(request, done)
    if version.duty_id is None:  # an amendment stands in no queue of duties: the list shows what else waits
        return redirect(f"{reverse('plans')}?campaign={at.found.campaign.public_id}&state=submitted")
    return redirect("reviews")


def _page(
    request: HttpRequest,
    at: Place,
    version: PlanVersion,
    body: dict[str, str],
    written: drafts.Written,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    mine, above = standing.clauses(version), standing.clauses(at.found.basis)
    found = comparing.compare(above, mine)
    names = place.names_of([*mine, *above])
    last = _last_round(at, version)
    fine = {pair.code for pair in found.pairs if last is not None and last.settled(pair)}
    show = request.GET.get("show", "look")
    show = show if show in SHOWN else "look"
    counts = {
        name: sum(1 for p in found.of(*kinds) if name != "look" or p.code not in fine)
        for name, kinds in SHOWN.items()
    }
    pairs = [p for p in found.of(*SHOWN[show]) if show != "look" or p.code not in fine]
    if problems:  # what has a fault must be on the page
        pairs = [p for p in found.pairs if p in pairs or f"r-{p.code}" in {x.field for x in problems}]
    n_back = sum(1 for name, mark in body.items() if name[:2] == "k-" and mark == "return")
    looked = counts["look"]
    faults = {p.field: p.text for p in problems or []}
    chips = [("look", _("要看的")), ("same", _("照抄上级")), ("gap", _("没人接")), ("own", _("自己加的"))]
    context: dict[str, Any] = {
        "at": at,
        "version": version,
        "by": words.people([version.by]).get(version.by, "—"),
        "rows": [_row(p, names, body, faults, {c.code: n for n, c in enumerate(mine, 1)}) for p in pairs],
        "chips": [{"key": key, "label": label, "n": counts[key], "on": key == show} for key, label in chips],
        "show": show,
        "n_look": looked,
        "n_fine": len(fine),
        "n_rest": len(found.pairs) - looked - len(fine),
        "n_back": n_back,
        "n_accept": max(len(found.pairs) - n_back, 0),
        "n_pairs": len(found.pairs),
        "may_judge": at.may_judge,
        "may_approve": rules.may_approve(at.authority, at.found, at.people),
        "alike": alike(at, mine, above) if at.may_judge else None,
        "basis_name": f"{at.found.basis.title} {at.found.basis.document_no}".strip()
        if at.found.basis
        else "",
        "newer_basis": bool(at.found.basis and version.basis_id and at.found.basis.pk != version.basis_id),
        "saved": saved_text(written),
        "returned_days": _returned(at),
        "kept": kept(at),
        "last": last.version if last else None,
        "problems": [{"field": p.field, "text": p.text} for p in problems or []],
        "errors_title": _("还没有办，写的都留着"),
    }
    return render(request, "plans/review.html", context, status=status)


class LastRound:
    """The round before: which clauses, own or left out from above, were accepted, and what stood there then."""

    def __init__(self, version: PlanVersion) -> None:
        self.version = version
        self.clauses = {clause.code: clause for clause in standing.clauses(version)}
        self.above = {clause.key: clause for clause in standing.clauses(version.basis)}
        if version.state == PlanVersion.State.RETURNED:
            self.accepted = {v.code for v in version.verdicts.all() if v.accepted}
        else:
            self.accepted = {*self.clauses, *self.above}

    def settled(self, pair: Pair) -> bool:
        """Accepted then, and since not changed by a letter, neither here nor in the plan above."""
        if pair.code not in self.accepted or not _same(self.above.get(pair.key), pair.theirs):
            return False
        if pair.ours is None:
            return all(clause.key != pair.key for clause in self.clauses.values())
        return _same(self.clauses.get(pair.code), pair.ours)


def _same(old: Clause | None, new: Clause | None) -> bool:
    names = ("title", "text", "due_on", "owner", "owner_text", "result", "follows")
    if old is None or new is None:
        return old is new
    return all(getattr(old, name) == getattr(new, name) for name in names)


def _last_round(at: Place, version: PlanVersion) -> LastRound | None:
    """The newest earlier version that was judged: it came back, or an amendment goes on from it; None for the first."""
    for old in at.found.versions:
        if old.number < version.number and old.state != PlanVersion.State.WITHDRAWN:
            return LastRound(old)
    return None


def _row(
    pair: Pair, names: dict[str, str], body: dict[str, str], faults: dict[str, str], numbers: dict[str, int]
) -> dict[str, Any]:
    a, b = pair.theirs, pair.ours
    texts = [_body(clause) if clause is not None else "" for clause in (a, b)]
    pieces = comparing.words(*texts) if a is not None and b is not None else []
    said = place.changed_facts(a, b, names) if b is not None else []
    mark = body.get(f"k-{pair.code}", "accept" if b is not None else "")
    return {
        "pair": pair,
        "code": pair.code,
        "n": numbers.get(pair.code, 0),
        "title": getattr(b or a, "title", ""),
        "old_title": a.title if a is not None and b is not None and a.title != b.title else "",
        "left": [(text, kind) for text, kind in pieces if kind != "ins"]
        or ([(texts[0], "")] if a is not None else []),
        "right": [(text, kind) for text, kind in pieces if kind != "del"]
        or ([(texts[1], "ins")] if b is not None else []),
        "left_facts": place.facts(a, names) if a is not None else "",
        "right_facts": said,
        "work": b.work_item.text if b is not None and b.work_item is not None else "",
        "vehicle": b is not None and b.own_vehicle,
        "mark": mark,
        "reasons": body.get(f"r-{pair.code}", ""),
        "fault": faults.get(f"r-{pair.code}", ""),
    }


def _body(clause: Clause) -> str:
    return clause.text + (_("。成果：%(what)s") % {"what": clause.result} if clause.result else "")


def alike(at: Place, mine: list[Clause], above: list[Clause]) -> dict[str, str] | None:
    """The sibling plan whose own wording is most alike, for the reviewer's eyes only; None under half."""
    if len(at.found.line) < 2:
        return None
    day = clock.today()
    units = tree.children(at.found.line[-2], day).exclude(unit=at.found.at).values("unit")
    live = (PlanVersion.State.SUBMITTED, PlanVersion.State.RETURNED, PlanVersion.State.APPROVED)
    found = PlanVersion.objects.filter(
        plan__campaign=at.found.campaign, plan__unit__in=units, state__in=live
    ).order_by("plan", "-number")
    newest: dict[int, int] = {}
    for pk, plan_unit in found.values_list("pk", "plan__unit")[: SIBLINGS * 3]:
        newest.setdefault(plan_unit, pk)
    owners = {pk: plan_unit for plan_unit, pk in list(newest.items())[:SIBLINGS]}
    siblings: dict[int, list[Clause]] = {}
    for clause in Clause.objects.filter(version__in=list(owners)).order_by("version", "place"):
        siblings.setdefault(owners[clause.version_id], []).append(clause)
    best = comparing.most_alike(mine, siblings, above)
    if best is None:
        return None
    return {"unit": words.unit_names([best[0]]).get(best[0], "—"), "share": ratio.percent(best[1], 0)}


def _returned(at: Place) -> str:
    """Until when a returned plan may be handed in again: the later of its date and today with the task's days."""
    from datetime import timedelta

    if at.found.duty is None or at.found.waiting is None or at.found.waiting.duty_id is None:
        return ""
    days = at.found.duty.slot.task.returned_days
    last = max(at.found.duty.due_on, clock.today() + timedelta(days=days))
    return _("退回后最晚 %(day)s再交。") % {"day": words.day(last)}


@require_POST
def draft(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Save the marks and reasons as they are: JSON for the page's own saving."""
    at = place.fetch(request, campaign, unit)
    insist(at.may_judge)
    assert at.found.waiting is not None
    return keep_marks(request, leaning.judging(at.found.waiting.pk), typed(request))
