"""Deletion when due: the list with reasons and holds, shown before anything is done; then the deletion itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import insist
from zhengyou.org import erasing, people
from zhengyou.org.about import NOTHING, About
from zhengyou.org.actions import erasing as acts
from zhengyou.org.models import Person


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, about: About = NOTHING) -> HttpResponse:
    """Whose information is due, why, and what stands against it; deleting the chosen ones."""
    insist(erasing.may_erase(request.authority))  # type: ignore[attr-defined]
    problems = []
    if request.method == "POST":
        chosen = request.POST.getlist("person")[: erasing.PAGE]
        seen = request.POST.get("seen", "")
        try:
            n = acts.erase(seen, chosen, by=request.me.actor, about=about)  # type: ignore[attr-defined]
        except Invalid as invalid:
            problems = invalid.problems
        else:
            text = ngettext(
                "删除了 %(n)d 人的个人信息；数目都没有变。", "删除了 %(n)d 人的个人信息；数目都没有变。", n
            )
            messages.success(request, text % {"n": n})
            return redirect("erasure")
    found = erasing.due(clock.today())
    return render(
        request,
        "org/erasure.html",
        {
            "rows": found,
            "seen": erasing.fingerprint(found),
            "days": erasing.retention_days(),
            "problems": problems,
            "erased": Person.objects.exclude(erased_on=None).count(),
            "full": len(found) == erasing.PAGE,
        },
        status=422 if problems else 200,
    )


@require_POST
def hold(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hold a person's information with a reason, or lift the hold."""
    insist(erasing.may_erase(request.authority))  # type: ignore[attr-defined]
    person = Person.objects.filter(public_id=public_id, erased_on=None).first()
    if person is None or people.home(person, clock.today()):
        raise Http404
    acts.hold(person, request.POST.get("reason", ""), by=request.me.actor)  # type: ignore[attr-defined]
    messages.success(request, _("记下了。"))
    return redirect("erasure")
