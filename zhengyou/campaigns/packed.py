"""A campaign's pack read with the office's answers: what is open, what blocks, what follows from it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from zhengyou import packs
from zhengyou.campaigns.models import Campaign
from zhengyou.kit import clock
from zhengyou.org import current, tree
from zhengyou.packs import schedule
from zhengyou.packs.check import Checked
from zhengyou.packs.reading import read
from zhengyou.packs.schedule import ProgrammePlan, TaskPlan

MOVED = "moved."
"""Begins the address of an answer that moves a named day of the calendar, whoever stated it."""


def moved(campaign: Campaign) -> dict[str, str]:
    """The named days that were moved after the start, by name, as YYYY-MM-DD."""
    kept = campaign.answers.filter(address__startswith=MOVED).values_list("address", "value")
    return {address.removeprefix(MOVED): value for address, value in kept}


def answers(campaign: Campaign) -> dict[str, Any]:
    """The answers given so far by address, as the pack language reads them; what was put off says to whom and till when."""
    out: dict[str, Any] = {}
    kept = campaign.answers.exclude(address__startswith=MOVED)
    for address, value, until, post in kept.values_list("address", "value", "put_off_to", "put_off_post"):
        out[address] = {"put_off": {"post": post, "until": until.isoformat()}} if until else value
    return out


def read_text(
    text: str,
    english: str = "",
    given: dict[str, Any] | None = None,
    name: str = "pack.yaml",
    moved: dict[str, str] | None = None,
) -> Checked:
    """A pack's text with its English and these answers, checked against this organisation as it stands today."""
    sidecar = read(english, name.replace(".yaml", ".en.yaml")) if english.strip() else None
    found = read(text, name)
    if moved and given:  # a day that was asked for and moved since has its new answer
        given = {a: moved.get(_day_named(a), v) for a, v in given.items()}
    return packs.check(found, given, current.part(), sidecar=sidecar, counts=unit_counts(), moved=moved)


def _day_named(address: str) -> str:
    """The named day that an address gives a date to; "" for every other place."""
    keys = address.split(".")
    return keys[-2] if len(keys) > 1 and keys[-1] == "on" else ""


def checked(campaign: Campaign) -> Checked:
    """The pack as it was read, checked with its answers against this organisation."""
    name = f"{campaign.pack_id}.yaml"
    return read_text(campaign.text, campaign.english, answers(campaign), name, moved(campaign))


def unit_counts() -> dict[str, int]:
    """How many open units there are today of each kind; one query."""
    return dict(Counter(tree.units_on(clock.today()).values_list("unit__kind", flat=True)))


def blocking(checked: Checked) -> list[str]:
    """What keeps a checked pack from being started: its errors, and its questions that are open; in words."""
    return [fault.text for fault in checked.errors] + [q.ask.text(current.language()) for q in checked.open]


def plan(checked: Checked) -> tuple[list[TaskPlan], list[ProgrammePlan]]:
    """The dated tasks and the programmes that follow from a checked pack."""
    return schedule.plan(checked), schedule.timeline(checked)
