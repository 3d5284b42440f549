"""How many queries each page of this room asks, session and sign-in included: pinned, and the same however many rows."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.kit.tests.counting import counted
from zhengyou.org import actions
from zhengyou.org.actions import transfers
from zhengyou.org.tests import builder

PAGES = {
    "unit by the office": ("office", "unit of general", 12),
    "unit by its head": ("dean", "unit of general", 12),
    "leaf by its head": ("secretary", "unit of branch", 12),
    "unit of a member": ("member", "unit of branch", 12),
    "unit by the leader": ("leader", "unit of root", 12),
    "person by the office": ("office", "person of member", 12),
    "person by the head": ("secretary", "person of member", 12),
    "person by the head above": ("dean", "person of member", 12),
    "head by the office": ("office", "person of dean2", 12),
    "browser": ("office", "units", 9),
    "browser of a head": ("dean", "units", 9),
    "browser of a member": ("member", "units", 9),
    "search": ("office", "units?q=2008", 9),
    "search of a head": ("dean", "units?q=2008", 9),
    "roster": ("office", "unit_members of branch", 10),
    "roster below": ("office", "unit_members of root?below=1", 10),
    "roster of a head": ("secretary", "unit_members of branch", 10),
    "slips": ("secretary", "unit_slips of branch", 10),
    "my information": ("member", "me", 12),
    "my information of the office": ("office", "me", 12),
    "my work": ("member", "me?part=work", 12),
    "what I wrote": ("member", "me?part=written", 12),
    "my requests and consents": ("member", "me?part=rights", 12),
    "my requests, of the office": ("office", "me?part=rights", 12),
    "who looked at me": ("member", "me?part=looks", 12),
    "who looked, of the office": ("office", "me?part=looks", 12),
    "one sort whole": ("member", "me?all=duties", 12),
    "changes of a unit": ("office", "unit_changes of branch", 10),
    "changes": ("office", "changes", 7),
    "requests": ("secretary", "requests", 7),
    "transfers": ("office", "transfers", 10),
    "transfers of a head": ("dean", "transfers", 10),
    "terms": ("office", "terms", 7),
    "vacancies": ("dean2", "vacancies", 7),
}
"""Page: who asks, which, at most how many queries."""
LISTS = ("unit by the office", "browser", "search", "roster", "roster below", "transfers", "vacancies")


def ask(school: builder.School, name: str) -> int:
    """The queries of one page, once everything around it is warm."""
    who, what, _most = PAGES[name]
    page, _question, query = what.partition("?")
    door, _of, whose = page.partition(" of ")
    url = reverse(door, args=[getattr(school, whose).public_id] if whose else [])
    browser, url = builder.client(getattr(school, who)), f"{url}?{query}"
    browser.get(url)
    with counted() as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


def more(school: builder.School, numbers: range) -> None:
    """As many more branches below the general one, each without a head, and members who want to be transferred."""
    for n in numbers:
        actions.add_unit(f"新支部2008{n}", "branch", school.general, by=builder.BY, day=builder.FOUNDED)
        person = actions.add_person(
            f"新人{n}",
            number=f"20080200{n:02}",
            unit=school.branch,
            day=builder.ENTERED,
            category="student",
            status="full",
            by=builder.BY,
        )
        transfers.ask(person, target=school.branch2, reason="调班", by=builder.BY)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_few_queries(school, name):
    assert ask(school, name) <= PAGES[name][2]


def test_more_rows_ask_no_more_queries(school):
    more(school, range(2))
    few = {name: ask(school, name) for name in LISTS}
    more(school, range(2, 60))
    assert {name: ask(school, name) for name in LISTS} == few


def test_the_count_that_rides_on_a_page_is_that_of_all_rows(school):
    more(school, range(60))
    url = reverse("unit_members", args=[school.branch.public_id])
    browser = builder.client(school.office)
    sizes = {
        page: len(browser.get(f"{url}?page={page}").context["page"]) for page in ("1", "2", "9", "x", "-1")
    }
    count = browser.get(url).context["page"].paginator.count
    assert count == 64
    assert sizes == {"1": 50, "2": 14, "9": 14, "x": 50, "-1": 14}
