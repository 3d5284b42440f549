"""Who reviews, in which order, with what effect: never the own paper, never a superior's, always with reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from zhengyou.campaigns import actions, duties, rules
from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import Campaign, Duty, Review, State, Submission, Task
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org.models import Post
from zhengyou.org.tests.builder import BY, client

EACH = {"review": ("parent",), "review_mode": "each"}


def waits(subject, code=""):
    """Where the newest paper of a member or unit waits: (unit, post)."""
    paper = play.duty_of(subject, code).submissions.order_by("-number").first()
    return paper.waits_at, paper.waits_for


def test_a_members_paper_waits_with_the_own_unit_and_a_units_with_the_parent(school):
    play.run(play.member_task("all", **EACH), play.unit_task("units", kinds=("branch", "general")))
    play.hand_in(school.member, school.member, "all")
    play.hand_in(school.branch, school.secretary, "units")
    play.hand_in(school.general, school.dean, "units")
    assert waits(school.member, "all") == (school.branch, "")
    assert waits(school.branch, "units") == (school.general, "")
    assert waits(school.general, "units") == (school.root, "")
    assert Submission.objects.first().waits_since == day(11, 22)


def test_the_reviewer_accepts_and_the_duty_is_accepted(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    review = actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    assert (review.by, review.verdict, review.at_unit) == (
        school.dean,
        Review.Verdict.ACCEPTED,
        school.general,
    )
    assert play.duty_of(school.branch).state == State.ACCEPTED
    play.settle()


@pytest.mark.parametrize(
    "who", ["member", "secretary", "secretary2", "dean2", "leader2", "inspector", "stranger"]
)
def test_nobody_but_the_reviewer_and_those_above_may_judge(school, who):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    person = getattr(school, who, school.publicity)
    with pytest.raises(Refused):
        actions.accept(play.duty_of(school.branch), by=person.actor)
    assert play.duty_of(school.branch).state == State.SUBMITTED


def test_one_above_the_reviewer_may_step_in(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    actions.accept(play.duty_of(school.branch), by=school.office.actor)
    assert play.duty_of(school.branch).state == State.ACCEPTED


def test_a_secretarys_own_paper_goes_one_up_and_the_button_says_to_whom(school):
    play.run(play.member_task("all", **EACH))
    play.hand_in(school.secretary, school.secretary)
    assert waits(school.secretary) == (school.general, "")
    verdict = rules.may_review(play.authority(school.secretary), Submission.objects.get())
    assert "不能自己审" in verdict.why
    assert "任致远" in verdict.why
    with pytest.raises(Refused):
        actions.accept(play.duty_of(school.secretary), by=school.secretary.actor)
    actions.accept(play.duty_of(school.secretary), by=school.dean.actor)


def test_a_superior_who_is_a_member_below_is_not_judged_by_the_subordinate(school):
    """The dean heads the general branch and is a member of branch: his paper goes to the root, not to branch's head."""
    play.run(play.member_task("all", **EACH))
    play.hand_in(school.dean, school.dean)
    assert waits(school.dean) == (school.root, "")
    with pytest.raises(Refused):
        actions.accept(play.duty_of(school.dean), by=school.secretary.actor)


def test_a_deputy_in_the_same_unit_does_not_judge_the_head(school):
    org.appoint(school.member2, school.branch, "secretary", by=BY, day=day(11, 1), first_responsible=False)
    play.run(play.member_task("all", **EACH))
    play.hand_in(school.secretary, school.secretary)
    assert waits(school.secretary) == (school.general, "")
    with pytest.raises(Refused):
        actions.accept(play.duty_of(school.secretary), by=school.member2.actor)


