"""The one-line expressions: exact numbers, names, + - * /, one comparison, and/or/not, listed functions.

`none` means "no figure": it spreads through sums and comparisons; and/or decide when they can (three-valued).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .wording import Text as _

MAX_CHARS, MAX_TOKENS, MAX_DEPTH = 2_000, 200, 40
TOKEN = re.compile(
    r"\s*(?:(?P<num>\d+(?:\.\d+)?)(?P<pct>%?)|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)?)"
    r"|(?P<op>>=|<=|!=|[-+*/()=<>,]))"
)
SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "−": "-", "、": ","})
COMPARISONS = (">=", "<=", ">", "<", "=", "!=")
#: Words of the language; none of them can be a code.
WORDS = frozenset({"and", "or", "not", "in", "is", "none", "yes", "no"})
#: Function -> fewest and most arguments, kind of result ("same": that of its first value).
FUNCTIONS: dict[str, tuple[int, int, str]] = {
    "min": (2, 9, "number"),
    "max": (2, 9, "number"),
    "floor": (1, 2, "number"),
    "ceil": (1, 2, "number"),
    "half_up": (1, 2, "number"),
    "met": (1, 20, "number"),
    "or_else": (2, 2, "same"),
    "if": (3, 3, "same"),
    "chars": (1, 1, "number"),
    "days": (2, 2, "number"),
    "months": (2, 2, "number"),
    "previous": (2, 2, "same"),
    "best": (1, 1, "number"),
    "rank": (1, 1, "number"),
    "average": (1, 1, "number"),
    "total": (1, 1, "number"),
}
#: Functions over measures, which language 1 reads and refuses by name.
FIELD_FUNCTIONS = frozenset({"previous", "best", "rank", "average", "total"})


class ExpressionError(ValueError):
    """What is wrong inside an expression; `column` counts from 1, 0 means the whole."""

    def __init__(self, message: object, column: int = 0) -> None:
        super().__init__(message)
        self.message, self.column = message, column


@dataclass(frozen=True)
class Node:
    """A part of an expression.

    `op` is num, name, word, day, flag, none, call, neg, not, and, or, in, isnone or a binary operator.
    `value` holds the number, name, word, date, flag, function, the words of `in`, or the order of a scale.
    """

    op: str
    args: tuple[Node, ...] = ()
    value: Any = None
    column: int = 0

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()


@dataclass(frozen=True)
class Expression:
    """An expression with the text it was read from."""

    text: str
    root: Node

    def names(self) -> set[str]:
        """All names that occur."""
        return {node.value for node in self.root.walk() if node.op == "name"}


@dataclass(frozen=True)
class _Token:
    kind: str
    value: Any
    column: int


def _tokens(text: str) -> list[_Token]:
    plain, columns = "", []
    for column, char in enumerate(text, 1):
        wide = unicodedata.normalize("NFKC", char.translate(SIGNS)).translate(SIGNS)
        plain += wide
        columns += [column] * len(wide)
    columns.append(len(text) + 1)
    at, out = 0, []
    while plain[at:].strip():
        found = TOKEN.match(plain, at)
        if not found:
            bad = at + len(plain[at:]) - len(plain[at:].lstrip())
            raise ExpressionError(_("读不懂这里的「%(bad)s」", bad=plain[bad]), columns[bad])
        if found["num"]:
            number = Fraction(found["num"]) / (100 if found["pct"] else 1)
            out.append(_Token("num", number, columns[found.start("num")]))
        elif found["name"]:
            name = found["name"]
            out.append(_Token(name if name in WORDS else "name", name, columns[found.start("name")]))
        else:
            out.append(_Token(found["op"], found["op"], columns[found.start("op")]))
        at = found.end()
    out.append(_Token("end", None, columns[-1]))
    return out


def parse(text: object) -> Expression:
    """Reads an expression; raises ExpressionError with the column of what is wrong."""
    if isinstance(text, Expression):
        return text
    if not isinstance(text, str) or not text.strip():
        raise ExpressionError(_("这里要写一个算式，例如 present / due >= 1/2"))
    tokens = _tokens(text) if len(text) <= MAX_CHARS else []
    if not 0 < len(tokens) <= MAX_TOKENS:
        raise ExpressionError(_("算式太长，最多 %(max)s 个字", max=MAX_TOKENS))
    return Expression(text, _Parser(tokens).whole())


class _Parser:
    """Recursive descent over the grammar of PACKS.md §3; depth is bounded."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def whole(self) -> Node:
        node = self._or()
        if self._kind() != "end":
            raise ExpressionError(
                _("「%(rest)s」多出来了", rest=self.tokens[self.at].value), self.tokens[self.at].column
            )
        return node

    def _kind(self) -> str:
        return self.tokens[self.at].kind

    def _take(self, kind: str = "") -> _Token:
        token = self.tokens[self.at]
        if kind and token.kind != kind:
            found = _("结尾") if token.value is None else token.value
            raise ExpressionError(
                _("这里应当是「%(kind)s」，却是「%(found)s」", kind=kind, found=found), token.column
            )
        self.at += 1
        return token

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(_("括号套得太深"), self.tokens[self.at].column)

    def _left(self, below: Callable[[], Node], ops: tuple[str, ...]) -> Node:
        node = below()
        while self._kind() in ops:
            sign = self._take()
            node = Node(sign.kind, (node, below()), column=sign.column)
        return node

    def _or(self) -> Node:
        self._deeper()
        node = self._left(self._and, ("or",))
        self.depth -= 1
        return node

    def _and(self) -> Node:
        return self._left(self._not, ("and",))

    def _not(self) -> Node:
        if self._kind() != "not":
            return self._compare()
        self._deeper()
        column = self._take().column
        node = Node("not", (self._not(),), column=column)
        self.depth -= 1
        return node

    def _compare(self) -> Node:
        node = self._sum()
        if self._kind() in COMPARISONS:
            sign = self._take()
            node = Node(sign.kind, (node, self._sum()), column=sign.column)
            if self._kind() in COMPARISONS:
                raise ExpressionError(_("一次只比一回：写成 a >= 1 and a < 5"), self.tokens[self.at].column)
        elif self._kind() == "in":
            column = self._take().column
            self._take("(")
            words = [self._take("name").value]
            while self._kind() == ",":
                self._take()
                words.append(self._take("name").value)
            self._take(")")
            node = Node("in", (node,), tuple(words), column)
        elif self._kind() == "is":
            column = self._take().column
            self._take("none")
            node = Node("isnone", (node,), column=column)
        return node

    def _sum(self) -> Node:
        return self._left(self._product, ("+", "-"))

    def _product(self) -> Node:
        return self._left(self._unary, ("*", "/"))

    def _unary(self) -> Node:
        if self._kind() != "-":
            return self._atom()
        self._deeper()
        column = self._take().column
        node = Node("neg", (self._unary(),), column=column)
        self.depth -= 1
        return node

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "num":
            return Node("num", (), token.value, token.column)
        if token.kind == "none":
            return Node("none", (), None, token.column)
        if token.kind in ("yes", "no"):
            return Node("flag", (), token.kind == "yes", token.column)
        if token.kind == "(":
            node = self._or()
            self._take(")")
            return node
        if token.kind == "name":
            if self._kind() != "(":
                return Node("name", (), token.value, token.column)
            self._take("(")
            args = [self._or()]
            while self._kind() == ",":
                self._take()
                args.append(self._or())
            self._take(")")
            return Node("call", tuple(args), token.value, token.column)
        found = _("结尾") if token.value is None else token.value
        raise ExpressionError(_("这里要写数字或者名字，却是「%(found)s」", found=found), token.column)
