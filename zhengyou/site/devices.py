"""A signed-in device in words that its owner recognises, guessed from what its browser says of itself."""

from __future__ import annotations

from django.utils.translation import gettext as _


def device(agent: str) -> str:
    """Browser and system by their marks in the user agent; what tells of neither is an unknown device."""
    browsers = (
        ("MicroMessenger", _("微信")),
        ("DingTalk", _("钉钉")),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((word for mark, word in marks if mark in agent), "") for marks in (browsers, systems)]
    return " · ".join(part for part in found if part) or _("未知的设备")
