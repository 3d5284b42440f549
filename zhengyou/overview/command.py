"""`zhengyou board`: the figures of a unit and all below it as a table or as JSON; parts add up at every level."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TextIO

from django.utils.translation import gettext as _

from zhengyou.campaigns.figures.board import NAMES, Figures, total
from zhengyou.kit import ratio, sql
from zhengyou.overview import counts
from zhengyou.overview import moment as moments
from zhengyou.overview import plan as plans
from zhengyou.overview.moment import Moment


def board(
    unit: str | None = None,
    as_json: bool = False,
    *,
    as_of: str = "",
    known_on: str = "",
    out: TextIO,
    err: TextIO,
) -> int:
    """Print the board of a unit (public id or full name; the root if not said), today, on a past day, or as it was known.

    0, or 2 where there is no such unit or the day is none that has come.
    """
    for text in (as_of, known_on):
        if text and (why := moments.why_not(text)):
            print(why, file=err)
            return 2
    moment, _faults = moments.read({"on": as_of, "known": known_on})
    units = _units(moment)
    here = _find(units, unit or "")
    if here is None:
        wanted = _("没有叫「%(unit)s」的单位：写单位全名或它的编号。") % {"unit": unit}
        print(wanted if unit else _("这里还没有组织：先导入花名册。"), file=err)
        return 2
    found = collect(moment, units, here)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1), file=out)
    else:
        _print(found, out)
    return 0


def collect(moment: Moment, units: dict[int, dict[str, Any]], here: int) -> dict[str, Any]:
    """Figures of a unit, its programmes and all units below it, level by level; `own` marks what is its own level's."""
    plan = plans.read()
    choice = plans.choose(plan, {"phase": "all"}, moment)
    by_unit = _by_unit(moment, list(choice.slots), units)
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, row in units.items():
        below[row["parent"]].append(pk)
    by_task = counts.read([here], choice.slots, moment, newest=plan.newest).by_unit[here]
    programmes = [
        {
            "code": programme.code,
            "zh": programme.zh,
            "en": programme.en,
            "figures": total(f for task, f in by_task.items() if plan.tasks[task].above == pk).as_json(),
        }
        for pk, programme in plan.programmes.items()
    ]
    days = {"as_of": moment.day.isoformat()}
    if moment.known_on:
        days["known_on"] = moment.known_on.isoformat()
    return {**days, **_node(here, units, below, by_unit), "programmes": programmes}


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


def _units(moment: Moment) -> dict[int, dict[str, Any]]:
    """Every unit placed on the day, in the organisation's order."""
    return {
        pk: {
            "public_id": code,
            "name": name,
            "kind": kind,
            "parent": parent,
            "closed": sql.as_date(closed) <= moment.day,
        }
        for pk, code, name, kind, parent, closed in sql.rows(
            f"""SELECT u.id, u.public_id, p.name, u.kind, p.parent_id, {moment.closed_on("u")} FROM org_placement p
               JOIN org_unit u ON u.id = p.unit_id WHERE {moment.hangs("p")} ORDER BY u.place, u.id""",
            day=moment.day,
            last=moment.last or 0,
            far=sql.FAR,
        )
    }


def _find(units: dict[int, dict[str, Any]], wanted: str) -> int | None:
    if not wanted:
        return next((pk for pk, row in units.items() if row["parent"] is None), None)
    return next((pk for pk, row in units.items() if wanted in (row["public_id"], row["name"])), None)


def _by_unit(moment: Moment, slots: list[int], units: Iterable[int]) -> dict[int, Figures]:
    """Figures of every unit with all below it, in one query, whatever the number of members."""
    counted = counts.read(list(units), slots, moment)
    return {unit: counted.of(unit) for unit in counted.by_unit}


COLUMNS = ("owed", "exempt", "in_review", "accepted", "overdue", "not_due")


def _print(found: dict[str, Any], out: TextIO) -> None:
    """A table: the unit, its own level and its children; figures right-aligned."""
    print(_("截至 %(day)s") % {"day": found["as_of"]}, file=out)
    if "known_on" in found:
        print(_("按 %(day)s 当天结束时已知的情况") % {"day": found["known_on"]}, file=out)
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
