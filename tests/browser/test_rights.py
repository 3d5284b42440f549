"""A person's rights in the browser: a correction asked, decided and read; the personal file taken; who looked."""

from __future__ import annotations

import json
import re
import zipfile

import pytest

from tests.browser.test_pages import CAST, become

WINDOWS = [(1366, "zh"), (390, "en")]


def words(window, zh: str, en: str) -> str:
    return zh if window.language == "zh" else en


def press(window, zh: str, en: str) -> None:
    window.page.get_by_role("button", name=words(window, zh, en)).first.click()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_correction_is_asked_decided_and_read(demo, visitor, width, language):
    member, office = visitor(demo, width, language), visitor(demo, width, language)
    become(member, CAST.index("member"))
    assert member.go("/me/") == 200
    member.check()
    member.page.get_by_role(
        "link", name=words(member, "请求更正", "Ask for a correction"), exact=True
    ).click()
    member.page.select_option("#id_about", "note")
    member.page.fill("#id_new_text", f"left-handed {width}")
    member.check()
    press(member, "交上去等决定", "Hand in for a decision")
    member.page.wait_for_url(re.compile(r"/requests/\w+/$"))
    member.check()
    address = member.page.url
    become(office, CAST.index("office"))
    assert office.go("/requests/") == 200
    office.check()
    office.page.goto(address)
    press(office, "不同意，写明理由", "Refuse, giving the reason")  # without one: asked for
    office.page.locator(".zy-errs").wait_for()
    office.check()
    press(office, "同意，照写进登记", "Grant and write it into the register")
    office.page.wait_for_url(re.compile(r"/requests/$"))
    office.check()
    member.go("/desk/?as=me")
    assert words(member, "同意了", "granted") in member.page.inner_text("main")
    member.check()
    member.page.goto(address)
    member.check()
    member.go("/me/?part=rights")
    member.check()
    assert f"left-handed {width}" in member.page.inner_text("main")
    member.go("/me/?all=looks")  # the office opened the request
    assert member.page.locator("main .zy-list li").count() >= 1
    member.check()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_personal_file_is_taken(demo, visitor, width, language, tmp_path):
    window = visitor(demo, width, language)
    become(window, CAST.index("member"))
    window.go("/me/")
    with window.page.expect_download() as waiting:
        press(window, "取走个人文件", "Take my personal file")
    waiting.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as box:
        names = [name for name in box.namelist() if not name.startswith("files/")]
        body = json.loads(box.read(next(name for name in names if name.endswith(".json"))))
        page = box.read(next(name for name in names if name.endswith(".html")))
    assert {"roster", "affiliations", "duties", "journal"} <= body.keys()
    (tmp_path / "mine.html").write_bytes(page)
    window.page.goto(f"file://{tmp_path}/mine.html")
    assert window.page.locator("h2").count() >= 4


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_pages_of_rights_are_clean(demo, visitor, width, language):
    office, leader = visitor(demo, width, language), visitor(demo, width, language)
    become(office, CAST.index("office"))
    for path in ("/erasure/", "/glass/", "/outbox/", "/requests/"):
        assert office.go(path) == 200
        office.check()
    become(leader, CAST.index("leader"))
    assert leader.go("/glass/") == 200
    press(leader, "写下理由，打开一小时", "Give the reason and open for an hour")
    leader.page.locator(".zy-errs").wait_for()
    leader.check()
