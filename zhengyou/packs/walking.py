"""The tasks of a pack with their places, and what a pack is checked against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .facts import FactType
from .faults import OPEN, Path
from .founding import Calendar
from .model import Pack, Phase, Programme, Task
from .organisation import Organisation
from .reading import Source

#: Who-words that every pack may use beside its audiences, unit kinds and posts.
BUILT_IN_WHO = frozenset({"office", "parent", "masses", "leaders", "all_members", "all_units"})
#: Who-words that name nobody who could owe a task.
NEVER_OWE = frozenset({"parent", "masses"})
PERIODS = ("day", "week", "month", "quarter", "half", "year")


@dataclass(frozen=True)
class TaskAt:
    """A task with its place; `phase` is empty for a task that spans its programme."""

    path: Path
    code: str
    task: Task
    programme: str
    phase: str = ""


def tasks_of(pack: Pack) -> Iterator[TaskAt]:
    """All tasks, phase by phase, then those that span their programme."""
    for name, programme in pack.programmes.items():
        for phase_name, phase in programme.phases.items():
            for code, task in phase.tasks.items():
                path = ("programmes", name, "phases", phase_name, "tasks", code)
                yield TaskAt(path, code, task, name, phase_name)
        for code, task in programme.tasks.items():
            yield TaskAt(("programmes", name, "tasks", code), code, task, name)


def phases_of(pack: Pack) -> Iterator[tuple[str, Programme, str, Phase]]:
    """All phases with their programmes."""
    for name, programme in pack.programmes.items():
        for code, phase in programme.phases.items():
            yield name, programme, code, phase


@dataclass(frozen=True)
class Context:
    """A pack that has its shape, the organisation it is for, and the facts that rooms publish."""

    src: Source
    pack: Pack
    organisation: Organisation
    facts: Mapping[str, FactType]
    founds: bool

    @property
    def calendars(self) -> tuple[tuple[Path, Calendar], ...]:
        """The calendars that this file states, with their places."""
        block = self.pack.organisation
        own: tuple[tuple[Path, Calendar], ...] = ((("calendar",), self.pack.calendar),)
        return own if block is None else ((("organisation", "calendar"), block.calendar), *own)

    @property
    def unit_kinds(self) -> tuple[str, ...]:
        """The codes of the kinds of units."""
        return tuple(kind.code for kind in self.organisation.unit_kinds)

    @property
    def posts(self) -> tuple[str, ...]:
        """The codes of the posts."""
        return tuple(post.code for post in self.organisation.posts)

    @property
    def who(self) -> frozenset[str]:
        """Everything that may stand where somebody is named."""
        return BUILT_IN_WHO.union(self.pack.audiences, self.unit_kinds, self.posts)

    @property
    def day_names(self) -> frozenset[str]:
        """Days and decisions by name: the organisation's and the pack's."""
        calendar = self.organisation.calendar
        own = self.pack.calendar
        return frozenset([*calendar.days, *calendar.events, *own.days, *own.events])

    @property
    def periods(self) -> frozenset[str]:
        """The rhythms that `every` may name."""
        return frozenset([*PERIODS, *self.organisation.calendar.periods, *self.pack.calendar.periods])

    def words(self) -> dict[str, tuple[str, ...]]:
        """The words that conditions may use, by list."""
        lists = {name: tuple(words) for name, words in self.organisation.kinds.items()}
        return lists | {"unit_kind": self.unit_kinds}


def is_open(value: object) -> bool:
    """Whether a value still waits for its answer."""
    return value is OPEN
