"""Two plans side by side: words marked, what was left out, later, added, not taken up; likeness beyond what is common."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from zhengyou.plans import comparing
from zhengyou.plans.models import Clause


def clause(code, text, follows="", title="任务", due=None, owner=""):
    return Clause(code=code, follows=follows, title=title, text=text, due_on=due, owner_text=owner, place=0)


def tags(above, mine):
    return [text for _cls, text in comparing.differences(above, mine)]


def test_words_within_a_clause_are_marked_as_a_reader_would():
    pieces = comparing.words("重温入党誓词、参观纪念馆", "重温入党誓词")
    assert pieces == [("重温入党誓词", ""), ("、参观纪念馆", "del")]
    assert comparing.words("11月26日前自评", "12月3日前自评") == [
        ("11月26", "del"),
        ("12月3", "ins"),
        ("日前自评", ""),
    ]
    assert comparing.words("同", "同") == [("同", "")]


def test_what_differs_is_said_and_what_was_left_open_above_is_no_difference():
    above = clause("a", "各部门组织。", due=date(2010, 11, 26))
    assert tags(above, clause("b", "各部门组织。", "a", due=date(2010, 11, 26), owner="林知夏")) == []
    assert tags(above, clause("b", "各部门组织。", "a", due=date(2010, 12, 3))) == ["比上级晚 7 天"]
    assert tags(above, clause("b", "各部门组织。", "a", due=date(2010, 11, 24))) == ["日期提前"]
    assert tags(above, clause("b", "各部门。", "a", due=date(2010, 11, 26))) == ["少了内容"]
    assert tags(above, clause("b", "各部门组织，记学时。", "a")) == ["多了内容"]
    assert tags(above, clause("b", "各部门组织", "a")) == []  # punctuation alone is none


def test_matched_by_clause_not_by_place_own_and_missing_apart():
    theirs = [clause("a", "甲"), clause("b", "乙"), clause("c", "丙", follows="top")]
    ours = [clause("z", "乙", "b"), clause("y", "自己"), clause("x", "丙", "top"), clause("w", "丙丙", "top")]
    for place, one in enumerate(ours):
        one.place = place
    found = comparing.compare(theirs, ours)
    assert [(p.kind, p.code) for p in found.pairs] == [
        ("same", "z"),
        ("own", "y"),
        ("same", "x"),
        ("differs", "w"),
        ("gap", "a"),
    ]


def test_likeness_leaves_out_what_both_took_from_above():
    above = [clause("t", "每名教师联系一个班级，期末交一份小结。")]
    own = "为六个班各配一名学业导师，每两周答疑一次。"
    one, two = [[*above, clause("o", own)] for _ in range(2)]
    other = [*above, clause("p", "每天早上七点由轮值的人开门签到，考试周延长到十点。")]
    assert comparing.most_alike(one, {1: other, 2: two}, above) == (2, Fraction(1))
    assert comparing.most_alike(one, {1: other}, above) is None
    assert comparing.most_alike(above, {1: above}, above) is None


def test_a_copied_plan_is_hinted_to_the_reviewer_alone(school):
    from zhengyou.org.tests.builder import client
    from zhengyou.plans.tests import play
    from zhengyou.plans.tests.test_cascade import door

    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    for unit, by in ((school.branch2, school.secretary2), (school.branch, school.secretary)):
        body = play.body_of(unit)
        body["clauses"][-1]["text"] = "每天早上七点由轮值的人开门签到，考试周延长到十点。"
        play.hand_in(unit, by, body)
    page = client(school.dean).get(door("plan_review", school.branch)).content.decode()
    assert "只给您看" in page
    assert "会计2008级学生党支部" in page
    own = client(school.secretary).get(door("plan_review", school.branch)).content.decode()
    assert "只给您看" not in own
    assert "只给您看" not in client(school.secretary).get(door("plan", school.branch)).content.decode()
