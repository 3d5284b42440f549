"""Hostile and broken files: refused with one sentence or read, within the limits, never a traceback (G11, G18)."""

import resource
import time

import pytest

from zhengyou.kit import sheets
from zhengyou.org.roster.comparing import compare
from zhengyou.org.roster.rows import read
from zhengyou.org.roster.standing import empty
from zhengyou.org.roster.tests import hostile, odd
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
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(sheets, "CHILD", slow)
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.good())
    began = time.monotonic()
    with pytest.raises(sheets.Unusable, match="已经停下"):
        read(path, WORDS, limits=sheets.Limits(wall_s=1))
    assert time.monotonic() - began < 10


def largest_child() -> int:
    """Peak memory in kB of the largest child that this process ever had."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def bounded(before: int) -> None:
    """No child since took 700 MB; other tests' children may have been larger before."""
    assert largest_child() < 700_000 or largest_child() == before


def test_a_child_that_wants_more_memory_than_allowed_is_stopped(tmp_path):
    body = hostile.header_row() + '<row r="900000">' + hostile.cell("ZZ900000", "x") + "</row>"
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.with_sheet(body))
    before = largest_child()
    with pytest.raises(sheets.Unusable, match="上限"):
        read(path, WORDS)
    bounded(before)


def test_two_hundred_odd_files_give_a_roster_or_a_sentence(tmp_path):
    before = largest_child()
    seen = [attempt(tmp_path, name, content) for name, content in odd.corpus(200, seed=1)]
    assert 20 < sum(map(bool, seen)) < 190  # both kinds occur
    bounded(before)


@pytest.mark.deep
def test_two_thousand_odd_files_give_a_roster_or_a_sentence(tmp_path):
    before = largest_child()
    for name, content in odd.corpus(2000, seed=2):
        attempt(tmp_path, name, content)
    bounded(before)
