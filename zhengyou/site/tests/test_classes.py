"""A class graduates in the middle of a campaign: its open duties become void or go along, the past stays."""

from __future__ import annotations

from datetime import date

import pytest

from zhengyou.campaigns import actions as campaign_actions
from zhengyou.campaigns import duties
from zhengyou.campaigns.models import Duty
from zhengyou.org import tree
from zhengyou.org.actions.classes import Chosen, Deed, do_class, fingerprint, preview_class
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


def test_open_duties_of_graduates_become_void_as_the_preview_said(school):
    chosen, deed = Chosen(school.branch.public_id), Deed("graduate", stage.TODAY)
    shown = preview_class(chosen, deed, by=BY, then=FOLLOW.roster)
    open_before = Duty.objects.filter(member__in=chosen.found()).exclude(
        state__in=("accepted", "void", "exempt")
    )
    assert shown["duties"]["leave"] >= open_before.count() > 0
    people = list(chosen.found())
    done = do_class(chosen, deed, by=BY, seen=fingerprint(shown), then=FOLLOW.roster)
    assert done["duties"] == shown["duties"]
    assert not Duty.objects.filter(member__in=people, state__in=("due", "returned", "submitted")).exists()
    assert duties.faults() == []
    assert tree.faults() == []
    campaign_actions.tick(full=True)
    assert campaign_actions.tick(full=True).changed == {}


def test_open_duties_of_a_moved_class_go_along_and_late_entries_count_from_their_day(school):
    chosen = Chosen(school.branch.public_id, category="student")
    people = list(chosen.found())
    do_class(chosen, Deed("move", date(2010, 11, 15), school.branch2.public_id), by=BY, then=FOLLOW.roster)
    later = Duty.objects.filter(member__in=people, state="due", slot__cutoff_on__gte=date(2010, 11, 15))
    units = set(later.values_list("unit", flat=True))
    assert units == {school.branch2.pk}
    assert duties.faults() == []
    assert tree.faults() == []
