"""A story's day of plans: the same rows as by hand, in few statements; nothing approved before its turn."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhengyou.campaigns.models import Campaign, Duty
from zhengyou.campaigns.tests import play as campaigns
from zhengyou.journal.actions import Actor
from zhengyou.plans.actions import mass
from zhengyou.plans.models import ClauseQuestion, PlanVersion
from zhengyou.plans.tests import play

STORY = Actor.system("story")


def day(hand_in=(), accept=(), give_back=None):
    """Play one day; every unit writes a complete plan of its own."""

    def write(duty, name, above, items):
        return play.body_of(duty.subject_unit)

    return mass.play(
        mass.DayOfPlans(hand_in, write, accept, give_back or {}), Campaign.objects.get().pk, by=STORY
    )


def test_a_days_plans_are_handed_in_judged_and_approved_from_the_top_down(school):
    ids = list(Duty.objects.order_by("pk").values_list("pk", flat=True))
    assert day(ids) == ids  # nothing above yet
    play.issue(school)
    assert day(ids) == []
    assert PlanVersion.objects.filter(state=20).count() == len(ids) == 8
    branch, general, back = (
        campaigns.duty_of(unit).pk for unit in (school.branch, school.general, school.direct)
    )
    assert day(accept=[branch]) == [branch]
    assert day(accept=[branch, general], give_back={back: ["写清谁负责。", "写清日期。"]}) == []
    assert {d.state for d in Duty.objects.filter(pk__in=[branch, general])} == {"accepted"}
    assert play.of(school.direct).returned.verdicts.filter(accepted=False).count() == 2
    day([back])
    day(accept=[pk for pk in ids if pk not in (branch, general)])
    assert PlanVersion.objects.filter(state=40).count() == 9
    campaigns.settle()


def test_a_day_takes_no_more_statements_for_more_units(school):
    play.issue(school)
    ids = list(Duty.objects.order_by("pk").values_list("pk", flat=True))
    counts = []
    for some in (ids[:2], ids[2:]):
        with CaptureQueriesContext(connection) as made:
            mass.play(mass.DayOfPlans(some), Campaign.objects.get().pk, by=STORY)
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_the_amended_clause_is_answered(school):
    campaign = Campaign.objects.get()
    play.issue(school)
    ids = list(Duty.objects.order_by("pk").values_list("pk", flat=True))
    day(ids)
    day(accept=ids)
    play.issue(school, (*play.TOP[:2], ("岗位培训", "各部门组织，每学期两次。", "", False)))
    asked = list(ClauseQuestion.objects.order_by("pk").values_list("pk", flat=True))
    assert len(asked) == 8
    done = mass.answer(campaign.pk, {asked[0]: "已经排进课表。"}, asked[1:7], by=STORY)
    assert done == {"kept": 1, "taken": 6}
    assert sorted(ClauseQuestion.objects.values_list("state", flat=True)) == [10, 20, *[30] * 6]
    assert PlanVersion.objects.filter(state=40, number=2).count() == 7
    assert not PlanVersion.objects.filter(state=20).exists()
