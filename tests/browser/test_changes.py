"""A merger in the browser: decided, previewed with its consequences, done, and found again; both sizes, both languages."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import running
from tests.browser.test_pages import CAST, become

WORDS = {
    "zh": {"look": "看看会有什么后果", "confirm": "确认办理", "done": "已办", "closed": "撤销", "first": "前身"},
    "en": {"look": "See the consequences", "confirm": "Confirm and carry out", "done": "Done", "closed": "Closed",
           "first": "Predecessor"},
}  # fmt: skip


def go_on(page, words):
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=re.compile(words)).first.click()


@pytest.mark.parametrize(
    ("width", "language"), [(1366, "zh"), pytest.param(390, "en", marks=pytest.mark.deep)]
)
def test_a_merger_is_previewed_and_done(fresh, chromium, visitor, width, language):
    words = WORDS[language]
    with running("demo", room=fresh) as (address, _log):
        office = visitor(address, width, language)
        become(office, CAST.index("office"))
        page = office.page
        # a unit that has neighbours: the first one below the first unit below the root
        office.go("/units/")
        page.locator("main th.lv2 a, main th a.t").nth(1).click()
        page.wait_for_load_state()
        page.locator("main .zy-t a.t").first.click()
        page.wait_for_load_state()
        unit = re.search(r"/units/\w{12}/", page.url).group(0)
        before = page.locator("h1").inner_text()
        page.locator(f"a[href='{unit}merge/']").click()
        page.wait_for_load_state()
        office.check()
        page.locator("[name=others]").first.check()
        page.fill("[name=document_no]", "校党〔2010〕18号")
        go_on(page, words["look"])
        assert page.locator("#c-moves, #c-units").count() >= 1
        office.check()
        if page.locator("[name=work-all]").count():
            page.select_option("[name=work-all]", "close")
            page.locator("button[value=again]").click()
            page.wait_for_load_state()
            office.check()
        go_on(page, words["confirm"])
        assert re.search(r"/changes/\w{12}/", page.url)
        assert words["done"] in page.locator("h1").inner_text()
        office.check()
        office.go(f"{unit}changes/")
        assert words["first"] in page.locator("main").inner_text()
        assert before in page.locator(".zy-h1").inner_text()
        office.check()
        page.locator("main .zy-list a.t").first.click()
        page.wait_for_load_state()
        assert words["closed"].lower() in page.locator(".zy-h1").inner_text().lower()
        office.check()
        office.go("/changes/")
        office.check()
        with page.expect_download() as saved:
            page.locator("a[href='/changes/export/']").click()
        assert saved.value.suggested_filename.endswith(".xlsx")
