"""The set-up page behind the one-time link of an empty directory: founds the organisation and signs its founder in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zhengyou.kit.faults import Invalid
from zhengyou.org import actions, current, forms, partfile
from zhengyou.org.accounts import setup_is_open
from zhengyou.org.views.slips import BACKEND


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Name, pack, first person; a pack with faults is refused with each fault at its line and column."""
    if not setup_is_open(token):
        raise Http404
    choices = list(partfile.choices(current.language()))
    form = forms.Setup(request.POST or None, request.FILES or None, packs=choices)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        upload = data["pack_file"]
        if upload is not None:
            found = partfile.uploaded(upload.name[:100], upload.read(partfile.LARGEST + 1))
        else:
            found = partfile.bundled(data["pack"] or (choices[0][0] if choices else ""))
        faults = found.faults
        if found.part is None:
            form.add_error(
                "pack_file" if upload is not None else "pack", _("这个方案包用不了，还没有建立组织")
            )
        else:
            founder = actions.Founder(data["name"], data["number"], data["password"])
            try:
                founded = actions.found_by_link(
                    token,
                    found.part,
                    data["organisation"],
                    founder,
                    pack_id=found.pack_id,
                    root_name=data["root_name"],
                )
            except Invalid as invalid:
                form.refuse(invalid)
            else:
                login(request, founded.person.user, backend=BACKEND)
                messages.success(request, _("组织建立好了。下一步：导入花名册。"))
                return redirect(_next())
    context = {"form": form, "faults": faults, "signing_in": True}
    return render(request, "org/setup.html", context, status=422 if form.is_bound and form.errors else 200)


def _next() -> str:
    try:
        return reverse("roster")
    except NoReverseMatch:
        return reverse("home")
