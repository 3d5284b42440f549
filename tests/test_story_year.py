"""The campaign to its last day: the school changes under it, and every figure of the past stays what it was."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.db.models import Q

from zhengyou.campaigns import actions, duties
from zhengyou.campaigns.models import Amendment, Duty, DutyEvent, Task
from zhengyou.commitments import figures
from zhengyou.commitments.models import Commitment, Item
from zhengyou.journal.chain import verify
from zhengyou.kit import clock
from zhengyou.kit.sql import FAR
from zhengyou.org import tree
from zhengyou.org.models import Affiliation, Placement, Post, Succession, Unit, User, on
from zhengyou.overview import command
from zhengyou.site import story

pytestmark = pytest.mark.django_db
NOVEMBER, TODAY = date(2010, 11, 22), date(2011, 6, 30)
MERGED, ELECTED, GRADUATED = date(2010, 9, 6), date(2011, 3, 14), date(2011, 6, 24)
kept: dict[str, str] = {}


@pytest.fixture(autouse=True)
def last_day():
    """Every test here stands on the last day of the story."""
    with clock.playing(TODAY):
        yield


def printed(as_of: date | None = None, known_on: date | None = None) -> str:
    out = StringIO()
    days = {"as_of": as_of, "known_on": known_on}
    named = {name: day.isoformat() for name, day in days.items() if day}
    assert command.board("", True, out=out, err=StringIO(), **named) == 0
    return out.getvalue()


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker):
    """The whole story to the end of June 2011, once for this file; boards of the day before are printed on the way."""
    from django.db import connection, transaction

    def listen(line: str) -> None:
        if line.startswith(("2010-12", "2011-03", "2011-05")):
            yesterday = clock.today() - timedelta(days=1)
            kept[yesterday.isoformat()] = printed(yesterday, yesterday)

    with django_db_blocker.unblock(), transaction.atomic():
        with clock.playing(TODAY):
            cast = story.play(pack="excellence-2010", today=TODAY, say=listen)
            connection.check_constraints()  # once, not after each test
            yield cast
        transaction.set_rollback(True)


def test_nothing_is_broken_after_a_year(played):
    assert duties.faults() == []
    assert tree.faults() == []
    assert verify().broken is None
    actions.tick(full=True)
    before = list(Duty.objects.order_by("pk").values_list("pk", "version"))
    actions.tick(full=True)
    assert list(Duty.objects.order_by("pk").values_list("pk", "version")) == before


def test_one_merger_leaves_a_closed_unit_with_its_successor_and_its_past(played):
    old = Unit.objects.exclude(closed_on=FAR).get()
    edge = Succession.objects.get(old=old)
    assert (old.closed_on, edge.day) == (MERGED, MERGED)
    assert Placement.objects.filter(unit=old, dropped=None, valid_to=FAR).exists(), "it keeps its place"
    moved = Affiliation.objects.filter(unit=edge.new, begun="moved", valid_from=MERGED, dropped=None)
    assert moved.count() >= 6
    assert DutyEvent.objects.filter(from_unit=old, to_unit=edge.new, kind="move").exists()
    left = Duty.objects.filter(unit=old, state__in=["due", "returned", "submitted"])
    assert not left.exists(), "open work went along"


def test_one_re_election_hands_the_unit_over_without_a_gap(played):
    ended = Post.objects.get(valid_to=ELECTED, first_responsible=True, dropped=None)
    after = Post.objects.get(on(ELECTED), unit=ended.unit, first_responsible=True)
    assert after.person_id != ended.person_id
    assert after.valid_from == ELECTED


def test_one_amendment_changes_what_was_not_yet_issued(played):
    first, second = Task.objects.filter(code="exhibit").order_by("version")
    assert (first.version, first.replaced_by, second.version) == (1, second, 2)
    assert not Duty.objects.filter(slot__task=first).exists()
    owing = Duty.objects.filter(slot__task=second)
    assert set(owing.values_list("subject_unit__kind", flat=True)) == {"general", "direct"}
    assert owing.count() == 31
    assert Amendment.objects.get(version=2).effective_on == date(2011, 3, 1)


def test_those_who_graduated_owe_nothing_more_and_their_past_counts(played):
    gone = Affiliation.objects.filter(role="R", valid_to=GRADUATED, ended="out", dropped=None)
    people = gone.values("person")
    assert 300 < gone.count() < 700
    assert Affiliation.objects.filter(on(TODAY), role="R").count() == 2207 - gone.count()
    assert not Duty.objects.filter(member__in=people, state__in=["due", "returned", "submitted"]).exists()
    assert Duty.objects.filter(member__in=people, state="accepted").exists()
    assert not User.objects.filter(person__in=people, is_active=True).exists()


def test_boards_of_the_past_are_byte_for_byte_what_was_printed_the_day_after(played):
    assert len(kept) >= 3
    for day, shown in kept.items():
        on_day = date.fromisoformat(day)
        assert printed(on_day, on_day) == shown, day


def test_the_ledger_and_the_facts_tell_the_same_past(played):
    for day in (MERGED, NOVEMBER, ELECTED, GRADUATED):
        by_ledger, by_facts = json.loads(printed(day)), json.loads(printed(day, TODAY))
        by_facts.pop("known_on", None)
        assert by_ledger == by_facts, day


def test_every_open_duty_has_one_owner(played):
    open_ = Duty.objects.filter(state__in=["due", "returned", "submitted"])
    assert open_.exists()
    assert not open_.filter(Q(unit__closed_on__lte=TODAY)).exists()


def test_promises_of_a_merged_unit_and_of_who_left_still_add_up(played):
    """A merged unit's promises are read under its successor, those of graduates where they were made (golden cases 8, 15)."""
    places = figures.Map(TODAY)
    (counted,) = figures.count(places)
    gone = Unit.objects.get(closed_on=MERGED)
    made = Commitment.objects.filter(unit=gone, state__gte=Commitment.State.PUBLISHED)
    assert made.count() > 5, "its members promised there, and mostly the unit itself"
    heir = places.now(gone.pk)
    assert heir != gone.pk
    assert gone.pk not in counted.units
    own = Item.objects.filter(commitment__in=made.filter(member=None)).count()
    moved = Affiliation.objects.filter(on(TODAY), role="R", unit=heir).values("person")
    theirs = Item.objects.filter(commitment__in=made.filter(member__in=moved)).count()
    assert 0 < own + theirs <= counted.units[heir].items
    public = Item.objects.filter(commitment__state__gte=Commitment.State.PUBLISHED)
    assert counted.total.items == public.count()
    whole = {place.id: here for place, here in figures.rolled(places, counted, places.order)}
    root = Unit.objects.get(kind="committee")
    assert whole[root.pk] == counted.total
