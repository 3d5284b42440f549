"""The power fails in the middle of the product's own statements: what was confirmed is there, nothing is half there (TRUST G2).

Real actions are replayed through SQLite with the product's own settings on a disk that remembers every write and sync.
A cut keeps what was synced; of what was not, any part may survive, in any order, torn at sectors of 512 bytes.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

apsw = pytest.importorskip("apsw", reason="apsw comes with the tests' dependency group")
SECTOR = 512


class Disk:
    """Every write, truncation and sync of every file, in order, with marks of what had been confirmed by then."""

    def __init__(self) -> None:
        self.operations: list[tuple] = []

    def image(self, cut: int, base: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
        """What the disk holds after a power cut before operation `cut`."""
        files = {name: bytearray(body) for name, body in base.items()}
        loose: dict[str, list[tuple]] = {}
        for operation in self.operations[:cut]:
            kind, name, *rest = operation
            if kind == "sync":
                for step in loose.pop(name, []):
                    _apply(files, name, step)
            elif kind in ("write", "truncate"):
                loose.setdefault(name, []).append((kind, *rest))
        for name, steps in loose.items():
            chance.shuffle(steps)
            for step in steps:
                if step[0] == "truncate":
                    if chance.random() < 0.5:
                        _apply(files, name, step)
                    continue
                _kind, offset, body = step
                for at in range(0, len(body), SECTOR):
                    if chance.random() < 0.5:
                        _apply(files, name, ("write", offset + at, body[at : at + SECTOR]))
        return {name: bytes(body) for name, body in files.items()}

    def confirmed(self, cut: int) -> int:
        """The last journal entry that had been confirmed before operation `cut`."""
        return max((op[1] for op in self.operations[:cut] if op[0] == "confirmed"), default=0)


def _apply(files: dict[str, bytearray], name: str, step: tuple) -> None:
    held = files.setdefault(name, bytearray())
    if step[0] == "truncate":
        del held[step[1] :]
        return
    _kind, offset, body = step
    if len(held) < offset + len(body):
        held.extend(bytes(offset + len(body) - len(held)))
    held[offset : offset + len(body)] = body


class File(apsw.VFSFile):
    """A file whose changes are noted."""

    def __init__(self, disk: Disk, name, flags):
        self.disk = disk
        self.called = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "x").name
        super().__init__("", name, flags)

    def xWrite(self, data, offset):  # noqa: N802
        super().xWrite(data, offset)
        self.disk.operations.append(("write", self.called, offset, bytes(data)))

    def xTruncate(self, size):  # noqa: N802
        super().xTruncate(size)
        self.disk.operations.append(("truncate", self.called, size))

    def xSync(self, flags):  # noqa: N802
        super().xSync(flags)
        self.disk.operations.append(("sync", self.called))


class Recording(apsw.VFS):
    """SQLite's own way to the disk, with every change noted."""

    def __init__(self, disk: Disk, name: str):
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name, flags):  # noqa: N802
        return File(self.disk, name, flags)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A school's database and the statements of seventeen actions on it."""
    room = tmp_path_factory.mktemp("power")
    env = {k: v for k, v in os.environ.items() if not k.startswith("ZHENGYOU")}
    env["ZHENGYOU_DATA"] = str(room / "var")
    subprocess.run([sys.executable, "-m", "zhengyou.site.tests.power_child", str(room)], env=env, check=True)
    return (room / "base.sqlite3").read_bytes(), json.loads((room / "script.json").read_text())


def replay(room: Path, recorded, pragmas: str) -> tuple[Disk, dict[str, bytes]]:
    """Run the script on a copy; the disk's operations and the files as they were before."""
    base, script = recorded
    (room / "x.sqlite3").write_bytes(base)
    disk = Disk()
    named = f"recording-{room.name}"
    _kept = Recording(disk, named)  # lives as long as the connection
    connection = apsw.Connection(str(room / "x.sqlite3"), vfs=named)
    # a disk alone: without other processes the index of the log may live in memory
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    for pragma in pragmas.split(";"):
        connection.execute(pragma)
    connection.execute("PRAGMA wal_autocheckpoint=40")
    for action in script:
        for statement in action:
            if not statement.startswith("--"):
                connection.execute(statement)
        last = connection.execute("SELECT MAX(id) FROM journal_entry").fetchall()[0][0]
        disk.operations.append(("confirmed", last))
    connection.close()
    return disk, {"x.sqlite3": base}


def after_cuts(tmp_path, recorded, pragmas: str, cuts: int, seed: int) -> list[str]:
    """Cut the power `cuts` times; what was found wrong."""
    disk, base = replay(tmp_path, recorded, pragmas)
    confirmed = [op for op in disk.operations if op[0] == "confirmed"]
    assert len(confirmed) == len(recorded[1])
    chance, wrong = random.Random(seed), []
    for n in range(cuts):
        cut = chance.randrange(1, len(disk.operations) + 1)
        room = tmp_path / f"cut{n}"
        room.mkdir()
        for name, body in disk.image(cut, base, chance).items():
            (room / name).write_bytes(body)
        if fault := fault_of(room / "x.sqlite3", disk.confirmed(cut)):
            wrong.append(f"{fault} after a cut at {cut}")
        for path in room.iterdir():
            path.unlink()
        room.rmdir()
    return wrong


def fault_of(path: Path, confirmed: int) -> str:
    """Why the database is not what it should be after a cut; empty when all is well."""
    connection = sqlite3.connect(path)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return "corrupt"
        last = connection.execute("SELECT MAX(id) FROM journal_entry").fetchone()[0]
        if last < confirmed:
            return f"entry {confirmed} was confirmed and is lost"
        if connection.execute("SELECT last FROM journal_chain").fetchone()[0] != last:
            return "the chain does not end at its last entry"
        halves = """SELECT COUNT(*) FROM campaigns_duty d WHERE (d.state = 'submitted') <> EXISTS (
            SELECT 1 FROM campaigns_submission s WHERE s.duty_id = d.id AND s.state = 10)"""
        if connection.execute(halves).fetchone() != (0,):
            return "a paper is half there"
        overlapping = """SELECT COUNT(*) FROM org_affiliation a JOIN org_affiliation b ON b.person_id = a.person_id
            AND b.id > a.id AND a.dropped_id IS NULL AND b.dropped_id IS NULL AND a.role = 'R' AND b.role = 'R'
            AND a.valid_from < b.valid_to AND b.valid_from < a.valid_to"""
        if connection.execute(overlapping).fetchone() != (0,):
            return "an import or a merger is half there"
    except sqlite3.DatabaseError as fault:
        return f"unreadable: {fault}"
    finally:
        connection.close()
    return ""


def pragmas() -> str:
    """The product's own settings of SQLite."""
    from zhengyou.site import settings

    text: str = settings.SQLITE_PRAGMAS
    return text


def test_no_power_cut_loses_what_was_confirmed_or_leaves_half(tmp_path, recorded):
    assert after_cuts(tmp_path, recorded, pragmas(), 60, 1) == []


def test_a_disk_that_is_not_told_to_sync_does_lose_something(tmp_path, recorded):
    """So the test above can fail: the same cuts without syncing leave losses or ruins."""
    careless = pragmas().replace("synchronous=FULL", "synchronous=OFF")
    assert careless != pragmas()
    assert after_cuts(tmp_path, recorded, careless, 60, 1) != []


@pytest.mark.deep
def test_a_thousand_power_cuts(tmp_path, recorded):
    assert after_cuts(tmp_path, recorded, pragmas(), 1000, 2) == []
