"""A Chromium, servers of the product in directories of their own, and pages that fail on any complaint."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
REQUIRED = "browser" in os.environ.get("ZHENGYOU_REQUIRE", "")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The browser; absent, the tests are skipped with the reason, unless they are required."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        if REQUIRED:
            raise
        pytest.skip("Playwright is in the dependency group `full`")
    if not Path(CHROMIUM).exists():
        if REQUIRED:
            pytest.fail("ZHENGYOU_REQUIRE=browser, but there is no Chromium")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*arguments: str, room: Path):
    """`zhengyou ARGUMENTS` on a free port; gives its address and what it printed so far; ends it and all its children."""
    port = free_port()
    log = room.with_suffix(".log")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ZHENGYOU_")} | {
        "LANG": "zh_CN.UTF-8"
    }
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "zhengyou.site.command", *arguments, "--data", str(room), "--port", str(port)],
            stdout=out, stderr=subprocess.STDOUT, env=environment, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert server.poll() is None, log.read_text()
            try:
                urllib.request.urlopen(f"{address}/sign-in/", timeout=5)
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail(log.read_text())
        yield address, log
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            raise


def printed(log: Path, pattern: str) -> str:
    """What the server prints of a pattern; it prints once it has answered for the first time."""
    for _ in range(100):
        if found := re.search(pattern, log.read_text()):
            return found.group(0)
        time.sleep(0.1)
    pytest.fail(f"not printed: {pattern}\n{log.read_text()}")


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """A demo's data directory, its story played once for all tests; never served itself, only copied."""
    room = tmp_path_factory.mktemp("played") / "var"
    command = [sys.executable, "-m", "zhengyou.site.command", "demo", "--no-serve", "--data", str(room)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ZHENGYOU_")}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return room


@pytest.fixture
def fresh(played, tmp_path):
    """A demo directory of the test's own, to be changed as it likes."""
    return Path(shutil.copytree(played, tmp_path / "var"))


@pytest.fixture(scope="session")
def demo_room(played, tmp_path_factory):
    """The data directory of the demo that all tests look at together."""
    return Path(shutil.copytree(played, tmp_path_factory.mktemp("demo") / "var"))


@pytest.fixture(scope="session")
def demo(demo_room, chromium):
    """The demo, played and served."""
    with running("demo", room=demo_room) as (address, _log):
        yield address


def shape(path: str) -> str:
    """An address without its ids: one page of a sort is looked at."""
    parts = urlsplit(path).path.strip("/").split("/")
    return "/".join("*" if re.fullmatch(r"\d+|[2-9a-hjkmnp-z]{12}", part) else part for part in parts)


CLEAN: set[tuple[str, int, str, int]] = set()
"""Sorts of pages that axe found clean in this run: address without ids, width, language, faults shown."""


class Visitor:
    """One person's browser window; collects what the browser complains of (scripts, the content policy)."""

    def __init__(self, chromium, address: str, width: int, language: str):
        self.address, self.width, self.language = address, width, language
        self.context = chromium.new_context(
            viewport={"width": width, "height": 800},
            locale="zh-CN" if language == "zh" else "en-GB",
            accept_downloads=True,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15000)
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def _note(self, message) -> None:
        # a refused form answers 422, which Chromium reports too; what scripts and the policy say is what counts
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def go(self, path: str) -> int:
        """Open a path of the product; returns the status."""
        return self.page.goto(self.address + path).status

    def check(self, *, anew: bool = False) -> None:
        """axe finds nothing, no sideways scroll, the page within its budget.

        axe looks once at each sort of page per width and language, with and without faults shown; `anew`: again.
        """
        from axe_playwright_python.sync_playwright import Axe

        faults = min(self.page.locator(".zy-errs, .invalid-feedback").count(), 2)
        sort = (shape(self.page.url), self.width, self.language, faults)
        if anew or sort not in CLEAN:
            found = Axe().run(self.page).response["violations"]
            where = [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found]
            assert not where, (self.page.url, where)
            CLEAN.add(sort)
        sideways = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, (self.page.url, sideways)
        assert len(self.page.content()) <= 100_000, self.page.url
        assert not self.complaints, (self.page.url, self.complaints)

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visitor(chromium):
    """`visitor(address, width, language)` opens a window; all are closed at the end."""
    opened = []

    def open_(address: str, width: int = 1366, language: str = "zh") -> Visitor:
        opened.append(Visitor(chromium, address, width, language))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()
