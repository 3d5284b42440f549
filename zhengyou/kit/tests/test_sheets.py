"""Exports hold no formula, and what was written comes back equal (TRUST.md G19)."""

import zipfile

import pytest

from zhengyou.kit import sheets

STARTS = [
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t=",
    "\n=",
    " =",
    "'=",
    '"=',
    "|",
    "%",
    "{=",
    "=-",
    "=+",
    "=@",
    "==",
    "=\t",
    "ＳＵＭ",
    "=cmd|'",
    "-cmd|'",
]
BODIES = ["1+1", 'HYPERLINK("http://x","y")', "SUM(A1:A9)", "cmd|' /C calc'!A0", "0"]
PAYLOADS = [start + body for start in STARTS for body in BODIES][:110]


def read_back(path):
    with sheets.Reader(path) as reader:
        return [event for event in reader if isinstance(event, tuple)]


def test_a_hundred_payloads_make_no_formula_and_come_back_equal(tmp_path):
    assert len(PAYLOADS) >= 100
    path = tmp_path / "a.xlsx"
    sheets.write_rows(path, "名册", ["a", "b"], [[payload, "x"] for payload in PAYLOADS])
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name)
            assert b"<f>" not in text
            assert b"<f " not in text
            assert b"<hyperlink" not in text
    back = [cells[0] for _row, cells, _filled in read_back(path)[1:]]
    assert back == [payload.translate({9: " ", 10: " "}) for payload in PAYLOADS]


def test_control_characters_and_lone_surrogates_are_left_out(tmp_path):
    path = tmp_path / "a.xlsx"
    sheets.write_rows(path, "名/册*", ["a"], [["x\x00\x07\x1b[31my\ud800"], [None], [7], [True]])
    assert [cells[0] for _row, cells, _filled in read_back(path)] == ["a", "x[31my", "\x02n7", "True"]


@pytest.mark.parametrize("name", ["", "a" * 60, "[x]:*?/\\", "'quoted'"])
def test_any_name_becomes_a_name_of_a_sheet(tmp_path, name):
    path = tmp_path / "a.xlsx"
    sheets.write_rows(path, name, ["a"], [["x"]])
    assert len(read_back(path)) == 2


def test_rows_keep_the_numbers_that_excel_shows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n\n\n1,2\n"x\ny",3\n,,\n4,5\n', encoding="utf-8")
    assert [(row, cells) for row, cells, _filled in read_back(path)] == [
        (1, ["a", "b"]),
        (4, ["1", "2"]),
        (5, ["x y", "3"]),
        (7, ["4", "5"]),
    ]


def test_a_file_being_written_takes_its_place_whole_or_not_at_all(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def half():
        with sheets.replacing(target) as new:
            new.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_child_gets_nothing_of_the_environment(tmp_path, monkeypatch):
    spy = "import os, json; print('X' + json.dumps({'code': ','.join(sorted(os.environ))}))"
    monkeypatch.setattr(sheets, "BOOT", spy)
    monkeypatch.setenv("ZHENGYOU_SECRET", "x")
    path = tmp_path / "a.csv"
    path.write_text("x")
    with pytest.raises(sheets.Unusable) as refusal:
        read_back(path)
    assert "SECRET" not in refusal.value.code
