"""Deletion when due: the list with reasons and holds, what goes, what stays as a count, the key, the chain."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from zhengyou.journal.actions import digest
from zhengyou.journal.chain import verify
from zhengyou.journal.models import Draft, Entry, Evidence, SubjectKey
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, erasing
from zhengyou.org.about import NOTHING
from zhengyou.org.actions import erasing as acts
from zhengyou.org.actions import requests
from zhengyou.org.models import Affiliation, Person, PersonRequest, User
from zhengyou.org.tests import builder

LEFT = date(2010, 8, 1)
LATER = LEFT + timedelta(days=erasing.DEFAULT_DAYS)


@pytest.fixture
def left(school):
    """The member left on 1 August 2010."""
    builder.user(school.member)
    actions.leave([school.member], how="left", day=LEFT, by=builder.BY)
    return school


def erase(school, *people):
    found = erasing.due(clock.today())
    return acts.erase(
        erasing.fingerprint(found), [p.public_id for p in people], by=school.office.actor, about=NOTHING
    )


def test_somebody_is_due_two_years_after_leaving_and_not_a_day_before(left):
    with clock.playing(LATER - timedelta(days=1)):
        assert erasing.due(clock.today()) == []
    with clock.playing(LATER):
        (one,) = erasing.due(clock.today())
    assert (one.person, one.since, one.asked, one.against) == (left.member, LATER, False, "")


def test_whoever_still_holds_a_post_is_not_due(left):
    actions.appoint(left.member, left.branch, "secretary", by=builder.BY)
    with clock.playing(LATER + timedelta(days=900)):
        assert erasing.due(clock.today()) == []


def test_a_member_is_never_due(school):
    with clock.playing(date(2060, 1, 1)):
        assert erasing.due(clock.today()) == []


def test_a_granted_request_makes_it_due_at_once_but_never_a_member(school):
    request = requests.ask(school.member, "erase", reason="我要走了", by=school.member.actor)
    requests.decide(request, grant=True, by=school.office.actor)
    assert erasing.due(clock.today()) == []
    actions.leave([school.member], how="left", by=builder.BY)
    (one,) = erasing.due(clock.today())
    assert (one.person, one.asked) == (school.member, True)


def test_the_organisations_longest_time_counts(db):
    builder.build(replace(builder.PART, retention={"drafts": 365, "comments": 900, "uploads": 1}))
    assert erasing.retention_days() == 900


def test_a_hold_with_its_reason_stands_against_it(left):
    with clock.playing(LATER):
        acts.hold(left.member, "案件未结", by=left.office.actor)
        (one,) = erasing.due(clock.today())
        assert "案件未结" in one.against
        with pytest.raises(Invalid):
            erase(left, left.member)
        acts.hold(left.member, "", by=left.office.actor)
        assert erase(left, left.member) == 1


def test_only_the_office_deletes_and_holds(left):
    with clock.playing(LATER):
        seen = erasing.fingerprint(erasing.due(clock.today()))
        for who in (left.secretary, left.head, left.leader):
            with pytest.raises(Refused):
                acts.erase(seen, [left.member.public_id], by=who.actor, about=NOTHING)
            with pytest.raises(Refused):
                acts.hold(left.member, "x", by=who.actor)


def test_what_is_deleted_is_what_was_shown(left):
    with clock.playing(LATER):
        seen = erasing.fingerprint(erasing.due(clock.today()))
        actions.leave([left.far], how="left", day=LEFT, by=builder.BY)
        with pytest.raises(Conflict):
            acts.erase(seen, [left.member.public_id], by=left.office.actor, about=NOTHING)
    assert Person.objects.filter(erased_on=None, pk=left.member.pk).exists()


def test_what_is_held_goes_and_counts_stay(left):
    Draft.objects.create(
        owner=left.member.public_id, label="x", version=1, body={"a": "b"}, saved_at="2010-08-01T00:00Z"
    )
    rows = Affiliation.objects.filter(person=left.member).count()
    with clock.playing(LATER):
        assert erase(left, left.member) == 1
        assert erasing.due(clock.today()) == []
    person = Person.objects.get(pk=left.member.pk)
    assert (person.name, person.number, person.email, person.erased_on) == (acts.NEUTRAL, None, "", LATER)
    assert Affiliation.objects.filter(person=person).count() == rows
    assert not User.objects.filter(person=person).exists()
    assert not Draft.objects.exists()


def test_texts_of_requests_go_with_their_person(left):
    requests.ask(left.member, "object", reason="秘密的理由", by=left.member.actor)
    with clock.playing(LATER):
        erase(left, left.member)
    assert PersonRequest.objects.get().reason == ""


def test_the_key_is_destroyed_and_the_chain_stays_whole(left):
    subject = f"person:{left.member.public_id}"
    actions.set_contact(left.member, email="zw@example.org", phone="", by=builder.BY)
    entry = Entry.objects.latest("id")
    key = SubjectKey.objects.get(subject=subject).key
    assert entry.digests["email"] == digest("zw@example.org", key)
    assert entry.digests["email"] != digest("zw@example.org")
    with clock.playing(LATER):
        erase(left, left.member)
    assert not SubjectKey.objects.filter(subject=subject).exists()
    assert verify().broken is None


def test_every_person_has_a_key_of_the_own(school):
    for person in (school.member, school.member2):
        actions.set_contact(person, email="same@example.org", phone="", by=builder.BY)
    one, two = Entry.objects.order_by("-id")[:2]
    assert one.digests["email"] != two.digests["email"]
    assert SubjectKey.objects.filter(subject__startswith="person:").count() >= 2


def test_a_file_goes_only_when_nobody_else_names_it(
    left, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.DATA = tmp_path
    entry = Entry.objects.latest("id").id
    for sha, owners in (("aa" * 32, ["member"]), ("bb" * 32, ["member", "member2"])):
        path = tmp_path / "files" / sha[:2] / sha
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
        for owner in owners:
            Evidence.objects.create(
                name="f", sha256=sha, owner=getattr(left, owner).public_id, entry_id=entry, size=1
            )
    with clock.playing(LATER), django_capture_on_commit_callbacks(execute=True):
        erase(left, left.member)
    assert not (tmp_path / "files" / "aa" / ("aa" * 32)).exists()
    assert (tmp_path / "files" / "bb" / ("bb" * 32)).exists()


def test_the_page_lists_holds_and_deletes(left):
    client = builder.client(left.office)
    with clock.playing(LATER):
        page = client.get(reverse("erasure")).content.decode()
        assert "张伟" in page
        client.post(
            reverse("erasure_hold", args=[left.member.public_id]), {"reason": "复查", "key": "a" * 20}
        )
        assert "复查" in client.get(reverse("erasure")).content.decode()
        client.post(reverse("erasure_hold", args=[left.member.public_id]), {"reason": "", "key": "b" * 20})
        seen = erasing.fingerprint(erasing.due(clock.today()))
        empty = client.post(reverse("erasure"), {"seen": seen, "key": "c" * 20})
        assert empty.status_code == 422
        stale = client.post(
            reverse("erasure"), {"seen": "x", "person": left.member.public_id, "key": "d" * 20}
        )
        assert stale.status_code == 409
        client.post(reverse("erasure"), {"seen": seen, "person": left.member.public_id, "key": "e" * 20})
    assert Person.objects.get(pk=left.member.pk).erased_on == LATER
    assert builder.client(left.secretary).get(reverse("erasure")).status_code == 403
