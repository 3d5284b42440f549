"""Random lives under the speech's own pack, amended again and again while members, units, dates and papers change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from zhengyou.campaigns import actions
from zhengyou.campaigns.actions import amending
from zhengyou.campaigns.models import Amendment, Campaign, Task
from zhengyou.campaigns.tests import speech
from zhengyou.campaigns.tests.test_amending import LONGER, NEW_TASK, NO_MOBILISE, ONLY_STUDENTS, SPEECH
from zhengyou.campaigns.tests.test_lives import NUMBER
from zhengyou.site.tests.test_through_time import NO, Life2

CHANGES = (LONGER, ONLY_STUDENTS, NEW_TASK, NO_MOBILISE)


def variant(mask: int) -> str:
    """The speech's pack with those of the four changes whose bit is set."""
    out = SPEECH
    for i, (old, new) in enumerate(CHANGES):
        if mask >> i & 1:
            assert out.count(old) == 1
            out = out.replace(old, new)
    return out


class AmendedLife(Life2):
    """One life in which the office amends the running pack, today or for a later day, taking issued duties along or not."""

    amended = 0
    reason = "illness"

    @initialize(seed=NUMBER, mask=st.integers(1, 15))
    def begin(self, seed: int, mask: int) -> None:
        self.today = speech.STARTED + timedelta(days=seed % 5)
        self.amend(mask, 0, True)

    @rule(mask=st.integers(0, 15), later=st.sampled_from([0, 0, 3, 9]), along=st.booleans())
    def the_pack_is_amended(self, mask: int, later: int, along: bool) -> None:
        self.amend(mask, later, along)

    def amend(self, mask: int, later: int, along: bool) -> None:
        office = self.school.office.actor
        with self.acting():
            actions.tick(full=True)
            campaign = Campaign.objects.get()
            before = Task.objects.count()
            try:
                with transaction.atomic():
                    draft = amending.draft(campaign, variant(mask), by=office, name="新.yaml")
                    amending.amend(
                        draft,
                        self.today + timedelta(days=later),
                        by=office,
                        document_no="校发〔2010〕20号",
                        reason="领导小组调整",
                        migrate=along,
                    )
            except NO:
                assert Task.objects.count() == before, "a refused amendment leaves nothing behind"
                return
            type(self).amended += 1
            campaign.refresh_from_db()
            made = Amendment.objects.get(pk=draft.pk)
            assert made.state == Amendment.State.PLANNED or campaign.text == variant(mask)
            assert actions.tick(full=True).changed == {}, "what an amendment asks for is done with it"


@pytest.fixture
def school(db, tmp_path):
    """The small school with the speech's campaign running since 6 July 2010."""
    Life2.room = tmp_path
    school = speech.build()
    speech.start(school)
    return school


def live(school, examples: int, steps: int) -> None:
    AmendedLife.school = school
    AmendedLife.amended = 0
    run_state_machine_as_test(
        AmendedLife,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            report_multiple_bugs=False,
            phases=(
                Phase.generate,
            ),  # a life under a whole pack takes a second: shrinking it would take minutes
        ),
    )
    assert AmendedLife.amended, "at least one amendment went through"


def test_random_lives_under_an_amended_pack(school):
    live(school, 4, 20)


@pytest.mark.deep
def test_many_random_lives_under_an_amended_pack(school):
    live(school, 150, 50)
