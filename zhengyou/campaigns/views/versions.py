"""Versions of a running campaign's pack: the history with documents, an upload, the preview, putting it into force."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhengyou.campaigns import amending, packed, steering
from zhengyou.campaigns.actions import amending as actions
from zhengyou.campaigns.actions.preparing import PackFaults
from zhengyou.campaigns.differing import Difference
from zhengyou.campaigns.models import Amendment, Campaign
from zhengyou.campaigns.views import lines, words
from zhengyou.campaigns.views.asking import put
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.preparing import fetch, head, uploaded
from zhengyou.campaigns.views.questions import read_upload
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.current import language

State = Amendment.State
SHOWN = 150


class AmendForm(forms.Form):
    """From when, by which document, why, and whether what was issued is taken along."""

    effective_on = forms.DateField(
        label=gettext_lazy("从哪天起生效"),
        help_text=gettext_lazy("今天就马上生效；以后的日子到那天自动生效，之前可以收回。"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    document_no = forms.CharField(
        label=gettext_lazy("同意修订的文号"),
        help_text=gettext_lazy("没有文号就写会议和日期。"),
        max_length=80,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("办这件事的人都会看到。"),
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )
    migrate = forms.ChoiceField(
        label=gettext_lazy("已经派出的任务"),
        choices=[
            ("no", gettext_lazy("照原来的办完，不动（通常这样）")),
            (
                "yes",
                gettext_lazy("也按新版：不在新范围的作废，新在范围的补派，期限只延后；本人在任务页上看得到"),
            ),
        ],
        widget=forms.RadioSelect,
        initial="no",
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, public_id: str) -> HttpResponse:
    """All versions; the office lays a changed pack or changed answers beside the running one."""
    once(request)
    campaign = fetch(request, public_id)
    if request.method == "POST":
        insist(steering.may_steer(request.authority, campaign))  # type: ignore[attr-defined]
        return _draft(request, campaign)
    return _list(request, campaign)


def _list(
    request: HttpRequest,
    campaign: Campaign,
    faults: list[Any] | None = None,
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    may = steering.may_steer(request.authority, campaign)  # type: ignore[attr-defined]
    shown = (State.DONE, State.PLANNED, State.DRAFT) if may else (State.DONE, State.PLANNED)
    found = list(Amendment.objects.filter(campaign=campaign, state__in=shown).order_by("-version")[:200])
    rows = [_row(row) for row in found]
    if not any(row.version == 1 for row in found) and campaign.started_on:
        rows.append(
            {
                "version": 1,
                "title": _("第 1 版：启动时的方案"),
                "facts": _facts(campaign.started_on, campaign.document_no, ""),
                "state": _("已生效"),
                "here": True,
            }
        )
    context = {
        "head": head(request, campaign, packed.checked(campaign), "versions"),
        "campaign": campaign,
        "rows": rows,
        "may": may,
        "faults": faults or [],
        "typed": typed,
    }
    return render(request, "campaigns/change/versions.html", context, status=status)


def _facts(day: Any, document: str, reason: str) -> str:
    parts = [_("%(day)s起") % {"day": words.full(day)}, document, reason]
    return " · ".join(part for part in parts if part)


def _row(row: Amendment) -> dict[str, Any]:
    word = {
        State.DRAFT: _("草稿，没生效"),
        State.PLANNED: _("定了日子，还没生效"),
        State.DONE: _("已生效"),
        State.PUT_AWAY: _("收起来了"),
    }[State(row.state)]
    title = _("第 %(n)s 版") % {"n": row.version}
    if row.version == 1:
        title = _("第 1 版：启动时的方案")
    facts = "" if row.state == State.DRAFT else _facts(row.effective_on, row.document_no, row.reason)
    failed = _("；").join(row.outcome.get("failed", []))
    return {"version": row.version, "title": title, "facts": facts, "state": word, "failed": failed}


def _draft(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    typed = request.POST.get("changes", "")[:20_000]
    faults: list[Any] = []
    text = english = name = ""
    if (upload := request.FILES.get("file")) is not None:
        name = (upload.name or "pack.yaml").replace("\\", "/").rsplit("/", 1)[-1][:80]
        text, fault = uploaded(upload, name)
        faults += [fault] if fault else []
    if (other := request.FILES.get("english")) is not None:
        english, fault = uploaded(other, other.name or "en.yaml")
        faults += [fault] if fault else []
    changes: dict[str, Any] = {}
    if typed.strip():
        indented = "\n".join("  " + line for line in typed.splitlines() if line.strip())
        read = read_upload(f"answers:\n{indented}\n".encode(), _("改答案"))
        faults += list(read.faults)
        changes = dict(read.values)
    if not faults:
        try:
            made = actions.draft(campaign, text, english, changes, by=request.me.actor, name=name)  # type: ignore[attr-defined]
        except PackFaults as fault:
            faults = fault.faults
        except Invalid as fault:
            faults = fault.problems
        else:
            return redirect("campaign_version", campaign.public_id, made.version)
    return _list(request, campaign, faults, typed, 422)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str, version: int) -> HttpResponse:
    """One version: what it changed; a draft with its preview, then into force."""
    once(request)
    campaign = fetch(request, public_id)
    row = Amendment.objects.select_related("campaign").filter(campaign=campaign, version=version).first()
    may = steering.may_steer(request.authority, campaign)  # type: ignore[attr-defined]
    if row is None or (not may and row.state not in (State.DONE, State.PLANNED)):
        raise Http404
    if request.method == "POST":
        insist(may)
        if request.POST.get("do") == "put_away":
            actions.put_away(row, by=request.me.actor)  # type: ignore[attr-defined]
            messages.success(request, _("收起来了，什么都没有变。"))
            return redirect("campaign_versions", public_id)
        return _amend(request, campaign, row)
    return _page(request, campaign, row, AmendForm(initial={"effective_on": clock.today()}))


def _amend(request: HttpRequest, campaign: Campaign, row: Amendment) -> HttpResponse:
    form = AmendForm(request.POST)
    form.is_valid()
    day, migrate = form.cleaned_data.get("effective_on"), request.POST.get("migrate") == "yes"
    seen = (request.POST.get("seen_day", ""), request.POST.get("seen_migrate", ""))
    now = (day.isoformat() if day else "", "yes" if migrate else "no")
    if day is not None and seen != now and row.state == State.DRAFT and not form.errors:
        return _page(request, campaign, row, form, again=True)  # other choices: show what they would do first
    try:
        done = actions.amend(
            row,
            day,
            by=request.me.actor,  # type: ignore[attr-defined]
            document_no=request.POST.get("document_no", ""),
            reason=request.POST.get("reason", ""),
            migrate=migrate,
            shown=request.POST.get("shown", ""),
        )
    except Invalid as fault:
        put(form, fault)
        return _page(request, campaign, row, form, status=422)
    except Conflict as fault:
        if row.state != State.DRAFT:
            raise
        put(form, Invalid(Problem("", str(fault))))
        return _page(request, campaign, row, form, status=409)
    if done.state == State.PLANNED:
        text = _("定下了，%(day)s生效；之前可以收回。") % {"day": words.full(done.effective_on)}
    else:
        text = _("第 %(n)s 版生效了。") % {"n": done.version}
    messages.success(request, text)
    return redirect("campaign_version", campaign.public_id, done.version)


def _page(
    request: HttpRequest,
    campaign: Campaign,
    row: Amendment,
    form: AmendForm,
    *,
    again: bool = False,
    status: int = 200,
) -> HttpResponse:
    may = steering.may_steer(request.authority, campaign)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "campaign": campaign,
        "row": row,
        "line": _row(row),
        "may": may,
        "draft": row.state == State.DRAFT,
        "planned": row.state == State.PLANNED,
        "form": form,
        "again": again,
        "errors_title": _("还没有生效，填的都留着"),
    }
    if row.state in (State.DRAFT, State.PLANNED):
        context |= _preview(campaign, row, form)
    elif row.outcome:
        context |= _outcome(row)
    return render(request, "campaigns/change/version.html", context, status=status)


def _preview(campaign: Campaign, row: Amendment, form: AmendForm) -> dict[str, Any]:
    before, after = packed.checked(campaign), amending.of(row)
    bound = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    day = bound.get("effective_on") or (row.effective_on if row.state == State.PLANNED else clock.today())
    day = max(day, clock.today())
    migrate = row.migrate if row.state == State.PLANNED else bound.get("migrate") == "yes"
    found = amending.effect(campaign, before, after, day)
    names = {t.code: t.en if language() == "en" and t.en else t.zh for t in found.tasks}
    kept = [
        line if migrate or line.kind not in amending.KEPT else amending.kept(line) for line in found.lines
    ]
    return {
        "tasks": [_task(t) for t in found.tasks],
        "rows": lines.rows(kept[: lines.MOST], names),
        "differences": [_difference(d) for d in found.differences[:SHOWN]],
        "more": max(len(found.differences) - SHOWN, 0),
        "minutes": amending.minutes(before, after, language()),
        "shown": amending.fingerprint(found, row, day, migrate),
        "seen_day": day.isoformat(),
        "seen_migrate": "yes" if migrate else "no",
        "day": words.full(day),
    }


def _task(task: amending.TaskChange) -> dict[str, Any]:
    kinds = {"new": _("新增"), "changed": _("有改动"), "dropped": _("取消，已派出的作废")}
    return {
        "name": task.en if language() == "en" and task.en else task.zh,
        "kind": kinds[task.kind],
        "what": _("、").join(task.what),
        "was": task.was,
        "duties": task.duties,
        "people": task.people,
    }


def _difference(one: Difference) -> dict[str, str]:
    kinds = {"new": _("新增"), "changed": _("改动"), "dropped": _("取消")}
    return {
        "where": one.text(language()),
        "address": one.address,
        "kind": kinds[one.kind],
        "old": words.short(one.old, 120) or "—",
        "new": words.short(one.new, 120) or "—",
    }


def _outcome(row: Amendment) -> dict[str, Any]:
    """What an amendment did, as it was kept."""
    kept = row.outcome
    say = amending.parts()
    tasks = [
        amending.TaskChange(t[0], t[1], t[2], t[3], tuple(t[4]), t[5], t[6], t[7])
        for t in kept.get("tasks", [])
    ]
    which = 1 if language() == "en" else 0
    return {
        "tasks": [_task(t) | ({} if set(t.what) <= set(say) else {"what": ""}) for t in tasks],
        "differences": [_difference(Difference(**d)) for d in kept.get("differences", [])[:SHOWN]],
        "more": max(len(kept.get("differences", [])) - SHOWN, 0),
        "minutes": (kept.get("minutes") or [[], []])[which],
        "results": [
            (_("动到的期数"), kept.get("slots", 0)),
            (_("延后的"), kept.get("later", 0)),
            (_("新派出的"), kept.get("issued", 0)),
            (_("作废的"), kept.get("voided", 0)),
        ],
    }
