"""Workbooks and Word files of the room: openable, the same words as the page, nothing that a sheet would calculate."""

from __future__ import annotations

import io

import openpyxl
import pytest
from docx import Document

from zhengyou.commitments.tests.hung import hang
from zhengyou.org.tests.builder import client

EVIL = '=HYPERLINK("http://x","点我")'


@pytest.mark.parametrize("path", ["/commitments/export/", "/wall/figures/export/"])
def test_no_cell_of_a_workbook_is_a_formula(school, path):
    hang(school.branch, school.branch, EVIL, "+1", "-1", "@x", items={"measure": "=1+1"})
    answer = client(school.office).get(path)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    if path.startswith("/commitments"):
        assert EVIL in {cell.value for cell in cells}, "the words are there, unharmed"


def test_the_list_says_of_every_item_whose_it_is_and_how_it_stands(school):
    hang(school.member, school.branch, "一", items={"state": 40})
    hang(school.branch, school.branch, "二", items={"owner": school.member2})
    sheet = openpyxl.load_workbook(
        io.BytesIO(client(school.office).get("/commitments/export/").content)
    ).active
    head, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert head[:3] == ["单位", "谁的承诺", "承诺事项"]
    told = {row[2]: row for row in rows}
    assert told["一"][1] == school.member.name
    assert told["一"][7] == "已兑现"
    assert told["二"][4] == school.member2.name
    assert told["二"][1] == told["二"][0] == "国贸2008级学生第一党支部"


@pytest.mark.parametrize("whose", ["member", "branch"])
def test_a_word_file_opens_and_has_every_promise(school, whose):
    subject = getattr(school, whose)
    found = hang(subject, school.branch, "甲", "乙" * 900)
    answer = client(school.office).get(f"/commitments/{found.public_id}/word/")
    document = Document(io.BytesIO(answer.content))
    words = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words += [paragraph.text for paragraph in document.paragraphs]
    assert any("甲" in text for text in words)
    assert any("乙" * 900 in text for text in words)
