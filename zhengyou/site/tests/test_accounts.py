"""Signing in, staying signed in, being locked out, and the demo's one-click doors."""

from __future__ import annotations

import json
import time

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import NoReverseMatch, reverse

from zhengyou.org import passwords
from zhengyou.org.actions import accounts as slips
from zhengyou.org.models import User
from zhengyou.site import accounts, data
from zhengyou.site.tests.conftest import PASSWORD
from zhengyou.site.tests.test_shell import text


def enter(browser, number="100001", password=PASSWORD, **more):
    return browser.post("/sign-in/", {"login": number, "password": password, **more})


def test_number_and_password_open_the_door(people):
    browser = Client()
    answer = enter(browser, remember="on")
    assert answer.status_code == 302
    assert browser.get("/account/alive/").status_code == 204


def test_there_is_no_sign_up_and_no_door_that_is_not_used():
    for name in ("account_signup", "account_reset_password", "account_email", "account_inactive"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_an_unknown_number_is_answered_like_a_wrong_password(people):
    known, unknown = enter(Client(), password="不对的密码不对的密码"), enter(Client(), number="777777")
    assert known.status_code == unknown.status_code == 422

    def bare(answer, number):
        return text(answer).replace(number, "N").split("<form")[2].split("csrfmiddlewaretoken")[0]

    assert "编号或密码不对" in text(known)
    assert bare(known, "100001") == bare(unknown, "777777")


def test_a_closed_account_is_answered_like_a_wrong_password(people):
    User.objects.filter(number="100001").update(is_active=False)
    assert "编号或密码不对" in text(enter(Client()))


def guess(browser, times, number="100001"):
    return [enter(browser, number=number, password=f"猜一个密码看看{n}").status_code for n in range(times)]


def test_the_sixth_guess_is_not_even_tried(people):
    browser = Client(REMOTE_ADDR="203.0.113.9")
    assert guess(browser, 7) == [422] * 4 + [429] * 3
    locked = enter(browser)
    assert locked.status_code == 429
    assert "请过 30 分钟再试" in text(locked)


def test_spaces_and_case_do_not_open_a_second_count(people):
    browser = Client(REMOTE_ADDR="203.0.113.9")
    User.objects.filter(number="100001").update(number="A00001")
    guess(browser, 3, "A00001")
    guess(browser, 2, " a00001 ")
    assert enter(browser, number="A00001").status_code == 429


def test_whoever_guesses_elsewhere_does_not_lock_the_office_out(people):
    guess(Client(REMOTE_ADDR="203.0.113.9"), 8)
    assert enter(Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_nor_from_the_same_address_on_a_device_that_the_office_has_used(people):
    own = Client(REMOTE_ADDR="203.0.113.9")
    assert enter(own).status_code == 302
    own.post("/sign-out/")
    guess(Client(REMOTE_ADDR="203.0.113.9"), 8)
    assert enter(own).status_code == 302


def test_ones_own_known_device_gives_no_free_guesses_at_others(people):
    mine = Client(REMOTE_ADDR="203.0.113.9")
    assert enter(mine, number="300001").status_code == 302
    mine.post("/sign-out/")
    guess(Client(REMOTE_ADDR="203.0.113.9"), 8)
    assert enter(mine).status_code == 429


def test_after_half_an_hour_it_may_be_tried_again(people):
    browser = Client(REMOTE_ADDR="203.0.113.9")
    guess(browser, 6)
    with time_machine.travel(time.time() + 31 * 60, tick=True):
        assert enter(browser).status_code == 302


def alive_after(browser, seconds) -> bool:
    with time_machine.travel(time.time() + seconds, tick=True):
        return browser.get("/account/alive/", headers={"HX-Request": "true"}).status_code == 204


MINUTE, HOUR, DAY = 60, 3600, 86400


def test_the_office_is_signed_out_after_half_an_hour_of_nothing(people):
    for seconds, alive in ((29 * MINUTE, True), (31 * MINUTE, False)):
        browser = Client()
        enter(browser, remember="on")
        browser.get("/account/alive/")
        assert alive_after(browser, seconds) is alive


def test_the_office_is_signed_out_after_twelve_hours_of_work(people):
    browser = Client()
    enter(browser, remember="on")
    browser.get("/account/alive/")
    begun = time.time()
    for n in range(1, 48):
        with time_machine.travel(begun + n * 15 * MINUTE, tick=True):
            assert browser.get("/account/alive/").status_code == 204, n
    with time_machine.travel(begun + 12 * HOUR + MINUTE, tick=True):
        assert browser.get("/account/alive/", headers={"HX-Request": "true"}).status_code == 401


def test_a_member_stays_signed_in_on_the_own_phone_for_thirty_days(people):
    browser = Client()
    enter(browser, number="300001", remember="on")
    browser.get("/account/alive/")
    assert alive_after(browser, 29 * DAY)
    assert not alive_after(browser, 60 * DAY)


def test_without_the_tick_the_session_ends_with_the_browser(people):
    browser = Client()
    enter(browser, number="300001")
    assert browser.session.get_expire_at_browser_close()


def test_a_clock_set_back_keeps_no_session_alive(people):
    browser = Client()
    enter(browser, remember="on")
    browser.get("/account/alive/")
    with time_machine.travel(time.time() - 2 * HOUR, tick=True):
        assert browser.get("/account/alive/", headers={"HX-Request": "true"}).status_code == 401


def test_being_appointed_makes_a_running_session_strict(people):
    from zhengyou.org.actions import posts

    browser = Client()
    enter(browser, number="300001", remember="on")
    browser.get("/account/alive/")
    posts.appoint(people.member, people.root, "office", by=people.by)
    assert not alive_after(browser, HOUR)


def test_last_seen_is_written_at_most_every_ten_minutes(people, django_assert_num_queries):
    browser = Client()
    enter(browser, number="300001", remember="on")
    browser.get("/account/alive/")
    seen = User.objects.get(number="300001").seen_at
    browser.get("/account/alive/")
    assert User.objects.get(number="300001").seen_at == seen
    with time_machine.travel(time.time() + 11 * MINUTE, tick=True):
        browser.get("/account/alive/")
    assert User.objects.get(number="300001").seen_at > seen


def test_ones_devices_are_listed_and_the_others_can_be_signed_out(people):
    here, there = (
        Client(headers={"user-agent": "Firefox Windows"}),
        Client(headers={"user-agent": "iPhone Safari"}),
    )
    for browser in (here, there):
        enter(browser, number="300001", remember="on")
        browser.get("/account/alive/")
    page = text(here.get("/account/devices/"))
    assert "Firefox · Windows" in page
    assert "Safari · iPhone" in page
    here.post("/account/devices/")
    assert here.get("/account/alive/").status_code == 204
    assert there.get("/account/alive/", headers={"HX-Request": "true"}).status_code == 401


def test_a_session_from_any_door_stands_in_the_list(people, sign_in):
    sign_in(people.member).get("/account/alive/")
    assert UserSession.objects.filter(user__person=people.member).count() == 1


def test_a_new_password_signs_the_other_devices_out(people):
    here, there = Client(), Client()
    for browser in (here, there):
        enter(browser, number="300001", remember="on")
    new = "另一句想不到的好话语啊"
    answer = here.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert here.get("/account/alive/").status_code == 204
    assert there.get("/account/alive/", headers={"HX-Request": "true"}).status_code == 401


def test_a_wrong_old_password_is_refused_like_every_form(people):
    browser = Client()
    enter(browser, number="300001")
    new = "另一句想不到的好话语啊"
    answer = browser.post(
        "/account/password/", {"oldpassword": "不是这一句", "password1": new, "password2": new}
    )
    assert answer.status_code == 422
    assert 'class="zy-errs"' in text(answer)
    assert User.objects.get(person=people.member).check_password(PASSWORD)


WEAK = ["短", "1234567890", "300001300001", "aaaaaaaaaaaa", "林知夏林知夏林知夏林知夏", "好" * 201]


@pytest.mark.parametrize("weak", WEAK)
def test_a_weak_password_is_refused_in_the_same_words_at_every_door(people, weak):
    (said,) = passwords.problems(weak, number="300001", name="林知夏")
    browser = Client()
    enter(browser, number="300001")
    twice = {"password1": weak, "password2": weak}
    changed = browser.post("/account/password/", {"oldpassword": PASSWORD, **twice})
    user = User.objects.get(person=people.member)
    user.set_unusable_password()
    user.save()
    browser.force_login(user, backend="zhengyou.site.accounts.Backend")
    first = browser.post("/account/password/first/", twice)
    (slip,) = slips.make_slips([people.member], by=people.by)
    redeemed = Client().post("/slip/", {"number": "300001", "code": slip.code, "password": weak})
    for answer in (changed, first, redeemed):
        assert answer.status_code == 422
        assert str(said.text) in text(answer)
    assert not User.objects.get(person=people.member).has_usable_password()


def test_the_set_up_page_refuses_a_weak_password_in_the_same_words(db):
    (said,) = passwords.problems("100001-1", number="100001", name="何兰")
    body = {
        "organisation": "某单位",
        "name": "何兰",
        "number": "100001",
        "password": "100001-1",
        "pack": "hospital-quality",
    }
    answer = Client().post(reverse("setup", args=[slips.make_setup_link()]), body)
    assert answer.status_code == 422
    assert str(said.text) in text(answer)
    assert not User.objects.exists()


@pytest.fixture
def demo(settings, tmp_path):
    cast = [{"number": "300001", "name": "林知夏"}, {"number": "100001", "name": "沈若谷"}]
    settings.DATA = tmp_path
    (tmp_path / "demo.json").write_text(json.dumps({"today": "2010-11-22", "cast": cast}), encoding="utf-8")
    return cast


def test_the_demo_offers_its_cast_and_one_click_enters(people, demo):
    browser = Client()
    assert "演示：点一个身份直接进入" in text(browser.get("/sign-in/"))
    assert browser.post("/demo/", {"number": "300001"}).status_code == 302
    assert "林知夏" in text(browser.get("/account/devices/"))


def test_the_demo_changes_from_one_identity_to_the_next(people, demo):
    browser = Client()
    browser.post("/demo/", {"number": "300001"})
    browser.post("/demo/", {"number": "100001"})
    assert "沈若谷" in text(browser.get("/account/devices/"))


def test_nobody_outside_the_cast_can_be_entered(people, demo):
    assert Client().post("/demo/", {"number": "200001"}).status_code == 404


def test_outside_a_demo_there_is_no_such_door(people):
    assert data.cast(data.throwaway()) == []
    assert Client().get("/demo/").status_code == 404
    assert Client().post("/demo/", {"number": "300001"}).status_code == 404
    assert "演示" not in text(Client().get("/sign-in/"))


def test_behind_a_proxy_the_address_is_the_one_the_proxy_added(rf, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.9")
    assert accounts.client_address(request) == "10.0.0.1"
    settings.HTTPS = True
    assert accounts.client_address(request) == "203.0.113.9"
