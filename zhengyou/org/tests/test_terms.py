"""Terms and their list, acting for somebody until a day, handing a post over: dated, decided, ending by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from zhengyou.journal.actions import record
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, terms, tree
from zhengyou.org.actions.classes import Chosen, Deed, do_class
from zhengyou.org.actions.terms import at_hand, delegate, fingerprint, hand_over
from zhengyou.org.models import Post, on
from zhengyou.org.rules import Authority
from zhengyou.org.tests import builder

TODAY = date(2010, 11, 22)
BY = builder.BY
UNTIL = date(2010, 12, 10)


@pytest.fixture
def threeyears(db):
    """The school whose branches elect for three years."""
    kinds = tuple(replace(k, term_years=3) if k.code == "branch" else k for k in builder.PART.unit_kinds)
    return builder.build(replace(builder.PART, unit_kinds=kinds))


def post_of(person, unit) -> Post:
    return Post.objects.get(on(TODAY), person=person, unit=unit)


def may(person, power, unit, day) -> bool:
    return Authority.of(person, day).may(power, unit.pk)


def test_a_term_ends_when_the_part_says_or_as_decided_or_never(threeyears):
    school = threeyears
    assert post_of(school.secretary, school.branch).term_last == date(2013, 6, 30)
    assert post_of(school.dean, school.general).term_ends is None
    made = actions.appoint(
        school.member, school.branch, "organiser", by=BY, document_no="任 1 号", term_ends=date(2011, 1, 1)
    )
    assert (made.term_last, made.document_no) == (date(2010, 12, 31), "任 1 号")
    assert (
        actions.appoint(school.member2, school.branch, "organiser", by=BY, term_ends=None).term_ends is None
    )
    with pytest.raises(Invalid, match="任期"):
        actions.appoint(school.far, school.branch3, "organiser", by=BY, term_ends=TODAY)
    assert terms.default_end("branch", date(2008, 2, 29)) == date(2011, 2, 28)


def test_the_list_holds_what_ends_within_sixty_days_and_what_is_past(school):
    for person, last in (
        (school.member, TODAY - timedelta(days=5)),
        (school.member2, TODAY + timedelta(days=60)),
        (school.neighbour, TODAY + timedelta(days=61)),
    ):
        actions.appoint(
            person,
            school.branch2,
            "organiser",
            by=BY,
            day=date(2010, 8, 1),
            term_ends=last + timedelta(days=1),
        )
    with clock.playing(TODAY):
        assert [p.person for p in terms.ending(TODAY)] == [school.member, school.member2]
        assert [p.person for p in terms.ending(TODAY, [school.general2.pk])] == []
    browser = builder.client(school.office)
    page = browser.get(reverse("terms")).content.decode()
    assert "已到期" in page
    assert "阿依古丽" in page
    assert "2008010005" not in page
    book = load_workbook(BytesIO(b"".join(browser.get(reverse("terms_export")).streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[2] for row in rows[1:]] == ["张伟", "阿依古丽·买买提江"]
    unit = browser.get(reverse("unit", args=[school.branch2.public_id])).content.decode()
    assert "任期到" in unit
    assert "快到期" in unit
    for who in (school.secretary, school.leader, school.member):
        assert builder.client(who).get(reverse("terms")).status_code == 403


def test_who_acts_for_somebody_has_the_powers_until_the_day_and_never_the_responsibility(school):
    post = post_of(school.secretary, school.branch)
    made = delegate(post, school.member, by=school.office.actor, until=UNTIL)
    assert (made.first_responsible, made.valid_to, made.acting_for) == (
        False,
        UNTIL + timedelta(days=1),
        post,
    )
    assert may(school.member, "review", school.branch, UNTIL)
    assert not may(school.member, "review", school.branch, UNTIL + timedelta(days=1))
    assert not may(school.member, "review", school.branch, TODAY - timedelta(days=1))
    assert may(school.secretary, "review", school.branch, TODAY)
    assert tree.vacancies(TODAY, [school.branch.pk]) == []
    page = builder.client(school.office).get(reverse("unit", args=[school.branch.public_id])).content.decode()
    assert "代 买合木提·吐尔逊 到 2010年12月10日" in page
    me = builder.client(school.office).get(reverse("person", args=[school.member.public_id])).content.decode()
    assert "代 买合木提·吐尔逊 到" in me


def test_the_database_refuses_who_acts_without_end_or_is_responsible(school):
    post = post_of(school.secretary, school.branch)
    for wrong in ({"valid_to": FAR}, {"valid_to": UNTIL, "first_responsible": True}):
        with pytest.raises(IntegrityError), record("org.test", by=BY) as entry, transaction.atomic():
            Post.objects.create(
                person=school.member, unit=school.direct2, post="secretary", acting_for=post, valid_from=TODAY,
                entry_id=entry.id, **wrong,
            )  # fmt: skip


def test_acting_ends_with_the_post_it_is_for(school):
    def acting() -> bool:
        return Post.objects.filter(on(TODAY), person=school.far, acting_for__isnull=False).exists()

    def start(holder, unit) -> None:
        delegate(post_of(holder, unit), school.far, by=BY, until=UNTIL)
        assert acting()

    start(school.secretary, school.branch)
    actions.end_post(post_of(school.secretary, school.branch), by=BY)
    assert not acting()
    start(school.secretary2, school.branch2)
    with clock.playing(TODAY):
        actions.appoint(school.neighbour, school.branch2, "secretary", by=BY, first_responsible=True)
    assert not acting()
    start(school.staff, school.direct)
    do_class(Chosen(school.direct.public_id), Deed("left", TODAY), by=BY)
    assert not acting()
    start(school.dean, school.general)
    actions.leave([school.dean], how="out", by=BY)
    assert not acting()


def test_acting_can_be_ended_early_and_not_be_given_on(school):
    made = delegate(post_of(school.secretary, school.branch), school.member, by=BY, until=UNTIL)
    with pytest.raises(Conflict):
        delegate(made, school.member2, by=BY, until=UNTIL)
    browser = builder.client(school.office)
    assert browser.get(reverse("post_delegate", args=[made.pk])).status_code == 404
    assert browser.post(reverse("post_end", args=[made.pk]), {"day": "2010-11-22"}).status_code == 302
    assert not may(school.member, "review", school.branch, TODAY)


def test_what_a_delegation_must_not_be(school):
    post = post_of(school.secretary, school.branch)
    for until, person in (
        (TODAY - timedelta(days=1), school.member),
        (TODAY + timedelta(days=366), school.member),
        (UNTIL, school.secretary),
    ):
        with pytest.raises(Invalid):
            delegate(post, person, by=BY, until=until)
    for who in (school.secretary, school.dean, school.leader):
        with pytest.raises(Refused):
            delegate(post, school.member, by=who.actor, until=UNTIL)
    delegate(post, school.member, by=BY, until=UNTIL)
    with pytest.raises(Invalid, match="已经担任或代行"):
        delegate(post, school.member, by=BY, until=UNTIL)


def test_an_acting_person_is_not_the_last_who_can_appoint(school):
    office = post_of(school.office, school.root)
    delegate(office, school.leader, by=BY, until=UNTIL)
    with pytest.raises(Refused, match="最后一位能办任免"):
        actions.end_post(office, by=school.leader.actor)


def test_a_post_is_handed_over_on_one_day_in_one_entry(school):
    post = post_of(school.secretary, school.branch)
    hand_over(
        post, school.member, by=school.office.actor, day=date(2010, 11, 20), document_no="任 2 号",
        term_ends=date(2013, 11, 20),
    )  # fmt: skip
    first = Post.objects.filter(unit=school.branch, first_responsible=True, dropped=None)
    assert first.get(on(date(2010, 11, 19))).person == school.secretary
    now = first.get(on(date(2010, 11, 20)))
    assert (now.person, now.document_no, now.term_last) == (school.member, "任 2 号", date(2013, 11, 19))
    entry = Entry.objects.latest("id")
    assert (entry.verb, now.entry_id) == ("org.post_handed_over", entry.id)
    assert not may(school.secretary, "review", school.branch, TODAY)


def test_a_hand_over_must_be_later_to_somebody_else_and_as_shown(school):
    post = post_of(school.secretary, school.branch)
    seen = fingerprint(post, at_hand(post, None))
    with pytest.raises(Invalid, match="另一个人"):
        hand_over(post, school.secretary, by=BY)
    with pytest.raises(Invalid, match="要晚于这一天"):
        hand_over(post, school.member, by=BY, day=builder.ENTERED)
    with pytest.raises(Conflict, match="又有变动"):
        hand_over(post, school.member, by=BY, seen=seen[:-1] + "x")
    with pytest.raises(Refused):
        hand_over(post, school.member, by=school.dean.actor)
    hand_over(post, school.member, by=BY, seen=seen)
    with pytest.raises(Conflict, match="已经免去"):
        hand_over(post, school.member2, by=BY, seen=seen)


def test_the_last_who_can_appoint_hands_over_without_a_gap(school):
    hand_over(post_of(school.office, school.root), school.leader, by=school.office.actor)
    assert may(school.leader, "appoint", school.root, TODAY)
    assert not may(school.office, "appoint", school.root, TODAY)


def test_appointing_acting_and_handing_over_through_the_pages(school):
    browser, unit = builder.client(school.office), school.branch
    appoint = reverse("unit_appoint", args=[unit.public_id])
    browser.post(
        appoint,
        {"person": school.member.public_id, "post": "organiser", "day": "2010-11-22", "document_no": "任 3 号",
         "term_last": "2011-01-10"},
    )  # fmt: skip
    assert post_of(school.member, unit).term_last == date(2011, 1, 10)
    refused = browser.post(
        appoint, {"person": school.far.public_id, "post": "organiser", "term_last": "2010-01-10"}
    )
    assert refused.status_code == 422
    post = post_of(school.secretary, unit)
    acting = reverse("post_delegate", args=[post.pk])
    assert acting in browser.get(reverse("unit", args=[unit.public_id])).content.decode()
    assert browser.post(acting, {"person": school.member2.public_id, "until": ""}).status_code == 422
    assert (
        browser.post(acting, {"person": school.member2.public_id, "until": "2010-12-10"}).status_code == 302
    )
    over = reverse("post_hand_over", args=[post.pk])
    assert "一起移交的" in browser.get(over).content.decode()
    asked = {
        "person": school.member.public_id,
        "day": "2010-11-21",
        "document_no": "任 4 号",
        "term_last": "",
    }
    shown = browser.post(over, asked)
    assert "补录，晚 1 天" in shown.content.decode()
    assert browser.post(over, {**asked, "go": "confirm", "seen": "old"}).status_code == 409
    assert post_of(school.secretary, unit).pk == post.pk
    done = browser.post(over, {**asked, "go": "confirm", "seen": shown.context["seen"]}, follow=True)
    assert "移交给 张伟 了" in done.content.decode()
    assert browser.get(over).status_code == 404
    other = post_of(school.secretary2, school.branch2)
    for who in ("secretary", "dean", "leader"):
        for name in ("post_hand_over", "post_delegate"):
            answer = builder.client(getattr(school, who)).get(reverse(name, args=[other.pk]))
            assert answer.status_code in (403, 404)


def test_the_own_page_says_for_whom_and_until_when(school):
    delegate(post_of(school.secretary, school.branch), school.member, by=BY, until=UNTIL)
    actions.appoint(school.member2, school.branch, "organiser", by=BY, term_ends=date(2011, 1, 1))
    assert (
        "代 买合木提·吐尔逊 行使这个职务" in builder.client(school.member).get(reverse("me")).content.decode()
    )
    assert "任期到 2010-12-31" in builder.client(school.member2).get(reverse("me")).content.decode()
