"""A form is done once: a double click, a retry or a reload leads to where the first answer led."""

from __future__ import annotations

import uuid

import pytest

from zhengyou.journal.models import Entry
from zhengyou.site.tests.test_shell import text

pytestmark = pytest.mark.urls("zhengyou.site.tests.doors")


def acted() -> int:
    return Entry.objects.filter(verb="test.acted").count()


@pytest.fixture
def key():
    return str(uuid.uuid4())


def test_the_same_form_sent_twice_has_one_effect_and_one_answer(people, sign_in, key):
    browser = sign_in(people.member)
    first = browser.post("/act/", {"key": key, "text": "一"})
    second = browser.post("/act/", {"key": key, "text": "一"})
    assert acted() == 1
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]


def test_a_second_fragment_is_led_on_by_htmx(people, sign_in, key):
    browser = sign_in(people.member)
    first = browser.post("/act/", {"key": key, "text": "一"})
    second = browser.post("/act/", {"key": key, "text": "一"}, headers={"HX-Request": "true"})
    assert second.status_code == 204
    assert second["HX-Redirect"] == first["Location"]


def test_a_refused_form_keeps_its_key_for_the_next_try(people, sign_in, key):
    browser = sign_in(people.member)
    assert browser.post("/act/", {"key": key, "text": ""}).status_code == 422
    assert browser.post("/act/", {"key": key, "text": "改好了"}).status_code == 302
    assert acted() == 1


def test_two_forms_are_two_deeds(people, sign_in):
    browser = sign_in(people.member)
    for _time in range(2):
        browser.post("/act/", {"key": str(uuid.uuid4()), "text": "一"})
    assert acted() == 2


def test_somebody_elses_key_opens_nothing(people, sign_in, key):
    first = sign_in(people.member).post("/act/", {"key": key, "text": "一"})
    second = sign_in(people.secretary).post("/act/", {"key": key, "text": "二"})
    assert second.status_code == 409
    assert first["Location"] not in text(second)
    assert acted() == 1


def test_a_key_spent_at_another_door_is_a_conflict(people, sign_in, key):
    browser = sign_in(people.member)
    browser.post("/act/", {"key": key, "text": "一"})
    from zhengyou.journal.models import SpentKey

    SpentKey.objects.filter(key=key).update(path="/elsewhere/")
    assert browser.post("/act/", {"key": key, "text": "一"}).status_code == 409


def test_the_tag_gives_every_form_a_key_of_its_own(people, sign_in):
    from django.template import Context, Template
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    shown = Template("{% key %}|{% key %}").render(Context({"request": request})).split("|")
    assert 'name="csrfmiddlewaretoken"' in shown[0]
    assert shown[0] != shown[1]
