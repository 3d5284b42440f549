"""The empty template workbook: bilingual headers, examples as comments, number columns as text, lists of words."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import xlsxwriter

from zhengyou.org.roster.words import FIELDS, REQUIRED
from zhengyou.packs.organisation import Organisation as Part

HEADERS = {
    "number": ("学号/工号", "Number"),
    "name": ("姓名", "Name"),
    "unit": ("单位", "Unit"),
    "parent": ("上级单位", "Parent unit"),
    "unit_kind": ("单位类型", "Unit kind"),
    "category": ("人员类别", "Category"),
    "status": ("状态", "Status"),
    "joined": ("加入日期", "Joined"),
    "confirmed": ("转正日期", "Confirmed"),
    "activity": ("活动单位", "Activity units"),
    "post": ("职务", "Post"),
    "email": ("电子邮箱", "E-mail"),
    "phone": ("电话", "Phone"),
    "note": ("备注", "Note"),
}
HINTS = {
    "number": "必填。学号或工号，按文本写，开头的 0 要保留。例：2010001234\n"
    "Required. Student or staff number, as text with its leading zeros.",
    "name": "必填。例：两个字的姓名中间不要加空格。\nRequired. No padding spaces inside.",
    "unit": "必填。所在的基层单位的全称；组织树里没有的，会列出来作为新单位。\n"
    "Required. The unit's full name; unknown units are proposed as new.",
    "parent": "新单位写上级的全称；已有的可以空着。\nFor new units: the superior unit's full name.",
    "unit_kind": "可以空着，系统按上下级关系判断。\nMay be left blank.",
    "category": "从列表里选。\nChoose from the list.",
    "status": "从列表里选。\nChoose from the list.",
    "joined": "例：2008-07-01\nExample: 2008-07-01",
    "confirmed": "例：2009-07-01\nExample: 2009-07-01",
    "activity": "在别的单位参加活动才写；几个单位用顿号隔开。\nOnly if active in other units; separate with a comma.",
    "post": "有职务才写。\nOnly if the person holds a post.",
    "email": "可以空着。\nMay be left blank.",
    "phone": "可以空着。\nMay be left blank.",
    "note": "可以空着。不要写身份证号码。\nMay be left blank. No national ID numbers.",
}
ROWS = 5000


def write_template(target: Path | IO[bytes], part: Part) -> None:
    """Write the template for an organisation's part; it holds no invented person."""
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target) as book:
        sheet = book.add_worksheet("名册 Roster")
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        must = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#FBF0F0", "border": 1}
        )
        may = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#F6F7F8", "border": 1}
        )
        sheet.set_row(0, 34)
        sheet.freeze_panes(1, 0)
        for at, field in enumerate(FIELDS):
            zh, en = HEADERS[field]
            required = field in REQUIRED
            sheet.set_column(
                at,
                at,
                24 if field in ("unit", "parent", "activity", "email", "note") else 14,
                day if field in ("joined", "confirmed") else text,
            )
            sheet.write_string(0, at, f"{zh}{' *' if required else ''}\n{en}", must if required else may)
            sheet.write_comment(0, at, HINTS[field], {"x_scale": 2, "y_scale": 1.2})
        _lists(book, sheet, part)


def _lists(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, part: Part) -> None:
    """Words of the organisation's part on a hidden sheet, offered as lists in their columns."""
    words = book.add_worksheet("words")
    words.hide()
    pools = {
        "unit_kind": [kind.text() for kind in part.unit_kinds if kind.parents],
        "category": [label.text() or code for code, label in part.kinds.get("category", {}).items()],
        "status": [label.text() or code for code, label in part.kinds.get("status", {}).items()],
        "post": [post.text() for post in part.posts if post.on],
    }
    for at, (field, labels) in enumerate(pools.items()):
        if not labels:
            continue
        for row, label in enumerate(labels):
            words.write_string(row, at, label)
        letter, column = chr(65 + at), FIELDS.index(field)
        # A warning, not a stop: whoever pastes a whole column is told by the import itself.
        sheet.data_validation(
            1,
            column,
            ROWS,
            column,
            {
                "validate": "list",
                "source": f"=words!${letter}$1:${letter}${len(labels)}",
                "error_type": "warning",
            },
        )
