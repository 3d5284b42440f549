"""What every page of the shell knows: who reads, which organisation, which day, which words."""

from __future__ import annotations

import colorsys
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from zhengyou.kit import clock
from zhengyou.org import current
from zhengyou.site import navigation
from zhengyou.site.templatetags.zy import WEEKDAYS_EN, WEEKDAYS_ZH

BRAND = "#a5121b"


def context(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; costs no query beyond what the request has already read."""
    english = (get_language() or "").startswith("en")
    organisation, part = getattr(request, "organisation", None), getattr(request, "part", None)
    brand = (organisation.brand if organisation else "").lower()
    day = clock.today() if clock.is_set() else None
    return {
        "me": getattr(request, "me", None),
        "authority": getattr(request, "authority", None),
        "organisation": organisation,
        "terms": part.words(current.language()) if part else {},
        "brand": brand[1:] if re.fullmatch(r"#[0-9a-f]{6}", brand) and brand != BRAND else "",
        "html_lang": "en" if english else "zh-Hans",
        "demo_day": day,
        "demo_weekday": (WEEKDAYS_EN[day.weekday()] if english else f"星期{WEEKDAYS_ZH[day.weekday()]}")
        if day
        else "",
        "nav": SimpleLazyObject(lambda: navigation.build(request)),
        "demo": settings.DEMO_DAY is not None,
    }


def brand_css(colour: str) -> str:
    """The organisation's colour as variables; darkened until white text on it has a contrast of 4.5 at least."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    while light > 0 and 1.05 / (_luminance(colorsys.hls_to_rgb(hue, light, full)) + 0.05) < 4.5:
        light -= 0.02
    light = max(light, 0.0)
    shades = {
        "--zy-brand": (hue, light, full),
        "--zy-brand-d": (hue, max(light - 0.07, 0), full),
        "--zy-tint": (hue, 0.965, min(full, 0.5)),
    }
    lines = [f"{name}:{_hex(colorsys.hls_to_rgb(*shade))}" for name, shade in shades.items()]
    rgb = ",".join(str(round(part * 255)) for part in colorsys.hls_to_rgb(hue, light, full))
    return ":root,[data-bs-theme=light]{" + ";".join([*lines, f"--tblr-primary-rgb:{rgb}"]) + "}\n"


def _luminance(colour: tuple[float, float, float]) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _hex(colour: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
