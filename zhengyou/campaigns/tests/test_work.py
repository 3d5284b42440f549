"""The work plan's items: entered one by one or from a workbook as previewed, seen along the line, taken back."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhengyou.campaigns.models import WorkItem
from zhengyou.journal.models import Entry
from zhengyou.kit.sheets import write_rows
from zhengyou.org.tests.builder import client

GOOD = [["1", "学风建设", "2010 年工作要点"], [2, "迎评促建", ""]]


def workbook(rows, heads=("编号", "内容", "来源")):
    out = io.BytesIO()
    write_rows(out, "要点", heads, rows)
    return SimpleUploadedFile("要点.xlsx", out.getvalue())


def send(person, unit, **more):
    return client(person).post(reverse("work_items"), {"unit": unit.public_id, "year": "2010", **more})


def sealed(page):
    return page.split('name="shown" value="')[1].split('"')[0]


def test_one_is_entered_and_seen_by_the_line_below_not_beside(school):
    assert send(school.dean, school.general, number="1", text="学风建设").status_code == 302
    assert "学风建设" in client(school.secretary).get(reverse("work_items")).content.decode()
    assert "学风建设" not in client(school.dean2).get(reverse("work_items")).content.decode()
    assert Entry.objects.filter(verb="work.entered").count() == 1


def test_nobody_enters_for_a_unit_that_is_not_the_own(school):
    for who in ("secretary", "dean2", "member", "leader"):
        answer = send(getattr(school, who), school.general, number="1", text="学风建设")
        assert answer.status_code == 403
    assert not WorkItem.objects.exists()


def test_a_workbook_is_shown_first_and_entered_as_shown(school):
    page = send(school.office, school.root, do="file", file=workbook(GOOD))
    assert page.status_code == 200
    assert not WorkItem.objects.exists()
    body = page.content.decode()
    assert "文件里有 2 条" in body
    assert send(school.office, school.root, shown=sealed(body)).status_code == 302
    assert list(WorkItem.objects.order_by("pk").values_list("number", "text")) == [
        ("1", "学风建设"),
        ("2", "迎评促建"),
    ]


def test_what_was_not_shown_is_not_entered(school):
    body = send(school.office, school.root, do="file", file=workbook(GOOD)).content.decode()
    seal = sealed(body)
    assert send(school.office, school.root, shown=seal[:-4] + "xxxx").status_code == 422
    other = client(school.office).post(
        reverse("work_items"), {"unit": school.root.public_id, "year": "2011", "shown": seal}
    )
    assert other.status_code == 422
    assert not WorkItem.objects.exists()


def test_a_faulty_row_is_named_and_nothing_entered(school):
    rows = [["1", "学风建设", ""], ["1", "重复的", ""], ["", "没有编号", ""]]
    page = send(school.office, school.root, do="file", file=workbook(rows)).content.decode()
    assert "编号「1」这一年已经有了" in page
    assert "没有编号：" in page
    assert 'name="shown"' not in page
    plain = SimpleUploadedFile("x.pdf", b"%PDF-1.4 nothing")
    assert send(school.office, school.root, do="file", file=plain).status_code == 422
    heads = send(school.office, school.root, do="file", file=workbook(GOOD, heads=("甲", "乙", "丙")))
    assert heads.status_code == 422


def test_taken_back_by_its_keeper_only(school):
    send(school.dean, school.general, number="1", text="学风建设")
    item = WorkItem.objects.get()
    to = reverse("work_item_drop", args=[item.public_id])
    assert client(school.secretary).post(to).status_code == 403
    assert client(school.dean2).post(to).status_code == 404
    assert client(school.dean).post(to).status_code == 302
    assert client(school.dean).post(to).status_code == 404
    assert send(school.dean, school.general, number="1", text="又一条").status_code == 302
