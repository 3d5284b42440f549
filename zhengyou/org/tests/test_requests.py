"""A person asks for a correction, objects, asks for deletion: who decides, both texts kept, applied at once, once upwards."""

from datetime import timedelta

import pytest

from zhengyou.journal.chain import verify
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, people, rights
from zhengyou.org.actions import requests
from zhengyou.org.models import Affiliation, Person, PersonRequest, User
from zhengyou.org.rules import Authority
from zhengyou.org.tests import builder

BY = builder.BY


def authority(person):
    return Authority.of(person, clock.today())


def ask(person, about="name", new="张卫", kind="correct", **more):
    return requests.ask(person, kind, about=about, new_text=new, by=person.actor, **more)


def test_a_correction_waits_at_the_own_secretary_and_is_due_in_fifteen_days(school):
    request = ask(school.member)
    assert request.unit == school.branch
    assert request.due_on == clock.today() + timedelta(days=15)
    assert (request.old_text, request.new_text) == ("张伟", "张卫")
    assert list(rights.waiting(authority(school.secretary))) == [request]
    assert list(rights.waiting(authority(school.secretary2))) == []


@pytest.mark.parametrize(("about", "new"), [("number", "2008010099"), ("unit", "会计2008级学生党支部")])
def test_number_and_unit_wait_at_the_office(school, about, new):
    request = ask(school.member, about, new)
    assert request.unit is None
    assert list(rights.waiting(authority(school.office))) == [request]
    with pytest.raises(Refused):
        requests.decide(request, grant=True, by=school.secretary.actor)


def test_a_secretarys_own_request_waits_above(school):
    assert ask(school.secretary, new="买合木提").unit == school.general


def test_nobody_decides_the_own_request(school):
    request = ask(school.office, new="何岚")
    with pytest.raises(Refused, match="自己"):
        requests.decide(request, grant=True, by=school.office.actor)
    requests.decide(request, grant=True, by=school.head.actor)
    assert Person.objects.get(pk=school.office.pk).name == "何岚"


def test_only_the_person_asks(school):
    with pytest.raises(Refused):
        requests.ask(school.member, "correct", about="name", new_text="李四", by=school.secretary.actor)


@pytest.mark.parametrize(
    ("about", "new", "kept"),
    [
        ("name", "张 卫", "张卫"),
        ("joined_on", "2009-05-04", "2009-05-04"),
        ("confirmed_on", "2010-05-04", "2010-05-04"),
        ("category", "教职工", "staff"),
        ("status", "probationary", "probationary"),
        ("email", "zw@example.org", "zw@example.org"),
        ("phone", "138 0000", "138 0000"),
        ("note", "左撇子", "左撇子"),
    ],
)
def test_a_granted_correction_is_written_in_the_same_transaction(school, about, new, kept):
    request = ask(school.member, about, new)
    requests.decide(request, grant=True, by=school.secretary.actor)
    person = Person.objects.get(pk=school.member.pk)
    assert rights.held(person, about, clock.today()) == kept
    request.refresh_from_db()
    assert request.state == PersonRequest.State.GRANTED
    assert request.decided_entry_id
    assert verify().broken is None


def test_a_corrected_category_was_never_otherwise_and_the_old_row_stays_dropped(school):
    before = people.home(school.member, clock.today())
    seen = []
    request = ask(school.member, "category", "staff")
    requests.decide(request, grant=True, by=school.secretary.actor, then=lambda entry: seen.append(entry.id))
    after = people.home(school.member, clock.today())
    assert (after.valid_from, after.valid_to) == (before.valid_from, before.valid_to)
    assert Affiliation.objects.get(pk=before.pk).dropped_id == after.entry_id
    assert seen == [after.entry_id]  # duties follow


def test_a_corrected_unit_moves_the_whole_registration(school):
    requests.decide(ask(school.member, "unit", "会计2008级学生党支部"), grant=True, by=school.office.actor)
    home = people.home(school.member, clock.today())
    assert (home.unit, home.valid_from) == (school.branch2, builder.ENTERED)
    assert Affiliation.objects.filter(person=school.member, role="R", dropped=None).count() == 1


