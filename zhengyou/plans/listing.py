"""All plans of a campaign in the organisation's order, as one reader may see them; four queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhengyou.campaigns.models import OPEN, Duty, State
from zhengyou.org import tree
from zhengyou.org.rules import Authority
from zhengyou.plans.models import PlanVersion
from zhengyou.plans.standing import FORM

MOST = 3000
"""Units of one campaign that are listed."""
STATUS = {10: "draft", 20: "submitted", 30: "returned", 40: "accepted", 50: "accepted"}


@dataclass
class Row:
    """One unit's plan: what became of it; a reader who sees no work of the unit has only what is in force."""

    unit: int
    public_id: str
    name: str
    level: int
    status: str = ""
    late: int = 0
    due_on: date | None = None
    number: int = 0
    in_force: int = 0
    since: date | None = None
    document_no: str = ""
    mine: bool = False

    @property
    def amended(self) -> bool:
        """Whether one version is in force while a later one is on its way."""
        return bool(self.in_force) and self.number > self.in_force


def rows(campaign: int, authority: Authority, day: date) -> list[Row]:
    """One row for each open unit that owes a plan or has one, the root first, depth first."""
    placed = list(tree.units_on(day)[:MOST])
    known = {place.unit_id for place in placed}
    children: dict[int | None, list[int]] = {}
    by_unit = {}
    for place in placed:
        by_unit[place.unit_id] = place
        children.setdefault(place.parent_id if place.parent_id in known else None, []).append(place.unit_id)
    duties: dict[int, tuple[str, date]] = {}
    owed = Duty.objects.filter(
        slot__task__campaign=campaign, slot__task__form=FORM, subject_unit__isnull=False
    )
    for unit, state, due in owed.order_by("slot__opens_on", "pk").values_list(
        "subject_unit", "state", "due_on"
    )[:MOST]:
        if unit not in duties or duties[unit][0] not in OPEN:
            duties[unit] = (state, due)
    newest: dict[int, PlanVersion] = {}
    force: dict[int, PlanVersion] = {}
    found = (
        PlanVersion.objects.filter(plan__campaign=campaign).select_related("plan").order_by("plan", "number")
    )
    for version in found.only("number", "state", "day", "decided_on", "document_no", "plan__unit")[
        : MOST * 4
    ]:
        newest[version.plan.unit_id] = version
        if version.state == PlanVersion.State.APPROVED:
            force[version.plan.unit_id] = version
    stands = set(authority.units_with("hand_in"))
    out: list[Row] = []
    wide = authority.on_root("see_units") or authority.on_root("import")
    seen = set(authority.units_with("hand_in", "review", "import"))

    def walk(unit: int, level: int, sees: bool) -> None:
        place = by_unit[unit]
        sees = sees or unit in seen
        row = Row(unit, place.unit.public_id, place.name, level, mine=unit in stands)
        _fill(row, duties.get(unit), newest.get(unit), force.get(unit), day, sees)
        if row.status:
            out.append(row)
        for child in children.get(unit, []):
            walk(child, level + 1, sees)

    for unit in children.get(None, []):
        walk(unit, 0, wide)
    return out


def _fill(
    row: Row,
    duty: tuple[str, date] | None,
    newest: PlanVersion | None,
    force: PlanVersion | None,
    day: date,
    sees: bool,
) -> None:
    if force is not None:
        row.in_force, row.since, row.document_no = force.number, force.decided_on, force.document_no
        row.status = "accepted"
    if not sees:
        return
    if newest is not None:
        row.number = newest.number
        row.status = STATUS[newest.state]
    if duty is not None:
        row.due_on = duty[1]
        if newest is None or (duty[0] in OPEN and newest.state not in (20, 30)):
            row.status = duty[0]
        if duty[0] in OPEN:
            row.late = max((day - duty[1]).days, 0)
        if duty[0] in (State.VOID, State.EXEMPT) and newest is None:
            row.status = duty[0]
