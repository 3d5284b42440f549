"""The open questions of a campaign's pack as a form: answered one by one or together, put off, changed, as a file."""

from __future__ import annotations

import tempfile
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from ruamel.yaml import YAML

from zhengyou import packs
from zhengyou.campaigns import packed, preparing
from zhengyou.campaigns.actions import preparing as actions
from zhengyou.campaigns.models import Campaign
from zhengyou.campaigns.views import asked, drafting
from zhengyou.campaigns.views.once import once
from zhengyou.campaigns.views.preparing import fetch, head
from zhengyou.journal import drafts
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist

LARGEST = 400_000


def draft_label(campaign: Campaign) -> str:
    """Under which label the half-filled form is kept."""
    return f"campaign:{campaign.public_id}"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form of questions; POST keeps every answer that can be used and shows the others at their fields."""
    campaign = fetch(request, public_id)
    insist(preparing.may_prepare(request.authority, campaign))  # type: ignore[attr-defined]
    if request.method == "POST":
        return _save(request, campaign)
    written = drafts.load(request.me.actor.id, draft_label(campaign))  # type: ignore[attr-defined]
    return _page(request, campaign, written.body, written)


def _page(
    request: HttpRequest,
    campaign: Campaign,
    typed: dict[str, Any],
    written: drafts.Written,
    problems: list[Problem] | None = None,
    status: int = 200,
    title: str = "",
) -> HttpResponse:
    checked = packed.checked(campaign)
    kept = {a.address: a for a in campaign.answers.exclude(address__startswith=packed.MOVED)}
    change = request.GET.get("change", "")
    default = next((d for d in checked.defaults if d.address == request.GET.get("default")), None)
    errors = {p.field: p.text for p in problems or []}
    form = asked.Form(campaign, checked, kept, typed, errors, change)
    context = {
        "head": head(request, campaign, checked, "questions"),
        "open": form.open(),
        "default": form.default(default) if default else None,
        "answered": form.answered(),
        "total": len(checked.questions),
        "may_change": campaign.state < Campaign.State.RUNNING,
        "problems": problems or [],
        "errors_title": title or _("有几处没有存，填的都留着"),
        "version": written.version,
        "saved": drafting.saved_text(written),
        "clash": written.clash,
        "campaign": campaign,
    }
    return render(request, "campaigns/prepare/questions.html", context, status=status)


def typed_fields(request: HttpRequest) -> dict[str, str]:
    """The form's fields as typed: answers, chosen options, what is put off."""
    return {
        name: " ".join(request.POST.getlist(name)) if not name.startswith("o:") else ", ".join(values)
        for name, values in request.POST.lists()
        if name.split(":")[0] in ("a", "o", "post", "until") and len(name) < 260
    }


