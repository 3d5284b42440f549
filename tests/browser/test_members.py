"""Members and posts in the browser: a class graduated, a post handed over, a letter released, an import undone."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import running
from tests.browser.test_pages import CAST, become
from zhengyou.org.roster.tests.books import book, people

WORDS = {
    "zh": {
        "look": "先看会怎样", "confirm": "确认", "graduated": "办好了", "over": "移交给", "ask": "提出转接",
        "release": "开出介绍信", "transit": "在路上", "upload": "上传并核对", "imported": "导入完成", "undo": "撤销这次导入",
        "undone": "撤销了这次导入",
    },
    "en": {
        "look": "See what would happen", "confirm": "Confirm", "graduated": "Done for", "over": "Handed over",
        "ask": "Ask for a transfer", "release": "Release the letter", "transit": "In transit", "upload": "Upload and check",
        "imported": "Import complete", "undo": "Undo this import", "undone": "Import undone",
    },
}  # fmt: skip


def press(page, words) -> None:
    with page.expect_navigation(wait_until="load"):
        page.locator("main").get_by_role("button", name=re.compile(words)).first.click()


def a_unit_with_members(office) -> str:
    """The address of a unit that has both members and somebody responsible."""
    page = office.page
    office.go("/units/")
    queue, seen = (
        page.eval_on_selector_all("main a[href^='/units/']", "all => all.map(a => a.getAttribute('href'))"),
        set(),
    )
    while queue:
        path = queue.pop(0)
        if path in seen or not re.fullmatch(r"/units/\w{12}/", path):
            continue
        seen.add(path)
        office.go(path)
        if page.locator("a[href$='/hand-over/']").count() and page.locator("a[href$='/members/']").count():
            return path
        queue += page.eval_on_selector_all(
            "main a[href^='/units/']", "all => all.map(a => a.getAttribute('href'))"
        )
    raise AssertionError("no unit with members and a post")


@pytest.mark.parametrize(
    ("width", "language"), [pytest.param(1366, "zh", marks=pytest.mark.deep), (390, "en")]
)
def test_a_class_is_graduated_and_a_post_handed_over(fresh, chromium, visitor, width, language):
    words = WORDS[language]
    with running("demo", room=fresh) as (address, _log):
        office = visitor(address, width, language)
        become(office, CAST.index("office"))
        page = office.page
        unit = a_unit_with_members(office)
        office.check()

        # a letter for one of them, released
        person = page.locator("main a[href^='/people/']").last.get_attribute("href")
        office.go(f"{person}transfer/")
        page.fill("[name=outside]", "外地大学")
        press(page, words["ask"])
        office.check()
        transfer = re.search(r"/transfers/\w{12}/", page.url).group(0)
        office.go(f"{transfer}release/")
        office.check()
        page.fill("[name=letter_no]", "介 1 号")
        press(page, words["release"])
        assert words["transit"] in page.locator("main").inner_text()
        office.check()
        office.go("/transfers/")
        office.check()

        # the post, handed over to a member
        office.go(unit)
        page.locator("a[href$='/hand-over/']").first.click()
        page.wait_for_load_state()
        office.check()
        page.locator("[name=person]").first.check()
        page.fill("[name=document_no]", "任 1 号")
        press(page, words["look"])
        office.check()
        press(page, words["confirm"])
        assert words["over"] in page.locator("body").inner_text()
        office.check()
        page.locator("a[href$='/delegate/']").first.click()
        page.wait_for_load_state()
        office.check()
        office.go("/terms/")
        office.check()

        # the class, graduated
        office.go(f"{unit}members/")
        page.locator(f"a[href^='{unit}members/class/']").click()
        page.wait_for_load_state()
        office.check()
        page.locator("[name=how][value=graduate]").check()
        press(page, words["look"])
        office.check()
        press(page, words["confirm"])
        assert words["graduated"] in page.locator("body").inner_text()
        office.check()


@pytest.mark.parametrize(
    ("width", "language"), [(1366, "zh"), pytest.param(390, "en", marks=pytest.mark.deep)]
)
def test_an_import_is_undone(fresh, tmp_path, chromium, visitor, width, language):
    words = WORDS[language]
    with running("demo", room=fresh) as (address, _log):
        office = visitor(address, width, language)
        become(office, CAST.index("office"))
        page = office.page
        office.go("/units/")
        name = page.locator("main .zy-t a.t").last.inner_text()
        office.go("/roster/")
        page.set_input_files("[name=file]", book(tmp_path, people(3, unit=name.strip(), first=9901001)))
        page.locator("[name=scope][value=units]").check()
        press(page, words["upload"])
        page.wait_for_url(re.compile(r"/roster/\w{12}/"))
        assert not page.locator("#ask").count(), "three new people of a known unit raise no question"
        with page.expect_navigation(wait_until="load"):
            page.locator("form[action$='/confirm/'] button").click()
        assert words["imported"] in page.locator("h1").inner_text()
        office.check()
        page.locator("a[href$='/undo/']").click()
        page.wait_for_load_state()
        office.check()
        press(page, words["undo"])
        assert words["undone"] in page.locator("body").inner_text()
        office.check()
