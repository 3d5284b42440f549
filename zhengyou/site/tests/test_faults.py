"""Every way in which something cannot be done has its page, in both languages, saying what to do."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from zhengyou.site import faults
from zhengyou.site.tests.test_shell import chinese, text

pytestmark = pytest.mark.urls("zhengyou.site.tests.doors")
LANGUAGES = {"zh-CN": "zh-Hans", "en": "en"}


@pytest.fixture
def browser(people, sign_in):
    return sign_in(people.member, raise_request_exception=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nowhere/", 404),
        ("/act/", 405),
        ("/fault/refused/", 403),
        ("/fault/invalid/", 422),
        ("/fault/conflict/", 409),
        ("/fault/locked/", 503),
        ("/fault/full/", 503),
        ("/fault/disk/", 503),
        ("/fault/gone/", 503),
        ("/fault/bug/", 500),
    ],
)
def test_each_fault_has_its_page(browser, address, status, language):
    answer = browser.get(address, headers={"accept-language": language})
    page = text(answer)
    assert answer.status_code == status
    assert f'<html lang="{LANGUAGES[language]}">' in page
    assert str(faults.WORDS[status][1]) in page or language == "en"
    if language == "en" and status not in (403, 409, 422):
        assert chinese(page) == ""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("refused", "自己交的不能自己审：由邓怀山审核。"),
        ("invalid", "「做了什么」没有写。写一两句。"),
        ("conflict", "周砚青刚刚审过这一份。"),
        ("full", "磁盘满了"),
        ("locked", "没有排上"),
    ],
)
def test_the_page_and_the_fragment_give_the_reason(browser, kind, words):
    assert words in text(browser.get(f"/fault/{kind}/"))
    fragment = browser.get(f"/fault/{kind}/", headers={"HX-Request": "true"})
    assert words in text(fragment)
    assert "<html" not in text(fragment)
    assert fragment["HX-Retarget"] == "#zy-alert"


def test_a_bug_says_nothing_of_its_values_to_anybody(browser):
    assert "13800000000" not in text(browser.get("/fault/bug/"))


def test_the_log_keeps_kind_and_place_of_a_failure_but_no_value():
    from zhengyou.site.log import Line

    secret = "1380000" + "0000"
    try:
        raise RuntimeError(secret)
    except RuntimeError as fault:
        shown = Line().formatException((type(fault), fault, fault.__traceback__))
    assert "RuntimeError" in shown
    assert "test_faults.py" in shown
    assert secret not in shown


def test_too_large_a_body_is_refused_before_it_is_read(browser):
    answer = browser.post("/act/", {"text": "x"}, CONTENT_LENGTH=str(settings.LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert "文件太大" in text(answer)


def test_too_large_a_form_is_413(browser, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert browser.post("/act/", {"text": "长" * 1000}).status_code == 413


def test_an_expired_form_shows_what_was_written(people, sign_in):
    browser = sign_in(people.member, enforce_csrf_checks=True)
    answer = browser.post("/act/", {"text": "给两个班加了三次晚间答疑"})
    assert answer.status_code == 403
    assert "放得太久" in text(answer)
    assert "给两个班加了三次晚间答疑" in text(answer)


def test_a_form_without_a_session_is_not_swallowed(people):
    answer = Client().post("/act/", {"text": "给两个班加了三次晚间答疑", "password": "不该出现的密码内容"})
    assert answer.status_code == 401
    assert "给两个班加了三次晚间答疑" in text(answer)
    assert "不该出现的密码内容" not in text(answer)


def test_a_fragment_without_a_session_gets_401_and_no_page(people):
    answer = Client().get("/account/devices/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert not re.search(r"<html|<form", text(answer))


def test_a_405_names_what_is_allowed(browser):
    assert browser.get("/act/")["Allow"] == "POST"


def test_a_foreign_host_name_is_400_without_the_shell(people):
    answer = Client(headers={"host": "elsewhere.example"}).get("/")
    assert answer.status_code == 400
    assert "这个请求读不懂" in text(answer)
    assert "示范单位" not in text(answer)
