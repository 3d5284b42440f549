"""The board of one unit: total, level by level, units by tasks, weeks, what needs a person. Four queries in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from zhengyou.campaigns.figures.board import Figures, total
from zhengyou.overview import counts, places
from zhengyou.overview import moment as moments
from zhengyou.overview import plan as plans
from zhengyou.overview.counts import Counted
from zhengyou.overview.moment import Moment
from zhengyou.overview.places import Place, Tree
from zhengyou.overview.plan import Choice, Named

ROWS = 20
"""Children on one page of the tree and of the heat map."""
COLUMNS = 12
"""Tasks (or periods) in the heat map; more are reached by choosing a phase or a task."""
LINKED = ("owed", "exempt", "in_review", "accepted", "overdue", "not_due", "void", "issued", "open")
"""Figures that open to their rows; `open` is what is missing: not yet due and overdue together."""
MOST_NAMES = 2000
"""Names on one missing list; a unit beyond that is no unit one person answers for."""


@dataclass(slots=True)
class Row:
    """One line of the tree: a unit, its own level, or the units that this page does not show."""

    kind: str
    figures: Figures
    level: int = 1
    place: Place | None = None
    units: int = 0
    open: bool = False


@dataclass(slots=True)
class Board:
    """What one board page shows; `rows` sum to `total` at every level.

    The heat map leaves out `hidden` columns for want of room, and `elsewhere` that no unit of this page has a part in.
    """

    day: date
    tree: Tree
    choice: Choice
    total: Figures
    rows: list[Row]
    columns: list[Named] = field(default_factory=list)
    hidden: int = 0
    elsewhere: int = 0
    counted: Counted | None = None

    @property
    def own(self) -> Figures:
        """What is charged to the unit itself, not below it."""
        return total(self.counted.own.values()) if self.counted and self.here.below else self.total

    @property
    def here(self) -> Place:
        """The unit whose board this is."""
        return self.tree.here

    @property
    def heat(self) -> list[Place]:
        """The units of the heat map: the children of the page, or the unit itself where nothing hangs below it."""
        return self.tree.children or [self.tree.here]

    @property
    def last(self) -> int:
        """The number of the last child shown."""
        return self.tree.first + len(self.tree.children)


def read(tree: Tree, choice: Choice) -> Board:
    """The board of the unit in `tree` for what `choice` asks; the part below is counted in one query."""
    by, own = "slot" if choice.task else "task", tree.here.id if tree.here.below else 0
    counted = counts.read(tree.shown, choice.slots, choice.moment, by, own, choice.plan.newest)
    whole = counted.of(tree.here.id)
    board = Board(choice.day, tree, choice, whole, _rows(tree, counted, whole), counted=counted)
    every = columns(choice)
    asked = {key for unit in board.heat for key in counted.by_unit.get(unit.id, {})}
    found = [column for column in every if column.id in asked]
    board.elsewhere = len(every) - len(found)
    board.columns, board.hidden = found[:COLUMNS], max(len(found) - COLUMNS, 0)
    return board


def _rows(tree: Tree, counted: Counted, whole: Figures) -> list[Row]:
    """The unit, its own level, its children (one perhaps unfolded), and whatever this page leaves out."""
    rows = [Row("sum", whole, 1, tree.here, tree.here.below)]
    if not tree.here.below:
        return rows
    own = total(counted.own.values())
    shown = []
    rows.append(Row("own", own, 2))
    for child in tree.children:
        figures = counted.of(child.id)
        shown.append(figures)
        inner = [place for place in tree.unfolded if place.parent == child.id]
        rows.append(Row("unit", figures, 2, child, child.below, bool(inner)))
        if inner:
            parts = [counted.of(place.id) for place in inner]
            rest = figures.minus(total(parts))
            if any(rest):
                rows.append(Row("rest" if child.below > len(inner) else "own", rest, 3, child))
            rows += [
                Row("unit", part, 3, place, place.below) for place, part in zip(inner, parts, strict=True)
            ]
    left = tree.here.below - len(tree.children)
    rest = whole.minus(own).minus(total(shown))
    if left > 0 or any(rest):
        rows.append(Row("rest", rest, 2, None, left))
    return rows


def columns(choice: Choice) -> list[Named]:
    """Tasks in their own order, or the periods of the one task that was chosen; each with the day it is due."""
    if not choice.task:
        out = []
        for task in choice.tasks:
            ends = [(slot.end, slot.was) for slot in task.slots if slot.id in choice.slots and slot.end]
            end, was = max(ends, key=lambda days: days[0]) if ends else (None, None)
            out.append(Named(task.id, task.code, task.zh, task.en, end=end, was=was))
        return out
    return [slot for task in choice.tasks for slot in task.slots if slot.id in choice.slots]


def open_board(
    asked: Mapping[str, str], code: str = "", moment: Moment | None = None
) -> tuple[Tree | None, Choice]:
    """The tree and the choice of an address: two queries, so that rules can be asked before anything is counted."""
    when, faults = moments.read(asked) if moment is None else (moment, [])
    first, unfold = first_of(asked), (asked.get("open") or "")[:16]
    tree = places.look(when, code, first, ROWS, unfold)
    if tree is not None and first and not tree.children:  # past the end: from the beginning
        tree = places.look(when, code, 0, ROWS, unfold)
    choice = plans.choose(plans.read(), asked, when)
    choice.unknown += faults
    return tree, choice


def first_of(asked: Mapping[str, str]) -> int:
    """Where in the children the page begins (`from` in the address); nonsense is the beginning."""
    text = asked.get("from") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
