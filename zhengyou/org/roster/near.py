"""Names of units that are probably one: another way of writing, or a slip of the pen; never two numbers of a series."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import lazy_pinyin

from zhengyou.org.roster.words import book, flat

_NUMERALS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
#: Characters by which units of one series differ: never a slip.
SERIES = frozenset(
    "0123456789零〇一二两三四五六七八九十百甲乙丙丁戊己庚辛上下东南西北中左右前后男女文理工农医大小内外新老本硕博研专abcdefghijklmnopqrstuvwxyz"
)


@lru_cache(maxsize=20_000)
def core(name: str) -> str:
    """A unit's name by its meaning: numerals as figures, empty words dropped, endings of one kind alike."""
    text = flat(name)
    for ending, mark in _endings():
        if text.endswith(ending) and len(text) > len(ending):
            text = text[: -len(ending)] + mark
            break
    text = re.sub(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)", _tens, text)
    text = "".join(str(_NUMERALS.get(c, c)) for c in text)
    for word in book()["unit_empty"]:
        text = text.replace(word, "")
    return text


@lru_cache(maxsize=1)
def _endings() -> list[tuple[str, str]]:
    kinds = book()["unit_endings"]
    found = [(flat(word), mark) for mark, words in zip("$^", kinds, strict=True) for word in words]
    return sorted(found, key=lambda pair: len(pair[0]), reverse=True)


def _tens(found: re.Match[str]) -> str:
    return str((_NUMERALS.get(found[1], 1)) * 10 + _NUMERALS.get(found[2], 0))


def _shorter(word: str) -> Iterable[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


class Index:
    """Names to compare with: finds the one that another name most probably means."""

    def __init__(self, names: Iterable[str]) -> None:
        self._cores: dict[str, list[str]] = defaultdict(list)
        self._cut: dict[str, set[str]] = defaultdict(set)
        for name in names:
            word = flat(name)
            self._cores[core(name)].append(name)
            if len(word) >= 4:
                self._cut[word].add(name)
                for short in _shorter(word):
                    self._cut[short].add(name)

    def same(self, name: str) -> str | None:
        """The one other name that says the same in other words."""
        found = [other for other in self._cores.get(core(name), ()) if flat(other) != flat(name)]
        return found[0] if len(found) == 1 else None

    def slip(self, name: str) -> str | None:
        """The one other name that differs by a slip: a letter too many, missing, changed or swapped."""
        word = flat(name)
        if len(word) < 4:
            return None
        found = set(self._cut.get(word, ()))
        for short in _shorter(word):
            found |= self._cut.get(short, set())
        likely = {other for other in found if flat(other) != word and _is_slip(word, flat(other))}
        return likely.pop() if len(likely) == 1 else None


def _is_slip(one: str, two: str) -> bool:
    start = 0
    while start < min(len(one), len(two)) and one[start] == two[start]:
        start += 1
    end = 0
    while end < min(len(one), len(two)) - start and one[-1 - end] == two[-1 - end]:
        end += 1
    a, b = one[start : len(one) - end], two[start : len(two) - end]
    if len(a) + len(b) == 1:
        odd = a or b
        if odd.isascii() and odd.isalpha():
            return min(len(one), len(two)) >= 7 and _in_word(one if a else two, start)
        return odd not in SERIES
    if len(a) == len(b) == 1:
        if a.isascii() and b.isascii():
            return (
                a.isalpha()
                and b.isalpha()
                and len(one) >= 7
                and _in_word(one, start)
                and _in_word(two, start)
            )
        return not ({a, b} & SERIES) and lazy_pinyin(a) == lazy_pinyin(b)
    return len(a) == len(b) == 2 and a == b[::-1] and not (set(a) & SERIES and a.isdigit())


def _in_word(text: str, at: int) -> bool:
    """Whether a Latin letter stands inside a run of at least five: not the A of "Ward A"."""
    start, end = at, at + 1
    while start > 0 and text[start - 1].isascii() and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isascii() and text[end].isalpha():
        end += 1
    return end - start >= 5 and at > start
