"""Who may ask once more today without a name: counted by address, of which only a digest under the day's key is kept.

The day is the machine's own, not the house clock's: it limits what is sent, no business rule hangs on it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengyou.commitments.models import AskCount, AskDay

MOST = {"ask": 5, "deed": 3, "code": 20}
"""From one address a day: questions without a name, difficulties without a name, wrong codes."""


class TooManyError(RuntimeError):
    """One address has done this too often today; answered with 429."""


def tell(what: str, address: str) -> None:
    """Raise TooManyError where this address has reached the day's limit."""
    row = AskCount.objects.filter(day=timezone.localdate(), key=_key(what, address)).first()
    if row is not None and row.n >= MOST[what]:
        if what == "code":
            raise TooManyError(_("今天试错的次数太多了。核对一遍，明天再试。"))
        raise TooManyError(_("今天从这里不写名字提的太多了。明天再提，或者登录后实名提。"))


def add(what: str, address: str) -> None:
    """Count once; what earlier days left is deleted."""
    today = timezone.localdate()
    AskCount.objects.filter(day__lt=today).delete()
    row, _made = AskCount.objects.get_or_create(day=today, key=_key(what, address))
    AskCount.objects.filter(pk=row.pk).update(n=F("n") + 1)


def _key(what: str, address: str) -> str:
    today = timezone.localdate()
    AskDay.objects.filter(day__lt=today).delete()
    day, _made = AskDay.objects.get_or_create(day=today, defaults={"secret": secrets.token_hex(32)})
    return hmac.new(day.secret.encode(), f"{what} {address}".encode(), hashlib.sha256).hexdigest()
