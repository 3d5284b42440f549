"""Changes of units as decided by the superior (S1): shown before they are done, done in one transaction, or planned.

Six kinds: establish, rename, reparent, merge, split, dissolve. Nothing is ever deleted. A change dated in the future is
kept as a plan and carried out by the ticker on its day.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import nullcontext
from datetime import date
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.rehearsal import rehearsing
from zhengyou.kit.verdict import Refused, insist
from zhengyou.org import rules
from zhengyou.org.actions.changes_run import Run
from zhengyou.org.actions.changes_writing import carry_out
from zhengyou.org.actions.rows import Follow
from zhengyou.org.asked import Asked
from zhengyou.org.models import ChangedUnit, Organisation, Unit, UnitChange

State = UnitChange.State
VERBS = {
    "establish": "org.unit_added",
    "rename": "org.unit_renamed",
    "reparent": "org.unit_reparented",
    "merge": "org.units_merged",
    "split": "org.unit_split",
    "dissolve": "org.unit_dissolved",
}


class _Shown(Exception):
    """A change carried out only to be looked at: everything is rolled back."""

    def __init__(self, outcome: dict[str, Any]):
        super().__init__()
        self.outcome = outcome


def preview(asked: Asked, *, by: Actor, follow: Follow | None = None) -> dict[str, Any]:
    """What a change would do: it is carried out and rolled back, so what is shown is what will be done.

    On SQLite that happens to a copy, so that nobody waits for it (decision 006). A change for a later day is carried out
    as if that day had come. Raises Invalid as the change itself would.
    """
    authority, planned = rules.authority_for(by), asked.day > clock.today()
    with clock.playing(asked.day) if planned else nullcontext():
        try:
            with rehearsing(), record(VERBS[asked.kind], by=by) as entry:
                _show(Run(entry, asked, authority, follow, planned))
        except _Shown as shown:
            return shown.outcome


def _show(run: Run) -> NoReturn:
    _check(run.asked)
    raise _Shown(carry_out(run))


def decide(asked: Asked, *, by: Actor, follow: Follow | None = None, seen: str = "") -> UnitChange:
    """Carry out a change of units, or keep it as planned where its day is to come.

    `seen` is the fingerprint of what was shown: Conflict, and nothing done, where it would come out otherwise by now.
    """
    if asked.day > clock.today():
        return _plan(asked, by, follow, seen)
    with record(VERBS[asked.kind], by=by) as entry:
        change = UnitChange(kind=asked.kind, decided_on=clock.today(), by=by.id, entry_id=entry.id)
        return _do(entry, change, asked, rules.authority_for(by), follow, seen)


def _do(
    entry: OpenEntry,
    change: UnitChange,
    asked: Asked,
    authority: rules.Authority,
    follow: Follow | None,
    seen: str = "",
) -> UnitChange:
    _check(asked)
    run = Run(entry, asked, authority, follow)
    outcome = carry_out(run)
    _insist_same(outcome, seen)
    change.document_no, change.day, change.asked = asked.document_no, asked.day, asked.to_json()
    change.outcome, change.state, change.done_entry_id = outcome, State.DONE, entry.id
    change.save()
    change.units.all().delete()
    ChangedUnit.objects.bulk_create(
        ChangedUnit(change=change, unit=unit, before=pk not in run.new) for pk, unit in run.units.items()
    )
    first = next(iter(run.units.values()))
    entry.row.unit = first.public_id
    entry.note(
        document=asked.document_no,
        day=asked.day.isoformat(),
        units=len(run.units),
        people=sum(move["n"] for move in outcome["moves"]),
        **run.disposed,
    )
    return change


def _check(asked: Asked) -> None:
    if len(asked.document_no) > 80:
        raise Invalid(Problem("document_no", _("文号最多 80 字")))
    first = Organisation.objects.values_list("founded_on", flat=True).first()
    if first is not None and asked.day < first:
        text = _("日期早于组织建立的日子（%(day)s）") % {"day": first.isoformat()}
        raise Invalid(Problem("day", text))


def _insist_same(outcome: dict[str, Any], seen: str) -> None:
    if seen and fingerprint(outcome) != seen:
        raise Conflict(_("您看过之后，情况又有变动，结果已经不一样。什么都没有做，请按新的预览再确认一次。"))


def fingerprint(outcome: dict[str, Any]) -> str:
    """A mark of what a preview said: units, members, posts, children, open work and what becomes of it.

    Figures of tasks are left out: they change with every paper handed in, and nothing is decided by them.
    """
    new = {unit["id"] for unit in outcome["units"] if unit["new"]}
    facts = {
        "units": [
            [
                "" if unit["new"] else unit["id"], unit["name"], unit["kind"], unit["closed"],
                (unit["before"] or {}).get("by"), unit["after"]["by"],
            ]
            for unit in outcome["units"]
        ],
        "moves": [{**move, "to": "" if move["to"] in new else move["to"]} for move in outcome["moves"]],
        "posts": outcome["posts"],
        "children": outcome["children"],
        "work": [
            [line["unit"], line["task"], line["n"], line["how"], [list(one) for one in line.get("apart", [])]]
            for line in outcome["work"]
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _plan(asked: Asked, by: Actor, follow: Follow | None, seen: str) -> UnitChange:
    outcome = preview(asked, by=by, follow=follow)
    _insist_same(outcome, seen)
    with record("org.change_planned", by=by, kind=asked.kind, day=asked.day.isoformat()) as entry:
        change = UnitChange.objects.create(
            kind=asked.kind,
            document_no=asked.document_no,
            day=asked.day,
            decided_on=clock.today(),
            state=State.PLANNED,
            asked=asked.to_json(),
            outcome=outcome,
            by=by.id,
            entry_id=entry.id,
        )
        known = [unit["id"] for unit in outcome["units"] if not unit["new"]] or [asked.parent]
        units = list(Unit.objects.filter(public_id__in=known).order_by("pk"))
        ChangedUnit.objects.bulk_create(ChangedUnit(change=change, unit=unit) for unit in units)
        entry.row.unit = units[0].public_id if units else ""
    return change


def put_away(change: UnitChange, *, by: Actor) -> None:
    """Drop a planned change before its day, or one that could not be carried out; whoever may decide it may drop it."""
    with record("org.change_put_away", by=by, kind=change.kind) as entry:
        change = UnitChange.objects.select_for_update().get(pk=change.pk)
        if change.state != State.PLANNED:
            raise Conflict(_("这项变动已经办了，或者已经放弃。"))
        authority = rules.authority_for(by)
        for row in change.units.select_related("unit"):
            insist(rules.may_put_away(authority, row.unit))
        change.state, change.done_entry_id = State.PUT_AWAY, entry.id
        change.save(update_fields=["state", "done_entry"])


def carry_out_planned(follow: Follow | None = None, day: date | None = None) -> int:
    """Carry out the planned changes whose day has come, in order of their days; returns how many were done.

    What no longer holds is refused and stays, with the reason in `fault`, until the office puts it away: it is not tried
    again. One transaction each, by the system: the decision was the planner's.
    """
    today, n = day or clock.today(), 0
    waiting = UnitChange.objects.filter(state=State.PLANNED, day__lte=today, fault="")
    for pk in list(waiting.order_by("day", "id").values_list("pk", flat=True)):
        by = Actor.system("tick")
        try:
            with record(VERBS[UnitChange.objects.get(pk=pk).kind], by=by) as entry:
                change = UnitChange.objects.select_for_update().get(pk=pk)
                if change.state != State.PLANNED:
                    entry.discard()
                    continue
                _do(entry, change, Asked.from_json(change.asked), rules.authority_for(by), follow)
                n += 1
        except (Invalid, Conflict, Refused) as refused:
            texts = [p.text for p in refused.problems] if isinstance(refused, Invalid) else [str(refused)]
            with record("org.change_refused", by=by):
                UnitChange.objects.filter(pk=pk).update(fault=_("；").join(texts))
    return n
