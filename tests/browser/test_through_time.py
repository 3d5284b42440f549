"""The campaign through time in the browser: a date moved, a phase and its report, an amendment looked at, a question answered."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import running
from tests.browser.test_pages import CAST, become

WORDS = {
    "zh": {"see": "看会动到哪些", "move": "改到 2011年5月31日", "day": "2011年5月31日", "close": "归档这个阶段",
           "proof": "校验码",
           "check": "检查，看会改什么", "away": "收起来，不修订", "ask": "问上级", "answer": "答复"},
    "en": {"see": "See what this moves", "move": "Move to 31 May 2011", "day": "31 May 2011", "close": "Close this phase",
           "proof": "Checksum", "check": "Check, and see", "away": "Put it away", "ask": "Ask the superior", "answer": "Answer"},
}  # fmt: skip


def press(page, words):
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=re.compile(words)).first.click()


@pytest.mark.parametrize(
    ("width", "language"), [pytest.param(1366, "zh", marks=pytest.mark.deep), (390, "en")]
)
def test_a_date_is_moved_a_phase_closed_and_a_question_answered(fresh, chromium, visitor, width, language):
    words = WORDS[language]
    with running("demo", room=fresh) as (address, _log):
        office, member = (visitor(address, width, language) for _ in range(2))
        become(office, CAST.index("office"))
        page = office.page
        office.go("/campaigns/")
        base = page.locator("main .zy-list a.t").first.get_attribute("href")

        # the first phase is closed with its list of exceptions; its report opens
        office.go(base + "phases/")
        office.check()
        page.locator("main .zy-list a.t").first.click()
        page.wait_for_load_state()
        office.check()
        press(page, words["close"])
        assert "/reports/" in page.url
        assert words["proof"] in page.inner_text("main")
        office.check()
        with page.expect_download() as saved:
            page.locator("a[href$='/export/']").first.click()
        assert saved.value.suggested_filename.endswith(".xlsx")
        office.go(base + "reports/")
        office.check()

        # a date moved: form, refused without a reason, preview, done, the old date on the plan
        office.go(base + "dates/")
        office.check()
        page.locator("a[href*='what=slot:']").first.click()
        page.wait_for_load_state()
        office.check()
        page.fill("[name=new_on]", "2011-05-31")
        press(page, words["see"])
        page.locator(".zy-errs").wait_for()
        office.check()
        page.fill("[name=reason]", "再给几天")
        press(page, words["see"])
        office.check()
        press(page, words["move"])
        office.go(base)
        assert words["day"] in page.inner_text("main")
        office.check()

        # an amendment laid beside the plan, looked at, put away
        office.go(base + "versions/")
        office.check()
        page.fill("[name=changes]", "p3.to: 2011-05-20")
        press(page, words["check"])
        assert "p3.to" in page.inner_text("main")
        office.check()
        press(page, words["away"])
        office.check()

        # a member asks about a duty; the office answers for everybody; the member reads it
        become(member, CAST.index("member"))
        member.go("/desk/")
        member.page.locator("main a[href^='/duties/']").first.click()
        member.page.wait_for_load_state()
        duty = re.search(r"/duties/\d+/", member.page.url).group(0)
        member.check()
        member.page.locator(f"a[href='{duty}ask/']").click()
        member.page.wait_for_load_state()
        member.check()
        press(member.page, words["ask"])
        member.page.locator(".zy-errs").wait_for()
        member.check()
        member.page.fill("[name=text]", "要写几条？")
        press(member.page, words["ask"])
        member.check()
        member.go("/desk/?as=me")
        assert "要写几条？" in member.page.inner_text("main")
        member.check()
        office.go("/questions/?show=all")
        office.check()
        page.locator("main .zy-list a.t").filter(has_text="要写几条？").first.click()
        page.wait_for_load_state()
        office.check()
        page.fill("[name=answer]", "三条就够。")
        page.check("[name=common]")
        page.fill("[name=for_all]", "写几条")
        press(page, words["answer"])
        office.check()
        member.go(duty)
        assert "三条就够。" in member.page.inner_text("main")
        member.check()
