"""The wall in the browser: opened without signing in, searched, asked without a name, answered, read by the code; a name goes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.browser.conftest import running
from tests.browser.test_pages import CAST, become

TEXT = "每周三晚在六栋架空层帮同学修电脑"
HANG = """
import django; django.setup()
from zhengyou.commitments.tests.hung import for_demo
for_demo({number!r}, {text!r})
"""


@pytest.fixture
def walled(fresh, chromium):
    """A demo of its own in which the head of a branch and that branch have promised something on the open web."""
    cast = json.loads((fresh / "demo.json").read_text())["cast"]
    head = cast[CAST.index("leaf")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHENGYOU_")}
    environment = {**kept, "ZHENGYOU_DATA": str(fresh), "DJANGO_SETTINGS_MODULE": "zhengyou.site.settings"}
    command = [sys.executable, "-c", HANG.format(number=head["number"], text=TEXT)]
    subprocess.run(command, check=True, env=environment)
    with running("demo", room=fresh) as (address, _log):
        yield address, head["name"]


@pytest.mark.parametrize(
    ("width", "language"), [(1366, "zh"), pytest.param(390, "en", marks=pytest.mark.deep)]
)
def test_ask_without_a_name_read_by_the_code_and_a_name_that_goes(walled, visitor, width, language):
    address, name = walled
    stranger, head = visitor(address, width, language), visitor(address, width, language)
    assert stranger.go("/wall/") == 200
    stranger.check()
    stranger.page.fill("#wq", TEXT[:5])
    stranger.page.locator("form.zy-f button").click()
    mine = stranger.page.locator(".zy-vow", has_text=name)
    mine.first.wait_for()
    stranger.check()
    mine.first.locator("footer a").first.click()
    stranger.page.locator("#id_text").wait_for()
    assert ("不写名字" if language == "zh" else "Without a name") in stranger.page.inner_text("main")
    stranger.check()
    stranger.page.locator("main form .btn-primary").click()  # nothing written: asked for
    stranger.page.locator(".zy-errs").wait_for()
    stranger.check()
    stranger.page.fill("#id_text", "修到几点？")
    stranger.page.locator("main form .btn-primary").click()
    code = stranger.page.locator("#code").inner_text()
    stranger.check()
    assert re.fullmatch(r"[2-9a-z]{4}( [2-9a-z]{4}){2}", code)

    become(head, CAST.index("leaf"))
    head.page.locator("a[href='/wall/questions/']").first.click()
    head.check()
    head.page.locator(".zy-list a.t").first.click()
    head.check()
    head.page.fill("#id_answer", "修到九点半。")
    head.page.locator("main form .btn-primary").click()
    head.page.wait_for_url(re.compile("/wall/questions/$"))

    stranger.go("/wall/code/")
    stranger.check()
    stranger.page.fill("#id_code", code.upper())
    stranger.page.locator("main form .btn-primary").click()
    stranger.page.locator("text=修到九点半").wait_for()
    stranger.check()

    head.go("/me/?part=rights")
    head.page.locator("form[action$='/consent/name_web/'] button").click()
    head.page.wait_for_url(re.compile("part=rights"))
    stranger.go(f"/wall/?q={TEXT[:5]}")
    assert name not in stranger.page.inner_text("main")
    assert stranger.page.locator(".zy-vow").count() >= 2  # the promises stay
    stranger.page.locator(".zy-vow footer a").last.click()
    stranger.check()
    for path in ("/deeds/new/", "/wall/?state=kept"):
        assert stranger.go(path) == 200
        stranger.check()
    for path in ("/wall/", "/wall/figures/", "/deeds/", "/deeds/new/"):
        assert head.go(path) == 200
        head.check()


@pytest.mark.parametrize(
    ("width", "language"), [pytest.param(1366, "zh", marks=pytest.mark.deep), (390, "en")]
)
def test_a_difficulty_without_a_name_becomes_a_promise_of_the_unit(walled, visitor, width, language):
    address, _name = walled
    stranger, head = visitor(address, width, language), visitor(address, width, language)
    stranger.go("/deeds/new/")
    stranger.page.locator(
        "main form .btn-primary"
    ).click()  # nothing chosen, nothing written: both are asked for
    stranger.page.locator(".zy-errs").wait_for()
    assert stranger.page.locator(".zy-errs li").count() == 2
    stranger.check()
    unit = stranger.page.locator("#id_unit option", has_text="经济贸易学院教工第一党支部").get_attribute(
        "value"
    )
    stranger.page.select_option("#id_unit", unit)
    stranger.page.fill("#id_text", "资料室的电脑开机要十分钟。")
    stranger.page.locator("main form .btn-primary").click()
    code = stranger.page.locator("#code").inner_text()

    become(head, CAST.index("leaf"))
    head.go("/deeds/")
    head.page.locator(".zy-list a.t", has_text="资料室").click()
    head.page.locator("button[value=take_up]").click()
    head.page.locator(".zy-errs").wait_for()
    head.check()
    head.page.select_option("#id_owner", index=3)
    head.page.fill("#id_due_on", "2010-12-20")
    head.page.locator("button[value=take_up]").click()
    head.page.locator("button[value=done]").wait_for()
    head.check()
    deed = head.page.url
    head.page.locator("summary", has_text=re.compile("新的承诺|new promise")).click()
    head.page.fill("#id_new_text", "12月20日前把资料室四台电脑重装一遍")
    head.check()
    head.page.locator("button[value=promise]").click()
    head.page.locator("main .zy-note:not(.ok)").wait_for()
    head.check()

    dean = visitor(address, width, language)
    become(dean, CAST.index("inner"))
    dean.go(deed.removeprefix(address))
    dean.check()
    dean.page.locator("button[value=accept]").click()
    dean.page.locator("button[value=accept]").wait_for(state="detached")
    dean.check()
    stranger.go("/wall/?q=资料室四台")
    stranger.page.locator(".zy-vow", has_text="四台电脑").wait_for()
    stranger.go("/wall/code/")
    stranger.page.fill("#id_code", code)
    stranger.page.locator("main form .btn-primary").click()
    stranger.page.locator(".zy-hist").wait_for()
    stranger.check()
