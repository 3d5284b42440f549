"""Fulfilment by unit: exact, in tree order, rolled up, by row only for the own line; the workbook says the same."""

from __future__ import annotations

import io
from fractions import Fraction

import openpyxl
import pytest

from benchmarks.measure import counted_queries
from zhengyou.commitments import figures
from zhengyou.commitments.figures import Map
from zhengyou.commitments.models import Item
from zhengyou.commitments.tests.hung import hang
from zhengyou.kit import clock
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import client


@pytest.fixture
def school(db):
    school = builder.build()
    hang(school.branch, school.branch, "一", "二", "三", items={"state": Item.State.KEPT})
    hang(school.member, school.branch, "四", items={"state": Item.State.RELEASED})
    hang(school.branch2, school.branch2, "五", items={"state": Item.State.OPEN, "changed": 1})
    hang(school.general, school.general, "六", items={"state": Item.State.UNKEPT})
    hang(school.branch3, school.branch3, "七", items={"state": Item.State.CLAIMED})
    return school


def test_units_add_up_to_the_unit_above_and_to_the_whole(school):
    tree = Map(clock.today())
    counted = figures.count(tree)[0]
    rolled = {place.id: counts for place, counts in figures.rolled(tree, counted, tree.order)}
    assert rolled[school.root.pk] == counted.total
    assert rolled[school.general.pk].fulfilment == Fraction(3, 5)
    assert rolled[school.general.pk].items == 6
    assert rolled[school.branch.pk].fulfilment == Fraction(1)
    assert rolled[school.direct.pk].fulfilment is None
    for place in tree.places.values():
        own = counted.units.get(place.id, figures.Figures())
        below = figures.total([own, *(rolled[unit] for unit in place.below)])
        assert rolled[place.id] == below


def test_rows_stand_in_tree_order_whatever_the_share(school):
    page = client(school.office).get(f"/wall/figures/?unit={school.general.public_id}").content.decode()
    names = ["经济贸易学院党总支（本级）", "国贸2008级学生第一党支部", "会计2008级学生党支部"]
    rows = page[page.index("<tbody>") :]
    at = [rows.index(name) for name in names]
    assert at == sorted(at)
    assert "3 ÷ 3" in rows
    assert "3 ÷ (6 − 1)" in page


def test_by_row_only_for_the_own_line_the_leaders_and_the_office(school):
    url = f"/wall/figures/?unit={school.general.public_id}"
    for who, status in (("office", 200), ("leader", 200), ("dean", 200), ("dean2", 403), ("secretary", 403)):
        assert client(school.people[who]).get(url).status_code == status, who
        assert client(school.people[who]).get(url.replace("/?", "/export/?")).status_code == status, who
    assert client(school.secretary).get("/wall/figures/").status_code == 200
    answer = client(school.member).get("/wall/figures/")
    assert answer.status_code == 403
    assert "公示墙" in answer.content.decode()


def test_no_row_names_a_person(school):
    page = client(school.secretary).get("/wall/figures/").content.decode()
    assert school.member.name not in page[page.index("<main") :]


def test_the_workbook_says_the_same_with_both_numbers_of_the_fraction(school):
    answer = client(school.office).get("/wall/figures/export/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    tree = Map(clock.today())
    told = [row[0] for row in rows[1 : 1 + len(tree.order)]]
    assert told == [tree.places[unit].name for unit in tree.order]
    general = next(row for row in rows if row[0] == "经济贸易学院党总支")
    assert general[2:] == [4, 6, 3, 0, 1, 1, 1, 1, 3, 5, "60.0%"]


def test_the_page_asks_no_more_with_more_units(school):
    browser = client(school.office)
    browser.get("/wall/figures/")
    with counted_queries() as n:
        browser.get("/wall/figures/")
    assert n[0] <= 8
