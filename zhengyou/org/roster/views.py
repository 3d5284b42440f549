"""Doors of the roster import: upload, progress, the diff with its questions, confirm, the marked workbook, the template."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengyou.kit import clock, sheets
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import insist
from zhengyou.org.actions.rows import Then
from zhengyou.org.figures import actors
from zhengyou.org.models import RosterImport
from zhengyou.org.roster import actions_staging as staging
from zhengyou.org.roster import rules, showing, views_undoing
from zhengyou.org.roster.actions import import_roster
from zhengyou.org.roster.forms import Upload
from zhengyou.org.roster.template import write_template

State = RosterImport.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _allowed(request: HttpRequest) -> None:
    insist(rules.may_import(request.authority))  # type: ignore[attr-defined]


def _the(request: HttpRequest, public_id: str) -> RosterImport:
    """The import of an address: whoever may import sees all of them; 404 for others would not tell them why, so 403."""
    _allowed(request)
    roster = RosterImport.objects.filter(public_id=public_id).first()
    if roster is None or roster.state == State.PUT_AWAY:
        raise Http404
    return roster


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The first step: choose a workbook; and the imports of late."""
    _allowed(request)
    form = Upload(request.POST or None, request.FILES or None, initial={"day": clock.today(), "scope": "all"})
    refusal = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            roster = staging.stage(
                data["file"].chunks(), data["file"].name, day=data["day"], scope=data["scope"],
                owner=request.me.public_id, key=request.POST.get("key", "")[:40],  # type: ignore[attr-defined]
            )  # fmt: skip
        except sheets.Unusable as refused:
            refusal = str(refused)
        else:
            if roster.state != State.REFUSED:
                return redirect("roster_import", roster.public_id)
            refusal = roster.summary["refusal"]
    return _upload_page(request, form, refusal, 422 if refusal or form.errors else 200)


def _upload_page(request: HttpRequest, form: Upload, refusal: str, status: int) -> HttpResponse:
    seen = (State.READING, State.PARSED, State.APPLIED, State.UNDONE)
    late = RosterImport.objects.filter(state__in=seen).defer("reading", "questions").order_by("-pk")[:8]
    owners = actors(r.owner for r in late)
    recent = [{"roster": roster, "owner": owners[roster.owner]} for roster in late]
    context = {"form": form, "refusal": refusal, "recent": recent, "most_mb": staging.LARGEST_MB}
    return render(request, "org/roster/upload.html", context, status=status)


@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where an import stands: being read, refused, to be checked, or done."""
    roster = _the(request, public_id)
    if roster.state == State.READING:
        return render(request, "org/roster/progress.html", {"roster": roster})
    if roster.state == State.REFUSED:
        form = Upload(initial={"day": clock.today(), "scope": "all"})
        return _upload_page(request, form, roster.summary["refusal"], 422)
    if roster.state in (State.APPLIED, State.UNDONE):
        owner = actors([roster.owner])[roster.owner]
        context = {"roster": roster, "owner": owner, **showing.figures(roster)}
        context |= views_undoing.state(request, roster)
        return render(request, "org/roster/done.html", context)
    return render(request, "org/roster/diff.html", showing.diff_page(request, roster))


@require_GET
def progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asked every two seconds while a file is read; leads on once it is."""
    roster = _the(request, public_id)
    if roster.state == State.READING:
        return HttpResponse(status=204)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = request.path.removesuffix("progress/")
    return answer


@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answers to questions, or what becomes of missing people: one, the ticked ones, or all."""
    roster = _the(request, public_id)
    answers = showing.answers(request, roster)
    if answers:
        staging.decide(roster, answers)
    return redirect(showing.back(request, roster))


@require_POST
def confirm(request: HttpRequest, public_id: str, then: Then | None = None) -> HttpResponse:
    """Write it; where something changed since it was checked, show the new diff and say so."""
    roster = _the(request, public_id)
    if roster.state in (State.APPLIED, State.UNDONE):
        return redirect("roster_import", roster.public_id)
    try:
        import_roster(
            lambda: staging.compared(roster),
            by=request.me.actor,  # type: ignore[attr-defined]
            seen=roster.summary.get("fingerprint", ""),
            roster=roster,
            then=then,
        )
    except Conflict as late:
        roster.refresh_from_db()
        if roster.state != State.PARSED:
            raise
        staging.recheck(roster)
        messages.warning(request, str(late))
    except Invalid as refused:
        context = showing.diff_page(request, roster) | {"refused": refused.problems}
        return render(request, "org/roster/diff.html", context, status=422)
    return redirect("roster_import", roster.public_id)


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a staged roster away; nothing of the organisation changes."""
    roster = _the(request, public_id)
    staging.put_away(roster)
    messages.success(request, _("已放弃「%(name)s」，系统里什么都没变。") % {"name": roster.file_name})
    return redirect("roster")


@require_GET
def annotated(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The user's own workbook with its faults marked."""
    roster = _the(request, public_id)
    if roster.state != State.PARSED:
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        ending = ".csv" if roster.reading.get("kind") == "csv" else ".xlsx"
        target = Path(folder) / f"marked{ending}"
        try:
            staging.annotated(roster, target)
        except (FileNotFoundError, sheets.Unusable):
            messages.warning(request, _("原来的文件只保留 24 小时，已经删了。请再上传一次。"))
            return redirect("roster_import", roster.public_id)
        marked = _("带批注")
        name = f"{Path(roster.file_name).stem}-{marked}{ending}"
        return FileResponse(BytesIO(target.read_bytes()), as_attachment=True, filename=name)


@require_GET
def template(request: HttpRequest) -> FileResponse:
    """The empty template workbook of this organisation."""
    _allowed(request)
    out = BytesIO()
    write_template(out, request.part)  # type: ignore[attr-defined]
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=_("花名册模板") + ".xlsx", content_type=XLSX)
