"""`zhengyou board`: the figures of a unit and all below it as a table or as JSON; parts add up at every level."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import Any, TextIO

from django.utils.translation import gettext as _

from zhengyou.campaigns.figures.board import NAMES, Figures, total
from zhengyou.kit import clock, ratio, sql
from zhengyou.overview import counts
from zhengyou.overview import plan as plans


def board(unit: str | None = None, as_json: bool = False, *, out: TextIO, err: TextIO) -> int:
    """Print the board of a unit (public id or full name; the root if not said); 0, or 2 where there is no such unit."""
    day = clock.today()
    units = _units(day)
    here = _find(units, unit or "")
    if here is None:
        wanted = _("没有叫「%(unit)s」的单位：写单位全名或它的编号。") % {"unit": unit}
        print(wanted if unit else _("这里还没有组织：先导入花名册。"), file=err)
        return 2
    found = collect(day, units, here)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1), file=out)
    else:
        _print(found, out)
    return 0


def collect(day: date, units: dict[int, dict[str, Any]], here: int) -> dict[str, Any]:
    """Figures of a unit, its programmes and all units below it, level by level; `own` marks what is its own level's."""
    plan = plans.read()
    choice = plans.choose(plan, {"phase": "all"}, day)
    by_unit = _by_unit(day, list(choice.slots))
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, row in units.items():
        below[row["parent"]].append(pk)
    by_task = counts.read([here], choice.slots, day).by_unit[here]
    programmes = [
        {
            "code": programme.code,
            "zh": programme.zh,
            "en": programme.en,
            "figures": total(f for task, f in by_task.items() if plan.tasks[task].above == pk).as_json(),
        }
        for pk, programme in plan.programmes.items()
    ]
    return {"as_of": day.isoformat(), **_node(here, units, below, by_unit), "programmes": programmes}


def _node(
    pk: int, units: dict[int, dict[str, Any]], below: dict[int | None, list[int]], by_unit: dict[int, Figures]
) -> dict[str, Any]:
    row, figures = units[pk], by_unit.get(pk, Figures())
    node = {"unit": row["name"], "id": row["public_id"], "kind": row["kind"], "figures": figures.as_json()}
    if row["closed"]:
        node["closed"] = True
    children = [_node(child, units, below, by_unit) for child in below.get(pk, [])]
    own = figures.minus(total(by_unit.get(child, Figures()) for child in below.get(pk, [])))
    if children and any(own):
        children.insert(
            0,
            {
                "unit": row["name"],
                "id": row["public_id"],
                "kind": row["kind"],
                "own": True,
                "figures": own.as_json(),
            },
        )
    node["children"] = children
    return node


def _units(day: date) -> dict[int, dict[str, Any]]:
    """Every unit placed on the day, in the organisation's order."""
    return {
        pk: {
            "public_id": code,
            "name": name,
            "kind": kind,
            "parent": parent,
            "closed": sql.as_date(closed) <= day,
        }
        for pk, code, name, kind, parent, closed in sql.rows(
            """SELECT u.id, u.public_id, p.name, u.kind, p.parent_id, u.closed_on FROM org_placement p
               JOIN org_unit u ON u.id = p.unit_id WHERE p.dropped_id IS NULL AND p.valid_from <= :day
               AND p.valid_to > :day ORDER BY u.place, u.id""",
            day=day,
        )
    }


def _find(units: dict[int, dict[str, Any]], wanted: str) -> int | None:
    if not wanted:
        return next((pk for pk, row in units.items() if row["parent"] is None), None)
    return next((pk for pk, row in units.items() if wanted in (row["public_id"], row["name"])), None)


def _by_unit(day: date, slots: list[int]) -> dict[int, Figures]:
    """Figures of every unit with all below it, in one query, whatever the number of members."""
    among = ", ".join(map(str, slots))
    if not among:
        return {}
    found = sql.rows(
        f"""WITH f (unit_id, {", ".join(NAMES)}) AS (
            SELECT b.unit_id, {counts.sums("b", "b.n")} FROM campaigns_balance b WHERE b.slot_id IN ({among})
              GROUP BY b.unit_id
            UNION ALL SELECT c.ancestor_id, {counts.sums("d", "d.n")} FROM campaigns_delta d
              JOIN org_closure c ON c.descendant_id = d.unit_id AND c.valid_from <= :day AND c.valid_to > :day
              WHERE d.day <= :day AND d.slot_id IN ({among}) GROUP BY c.ancestor_id)
        SELECT unit_id, {", ".join(f"SUM({name})" for name in NAMES)} FROM f GROUP BY unit_id""",
        day=day,
    )
    return {unit: Figures(*map(int, values)) for unit, *values in found}


COLUMNS = ("owed", "exempt", "in_review", "accepted", "overdue", "not_due")


def _print(found: dict[str, Any], out: TextIO) -> None:
    """A table: the unit, its own level and its children; figures right-aligned."""
    print(_("截至 %(day)s") % {"day": found["as_of"]}, file=out)
    heads = [_("应办"), _("免办"), _("审核中"), _("已通过"), _("逾期"), _("未到期"), _("完成率")]
    print(_cell(_("单位"), 44) + "".join(_cell(head, 10, right=True) for head in heads), file=out)
    for depth, node in [(0, found), *((1, child) for child in found["children"])]:
        values = node["figures"]
        figures = Figures(*(values[name] for name in NAMES))
        label = _("本级") if node.get("own") else node["unit"]
        cells = [f"{figures.owed if name == 'owed' else values[name]:,}" for name in COLUMNS]
        line = [*cells, ratio.percent(figures.completion)]
        print(
            _cell("  " * depth + label, 44) + "".join(_cell(text, 10, right=True) for text in line), file=out
        )


def _cell(text: str, width: int, *, right: bool = False) -> str:
    """Text padded to a width in terminal columns: Chinese characters take two."""
    taken = sum(2 if ord(c) > 0x2E7F else 1 for c in text)
    pad = " " * max(width - taken, 1)
    return pad + text if right else text + pad
