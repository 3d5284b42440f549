"""The shell: for whom which places, both languages, no script or style inside pages, headers on every answer."""

from __future__ import annotations

import re
from pathlib import Path

from django.test import Client

SITE = Path(__file__).resolve().parents[1]


def text(answer) -> str:
    return answer.content.decode()


def test_without_a_session_every_page_leads_to_the_sign_in_page(people):
    answer = Client().get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/"


def test_the_sign_in_page_shows_in_the_browsers_language_first(people):
    assert "花名册上的编号" in text(Client(headers={"accept-language": "zh-CN"}).get("/sign-in/"))
    english = text(Client(headers={"accept-language": "en-GB,en;q=0.8"}).get("/sign-in/"))
    assert "Sign in" in english
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<button[^>]*>中文</button>|示范单位", "", english))


def test_the_switch_changes_the_language_and_stays_with_the_account(people, sign_in):
    browser = sign_in(people.member)
    answer = browser.post("/language/", {"language": "en", "next": "/account/devices/"})
    assert answer["Location"] == "/account/devices/"
    assert "Signed-in devices" in text(browser.get("/account/devices/"))
    people.member.user.refresh_from_db()
    assert people.member.user.language == "en"


def test_the_switch_never_leads_to_another_site(people):
    answer = Client().post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
