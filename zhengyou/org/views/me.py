"""My information: everything held about the reader with its source, who looked, consents, the personal file."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengyou.kit import clock
from zhengyou.kit.sql import FAR
from zhengyou.org import held, transfers
from zhengyou.org.about import NOTHING, About
from zhengyou.org.actions import consents, taking
from zhengyou.org.models import Glass, PersonRequest
from zhengyou.org.views import common

SHOWN = 12
"""Facts of one sort on a part; `?all=` shows one sort whole, the file holds everything."""
MOST = 1000


@require_GET
def page(request: HttpRequest, about: About = NOTHING) -> HttpResponse:
    """Everything held about me in parts, each fact with its source; `?all=` shows one sort of facts whole."""
    me, only, part = request.me, request.GET.get("all", ""), request.GET.get("part", "")  # type: ignore[attr-defined]
    reading = held.Reading(me, about, common.words(request))
    sort = next((source for source in held.sources(reading) if source.key == only), None)
    part = sort.part if sort else part if part in held.PARTS else ""
    found = held.sections(reading, part, sort.key if sort else "")
    most = MOST if sort else SHOWN
    context = {
        "sections": [(s, s.facts[:most], len(s.facts)) for s in found],
        "whole": sort is None,
        "part": part,
        "part_name": held.PARTS[part],
        "parts": held.PARTS.items(),
    }
    if sort is None and part == "":
        context |= _first(request, reading)
    elif sort is None and part == "rights":
        given = {row.purpose for row in reading.consents if not row.dropped_id and row.valid_to == FAR}
        context["consents"] = [(code, held.purpose_word(code), code in given) for code in consents.PURPOSES]
        context["open_slip"] = any(not slip.used_at and not slip.cancelled_at for slip in reading.slips)
    return render(request, "org/me.html", context)


def _first(request: HttpRequest, reading: held.Reading) -> dict[str, object]:
    """What stands on the first part only: where I am, who opened my page today, letters and requests under way."""
    me, home = reading.person, reading.home
    under_way = next((t for t in reading.transfers if t.state in transfers.UNDER_WAY), None)
    return {
        "home": home,
        "home_name": reading.called.get(home.unit_id, "") if home else "",
        "category": reading.words(home.category) if home else "",
        "status": reading.words(home.status) if home else "",
        "glasses": Glass.objects.filter(person=me, day=clock.today()).select_related("by"),
        "open_requests": sum(r.state == PersonRequest.State.OPEN for r in reading.asked),
        "transfer": under_way,
        "may_transfer": bool(home) and transfers.may_ask_from(request.authority, me, home, under_way),  # type: ignore[attr-defined]
    }


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
    return redirect(reverse("me") + "?part=rights")


@require_POST
def export(request: HttpRequest, about: About = NOTHING) -> FileResponse:
    """The personal file: a page that opens everywhere and the same as JSON, in one zip."""
    me = request.me  # type: ignore[attr-defined]
    file, name = taking.take(me, about, common.words(request), by=me.actor)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
