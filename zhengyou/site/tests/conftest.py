"""A very small organisation for the frame's tests: a root with its office, one unit with a secretary and a member."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from zhengyou.journal.actions import Actor
from zhengyou.journal.tests.kept import kept
from zhengyou.org.actions import founding, members, posts, units
from zhengyou.org.models import Person, User
from zhengyou.packs.organisation import KindPart, Organisation, PostPart, TermPart

PASSWORD = "一句别人想不到的好话语"
PART = Organisation(
    unit_kinds=(
        KindPart("whole", "总部", "Head office"),
        KindPart("branch", "分部", "Branch", parents=("whole",)),
    ),
    posts=(
        PostPart(
            "secretary", "负责人", "Head", ("branch",), ("hand_in", "review", "see_names", "slips"), True
        ),
        PostPart(
            "office",
            "办公室",
            "Office",
            ("whole",),
            ("review", "import", "appoint", "start", "see_units", "slips", "exempt"),
        ),
    ),
    terms={"member": TermPart("成员", "member", "members"), "unit": TermPart("单位", "unit", "units")},
)


def account(person: Person) -> User:
    user = User(person=person, number=person.number)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def people(db):
    """The organisation's people, founded once a session, then put back."""
    return kept("people", _founded)


def _founded() -> SimpleNamespace:
    founded = founding.found(PART, "示范单位", founding.Founder("沈若谷", "100001", PASSWORD), pack_id="test")
    office = founded.person
    by = office.actor
    branch = units.add_unit("第一分部", "branch", founded.root, by=by)
    secretary = members.add_person("周砚青", number="200001", unit=branch, by=by)
    member = members.add_person("林知夏", number="300001", unit=branch, by=by)
    posts.appoint(secretary, branch, "secretary", by=by)
    account(secretary)
    account(member)
    return SimpleNamespace(
        office=office, secretary=secretary, member=member, branch=branch, root=founded.root, by=by
    )


@pytest.fixture
def sign_in(people):
    """A browser in which one of the people has signed in."""

    def signed_in(person: Person, **named) -> Client:
        browser = Client(**named)
        browser.force_login(User.objects.get(person=person), backend="zhengyou.site.accounts.Backend")
        return browser

    return signed_in


__all__ = ["Actor"]
