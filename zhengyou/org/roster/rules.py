"""Who may import the roster, and when a checked one may be written."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.rules import Authority


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
