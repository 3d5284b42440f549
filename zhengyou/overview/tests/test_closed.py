"""What was not done when its period closed is no to-do: not on a desk, not in a queue, not counted, shown with the rule."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.campaigns import digest, rules
from zhengyou.campaigns.actions import closing
from zhengyou.campaigns.models import Slot
from zhengyou.campaigns.tests import play
from zhengyou.kit import clock
from zhengyou.org.tests.builder import client
from zhengyou.overview.desk import escalated

RULE = "这一期已经结束归档，不再收也不再改"


@pytest.fixture
def closed(stageful):
    """Members' education is closed: member did not hand in; the mobilisation of the units as well."""
    for code in ("spirit", "mobilise"):
        slot = Slot.objects.select_related("task").get(task__code=code)
        closing.close_slot(slot, by=stageful.office.actor)
    return stageful


def page(person, name, **query):
    return client(person).get(reverse(name), query)


def test_a_closed_period_is_no_to_do_of_the_member(closed):
    duty = play.duty_of(closed.member, "spirit")
    shown = page(closed.member, "desk", **{"as": "me"})
    own = shown.context["own"]
    assert duty.pk not in [line.id for line in (*own.open, *own.waiting)]
    assert [line.id for line in own.shut] == [duty.pk]
    assert (own.n_open, own.n_shut) == (1, 1)  # the returned one is still to be done
    assert shown.context["wardrobe"].open == 1
    text = shown.content.decode()
    assert RULE in text
    assert "已归档" in text
    assert [
        line.id for line in page(closed.member, "desk", **{"as": "me", "show": "done"}).context["own"].shut
    ]


def test_it_was_a_to_do_before(stageful):
    own = page(stageful.member, "desk", **{"as": "me"}).context["own"]
    assert (own.n_open, own.n_shut) == (2, 0)


def test_a_closed_period_is_no_to_do_of_the_unit(closed):
    duty = play.duty_of(closed.branch, "mobilise")
    shown = page(closed.secretary, "desk")
    desk = shown.context["desk"]
    assert duty.pk not in [line.id for line in desk.duties]
    assert [line.id for line in desk.shut] == [duty.pk]
    assert desk.n_duties == len(desk.duties)
    assert "spirit" not in {Slot.objects.get(pk=step.slot).task.code for step in desk.steps}
    assert RULE in shown.content.decode()


def test_the_office_owes_nothing_of_a_closed_period(closed):
    duty = play.duty_of(closed.root, "mobilise")
    lines = [line for group in page(closed.office, "desk").context["groups"] for line in group.lines]
    assert duty.pk not in [line.id for line in lines]


def test_the_list_shows_it_closed_with_the_rule_and_nothing_to_tick(closed):
    found = {row["id"]: row for row in page(closed.secretary, "duties").context["rows"]}
    row = found[play.duty_of(closed.member, "spirit").pk]
    assert row["shut"]
    assert row["late"] == 0
    order = [row["shut"] and row["status"] in ("due", "returned") for row in found.values()]
    assert order.index(True) > 0  # behind what can still be done
    only = page(closed.secretary, "duties", state="closed")
    assert {row["shut"] for row in only.context["rows"]} == {True}
    assert RULE in only.content.decode()
    assert 'type="checkbox"' not in only.content.decode()
    late = page(closed.secretary, "duties", state="late").context["rows"]
    assert not any(row["shut"] for row in late)


def test_a_paper_of_a_closed_period_waits_in_no_queue(stageful):
    play.hand_in(stageful.general, stageful.dean, "mobilise")
    before = page(stageful.office, "reviews").context["page"].paginator.count
    closing.close_slot(
        Slot.objects.select_related("task").get(task__code="mobilise"), by=stageful.office.actor
    )
    after = page(stageful.office, "reviews").context["page"].paginator.count
    assert after == before - 1
    assert page(stageful.office, "desk").context["office"].n_waiting == after
    day = clock.today()
    assert digest.work([stageful.office.pk], day)[stageful.office.pk].waiting == after
    away = page(stageful.dean, "desk").context["desk"]
    assert play.duty_of(stageful.general, "mobilise").pk in [line.id for line in away.shut]


def test_a_closed_duty_is_never_escalated(closed):
    campaign = Slot.objects.first().task.campaign_id
    with_slots = {
        one.public_id: one.n for one in escalated.read(closed.root.pk, {campaign: 0}, clock.today())
    }
    for code in ("group", "theme", "report"):
        Slot.objects.filter(task__code=code).update(closed_on=clock.today())
    assert sum(with_slots.values()) > 0
    assert escalated.read(closed.root.pk, {campaign: 0}, clock.today()) == []


def test_nobody_objects_in_a_closed_period(closed):
    duty = play.duty_of(closed.member, "theme")
    assert rules.may_object(play.authority(closed.member), duty)
    Slot.objects.filter(pk=duty.slot_id).update(closed_on=clock.today())
    duty = play.duty_of(closed.member, "theme")
    assert rules.may_object(play.authority(closed.member), duty).why.startswith(RULE)
