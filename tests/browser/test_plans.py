"""A plan in the browser: taken up from above and handed in, three clauses returned, mended, approved; a clause amended later."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.browser.conftest import running
from tests.browser.test_pages import CAST, become
from tests.browser.test_promises import PASSWORD, Counted, press, sign_in

WHO = """
import json, django; django.setup()
from zhengyou.campaigns.models import Duty
from zhengyou.kit import clock
from zhengyou.org.models import Post, User, on
from zhengyou.plans import standing
for duty in Duty.objects.filter(slot__task__form="plan", state="due").order_by("pk"):
    found = standing.of(duty.slot.task.campaign, duty.subject_unit, clock.today())
    heads = [
        Post.objects.filter(on(clock.today()), unit=unit, first_responsible=True).first() for unit in found.line[-2:]
    ]
    above = found.basis
    if all(heads) and heads[0].person_id != heads[1].person_id and above and above.plan.unit_id == found.line[-2]:
        break
for head in heads:
    user, made = User.objects.get_or_create(person=head.person, defaults={{"number": head.person.number}})
    user.set_password({password!r})
    user.save()
top = standing.of(found.campaign, type(found.unit).objects.get(pk=found.line[0]), clock.today())
required = next(c for c in standing.clauses(top.in_force) if c.required)
print(json.dumps([
    heads[1].person.number, heads[0].person.number, duty.pk, required.title, required.code,
    f"/plans/{{found.campaign.public_id}}/{{found.unit.public_id}}/",
    f"/plans/{{found.campaign.public_id}}/{{top.unit.public_id}}/",
]))
"""
WORDS = {
    "zh": {"fine": "已通过，不用动", "back": "退回的理由", "three": r"退回 3 条，通过 \d+ 条", "kept": "上次通过、没有再动"},
    "en": {"fine": "Accepted, leave as it is", "back": "Returned because", "three": r"Return 3, accept \d+",
           "kept": "accepted last time"},
}  # fmt: skip


@pytest.fixture
def asked(fresh, chromium):
    """A demo of its own in which a branch still owes its plan; its head and the one above can sign in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHENGYOU_")}
    environment = {**kept, "ZHENGYOU_DATA": str(fresh), "DJANGO_SETTINGS_MODULE": "zhengyou.site.settings"}
    command = [sys.executable, "-c", WHO.format(password=PASSWORD)]
    made = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    with running("demo", room=fresh) as (address, _log):
        yield address, json.loads(made.stdout.strip().splitlines()[-1])


def codes(window) -> list[str]:
    """The clauses of the form, in their order."""
    found = window.page.locator("main input[name=clause]")
    return [field.get_attribute("value") for field in found.all()]


