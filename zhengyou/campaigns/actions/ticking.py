"""The tick: duties follow roster and calendar, counts are folded; safe to repeat and to kill (CORE §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date

from zhengyou.campaigns import duties, figures
from zhengyou.campaigns.actions import amending
from zhengyou.campaigns.duties import routing
from zhengyou.campaigns.models import Slot
from zhengyou.journal.actions import Actor, record
from zhengyou.journal.models import Entry
from zhengyou.kit import clock

Hook = Callable[[date], object]


@dataclass
class Ticked:
    """What a tick did: amendments come into force, duties changed by rule, papers that wait elsewhere now, deltas folded."""

    amended: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    rerouted: int = 0
    folded: int = 0
    entry: int | None = None


class _Nothing(Exception):
    """Nothing changed: the transaction, with its entry, is rolled back."""


def tick(
    day: date | None = None, *, by: Actor | None = None, full: bool = False, hooks: Iterable[Hook] = ()
) -> Ticked:
    """Bring open duties to what roster, calendar and decisions ask for on `day` (today), then fold the counts.

    Looks only at members touched since the last tick, unless `full` (once a night). One transaction per step. A tick
    that changes nothing leaves no journal entry, only the slots' watermark. `hooks` are called last (purges).
    """
    with clock.playing(day) if day is not None else nullcontext():
        actor = by or Actor.system("tick")
        amended = amending.due(clock.today(), actor)
        out = _reconciled(actor, full)
        out.amended = amended
        out.folded = figures.fold()
        for hook in hooks:
            hook(clock.today())
        return out


def _reconciled(by: Actor, full: bool) -> Ticked:
    today, out = clock.today(), Ticked()
    newest = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    slots = duties.open_slots(today)
    behind = [slot for slot in slots if full or _behind(slot, newest, today)]
    stranded = routing.stranded()
    if not behind and not stranded:
        return out
    try:
        with record("duty.reconciled", by=by) as entry:
            newest = entry.id - 1
            if behind:
                out.changed = duties.reconcile(behind, entry, today, touched_only=not full)
                out.rerouted = routing.reroute(routing.moved(entry))
            out.rerouted += routing.reroute(routing.stranded() if out.changed else stranded)
            if not out.changed and not out.rerouted:
                raise _Nothing
            entry.note(**out.changed, rerouted=out.rerouted)
            out.entry = newest = entry.id
    except _Nothing:
        pass
    Slot.objects.filter(pk__in=[slot.pk for slot in behind]).update(reconciled=newest, reconciled_on=today)
    return out


def _behind(slot: Slot, newest: int, today: date) -> bool:
    return slot.reconciled < newest or slot.reconciled_on is None or slot.reconciled_on != today
