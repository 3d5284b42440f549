"""kill -9 in the middle of a merger: all is there, or nothing, whatever the moment; its preview keeps nobody waiting."""

from __future__ import annotations

import json
import random
import shutil
import time

import pytest

from zhengyou.kit.tests.forked import Forked
from zhengyou.site.tests import change_child

WELL = {"faults": [], "same": True, "broken": None, "settled": True}


def child(room, verb, argument):
    """Start a process on the data directory `room`, always on a SQLite file of its own."""
    return Forked(room, lambda: change_child.main(verb, str(argument)))


def done(process):
    """The process's output; its complaint if it failed."""
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out


def looked(room):
    """What is there; looked at in a copy, so that looking changes nothing."""
    copy = room.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(room, copy)
    return json.loads(done(child(copy, "check", "-")))


def started(tmp_path, members):
    room = tmp_path / "data"
    done(child(room, "setup", members))
    before = looked(room)
    assert {name: before[name] for name in WELL} == WELL
    assert before["merged"] == before["closed"] == 0
    return room, before


def all_or_nothing(room, before, finished):
    """After a kill: as before, or (where it was committed) merged as a whole."""
    after = looked(room)
    assert {name: after[name] for name in WELL} == WELL
    assert after["members"] == before["members"]
    if finished or after["merged"] > before["merged"]:
        assert after["merged"] == before["merged"] + 1
        assert after["closed"] == before["closed"] + 2
        assert after["edges"] == before["edges"] + 2
    else:
        assert after == before
    return after


def test_killed_before_any_of_several_statements_nothing_is_there_then_it_is_done_whole(tmp_path):
    room, before = started(tmp_path, 300)
    for place in (12, 40, 60, 80):
        process = child(room, "merge", place)
        process.communicate(timeout=120)
        assert process.returncode == -9
        assert all_or_nothing(room, before, finished=False) == before
    statements = int(done(child(room, "merge", 0)).split()[1])
    assert statements > 80
    assert all_or_nothing(room, before, finished=True)["carried"] > 300


def test_while_a_merger_is_previewed_others_write_and_nothing_of_it_stays(tmp_path):
    done(child(tmp_path / "data", "setup", 300))
    found = json.loads(done(child(tmp_path / "data", "preview", "-")))
    assert found.pop("wrote") > 80
    assert found == {"waited": 0, "rows": 0, "left": 0, "done": True}


@pytest.mark.deep
def test_killed_before_every_statement_and_at_200_moments(tmp_path):
    fresh, before = started(tmp_path, 4000)
    room, chance, whole = tmp_path / "room", random.Random(7), 0

    def again():
        shutil.rmtree(room, ignore_errors=True)
        shutil.copytree(fresh, room)

    again()
    began = time.monotonic()
    statements = int(done(child(room, "merge", 0)).split()[1])
    takes = time.monotonic() - began
    again()
    for place in range(1, statements + 1):
        process = child(room, "merge", place)
        process.communicate(timeout=120)
        assert process.returncode == -9
        all_or_nothing(room, before, finished=False)
    for _ in range(200):
        process = child(room, "merge", 0)
        time.sleep(chance.random() * takes * 1.1)
        process.kill()
        finished = bool(process.communicate()[0].endswith("\n"))
        after = all_or_nothing(room, before, finished)
        if after["merged"]:
            whole += 1
            again()
    assert whole < 200
