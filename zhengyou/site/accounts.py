"""Signing in: allauth's flow in our words, who is locked out when, how long a session lives."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ChangePasswordForm, LoginForm, SetPasswordForm
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengyou.org import passwords
from zhengyou.org.models import Person, User
from zhengyou.site import data

MINUTE, HOUR, DAY = 60, 3600, 86400
SEEN_EVERY = 10 * MINUTE
STRICT_POWERS = ("import", "appoint", "start", "see_units")
"""Powers over more than one's own unit: office, leaders, inspectors (TRUST.md, head)."""
DEVICE = "zy_device"
DEVICE_AGE = 365 * DAY


def limits(request: HttpRequest) -> tuple[int, int]:
    """Seconds a session may lie idle and live: 30 min / 12 h for office, leaders and inspectors; 30 days for the rest."""
    authority = request.authority  # type: ignore[attr-defined]
    if any(authority.anywhere(power) for power in STRICT_POWERS):
        return 30 * MINUTE, 12 * HOUR
    return 30 * DAY, 30 * DAY


def note_seen(request: HttpRequest) -> None:
    """Write when this account and this session were last seen (called at most every ten minutes)."""
    now = timezone.now()
    if "born" not in request.session:
        # Whatever door the person came in by (password, slip, set-up, demo), the session stands in the list of devices.
        UserSession.objects.create_from_request(request)
    User.objects.filter(number=request.user.get_username()).update(seen_at=now)
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


class Backend(AuthenticationBackend):
    """allauth's password check by member number; the person comes along in the same query."""

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> None:
        # A closed account is answered like a wrong password: nobody learns which numbers exist.
        return None


class GoodEnough:
    """The house's one rule about passwords (org.passwords), as Django's forms ask for it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with the sentence to show."""
        number, name = (user.number, user.person.name) if user is not None else ("", "")
        if found := passwords.problems(password, number=number, name=name):
            raise forms.ValidationError([problem.text for problem in found])

    def get_help_text(self) -> str:
        """Said at the field already."""
        return ""


class Adapter(DefaultAccountAdapter):
    """No sign-up, no e-mail; one sentence for every refused sign-in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("编号或密码不对。系统里什么都没变，请再试一次。"),
        "too_many_login_attempts": _("输错的次数太多，请过 30 分钟再试。"),
        "incorrect_password": _("现在的密码不对。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *rest: Any, **named: Any
    ) -> None:
        """Say only that a new password holds; signing in and out show themselves."""
        if "password" in message_template:
            messages.success(request, _("新密码已经生效，别的设备要重新登录。"))
        elif "sessions" in message_template:
            messages.success(request, _("别的设备都已经退出登录。"))


def client_address(request: HttpRequest) -> str:
    """The caller's address; behind a reverse proxy (ZHENGYOU_HTTPS) the one that the proxy itself appended."""
    found = request.META.get("REMOTE_ADDR") or "127.0.0.1"
    if settings.HTTPS and (chain := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        found = chain.split(",")[-1].strip()
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return "127.0.0.1"


def normal_number(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The number as failures are counted: spaces and case do not open a second count."""
    given = (credentials or {}).get("username") or (request.POST.get("login", "") if request else "")
    return str(given).strip().casefold()[:255]


def counted_address(request: HttpRequest) -> str:
    """What failures are counted by, beside the number: the address, or the known device of that very account.

    A device on which the account has signed in before carries a signed cookie and is counted apart, so that nobody who
    guesses at the office's number, even from the same address, locks the office out of its own machine.
    """
    device = known_device(request)
    if device and device[0] == normal_number(request):
        digest = hashlib.sha256("\0".join(device).encode()).digest()
        return str(ipaddress.IPv6Address(b"\xfd" + digest[:15]))
    return client_address(request)


def known_device(request: HttpRequest) -> tuple[str, str] | None:
    """(number, device id) of the signed device cookie, if there is a good one."""
    try:
        number, device = signing.loads(request.COOKIES.get(DEVICE, ""), salt=DEVICE, max_age=DEVICE_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(number), str(device)


def remember_device(request: HttpRequest, response: HttpResponse, number: str) -> None:
    """After a good sign-in: let this device be counted apart for this account."""
    known = known_device(request)
    number = number.strip().casefold()
    if known and known[0] == number:
        return
    value = signing.dumps([number, secrets.token_hex(8)], salt=DEVICE)
    response.set_cookie(
        DEVICE,
        value,
        max_age=DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


class SignInForm(LoginForm):
    """Number and password; the number is the one in the roster."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        login, password, remember = (self.fields[name] for name in ("login", "password", "remember"))
        login.label, password.label = _("编号"), _("密码")
        login.help_text = _("花名册上的编号，比如工号或学号。")
        password.help_text = ""
        remember.label = _("在这台设备上保持登录 30 天（公用电脑不要勾）")
        login.error_messages["required"] = _("没有填编号。填花名册上的工号或学号。")
        password.error_messages["required"] = _("没有填密码。还没有设密码的，用登录条登录。")
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)


class _NewPassword(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        words = {"oldpassword": _("现在的密码"), "password1": _("新密码"), "password2": _("新密码再写一遍")}
        for name, label in words.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].help_text = ""
                self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = _("至少 10 个字符，不要太常见，不要用编号。")


class ChangePassword(_NewPassword, ChangePasswordForm):
    """The old password once, the new one twice."""


class SetPassword(_NewPassword, SetPasswordForm):
    """A first password for somebody who signed in with a slip."""


def demo_user(number: str) -> User | None:
    """The account of one of the demo's cast, made on first use without a password; None outside a demo."""
    if number not in {one["number"] for one in data.cast(settings.DATA)}:
        return None
    person = Person.objects.filter(number=number).first()
    if person is None:
        return None
    user = User.objects.filter(person=person).first()
    if user is None:
        user = User(person=person, number=number)
        user.set_unusable_password()
        user.save()
    return user


def note_language(request: HttpRequest, code: str) -> None:
    """Keep the chosen language with the account, if somebody is signed in."""
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=code)
