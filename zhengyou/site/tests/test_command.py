"""The command line: exit codes, one sentence, both languages, nothing left behind, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from zhengyou.site import data, opening

ROOT = Path(__file__).resolve().parents[3]


def zhengyou(*words, language="zh_CN.UTF-8", **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ZHENGYOU", "LC_", "DJANGO"))}
    return subprocess.run(
        [sys.executable, "-m", "zhengyou.site.command", *map(str, words)],
        cwd=ROOT,
        env={**env, "LANG": language, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("roster",),
        ("serve", "--port", "0"),
        ("tick", "--at", "yesterday"),
        ("board", "--no-such"),
    ],
)
@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_US.UTF-8"])
def test_a_wrong_command_is_one_sentence_and_2(words, language):
    done = zhengyou(*words, language=language)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert ("See " in done.stderr) == language.startswith("en")


def test_help_lists_every_command():
    done = zhengyou("--help")
    assert done.returncode == 0
    for name in (
        "demo",
        "serve",
        "tick",
        "office",
        "roster",
        "pack",
        "campaign",
        "board",
        "verify",
        "backup",
        "restore",
    ):
        assert f"\n    {name} " in done.stdout


@pytest.mark.parametrize("command", ["board", "verify", "tick", "backup"])
def test_a_directory_without_an_organisation_is_named_and_not_made(command, tmp_path):
    done = zhengyou(command, "--data", tmp_path / "none")
    assert done.returncode == 2
    assert str(tmp_path / "none") in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_newer_directory_is_refused(tmp_path):
    root = data.prepare(tmp_path / "newer")
    (root / "version").write_text("99\n")
    (root / "zhengyou.sqlite3").touch()
    done = zhengyou("board", "--data", root, language="en_US.UTF-8")
    assert done.returncode == 2
    assert "newer version (99)" in done.stderr


def test_a_foreign_directory_is_refused(tmp_path):
    (tmp_path / "version").write_text("not ours")
    (tmp_path / "zhengyou.sqlite3").touch()
    done = zhengyou("board", "--data", tmp_path)
    assert done.returncode == 2
    assert "不是争优的数据目录" in done.stderr


def test_serve_leaves_demos_alone_and_demo_leaves_organisations_alone(tmp_path):
    demo = data.prepare(tmp_path / "demo")
    (demo / "demo.json").write_text("{}")
    assert "演示目录" in zhengyou("serve", "--data", demo).stderr
    real = data.prepare(tmp_path / "real")
    (real / "zhengyou.sqlite3").touch()
    done = zhengyou("demo", "--data", real, "--no-serve")
    assert done.returncode == 2
    assert "演示不会动它" in done.stderr
    assert (real / "zhengyou.sqlite3").exists()


def test_only_a_demo_directory_is_ever_wiped(tmp_path):
    real = data.prepare(tmp_path / "real")
    with pytest.raises(data.Unusable):
        data.wipe_demo(real)
    assert (real / "keys").is_dir()


def test_a_pack_is_checked_without_a_data_directory(tmp_path):
    done = zhengyou("pack", "check", "excellence-2010", "--json", "--data", tmp_path / "none")
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"] == []
    assert not (tmp_path / "none").exists()


def test_a_closed_pipe_is_no_complaint():
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        f"{sys.executable} -m zhengyou.site.command pack check excellence-2010 --json | head -c 10",
        shell=True,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_keys_are_readable_by_their_owner_only(tmp_path):
    root = data.prepare(tmp_path)
    data.key(root, "django")
    assert (root / "keys").stat().st_mode & 0o077 == 0
    assert (root / "keys" / "django").stat().st_mode & 0o077 == 0


def test_an_older_database_is_copied_before_it_is_changed(tmp_path):
    import sqlite3

    root = data.prepare(tmp_path)
    with sqlite3.connect(root / "zhengyou.sqlite3") as connection:
        connection.execute("CREATE TABLE old (x)")
    connection.close()
    first, second = opening.copy_database(root), opening.copy_database(root)
    assert first != second
    connection = sqlite3.connect(first)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("old",)]
    connection.close()