def test_at_the_root_the_office_judges_and_an_officers_own_paper_goes_to_another(school):
    play.run(play.unit_task("root", kinds=("committee",)), play.member_task("all", **EACH))
    play.hand_in(school.root, school.head, "root")
    assert waits(school.root, "root") == (school.root, "office")
    with pytest.raises(Refused):
        actions.accept(play.duty_of(school.root, "root"), by=school.head.actor)
    actions.accept(play.duty_of(school.root, "root"), by=school.office.actor)

    org.affiliate(school.office, school.branch, by=BY, day=day(11, 22), category="staff")
    actions.tick()
    play.hand_in(school.office, school.office, "all")
    assert waits(school.office, "all") == (school.root, "")
    assert not rules.may_review(
        play.authority(school.office), play.duty_of(school.office, "all").submissions.get()
    )
    actions.accept(play.duty_of(school.office, "all"), by=school.head.actor)

    org.appoint(school.stranger, school.root, "office", by=BY, day=day(11, 1))
    org.affiliate(school.stranger, school.branch, by=BY, day=day(11, 22), category="staff")
    actions.tick()
    play.hand_in(school.stranger, school.stranger, "all")
    assert waits(school.stranger, "all") == (school.root, "office")
    actions.accept(play.duty_of(school.stranger, "all"), by=school.office.actor)
    play.settle()


def test_a_vacant_units_reviews_fall_to_the_next_above(school):
    org.move_members([school.far], school.branch4, by=BY, day=day(11, 1))
    play.run(play.member_task("all", **EACH))
    play.hand_in(school.far, school.far)
    assert waits(school.far) == (school.general2, "")
    actions.accept(play.duty_of(school.far), by=school.dean2.actor)


def test_a_reviewer_who_leaves_hands_the_waiting_papers_up_on_the_next_tick(school):
    play.run(play.member_task("all", **EACH))
    play.hand_in(school.member, school.member)
    org.end_post(Post.objects.get(person=school.secretary, unit=school.branch), by=BY, day=day(11, 22))
    with clock.playing(day(11, 23)):
        assert actions.tick().rerouted == 1
        assert waits(school.member) == (school.general, "")
        assert Submission.objects.get().waits_since == day(11, 23)
        assert actions.tick().entry is None


@pytest.mark.parametrize("then", [None, duties.follow_roster])
def test_a_paper_follows_its_duty_to_the_new_units_reviewer(school, then):
    play.run(play.member_task("all", **EACH))
    play.hand_in(school.member, school.member)
    org.move_members([school.member], school.branch2, by=BY, day=day(11, 22), then=then)
    if then is None:
        actions.tick()
    assert waits(school.member) == (school.branch2, "")


def test_two_tiers_are_gone_through_one_after_the_other(school):
    play.run(play.unit_task("units", review=("parent", "office")))
    play.hand_in(school.branch, school.secretary)
    actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    duty = play.duty_of(school.branch)
    assert duty.state == State.SUBMITTED
    assert waits(school.branch) == (school.root, "office")
    with pytest.raises(Refused):
        actions.accept(duty, by=school.dean.actor)
    actions.accept(duty, by=school.office.actor)
    assert play.duty_of(school.branch).state == State.ACCEPTED
    assert list(Review.objects.values_list("tier", "by")) == [(0, school.dean.pk), (1, school.office.pk)]


def test_two_tiers_that_lead_to_one_desk_are_one(school):
    play.run(play.unit_task("units", review=("parent", "office")))
    play.hand_in(school.direct, school.staff)
    assert waits(school.direct) == (school.root, "office")
    actions.accept(play.duty_of(school.direct), by=school.office.actor)
    assert play.duty_of(school.direct).state == State.ACCEPTED


def test_a_return_needs_reasons_and_gives_days_the_later_of_both_dates(school):
    play.run(play.unit_task("late", play.slot(due=day(11, 22))), play.unit_task("early"))
    for code in ("late", "early"):
        play.hand_in(school.branch, school.secretary, code)
        with pytest.raises(Invalid):
            actions.give_back(play.duty_of(school.branch, code), " ", by=school.dean.actor)
        actions.give_back(play.duty_of(school.branch, code), "缺负责人", by=school.dean.actor)
    late, early = play.duty_of(school.branch, "late"), play.duty_of(school.branch, "early")
    assert (late.state, late.due_on, early.due_on) == (State.RETURNED, day(11, 25), day(11, 30))
    review = Review.objects.get(submission__duty=late)
    assert (review.reasons, review.old_due_on, review.new_due_on) == ("缺负责人", day(11, 22), day(11, 25))
    assert play.counts(school.branch)["not_due"] == 2
    play.settle()


