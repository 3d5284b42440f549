"""Versions of an amended task are one column of the board, whatever its code was before."""

from __future__ import annotations

import pytest

from zhengyou.campaigns.models import Slot, Task
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.test_amending import TODAY, amend, campaign, school  # noqa: F401
from zhengyou.kit import clock
from zhengyou.overview import plan as plans


@pytest.fixture(autouse=True)
def today(house_clock):
    with clock.playing(TODAY):
        yield


def test_a_renamed_task_goes_on_under_its_new_code_as_one_column(school, campaign):  # noqa: F811
    renamed = (
        "          institution:\n            zh: 完善机制\n",
        "          rules_made:\n            was: institution\n            zh: 形成制度\n",
    )
    amend(school, campaign, renamed)
    old, new = Task.objects.get(code="institution"), Task.objects.get(code="rules_made")
    assert old.replaced_by_id == new.pk
    assert not Slot.objects.filter(task=old).exists()
    plan = plans.read()
    assert [t.code for t in plan.tasks.values() if t.code in ("institution", "rules_made")] == ["rules_made"]


def test_the_board_has_one_column_for_all_versions_and_loses_no_figure(school, campaign):  # noqa: F811
    before = play.counts(school.root)
    amend(school, campaign, ("            zh: 党员公开承诺\n", "            zh: 党员公开承诺（两条）\n"))
    plan = plans.read()
    codes = [t.code for t in plan.tasks.values()]
    assert len(codes) == len(set(codes))
    assert play.counts(school.root) == before
    line = next(t for t in plan.tasks.values() if t.code == "commitment_member")
    assert len(line.slots) == 1
    assert line.zh == "党员公开承诺（两条）"
