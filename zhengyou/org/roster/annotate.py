"""The user's own workbook back with its faults in one more column: everything else in it stays byte for byte.

An .xlsx is patched in its sheets' XML, streamed; .csv, .xls and workbooks written in an unusual way come back as a
plain .xlsx of their values. openpyxl would need twenty seconds for 100,000 rows and lose what it does not know.
"""

from __future__ import annotations

import copy
import csv
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

import xlsxwriter
from defusedxml import ElementTree
from django.utils.translation import gettext as _

from zhengyou.kit import sheets, sheets_child
from zhengyou.org.roster.diff import ERROR, Diff
from zhengyou.org.roster.report import told
from zhengyou.org.roster.sentences import at_column, joined, say

BLOCK = 1 << 20
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d{1,7})"[^>]*?>')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"[^>]*?(?:/>|>)')
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Marks = dict[int, dict[int, str]]


class Unusual(Exception):
    """The workbook is written in a way that is not patched."""


def marks(diff: Diff) -> Marks:
    """Sheet index -> row -> what to say in that row: faults first, then open questions; the header row names the column."""
    found: Marks = defaultdict(dict)
    for line in diff.lines:
        if line.state == ERROR and line.row.faults:
            header, what = told(diff.roster, line.row)
            found[line.row.sheet][line.row.row] = at_column(header, what)
    for asked in diff.open:
        for sheet, row in asked.rows:
            text = _("要您定：%(what)s") % {"what": say(asked.code, asked.facts)}
            before = found[sheet].get(row)
            found[sheet][row] = joined([before, text]) if before else text
    for sheet, rows in found.items():
        rows[diff.roster.head_rows.get(sheet, 1)] = _("导入提示")
    return dict(found)


def annotate(original: Path, target: Path, diff: Diff) -> None:
    """Write the copy with marks; the target appears whole or not at all."""
    found = marks(diff)
    with sheets.replacing(target) as new:
        if diff.roster.kind == "csv" and target.suffix.lower() == ".csv":
            _csv(original, new, found.get(0, {}), diff.roster.encoding)
            return
        if diff.roster.kind == "xlsx":
            try:
                _patch(original, new, found, diff.roster.widths)
                return
            except (
                Unusual,
                zipfile.BadZipFile,
                KeyError,
                ElementTree.ParseError,
                RuntimeError,
                NotImplementedError,
            ):
                new.unlink(missing_ok=True)
        _values(original, new, found, diff)


def _patch(original: Path, target: Path, found: Marks, widths: dict[int, int]) -> None:
    with (
        zipfile.ZipFile(original) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        parts = _parts(old)
        todo = {parts[sheet]: (rows, widths.get(sheet, 1)) for sheet, rows in found.items() if rows}
        for info in old.infolist():
            if info.filename in todo:
                rows, width = todo[info.filename]
                entry = zipfile.ZipInfo(info.filename, info.date_time)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with (
                    old.open(info) as source,
                    new.open(entry, "w", force_zip64=info.file_size > 1 << 30) as out,
                ):
                    _stream(source, out, dict(rows), width)
            else:
                _copy(old, new, info)


def _parts(old: zipfile.ZipFile) -> dict[int, str]:
    """Sheet index in the workbook's order -> the part that holds it."""
    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ElementTree.fromstring(old.read("xl/_rels/workbook.xml.rels"))
    }
    book = ElementTree.fromstring(old.read("xl/workbook.xml"))
    out = {}
    for at, sheet in enumerate(node for node in book.iter() if node.tag.endswith("}sheet")):
        target = relations.get(sheet.get(_REL)) or ""
        out[at] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return out