def test_returned_at_midnight_the_author_has_the_days_and_is_not_late_in_them(school):
    with clock.playing(day(11, 1)):
        play.run(play.unit_task("units", play.slot(due=day(11, 22))))
    play.hand_in(school.branch, school.secretary)
    with clock.playing(day(11, 25)):
        actions.give_back(play.duty_of(school.branch), "改", by=school.dean.actor)
        assert play.duty_of(school.branch).due_on == day(11, 28)
        assert play.counts(school.branch)["overdue"] == 0
    with clock.playing(day(11, 28)):
        play.hand_in(school.branch, school.secretary)
        assert not Submission.objects.order_by("-pk").first().late
    with clock.playing(day(11, 29)):
        assert play.counts(school.branch)["overdue"] == 0


def test_the_third_return_alerts_the_level_above_the_reviewer(school):
    play.run(play.unit_task("units"))
    for n in (1, 2, 3):
        play.hand_in(school.branch, school.secretary)
        review = actions.give_back(play.duty_of(school.branch), "再改", by=school.dean.actor)
        assert review.alerts_at == (school.root if n == 3 else None)
    assert Review.objects.filter(alerts_at=school.root).count() == 1


def test_the_level_above_reads_what_came_back_three_times_until_it_is_done_and_no_member_by_name(school):
    play.run(play.unit_task("units"), play.member_task("mine", review=("parent",), review_mode="each"))
    for _n in range(3):
        play.hand_in(school.branch, school.secretary)
        actions.give_back(play.duty_of(school.branch), "再改", by=school.dean.actor)
        play.hand_in(school.member, school.member)
        actions.give_back(play.duty_of(school.member), "再改", by=school.secretary.actor)

    def told(person, page="reviews"):
        text = client(person).get(reverse(page)).content.decode()
        return "退了三次还没有办成" in text, text

    (there, text), (above, names) = told(school.office), told(school.dean)
    assert there
    assert above
    assert reverse("duty", args=[play.duty_of(school.branch).pk]) in text
    assert "1 件；名字只有本单位负责人看得到" in names
    assert school.member.name not in names
    assert "下级有 1 件退了三次" in told(school.office, "desk")[1]
    assert not told(school.dean2)[0]
    play.hand_in(school.branch, school.secretary)
    assert told(school.office)[0]
    actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    assert not told(school.office)[0]
    assert not told(school.office, "desk")[0]


def test_a_disagreement_goes_one_level_above_who_returned_and_keeps_the_paper(school):
    play.run(play.unit_task("units", review=("parent", "office")))
    play.hand_in(school.branch, school.secretary)
    actions.give_back(play.duty_of(school.branch), "改", by=school.dean.actor)
    with pytest.raises(Invalid):
        actions.object_to_return(play.duty_of(school.branch), " ", by=school.secretary.actor)
    with pytest.raises(Refused):
        actions.object_to_return(play.duty_of(school.branch), "不改", by=school.dean.actor)
    paper = actions.object_to_return(play.duty_of(school.branch), "内容齐全", by=school.secretary.actor)
    assert (paper.done, paper.objection, paper.number) == ("读了一章", "内容齐全", 2)
    assert waits(school.branch) == (school.root, "")
    with pytest.raises(Refused):
        actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    actions.accept(play.duty_of(school.branch), by=school.office.actor)
    assert play.duty_of(school.branch).state == State.ACCEPTED
    play.settle()