def _save(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    once(request)
    me = request.me  # type: ignore[attr-defined]
    typed = typed_fields(request)
    written = drafts.save(me.actor.id, draft_label(campaign), drafting.number(request, "version") or 0, typed)
    if back := request.POST.get("take_back", ""):
        actions.take_back(campaign, back, by=me.actor)
        messages.success(request, _("答案收回了，按方案包原来的来。"))
        return redirect("campaign_questions", campaign.public_id)
    checked = packed.checked(campaign)
    only = request.POST.get("only", "")
    values = asked.values(checked, typed, only)
    problems: list[Problem] = []
    done = 0
    # The answers of a question are kept or refused together; one wrong question does not hold up the others.
    for _round in range(len(values) + 1):
        given = {a: v for part in values.values() for a, v in part.items()}
        if not given:
            break
        try:
            done += len(actions.answer(campaign, given, by=me.actor))
            break
        except Invalid as fault:
            problems += fault.problems
            bad = {p.field for p in fault.problems}
            wrong = [key for key, part in values.items() if bad & part.keys()]
            if not wrong:
                break
            for key in wrong:
                del values[key]
    for question in checked.open:
        post, until = typed.get(f"post:{question.key}", ""), typed.get(f"until:{question.key}", "")
        if post and (not only or only == question.key) and question.key not in values:
            try:
                actions.put_off(campaign, question, post, _day(until), by=me.actor)
                done += 1
            except Invalid as fault:
                problems += [Problem(f"until:{question.key}", p.text) for p in fault.problems]
    if not done and not problems:
        problems.append(Problem("", _("还没有填答案。填一个存一个也行，不用一次答完。")))
    if problems:
        title = ""
        if done:
            title = ngettext("存好 %(n)s 处，下面的还要改", "存好 %(n)s 处，下面的还要改", done) % {"n": done}
        return _page(request, campaign, typed, written, problems, 422, title)
    if not only:
        drafts.drop(me.actor.id, draft_label(campaign))
    text = ngettext("存好了 %(n)s 处答案。", "存好了 %(n)s 处答案。", done) % {"n": done}
    messages.success(request, text)
    return redirect("campaign_questions", campaign.public_id)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@require_POST
def draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep the half-filled form as a version; JSON for the page's own saving."""
    campaign = fetch(request, public_id)
    insist(preparing.may_prepare(request.authority, campaign))  # type: ignore[attr-defined]
    written = drafts.save(
        request.me.actor.id,  # type: ignore[attr-defined]
        draft_label(campaign),
        drafting.number(request, "version") or 0,
        typed_fields(request),
    )
    if written.clash:
        # Fields of a form of questions do not overwrite one another: the newest of each stands, both are kept.
        body = {**written.heads[1].body, **{k: v for k, v in written.heads[0].body.items() if v}}
        base, other = written.heads[0].version, written.heads[1].version
        written = drafts.save(request.me.actor.id, draft_label(campaign), base, body, joined=other)  # type: ignore[attr-defined]
    return JsonResponse({"version": written.version, "text": drafting.saved_text(written)})


@require_safe
def download(request: HttpRequest, public_id: str) -> HttpResponse:
    """The answers as a file that the command line and the upload take."""
    campaign = fetch(request, public_id)
    insist(preparing.may_prepare(request.authority, campaign))  # type: ignore[attr-defined]
    body = {
        "pack": {"id": campaign.pack_id, "version": campaign.pack_version},
        "answers": packed.answers(campaign),
    }
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 4000
    out = StringIO()
    yaml.dump(body, out)
    response = HttpResponse(out.getvalue(), content_type="text/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{campaign.public_id}.answers.yaml"'
    return response


@require_POST
def upload(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the answers of a file: all of them, or none with a line for each that cannot be used."""
    campaign = fetch(request, public_id)
    insist(preparing.may_prepare(request.authority, campaign))  # type: ignore[attr-defined]
    me = request.me  # type: ignore[attr-defined]
    found = request.FILES.get("file")
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    if found is None or not found.size:
        problems.append(Problem("", _("没有选答案文件，或者文件是空的。")))
    elif found.size > LARGEST:
        problems.append(Problem("", _("答案文件太大：不超过 400 KB。")))
    else:
        read = read_upload(found.read(), found.name or "answers.yaml")
        problems += [Problem("", str(f)) for f in read.faults]
        values = dict(read.values)
        if not problems and not values:
            problems.append(
                Problem("", _("这个文件里没有答案：要有 answers: 一段，一行一个「地址: 答案」。"))
            )
    if not problems:
        try:
            changed = actions.answer(campaign, values, by=me.actor)
        except Invalid as fault:
            problems += [
                Problem(
                    "", _("%(where)s：%(what)s") % {"where": p.field, "what": p.text} if p.field else p.text
                )
                for p in fault.problems
            ]
        except Conflict as fault:
            problems.append(Problem("", str(fault)))
        else:
            n = len(changed)
            text = ngettext("从文件收下 %(n)s 处答案。", "从文件收下 %(n)s 处答案。", n) % {"n": n}
            messages.success(request, text)
            return redirect("campaign_questions", public_id)
    written = drafts.load(me.actor.id, draft_label(campaign))
    title = _("这个文件没有收下，答案一处也没变")
    return _page(request, campaign, written.body, written, problems, 422, title)


def read_upload(raw: bytes, name: str) -> packs.Answers:
    """An uploaded answers file read like one on disk; its faults carry the name that the user knows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.yaml"
        path.write_bytes(raw)
        read = packs.read_answers(path)
    faults = tuple(
        type(f)(f.code, f.path, f.message, f.line, f.column, name[:80], f.severity, f.answer)
        for f in read.faults
    )
    return packs.Answers(read.values, read.invented, read.demo, faults, name)
