"""Static files: addresses carry the file's hash, so that browsers may keep them; a check that the build fetched them."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.checks import CheckMessage, Error, register

VENDOR = Path(__file__).parent / "static" / "vendor"
NEEDED = ("tabler.min.css", "icons.svg", "echarts.min.js")


class Versioned(StaticFilesStorage):
    """`static/site/base.css?v=1f3a…`: a changed file has a new address, an unchanged one is never asked for again."""

    @lru_cache(maxsize=256)  # noqa: B019 - the storage lives as long as the process
    def url(self, name: str | None) -> str:
        return super().url(name) + _version(name or "")


@lru_cache(maxsize=256)
def _version(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return "?v=" + hashlib.sha256(Path(found).read_bytes()).hexdigest()[:8]


def publish(target: Path) -> int:
    """Copy all static files to `target` with a compressed one beside each, so that the server only has to send them."""
    n = 0
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            source, copy = Path(storage.path(name)), target / name
            packed = copy.with_name(copy.name + ".gz")
            if name.endswith(".gz") or (
                copy.exists() and copy.stat().st_mtime_ns == source.stat().st_mtime_ns
            ):
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            packed.unlink(missing_ok=True)
            if source.suffix in (".css", ".js", ".svg"):
                packed.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))
            shutil.copy2(source, copy)
            n += 1
    return n


@register()
def assets_are_there(**_kwargs: Any) -> list[CheckMessage]:
    """Fails where the build did not fetch the style sheet, the drawings and the chart library."""
    missing = [name for name in NEEDED if not (VENDOR / name).exists()]
    if not missing:
        return []
    return [
        Error(
            f"page assets are missing: {', '.join(missing)}",
            hint="They are fetched when the project is installed: uv sync --reinstall-package zhengyou",
            id="site.E001",
        )
    ]
