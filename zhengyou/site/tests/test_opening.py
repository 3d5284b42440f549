"""An empty SQLite database is laid out at once, and comes out exactly as if every migration had been applied."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

MADE = """
from pathlib import Path
from zhengyou.site import opening
if {slow}:
    opening.lay_out = lambda: None
opening.start(Path({root!r}), lambda text: None)
"""


def make(root: Path, *, slow: bool) -> sqlite3.Connection:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ZHENGYOU", "DJANGO"))}
    subprocess.run([sys.executable, "-c", MADE.format(slow=slow, root=str(root))], check=True, env=env)
    return sqlite3.connect(root / "zhengyou.sqlite3")


def shape(base: sqlite3.Connection) -> dict[str, list]:
    """Tables with their columns, keys, checks and indexes, whatever the order in which they were written."""
    out = {}
    for (table,) in base.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ):
        columns = sorted(row[1:] for row in base.execute(f'PRAGMA table_info("{table}")'))
        keys = sorted(row[2:] for row in base.execute(f'PRAGMA foreign_key_list("{table}")'))
        (made,) = base.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
        checks = sorted(re.findall(r'CONSTRAINT "(\w+)" (CHECK|UNIQUE)', made))
        found = base.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", [table]
        )
        named = sorted((name, sql) for name, sql in found if sql)
        unique = sorted(
            tuple(column for _n, _c, column in base.execute(f'PRAGMA index_info("{index[1]}")'))
            for index in base.execute(f'PRAGMA index_list("{table}")')
            if index[2]
        )
        out[table] = [columns, keys, checks, named, unique]
    return out


def test_an_empty_database_is_laid_out_as_the_migrations_would(tmp_path):
    quick, slow = make(tmp_path / "quick", slow=False), make(tmp_path / "slow", slow=True)
    here, there = shape(quick), shape(slow)
    assert here.keys() == there.keys()
    for table in there:
        assert here[table] == there[table], table
    done = "SELECT app, name FROM django_migrations ORDER BY app, name"
    assert quick.execute(done).fetchall() == slow.execute(done).fetchall()
