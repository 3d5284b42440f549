"""Words of a roster: what headers and cells mean, from `headers.yaml` and the organisation's part."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from zhengyou.packs.organisation import Organisation as Part

FIELDS = (
    "number", "name", "unit", "parent", "unit_kind", "category", "status", "joined", "confirmed",
    "activity", "post", "email", "phone", "note",
)  # fmt: skip
REQUIRED = ("number", "name", "unit")
_DROP = re.compile(r"[\s*★☆:：,，.。、;；_\-—'\"“”「」『』·!！?？#＊]+")
_BRACKETS = re.compile(r"[(\[【<].*?[)\]】>]")
_HAN = re.compile(r"[\u3400-\u9fff/()或]+")
_AROUND = re.compile(r"^(?:现所在|所在|所属|现|本人|目前)+|(?:名称|全称)$")


@lru_cache(maxsize=1)
def book() -> dict[str, Any]:
    """The data file, read once."""
    return YAML(typ="safe").load(Path(__file__).with_name("headers.yaml").read_text(encoding="utf-8"))


def flat(text: str) -> str:
    """A word without width, case, spaces and punctuation: what two spellings have in common."""
    return _DROP.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=1)
def _headers() -> dict[str, tuple[str, int]]:
    """Flat header -> (field, strength; 0 is strongest); ids, serials and hints under names of their own."""
    known: dict[str, tuple[str, int]] = {}
    groups = {"national_id": book()["national_id"], **book()["ignored"], **book()["fields"]}
    for field, words in groups.items():
        for strength, word in enumerate(words):
            known.setdefault(flat(str(word)), (field, strength))
    return known


@lru_cache(maxsize=4096)
def header(text: str) -> tuple[str, int] | None:
    """The field a header names and how strongly, or None; bilingual headers count by either half."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or len(text) > 60:
        return None
    tries = [text, _BRACKETS.sub("", text), *re.split(r"[\n\r]|\s{2,}", text)]
    han = "".join(_HAN.findall(_BRACKETS.sub("", text)))
    latin = re.sub(r"[\u3400-\u9fff]+", " ", _BRACKETS.sub("", text))
    if han and re.search(r"[A-Za-z]", latin):
        tries += [han.strip("/"), latin.strip(" /*")]
    known = _headers()
    for one in tries:
        word = flat(one)
        for form in (word, _AROUND.sub("", word)):
            if form and form in known:
                return known[form]
    return None


@lru_cache(maxsize=1)
def blanks() -> frozenset[str]:
    """Cells that say "nothing", in lower case."""
    return frozenset(str(word).casefold() for word in book()["blanks"])


@lru_cache(maxsize=1)
def totals() -> frozenset[str]:
    """First cells of rows that add up."""
    return frozenset(flat(word) for word in book()["totals"])


@lru_cache(maxsize=1)
def starts() -> frozenset[str]:
    """First characters of all words for sums: a quick no for nearly every name."""
    firsts = {word[0] for word in totals()}
    return frozenset(firsts | {first.upper() for first in firsts} | {" ", "\u3000", "\2"})


_COUNTED = re.compile(r"^[\d.,，:：]*(?:名|人|个|位)?$")


@lru_cache(maxsize=8192)
def is_total(cell: str) -> bool:
    """Whether a cell heads a row of sums: 合计, 总计：2207人, Total 30."""
    word = flat(cell)
    if word in totals():
        return True
    return len(word) < 24 and any(
        word.startswith(total) and _COUNTED.match(word[len(total) :]) for total in totals() if total != "sum"
    )


_FOOT = None


def is_footer(cell: str) -> bool:
    """Whether a lone cell is a remark under the table: 制表人：…, 注：…"""
    global _FOOT
    if _FOOT is None:
        words = "|".join(re.escape(str(word)) for word in book()["footers"])
        _FOOT = re.compile(rf"^\s*(?:{words})[^\n]{{0,4}}[:：]|^\s*(?:{words})\s*$", re.IGNORECASE)
    return bool(_FOOT.match(unicodedata.normalize("NFKC", cell)))


@lru_cache(maxsize=1)
def _negations() -> tuple[str, ...]:
    return tuple(flat(word) for word in book()["negations"])