@pytest.mark.parametrize(
    ("width", "language"), [(1366, "zh"), pytest.param(390, "en", marks=pytest.mark.deep)]
)
def test_a_plan_from_the_desk_to_its_amendment(asked, visitor, width, language):
    address, (number, head_number, duty, required, key, plan, top) = asked
    words = WORDS[language]
    secretary, head, office = (visitor(address, width, language) for _ in range(3))

    # from the desk to handed in: what is above stands there already; own date, own person, an own activity
    sign_in(secretary, number)
    secretary.go("/desk/")
    hand = Counted(secretary)
    hand.tap(f"main a[href*='/{duty}/']")
    if "/plans/" not in secretary.page.url:
        hand.tap(f"main a[href*='/plans/duty/{duty}/']")
    secretary.check()
    above = codes(secretary)
    assert len(above) >= 5
    for code in above[1:]:
        hand.fill(f"#id_due_on-{code}", "2010-12-18")
        hand.fill(f"#id_owner-{code}", "宣传委员")
    hand.fill(f"#id_text-{above[1]}", "每月第一个周五开一次会，会后三天内贴出记录。")
    hand.tap(
        ".zy-stick button.btn-primary"
    )  # the first clause has neither date nor person, an own one is missing
    secretary.check()
    for fault in (f"due_on-{above[0]}", f"owner-{above[0]}", "vehicle", "work"):
        assert secretary.page.locator(f".zy-errs a[href='#id_{fault}']").count() == 1, fault
    assert secretary.page.input_value(f"#id_text-{above[1]}").startswith("每月第一个周五")
    assert secretary.page.input_value(f"#id_owner-{above[-1]}") == "宣传委员"
    hand.fill(f"#id_due_on-{above[0]}", "2010-12-18")
    hand.fill(f"#id_owner-{above[0]}", "组织委员")
    hand.tap("#id_vehicle")
    secretary.check()
    own = codes(secretary)[-1]
    assert own not in above
    hand.fill(f"#id_title-{own}", "学长领航")
    hand.fill(f"#id_text-{own}", "大三学生每人带两名新生，每周一次自习。")
    hand.fill(f"#id_due_on-{own}", "2010-12-30")
    hand.fill(f"#id_owner-{own}", "学习委员")
    secretary.page.select_option(f"#id_work-{own}", index=1)
    hand.tap(".zy-stick button.btn-primary")
    assert secretary.page.url.endswith(plan), secretary.page.inner_text("main")[:600]
    secretary.check()
    assert hand.taps <= 5, hand.taps
    assert hand.fields == 2 * len(above) + 1 + 4

    # three clauses come back, each with its reason
    sign_in(head, head_number)
    head.go("/reviews/")
    press(head, f"main a[href*='/plans/duty/{duty}/']")
    head.check()
    assert head.page.url.endswith("review/")
    back = [above[0], above[1], own]
    for n, code in enumerate(back, 1):
        head.page.check(f"input[name=k-{code}][value=return]")
        head.page.fill(f"#id_r-{code}", f"第 {n} 处写清楚在哪里、几点。")
    assert re.search(words["three"], head.page.locator("[data-return]").inner_text())
    assert head.page.locator("[data-approve]").get_attribute("aria-disabled") == "true"
    head.check()
    press(head, "[data-return]")

    # the author sees which came back; the others need not be touched
    secretary.go("/desk/")
    press(secretary, f"main a[href*='/{duty}/']")
    if "/plans/" not in secretary.page.url:
        press(secretary, f"main a[href*='/plans/duty/{duty}/']")
    secretary.check()
    assert secretary.page.locator("main section", has_text=words["back"]).count() == 3
    assert secretary.page.locator("main .zy-tag", has_text=words["fine"]).count() == len(above) - 2
    for code in back:
        field = secretary.page.locator(f"#id_text-{code}")
        field.fill(field.input_value() + "在二号教学楼 203 教室，晚上七点。")
    press(secretary, ".zy-stick button.btn-primary")

    head.go("/reviews/")
    press(head, f"main a[href*='/plans/duty/{duty}/']")
    head.check()
    assert words["kept"] in head.page.inner_text("main")
    assert head.page.locator("main input[value=return]").count() == 3
    press(head, "[data-approve]")
    secretary.go(plan)
    secretary.check()
    secretary.page.locator("main, .zy-h1").locator(".zy-st.ok").first.wait_for()

    # the office amends one clause; the unit is asked about just that one and takes it over
    become(office, CAST.index("office"))
    assert office.go(f"{top}write/") == 200
    office.check()
    office.page.fill(f"#id_text-{key}", "每季度开一次，全体参加，会后公开记录。")
    press(office, ".zy-stick button.btn-primary")
    office.check()
    secretary.go("/desk/")
    secretary.check()
    press(secretary, f"main a[href*='{plan}']")
    secretary.check()
    asked_about = secretary.page.locator("main section[id^=q-]")
    assert required in asked_about.first.inner_text()
    assert asked_about.count() == 1
    press(secretary, "main section[id^=q-] button[value=take]")
    secretary.check()
    taken = [c for c in codes(secretary) if "每季度开一次" in secretary.page.input_value(f"#id_text-{c}")]
    assert len(taken) == 1
    press(secretary, ".zy-stick button.btn-primary")
    secretary.check()
    assert secretary.page.locator("main section[id^=q-]").count() == 0
    head.go(f"{plan}review/")
    head.check()
    assert head.page.locator("[data-approve]").count() == 1
