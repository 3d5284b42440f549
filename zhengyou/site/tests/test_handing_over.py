"""A post handed over in the middle of a campaign: the unit's duties, waiting papers and drafts go along, own ones stay."""

from __future__ import annotations

import pytest

from zhengyou.campaigns.models import Duty, Submission
from zhengyou.journal import drafts
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict
from zhengyou.org.actions.terms import at_hand, fingerprint, hand_over
from zhengyou.org.models import Post, on
from zhengyou.org.tests import builder
from zhengyou.overview.tests import stage
from zhengyou.site.following import FOLLOW

BY = builder.BY


@pytest.fixture
def school(db):
    school = builder.build()
    stage.start()
    stage.play_on(school)
    return school


def test_drafts_for_the_units_duties_are_the_new_holders_and_own_ones_are_not(school):
    duty = Duty.objects.filter(subject_unit=school.branch, state="due").order_by("pk")[0]
    own = Duty.objects.filter(member=school.secretary).order_by("pk")[0]
    old, new = school.secretary.public_id, school.member.public_id
    drafts.save(old, f"duty:{duty.pk}", 0, {"done": "写了一半"})
    drafts.save(old, f"duty:{own.pk}", 0, {"done": "自己的"})
    drafts.save(new, f"duty:{duty.pk}", 0, {"done": "接任的人先写过"})
    post = Post.objects.get(on(clock.today()), person=school.secretary, unit=school.branch)
    found = at_hand(post, FOLLOW)
    assert found.drafts == (f"duty:{duty.pk}",)
    assert (
        found.duties
        == Duty.objects.filter(subject_unit=school.branch, state__in=("due", "returned")).count()
        > 0
    )
    above = Post.objects.get(on(clock.today()), person=school.dean, unit=school.general)
    waiting = Submission.objects.filter(state=Submission.State.WAITING, waits_at=school.general).count()
    assert at_hand(above, FOLLOW).waiting == waiting > 0
    hand_over(post, school.member, by=BY, seen=fingerprint(post, found), follow=FOLLOW)
    heads = drafts.load(new, f"duty:{duty.pk}").heads
    assert {head.body["done"] for head in heads} == {"写了一半", "接任的人先写过"}
    assert drafts.load(old, f"duty:{duty.pk}").heads == ()
    assert drafts.load(old, f"duty:{own.pk}").body == {"done": "自己的"}


def test_what_is_handed_over_is_what_was_shown(school):
    duty = Duty.objects.filter(subject_unit=school.branch, state="due").order_by("pk")[0]
    post = Post.objects.get(on(clock.today()), person=school.secretary, unit=school.branch)
    seen = fingerprint(post, at_hand(post, FOLLOW))
    drafts.save(school.secretary.public_id, f"duty:{duty.pk}", 0, {"done": "刚写的"})
    with pytest.raises(Conflict, match="又有变动"):
        hand_over(post, school.member, by=BY, seen=seen, follow=FOLLOW)
