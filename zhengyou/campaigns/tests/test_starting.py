"""Starting: refused until approved and answered; then the plan stands as rows and everybody's duties are out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from zhengyou import packs
from zhengyou.campaigns import actions
from zhengyou.campaigns.models import Campaign, Duty, Phase, Programme, Slot, Task
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.play import day
from zhengyou.journal.actions import Actor, record
from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org.tests import builder

ROOT = Path(__file__).resolve().parents[3]
CLI = Actor.cli()


def prepared(pack: str, state: int, answered: bool = True) -> Campaign:
    """A campaign of a bundled pack in a state, with the demo's answers or none."""
    path = packs.bundled()[pack]
    with record("test.prepared", by=CLI) as entry:
        made = Campaign.objects.create(
            pack_id=pack,
            pack_version="1",
            zh=pack,
            text=Path(path).read_text("utf8"),
            sha256="",
            state=state,
            entry_id=entry.id,
        )
    if answered:
        given = packs.demo_answers(pack)
        with record("test.answered", by=CLI) as entry:
            for address, value in given.values.items():
                made.answers.create(
                    address=address, value=value, by="t", day=clock.today(), entry_id=entry.id
                )
    return made


def test_golden_13_the_speechs_pack_does_not_start_with_open_questions(school):
    campaign = prepared("excellence-2010", Campaign.State.APPROVED, answered=False)
    entries = Entry.objects.count()
    with pytest.raises(Invalid, match="没有解决"):
        actions.start(campaign, by=school.office.actor)
    assert Entry.objects.count() == entries
    assert not Task.objects.exists()
    assert Campaign.objects.get().state == Campaign.State.APPROVED


def test_golden_13_nor_without_approval_whoever_asks(school):
    campaign = prepared("excellence-2010", Campaign.State.DRAFT)
    for who in (school.office.actor, CLI):
        with pytest.raises(Refused, match="批准"):
            actions.start(campaign, by=who)
    with pytest.raises(PermissionDenied, match="办公室"):
        actions.start(campaign, by=school.dean.actor)


@pytest.fixture
def speech(db):
    """The small school, founded by the speech's own part."""
    return builder.build(
        packs.load("excellence-2010", packs.demo_answers("excellence-2010").values).organisation
    )


def test_the_answered_speech_starts_once_and_issues_what_is_open(speech):
    school, campaign = speech, prepared("excellence-2010", Campaign.State.APPROVED)
    started = actions.start(campaign, by=school.office.actor)
    assert (started.tasks, started.slots) == (Task.objects.count(), Slot.objects.count())
    assert Programme.objects.count() == 2
    assert Phase.objects.filter(programme__code="strive").count() == 4
    assert started.issued == Duty.objects.count() > 0
    assert Campaign.objects.get().state == Campaign.State.RUNNING
    with pytest.raises(Refused, match="启动过"):
        actions.start(campaign, by=school.office.actor)
    assert play.counts(school.root)["issued"] == started.issued
    play.settle()


def test_issuing_before_and_after_one_another_gives_the_same_duties(school):
    """Started late or ticked day by day from the beginning: who owes what is the same."""
    slots = [play.slot("9", day(9, 1), day(9, 30)), play.slot("10", day(10, 1), day(10, 31)), play.slot()]
    play.run(play.member_task("late", *slots), play.unit_task("units", *slots))
    late = Duty.objects.order_by("slot__period", "member", "subject_unit")
    late = list(late.values_list("slot__period", "member", "subject_unit", "unit", "state", "issued_on"))
    with clock.playing(day(9, 1)):
        play.run(play.member_task("early", *slots), play.unit_task("units", *slots))
    for n in range(1, 23):
        with clock.playing(day(11, n)):
            actions.tick()
    early = Duty.objects.filter(slot__task__campaign=Campaign.objects.last())
    early = early.order_by("slot__period", "member", "subject_unit")
    assert (
        list(early.values_list("slot__period", "member", "subject_unit", "unit", "state", "issued_on"))
        == late
    )
