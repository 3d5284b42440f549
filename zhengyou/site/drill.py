"""`drill`: proves that what was backed up comes back, in a scratch directory that is removed again (TRUST.md G21)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from zhengyou.site import backup, data, sealing
from zhengyou.site.words import gettext as _

COUNTED = (
    "journal_entry",
    "org_person",
    "org_unit",
    "org_affiliation",
    "campaigns_duty",
    "campaigns_dutyevent",
)
"""Tables whose rows are counted and reported; none of them ever loses a row."""
EVERY = timedelta(days=7)
"""How often the ticker drills by itself."""


@dataclass
class Drill:
    """What a drill found: rows restored, the last entry of the restored chain, entries written since, faults in words."""

    source: str
    seconds: float = 0.0
    bytes: int = 0
    files: int = 0
    entries: int = 0
    behind: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The outcome as the command line prints it."""
        return {"ok": not self.faults, **asdict(self)}


def drill(root: Path, file: Path | None = None, words: str = "") -> Drill:
    """Restore `file` (or a backup made now, sealed to a one-time key) and compare it with the directory it came from.

    Nothing of the installation is changed. Raises Unusable where there is nothing to drill or the file cannot be opened.
    """
    began = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="zhengyou-drill-", dir=root.parent))
    try:
        if file is None:
            words, half = sealing.new_key()
            file, source = scratch / "now.backup", _("现在做的备份")
            backup.write(root, file, half)
        else:
            source = str(file)
        out = Drill(source, bytes=file.stat().st_size)
        there = scratch / "there"
        out.files = backup.restore(file, there, words).files
        _compare(root, there, out)
        _chain(there, out)
        _evidence(there, out)
        out.seconds = round(time.monotonic() - began, 1)
        return out
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{path / backup.DATABASE}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _compare(root: Path, there: Path, out: Drill) -> None:
    """No table may hold more than the original, and the last restored entry must be one of the original's."""
    for table in COUNTED:
        query = f"SELECT COUNT(*) FROM {table}"
        out.counts[table] = n = _rows(there, query)[0][0]
        if n > _rows(root, query)[0][0]:
            out.faults.append(_("恢复出来的 {table} 比原来的还多。").format(table=table))
    last = _rows(there, "SELECT id, hash FROM journal_entry ORDER BY id DESC LIMIT 1")
    if not last:
        out.faults.append(_("恢复出来的日志是空的。"))
        return
    out.entries, link = last[0]
    if _rows(root, f"SELECT hash FROM journal_entry WHERE id = {int(out.entries)}") != [(link,)]:
        out.faults.append(_("恢复出来的日志和这里的不是同一条链。"))
    out.behind = _rows(root, f"SELECT COUNT(*) FROM journal_entry WHERE id > {int(out.entries)}")[0][0]


def _chain(there: Path, out: Drill) -> None:
    """The program itself proves the restored chain, in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ZHENGYOU_")}
    command = [sys.executable, "-m", "zhengyou.site.command", "verify", "--json", "--data", str(there)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    try:
        broken = json.loads(done.stdout)["first_broken"]
    except (ValueError, KeyError):
        out.faults.append(_("恢复出来的目录打不开：{why}").format(why=done.stderr.strip()[-300:]))
        return
    if broken is not None:
        out.faults.append(_("恢复出来的日志链在第 {n} 条断开。").format(n=broken))


def _evidence(there: Path, out: Drill) -> None:
    """Every file that evidence names is there, with the content that its name promises."""
    for (sha,) in _rows(there, "SELECT DISTINCT sha256 FROM journal_evidence WHERE sha256 <> ''"):
        path = there / "files" / sha[:2] / sha
        if not path.is_file():
            out.faults.append(_("少了一个附件：{name}").format(name=sha[:12]))
            continue
        with path.open("rb") as body:
            if hashlib.file_digest(body, "sha256").hexdigest() != sha:
                out.faults.append(_("附件内容不对：{name}").format(name=sha[:12]))


def note(done: Drill, by: str) -> None:
    """Write the outcome into the journal; Django must have been started on the directory."""
    from zhengyou.journal.actions import Actor, record

    actor = Actor.cli() if by == "cli" else Actor.system(by)
    with record("site.drilled", by=actor) as entry:
        entry.note(ok=not done.faults, entries=done.entries, files=done.files, faults=len(done.faults))


def due(root: Path) -> bool:
    """Whether the ticker should drill: an SQLite installation, no demo, and the last drill is a week ago."""
    from zhengyou.journal.models import Entry
    from zhengyou.kit import clock

    if data.is_demo(root) or not data.holds_something(root) or os.environ.get("ZHENGYOU_DATABASE_URL"):
        return False
    last = Entry.objects.filter(verb="site.drilled").order_by("-id").values_list("day", flat=True).first()
    return last is None or last <= clock.today() - EVERY
