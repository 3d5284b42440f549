"""What rooms publish: typed records of facts, by which packs count and rooms stay unknown to each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, get_args, get_origin, get_type_hints


class Unit:
    """A link to a unit."""


class Person:
    """A link to a person."""


@dataclass(frozen=True)
class FactType:
    """A fact by name: an event happens on a day, a state holds from a day to a day."""

    name: str
    event: bool
    links: Mapping[str, str]
    fields: Mapping[str, str]
    record: type


def fact(name: str, *, event: bool) -> Callable[[type], type]:
    """Publishes a typed record as a fact; fields are only ever added."""

    def publish(record: type) -> type:
        links: dict[str, str] = {}
        fields: dict[str, str] = {}
        for field, kind in get_type_hints(record, include_extras=True).items():
            sort = _sort(kind)
            (links if sort in ("unit", "person") else fields)[field] = sort
        if event:
            fields["day"] = "day"
        FACTS[name] = FactType(name, event, links, fields, record)
        return record

    return publish


def _sort(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        return str(get_args(kind)[1])
    known = {
        bool: "flag",
        date: "day",
        str: "text",
        Fraction: "number",
        int: "number",
        Unit: "unit",
        Person: "person",
    }
    options = [arg for arg in get_args(kind) if arg is not type(None)] or [kind]
    return known[options[0]]


#: The registry; a room that publishes more passes its own to `check`.
FACTS: dict[str, FactType] = {}


@fact("membership", event=False)
class MembershipFact:
    """Who is registered where, as what: what audiences ask of a member."""

    unit: Unit
    person: Person
    category: Annotated[str, "kind:category"]
    status: Annotated[str, "kind:status"]
    role: Annotated[str, "kind:role"]
    joined: date


@fact("meeting", event=True)
class MeetingFact:
    """A meeting that was held: what a quorum asks of it."""

    unit: Unit
    host: Unit | None
    kind: Annotated[str, "kind:meeting"]
    present: Fraction
    due: Fraction
    minutes: Fraction
    has_record: bool


#: What an audience of units may ask of a unit; not a fact, but read like one.
UNIT = FactType("unit", False, {}, {"kind": "kind:unit_kind"}, Unit)


def schema_hash(facts: Mapping[str, FactType] | None = None) -> str:
    """The hash of the fact schema, kept with every frozen figure."""
    plain = {
        name: [kind.event, dict(kind.links), dict(kind.fields)]
        for name, kind in sorted((facts if facts is not None else FACTS).items())
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
