"""The cascade: issued, taken up, handed in, returned clause by clause, approved, in force; the duty settled with it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.campaigns.models import Duty, Submission
from zhengyou.campaigns.tests import play as campaigns
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org.models import Post
from zhengyou.org.tests.builder import BY, client
from zhengyou.plans import actions
from zhengyou.plans.models import PlanVersion
from zhengyou.plans.tests import play

S = PlanVersion.State


def door(name, unit):
    return reverse(name, args=[play.of(unit).campaign.public_id, unit.public_id])


def test_from_the_school_plan_to_the_branch_and_the_duties_are_settled(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.secretary)
    assert campaigns.duty_of(school.branch).state == "submitted"
    play.judge(school.branch, school.dean)
    for unit in (school.general, school.branch):
        assert play.of(unit).in_force.number == 1
        assert campaigns.duty_of(unit).state == "accepted"
    assert Submission.objects.get(duty=campaigns.duty_of(school.branch)).paper.startswith("plan:")
    campaigns.settle()


def test_returned_clause_by_clause_the_accepted_ones_need_not_be_touched(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office, 重温入党誓词="请留一项外出参观，写明日期。")
    found = play.of(school.general)
    assert found.returned.number == 1
    assert found.duty.state == "returned"
    said = {v.code: v for v in found.returned.verdicts.all()}
    back = [v for v in said.values() if not v.accepted]
    assert [v.reasons for v in back] == ["请留一项外出参观，写明日期。"]
    assert len(said) == 4
    assert "请留一项外出参观" in found.duty.submissions.get().reviews.get().reasons
    page = client(school.dean).get(door("plan_write", school.general)).content.decode()
    assert "请留一项外出参观" in page
    assert page.count("已通过，不用动") == 3
    body = play.again(school.general)
    next(r for r in body["clauses"] if r["title"] == "重温入党誓词")["text"] += "网上参观一次。"
    play.hand_in(school.general, school.dean, body)
    review = client(school.office).get(door("plan_review", school.general)).content.decode()
    assert "3 条上次通过、没有再动" in review
    play.judge(school.general, school.office)
    assert play.of(school.general).in_force.number == 2


def test_returned_after_the_deadline_the_author_gets_the_later_of_both_dates(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    with clock.playing(play.day(11, 30)):
        play.judge(school.general, school.office, 岗位培训="写清谁负责。")
        assert campaigns.duty_of(school.general).due_on == play.day(12, 3)
        play.hand_in(school.general, school.dean, play.again(school.general))
    assert campaigns.duty_of(school.general).submissions.order_by("-number").first().late is False


def test_returned_early_the_date_stays(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office, 岗位培训="写清谁负责。")
    assert campaigns.duty_of(school.general).due_on == play.day(11, 30)


@pytest.mark.parametrize("who", ["secretary", "member", "dean2", "secretary2", "leader"])
def test_nobody_but_the_reviewer_judges(school, who):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.secretary)
    sent = {"do": "approve"}
    assert client(getattr(school, who)).post(door("plan_review", school.branch), sent).status_code == 403
    assert play.of(school.branch).waiting is not None


def test_nobody_approves_the_own_plan_also_from_a_second_post(school):
    """The dean stands in for the branch's vacant secretary: the plan he hands in goes to the level above himself."""
    post = Post.objects.get(person=school.secretary, post="secretary")
    org.end_post(post, by=BY, day=play.day(11, 20))
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.dean)
    assert play.of(school.branch).submission.waits_at_id == school.root.pk
    answer = client(school.dean).post(door("plan_review", school.branch), {"do": "approve"})
    assert answer.status_code == 403
    assert "自己交的不能自己审" in answer.content.decode()
    play.judge(school.branch, school.office)
    assert campaigns.duty_of(school.branch).state == "accepted"


def test_where_the_secretary_is_vacant_it_waits_one_level_up(school):
    """General branch 2 loses its head: its branch's plan waits with the root."""
    play.issue(school)
    for post in Post.objects.filter(person=school.dean2, unit=school.general2):
        org.end_post(post, by=BY, day=play.day(11, 20))
    version = play.hand_in(school.branch3, school.dean2)
    assert version.duty.submissions.get().waits_at_id == school.root.pk


def test_a_branch_writes_before_its_general_branch_but_is_approved_after_it(school):
    play.issue(school)
    version = play.hand_in(school.branch, school.secretary)
    assert version.basis.plan.unit_id == school.root.pk
    page = client(school.dean).get(door("plan_review", school.branch)).content.decode()
    assert "自己的方案还没有通过" in page
    answer = client(school.dean).post(door("plan_review", school.branch), {"do": "approve"})
    assert answer.status_code == 403
    play.judge(school.branch, school.dean, 岗位培训="可以先退。")
    play.hand_in(school.branch, school.secretary, play.again(school.branch))
    play.hand_in(school.general, school.dean)
    with pytest.raises(Refused):
        play.judge(school.branch, school.dean)
    play.judge(school.general, school.office)
    play.judge(school.branch, school.dean)
    assert play.of(school.branch).in_force is not None


