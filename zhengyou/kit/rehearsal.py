"""Trying out what is rolled back afterwards, without keeping others from writing meanwhile (decision 006)."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

PRAGMAS = (
    "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY"
)
"""For a copy that nobody opens again: nothing of it need reach the disk."""


@contextmanager
def rehearsing() -> Iterator[None]:
    """On SQLite all that this thread does inside happens to a copy of the database, which is thrown away.

    SQLite has one writer: whatever is tried out there for seconds would let everybody wait who hands in. The copy holds
    what is committed and costs no lock. Nothing is copied on PostgreSQL, nor within a transaction, which has the lock
    already. The block rolls back by itself either way.
    """
    own = connections["default"]
    if own.vendor != "sqlite" or own.in_atomic_block:
        yield
        return
    own.ensure_connection()
    handle, name = tempfile.mkstemp(
        prefix="rehearsal-", suffix=".sqlite3", dir=Path(settings.DATA) / "staging"
    )
    os.close(handle)
    copy = own.copy()
    copy.settings_dict = {**own.settings_dict, "NAME": name}
    copy.settings_dict["OPTIONS"] = {**own.settings_dict["OPTIONS"], "init_command": PRAGMAS}
    copy.execute_wrappers = own.execute_wrappers
    try:
        target = sqlite3.connect(name)
        try:
            own.connection.backup(target)
        finally:
            target.close()
        copy.ensure_connection()
    finally:
        os.unlink(name)  # open, but without a name: it ends with this process whatever happens
    connections["default"] = copy
    try:
        yield
    finally:
        connections["default"] = own
        copy.close()
