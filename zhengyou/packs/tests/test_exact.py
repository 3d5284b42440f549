"""Numbers are exact, expressions are three-valued and always end."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from zhengyou.packs.blocks import WrongError, number, scale
from zhengyou.packs.evaluation import evaluate
from zhengyou.packs.expressions import ExpressionError, parse
from zhengyou.packs.reading import read

from .samples import checked, programme

ROW: dict[str, Any] = {
    "a": Fraction(1), "b": Fraction(3), "zero": Fraction(0), "gone": None, "yes_": True, "word": "city",
    "d1": date(2027, 1, 31), "d2": date(2027, 2, 28), "名": Fraction(7),
}  # fmt: skip


def value(text: str) -> Any:
    """What an expression gives over the row."""
    return evaluate(parse(text).root, ROW.__getitem__)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("1/3 * 3 = 1", True),
        ("90% = 9/10", True),
        ("a / b + a / b + a / b = 1", True),
        ("111/140 > 4/5 or 112/140 > 4/5", False),
        ("112/140 >= 4/5", True),
        ("-a - -b = 2", True),
        ("2 + 3 * 4 = 14", True),
        ("(2 + 3) * 4 = 20", True),
        ("a / zero", None),
        ("gone + 1 > 0", None),
        ("gone > 0 or yes_", True),
        ("gone > 0 and not yes_", False),
        ("gone > 0 and yes_", None),
        ("not (gone > 0)", None),
        ("gone is none and not (a is none)", True),
        ("or_else(gone, 5) = 5", True),
        ("if(yes_, a, b) = a", True),
        ("if(gone > 1, a, b)", None),
        ("met(a = 1, b = 1, gone > 0, yes_) = 2", True),
        ("min(a, b) = 1 and max(a, b) = 3", True),
        ("floor(7/2) = 3 and ceil(7/2) = 4 and half_up(7/2) = 4", True),
        ("half_up(2.45, 0.1) = 2.5", True),
        ("floor(7, 0)", None),
        ("days(d1, d2) = 28", True),
        ("months(d1, d2) = 0 and months(d2, d1) = 0", True),
        ("word in (city, province)", True),
        ("名 ≥ ７ and 名 × ２ ＝ １４", True),
        ("a != 1", False),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    assert value(text) is expected or value(text) == expected


def test_words_of_a_scale_compare_by_its_order() -> None:
    from zhengyou.packs.expressions import Node

    node = Node(">", (Node("word", (), "province"), Node("word", (), "city")), ("city", "province"))
    assert evaluate(node, ROW.__getitem__) is True


@pytest.mark.parametrize(
    "text", ["", "1 +", "(1", "1 2", "a.b.c", "in (a)", "a in ()", "a is b", "x(", "1 < 2 < 3"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 90 + "1" + ")" * 90,
        "-" * 150 + "1",
        "(" * 500 + "1" + ")" * 500,
        "-" * 500 + "1",
        "not " * 400 + "yes",
        "1+" * 1500 + "1",
    ],
)
def test_expressions_have_bounds(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("5", Fraction(5)),
        ("0.1", Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        ("90%", Fraction(9, 10)),
        ("９０％", Fraction(9, 10)),
    ],
)
def test_numbers(text: str, exact: Fraction) -> None:
    assert number(text) == exact


@pytest.mark.parametrize("text", ["", "1/0", "many", "1e5", "9" * 40, "0x10"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(WrongError):
        number(text)


def test_a_scale_may_be_typed_as_a_form_gives_it() -> None:
    assert scale("好 100，一般：60、不了解 excluded") == {"好": 100, "一般": 60, "不了解": "excluded"}
    with pytest.raises(WrongError):
        scale("好坏")


def test_every_scalar_is_read_as_text_and_only_null_is_open() -> None:
    data = read("a: 0.10\nb: 06-30\nc: yes\nd: null\ne: ~\nf: 'null'\ng: 1e3\nh:\n").data
    assert [data[key] for key in "abcfg"] == ["0.10", "06-30", "yes", "null", "1e3"]
    assert not any(data[key] for key in "deh")


def test_shares_stay_fractions_in_the_model() -> None:
    done = checked(programme("t: {who: group, every: year, review: {by: office, mode: sample, share: 0.1}}"))
    assert done.pack is not None
    review = done.pack.programmes["p"].tasks["t"].review
    assert review is not None
    assert review.share == Fraction(1, 10)
