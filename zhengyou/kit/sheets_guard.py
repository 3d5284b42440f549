"""What a stranger's file is, by its content and before anything of it is unpacked: a workbook, a table of text, or refused.

Runs in the child process (`sheets_child`), without Django.
"""

from __future__ import annotations

import re
import zipfile
from codecs import BOM_UTF8

PROLOG = 65536


class Refused(Exception):
    """The file is not read; `code` says why, `facts` what the sentence needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


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
