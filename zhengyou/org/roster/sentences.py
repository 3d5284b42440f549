"""What is said about a cell, a row or a file: one sentence each, translated when it is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhengyou.org.current import language
from zhengyou.packs.wording import Text
from zhengyou.packs.wording import Text as _

SENTENCES: dict[str, Text] = {
    # numbers
    "number_missing": _("没有写。每个人都要有号。请补上"),
    "number_id": _("是身份证号码。身份证号码不收集。请换成学号或工号"),
    "number_odd": _("不像一个号。号由数字和字母组成。请改正"),
    "number_precise": _("太长，Excel 只保留前 15 位，后面的已经变成 0。把这一列设成文本，再填一次"),
    "number_science": _("成了科学记数，后面的数字已经丢了。把这一列设成文本，再填一次"),
    "number_short": _("只有 %(has)s 位，应有 %(width)s 位，多半丢了开头的 0。把这一列设成文本，再填一次"),
    "number_long": _("有 %(has)s 位，应是 %(width)s 位。请核对"),
    "number_taken": _("和第 %(row)s 行「%(other)s」相同，姓名却不一样。请核对是谁的号"),
    "number_taken_here": _("在系统里是「%(other)s」的号，姓名不一样。请核对是谁的号"),
    "number_numeric": _("存成了数字，开头若有 0 已经丢了；读成「%(value)s」"),
    "number_decimal": _("带着小数点，读成「%(value)s」"),
    "number_written": _("有全角字符或空格，读成「%(value)s」"),
    "number_zeros": _("按规定的位数补上开头的 0，读成「%(value)s」"),
    # names
    "name_missing": _("没有写。请补上"),
    "name_odd": _("不像姓名。请改正"),
    "name_spaces": _("去掉了多余的空格，读成「%(value)s」"),
    # units
    "unit_missing": _("没有写。每个人都要有一个单位。请补上"),
    "unit_same_name": _("有 %(count)s 个单位都叫「%(unit)s」。请加一列「上级单位」说明是哪一个"),
    "unit_self": _("「%(unit)s」的上级写的是它自己。请改正"),
    "unit_circle": _("「%(unit)s」的上级绕了一圈又回到它自己。请改正"),
    "unit_two_parents": _("「%(unit)s」在不同的行里写了不同的上级：%(parents)s。请改成一致"),
    "unit_closed": _("「%(unit)s」已于 %(day)s 撤销，不能再放人。请改成现在的单位"),
    "unit_kind_odd": _("「%(value)s」不是这里的单位类型。可以写：%(known)s"),
    "unit_kind_place": _("「%(unit)s」是%(kind)s，不能放在「%(parent)s」（%(parent_kind)s）下面。请核对上级单位或单位类型"),
    "unit_no_place": _("「%(unit)s」不能放在「%(parent)s」（%(parent_kind)s）下面，那一级没有下级单位。请核对上级单位"),
    "unit_near": _("「%(unit)s」不在组织树里，是不是「%(near)s」？"),
    "unit_near_file": _("「%(unit)s」只出现 %(count)s 次，是不是「%(near)s」？"),
    "unit_from_sheet": _("没有单位一列，按表名算作「%(unit)s」"),
    "activity_unknown": _("活动单位「%(unit)s」不在组织树里，名册里也没有。请核对名称"),
    "activity_same": _("活动单位和所在单位相同，没有另记"),
    # words
    "word_odd": _("「%(value)s」不在这里的用词里。可以写：%(known)s"),
    "post_odd": _("「%(value)s」不是这里的职务，没有记。能记的职务：%(known)s"),
    "post_place": _("「%(post)s」不设在%(kind)s上，没有记"),
    # days
    "day_odd": _("看不出是哪一天。请写成 2010-07-01 这样"),
    "day_year": _("只有年份。请写到月或日，像 2010-07-01"),
    "day_tenth": _("是数字 2010.1 的样子，分不清 1 月还是 10 月。请写成 2010-01 或 2010-10"),
    "day_order": _("分不清哪个是月、哪个是日。请写成 2010-07-01 这样"),
    "day_range": _("没有这一天，或年份不合情理。请改正"),
    "day_future": _("在名册日期之后。请核对"),
    "day_before": _("转正早于加入。请核对两个日期"),
    "day_text": _("是文字写的日期，读成 %(value)s"),
    "day_month": _("只写到月，按 %(value)s 算"),
    "day_serial": _("是日期的序号，读成 %(value)s"),
    # others
    "email_odd": _("不像邮箱地址。请改正，或清空这一格"),
    "phone_odd": _("不像电话号码。请改正，或清空这一格"),
    "too_long": _("太长了。请写短一些"),
    "id_in_cell": _("里面有身份证号码，这一格没有读入"),
    "twice_same": _("和第 %(row)s 行是同一个人，内容也一样，只算一次"),
    "twice_differs": _("和第 %(row)s 行是同一个人、同一个单位，「%(field)s」却不一样。请留下对的一行"),
    "twice_left": _("在 %(unit)s 的这一行按您的决定没有采用"),
    "left_out": _("按您的决定，这一行没有导入"),
    "later_change": _("系统里这个人在 %(day)s 有更晚的变动，名册是 %(roster)s 的。请用更新的名册，或在人员页上改"),
    "filled": _("这一格在合并的单元格里，读成「%(value)s」"),
    "name_asked": _("这个号在系统里是「%(old)s」，名册写「%(new)s」"),
    "root_by_depth": _("「%(unit)s」算作最上级的「%(root)s」"),
    # questions and their answers
    "ask_place": _("组织树里「%(unit)s」在「%(old)s」下面，名册写在「%(new)s」下面。是同一个单位吗？"),
    "answer_place_same": _("是同一个，仍在「%(old)s」下面"),
    "answer_place_new": _("是「%(new)s」下面另一个同名的单位"),
    "answer_unit_same": _("是「%(near)s」，记住这个叫法"),
    "answer_unit_new": _("不是，「%(unit)s」是新单位"),
    "ask_kind": _("「%(unit)s」是哪一种单位？"),
    "answer_kind": _("%(label)s"),
    "ask_twice": _("「%(name)s」（%(number)s）同时写在 %(units)s。是哪一种情况？"),
    "answer_keep": _("只在「%(unit)s」（第 %(row)s 行），另一行写错了或已经调走"),
    "answer_activity": _("在「%(unit)s」（第 %(row)s 行），另一个是活动单位"),
    "ask_person": _("号对不上，姓名和单位与系统里 %(number)s 的「%(name)s」相同。是同一个人吗？"),
    "ask_person_blank": _("没有写号，姓名和单位与系统里 %(number)s 的「%(name)s」相同。是同一个人吗？"),
    "answer_person_same": _("就是 %(number)s 的「%(name)s」，号用系统里的"),
    "answer_person_new": _("不是，另有其人"),
    "ask_name": _("%(number)s 在系统里是「%(old)s」，名册写「%(new)s」。是改了姓名，还是号写错了？"),
    "answer_name_changed": _("是同一个人，姓名改成「%(new)s」"),
    "answer_name_wrong": _("号写错了，这一行不导入"),
    "ask_zeros": _("「%(sheet)s」里有 %(count)s 个号存成了数字，比别的短（别的都是 %(width)s 位）。是不是丢了开头的 0？"),
    "answer_pad": _("是，补足 %(width)s 位"),
    "answer_keep_short": _("不是，就是这么长"),
    # files and sheets
    "id_column": _("「%(column)s」一列是身份证号码：不收集，已经丢开，没有存"),
    "columns_ignored": _("这些列用不上，没有读：%(columns)s"),
    "sheet_hidden": _("隐藏的表没有读"),
    "sheet_chart": _("这张表是图表，没有读"),
    "sheet_headless": _("没有认出表头，这张表没有读。表头里要有学号（工号）、姓名和单位"),
    "sheet_cut": _("超过 200 列，后面的列没有读"),
    "rows_skipped": _("跳过了 %(count)s 行合计、重复表头或说明：第 %(rows)s 行"),
    "rows_hidden": _("有 %(count)s 行是隐藏的（第 %(rows)s 行），也读了"),
    "many_more": _("还有 %(count)s 处同样的情况，没有一一列出"),
    "no_header": _(
        "没有认出表头：第一行有字的地方要写列名，至少有「学号」（或「工号」）、「姓名」和「单位」。"
        "可以先下载模板，照着填。"
    ),
    "no_rows": _("表头下面没有一行人。请检查是不是选错了文件。"),
}  # fmt: skip

COLUMNS: dict[str, Text] = {
    "number": _("学号/工号"),
    "name": _("姓名"),
    "unit": _("单位"),
    "parent": _("上级单位"),
    "unit_kind": _("单位类型"),
    "category": _("人员类别"),
    "status": _("状态"),
    "joined": _("加入日期"),
    "confirmed": _("转正日期"),
    "activity": _("活动单位"),
    "post": _("职务"),
    "email": _("电子邮箱"),
    "phone": _("电话"),
    "note": _("备注"),
}


def say(code: str, facts: dict[str, Any] | None = None) -> str:
    """The sentence of a code with its facts, in the reader's language."""
    text = SENTENCES[code]
    if not facts:
        return str(text)
    return str(Text(text.template, **{name: _fact(value) for name, value in facts.items()}))


