"""Words of the overview that code needs: names of figures, titles of tasks with their period."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.kit import clock
from zhengyou.org.current import language
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


def day(on: date) -> str:
    """11月26日 / 26 Nov, with the year where it is not the current one."""
    here = on.year == clock.today().year
    if language() == "en":
        return f"{on.day} {on:%b}" + ("" if here else f" {on.year}")
    return ("" if here else f"{on.year}年") + f"{on.month}月{on.day}日"


def late(days: int) -> str:
    """逾期 5 天 / 5 days late."""
    return ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", days) % {"days": days}


def title(task: Named, period: Named) -> str:
    """A task's name with its period where it has one."""
    return lines.title(task.zh, task.en, period.code)
