"""Doors for the frame's tests: one that acts, and one for every fault a room may raise."""

from __future__ import annotations

import errno

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template import RequestContext, Template
from django.urls import path
from django.views.decorators.http import require_POST

from zhengyou.journal.actions import record
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import Refused
from zhengyou.site.urls import handler400, handler403, handler404, handler500
from zhengyou.site.urls import urlpatterns as real

__all__ = ["handler400", "handler403", "handler404", "handler500"]


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """An action that leaves one entry and leads to a page of its own; refuses an empty text."""
    if not request.POST.get("text"):
        return HttpResponse("refused", status=422)
    with record("test.acted", by=request.me.actor, text=request.POST["text"]) as entry:
        done = entry.id
    return redirect(f"/done/{done}/")


PAGE = """{% extends "base.html" %}{% block title %}写一份{% endblock %}{% block main %}
<form method="post" action="/act/" data-autosave="/draft/">{% key %}<input type="hidden" name="version" value="0">
<label for="text">做了什么</label><textarea id="text" name="text" class="form-control"></textarea>
<p data-saved role="status"></p><button class="btn btn-primary" type="submit">交上去</button></form>{% endblock %}"""


def write(request: HttpRequest) -> HttpResponse:
    """A form with one text of one's own that saves itself."""
    return HttpResponse(Template(PAGE).render(RequestContext(request)))


def done(request: HttpRequest, number: int) -> HttpResponse:
    """Where the action leads."""
    return HttpResponse(f"done {number}")


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep nothing, say what a draft door says; the text 「两处」 plays the other device that wrote meanwhile."""
    if request.POST["text"] == "两处":
        return JsonResponse({"text": "您在另一处也改过这一份。", "url": "/both/"}, status=409)
    return JsonResponse({"version": int(request.POST["version"]) + 1, "text": "已自动保存 14:32"})


def fault(request: HttpRequest, kind: str) -> HttpResponse:
    """Raise what a room may raise."""
    raise {
        "refused": Refused("自己交的不能自己审：由邓怀山审核。"),
        "invalid": Invalid(Problem("text", "「做了什么」没有写。写一两句。")),
        "conflict": Conflict("周砚青刚刚审过这一份。"),
        "locked": OperationalError("database is locked"),
        "full": OperationalError("database or disk is full"),
        "disk": OSError(errno.ENOSPC, "No space left on device"),
        "gone": OperationalError("connection refused"),
        "bug": RuntimeError("林知夏 的电话是 13800000000"),
    }[kind]


urlpatterns = [
    path("act/", act),
    path("done/<int:number>/", done),
    path("write/", write),
    path("draft/", draft),
    path("fault/<slug:kind>/", fault),
    *real,
]
