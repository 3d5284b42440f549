"""Norms of unit kinds (S1): fewest and most members, from when a committee is due, years of a term; they warn, never block."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from zhengyou.kit.sql import FAR
from zhengyou.packs.organisation import Organisation as Part


def warnings(part: Part, units: Iterable[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """What a change makes of the norms: of units that stay open and whose number of members changes, or that are new.

    `norm` is min, max, committee (from this size on a committee), no_committee (below it again) or term (`limit` years).
    All registered members are counted; the pack's part says the numbers for each kind.
    """
    out: list[dict[str, Any]] = []
    for unit in units:
        if unit["closed"] or not part.has_kind(unit["kind"]):
            continue
        kind, n = part.kind(unit["kind"]), unit["after"]["members"]
        before = unit["before"]["members"] if unit["before"] else None
        found: list[tuple[str, int]] = []
        if n != before:
            if kind.min is not None and n < kind.min:
                found.append(("min", kind.min))
            if kind.max is not None and n > kind.max:
                found.append(("max", kind.max))
            if kind.committee_from is not None and (before or 0) < kind.committee_from <= n:
                found.append(("committee", kind.committee_from))
            if kind.committee_from is not None and n < kind.committee_from <= (before or 0):
                found.append(("no_committee", kind.committee_from))
        if unit["new"] and kind.term_years is not None:
            found.append(("term", kind.term_years))
        out += [
            {"name": unit["name"], "norm": norm, "n": n, "limit": limit, "until": _until(day, norm, limit)}
            for norm, limit in found
        ]
    return out


def _until(day: date, norm: str, years: int) -> str:
    """The last day of a term that begins on `day`."""
    if norm != "term":
        return ""
    try:
        return day.replace(year=min(day.year + years, FAR.year)).isoformat()
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28).isoformat()
