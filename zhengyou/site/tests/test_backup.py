"""A backup is one sealed file that the recovery key alone opens, whole or not at all, into an empty directory."""

from __future__ import annotations

import sqlite3

import pytest

from zhengyou.site import backup, data, sealing


@pytest.fixture
def home(tmp_path):
    """An installation's directory with a database, a file, keys, an uploaded roster in staging and a log."""
    root = data.prepare(tmp_path / "home")
    data.key(root, "django")
    data.key(root, "journal")
    (root / "files" / "ab").mkdir()
    (root / "files" / "ab" / "abcdef").write_bytes(b"evidence " * 400_000)
    (root / "staging" / "roster.xlsx").write_bytes(b"names")
    (root / "log" / "zhengyou.log").write_text("a line")
    with sqlite3.connect(root / "zhengyou.sqlite3") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE person (name TEXT)")
        connection.executemany("INSERT INTO person VALUES (?)", [(f"林知夏{n}",) for n in range(2000)])
    connection.close()
    return root


@pytest.fixture
def key(home):
    return backup.make_recovery_key(home)


@pytest.fixture
def sealed(home, key, tmp_path):
    return backup.write(home, tmp_path / "one.backup").path


def contents(root):
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_what_was_backed_up_comes_back_the_same(home, key, sealed, tmp_path):
    there = tmp_path / "there"
    done = backup.restore(sealed, there, key)
    before, after = contents(home), contents(there)
    for name in ("files/ab/abcdef", "keys/django", "keys/journal", "keys/recovery.pub", "version"):
        assert after[name] == before[name]
    connection = sqlite3.connect(there / "zhengyou.sqlite3")
    assert connection.execute("SELECT count(*) FROM person").fetchone() == (2000,)
    connection.close()
    assert done.digest
    assert (there / "keys" / "django").stat().st_mode & 0o077 == 0


def test_staging_and_logs_are_never_taken_along(key, sealed, tmp_path):
    backup.restore(sealed, tmp_path / "there", key)
    assert not {name for name in contents(tmp_path / "there") if name.startswith(("staging", "log"))}


def test_nothing_readable_stands_in_the_file(home, sealed):
    raw = sealed.read_bytes()
    for plain in (
        "林知夏7".encode(),
        b"evidence",
        b"SQLite",
        (home / "keys" / "django").read_bytes().strip(),
    ):
        assert plain not in raw
    assert sealed.stat().st_mode & 0o077 == 0


def test_the_key_is_shown_once_and_its_secret_half_is_not_kept(home, key):
    assert backup.make_recovery_key(home) is None
    secret = sealing.read_key(key)
    assert all(secret not in body and key.encode() not in body for body in contents(home).values())


def test_the_key_may_be_copied_with_small_letters_spaces_and_lookalikes(key):
    assert sealing.read_key(
        key.lower().replace("-", " ").replace("O", "0").replace("I", "1")
    ) == sealing.read_key(key)


def test_a_slip_of_the_pen_is_noticed_before_the_file_is_tried(key):
    first = "A" if key[0] != "A" else "B"
    with pytest.raises(sealing.Unreadable, match="key"):
        sealing.read_key(first + key[1:])


def refused(sealed, there, key) -> str:
    with pytest.raises(data.Unusable) as refusal:
        backup.restore(sealed, there, key)
    assert not there.exists() or not any(there.iterdir())
    assert not there.with_name(there.name + ".restoring").exists()
    return str(refusal.value)


def test_another_key_opens_nothing(sealed, tmp_path):
    assert "恢复密钥不对" in refused(sealed, tmp_path / "there", sealing.new_key()[0])


@pytest.mark.parametrize("damage", ["cut", "cut at a chunk", "one byte", "chunks swapped", "more behind"])
def test_a_damaged_file_is_refused_whole(home, key, tmp_path, damage):
    (home / "files" / "large").write_bytes(__import__("os").urandom(3 * sealing.CHUNK))
    sealed = backup.write(home, tmp_path / "two.backup").path
    raw, head, block = bytearray(sealed.read_bytes()), len(sealing.MAGIC) + 32, sealing.CHUNK + sealing.TAG
    if damage == "cut":
        del raw[-1000:]
    elif damage == "cut at a chunk":
        del raw[head + 2 * block :]
    elif damage == "one byte":
        raw[head + block + 5] ^= 1
    elif damage == "chunks swapped":
        one, two = raw[head : head + block], raw[head + block : head + 2 * block]
        raw[head : head + 2 * block] = two + one
    else:
        raw += b"more"
    sealed.write_bytes(raw)
    assert refused(sealed, tmp_path / "there", key)


def test_some_other_file_is_named_for_what_it_is(key, tmp_path):
    other = tmp_path / "photo.jpg"
    other.write_bytes(b"\xff\xd8\xff" * 100)
    assert "不是争优的备份文件" in refused(other, tmp_path / "there", key)


def test_a_directory_that_holds_something_is_left_alone(key, sealed, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    (there / "mine.txt").write_text("mine")
    with pytest.raises(data.Unusable, match="不是空的"):
        backup.restore(sealed, there, key)
    assert contents(there) == {"mine.txt": b"mine"}


def test_a_file_that_exists_is_not_overwritten(home, sealed):
    with pytest.raises(data.Unusable, match="已经存在"):
        backup.write(home, sealed)


def test_a_backup_is_whole_while_others_write(home, key, tmp_path):
    writing = sqlite3.connect(home / "zhengyou.sqlite3", isolation_level=None)
    writing.execute("BEGIN IMMEDIATE")
    writing.execute("INSERT INTO person VALUES ('half done')")
    sealed = backup.write(home, tmp_path / "three.backup").path
    writing.execute("ROLLBACK")
    writing.close()
    backup.restore(sealed, tmp_path / "there", key)
    connection = sqlite3.connect(tmp_path / "there" / "zhengyou.sqlite3")
    assert connection.execute("SELECT count(*) FROM person WHERE name = 'half done'").fetchone() == (0,)
    connection.close()


def test_on_postgresql_the_way_is_named(home, key, tmp_path, monkeypatch):
    monkeypatch.setenv("ZHENGYOU_DATABASE_URL", "postgres://somewhere/name")
    with pytest.raises(data.Unusable, match="pg_dump"):
        backup.write(home, tmp_path / "four.backup")
