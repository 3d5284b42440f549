"""A form sent twice: the second time leads where the first led, before any rule judges what has changed since."""

from __future__ import annotations

from django.http import HttpRequest

from zhengyou.journal.actions import AlreadyDone
from zhengyou.journal.models import SpentKey


def once(request: HttpRequest) -> None:
    """Raise AlreadyDone where the form's key was spent; the frame answers it. One query, on POST only."""
    key = request.POST.get("key", "")[:40] if request.method == "POST" else ""
    if key and (spent := SpentKey.objects.filter(key=key).first()):
        raise AlreadyDone(spent)
