"""The whole roster as a workbook that can be read in again: the same columns, everything unchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from zhengyou.kit import clock, sheets
from zhengyou.org.roster.standing import load
from zhengyou.org.roster.template import HEADERS
from zhengyou.org.roster.words import FIELDS, Words
from zhengyou.packs.organisation import Organisation as Part


def write_roster(target: Path | IO[bytes], part: Part) -> None:
    """Write everybody registered today with all fields of the roster; contact details included: for the office only."""
    headers = [f"{HEADERS[field][0]} {HEADERS[field][1]}" for field in FIELDS]
    sheets.write_rows(
        target,
        "名册 Roster",
        headers,
        _lines(part),
        widths=[14, 14, 28, 28, 14, 12, 12, 12, 12, 24, 16, 24, 16, 24],
    )


def _lines(part: Part) -> Iterator[list[str]]:
    standing, words = load(part, clock.today()), Words(part)
    units = standing.units
    posts: dict[int, list[str]] = defaultdict(list)
    for person, held in standing.posts.items():
        posts[person] = [
            f"{words.label('post', code)}（{units[u].name}）" for u, code in sorted(held) if u in units
        ]
    for known in standing.people.values():
        unit = units.get(known.unit or 0)
        if unit is None:
            continue
        active = [units[u].name for u in standing.activity.get(known.id, {}) if u in units]
        yield [
            known.number, known.name, unit.name, unit.parent.name if unit.parent else "", words.label("unit_kind", unit.kind),
            words.label("category", known.category), words.label("status", known.status), known.joined, known.confirmed,
            "、".join(active), "、".join(dict.fromkeys(posts.get(known.id, []))), known.email, known.phone, known.note,
        ]  # fmt: skip
