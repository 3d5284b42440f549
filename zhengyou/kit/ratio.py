"""Exact shares and how they are shown: fractions inside, rounding only at the page (DOMAIN.md §4, 1 and 11)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def share(part: int, whole: int) -> Fraction | None:
    """part / whole exactly, or None where there is nothing to divide by (shown as a dash)."""
    return Fraction(part, whole) if whole else None


def percent(value: Fraction | None, places: int = 1) -> str:
    """A share as "72.4%"; "—" for None. Rounded half up, but never to 0 % or 100 % unless it is exactly that."""
    if value is None:
        return "—"
    step = 10**places
    scaled = value * 100 * step
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    if value < 1:
        whole = min(whole, 100 * step - 1)
    if value > 0:
        whole = max(whole, 1)
    return f"{whole // step}.{whole % step:0{places}d}%" if places else f"{whole}%"


def largest_remainder(counts: Sequence[int], places: int = 2) -> list[str]:
    """Shares of `counts` in percent that add to exactly 100 (DOMAIN.md golden case 2); all "—" when they sum to 0."""
    total = sum(counts)
    if not total:
        return ["—"] * len(counts)
    step = 10**places
    exact = [Fraction(n * 100 * step, total) for n in counts]
    units = [int(x) for x in exact]
    order = sorted(range(len(counts)), key=lambda i: (units[i] - exact[i], i))
    for i in order[: 100 * step - sum(units)]:
        units[i] += 1
    return [f"{u // step}.{u % step:0{places}d}" if places else str(u) for u in units]
