"""Files that mean harm or are merely broken, made from a seed: nothing of this corpus is stored (TRUST.md G11, G18)."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Iterator
from functools import cache

import xlsxwriter

HEAD = ["学号", "姓名", "单位", "上级单位", "人员类别", "状态", "加入日期", "职务", "备注"]
NAUGHTY = [
    "", " ", "\u200b", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "＝1+1", "＋1", "－1", "＠x", "'", '"', "\\", "%s%n%d",
    "{{7*7}}", "<script>alert(1)</script>", "'; DROP TABLE org_person;--", "NULL", "None", "undefined", "NaN", "Infinity", "-0", "1e309",
    "0x1F", "९९९", "Ω≈ç√∫", "田中さん", "𠮷野家", "👨‍👩‍👧‍👦", "א‎ב", "\u202eabc", "ﷺ", "Z̴̡a̷l̶g̸o", "a" * 5000, "合计", "总计：99人", "#REF!", "#N/A",
    "2010.1", "2010.7", "31/02/2010", "9999-12-31", "0000-00-00", "1900-02-29", "11010519491231002X", "110105491231002", "1.1010519491231E+17",
    "../../../etc/passwd", "CON", "\ufeff学号", "é", "é", "ｆｕｌｌ１２３", "\x1b[31m", "一" * 300, "2010年2月30日", "十月一日", "党支部",
]  # fmt: skip


@cache
def good(seed: int = 0) -> bytes:
    """A small sound workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEAD)
        for at in range(1, 12):
            sheet.write_row(at, 0, [f"30{seed:03d}{at:03d}", f"甲{chr(0x4E00 + at)}", "图书馆", "", "教职工", "正式", "2008-07-01", "", ""])
    return out.getvalue()


def parts(raw: bytes) -> dict[str, bytes]:
    """A workbook's parts by name."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries: dict[str, bytes] | list[tuple[str, bytes]]) -> bytes:
    """Parts as an archive again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(name, data)
    return out.getvalue()


def inflated(name: str, mb: int, unit: bytes) -> bytes:
    """The sound workbook with a part that unpacks to so many MB; made without ever holding them."""
    out, block = io.BytesIO(packed(parts(good()))), (unit * (1 << 20))[: 1 << 20]
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _ in range(mb):
            part.write(block)
    return out.getvalue()


def changed(**more: bytes) -> bytes:
    """The sound workbook with parts added or replaced (names with / written as __, dots as _dot_)."""
    found = parts(good())
    for name, data in more.items():
        found[name.replace("__", "/").replace("_dot_", ".")] = data
    return packed(found)


def sheet_xml(body: str, *, before: str = "", after: str = "") -> bytes:
    """A worksheet part with these rows."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{body}</sheetData>{after}</worksheet>"
    )
    return text.encode()


def with_sheet(body: str, *, before: str = "", after: str = "") -> bytes:
    """The sound workbook with another sheet."""
    return changed(xl__worksheets__sheet1_dot_xml=sheet_xml(body, before=before, after=after))


def cell(ref: str, text: str) -> str:
    """A cell of inline text."""
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def header_row() -> str:
    """The header as a row of inline text."""
    return '<row r="1">' + "".join(cell(f"{chr(65 + at)}1", word) for at, word in enumerate(HEAD)) + "</row>"


def ole(*names: str) -> bytes:
    """An OLE container with nothing but a directory of these names."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    directory = b""
    for name in ("Root Entry", *names):
        word = name.encode("utf-16-le") + b"\0\0"
        directory += word.ljust(64, b"\0") + struct.pack("<H", len(word)) + b"\0" * 62
    return head + directory.ljust(1024, b"\0")


