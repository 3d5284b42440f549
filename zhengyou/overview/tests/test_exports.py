"""Workbooks: the same figures as the page, the day and the rule on the sheet, no formulas; names only for their own head."""

from __future__ import annotations

import io

import openpyxl
from django.urls import reverse

from zhengyou.campaigns.models import Slot
from zhengyou.org.models import Person, Placement, Unit
from zhengyou.org.tests.builder import client
from zhengyou.overview.tests import stage


def sheet(response) -> list[list]:
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert len(book.sheetnames) == 1
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_the_workbook_says_what_the_page_says(stageful):
    rows = sheet(client(stageful.office).get(reverse("board_export") + "?phase=all"))
    head = rows[0]
    assert head[:3] == ["单位", "上级", "任务"]
    totals = [row for row in rows[1:] if row[2] == "合计"]
    counted = stage.by_hand(set(Unit.objects.values_list("pk", flat=True)))
    whole = dict(zip(head, totals[0], strict=True))
    assert (whole["发出"], whole["已通过"], whole["逾期"], whole["免办"]) == (
        counted["issued"],
        counted["accepted"],
        counted["overdue"],
        counted["exempt"],
    )
    for column in range(3, 11):
        assert sum(row[column] for row in totals[1:]) == totals[0][column], head[column]


def test_tasks_on_the_sheet_add_up_to_their_unit(stageful):
    rows = sheet(client(stageful.office).get(reverse("board_export") + "?phase=all"))
    name = rows[1][0]
    tasks = [row for row in rows[2:] if row[0] == name and row[2] not in ("合计", None)]
    assert tasks
    assert [sum(row[k] for row in tasks) for k in range(3, 11)] == rows[1][3:11]


def test_the_day_the_filters_and_the_rule_stand_on_the_sheet(stageful):
    rows = sheet(client(stageful.office).get(reverse("board_export")))
    notes = "\n".join(str(row[0]) for row in rows if row[0])
    assert "截至 2010-11-22" in notes
    assert "筛选：全部项目 · 现在进行的：二、争创 · 全部任务" in notes
    assert "完成率 = 已通过 ÷（应办 − 免办）" in notes


def test_no_cell_is_a_formula_whatever_a_unit_is_called(stageful):
    Placement.objects.filter(unit=stageful.branch).update(name='=HYPERLINK("http://x","y")')
    response = client(stageful.dean).get(reverse("board_unit_export", args=[stageful.general.public_id]))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    found = [cell for row in book.active.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert found
    assert all(cell.data_type == "s" for cell in found)


def test_the_missing_list_is_for_the_own_head_only(stageful):
    slot = Slot.objects.get(task__code="spirit")
    url = reverse("missing_export", args=[stageful.branch.public_id, slot.pk])
    rows = sheet(client(stageful.secretary).get(url))
    assert [row[1] for row in rows[1:3]] == [
        person.name
        for person in Person.objects.filter(pk__in=[stageful.dean.pk, stageful.member.pk]).order_by(
            "sort_key", "pk"
        )
    ]
    assert [row[4] for row in rows[1:3]] == [22, 22]
    assert "不要张贴" in str([row[0] for row in rows])
    for who in ("dean", "office", "leader"):
        refused = client(getattr(stageful, who)).get(url)
        assert refused.status_code == 403
        assert "名字只有本单位负责人看得到" in refused.content.decode()


def test_in_english_the_heads_are_english(stageful):
    rows = sheet(client(stageful.office).get(reverse("board_export"), HTTP_ACCEPT_LANGUAGE="en"))
    assert rows[0][0] == "Unit"
    assert "Completion" in rows[0]


def test_the_file_is_named_after_unit_and_day(stageful):
    response = client(stageful.office).get(reverse("board_export"))
    assert "2010-11-22.xlsx" in response["Content-Disposition"]
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
