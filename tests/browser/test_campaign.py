"""From an empty directory to accepted, returned and exported: an office with a roster workbook and a pack, nothing else."""

from __future__ import annotations

import re

import pytest
from python_calamine import CalamineWorkbook

from tests.browser import pack as own
from tests.browser.conftest import printed, running

PASSWORD = "青山绿水长流不息2010"
SAID = "查了三台车床的防护罩，两个松了，当场拧紧。"
CHANGED = "防护罩不再晃。"


def named(page, text):
    """The button or link whose words begin so."""
    return (
        page.get_by_role("button", name=re.compile(text))
        .or_(page.get_by_role("link", name=re.compile(text)))
        .first
    )


def go_on(page, what):
    """Click what is named (or a locator) and wait for the page it leads to."""
    with page.expect_navigation(wait_until="load"):
        (named(page, what) if isinstance(what, str) else what).click()


WORDS = {
    "zh": {
        "found": "建立组织，然后", "check": "上传并核对", "confirm": "确认导入", "take": "检查并开始准备", "save": "保存答案",
        "approve": "登记批准", "slips": "打印勾上的", "return": "按写的理由退回", "accept": "通过第",
    },
    "en": {
        "found": "Found the organisation", "check": "Upload and check", "confirm": "Confirm import",
        "take": "Check and begin",
        "save": "Save answers", "approve": "Record the approval", "slips": "Print slips",
        "return": "Return with these", "accept": "Accept",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("office_width", "member_width", "language"),
    [(1366, 390, "zh"), pytest.param(390, 1366, "en", marks=pytest.mark.deep)],
)
def test_from_nothing_to_a_figure(tmp_path, chromium, visitor, office_width, member_width, language):
    words = WORDS[language]
    pack, roster, due = own.write(tmp_path)
    with running("serve", room=tmp_path / "var") as (address, log):
        token = printed(log, r"/setup/[\w-]+/")
        office = visitor(address, office_width, language)
        page = office.page

        # found
        office.go(token)
        office.check()
        page.fill("[name=organisation]", "红星机械公司")
        page.fill("[name=name]", "沈若谷")
        page.fill("[name=number]", "90001")
        page.fill("[name=password]", PASSWORD)
        page.set_input_files("[name=pack_file]", str(pack))
        go_on(page, words["found"])

        # roster: refused first, then taken
        office.go("/roster/")
        office.check()
        bad = tmp_path / "名册.xlsx"
        bad.write_bytes(b"this is no workbook")
        page.set_input_files("#id_file", str(bad))
        go_on(page, words["check"])
        page.locator(".zy-errs").wait_for()
        office.check()
        page.set_input_files("#id_file", str(roster))
        go_on(page, words["check"])
        page.wait_for_url(re.compile(r"/roster/\w{12}/"))
        office.check()
        go_on(page, words["confirm"])
        office.check()
        assert "5" in page.locator(".zy-eq").first.inner_text()

        # pack: question, approval, start
        office.go("/campaigns/")
        office.check()
        page.set_input_files("[name=file]", str(pack))
        go_on(page, words["take"])
        office.check()
        base = re.search(r"/campaigns/\w{12}/", page.url).group(0)
        office.go(base + "questions/")
        office.check()
        page.locator("[name^='a:']").first.fill(due)
        go_on(page, words["save"])
        for part in ("check/", "burden/", "defaults/", "approve/"):
            office.go(base + part)
            office.check()
        page.fill("[name=document_no]", "红星〔2026〕1号")
        go_on(page, words["approve"])
        office.go(base + "start/")
        office.check()
        go_on(page, page.locator("main form button[type=submit]").last)
        office.check()

        # a slip for the head and for a member
        codes = {}
        office.go("/units/?q=一车间")
        go_on(page, page.locator("main a[href^='/units/']").filter(has_text="一车间").first)
        unit = re.search(r"/units/\w{12}/", page.url).group(0)
        office.check()
        office.go(unit + "slips/")
        office.check()
        with office.context.expect_page() as opened:
            named(page, words["slips"]).click()
        sheet = opened.value
        sheet.wait_for_load_state()
        for number in ("00001", "00002"):
            codes[number] = sheet.locator(".zy-slip").filter(has_text=number).locator(".c").inner_text()
        sheet.close()

        people = {}
        for number, code in codes.items():
            one = people[number] = visitor(address, member_width, language)
            one.go("/slip/")
            one.check()
            one.page.fill("[name=number]", number)
            one.page.fill("[name=code]", code)
            one.page.fill("[name=password]", PASSWORD + number)
            go_on(one.page, one.page.locator("main form button[type=submit]").first)
            assert "/sign-in/" not in one.page.url
        head, member = people["00001"], people["00002"]

        # the member hands in
        member.go("/desk/")
        member.check()
        go_on(member.page, member.page.locator("main a[href^='/duties/']").first)
        member.check()
        duty = re.search(r"/duties/\d+/", member.page.url).group(0)
        member.page.fill("[name=done]", SAID)
        member.page.fill("[name=changed]", CHANGED)
        go_on(member.page, member.page.locator("main form .btn-primary[type=submit]").last)
        member.check()

        # the head returns it without a reason (refused), then with one
        head.go("/reviews/")
        head.check()
        go_on(head.page, head.page.locator("main a[href^='/reviews/']").first)
        review = re.search(r"/reviews/\d+/", head.page.url).group(0)
        assert SAID in head.page.content()
        head.check()
        go_on(head.page, words["return"])
        head.page.locator(".zy-errs, .zy-emsg").first.wait_for()
        head.check()
        head.page.fill("[name=reasons]", "写清楚是哪三台车床。")
        go_on(head.page, words["return"])

        # handed in again, with what was written still there, and accepted
        member.go(duty)
        member.check()
        assert "写清楚是哪三台车床" in member.page.content()
        assert member.page.input_value("[name=done]") == SAID
        member.page.fill("[name=done]", SAID + "是一号、二号和五号车床。")
        go_on(member.page, member.page.locator("main form .btn-primary[type=submit]").last)
        head.go(review)
        go_on(head.page, words["accept"])
        member.go(duty)
        member.check()
        assert re.search("已通过|Accepted", member.page.inner_text("main"))

        # the board counts it and is exported
        office.go("/board/")
        office.check()
        with page.expect_download() as download:
            page.locator("main a[href*='export']").first.click()
        book = CalamineWorkbook.from_path(download.value.path())
        cells = [
            cell
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
            for cell in row
        ]
        assert any("一车间" in str(cell) for cell in cells)
        assert any(cell == 1 for cell in cells)
