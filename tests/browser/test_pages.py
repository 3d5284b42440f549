"""Every page that the cast of the demo can reach by following links: both sizes, both languages, axe clean."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

CAST = ["office", "leader", "inspector", "inner", "leaf", "returned", "member", "dual"]
THOROUGH = {
    ("office", 1366, "zh"), ("office", 390, "en"), ("leaf", 390, "zh"), ("leaf", 1366, "en"),
    ("returned", 390, "zh"), ("inner", 1366, "zh"), ("member", 390, "en"), ("leader", 1366, "en"),
}  # fmt: skip
MOST = 26


def shape(path: str) -> str:
    """An address without its ids: one page of a sort is looked at."""
    parts = urlsplit(path).path.strip("/").split("/")
    return "/".join("*" if re.fullmatch(r"\d+|[2-9a-hjkmnp-z]{12}", part) else part for part in parts)


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
        window.check()
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
