"""Words of the overview that code needs: names of figures, titles of tasks with their period."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.overview.desk import lines
from zhengyou.overview.plan import Named


def figure(name: str) -> str:
    """A figure's word: 应办 Owed, 逾期 Overdue and so on."""
    return {
        "issued": _("发出"),
        "void": _("作废"),
        "owed": _("应办"),
        "exempt": _("免办"),
        "in_review": _("审核中"),
        "accepted": _("已通过"),
        "overdue": _("逾期"),
        "not_due": _("未到期"),
        "open": _("还差"),
    }[name]


def title(task: Named, period: Named) -> str:
    """A task's name with its period where it has one."""
    return lines.title(task.zh, task.en, period.code)
