"""Lines of a preview in words: what becomes of each period when dates or the plan change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from zhengyou.campaigns.comparing import Line
from zhengyou.campaigns.views import words

MOST = 200
"""Lines shown of one preview; the totals count them all."""


def kinds() -> dict[str, str]:
    """What happens, by kind of line."""
    return {
        "later": _("已派出，给全体延后"),
        "redated": _("还没开始，改成新日期"),
        "new": _("新增一期"),
        "dropped": _("取消，还没开始"),
        "shorter": _("已派出，不能提前"),
        "ended": _("已派出，照旧办完"),
        "own": _("自己的日期更晚，不动"),
        "kept": _("已派出，照旧办完"),
        "void": _("已派出，作废"),
    }


def rows(lines: Iterable[Line], names: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Lines as a table shows them; `names` gives the words of tasks that are not laid down yet, by code."""
    say, out = kinds(), []
    for line in lines:
        task = line.slot.task if line.slot else None
        name = words.label(task) if task else (names or {}).get(line.code, line.code)
        out.append(
            {
                "task": name,
                "period": line.period,
                "old": words.full(line.old_on) if line.old_on else "—",
                "new": words.full(line.new_on) if line.new_on else "—",
                "what": say[line.kind],
                "bad": line.kind in ("shorter",),
                "duties": line.duties,
            }
        )
    return out
