"""Sign-in slips: one use, 14 days, the new one cancels the old, nothing to be guessed, nobody gets a superior's account."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from zhengyou.journal.models import Entry
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import accounts, actions
from zhengyou.org.actions.accounts import TooManyTriesError
from zhengyou.org.models import Person, Slip, User
from zhengyou.org.tests import builder

PASSWORD = "会唱歌的蓝色书包真沉"
BY = builder.BY


def slip(person, by=BY):
    (made,) = actions.make_slips([person], by=by)
    return made.code


def redeem(number, code, password=PASSWORD, address="10.0.0.1"):
    return actions.redeem(number, code, password, address=address)


def test_a_slip_makes_the_account_on_first_use_and_signs_in(school):
    code = slip(school.member)
    assert not User.objects.filter(person=school.member).exists()
    browser = builder.client()
    answer = browser.post(
        reverse("slip"), {"number": "2008010003", "code": code.upper(), "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert browser.get(reverse("me")).status_code == 200
    assert User.objects.get(person=school.member).check_password(PASSWORD)


def test_the_qr_code_fills_in_the_code(school):
    page = builder.client().get(reverse("slip"), {"c": "abcd2345wxyz"}).content.decode()
    assert 'value="abcd2345wxyz"' in page


def test_a_slip_works_once(school):
    code = slip(school.member)
    redeem("2008010003", code)
    with pytest.raises(Invalid):
        redeem("2008010003", code)


def test_a_slip_ends_after_fourteen_days(school):
    code = slip(school.member)
    Slip.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Invalid):
        redeem("2008010003", code)
    assert not User.objects.exists()


def test_a_slip_holds_fourteen_days(school):
    slip(school.member)
    left = Slip.objects.get().expires_at - timezone.now()
    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)


def test_a_new_slip_cancels_the_old(school):
    old, new = slip(school.member), slip(school.member)
    with pytest.raises(Invalid):
        redeem("2008010003", old)
    redeem("2008010003", new)


def test_a_slip_works_for_nobody_else(school):
    code = slip(school.member)
    with pytest.raises(Invalid):
        redeem("2008010005", code)


def test_every_wrong_pair_gets_the_same_sentence(school):
    used, cancelled = slip(school.member), slip(school.neighbour)
    slip(school.neighbour)
    redeem("2008010003", used)
    said = set()
    for number, code in (("2008010003", used), ("2008010005", cancelled), ("999", used), ("", "")):
        with pytest.raises(Invalid) as caught:
            redeem(number, code)
        said.add(str(caught.value))
    assert len(said) == 1


def test_guessing_is_stopped_for_one_address_and_never_locks_others_out(school):
    code = slip(school.member)
    for _try in range(10):
        with pytest.raises(Invalid):
            redeem("2008010003", "aaaabbbbcccc", address="6.6.6.6")
    with pytest.raises(TooManyTriesError):
        redeem("2008010003", code, address="6.6.6.6")
    assert redeem("2008010003", code, address="10.0.0.1").number == "2008010003"


def test_guessing_many_numbers_is_stopped_too(school):
    for i in range(60):
        with pytest.raises(Invalid):
            redeem(str(i), "aaaabbbbcccc", address="6.6.6.6")
    with pytest.raises(TooManyTriesError):
        redeem("60", "aaaabbbbcccc", address="6.6.6.6")


def test_the_page_answers_429_when_stopped(school):
    browser = builder.client()
    body = {"number": "2008010003", "code": "aaaabbbbcccc", "password": PASSWORD}
    answers = [browser.post(reverse("slip"), body).status_code for _try in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_weak_password_keeps_the_code_and_costs_no_try(school):
    code = slip(school.member)
    for weak in ("kurz", "2008010003", "1234567890", "aaaaaaaaaaaa", "2008010003x"):
        with pytest.raises(Invalid) as caught:
            redeem("2008010003", code, weak)
        assert {p.field for p in caught.value.problems} == {"password"}, weak
    redeem("2008010003", code)


def test_a_new_slip_replaces_a_forgotten_password_and_ends_old_sessions(school):
    redeem("2008010003", slip(school.member))
    browser = builder.client(school.member)
    redeem("2008010003", slip(school.member), "另外一句想不到的话呀")
    assert browser.get(reverse("me")).status_code == 302


@pytest.mark.parametrize("who", ["secretary", "dean", "head", "office"])
def test_the_line_and_the_office_print_slips(school, who):
    actions.make_slips([school.member], by=school.people[who].actor)


@pytest.mark.parametrize(
    "who", ["secretary2", "dean2", "leader", "inspector", "publicity", "member", "member2"]
)
def test_nobody_else_prints_slips(school, who):
    with pytest.raises(Refused):
        actions.make_slips([school.member], by=school.people[who].actor)
    assert not Slip.objects.exists()


def test_a_secretary_cannot_take_over_the_account_of_a_superior_in_the_own_unit(school):
    """The dean is registered in the secretary's branch, but holds a post above it."""
    with pytest.raises(Refused, match="办公室"):
        actions.make_slips([school.dean], by=school.secretary.actor)
    actions.make_slips([school.dean], by=school.office.actor)