class Words:
    """What the organisation's part calls its kinds of units, posts, categories and statuses, in both languages."""

    def __init__(self, part: Part) -> None:
        self.part = part

    @cached_property
    def _pools(self) -> dict[str, dict[str, str]]:
        part = self.part
        pools: dict[str, dict[str, str]] = {
            "unit_kind": _pool([(kind.code, kind.zh, kind.en) for kind in part.unit_kinds]),
            "post": _pool([(post.code, post.zh, post.en) for post in part.posts]),
        }
        for name, words in part.kinds.items():
            pools[name] = _pool([(code, label.zh, label.en) for code, label in words.items()])
        for name, more in book()["values"].items():
            pool = pools.get(name)
            if pool:
                codes = set(pool.values())
                for code, aliases in more.items():
                    for alias in aliases if code in codes else ():
                        pool.setdefault(flat(alias), code)
        return pools

    def listed(self, field: str) -> bool:
        """Whether the part lists the words of a field (then others are refused)."""
        return bool(self._pools.get(field))

    def code(self, field: str, text: str) -> str | None:
        """The code of a word, or None if the part has no such word; None also where two words fit."""
        pool = self._pools.get(field) or {}
        word = flat(text)
        if word in pool:
            return pool[word]
        if len(word) < 2:
            return None
        if any(word.startswith(no) for no in _negations()):
            return None
        fits = {code for known, code in pool.items() if len(known) >= 2 and (known in word or word in known)}
        if len(fits) > 1:
            fits = {code for known, code in pool.items() if len(known) >= 2 and word.endswith(known)}
        return fits.pop() if len(fits) == 1 else None

    def post(self, text: str) -> str:
        """A post as `code`, `code@unit` where the unit stands in brackets behind it, or `code#kind,kind` where the
        word itself says on which kind of unit it stands; "" for a word that is no post here."""
        word, unit = text, ""
        if found := re.fullmatch(r"(.+?)[（(](.+)[)）]", text):
            word, unit = found[1], found[2]
        code = self.code("post", word)
        if code is None:
            return ""
        return f"{code}@{unit}" if unit else code + self._kinds_in(flat(word))

    def _kinds_in(self, word: str) -> str:
        best: dict[str, int] = {}
        for kind in self.part.unit_kinds:
            for ending in (*kind.endings, kind.zh, kind.en):
                if ending and word.startswith(flat(ending)) and word != flat(ending):
                    best[kind.code] = max(best.get(kind.code, 0), len(flat(ending)))
        longest = max(best.values(), default=0)
        kinds = [code for code, length in best.items() if length == longest]
        return "#" + ",".join(kinds) if kinds else ""

    def all(self, field: str) -> dict[str, list[str]]:
        """The words of a field for a sentence, in both languages."""
        return {lang: [self.label(field, code, lang) for code in self._codes(field)] for lang in ("zh", "en")}

    def _codes(self, field: str) -> list[str]:
        if field == "unit_kind":
            return [kind.code for kind in self.part.unit_kinds]
        if field == "post":
            return [post.code for post in self.part.posts]
        return list(self.part.kinds.get(field, {}))

    def both(self, field: str, code: str) -> dict[str, str]:
        """A code's word for a sentence, in both languages."""
        return {lang: self.label(field, code, lang) for lang in ("zh", "en")}

    def label(self, field: str, code: str, lang: str = "") -> str:
        """A code's word in the reader's language or a given one; "" for none."""
        lang = lang or _lang()
        if not code:
            return ""
        if field in ("unit_kind", "post"):
            return self.part.label(code, lang)
        found = self.part.kinds.get(field, {}).get(code)
        return (found.text(lang) if found else "") or code

    @cached_property
    def _no_post(self) -> frozenset[str]:
        return frozenset(flat(word) for word in book()["no_post"])

    def is_no_post(self, text: str) -> bool:
        """Whether a word in the post column says: an ordinary member."""
        return flat(text) in self._no_post

    def width(self, category: str) -> int:
        """How many digits a number has for a category, or 0 where the part does not say."""
        widths = self.part.number_width
        return int(widths.get(category) or widths.get("all") or 0)


def _pool(entries: list[tuple[str, str, str]]) -> dict[str, str]:
    pool: dict[str, str] = {}
    for code, zh, en in entries:
        for word in (code, zh, en):
            if word:
                pool.setdefault(flat(word), code)
    return pool


def _lang() -> str:
    from zhengyou.org.current import language

    return language()
