"""Every page that the cast of the demo can reach by following links: both sizes, both languages, axe clean."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.urls import get_resolver, reverse

from tests.browser.conftest import shape

CAST = ["office", "leader", "inspector", "inner", "leaf", "returned", "member", "dual"]
THOROUGH = {
    ("office", 1366, "zh"), ("office", 390, "en"), ("leaf", 390, "zh"), ("leaf", 1366, "en"),
    ("returned", 390, "zh"), ("inner", 1366, "zh"), ("member", 390, "en"), ("leader", 1366, "en"),
}  # fmt: skip
MOST = 26


def become(window, index: int) -> None:
    window.go("/sign-in/")
    window.page.locator("form:has(button[name=number]), .zy-cast form, form[action$='/demo/']").locator(
        "button"
    ).nth(index).click()
    window.page.wait_for_url(re.compile(r"/(desk|board)/|/$"))


@pytest.mark.parametrize(("who", "width", "language"), sorted(THOROUGH))
def test_every_page_that_can_be_reached_is_clean(demo, visitor, who, width, language):
    window = visitor(demo, width, language)
    become(window, CAST.index(who))
    seen, queue = set(), [urlsplit(window.page.url).path, "/me/", "/my-unit/"]
    while queue and len(seen) < MOST:
        path = queue.pop(0)
        if shape(path) in seen or re.search(
            r"/export/|\.yaml|/template/|/files/|annotated|sign-out|/board/\w+/\w+/", path
        ):
            continue
        seen.add(shape(path))
        assert window.go(path) == 200, path
        window.check(anew=True)
        links = window.page.eval_on_selector_all(
            "a[href^='/']", "all => all.map(a => a.getAttribute('href'))"
        )
        queue += [link for link in links if not link.startswith("/static/")]
    assert len(seen) >= 5


def test_the_sign_in_page_is_clean(demo, visitor):
    for width in (1366, 390):
        for language in ("zh", "en"):
            window = visitor(demo, width, language)
            window.go("/")
            window.check()


def test_from_the_total_to_the_units_missing_count_in_four_clicks(demo, visitor):
    """number -> unit -> task -> count, as the leader, who sees no names."""
    window = visitor(demo)
    become(window, CAST.index("leader"))
    window.go("/board/?phase=all")
    page = window.page
    clicks = 0
    page.locator(".zy-five a").filter(has_text=re.compile(r"^\d")).last.click()
    clicks += 1
    while "/missing/" not in page.url and clicks < 4:
        page.locator("main table a.n, main .zy-list a.t").first.click()
        clicks += 1
        page.wait_for_load_state()
    assert clicks <= 4
    window.check()


#: Addresses that no page needs to link to, and why.
UNLINKED = {
    "account_set_password": "the page for changing a password leads there where there is none yet",
    "board_export": "the topmost unit's, which the board links to under that unit's own address",
    "alive": "asked by the page's own script",
    "language": "a button",
    "demo": "a button",
    "duties_decide": "a button",
}
DOWNLOADS = r"/export/|\.yaml$|/template/|/files/|annotated"
FORMS = [
    r"/units/\w{12}/add/$", r"/units/\w{12}/rename/$", r"/units/\w{12}/appoint/$", r"/units/\w{12}/members/add/$",
    r"/units/\w{12}/slips/$", r"/posts/\d+/end/$", r"/people/\w{12}/move/$", r"/people/\w{12}/leave/$",
    r"/people/\w{12}/contact/$", r"/account/password/$", r"/account/devices/$", r"/duties/$",
    r"/units/\w{12}/(reparent|merge|split|dissolve)/$", r"/units/\w{12}/changes/$", r"/units/\w{12}/members/class/$",
    r"/units/\w{12}/transfer-in/$", r"/people/\w{12}/transfer/$", r"/posts/\d+/hand-over/$", r"/posts/\d+/delegate/$",
    r"/changes/\w{12}/$", r"/transfers/$", r"/terms/$", r"/requests/$", r"/erasure/$", r"/glass/$", r"/outbox/$",
    r"/questions/$", r"/me/ask/$", r"/campaigns/\w{12}/phases/$", r"/campaigns/\w{12}/reports/$",
    r"/campaigns/\w{12}/versions/$", r"/campaigns/\w{12}/dates/$",
]  # fmt: skip


#: Pages for leaders, inspectors and secretaries; none may be a dead end for who reads it.
READ = [
    r"/campaigns/$", r"/campaigns/\w{12}/$", r"/campaigns/\w{12}/phases/$", r"/campaigns/\w{12}/reports/$",
    r"/campaigns/\w{12}/versions/$", r"/questions/$",
]  # fmt: skip


def linked(window, *start: str) -> tuple[set[str], list[str]]:
    """Every address that the pages within reach link to, and the pages: three of a sort are opened."""
    seen, found, pages, queue = Counter(), set(), [], [urlsplit(window.page.url).path, *start]
    while queue:
        path = queue.pop(0)
        if (
            path in pages
            or seen[shape(path)] >= 3
            or re.search(DOWNLOADS + r"|/board/\w+/\w+/|sign-out", path)
        ):
            continue
        seen[shape(path)] += 1
        answer = window.context.request.get(window.address + path)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        pages.append(path)
        here = [unescape(link) for link in re.findall(r'\s(?:href|action)="(/[^"#]*)', answer.text())]
        found |= {urlsplit(link).path for link in here}
        queue += [link for link in here if not link.startswith("/static/")]
    return found, pages


def doors() -> dict[str, str]:
    """Name and address of every door of the product that takes no argument."""
    found = {}

    def walk(patterns):
        for one in patterns:
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns)
            elif one.name and not one.pattern.converters and not one.pattern.regex.groups:
                found[one.name] = reverse(one.name)

    walk(get_resolver().url_patterns)
    return found


def test_every_page_of_the_product_is_linked_from_another(demo, visitor):
    found = set()
    for who in ("office", "inspector", "leaf", "member"):
        window = visitor(demo)
        window.go("/sign-in/")
        found |= set(
            window.page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))")
        )
        become(window, CAST.index(who))
        found |= linked(window)[0]
    found = {urlsplit(link).path for link in found}
    assert len(doors()) > 15
    assert {name for name, path in doors().items() if path not in found} <= set(UNLINKED)


@pytest.mark.parametrize(
    ("width", "language"), [(1366, "zh"), pytest.param(390, "en", marks=pytest.mark.deep)]
)
def test_every_form_of_the_office_is_clean(demo, demo_room, visitor, width, language):
    window = visitor(demo, width, language)
    become(window, CAST.index("office"))
    cast = json.loads((demo_room / "demo.json").read_text("utf8"))["cast"]
    member = cast[CAST.index("member")]["number"]
    links, pages = linked(window, f"/units/?q={member}", "/account/password/")
    for form in FORMS:
        path = next((p for p in [*pages, *sorted(links)] if re.search(form, p)), None)
        assert path, f"no page links to {form}"
        assert window.go(path) == 200
        window.check()
    # the sheet of slips opens in a window of its own
    window.go(next(p for p in pages if p.startswith("/people/")))
    unit = window.page.locator(".zy-crumb a").last.get_attribute("href")
    window.go(f"{unit}slips/")
    with window.context.expect_page() as opened:
        window.page.locator("main form button.btn-primary").click()
    window.page = opened.value
    window.page.wait_for_load_state()
    window.check()


@pytest.mark.parametrize("who", ["leader", "inspector", "inner", "leaf", "member"])
def test_plan_phases_reports_and_questions_are_two_clicks_from_everybodys_desk(demo, visitor, who):
    window = visitor(demo, 390)
    become(window, CAST.index(who))
    window.page.locator(".zy-menu summary").first.click()
    window.page.locator(".zy-menu a[href='/campaigns/']").first.click()
    window.page.wait_for_load_state()
    window.check()
    links = window.page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))")
    for wanted in READ:
        path = next((link for link in links if re.search("^" + wanted, link)), None)
        assert path, f"no link to {wanted}"
        assert window.go(path) == 200
        window.check()
