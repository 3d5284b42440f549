"""The ticker's rounds: nothing without an organisation, the campaigns' tick with one, tidying that can be repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone

from zhengyou.site import ticker


@pytest.mark.django_db
def test_without_an_organisation_a_round_does_nothing():
    assert ticker.once() is None


def test_a_round_runs_the_campaigns_tick(people):
    done = ticker.once(full=True)
    assert done is not None
    assert done.changed == {}


def test_tidying_removes_what_has_ended_and_keeps_what_lives(people):
    now = timezone.now()
    for key, days in (("ended", -1), ("living", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
    for address, hours in (("192.0.2.1", 5), ("192.0.2.2", 0)):
        attempt = AccessAttempt.objects.create(username="100001", ip_address=address, failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=now - timedelta(hours=hours))
    for _time in range(2):
        ticker.tidy()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["living"]
    assert list(AccessAttempt.objects.values_list("ip_address", flat=True)) == ["192.0.2.2"]


def test_tidying_closes_accounts_of_those_who_left_and_no_other(people):
    from zhengyou.org.models import User

    ticker.tidy()
    assert User.objects.filter(is_active=True).count() == 3


def test_a_round_routes_on_an_amendment_of_a_plan_whose_reviewer_left(db):
    from zhengyou.org import actions as org
    from zhengyou.org.models import Post
    from zhengyou.org.tests import builder
    from zhengyou.plans.tests import play

    school = builder.build()
    play.begin(school)
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.secretary)
    play.judge(school.branch, school.dean)
    version = play.hand_in(school.branch, school.secretary, play.again(school.branch))
    for post in Post.objects.filter(person=school.dean):
        org.end_post(post, by=builder.BY)
    ticker.once()
    version.refresh_from_db()
    assert version.waits_at_id == school.root.pk