def _copy(old: zipfile.ZipFile, new: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Copy a part as it lies there, compressed, without unpacking it."""
    source, out = old.fp, new.fp
    assert source is not None
    assert out is not None
    source.seek(info.header_offset)
    header = source.read(30)
    source.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    entry = copy.copy(info)
    entry.flag_bits &= ~0x08
    entry.extra = b""
    entry.header_offset = out.tell()
    out.write(entry.FileHeader(zip64=False))
    left = info.compress_size
    while left and (block := source.read(min(BLOCK, left))):
        out.write(block)
        left -= len(block)
    if left:
        raise Unusual
    new.filelist.append(entry)
    new.NameToInfo[entry.filename] = entry
    new.start_dir = out.tell()
    new._didModify = True  # type: ignore[attr-defined]


def _stream(source: IO[bytes], out: IO[bytes], rows: dict[int, str], width: int) -> None:
    """Copy a sheet's XML, adding a cell to each marked row; raises Unusual where a marked row is not found."""
    buffer, kept = b"", 0
    waiting = set(rows)
    last = max(waiting)
    while waiting:
        block = source.read(BLOCK)
        buffer += block
        at = 0
        for match in _ROW.finditer(buffer):
            number = int(match[1])
            if number not in waiting:
                if number > last:
                    break
                continue
            if match[0].endswith(b"/>"):
                end = match.end()
            else:
                close = buffer.find(b"</row>", match.end())
                if close < 0:
                    break
                end = close + 6
            out.write(buffer[at : match.start()])
            out.write(
                _marked(
                    buffer[match.start() : match.end()],
                    buffer[match.end() : end],
                    number,
                    rows[number],
                    width,
                )
            )
            at = end
            waiting.discard(number)
        if not block:
            raise Unusual
        if not waiting:
            out.write(buffer[at:])
            break
        rest = buffer.rfind(b"<row", at)
        rest = max(at, rest if rest >= 0 else len(buffer) - 64)
        out.write(buffer[at:rest])
        buffer = buffer[rest:]
        kept = len(buffer)
        if kept > 64 * BLOCK:
            raise Unusual
    while block := source.read(BLOCK):
        out.write(block)


def _marked(head: bytes, body: bytes, number: int, text: str, width: int) -> bytes:
    head = re.sub(rb'\sspans="[^"]*"', b"", head)
    if head.endswith(b"/>"):
        head, inner = head[:-2] + b">", b""
    else:
        inner = body[:-6]
    column = width
    for cell in list(_CELL.finditer(inner))[::-1]:
        if _index(cell[1]) < column:
            break
        if not cell[0].endswith(b"/>"):
            raise Unusual
        inner = inner[: cell.start()] + inner[cell.end() :]
    said = escape(sheets.clean(text)).encode()
    return (
        head + inner + f'<c r="{_letters(column)}{number}" t="inlineStr"><is><r><rPr><b/><color rgb="FFAD4A06"/></rPr>'.encode()
        + b'<t xml:space="preserve">' + said + b"</t></r></is></c></row>"
    )  # fmt: skip


def _index(letters: bytes) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + letter - 64
    return at - 1


def _letters(at: int) -> str:
    out, at = "", at + 1
    while at:
        at, rest = divmod(at - 1, 26)
        out = chr(65 + rest) + out
    return out


def _csv(original: Path, target: Path, rows: dict[int, str], encoding: str) -> None:
    """A text file with one more column, in its own encoding and with its own separator."""
    with (
        original.open(encoding=encoding, newline="") as file,
        target.open("w", encoding=encoding, newline="") as out,
    ):
        separator = sheets_child.separator_of([line for line in islice(file, 60) if line.strip()])
        file.seek(0)
        made = csv.writer(out, delimiter=separator)
        for at, row in enumerate(csv.reader(file, delimiter=separator), 1):
            made.writerow([*row, rows[at]] if at in rows else row)


def _values(original: Path, target: Path, found: Marks, diff: Diff) -> None:
    """The file's values as a new workbook with the marks in a last column."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        late = book.add_format({"bold": True, "font_color": "#AD4A06"})
        used: set[str] = set()
        at, sheet = -1, None
        for event in _events(original, diff):
            if isinstance(event, sheets.Sheet):
                at += 1
                name = sheets.safe_sheet_name(event.name)
                while name.casefold() in used:
                    name = name[:28] + f"~{len(used)}"
                used.add(name.casefold())
                sheet, left = book.add_worksheet(name), event.left
                end = max(diff.roster.widths.get(at, 0), 1)
                rows = found.get(at, {})
            elif isinstance(event, tuple) and sheet is not None:
                row, line, _filled = event
                for column, cell in enumerate(line, left):
                    if cell:
                        _write(sheet, row - 1, column, cell)
                if row in rows:
                    sheet.write_string(row - 1, max(end, left + len(line)), sheets.clean(rows[row]), late)


def _events(original: Path, diff: Diff) -> Iterator[object]:
    with sheets.Reader(original, sheets.TERMINAL, name=original.name) as reader:
        yield from reader


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: str) -> None:
    if cell[:2] == "\2n":
        sheet.write_number(row, column, float(cell[2:]))
    else:
        sheet.write_string(row, column, sheets.clean(cell[2:] if cell[:1] == "\2" else cell))
