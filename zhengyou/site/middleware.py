"""What stands around every page: headers, session rules, who is asking and where, the form's key, faults as answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from zhengyou.journal import actions as journal
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.org import current
from zhengyou.org.rules import Authority
from zhengyou.site import accounts, faults

Answer = Callable[[HttpRequest], HttpResponseBase]

CSP = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "font", "connect", "manifest")),
        "img-src 'self' data:",  # Tabler draws select arrows and ticks as data: images
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def headers(get_response: Answer) -> Answer:
    """Outermost: the security headers on every answer, static files and failures too; nothing personal is cached."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.LARGEST_BODY:
            response: HttpResponseBase = faults.page(request, 413)
        elif request.method not in METHODS:
            response = faults.page(request, 405)
            response["Allow"] = ", ".join(METHODS)
        else:
            response = get_response(request)
        for name, value in HEADERS.items():
            if name not in response:
                response[name] = value
        if "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie", "Accept-Language", "HX-Request"])
        return response

    return middleware


def sessions(get_response: Answer) -> Answer:
    """Ends sessions by the rules of `accounts.limits`; what was last seen is written at most every ten minutes."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now, session = int(time.time()), request.session
            seen, born = session.get("seen", now), session.get("born", now)
            idle, absolute = accounts.limits(request)
            # A clock set back must not keep a session alive: ages are absolute values.
            if abs(now - seen) > idle or abs(now - born) > absolute:
                logout(request)
                _who(request)
            elif "seen" not in session or now - seen >= accounts.SEEN_EVERY:
                accounts.note_seen(request)
                session["seen"] = now
                session.setdefault("born", now)
        return get_response(request)

    return middleware


def who(get_response: Answer) -> Answer:
    """Puts `me`, `authority`, `organisation` and its `part` on the request and sets the organisation's time zone."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        day = clock.today()
        frame = current.frame(day)
        request.frame = frame  # type: ignore[attr-defined]
        request.organisation = frame.organisation if frame else None  # type: ignore[attr-defined]
        request.part = frame.part if frame else None  # type: ignore[attr-defined]
        request.client_address = accounts.client_address(request)  # type: ignore[attr-defined]
        _who(request)
        reads = frame if request.method in ("GET", "HEAD") else None
        zone = ZoneInfo(frame.organisation.zone) if frame else None
        with timezone.override(zone), current.reading(day, reads):
            return get_response(request)

    return middleware


def _who(request: HttpRequest) -> None:
    """The person behind the session and, once asked for, what the posts held today allow."""
    person = request.user.person if request.user.is_authenticated else None
    frame = request.frame  # type: ignore[attr-defined]
    may, root = (frame.may, frame.root) if frame else ({}, None)
    request.me = person  # type: ignore[attr-defined]
    request.authority = SimpleLazyObject(lambda: Authority(person, clock.today(), may, root))  # type: ignore[attr-defined]


class LoginRequired(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless its view says otherwise; fragments get 401, so that no page lands in a field."""

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request") or request.method not in ("GET", "HEAD"):
            return faults.page(request, 401)
        return super().handle_no_permission(request, view_func)


class Forms:
    """The idempotency key: an action spends it; whoever sends the form again is led to where the first answer led."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return self.get_response(request)
        form = journal.Form(key="", path=request.path[:300])
        request.zy_form = form  # type: ignore[attr-defined]
        token = journal.current_form.set(form)
        try:
            response = self.get_response(request)
        finally:
            journal.current_form.reset(token)
        if form.entry is not None and response.has_header("Location"):
            journal.remember_answer(form, response["Location"])
        return response

    def process_view(self, request: HttpRequest, *_rest: object) -> None:
        """Read the key only once the session and the CSRF token were found good (the body is parsed there anyway)."""
        if request.method == "POST":
            request.zy_form.key = request.POST.get("key", "")[:40]  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """A form whose key is spent: the same person's own form is led on, everything else is a conflict."""
        if not isinstance(exception, journal.AlreadyDone):
            return None
        spent, me = exception.spent, request.me  # type: ignore[attr-defined]
        if me is None or spent.actor != me.actor.id or spent.path != request.path:
            return faults.page(request, 409)
        target = spent.answer or _where_from(request)
        if not target:
            return faults.page(request, 409, _("这一份已经办好了，没有办第二遍。"))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)


def _where_from(request: HttpRequest) -> str:
    """The page the form stood on, if it is ours."""
    found = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(found, {request.get_host()}, require_https=request.is_secure()):
        return found
    return ""


class Faults:
    """Turns what rooms raise into answers: 409, 422, 503; gives refusals without a body their page (405)."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and not getattr(response, "content", b"?"):
            allow = response.headers.get("Allow", "")
            response = faults.page(request, 405)
            response["Allow"] = allow
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Known faults become their page; everything else goes on to Django's handlers."""
        if isinstance(exception, Conflict):
            return faults.page(request, 409, str(exception))
        if isinstance(exception, Invalid):
            return faults.page(request, 422, problems=exception.problems)
        if isinstance(exception, DatabaseError | OSError) and (why := faults.out_of_order(exception)):
            return faults.page(request, 503, why)
        return None
