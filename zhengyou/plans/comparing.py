"""Two plans side by side: clauses matched by key, words marked within a clause, what nobody took up, likeness of wording."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.plans.models import Clause

TOKEN = re.compile(r"\d+(?:[.:]\d+)*|[A-Za-z]+|\s+|.", re.S)
"""Words of Latin letters and figures are one piece each; Chinese is compared character by character."""
WINDOW = 5
"""Characters in a row that make one shingle."""
PUNCTUATION = re.compile(r"\W+")
ALIKE = Fraction(1, 2)
"""Likeness from which the hint is shown."""

Piece = tuple[str, str]
"""A stretch of text and what became of it: "" (same), "del", "ins"."""


@dataclass
class Pair:
    """A clause of the plan above beside the unit's: either may be missing. `tags` say in words what differs."""

    key: str
    theirs: Clause | None
    ours: Clause | None
    tags: list[tuple[str, str]] = field(default_factory=list)
    kind: str = "same"

    @property
    def code(self) -> str:
        """What a verdict on it is kept under."""
        return self.ours.code if self.ours is not None else self.key


@dataclass
class Compared:
    """All pairs in the order of the plan above, own clauses behind the one they stand after."""

    pairs: list[Pair]

    def of(self, *kinds: str) -> list[Pair]:
        """Pairs of these kinds: `differs`, `same`, `gap`, `own`."""
        return [pair for pair in self.pairs if pair.kind in kinds]


def compare(theirs: Sequence[Clause], ours: Sequence[Clause]) -> Compared:
    """Match two plans clause by clause; a clause above that several carry out stands with the first of them."""
    by_key: dict[str, list[Clause]] = {}
    for clause in ours:
        by_key.setdefault(clause.key, []).append(clause)
    pairs = []
    for clause in theirs:
        mine = by_key.pop(clause.key, [])
        if not mine:
            pairs.append(Pair(clause.key, clause, None, [("late", _("落空"))], "gap"))
        for one in mine:
            tags = differences(clause, one)
            pairs.append(Pair(clause.key, clause, one, tags, "differs" if tags else "same"))
    for mine in by_key.values():
        pairs += [Pair(one.key, None, one, [("ok", _("自己加的"))], "own") for one in mine]
    order = {clause.code: clause.place for clause in ours}
    own = [pair for pair in pairs if pair.ours is not None]
    gaps = [pair for pair in pairs if pair.ours is None]
    own.sort(key=lambda pair: order[pair.ours.code] if pair.ours else 0)
    return Compared(own + gaps)


def differences(above: Clause, mine: Clause) -> list[tuple[str, str]]:
    """What differs from the clause above, in words with the class of its tag; what the plan above left open is no
    difference, and that somebody of the own unit answers for it, as everybody must say, is none by itself.
    """
    tags: list[tuple[str, str]] = []
    if above.due_on and mine.due_on and mine.due_on != above.due_on:
        days = (mine.due_on - above.due_on).days
        if days > 0:
            text = ngettext("比上级晚 %(n)s 天", "比上级晚 %(n)s 天", days) % {"n": days}
            tags.append(("late", text))
        else:
            tags.append(("rev", _("日期提前")))
    old = " ".join((above.title, above.text, above.result)).strip()
    new = " ".join((mine.title, mine.text, mine.result)).strip()
    if _plain(old) != _plain(new):
        marked = words(old, new)
        lost, gained = (any(k == kind and _plain(t) for t, k in marked) for kind in ("del", "ins"))
        if lost and not gained:
            tags.append(("late", _("少了内容")))
        elif gained and not lost:
            tags.append(("ok", _("多了内容")))
        else:
            tags.append(("rev", _("改了文字")))
    named = above.owner or above.owner_text
    if tags and named and (mine.owner or mine.owner_text) != named:
        tags.append(("rev", _("换了负责人")))
    return tags


def words(old: str, new: str) -> list[Piece]:
    """The way from one text to the other in pieces; islands of one or two characters between changes are not kept apart."""
    a, b = TOKEN.findall(old), TOKEN.findall(new)
    out: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    steps = [(kind, "".join(a[i:j]), "".join(b[k:m])) for kind, i, j, k, m in matcher.get_opcodes()]
    at = 0
    while at < len(steps):
        kind, left, right = steps[at]
        if kind == "equal":
            out.append((left, ""))
            at += 1
            continue
        while (
            at + 2 < len(steps)
            and steps[at + 1][0] == "equal"
            and len(steps[at + 1][1]) < 2
            and not PUNCTUATION.fullmatch(steps[at + 1][1])
        ):
            left += steps[at + 1][1] + steps[at + 2][1]
            right += steps[at + 1][1] + steps[at + 2][2]
            at += 2
        if left:
            out.append((left, "del"))
        if right:
            out.append((right, "ins"))
        at += 1
    return out


def _plain(text: str) -> str:
    return PUNCTUATION.sub("", text)


def shingles(clauses: Iterable[Clause]) -> set[str]:
    """All runs of five characters in the clauses' words, punctuation left out."""
    out: set[str] = set()
    for clause in clauses:
        text = _plain(clause.text + clause.result)
        out.update(text[i : i + WINDOW] for i in range(max(len(text) - WINDOW + 1, 0)))
    return out


def likeness(mine: set[str], other: set[str], common: set[str]) -> Fraction:
    """Share of wording that two plans have in common beyond what both took from the plan above (Jaccard), exact."""
    a, b = mine - common, other - common
    both = len(a | b)
    return Fraction(len(a & b), both) if both else Fraction(0)


def most_alike(
    ours: Sequence[Clause], siblings: Mapping[int, Sequence[Clause]], above: Sequence[Clause]
) -> tuple[int, Fraction] | None:
    """The sibling (by its key) whose wording is most alike, if at least half of it is the same; None otherwise."""
    common, mine = shingles(above), shingles(ours)
    best = max(
        ((likeness(mine, shingles(found), common), key) for key, found in siblings.items()), default=None
    )
    if best is None or best[0] < ALIKE:
        return None
    return best[1], best[0]
