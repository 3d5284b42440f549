"""The work plan's items: who may enter them, whose one may see, and a workbook of them read row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhengyou.campaigns.models import WorkItem
from zhengyou.kit import sheets
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.rules import Authority

MOST = 500
"""Most items of one workbook."""
NUMBER, TEXT, SOURCE = 20, 300, 200
LONGEST = {"number": NUMBER, "text": TEXT, "source": SOURCE}
HEADS = {
    "number": ("编号", "序号", "no.", "number"),
    "text": ("内容", "要点", "工作要点", "年度要点", "item", "text"),
    "source": ("来源", "出处", "依据", "source"),
}


def may_keep(authority: Authority, unit: int) -> Verdict:
    """May enter items of this unit's work plan and take them back: whoever hands in for it, or the office."""
    if authority.on_root("import") or "hand_in" in authority.powers_on(unit):
        return YES
    return no(_("年度要点由本单位负责人或办公室登记。"))


def seen_by(authority: Authority) -> QuerySet[WorkItem]:
    """Items of the own units and of all above them; all for the office. What was taken back is left out."""
    items = WorkItem.objects.filter(dropped=None)
    if authority.everything or authority.on_root("import"):
        return items
    own = {unit for unit, _post, _first in authority.posts} | set(authority.homes)
    authority.load(own)
    return items.filter(unit__in={above for unit in own for above in authority.line(unit)})


@dataclass(frozen=True)
class Item:
    """One item to be entered, as it was typed or read from a row; `fault` says what is wrong with `field`, and what to do."""

    number: str
    text: str
    source: str = ""
    row: int = 0
    fault: str = ""
    field: str = "number"


def checked(items: Iterable[Item], taken: Iterable[str]) -> list[Item]:
    """The items with their faults: nothing written, too long, a number that the year has already (`taken`)."""
    seen, out = set(taken), []
    for item in items:
        fault, field = "", "number"
        if not item.number:
            fault = _("没有编号：每一条要有一个，别处才能说到它。")
        elif not item.text:
            fault, field = _("没有内容：写一句话。"), "text"
        elif len(item.number) > NUMBER or len(item.text) > TEXT or len(item.source) > SOURCE:
            fault = _("太长：编号最多 %(a)s 字，内容最多 %(b)s 字，来源最多 %(c)s 字。")
            field = next(n for n, most in LONGEST.items() if len(getattr(item, n)) > most)
            fault = fault % {"a": NUMBER, "b": TEXT, "c": SOURCE}
        elif item.number in seen:
            fault = _("编号「%(number)s」这一年已经有了：换一个，或者去掉这一行。") % {"number": item.number}
        seen.add(item.number)
        out.append(Item(item.number, item.text, item.source, item.row, fault, field))
    return out


def read(path: Path, name: str) -> list[Item]:
    """Items of the first sheet with a head row; raises `sheets.Unusable` where the file cannot be read, or holds none."""
    found: list[Item] = []
    columns: dict[str, int] = {}
    with sheets.Reader(path, name=name) as reader:
        for event in reader:
            if not isinstance(event, tuple):
                if isinstance(event, sheets.Sheet) and found:
                    break
                continue
            number, cells, _merged = event
            words = [_plain(cell) for cell in cells]
            if not columns:
                columns = _head(words)
                continue
            if any(words) and len(found) <= MOST:
                code, text, source = (_cell(words, columns, key) for key in HEADS)
                found.append(Item(code.removesuffix(".0"), text, source, number))
    if not columns:
        found = []
    return found


def _head(words: Sequence[str]) -> dict[str, int]:
    at = {
        key: next((i for i, word in enumerate(words) if word.lower() in names), -1)
        for key, names in HEADS.items()
    }
    return at if at["number"] >= 0 and at["text"] >= 0 else {}


def _plain(cell: str) -> str:
    """A cell's text; figures and dates come with a mark of their sort before them."""
    return (cell[2:] if cell[:1] == "\2" else cell).strip()


def _cell(words: Sequence[str], columns: dict[str, int], key: str) -> str:
    at = columns.get(key, -1)
    return words[at] if 0 <= at < len(words) else ""