def test_every_required_clause_an_own_vehicle_and_a_work_item_each_missing_one_said_at_its_field(school):
    play.issue(school)
    body = play.body_of(school.general)
    dropped, kept = body["clauses"][0], body["clauses"][1]
    body["clauses"] = [kept | {"due_on": "", "owner": ""}]
    with pytest.raises(Invalid) as fault:
        play.hand_in(school.general, school.dean, body)
    fields = {p.field for p in fault.value.problems}
    assert fields == {
        f"due_on-{kept['code']}",
        f"owner-{kept['code']}",
        f"take-{dropped['follows']}",
        "vehicle",
        "work",
    }
    answer = client(school.dean).post(door("plan_write", school.general), play.form_of(body, do="hand"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "「教书育人做楷模」还没有接" in page
    for field in fields:
        assert f'href="#id_{field}"' in page
        assert f'id="id_{field}"' in page
    assert play.of(school.general).plan is None


def test_without_a_plan_above_nothing_is_handed_in_but_it_can_be_written(school):
    assert client(school.dean).get(door("plan_write", school.general)).status_code == 200
    with pytest.raises(Invalid):
        actions.hand_in(play.of(school.general), play.top_body(), by=school.dean.actor)


def test_only_the_office_issues_the_top_plan_and_with_its_number(school):
    for who in ("dean", "secretary", "member", "leader", "head"):
        with pytest.raises(Refused):
            play.issue(school, by=getattr(school, who))
    with pytest.raises(Invalid):
        actions.issue(play.of(school.root), play.top_body(document_no=""), by=school.office.actor)
    assert play.issue(school).state == S.APPROVED


def test_withdrawn_it_is_due_again_and_opens_with_its_words(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    assert client(school.dean).post(door("plan_withdraw", school.general)).status_code == 302
    assert campaigns.duty_of(school.general).state == "due"
    assert "学业导师进班级" in client(school.dean).get(door("plan_write", school.general)).content.decode()
    with pytest.raises(Conflict):
        play.judge(school.general, school.office)


def test_a_return_disagreed_with_goes_one_level_up_once(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.secretary)
    play.judge(school.branch, school.dean, 学业导师进班级="不要自己加。")
    sent = {"objection": "上级鼓励有自己的载体。"}
    assert client(school.secretary).post(door("plan_disagree", school.branch), sent).status_code == 302
    found = play.of(school.branch)
    assert found.submission.waits_at_id == school.root.pk
    assert "上级鼓励" in client(school.office).get(door("plan_review", school.branch)).content.decode()
    play.judge(school.branch, school.office)
    assert campaigns.duty_of(school.branch).state == "accepted"


def test_two_tabs_both_kept_and_chosen_from(school):
    play.issue(school)
    browser = client(school.dean)
    body = play.body_of(school.general)
    first = browser.post(door("plan_draft", school.general), play.form_of(body, version="0"))
    assert first.json()["version"] == 1
    one, two = (play.form_of(body | {"theme": text}, version="1") for text in ("第一处写的", "第二处写的"))
    assert browser.post(door("plan_draft", school.general), one).status_code == 200
    clash = browser.post(door("plan_draft", school.general), two)
    assert clash.status_code == 409
    page = browser.get(clash.json()["url"]).content.decode()
    assert "第一处写的" in page
    assert "第二处写的" in page
    assert browser.post(clash.json()["url"], {"keep": "join"}).status_code == 302
    written = browser.get(door("plan_write", school.general)).content.decode()
    assert "第一处写的" in written
    assert "第二处写的" in written


def test_handed_in_meanwhile_elsewhere_nothing_is_overwritten(school):
    play.issue(school)
    opened = actions.writing.mark(play.of(school.general))
    body = play.body_of(school.general)
    play.hand_in(school.general, school.dean, body)
    with pytest.raises((Conflict, Refused)):
        actions.hand_in(play.of(school.general), body, by=school.dean.actor, opened=opened)
    assert PlanVersion.objects.filter(plan__unit=school.general).count() == 1


def test_a_stranger_to_the_line_reads_what_is_in_force_and_nothing_else(school):
    play.issue(school)
    play.hand_in(school.general, school.dean)
    assert client(school.far).get(door("plan", school.general)).status_code == 403
    play.judge(school.general, school.office)
    page = client(school.far).get(door("plan", school.general))
    assert page.status_code == 200
    assert "学业导师进班级" in page.content.decode()
    assert client(school.far).get(door("plan_write", school.general)).status_code == 403


def test_the_door_of_the_duty_leads_to_the_form_and_the_reviewer_to_the_review(school):
    play.issue(school)
    duty = campaigns.duty_of(school.general)
    to = reverse("plan_duty", args=[duty.pk])
    assert client(school.dean).get(to).headers["Location"] == door("plan_write", school.general)
    assert client(school.far).get(to).status_code == 404
    play.hand_in(school.general, school.dean)
    assert client(school.office).get(to).headers["Location"] == door("plan_review", school.general)
    assert Duty.objects.get(pk=duty.pk).state == "submitted"
