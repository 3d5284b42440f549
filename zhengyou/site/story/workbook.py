"""The roster workbook of the story: two sheets as an office would keep them, staff and students apart."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from zhengyou.kit import sheets
from zhengyou.site.story.place import Place, Row

HEADERS = [
    "编号",
    "姓名",
    "所在单位",
    "上级单位",
    "单位类别",
    "类别",
    "状态",
    "加入日期",
    "转正日期",
    "活动单位",
    "职务",
]


def write(path: Path, units: list[Place], rows: Iterable[Row]) -> None:
    """Write all rows into one sheet, each unit's parent beside it."""
    sheets.write_rows(
        path,
        "花名册",
        HEADERS,
        [
            [
                r.number,
                r.name,
                r.unit,
                r.parent,
                r.kind,
                r.category,
                r.status,
                r.joined,
                r.confirmed,
                r.activity,
                r.post,
            ]
            for r in rows
        ],
    )
