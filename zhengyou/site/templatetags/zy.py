"""The parts of the look as tags: icons, the form key, the bar and the five figures, statuses, figures and days in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, Select
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from zhengyou.kit import clock, ratio
from zhengyou.site import devices

register = template.Library()

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_ZH = "一二三四五六日"

#: state -> (class of the shape, word); overdue stands beside a status, never in its place
STATUSES: dict[str, tuple[str, Any]] = {
    "due": ("", _("待办")),
    "coming": ("", _("未到期")),
    "draft": ("draft", _("草稿")),
    "submitted": ("rev", _("审核中")),
    "returned": ("back", _("已退回")),
    "accepted": ("ok", _("已通过")),
    "exempt": ("ex", _("免办")),
    "void": ("ex", _("作废")),
}
#: one segment of the bar and of the five figures: field, class, word
SEGMENTS: tuple[tuple[str, str, Any], ...] = (
    ("accepted", "ok", _("已通过")),
    ("in_review", "rev", _("审核中")),
    ("overdue", "late", _("逾期未交")),
    ("not_due", "open", _("未到期")),
    ("exempt", "ex", _("免办")),
)
WIDTH, GAP = 600, 1.5


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: str = "") -> SafeString:
    """A drawing from the sprite; `size="s"` for 16 px. Decorative: the words beside it say what it means."""
    return format_html(
        '<svg class="zy-ic{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {size}" if size else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def key(context: template.Context) -> SafeString:
    """The hidden fields of every form that acts: the CSRF token and a fresh idempotency key."""
    request = context["request"]
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="key" value="{}">',
        get_token(request),
        uuid.uuid4(),
    )


def _count(figures: Any, name: str) -> int:
    value = figures.get(name, 0) if isinstance(figures, Mapping) else getattr(figures, name, 0)
    return int(value or 0)


@register.inclusion_tag("parts/bar.html")
def bar(figures: Any, big: bool = False) -> dict[str, Any]:
    """One bar of disjoint parts that add up to what is owed; widths are SVG attributes (no inline style)."""
    counts = [(cls, word, _count(figures, name)) for name, cls, word in SEGMENTS]
    total = sum(n for _cls, _word, n in counts)
    shown = [(cls, n) for cls, _word, n in counts if n]
    room = WIDTH - GAP * max(len(shown) - 1, 0)
    parts, x = [], 0.0
    for cls, n in shown:
        width = max(room * n / total, 3)
        parts.append({"cls": cls, "x": f"{x:.1f}", "width": f"{width:.1f}"})
        x += width + GAP
    label = gettext("、").join(f"{word} {n}" for _cls, word, n in counts)
    return {"parts": parts, "big": big, "label": label if total else gettext("还没有任务")}


@register.inclusion_tag("parts/five.html")
def five(figures: Any, links: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Completion with its fraction, what is owed, and the five parts; `links` maps a part's name to its rows' address."""
    links = links or {}
    order = ("exempt", "in_review", "accepted", "overdue", "not_due")
    words = {name: (cls, gettext("逾期") if name == "overdue" else word) for name, cls, word in SEGMENTS}
    owed = _count(figures, "owed") or sum(_count(figures, name) for name in order)
    accepted, exempt = _count(figures, "accepted"), _count(figures, "exempt")
    cells = [{"word": _("应办"), "n": owed, "url": links.get("owed", "")}]
    cells += [
        {
            "word": words[name][1],
            "cls": words[name][0],
            "n": _count(figures, name),
            "url": links.get(name, ""),
        }
        for name in order
    ]
    return {
        "cells": cells,
        "percent": ratio.percent(ratio.share(accepted, owed - exempt)),
        "accepted": accepted,
        "owed": owed,
        "exempt": exempt,
    }


@register.inclusion_tag("parts/legend.html")
def legend() -> dict[str, Any]:
    """The five parts' colours and patterns with their words."""
    return {"parts": [{"cls": cls, "word": word} for _name, cls, word in SEGMENTS]}


@register.inclusion_tag("parts/status.html")
def status(state: str, late: int = 0) -> dict[str, Any]:
    """A state as shape and word; `late` days stand beside it."""
    cls, word = STATUSES[state]
    return {"cls": cls, "word": word, "late": late}


@register.inclusion_tag("parts/heat.html")
def heat(accepted: int, whole: int, late: int = 0, url: str = "", label: str = "") -> dict[str, Any]:
    """One cell of the heat map: a/b under 100, percent from there on, a diamond where something is late."""
    step = "hn"
    text = "—"
    if whole:
        share = Fraction(accepted, whole)
        steps = ((95, "q5"), (80, "q4"), (60, "q3"), (40, "q2"), (0, "q1"))
        step = next(cls for floor, cls in steps if share * 100 >= floor)
        text = f"{accepted}/{whole}" if whole < 100 else ratio.percent(share, 0)
    return {"cls": step, "text": text, "late": late, "url": url, "label": label}


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's widget with the look's class."""
    kind = getattr(field.field.widget, "input_type", "text")
    select = isinstance(field.field.widget, Select)
    cls = "form-select" if select else "" if kind in ("checkbox", "radio", "hidden") else "form-control"
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{cls} {own}".strip()} if cls else None)


@register.filter
def n(value: Any) -> str:
    """A count with thousands separators: 5,452."""
    return "—" if value is None or value == "" else f"{int(value):,}"


@register.filter
def percent(value: Fraction | None) -> str:
    """An exact share as 72.4%; — where there is nothing to divide by."""
    return ratio.percent(value)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value if isinstance(value, date) else None


@register.filter
def day(value: Any) -> str:
    """11月26日 / 26 Nov; the year only where it is not the current one."""
    found = _as_day(value)
    if found is None:
        return ""
    if found.year != clock.today().year:
        return fullday(found)
    return f"{found.day} {MONTHS[found.month - 1]}" if _english() else f"{found.month}月{found.day}日"


@register.filter
def fullday(value: Any) -> str:
    """2010年11月20日 / 20 Nov 2010."""
    found = _as_day(value)
    if found is None:
        return ""
    if _english():
        return f"{found.day} {MONTHS[found.month - 1]} {found.year}"
    return f"{found.year}年{found.month}月{found.day}日"


@register.filter
def weekday(value: Any) -> str:
    """11月26日（星期五） / Fri 26 Nov."""
    found = _as_day(value)
    if found is None:
        return ""
    if _english():
        return f"{WEEKDAYS_EN[found.weekday()]} {day(found)}"
    return f"{day(found)}（星期{WEEKDAYS_ZH[found.weekday()]}）"


@register.filter
def moment(value: Any) -> str:
    """A time of the machine's clock in the organisation's zone: 11月26日 14:32 / 26 Nov 14:32."""
    if not isinstance(value, datetime):
        return day(value)
    return f"{day(value)} {timezone.localtime(value):%H:%M}"


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: template.Context, page: Any, name: str = "page") -> dict[str, Any]:
    """Where in a long list the reader is; keeps all filters of the address."""
    query = context["request"].GET.copy()

    def link(number: int) -> str:
        query[name] = str(number)
        return "?" + query.urlencode()

    return {
        "page": page,
        "before": link(page.previous_page_number()) if page.has_previous() else "",
        "after": link(page.next_page_number()) if page.has_next() else "",
    }


@register.filter
def device(session: Any) -> str:
    """A signed-in device in words that its owner recognises: browser and system, guessed from what it says of itself."""
    return devices.device(session.user_agent)
