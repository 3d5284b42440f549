"""Random lives of an organisation that changes while its campaign runs: imports, mergers, splits, moved dates, frozen reports.

The small school's lives of the campaigns' room, with every change of units, roster files, dates moved and periods closed
and opened again. After every step all facts, duties and figures agree, and what was shown of a past day stays so.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from zhengyou.campaigns import actions, frozen
from zhengyou.campaigns.actions import closing, moving
from zhengyou.campaigns.models import Duty, Report, Slot
from zhengyou.campaigns.tests.test_lives import BACK, NUMBER, Life
from zhengyou.journal.models import Entry
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org import current, tree
from zhengyou.org.asked import CLOSE, STAY, VOID, Asked, Part
from zhengyou.org.models import Affiliation, Unit, on
from zhengyou.org.roster import comparing
from zhengyou.org.roster.actions import import_roster
from zhengyou.org.roster.rows import read
from zhengyou.org.roster.standing import load
from zhengyou.org.roster.words import Words
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import BY
from zhengyou.overview import command, moment
from zhengyou.site.following import FOLLOW

NO = (Invalid, Conflict, Refused)
PAPER = "校党〔2010〕7号"
WORK = st.sampled_from(["carry", CLOSE, VOID])
WHEN = st.sampled_from([0, 0, -4, 6])
"""Days from today on which a change takes effect: now, entered late, or planned."""


class Life2(Life):
    """One life with everything that may happen to the organisation."""

    def __init__(self) -> None:
        super().__init__()
        self.past: dict = {}

    @rule(one=NUMBER, other=NUMBER, work=WORK, when=WHEN)
    def units_merge(self, one: int, other: int, work: str, when: int) -> None:
        if len(self.leaves()) > 3:
            old, new = self.leaf(one), self.leaf(other)
            self.change(
                "merge", when, units=(old, new), into=new.public_id, work={"*": work}, why_void="合并"
            )

    @rule(one=NUMBER, other=NUMBER, general=NUMBER)
    def units_merge_into_a_new_one(self, one: int, other: int, general: int) -> None:
        self.more += 1
        parent = self.pick(self.open_units("general"), general)
        if parent is not None and len(self.leaves()) > 3:
            self.change(
                "merge",
                0,
                units=(self.leaf(one), self.leaf(other)),
                name=f"合并{self.more}",
                unit_kind="branch",
                parent=parent.public_id,
            )

    @rule(one=NUMBER, category=st.sampled_from(["staff", "student"]))
    def a_unit_splits(self, one: int, category: str) -> None:
        self.more += 1
        part = Part(name=f"分{self.more}", kind="branch", category=category)
        self.change("split", 0, units=(self.leaf(one),), parts=(part,), rest=STAY)

    @rule(one=NUMBER, other=NUMBER, work=WORK)
    def a_unit_is_dissolved(self, one: int, other: int, work: str) -> None:
        if len(self.leaves()) > 3:
            old, new = self.leaf(one), self.leaf(other)
            rest = new.public_id if one % 3 else "out"
            self.change(
                "dissolve", 0, units=(old,), rest=rest, into=new.public_id, work={"*": work}, why_void="撤销"
            )

    @rule(one=NUMBER, under=NUMBER, when=WHEN)
    def a_unit_hangs_elsewhere(self, one: int, under: int, when: int) -> None:
        parent = self.pick(self.open_units("general"), under)
        if parent is not None:
            self.change("reparent", when, units=(self.leaf(one),), parent=parent.public_id)

    @rule(one=NUMBER, when=WHEN)
    def a_unit_is_renamed(self, one: int, when: int) -> None:
        self.more += 1
        self.change("rename", when, units=(self.leaf(one),), name=f"改名{self.more}")

    def change(self, kind: str, when: int, units: tuple = (), **more) -> None:
        """Decide a change; what is impossible is refused and then nothing has changed."""
        if any(unit is None for unit in units) or len({unit.pk for unit in units}) < len(units):
            return
        with self.acting():
            asked = Asked(
                kind,
                self.today + timedelta(days=when),
                PAPER,
                units=tuple(unit.public_id for unit in units),
                **more,
            )
            try:
                with transaction.atomic():
                    org.decide(asked, by=BY, follow=FOLLOW)
            except NO:
                return

    @rule(which=NUMBER, days=st.integers(1, 20))
    def a_date_moves(self, which: int, days: int) -> None:
        with self.acting():
            slot = self.pick(Slot.objects.order_by("pk"), which)
            try:
                moving.move_slot(slot, self.today + timedelta(days=days), by=BY, reason="期末")
            except NO:
                return

    @rule(which=NUMBER)
    def a_period_closes(self, which: int) -> None:
        with self.acting():
            opened = Slot.objects.filter(closed_on=FAR, due_on__lt=self.today).order_by("pk")
            if slot := self.pick(opened, which):
                try:
                    report = closing.close_slot(slot, by=BY)
                except NO:
                    return
                assert report.rows == Duty.objects.filter(slot=slot).count()

    @rule(which=NUMBER)
    def a_period_opens_again(self, which: int) -> None:
        with self.acting():
            closed = Slot.objects.filter(closed_on__lte=self.today).order_by("pk")
            if slot := self.pick(closed, which):
                try:
                    closing.reopen_slot(slot, by=BY, reason="补交")
                except NO:
                    return

    @rule(seed=NUMBER, back=BACK, of=st.integers(2, 6))
    def a_roster_comes(self, seed: int, back: int, of: int) -> None:
        """A file of some members: a few moved, a few with another category, one new; missing ones are left as they are."""
        with self.acting():
            self.more += 1
            named = tree.names([unit.pk for unit in self.leaves()], self.today)
            found = self.members()
            some = [self.pick(found, seed + i * 7) for i in range(of)]
            homes = dict(
                Affiliation.objects.filter(on(self.today), role="R").values_list("person_id", "unit_id")
            )
            lines = [["编号", "姓名", "单位", "类别"]]
            for i, person in enumerate({p.pk: p for p in some}.values()):
                moved = self.leaf(seed + i) if (seed + i) % 3 == 0 else None
                unit = moved.pk if moved is not None else homes[person.pk]
                if person.number and unit in named:
                    lines.append(
                        [person.number, person.name, named[unit], ("教职工", "学生")[(seed + i) % 2]]
                    )
            if (home := self.leaf(seed)) is not None and home.pk in named:
                lines.append([f"r{self.more}", f"新{self.more}", named[home.pk], "学生"])
            self.take(lines, self.today - timedelta(days=back))

    def take(self, lines: list[list[str]], day) -> None:
        text = io.StringIO()
        csv.writer(text).writerows(lines)
        path = self.room / f"r{self.more}.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        part = current.part()

        words = Words(part)

        def again():
            return comparing.compare(read(path, words), load(part, day), words, scope="units")

        try:
            with transaction.atomic():
                import_roster(again, by=BY, then=FOLLOW.roster, file_name=path.name)
        except NO:
            return

    @rule(days=st.integers(1, 9), full=st.booleans())
    def days_pass(self, days: int, full: bool) -> None:
        with self.acting():
            self.past.setdefault(self.today, self.printed())
        self.today += timedelta(days=days)
        with self.acting():
            org.carry_out_planned(FOLLOW)
            actions.tick(full=full)
            assert actions.tick(full=True).changed == {}, "a full run after a tick changes nothing"

    def printed(self, on_day=None) -> str:
        """The whole board as known at the end of a day, as the command line prints it."""
        day = on_day or self.today
        when = moment.Moment(day, day, self.last(day), today=False)
        units = command._units(when)
        root = next(pk for pk, row in units.items() if row["parent"] is None)
        return json.dumps(command.collect(when, units, root), ensure_ascii=False)

    def last(self, day) -> int:
        return Entry.objects.filter(day__lte=day).order_by("-id").values_list("id", flat=True).first() or 0

    @rule()
    def past_boards_are_what_they_were(self) -> None:
        with self.acting():
            for day, board in self.past.items():
                if day < self.today:
                    assert self.printed(day) == board, f"the board of {day} as it was known"

    @invariant()
    def everybody_and_everything_has_a_place(self) -> None:
        with self.acting():
            assert tree.faults() == []
            lost = Duty.objects.filter(
                state__in=["due", "returned", "submitted"],
                unit__closed_on__lte=self.today,
                slot__closed_on=FAR,
            )
            assert not lost.exists(), "an open duty stands in a closed unit"
            for report in Report.objects.select_related("slot"):
                again = frozen.digest(report.slot, report.entry_id, report.day)
                assert again.sha256 == report.sha256, "a frozen report still follows from its facts"

    def open_units(self, kind: str) -> list[Unit]:
        return list(Unit.objects.filter(kind=kind, closed_on=FAR).order_by("pk"))


@pytest.fixture
def school(db, tmp_path):
    """The small school; roster files lie in the test's own directory."""
    Life2.room = tmp_path
    return builder.build()


def live(school, examples: int, steps: int) -> None:
    Life2.school = school
    run_state_machine_as_test(
        Life2,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            report_multiple_bugs=False,
        ),
    )


def test_random_lives_of_an_organisation_that_changes(school):
    live(school, 8, 30)


@pytest.mark.deep
def test_many_random_lives_of_an_organisation_that_changes(school):
    live(school, 400, 60)
