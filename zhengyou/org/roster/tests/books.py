"""Workbooks made for tests: `book(tmp_path, rows)` writes one sheet, `people(n)` invents plain rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

HEAD = ["学号", "姓名", "单位", "上级单位", "人员类别", "状态", "加入日期"]


def people(n: int, *, unit: str = "图书馆直属党支部", first: int = 3001001) -> list[list[Any]]:
    """Rows of invented staff of one unit under the committee, with a day in every row."""
    return [
        [
            str(first + at),
            f"甲{'乙丙丁戊己庚辛壬癸子'[at % 10]}{'丑寅卯辰巳午未申酉戌'[at // 10 % 10]}",
            unit,
            "",
            "教职工",
            "正式",
            "2008-07-01",
        ]
        for at in range(n)
    ]


def book(
    folder: Path,
    rows: list[list[Any]],
    *,
    head: list[str] | None = HEAD,
    name: str = "名册.xlsx",
    sheet: str = "名册",
    above: tuple = (),
) -> Path:
    """Write rows under a header into one sheet; `above` are rows before the header."""
    path = folder / name
    with xlsxwriter.Workbook(
        str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    ) as made:
        page = made.add_worksheet(sheet)
        lines = [*above, *([head] if head else []), *rows]
        for at, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is None:
                    continue
                if hasattr(value, "isoformat"):
                    page.write_datetime(at, column, value)
                else:
                    page.write(at, column, value)
    return path
