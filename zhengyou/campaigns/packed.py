"""A campaign's pack read with the office's answers: what is open, what blocks, what follows from it."""

from __future__ import annotations

from typing import Any

from zhengyou import packs
from zhengyou.campaigns.models import Campaign
from zhengyou.org import current
from zhengyou.packs import schedule
from zhengyou.packs.schedule import ProgrammePlan, TaskPlan


def answers(campaign: Campaign) -> dict[str, str]:
    """The answers given so far by address; what was put off is left open."""
    return dict(campaign.answers.filter(put_off_to=None).values_list("address", "value"))


def checked(campaign: Campaign) -> Any:
    """The pack as it was read, checked with its answers against this organisation (packs.Checked)."""
    return packs.load(campaign.text, answers=answers(campaign), organisation=current.part())


def blocking(checked: Any) -> list[str]:
    """What keeps a checked pack from being started: its errors, and its questions that block; in words."""
    found = [fault.text for fault in checked.errors]
    return found + [str(question.ask) for question in checked.open if question.blocks]


def plan(checked: Any) -> tuple[list[TaskPlan], list[ProgrammePlan]]:
    """The dated tasks and the programmes that follow from a checked pack."""
    return schedule.plan(checked), schedule.timeline(checked)
