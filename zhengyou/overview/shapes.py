"""Pieces that stand in hundreds on one page, made here as text: a template tag for each would cost the page its budget."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhengyou.campaigns.figures.board import Figures
from zhengyou.kit import ratio

STEPS = ((95, "q5"), (80, "q4"), (60, "q3"), (40, "q2"), (0, "q1"))
"""Heat by share in percent (LOOK.md §2)."""
WIDTH, GAP, LEAST = 600, 1.5, 3
"""The bar in its own units: width, gap between parts, least width of a part that is not empty."""
EMPTY = mark_safe('<td><span class="hn">—</span></td>')
"""A unit without the task."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the figures, looked up once for a page and escaped."""

    owed: str
    exempt: str
    in_review: str
    accepted: str
    overdue: str
    late: str
    not_due: str
    completion: str
    comma: str


def words() -> Words:
    """The words in the reader's language."""
    found = (
        _("应办"),
        _("免办"),
        _("审核中"),
        _("已通过"),
        _("逾期"),
        _("逾期未交"),
        _("未到期"),
        _("完成率"),
        _("、"),
    )
    return Words(*(escape(word) for word in found))


def bar(f: Figures, say: Words) -> str:
    """One bar of disjoint parts that add up to what is owed; widths are SVG attributes, so no inline style."""
    parts = (
        ("ok", say.accepted, f.accepted),
        ("rev", say.in_review, f.in_review),
        ("late", say.late, f.overdue),
        ("open", say.not_due, f.not_due),
        ("ex", say.exempt, f.exempt),
    )
    label = say.comma.join(f"{word} {n}" for _cls, word, n in parts)
    shown = [(cls, n) for cls, _word, n in parts if n > 0]
    room, total, x, drawn = WIDTH - GAP * max(len(shown) - 1, 0), sum(n for _c, n in shown), 0.0, []
    for cls, n in shown:
        width = max(room * n / total, LEAST)
        drawn.append(f'<rect class="b-{cls}" x="{x:.0f}" width="{width:.0f}" height="16"/>')
        x += width + GAP
    return (
        f'<svg class="zy-bar" viewBox="0 0 {WIDTH} 16" preserveAspectRatio="none" role="img" aria-label="{label}">'
        f"{''.join(drawn)}</svg>"
    )


def cells(f: Figures, base: str, query: str, say: Words, *, completion: bool = True) -> SafeString:
    """The bar and the figures of one row as table cells; each figure opens to its rows at `base`, "" for no way there."""
    query = escape(query)
    out = [f"<td>{bar(f, say)}</td>"]
    for name, word, n in (
        ("owed", say.owed, f.owed),
        ("exempt", say.exempt, f.exempt),
        ("in_review", say.in_review, f.in_review),
        ("accepted", say.accepted, f.accepted),
        ("overdue", say.overdue, f.overdue),
    ):
        late = " zy-late-c" if name == "overdue" and n else ""
        text = f'<a class="n" href="{base}{name}/{query}">{n:,}</a>' if base else f"{n:,}"
        out.append(f'<td class="zy-num i{late}" data-l="{word}">{text}</td>')
    if completion:
        out.append(f'<td class="zy-num pct" data-l="{say.completion}">{ratio.percent(f.completion)}</td>')
    return mark_safe("".join(out))


def heat_cell(accepted: int, base: int, overdue: int, href: str, late: str) -> SafeString:
    """One cell of units by tasks: a/b under 100, percent above, a marked diamond where something is overdue."""
    if base <= 0:
        return EMPTY
    step = next(cls for floor, cls in STEPS if accepted * 100 >= floor * base)
    text = f"{accepted}/{base}" if base < 100 else ratio.percent(Fraction(accepted, base), 0)
    mark = f'<i role="img" aria-label="{late} {overdue}"></i>' if overdue else ""
    return mark_safe(f'<td><a class="{step}" href="{escape(href)}">{text}{mark}</a></td>')
