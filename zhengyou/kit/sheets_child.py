"""The child that opens a stranger's workbook: limits first, then the guard, then calamine; rows leave as plain lines.

Run in a process of its own (`sheets.BOOT`; arguments LIMITS_JSON PATH), isolated, without Django.
Lines on stdout, UTF-8: `S{json}` a sheet begins; `B12` so many blank rows; `R…` a row, cells between U+001F;
`F1,4;…` the same with the columns that a merged cell filled; `E{json}` the end; `X{json}` a refusal `{code, …}`. A cell
that is not text begins with U+0002 and n (number), d (date), b (yes/no) or t (time). Nothing else is ever written: no
control characters, no tracebacks.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import islice

from zhengyou.kit.sheets_guard import PROLOG, Refused, kind_of

CELL = 2000
COLUMNS = 200
MERGES = 200_000
SCANNED = 8_000_000
CONTROL = dict.fromkeys([*range(32), *range(127, 160), 0xFEFF, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)], " ")


def limit(memory_mb: int, cpu_s: int) -> None:
    """Bound this process by the kernel; on a system without rlimits the parent's clock is the only bound."""
    try:
        import resource
    except ImportError:
        return
    size = memory_mb * 1024 * 1024
    for what, bound in ((resource.RLIMIT_AS, size), (resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        value = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(what, (value, value))


def text(value: object) -> str:
    """A cell as the protocol writes it: text as it is, others with their mark."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if type(value) is float:
        if value != value or value in (float("inf"), float("-inf")):
            return ""
        return f"\2n{int(value)}" if value == int(value) and abs(value) < 1e18 else f"\2n{value!r}"
    if type(value) is bool:
        return "\2b1" if value else "\2b0"
    if type(value) is int:
        return f"\2n{value}"
    if isinstance(value, datetime):
        return f"\2d{value.date().isoformat()}"
    if isinstance(value, date):
        return f"\2d{value.isoformat()}"
    if isinstance(value, time | timedelta):
        return f"\2t{value}"
    return str(value)


def plain(cell: str) -> str:
    """A cell without control characters (its own mark kept), cut to a bounded length."""
    if cell[:1] == "\2":
        return cell
    return cell[: CELL + 1].translate(CONTROL)


class Out:
    """Collects lines and writes them in blocks; counts rows and bytes against their limits."""

    def __init__(self, limits: dict) -> None:
        self.limits, self.rows, self.size, self.blank = limits, 0, 0, 0
        self.lines: list[str] = []

    def sheet(self, **facts: object) -> None:
        self.blank = 0
        self.lines.append("S" + json.dumps(facts, ensure_ascii=False).translate(CONTROL))

    def row(self, cells: list[str], filled: list[int] | None = None) -> None:
        line = "\x1f".join(cells)
        if len(line) > 500 or not line.replace("\x1f", "").replace("\2", "").isprintable():
            line = "\x1f".join([plain(cell if cell[:1] == "\2" else cell.lstrip("\2")) for cell in cells])
        if not line.strip("\x1f \u3000"):
            self.blank += 1
            return
        if self.blank:
            self.lines.append(f"B{self.blank}")
            self.blank = 0
        self.rows += 1
        if self.rows > self.limits["rows"]:
            raise Refused("rows", most=self.limits["rows"])
        self.lines.append("R" + line if not filled else "F" + ",".join(map(str, filled)) + ";" + line)
        self.size += len(line)
        if len(self.lines) >= 2000:
            self.flush()

    def flush(self) -> None:
        if self.size > self.limits["text_mb"] * 1024 * 1024:
            raise Refused("bomb")
        if self.lines:
            self.lines.append("")
            sys.stdout.buffer.write("\n".join(self.lines).encode("utf-8", "replace"))
            self.lines = []

    def end(self, **facts: object) -> None:
        self.lines.append("E" + json.dumps({"rows": self.rows, **facts}))
        self.flush()


def read_workbook(path: str, out: Out) -> None:
    """Every visible worksheet, row by row, with what merged cells say filled downwards."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(path)
    except PasswordError:
        raise Refused("password") from None
    metadata = book.sheets_metadata
    if any(str(meta.typ) == str(SheetTypeEnum.MacroSheet) for meta in metadata):
        raise Refused("macros")
    unseen = hidden_rows(path)
    for number, meta in enumerate(metadata, 1):
        visible = str(meta.visible) == str(SheetVisibleEnum.Visible)
        work = str(meta.typ) == str(SheetTypeEnum.WorkSheet)
        facts = {"name": meta.name[:100], "number": number, "hidden": not visible, "work": work}
        if unseen.get(number):
            facts["unseen"] = unseen[number][:5000]
        if not visible or not work:
            out.sheet(**facts, width=0, left=0)
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.start is None:
            out.sheet(**facts, width=0, left=0)
            continue
        left = sheet.start[1]
        width = min(sheet.width, COLUMNS)
        out.sheet(**facts, width=width, left=left, cut=sheet.width > COLUMNS)
        starts = merges(sheet, left, width)
        running: dict[int, tuple[int, str]] = {}
        for at, row in enumerate(sheet.iter_rows()):
            cells = [cell if type(cell) is str else text(cell) for cell in row[:width]]
            if starts or running:
                filled = fill(at, cells, starts.pop(at, ()), running)
                out.row(cells, filled)
            else:
                out.row(cells)
        out.flush()


def hidden_rows(path: str) -> dict[int, list[int]]:
    """Sheet (from 1, the workbook's order) -> numbers of its hidden rows; empty for what is not a small .xlsx."""
    from xml.etree import ElementTree

    found: dict[int, list[int]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            targets = {
                relation.get("Id"): relation.get("Target", "")
                for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            }
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            sheets = [node for node in book.iter() if node.tag.endswith("}sheet")]
            for number, sheet in enumerate(sheets, 1):
                rid = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
                part = "xl/" + (targets.get(rid) or "").removeprefix("/xl/")
                if part in archive.NameToInfo and archive.getinfo(part).file_size <= SCANNED:
                    rows = re.findall(
                        rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d{1,7})"', archive.read(part)
                    )
                    found[number] = [int(row) for row in rows]
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError, ValueError):
        return {}
    return found


def merges(sheet: object, left: int, width: int) -> dict[int, list[tuple[int, int]]]:
    """Merged ranges over more than one row: first row -> (column, last row), in the read rows' own columns."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, first), (bottom, _last) in islice(sheet.merged_cell_ranges or (), MERGES):  # type: ignore[attr-defined]
        if bottom > top and 0 <= first - left < width:
            starts.setdefault(top, []).append((first - left, bottom))
    return starts


def fill(at: int, cells: list[str], starting: object, running: dict[int, tuple[int, str]]) -> list[int]:
    filled = []
    for column, (last, value) in list(running.items()):
        if at > last:
            del running[column]
        elif column < len(cells) and not cells[column]:
            cells[column] = value
            filled.append(column)
    for column, last in starting:  # type: ignore[attr-defined]
        if column < len(cells) and cells[column]:
            running[column] = (last, cells[column])
    if filled and not any(cell for i, cell in enumerate(cells) if i not in filled):
        cells[:] = [""] * len(cells)
        return []
    return filled


def read_csv(path: str, out: Out, name: str) -> str:
    """A text file, streamed: its encoding by strict decoding, its separator from the first lines."""
    encoding = encoding_of(path)
    csv.field_size_limit(131_072)
    with open(path, encoding=encoding, newline="", errors="strict") as file:
        sample = [line for line in islice(file, 60) if line.strip()]
        separator = separator_of(sample)
        file.seek(0)
        out.sheet(name=name, number=1, hidden=False, work=True, width=COLUMNS, left=0)
        try:
            for row in csv.reader(file, delimiter=separator):
                out.row(row[:COLUMNS])
        except csv.Error:
            raise Refused("quotes", row=out.rows + 1) from None
    return encoding


def encoding_of(path: str) -> str:
    """utf-8-sig, utf-16 or gb18030, whichever decodes every byte; raises Refused where none does."""
    with open(path, "rb") as file:
        head = file.read(PROLOG)
        if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return "utf-16"
        odd = sum(byte < 32 and byte not in b"\t\r\n\x1a\x0c" for byte in head)
        if b"\0" in head or odd * 50 > len(head):
            raise Refused("binary")
        for encoding in ("utf-8-sig", "gb18030"):
            file.seek(0)
            decoder = getincrementaldecoder(encoding)("strict")
            try:
                while block := file.read(1 << 20):
                    if b"\0" in block:
                        raise Refused("binary")
                    decoder.decode(block)
                decoder.decode(b"", True)
                return encoding
            except UnicodeDecodeError:
                continue
    raise Refused("encoding")


def separator_of(lines: list[str]) -> str:
    """The separator by which most of the first lines fall into equally many columns."""
    best, chosen = (0, 0), ","
    for separator in (",", "\t", ";", "|", "，"):
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        except csv.Error:
            continue
        widths.pop(1, None)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        if (times, width) > best:
            best, chosen = (times, width), separator
    return chosen


def main() -> None:
    limits, path = json.loads(sys.argv[1]), sys.argv[2]
    limit(limits["memory_mb"], limits["cpu_s"])
    out = Out(limits)
    try:
        kind = kind_of(path, limits)
        encoding = ""
        if kind == "csv":
            encoding = read_csv(path, out, limits.get("name", "csv"))
        else:
            read_workbook(path, out)
        out.end(kind=kind, encoding=encoding)
    except Refused as refused:
        answer: dict[str, object] = {"code": refused.code, **refused.facts}
    except MemoryError:
        answer = {"code": "memory"}
    except UnicodeDecodeError:
        answer = {"code": "encoding"}
    except BaseException:  # a panic of the reader is no Exception; the answer is one sentence all the same
        answer = {"code": "broken"}
    else:
        return
    out.lines = ["X" + json.dumps(answer)]
    out.size = 0
    out.flush()
