"""My information: everything held about the reader with its source, who looked, consents, the personal file."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengyou.kit import clock
from zhengyou.kit.sql import FAR
from zhengyou.org import held, people, transfers, tree
from zhengyou.org.about import NOTHING, About
from zhengyou.org.actions import consents, taking
from zhengyou.org.models import Consent, Glass, PersonRequest, Slip
from zhengyou.org.views import common

SHOWN = 12
"""Facts of one sort on the page; `?all=` shows one sort whole, the file holds everything."""
MOST = 1000


@require_GET
def page(request: HttpRequest, about: About = NOTHING) -> HttpResponse:
    """Everything held about me; each fact with its source."""
    me, words = request.me, common.words(request)  # type: ignore[attr-defined]
    day, only = clock.today(), request.GET.get("all", "")
    found = held.sections(me, about, words)
    chosen = [s for s in found if s.key == only] or found
    most = MOST if len(chosen) == 1 else SHOWN
    home, under_way = people.home(me, day), transfers.current_of(me)
    given = set(
        Consent.objects.filter(person=me, dropped=None, valid_to=FAR).values_list("purpose", flat=True)
    )
    return render(
        request,
        "org/me.html",
        {
            "sections": [(s, s.facts[:most], len(s.facts)) for s in chosen],
            "whole": len(chosen) == len(found),
            "home": home,
            "home_name": tree.names([home.unit_id], day).get(home.unit_id, "") if home else "",
            "category": words(home.category) if home else "",
            "status": words(home.status) if home else "",
            "consents": [(code, held.purpose_word(code), code in given) for code in consents.PURPOSES],
            "glasses": Glass.objects.filter(person=me, day=day).select_related("by"),
            "open_requests": PersonRequest.objects.filter(person=me, state=PersonRequest.State.OPEN).count(),
            "transfer": under_way,
            "may_transfer": bool(home) and transfers.may_ask_from(request.authority, me, home, under_way),  # type: ignore[attr-defined]
            "open_slip": Slip.objects.filter(person=me, used_at=None, cancelled_at=None).exists(),
        },
    )


@require_POST
def consent(request: HttpRequest, purpose: str) -> HttpResponse:
    """Give a consent or withdraw it, at once."""
    me = request.me  # type: ignore[attr-defined]
    if request.POST.get("give") == "1":
        consents.give(me, purpose, by=me.actor)
        messages.success(request, _("记下了：从现在起同意。随时可以收回。"))
    else:
        consents.withdraw(me, purpose, by=me.actor)
        messages.success(request, _("收回了，马上生效。"))
    return redirect("me")


@require_POST
def export(request: HttpRequest, about: About = NOTHING) -> FileResponse:
    """The personal file: a page that opens everywhere and the same as JSON, in one zip."""
    me = request.me  # type: ignore[attr-defined]
    file, name = taking.take(me, about, common.words(request), by=me.actor)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
