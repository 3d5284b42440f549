"""Word files, opened again: geometry of GB/T 9704 in millimetres, fonts with fallbacks, numbered headings, full tables."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.utils import translation
from docx import Document
from docx.oxml.ns import qn

from zhengyou.kit import word
from zhengyou.kit.word import Field, Form, Heading, Para, Table

BLOCKS = [
    Heading(1, "指导思想"),
    Para("认真学习。\n\n分两段写。"),
    Heading(2, "目标"),
    Heading(2, "步骤"),
    Heading(3, "动员"),
    Heading(4, "开会"),
    Heading(1, "主要内容"),
    Heading(2, "内容"),
]


def opened(blob):
    return Document(io.BytesIO(blob))


def texts(document):
    return [line.text for line in document.paragraphs if line.text]


def font_of(line):
    return line.runs[0]._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), line.runs[0].font.size.pt


def mm(length):
    return round(length.mm, 1)


def test_the_page_is_that_of_an_official_document():
    page = opened(word.official("实施方案", BLOCKS)).sections[0]
    assert (mm(page.page_width), mm(page.page_height)) == (210, 297)
    assert (mm(page.top_margin), mm(page.left_margin)) == (37, 28)
    wide = page.page_width - page.left_margin - page.right_margin
    high = page.page_height - page.top_margin - page.bottom_margin
    assert (round(wide / 36000), round(high / 36000)) == (156, 225)


def test_a_page_has_22_lines_of_28_characters():
    document = opened(word.official("实施方案", BLOCKS))
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch"))) / 20 * 25.4 / 72
    assert 22 <= 225 / pitch < 22.1
    body = next(line for line in document.paragraphs if line.text == "认真学习。").runs[0]
    drawn = int(body._r.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 <= 156 / ((16 + drawn) * 25.4 / 72) < 28.2


def test_title_headings_and_body_have_the_fonts_of_the_standard():
    document = opened(word.official("实施方案", BLOCKS, number="示范院发〔2010〕18号", addressee="各单位"))
    lines = {line.text: font_of(line) for line in document.paragraphs if line.text}
    assert lines["实施方案"] == ("方正小标宋简体", 22)
    assert lines["一、指导思想"] == ("黑体", 16)
    assert lines["（一）目标"] == ("楷体_GB2312", 16)
    assert lines["认真学习。"] == ("仿宋_GB2312", 16)
    assert lines["各单位："][1] == 16
    assert "示范院发〔2010〕18号" in lines


def test_headings_are_numbered_level_by_level_and_begin_anew_below_the_next():
    found = texts(opened(word.official("实施方案", BLOCKS)))
    assert found == [
        "实施方案", "一、指导思想", "认真学习。", "分两段写。", "（一）目标", "（二）步骤", "1. 动员", "（1）开会",
        "二、主要内容", "（一）内容",
    ]  # fmt: skip


def test_in_english_headings_have_figures():
    with translation.override("en"):
        found = texts(opened(word.official("Plan", BLOCKS, addressee="All units")))
    assert found[1] == "All units:"
    assert found[2] == "1. 指导思想"
    assert "1.2.1.1. 开会" in found


@pytest.mark.parametrize(
    ("n", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (100, "100")]
)
def test_numbers_in_chinese(n, said):
    assert word.chinese(n) == said


def test_each_licensed_font_names_the_one_that_stands_in():
    with zipfile.ZipFile(io.BytesIO(word.official("实施方案", BLOCKS))) as file:
        table = file.read("word/fontTable.xml").decode()
    for name, other in word.FALLBACKS.items():
        assert f'<w:font w:name="{name}"><w:altName w:val="{other}"/>' in table


def test_pages_are_numbered_outside():
    document = opened(word.official("实施方案", BLOCKS))
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (word.ALIGN.RIGHT, word.ALIGN.LEFT)
    assert "PAGE" in odd._p.xml
    assert odd.text.startswith("— ")


def test_the_file_names_no_program_and_no_person():
    facts = opened(word.form("承诺书", [])).core_properties
    assert (facts.author, facts.last_modified_by, facts.comments, facts.title) == ("", "", "", "承诺书")
    assert facts.created.year == 2010


def test_a_table_fills_the_type_area_repeats_its_head_and_tears_no_row():
    table = Table(["事项", "时限"], [["开放活动室\n每天", "12月1日"], ["配导师", ""]], [3, 1])
    made = opened(word.official("台账", [table])).tables[0]
    assert [cell.text for cell in made.rows[1].cells] == ["开放活动室\n每天", "12月1日"]
    widths = [round(column.width.mm) for column in made.columns]
    assert widths == [117, 39]
    assert sum(widths) == word.WIDE
    assert made.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in made.rows)


def test_a_form_has_one_or_two_fields_a_row_and_room_to_sign():
    rows = [
        [Field("姓名", "林知夏"), Field("单位", "第二支部")],
        [Field("承诺事项", "加三次答疑")],
        [Field("审核意见", "同意", least=30, sign="审核人：    2010年7月8日")],
    ]
    made = opened(word.form("公开承诺书", [Form(rows)], under="示范学院", notes=["本表一式两份"])).tables[0]
    assert [cell.text for cell in made.rows[0].cells] == ["姓名", "林知夏", "单位", "第二支部"]
    assert made.rows[1].cells[1].text == "加三次答疑" == made.rows[1].cells[3].text
    assert made.rows[2].cells[1].text == "同意\n审核人：    2010年7月8日"
    assert round(made.rows[2].height.mm) == 30


def test_control_characters_and_rare_names_do_not_cost_the_file():
    document = opened(word.official("方案\x0b\x00", [Para("买合木提·吐尔逊 𠮷野\x07")]))
    assert texts(document) == ["方案", "买合木提·吐尔逊 𠮷野"]


def test_the_signature_never_stands_on_a_page_of_its_own():
    rows = [("动员", "8月"), ("检查", "9月")]
    for blocks in ([Heading(1, "内容"), Para("做好。")], [Heading(1, "安排"), Table(("任务", "何时"), rows)]):
        document = opened(word.official("方案", blocks, signed="第一支部", day="2010年11月22日"))
        lines = list(document.element.body.iter(qn("w:p")))
        kept = [p.pPr is not None and p.pPr.find(qn("w:keepNext")) is not None for p in lines]
        signed = next(n for n, p in enumerate(lines) if p.text == "第一支部")
        before = 2 if blocks[-1].__class__ is Table else 1  # the cells of the last row
        assert all(kept[signed - 1 - before : signed + 1])
        assert not kept[-1]
