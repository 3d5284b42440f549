"""One change of units under way: the units it touches, what it moves, and the outcome that preview and history show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org import current, norms, rules, tree
from zhengyou.org.actions.rows import Follow, OpenWork, cut_post
from zhengyou.org.actions.tree import NewUnit, plant, reparent, stirred
from zhengyou.org.asked import Asked
from zhengyou.org.models import Affiliation, Placement, Post, Unit, on


class Run:
    """Everything one change knows while it is carried out; written into `outcome` as plain data, names as on the day."""

    def __init__(
        self,
        entry: OpenEntry,
        asked: Asked,
        authority: rules.Authority,
        follow: Follow | None,
        planned: bool = False,
    ) -> None:
        self.planned = planned
        self.entry, self.asked, self.authority, self.follow = entry, asked, authority, follow
        self.day = asked.day
        self.units: dict[int, Unit] = {}
        self.new: set[int] = set()
        self.closing: list[Unit] = []
        self.work: list[OpenWork] = []
        self.disposed: dict[str, int] = {}
        self._before: dict[int, dict[str, Any]] = {}
        self._moves: list[dict[str, Any]] = []
        self._posts: list[dict[str, Any]] = []
        self._children: list[dict[str, str]] = []

    def unit(self, public_id: str, field: str = "units") -> Unit:
        """A unit that takes part, locked: it must be open today and have stood on the day."""
        unit = Unit.objects.select_for_update().filter(public_id=public_id).first()
        if unit is None:
            raise Invalid(Problem(field, _("选一个单位")))
        words = {"name": self.named(unit).name, "day": unit.opened_on.isoformat()}
        if unit.closed_on != FAR:
            raise Invalid(Problem(field, _("「%(name)s」已经撤销") % words))
        if unit.opened_on > self.day:
            raise Invalid(Problem("day", _("「%(name)s」%(day)s 才成立：日期不能早于这一天") % words))
        return unit

    def named(self, unit: Unit) -> Placement:
        """Where a unit hangs and what it is called on the day."""
        found = tree.named(unit, self.day)
        if found is None:
            raise Invalid(Problem("units", _("选一个单位")))
        return found

    def name(self, text: str) -> str:
        """A name as it is kept."""
        text = " ".join(text.split())
        if not text or len(text) > 200:
            raise Invalid(Problem("name", _("写上名称，最多 200 字")))
        return text

    def free(self, name: str, parent: int | None, replacing: Sequence[Unit] = ()) -> None:
        """Refuse a name that another open unit of the same superior has."""
        here = tree.units_on(self.day).filter(parent=parent, name=name, unit__closed_on=FAR)
        if here.exclude(unit__in=[unit.pk for unit in replacing]).exists():
            raise Invalid(Problem("name", _("这里已经有「%(name)s」：换一个名称") % {"name": name}))

    def touch(self, unit: Unit) -> None:
        """Note a unit as it is before anything changes."""
        if unit.pk not in self.units:
            self.units[unit.pk] = unit
            self._before[unit.pk] = {**self._state(unit), "name": self.named(unit).name}

    def plant(self, name: str, kind: str, parent: Unit, replacing: Sequence[Unit] = ()) -> Unit:
        """Found a unit under another on the day; its kind must be one that may stand there (the organisation's part)."""
        insist(rules.may_add_unit(self.authority, parent))
        name = self.name(name)
        self._fits(kind, parent, "kind", _("这种单位不能设在这里：从列出的种类里选一种"))
        self.free(name, parent.pk, replacing)
        (unit,) = plant(self.entry, [NewUnit(name, kind, parent, self.day)])
        self.new.add(unit.pk)
        self.units[unit.pk] = unit
        return unit

    def _fits(self, kind: str, parent: Unit, field: str, text: str) -> None:
        part = current.part()
        if part is None or not part.has_kind(kind) or parent.kind not in part.kind(kind).parents:
            raise Invalid(Problem(field, text))

    def hang(self, unit: Unit, parent: Unit) -> None:
        """Hang a unit with all below it under another from the day on; figures go along."""
        insist(rules.may_add_unit(self.authority, parent))
        name = self.named(unit).name
        words = {"name": name, "parent": self.named(parent).name}
        self._fits(unit.kind, parent, "parent", _("「%(name)s」不能放在「%(parent)s」下面：种类不合") % words)
        self.free(name, parent.pk, [unit])
        if self.follow is not None:
            self.follow.before_regraft()
        moved_since = stirred(unit.pk, parent.pk, self.day)
        lost, gained = reparent(self.entry, unit, parent, self.day)
        if self.follow is not None and moved_since:
            self.follow.recount()
        elif self.follow is not None:
            self.follow.regraft(unit.pk, self.day, lost, gained)

    def hang_children(self, closing: Sequence[Unit], heir: Unit | None) -> None:
        """Open units below closing ones hang elsewhere: where it was chosen, else below the heir where its kind fits.

        Refused, naming the unit, where neither was chosen nor fits: it must be closed first.
        """
        ids = {unit.pk for unit in closing}
        below = tree.units_on(self.day).filter(parent__in=ids, unit__closed_on=FAR)
        for child in list(below):
            if child.unit_id in ids:
                continue
            chosen = self.asked.children.get(child.unit.public_id, "")
            parent = self.unit(chosen, "children") if chosen else self._default(child.unit, heir, ids)
            if parent is None or parent.pk in ids or parent.pk == child.unit_id:
                text = _("下级「%(name)s」要先定下改属哪里，或者先撤销")
                raise Invalid(Problem("children", text % {"name": child.name}))
            self._children.append(
                {
                    "id": child.unit.public_id,
                    "name": child.name,
                    "kind": child.unit.kind,
                    "to": "" if parent.pk in self.new else parent.public_id,
                    "to_name": self.named(parent).name,
                }
            )
            self.hang(child.unit, parent)

    def _default(self, child: Unit, heir: Unit | None, closing: set[int]) -> Unit | None:
        part = current.part()
        if part is None:
            return None
        kinds = part.kind(child.kind).parents if part.has_kind(child.kind) else ()
        if heir is not None and heir.kind in kinds and heir.pk != child.pk:
            return heir
        line = [p.unit for p in reversed(tree.path(child.pk, self.day)[:-1]) if p.unit_id not in closing]
        return next((unit for unit in line if unit.kind in kinds), None)

    def held(self, unit: Unit) -> QuerySet[Affiliation]:
        """The registered rows of a unit that reach beyond the day."""
        return Affiliation.objects.filter(unit=unit, role="R", dropped=None, valid_to__gt=self.day)

    def moved(self, unit: Unit, target: Unit, held: QuerySet[Affiliation]) -> int:
        """Note who moves where, by category; returns how many."""
        return self._note(unit, held, {"to": target.pk})

    def left(self, unit: Unit, held: QuerySet[Affiliation]) -> int:
        """Note who leaves by decision."""
        return self._note(unit, held, {"to": None})

    def _note(self, unit: Unit, held: QuerySet[Affiliation], where: dict[str, Any]) -> int:
        found = held.order_by().values_list("category").annotate(n=Count("person", distinct=True))
        by = {category: n for category, n in found if n}
        n = sum(by.values())
        if n:
            self._moves.append({"from": unit.pk, **where, "n": n, "by": dict(sorted(by.items()))})
        return n

    def count_work(self) -> None:
        """What is open in the units that close, before anything changes."""
        if self.follow is not None and self.closing:
            self.work = self.follow.work([unit.pk for unit in self.closing], self.day)

    def count_posts(self, units: Sequence[int]) -> None:
        """Note the posts that end with the closing units."""
        held = Post.objects.filter(unit__in=units, dropped=None, valid_to__gt=self.day)
        for post in held.select_related("person", "unit").order_by("unit_id", "post", "id"):
            self._note_post(post)

    def _note_post(self, post: Post) -> None:
        said = {"unit": post.unit.public_id, "post": post.post, "person": post.person.public_id}
        self._posts.append({**said, "name": self.named(post.unit).name})

    def end_post(self, post: Post) -> None:
        """End one post elsewhere."""
        self._note_post(post)
        cut_post(self.entry, post, max(self.day, post.valid_from))

    def _state(self, unit: Unit) -> dict[str, Any]:
        rows = Affiliation.objects.filter(on(self.day), unit=unit, role="R").order_by()
        part, full = current.part(), 0
        by: dict[str, int] = {}
        for category, status, n in rows.values_list("category", "status").annotate(n=Count("pk")):
            by[category] = by.get(category, 0) + n
            full += n if part is None or part.members.is_full(status) else 0
        figures: dict[str, int] = {}
        if self.follow is not None and not self.planned:
            figures = self.follow.figures([unit.pk], clock.today())[unit.pk]
        return {"members": sum(by.values()), "full": full, "by": dict(sorted(by.items())), "figures": figures}

    def outcome(self) -> dict[str, Any]:
        """Plain data: units before and after, members moved, posts ended, children, open work with its disposition."""
        units, after = [], {}
        for pk, unit in self.units.items():
            unit.refresh_from_db()
            after[pk] = self._state(unit)
            units.append(
                {
                    "id": unit.public_id,
                    "name": self.named(unit).name,
                    "kind": unit.kind,
                    "new": pk in self.new,
                    "closed": unit.closed_on != FAR,
                    "before": self._before.get(pk),
                    "after": after[pk],
                }
            )
        public = {pk: unit.public_id for pk, unit in self.units.items()}
        part = current.part()
        return {
            "units": units,
            "moves": [
                {**move, "from": public[move["from"]], "to": public.get(move["to"], "")}
                for move in self._moves
            ],
            "posts": self._posts,
            "children": self._children,
            "work": [self._line(work, public[work.unit]) for work in self.work],
            "disposed": self.disposed,
            "norms": norms.warnings(part, units, self.day) if part is not None else [],
        }

    def _line(self, work: OpenWork, unit: str) -> dict[str, Any]:
        return {
            "unit": unit,
            "task": work.task,
            "zh": work.zh,
            "en": work.en,
            "n": work.n,
            "overdue": work.overdue,
            "oldest": work.oldest.isoformat(),
            "how": self.asked.how(unit, work.task),
            "apart": sorted(self.asked.pieces(unit, work.task).items()),
        }
