"""Processes to be killed, forked from the tests' own: as real as started ones, without a second's start for each."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

CONNECT: list[Callable[[BaseDatabaseWrapper], None]] = []
"""Django's own way to connect, kept by the root conftest: pytest-django bars it to tests that ask for no database."""


class Forked:
    """A process that runs `run` on a data directory and a SQLite file of its own; used as `subprocess.Popen` is."""

    def __init__(self, room: Path, run: Callable[[], None]):
        reading, writing = os.pipe()
        self._errors = tempfile.TemporaryFile("w+", encoding="utf8")  # noqa: SIM115 (closed at its end)
        sys.stdout.flush()
        sys.stderr.flush()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _be(room, run, writing, self._errors.fileno())
        os.close(writing)
        self.stdout = os.fdopen(reading, encoding="utf8")

    def poll(self) -> int | None:
        """The exit code, minus the signal where one ended it; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def kill(self) -> None:
        """SIGKILL, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """SIGKILL, wherever it stands; nothing more is read."""
        self.kill()
        self.wait()
        self.stdout.close()
        self._errors.close()

    def communicate(self, timeout: float = 300) -> tuple[str, str]:
        """What it still printed and its complaints, once it has ended; killed after `timeout` seconds."""
        ends = time.monotonic() + timeout
        while self.poll() is None and time.monotonic() < ends:
            time.sleep(0.005)
        self.kill()
        self.wait()
        with self.stdout as out:
            printed = out.read()
        self._errors.seek(0)
        with self._errors as errors:
            return printed, errors.read()


def _be(room: Path, run: Callable[[], None], out: int, errors: int) -> None:
    """In the child: its own directory, database and standard streams; never returns into the tests."""
    code = 1
    try:
        os.dup2(out, 1)
        os.dup2(errors, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf8"), os.fdopen(2, "w", encoding="utf8")
        room.mkdir(parents=True, exist_ok=True)
        for folder in ("files", "staging"):
            (room / folder).mkdir(exist_ok=True)
        settings.DATA = room
        BaseDatabaseWrapper.ensure_connection = CONNECT[0]  # type: ignore[method-assign]
        file = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": room / "zhengyou.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": settings.SQLITE_PRAGMAS,
            },
        }
        tests = connections["default"]  # kept, never closed: a server's connection is the tests' own
        del connections["default"]
        connections.settings["default"] = connections.configure_settings({"default": file})["default"]
        run()
        assert tests is not connections["default"]
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
