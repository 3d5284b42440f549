"""The speech's own campaign, started on 6 July 2010 over the small school with the demo's answers: for tests of change."""

from __future__ import annotations

from datetime import date
from functools import cache

from zhengyou import packs
from zhengyou.campaigns import actions as campaign_actions
from zhengyou.campaigns.actions import preparing as actions
from zhengyou.campaigns.models import Campaign, Slot
from zhengyou.journal.tests.kept import kept
from zhengyou.kit import clock
from zhengyou.org.tests import builder
from zhengyou.packs.organisation import Organisation

SPEECH = packs.bundled()["excellence-2010"]
DEMO = SPEECH.with_name("excellence-2010.demo-answers.yaml")
STARTED = date(2010, 7, 6)


def build() -> builder.School:
    """The small school under the speech's own organisation."""
    with clock.playing(STARTED):
        return builder.build(part())


@cache
def part() -> Organisation:
    """The speech's own organisation."""
    return packs.load(SPEECH, packs.read_answers(DEMO)).organisation


def start(school: builder.School, text: str | None = None, day: date = STARTED) -> Campaign:
    """Take up, answer, approve and start the speech's pack (or a changed text of it) on a day; once a session, kept."""
    return kept(("speech", text, day), lambda: _start(school, text, day))


def _start(school: builder.School, text: str | None, day: date) -> Campaign:
    with clock.playing(day):
        english = SPEECH.with_name("excellence-2010.en.yaml").read_text("utf8")
        by = school.office.actor
        campaign = actions.take_up(text or SPEECH.read_text("utf8"), english, by=by, name=SPEECH.name)
        actions.answer(campaign, packs.read_answers(DEMO).values, by=by)
        actions.approve(campaign, "校发〔2010〕12号", by=by)
        campaign.refresh_from_db()
        campaign_actions.start(campaign, by=by)
    campaign.refresh_from_db()
    return campaign


def slot(code: str, period: str = "") -> Slot:
    """One period as it is in the database now."""
    found = Slot.objects.select_related("task__campaign", "task__phase").filter(task__code=code)
    if period:
        found = found.filter(period=period)
    return found.order_by("opens_on", "pk")[0]
