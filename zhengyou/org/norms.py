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
    The most counts all registered members, the fewest and the committee those whose status the part counts as full; the
    part says the numbers for each kind.
    """
    out: list[dict[str, Any]] = []
    for unit in units:
        if unit["closed"] or not part.has_kind(unit["kind"]):
            continue
        kind, was = part.kind(unit["kind"]), unit["before"] or {}
        n, before = unit["after"]["members"], was.get("members")
        full, full_before = unit["after"]["full"], was.get("full")
        found: list[tuple[str, int]] = []
        if n != before and kind.max is not None and n > kind.max:
            found.append(("max", kind.max))
        if full != full_before:
            if kind.min is not None and full < kind.min:
                found.append(("min", kind.min))
            if kind.committee_from is not None and (full_before or 0) < kind.committee_from <= full:
                found.append(("committee", kind.committee_from))
            if kind.committee_from is not None and full < kind.committee_from <= (full_before or 0):
                found.append(("no_committee", kind.committee_from))
        if unit["new"] and kind.term_years is not None:
            found.append(("term", kind.term_years))
        out += [
            {
                "name": unit["name"],
                "norm": norm,
                "n": n if norm in ("max", "term") else full,
                "limit": limit,
                "until": _until(day, norm, limit),
            }
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
