"""The data directory: where everything an installation keeps lies, its keys (mode 0600), version and demo mark."""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

VERSION = 1
"""Layout version of the data directory; a newer one is refused, an older one migrated."""


def directory() -> Path:
    """The data directory: ZHENGYOU_DATA, else ./var."""
    return Path(os.environ.get("ZHENGYOU_DATA") or "var").resolve()


def prepare(root: Path) -> Path:
    """Make the directory and what must lie in it; safe to repeat. Raises OSError where it cannot be written."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("files", "staging", "keys", "log"):
        (root / name).mkdir(exist_ok=True)
    (root / "keys").chmod(0o700)
    version = root / "version"
    if not version.exists():
        version.write_text(f"{VERSION}\n")
    return root


class Unusable(Exception):
    """The data directory cannot be used; its text says why and what to do."""


def version_of(root: Path) -> int | None:
    """The layout version a directory was left with; None where there is none yet. Raises ValueError for nonsense."""
    mark = root / "version"
    return int(mark.read_text().strip()) if mark.exists() else None


def is_demo(root: Path) -> bool:
    """Whether `demo` made this directory."""
    return (root / "demo.json").exists()


def holds_something(root: Path) -> bool:
    """Whether an installation has already started here."""
    return (root / "zhengyou.sqlite3").exists()


def mark_demo(
    root: Path, today: date, pack: str, cast: Sequence[Mapping[str, str]] = (), ready: bool = False
) -> None:
    """Write the mark of a demo directory: its set day, pack, cast, and whether its story was played to the end."""
    body = {"today": today.isoformat(), "pack": pack, "ready": ready, "cast": [dict(one) for one in cast]}
    fresh = root / "demo.json.new"
    fresh.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(root / "demo.json")


def demo_mark(root: Path) -> dict[str, object]:
    """What `mark_demo` wrote; {} elsewhere."""
    mark = root / "demo.json"
    found: dict[str, object] = json.loads(mark.read_text(encoding="utf-8")) if mark.exists() else {}
    return found


def wipe_demo(root: Path) -> None:
    """Empty a demo directory (and only such a one), so that its story can be played afresh."""
    if not is_demo(root):
        raise Unusable(str(root))
    for path in root.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def key(root: Path, name: str) -> str:
    """A secret of this installation, made on first use, readable by its owner only."""
    path = root / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(32))
    return path.read_text().strip()


def throwaway() -> Path:
    """A data directory for one test run, removed at its end."""
    room = Path(tempfile.mkdtemp(prefix="zhengyou-test-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    return room


def cast(root: Path) -> list[dict[str, str]]:
    """Whom one may become in a demo directory: number, name, post, unit, about; [] in every other directory."""
    mark = root / "demo.json"
    if not mark.exists():
        return []
    found: list[dict[str, str]] = json.loads(mark.read_text(encoding="utf-8")).get("cast", [])
    fields = ("number", "name", "post", "unit", "about", "about_en", "icon")
    return [{name: str(one.get(name, "")) for name in fields} for one in found]


def demo_day(root: Path) -> date | None:
    """The set day of a demo directory, or None: only `demo` makes such directories."""
    mark = root / "demo.json"
    if not mark.exists():
        return None
    return date.fromisoformat(json.loads(mark.read_text())["today"])
