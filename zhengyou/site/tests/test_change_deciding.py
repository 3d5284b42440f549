"""Deciding about units: who may, previews that write nothing, plans that wait for their day, norms that only warn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zhengyou.campaigns import actions as campaigns
from zhengyou.campaigns.models import Duty, DutyEvent
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal import chain
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org import norms, tree
from zhengyou.org.actions.changes import fingerprint
from zhengyou.org.asked import Asked
from zhengyou.org.models import Affiliation, Post, Unit, UnitChange
from zhengyou.org.tests import builder
from zhengyou.site import ticker
from zhengyou.site.following import FOLLOW
from zhengyou.site.tests.changing import (  # noqa: F401
    BY,
    PAST,
    TODAY,
    boards,
    into_new,
    members,
    merge,
    settled,
    small_school,
)


def test_the_superior_decides_never_the_units_own_secretary(school):
    for who in (school.secretary, school.dean, school.leader):
        with pytest.raises(Refused):
            merge(school.branch, school.branch2, into=school.branch.public_id, by=who.actor)
    with pytest.raises(Refused, match="最上级"):
        org.decide(
            Asked("dissolve", TODAY, "6号", units=(school.root.public_id,), because="x", rest="out"), by=BY
        )
    merge(school.branch, school.branch2, into=school.branch.public_id, by=school.office.actor)


def test_a_power_to_import_on_the_unit_itself_does_not_decide_about_it(school):
    from zhengyou.org.models import OrganisationPart

    row = OrganisationPart.objects.get()
    part = row.part()
    posts = tuple(replace(p, may=(*p.may, "import")) if p.code == "secretary" else p for p in part.posts)
    OrganisationPart.objects.create(
        version=2, pack_id="x", sha256="2", body=replace(part, posts=posts).to_json(), valid_from=TODAY,
        entry_id=row.entry_id,
    )  # fmt: skip
    asked = Asked("rename", TODAY, "7号", units=(school.branch.public_id,), name="新名")
    with pytest.raises(Refused, match="上级"):
        org.decide(asked, by=school.secretary.actor)
    org.decide(asked, by=school.dean.actor)


def test_a_preview_writes_nothing_and_says_what_will_be(school):
    asked = Asked(
        "merge",
        TODAY,
        "8号",
        units=(school.branch.public_id, school.branch2.public_id),
        into=school.branch.public_id,
    )
    facts = [
        list(m.objects.order_by("pk").values())
        for m in (Unit, Affiliation, Post, Duty, DutyEvent, UnitChange)
    ]
    shown = org.preview(asked, by=BY, follow=FOLLOW)
    assert facts == [
        list(m.objects.order_by("pk").values())
        for m in (Unit, Affiliation, Post, Duty, DutyEvent, UnitChange)
    ]
    done = org.decide(asked, by=BY, follow=FOLLOW, seen=fingerprint(shown))
    assert done.outcome == shown
    by_name = {unit["name"]: unit for unit in shown["units"]}
    kept = by_name["国贸2008级学生第一党支部"]
    assert (kept["before"]["members"], kept["after"]["members"]) == (4, 6)
    assert play.counts(school.branch) == kept["after"]["figures"]


def test_what_is_confirmed_is_what_was_shown(school):
    asked = Asked(
        "merge",
        TODAY,
        "8号",
        units=(school.branch.public_id, school.branch2.public_id),
        into=school.branch.public_id,
    )
    seen = fingerprint(org.preview(asked, by=BY, follow=FOLLOW))
    org.move_members([school.far], school.branch2, by=BY, then=FOLLOW.roster)
    with pytest.raises(Conflict):
        org.decide(asked, by=BY, follow=FOLLOW, seen=seen)
    assert members(school.branch2) == 3
    seen = fingerprint(org.preview(asked, by=BY, follow=FOLLOW))
    org.decide(asked, by=BY, follow=FOLLOW, seen=seen)


def test_a_change_for_a_later_day_waits_and_is_done_on_its_day_once(school):
    change = merge(school.branch, school.branch2, into=school.branch.public_id, on_day=day(12, 1))
    assert (change.state, members(school.branch2), change.outcome["moves"][0]["n"]) == (10, 2, 2)
    assert org.carry_out_planned(FOLLOW) == 0
    with clock.playing(day(12, 2)):
        campaigns.tick()
        past = boards(school.root, school.branch, school.branch2)
        assert org.carry_out_planned(FOLLOW) == 1
        change.refresh_from_db()
        assert (change.state, Unit.objects.get(pk=school.branch2.pk).closed_on) == (20, day(12, 1))
        assert boards(school.root, school.branch, school.branch2) == past
        settled()
        last = chain.verify()
        assert org.carry_out_planned(FOLLOW) == 0
        assert chain.verify() == last


def test_the_ticker_carries_out_what_was_planned_before_anything_else(school):
    change = merge(school.branch, school.branch2, into=school.branch.public_id, on_day=day(12, 1))
    ticker.once(day(11, 30))
    assert members(school.branch2) == 2
    ticker.once(day(12, 1))
    change.refresh_from_db()
    assert (change.state, members(school.branch2, day(12, 1))) == (20, 0)
    newest = Entry.objects.count()
    ticker.once(day(12, 1))
    assert Entry.objects.count() == newest


def test_a_plan_that_no_longer_holds_is_refused_with_its_reason_and_can_be_put_away(school):
    change = merge(school.branch, school.branch2, into=school.branch.public_id, on_day=day(12, 1))
    merge(school.branch2, school.branch3, into=school.branch3.public_id)
    with clock.playing(day(12, 1)):
        assert org.carry_out_planned(FOLLOW) == 0
        change.refresh_from_db()
        assert (change.state, "已经撤销" in change.fault) == (10, True)
        entries = Entry.objects.count()
        assert org.carry_out_planned(FOLLOW) == 0
        assert Entry.objects.count() == entries, "it is not tried again"
        with pytest.raises(Refused):
            org.put_away(change, by=school.secretary.actor)
        org.put_away(change, by=school.office.actor)
        change.refresh_from_db()
        assert change.state == 30
        settled()


def test_changes_never_reach_back_behind_the_last_one(school):
    asked = Asked("rename", day(11, 20), "9号", units=(school.branch2.public_id,), name="会计党支部")
    org.decide(asked, by=BY, follow=FOLLOW)
    with pytest.raises(Invalid, match="2010-11-20"):
        merge(school.branch, school.branch2, into=school.branch.public_id, on_day=day(11, 19))
    with pytest.raises(Invalid, match="2008-09-01"):
        org.decide(
            Asked("rename", day(1, 1).replace(year=2000), "9号", units=(school.branch.public_id,), name="早"),
            by=BY,
        )


def test_a_unit_is_closed_once_and_never_deleted(school):
    merge(school.branch, school.branch2, into=school.branch.public_id)
    with pytest.raises(Invalid, match="已经撤销"):
        merge(school.branch2, school.branch3, into=school.branch3.public_id)
    assert Unit.objects.filter(pk=school.branch2.pk).exists()
    assert tree.named(school.branch2, TODAY).parent == school.general


def test_norms_warn_and_never_block(school):
    from zhengyou.org.models import OrganisationPart

    row = OrganisationPart.objects.get()
    part = row.part()
    kinds = tuple(
        replace(k, min=3, committee_from=6, max=5, term_years=3) if k.code == "branch" else k
        for k in part.unit_kinds
    )
    OrganisationPart.objects.create(
        version=2, pack_id="x", sha256="n", body=replace(part, unit_kinds=kinds).to_json(), valid_from=TODAY,
        entry_id=row.entry_id,
    )  # fmt: skip
    change = into_new(school.branch, school.branch2)
    assert {(w["norm"], w["n"], w["limit"], w["until"]) for w in change.outcome["norms"]} == {
        ("max", 6, 5, ""),
        ("committee", 6, 6, ""),
        ("term", 6, 3, "2013-11-22"),
    }


def test_the_fewest_and_the_committee_count_full_members_alone(school):
    unit = {
        "name": "新支部",
        "kind": "branch",
        "closed": False,
        "new": False,
        "before": {"members": 9, "full": 9},
    }
    kinds = tuple(
        replace(k, min=3, committee_from=7, max=8) if k.code == "branch" else k
        for k in builder.PART.unit_kinds
    )
    part = replace(builder.PART, unit_kinds=kinds)

    def found(members, full):
        after = {"members": members, "full": full}
        return {(w["norm"], w["n"]) for w in norms.warnings(part, [{**unit, "after": after}], TODAY)}

    assert found(8, 2) == {("min", 2), ("no_committee", 2)}
    assert found(9, 6) == {("no_committee", 6)}
    assert found(12, 9) == {("max", 12)}
    org.move_members([school.far], school.branch, by=BY, then=FOLLOW.roster)
    Affiliation.objects.filter(person=school.member, dropped=None, role="R").update(status="probationary")
    made = org.preview(
        Asked("rename", TODAY, "1号", units=(school.branch.public_id,), name="新名"), by=BY, follow=FOLLOW
    )
    (shown,) = made["units"]
    assert (shown["after"]["members"], shown["after"]["full"]) == (5, 4)
