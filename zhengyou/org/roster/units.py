"""Which unit each row means: one of the tree, one the file proposes, or a question; and what kind a new one is."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from zhengyou.org.roster.near import Index
from zhengyou.org.roster.rows import Roster, Row
from zhengyou.org.roster.standing import Place, Standing
from zhengyou.org.roster.words import Words, flat

ROOT = "^"


@dataclass
class Question:
    """Something only a person can decide; `options` are (answer, code of its label, facts)."""

    id: str
    code: str
    facts: dict[str, Any]
    options: list[tuple[str, str, dict[str, Any]]]
    at: tuple[int, int, str] = (0, 0, "")
    rows: list[tuple[int, int]] = field(default_factory=list)
    answer: str = ""


@dataclass(eq=False)
class Named:
    """A name as the file uses it: how often, where first, under which parents, with which kind."""

    text: str
    count: int = 0
    parents: Counter[str] = field(default_factory=Counter)
    kind: str = ""
    at: tuple[int, int] = (0, 0)


class Units:
    """Resolves names of units once for all rows; `new` are the proposed ones, parents before children."""

    def __init__(self, roster: Roster, standing: Standing, words: Words, decisions: dict[str, str]) -> None:
        self.roster, self.standing, self.words, self.decisions = roster, standing, words, decisions
        self.new: list[Place] = []
        self.questions: dict[str, Question] = {}
        self.aliases: dict[str, Place] = {}
        self._names: dict[str, Named] = {}
        self._as_parent: Counter[str] = Counter()
        self._memo: dict[tuple[str, str], Place | tuple[str, dict[str, Any]]] = {}
        self._nodes: dict[tuple[str, int], Place] = {}
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for place in standing.units.values():
            self._by_name[flat(place.name)].append(place)
        self._rooted = self._collect()
        self._index_tree = Index(p.name for p in standing.units.values() if p is not standing.root)
        self._index_file = Index(named.text for named in self._names.values())

    def _collect(self) -> str:
        """Count names and parents; returns the name that must be the root by the depth of the file's own tree, or ""."""
        cache: dict[str, str] = {}
        for row in self.roster.rows:
            if not row.unit:
                continue
            word = cache.get(row.unit)
            if word is None:
                word = cache[row.unit] = flat(row.unit)
            named = self._names.get(word)
            if named is None:
                named = self._names[word] = Named(row.unit, at=(row.sheet, row.row))
            named.count += 1
            if row.unit_kind and not named.kind:
                named.kind = row.unit_kind
            if row.parent:
                above = cache.get(row.parent)
                if above is None:
                    above = cache[row.parent] = flat(row.parent)
                named.parents[above] += 1
                self._as_parent[above] += 1
                if above not in self._names:
                    self._names[above] = Named(row.parent, at=(row.sheet, row.row))
        return self._structural_root()

    def _structural_root(self) -> str:
        part = self.words.part
        depth, level = 0, {part.root_kind}
        while (level := {k.code for code in level for k in part.children_of(code)}) and depth < 20:
            depth += 1
        height: dict[str, int] = defaultdict(int)
        for word, named in self._names.items():
            here, steps, seen = named, 0, {word}
            while here.parents and steps < 20:
                above = here.parents.most_common(1)[0][0]
                if above in seen or self._is_root(above):
                    break
                seen.add(above)
                steps += 1
                height[above] = max(height[above], steps)
                here = self._names[above]
        tops = [
            w
            for w, h in height.items()
            if h >= depth and not self._names[w].parents and w not in self._by_name
        ]
        return tops[0] if depth and len(tops) == 1 else ""

    def _is_root(self, word: str) -> bool:
        if word == getattr(self, "_rooted", ""):
            return bool(word)
        return word == flat(self.standing.root.name) or (
            word in self.standing.root_names and word not in self._by_name
        )

    def of(self, row: Row) -> Place | None:
        """The unit a row means; None where that is a fault, which is then named on the row."""
        key = (row.unit, row.parent)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._resolve(flat(row.unit), flat(row.parent))
        if isinstance(found, Place):
            found.rows += 1
            return found
        row.fault("unit", found[0], **found[1])
        return None

    def named(self, text: str) -> Place | None:
        """The unit an activity cell names: of the tree, or named elsewhere in the file."""
        word = flat(text)
        if self._is_root(word):
            return self.standing.root
        found = self._by_name.get(word) or (
            [self.standing.units[self.standing.aliases[word]]] if word in self.standing.aliases else []
        )
        if len(found) == 1:
            return found[0]
        if word in self._names and not found:
            place = self._resolve(word, "")
            return place if isinstance(place, Place) else None
        return None

    def _resolve(
        self, word: str, above: str, stack: tuple[str, ...] = ()
    ) -> Place | tuple[str, dict[str, Any]]:
        """A unit by name and parent's name ("" unknown); a fault as (code, facts)."""
        if self._is_root(word):
            return self.standing.root
        named = self._names.get(word) or Named(word)
        if word in stack:
            return "unit_circle", {"unit": named.text}
        if above == word:
            return "unit_self", {"unit": named.text}
        existing = self._by_name.get(word, [])
        if not existing and word in self.standing.aliases:
            existing = [self.standing.units[self.standing.aliases[word]]]
        if not above and len(existing) != 1:
            givens = list(named.parents)
            if len(givens) == 1:
                above = givens[0]
            elif len(givens) > 1 or existing:
                return "unit_same_name", {"unit": named.text, "count": max(len(givens), len(existing))}
        parent: Place | None = None
        if above:
            found = self._resolve(above, "", (*stack, word))
            if not isinstance(found, Place):
                return found
            parent = found
        fits = [
            place
            for place in existing
            if parent is None or place.parent is parent or parent in place.line()[1:]
        ]
        if len(fits) == 1:
            return fits[0]
        if len(fits) > 1:
            exact = [place for place in fits if place.parent is parent]
            return (
                exact[0] if len(exact) == 1 else ("unit_same_name", {"unit": named.text, "count": len(fits)})
            )
        if len(existing) == 1 and parent is not None:
            return self._elsewhere(named, existing[0], parent)
        if word in self.standing.closed and not existing:
            return "unit_closed", {"unit": named.text, "day": self.standing.closed[word]}
        meant = self._meant(word, named)
        return meant or self._node(word, named, parent or self.standing.root)

    def _elsewhere(self, named: Named, place: Place, parent: Place) -> Place | tuple[str, dict[str, Any]]:
        """The tree has it under another parent: the same unit, or one more of that name?"""
        facts = {"unit": place.name, "old": place.parent.name if place.parent else "", "new": parent.name}
        question = self._ask(
            Question(
                f"place:{parent.key}/{named.text}",
                "ask_place",
                facts,
                [("same", "answer_place_same", facts), ("new", "answer_place_new", facts)],
                (*named.at, "parent"),
            ),
        )
        return self._node(flat(named.text), named, parent) if question.answer == "new" else place

    def _meant(self, word: str, named: Named) -> Place | None:
        """Another unit that this name probably means, if the answer says so; asks where nothing is said yet."""
        near, code = self._near(word, named)
        if not near:
            return None
        facts = {"unit": named.text, "near": near, "count": named.count}
        question = self._ask(
            Question(
                f"unit:{named.text}",
                code,
                facts,
                [(f"same:{near}", "answer_unit_same", facts), ("new", "answer_unit_new", facts)],
                (*named.at, "unit"),
            ),
        )
        if not question.answer.startswith("same"):
            return None
        target = self._resolve(flat(near), "")
        if isinstance(target, Place):
            self.aliases[named.text] = target
            return target
        return None

    def _near(self, word: str, named: Named) -> tuple[str, str]:
        tree = self._index_tree.same(named.text) or self._index_tree.slip(named.text)
        if tree:
            return tree, "unit_near"
        other = self._index_file.same(named.text)
        slip = None if other or self._weight(word, named) > 2 else self._index_file.slip(named.text)
        for near, ratio in ((other, 1), (slip, 5)):
            if near:
                peer = self._names[flat(near)]
                weight, own = self._weight(flat(near), peer), self._weight(word, named)
                more = weight > own or (weight == own and peer.at < named.at)
                if (more and ratio == 1) or (ratio > 1 and own <= 2 and weight >= ratio * max(own, 1)):
                    return near, "unit_near_file"
        return "", ""

    def _weight(self, word: str, named: Named) -> int:
        return named.count + self._as_parent[word]

    def _node(self, word: str, named: Named, parent: Place) -> Place | tuple[str, dict[str, Any]]:
        node = self._nodes.get((word, id(parent)))
        if node is not None:
            return node
        node = Place(named.text, "", parent)
        kind = self._kind(word, named, node, parent)
        if kind is None:
            facts: dict[str, Any] = {
                "unit": named.text,
                "parent": parent.name,
                "parent_kind": self.words.both("unit_kind", parent.kind),
            }
            if not named.kind:
                return "unit_no_place", facts
            return "unit_kind_place", facts | {"kind": self.words.both("unit_kind", named.kind)}
        node.kind = kind
        self._nodes[word, id(parent)] = node
        parent.children += 1
        self.new.append(node)
        return node

    def _kind(self, word: str, named: Named, node: Place, parent: Place) -> str | None:
        """Stated; else from the tree; else by the ending of the name; else asked ("" until answered); None: no place."""
        part = self.words.part
        allowed = [kind.code for kind in part.children_of(parent.kind)]
        if named.kind:
            return named.kind if named.kind in allowed else None
        if not allowed:
            return None
        is_parent = bool(self._as_parent[word])
        upper = [code for code in allowed if part.children_of(code)]
        fits = (upper if is_parent else [code for code in allowed if code not in upper]) or allowed
        if len(fits) > 1:
            fits = self._by_ending(named.text, fits) or fits
        if len(fits) == 1:
            return fits[0]
        question = self._ask(
            Question(
                f"kind:{node.key}",
                "ask_kind",
                {"unit": named.text},
                [(code, "answer_kind", {"kind": code}) for code in fits],
                (*named.at, "unit_kind"),
            ),
        )
        node.asked = not question.answer
        return question.answer or fits[0]

    def _by_ending(self, name: str, codes: list[str]) -> list[str]:
        best: dict[str, int] = {}
        for code in codes:
            kind = self.words.part.kind(code)
            for ending in (*kind.endings, kind.zh, kind.en):
                if ending and flat(name).endswith(flat(ending)):
                    best[code] = max(best.get(code, 0), len(flat(ending)))
        longest = max(best.values(), default=0)
        return [code for code, length in best.items() if length == longest]

    def _ask(self, question: Question) -> Question:
        known = self.questions.setdefault(question.id, question)
        answer = self.decisions.get(question.id, "")
        if answer and any(
            answer == option[0] or (answer == "same" and option[0].startswith("same"))
            for option in known.options
        ):
            known.answer = answer
        return known
