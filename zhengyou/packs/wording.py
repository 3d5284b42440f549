"""Sentences for people that are translated when they are read, so that one check serves both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from django.utils.translation import get_language, gettext, pgettext


class Text:
    """A Chinese sentence with named gaps; `str()` gives it in the language of the moment."""

    __slots__ = ("template", "values")

    def __init__(self, template: str, **values: object) -> None:
        self.template, self.values = template, values

    def __str__(self) -> str:
        text = gettext(self.template)
        return text % {name: str(value) for name, value in self.values.items()} if self.values else text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.template, self.values) == (other.template, other.values)

    def __hash__(self) -> int:
        return hash(self.template)

    def __repr__(self) -> str:
        return f"Text({self.template!r}, {self.values!r})"


_ = Text


class Worded(Text):
    """A short word that means something else on other pages, kept apart by a context."""

    __slots__ = ("context",)

    def __init__(self, context: str, template: str) -> None:
        super().__init__(template)
        self.context = context

    def __str__(self) -> str:
        return pgettext(self.context, self.template)


def worded(context: str, template: str) -> Worded:
    """A short word with its context; imported as `pgettext`, so that it is collected with it."""
    return Worded(context, template)


class Named:
    """A block's name inside a sentence, in the language of the moment; the other one where it has none."""

    __slots__ = ("en", "zh")

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return (self.en or self.zh) if (get_language() or "").startswith("en") else (self.zh or self.en)


class Joined:
    """Several texts read as one, in the language of the moment."""

    __slots__ = ("parts",)

    def __init__(self, *parts: object) -> None:
        self.parts = parts

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


def near(word: str, known: Iterable[str]) -> Joined:
    """What was probably meant, and what could stand here: the advice behind every unknown name."""
    pool = sorted(set(map(str, known)))
    best = difflib.get_close_matches(word, pool, 1)
    meant = _("（是不是「%(best)s」？）", best=best[0]) if best else ""
    listed = _("；可以写：%(known)s", known=", ".join(pool[:24])) if pool else _("；这里还没有可写的名字")
    return Joined(meant, listed)