def refused() -> dict[str, tuple[str, bytes, str]]:
    """What must be refused, by name: (file name, content, code)."""
    bomb, padded = inflated("xl/media/image1.png", 60, b"\0"), inflated("xl/big.xml", 600, b"<a/> ")
    doctype = '<!DOCTYPE x [<!ENTITY a "lol">]>'
    utf16 = sheet_xml(header_row(), before=doctype).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    kinds = parts(good())["[Content_Types].xml"]
    return {
        "bomb": ("a.xlsx", bomb, "bomb"),
        "padded part": ("a.xlsx", padded, "bomb"),
        "doctype": ("a.xlsx", with_sheet(header_row(), before=doctype), "doctype"),
        "doctype in utf-16": ("a.xlsx", changed(xl__worksheets__sheet1_dot_xml=utf16), "doctype"),
        "doctype far down": ("a.xlsx", with_sheet(header_row(), before=f"<!--{' ' * 70000}-->{doctype}"), "doctype"),
        "doctype in relations": ("a.xlsx", changed(xl___rels__workbook_dot_xml_dot_rels=f"{doctype}<a/>".encode()), "doctype"),
        "vba project": ("a.xlsx", changed(xl__vbaProject_dot_bin=b"x"), "macros"),
        "macro type": ("a.xlsx", changed(**{"[Content_Types]_dot_xml": kinds.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")}), "macros"),
        "macro sheet": ("a.xlsx", changed(xl__macrosheets__sheet1_dot_xml=b"<a/>"), "macros"),
        "upwards": ("a.xlsx", packed({**parts(good()), "../../evil.txt": b"x"}), "traversal"),
        "absolute": ("a.xlsx", packed({**parts(good()), "/etc/evil": b"x"}), "traversal"),
        "drive": ("a.xlsx", packed({**parts(good()), "C:\\evil": b"x"}), "traversal"),
        "binary workbook": ("a.xlsx", changed(xl__workbook_dot_bin=b"x"), "xlsb"),
        "open document": ("a.xlsx", packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "ods"),
        "word": ("a.xlsx", packed({"[Content_Types].xml": b"<Types>wordprocessingml</Types>", "word/document.xml": b"<a/>"}), "word"),
        "plain archive": ("a.xlsx", packed({"a.txt": b"x"}), "archive"),
        "pdf": ("a.xlsx", b"%PDF-1.7\n" + good(), "pdf"),
        "gif and archive": ("a.xlsx", b"GIF89a" + good(), "image"),
        "program": ("a.xls", b"MZ\x90\0" + b"\0" * 100, "program"),
        "page": ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "html"),
        "xml of 2003": ("a.xls", b'<?xml version="1.0"?><Workbook/>', "xml"),
        "svg": ("a.csv", b"<svg onload='alert(1)'/>", "xml"),
        "locked": ("a.xlsx", ole("EncryptedPackage", "EncryptionInfo"), "password"),
        "old macros": ("a.xls", ole("Workbook", "_VBA_PROJECT_CUR", "VBA"), "macros"),
        "old word": ("a.xls", ole("WordDocument"), "word"),
        "ole of nothing": ("a.xls", ole("Something"), "binary"),
        "sawn off ole": ("a.xls", ole("Workbook")[:900], "broken"),
        "hollow ole": ("a.xls", ole("Workbook"), "broken"),
        "empty": ("a.xlsx", b"", "empty"),
        "blank": ("a.csv", b" \r\n\t\n", "empty"),
        "rar": ("a.xlsx", b"Rar!\x1a\x07\0", "archive"),
        "wps": ("a.et", good(), "et"),
        "nul": ("a.csv", "学号,姓名,单位\n1,a\0b,c\n".encode(), "binary"),
        "noise": ("a.csv", random.Random(3).randbytes(5000), "binary"),
        "sawn off": ("a.xlsx", good()[: len(good()) // 2], "broken"),
        "far cell": ("a.xlsx", with_sheet(header_row() + '<row r="1048576">' + cell("XFD1048576", "x") + "</row>"), "limits"),
    }  # fmt: skip


def corpus(n: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """`n` more files without a fixed verdict: whatever is made of them, it is a roster or one sentence."""
    makers = [_flipped, _sawn, _noise, _naughty_csv, _naughty_book, _odd_xml, _odd_archive, _odd_encoding, _odd_cells, _odd_layout]
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
    heads = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xef\xbb\xbf", b"\xff\xfe", b"\x09\x08\x10\0", "学号,姓名,单位\n".encode()]
    return "a.xlsx", dice.choice(heads) + dice.randbytes(dice.randint(0, 4000))


def _row(dice: random.Random) -> list[str]:
    return [dice.choice(NAUGHTY) if dice.random() < 0.7 else f"30{dice.randrange(1000):06d}" for _ in HEAD]


def _naughty_csv(dice: random.Random, at: int) -> tuple[str, bytes]:
    lines = [dice.choice([",", "\t", ";", "，"]).join(HEAD)] + [",".join(_row(dice)) for _ in range(dice.randint(0, 40))]
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
                        sheet.write_number(row, column, dice.choice([0, -1, 2010.7, 40360, 1e17, 1e300, 0.1, 12345, 110105194912310021]))
                    elif kind < 0.9:
                        sheet.write_boolean(row, column, True)
                    else:
                        sheet.write_formula(row, column, "=1/0", None, "#DIV/0!")
    return "a.xlsx", out.getvalue()


def _odd_xml(dice: random.Random, at: int) -> tuple[str, bytes]:
    body = header_row() + "".join(
        f'<row r="{dice.choice([2, 3, 0, 999999, 1048577, 99999999999])}">'
        + cell(dice.choice(["A2", "B2", "ZZZ9", "A0", "", "A99999999999"]), dice.choice(["x", "&#x41;", "&amp;"]))
        + "</row>"
        for _ in range(dice.randint(1, 20))
    )
    before = dice.choice(["", "<!-- x -->", "<?php ?>", "<" * 50])
    after = dice.choice(["", '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>', "<a>" * 5000, '<mergeCells><mergeCell ref="::"/></mergeCells>'])
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
    ends = [b"\xff", b"\x80\x81", b"\x81\x30\x81", "é\n".encode("latin-1"), "日本\n".encode("shift-jis"), b"\x1a"]
    return "a.csv", one + dice.choice([two, b""]) + dice.choice(ends) * dice.randint(1, 50)


def _odd_cells(dice: random.Random, at: int) -> tuple[str, bytes]:
    values = ["1e999", "NaN", "-1", "", "1,5", "0x10", "9" * 400, "2010-07-01T25:00:00", "TRUE", "999999999999"]
    body = header_row() + "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{chr(65 + column)}{row}" t="{dice.choice(["n", "s", "b", "d", "e", "str", "zz"])}" s="{dice.choice([0, 1, 999])}">'
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
