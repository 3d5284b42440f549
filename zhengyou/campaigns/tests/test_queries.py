"""How many queries each page asks, session and sign-in included: pinned, and the same however many rows there are."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.urls import reverse

from zhengyou.campaigns import actions
from zhengyou.campaigns.models import Slot
from zhengyou.campaigns.tests import play
from zhengyou.kit.tests.counting import counted
from zhengyou.org import actions as org
from zhengyou.org import current
from zhengyou.org.tests import builder

PAGES = {
    "duty of my own": ("secretary", "theme of secretary", 9),
    "returned to me": ("member", "theme of member", 11),
    "waits": ("staff", "theme of staff", 9),
    "exempt": ("far", "theme of far", 10),
    "duty by its head": ("secretary", "theme of member", 10),
    "duty by the office": ("office", "theme of far", 11),
    "duty of my unit": ("dean", "report of general", 9),
    "my unit's paper waits": ("secretary", "report of branch", 9),
    "its versions": ("member", "versions", 7),
    "queue": ("secretary", "reviews", 11),
    "queue of a general branch": ("dean", "reviews", 11),
    "queue of the office": ("office", "reviews", 11),
    "one paper": ("dean", "review", 8),
    "list of duties": ("office", "duties", 10),
    "list of duties of a head": ("secretary", "duties", 12),
    "exempt one": ("secretary", "decide", 7),
    "campaigns": ("office", "campaigns", 7),
    "who is missing": ("secretary", "missing", 8),
    "desk": ("secretary", "desk", 7),
    "board": ("office", "board", 8),
}
"""Page: who asks, which, at most how many queries; one of them notes the look where somebody else is named."""


@pytest.fixture
def stageful(db):
    """The small school with the overview's campaign, partly done."""
    stage = import_module("zhengyou.overview.tests.stage")
    school = builder.build()
    stage.start()
    stage.play_on(school)
    return school


def address(school: builder.School, what: str) -> str:
    """Where a page stands; `theme of member` is that person's or unit's duty of that task."""
    if " of " in what:
        code, whose = what.split(" of ")
        return reverse("duty", args=[play.duty_of(getattr(school, whose), code).pk])
    if what == "versions":
        return reverse("duty_versions", args=[play.duty_of(school.member, "theme").pk])
    if what == "review":
        return reverse("review", args=[play.duty_of(school.branch, "report").pk])
    if what == "decide":
        return reverse("duty_decide", args=[play.duty_of(school.member, "theme").pk, "exempt"])
    if what == "missing":
        slot = Slot.objects.filter(task__code="theme").first()
        return reverse("missing", args=[school.branch.public_id, slot.pk])
    return reverse(what)


def more(school: builder.School, numbers: range) -> None:
    """More members of branch, half of whom hand in: their papers wait with its head."""
    joined = [
        org.add_person(
            f"新人{n}",
            number=f"20080200{n:02}",
            unit=school.branch,
            day=builder.ENTERED,
            category="student",
            status="full",
            by=builder.BY,
        )
        for n in numbers
    ]
    actions.tick(full=True)
    for person in joined[::2]:
        play.hand_in(person, person, "theme")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_few_queries(stageful, name):
    who, what, most = PAGES[name]
    assert ask(stageful, who, what) <= most


def ask(school: builder.School, who: str, what: str) -> int:
    """The queries of one page, once everything around it is warm."""
    browser, url = builder.client(getattr(school, who)), address(school, what)
    browser.get(url)
    with counted() as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


def test_more_rows_ask_no_more_queries(stageful):
    """A list that has settled work behind the open may read both; beyond that nothing grows."""
    pages = ["queue", "list of duties", "list of duties of a head", "who is missing", "desk", "board"]
    more(stageful, range(2))
    few = {name: ask(stageful, *PAGES[name][:2]) for name in pages}
    assert all(n <= PAGES[name][2] for name, n in few.items())
    more(stageful, range(2, 24))
    some = {name: ask(stageful, *PAGES[name][:2]) for name in pages}
    assert all(n <= PAGES[name][2] for name, n in some.items())
    more(stageful, range(24, 60))
    assert {name: ask(stageful, *PAGES[name][:2]) for name in pages} == some


def test_what_a_request_has_read_of_the_organisation_is_forgotten_with_it(stageful):
    builder.client(stageful.office).get(reverse("board"))
    with counted() as seen:
        assert current.part() is not None
    assert len(seen) == 1
