"""The desk says which promises wait for the own word, are due soon, or are to be confirmed, as the list of promises does."""

from __future__ import annotations

import pytest

from zhengyou.commitments import waiting
from zhengyou.commitments.actions import changing, keeping
from zhengyou.commitments.tests import promising
from zhengyou.kit import clock
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
    return len(waiting.to_judge(promising.play.authority(person)))


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
    from datetime import date

    from zhengyou.campaigns import actions
    from zhengyou.org import actions as org

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
