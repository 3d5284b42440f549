"""The desk says which promises wait for the own word, are due soon, or are to be confirmed, as the list of promises does."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.commitments import waiting
from zhengyou.commitments.actions import changing, keeping
from zhengyou.commitments.homes import homes
from zhengyou.commitments.models import Item, ItemChange
from zhengyou.commitments.tests import promising
from zhengyou.commitments.tests.hung import hang
from zhengyou.journal.actions import record
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org.models import Closure, Placement, Post, Succession, Unit
from zhengyou.org.tests.builder import client
from zhengyou.overview.desk import hats


@pytest.fixture
def asked(school):
    promising.run()
    return school


def told(person):
    authority = promising.play.authority(person)
    return hats.read(person, authority, authority.day).notices.promises


def listed(person):
    found = waiting.to_judge(promising.play.authority(person))
    assert found.n == len(found.first)
    return found.n


def test_claims_and_changes_stand_with_whoever_confirms(asked):
    (one,) = promising.published(asked.member, asked.secretary, promising.ONE)
    (two,) = promising.published(asked.member2, asked.secretary, promising.TWO)
    (own,) = promising.published(asked.secretary, asked.dean, "借书三十本给学弟")
    keeping.claim(one, "做了", by=asked.member.actor)
    changing.ask_release(two, reason="外出", told="同学", by=asked.member2.actor)
    keeping.claim(own, "借了", by=asked.secretary.actor)
    for who, n in ((asked.secretary, 2), (asked.dean, 1), (asked.secretary2, 0), (asked.office, 0)):
        assert told(who).judge == n == listed(who)
    assert "2 条承诺等您认定" in client(asked.secretary).get("/desk/").content.decode()


def test_where_there_is_no_head_the_one_above_is_told(asked):
    from zhengyou.campaigns import actions

    late = org.add_person(
        "新", number="2009010077", unit=asked.branch4, by=promising.play.SYSTEM, day=date(2010, 7, 1)
    )
    actions.tick(full=True)
    (item,) = promising.published(late, asked.dean2)
    keeping.claim(item, "做了", by=late.actor)
    assert told(asked.dean2).judge == 1 == listed(asked.dean2)


def test_the_own_ones_due_soon_and_those_to_sign(asked):
    promising.published(asked.member, asked.secretary)
    assert not told(asked.member)
    with clock.playing(promising.DAY):
        assert told(asked.member).keep == 1
    promising.promise(asked.member2, promising.TWO, signed=False)
    promising.judge(asked.member2, asked.secretary)
    assert told(asked.member2).sign == 1
    assert "1 份承诺等您确认或签名" in client(asked.member2).get("/desk/?as=me").content.decode()


def expected(day):
    """Person -> items that the rule for papers (`Reviewers`) puts on the own desk, whatever the statement says."""
    people = Reviewers(day)
    items = list(Item.objects.filter(state=Item.State.CLAIMED).select_related("commitment"))
    where = homes({item.commitment for item in items}, day)
    out = defaultdict(set)
    for item in items:
        whole = item.commitment
        by = {pk for pk in (whole.member_id, item.claimed_by_id, item.owner_id) if pk}
        desk = people.desk("parent", where[whole.pk], of_unit=whole.of_unit, authors=by)
        for person in people.able(desk, by):
            out[person].add(item.pk)
    return out


def test_desk_list_and_the_rule_for_papers_agree_for_everybody_at_any_number_of_levels(asked):
    """One head of two levels; heads of each level among the members; a vacant branch; a merged one; the root itself."""
    for person, unit in ((asked.dean, asked.branch), (asked.member2, asked.general), (asked.far, asked.root)):
        org.appoint(person, unit, "secretary", by=promising.play.SYSTEM, first_responsible=False)
    hung = [
        hang(person, person.affiliations.get(role="R").unit, "一", items={"claimed_by": person})
        for person in asked.people.values()
        if person.affiliations.filter(role="R").exists()
    ]
    units = (
        asked.root,
        asked.general,
        asked.direct,
        asked.direct2,
        asked.branch,
        asked.branch3,
        asked.branch4,
    )
    heads = (asked.head, asked.dean, asked.staff, asked.office, asked.secretary, asked.dean2, asked.dean2)
    hung += [
        hang(unit, unit, "二", items={"claimed_by": head}) for unit, head in zip(units, heads, strict=True)
    ]
    assert len(hung) > 15
    Item.objects.update(state=Item.State.CLAIMED)
    with record("merged", by=promising.play.SYSTEM) as entry:
        Succession.objects.create(
            old=asked.branch4, new=asked.branch3, day=date(2010, 7, 2), entry_id=entry.id
        )
        Placement.objects.filter(unit=asked.branch4).update(valid_to=date(2010, 7, 2))
        Closure.objects.filter(descendant=asked.branch4).update(valid_to=date(2010, 7, 2))
        Unit.objects.filter(pk=asked.branch4.pk).update(closed_on=date(2010, 7, 2))
    found = expected(clock.today())
    assert len(found) > 6
    for person in asked.people.values():
        judging = waiting.to_judge(promising.play.authority(person))
        assert {one.item.pk for one in judging.first} == found.get(person.pk, set()), person.name
        assert told(person).judge == judging.n == len(judging.first), person.name


def test_what_was_decided_leaves_no_change_waiting(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    item = keeping.claim(item, "做了", by=asked.member.actor)
    ItemChange.objects.create(
        item=item, kind="release", old_text=item.text, reason="外出", by=asked.member,
        asked_on=clock.today(), entry_id=item.commitment.entry_id,
    )  # fmt: skip
    keeping.decide(item, True, by=asked.secretary.actor)
    assert told(asked.secretary).judge == 0 == listed(asked.secretary)


def test_the_third_refusal_of_a_claim_tells_the_level_above_until_it_is_settled(asked):
    (item,) = promising.published(asked.member, asked.secretary)
    for n in (1, 2, 3):
        item = keeping.claim(item, "做了", by=asked.member.actor)
        item = keeping.decide(item, False, "没有签到表", by=asked.secretary.actor)
        assert (
            told(asked.dean).alerts == len(waiting.alerted(promising.play.authority(asked.dean))) == (n == 3)
        )
    page = client(asked.dean).get("/commitments/").content.decode()
    assert "三次没有认定的（1 条）" in page
    assert "1 条承诺报了三次都没有认定" in client(asked.dean).get("/desk/").content.decode()
    for who in (asked.secretary, asked.head, asked.dean2, asked.member):
        assert told(who).alerts == 0
    item = keeping.claim(item, "做了，有签到表", by=asked.member.actor)
    assert told(asked.dean).alerts == 1
    keeping.decide(item, True, by=asked.dean.actor)
    assert told(asked.dean).alerts == 0
    assert "三次没有认定的" not in client(asked.dean).get("/commitments/").content.decode()


def test_where_the_level_above_is_vacant_the_next_is_told(asked):
    post = Post.objects.get(unit=asked.general, post="secretary", dropped=None)
    (item,) = promising.published(asked.member, asked.secretary)
    org.end_post(post, by=promising.play.SYSTEM)
    for _n in range(3):
        item = keeping.claim(item, "做了", by=asked.member.actor)
        item = keeping.decide(item, False, "没有签到表", by=asked.secretary.actor)
    assert told(asked.head).alerts == told(asked.office).alerts == 1
