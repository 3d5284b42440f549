"""Numbers, days, names and ID numbers as people write them: read with certainty, or named as a fault."""

import io
import json
from datetime import date

import pytest

from zhengyou.org.roster import cells, command
from zhengyou.org.roster.tests.books import HEAD, book, people

pytestmark = pytest.mark.django_db


def check(path, **more):
    out, err = io.StringIO(), io.StringIO()
    code = command.check(path, as_json=True, out=out, err=err, **more)
    assert code in (0, 1), err.getvalue()
    return json.loads(out.getvalue())


def rows_of(path):
    return command.look(path).roster.rows


def codes(data):
    return {warning["code"] for warning in data["warnings"]}


def one(tmp_path, **changes):
    row = dict(zip(HEAD, people(1)[0], strict=True)) | changes
    return book(tmp_path, [list(row.values())], head=list(row))


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (12345.0, "12345", "number_numeric"),
        ("12345.0", "12345", "number_decimal"),
        ("１２３４５", "12345", "number_written"),
        (" 12345 ", "12345", ""),
        ("'00123", "00123", "number_written"),
        ('="00123"', "00123", "number_written"),
        ("A-12", "A-12", ""),
        ("12 345", "12345", "number_written"),
    ],
)
def test_numbers_read_with_certainty_are_normalised_and_said(tmp_path, cell, value, code):
    path = one(tmp_path, 学号=cell)
    (row,) = rows_of(path)
    assert row.number == value
    if code:
        assert code in codes(check(path))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.23457E+11", "number_science"),
        (1234567890123456789.0, "number_precise"),
        ("12345.5", "number_odd"),
        (-5, "number_odd"),
        ("学号1", "number_odd"),
        ("11010519491231002X", "number_id"),
        ("", "number_missing"),
        ("无", "number_missing"),
        (12.5, "number_odd"),
    ],
)
def test_numbers_without_certainty_are_faults(tmp_path, cell, code):
    data = check(one(tmp_path, 学号=cell))
    assert data["errors"][0]["codes"] == [code]
    assert data["errors"][0]["column"] == "学号"
    assert "1101051949" not in json.dumps(data["errors"])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (date(2010, 7, 5), "2010-07-05"),
        ("2010-7-5", "2010-07-05"),
        ("2010/07/05", "2010-07-05"),
        ("2010.7.5", "2010-07-05"),
        ("2010.7", "2010-07-01"),
        (2010.7, "2010-07-01"),
        (2009.12, "2009-12-01"),
        ("2010年7月", "2010-07-01"),
        ("2010年7月5日", "2010-07-05"),
        ("20100705", "2010-07-05"),
        (20100705, "2010-07-05"),
        ("201007", "2010-07-01"),
        (40364, "2010-07-05"),
        ("40364", "2010-07-05"),
        ("二〇一〇年七月五日", "2010-07-05"),
        ("二○○九年十二月二十五日", "2009-12-25"),
        ("２０１０．７", "2010-07-01"),
        ("5 July 2010", "2010-07-05"),
        ("Jul 5, 2010", "2010-07-05"),
        ("2010-07-05 00:00:00", "2010-07-05"),
        ("25/7/2010", "2010-07-25"),
        ("2010 - 7 - 5", "2010-07-05"),
        ("2010-07", "2010-07-01"),
        ("July 2010", "2010-07-01"),
        ("2010年07月05日 ", "2010-07-05"),
        ("无", ""),
        ("—", ""),
    ],
)
def test_days_are_read_in_every_common_writing(tmp_path, cell, value):
    (row,) = rows_of(one(tmp_path, 加入日期=cell))
    assert (row.joined, row.faults) == (value, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2010-02-30", "day_range"),
        ("2010", "day_year"),
        (2010, "day_year"),
        (2010.1, "day_tenth"),
        ("5/7/2010", "day_order"),
        ("去年", "day_odd"),
        ("2010.13", "day_range"),
        ("0010-01-01", "day_range"),
        ("3010-01-01", "day_range"),
        ("2011-12-01", "day_future"),
    ],
)
def test_days_without_certainty_are_faults(tmp_path, cell, code):
    assert check(one(tmp_path, 加入日期=cell))["errors"][0]["codes"] == [code]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("张  三", "张三"),
        ("张\u3000三", "张三"),
        (" 欧阳 慧敏 ", "欧阳慧敏"),
        ("阿里木江 • 阿不都", "阿里木江·阿不都"),
        ("Anna  Smith", "Anna Smith"),
        ("𠮷田", "𠮷田"),
        ("\u200b王五", "王五"),
        ("Ａｎｎａ", "Anna"),
    ],
)
def test_names_lose_their_padding_and_nothing_else(tmp_path, cell, value):
    (row,) = rows_of(one(tmp_path, 姓名=cell))
    assert row.name == value


@pytest.mark.parametrize(
    "text",
    ["11010519491231002X", "110105491231002", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002x"],
)
def test_national_id_numbers_are_known_by_their_checksum(text):
    assert cells.looks_like_id(text)


@pytest.mark.parametrize(
    "text",
    ["110105194912310021", "20100101000000123", "123456789012345", "138001380001380", "2010001234", ""],
)
def test_other_long_numbers_are_none(text):
    assert not cells.looks_like_id(text)
