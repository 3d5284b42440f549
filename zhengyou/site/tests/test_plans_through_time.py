"""Plans when units merge and posts change hands: owed ones are written by the successor, those in force stay to be read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from zhengyou.campaigns import actions as campaigns
from zhengyou.campaigns.models import Duty, Report
from zhengyou.journal.actions import record
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org.actions.terms import hand_over
from zhengyou.org.actions.tree import rename
from zhengyou.org.asked import Asked
from zhengyou.org.models import Post
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import BY, client
from zhengyou.plans import standing
from zhengyou.plans.models import ClauseQuestion
from zhengyou.plans.tests import play
from zhengyou.plans.tests.test_cascade import door
from zhengyou.site.following import FOLLOW

TODAY = date(2010, 11, 22)
NEXT = TODAY + timedelta(days=1)
AMENDED = (*play.TOP[:2], ("岗位培训", "各部门组织，每学期两次。", "", False))


@pytest.fixture
def school(db):
    """The school plan and that of the general branch in force, both its branches owe theirs."""
    school = builder.build()
    play.begin(school)
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    return school


def merge(school, day=NEXT):
    """branch goes into branch2, its open work along."""
    units = (school.branch.public_id, school.branch2.public_id)
    org.decide(Asked("merge", day, "2号", units=units, into=school.branch2.public_id), by=BY, follow=FOLLOW)


def door_of(unit):
    return [play.of(unit).campaign.public_id, unit.public_id]


def page(person, unit, **query):
    return client(person).get(door("plan", unit), query).content.decode()


def test_a_plan_in_force_stays_readable_under_the_successor_and_is_asked_nothing_more(school):
    for unit, by in ((school.branch, school.secretary), (school.branch2, school.secretary2)):
        play.hand_in(unit, by)
        play.judge(unit, school.dean)
    with record("org.unit_renamed", by=BY) as entry:
        rename(entry, school.branch, "国贸联合支部", TODAY)
    with clock.playing(NEXT):
        merge(school)
        campaigns.tick(full=True)
        old, new = page(school.secretary2, school.branch), page(school.secretary2, school.branch2)
        assert "工作由「会计2008级学生党支部」接续" in old
        assert door("plan", school.branch2) in old
        assert "并进来的单位原来的方案" in new
        assert "国贸联合支部" in new  # the name it had last
        assert door("plan", school.branch) in new
        assert "修订" not in old
        listed = client(school.office).get(reverse("plans")).content.decode()
        assert door("plan", school.branch) not in listed
        assert door("plan", school.branch2) in listed
        play.issue(school, AMENDED)
        asked = set(ClauseQuestion.objects.values_list("plan__unit", flat=True))
        assert asked == {school.general.pk, school.branch2.pk}


def test_an_owed_plan_is_written_by_the_successor_with_its_own_date_and_judged_above(school):
    with clock.playing(NEXT):
        merge(school)
        campaigns.tick(full=True)
        duty = Duty.objects.get(subject_unit=school.branch)
        assert (duty.unit_id, duty.due_on) == (school.branch2.pk, play.day(11, 30))
        desk = client(school.secretary2).get(reverse("desk")).content.decode()
        assert reverse("plan_duty", args=[duty.pk]) in desk
        version = play.hand_in(school.branch, school.secretary2)
        assert version.duty_id == duty.pk
        assert client(school.dean).get(door("plan_review", school.branch)).status_code == 200
        play.judge(school.branch, school.dean)
        assert play.of(school.branch).in_force == version
    duty.refresh_from_db()
    assert duty.state == "accepted"


def test_a_begun_amendment_and_half_made_verdicts_go_along_when_the_post_is_handed_over(school):
    play.hand_in(school.branch, school.secretary)
    wrote = {**play.form_of(play.again(school.general), theme="新的主题"), "do": "save", "version": "0"}
    assert client(school.dean).post(door("plan_write", school.general), wrote).status_code == 302
    code = play.of(school.branch).last_clauses[-1].code
    marks = {f"k-{code}": "return", f"r-{code}": "写清地点。"}
    saved = client(school.dean).post(reverse("plan_review_draft", args=door_of(school.branch)), marks)
    assert saved.status_code == 200
    post = Post.objects.get(person=school.dean, unit=school.general, post="secretary")
    hand_over(post, school.member, by=BY, day=TODAY, follow=FOLLOW)
    assert (
        "新的主题</textarea>"
        in client(school.member).get(door("plan_write", school.general)).content.decode()
    )
    judged = client(school.member).get(door("plan_review", school.branch)).content.decode()
    assert "写清地点。</textarea>" in judged


def test_a_plan_in_review_is_judged_where_its_duty_went(school):
    version = play.hand_in(school.branch, school.secretary)
    with clock.playing(NEXT):
        merge(school)
        campaigns.tick(full=True)
        assert play.of(school.branch).submission.waits_at_id == school.general.pk
        play.judge(school.branch, school.dean)
        assert play.of(school.branch).in_force == version


def test_a_closed_unit_counts_no_second_time_in_the_list_of_states(school):
    """DOMAIN §9.8: one row for each open unit that owes a plan; the one closed stands on its successor's page."""
    from zhengyou.campaigns.tests.play import authority
    from zhengyou.plans.listing import rows

    campaign = play.of(school.branch).campaign.pk
    before = [row.unit for row in rows(campaign, authority(school.office), TODAY)]
    with clock.playing(NEXT):
        merge(school)
        after = [row.unit for row in rows(campaign, authority(school.office), NEXT)]
    assert sorted(before) == sorted([*after, school.branch.pk])


def test_a_frozen_report_of_a_closed_period_keeps_its_plans_whatever_merges_later(school):
    """DOMAIN §9.8 for plans: handed in and approved in the period, the unit merged afterwards."""
    from zhengyou.campaigns import frozen
    from zhengyou.campaigns.actions import closing

    play.hand_in(school.branch, school.secretary)
    play.judge(school.branch, school.dean)
    duty = Duty.objects.get(subject_unit=school.branch)
    with clock.playing(duty.slot.due_on + timedelta(days=1)):
        closing.close_slot(duty.slot, by=school.office.actor)
        report = Report.objects.get()
        told = (frozen.figures_of(report), frozen.by_unit(report))
        merge(school, clock.today())
        campaigns.tick(full=True)
        report = Report.objects.get()
        assert (frozen.figures_of(report), frozen.by_unit(report)) == told
        assert frozen.holds(report)
        assert standing.of(duty.slot.task.campaign, school.branch, clock.today()).in_force is not None
