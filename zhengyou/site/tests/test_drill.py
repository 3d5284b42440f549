"""A drill restores to a scratch place, proves what came back, and says so in the journal; an older directory is migrated."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys

import pytest

from zhengyou.site import backup, data, drill
from zhengyou.site.tests.test_command import ROOT, zhengyou


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An installation with an organisation, made by the command line alone."""
    root = tmp_path_factory.mktemp("drill") / "var"
    roster = root.parent / "roster.csv"
    roster.write_text(
        "编号,姓名,单位,类别\n00001,沈一,一支部,教职工\n00002,林二,一支部,教职工\n", encoding="utf-8"
    )
    answered = zhengyou("roster", "import", roster, "--data", root, "--json")
    assert answered.returncode == 0, answered.stderr + answered.stdout
    return root


FIRST_RELEASE = """
import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([(app, "0001_initial") for app in ("org", "campaigns", "journal")])
"""


def entries(root) -> list[tuple]:
    with sqlite3.connect(root / "zhengyou.sqlite3") as connection:
        return connection.execute("SELECT id, verb FROM journal_entry ORDER BY id").fetchall()


def test_a_drill_proves_the_backup_and_leaves_nothing_but_its_entry(made):
    before, beside = entries(made), sorted(p.name for p in made.parent.iterdir())
    done = zhengyou("drill", "--data", made, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["ok"]
    assert found["entries"] == len(before)
    assert found["counts"]["org_person"] == 2
    assert [verb for _id, verb in entries(made)[len(before) :]] == ["site.drilled"]
    assert sorted(p.name for p in made.parent.iterdir()) == beside


def test_a_named_backup_is_drilled_with_its_key_and_says_what_is_missing_since(made, tmp_path):
    key = backup.make_recovery_key(made) or pytest.fail("the command line made no key yet")
    file = tmp_path / "one.backup"
    backup.write(made, file)
    zhengyou("tick", "--data", made)
    zhengyou("drill", "--data", made)
    (tmp_path / "key").write_text(key)
    done = zhengyou("drill", file, "--key-file", tmp_path / "key", "--data", made, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["behind"]) == (0, True, 1)
    (tmp_path / "key").write_text("AAAA-BBBB")
    wrong = zhengyou("drill", file, "--key-file", tmp_path / "key", "--data", made)
    assert wrong.returncode == 2
    assert "密钥" in wrong.stderr


def test_a_backup_of_another_installation_is_found_out(made, tmp_path):
    words, half = drill.sealing.new_key()
    other = tmp_path / "other"
    data.prepare(other)
    with (
        sqlite3.connect(made / "zhengyou.sqlite3") as source,
        sqlite3.connect(other / "zhengyou.sqlite3") as copy,
    ):
        source.backup(copy)
        copy.execute("UPDATE journal_entry SET hash = 'x' WHERE id = (SELECT MAX(id) FROM journal_entry)")
    file = tmp_path / "other.backup"
    backup.write(other, file, half)
    found = drill.drill(made, file, words)
    assert len(found.faults) == 2, found.faults
    assert "同一条链" in found.faults[0]


def test_a_lost_attachment_is_named(made, tmp_path):
    words, half = drill.sealing.new_key()
    other = tmp_path / "other"
    data.prepare(other)
    with (
        sqlite3.connect(made / "zhengyou.sqlite3") as source,
        sqlite3.connect(other / "zhengyou.sqlite3") as copy,
    ):
        source.backup(copy)
        copy.execute(
            """INSERT INTO journal_evidence (public_id, text, sha256, name, media_type, size, owner, entry_id)
               VALUES ('e', '', 'abcdef0123456789', 'f', 'text/plain', 1, 'x', 1)"""
        )
    file = tmp_path / "other.backup"
    backup.write(other, file, half)
    assert ["abcdef012345" in fault for fault in drill.drill(made, file, words).faults] == [True]


def test_an_older_directory_is_copied_and_migrated_and_keeps_what_it_held(made, tmp_path):
    """The first release knew no changes through time: its tables are made again here by its own migrations."""
    old = tmp_path / "old"
    data.prepare(old)
    env = {**os.environ, "ZHENGYOU_DATA": str(old), "DJANGO_SETTINGS_MODULE": "zhengyou.site.settings"}
    subprocess.run([sys.executable, "-c", FIRST_RELEASE], cwd=ROOT, env=env, check=True)
    with sqlite3.connect(old / "zhengyou.sqlite3") as connection:
        connection.execute(
            "INSERT INTO org_person (public_id, number, name, sort_key, email, phone, note)"
            " VALUES ('p1', '00007', '沈旧', 'shen', '', '', '')"
        )
    done = zhengyou("tick", "--data", old)
    assert "已先复制一份" in done.stderr, done.stderr
    copy = next(old.glob("before-*.sqlite3"))
    for path in (copy, old / "zhengyou.sqlite3"):
        with sqlite3.connect(path) as connection:
            assert connection.execute("SELECT name FROM org_person").fetchall() == [("沈旧",)]
    with sqlite3.connect(old / "zhengyou.sqlite3") as connection:
        assert connection.execute("SELECT COUNT(*) FROM org_unitchange").fetchone() == (0,)
    again = zhengyou("tick", "--data", old)
    assert "已先复制一份" not in again.stderr
    assert len(list(old.glob("before-*.sqlite3"))) == 1
