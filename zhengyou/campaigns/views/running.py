"""The pages that only a started campaign has, as chips on the head of each of its pages."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengyou.campaigns import steering
from zhengyou.campaigns.models import Campaign, Phase, Question, Task
from zhengyou.campaigns.views import moved, words
from zhengyou.org.rules import Authority


def running_chips(campaign: Campaign, authority: Authority) -> list[dict[str, Any]]:
    """Phases and reports for everybody who reads the plan; moving dates for who may."""
    if campaign.state < Campaign.State.RUNNING:
        return []
    args = [campaign.public_id]
    chips = [
        {"key": "phases", "label": _("阶段"), "url": reverse("campaign_phases", args=args)},
        {"key": "reports", "label": _("归档报告"), "url": reverse("campaign_reports", args=args)},
    ]
    chips.append({"key": "versions", "label": _("修订"), "url": reverse("campaign_versions", args=args)})
    if steering.may_steer(authority, campaign):
        chips.append({"key": "dates", "label": _("改日期"), "url": reverse("campaign_dates", args=args)})
    return chips


def with_changes(campaign: Campaign, programmes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The plan's lines with what running has added: old dates, phases that wait for a gate, ways to ask."""
    if campaign.started_on is None:
        return programmes
    dates, gates = moved.of_plan(campaign), _gates(campaign)
    tasks = dict(Task.objects.filter(campaign=campaign, replaced_by=None).values_list("code", "pk"))
    common = Question.objects.filter(common=True, task__campaign=campaign)
    answered = Counter(common.values_list("task__code", flat=True))
    for programme in programmes:
        for phase in programme["phases"]:
            if gate := gates.get((programme["code"], phase.get("code", ""))):
                phase["waits"] = _("等「%(phase)s」验收以后才开始") % {"phase": gate}
            for line in phase["tasks"]:
                line["moved"] = dates.get(line["code"], "")
                line["common"] = answered[line["code"]]
                if campaign.state == Campaign.State.RUNNING and line["code"] in tasks:
                    line["ask"] = reverse("task_ask", args=[tasks[line["code"]]])
    return programmes


def _gates(campaign: Campaign) -> dict[tuple[str, str], str]:
    """The phases that wait, by (programme, phase), with the phase whose acceptance they wait for."""
    out: dict[tuple[str, str], str] = {}
    gate: dict[int, str] = {}
    found = Phase.objects.filter(programme__campaign=campaign).select_related("programme")
    for phase in found.order_by("programme__place", "place"):
        if phase.programme_id in gate:
            out[(phase.programme.code, phase.code)] = gate[phase.programme_id]
        elif phase.gate == "acceptance" and phase.accepted_on is None:
            gate[phase.programme_id] = words.label(phase)
    return out
