"""Pieces of the board that stand in hundreds on one page: made here as text, because a template tag each would be slow."""

from __future__ import annotations

from fractions import Fraction

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhengyou.kit import ratio

STEPS = ((95, "q5"), (80, "q4"), (60, "q3"), (40, "q2"), (0, "q1"))
"""Heat by share in percent (LOOK.md §2)."""


EMPTY = mark_safe('<td><span class="hn">—</span></td>')
"""A unit without the task."""


def heat_cell(accepted: int, base: int, overdue: int, href: str, late: str) -> SafeString:
    """One cell of units by tasks: a/b under 100, percent above, a marked diamond where something is overdue."""
    if base <= 0:
        return EMPTY
    step = next(cls for floor, cls in STEPS if accepted * 100 >= floor * base)
    text = f"{accepted}/{base}" if base < 100 else ratio.percent(Fraction(accepted, base), 0)
    mark = f'<i role="img" aria-label="{escape(late)} {overdue}"></i>' if overdue else ""
    return mark_safe(f'<td><a class="{step}" href="{escape(href)}">{text}{mark}</a></td>')


def late_word() -> str:
    """The word beside the diamond."""
    return _("逾期")
