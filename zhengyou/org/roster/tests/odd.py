"""Odd files without a fixed verdict, made from a seed: broken, exotic, full of naughty values (TRUST.md G11)."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import xlsxwriter

from zhengyou.org.roster.tests.hostile import HEAD, cell, good, header_row, packed, parts, with_sheet

KINDS = ["n", "s", "b", "d", "e", "str", "zz"]
NAUGHTY = [
    "",
    " ",
    "\u200b",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "+1",
    "-1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'",
    '"',
    "\\",
    "%s%n%d",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "'; DROP TABLE org_person;--",
    "NULL",
    "None",
    "undefined",
    "NaN",
    "Infinity",
    "-0",
    "1e309",
    "0x1F",
    "९९९",
    "Ω≈ç√∫",
    "田中さん",
    "𠮷野家",
    "👨‍👩‍👧‍👦",
    "א‎ב",
    "\u202eabc",
    "ﷺ",
    "Z̴̡a̷l̶g̸o",
    "a" * 5000,
    "合计",
    "总计：99人",
    "#REF!",
    "#N/A",
    "2010.1",
    "2010.7",
    "31/02/2010",
    "9999-12-31",
    "0000-00-00",
    "1900-02-29",
    "11010519491231002X",
    "110105491231002",
    "1.1010519491231E+17",
    "../../../etc/passwd",
    "CON",
    "\ufeff学号",
    "é",
    "é",
    "ｆｕｌｌ１２３",
    "\x1b[31m",
    "一" * 300,
    "2010年2月30日",
    "十月一日",
    "党支部",
]


def corpus(n: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """`n` more files without a fixed verdict: whatever is made of them, it is a roster or one sentence."""
    makers = [
        _flipped,
        _sawn,
        _noise,
        _naughty_csv,
        _naughty_book,
        _odd_xml,
        _odd_archive,
        _odd_encoding,
        _odd_cells,
        _odd_layout,
    ]
    dice = random.Random(seed)
    for at in range(n):
        yield makers[at % len(makers)](dice, at)


def _flipped(dice: random.Random, at: int) -> tuple[str, bytes]:
    raw = bytearray(good(at % 7))
    for _ in range(dice.randint(1, 40)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return "a.xlsx", bytes(raw)


def _sawn(dice: random.Random, at: int) -> tuple[str, bytes]:
    raw = good(at % 7)
    start = dice.choice([0, 0, 0, dice.randrange(len(raw))])
    return dice.choice(["a.xlsx", "a.xls", "a.csv"]), raw[start : dice.randrange(start, len(raw))]


def _noise(dice: random.Random, at: int) -> tuple[str, bytes]:
    heads = [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x09\x08\x10\0",
        "学号,姓名,单位\n".encode(),
    ]
    return "a.xlsx", dice.choice(heads) + dice.randbytes(dice.randint(0, 4000))


def _row(dice: random.Random) -> list[str]:
    return [dice.choice(NAUGHTY) if dice.random() < 0.7 else f"30{dice.randrange(1000):06d}" for _ in HEAD]


def _naughty_csv(dice: random.Random, at: int) -> tuple[str, bytes]:
    lines = [dice.choice([",", "\t", ";", "，"]).join(HEAD)] + [
        ",".join(_row(dice)) for _ in range(dice.randint(0, 40))
    ]
    text = dice.choice(["\n", "\r\n", "\r"]).join(lines)
    if dice.random() < 0.3:
        text += '\n"never closed,' + "x" * dice.randrange(3000)
    return "a.csv", text.encode(dice.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), "replace")


def _naughty_book(dice: random.Random, at: int) -> tuple[str, bytes]:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for number in range(dice.randint(1, 4)):
            sheet = book.add_worksheet(f"表{number}")
            if dice.random() < 0.2 and number:
                sheet.hide()
            if dice.random() < 0.3:
                sheet.merge_range(0, 0, 0, 5, dice.choice(NAUGHTY)[:100] or "题")
            sheet.write_row(1, 0, dice.sample(HEAD, len(HEAD)))
            for row in range(2, dice.randint(2, 40)):
                for column, value in enumerate(_row(dice)):
                    kind = dice.random()
                    if kind < 0.6:
                        sheet.write_string(row, column, "".join(c for c in value if c >= " ")[:32000])
                    elif kind < 0.8:
                        sheet.write_number(
                            row,
                            column,
                            dice.choice([0, -1, 2010.7, 40360, 1e17, 1e300, 0.1, 12345, 110105194912310021]),
                        )
                    elif kind < 0.9:
                        sheet.write_boolean(row, column, True)
                    else:
                        sheet.write_formula(row, column, "=1/0", None, "#DIV/0!")
    return "a.xlsx", out.getvalue()


def _odd_xml(dice: random.Random, at: int) -> tuple[str, bytes]:
    body = header_row() + "".join(
        f'<row r="{dice.choice([2, 3, 0, 999999, 1048577, 99999999999])}">'
        + cell(
            dice.choice(["A2", "B2", "ZZZ9", "A0", "", "A99999999999"]), dice.choice(["x", "&#x41;", "&amp;"])
        )
        + "</row>"
        for _ in range(dice.randint(1, 20))
    )
    before = dice.choice(["", "<!-- x -->", "<?php ?>", "<" * 50])
    after = dice.choice(
        [
            "",
            '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
            "<a>" * 5000,
            '<mergeCells><mergeCell ref="::"/></mergeCells>',
        ]
    )
    return "a.xlsx", with_sheet(body, before=before, after=after)


def _odd_archive(dice: random.Random, at: int) -> tuple[str, bytes]:
    found = list(parts(good()).items())
    choice = dice.randrange(5)
    if choice == 0:
        found.pop(dice.randrange(len(found)))
    elif choice == 1:
        found.append((dice.choice(["..\\x", "a/../../b", "\\\\server\\x", "con", "x" * 300]), b"x"))
    elif choice == 2:
        found = [(name.upper(), data) for name, data in found]
    elif choice == 3:
        name, _data = found[at % len(found)]
        found[at % len(found)] = (name, dice.randbytes(200))
    else:
        found += [(f"xl/x{number}.xml", b"<a/>") for number in range(dice.choice([10, 300]))]
    return "a.xlsx", packed(found)


def _odd_encoding(dice: random.Random, at: int) -> tuple[str, bytes]:
    one, two = "学号,姓名,单位\n3001,张三,图书馆\n".encode(), "3002,李四,图书馆\n".encode("gb18030")
    ends = [
        b"\xff",
        b"\x80\x81",
        b"\x81\x30\x81",
        "é\n".encode("latin-1"),
        "日本\n".encode("shift-jis"),
        b"\x1a",
    ]
    return "a.csv", one + dice.choice([two, b""]) + dice.choice(ends) * dice.randint(1, 50)


def _odd_cells(dice: random.Random, at: int) -> tuple[str, bytes]:
    values = [
        "1e999",
        "NaN",
        "-1",
        "",
        "1,5",
        "0x10",
        "9" * 400,
        "2010-07-01T25:00:00",
        "TRUE",
        "999999999999",
    ]
    body = header_row() + "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{chr(65 + column)}{row}" t="{dice.choice(KINDS)}" s="{dice.choice([0, 1, 999])}">'
            f"<v>{dice.choice(values)}</v></c>"
            for column in range(9)
        )
        + "</row>"
        for row in range(2, dice.randint(3, 30))
    )
    return "a.xlsx", with_sheet(body)


def _odd_layout(dice: random.Random, at: int) -> tuple[str, bytes]:
    rows = dice.choice([1, 5, 300])
    columns = dice.choice([1, 2, 400, 3000])
    head = [dice.choice([*HEAD, "", "合计", "姓名"]) for _ in range(columns)]
    lines = [",".join(dice.choice(["", "x", "合计", "3001"]) for _ in range(columns)) for _ in range(rows)]
    return "a.csv", "\n".join([",".join(head), *lines]).encode()
