"""Random lives of the small school: after every step the facts, the duties and all figures agree (CORE §6).

Members join, move, leave and change category, back-dated up to twelve days; units open, merge and close; papers are
handed in, withdrawn, judged and disagreed with; decisions are made and taken back; days pass.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from zhengyou.campaigns import actions, duties, figures
from zhengyou.campaigns.figures.board import total
from zhengyou.campaigns.models import Decision, Duty, Slot, Submission
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal import chain
from zhengyou.journal.actions import record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.sql import FAR, rows
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org.models import Affiliation, Person, Post, Unit, on
from zhengyou.org.tests.builder import BY

NUMBER = st.integers(0, 10**6)
BACK = st.sampled_from([0, 0, 0, 1, 3, 12])


class Life(RuleBasedStateMachine):
    """One life; runs inside the test's transaction and is rolled back at its end."""

    school = None
    reason = "ill"

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.today = day(9, 1)
        self.shown: dict[tuple[date, int], object] = {}
        self.more = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def acting(self):
        return clock.playing(self.today)

    def pick(self, found, number: int):
        listed = list(found)
        return listed[number % len(listed)] if listed else None

    @initialize(seed=NUMBER)
    def begin(self, seed: int) -> None:
        months = [
            play.slot(str(m), date(2010, m, 1), date(2010, m, 20), date(2010, m, 25)) for m in (9, 10, 11)
        ]
        with self.acting():
            play.run(
                play.member_task("all", *months, grace_days=5),
                play.member_task("reviewed", *months, review=("parent", "office"), review_mode="each"),
                play.member_task(
                    "staff",
                    *months,
                    conditions=(play.equals("category", "staff"),),
                    joiners="owe_next_period",
                    review=("parent",),
                    review_mode="sample",
                ),
                play.unit_task("units", *months, kinds=("general", "direct", "branch")),
            )

    @rule(days=st.integers(1, 9), full=st.booleans())
    def days_pass(self, days: int, full: bool) -> None:
        if self.today < day(12, 20):
            with self.acting():
                ended = (self.today, Unit.objects.get(placements__parent=None, placements__dropped=None).pk)
                self.shown[ended] = figures.board_known(ended[1], self.today, self.today)
            self.today += timedelta(days=days)
        with self.acting():
            actions.tick(full=full)
            assert actions.tick(full=True).changed == {}, "a full run after a tick changes nothing"

    @rule(who=NUMBER, where=NUMBER, back=BACK, told=st.booleans())
    def move(self, who: int, where: int, back: int, told: bool) -> None:
        self.roster(
            lambda more: org.move_members([self.pick(self.members(), who)], self.leaf(where), **more),
            back,
            told,
        )

    @rule(who=NUMBER, back=BACK, told=st.booleans())
    def leave(self, who: int, back: int, told: bool) -> None:
        if len(self.members()) > 4:
            self.roster(
                lambda more: org.leave([self.pick(self.members(), who)], how="left", **more), back, told
            )

    @rule(who=NUMBER, where=NUMBER, back=BACK, told=st.booleans(), begun=st.sampled_from(["in", "developed"]))
    def join(self, who: int, where: int, back: int, told: bool, begun: str) -> None:
        gone = Person.objects.exclude(pk__in=[p.pk for p in self.members()]).order_by("pk")
        self.roster(
            lambda more: org.affiliate(
                self.pick(gone, who), self.leaf(where), category="staff", status="full", begun=begun, **more
            ),
            back,
            told,
        )

    @rule(where=NUMBER, back=BACK)
    def newcomer(self, where: int, back: int) -> None:
        self.more += 1
        number = f"new{self.more}"
        self.roster(
            lambda more: org.add_person(
                number, number=number, unit=self.leaf(where), category="student", **more
            ),
            back,
            True,
        )

    @rule(where=NUMBER, back=BACK)
    def unit_opens(self, where: int, back: int) -> None:
        self.more += 1
        general = self.pick(Unit.objects.filter(kind="general").order_by("pk"), where)
        self.roster(
            lambda more: org.add_unit(f"新{self.more}", "branch", general, by=BY, day=more["day"]),
            back,
            False,
        )

    @rule(one=NUMBER, other=NUMBER, carry=st.booleans())
    def units_merge(self, one: int, other: int, carry: bool) -> None:
        with self.acting():
            leaves = self.leaves()
            old, new = self.pick(leaves, one), self.pick(leaves, other)
            later = Affiliation.objects.filter(unit=old, dropped=None, valid_from__gte=self.today)
            if old == new or len(leaves) < 4 or later.exists():
                return
            with record("test.merged", by=BY) as entry:
                held = list(Affiliation.objects.filter(unit=old, dropped=None, valid_to__gt=self.today))
                Affiliation.objects.filter(pk__in=[a.pk for a in held]).update(dropped_id=entry.id)
                for a in held:
                    common = {
                        "person": a.person,
                        "role": a.role,
                        "category": a.category,
                        "entry_id": entry.id,
                    }
                    Affiliation.objects.create(
                        **common,
                        unit=old,
                        valid_from=a.valid_from,
                        valid_to=self.today,
                        begun=a.begun,
                        ended="moved",
                    )
                    if a.role == "R":
                        Affiliation.objects.create(**common, unit=new, valid_from=self.today, begun="moved")
                for post in Post.objects.filter(on(self.today), unit=old):
                    Post.objects.filter(pk=post.pk).update(dropped_id=entry.id)
                Unit.objects.filter(pk=old.pk).update(closed_on=self.today)
                duties.dispose(entry, [old.pk], self.today, new.pk if carry else None)
                duties.follow_roster(entry)

    @rule(which=NUMBER, seat=NUMBER)
    def post_changes(self, which: int, seat: int) -> None:
        with self.acting():
            try:
                if which % 2:
                    held = Post.objects.filter(on(self.today), unit__kind="branch").order_by("pk")
                    if post := self.pick(held, which):
                        org.end_post(post, by=BY, day=self.today)
                else:
                    org.appoint(
                        self.pick(self.members(), which), self.leaf(seat), "secretary", by=BY, day=self.today
                    )
            except (Invalid, Conflict, Refused):
                pass

    @rule(which=NUMBER, act=st.sampled_from(["hand_in", "hand_in", "withdraw", "object"]))
    def author_acts(self, which: int, act: str) -> None:
        with self.acting():
            found = (
                Duty.objects.select_related("member")
                .exclude(state__in=["void", "exempt", "accepted"])
                .order_by("pk")
            )
            duty = self.pick(found, which)
            if duty is None:
                return
            by = duty.member or self.head(duty.unit_id)
            try:
                if act == "hand_in":
                    actions.hand_in(duty, by=by.actor, nothing=True)
                elif act == "withdraw":
                    actions.withdraw(duty, by=by.actor)
                else:
                    actions.object_to_return(duty, "不同意", by=by.actor)
            except (Invalid, Conflict, Refused):
                pass

    @rule(which=NUMBER, who=NUMBER, back=st.booleans())
    def reviewer_acts(self, which: int, who: int, back: bool) -> None:
        with self.acting():
            paper = self.pick(
                Submission.objects.select_related("duty").filter(state=10).order_by("pk"), which
            )
            if paper is None:
                return
            person = self.pick([self.head(paper.waits_at_id), self.school.office, self.school.dean], who)
            authors = {paper.duty.member_id, paper.by_id}
            try:
                if back:
                    actions.give_back(paper.duty, "改", by=person.actor)
                else:
                    actions.accept(paper.duty, by=person.actor)
                assert person.pk not in authors, "nobody judges the own paper"
            except (Invalid, Conflict, Refused):
                pass

    @rule(
        which=NUMBER,
        kind=st.sampled_from(["exempt", "extend", "void"]),
        scope=st.sampled_from(["one", "unit", "all"]),
    )
    def decide(self, which: int, kind: str, scope: str) -> None:
        with self.acting():
            due = self.today + timedelta(days=which % 30)
            given = {"reason": self.reason, "text": "x", "due_on": due if kind == "extend" else None}
            slot = self.pick(Slot.objects.order_by("pk"), which)
            duty = self.pick(Duty.objects.filter(slot=slot).order_by("pk"), which)
            if scope == "all" and which % 4:
                return
            who = {}
            if scope == "one" and duty is not None:
                who = {"member": duty.member} if duty.member else {"unit": duty.subject_unit, "below": False}
            elif scope == "unit":
                who = {"unit": self.pick(Unit.objects.order_by("pk"), which)}
            try:
                actions.decide(kind, slot, by=BY, **who, **given)
            except Invalid:
                assert slot.closed_on <= self.today, "only a closed period refuses"

    @rule(which=NUMBER)
    def take_back(self, which: int) -> None:
        with self.acting():
            held = Decision.objects.filter(dropped=None).exclude(kind="extend").order_by("pk")
            if decision := self.pick(held, which):
                try:
                    actions.take_back(decision, by=BY)
                except (Invalid, Conflict, Refused):
                    assert decision.slot.closed_on <= self.today, "only a closed period refuses"

    @invariant()
    def nothing_is_wrong(self) -> None:
        with self.acting():
            assert duties.faults() == []
            everything = play.compare(self.today)
            assert everything.cached == everything.live
            for unit in list(everything.live)[:3]:
                board = figures.board(unit, self.today)
                assert total(row.figures for row in board.lines) == board.whole.figures

    @rule()
    def look_back(self) -> None:
        root = self.school.root.pk
        with self.acting():
            actions.tick()
            for (shown_on, unit), board in self.shown.items():
                assert figures.board_known(unit, shown_on, shown_on) == board, "what was known stays known"
                past, facts = figures.board(root, shown_on), figures.board_known(root, shown_on, self.today)
                assert past == facts, "a past day from the ledger = from facts"
            before = rows(LEDGER)
            figures.rebuild()
            assert rows(LEDGER) == before
            assert chain.verify().broken is None

    def roster(self, act, back: int, told: bool) -> None:
        """A change of the roster, back-dated, with or without duties following at once; impossible ones are refused."""
        with self.acting():
            more = {
                "by": BY,
                "day": self.today - timedelta(days=back),
                "then": duties.follow_roster if told else None,
            }
            try:
                with transaction.atomic():
                    act(more)
            except (Invalid, Conflict, Refused, AttributeError):
                return
            if not told:
                actions.tick()

    def members(self) -> list[Person]:
        held = Affiliation.objects.filter(on(self.today), role="R")
        return list(Person.objects.filter(pk__in=held.values("person")).order_by("pk"))

    def leaves(self) -> list[Unit]:
        return list(
            Unit.objects.filter(kind="branch", closed_on=FAR, opened_on__lt=self.today).order_by("pk")
        )

    def leaf(self, number: int) -> Unit:
        return self.pick(self.leaves(), number)

    def head(self, unit_id: int | None) -> Person:
        held = Post.objects.filter(on(self.today), unit=unit_id, post="secretary").order_by("pk").first()
        return held.person if held else self.school.head


LEDGER = (
    "SELECT unit_id, slot_id, state, due_on, day, n FROM campaigns_ledger WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5"
)


def live(school, examples: int, steps: int) -> None:
    Life.school = school
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_random_lives(school):
    live(school, 20 if connection.vendor == "sqlite" else 8, 30)  # each costs thrice as much on PostgreSQL


@pytest.mark.deep
def test_many_random_lives(school):
    live(school, 600, 50)
