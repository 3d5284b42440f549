"""How many queries each page of plans asks, session and sign-in included: pinned, and the same however many clauses and units."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.campaigns.actions import ticking
from zhengyou.campaigns.models import WorkItem
from zhengyou.kit.tests.counting import counted
from zhengyou.org import actions as org
from zhengyou.org.tests.builder import BY, FOUNDED, client
from zhengyou.plans.tests import play
from zhengyou.plans.tests.test_cascade import door

PAGES = {
    "list": ("office", lambda s: reverse("plans"), 11),
    "read": ("dean", lambda s: door("plan", s.general), 21),
    "changes": ("dean", lambda s: door("plan", s.general) + "?v=2&against=1", 23),
    "write": ("secretary2", lambda s: door("plan_write", s.branch2), 22),
    "review": ("dean", lambda s: door("plan_review", s.branch), 23),
    "asked": ("dean2", lambda s: door("plan", s.general2), 21),
    "work items": ("office", lambda s: reverse("work_items"), 9),
}
"""Page: who asks, which, at most how many queries."""


@pytest.fixture
def laid(school):
    """In force: the school's plan (amended once), both general branches' (one in its second version); one waits."""
    play.issue(school)
    for unit, by in ((school.general, school.dean), (school.general2, school.dean2)):
        play.hand_in(unit, by)
        play.judge(unit, school.office)
    body = play.again(school.general)
    body["clauses"][0]["text"] += "并公布。"
    play.hand_in(school.general, school.dean, body)
    play.judge(school.general, school.office)
    play.hand_in(school.branch, school.secretary)
    play.issue(school, (*play.TOP[:2], ("岗位培训", "各部门组织，每学期两次。", "", False)))
    return school


def ask(school, name: str) -> int:
    """The queries of one page, once everything around it is warm."""
    who, url, _most = PAGES[name]
    browser, url = client(getattr(school, who)), url(school)
    browser.get(url)
    with counted() as seen:
        assert browser.get(url).status_code == 200, (name, url)
    return len(seen)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_few_queries(laid, name):
    assert ask(laid, name) <= PAGES[name][2]


def test_more_clauses_units_and_work_items_ask_no_more_queries(laid):
    few = {name: ask(laid, name) for name in PAGES}
    rows = [(f"第{n}项", f"第{n}项每月做一次，月底公布。", "2010-12-20", False) for n in range(8)]
    play.issue(laid, (*play.TOP[:2], ("岗位培训", "各部门组织，每学期三次。", "", False), *rows))
    first = WorkItem.objects.order_by("pk")[0]
    WorkItem.objects.bulk_create(
        WorkItem(unit=laid.root, year=2010, number=f"9{n}", text=f"第{n}条", entry_id=first.entry_id)
        for n in range(9)
    )
    for n in range(6):
        org.add_unit(f"新支部{n}", "branch", laid.general, by=BY, day=FOUNDED)
    ticking.tick(full=True)
    assert {name: ask(laid, name) for name in PAGES} == few
