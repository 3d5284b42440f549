"""Break-glass: the form for those who see no names, and the list of what was opened, why and by whom."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import Refused, insist
from zhengyou.org import forms_rights, rights
from zhengyou.org.actions.glass import break_glass
from zhengyou.org.models import Glass, Person
from zhengyou.org.views import common


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Open one person's entries by number with a reason; below, what was opened (the office: all of it)."""
    authority, me = request.authority, request.me  # type: ignore[attr-defined]
    office, may = authority.on_root("import"), rights.may_ask_for_glass(authority)
    if not office and not may:
        raise Http404
    form = forms_rights.BreakGlass(request.POST or None)
    if request.method == "POST":
        insist(may)
        if form.is_valid():
            try:
                person = Person.objects.filter(number=form.cleaned_data["number"].strip()).first()
                if person is None:
                    raise Invalid(Problem("number", _("没有这个编号：核对一遍")))
                break_glass(person, reason=form.cleaned_data["reason"], by=me.actor)
            except Invalid as invalid:
                form.refuse(invalid)
            except Refused as refused:
                form.add_error("number", str(refused))
            else:
                messages.success(request, _("打开一小时。本人已经看得到是谁、为什么。"))
                return redirect("person", person.public_id)
    rows = Glass.objects.select_related("person", "by").order_by("-id")
    if not office:
        rows = rows.filter(by=me)
    opened = common.pages(request, rows)
    return common.answer(
        request,
        "org/glass.html",
        form,
        may=may,
        office=office,
        opened=opened,
        now=timezone.now(),
    )
