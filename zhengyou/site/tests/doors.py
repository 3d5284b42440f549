"""Doors for the frame's tests: one that acts, and one for every fault a room may raise."""

from __future__ import annotations

import errno

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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


urlpatterns = [path("act/", act), path("fault/<slug:kind>/", fault), *real]
