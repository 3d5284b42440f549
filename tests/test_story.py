"""The campaign from the roster import to the set day, played as the demo plays it; every figure must add up."""

import json
from collections import Counter
from datetime import date
from fractions import Fraction
from io import StringIO

import pytest
from django.db.models import Count, F

from zhengyou.campaigns import duties
from zhengyou.campaigns.models import Campaign, Duty, Phase, Programme, Review, Submission, Task
from zhengyou.journal.chain import verify
from zhengyou.kit import clock
from zhengyou.org import tree
from zhengyou.org.models import Affiliation, Person, Post, Unit, on
from zhengyou.overview import command
from zhengyou.site import story

pytestmark = pytest.mark.django_db
TODAY = date(2010, 11, 22)


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker):
    """The whole story, once for this file; rolled back at its end."""
    from django.db import connection, transaction

    with django_db_blocker.unblock(), transaction.atomic():
        with clock.playing(TODAY):
            cast = story.play(pack="excellence-2010", today=TODAY, say=lambda text: None)
            connection.check_constraints()  # once, not after each test
            yield cast
        transaction.set_rollback(True)


@pytest.fixture
def board(played):
    out = StringIO()
    assert command.board("", True, out=out, err=StringIO()) == 0
    return json.loads(out.getvalue())


def test_the_school_is_the_one_of_the_speech(played):
    kinds = Counter(Unit.objects.filter(closed_on__gt=TODAY).values_list("kind", flat=True))
    assert kinds == {"committee": 1, "general": 17, "direct": 14, "branch": 60}
    members = Affiliation.objects.filter(on(TODAY), role="R")
    assert members.count() == 2207
    assert Counter(members.values_list("category", flat=True)) == {"staff": 734, "student": 1473}


def test_some_belong_to_two_units_and_are_counted_once(played):
    dual = Affiliation.objects.filter(on(TODAY), role="A").values_list("person", flat=True)
    assert len(dual) > 10
    assert Affiliation.objects.filter(on(TODAY), role="R", person__in=dual).count() == len(set(dual))


def test_every_unit_has_one_first_responsible_person_but_for_two(played):
    led = Post.objects.filter(on(TODAY), first_responsible=True).values("unit").annotate(n=Count("pk"))
    assert {row["n"] for row in led} == {1}
    assert Unit.objects.filter(closed_on__gt=TODAY).count() - len(led) == tree.count_vacancies(TODAY) == 2


def test_shares_are_about_those_of_a_living_campaign(played):
    states = Counter(Duty.objects.values_list("state", flat=True))
    total = sum(states.values())
    share = {state: Fraction(n, total) for state, n in states.items()}
    assert 9000 < total < 12000
    assert Fraction(82, 100) < share["accepted"] < Fraction(89, 100)
    assert Fraction(3, 100) < share["submitted"] < Fraction(7, 100)
    assert Fraction(2, 100) < share["returned"] < Fraction(4, 100)
    assert Fraction(2, 100) < share["exempt"] < Fraction(4, 100)
    assert share["due"] > 0


def test_nothing_is_broken_and_the_chain_is_whole(played):
    assert duties.faults() == []
    assert tree.faults() == []
    assert verify().broken is None


def test_the_boards_parts_sum_to_the_whole_at_every_level(board):
    def check(node):
        figures = node["figures"]
        assert figures["issued"] == sum(
            figures[k] for k in ("void", "exempt", "accepted", "in_review", "not_due", "overdue")
        )
        if node.get("children"):
            for key, value in figures.items():
                assert value == sum(child["figures"][key] for child in node["children"]), (node["unit"], key)
            for child in node["children"]:
                check(child)

    check(board)
    assert board["figures"]["issued"] == Duty.objects.count()
    for key, value in board["figures"].items():
        assert value == sum(
            programme[key] if key in programme else programme["figures"][key]
            for programme in board["programmes"]
        )


def test_nobody_reviewed_the_own_paper(played):
    own = Review.objects.filter(submission__by=F("by"))
    assert not own.exists()
    assert Review.objects.count() > 1000


def test_one_return_is_contested_and_waits_one_level_up(played):
    paper = Submission.objects.exclude(objection="").get()
    assert paper.state == Submission.State.WAITING
    assert paper.waits_at_id != paper.duty.unit_id


def test_the_cast_can_be_found_and_holds_what_it_says(played):
    assert len(played) >= 7
    for one in played:
        person = Person.objects.get(number=one["number"])
        assert person.name == one["name"]
    assert Campaign.objects.get().state == Campaign.State.RUNNING


def test_the_same_seed_plays_the_same_school(played):
    names = list(Person.objects.order_by("pk").values_list("name", flat=True)[4:9])
    assert names == story_names()


def story_names():
    from zhengyou.site.story.people import names
    from zhengyou.site.story.place import SEED

    return names(2207, SEED)[:5]


def test_every_name_of_the_demo_has_its_english(played):
    for model in (Campaign, Programme, Phase, Task):
        assert not model.objects.filter(en="").exists(), model.__name__
