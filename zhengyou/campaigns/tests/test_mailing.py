"""The weekly e-mail: only with consent, only to who is here, once a week, sent once, three tries, never in a blackout."""

import smtplib
from dataclasses import replace
from datetime import date, timedelta

import pytest

from zhengyou.campaigns import actions, digest, quiet
from zhengyou.campaigns.actions import mailing
from zhengyou.campaigns.models import Campaign, Mail
from zhengyou.campaigns.tests import play
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org.actions import consents
from zhengyou.org.models import User
from zhengyou.org.tests import builder
from zhengyou.packs.organisation import CalendarPart

MONDAY = date(2010, 11, 22)
S = Mail.State


@pytest.fixture
def readers(school):
    """A running campaign; the member and the secretary have consented and have addresses."""
    play.run(
        play.member_task("theme", play.slot(due=date(2010, 11, 26)), review=("parent",), review_mode="each"),
        play.unit_task("report", play.slot(due=date(2010, 11, 25))),
    )
    for person in (school.member, school.secretary):
        org.set_contact(person, email=f"{person.number}@example.org", phone="", by=person.actor)
        consents.give(person, "mail", by=person.actor)
    return school


def letter(person):
    return Mail.objects.get(person=person)


def test_a_letter_says_what_is_due_what_came_back_and_what_waits(readers):
    play.hand_in(readers.member2, readers.member2, "theme")
    play.hand_in(readers.member, readers.member, "theme")
    actions.give_back(play.duty_of(readers.member, "theme"), "缺日期", by=readers.secretary.actor)
    assert mailing.compose(MONDAY) == 2
    mine, heads = letter(readers.member), letter(readers.secretary)
    assert "退回来要改的：\n· theme" in mine.body
    assert "七天以内到期的：" in heads.body
    assert "report" in heads.body
    assert "等您审核的有 1 份" in heads.body
    assert "张伟" not in heads.body  # nobody else's name


def test_who_has_not_consented_or_has_no_address_gets_none(readers):
    consents.give(readers.member2, "mail", by=readers.member2.actor)
    org.set_contact(readers.far, email="far@example.org", phone="", by=builder.BY)
    mailing.compose(MONDAY)
    assert set(Mail.objects.values_list("person", flat=True)) == {readers.member.pk, readers.secretary.pk}


def test_a_week_has_one_letter_however_often_it_ticks(readers):
    for _time in range(3):
        mailing.compose(MONDAY)
    assert Mail.objects.count() == 2
    with clock.playing(MONDAY + timedelta(days=7)):
        mailing.compose(MONDAY + timedelta(days=7))
    assert Mail.objects.count() == 4


def test_nothing_to_do_is_no_letter_and_is_not_asked_again(readers, django_assert_max_num_queries):
    play.hand_in(readers.member, readers.member, "theme")
    assert mailing.compose(MONDAY) == 1
    assert (letter(readers.member).state, letter(readers.member).body) == (S.DROPPED, "")
    with django_assert_max_num_queries(4):
        assert mailing.compose(MONDAY) == 0


@pytest.mark.parametrize("day", [MONDAY + timedelta(days=n) for n in range(1, 7)])
def test_only_the_first_working_day_of_a_week_writes(readers, day):
    assert mailing.compose(day) == 0
    assert not Mail.objects.exists()


def test_a_holiday_on_monday_moves_it_to_tuesday():
    calendar = CalendarPart(holidays=("2010-11-22",))
    assert not quiet.opens_week(calendar, MONDAY)
    assert quiet.opens_week(calendar, MONDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("start", "end", "day", "dark"),
    [
        ("2010-11-20", "2010-11-25", MONDAY, True),
        ("11-20", "11-25", MONDAY, True),
        ("exams", "2010-11-25", MONDAY, True),
        ("12-20", "01-10", date(2011, 1, 3), True),
        ("2010-11-23", "2010-11-25", MONDAY, False),
        (None, "2010-11-25", MONDAY, False),
    ],
)
def test_blackouts_are_kept(start, end, day, dark):
    calendar = CalendarPart(
        days={"exams": {"on": "2010-11-21"}}, blackouts={"b": {"from": start, "to": end, "duties": "owed"}}
    )
    assert quiet.blacked_out(calendar, day) == dark


