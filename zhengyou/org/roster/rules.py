"""Who may import the roster, and when a checked one may be written."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.models import RosterImport
from zhengyou.org.rules import Authority

UNDO_DAYS = 7
"""Days after an import on which it can still be undone (S1)."""


def may_import(authority: Authority) -> Verdict:
    """May read in a roster: the power `import` on the topmost unit (it may touch every unit)."""
    if authority.on_root("import"):
        return YES
    return no(_("花名册由办公室导入：请把变动告诉办公室。"))


def may_confirm(errors: int, questions: int) -> Verdict:
    """May be written: no row has a fault and no question is open."""
    if errors and questions:
        return no(
            _("还不能确认：有 %(errors)s 行要改，%(questions)s 件事要您定。")
            % {"errors": errors, "questions": questions}
        )
    if errors:
        return no(_("还不能确认：有 %(errors)s 行要改。在原表里改好，再上传一次。") % {"errors": errors})
    if questions:
        return no(_("还不能确认：有 %(questions)s 件事要您定。") % {"questions": questions})
    return YES


def last_undo_day(roster: RosterImport) -> date | None:
    """The last day on which an import can be undone; None while it is not written."""
    return roster.entry.day + timedelta(days=UNDO_DAYS) if roster.entry is not None else None


def may_undo(authority: Authority, roster: RosterImport, obstacles: int = 0) -> Verdict:
    """May take an import back: whoever may import, within seven days, while nothing leans on it."""
    if not (may := may_import(authority)):
        return may
    last = last_undo_day(roster)
    if roster.state == RosterImport.State.UNDONE:
        return no(_("这次导入已经撤销了。"))
    if roster.state != RosterImport.State.APPLIED or last is None:
        return no(_("这份名册没有导入，没有可以撤销的。"))
    if authority.day > last:
        text = _("导入以后 %(n)d 天内才能撤销，%(day)s 是最后一天：以后的更正请逐项登记，或者再导入一份。")
        return no(text % {"n": UNDO_DAYS, "day": last.isoformat()})
    if obstacles:
        return no(_("还不能撤销：后来的登记要用到这次导入的内容。先把下面列出的处理好。"))
    return YES
