"""kill -9 in the middle of undoing an import: afterwards it is undone whole, or stands as if nobody had asked (TRUST G10)."""

from __future__ import annotations

import random
import shutil
import time

import pytest

from zhengyou.org.roster.tests.books import book
from zhengyou.org.roster.tests.test_kill import IMPORT, PREPARE, child, finished, held, rows

UNDO = """
import sys
import django; django.setup()
from datetime import date
from zhengyou.kit import clock
from zhengyou.journal.actions import Actor
from zhengyou.org.models import RosterImport
from zhengyou.org.roster import actions_undoing
from zhengyou.org.actions.rows import Follow
def written(entry, *rest):
    if "wait" in sys.argv:
        print("written", flush=True)
        import time; time.sleep(60)
nothing = lambda *asked: {}
import dataclasses
parts = {part.name: nothing for part in dataclasses.fields(Follow)}
follow = Follow(**{**parts, "roster": written, "leaning": lambda *asked: (set(), set())})
print("go", flush=True)
with clock.playing(date(2010, 11, 23)):
    actions_undoing.undo_import(RosterImport.objects.get(), by=Actor.system("test"), follow=follow)
print("done", flush=True)
"""


def standing(data) -> tuple[int, ...]:
    """As after an import, but rows held true, not rows written; and undone imports and their entries."""
    import sqlite3

    found = held(data)
    database = sqlite3.connect(data / "zhengyou.sqlite3")
    try:
        asked = (
            "SELECT COUNT(*) FROM org_affiliation a JOIN org_person p ON p.id = a.person_id "
            "WHERE p.number LIKE '40______' AND a.dropped_id IS NULL",
            "SELECT COUNT(*) FROM org_placement WHERE name LIKE '新学院%' AND dropped_id IS NULL",
            "SELECT COUNT(*) FROM org_rosterimport WHERE state = 40",
            "SELECT COUNT(*) FROM journal_entry WHERE verb = 'roster.undone'",
        )
        return (*found, *(database.execute(one).fetchone()[0] for one in asked))
    finally:
        database.close()


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A directory with an applied import."""
    folder = tmp_path_factory.mktemp("kill-undo")
    finished(child(folder / "data", PREPARE))
    finished(child(folder / "data", IMPORT, str(book(folder, rows()))))
    return folder


def fresh(folder):
    data = folder / "round"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(folder / "data", data)
    return data


@pytest.fixture(scope="module")
def ends(ground):
    """What stands before and after, and how long an undoing takes from the word go."""
    data = fresh(ground)
    before = standing(data)
    process = child(data, UNDO)
    process.stdout.readline()
    began = time.monotonic()
    assert finished(process).endswith("done\n")
    after = standing(data)
    assert (before[-4], before[-2], after[-4:]) == (3000, 0, (0, 0, 1, 1))
    return before, after, time.monotonic() - began


def rounds(ground, ends, n: int, seed: int) -> dict[str, int]:
    before, after, takes = ends
    dice, seen = random.Random(seed), {"stands": 0, "undone": 0}
    for _ in range(n):
        data = fresh(ground)
        process = child(data, UNDO)
        assert process.stdout.readline() == "go\n"
        time.sleep(dice.uniform(0.05, 1.1) * takes)
        process.end()
        result = standing(data)
        assert result in (before, after), f"half undone: {result}, neither {before} nor {after}"
        seen["undone" if result == after else "stands"] += 1
    return seen


def test_a_killed_undoing_undoes_all_or_nothing(ground, ends):
    assert sum(rounds(ground, ends, 4, seed=7).values()) == 4


def test_killed_when_everything_is_written_but_not_committed_the_import_stands(ground, ends):
    data = fresh(ground)
    process = child(data, UNDO, "wait")
    assert [process.stdout.readline() for _ in range(2)] == ["go\n", "written\n"]
    process.end()
    assert standing(data) == ends[0]


@pytest.mark.deep
def test_two_hundred_kills_leave_nothing_half_undone(ground, ends):
    seen = rounds(ground, ends, 200, seed=11)
    assert min(seen.values()) > 10
