"""What is answered when something cannot be done: one page per status, each with what to do; as page or as fragment."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengyou.kit.faults import Problem
from zhengyou.kit.verdict import Refused

log = logging.getLogger("zhengyou")

#: status -> (title, what is true and what to do)
WORDS: dict[int, tuple[Any, Any]] = {
    400: (
        gettext_lazy("这个请求读不懂"),
        gettext_lazy("地址或内容不完整，系统里什么都没变。请回到上一页，从页面上的按钮再来一次。"),
    ),
    401: (
        gettext_lazy("登录已经过期"),
        gettext_lazy("还没有交上，系统里什么都没变。请在新窗口登录，再把下面的内容填回去。"),
    ),
    403: (
        gettext_lazy("这件事不能由您办"),
        gettext_lazy("如果本该由您办，请找本单位的负责人或办公室核对您的职务。"),
    ),
    404: (
        gettext_lazy("没有这一页"),
        gettext_lazy("地址可能写错了，或者这一页不归您看。请从首页找起；链接是别人给的，请向给的人核对。"),
    ),
    405: (
        gettext_lazy("这个地址不能这样打开"),
        gettext_lazy("它只接收页面上的按钮交来的内容，不能直接打开或刷新。请回到上一页再点一次。"),
    ),
    409: (
        gettext_lazy("情况已经变了"),
        gettext_lazy(
            "您打开这一页以后，别人或您自己在另一处已经改过它。这一次没有改动，请回到那一页看看现在的样子。"
        ),
    ),
    413: (
        gettext_lazy("文件太大"),
        gettext_lazy(
            "没有收下，系统里什么都没变。请把文件分成几份，或者压缩图片后再传；很大的花名册可以由管理员用命令行导入。"
        ),
    ),
    422: (
        gettext_lazy("还有几处要改"),
        gettext_lazy("什么都没有改动。请回到上一页，按下面的说明改好再交，填好的内容都在。"),
    ),
    429: (gettext_lazy("试得太多了"), gettext_lazy("请过一会儿再试。")),
    500: (
        gettext_lazy("系统出了问题"),
        gettext_lazy(
            "这不是您的错，问题已经记下。刚才的操作没有生效。请过几分钟再试；还是不行，请把时间告诉管理员。"
        ),
    ),
    503: (
        gettext_lazy("系统暂时办不了"),
        gettext_lazy("刚才的操作没有生效，已有的内容都在。请过几分钟再试。"),
    ),
}
#: pages that must not touch the database or the session
BARE = (500, 503)


def page(
    request: HttpRequest,
    status: int,
    why: object = "",
    *,
    problems: Sequence[Problem] = (),
    expired: bool = False,
) -> HttpResponse:
    """The answer for a status with its reason: a fragment for htmx, otherwise a page that keeps what was posted in sight."""
    title, advice = WORDS[status]
    if expired:
        title = _("这一页放得太久了")
        advice = _("还没有交上，系统里什么都没变。请回到那一页刷新，再把下面的内容填回去。")
    context = {
        "status": status,
        "title": title,
        "why": str(why),
        "advice": advice,
        "problems": problems,
        "kept": kept(request) if status in (401, 403, 409, 422, 500, 503) else [],
    }
    if request.headers.get("HX-Request"):
        response = HttpResponse(render_to_string("faults/fragment.html", context), status=status)
        if status != 401:
            # Beside the form, never into the field that asked: what is typed there stays.
            response["HX-Retarget"] = "#zy-alert"
            response["HX-Reswap"] = "innerHTML show:window:top"
        return response
    if status in BARE or not hasattr(request, "organisation"):
        html = render_to_string("faults/bare.html", context | {"english": _english(request)})
        return HttpResponse(html, status=status)
    get_token(request)
    return HttpResponse(render_to_string("faults/page.html", context, request), status=status)


def kept(request: HttpRequest) -> list[str]:
    """The longer texts of a refused form, shown so that they can be copied; no passwords, no technical fields."""
    if request.method != "POST":
        return []
    try:
        items = list(request.POST.lists())
    except (OSError, ValueError):
        return []
    hidden = ("csrfmiddlewaretoken", "key", "version", "next")
    return [
        text
        for name, values in items
        if name not in hidden and "password" not in name
        for text in values
        if len(text.strip()) >= 8
    ][:20]


def out_of_order(fault: BaseException) -> str:
    """A sentence where the database or the disk is the reason, else "" (then it is our own fault)."""
    text = str(fault).lower()
    if isinstance(fault, OSError):
        return (
            _("服务器的磁盘满了，写不进去。请告诉管理员。")
            if fault.errno in (errno.ENOSPC, errno.EDQUOT)
            else ""
        )
    if not isinstance(fault, OperationalError | InterfaceError):
        return ""
    if "full" in text or "no space" in text:
        return _("服务器的磁盘满了，写不进去；看还是可以看的。请告诉管理员。")
    if "locked" in text or "busy" in text:
        return _("现在同时办事的人太多，没有排上。")
    if "no such" in text or "syntax" in text or "does not exist" in text:
        return ""
    return _("数据库暂时连不上。")


def _english(request: HttpRequest) -> bool:
    found = translation.get_language_from_request(request)
    return found.startswith("en")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the request was refused for its size."""
    large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return page(request, 413 if large else 400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the rule's own words."""
    return page(request, 403, exception if isinstance(exception, Refused) else "")


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; the same page for what does not exist and what one may not know."""
    return page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database or the disk is the reason; needs neither."""
    fault = sys.exc_info()[1]
    with translation.override(translation.get_language_from_request(request)):
        if fault is not None and (why := out_of_order(fault)):
            return page(request, 503, why)
        return page(request, 500)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the CSRF check: a page that lay open too long, or cookies are off."""
    return page(request, 403, _("这一页的凭证已经过期，或者浏览器不让本站用 Cookie。"), expired=True)