def _fact(value: Any) -> Any:
    """A list as a list of the reader's language, {"zh", "en"} as that word, {"units"} as names in quotation marks."""
    if isinstance(value, dict) and "units" in value:
        return listed([str(_("「%(unit)s」", unit=name)) for name in value["units"]])
    if isinstance(value, dict):
        value = value["en" if language() == "en" else "zh"]
    return listed(value) if isinstance(value, list) else value


def listed(words: Iterable[str]) -> str:
    """Several words as a list inside a sentence."""
    return str(_("、")).join(words)


def in_brackets(word: str, more: str) -> str:
    """A word with something in brackets behind it."""
    return str(_("%(word)s（%(more)s）", word=word, more=more))


def column(field: str) -> str:
    """A field's own name, where the file has no header for it."""
    return str(COLUMNS.get(field, field))


def place(sheet: str, row: int, header: str, sentence: str) -> str:
    """A sentence with its place: 「表1」第 87 行「学号」…"""
    if row and header:
        return str(
            _(
                "「%(sheet)s」第 %(row)s 行「%(column)s」%(what)s",
                sheet=sheet,
                row=row,
                column=header,
                what=sentence,
            )
        )
    if row:
        return str(_("「%(sheet)s」第 %(row)s 行：%(what)s", sheet=sheet, row=row, what=sentence))
    if sheet:
        return str(_("「%(sheet)s」：%(what)s", sheet=sheet, what=sentence))
    return sentence


def at_column(header: str, what: str) -> str:
    """A sentence under its column: 「学号」没有写。"""
    return str(_("「%(column)s」%(what)s", column=header, what=what)) if header else what


def joined(sentences: list[str]) -> str:
    """Several sentences about one thing as one."""
    return str(_("；")).join(sentences)


def stop(sentence: str) -> str:
    """A sentence with its full stop."""
    return str(_("%(what)s。", what=sentence))
