"""The tree: placing, closure, paths, vacancies; the closure kept step by step equals its recount."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengyou.journal.actions import record
from zhengyou.kit.faults import Invalid
from zhengyou.kit.sql import FAR
from zhengyou.org import actions, tree
from zhengyou.org.actions.tree import NewUnit, plant, rebuild_closure, rename, reparent
from zhengyou.org.models import Affiliation, Closure, Placement
from zhengyou.org.tests import builder

TODAY = date(2010, 11, 22)


def names(rows):
    return [row.name for row in rows]


def test_children_come_in_the_organisations_order(school):
    assert names(tree.children(school.root.pk, TODAY)) == [
        "经济贸易学院党总支",
        "文学院党总支",
        "图书馆直属党支部",
        "后勤直属党支部",
    ]


def test_the_path_leads_from_the_root_down_and_costs_one_query(school, django_assert_num_queries):
    with django_assert_num_queries(1):
        line = tree.path(school.branch.pk, TODAY)
    assert names(line) == ["示范学院党委", "经济贸易学院党总支", "国贸2008级学生第一党支部"]


def test_a_rename_keeps_the_past_name(school):
    with record("org.unit_renamed", by=builder.BY) as entry:
        rename(entry, school.branch, "国贸第一支部", date(2010, 9, 1))
    assert tree.named(school.branch, date(2010, 8, 31)).name == "国贸2008级学生第一党支部"
    assert tree.named(school.branch, date(2010, 9, 1)).name == "国贸第一支部"


def test_moving_a_unit_moves_what_is_below_and_keeps_the_past(school):
    with record("org.unit_moved", by=builder.BY) as entry:
        gone, come = reparent(entry, school.general2, school.general, date(2010, 9, 1))
    assert (gone, come) == ([], [school.general.pk])
    assert school.general.pk in tree.above(school.branch3.pk, date(2010, 9, 1))
    assert school.general.pk not in tree.above(school.branch3.pk, date(2010, 8, 31))
    assert tree.faults() == []


def test_a_unit_never_hangs_below_itself(school):
    with pytest.raises(Invalid), record("org.unit_moved", by=builder.BY) as entry:
        reparent(entry, school.general, school.branch, TODAY)
    assert tree.faults() == []


def test_a_back_dated_move_closes_no_circle_that_begins_later(school):
    with record("org.unit_moved", by=builder.BY) as entry:
        reparent(entry, school.general2, school.general, date(2010, 10, 1))
    with pytest.raises(Invalid), record("org.unit_moved", by=builder.BY) as entry:
        reparent(entry, school.general, school.general2, date(2010, 9, 1))
    assert tree.faults() == []


def test_a_unit_cannot_be_older_than_the_one_above(school):
    with pytest.raises(Invalid):
        actions.add_unit("太早的支部", "branch", school.general, by=builder.BY, day=date(2008, 8, 31))


def test_a_batch_may_hang_units_under_one_another(school):
    upper = NewUnit("艺术学院党总支", "general", school.root, TODAY)
    lower = NewUnit("音乐系党支部", "branch", upper, TODAY)
    with record("org.unit_added", by=builder.BY) as entry:
        plant(entry, [lower, upper])
    assert names(tree.path(lower.unit.pk, TODAY)) == ["示范学院党委", "艺术学院党总支", "音乐系党支部"]
    assert tree.faults() == []


def test_vacant_units_count_their_days(school):
    vacant = {v.name: v for v in tree.vacancies(TODAY)}
    assert set(vacant) == {"后勤直属党支部", "文学院教工党支部"}
    assert vacant["文学院教工党支部"].days == (TODAY - builder.FOUNDED).days
    assert tree.count_vacancies(TODAY) == 2
    assert tree.count_vacancies(TODAY, [school.general2.pk]) == 1
    assert tree.count_vacancies(TODAY, [school.general.pk]) == 0


def test_faults_name_an_overlap_a_closed_unit_and_a_wrong_closure(school):
    with record("org.test", by=builder.BY) as entry:
        Affiliation.objects.create(
            person=school.member,
            unit=school.branch3,
            valid_from=date(2010, 1, 1),
            valid_to=date(2010, 12, 1),
            entry_id=entry.id,
        )
    school.branch2.closed_on = date(2010, 10, 1)
    school.branch2.save()
    Closure.objects.filter(ancestor=school.root, descendant=school.branch4).delete()
    kinds = {(fault[0], fault[1]) for fault in tree.faults()}
    assert ("overlap", school.member.pk) in kinds
    assert ("closed", school.neighbour.pk) in kinds
    assert ("closure", school.root.pk) in kinds


def test_recounting_bridges_no_gap_and_joins_what_touches(school):
    """Away from an ancestor for ten days, then back: two intervals, not one."""
    away, back = date(2010, 9, 1), date(2010, 9, 11)
    for day, parent in ((away, school.general2), (back, school.general)):
        with record("org.unit_moved", by=builder.BY) as entry:
            reparent(entry, school.branch, parent, day)
    rebuild_closure()
    spans = Closure.objects.filter(ancestor=school.general, descendant=school.branch).order_by("valid_from")
    assert [(c.valid_from, c.valid_to) for c in spans] == [(builder.FOUNDED, away), (back, FAR)]
    spans = Closure.objects.filter(ancestor=school.root, descendant=school.branch)
    assert [(c.valid_from, c.valid_to) for c in spans] == [(builder.FOUNDED, FAR)]


def test_who_leaves_and_comes_back_on_the_same_day_never_left(school):
    for parent in (school.general2, school.general):
        with record("org.unit_moved", by=builder.BY) as entry:
            reparent(entry, school.branch, parent, date(2010, 9, 1))
    spans = Closure.objects.filter(ancestor=school.general, descendant=school.branch)
    assert [(c.valid_from, c.valid_to) for c in spans] == [(builder.FOUNDED, FAR)]
    assert tree.faults() == []


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "move", "back-dated"]), st.integers(0, 30), st.integers(0, 30)),
    min_size=1,
    max_size=12,
)


def _live(steps):
    """A random life of a tree: after every step the closure equals its recount."""
    start = date(2009, 1, 1)
    founded = actions.found(
        builder.PART, "学院", actions.Founder("何兰", "1"), by=builder.BY, day=date(2008, 9, 1)
    )
    units = [founded.root]
    for i, (what, a, b) in enumerate(steps):
        day = start + timedelta(days=i * 5)
        with record("org.test", by=builder.BY) as entry:
            if what == "add" or len(units) < 3:
                new = NewUnit(f"单位{i}", "branch", units[a % len(units)], day)
                units += plant(entry, [new])
            else:
                unit, parent = units[1 + a % (len(units) - 1)], units[b % len(units)]
                if what == "back-dated":
                    last = Placement.objects.get(unit=unit, dropped=None, valid_to=FAR).valid_from
                    day = max(day - timedelta(days=12), last, parent.opened_on)
                try:
                    reparent(entry, unit, parent, day)
                except Invalid:
                    entry.discard()
        assert tree.faults() == [], (i, what)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_closure_kept_step_by_step_equals_its_recount(db, steps):
    from django.db import transaction

    with transaction.atomic():
        _live(steps)
        transaction.set_rollback(True)


@pytest.mark.deep
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_closure_kept_step_by_step_equals_its_recount_in_many_lives(db, steps):
    from django.db import transaction

    with transaction.atomic():
        _live(steps)
        transaction.set_rollback(True)
