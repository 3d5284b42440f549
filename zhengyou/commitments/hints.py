"""Hints on promises, never blocks: too vague, ordinary discipline, no date, nothing to check, the same as another's.

The author sees them first, the reviewer after that. Phrases are data (`phrases.txt`).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from zhengyou.commitments.models import Item

ALIKE = Fraction(4, 5)
"""Share of common three-letter pieces from which two promises of one unit count as copied."""
SHORT = 8
"""Characters below which a text is compared as a whole only."""
MOST = 400
"""Items of the same unit that one text is compared with at most."""


@dataclass(frozen=True)
class Words:
    """The words of one item as they were typed or kept."""

    text: str
    measure: str = ""
    due_on: date | None = None
    owner: bool = True


@cache
def phrases() -> dict[str, tuple[str, ...]]:
    """The phrases by heading, read once."""
    out: dict[str, list[str]] = {}
    heading = ""
    for line in (Path(__file__).parent / "phrases.txt").read_text("utf8").splitlines():
        line = line.strip()
        if line.startswith("["):
            heading = line.strip("[]")
            out[heading] = []
        elif line and not line.startswith("#"):
            out[heading].append(line)
    return {name: tuple(found) for name, found in out.items()}


def normal(text: str) -> str:
    """The text without spaces, punctuation, width and case: what two equal promises share."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in wide if unicodedata.category(c)[0] in "LN")


def digest(text: str) -> str:
    """The digest under which equal promises are found; "" for one too short to say anything."""
    plain = normal(text)
    return hashlib.sha256(plain.encode()).hexdigest()[:32] if len(plain) >= 6 else ""


def shingles(text: str) -> set[str]:
    """The three-letter pieces of the normalised text."""
    plain = normal(text)
    return {plain[i : i + 3] for i in range(max(len(plain) - 2, 1))}


def alike(one: str, other: str) -> Fraction:
    """How much two texts have in common: shared pieces over all, exact."""
    a, b = shingles(one), shingles(other)
    return Fraction(len(a & b), len(a | b)) if a | b else Fraction(0)


def concrete(words: Words) -> bool:
    """Whether something countable stands in it: a digit or numeral before a thing, or a day in the text."""
    text = unicodedata.normalize("NFKC", f"{words.text} {words.measure}")
    things = "|".join(sorted(map(re.escape, phrases()["unit of thing"]), key=len, reverse=True))
    return bool(
        re.search(rf"[0-9一二三四五六七八九十两每百千半]+\s*(?:{things})", text) or re.search(r"\d", text)
    )


def of(
    words: Words,
    *,
    of_unit: bool = False,
    today: date,
    same: Collection[str] = (),
    near: Iterable[str] = (),
) -> list[str]:
    """The hints on one item, as sentences; `same`: digests found at others' items, `near`: texts of the same unit."""
    out: list[str] = []
    plain = normal(words.text)
    if not plain:
        return out
    if ordinary := [p for p in phrases()["ordinary"] if p in plain]:
        text = _("「%(phrase)s」本来就要做到，不算承诺。写一件您愿意多做的、看得见的事。")
        out.append(text % {"phrase": ordinary[0]})
    elif not concrete(words):
        vague = [p for p in phrases()["vague"] if p in plain]
        if vague:
            text = _("「%(phrase)s」别人看不出做没做到：写上几次、几个人，或者做出来的是什么。")
            out.append(text % {"phrase": vague[0]})
        elif not words.measure.strip():
            out.append(_("没有数目，也没有写别人怎么看得出做到了：补一句怎么算做到。"))
    if words.due_on is None:
        out.append(_("没有写期限：写上哪一天前做到。"))
    elif words.due_on < today:
        out.append(_("期限已经过去了：写一个以后的日子。"))
    if of_unit and not words.owner:
        out.append(_("没有写由谁负责。"))
    if digest(words.text) in same or (
        len(plain) >= SHORT and any(alike(words.text, other) >= ALIKE for other in near)
    ):
        out.append(_("和别人已经写的几乎一样：写您自己这个岗位、这个地方的事。"))
    return out


def others(
    campaign: int, unit: int, found: Sequence[Words], *, but: int | None
) -> tuple[set[str], list[str]]:
    """Digests that stand at other commitments of the campaign, and texts of the same unit; two queries."""
    wanted = {digest(words.text) for words in found} - {""}
    rows = Item.objects.filter(commitment__campaign=campaign)
    if but is not None:
        rows = rows.exclude(commitment=but)
    same = set(rows.filter(same__in=wanted).values_list("same", flat=True)) if wanted else set()
    near = list(rows.filter(commitment__unit=unit).order_by("-pk").values_list("text", flat=True)[:MOST])
    return same, near


def fingerprint(shown: Mapping[int, Sequence[str]]) -> str:
    """What was shown: handing in once more with the same hints is the author's choice."""
    text = repr(sorted((place, list(lines)) for place, lines in shown.items() if lines))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
