"""kill -9 in the middle of an import: afterwards the roster is there whole, or nothing of it is (TRUST.md G10)."""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from zhengyou.kit.tests.forked import Forked
from zhengyou.org.roster.tests.books import book

ROWS = 3000
PREPARE = """
import django; django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
from datetime import date
from zhengyou.org.tests import builder
from zhengyou.kit import clock
with clock.playing(date(2010, 11, 22)):
    builder.build()
"""
IMPORT = """
import sys
import django; django.setup()
from datetime import date
from zhengyou.kit import clock
from zhengyou.org.roster import command
from zhengyou.org.roster import near, template, words
words.book()
def then(entry):
    if "wait" in sys.argv:
        print("written", flush=True)
        import time; time.sleep(60)
print("go", flush=True)
with clock.playing(date(2010, 11, 22)):
    code = command.import_(sys.argv[1], as_json=True, then=then)
print("done", code, flush=True)
"""


def rows() -> list[list[str]]:
    made = []
    for at in range(ROWS):
        unit = f"新学院{at % 9}第{'一二三四五六七'[at % 7]}党支部"
        made.append(
            [
                f"40{at:06d}",
                f"甲{chr(0x4E00 + at)}",
                unit,
                f"新学院{at % 9}党总支",
                "教职工",
                "正式",
                "2008-07-01",
            ]
        )
    return made


def child(data: Path, code: str, *more: str) -> Forked:
    def run() -> None:
        sys.argv = ["-c", *more]
        exec(code, {})

    return Forked(data, run)


def finished(process: Forked) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, (out, err)
    return out


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill")
    finished(child(folder / "data", PREPARE))
    path = book(folder, rows())
    return folder, path


def held(data: Path) -> tuple[int, ...]:
    """People, units, current affiliations, closures, imports and entries of the new roster; and the file is sound."""
    database = sqlite3.connect(data / "zhengyou.sqlite3")
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        asked = (
            "SELECT COUNT(*) FROM org_person WHERE number LIKE '40______'",
            "SELECT COUNT(*) FROM org_placement WHERE name LIKE '新学院%'",
            "SELECT COUNT(*) FROM org_affiliation a JOIN org_person p ON p.id = a.person_id WHERE p.number LIKE '40______'",
            "SELECT COUNT(*) FROM org_closure c JOIN org_placement p ON p.unit_id = c.descendant_id WHERE p.name LIKE '新学院%'",
            "SELECT COUNT(*) FROM org_rosterimport WHERE state = 20",
            "SELECT COUNT(*) FROM journal_entry WHERE verb = 'roster.imported'",
        )
        return tuple(database.execute(one).fetchone()[0] for one in asked)
    finally:
        database.close()


def killed(ground, after: float) -> tuple[int, ...]:
    folder, path = ground
    data = folder / "round"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(folder / "data", data)
    process = child(data, IMPORT, str(path))
    assert process.stdout.readline() == "go\n"
    time.sleep(after)
    process.end()
    return held(data)


@pytest.fixture(scope="module")
def whole(ground):
    """What a finished import holds, and how long it takes from the word go."""
    folder, path = ground
    data = folder / "round"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(folder / "data", data)
    process = child(data, IMPORT, str(path))
    process.stdout.readline()
    began = time.monotonic()
    assert finished(process).endswith("done 0\n")
    found = held(data)
    assert (found[0], found[4], found[5]) == (ROWS, 1, 1)
    return found, time.monotonic() - began


def rounds(ground, whole, n: int, seed: int) -> dict[str, int]:
    found, takes = whole
    nothing = (0,) * len(found)
    dice = random.Random(seed)
    seen = {"nothing": 0, "whole": 0}
    for _ in range(n):
        result = killed(ground, dice.uniform(0.2, 1.05) * takes)
        assert result in (nothing, found), f"half an import: {result} of {found}"
        seen["whole" if result == found else "nothing"] += 1
    return seen


def test_a_killed_import_leaves_all_or_nothing(ground, whole):
    assert sum(rounds(ground, whole, 6, seed=7).values()) == 6


def test_killed_when_everything_is_written_but_not_committed_nothing_is_there(ground):
    folder, path = ground
    data = folder / "round"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(folder / "data", data)
    process = child(data, IMPORT, str(path), "wait")
    assert [process.stdout.readline() for _ in range(2)] == ["go\n", "written\n"]
    process.end()
    assert not any(held(data))


@pytest.mark.deep
def test_two_hundred_kills_leave_nothing_half_done(ground, whole):
    seen = rounds(ground, whole, 200, seed=11)
    assert seen["nothing"] > 20
