"""The sidecar `<id>.en.yaml`: address -> English, laid over a pack before it is checked."""

from __future__ import annotations

import re
from typing import Any

from .faults import OPEN, Path, address
from .places import find
from .reading import Source
from .wording import Text as _

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_TEXT_KEYS = frozenset({"theme", "note", "advice", "source", "award", "ask", "says"})


def lay(src: Source, sidecar: Source | None) -> dict[Path, str]:
    """Puts labels into blocks as `en`, and gives the English of all other texts by their path."""
    english: dict[Path, str] = {}
    if sidecar is None:
        return english
    src.faults += sidecar.faults
    paths = [path for path, _value in src.walk() if path]
    values = dict(src.walk())
    exact = {address(path): path for path in paths}
    by_last: dict[str, list[Path]] = {}
    for path in paths:
        by_last.setdefault(address(path).rpartition(".")[2], []).append(path)
    for addr, text in sidecar.data.items() if isinstance(sidecar.data, dict) else ():
        last = str(addr).rpartition(".")[2]
        hits = [exact[addr]] if addr in exact else find(paths if last == "*" else by_last.get(last, []), addr)
        if len(hits) != 1:
            message = _(
                "英文对照的「%(addr)s」在方案包里对上 %(count)s 处，应当正好一处", addr=addr, count=len(hits)
            )
            sidecar.fault("E602", (addr,), message, "warning")
            src.faults.append(sidecar.faults[-1])
            continue
        path, value = hits[0], values[hits[0]]
        if isinstance(value, dict):
            if "en" not in value:
                value["en"] = text
        elif isinstance(text, str):
            english[path] = text
    return english


def warn_of_missing(src: Source, english: dict[Path, str]) -> None:
    """Names every text without English (E601); once for a pack that has none at all (E603)."""
    missing = [path for path, value in src.walk() if _wants(src, path, value) and path not in english]
    any_english = bool(english) or any(path[-1:] == ("en",) for path, _value in src.walk())
    if missing and not any_english:
        src.fault("E603", ("pack",), _("这个方案包没有英文：英文页面上显示中文"), "warning")
        return
    for path in missing:
        src.fault("E601", path, _("这里没有英文对照"), "warning")


def _wants(src: Source, path: Path, value: Any) -> bool:
    if value is OPEN or not isinstance(value, str | dict) or not path:
        return False
    if isinstance(value, dict):
        label = value.get("zh")
        return isinstance(label, str) and bool(_CHINESE.search(label)) and not value.get("en")
    if not _CHINESE.search(value) or path[-1] in ("zh", "en", "endings"):
        return False
    above = path[:-1]
    if path[-1] in _TEXT_KEYS:
        return True
    listed = any(part in ("items", "options", "gaps") for part in above)
    return listed or (len(path) > 1 and path[-2] == "kinds" and "tasks" in path)
