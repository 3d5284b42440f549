"""Habits of the house that a machine can keep."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "zhengyou"
CODE = [p for p in HOUSE.rglob("*.py") if "migrations" not in p.parts]
TEMPLATES = [p for p in HOUSE.rglob("*.html") if "vendor" not in p.parts]


def relative(path):
    return str(path.relative_to(ROOT))


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    return [ROOT / n for n in names if n and (ROOT / n).is_file()]


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_no_file_grows_past_400_lines(path):
    assert len(path.read_text("utf8").splitlines()) <= 400


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_grows_past_150_lines(path):
    assert len(path.read_text("utf8").splitlines()) <= 150


@pytest.mark.parametrize(
    "path", [p for p in CODE if p.name != "__init__.py" and "tests" not in p.parts], ids=relative
)
def test_every_module_says_what_it_is_for(path):
    assert re.match(r'\s*(#!.*\n)?\s*"""\S', path.read_text("utf8"))


@pytest.mark.parametrize("room", settings.ROOMS)
def test_every_room_says_what_it_is_for_and_has_its_page(room):
    assert importlib.import_module(f"zhengyou.{room}").__doc__
    if room not in ("kit", "site", "journal"):
        assert (ROOT / "docs" / "rooms" / f"{room}.md").exists()


WRITES = (
    r"\.save\(\)",
    r"objects\.create\(",
    r"objects.*\.update\(",
    r"\.delete\(\)",
    r"bulk_create",
    r"INSERT INTO",
    r"DELETE FROM",
)
READERS = {"views.py", "rules.py", "urls.py", "forms.py", "chain.py"}


@pytest.mark.parametrize(
    "path", [p for p in CODE if p.name in READERS or p.parent.name in ("views", "rules")], ids=relative
)
def test_only_actions_write(path):
    text = path.read_text("utf8")
    for write in WRITES:
        assert not re.search(write, text), f"{relative(path)} writes ({write}): move it to an action"


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_has_inline_script_style_or_handler(path):
    text = path.read_text("utf8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|hx-on|hx-vals='?js:|javascript:", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_form_that_posts_carries_its_key(path):
    for form in re.findall(
        r"<form\b[^>]*method=[\"']?post[^>]*>.*?</form>", path.read_text("utf8"), re.S | re.I
    ):
        assert re.search(r"{%\s*(key|csrf_token)\b", form), f"{relative(path)}: a form without a key"


PARTY = re.compile("党|支部|书记|入党|团员")


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in [*CODE, *TEMPLATES]
        if not {"tests", "story", "demo"} & set(p.parts) and "story" not in p.name
    ],
    ids=relative,
)
def test_the_engine_knows_no_party_word(path):
    found = PARTY.search(path.read_text("utf8"))
    assert not found, f"{relative(path)}: {found.group(0) if found else ''} belongs into a pack"


def test_nothing_tracked_names_a_registry_or_the_place_it_was_made_in():
    hosts = [
        "py" + "pi.org",
        "python" + "hosted",
        "registry.npm" + "js",
        "deb." + "debian",
        "/work/" + "main",
        "/ro" + "ot/",
    ]
    for path in tracked():
        if path.suffix in {".png", ".jpg", ".woff2", ".xlsx", ".xls"}:
            continue
        text = path.read_text("utf8", errors="ignore")
        for host in hosts:
            assert host not in text, f"{relative(path)} names {host}"


def test_no_lock_file_no_data_no_assets_are_tracked():
    for path in tracked():
        name = relative(path)
        assert not re.search(r"(^|/)uv\.lock$|\.sqlite3$|static/vendor/|node_modules/|\.mo$", name), name


def test_both_readmes_have_the_same_shape():
    english, chinese = (ROOT / n for n in ("README.md", "README.zh.md"))
    heads = [len(re.findall(r"^#+ ", p.read_text("utf8"), re.M)) for p in (english, chinese)]
    commands = [
        re.findall(r"^(?:pip|uv|zhengyou) .*$", p.read_text("utf8"), re.M) for p in (english, chinese)
    ]
    assert heads[0] == heads[1]
    assert commands[0] == commands[1]
