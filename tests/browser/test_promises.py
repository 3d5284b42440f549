"""A promise on a phone in three fields and six taps; returned once, mended, published; said to be done and confirmed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.browser.conftest import running

PASSWORD = "a long sentence for 2010"
WHO = """
import json, django; django.setup()
from zhengyou.campaigns.models import Duty
from zhengyou.kit import clock
from zhengyou.org.models import Post, User, on
from datetime import date
for duty in Duty.objects.filter(slot__task__form="commitment", state="due", commitment=None).exclude(member=None).order_by("pk"):
    head = Post.objects.filter(on(date(2010, 11, 22)), unit=duty.unit_id, first_responsible=True).first()
    if head is not None and head.person_id != duty.member_id:
        break
for person in (duty.member, head.person):
    user, made = User.objects.get_or_create(person=person, defaults={{"number": person.number}})
    user.set_password({password!r})
    user.save()
print(json.dumps([duty.member.number, head.person.number, duty.pk]))
"""


class Counted:
    """Taps and filled fields of one window, counted."""

    def __init__(self, window):
        self.window, self.taps, self.fields = window, 0, 0

    def tap(self, selector: str) -> None:
        self.taps += 1
        press(self.window, selector)

    def fill(self, selector: str, text: str) -> None:
        self.fields += 1
        self.window.page.fill(selector, text)


def press(window, selector: str) -> None:
    """Click and wait until the next page is there."""
    with window.page.expect_navigation():
        window.page.locator(selector).first.click()


def sign_in(window, number: str) -> None:
    window.go("/sign-in/")
    window.page.fill("[name=login]", number)
    window.page.fill("[name=password]", PASSWORD)
    press(window, "main form:has([name=password]) button[type=submit]")


@pytest.mark.parametrize(
    ("width", "other", "language"), [(390, 1366, "zh"), pytest.param(1366, 390, "en", marks=pytest.mark.deep)]
)
def test_a_promise_from_the_desk_to_kept(fresh, chromium, visitor, width, other, language):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHENGYOU_")}
    environment = {**kept, "ZHENGYOU_DATA": str(fresh), "DJANGO_SETTINGS_MODULE": "zhengyou.site.settings"}
    command = [sys.executable, "-c", WHO.format(password=PASSWORD)]
    made = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    number, head_number, duty = json.loads(made.stdout.strip().splitlines()[-1])
    with running("demo", room=fresh) as (address, _log):
        member, head = visitor(address, width, language), visitor(address, other, language)
        sign_in(member, number)
        member.go("/desk/")
        hand = Counted(member)
        hand.tap(f"main a[href*='/{duty}/']")
        member.check()
        if not member.page.locator("#id_text-0").count():
            hand.tap("main a.btn-primary")
            member.check()
        hand.fill("#id_text-0", "考试周每晚在二号教学楼 203 教室答疑两小时")
        hand.fill("#id_measure-0", "签到表贴在门口，共 6 次")
        hand.fill("#id_due-0", "2010-12-31")
        hand.tap(".zy-stick button.btn-primary")
        member.check()
        if member.page.locator("#id_text-0").count():  # hints stand there first; as it is, once more
            hand.tap(".zy-stick button.btn-primary")
        assert not member.page.locator("#id_text-0").count(), "handed in"
        assert hand.fields <= 3
        assert hand.taps <= 6
        assert member.page.locator("main", has_text="203").count()

        sign_in(head, head_number)
        head.go(f"/commitments/duty/{duty}/")
        head.check()
        if not head.page.locator("textarea[name^=reasons-]").count():
            press(head, "main a.btn-primary")
        head.check()
        with head.page.expect_response(lambda answer: answer.url.endswith("/review/draft/")) as saved:
            head.page.locator("textarea[name^=reasons-]").first.fill("写上哪几天。")
        assert saved.value.status == 200
        head.go(f"/commitments/duty/{duty}/review/")
        assert head.page.locator("textarea[name^=reasons-]").first.input_value() == "写上哪几天。"
        press(head, ".zy-stick button.btn-primary")

        member.go(f"/commitments/duty/{duty}/")
        member.check()
        member.page.locator("text=写上哪几天").first.wait_for()
        if not member.page.locator("#id_text-0").count():
            press(member, "main a.btn-primary")
        member.page.fill("#id_text-0", "12月20日到25日每晚在二号教学楼 203 教室答疑两小时")
        press(member, ".zy-stick button.btn-primary")
        if member.page.locator("#id_text-0").count():
            press(member, ".zy-stick button.btn-primary")

        head.go(f"/commitments/duty/{duty}/")
        if not head.page.locator("button[value=all]").count():
            press(head, "main a.btn-primary")
        press(head, "button[value=all]")

        member.go("/wall/?q=12月20日到25日")
        member.check()
        member.page.locator(".zy-vow", has_text="203").first.wait_for()

        member.go(f"/commitments/duty/{duty}/")
        member.check()
        press(member, "main a[href*='/commitments/items/']")
        member.check()
        member.page.fill("#id_text", "六晚都去了，每晚有十来个人")
        press(member, "button[value=claim]")
        head.go("/commitments/")
        head.check()
        head.page.locator("main a[href*='/commitments/items/']", has_text="203").first.click()
        head.page.locator("button[value=confirm]").wait_for()
        head.check()
        press(head, "button[value=confirm]")
        member.go(f"/commitments/duty/{duty}/")
        member.page.locator("main .zy-st.ok").first.wait_for()
        member.check()
