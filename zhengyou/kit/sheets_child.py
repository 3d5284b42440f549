"""The child that opens a stranger's workbook: limits first, then the guard, then calamine; rows leave as plain lines.

Run as a script (`python -I sheets_child.py LIMITS_JSON PATH`), on its own, without Django and without the package.
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
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import islice

CELL = 2000
COLUMNS = 200
MERGES = 200_000
PROLOG = 65536
SCANNED = 8_000_000
CONTROL = dict.fromkeys([*range(32), *range(127, 160), 0xFEFF, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)], " ")


class Refused(Exception):
    """The file is not read; `code` says why, `facts` what the sentence needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


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


def kind_of(path: str, limits: dict) -> str:
    """What the file is by its content: xlsx, xls or csv; raises Refused for everything else."""
    with open(path, "rb") as file:
        head = file.read(PROLOG)
    if not head.strip(b" \t\r\n\0"):
        raise Refused("empty")
    if head.startswith(b"PK\x03\x04"):
        return guard_zip(path, limits)
    if head.startswith(b"PK\x05\x06"):
        raise Refused("empty")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return guard_ole(path)
    if head[:2] == b"\x09\x08" or head[:4] in (b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"):
        raise Refused("old_xls")
    signs = {
        b"%PDF": "pdf", b"\x89PNG": "image", b"\xff\xd8\xff": "image", b"GIF8": "image", b"BM": "image",
        b"Rar!": "archive", b"7z\xbc\xaf": "archive", b"\x1f\x8b": "archive", b"BZh": "archive",
        b"\xfd7zXZ": "archive", b"MZ": "program", b"\x7fELF": "program", b"{\\rtf": "word",
    }  # fmt: skip
    for sign, code in signs.items():
        if head.startswith(sign) and (len(sign) > 2 or b"\0" in head):
            raise Refused(code)
    start = head[3:] if head.startswith(BOM_UTF8) else head
    opening = start[:2048].lstrip().lower()
    if opening.startswith((b"<!doctype", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<style")):
        raise Refused("html")
    if opening.startswith(b"<?xml") or opening.startswith(b"<workbook") or opening.startswith(b"<svg"):
        raise Refused("xml")
    return "csv"


def guard_zip(path: str, limits: dict) -> str:
    """Look at an archive without unpacking it: sizes, names, macros, document types, declared kind."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > 5000:
            raise Refused("bomb")
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names):
            raise Refused("broken")
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
                raise Refused("traversal")
            if entry.flag_bits & 1:
                raise Refused("password")
            if entry.file_size > 20_000_000 and entry.file_size > 400 * max(entry.compress_size, 1):
                raise Refused("bomb")
        if sum(entry.file_size for entry in entries) > limits["unpacked_mb"] * 1024 * 1024:
            raise Refused("bomb")
        lower = {name.lower() for name in names}
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lower):
            raise Refused("macros")
        if "mimetype" in lower:
            raise Refused("ods")
        if "[content_types].xml" not in lower:
            raise Refused("archive")
        kinds = read_start(
            archive, next(n for n in names if n.lower() == "[content_types].xml"), 1_000_000
        ).lower()
        if b"macroenabled" in kinds:
            raise Refused("macros")
        if b"sheet.binary.main" in kinds or "xl/workbook.bin" in lower:
            raise Refused("xlsb")
        if b"wordprocessingml" in kinds and "xl/workbook.xml" not in lower:
            raise Refused("word")
        if b"presentationml" in kinds and "xl/workbook.xml" not in lower:
            raise Refused("word")
        if b"spreadsheetml" not in kinds or not any(n.startswith("xl/") for n in lower):
            raise Refused("archive")
        for name in names:
            if name.lower().endswith((".xml", ".rels", ".vml")):
                guard_prolog(read_start(archive, name, PROLOG))
    return "xlsx"


def read_start(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    with archive.open(name) as part:
        return part.read(size)


def guard_prolog(start: bytes) -> None:
    """Refuse a document type anywhere before the root element, in whatever encoding it is written."""
    flat = start.replace(b"\0", b"")
    root = re.search(rb"<[A-Za-z_]", flat)
    before = flat[: root.start()] if root else flat
    if b"<!doctype" in before.lower() or b"<!entity" in before.lower():
        raise Refused("doctype")
    if not root and len(start) >= PROLOG:
        raise Refused("doctype")


def guard_ole(path: str) -> str:
    """Look at the names in an OLE container's directory (128 bytes each, on 128-byte steps)."""
    found = set()
    with open(path, "rb") as file:
        data = file.read()
    wanted = {
        "EncryptedPackage": "password", "EncryptionInfo": "password", "WordDocument": "word",
        "PowerPoint Document": "word", "_VBA_PROJECT_CUR": "macros", "_VBA_PROJECT": "macros", "VBA": "macros",
        "Workbook": "xls", "Book": "xls",
    }  # fmt: skip
    for name, what in wanted.items():
        sign = name.encode("utf-16-le") + b"\0\0"
        at = data.find(sign)
        while at >= 0:
            if at % 128 == 0 and data[at + 64 : at + 66] == len(sign).to_bytes(2, "little"):
                found.add(what)
                break
            at = data.find(sign, at + 1)
    for what in ("password", "macros", "word"):
        if what in found:
            raise Refused(what)
    if "xls" not in found:
        raise Refused("binary")
    return "xls"


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


if __name__ == "__main__":
    main()