def test_only_a_digest_of_the_code_is_kept(school):
    code = slip(school.member)
    assert code not in Slip.objects.get().digest
    assert code not in str(list(Entry.objects.values_list("digests", flat=True)))


def test_the_sheet_shows_every_slip_with_its_qr_and_no_inline_style(school):
    browser = builder.client(school.secretary)
    people = [school.member.public_id, school.member2.public_id]
    answer = browser.post(reverse("unit_slips", args=[school.branch.public_id]), {"person": people})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('class="zy-slip"') == 2
    assert page.count("<svg") >= 2
    assert not re.search(r"\sstyle=", page)
    code = re.search(r'<dd class="c">([^<]+)</dd>', page).group(1)
    number = re.search(r"<dd>(\d+)</dd>", page).group(1)
    assert redeem(number, code).number == number


def test_a_secretary_cannot_slip_a_stranger_into_the_sheet(school):
    browser = builder.client(school.secretary)
    body = {"person": [school.neighbour.public_id]}
    answer = browser.post(reverse("unit_slips", args=[school.branch.public_id]), body)
    assert answer.status_code == 422
    assert not Slip.objects.exists()


def test_a_slip_is_seen_by_the_person_with_its_maker(school):
    slip(school.member, by=school.secretary.actor)
    page = builder.client(school.member).get(reverse("me"), {"part": "rights"}).content.decode()
    assert "买合木提·吐尔逊" in page
    assert "打印登录条" in page


def test_a_person_without_a_number_gets_no_slip(school):
    with pytest.raises(Invalid):
        actions.make_slips([school.stranger], by=BY)


def test_a_cancelled_slip_is_dead(school):
    code = slip(school.member)
    assert actions.cancel_slips(school.member, by=school.member.actor) == 1
    with pytest.raises(Invalid):
        redeem("2008010003", code)


def test_the_command_line_invites_into_the_office(school):
    made = accounts.invite("新来的", "3000001", by=BY)
    redeem("3000001", made.code)
    person = Person.objects.get(number="3000001")
    assert (
        builder.client(person).get(reverse("unit_appoint", args=[school.root.public_id])).status_code == 200
    )


def test_an_invitation_never_goes_to_somebody_of_another_name(school):
    with pytest.raises(Invalid):
        accounts.invite("王五", "2008010003", by=BY)


def test_who_has_left_is_signed_out_and_cannot_sign_in(school):
    redeem("2008010003", slip(school.member))
    browser = builder.client(school.member)
    actions.leave([school.member], how="left", by=BY)
    assert browser.get(reverse("me")).status_code == 302
    assert not User.objects.get(person=school.member).is_active
    with pytest.raises(Refused):
        actions.make_slips([school.member], by=school.secretary.actor)


def test_a_used_slip_cannot_be_used_by_two_at_once(school, monkeypatch):
    """The second of two browsers finds the code spent between its look and its step."""
    code = slip(school.member)
    real = actions.accounts.passwords.problems

    def meanwhile(*args, **named):
        Slip.objects.update(used_at=timezone.now())
        return real(*args, **named)

    monkeypatch.setattr(actions.accounts.passwords, "problems", meanwhile)
    with pytest.raises(Conflict):
        redeem("2008010003", code)
    assert not User.objects.exists()
