"""A whole class at once: chosen by rule or tick, moved, graduated, developed; shown first, one entry, one set."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from zhengyou.journal.models import Entry
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, tree
from zhengyou.org.actions.classes import Chosen, Deed, do_class, fingerprint, preview_class
from zhengyou.org.models import Affiliation, Person, Post, Unit, User, on
from zhengyou.org.tests import builder

TODAY = date(2010, 11, 22)
BY = builder.BY


def everybody(unit, **more) -> Chosen:
    return Chosen(unit.public_id, **more)


def facts(person) -> list[tuple]:
    rows = Affiliation.objects.filter(person=person, dropped=None, role="R").order_by("valid_from")
    return [(r.valid_from, r.unit_id, r.category, r.status, r.begun, r.ended) for r in rows]


def test_a_class_graduates_with_its_activity_and_posts(school):
    day = date(2010, 11, 20)
    outcome = do_class(
        everybody(school.branch), Deed("graduate", day, document_no="毕 1 号"), by=school.office.actor
    )
    assert outcome["people"] == 4
    assert {(p["name"], p["post"]) for p in outcome["posts"]} == {
        ("任致远", "secretary"), ("买合木提·吐尔逊", "secretary"),
    }  # fmt: skip
    assert not tree.affiliations_in(school.branch.pk, TODAY).exists()
    assert tree.affiliations_in(school.branch.pk, date(2010, 11, 19)).count() == 4
    assert not Affiliation.objects.filter(on(TODAY), person=school.member2).exists()
    assert not Post.objects.filter(on(TODAY), person__in=[school.dean, school.secretary]).exists()
    assert Post.objects.filter(on(date(2010, 11, 19)), person=school.secretary).exists()
    ended = Affiliation.objects.filter(person=school.member, dropped=None).get()
    assert (ended.ended, ended.valid_to) == ("out", day)
    entry = Entry.objects.latest("id")
    assert (entry.verb, entry.unit) == ("org.members_graduated", school.branch.public_id)
    assert entry.digests["people"] == 4
    assert Affiliation.objects.filter(entry=entry).exists()
    assert tree.faults() == []


def test_statements_do_not_grow_with_the_number_of_people(school, django_assert_max_num_queries):
    for deed, unit in (
        (Deed("status", TODAY, "probationary"), school.branch),
        (Deed("move", TODAY, school.branch2.public_id), school.branch),
        (Deed("graduate", TODAY), school.branch2),
    ):
        with django_assert_max_num_queries(32):
            do_class(everybody(unit), deed, by=BY)


def test_chosen_by_category_status_year_and_tick(school):
    Person.objects.filter(pk=school.member.pk).update(joined_on=date(2008, 5, 1))
    assert set(everybody(school.branch, category="staff").found()) == {school.dean}
    assert set(everybody(school.branch, year=2008).found()) == {school.member}
    assert set(everybody(school.branch, people=(school.member2.public_id, school.far.public_id)).found()) == {
        school.member2
    }
    assert set(everybody(school.branch, status="probationary").found()) == set()
    assert everybody(school.general, below=True).found().count() == 6


def test_developing_is_a_new_row_from_the_day_and_sets_when_confirmed(school):
    new = actions.add_person(
        "预备的",
        number="9",
        unit=school.branch,
        day=date(2010, 9, 1),
        category="student",
        status="probationary",
        by=BY,
    )
    do_class(everybody(school.branch), Deed("status", date(2010, 11, 1), "full"), by=school.office.actor)
    assert facts(new) == [
        (date(2010, 9, 1), school.branch.pk, "student", "probationary", "in", "changed"),
        (date(2010, 11, 1), school.branch.pk, "student", "full", "changed", ""),
    ]
    new.refresh_from_db()
    assert new.confirmed_on == date(2010, 11, 1)
    assert Entry.objects.latest("id").digests["people"] == 1
    assert Entry.objects.latest("id").subject == f"person:{new.public_id}"
    with pytest.raises(Invalid, match="没有要办的人"):
        do_class(everybody(school.branch), Deed("status", TODAY, "full"), by=school.office.actor)
    assert tree.faults() == []


def test_a_member_may_be_retained_where_the_organisation_knows_that(db):
    part = copy.deepcopy(builder.PART)
    kinds = {**part.kinds, "status": {**part.kinds["status"], "retained": builder.Label("保留", "Retained")}}
    school = builder.build(replace(part, kinds=kinds))
    do_class(everybody(school.branch, category="student"), Deed("status", TODAY, "retained"), by=BY)
    assert tree.affiliations_in(school.branch.pk, TODAY).filter(status="retained").count() == 3
    browser = builder.client(school.office)
    page = browser.post(
        reverse("unit_class", args=[school.branch2.public_id]),
        {"scope": "all", "how": "status", "status": "retained", "day": "2010-11-22"},
    ).content.decode()
    assert "2012" in page


def test_how_long_members_are_retained_and_in_which_status_stands_in_the_organisations_part(db):
    part = copy.deepcopy(builder.PART)
    kinds = {**part.kinds, "status": {**part.kinds["status"], "kept": builder.Label("留档", "Kept")}}
    rule = replace(part.members, retained="kept", retained_years=1)
    school = builder.build(replace(part, kinds=kinds, members=rule))
    form = {"scope": "all", "how": "status", "status": "kept", "day": "2010-11-22"}
    url = reverse("unit_class", args=[school.branch2.public_id])
    page = builder.client(school.office).post(url, form).content.decode()
    assert "2011年11月22日" in page
    assert "2012" not in page


def test_later_rows_of_the_same_person_follow(school):
    do_class(everybody(school.branch), Deed("category", date(2010, 11, 10), "staff"), by=BY)
    do_class(everybody(school.branch), Deed("status", date(2010, 11, 1), "probationary"), by=BY)
    assert facts(school.member) == [
        (builder.ENTERED, school.branch.pk, "student", "full", "in", "changed"),
        (date(2010, 11, 1), school.branch.pk, "student", "probationary", "changed", "changed"),
        (date(2010, 11, 10), school.branch.pk, "staff", "probationary", "changed", ""),
    ]
    assert tree.faults() == []


def test_the_preview_changes_nothing_and_what_is_done_is_what_was_shown(school):
    deed = Deed("graduate", TODAY)
    before = Entry.objects.count()
    seen = fingerprint(preview_class(everybody(school.branch), deed, by=BY))
    assert Entry.objects.count() == before
    assert tree.affiliations_in(school.branch.pk, TODAY).count() == 4
    actions.add_person("多一位", number="9", unit=school.branch, by=BY)
    with pytest.raises(Conflict, match="情况又有变动"):
        do_class(everybody(school.branch), deed, by=BY, seen=seen)
    assert tree.affiliations_in(school.branch.pk, TODAY).count() == 5


def test_not_for_a_day_to_come_nor_into_a_closed_or_unknown_unit(school):
    with pytest.raises(Invalid, match="不能晚于今天"):
        do_class(everybody(school.branch), Deed("graduate", date(2010, 12, 1)), by=BY)
    Unit.objects.filter(pk=school.direct2.pk).update(closed_on=TODAY)
    with pytest.raises(Invalid, match="撤销"):
        do_class(everybody(school.branch), Deed("move", TODAY, school.direct2.public_id), by=BY)
    with pytest.raises(Invalid, match="选一个单位"):
        do_class(everybody(school.branch), Deed("move", TODAY, "nobody"), by=BY)
    with pytest.raises(Invalid, match="选一种"):
        do_class(everybody(school.branch), Deed("status", TODAY, "nonsense"), by=BY)


def test_only_the_office_and_never_the_last_who_can_appoint(school):
    for who in (school.secretary, school.dean, school.member):
        for deed in (Deed("graduate", TODAY), Deed("status", TODAY, "probationary")):
            with pytest.raises(Refused):
                do_class(everybody(school.branch), deed, by=who.actor)
    assert not Affiliation.objects.filter(status="probationary").exists()
    actions.affiliate(school.office, school.direct, by=BY)
    with pytest.raises(Refused, match="最后一位能办任免"):
        do_class(everybody(school.direct), Deed("left", TODAY), by=school.office.actor)
    assert Post.objects.filter(on(TODAY), person=school.office).exists()


def test_accounts_of_graduates_are_switched_off(school):
    builder.user(school.member)
    do_class(everybody(school.branch), Deed("graduate", TODAY), by=BY)
    assert User.objects.get(person=school.member).is_active is False


def test_a_class_graduates_through_the_pages(school):
    browser = builder.client(school.office)
    address = reverse("unit_class", args=[school.branch.public_id])
    assert address in browser.get(reverse("unit_members", args=[school.branch.public_id])).content.decode()
    page = browser.get(address).content.decode()
    assert "符合条件的 4 人" in page
    refused = browser.post(address, {"scope": "ticked", "how": "graduate", "day": "2010-11-20"})
    assert refused.status_code == 422
    assert browser.post(address, {"scope": "all", "how": "move", "day": ""}).status_code == 422
    assert browser.post(address, {"scope": "all", "how": "left", "day": "2099-01-01"}).status_code == 422
    shown = browser.post(
        address,
        {
            "scope": "ticked",
            "person": [school.member.public_id, school.secretary.public_id],
            "how": "graduate",
            "day": "2010-11-20",
        },
    )
    text = shown.content.decode()
    assert "补录，晚 2 天" in text
    assert "买合木提" in text
    kept = {"token": shown.context["token"], "seen": shown.context["seen"]}
    assert browser.post(address, {**kept, "seen": "other"}).status_code == 409
    assert browser.post(address, {**kept, "token": "broken"}).status_code == 302
    assert tree.affiliations_in(school.branch.pk, TODAY).count() == 4
    browser.post(address, kept)
    assert set(tree.affiliations_in(school.branch.pk, TODAY).values_list("person", flat=True)) == {
        school.dean.pk, school.member2.pk,
    }  # fmt: skip
    for who in ("secretary", "member", "leader"):
        assert builder.client(getattr(school, who)).get(address).status_code in (403, 404)


def test_registered_where_they_were_active_they_are_active_there_no_more(school):
    do_class(
        everybody(school.branch, category="student"), Deed("move", TODAY, school.branch2.public_id), by=BY
    )
    assert list(Affiliation.objects.filter(on(TODAY), person=school.member2).values_list("unit", "role")) == [
        (school.branch2.pk, "R")
    ]
    assert Affiliation.objects.filter(on(date(2010, 11, 1)), person=school.member2, role="A").exists()
