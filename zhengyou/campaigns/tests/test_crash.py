"""kill -9 while papers are handed in, and two processes handing in the same papers: nothing lost, nothing twice."""

from __future__ import annotations

import json
import random
import time

import pytest

from zhengyou.campaigns.tests import child as own
from zhengyou.kit.tests.forked import Forked


def child(room, verb, argument, *more):
    """Start a process on the data directory `room`, always on a SQLite file of its own."""
    return Forked(room, lambda: own.main(verb, str(argument), *more))


def done(process):
    """The process's output; its complaint if it failed."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def killed_again_and_again(tmp_path, rounds, members):
    noted = tmp_path / "acked.txt"
    noted.touch()
    done(child(tmp_path / "data", "setup", members))
    chance, before = random.Random(7), 0
    for _ in range(rounds):
        process = child(tmp_path / "data", "submit", noted)
        give_up = time.monotonic() + 60
        while noted.stat().st_size == before and process.poll() is None and time.monotonic() < give_up:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.2)
        process.kill()
        process.communicate()
        before = noted.stat().st_size
        found = json.loads(done(child(tmp_path / "data", "check", noted)))
        assert found["lost"] == 0
        assert found["there"] - found["acked"] in (0, 1), "at most the one between commit and note"
        assert found["papers"] == found["there"]
        assert (found["faults"], found["same"], found["broken"]) == ([], True, None)
        with noted.open() as lines:
            whole = [line for line in lines if line.endswith("\n")]
        if found["there"] > found["acked"]:
            return killed_after_commit(tmp_path, whole, found)
    return found


def killed_after_commit(tmp_path, whole, found):
    """The rare kill between commit and note: the paper is there, once, and a second try is refused."""
    done(child(tmp_path / "data", "submit", tmp_path / "rest.txt"))
    return json.loads(done(child(tmp_path / "data", "check", tmp_path / "rest.txt"))) | {
        "acked": found["acked"]
    }


def test_kill_9_while_handing_in_loses_nothing_and_leaves_nothing_half_done(tmp_path):
    found = killed_again_and_again(tmp_path, rounds=2, members=150)
    assert found["acked"] > 0


@pytest.mark.deep
def test_kill_9_many_times(tmp_path):
    killed_again_and_again(tmp_path, rounds=40, members=4000)


def three_killed_again_and_again(tmp_path, rounds, most):
    """Three processes write at once, killed after a random number of confirmed writes; what is there after each round.

    A kill between commit and note leaves a write that nobody confirmed: at most one a process and round.
    """
    room, chance, unconfirmed = tmp_path / "data", random.Random(7), 0
    files = [tmp_path / f"acked{n}.txt" for n in range(3)]
    for file in files:
        file.touch()
    done(child(room, "crowd", rounds * (most + 8)))

    def confirmed():
        return sum(file.read_bytes().count(b"\n") for file in files)

    for _ in range(rounds):
        stop, give_up = confirmed() + chance.randint(most // 4, most), time.monotonic() + 120
        three = [child(room, "share", file, n, 3) for n, file in enumerate(files)]
        while confirmed() < stop and time.monotonic() < give_up and any(p.poll() is None for p in three):
            time.sleep(0.005)
        assert confirmed() >= stop, "nothing goes on"
        for process in chance.sample(three, 3):
            time.sleep(chance.random() * 0.02)
            process.kill()
        for process in three:
            process.communicate()
            assert process.returncode == -9
        everything = tmp_path / "acked.txt"
        everything.write_text("".join(file.read_text() for file in files))
        found = json.loads(done(child(room, "look", everything)))
        assert (found["lost"], found["broken"], found["whole"]) == (0, None, "ok")
        assert found["papers"] == found["there"]
        assert unconfirmed <= found["there"] - found["acked"] <= unconfirmed + 3
        unconfirmed = found["there"] - found["acked"]
    at_last = json.loads(done(child(room, "check", everything)))
    assert (at_last["lost"], at_last["faults"], at_last["same"], at_last["broken"]) == (0, [], True, None)
    return found


def test_three_writers_killed_lose_nothing_that_was_confirmed(tmp_path):
    assert three_killed_again_and_again(tmp_path, rounds=2, most=40)["acked"] >= 20


@pytest.mark.deep
def test_ten_thousand_confirmed_writes_of_three_killed_writers(tmp_path):
    """TRUST.md G1: 200 rounds."""
    found = three_killed_again_and_again(tmp_path, rounds=200, most=92)
    assert found["acked"] >= 10_000


def test_two_processes_handing_in_the_same_papers_have_one_effect_each(tmp_path):
    done(child(tmp_path / "data", "setup", 40))
    pair = [child(tmp_path / "data", "submit", tmp_path / f"acked{n}.txt") for n in (1, 2)]
    ours = [int(done(process)) for process in pair]
    (tmp_path / "acked.txt").write_text("".join((tmp_path / f"acked{n}.txt").read_text() for n in (1, 2)))
    found = json.loads(done(child(tmp_path / "data", "check", tmp_path / "acked.txt")))
    assert sum(ours) == found["papers"] == found["there"] == 49
    assert (found["lost"], found["due"], found["faults"], found["same"]) == (0, 0, [], True)
