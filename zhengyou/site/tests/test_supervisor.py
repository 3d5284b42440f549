"""`serve` ends everything it started: asked once or twice, during its start, when a child will not end, when it is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups")
ROOT = Path(__file__).resolve().parents[3]

#: A parent whose children note their numbers; `deaf` ones ignore SIGTERM and have a child of their own.
PARENT = """
import sys, time
sys.path.insert(0, {root!r})
from zhengyou.site import supervisor
supervisor.PATIENCE = 1.0
keeper = supervisor.Supervisor()
try:
    {before}
    made = [supervisor.Child(k, [sys.executable, {child!r}, {room!r}, k], vital=k == "short") for k in {kinds!r}]
    print("running", flush=True)
    sys.exit(keeper.run(made))
except supervisor.Stop:
    print("stopped while getting ready", flush=True)
    sys.exit(0)
"""
CHILD = """
import os, signal, subprocess, sys, time
room, kind = sys.argv[1:]
open(os.path.join(room, str(os.getpid())), "w").close()
if kind == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, __file__, room, "its own child"])
time.sleep(0 if kind == "short" else 60)
"""


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(*kinds, before="pass"):
        child = tmp_path / "child.py"
        child.write_text(CHILD)
        text = PARENT.format(
            root=str(ROOT), room=str(tmp_path), kinds=list(kinds), before=before, child=str(child)
        )
        process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
    for number in numbers(tmp_path):
        if living(number):
            os.kill(number, signal.SIGKILL)


def numbers(room) -> list[int]:
    return [int(p.name) for p in room.iterdir() if p.name.isdecimal()]


def living(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def until(condition, seconds=10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_all_children_end_with_the_parent(start, tmp_path, asked):
    process = start("web", "worker", "ticker")
    assert until(lambda: len(numbers(tmp_path)) == 3)
    process.send_signal(asked)
    process.send_signal(asked)
    assert process.wait(10) == 0
    assert not any(map(living, numbers(tmp_path)))


def test_a_child_that_will_not_end_is_killed_with_its_own_children(start, tmp_path):
    process = start("web", "deaf")
    assert until(lambda: len(numbers(tmp_path)) == 3)
    process.terminate()
    assert process.wait(10) == 0
    assert until(lambda: not any(map(living, numbers(tmp_path))), 2)


def test_asked_while_getting_ready_nothing_is_started(start, tmp_path):
    process = start("web", before="print('ready', flush=True); time.sleep(30)")
    process.stdout.readline()
    process.terminate()
    assert process.wait(5) == 0
    assert numbers(tmp_path) == []


def test_a_stop_that_python_swallows_still_stops(start):
    swallow = "exec('class A:\\n def __del__(s): print(1, flush=True); time.sleep(3)\\nA()\\ntime.sleep(30)', globals())"
    process = start("web", before=swallow)
    process.stdout.readline()
    time.sleep(0.2)
    process.terminate()
    assert process.wait(8) == 0


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.1, 0.2, 0.4])
def test_asked_at_any_moment_of_the_start_nobody_is_left(start, tmp_path, moment):
    process = start("web", "worker", "ticker")
    process.stdout.readline()
    time.sleep(moment)
    process.terminate()
    assert process.wait(10) == 0
    time.sleep(0.3)
    assert not any(map(living, numbers(tmp_path)))


def test_a_vital_child_that_ends_ends_the_rest_with_1(start, tmp_path):
    process = start("short", "worker")
    assert process.wait(10) == 1
    assert not any(map(living, numbers(tmp_path)))


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signal is Linux's")
def test_children_end_even_if_the_parent_is_killed(start, tmp_path):
    process = start("web", "worker")
    assert until(lambda: len(numbers(tmp_path)) == 2)
    process.kill()
    assert until(lambda: not any(map(living, numbers(tmp_path))), 5)


def test_a_port_in_use_is_one_sentence_and_2(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "zhengyou.site.command",
            "serve",
            "--data",
            str(tmp_path / "d"),
            "--port",
        ]
        done = subprocess.run([*command, str(port)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "d").exists()
