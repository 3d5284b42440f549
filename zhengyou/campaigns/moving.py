"""Dates that may be moved: the named days of a campaign's calendar with what hangs on them. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhengyou.campaigns import comparing, packed
from zhengyou.campaigns.comparing import Line
from zhengyou.campaigns.models import Campaign
from zhengyou.kit import clock
from zhengyou.packs.check import Checked
from zhengyou.packs.organisation import Label
from zhengyou.packs.spans import Days


@dataclass(frozen=True)
class Named:
    """A named day of the calendar: its code, words, and the date that holds now (None: still open)."""

    code: str
    label: Label
    day: date | None


def named_days(checked: Checked) -> list[Named]:
    """The named days that have a date, in the calendar's order, the organisation's first."""
    if checked.context is None:
        return []
    days = Days(checked.context)
    calendar, own = checked.context.organisation.calendar, checked.context.pack.calendar
    found = {c: Label(d.get("zh") or c, d.get("en") or "") for c, d in calendar.days.items()}
    found |= {c: Label(d.zh or c, d.en) for c, d in own.days.items()}
    return [Named(code, label, day) for code, label in found.items() if (day := days.named(code))]


def with_day(campaign: Campaign, name: str, day: date) -> Checked:
    """The campaign's pack as it reads with one named day moved."""
    moved = packed.moved(campaign) | {name: day.isoformat()}
    text = f"{campaign.pack_id}.yaml"
    return packed.read_text(campaign.text, campaign.english, packed.answers(campaign), text, moved)


def preview(campaign: Campaign, name: str, day: date) -> list[Line]:
    """What a named day's move does to every period that hangs on it, with the duties touched."""
    before, after = packed.checked(campaign), with_day(campaign, name, day)
    return between(campaign, before, after)


def between(campaign: Campaign, before: Checked, after: Checked) -> list[Line]:
    """The lines between two readings of a campaign's pack."""
    rows = comparing.laid(campaign)
    found = comparing.compare(packed.plan(before)[0], packed.plan(after)[0], rows, clock.today())
    return comparing.counted(found)
