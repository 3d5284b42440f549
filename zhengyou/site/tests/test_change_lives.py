"""Random lives in which units are also merged, split, dissolved, renamed and hung elsewhere, back-dated up to twelve days.

What `campaigns.tests.test_lives` demands after every step holds here too: no faults, cached = live, past boards as facts
say, what was known stays known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from zhengyou.campaigns import actions as campaigns
from zhengyou.campaigns import figures
from zhengyou.campaigns.tests.test_lives import BACK, NUMBER, Life
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org import tree
from zhengyou.org.asked import Asked, Part
from zhengyou.org.models import Unit
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import BY
from zhengyou.site.following import FOLLOW

HOW = st.sampled_from(["carry", "carry", "close", "void"])


class Changing(Life):
    """A life with changes of units; each is previewed too, and the preview writes nothing."""

    def decide(self, asked: Asked, back: int) -> None:
        """Carry a change out, back-dated; impossible ones are refused with nothing done. Earlier boards stay."""
        day = self.today - timedelta(days=back)
        with self.acting():
            asked = replace(asked, day=day, why_void="x")
            before = self.earlier(day)
            try:
                with transaction.atomic():
                    org.decide(asked, by=BY, follow=FOLLOW)
            except (Invalid, Conflict, Refused):
                return
            assert self.earlier(day) == before, "boards of earlier days stay byte for byte"
            assert tree.faults() == []
            campaigns.tick()

    def earlier(self, day):
        root = self.school.root.pk
        days = [day - timedelta(days=n) for n in (1, 5, 20)]
        return repr([figures.board(unit, one) for one in days for unit in (root, self.school.general.pk)])

    def any(self, number: int, kinds=("branch", "general")) -> str:
        found = self.pick(Unit.objects.filter(kind__in=kinds, closed_on=FAR).order_by("pk"), number)
        return found.public_id if found is not None else ""

    @rule(
        one=NUMBER,
        other=NUMBER,
        how=HOW,
        back=BACK,
        new=st.booleans(),
        kind=st.sampled_from(["branch", "general"]),
    )
    def units_merge(self, one: int, other: int, how: str, back: int, new: bool, kind: str) -> None:
        a, b = self.any(one, (kind,)), self.any(other, (kind,))
        if Unit.objects.filter(kind=kind, closed_on=FAR).count() < 3:
            return
        asked = Asked("merge", self.today, "1", units=(a, b), work={"*": how})
        if new:
            self.more += 1
            parent = tree.named(Unit.objects.get(public_id=a), self.today).parent
            asked = replace(asked, name=f"联{self.more}", unit_kind=kind, parent=parent.public_id)
        else:
            asked = replace(asked, into=a)
        self.decide(asked, back)

    @rule(one=NUMBER, where=NUMBER, back=BACK)
    def unit_moves(self, one: int, where: int, back: int) -> None:
        asked = Asked(
            "reparent",
            self.today,
            "1",
            units=(self.any(one, ("branch",)),),
            parent=self.any(where, ("general",)),
        )
        self.decide(asked, back)

    @rule(one=NUMBER, back=BACK, closes=st.booleans(), how=HOW)
    def unit_splits(self, one: int, back: int, closes: bool, how: str) -> None:
        self.more += 1
        parts = (Part(name=f"分{self.more}", category="staff"), Part(name=f"其{self.more}"))
        asked = Asked("split", self.today, "1", units=(self.any(one, ("branch",)),), work={"*": how})
        self.decide(replace(asked, parts=parts if closes else parts[:1], rest="" if closes else "stay"), back)

    @rule(one=NUMBER, other=NUMBER, back=BACK, heir=st.booleans(), how=HOW)
    def unit_dissolves(self, one: int, other: int, back: int, heir: bool, how: str) -> None:
        if Unit.objects.filter(kind="branch", closed_on=FAR).count() < 4:
            return
        unit, into = self.any(one, ("branch",)), self.any(other, ("branch",))
        asked = Asked("dissolve", self.today, "1", units=(unit,), work={"*": how})
        given = {"into": into, "rest": into} if heir else {"because": "x", "rest": "left"}
        asked = replace(asked, **given)
        self.decide(asked, back)

    @rule(one=NUMBER, back=BACK)
    def unit_is_renamed(self, one: int, back: int) -> None:
        self.more += 1
        self.decide(Asked("rename", self.today, "1", units=(self.any(one),), name=f"名{self.more}"), back)


def live(school, examples: int, steps: int) -> None:
    Changing.school = school
    run_state_machine_as_test(
        Changing,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.fixture
def school(db):
    return builder.build()


@pytest.mark.deep
def test_random_lives_with_changing_units(school):
    live(school, 12, 30)


@pytest.mark.deep
def test_many_random_lives_with_changing_units(school):
    live(school, 400, 50)
