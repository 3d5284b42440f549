"""What is still to come and not yet counted: periods that open later, for those whom a task's audience names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(slots=True)
class Coming:
    """A task that opens later, with its day; `held`: not before the phase before it is accepted."""

    zh: str
    en: str
    period: str
    opens_on: date
    held: bool = False


def concerns(audience: Mapping[str, Any] | str, facts: Mapping[str, str]) -> bool:
    """Whether a task's stored audience takes in a member with these facts: the same rule as the one that issues it."""
    data = json.loads(audience) if isinstance(audience, str) else audience
    return any(_holds(part, facts) for part in data.get("any", []))


def _holds(part: list[Any], facts: Mapping[str, str]) -> bool:
    op, *rest = part
    if op in ("yes", "no"):
        return op == "yes"
    if op in ("and", "or"):
        return (all if op == "and" else any)(_holds(inner, facts) for inner in rest)
    if op == "not":
        return not _holds(rest[0], facts)
    name = rest[0]
    if name == "role":  # only the registered unit is charged
        wanted = rest[1] if op == "in" else [rest[1]]
        return ("registered" in wanted) == (op != "!=")
    known = facts.get(name, "")
    if op == "isnone":
        return not known
    if not known:
        return False
    if op == "in":
        return known in [_word(word) for word in rest[1]]
    word = _word(rest[1])
    return {
        "=": known == word,
        "!=": known != word,
        ">=": known >= word,
        "<=": known <= word,
        ">": known > word,
        "<": known < word,
    }[op]


def _word(word: Any) -> str:
    return str(word["day"] if isinstance(word, dict) else word)
