"""Amended above: every plan below is asked about just that clause, takes it over along the same path, or keeps with a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org.tests.builder import client
from zhengyou.plans import actions
from zhengyou.plans.models import ClauseQuestion, PlanVersion
from zhengyou.plans.tests import play
from zhengyou.plans.tests.test_cascade import door

NEW = (*play.TOP[:2], ("岗位培训", "各部门组织，每学期两次。", "", False))
Q = ClauseQuestion.State


@pytest.fixture
def cascade(school):
    """School, general and branch plans in force; general 2 has not handed in; then one clause of the school's changes."""
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.secretary)
    play.judge(school.branch, school.dean)
    play.issue(school, NEW)
    return school


def question(unit):
    return ClauseQuestion.objects.get(plan__unit=unit, state=Q.ASKED)


def test_only_plans_in_force_are_asked_and_only_about_what_changed(cascade):
    asked = ClauseQuestion.objects.all()
    assert {(q.plan.unit_id, q.key) for q in asked} == {
        (cascade.general.pk, "top3"),
        (cascade.branch.pk, "top3"),
    }
    page = client(cascade.secretary).get(door("plan", cascade.branch)).content.decode()
    assert "上级改了「岗位培训」" in page
    assert '<ins class="zy">两</ins>' in page
    assert "上级改了" not in client(cascade.member).get(door("plan", cascade.branch)).content.decode()


def test_taken_over_the_next_version_opens_with_only_that_clause_changed(cascade):
    to = reverse("plan_question", args=[question(cascade.branch).public_id])
    assert client(cascade.secretary).post(to, {"do": "take"}).status_code == 302
    page = client(cascade.secretary).get(door("plan_write", cascade.branch)).content.decode()
    assert "各部门组织，每学期两次。</textarea>" in page
    body = play.again(cascade.branch)
    row = next(r for r in body["clauses"] if r["title"] == "岗位培训")
    row["text"] = "各部门组织，每学期两次。"
    version = play.hand_in(cascade.branch, cascade.secretary, body)
    assert (version.number, version.duty_id, version.waits_at_id) == (2, None, cascade.general.pk)
    assert ClauseQuestion.objects.get(plan__unit=cascade.branch).state == Q.TAKEN
    assert play.of(cascade.branch).in_force.number == 1
    with pytest.raises(Refused):
        play.judge(cascade.branch, cascade.secretary)
    with pytest.raises(Refused):
        play.judge(cascade.branch, cascade.dean2)
    play.judge(cascade.branch, cascade.dean)
    assert play.of(cascade.branch).in_force.number == 2
    assert PlanVersion.objects.get(plan__unit=cascade.branch, number=1).state == PlanVersion.State.SUPERSEDED


def test_kept_with_a_reason_that_the_reviewer_reads(cascade):
    found = question(cascade.branch)
    with pytest.raises(Invalid):
        actions.keep(found, " ", by=cascade.secretary.actor)
    with pytest.raises(Refused):
        actions.keep(found, "不改", by=cascade.dean2.actor)
    to = reverse("plan_question", args=[found.public_id])
    assert client(cascade.secretary).post(to, {"do": "keep", "reason": "学生在外实习。"}).status_code == 302
    body = play.again(cascade.branch)
    body["clauses"][0]["text"] += "并公布。"
    play.hand_in(cascade.branch, cascade.secretary, body)
    assert "学生在外实习" in client(cascade.dean).get(door("plan_review", cascade.branch)).content.decode()


def test_a_general_branchs_amendment_asks_its_own_branches_only(cascade):
    body = play.again(cascade.general)
    next(r for r in body["clauses"] if r["title"] == "学业导师进班级")["text"] = "为八个班各配一名学业导师。"
    play.hand_in(cascade.general, cascade.dean, body)
    play.judge(cascade.general, cascade.office)
    assert {q.plan.unit_id for q in ClauseQuestion.objects.exclude(key="top3")} == {cascade.branch.pk}


def test_an_older_open_question_on_the_same_clause_is_passed_over(cascade):
    play.issue(cascade, (*play.TOP[:2], ("岗位培训", "各部门组织，每学期三次。", "", False)))
    states = list(
        ClauseQuestion.objects.filter(plan__unit=cascade.branch)
        .order_by("pk")
        .values_list("state", flat=True)
    )
    assert states == [Q.PASSED, Q.ASKED]


def test_an_amendment_returned_comes_back_to_its_author_and_the_old_one_stays_in_force(cascade):
    body = play.again(cascade.branch)
    body["clauses"][0]["text"] += "并公布。"
    play.hand_in(cascade.branch, cascade.secretary, body)
    play.judge(cascade.branch, cascade.dean, 教书育人做楷模="写清在哪里公布。")
    found = play.of(cascade.branch)
    assert (found.returned.number, found.in_force.number) == (2, 1)
    assert (
        "写清在哪里公布" in client(cascade.secretary).get(door("plan_write", cascade.branch)).content.decode()
    )
    assert "写清在哪里公布" not in client(cascade.far).get(door("plan", cascade.branch)).content.decode()
