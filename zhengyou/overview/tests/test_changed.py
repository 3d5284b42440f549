"""A duty that an amendment took along or voided stands on the desk with its reason until its own person opens it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from zhengyou.campaigns.actions import amending, forgetting
from zhengyou.campaigns.models import ChangeSeen, Duty
from zhengyou.campaigns.tests import play, speech
from zhengyou.campaigns.tests.test_amending import LONGER, NO_MOBILISE, ONLY_STUDENTS, plan_due, text
from zhengyou.journal.actions import record
from zhengyou.kit import clock
from zhengyou.org.tests.builder import client

TODAY = date(2010, 7, 8)


@pytest.fixture
def school(db):
    school = speech.build()
    school.campaign = speech.start(school)
    return school


@pytest.fixture(autouse=True)
def today(house_clock):
    with clock.playing(TODAY):
        yield


def amend(school, *changes, **more):
    made = amending.draft(school.campaign, text(*changes), by=school.office.actor, name="新.yaml")
    reason = "学校七月二十日放假"
    more = {"migrate": True, "document_no": "校发〔2010〕15号", "reason": reason, **more}
    return amending.amend(made, TODAY, by=school.office.actor, **more)


def changed(person, **query):
    shown = client(person).get(reverse("desk"), query or {"as": "me"})
    return shown.context["wardrobe"].notices.changed, shown.content.decode()


def open_duty(person, duty):
    assert client(person).get(reverse("duty", args=[duty.pk])).status_code == 200


def test_a_changed_task_stands_on_the_members_desk_until_opened(school):
    amend(school, ONLY_STUDENTS)
    duty = play.duty_of(school.member, "commitment_member")
    rows, page = changed(school.member)
    assert [(row[0], row[2], row[3], row[4]) for row in rows] == [(duty.pk, "学校七月二十日放假", 2, False)]
    assert "要求或期限改了：党员公开承诺" in page
    open_duty(school.secretary, duty)  # somebody else's look does not end it
    assert not ChangeSeen.objects.exists()
    assert len(changed(school.member)[0]) == 1
    open_duty(school.member, duty)
    assert changed(school.member)[0] == []
    open_duty(school.member, duty)
    assert ChangeSeen.objects.filter(person=school.member).count() == 1


def test_whoever_no_longer_owes_it_is_told_too(school):
    duty = play.duty_of(school.staff, "commitment_member")
    amend(school, ONLY_STUDENTS)
    rows, page = changed(school.staff)
    assert [(row[0], row[4]) for row in rows] == [(duty.pk, True)]
    assert "不用办了：党员公开承诺" in page
    open_duty(school.staff, duty)
    assert changed(school.staff)[0] == []


def test_a_moved_date_reaches_the_secretary_of_the_unit(school):
    made = amend(school, plan_due("2010-08-05"))
    duty = play.duty_of(school.branch, "plan")
    ChangeSeen.objects.create(amendment=made, duty=duty, person=school.dean, day=TODAY)  # another who answers
    assert duty.pk in [row[0] for row in changed(school.secretary)[0]]
    assert changed(school.member)[0] == []
    assert duty.pk not in [row[0] for row in changed(school.secretary2)[0]]
    open_duty(school.secretary, duty)
    assert duty.pk not in [row[0] for row in changed(school.secretary)[0]]


def test_duties_that_keep_their_version_say_nothing(school):
    amend(school, ONLY_STUDENTS, LONGER, migrate=False)
    assert changed(school.member)[0] == []


def test_a_dropped_task_says_so(school):
    amend(school, NO_MOBILISE, migrate=False)
    duty = Duty.objects.get(slot__task__code="mobilise", subject_unit=school.branch)
    assert (duty.pk, True) in [(row[0], row[4]) for row in changed(school.secretary)[0]]


def test_what_is_issued_by_the_new_version_is_no_change(school):
    amend(school, ONLY_STUDENTS)
    with record("duty.reconciled", by=play.SYSTEM) as later:
        Duty.objects.filter(slot__task__code="commitment_member", member=school.member).update(
            entry_id=later.id
        )
    assert changed(school.member)[0] == []


def test_it_is_forgotten_with_the_person(school):
    amend(school, ONLY_STUDENTS)
    open_duty(school.member, play.duty_of(school.member, "commitment_member"))
    mine = client(school.member).get(reverse("me"), {"part": "work"}).content.decode()
    assert "改动您 2010-07-08 打开看过" in mine
    with record("rights.erased", by=play.SYSTEM) as entry:
        forgetting.forget(entry, school.member)
    assert not ChangeSeen.objects.exists()