def test_a_corrected_number_signs_in(school):
    builder.user(school.member)
    requests.decide(ask(school.member, "number", "2008010099"), grant=True, by=school.office.actor)
    assert User.objects.get(person=school.member).number == "2008010099"


@pytest.mark.parametrize(
    ("about", "new"),
    [
        ("number", "2008010001"),
        ("unit", "没有这个单位"),
        ("joined_on", "去年"),
        ("joined_on", "2999-01-01"),
        ("category", "神仙"),
        ("email", "不是邮箱"),
        ("name", ""),
        ("secret", "x"),
    ],
)
def test_what_could_not_be_written_is_not_taken(school, about, new):
    with pytest.raises(Invalid):
        ask(school.member, about, new)
    assert not PersonRequest.objects.exists()


def test_the_same_thing_is_asked_once_at_a_time(school):
    request = ask(school.member)
    with pytest.raises(Invalid):
        ask(school.member, new="张威")
    requests.withdraw_request(request, by=school.member.actor)
    ask(school.member, new="张威")


def test_a_refusal_needs_a_reason_and_is_decided_once(school):
    request = ask(school.member)
    with pytest.raises(Invalid):
        requests.decide(request, grant=False, by=school.secretary.actor)
    requests.decide(request, grant=False, answer="证件上是张伟", by=school.secretary.actor)
    assert Person.objects.get(pk=school.member.pk).name == "张伟"
    with pytest.raises(Conflict):
        requests.decide(request, grant=True, by=school.office.actor)


def refused(school):
    return requests.decide(ask(school.member), grant=False, answer="不对", by=school.secretary.actor)


def test_a_refusal_goes_one_level_up_once_and_to_somebody_else(school):
    second = requests.appeal(refused(school), reason="证件已经改了", by=school.member.actor)
    assert second.unit == school.general
    assert list(rights.waiting(authority(school.secretary))) == []
    with pytest.raises(Refused):
        requests.decide(second, grant=True, by=school.secretary.actor)
    requests.decide(second, grant=False, answer="还是不对", by=school.dean.actor)
    with pytest.raises(Refused, match="一次"):
        requests.appeal(second, reason="再来", by=school.member.actor)


def test_who_refused_does_not_decide_the_appeal(school):
    first = ask(school.member, "number", "2008010099")
    requests.decide(first, grant=False, answer="不对", by=school.office.actor)
    second = requests.appeal(first, reason="请再看", by=school.member.actor)
    assert second.unit == school.root
    assert list(rights.waiting(authority(school.office))) == []
    with pytest.raises(Refused, match="上一次"):
        requests.decide(second, grant=True, by=school.office.actor)
    requests.decide(second, grant=True, by=school.head.actor)
    assert Person.objects.get(pk=school.member.pk).number == "2008010099"


def test_while_the_unit_has_no_head_the_next_above_decides(school):
    request = ask(school.member)
    post = school.secretary.posts.get()
    actions.end_post(post, by=BY)
    requests.decide(request, grant=True, by=school.dean.actor)
    assert Person.objects.get(pk=school.member.pk).name == "张卫"


def test_a_foreign_secretary_neither_sees_nor_decides(school):
    request = ask(school.member)
    for who in (school.secretary2, school.dean2, school.member2, school.leader, school.publicity):
        assert not rights.may_see_request(authority(who), request)
        with pytest.raises(Refused):
            requests.decide(request, grant=True, by=who.actor)


def test_objections_and_deletion_say_why(school):
    with pytest.raises(Invalid):
        ask(school.member, rights.OTHER, "", kind="object")
    assert ask(school.member, rights.OTHER, "", kind="object", reason="不愿公开").unit == school.branch
    assert ask(school.member, rights.OTHER, "", kind="erase", reason="已离开").unit is None
