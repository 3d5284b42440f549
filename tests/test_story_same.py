"""The demo's story is the same every time: two processes with different hash seeds play equal figures, duty by duty."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

FACTS = """SELECT d.id, t.code, s.period, m.number, d.unit_id, d.state, d.due_on, d.last_day
    FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
    LEFT JOIN org_person m ON m.id = d.member_id ORDER BY d.id"""


def zhengyou(*words: str, seed: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ZHENGYOU", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, "-m", "zhengyou.site.command", *words],
        env={**env, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"zhengyou {' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout


def plain(figures: dict) -> list:
    """Figures level by level without the public ids, which are random."""
    return [figures["unit"], figures["figures"], [plain(child) for child in figures.get("children", [])]]


@pytest.mark.parametrize(
    ("pack", "day"),
    [
        pytest.param("excellence-2010", "2010-07-14", marks=pytest.mark.deep),
        ("hospital-quality", "2027-04-06"),
    ],
)
def test_two_plays_have_equal_duties_and_figures(tmp_path: Path, pack: str, day: str) -> None:
    """The hospital's reviews are drawn by lot: the story draws the same, a real campaign never (test_review)."""
    seen = []
    for seed in ("1", "2"):
        where = ("--data", str(tmp_path / seed))
        zhengyou("demo", *where, "--pack", pack, "--today", day, "--no-serve", seed=seed)
        facts = sqlite3.connect(tmp_path / seed / "zhengyou.sqlite3").execute(FACTS).fetchall()
        seen.append((facts, plain(json.loads(zhengyou("board", *where, "--json", seed=seed)))))
    assert seen[0][0] == seen[1][0]
    assert seen[0][1] == seen[1][1]
    assert len(seen[0][0]) > 1000
