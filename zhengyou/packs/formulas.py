"""Types of expressions: every name is a field, every word stands in its list, conditions are conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .expressions import COMPARISONS, FIELD_FUNCTIONS, FUNCTIONS, Expression, Node
from .facts import FactType
from .wording import Text as _
from .wording import near

#: What an audience's condition may be made of, so that it is always one scan of the roster.
SCANNABLE = frozenset({"and", "or", "not", "in", "isnone", "name", "word", "day", "flag", *COMPARISONS})
Report = Callable[[str, int, object], None]
_SORTS = {
    "number": _("一个数"),
    "flag": _("一个条件"),
    "day": _("一个日期"),
    "text": _("一段文字"),
    "?": _("说不定的值"),
}


@dataclass(frozen=True)
class Typed:
    """A checked part of an expression with its type; `?` is unknown after a fault."""

    node: Node
    sort: str


class Checker:
    """Checks an expression over a row's fields and named days; `report` takes code, column, sentence."""

    def __init__(
        self, row: FactType, words: Mapping[str, tuple[str, ...]], days: frozenset[str], report: Report
    ):
        self.row, self.words, self.days, self.report = row, words, days, report

    def condition(self, expression: Expression, scannable: bool = False) -> Node:
        """The checked tree of a condition; faults are reported, the tree is then not to be used."""
        typed = self._typed(expression.root)
        if typed.sort not in ("flag", "?"):
            self._bad(
                "T409",
                expression.root,
                _("这里要一个条件，例如 x >= 1；这个算出来是%(sort)s", sort=self._sort(typed)),
            )
        if scannable:
            self._insist_scannable(typed.node)
        return typed.node

    def _insist_scannable(self, root: Node) -> None:
        for node in root.walk():
            plain = node.op not in (*COMPARISONS, "in", "isnone") or node.args[0].op == "name"
            right = node.op not in COMPARISONS or node.args[1].op in ("word", "day", "name")
            if node.op not in SCANNABLE or not plain or not right:
                self._bad("T411", node, _("范围条件里只拿字段和一个词或日期相比，例如 category = staff"))
                return

    def _bad(self, code: str, node: Node, message: object) -> Typed:
        self.report(code, node.column, message)
        return Typed(node, "?")

    @staticmethod
    def _sort(typed: Typed) -> object:
        return _SORTS.get(typed.sort, _("一个词"))

    def _typed(self, node: Node) -> Typed:
        op = node.op
        if op in ("num", "flag", "none"):
            return Typed(node, {"num": "number", "flag": "flag", "none": "?"}[op])
        if op == "name":
            return self._name(node)
        if op == "call":
            return self._call(node)
        if op in COMPARISONS:
            return self._comparison(node)
        args = [self._typed(arg) for arg in node.args]
        made = replace(node, args=tuple(arg.node for arg in args))
        if op in ("and", "or", "not"):
            for arg in args:
                if arg.sort not in ("flag", "?"):
                    self._bad(
                        "T401",
                        arg.node,
                        _("「%(op)s」连接的是条件，这里是%(sort)s", op=op, sort=self._sort(arg)),
                    )
            return Typed(made, "flag")
        if op == "isnone":
            return Typed(made, "flag")
        if op == "in":
            for word in node.value:
                self._word(word, args[0].sort, node)
            return Typed(made, "flag")
        for arg in args:
            if arg.sort not in ("number", "?"):
                self._bad(
                    "T408", arg.node, _("「%(op)s」两边要是数，这里是%(sort)s", op=op, sort=self._sort(arg))
                )
        return Typed(made, "number")

    def _name(self, node: Node) -> Typed:
        name = node.value
        if name in self.row.fields:
            return Typed(node, self.row.fields[name])
        if name in self.days:
            return Typed(Node("day", (), name, node.column), "day")
        known = set(self.row.fields) | set(self.days)
        return self._bad(
            "N206", node, _("不认识的名字「%(name)s」%(near)s", name=name, near=near(name, known))
        )

    def _comparison(self, node: Node) -> Typed:
        first, right = self._typed(node.args[0]), node.args[1]
        if first.sort.startswith("kind:") and right.op == "name" and right.value not in self.row.fields:
            self._word(right.value, first.sort, right)
            if node.op not in ("=", "!="):
                self._bad("T405", node, _("「%(name)s」没有高低：用 = 或者 in", name=node.args[0].value))
            return Typed(
                replace(node, args=(first.node, Node("word", (), right.value, right.column))), "flag"
            )
        second = self._typed(right)
        if "?" not in (first.sort, second.sort) and first.sort != second.sort:
            self._bad(
                "T406",
                node,
                _("%(first)s不能和%(second)s相比", first=self._sort(first), second=self._sort(second)),
            )
        elif first.sort == "flag":
            self._bad("T407", node, _("是或否自己就是条件：写 x 或者 not x"))
        return Typed(replace(node, args=(first.node, second.node)), "flag")

    def _word(self, word: str, sort: str, node: Node) -> None:
        if sort == "?":
            return
        name = sort.partition(":")[2]
        if not sort.startswith("kind:"):
            self._bad("T406", node, _("in 只用在取词的字段上"))
        elif name not in self.words:
            self._bad(
                "N208",
                node,
                _(
                    "「%(word)s」：组织没有列出 %(name)s 的词，请写在 organisation.kinds.%(name)s",
                    word=word,
                    name=name,
                ),
            )
        elif word not in self.words[name]:
            self._bad(
                "N209",
                node,
                _(
                    "%(name)s 里没有「%(word)s」这个词%(near)s",
                    name=name,
                    word=word,
                    near=near(word, self.words[name]),
                ),
            )

    def _call(self, node: Node) -> Typed:
        name, args = node.value, [self._typed(arg) for arg in node.args]
        made = replace(node, args=tuple(arg.node for arg in args))
        if name not in FUNCTIONS:
            return self._bad(
                "N207",
                node,
                _(
                    "不认识的函数「%(name)s」%(near)s",
                    name=name,
                    near=near(name, set(FUNCTIONS) - FIELD_FUNCTIONS),
                ),
            )
        if name in FIELD_FUNCTIONS:
            return self._bad("L002", node, _("「%(name)s」看的是指标，属于语言 2", name=name))
        fewest, most, result = FUNCTIONS[name]
        if not fewest <= len(args) <= most:
            return self._bad(
                "T402",
                node,
                _("%(name)s 要 %(fewest)s 到 %(most)s 个值", name=name, fewest=fewest, most=most),
            )
        wanted = {"days": "day", "months": "day", "chars": "text", "met": "flag"}.get(name)
        if name in ("min", "max", "floor", "ceil", "half_up"):
            wanted = "number"
        checked = args[:1] if name == "if" else args
        wanted = "flag" if name == "if" else wanted
        for arg in checked:
            if wanted and arg.sort not in (wanted, "?"):
                self._bad(
                    "T403",
                    arg.node,
                    _(
                        "%(name)s 要的是%(wanted)s，这里是%(sort)s",
                        name=name,
                        wanted=_SORTS[wanted],
                        sort=self._sort(arg),
                    ),
                )
        return Typed(made, result if result != "same" else args[1 if name == "if" else 0].sort)
