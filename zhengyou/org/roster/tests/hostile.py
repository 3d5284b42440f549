"""Files that mean harm or are merely broken, made from a seed: nothing of this corpus is stored (TRUST.md G11, G18)."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from functools import cache

import xlsxwriter

HEAD = ["学号", "姓名", "单位", "上级单位", "人员类别", "状态", "加入日期", "职务", "备注"]


@cache
def good(seed: int = 0) -> bytes:
    """A small sound workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEAD)
        for at in range(1, 12):
            sheet.write_row(
                at,
                0,
                [
                    f"30{seed:03d}{at:03d}",
                    f"甲{chr(0x4E00 + at)}",
                    "图书馆",
                    "",
                    "教职工",
                    "正式",
                    "2008-07-01",
                    "",
                    "",
                ],
            )
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
        "doctype far down": (
            "a.xlsx",
            with_sheet(header_row(), before=f"<!--{' ' * 70000}-->{doctype}"),
            "doctype",
        ),
        "doctype in relations": (
            "a.xlsx",
            changed(xl___rels__workbook_dot_xml_dot_rels=f"{doctype}<a/>".encode()),
            "doctype",
        ),
        "vba project": ("a.xlsx", changed(xl__vbaProject_dot_bin=b"x"), "macros"),
        "macro type": (
            "a.xlsx",
            changed(
                **{
                    "[Content_Types]_dot_xml": kinds.replace(
                        b"sheet.main+xml", b"sheet.macroEnabled.main+xml"
                    )
                }
            ),
            "macros",
        ),
        "macro sheet": ("a.xlsx", changed(xl__macrosheets__sheet1_dot_xml=b"<a/>"), "macros"),
        "upwards": ("a.xlsx", packed({**parts(good()), "../../evil.txt": b"x"}), "traversal"),
        "absolute": ("a.xlsx", packed({**parts(good()), "/etc/evil": b"x"}), "traversal"),
        "drive": ("a.xlsx", packed({**parts(good()), "C:\\evil": b"x"}), "traversal"),
        "binary workbook": ("a.xlsx", changed(xl__workbook_dot_bin=b"x"), "xlsb"),
        "open document": (
            "a.xlsx",
            packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
            "ods",
        ),
        "word": (
            "a.xlsx",
            packed({"[Content_Types].xml": b"<Types>wordprocessingml</Types>", "word/document.xml": b"<a/>"}),
            "word",
        ),
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
        "far cell": (
            "a.xlsx",
            with_sheet(header_row() + '<row r="1048576">' + cell("XFD1048576", "x") + "</row>"),
            "limits",
        ),
    }
