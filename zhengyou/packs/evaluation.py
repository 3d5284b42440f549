"""Works out a checked expression exactly, in three values: yes, no and none."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from .expressions import Node

Names = Callable[[str], Any]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def rounding(how: str, figure: Fraction, step: Fraction = Fraction(1)) -> Fraction | None:
    """A figure rounded to a multiple of `step`: floor, ceil or half_up; none for a step of nothing."""
    if not step:
        return None
    parts = figure / step
    whole = {"floor": math.floor, "ceil": math.ceil, "half_up": lambda q: math.floor(q + Fraction(1, 2))}[
        how
    ](parts)
    return whole * step


def months_between(first: date, last: date) -> int:
    """Whole months from one day to another; negative when the second is earlier."""
    if last < first:
        return -months_between(last, first)
    return (last.year - first.year) * 12 + last.month - first.month - (1 if last.day < first.day else 0)


def evaluate(node: Node, name: Names) -> Any:
    """Value of a tree over one row: a Fraction, bool, date or word, or None; `name` gives a name's value."""
    op = node.op
    if op in ("num", "word", "flag", "day", "none"):
        return node.value
    if op == "name":
        return name(node.value)
    if op in ("and", "or"):
        return _joined(op, [evaluate(arg, name) for arg in node.args])
    if op == "call":
        return _call(node, name)
    first = evaluate(node.args[0], name)
    if op == "isnone":
        return first is None
    if first is None and op in ("not", "neg", "in"):
        return None
    if op == "not":
        return not first
    if op == "neg":
        return -first
    if op == "in":
        return str(first) in node.value
    return _binary(node, first, evaluate(node.args[1], name))


def _joined(op: str, values: list[Any]) -> bool | None:
    decisive = op == "or"
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _binary(node: Node, first: Any, second: Any) -> Any:
    if first is None or second is None:
        return None
    op = node.op
    if op in _COMPARE:
        if isinstance(node.value, tuple):  # words of a scale compare by its order
            if first not in node.value or second not in node.value:
                return None
            first, second = node.value.index(first), node.value.index(second)
        return _COMPARE[op](first, second)
    if op == "/":
        return None if second == 0 else Fraction(first) / second
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[op](first, second)


def _call(node: Node, name: Names) -> Any:
    called = node.value
    if called == "if":
        holds = evaluate(node.args[0], name)
        return None if holds is None else evaluate(node.args[1 if holds else 2], name)
    values = [evaluate(arg, name) for arg in node.args]
    if called == "or_else":
        return values[1] if values[0] is None else values[0]
    if called == "met":
        return Fraction(sum(value is True for value in values))
    if None in values:
        return None
    if called in ("min", "max"):
        return (min if called == "min" else max)(values)
    if called == "chars":
        return Fraction(len(values[0]))
    if called == "days":
        return Fraction((values[1] - values[0]).days)
    if called == "months":
        return Fraction(months_between(values[0], values[1]))
    return rounding(called, *values)
