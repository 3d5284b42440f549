"""Files of a duty: taken while writing, served as attachments by the duty that they belong to."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhengyou.campaigns.actions.attaching import keep_files
from zhengyou.campaigns.models import DutyEvidence
from zhengyou.campaigns.views import drafting
from zhengyou.campaigns.views.shown import Page, fetch
from zhengyou.journal.evidence import path_of
from zhengyou.journal.models import Evidence
from zhengyou.kit.faults import Problem
from zhengyou.org.actions import looking


def keep(request: HttpRequest, shown: Page) -> tuple[list[Evidence], list[Problem]]:
    """Keep the files of a form that is not handed in; what is refused says why."""
    uploads = request.FILES.getlist("file")
    if not uploads:
        return [], []
    return keep_files(shown.duty, uploads, by=shown.me.actor)


@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Take files at once, while the rest is still being written; answers with boxes ticked for them (a fragment)."""
    shown = Page(request, fetch(request, pk))
    kept, bad = keep(request, shown)
    context: dict[str, Any] = {
        "page": shown,
        "items": [drafting.option(e, True) for e in kept],
        "file_problems": [p.text for p in bad],
    }
    if not kept and not bad:
        context["file_problems"] = [_("没有选文件。")]
    response = render(request, "campaigns/duty/attached.html", context)
    if kept:
        response["HX-Trigger"] = "input"  # the page saves the draft with the new tick
    return response


@require_safe
def serve(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One file of the duty, as an attachment that no browser opens as a page; 404 for whoever may not see the duty."""
    duty = fetch(request, pk)
    link = DutyEvidence.objects.filter(duty=duty, pk=number, dropped=None).select_related("evidence").first()
    if link is None or not link.evidence.sha256:
        raise Http404
    path = path_of(link.evidence.sha256)
    if not path.is_file():
        raise Http404
    looking.look_at_person(request.me, duty.member, looking.TASK)  # type: ignore[attr-defined]
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=link.evidence.name,
        content_type=link.evidence.media_type or "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
