"""Excel of a board and of a missing list: the same figures as on the page, the day and the rule on the sheet, no formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengyou.kit import ratio
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.verdict import insist
from zhengyou.org.actions import looking
from zhengyou.overview import board as boards
from zhengyou.overview import places, rules, words
from zhengyou.overview.board import Board
from zhengyou.overview.plan import Choice
from zhengyou.overview.views.board import opened
from zhengyou.overview.views.lists import missing_list

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 5000
"""Children of one unit on a sheet; more are left out, and the sheet says so."""
FIGURES = ("issued", "void", "owed", "exempt", "in_review", "accepted", "overdue", "not_due")


@require_GET
def board(request: HttpRequest, code: str = "") -> HttpResponse:
    """The board of a unit as a workbook: every child, every task, as the address filters it."""
    tree, choice, by_row = opened(request, code)
    if not by_row:
        insist(rules.may_see_rows(request.authority, tree.here.id))  # type: ignore[attr-defined]
    whole = places.look(choice.moment, tree.here.public_id, 0, MOST)
    found = boards.read(whole or tree, choice)
    headers = [_("单位"), _("上级"), _("任务"), *(words.figure(name) for name in FIGURES), _("完成率")]
    name = f"{found.here.name} {choice.day.isoformat()}.xlsx"
    return _workbook(
        name, _("进度"), headers, [*_rows(found), *_notes(found, choice)], [36, 28, 36, *[9] * 8, 10]
    )


def _rows(found: Board) -> Iterable[Sequence[Any]]:
    """One line per unit and, below it, one per task (or period); lines of units add up to the first one."""
    if found.counted is None:
        return
    columns = boards.columns(found.choice)
    for row in found.rows:
        if row.level > 2:
            continue
        name = row.place.name if row.place else found.here.name
        if row.kind == "own":
            name, tasks = _("%(unit)s（本级）") % {"unit": found.here.name}, found.counted.own
        elif row.kind == "rest":
            name, tasks = _("没有列出的 %(n)d 个") % {"n": row.units}, {}
        else:
            tasks = found.counted.by_unit.get(row.place.id, {}) if row.place else {}
        above = "" if row.kind == "sum" else found.here.name
        yield [name, above, _("合计"), *_values(row.figures)]
        for column in columns:
            if column.id in tasks:
                yield [name, above, column.text, *_values(tasks[column.id])]


def _values(figures: Any) -> list[Any]:
    return [*(getattr(figures, name) for name in FIGURES), ratio.percent(figures.completion)]


def _notes(found: Board, choice: Choice) -> Iterable[Sequence[Any]]:
    yield []
    yield [_("截至 %(day)s，按当天的组织关系统计。") % {"day": found.day.isoformat()}]
    if found.choice.moment.known_on:
        known = found.choice.moment.known_on.isoformat()
        yield [_("按 %(day)s 当天结束时已知的情况统计，之后补录和更正的不算。") % {"day": known}]
    yield [_("筛选：%(words)s") % {"words": choice.words}]
    yield [_("发出 = 作废 + 应办；应办 = 免办 + 审核中 + 已通过 + 逾期 + 未到期。")]
    yield [_("完成率 = 已通过 ÷（应办 − 免办）。交了还没审的不算逾期，算在「审核中」。")]
    yield [_("单位按组织序列排，不按高低排；本级和下级各行相加等于第一行。")]


@require_GET
def missing(request: HttpRequest, code: str, slot: int) -> HttpResponse:
    """Who of one unit is missing, for its own head only: 403 with the reason for everybody else."""
    found = missing_list(request, code, slot)
    insist(found["names"])
    looking.look_at_unit(request.me, found["here"].id, looking.MISSING_OUT)  # type: ignore[attr-defined]
    headers = [_("编号"), _("姓名"), _("状态"), _("期限"), _("逾期天数")]
    states = {"due": _("待办"), "returned": _("已退回")}
    rows = [[one.number, one.who, states[one.state], one.due_on, one.late or None] for one in found["people"]]
    notes = [
        [],
        [
            _("%(unit)s · %(title)s · 截至 %(day)s")
            % {"unit": found["here"].name, "title": found["title"], "day": found["day"]}
        ],
        [_("这份名单只给本单位负责人用，请不要张贴或转发到单位以外。")],
    ]
    name = f"{found['title']} {found['day'].isoformat()}.xlsx"
    return _workbook(name, _("还差谁"), headers, [*rows, *notes], [16, 20, 10, 12, 10])


def _workbook(
    name: str, sheet: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]
) -> HttpResponse:
    out = io.BytesIO()
    write_rows(out, sheet, headers, rows, widths=widths)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-"))
    return response
