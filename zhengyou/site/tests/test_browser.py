"""In a real browser: drafts save themselves, an ended session loses nothing, and the same works without scripts."""

from __future__ import annotations

import os
import shutil

import pytest
from django.contrib.sessions.models import Session

from zhengyou.journal.models import Entry
from zhengyou.site.tests.conftest import PASSWORD

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("zhengyou.site.tests.doors"),
    pytest.mark.filterwarnings("default"),
]
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is in the group `full`")
if not os.path.exists(CHROMIUM):
    pytest.skip("no Chromium on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def chromium():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def people_everywhere(transactional_db, people):
    """The live server has a connection of its own and must see them."""
    return people


@pytest.fixture
def page(chromium, live_server, people_everywhere, request):
    """The member's browser on the form, signed in by password; any complaint of the browser fails the test."""
    context = chromium.new_context(locale="zh-CN", java_script_enabled=getattr(request, "param", True))
    page = context.new_page()
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(f"{live_server.url}/sign-in/?next=/write/")
    page.fill("[name=login]", "300001")
    page.fill("[name=password]", PASSWORD)
    page.click(".zy-signin button[type=submit]")
    page.wait_for_url("**/write/")
    yield page
    context.close()
    # What the network answers is the tests' own doing; what scripts and the policy say is not.
    assert [c for c in complaints if "Failed to load resource" not in c] == []


def write(page, text):
    page.fill("#text", text)


def saved(page):
    page.locator("[data-saved]", has_text="14:32").wait_for()


def sign_in_again(page):
    page.wait_for_selector("#zy-signin[open]")
    assert page.input_value("#zy-signin [name=login]") == "300001"
    page.fill("#zy-signin [name=password]", PASSWORD)
    page.click("#zy-signin button[type=submit]")
    page.wait_for_selector("#zy-signin:not([open])", state="hidden")


def test_a_draft_saves_itself_and_says_so(page):
    write(page, "给两个班加了三次晚间答疑")
    saved(page)
    assert page.input_value("[name=version]") == "1"


def test_two_places_give_a_choice_and_overwrite_nothing(page):
    write(page, "两处")
    page.wait_for_selector("[data-saved] a[href='/both/']")
    assert page.input_value("#text") == "两处"


def test_an_ended_session_asks_again_and_the_draft_is_saved_afterwards(page):
    Session.objects.all().delete()
    write(page, "正写到一半")
    sign_in_again(page)
    saved(page)
    assert page.input_value("#text") == "正写到一半"


def test_a_wrong_password_keeps_the_dialog_and_the_text(page):
    Session.objects.all().delete()
    write(page, "正写到一半")
    page.wait_for_selector("#zy-signin[open]")
    page.fill("#zy-signin [name=password]", "不对")
    page.click("#zy-signin button[type=submit]")
    page.locator("#zy-signin [data-why]", has_text="密码不对").wait_for()
    assert page.input_value("#text") == "正写到一半"


def test_handing_in_after_the_session_ended_hands_in_after_signing_in_again(page):
    write(page, "写完了")
    saved(page)
    Session.objects.all().delete()
    page.click("text=交上去")
    sign_in_again(page)
    page.wait_for_url("**/done/*/")
    assert Entry.objects.filter(verb="test.acted").count() == 1


def test_without_a_connection_nothing_is_lost(page):
    write(page, "写完了")
    saved(page)
    page.context.set_offline(True)
    page.click("text=交上去")
    page.wait_for_selector("#zy-alert .zy-note")
    assert page.input_value("#text") == "写完了"
    page.context.set_offline(False)
    page.click("text=交上去")
    page.wait_for_url("**/done/*/")


def test_a_double_click_hands_in_once(page):
    write(page, "写完了")
    page.dblclick("text=交上去")
    page.locator("text=done").wait_for()
    assert Entry.objects.filter(verb="test.acted").count() == 1


@pytest.mark.parametrize("page", [False], indirect=True)
def test_without_scripts_the_form_is_handed_in_all_the_same(page):
    write(page, "没有脚本也能交")
    page.click("text=交上去")
    page.wait_for_url("**/done/*/")
    assert Entry.objects.filter(verb="test.acted").count() == 1


@pytest.mark.parametrize("page", [False], indirect=True)
def test_without_scripts_an_ended_session_shows_what_was_written(page):
    Session.objects.all().delete()
    write(page, "没有脚本也不会丢掉的一段话")
    page.click("text=交上去")
    assert page.input_value("textarea[readonly]") == "没有脚本也不会丢掉的一段话"
