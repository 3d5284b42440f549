"""Amended above: every plan below is asked about just that clause, takes it over along the same path, or keeps with a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.campaigns import actions as campaigns
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org.models import Placement, Post
from zhengyou.org.tests.builder import BY, client
from zhengyou.plans import actions
from zhengyou.plans.actions import routing
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


def to_look_at(person, unit):
    """Titles of the clauses that the reviewer is shown."""
    return [row["title"] for row in client(person).get(door("plan_review", unit)).context["rows"]]


def test_of_an_amendment_the_reviewer_sees_what_changed_since_the_plan_in_force_here_or_above(cascade):
    body = play.again(cascade.branch)
    body["clauses"][0]["text"] += "并公布。"
    play.hand_in(cascade.branch, cascade.secretary, body)
    assert to_look_at(cascade.dean, cascade.branch) == ["教书育人做楷模"]
    play.hand_in(cascade.general, cascade.dean, play.again(cascade.general))
    assert to_look_at(cascade.office, cascade.general) == ["岗位培训"]


def take(school, by=None):
    """The branch takes the changed clause over in an amendment."""
    body = play.again(school.branch)
    next(r for r in body["clauses"] if r["title"] == "岗位培训")["text"] = "各部门组织，每学期两次。"
    return play.hand_in(school.branch, by or school.secretary, body)


def test_an_amendment_taken_back_asks_the_clause_again(cascade):
    take(cascade)
    assert client(cascade.secretary).post(door("plan_withdraw", cascade.branch)).status_code == 302
    found = question(cascade.branch)
    assert (found.by, found.answered_on, found.answer_id) == ("", None, None)
    assert (
        "上级改了「岗位培训」" in client(cascade.secretary).get(door("plan", cascade.branch)).content.decode()
    )
    take(cascade)
    assert not ClauseQuestion.objects.filter(plan__unit=cascade.branch, state=Q.ASKED).exists()


def test_taken_back_after_the_clause_changed_once_more_only_the_newer_change_is_asked(cascade):
    take(cascade)
    play.issue(cascade, (*play.TOP[:2], ("岗位培训", "各部门组织，每学期三次。", "", False)))
    actions.withdraw(play.of(cascade.branch), by=cascade.secretary.actor)
    rows = ClauseQuestion.objects.filter(plan__unit=cascade.branch).order_by("pk")
    assert list(rows.values_list("state", flat=True)) == [Q.PASSED, Q.ASKED]


def test_an_answer_that_came_back_and_was_dropped_from_the_next_version_is_asked_again(cascade):
    take(cascade)
    play.judge(cascade.branch, cascade.dean, 岗位培训="写清是哪两次。")
    body = play.again(cascade.branch)
    next(r for r in body["clauses"] if r["title"] == "岗位培训")["text"] = "各部门组织，每学期一次。"
    body["clauses"][0]["text"] += "并公布。"
    play.hand_in(cascade.branch, cascade.secretary, body)
    assert question(cascade.branch).key == "top3"


def test_an_amendment_whose_reviewer_leaves_waits_one_level_up_from_the_next_tick_on(cascade):
    version = take(cascade)
    assert routing.follow() == 0
    for post in Post.objects.filter(person=cascade.dean):
        org.end_post(post, by=BY, day=play.day(11, 22))
    with clock.playing(play.day(11, 23)):
        campaigns.tick(hooks=[routing.follow])
        version.refresh_from_db()
        assert (version.waits_at_id, version.waits_since) == (cascade.root.pk, play.day(11, 23))
        entries = Entry.objects.count()
        assert routing.follow() == 0
        assert Entry.objects.count() == entries
        play.judge(cascade.branch, cascade.office)
    assert play.of(cascade.branch).in_force.number == 2


def test_an_amendment_of_a_unit_that_hangs_elsewhere_now_waits_with_the_new_unit_above(cascade):
    version = take(cascade)
    Placement.objects.filter(unit=cascade.branch, dropped=None).update(parent=cascade.general2)
    assert routing.follow() == 1
    version.refresh_from_db()
    assert version.waits_at_id == cascade.general2.pk