def test_nothing_is_written_or_sent_in_a_blackout(db):
    dark = CalendarPart(blackouts={"b": {"from": "2010-11-20", "to": "2010-11-25", "duties": "owed"}})
    school = builder.build(replace(builder.PART, calendar=dark))
    play.run(play.member_task("theme"))
    org.set_contact(school.member, email="a@example.org", phone="", by=builder.BY)
    consents.give(school.member, "mail", by=school.member.actor)
    assert mailing.compose(MONDAY) == 0
    Mail.objects.create(person=school.member, week=MONDAY, subject="s", body="b", entry_id=1)
    assert mailing.send(MONDAY) == 0


def test_a_closed_campaign_writes_nothing(readers):
    Campaign.objects.update(state=Campaign.State.CLOSED)
    assert mailing.compose(MONDAY) == 0
    assert not Mail.objects.exists()


def test_who_left_gets_nothing_neither_written_nor_sent(readers):
    mailing.compose(MONDAY)
    org.leave([readers.member], how="left", by=builder.BY)
    sent = []
    mailing.send(MONDAY, sent.append)
    assert [mail.person for mail in sent] == [readers.secretary]
    assert (letter(readers.member).state, letter(readers.member).body) == (S.DROPPED, "")
    with clock.playing(MONDAY + timedelta(days=7)):
        mailing.compose(MONDAY + timedelta(days=7))
        assert not Mail.objects.filter(person=readers.member, week=MONDAY + timedelta(days=7)).exists()


def test_a_consent_withdrawn_between_writing_and_sending_stops_it(readers):
    mailing.compose(MONDAY)
    consents.withdraw(readers.member, "mail", by=readers.member.actor)
    sent = []
    mailing.send(MONDAY, sent.append)
    assert readers.member not in [mail.person for mail in sent]


def test_a_letter_leaves_once_and_arrives_at_the_persons_address(readers, mailoutbox):
    mailing.compose(MONDAY)
    assert mailing.send(MONDAY) == 2
    assert mailing.send(MONDAY) == 0
    assert sorted(mail.to[0] for mail in mailoutbox) == ["2008010001@example.org", "2008010003@example.org"]
    assert set(Mail.objects.values_list("state", flat=True)) == {S.SENT}


def test_two_ticks_at_once_do_not_send_twice(readers):
    """The second one runs while the first is delivering."""
    mailing.compose(MONDAY)
    sent = []

    def deliver(mail):
        sent.append(mail.pk)
        if len(sent) == 1:
            mailing.send(MONDAY, lambda other: sent.append(other.pk))

    mailing.send(MONDAY, deliver)
    assert sorted(sent) == sorted(set(sent))
    assert len(sent) == 2


def test_a_failing_server_is_tried_three_times(readers):
    def broken(_mail):
        raise smtplib.SMTPServerDisconnected("no")

    mailing.compose(MONDAY)
    for state in (S.WAITING, S.WAITING, S.FAILED, S.FAILED):
        mailing.send(MONDAY, broken)
        assert letter(readers.member).state == state
    assert (letter(readers.member).tries, letter(readers.member).why) == (3, "SMTPServerDisconnected")


def test_without_a_mail_server_letters_stay_in_the_outbox(readers, settings, mailoutbox):
    settings.MAILING = False
    mailing.weekly(MONDAY)
    assert mailoutbox == []
    assert letter(readers.member).state == S.WAITING


def test_an_idle_tick_writes_nothing(readers, django_assert_num_queries):
    with django_assert_num_queries(1):
        mailing.send(MONDAY)


def test_last_weeks_letter_is_not_sent_late(readers):
    mailing.compose(MONDAY)
    sent = []
    with clock.playing(MONDAY + timedelta(days=8)):
        mailing.send(MONDAY + timedelta(days=8), sent.append)
    assert sent == []


def test_a_letter_is_in_the_readers_language(readers):
    user = builder.user(readers.member)
    User.objects.filter(pk=user.pk).update(language="en")
    mailing.compose(MONDAY)
    assert "due within seven days" in letter(readers.member).body.lower()
    assert "到期" not in letter(readers.member).body


def test_a_page_of_letters_costs_the_same_for_any_number(readers, django_assert_max_num_queries):
    people = []
    for n in range(30):
        person = org.add_person(
            f"人{n}", number=f"x{n}", unit=readers.branch, email=f"x{n}@e.org", by=builder.BY
        )
        consents.give(person, "mail", by=person.actor)
        people.append(person)
    with django_assert_max_num_queries(20):
        mailing.compose(MONDAY)
    assert Mail.objects.count() == 32


def test_work_of_one_person_is_read_by_two_queries(readers, django_assert_num_queries):
    with django_assert_num_queries(3):  # and the organisation's part
        digest.work([readers.member.pk, readers.secretary.pk], MONDAY)
