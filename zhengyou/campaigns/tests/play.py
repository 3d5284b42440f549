"""A running campaign for tests: the small school, tasks laid down from plans, and short ways to act in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from zhengyou.campaigns import actions, duties, figures
from zhengyou.campaigns.actions.starting import issue, lay_down
from zhengyou.campaigns.models import Campaign, Duty, Slot, Task
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.org.models import Person, Unit
from zhengyou.org.rules import Authority
from zhengyou.packs.expressions import Node
from zhengyou.packs.organisation import Label
from zhengyou.packs.schedule import PhasePlan, ProgrammePlan, SlotPlan, TaskPlan

SYSTEM = Actor.system("test")
YES = Node("flag", (), True)


def day(month: int, number: int) -> date:
    """A day of 2010."""
    return date(2010, month, number)


def equals(field: str, word: str) -> Node:
    """The condition `field = word`."""
    return Node("=", (Node("name", (), field), Node("word", (), word)))


FIRST, LAST = day(11, 1), day(11, 30)


def slot(period: str = "11", opens: date = FIRST, cutoff: date = LAST, due: date | None = None) -> SlotPlan:
    """A period; November unless said otherwise."""
    return SlotPlan(period, opens, cutoff, due or cutoff)


def member_task(code: str, *slots: SlotPlan, conditions: tuple[Node, ...] = (YES,), **more: Any) -> TaskPlan:
    """A task every member owes unless the conditions say otherwise; nobody reviews it."""
    given = {"returned_days": 3, "level": "must", **more}
    return TaskPlan(
        code,
        "strive",
        "p1",
        code,
        "",
        form="report",
        subject="member",
        conditions=conditions,
        slots=slots or (slot(),),
        **given,
    )


def unit_task(
    code: str, *slots: SlotPlan, kinds: tuple[str, ...] = ("branch", "direct"), **more: Any
) -> TaskPlan:
    """A task units of these kinds owe; each paper is reviewed by the parent."""
    given = {"review": ("parent",), "review_mode": "each", "returned_days": 3, **more}
    return TaskPlan(
        code,
        "strive",
        "p1",
        code,
        "",
        "must",
        "report",
        "unit",
        unit_kinds=kinds,
        slots=slots or (slot(),),
        **given,
    )


PROGRAMMES = [
    ProgrammePlan(
        "strive", "争创", "", "campaign", Label(), None, None, phases=(PhasePlan("p1", "一", "", None, None),)
    )
]


def run(*plans: TaskPlan) -> Campaign:
    """A campaign started today with these tasks."""
    with record("campaign.started", by=SYSTEM) as entry:
        campaign = Campaign.objects.create(
            pack_id=f"test-{Campaign.objects.count()}",
            pack_version="1",
            zh="测试活动",
            text="",
            sha256="",
            state=Campaign.State.RUNNING,
            started_on=clock.today(),
            entry_id=entry.id,
        )
        issue(entry, lay_down(entry, campaign, plans, PROGRAMMES))
    return campaign


def authority(person: Person) -> Authority:
    """What the person may today."""
    return Authority.of(person, clock.today())


def duty_of(subject: Person | Unit, code: str = "", period: str = "") -> Duty:
    """The duty of a member or unit, as it is in the database now."""
    own = {"member": subject} if isinstance(subject, Person) else {"subject_unit": subject}
    found = Duty.objects.select_related("slot__task", "unit", "member").filter(**own)
    if code:
        found = found.filter(slot__task__code=code)
    if period:
        found = found.filter(slot__period=period)
    return found.get()


def hand_in(subject: Person | Unit, by: Person, code: str = "", **more: Any) -> Duty:
    """Hand in with a line of text; returns the duty afterwards."""
    duty = duty_of(subject, code)
    actions.hand_in(duty, by=by.actor, **{"done": "读了一章", "changed": "还看不出来", **more})
    return duty_of(subject, code)


def counts(unit: Unit, on: date | None = None, **some: Any) -> dict[str, int]:
    """The seven figures of a unit."""
    return figures.board(unit.pk, on, **some).whole.figures.as_json()


def settle() -> None:
    """Tick in full, and find nothing wrong: no faults, live = cached, and a second full run changes nothing."""
    actions.tick(full=True)
    assert duties.faults() == []
    before = list(Duty.objects.order_by("pk").values_list("pk", "version", "state", "unit_id"))
    assert actions.tick(full=True).changed == {}
    assert list(Duty.objects.order_by("pk").values_list("pk", "version", "state", "unit_id")) == before


__all__ = ["Slot", "Task"]


@dataclass
class Everything:
    """All cached and live figures of all units on a day, to compare."""

    live: dict[int, Any]
    cached: dict[int, Any]


def compare(on: date) -> Everything:
    """Boards of all units on a day, from the duties and from the cache."""
    units = list(Unit.objects.values_list("pk", flat=True))

    def flat(board: figures.Board) -> Any:
        return [(row.unit_id, row.own, row.tasks) for row in [board.whole, *board.lines]]

    return Everything(
        {unit: flat(figures.board_live(unit, on)) for unit in units},
        {unit: flat(figures.board(unit, on)) for unit in units},
    )
