"""Doors of the frame: sign-in, the demo's cast, language, brand colour, home."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView, PasswordSetView
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from zhengyou.site import accounts, data, navigation, shell

LANGUAGES = {code for code, _name in settings.LANGUAGES}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in: my desk."""
    return redirect(navigation.address("desk") or navigation.address("me") or reverse("usersessions_list"))


class Refusing:
    """A form of the account's that was refused answers 422, like every form of the house."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what was refused."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class NewPassword(Refusing, PasswordChangeView):
    """The old password and the new one."""


class FirstPassword(Refusing, PasswordSetView):
    """The first password of an account that has none."""


class SignIn(Refusing, LoginView):
    """The sign-in door; in a demo the cast stands beside it."""

    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | _entrance(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if self.request.user.is_authenticated:
            accounts.remember_device(self.request, response, form.cleaned_data["login"])
            _speak(self.request, response)
        return response


def _entrance(request: HttpRequest) -> dict[str, Any]:
    return {"cast": data.cast(settings.DATA), "signing_in": True, "slip": navigation.address("slip")}


def locked_out(request: HttpRequest, *_rest: Any, **_named: Any) -> HttpResponse:
    """429: the sign-in page with how long to wait and the way out; the same for numbers that do not exist."""
    form = accounts.SignInForm(request=request, initial={"login": request.POST.get("login", "")})
    return render(
        request, "account/login.html", _entrance(request) | {"form": form, "locked": True}, status=429
    )


@login_not_required
def demo(request: HttpRequest) -> HttpResponse:
    """The demo's cast: see who there is (GET), become one of them (POST). Not there outside a demo."""
    cast = data.cast(settings.DATA)
    if not cast:
        raise Http404
    if request.method != "POST":
        return render(request, "site/demo.html", {"cast": cast})
    user = accounts.demo_user(request.POST.get("number", ""))
    if user is None:
        raise Http404
    login(request, user, backend="zhengyou.site.accounts.Backend")
    return redirect(reverse("home"))


def _speak(request: HttpRequest, response: HttpResponse) -> None:
    """After signing in: the language the person chose elsewhere."""
    chosen = getattr(request.user, "language", "")
    if chosen in LANGUAGES:
        _set_language(response, chosen)


def _set_language(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=accounts.DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and come back; kept in a cookie and with the account."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = reverse("home")
    response = HttpResponseRedirect(target)
    code = request.POST.get("language", "")
    if code in LANGUAGES:
        activate(code)
        _set_language(response, code)
        accounts.note_language(request, code)
    return response


@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """204 while the session lives (asked before a long form is sent); without a session 401, as for every fragment."""
    return HttpResponse(status=204)


@login_not_required
@require_GET
@cache_control(public=True, max_age=30 * 24 * 3600, immutable=True)
def brand(request: HttpRequest, colour: str) -> HttpResponse:
    """The brand colour as a style sheet of its own, because the CSP allows no inline style."""
    return HttpResponse(shell.brand_css(colour), content_type="text/css; charset=utf-8")
