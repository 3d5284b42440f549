"""Shares are exact and shown honestly (DOMAIN.md §4, golden cases 1 and 2)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengyou.kit.ratio import largest_remainder, percent, share


def test_golden_case_2_shares_by_largest_remainder_add_to_100():
    assert largest_remainder([134, 4, 3]) == ["95.03", "2.84", "2.13"]


def test_golden_case_1_exact_fractions_decide_thresholds():
    assert not share(111, 140) > Fraction(4, 5)
    assert not share(111, 140) >= Fraction(4, 5)
    assert share(111, 134) >= Fraction(4, 5)
    assert not share(112, 140) > Fraction(4, 5)
    assert share(112, 140) >= Fraction(4, 5)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30), st.integers(0, 4))
def test_shares_add_to_exactly_100_and_stay_within_one_step(counts, places):
    shown = largest_remainder(counts, places)
    if not sum(counts):
        assert set(shown) == {"—"}
        return
    assert sum(map(Fraction, shown)) == 100
    step = Fraction(1, 10**places)
    assert all(
        abs(Fraction(text) - Fraction(n * 100, sum(counts))) < step
        for text, n in zip(shown, counts, strict=True)
    )


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (3819, 5276, "72.4%"),
        (0, 7, "0.0%"),
        (7, 7, "100.0%"),
        (9999, 10000, "99.9%"),
        (1, 100000, "0.1%"),
        (1, 3, "33.3%"),
        (1, 8, "12.5%"),
        (1, 0, "—"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, whole, text):
    assert percent(share(part, whole)) == text


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 3))
def test_100_percent_means_all_and_0_percent_means_none(part, whole, places):
    part = min(part, whole)
    shown = percent(share(part, whole), places)
    assert (Fraction(shown.rstrip("%")) == 100) == (part == whole)
    assert (Fraction(shown.rstrip("%")) == 0) == (part == 0)
