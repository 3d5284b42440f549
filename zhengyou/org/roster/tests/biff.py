"""A minimal .xls (BIFF8 in an OLE container) made by hand: one sheet of texts and numbers, for tests only."""

from __future__ import annotations

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _text(value: str) -> bytes:
    return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")


def _stream(name: str, rows: list[list[str | float]]) -> bytes:
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1996, 0, 6)
    sheet_bof = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1996, 0, 6)
    bound = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    start = len(_record(0x0809, bof)) + 4 + 6 + len(bound) + 4
    out = _record(0x0809, bof) + _record(0x0085, struct.pack("<IH", start, 0) + bound) + _record(0x000A, b"")
    assert len(out) == start
    width = max(len(row) for row in rows)
    out += _record(0x0809, sheet_bof) + _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            head = struct.pack("<HHH", at, column, 0)
            if isinstance(value, str):
                if value:
                    out += _record(0x0204, head + _text(value))
            else:
                out += _record(0x0203, head + struct.pack("<d", value))
    return out + _record(0x000A, b"")


def xls(name: str, rows: list[list[str | float]]) -> bytes:
    """The file's bytes."""
    stream = _stream(name, rows)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    # sector 0: FAT; sector 1: directory; from 2 on: the workbook
    fat = [FAT, END, *range(3, 2 + count), END]
    assert len(fat) <= 128
    fat_sector = struct.pack("<128I", *(fat + [FREE] * (128 - len(fat))))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 6
    )
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack(
        "<109I", 0, *[FREE] * 108
    )

    def entry(word: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = word.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
            + b"\0" * 36
            + struct.pack("<III", start, size, 0)
        )

    directory = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 2, len(stream))
    directory += (b"\0" * 128) * 2
    return head + fat_sector + directory + stream
