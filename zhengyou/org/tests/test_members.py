"""Members: one registered unit at any instant, headcount once, late entries, posts and vacancies, names of all kinds."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengyou.journal.actions import record
from zhengyou.journal.chain import verify
from zhengyou.journal.models import Entry
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, people, tree
from zhengyou.org.models import Affiliation, Person, Post, on
from zhengyou.org.names import clean_name, sort_key
from zhengyou.org.tests import builder

TODAY = date(2010, 11, 22)
BY = builder.BY


def registered(person, day):
    return [a.unit for a in Affiliation.objects.filter(on(day), person=person, role="R")]


def test_with_an_activity_unit_elsewhere_a_member_counts_once_where_registered(school):
    """DOMAIN.md golden case 7, headcount."""
    counts = tree.headcounts([school.branch.pk, school.branch2.pk, school.general.pk, school.root.pk], TODAY)
    assert counts == {school.branch.pk: 4, school.branch2.pk: 2, school.general.pk: 6, school.root.pk: 9}
    with_activity = tree.affiliations_in(school.branch2.pk, TODAY, role="A")
    assert [a.person for a in with_activity] == [school.member2]


def test_the_sum_of_the_leaves_is_the_whole(school):
    leaves = [school.direct, school.direct2, school.branch, school.branch2, school.branch3, school.branch4]
    counts = tree.headcounts([u.pk for u in leaves], TODAY)
    assert sum(counts.values()) == tree.headcounts([school.root.pk], TODAY)[school.root.pk]


def test_whoever_is_registered_is_moved_never_registered_again(school):
    with pytest.raises(Invalid, match="转到"):
        actions.affiliate(school.member, school.branch2, by=BY)
    assert registered(school.member, TODAY) == [school.branch]


def test_the_database_itself_refuses_a_second_open_registration(school):
    with pytest.raises(IntegrityError), record("org.test", by=BY) as entry, transaction.atomic():
        Affiliation.objects.create(
            person=school.member, unit=school.branch2, valid_from=TODAY, entry_id=entry.id
        )


def test_a_move_keeps_the_past_and_says_how_it_came(school):
    actions.move_members([school.member], school.branch2, day=date(2010, 9, 10), by=BY)
    assert registered(school.member, date(2010, 9, 9)) == [school.branch]
    assert registered(school.member, date(2010, 9, 10)) == [school.branch2]
    rows = Affiliation.objects.filter(person=school.member, dropped=None).order_by("valid_from")
    assert [(r.begun, r.ended) for r in rows] == [("in", "moved"), ("moved", "")]
    assert tree.faults() == []


def test_moving_a_whole_set_takes_a_fixed_number_of_statements(school, django_assert_max_num_queries):
    everybody = Person.objects.filter(affiliations__unit=school.branch, affiliations__dropped=None)
    with django_assert_max_num_queries(20):
        assert actions.move_members(everybody, school.branch4, by=BY) == 4
    assert tree.headcounts([school.branch4.pk], TODAY) == {school.branch4.pk: 4}
    assert tree.faults() == []


def test_a_move_from_before_the_first_day_takes_the_whole_interval_along(school):
    actions.move_members([school.member], school.branch2, day=date(2010, 6, 1), by=BY)
    rows = Affiliation.objects.filter(person=school.member, dropped=None)
    assert [(r.unit, r.valid_from, r.begun) for r in rows] == [(school.branch2, builder.ENTERED, "in")]


def test_who_is_already_there_is_not_moved(school):
    with pytest.raises(Invalid):
        actions.move_members([school.member], school.branch, by=BY)


def test_leaving_ends_everything_and_keeps_the_past(school):
    actions.leave([school.secretary], how="out", day=date(2010, 10, 1), by=BY)
    assert registered(school.secretary, date(2010, 9, 30)) == [school.branch]
    assert registered(school.secretary, date(2010, 10, 1)) == []
    assert not Post.objects.filter(on(TODAY), person=school.secretary).exists()
    vacancy = next(v for v in tree.vacancies(TODAY) if v.unit == school.branch.pk)
    assert (vacancy.since, vacancy.days) == (date(2010, 10, 1), 52)


def test_leaving_ends_activity_units_too(school):
    actions.leave([school.member2], how="left", by=BY)
    assert not Affiliation.objects.filter(on(TODAY), person=school.member2).exists()


def test_an_activity_unit_ends_once(school):
    row = Affiliation.objects.get(person=school.member2, role="A")
    actions.end_activity(row, by=BY)
    assert registered(school.member2, TODAY) == [school.branch]
    with pytest.raises(Conflict):
        actions.end_activity(row, by=BY)


@pytest.mark.parametrize("who", ["secretary", "dean", "head", "leader", "member", "stranger"])
def test_only_the_office_changes_the_roster(school, who):
    with pytest.raises(Refused, match="办公室"):
        actions.move_members([school.member], school.branch2, by=school.people[who].actor)
    with pytest.raises(Refused):
        actions.add_person("新人", number="1", unit=school.branch, by=school.people[who].actor)
    with pytest.raises(Refused):
        actions.leave([school.member], how="left", by=school.people[who].actor)
    assert registered(school.member, TODAY) == [school.branch]


def test_nothing_is_dated_after_today(school):
    for change in (
        lambda: actions.move_members([school.member], school.branch2, day=date(2010, 11, 23), by=BY),
        lambda: actions.appoint(school.member, school.branch, "organiser", day=date(2010, 11, 23), by=BY),
        lambda: actions.add_unit("明天的", "branch", school.general, day=date(2010, 11, 23), by=BY),
    ):
        with pytest.raises(Invalid):
            change()


def test_the_follow_up_runs_in_the_same_transaction(school):
    def fail(entry):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        actions.move_members([school.member], school.branch2, by=BY, then=fail)
    assert registered(school.member, TODAY) == [school.branch]
    seen = []
    actions.move_members([school.member], school.branch2, by=BY, then=seen.append)
    assert seen[0].id == Entry.objects.latest("id").id


def test_every_change_leaves_one_entry_and_the_chain_holds(school):
    before = Entry.objects.count()
    actions.move_members([school.member], school.branch2, by=school.office.actor)
    actions.appoint(school.member, school.branch2, "organiser", by=school.office.actor)
    actions.set_contact(school.member, email="a@b.cn", phone="", by=school.member.actor)
    assert Entry.objects.count() == before + 3
    assert verify().broken is None


def test_an_unchanged_contact_leaves_no_entry(school):
    before = Entry.objects.count()
    actions.set_contact(school.member, email="", phone="", by=school.member.actor)
    assert Entry.objects.count() == before


def test_the_journal_holds_no_name_and_no_address(school):
    actions.set_contact(school.member, email="zw@example.org", phone="138 0000", by=school.member.actor)
    text = str(list(Entry.objects.values()))
    for word in ("张伟", "zw@example.org", "138 0000"):
        assert word not in text


def test_a_new_first_responsible_person_takes_over_on_the_day(school):
    day = date(2010, 11, 10)
    actions.appoint(school.member, school.branch, "secretary", day=day, by=school.office.actor)
    first = Post.objects.filter(unit=school.branch, first_responsible=True)
    assert first.get(on(date(2010, 11, 9))).person == school.secretary
    assert first.get(on(day)).person == school.member
    page = builder.client(school.office).get(reverse("unit", args=[school.branch.public_id])).content.decode()
    assert "书记由买合木提·吐尔逊改为张伟" in page
    assert "补录，晚 12 天" in page


def test_a_late_affiliation_wears_its_gap_on_the_persons_page(school):
    actions.move_members([school.member], school.branch2, day=date(2010, 11, 10), by=school.office.actor)
    page = (
        builder.client(school.office).get(reverse("person", args=[school.member.public_id])).content.decode()
    )
    assert "补录，晚 12 天" in page
    assert "更正前的 1 条" in page


def test_ending_the_first_post_puts_the_unit_on_the_vacancy_list(school):
    post = Post.objects.get(unit=school.branch2, post="secretary", dropped=None)
    actions.end_post(post, day=date(2010, 11, 20), by=school.office.actor)
    vacancy = next(v for v in tree.vacancies(TODAY) if v.unit == school.branch2.pk)
    assert vacancy.days == 2
    with pytest.raises(Conflict):
        actions.end_post(post, by=school.office.actor)


def test_the_last_who_can_appoint_is_never_ended(school):
    post = Post.objects.get(unit=school.root, post="office")
    with pytest.raises(Refused, match="最后一位"):
        actions.end_post(post, by=school.office.actor)
    actions.appoint(school.head, school.root, "office", by=school.office.actor)
    actions.end_post(post, by=school.office.actor)


@pytest.mark.parametrize("who", ["secretary", "dean", "head", "leader", "member"])
def test_only_the_office_appoints(school, who):
    with pytest.raises(Refused):
        actions.appoint(school.member, school.branch, "organiser", by=school.people[who].actor)
    post = Post.objects.get(unit=school.branch, post="secretary")
    with pytest.raises(Refused):
        actions.end_post(post, by=school.people[who].actor)


def test_a_post_stands_only_on_its_kinds_of_unit(school):
    with pytest.raises(Invalid):
        actions.appoint(school.member, school.branch, "office", by=BY)


def test_a_stranger_changes_nobodys_contact(school):
    with pytest.raises(Refused):
        actions.set_contact(school.member, email="x@y.cn", phone="", by=school.neighbour.actor)


def test_the_office_registers_moves_and_ends_through_its_pages(school):
    browser = builder.client(school.office)
    body = {
        "name": "欧阳 修",
        "number": "2010010001",
        "category": "student",
        "status": "full",
        "begun": "developed",
    }
    browser.post(reverse("unit_add_member", args=[school.branch.public_id]), body)
    person = Person.objects.get(number="2010010001")
    assert registered(person, TODAY) == [school.branch]
    address = reverse("person_move", args=[person.public_id])
    answer = browser.post(address + "?q=会计", {"unit": school.branch2.public_id, "role": "R"})
    assert answer.status_code == 302
    assert registered(person, TODAY) == [school.branch2]
    answer = browser.post(reverse("person_leave", args=[person.public_id]), {"how": "out"})
    assert answer.status_code == 302
    assert registered(person, TODAY) == []


def test_a_refused_form_keeps_what_was_typed(school):
    browser = builder.client(school.office)
    body = {"name": "欧阳修", "number": "2008010003", "begun": "in"}
    answer = browser.post(reverse("unit_add_member", args=[school.branch.public_id]), body)
    assert answer.status_code == 422
    assert "欧阳修" in answer.content.decode()
    assert "已经有人用" in answer.content.decode()


NAMES = [
    ("张 伟", "张伟"),
    ("𠮷 田", "𠮷田"),
    ("阿依古丽・买买提江", "阿依古丽·买买提江"),
    ("买合木提 • 吐尔逊", "买合木提·吐尔逊"),
    ("Anna  Maria Smith", "Anna Maria Smith"),
    ("O'Neill\u200b", "O'Neill"),
    ("𰻝𰻝", "𰻝𰻝"),
]


@pytest.mark.parametrize(("typed", "kept"), NAMES)
def test_names_of_every_kind_are_kept_whole_and_found(school, typed, kept):
    person = actions.add_person(typed, number="n1", unit=school.branch4, by=BY)
    assert Person.objects.get(pk=person.pk).name == kept
    assert person in Person.objects.filter(people.matching(typed))


def test_people_of_the_same_name_stay_two(school):
    assert Person.objects.filter(name="张伟").count() == 2


def test_lists_sort_by_pinyin():
    names = ["张伟", "Anna", "李会", "阿依古丽·买买提江", "买合木提·吐尔逊"]
    assert sorted(names, key=sort_key) == ["阿依古丽·买买提江", "Anna", "李会", "买合木提·吐尔逊", "张伟"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_makes_a_name_that_stays_the_same_when_cleaned_again(text):
    once = clean_name(text)
    assert clean_name(once) == once
    assert len(sort_key(once)) <= 120


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120), number=st.text(max_size=50))
def test_no_input_of_a_new_member_breaks_the_page(school, text, number):
    with transaction.atomic():
        browser = builder.client(school.office)
        body = {"name": text, "number": number, "day": text[:10], "category": text[:5], "begun": "in"}
        answer = browser.post(reverse("unit_add_member", args=[school.branch.public_id]), body)
        assert answer.status_code in (302, 422)
        assert browser.get(reverse("units"), {"q": text, "kind": number}).status_code == 200
        transaction.set_rollback(True)
