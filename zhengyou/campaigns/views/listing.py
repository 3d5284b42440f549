"""The list of duties for those who decide about them: open ones first, filtered by the address, counted within bounds."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengyou.campaigns import comparing, rules
from zhengyou.campaigns.models import OPEN, Campaign, Duty, Slot, State, Task
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.decisions import KINDS, RELATED, label, may_list, open_slots, rows, slot_name
from zhengyou.kit import clock
from zhengyou.kit.pages import Bounded
from zhengyou.kit.verdict import insist
from zhengyou.org import tree
from zhengyou.org.rules import Authority

PAGE = 50
ORDER = ("due_on", "slot_id", "unit_id", "pk")
UNSETTLED = (*OPEN, State.SUBMITTED)
"""States of what somebody still has to act on; these open the list."""
VACANT = 20
"""Most vacant units whose members the next above may list by name."""


def reachable(authority: Authority) -> QuerySet[Duty]:
    """Duties that the list shows: units' own everywhere below; members' by name only where names may be seen."""
    day, reach = authority.day, authority.units_with("exempt")
    named = [unit for unit in reach if "see_names" in authority.powers_on(unit)]
    for vacant in tree.vacancies(day, named, limit=VACANT) if named else []:
        if vacant.unit not in named and rules.may_see_names(authority, vacant.unit):
            named.append(vacant.unit)
    return Duty.objects.filter(
        Q(subject_unit__isnull=False, unit__in=tree.below(reach, day))
        | Q(member__isnull=False, unit__in=named)
    )


def _open_first(found: QuerySet[Duty], state: str) -> list[QuerySet[Duty]]:
    """What somebody still has to act on, then what is settled, each by date; one list where a state was asked for."""
    if state:
        return [found.order_by(*ORDER)]
    unsettled = Q(state__in=UNSETTLED, slot__closed_on__gt=clock.today())
    return [found.filter(unsettled).order_by(*ORDER), found.exclude(unsettled).order_by(*ORDER)]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Duties in the reader's reach, filtered by the address; ticked ones go on to a decision."""
    insist(may_list(request))
    authority, day = request.authority, clock.today()  # type: ignore[attr-defined]
    wanted = {name: request.GET.get(name, "") for name in ("unit", "task", "state")}
    reach = authority.units_with("exempt")
    units = list(tree.units_on(day).filter(unit__in=tree.below(reach, day))[:1000])
    tasks = list(
        Task.objects.filter(campaign__state=Campaign.State.RUNNING, replaced_by=None).select_related(
            "programme"
        )[:300]
    )
    found = reachable(authority).select_related(*RELATED)
    chosen = next((u for u in units if u.unit.public_id == wanted["unit"]), None)
    if chosen is not None:
        found = found.filter(unit__in=tree.below([chosen.unit_id], day))
    if wanted["task"] and any(str(t.pk) == wanted["task"] for t in tasks):
        found = found.filter(slot__task__in=comparing.versions_of(int(wanted["task"])))
    if wanted["state"] == "late":
        found = found.filter(state__in=OPEN, due_on__lt=day, slot__closed_on__gt=day)
    elif wanted["state"] == "closed":
        found = found.filter(state__in=UNSETTLED, slot__closed_on__lte=day)
    elif wanted["state"] in State.values:
        found = found.filter(state=wanted["state"])
    period = open_or_closed(request.GET.get("slot", ""))
    if period is not None:
        found = found.filter(slot=period)
    page = Bounded(*_open_first(found, wanted["state"]), per_page=PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("all", None)
    context = {
        "page": page,
        "rows": rows(page.object_list, {u.unit_id: u.name for u in units}),
        "units": [{"id": u.unit.public_id, "name": u.name, "on": u is chosen} for u in units],
        "tasks": [
            {"id": t.pk, "name": words.task_label(t), "on": str(t.pk) == wanted["task"]} for t in tasks
        ],
        "states": [{"id": code, "name": name, "on": code == wanted["state"]} for code, name in state_words()],
        "period": period,
        "period_name": slot_name(period) if period is not None else "",
        "why_shut": rules.why_shut(),
        "ticked": request.GET.get("all") == "1",
        "tick_url": "?" + query.urlencode() + "&all=1",
        "untick_url": "?" + query.urlencode(),
        "filters": [("back", query.urlencode())],
        "decide_url": reverse("duties_decide", args=["exempt"]),
        "kinds": [{"kind": kind, "label": label(kind)} for kind in KINDS],
        "slots": [{"id": slot.pk, "name": slot_name(slot)} for slot in open_slots(day)],
        "everybody": authority.on_root("exempt"),
    }
    return render(request, "campaigns/duties.html", context)


def open_or_closed(given: str) -> Slot | None:
    """The one period asked for, also a closed one; None where none is."""
    if not given.isascii() or not given.isdigit() or len(given) > 17:
        return None
    return Slot.objects.select_related("task__programme").filter(pk=given).first()


def state_words() -> list[tuple[str, str]]:
    """States as filters, in the order of the work."""
    return [
        ("due", _("待办")),
        ("late", _("逾期")),
        ("submitted", _("审核中")),
        ("returned", _("已退回")),
        ("accepted", _("已通过")),
        ("exempt", _("免办")),
        ("void", _("作废")),
        ("closed", _("已归档，没办完")),
    ]
