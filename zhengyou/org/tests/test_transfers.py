"""Letters of transfer: in transit counts at the source until received; released, received, returned, expired, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, transfers, tree
from zhengyou.org.actions import transfers as acts
from zhengyou.org.asked import Asked
from zhengyou.org.models import Affiliation, Person, Post, Transfer, on
from zhengyou.org.tests import builder

TODAY = date(2010, 11, 22)
BY = builder.BY
State = Transfer.State


def later(days: int):
    return clock.playing(TODAY + timedelta(days=days))


def home(person, day):
    found = Affiliation.objects.filter(on(day), person=person, role="R").first()
    return found.unit if found else None


def on_the_way(school, **more) -> Transfer:
    made = acts.ask(school.member, by=school.member.actor, target=school.branch3, reason="换专业")
    acts.release(made, by=school.secretary.actor, letter_no="介 1 号", **more)
    made.refresh_from_db()
    return made


def test_a_member_asks_the_source_releases_the_target_receives(school):
    made = acts.ask(school.member, by=school.member.actor, target=school.branch3)
    assert (made.state, made.source) == (State.REQUESTED, school.branch)
    acts.release(made, by=school.secretary.actor, letter_no="介 1 号")
    made.refresh_from_db()
    assert (made.state, made.valid_until) == (State.IN_TRANSIT, TODAY + timedelta(days=10))
    with later(5):
        counts = tree.headcounts([school.branch.pk, school.branch3.pk], clock.today())
        assert counts == {school.branch.pk: 4, school.branch3.pk: 2}
        acts.receive(made, by=school.dean2.actor, day=TODAY + timedelta(days=3))
        made.refresh_from_db()
        assert (made.state, made.ended_on) == (State.RECEIVED, TODAY + timedelta(days=3))
        assert home(school.member, TODAY + timedelta(days=2)) == school.branch
        assert home(school.member, TODAY + timedelta(days=3)) == school.branch3
    verbs = list(Entry.objects.order_by("-id").values_list("verb", flat=True)[:3])
    assert verbs == ["org.transfer_received", "org.transfer_released", "org.transfer_asked"]
    assert tree.faults() == []


def test_for_how_many_days_a_letter_is_valid_stands_in_the_organisations_part(db):
    rule = replace(builder.PART.members, letter_days=20, letter_days_longest=40)
    school = builder.build(replace(builder.PART, members=rule))
    made = acts.ask(school.member, by=school.member.actor, target=school.branch3)
    with pytest.raises(Invalid, match="最长 40 天"):
        acts.release(
            made, by=school.secretary.actor, letter_no="介 1 号", valid_until=TODAY + timedelta(days=41)
        )
    acts.release(made, by=school.secretary.actor, letter_no="介 1 号")
    made.refresh_from_db()
    assert made.valid_until == TODAY + timedelta(days=20)


def test_to_outside_they_leave_when_the_return_slip_is_entered_and_posts_end(school):
    made = acts.ask(school.secretary, by=school.office.actor, outside="外地大学")
    acts.release(made, by=school.office.actor, letter_no="介 2 号")
    made.refresh_from_db()
    assert made.valid_until == TODAY + timedelta(days=30)
    assert home(school.secretary, TODAY) == school.branch
    with pytest.raises(Refused, match="由办公室登记"):
        acts.receive(made, by=school.dean.actor)
    acts.receive(made, by=school.office.actor)
    row = Affiliation.objects.get(person=school.secretary, dropped=None)
    assert (row.ended, row.valid_to) == ("out", TODAY)
    assert not Post.objects.filter(on(TODAY), person=school.secretary).exists()


def test_from_outside_they_are_members_from_the_day_of_receipt(school):
    made = acts.enter(
        school.branch3, by=school.dean2.actor, name="新 同学", number="2010990001", outside="外地大学", letter_no="外 1 号",
        day=date(2010, 11, 20),
    )  # fmt: skip
    assert home(made.person, TODAY) is None
    acts.receive(made, by=school.office.actor, category="student", status="full")
    row = Affiliation.objects.get(person=made.person, dropped=None)
    assert (row.unit, row.begun, row.category, row.valid_from) == (school.branch3, "in", "student", TODAY)
    with pytest.raises(Invalid, match="已经是这里的成员"):
        acts.enter(school.branch, by=BY, name="新 同学", number="2010990001", outside="x", letter_no="1")
    with pytest.raises(Invalid, match="另一个人"):
        acts.enter(school.branch, by=BY, name="别人", number="2010990001", outside="x", letter_no="1")


def test_one_under_way_at_a_time_and_not_to_where_they_are(school):
    with pytest.raises(Invalid, match="已经在这个单位"):
        acts.ask(school.member, by=BY, target=school.branch)
    with pytest.raises(Invalid, match="二选一"):
        acts.ask(school.member, by=BY)
    on_the_way(school)
    with pytest.raises(Refused, match="已经有一件转接"):
        acts.ask(school.member, by=BY, outside="外地大学")
    with pytest.raises(Refused, match="不是成员"):
        acts.ask(school.stranger, by=BY, outside="外地大学")


def test_letters_run_out_are_marked_by_tick_and_stay_at_the_source(school):
    made = on_the_way(school)
    with later(10):
        assert not transfers.overdue(made, clock.today())
        assert acts.expire() == 0
    with later(11):
        assert transfers.overdue(made, clock.today())
        with pytest.raises(Invalid, match="过期"):
            acts.receive(made, by=school.dean2.actor)
        assert acts.expire() == 1
        before = Entry.objects.count()
        assert acts.expire() == 0
        assert Entry.objects.count() == before
        made.refresh_from_db()
        assert made.state == State.EXPIRED
        assert home(school.member, clock.today()) == school.branch
        # the slip came in time and was entered late
        acts.receive(made, by=school.dean2.actor, day=TODAY + timedelta(days=9))
        assert home(school.member, TODAY + timedelta(days=9)) == school.branch3


def test_returned_with_a_reason_or_withdrawn_before_the_release(school):
    made = on_the_way(school)
    with pytest.raises(Invalid, match="理由"):
        acts.send_back(made, by=school.dean2.actor, reason=" ")
    with pytest.raises(Refused, match="介绍信已经开了"):
        acts.withdraw(made, by=school.member.actor)
    acts.send_back(made, by=school.dean2.actor, reason="名字写错")
    made.refresh_from_db()
    assert (made.state, made.reason) == (State.RETURNED, "名字写错")
    assert home(school.member, TODAY) == school.branch
    again = acts.ask(school.member, by=school.member.actor, target=school.branch3)
    with pytest.raises(Refused):
        acts.withdraw(again, by=school.dean2.actor)
    acts.withdraw(again, by=school.member.actor)
    with pytest.raises(Conflict):
        acts.release(again, by=school.secretary.actor, letter_no="1")


def test_who_may_release_and_receive(school):
    made = acts.ask(school.member, by=school.member.actor, target=school.branch3)
    for who in (school.dean2, school.secretary2, school.leader, school.member):
        with pytest.raises(Refused):
            acts.release(made, by=who.actor, letter_no="1")
    acts.release(made, by=school.dean.actor, letter_no="1")
    made.refresh_from_db()
    for who in (school.secretary, school.dean, school.leader, school.member):
        with pytest.raises(Refused):
            acts.receive(made, by=who.actor)
    own = acts.ask(school.secretary, by=school.secretary.actor, target=school.branch3)
    with pytest.raises(Refused, match="由别人开"):
        acts.release(own, by=school.secretary.actor, letter_no="2")
    other = acts.ask(school.far, by=school.far.actor, target=school.branch)
    with pytest.raises(Refused):
        acts.ask(school.neighbour, by=school.secretary.actor, target=school.branch)
    assert other.source == school.branch3


def test_dates_that_cannot_be(school):
    made = acts.ask(school.member, by=BY, target=school.branch3)
    for given in (
        {"day": TODAY + timedelta(days=1)},
        {"valid_until": TODAY - timedelta(days=1)},
        {"valid_until": TODAY + timedelta(days=200)},
        {"letter_no": " "},
    ):
        with pytest.raises(Invalid):
            acts.release(made, by=BY, **{"letter_no": "1", **given})
    acts.release(made, by=BY, letter_no="1", day=date(2010, 11, 15))
    made.refresh_from_db()
    with pytest.raises(Invalid, match="才开"):
        acts.receive(made, by=BY, day=date(2010, 11, 14))


def test_who_moved_or_left_meanwhile_is_not_received_and_the_rest_goes_on_after_a_merger(school):
    made = on_the_way(school)
    actions.move_members([school.member], school.branch2, by=BY)
    with pytest.raises(Conflict, match="不在原单位"):
        acts.receive(made, by=BY)
    actions.leave([school.member], how="out", by=BY)
    with later(1):
        assert acts.expire() == 1
    made.refresh_from_db()
    assert made.state == State.WITHDRAWN
    second = acts.ask(school.member2, by=BY, target=school.branch3)
    acts.release(second, by=BY, letter_no="2")
    merged = (school.branch.public_id, school.branch2.public_id)
    actions.decide(Asked("merge", TODAY, "并 1 号", units=merged, into=school.branch2.public_id), by=BY)
    second.refresh_from_db()
    acts.receive(second, by=BY)
    assert home(school.member2, TODAY) == school.branch3
    assert tree.faults() == []


def test_through_the_pages_for_both_sides_and_the_member(school):
    member, source, target = (builder.client(p) for p in (school.member, school.secretary, school.dean2))
    ask = reverse("person_transfer", args=[school.member.public_id])
    assert "汉语言2009级" in member.get(ask, {"q": "汉语言"}).content.decode()
    assert member.post(ask, {"unit": "", "outside": ""}).status_code == 422
    member.post(f"{ask}?q=汉语言", {"unit": school.branch3.public_id, "reason": "换专业"})
    made = Transfer.objects.get()
    page, lists = reverse("transfer", args=[made.public_id]), reverse("transfers")
    assert "等开介绍信" in member.get(page).content.decode()
    assert "由别人开" not in source.get(page).content.decode()
    release = reverse("transfer_release", args=[made.public_id])
    assert member.get(release).status_code == 403
    assert source.post(release, {"letter_no": "", "day": "2010-11-22"}).status_code == 422
    source.post(release, {"letter_no": "介 9 号", "day": "2010-11-22", "valid_until": "2010-11-30"})
    assert "张伟" in target.get(lists).content.decode()
    with later(9):
        late = target.get(lists, {"show": "overdue"}).content.decode()
        assert "过了有效期" in late
    receive = reverse("transfer_receive", args=[made.public_id])
    assert source.get(receive).status_code == 403
    target.post(receive, {"day": "2010-11-22"})
    assert home(school.member, TODAY) == school.branch3
    assert "张伟" in target.get(lists, {"show": "ended"}).content.decode()
    assert "在路上，仍算" not in target.get(lists).content.decode()
    assert builder.client(school.neighbour).get(page).status_code == 404
    assert builder.client(school.secretary2).get(page).status_code == 404
    assert builder.client(school.leader).get(lists).status_code == 403
    office = builder.client(school.office)
    enter = reverse("unit_transfer_in", args=[school.branch2.public_id])
    office.post(
        enter, {"name": "来者", "number": "2010990002", "outside": "外地大学", "letter_no": "外 2 号"}
    )
    new = Person.objects.get(number="2010990002")
    office.post(
        reverse("transfer_receive", args=[new.transfers.get().public_id]),
        {"day": "2010-11-22", "category": "student", "status": "full"},
    )
    assert home(new, TODAY) == school.branch2
    assert "转接" in office.get(reverse("person", args=[school.far.public_id])).content.decode()


def test_the_own_page_leads_to_asking_and_to_what_is_under_way(school):
    browser = builder.client(school.member)
    assert (
        reverse("person_transfer", args=[school.member.public_id])
        in browser.get(reverse("me")).content.decode()
    )
    made = acts.ask(school.member, by=school.member.actor, target=school.branch3)
    page = browser.get(reverse("me")).content.decode()
    assert reverse("transfer", args=[made.public_id]) in page
    assert reverse("person_transfer", args=[school.member.public_id]) not in page


def test_my_information_says_from_where_to_where_the_letter_goes(school):
    acts.ask(school.member, by=school.member.actor, outside="外地大学")
    page = builder.client(school.member).get(reverse("me")).content.decode()
    source = tree.names([school.branch.pk], TODAY)[school.branch.pk]
    assert f"从「{source}」到「外地大学」" in page
