"""Who is to review a paper: where it waits, tier by tier, so that nobody judges the own paper or a superior's.

Read from posts and parentage of one day; one query for any number of papers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from zhengyou.kit import sql
from zhengyou.org.current import Frame, frame

ON = "{0}.dropped_id IS NULL AND {0}.valid_from <= :day AND {0}.valid_to > :day"


class Desk(NamedTuple):
    """Where a paper waits: a unit, and the post asked for there ("" = any post that may review)."""

    unit: int
    post: str = ""


class Reviewers:
    """The reviewers of a day: for the lines above some units, or (None) for the whole organisation."""

    def __init__(self, day: date, units: Collection[int] | None = None, found: Frame | None = None):
        found = found or frame(day)
        self.day = day
        self.root: int = (found.root if found else None) or 0
        may = found.may if found else {}
        within = ""
        if units is not None:
            ids = ", ".join(str(int(unit)) for unit in sorted(set(units))) or "0"
            within = f"""AND l.unit_id IN (SELECT ancestor_id FROM org_closure
                         WHERE descendant_id IN ({ids}) AND valid_from <= :day AND valid_to > :day)"""
        found_rows = sql.rows(
            f"""SELECT l.unit_id, l.parent_id, l.name, u.kind, p.person_id, p.post, n.name
                FROM org_placement l JOIN org_unit u ON u.id = l.unit_id
                LEFT JOIN org_post p ON p.unit_id = l.unit_id AND {ON.format("p")}
                LEFT JOIN org_person n ON n.id = p.person_id
                WHERE {ON.format("l")} {within} ORDER BY l.unit_id, p.id""",
            day=day,
        )
        self.parent: dict[int, int | None] = {}
        self.names: dict[int, str] = {}
        self.kinds: dict[int, str] = {}
        self.people: dict[int, str] = {}
        self.held: dict[int, set[str]] = defaultdict(set)
        self.holders: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.posts: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for unit, parent, name, kind, person, post, called in found_rows:
            self.parent[unit], self.names[unit], self.kinds[unit] = parent, name, kind
            if person is None:
                continue
            self.people[person] = called
            self.held[unit].add(post)
            powers = may.get(post, frozenset())
            if powers:
                self.posts[unit][person].add(post)
            if "review" in powers:
                self.holders[unit][person].add(post)

    def line(self, unit: int) -> list[int]:
        """The unit and all above it, upwards; bounded, should parentage ever run in a circle."""
        out = [unit]
        while len(out) < 100 and (up := self.parent.get(out[-1])) is not None:
            out.append(up)
        return out

    def desk(self, tier: str, unit: int, *, of_unit: bool, authors: Iterable[int]) -> Desk:
        """Where a paper of this tier waits.

        `parent`: a member's paper with the own unit, a unit's with the unit above; `office`: with the post office on
        the root; any other word is a post, looked for upwards. Never at or below a unit where an author reviews; what
        is vacant falls to the one above; at the root another post, then another holder.
        """
        by = {author for author in authors if author}
        line = self.line(unit)
        start, post = self._start(tier, line, of_unit, by)
        own = [i for i, at in enumerate(line) if by & self.holders.get(at, {}).keys()]
        if own and own[-1] >= start:
            start = own[-1] + 1
            if tier not in ("office", "parent"):
                post = ""
        for at in line[start:]:
            if self._able(at, post if at == line[-1] else "", by):
                return Desk(at, post if self._able(at, post, by) else "")
        root = line[-1]
        if own and own[-1] == len(line) - 1 and self._able(root, "office", by):
            return Desk(root, "office")
        return Desk(root, "office" if post == "office" and self._able(root, "office", by) else "")

    def _start(self, tier: str, line: list[int], of_unit: bool, by: set[int]) -> tuple[int, str]:
        last = len(line) - 1
        if tier == "office":
            return last, "office"
        above = min(1, last) if of_unit else 0
        if tier == "parent":
            return above, "office" if of_unit and last == 0 else ""
        for i in range(above, last + 1):
            if self._able(line[i], tier, by):
                return i, tier
        return last, ""

    def _able(self, unit: int, post: str, authors: set[int]) -> bool:
        return any(
            person not in authors and (not post or post in posts)
            for person, posts in self.holders.get(unit, {}).items()
        )

    def able(self, desk: Desk, authors: Iterable[int]) -> list[int]:
        """The persons who may act at a desk, in order of appointment; empty where it stands vacant."""
        by = {author for author in authors if author}
        return [
            person
            for person, posts in self.holders.get(desk.unit, {}).items()
            if person not in by and (not desk.post or desk.post in posts)
        ]

    def first(
        self, tiers: list[str], start: int, unit: int, *, of_unit: bool, authors: Iterable[int]
    ) -> tuple[int, Desk]:
        """The tier from `start` on at which a paper waits next, and where; tiers that lead to one desk are one."""
        by = list(authors)
        desks = [self.desk(tier, unit, of_unit=of_unit, authors=by) for tier in tiers[start:] or ["parent"]]
        i = 0
        while i + 1 < len(desks) and desks[i + 1].unit == desks[i].unit:
            i += 1
        return start + i, desks[i]

    def one_up(self, unit: int, authors: Iterable[int]) -> Desk:
        """One level above a unit's reviewers (an objection); at the root another post than asked before."""
        by = {author for author in authors if author}
        for at in self.line(unit)[1:]:
            if self._able(at, "", by):
                return Desk(at)
        root = self.line(unit)[-1]
        return Desk(root, "office" if self._able(root, "office", by) else "")

    def next_up(self, unit: int, posts: Collection[str]) -> int | None:
        """The unit itself or the next above it on which one of these posts is held."""
        return next((at for at in self.line(unit) if not self.held[at].isdisjoint(posts)), None)

    def vacant(self, unit: int, power_posts: Collection[str]) -> bool:
        """Whether nobody holds one of these posts on the unit."""
        return not any(posts & set(power_posts) for posts in self.posts.get(unit, {}).values())
