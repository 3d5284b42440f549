"""Sign-in slips: printing them for people, trading one for an account."""

from __future__ import annotations

import segno
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, forms, people, rules
from zhengyou.org.actions import looking
from zhengyou.org.actions.accounts import MadeSlip, TooManyTriesError
from zhengyou.org.views import common

BACKEND = "zhengyou.site.accounts.Backend"
SHEET = 36
"""People offered for one sheet at a time: more than one page of a list, less than a ream of paper."""


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose members of a unit and print their slips; those without an account are ticked in advance."""
    here = common.here(request, public_id)
    unit, authority = here.unit, request.authority  # type: ignore[attr-defined]
    if not authority.may("slips", unit.pk):
        raise Refused(_("登录条由单位负责人给自己的人打印，或者由办公室打印。"))
    deep = common.flag(request, "below")
    found = people.listed(clock.today(), unit.pk, whole=unit.pk == authority.root, deep=deep)
    page = common.pages(request, found.select_related("user"), SHEET)
    if request.method == "POST":
        wanted = request.POST.getlist("person")[: 2 * SHEET]
        chosen = list(found.filter(public_id__in=wanted).order_by("sort_key", "id"))
        try:
            return _sheet(request, actions.make_slips(chosen, by=request.me.actor))  # type: ignore[attr-defined]
        except Invalid as invalid:
            return _choose(request, here, page, deep, set(wanted), invalid)
    return _choose(request, here, page, deep, None, None)


def _choose(
    request: HttpRequest,
    here: common.Here,
    page: Page,
    deep: bool,
    ticked: set[str] | None,
    invalid: Invalid | None,
) -> HttpResponse:
    unit, authority = here.unit, request.authority  # type: ignore[attr-defined]
    shown = list(page)
    looking.look_at_unit(request.me, unit, looking.NAMES, below=deep)  # type: ignore[attr-defined]
    signed = {person.pk for person in shown if hasattr(person, "user")}
    verdicts = rules.slips_for(authority, shown)
    rows = []
    for person in shown:
        verdict = verdicts[person.pk]
        if not person.number:
            verdict = rules.no(_("没有编号，先请办公室登记编号"))
        on = person.public_id in ticked if ticked is not None else person.pk not in signed
        rows.append(
            {"person": person, "has": person.pk in signed, "verdict": verdict, "on": on and bool(verdict)}
        )
    context = {
        "unit": unit,
        "name": here.name,
        "crumbs": common.links(request, here.line),
        "page": page,
        "rows": rows,
        "below": deep,
        "problems": invalid.problems if invalid else [],
    }
    return render(request, "org/slips.html", context, status=422 if invalid else 200)


@require_POST
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Print the slip of one person."""
    person = common.the_person(request, public_id)
    return _sheet(request, actions.make_slips([person], by=request.me.actor))  # type: ignore[attr-defined]


@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop the unused slips of a person."""
    person = common.the_person(request, public_id)
    actions.cancel_slips(person, by=request.me.actor)  # type: ignore[attr-defined]
    return redirect("person", person.public_id)


def _sheet(request: HttpRequest, made: list[MadeSlip]) -> HttpResponse:
    """The printed sheet: several slips on an A4 page; the codes are shown this once and kept nowhere."""
    looking.look_at_people(request.me, [slip.person.pk for slip in made], looking.SLIP)  # type: ignore[attr-defined]
    address = request.build_absolute_uri(reverse("slip"))
    homes = dict(people.with_homes([slip.person for slip in made], clock.today()))
    slips = [
        {
            "person": slip.person,
            "unit": homes.get(slip.person, ""),
            "code": " ".join(slip.code[i : i + 4] for i in range(0, len(slip.code), 4)),
            "expires_at": slip.expires_at,
            "qr": qr(f"{address}?c={slip.code}"),
        }
        for slip in made
    ]
    return render(request, "org/sheet.html", {"slips": slips, "address": address})


def qr(address: str) -> str:
    """An address as a QR drawing in SVG, without style attributes (strict CSP)."""
    drawn = segno.make(address, error="m", micro=False)
    return mark_safe(drawn.svg_inline(scale=3, border=2, omitsize=True, title=_("登录码的二维码")))


@login_not_required
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "POST"])
def redeem(request: HttpRequest) -> HttpResponse:
    """Trade number and code for an account: set a password and be signed in. The QR code fills in the code."""
    if request.method == "GET":
        form = forms.Redeem(
            initial={"code": request.GET.get("c", "")[:40], "number": request.GET.get("n", "")[:40]}
        )
        return render(request, "org/redeem.html", {"form": form, "signing_in": True})
    form = forms.Redeem(request.POST)
    status = 422
    if form.is_valid():
        try:
            user = actions.redeem(**form.cleaned_data, address=_address(request))
        except Invalid as invalid:
            form.refuse(invalid)
        except TooManyTriesError as slow:
            form.add_error(None, str(slow))
            status = 429
        except Conflict as done:
            form.add_error(None, str(done))
            status = 409
        else:
            login(request, user, backend=BACKEND)
            return redirect("home")
    return render(request, "org/redeem.html", {"form": form, "signing_in": True}, status=status)


def _address(request: HttpRequest) -> str:
    """Where the request comes from, as the frame's own lock-out counts it."""
    return getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", "")
