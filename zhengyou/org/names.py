"""Names of people as they are kept, found and sorted: pinyin order, rare characters, ·, Latin names."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import lazy_pinyin

_HAN = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_PADDED = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_DOTS = re.compile(r"\s*[·•・‧∙⋅．]\s*")


def clean_name(text: str) -> str:
    """A name without padding between Chinese characters, with one kind of middle dot and single spaces."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(c if c.isprintable() else " " for c in text)
    return _DOTS.sub("·", _PADDED.sub("", " ".join(text.split())))


def sort_key(name: str) -> str:
    """What lists sort by: pinyin syllables, then the characters themselves; Latin names by their letters."""
    syllables = " ".join(part for part in lazy_pinyin(name) if part.strip())
    return f"{syllables.casefold()} {name}"[:120]
