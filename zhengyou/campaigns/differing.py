"""Two readings of a pack side by side, by address: what was added, dropped, changed, with the words of its blocks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from zhengyou.packs.check import Checked
from zhengyou.packs.faults import OPEN, Path, address
from zhengyou.packs.labels import key_label

MOST = 400
LABELS = frozenset({"zh", "en"})


@dataclass(frozen=True)
class Difference:
    """One place that differs: `kind` is new, dropped or changed; names of the blocks around it in both languages."""

    kind: str
    address: str
    zh: str
    en: str
    old: str = ""
    new: str = ""

    def as_json(self) -> dict[str, str]:
        """As an amendment keeps it."""
        return asdict(self)

    def text(self, lang: str) -> str:
        """Where it is, in words."""
        return self.en if lang == "en" else self.zh


def differences(before: Checked, after: Checked) -> list[Difference]:
    """What differs, in the order of the new text, then what it drops; blocks that are wholly new or gone are one line."""
    old, new = _leaves(before), _leaves(after)
    out: list[Difference] = []
    told: set[Path] = set()
    for path, value in new.items():
        if path in old:
            if old[path] != value:
                out.append(_line("changed", after, path, old[path], value))
            continue
        block = _outermost(path, old)
        if block not in told:
            told.add(block)
            out.append(_line("new", after, block, "", value if block == path else _named(after, block)))
    told = set()
    for path, value in old.items():
        if path in new:
            continue
        block = _outermost(path, new)
        if block not in told:
            told.add(block)
            out.append(_line("dropped", before, block, value if block == path else _named(before, block), ""))
    return out[:MOST]


def _leaves(checked: Checked) -> dict[Path, str]:
    out: dict[Path, str] = {}
    for path, value in checked.source.walk():
        if not path or path[0] in ("open", "gaps", "language"):
            continue
        if isinstance(value, list):
            out[path] = ", ".join("" if v is OPEN else str(v) for v in value)
        elif not isinstance(value, dict) and path[:-1] not in out:
            out[path] = "" if value is OPEN else str(value)
    return out


def _outermost(path: Path, others: dict[Path, str]) -> Path:
    """The highest block around a place of which the other side has nothing."""
    blocks = {other[:n] for other in others for n in range(1, len(other) + 1)}
    return next((path[:n] for n in range(1, len(path)) if path[:n] not in blocks), path)


def _named(checked: Checked, path: Path) -> str:
    try:
        block = checked.source.get(path)
    except (LookupError, TypeError):
        return ""
    return str(block.get("zh") or "") if isinstance(block, dict) else ""


def _line(kind: str, checked: Checked, path: Path, old: str, new: str) -> Difference:
    names = {"zh": [], "en": []}  # type: dict[str, list[str]]
    node: Any = checked.source.data
    for key in path[:-1]:
        node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, dict) and node.get("zh"):
            names["zh"].append(str(node["zh"]))
            names["en"].append(str(node.get("en") or node["zh"]))
    zh, en = key_label(str(path[-1]))
    names["zh"].append(zh or str(path[-1]))
    names["en"].append(en or str(path[-1]))
    return Difference(kind, address(path), " · ".join(names["zh"]), " · ".join(names["en"]), old, new)
