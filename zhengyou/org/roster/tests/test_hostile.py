"""Hostile and broken files: refused with one sentence or read, within the limits, never a traceback (G11, G18)."""

import json
import subprocess
import sys
import time

import pytest

from zhengyou.kit import sheets
from zhengyou.org.roster.comparing import compare
from zhengyou.org.roster.rows import read
from zhengyou.org.roster.standing import empty
from zhengyou.org.roster.tests import hostile
from zhengyou.org.roster.words import Words
from zhengyou.org.tests.builder import ENTERED, PART

WORDS = Words(PART)
REFUSED = hostile.refused()


def attempt(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    began = time.monotonic()
    try:
        roster = read(path, WORDS)
        compare(roster, empty(PART, ENTERED), WORDS)
        told = ""
    except sheets.Unusable as refusal:
        told = str(refusal)
        assert 8 < len(told) < 200
        assert "Traceback" not in told
        assert "\n" not in told
    assert time.monotonic() - began < 20
    return told


@pytest.mark.parametrize("name", REFUSED)
def test_what_means_harm_is_refused_for_its_own_reason(tmp_path, name):
    file, content, code = REFUSED[name]
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(sheets.Unusable) as refusal:
        read(path, WORDS)
    assert refusal.value.code == code, str(refusal.value)


def test_too_many_rows_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("学号,姓名,单位\n" + "1,a,b\n" * 300, encoding="utf-8")
    with pytest.raises(sheets.Unusable, match="超过 200 行"):
        read(path, WORDS, limits=sheets.Limits(rows=200))


def test_a_child_that_hangs_is_ended_by_the_clock(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "BOOT", "import time; time.sleep(60)")
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.good())
    began = time.monotonic()
    with pytest.raises(sheets.Unusable, match="已经停下"):
        read(path, WORDS, limits=sheets.Limits(wall_s=1))
    assert time.monotonic() - began < 10


def peak(*words: object) -> dict:
    """What a process of its own was told, and how large its largest child grew (kB): no other test's child counts."""
    done = subprocess.run(
        [sys.executable, "-m", "zhengyou.org.roster.tests.peak", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_child_that_wants_more_memory_than_allowed_is_stopped(tmp_path):
    body = hostile.header_row() + '<row r="900000">' + hostile.cell("ZZ900000", "x") + "</row>"
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.with_sheet(body))
    found = peak(path)
    assert "上限" in found["told"][0]
    assert found["kb"] < 700_000


def test_two_hundred_odd_files_give_a_roster_or_a_sentence(tmp_path):
    found = peak("corpus", 200, 1, tmp_path)
    assert 20 < sum(map(bool, found["told"])) < 190  # both kinds occur
    assert found["kb"] < 700_000


@pytest.mark.deep
def test_two_thousand_odd_files_give_a_roster_or_a_sentence(tmp_path):
    assert peak("corpus", 2000, 2, tmp_path)["kb"] < 700_000
