"""Who owes a task: a part for members, one for units, one for each post, each with its own due day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from .evaluation import evaluate
from .expressions import Node
from .facts import UNIT, FactType
from .faults import OPEN
from .formulas import Checker
from .model import Audience
from .walking import Context, TaskAt

#: The condition that everybody meets.
EVERYBODY = Node("flag", (), True)


@dataclass(frozen=True)
class Part:
    """One sort of subject of a task. `waits` are addresses whose answers are still missing."""

    suffix: str
    subject: str
    who: tuple[str, ...]
    unit_kinds: tuple[str, ...] = ()
    conditions: tuple[Node, ...] = ()
    post: str = ""
    root_only: bool = False
    waits: tuple[str, ...] = ()


def _silent(code: str, column: int, message: object) -> None:
    """Faults of conditions were reported by the check."""


def _condition(context: Context, audience: Audience, row: FactType) -> Node:
    checker = Checker(row, context.words(), context.day_names, _silent)
    nodes = [checker.condition(condition) for condition in audience.where if condition is not OPEN]
    if not nodes:
        return EVERYBODY
    joined = nodes[0]
    for node in nodes[1:]:
        joined = Node("and", (joined, node))
    return joined


def _dated(node: Node, days: dict[str, date | None]) -> tuple[Node, list[str]]:
    """The tree with named days put in, and the names that are not known yet."""
    if node.op == "day":
        day = days.get(node.value) if isinstance(node.value, str) else node.value
        return replace(node, value=day), [] if day else [str(node.value)]
    made = [_dated(arg, days) for arg in node.args]
    missing = [name for _arg, names in made for name in names]
    return replace(node, args=tuple(arg for arg, _names in made)), missing


def parts_of(context: Context, at: TaskAt, named: dict[str, date | None]) -> list[Part]:
    """The parts of a task; none while it is open who owes it."""
    if at.task.who is OPEN or OPEN in at.task.who:
        return []
    words = at.task.who or ["office"]
    separate = isinstance(at.task.due, dict)
    groups: dict[str, list[str]] = {}
    for word in words:
        sort = _sort(context, word)
        key = word if separate or sort == "post" else sort
        groups.setdefault(key, []).append(word)
    several = len(groups) > 1
    return [_part(context, key if several else "", words, named) for key, words in groups.items()]


def _sort(context: Context, word: str) -> str:
    if word in ("office", "leaders") or word in context.posts:
        return "post"
    if word == "all_units" or word in context.unit_kinds:
        return "units"
    audience = context.pack.audiences.get(word)
    return "units" if audience is not None and audience.of == "units" else "members"


def _part(context: Context, suffix: str, words: list[str], named: dict[str, date | None]) -> Part:
    sort = _sort(context, words[0])
    who = tuple(words)
    if sort == "post":
        return _post(context, suffix, who)
    if sort == "units":
        kinds = [kind for word in words for kind in unit_kinds(context, word)]
        return Part(suffix, "unit", who, unit_kinds=tuple(dict.fromkeys(kinds)))
    conditions, waits = [], []
    for word in words:
        if word == "all_members":
            conditions.append(EVERYBODY)
            continue
        audience = context.pack.audiences[word]
        if audience.where is OPEN or OPEN in audience.where:
            waits.append(f"audiences.{word}.where")
            continue
        node, missing = _dated(_condition(context, audience, context.facts["membership"]), named)
        conditions.append(node)
        waits += missing
    return Part(suffix, "member", who, conditions=tuple(conditions), waits=tuple(waits))


def _post(context: Context, suffix: str, who: tuple[str, ...]) -> Part:
    code = {"leaders": "leader"}.get(who[0], who[0])
    post, root = context.organisation.post(code), context.organisation.root_kind
    if post is None or post.on is None:
        return Part(suffix, "unit", who, post=code, waits=(f"posts.{code}.on",))
    return Part(suffix, "unit", who, unit_kinds=post.on, post=code, root_only=post.on == (root,))


def unit_kinds(context: Context, word: str) -> Iterable[str]:
    """The kinds of units that a who-word means."""
    if word == "all_units":
        return context.unit_kinds
    if word in context.unit_kinds:
        return (word,)
    node = _condition(context, context.pack.audiences[word], UNIT)
    return [kind for kind in context.unit_kinds if evaluate(node, {"kind": kind}.__getitem__) is True]
