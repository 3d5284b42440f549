"""Children of `serve` and `demo`: started together, watched, and ended together whatever happens to the parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

PATIENCE = 6.0
"""Seconds a child may take to end by itself before it is killed with all its own children."""
POSIX = os.name == "posix"


class Stop(BaseException):
    """Somebody asked the program to end (Ctrl+C, SIGTERM) while it was still getting ready."""


@dataclass
class Child:
    """One child: its name, its command, whether the whole program ends with it, and its process."""

    name: str
    command: Sequence[str]
    vital: bool = False
    process: subprocess.Popen[bytes] | None = None
    restart_at: float = 0.0


class Supervisor:
    """Takes the stop signals from its first moment on; `run` starts the children and returns once all have ended."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False
        self.running = False
        signals = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if POSIX else [])]
        for number in signals:
            signal.signal(number, self._asked)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        if not self.running:
            # Migrating, playing the story: nothing to wait for, an open transaction is rolled back. Python swallows what
            # is raised inside a finaliser, so the process ends itself soon if it is still there.
            if POSIX:
                signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
                signal.setitimer(signal.ITIMER_REAL, 1.5)
            raise Stop

    def run(self, children: Sequence[Child]) -> int:
        """Start all, watch until asked to stop or a vital one ends, end all. 0 when asked, 1 when one failed."""
        self.running = True
        self.children = list(children)
        failed = 0
        try:
            while not self.stopping:
                for child in self.children:
                    if self.stopping:
                        break
                    if child.process is None and time.monotonic() >= child.restart_at:
                        self._start(child)
                    elif child.process is not None and child.process.poll() is not None:
                        if child.vital:
                            failed, self.stopping = 1, True
                            break
                        _kill_group(child.process)
                        child.process, child.restart_at = None, time.monotonic() + 5
                time.sleep(0.1)
        finally:
            self._end()
        return failed

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            list(child.command),
            stdin=subprocess.DEVNULL,
            start_new_session=POSIX,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def _end(self) -> None:
        """Ask everybody at once, wait, kill who stayed, each with its whole process group."""
        self.stopping = True
        living = [child.process for child in self.children if child.process is not None]
        for process in living:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and any(process.poll() is None for process in living):
            time.sleep(0.05)
        for process in living:
            _kill_group(process)
            process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a child and whatever it started; its group outlives it where it died without ending its own children."""
    if POSIX:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()


def _end_with_parent() -> None:
    """Linux, in the child before it becomes the program: receive SIGTERM when the parent dies, even by kill -9."""
    PR_SET_PDEATHSIG = 1  # noqa: N806
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
