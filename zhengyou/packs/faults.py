"""Faults with their places, and the sentinel that stands where the source is silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: The keys and list positions (from 0) that lead from the top of a file to a value.
Path = tuple[str | int, ...]


class Open:
    """Stands where the source is silent; reads as empty, so that checks pass it by."""

    def __repr__(self) -> str:
        return "OPEN"

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, item: object) -> bool:
        return False

    def keys(self) -> tuple[()]:
        """No keys."""
        return ()

    values = items = keys

    def __copy__(self) -> Open:
        return self

    def __deepcopy__(self, memo: object) -> Open:
        return self


#: The one open value. Typed `Any`: every value of a pack may be open.
OPEN: Any = Open()


def address(path: Path) -> str:
    """The path as people write it: keys and positions from 1, joined by dots."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or "pack"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: code, place (line and column from 1), address, and what to do about it."""

    code: str
    path: Path
    message: object
    line: int = 1
    column: int = 1
    file: str = ""
    severity: str = "error"
    answer: str = ""  #: the question's address, where an answer is at fault and not the file

    @property
    def text(self) -> str:
        """The sentence, in the language of the moment."""
        return str(self.message)

    @property
    def address(self) -> str:
        """The place by its keys."""
        return address(self.path)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.address}: {self.code} {self.text}"

    def as_json(self) -> dict[str, Any]:
        """The fault as the command line prints it."""
        out = {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "address": self.address,
            "code": self.code,
            "text": self.text,
            "severity": self.severity,
        }
        return out | ({"answer": self.answer} if self.answer else {})
