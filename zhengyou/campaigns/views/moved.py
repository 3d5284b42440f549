"""Dates that were moved, in words: beside a duty and beside the lines of the plan."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from zhengyou.campaigns import comparing
from zhengyou.campaigns.models import Amendment, Campaign, DateMove, Task
from zhengyou.campaigns.views import words


def lines(moves: Iterable[DateMove]) -> list[str]:
    """Each move of a period's date with its day and reason, newest first."""
    text = _("%(day)s：期限从 %(old)s 改到 %(new)s。理由：%(reason)s")
    return [
        text
        % {
            "day": words.full(move.day),
            "old": words.full(move.old_on),
            "new": words.full(move.new_on),
            "reason": move.reason or "—",
        }
        for move in moves
    ]


def of_plan(campaign: Campaign) -> dict[str, str]:
    """For the plan: the newest move of each task's dates, by its code; three queries."""
    codes = comparing.newest_codes(campaign)
    out: dict[str, str] = {}
    found = (
        DateMove.objects.filter(slot__task__campaign=campaign).select_related("slot").order_by("-pk")[:500]
    )
    for move in found:
        code = codes.get(move.slot.task_id, "")
        if code in out:
            continue
        period = _("（%(period)s）") % {"period": move.slot.period} if move.slot.period else ""
        values = {"period": period, "old": words.full(move.old_on), "new": words.full(move.new_on)}
        out[code] = _("原定 %(old)s，改到 %(new)s%(period)s") % values
    return out


def version_line(task: Task) -> str:
    """Under which amended version a task stands, or by which one it was dropped; empty for the first. One query at most."""
    dropped = (task.about or {}).get("dropped", 0)
    if task.version < 2 and not dropped:
        return ""
    row = Amendment.objects.filter(campaign=task.campaign_id, version=dropped or task.version).first()
    if row is None:
        return ""
    text = _("方案第 %(n)s 版（%(document)s）取消了这项任务。理由：%(reason)s")
    if not dropped:
        text = _("按方案第 %(n)s 版办（%(document)s，%(day)s起）。理由：%(reason)s")
    return text % {
        "n": row.version,
        "document": row.document_no,
        "day": words.full(row.effective_on),
        "reason": row.reason,
    }