def test_a_disagreement_may_come_with_a_changed_paper(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    with pytest.raises(Refused):
        play.hand_in(school.branch, school.secretary, objection="早了")
    actions.give_back(play.duty_of(school.branch), "改", by=school.dean.actor)
    play.hand_in(school.branch, school.secretary, objection="只改了一处", done="新的")
    assert waits(school.branch) == (school.root, "")


def test_without_review_a_person_may_return_within_the_days_and_then_no_more(school):
    play.run(play.member_task("all", return_days=7))
    play.hand_in(school.member, school.member)
    play.hand_in(school.neighbour, school.neighbour)
    with clock.playing(day(11, 29)):
        for who in (school.member, school.secretary2):
            with pytest.raises(Refused):
                actions.give_back(play.duty_of(school.member), "改", by=who.actor)
        actions.give_back(play.duty_of(school.member), "改", by=school.secretary.actor)
        duty = play.duty_of(school.member)
        assert (duty.state, duty.due_on) == (State.RETURNED, day(12, 2))
        assert play.counts(school.branch)["accepted"] == 0
        play.hand_in(school.member, school.member)
        assert play.duty_of(school.member).state == State.SUBMITTED, (
            "what a person returned a person looks at again"
        )
        actions.accept(play.duty_of(school.member), by=school.secretary.actor)
        with pytest.raises(Refused, match="不再退回"):
            actions.give_back(play.duty_of(school.member), "又改", by=school.secretary.actor)
    with clock.playing(day(11, 30)), pytest.raises(Refused, match="满 7 天"):
        actions.give_back(play.duty_of(school.neighbour), "改", by=school.secretary2.actor)
    play.settle()


def test_a_draw_that_can_be_foreseen_is_for_stories_alone(school):
    with clock.playing(None), pytest.raises(RuntimeError):
        actions.start(Campaign(), by=school.office.actor, draw=lambda _task: 7)


def test_what_each_review_accepted_is_final(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    with pytest.raises(Refused):
        actions.give_back(play.duty_of(school.branch), "改", by=school.dean.actor)


def test_a_sample_is_drawn_by_a_seed_that_the_journal_keeps(school):
    from fractions import Fraction

    play.run(play.member_task("all", review=("parent",), review_mode="sample", share=Fraction(1, 3)))
    task = Task.objects.get()
    assert Entry.objects.get(verb="campaign.started").digests[f"seed_{task.code}"] == task.about["seed"]
    drawn = [duty for duty in Duty.objects.all() if papers.drawn(task, duty.pk)]
    for duty in Duty.objects.select_related("member"):
        actions.hand_in(duty, by=duty.member.actor, nothing=True)
    assert set(Duty.objects.filter(state=State.SUBMITTED)) == set(drawn)
    big = replace(play.member_task("x"), share=None)
    assert big.share is None
    task.about["seed"] = 7
    share = sum(papers.drawn(task, pk) for pk in range(3000)) / 3000
    assert 0.30 < share < 0.37


def test_a_page_of_papers_is_judged_in_one_entry_with_its_count_and_digest(school):
    play.run(play.unit_task("one"), play.unit_task("two"), play.unit_task("three"))
    for code in ("one", "two", "three"):
        play.hand_in(school.branch, school.secretary, code)
    play.hand_in(school.branch2, school.secretary2, "one")
    play.hand_in(school.branch3, school.dean2, "one")
    pks = {(p.duty.slot.task.code, p.duty.subject_unit_id): p.pk for p in Submission.objects.all()}
    mine = [pks["one", school.branch.pk], pks["two", school.branch.pk], pks["one", school.branch2.pk]]
    foreign = pks["one", school.branch3.pk]
    before = Entry.objects.count()
    outcome = actions.judge(
        by=school.dean.actor, accept=[*mine, foreign, 10**9], give_back={pks["three", school.branch.pk]: "缺"}
    )
    assert sorted(outcome.accepted) == sorted(mine)
    assert set(outcome.left) == {foreign, 10**9}
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.order_by("-id").first()
    assert (entry.digests["accepted"], entry.digests["returned"]) == (3, 1)
    assert play.duty_of(school.branch, "three").state == State.RETURNED
    with pytest.raises(Conflict):
        actions.judge(by=school.dean.actor, accept=mine)
    with pytest.raises(Invalid):
        actions.judge(by=school.dean.actor, give_back={foreign: ""})
    play.settle()


def test_two_reviewers_at_once_the_second_is_told_somebody_was_faster(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    actions.accept(play.duty_of(school.branch), by=school.dean.actor)
    with pytest.raises(Conflict):
        actions.accept(play.duty_of(school.branch), by=school.office.actor)
    assert Review.objects.count() == 1


def test_the_machine_judges_nobodys_paper(school):
    play.run(play.unit_task("units"))
    play.hand_in(school.branch, school.secretary)
    with pytest.raises(Refused, match="由人"):
        actions.accept(play.duty_of(school.branch), by=BY)
