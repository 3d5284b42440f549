"""Who may open which duty, and who may read the names of those behind (golden case 15, as far as this room goes)."""

from __future__ import annotations

import pytest

from zhengyou.campaigns import rules
from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.org import actions as org
from zhengyou.org.models import Post
from zhengyou.org.tests.builder import BY


@pytest.fixture
def running(school):
    play.run(play.member_task("all", review=("parent",), review_mode="each"), play.unit_task("units"))
    return school


def seen(person):
    """Names of members and number of units whose duties a person may open."""
    found = Duty.objects.seen_by(play.authority(person)).select_related("member")
    return {d.member.number for d in found if d.member}, sum(1 for d in found if d.subject_unit_id)


def test_a_member_opens_the_own_duty_and_nothing_else(running):
    assert seen(running.member) == ({"2008010003"}, 0)


def test_a_secretary_opens_the_own_subtree(running):
    members, units = seen(running.secretary)
    assert (len(members), units) == (4, 1)
    members, units = seen(running.dean)
    assert (len(members), units) == (6, 2)


def test_leaders_and_inspectors_open_units_duties_and_no_members(running):
    for who in (running.leader, running.inspector):
        members, units = seen(who)
        assert members == set()
        assert units == 6


def test_the_office_opens_all_and_a_stranger_or_publicity_nothing(running):
    assert seen(running.office) == ({p.number for p in running.people.values() if p.affiliations.exists()}, 6)
    assert seen(running.stranger) == seen(running.publicity) == (set(), 0)


def test_a_paper_is_opened_by_whoever_is_to_judge_it(running):
    play.hand_in(running.dean, running.dean, "all")
    head = running.head
    assert Duty.objects.seen_by(play.authority(head)).filter(member=running.dean).exists()


def test_names_of_those_behind_are_their_own_heads_alone(running):
    may = {
        name
        for name, who in running.people.items()
        if rules.may_see_names(play.authority(who), running.branch.pk)
    }
    assert may == {"secretary"}
    verdict = rules.may_see_names(play.authority(running.dean), running.branch.pk)
    assert "人数" in verdict.why


def test_a_unit_without_a_head_has_its_names_read_by_the_next_above_alone(running):
    org.end_post(Post.objects.get(person=running.secretary, unit=running.branch), by=BY, day=day(11, 22))
    may = {
        name
        for name, who in running.people.items()
        if rules.may_see_names(play.authority(who), running.branch.pk)
    }
    assert may == {"dean"}


def test_what_one_may_not_know_is_not_found_by_the_rule_either(running):
    duty = play.duty_of(running.member, "all")
    assert rules.may_see(play.authority(running.secretary), duty)
    assert not rules.may_see(play.authority(running.neighbour), duty)
