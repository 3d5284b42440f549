"""What makes a password good enough: ten characters, not a common one, not made of the number or the name."""

from __future__ import annotations

from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhengyou.kit.faults import Problem

SHORTEST, LONGEST = 10, 200


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def problems(password: str, *, number: str = "", name: str = "", field: str = "password") -> list[Problem]:
    """What is wrong with a new password, one sentence at most; no rules about kinds of characters (NIST 800-63B)."""
    bare = "".join(c for c in password.casefold() if c.isalnum())
    own = [word.casefold() for word in (number.strip(), name.strip()) if word.strip()]
    why = ""
    if len(password) < SHORTEST:
        why = _("密码至少 %(n)d 个字符，可以是一句您记得住的话") % {"n": SHORTEST}
    elif len(password) > LONGEST:
        why = _("密码最多 %(n)d 个字符") % {"n": LONGEST}
    elif any(bare.replace(word, "") == "" or len(bare.replace(word, "")) < 4 for word in own if word in bare):
        why = _("密码不能就是编号或姓名，也不能只多几个字符：换一句别人想不到的")
    elif len(set(bare or password)) < 4:
        why = _("密码里重复的字符太多：换一句您记得住的话")
    else:
        try:
            _common().validate(password)
        except ValidationError:
            why = _("这个密码太常见，别人一试就中：换一句您记得住的话")
    return [Problem(field, why)] if why else []
