"""`backup` writes one file, keys included, sealed to the recovery key; `restore` opens it into an empty directory."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from zhengyou.site import data, opening, sealing
from zhengyou.site.words import gettext as _

DATABASE, MANIFEST = "zhengyou.sqlite3", "manifest.json"
#: What an installation cannot be without. Staging (uploaded rosters), logs and copies are never taken along.
FOLDERS, FILES = ("files", "keys"), ("version", "demo.json")


@dataclass(frozen=True)
class Backup:
    """What was written or restored: how many files, bytes, and the digest of the manifest."""

    path: Path
    files: int
    size: int
    digest: str


def make_recovery_key(root: Path) -> str | None:
    """Make the recovery key once; the server keeps its public half only. None where there is one already."""
    public = root / "keys" / "recovery.pub"
    if public.exists():
        return None
    words, half = sealing.new_key()
    handle = os.open(public, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(half)
    return words


def write(root: Path, target: Path, receiver: bytes | None = None) -> Backup:
    """Write the whole installation into one file, sealed to the recovery key (or to `receiver`, a public half).

    Raises Unusable; a file that exists is never overwritten.
    """
    if os.environ.get("ZHENGYOU_DATABASE_URL"):
        raise data.Unusable(
            _(
                "数据库在 PostgreSQL 里，这条命令只备份 SQLite。请用 pg_dump 备份数据库，并另存目录 {path} 里的 files 和 keys。"
            ).format(path=root)
        )
    if not (root / DATABASE).exists():
        raise data.Unusable(_("{path} 里没有可以备份的数据。").format(path=root))
    if target.exists():
        raise data.Unusable(_("{path} 已经存在，没有覆盖。请换一个文件名。").format(path=target))
    receiver = receiver or (root / "keys" / "recovery.pub").read_bytes()
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            sealer = sealing.Sealer(out, receiver)
            manifest = _pack(root, sealer)
            sealer.finish()
            out.flush()
            os.fsync(out.fileno())
        part.rename(target)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise data.Unusable(_("{path} 写不进去：{why}").format(path=target, why=fault.strerror)) from None
    return Backup(target, len(manifest["files"]), target.stat().st_size, _digest(manifest))


def _pack(root: Path, out: IO[bytes] | io.RawIOBase) -> dict[str, dict[str, str]]:
    """A tar of all parts; the manifest with every file's digest comes last."""
    manifest: dict[str, dict[str, str]] = {
        "about": {"program": "zhengyou", "version": str(data.VERSION), "made": datetime.now(UTC).isoformat()},
        "files": {},
    }
    with tempfile.TemporaryDirectory(dir=root, prefix="backup-") as room:
        copy = Path(room, DATABASE)
        opening.snapshot(root / DATABASE, copy)
        with tarfile.open(fileobj=out, mode="w|gz") as tar:
            for name, path in [(DATABASE, copy), *_parts(root)]:
                manifest["files"][name] = _add(tar, name, path)
            body = json.dumps(manifest, sort_keys=True).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return manifest


def _parts(root: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield str(path.relative_to(root)), path
    for name in FILES:
        if (root / name).is_file():
            yield name, root / name


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    digest = _sha256(path)
    info = tarfile.TarInfo(name)
    info.size = path.stat().st_size
    with path.open("rb") as source:
        tar.addfile(info, source)
    return digest


def restore(source: Path, root: Path, words: str) -> Backup:
    """Open a sealed file into an empty directory; nothing is put in place before everything was verified."""
    if root.exists() and any(root.iterdir()):
        raise data.Unusable(
            _("{path} 不是空的，没有动它。请用 --data 指一个空目录或新目录。").format(path=root)
        )
    part = root.with_name(root.name + ".restoring")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True, mode=0o700)
        manifest = _unpack(source, part, sealing.read_key(words))
        _verify(part, manifest)
        if root.exists():
            root.rmdir()
        part.rename(root)
    except sealing.Unreadable as fault:
        raise data.Unusable(_why(str(fault), source)) from None
    except FileNotFoundError:
        raise data.Unusable(_("没有 {path} 这个文件。").format(path=source)) from None
    except (tarfile.TarError, EOFError, ValueError, KeyError):
        raise data.Unusable(_why("content", source)) from None
    except OSError as fault:
        raise data.Unusable(_("写不进去：{why}").format(why=fault.strerror or fault)) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    data.prepare(root)
    return Backup(source, len(manifest["files"]), source.stat().st_size, _digest(manifest))


def _why(fault: str, source: Path) -> str:
    if fault == "kind":
        return _("{path} 不是争优的备份文件。").format(path=source)
    if fault == "key":
        return _("恢复密钥不对：请照抄建立时显示的那一串，或者换一个备份文件。什么都没有写。")
    return _("{path} 不完整或者被改过，打不开。什么都没有写。").format(path=source)


def _unpack(source: Path, part: Path, secret: bytes) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] | None = None
    with source.open("rb") as sealed:
        opened = sealing.Opener(sealed, secret)
        with tarfile.open(fileobj=io.BufferedReader(opened), mode="r|gz") as tar:
            for member in tar:
                body = tar.extractfile(member)
                if body is None:
                    raise sealing.Unreadable("content")
                if member.name == MANIFEST:
                    found = json.load(body)
                    continue
                _write(part, member.name, body)
        while opened.read(sealing.CHUNK):
            pass  # to the last chunk, whose tag proves that nothing was cut off
    if found is None:
        raise sealing.Unreadable("content")
    return found


def _write(part: Path, name: str, body: IO[bytes]) -> None:
    target = (part / name).resolve()
    inside = name in (DATABASE, *FILES) or name.split("/")[0] in FOLDERS
    if not inside or not target.is_relative_to(part.resolve()):
        raise sealing.Unreadable("content")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        shutil.copyfileobj(body, out)


def _verify(part: Path, manifest: dict[str, dict[str, str]]) -> None:
    """Every file that was packed is there and is what it was; the database is sound."""
    there = {str(p.relative_to(part)) for p in part.rglob("*") if p.is_file()}
    if there != set(manifest["files"]):
        raise sealing.Unreadable("content")
    for name, digest in manifest["files"].items():
        if _sha256(part / name) != digest:
            raise sealing.Unreadable("content")
    connection = sqlite3.connect(part / DATABASE)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sealing.Unreadable("content")
    except sqlite3.DatabaseError:
        raise sealing.Unreadable("content") from None
    finally:
        connection.close()


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _digest(manifest: dict[str, dict[str, str]]) -> str:
    return hashlib.sha256(json.dumps(manifest["files"], sort_keys=True).encode()).hexdigest()
