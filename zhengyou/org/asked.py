"""What a decided change of units asks for, as it is kept with the change and read by preview, action and plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

CARRY, CLOSE, VOID = "carry", "close", "void"
REST = "*"
"""Key of what holds for all open work that no other line names."""
STAY = "stay"


@dataclass(frozen=True)
class Part:
    """Some members of a unit and where they go: to `unit`, or to a new one by name and kind.

    Whoever has the category and status (where given), is active in the unit `activity` (where given) and has one of the
    numbers (where given) belongs to it; each member goes to the first part that takes him.
    """

    unit: str = ""
    name: str = ""
    kind: str = ""
    category: str = ""
    status: str = ""
    activity: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """One change of units; units are named by public id, fields that a kind does not use stay empty.

    establish: name, unit_kind, parent. rename: units[0], name. reparent: units[0], parent. merge: units, and `into`, or
    name, unit_kind and parent of a new one. split: units[0], parts, rest "stay" or "". dissolve: units[0], parts, rest =
    a unit or how members leave (out, left), `into` = the successor, or because = why there is none. children: where units
    below a closing one go; work: "unit:task:piece", "unit:task" or "*" to carry, close or void; why_void: the reason of a
    void.
    """

    kind: str
    day: date
    document_no: str
    units: tuple[str, ...] = ()
    name: str = ""
    unit_kind: str = ""
    parent: str = ""
    into: str = ""
    because: str = ""
    parts: tuple[Part, ...] = ()
    rest: str = ""
    children: dict[str, str] = field(default_factory=dict)
    work: dict[str, str] = field(default_factory=dict)
    why_void: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` turns back into the same."""
        return {**asdict(self), "day": self.day.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Asked:
        """What `to_json` wrote."""
        parts = tuple(Part(**{**part, "numbers": tuple(part["numbers"])}) for part in data["parts"])
        day = date.fromisoformat(data["day"])
        return cls(**{**data, "day": day, "units": tuple(data["units"]), "parts": parts})

    def how(self, unit: str, task: str) -> str:
        """What becomes of one sort of open work of a closing unit."""
        return self.work.get(f"{unit}:{task}") or self.work.get(REST) or CARRY

    def pieces(self, unit: str, task: str) -> dict[str, str]:
        """The single pieces of one sort that are decided otherwise than the rest: piece -> how."""
        start, rest = f"{unit}:{task}:", self.how(unit, task)
        return {
            key.removeprefix(start): how
            for key, how in self.work.items()
            if key.startswith(start) and how != rest
        }
