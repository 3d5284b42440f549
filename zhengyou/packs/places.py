"""Addresses: the ends of paths that people write, and what sort of value stands at a place."""

from __future__ import annotations

import types
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from . import dates
from .faults import Path, address
from .model import Pack
from .reading import Source

#: Where names may be chosen from, by the last key of a place.
WHO_KEYS = frozenset({"who", "by", "to", "raters", "subjects", "verify_by"})


@lru_cache(maxsize=20_000)
def keys_of(path: Path) -> tuple[str, ...]:
    """The path's keys as written; list positions count from 1, dots part keys."""
    return tuple(address(path).split("."))


def fits(path: Path, wanted: list[str]) -> bool:
    """Whether a path ends with these keys; `*` stands for any one."""
    keys = keys_of(path)
    if len(keys) < len(wanted) or wanted[-1] not in ("*", keys[-1]):
        return False
    return all(want in ("*", key) for want, key in zip(reversed(wanted), reversed(keys), strict=False))


def find(paths: Iterable[Path], addr: str) -> list[Path]:
    """All the given paths that end with an address."""
    wanted = addr.split(".")
    return [path for path in paths if path and fits(path, wanted)]


def all_paths(src: Source) -> list[Path]:
    """Every path of a file outside its questions and gaps."""
    return [path for path, _ in src.walk() if path and path[0] not in ("open", "gaps")]


def _bare(kind: Any) -> Any:
    """A type without Annotated and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        options = [arg for arg in get_args(kind) if arg is not type(None)]
        return _bare(options[0]) if options else kind
    return kind


def type_at(path: Path) -> Any:
    """The type that the model gives a place, or None where it says nothing (free data)."""
    kind: Any = Pack
    for part in path:
        kind = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found = next((f for n, f in kind.model_fields.items() if part in (n, f.alias)), None)
            if found is None:
                return None
            kind = found.annotation
        elif get_origin(kind) in (dict, list) and get_args(kind):
            kind = get_args(kind)[-1]
        elif kind is dates.When:
            return dates.When
        else:
            return None
    return _bare(kind)


def sort_at(path: Path) -> str:
    """What an answer at a place is: date, number, choice, words (several), scale or text."""
    kind = type_at(path)
    origin = get_origin(kind)
    if kind is dates.When:
        return "date"
    if kind in (Fraction, int):
        return "number"
    if kind is bool or origin is Literal or path[-1:] == ("every",) or path[-1] in WHO_KEYS:
        return "choice"
    if path[-1] in ("on", "includes") and origin is list:
        return "choice"
    if origin is dict:
        return "scale"
    return "words" if origin is list else "text"


def words_at(path: Path) -> tuple[str, ...]:
    """The closed list of words that a place may hold, if it has one."""
    kind = type_at(path)
    if kind is bool:
        return ("yes", "no")
    return tuple(word for word in get_args(kind) if word) if get_origin(kind) is Literal else ()


def takes_several(path: Path) -> bool:
    """Whether a place may hold several words at once."""
    return get_origin(type_at(path)) is list


def block_at(path: Path) -> type[BaseModel] | None:
    """The block that stands at a place, if it is one."""
    kind = type_at(path) if path else Pack
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
