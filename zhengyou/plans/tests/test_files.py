"""A plan as a Word file and the list of plans as a workbook, opened again as a reader would."""

from __future__ import annotations

import io

from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from zhengyou.org.tests.builder import client
from zhengyou.plans.tests import play
from zhengyou.plans.tests.test_cascade import door


def lines(response):
    document = Document(io.BytesIO(response.content))
    table = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    return [p.text for p in document.paragraphs if p.text], table


def test_the_word_file_holds_number_clauses_and_who_does_what_by_when(school):
    play.issue(school)
    body = play.body_of(school.general, theme="小事做细", safeguards="每月公布一次。")
    body["clauses"][0]["result"] = "小结一份"
    play.hand_in(school.general, school.dean, body)
    text, table = lines(client(school.dean).get(door("plan_word", school.general)))
    assert text[0] == f"方案{school.general.pk}"
    assert text[-2:] == ["经济贸易学院党总支", "2010年11月22日"]
    assert "一、主题" in text
    assert "（一）教书育人做楷模" in text
    assert "每名教师联系一个班级，期末交一份小结。" in text
    assert "成果：小结一份。" in text
    assert "四、保障措施" in text
    assert table[0] == ["任务", "完成日期", "负责人", "连着的年度要点"]
    assert table[1] == ["教书育人做楷模", "2010年12月20日", "组织委员", ""]
    assert table[-1] == ["学业导师进班级", "2010年12月31日", "郑一鸣", "学风建设"]


def test_what_is_not_in_force_is_no_file_for_a_stranger_to_the_line(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    assert client(school.far).get(door("plan_word", school.general)).status_code in (403, 404)
    text, _table = lines(client(school.far).get(door("plan_word", school.root)))
    assert text[0] == "校发〔2010〕20号"


def test_the_list_is_a_workbook_with_dates_and_no_formulas(school):
    play.issue(school)
    play.hand_in(school.general, school.dean, play.body_of(school.general, title="=HYPERLINK(1)"))
    play.judge(school.general, school.office)
    for reader in (school.office, school.member):
        response = client(reader).get(reverse("plans_export"))
        cells = list(load_workbook(io.BytesIO(response.content)).active.iter_rows())
        assert all(cell.data_type != "f" for row in cells for cell in row)
    rows = {row[0].value.strip(): [cell.value for cell in row] for row in cells[:-2]}
    assert rows["经济贸易学院党总支"][1] == "已通过"
    assert "国贸2008级学生第一党支部" not in rows  # a member of branch sees what is in force


def test_in_english_the_file_is_english(school):
    play.issue(school)
    browser = client(school.dean)
    browser.cookies["zy_language"] = "en"
    response = browser.get(door("plan_word", school.root), HTTP_ACCEPT_LANGUAGE="en")
    text, table = lines(response)
    assert table[0][0] == "Task"
    assert any(line.startswith("1. ") for line in text)
