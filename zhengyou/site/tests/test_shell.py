"""The shell: for whom which places, both languages, nothing inline, the security headers on every answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from zhengyou.org.models import Organisation
from zhengyou.site import navigation, shell
from zhengyou.site.middleware import CSP

SITE = Path(__file__).resolve().parents[1]
ENGLISH = {"accept-language": "en-GB,en;q=0.8"}


def text(answer) -> str:
    return answer.content.decode()


def chinese(page: str) -> str:
    """Chinese characters outside the language switch and the organisation's own name."""
    page = re.sub(r"<button[^>]*>中文</button>|示范单位|沈若谷|周砚青|林知夏|第一分部", "", page)
    return "".join(re.findall(r"[\u4e00-\u9fff]+", page))


def test_without_a_session_every_page_leads_to_the_sign_in_page(people):
    answer = Client().get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/"


def test_the_sign_in_page_speaks_the_browsers_language_first(people):
    assert "花名册上的编号" in text(Client(headers={"accept-language": "zh-CN"}).get("/sign-in/"))
    english = text(Client(headers=ENGLISH).get("/sign-in/"))
    assert "Sign in" in english
    assert chinese(english) == ""


@pytest.mark.parametrize("address", ["/account/devices/", "/account/password/", "/sign-out/"])
def test_the_accounts_pages_have_no_chinese_word_in_english(people, sign_in, address):
    answer = sign_in(people.member, headers=ENGLISH).get(address)
    assert answer.status_code == 200
    assert chinese(text(answer)) == ""


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


@pytest.mark.parametrize(
    "address",
    ["/", "/sign-in/", "/nowhere/", "/static/site/base.css", "/static/nothing.css", "/brand-1f4f99.css"],
)
def test_the_headers_stand_on_every_answer(people, address):
    answer = Client().get(address)
    answer.close()
    assert answer["Content-Security-Policy"] == CSP
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in CSP
    assert "*" not in CSP
    assert "http" not in CSP
    assert CSP.startswith("default-src 'none'")


def test_pages_of_a_signed_in_person_are_not_kept_by_anybody(people, sign_in):
    assert "no-store" in sign_in(people.member).get("/account/devices/")["Cache-Control"]


def test_no_page_holds_an_inline_script_style_or_handler(people, sign_in):
    for address in ("/account/devices/", "/account/password/", "/nowhere/", "/sign-out/"):
        page = text(sign_in(people.office).get(address))
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page), address


def test_own_scripts_neither_evaluate_text_nor_write_styles():
    for path in (SITE / "static" / "site").glob("*.js"):
        code = path.read_text("utf8")
        assert not re.search(r"\beval\(|new Function|\.style\b|insertAdjacentHTML|document\.write", code), (
            path.name
        )


def keys(person, sign_in):
    page = text(sign_in(person).get("/account/devices/"))
    urls = {place.key: navigation.address(place.route) for place in navigation.PLACES}
    side = page[page.index("zy-side") :] if "zy-side" in page else ""
    side = side[: side.index("</nav>")] if side else ""
    return {key for key, url in urls.items() if url and f'href="{url}"' in side}


def test_everybody_sees_the_places_that_the_own_posts_open_and_no_other(people, sign_in):
    office, secretary, member = (keys(p, sign_in) for p in (people.office, people.secretary, people.member))
    assert {"desk", "board", "reviews", "duties", "campaigns", "units", "vacancies"} <= office
    assert {"desk", "board", "reviews", "units", "campaigns", "asked"} <= secretary
    assert not secretary & {"duties", "roster", "vacancies"}
    assert member == {"desk", "campaigns", "asked", "plans", "commitments", "wall"}


def test_whoever_has_tabs_reaches_every_other_place_from_the_menu_of_the_account(people, sign_in):
    def menu(person):
        page = text(sign_in(person).get("/account/devices/"))
        page = page[page.index('class="zy-menu me"') :]
        return set(re.findall(r'href="(/[^"]+)"', page[: page.index("</nav>")]))

    assert {"/campaigns/", "/questions/"} <= menu(people.member)
    assert {"/campaigns/", "/questions/", "/board/", "/units/"} <= menu(people.secretary)
    assert not menu(people.office) & {"/campaigns/", "/board/"}


def test_members_and_secretaries_have_tabs_and_the_office_has_the_menu(people, sign_in):
    member = text(sign_in(people.member).get("/account/devices/"))
    assert 'class="zy-tabs"' in member
    assert "zy-side" in member, "on a computer there are no tabs"
    assert 'class="zy-tabs"' in text(sign_in(people.secretary).get("/account/devices/"))
    office = text(sign_in(people.office).get("/account/devices/"))
    assert 'class="zy-tabs"' not in office
    assert '<details class="zy-menu">' in office


def test_nothing_is_linked_before_its_room_exists():
    assert navigation.address("there_is_no_such_door") == ""


def test_a_page_costs_few_queries_beside_its_own(people, sign_in, django_assert_max_num_queries):
    browser = sign_in(people.member)
    browser.get("/account/alive/")
    with django_assert_max_num_queries(4):
        assert browser.get("/account/alive/").status_code == 204


def test_the_brand_colour_is_a_setting_and_stays_readable(people):
    Organisation.objects.update(brand="#ffd24d")
    page = text(Client().get("/sign-in/"))
    assert "/brand-ffd24d.css" in page
    css = text(Client().get("/brand-ffd24d.css"))
    shown = re.search(r"--zy-brand:#([0-9a-f]{6})", css)[1]
    light = shell._luminance(tuple(int(shown[i : i + 2], 16) / 255 for i in (0, 2, 4)))
    assert 1.05 / (light + 0.05) >= 4.5


def test_static_addresses_carry_the_files_hash(people):
    assert re.search(r"/static/site/base\.css\?v=[0-9a-f]{8}", text(Client().get("/sign-in/")))
