"""Terms of office: how long one runs by the organisation's part, which end soon or have ended; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from zhengyou.org import current, tree
from zhengyou.org.models import Post, on

SOON = 60
"""Days before a term's end from which it stands on the list."""


def years_after(day: date, years: int) -> date:
    """The same day `years` later; 28 February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def default_end(kind: str, day: date) -> date | None:
    """The day after the last of a term that begins on `day` on a unit of this kind; None where the part says nothing."""
    part = current.part()
    if part is None or not part.has_kind(kind) or (years := part.kind(kind).term_years) is None:
        return None
    return years_after(day, years)


def ending(day: date, within: Sequence[int] | None = None) -> QuerySet[Post]:
    """Posts whose term has ended or ends within 60 days, the longest past first; `within` these units and below."""
    soon = Post.objects.filter(on(day), acting_for=None, term_ends__lte=day + timedelta(days=SOON + 1))
    if within is not None:
        soon = soon.filter(unit__in=tree.below(within, day))
    return soon.select_related("person", "unit").order_by("term_ends", "unit__place", "id")


@dataclass(frozen=True)
class Term:
    """One line of the list: the post, its unit's name, its last day, days left (negative: past)."""

    post: Post
    unit: str
    label: str
    last: date
    left: int


def lines(found: Sequence[Post], day: date, words: current.Words) -> list[Term]:
    """Rows of the list with names of units; one query."""
    called = tree.names([post.unit_id for post in found], day)
    out = []
    for post in found:
        last = post.term_last
        if last is not None:
            out.append(Term(post, called.get(post.unit_id, ""), words(post.post), last, (last - day).days))
    return out
