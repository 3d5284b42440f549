"""The outbox of weekly e-mails for the office: how many in which state, what did not leave; never what stands in them."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengyou.campaigns import digest
from zhengyou.campaigns.models import Mail
from zhengyou.kit import clock
from zhengyou.kit.verdict import YES, insist, no

S = Mail.State


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Counts by week, how many may be written to, and the letters that failed with the reason."""
    office = request.authority.on_root("import")  # type: ignore[attr-defined]
    insist(YES if office else no(_("发件箱由办公室看。发给您的邮件在「我的信息」里。")))
    weeks = (
        Mail.objects.values("week")
        .annotate(
            waiting=Count("pk", filter=Q(state=S.WAITING)),
            sent=Count("pk", filter=Q(state=S.SENT)),
            failed=Count("pk", filter=Q(state=S.FAILED)),
            nothing=Count("pk", filter=Q(state=S.DROPPED, why="nothing")),
            dropped=Count("pk", filter=Q(state=S.DROPPED) & ~Q(why="nothing")),
        )
        .order_by("-week")[:26]
    )
    failed = Mail.objects.filter(state=S.FAILED).select_related("person").order_by("-week", "-id")
    context = {
        "weeks": weeks,
        "failed": Paginator(failed, 50).get_page(request.GET.get("page")),
        "readers": digest.readers(clock.today()).count(),
        "on": settings.MAILING,
    }
    return render(request, "campaigns/outbox.html", context)
