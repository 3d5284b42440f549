"""The list of plans: small organisations as one tree, large ones level by level with what stands further down."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.campaigns.tests.play import authority
from zhengyou.org.tests.builder import client
from zhengyou.plans import listing
from zhengyou.plans.tests import play
from zhengyou.plans.tests.test_cascade import door


@pytest.fixture
def running(school):
    """In force: the school's plan and that of one general branch; its branch's waits."""
    play.issue(school)
    play.hand_in(school.general, school.dean)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.secretary)
    return school


def seen(school, person, unit=None, **query):
    """The rows that a reader gets: name -> row."""
    if unit is not None:
        query["unit"] = unit.public_id
    found = client(person).get(reverse("plans"), query).context
    return {row.unit: row for row in found["page"].object_list}, found


def test_one_tree_with_states_for_whoever_may_see_them(running):
    rows, found = seen(running, running.office)
    by_unit = {unit: row.status for unit, row in rows.items()}
    assert by_unit[running.root.pk] == by_unit[running.general.pk] == "accepted"
    assert by_unit[running.branch.pk] == "submitted"
    assert by_unit[running.general2.pk] == "due"
    assert {c["key"]: c["n"] for c in found["chips"]}["due"] == len(rows) - 3
    strange, _found = seen(running, running.far)
    assert set(strange) == {running.root.pk, running.general.pk}


def test_the_own_units_stand_first(running):
    _rows, found = seen(running, running.secretary)
    assert [row.unit for row in found["mine"]] == [running.branch.pk]


def test_in_a_large_organisation_one_level_at_a_time(running, monkeypatch):
    monkeypatch.setattr(listing, "FLAT", 3)
    rows, found = seen(running, running.office)
    assert set(rows) >= {running.root.pk, running.general.pk, running.general2.pk}
    assert running.branch.pk not in rows
    general = rows[running.general.pk]
    assert (general.below, general.owed_below, general.force_below) == (2, 2, 0)
    play.judge(running.branch, running.dean)
    rows, _found = seen(running, running.office)
    assert rows[running.general.pk].force_below == 1
    assert rows[running.general2.pk].force_below == 0
    rows, found = seen(running, running.office, running.general)
    assert set(rows) == {running.general.pk, running.branch.pk, running.branch2.pk}
    assert [step["id"] for step in found["path"]] == [running.root.public_id, running.general.public_id]


def test_further_down_a_head_above_still_sees_the_work_and_a_stranger_does_not(running, monkeypatch):
    monkeypatch.setattr(listing, "FLAT", 1)
    rows, _found = seen(running, running.dean, running.general)
    assert rows[running.branch.pk].status == "submitted"
    rows, _found = seen(running, running.dean, running.branch)
    assert rows[running.branch.pk].status == "submitted"
    rows, _found = seen(running, running.far, running.general)
    assert running.branch.pk not in rows


def test_an_unknown_unit_shows_the_whole(running):
    rows, _found = seen(running, running.office)
    there = client(running.office).get(reverse("plans"), {"unit": "x" * 30}).context["page"].object_list
    assert {row.unit for row in there} == set(rows)


def test_the_workbook_holds_all_units_whatever_their_number(running, monkeypatch):
    monkeypatch.setattr(listing, "FLAT", 1)
    found = listing.rows(play.of(running.root).campaign.pk, authority(running.office), play.day(11, 22))
    assert {running.root.pk, running.general.pk, running.branch.pk, running.branch2.pk} <= {
        r.unit for r in found
    }


def test_the_office_is_told_on_its_desk_until_the_plan_above_is_issued(school):
    def told(person):
        return "方案还没有下发" in client(person).get(reverse("desk")).content.decode()

    assert told(school.office)
    assert door("plan_write", school.root) in client(school.office).get(reverse("desk")).content.decode()
    assert not told(school.secretary)
    play.issue(school)
    assert not told(school.office)
