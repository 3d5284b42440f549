"""Which names of units are probably one, and which only stand in one series."""

import pytest

from zhengyou.org.roster.near import Index


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("经贸教工二支", "经贸教工第二党支部"),
        ("外语学院学生第三支部", "外语学院学生第3党支部"),
        ("计算机教工第十一支部", "计算机教工第11党支部"),
    ],
)
def test_another_way_of_writing_is_the_same(name, meant):
    assert Index([meant, "别的第一党支部", "机关党总支"]).same(name) == meant


@pytest.mark.parametrize(
    ("name", "other"),
    [("机关党总支", "机关党支部"), ("经贸教工第一支部", "经贸教工第二支部"), ("文学院", "理学院")],
)
def test_another_kind_or_number_is_not(name, other):
    assert Index([other]).same(name) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("国际经贸专业业支部", "国际经贸专业支部"),
        ("机械工成学院支部", "机械工程学院支部"),
        ("图书管支部", "图书馆支部"),
        ("外语院学党支部", "外语学院党支部"),
        ("Cardiolgy ward", "Cardiology ward"),
        ("Neurolagy ward", "Neurology ward"),
    ],
)
def test_a_slip_of_the_pen_is_found(name, meant):
    assert Index([meant, "后勤支部"]).slip(name) == meant


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("学生第十一党支部", "学生第一党支部"),
        ("学生第二党支部", "学生第一党支部"),
        ("国贸2008级支部", "国贸2009级支部"),
        ("新文学院支部", "文学院支部"),
        ("Ward A", "Ward B"),
        ("Ward 1", "Ward 12"),
        ("化学学院支部", "数学学院支部"),
        ("教工甲支部", "教工乙支部"),
        ("东校区支部", "校区支部"),
    ],
)
def test_units_of_one_series_are_no_slip(name, other):
    assert Index([other]).slip(name) is None
