"""Units change while a campaign runs: past boards stay byte for byte, every duty finds its owner, nothing is laundered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from zhengyou.campaigns import actions as campaigns
from zhengyou.campaigns import figures
from zhengyou.campaigns.models import Duty, DutyEvent, Submission
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.org import actions as org
from zhengyou.org import tree
from zhengyou.org.asked import Asked, Part
from zhengyou.org.models import Affiliation, Post, Succession, Unit, on
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


def test_a_merger_moves_members_ends_posts_and_leaves_the_past_as_it_was(school):
    past = boards(school.root, school.general, school.branch, school.branch2)
    total = tree.headcounts([school.root.pk], TODAY)
    change = merge(school.branch, school.branch2, into=school.branch.public_id)
    closed = Unit.objects.get(pk=school.branch2.pk)
    assert closed.closed_on == TODAY
    assert (members(school.branch), members(closed), members(closed, TODAY - timedelta(1))) == (6, 0, 2)
    assert not Post.objects.filter(on(TODAY), unit=closed).exists()
    assert tree.headcounts([school.root.pk], TODAY) == total
    assert list(Succession.objects.values_list("old", "new", "day")) == [(closed.pk, school.branch.pk, TODAY)]
    assert change.outcome["moves"] == [
        {"from": closed.public_id, "to": school.branch.public_id, "n": 2, "by": {"student": 2}}
    ]
    assert boards(school.root, school.general, school.branch, school.branch2) == past
    settled()
    assert boards(school.root, school.general, school.branch, school.branch2) == past


def test_golden_case_9_overdue_work_is_still_overdue_in_the_successor_with_its_dates(school):
    late = Duty.objects.filter(unit__in=[school.branch, school.branch2], state="due", due_on__lt=TODAY)
    dates = dict(late.values_list("pk", "due_on"))
    overdue = play.counts(school.branch)["overdue"] + play.counts(school.branch2)["overdue"]
    assert len(dates) == overdue > 3
    change = into_new(school.branch, school.branch2)
    new = change.units.get(before=False).unit
    assert dict(Duty.objects.filter(pk__in=dates, unit=new).values_list("pk", "due_on")) == dates
    assert set(Duty.objects.filter(pk__in=dates).values_list("carried_on", flat=True)) == {TODAY}
    assert play.counts(new)["overdue"] == overdue
    assert sum(line["overdue"] for line in change.outcome["work"]) == overdue
    settled()
    assert play.counts(new)["overdue"] == overdue


def test_duties_before_their_cut_off_follow_their_members_and_accepted_ones_stay_with_the_closed_unit(school):
    waiting = play.duty_of(school.member, "read", "late")
    into_new(school.branch, school.branch2)
    new = Unit.objects.order_by("pk").last()
    assert play.duty_of(school.member, "read", "late").unit == new
    assert play.duty_of(school.member, "read", "late").carried_on is None
    assert (waiting.unit, play.duty_of(school.member, "read", "9").unit) == (school.branch, school.branch)
    board = figures.board(school.general.pk, TODAY)
    (closed,) = [row for row in board.children if row.closed and row.unit_id == school.branch.pk]
    assert (closed.figures.accepted, closed.figures.missing, closed.figures.in_review) == (1, 0, 0)
    settled()


def test_open_work_is_closed_or_voided_as_decided_and_no_rule_revives_it(school):
    read, report = (
        str(Duty.objects.filter(slot__task__code=c).first().slot.task_id) for c in ("read", "report")
    )
    at = school.branch2.public_id
    work = {f"{at}:{read}": "close", f"{at}:{report}": "void"}
    with pytest.raises(Invalid, match="理由"):
        merge(school.branch, school.branch2, into=school.branch.public_id, work=work)
    change = merge(
        school.branch, school.branch2, into=school.branch.public_id, work=work, why_void="并入后统一报送"
    )
    assert change.outcome["disposed"] == {"close": 6, "void": 4}
    kept = DutyEvent.objects.filter(entry_id=change.done_entry_id, kind="void")
    assert {(e.duty.subject_unit_id is None, e.cause) for e in kept} == {(True, "closed"), (False, "person")}
    settled()
    assert Duty.objects.filter(unit=school.branch2).exclude(state__in=["void", "accepted"]).count() == 0


def test_golden_case_7_registered_and_activity_unit_merge_and_nobody_is_counted_twice(school):
    total = play.counts(school.root)
    heads = tree.headcounts([school.root.pk, school.general.pk], TODAY)
    assert Affiliation.objects.filter(on(TODAY), person=school.member2, role="A").exists()
    merge(school.branch, school.branch2, into=school.branch.public_id)
    assert not Affiliation.objects.filter(on(TODAY), person=school.member2, role="A").exists()
    assert tree.headcounts([school.root.pk, school.general.pk], TODAY) == heads
    assert play.counts(school.root) == total
    settled()


def test_who_is_registered_where_he_was_a_guest_is_no_guest_there_any_more(school):
    merge(school.branch2, school.branch, into=school.branch2.public_id)
    assert not Affiliation.objects.filter(on(TODAY), person=school.member2, role="A").exists()
    assert Affiliation.objects.get(on(TODAY), person=school.member2).unit == school.branch2
    settled()


def test_a_paper_of_a_unit_that_stays_finds_another_desk_when_its_superior_closes(school):
    report = play.duty_of(school.branch, "report", "10")
    campaigns.hand_in(report, by=school.secretary.actor, done="办了", changed="好了")
    paper = Submission.objects.get(duty=report)
    assert paper.waits_at == school.general
    merge(school.general2, school.general, into=school.general2.public_id)
    paper.refresh_from_db()
    assert (paper.waits_at, paper.state) == (school.general2, 10)
    settled()


def test_guests_of_a_closed_unit_go_on_as_guests_of_the_successor(school):
    merge(school.branch3, school.branch4, school.branch2, into=school.branch4.public_id)
    (guest,) = Affiliation.objects.filter(on(TODAY), person=school.member2, role="A")
    assert guest.unit == school.branch4
    settled()


def test_golden_case_8_a_transfer_on_the_20th_is_owed_by_the_new_unit_and_the_past_keeps_the_old(school):
    past = boards(school.branch, school.branch3, until=day(11, 20))
    org.move_members([school.member], school.branch3, day=day(11, 20), by=BY, then=FOLLOW.roster)
    assert play.duty_of(school.member, "read", "late").unit == school.branch3
    assert play.duty_of(school.member, "read", "11").unit == school.branch3
    assert play.duty_of(school.member, "read", "10").unit == school.branch
    assert boards(school.branch, school.branch3, until=day(11, 20)) == past
    settled()


def test_who_moves_owes_the_tasks_of_the_own_audience_only(school):
    with clock.playing(day(11, 2)):
        play.run(
            play.member_task("all", play.slot("x", day(11, 1), day(11, 30))),
            play.member_task(
                "staff",
                play.slot("x", day(11, 1), day(11, 30)),
                conditions=(play.equals("category", "staff"),),
            ),
        )
    org.move_members([school.member], school.branch3, day=TODAY, by=BY, then=FOLLOW.roster)
    assert play.duty_of(school.member, "all").unit == school.branch3
    assert not Duty.objects.filter(slot__task__code="staff", member=school.member).exists()


def test_a_paper_that_waits_at_a_closed_unit_waits_at_the_successor(school):
    campaigns.hand_in(
        play.duty_of(school.neighbour, "read", "10"), by=school.neighbour.actor, done="读", changed="懂"
    )
    paper = Submission.objects.get(duty__member=school.neighbour)
    assert paper.waits_at == school.branch2
    merge(school.branch, school.branch2, into=school.branch.public_id)
    paper.refresh_from_db()
    assert (paper.waits_at, paper.state) == (school.branch, 10)
    settled()


def test_a_merger_entered_late_changes_nothing_before_its_day(school):
    on_day = day(11, 16)
    past = boards(school.root, school.general, school.branch, school.branch2, until=on_day)
    change = merge(school.branch, school.branch2, into=school.branch.public_id, on_day=on_day)
    assert ((change.decided_on - change.day).days, change.entry.day) == (6, TODAY)
    assert (members(school.branch2, day(11, 15)), members(school.branch2, on_day)) == (2, 0)
    assert play.duty_of(school.neighbour, "read", "11").unit == school.branch
    assert boards(school.root, school.general, school.branch, school.branch2, until=on_day) == past
    settled()


def test_a_closed_unit_with_units_below_hangs_them_elsewhere_and_their_figures_go_along(school):
    past = boards(school.root, school.general, school.general2)
    below = play.counts(school.branch3)
    merge(school.general, school.general2, into=school.general.public_id)
    assert tree.named(school.branch3, TODAY).parent == school.general
    row = next(r for r in figures.board(school.general.pk).children if r.unit_id == school.branch3.pk)
    assert row.figures.as_json() == below
    assert boards(school.root, school.general, school.general2) == past
    settled()


def test_re_parenting_carries_the_figures_and_keeps_past_boards(school):
    past = boards(school.root, school.general, school.general2, until=day(11, 20))
    asked = Asked(
        "reparent", day(11, 20), "2号", units=(school.branch.public_id,), parent=school.general2.public_id
    )
    org.decide(asked, by=BY, follow=FOLLOW)
    assert school.branch.pk in {row.unit_id for row in figures.board(school.general2.pk).children}
    assert boards(school.root, school.general, school.general2, until=day(11, 20)) == past
    settled()
    figures.rebuild()
    assert boards(school.root, school.general, school.general2, until=day(11, 20)) == past


def test_a_split_sorts_members_by_number_category_and_activity_and_the_rest_stays(school):
    parts = (
        Part(name="国贸教师党支部", category="staff"),
        Part(name="国贸会计党支部", activity=school.branch2.public_id),
    )
    asked = Asked("split", TODAY, "3号", units=(school.branch.public_id,), parts=parts, rest="stay")
    past = boards(school.root, school.general, school.branch)
    change = org.decide(asked, by=BY, follow=FOLLOW)
    new = {tree.named(row.unit, TODAY).name: row.unit for row in change.units.filter(before=False)}
    assert (members(new["国贸教师党支部"]), members(new["国贸会计党支部"]), members(school.branch)) == (
        1,
        1,
        2,
    )
    assert play.duty_of(school.dean, "read", "late").unit == new["国贸教师党支部"]
    assert play.duty_of(school.dean, "read", "10").unit == school.branch
    assert not Succession.objects.exists()
    assert boards(school.root, school.general, school.branch) == past
    settled()


def test_a_split_that_closes_the_unit_blocks_while_somebody_is_left(school):
    parts = [Part(name="一", category="staff"), Part(name="二", numbers=(school.member.number,))]
    asked = Asked("split", TODAY, "3号", units=(school.branch.public_id,), parts=tuple(parts))
    with pytest.raises(Invalid, match="还有 2 人"):
        org.decide(asked, by=BY, follow=FOLLOW)
    assert members(school.branch) == 4
    parts[1] = Part(name="二")
    change = org.decide(
        Asked("split", TODAY, "3号", units=(school.branch.public_id,), parts=tuple(parts)),
        by=BY,
        follow=FOLLOW,
    )
    two = change.units.filter(before=False).order_by("unit_id").last().unit
    assert play.duty_of(school.member, "read", "10").unit == two, "carried to where the member is"
    assert Succession.objects.count() == 2
    settled()


def test_dissolving_without_a_successor_needs_a_reason_and_a_decision_about_open_work(school):
    asked = Asked("dissolve", TODAY, "4号", units=(school.direct.public_id,), rest="out")
    with pytest.raises(Invalid, match="为什么"):
        org.decide(asked, by=BY, follow=FOLLOW)
    asked = Asked(
        "dissolve", TODAY, "4号", units=(school.direct.public_id,), rest="out", because="随图书馆划出"
    )
    with pytest.raises(Invalid, match="不能转交"):
        org.decide(asked, by=BY, follow=FOLLOW)
    past = boards(school.root, school.direct)
    more = {"rest": "out", "because": "随图书馆划出", "work": {"*": "close"}}
    org.decide(
        Asked("dissolve", TODAY, "4号", units=(school.direct.public_id,), **more), by=BY, follow=FOLLOW
    )
    assert not school.staff.affiliations.filter(on(TODAY)).exists()
    assert not Post.objects.filter(on(TODAY), person=school.staff).exists()
    assert Duty.objects.filter(unit=school.direct).exclude(state="void").count() == 0
    assert boards(school.root, school.direct) == past
    settled()


def test_dissolving_into_another_unit_moves_everybody_and_names_the_successor(school):
    asked = Asked(
        "dissolve",
        TODAY,
        "5号",
        units=(school.branch3.public_id,),
        rest=school.branch4.public_id,
        into=school.branch4.public_id,
    )
    org.decide(asked, by=BY, follow=FOLLOW)
    assert (members(school.branch3), members(school.branch4)) == (0, 2)
    settled()


def test_what_comes_due_again_in_a_closed_unit_goes_to_its_successor(school):
    old = play.duty_of(school.branch2, "report", "9")
    decision, _n = campaigns.decide(
        "exempt", old.slot, unit=school.branch2, below=False, by=BY, reason="ill", text="x"
    )
    assert play.duty_of(school.branch2, "report", "9").state == "exempt"
    merge(school.branch, school.branch2, into=school.branch.public_id)
    assert play.duty_of(school.branch2, "report", "9").unit == school.branch2
    campaigns.take_back(decision, by=BY)
    settled()
    found = play.duty_of(school.branch2, "report", "9")
    assert (found.state, found.unit, found.due_on) == ("due", school.branch, old.due_on)
