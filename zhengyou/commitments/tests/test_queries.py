"""How many queries each page of promises asks, session and sign-in included: pinned, and the same however many rows."""

from __future__ import annotations

import pytest

from zhengyou.campaigns import actions
from zhengyou.commitments.actions import keeping
from zhengyou.commitments.models import Commitment
from zhengyou.commitments.tests import promising
from zhengyou.kit.tests.counting import counted
from zhengyou.org import actions as org
from zhengyou.org.tests import builder

PAGES = {
    "write": ("member2", "/commitments/duty/{open}/", 14),
    "review": ("secretary", "/commitments/duty/{waiting}/review/", 20),
    "one": ("secretary", "/commitments/{public}/", 14),
    "item": ("secretary", "/commitments/items/{item}/", 16),
    "list of a member": ("member", "/commitments/", 14),
    "list of a head": ("secretary", "/commitments/", 24),
    "list of a head above": ("dean", "/commitments/", 24),
    "list of the office": ("office", "/commitments/", 24),
    "unkept": ("dean", "/commitments/unkept/", 12),
}
"""Page: who asks, which, at most how many queries."""


def ask(school, name: str) -> list[str]:
    """The queries of one page, once everything around it is warm."""
    who, what, _most = PAGES[name]
    found = Commitment.objects.filter(member=school.member).get()
    url = what.format(
        open=promising.duty(school.member2).pk,
        waiting=promising.duty(school.dean).pk if who == "office" else promising.duty(school.neighbour).pk,
        public=found.public_id,
        item=found.items.order_by("place")[0].public_id,
    )
    who = "secretary2" if name == "review" else who
    browser = builder.client(getattr(school, who))
    browser.get(url)
    with counted() as seen:
        assert browser.get(url).status_code == 200, (name, url)
    return seen


def lay(school, numbers: range) -> None:
    """As many more members of branch with a promise of two items, one of which is said to be done, one not kept."""
    people = [
        org.add_person(
            f"新{n}", number=f"20080300{n:02}", unit=school.branch, day=builder.ENTERED, category="student",
            status="full", by=builder.BY,
        )
        for n in numbers
    ]  # fmt: skip
    actions.tick(full=True)
    for n, person in zip(numbers, people, strict=True):
        one, two = promising.published(
            person, school.secretary, f"第 {n} 楼每周扫雪两次", f"给 {n} 个班借书三本"
        )
        keeping.claim(one, "扫了", by=person.actor)
        two = keeping.claim(two, "忘了", by=person.actor, kept=False)
        keeping.decide(two, True, by=school.secretary.actor, explained=False)


@pytest.fixture
def laid(asked):
    """One published promise of the member's with a claim, one that waits in the neighbouring branch."""
    one, _two = promising.published(asked.member, asked.secretary, promising.ONE, promising.TWO)
    keeping.claim(one, "做了", by=asked.member.actor)
    promising.promise(asked.neighbour, "给宿舍楼每层装一个书架，放六十本旧书")
    return asked


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_few_queries(laid, name):
    seen = ask(laid, name)
    assert len(seen) <= PAGES[name][2], "\n".join(seen)


def test_more_rows_ask_no_more_queries(laid):
    lay(laid, range(2))
    few = {name: len(ask(laid, name)) for name in PAGES}
    lay(laid, range(2, 14))
    assert {name: len(ask(laid, name)) for name in PAGES} == few
