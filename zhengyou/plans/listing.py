"""All plans of a campaign in the organisation's order, as one reader may see them; large organisations level by level."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from zhengyou.campaigns.models import OPEN, Duty, State
from zhengyou.org import tree
from zhengyou.org.models import Closure, Placement
from zhengyou.org.rules import Authority
from zhengyou.plans.models import PlanVersion
from zhengyou.plans.standing import FORM, VOID

FLAT = 300
"""Units that are listed as one tree; where there are more below, level by level."""
MOST = 3000
"""Units directly below one unit that are listed."""
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
    below: int = 0
    owed_below: int = 0
    force_below: int = 0

    @property
    def amended(self) -> bool:
        """Whether one version is in force while a later one is on its way."""
        return bool(self.in_force) and self.number > self.in_force


@dataclass
class Listed:
    """What is listed under one unit; `deep` where only one level is, so that each row leads further down."""

    rows: list[Row]
    path: list[Placement]
    deep: bool = False


def under(campaign: int, authority: Authority, day: date, unit: str = "") -> Listed:
    """The plans of a unit (by public id, the root where none is named) and of all below, or of one level; eight queries.

    Where there are more than FLAT units below, only those directly below are listed, each with how many there owe a plan
    and have one in force.
    """
    path = tree.line(unit, day) if unit else []
    if not path and authority.root is not None:
        path = tree.path(authority.root, day)
    if not path:
        return Listed([], [])
    top = path[-1]
    lower = Closure.objects.filter(ancestor=top.unit_id, valid_from__lte=day, valid_to__gt=day)
    deep = lower.count() > FLAT
    if not deep:
        return Listed(
            _rows(campaign, authority, day, tree.units_on(day).filter(unit__in=lower.values("descendant"))),
            path,
        )
    level = tree.units_on(day).filter(Q(parent=top.unit_id) | Q(unit=top.unit_id))[:MOST]
    found = _rows(campaign, authority, day, level, every=True)
    _count_below(campaign, found, day)
    return Listed([row for row in found if row.status or row.owed_below or row.force_below], path, True)


def rows(campaign: int, authority: Authority, day: date) -> list[Row]:
    """One row for each open unit that owes a plan or has one, the root first, depth first; MOST at most; four queries."""
    return _rows(campaign, authority, day, tree.units_on(day)[: MOST * 4])


def own(campaign: int, authority: Authority, day: date) -> list[Row]:
    """The rows of the reader's own units, five at most; the root's is the list's first line and no own one."""
    units = [unit for unit in authority.units_with("hand_in") if unit != authority.root][:5]
    if not units:
        return []
    return _rows(campaign, authority, day, tree.units_on(day).filter(unit__in=units))


def _rows(
    campaign: int, authority: Authority, day: date, units: QuerySet[Placement], every: bool = False
) -> list[Row]:
    placed = list(units)
    known = {place.unit_id for place in placed}
    children: dict[int | None, list[int]] = {}
    by_unit = {}
    for place in placed:
        by_unit[place.unit_id] = place
        children.setdefault(place.parent_id if place.parent_id in known else None, []).append(place.unit_id)
    duties: dict[int, tuple[str, date]] = {}
    owed = Duty.objects.filter(
        slot__task__campaign=campaign, slot__task__form=FORM, **_of(known, "subject_unit")
    )
    for unit, state, due in owed.order_by("slot__opens_on", "pk").values_list(
        "subject_unit", "state", "due_on"
    ):
        if unit not in duties or duties[unit][0] not in OPEN:
            duties[unit] = (state, due)
    newest: dict[int, PlanVersion] = {}
    force: dict[int, PlanVersion] = {}
    versions = PlanVersion.objects.filter(plan__campaign=campaign, **_of(known, "plan__unit"))
    for version in (
        versions.select_related("plan")
        .order_by("plan", "number")
        .only("number", "state", "day", "decided_on", "document_no", "plan__unit")
    ):
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
        if row.status or every:
            out.append(row)
        for child in children.get(unit, []):
            walk(child, level + 1, sees)

    above = _sees_above(authority, placed, day) if not wide else True
    for unit in children.get(None, []):
        walk(unit, 0, above)
    return out


def _of(units: Set[int], field: str) -> dict[str, Set[int]]:
    """The condition that a field is one of these units; none where there are too many to name."""
    return {f"{field}__in": units} if len(units) <= MOST else {}


def _sees_above(authority: Authority, placed: Sequence[Placement], day: date) -> bool:
    """Whether the reader's posts lie above all that is listed; one query where the root is not in it."""
    if not placed or placed[0].parent_id is None:
        return False
    line = tree.above(placed[0].unit_id, day)
    return bool(line & set(authority.units_with("hand_in", "review", "import")))


def _count_below(campaign: int, found: Sequence[Row], day: date) -> None:
    """How many units below each row owe a plan and have one in force; two queries."""
    by_unit = {row.unit: row for row in found[1:]}
    lower = Closure.objects.filter(ancestor__in=list(by_unit), valid_from__lte=day, valid_to__gt=day)
    lower = lower.exclude(ancestor=F("descendant"))
    owed = Duty.objects.filter(slot__task__campaign=campaign, slot__task__form=FORM).exclude(state__in=VOID)
    force = PlanVersion.objects.filter(plan__campaign=campaign, state=PlanVersion.State.APPROVED)
    counted = lower.values("ancestor").annotate(
        n=Count("descendant"),
        owed=Count("descendant", filter=Q(descendant__in=owed.values("subject_unit"))),
        force=Count("descendant", filter=Q(descendant__in=force.values("plan__unit"))),
    )
    for one in counted:
        row = by_unit[one["ancestor"]]
        row.below, row.owed_below, row.force_below = one["n"], one["owed"], one["force"]


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
