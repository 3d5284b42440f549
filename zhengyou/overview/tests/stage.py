"""A campaign of two programmes over the small school on 22 November 2010, partly done; for the overview's tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhengyou.campaigns import actions
from zhengyou.campaigns.actions.starting import issue, lay_down
from zhengyou.campaigns.models import Campaign, Duty, Task
from zhengyou.campaigns.tests import play
from zhengyou.journal.actions import record
from zhengyou.journal.tests.kept import kept
from zhengyou.kit import clock
from zhengyou.org.tests.builder import School
from zhengyou.packs.organisation import Label
from zhengyou.packs.schedule import PhasePlan, ProgrammePlan, SlotPlan, TaskPlan

TODAY = date(2010, 11, 22)
START = date(2010, 9, 1)
ALL = ("committee", "general", "direct", "branch")


def _phase(code: str, zh: str, en: str, start: date, end: date) -> PhasePlan:
    return PhasePlan(code, zh, en, start, end)


PROGRAMMES = [
    ProgrammePlan(
        "strive",
        "争创活动",
        "Strive",
        "campaign",
        Label(),
        None,
        None,
        phases=(
            _phase("p1", "一、发动", "1 Start", date(2010, 7, 1), date(2010, 8, 31)),
            _phase("p2", "二、争创", "2 Strive", date(2010, 9, 1), date(2011, 3, 31)),
            _phase("p3", "三、总结", "3 Sum up", date(2011, 4, 1), date(2011, 6, 30)),
        ),
    ),
    ProgrammePlan("learn", "学习", "Learn", "learning", Label(), None, None),
]


def task(code: str, zh: str, en: str, subject: str, phase: str, *slots: SlotPlan, **more: Any) -> TaskPlan:
    """A planned task; members' are owed by everybody, units' by every kind unless said otherwise."""
    given: dict[str, Any] = {
        "review": ("parent",),
        "review_mode": "each",
        "returned_days": 3,
        "minutes": 8,
        **more,
    }
    if subject == "member":
        given.setdefault("conditions", (play.YES,))
    else:
        given.setdefault("unit_kinds", ALL)
    programme = "strive" if phase else "learn"
    return TaskPlan(code, programme, phase, zh, en, "must", "report", subject, slots=slots, **given)


def slot(period: str, opens: date, due: date) -> SlotPlan:
    """A period whose cut-off is its date due."""
    return SlotPlan(period, opens, due, due)


PLANS = [
    task("mobilise", "动员", "Mobilise", "unit", "p1", slot("", date(2010, 7, 1), date(2010, 9, 15))),
    task(
        "spirit",
        "教育",
        "Education",
        "member",
        "p2",
        slot("", START, date(2010, 10, 31)),
        review_mode="none",
        review=(),
    ),
    task("theme", "主题小结", "Theme", "member", "p2", slot("", START, date(2010, 11, 26))),
    task("report", "自评", "Self-assessment", "unit", "p2", slot("", START, date(2010, 12, 15))),
    task("later", "对照", "Compare", "member", "p2", slot("", date(2010, 12, 1), date(2010, 12, 31))),
    task(
        "group",
        "集中学习",
        "Group study",
        "unit",
        "",
        slot("2010-10", date(2010, 10, 1), date(2010, 10, 31)),
        slot("2010-11", date(2010, 11, 1), date(2010, 11, 30)),
        unit_kinds=("direct", "branch"),
    ),
]


def start() -> Campaign:
    """The campaign, started on 1 September and reconciled up to today; once a session, then put back."""
    return kept("stage", _start)


def _start() -> Campaign:
    with clock.playing(START), record("campaign.started", by=play.SYSTEM) as entry:
        campaign = Campaign.objects.create(
            pack_id="stage",
            pack_version="1",
            zh="争创与学习",
            en="Strive and learn",
            text="",
            sha256="",
            state=Campaign.State.RUNNING,
            started_on=START,
            entry_id=entry.id,
        )
        issue(entry, lay_down(entry, campaign, PLANS, PROGRAMMES))
    for on in (date(2010, 10, 1), date(2010, 11, 1)):
        actions.tick(on)
    return campaign


def play_on(school: School) -> None:
    """Some hand in, one paper is returned, one waits, one member is exempt; the last deltas are not folded."""
    kept("stage played on", lambda: _play_on(school))


def _play_on(school: School) -> None:
    with clock.playing(date(2010, 10, 20)):
        for who in ("secretary", "member2", "neighbour"):
            play.hand_in(getattr(school, who), getattr(school, who), "spirit")
        play.hand_in(school.branch, school.secretary, "report")
    actions.tick(date(2010, 10, 21))
    with clock.playing(date(2010, 11, 17)):
        for who in ("member", "member2", "staff"):
            play.hand_in(getattr(school, who), getattr(school, who), "theme")
    with clock.playing(date(2010, 11, 18)):
        actions.give_back(
            play.duty_of(school.member, "theme"), reasons="缺完成日期", by=school.secretary.actor
        )
        actions.accept(play.duty_of(school.member2, "theme"), by=school.secretary.actor)
        actions.exempt(play.duty_of(school.far, "theme"), reason="ill", by=school.office.actor)


def ids() -> dict[str, int]:
    """Tasks' row ids by code."""
    return dict(Task.objects.values_list("code", "pk"))


def by_hand(units: set[int], day: date = TODAY, **some: Any) -> dict[str, int]:
    """The seven figures of some units, counted one duty at a time: what every page must agree with."""
    out = dict.fromkeys(("issued", "void", "exempt", "accepted", "in_review", "not_due", "overdue"), 0)
    for duty in Duty.objects.filter(unit__in=units, **some):
        open_ = duty.state in ("due", "returned")
        late = "overdue" if duty.due_on < day else "not_due"
        out["issued"] += 1
        out[late if open_ else {"submitted": "in_review"}.get(duty.state, duty.state)] += 1
    return out
