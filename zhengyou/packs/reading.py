"""Reads a pack's YAML into plain data with the place of every key; refuses what a clerk cannot read safely.

Every scalar stays text, so that 0.1 is exact and 06-30 is no number; only null is read, as an open value.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .faults import OPEN, Fault, Path
from .wording import Text as _

MAX_BYTES, MAX_DEPTH = 400_000, 14


@dataclass
class Source:
    """A file's data with the places of its keys (`at`) and values (`values_at`), from 1."""

    file: str
    data: Any = field(default_factory=dict)
    at: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values_at: dict[Path, tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    answered: dict[Path, str] = field(default_factory=dict)

    def place(self, path: Path, offset: int = 0) -> tuple[int, int]:
        """The place of a path or its nearest ancestor; with an offset, inside its value."""
        if offset and path in self.values_at:
            line, column = self.values_at[path]
            return line, column + offset - 1
        while path and path not in self.at:
            path = path[:-1]
        return self.at.get(path, (1, 1))

    def fault(self, code: str, path: Path, message: object, severity: str = "error", offset: int = 0) -> None:
        """Notes what is wrong at a path; the same fault is noted once."""
        line, column = self.place(path, offset)
        answer = next(
            (self.answered[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.answered), ""
        )
        found = Fault(code, path, message, line, column, self.file, severity, answer)
        if found not in self.faults:
            self.faults.append(found)

    def get(self, path: Path) -> Any:
        """The value at a path; raises LookupError where there is none."""
        node = self.data
        for part in path:
            if not isinstance(node, dict | list):
                raise LookupError(path)
            node = node[part]  # type: ignore[index]
        return node

    def put(self, path: Path, value: object) -> None:
        """Sets the value at a path, making the blocks on the way."""
        node = self.data
        for part in path[:-1]:
            if isinstance(node, dict) and part not in node:
                node[str(part)] = {}
            node = node[part]
        node[path[-1]] = value

    def walk(self) -> Iterator[tuple[Path, Any]]:
        """Every path with its value, in the order of the file."""
        todo: list[tuple[Path, Any]] = [((), self.data)]
        while todo:
            path, node = todo.pop()
            yield path, node
            below = (
                list(node.items())
                if isinstance(node, dict)
                else (list(enumerate(node)) if isinstance(node, list) else [])
            )
            todo.extend(((*path, key), value) for key, value in reversed(below))

    def nulls(self) -> list[Path]:
        """The paths where the source is silent."""
        return [path for path, value in self.walk() if value is OPEN]


def read(text: str, file: str = "pack.yaml") -> Source:
    """Reads one file's text; never raises: what cannot be read becomes faults P000 to P007."""
    kept = _read(text)
    faults = [Fault(f.code, f.path, f.message, f.line, f.column, file, f.severity) for f in kept.faults]
    return Source(file, deepcopy(kept.data), dict(kept.at), dict(kept.values_at), faults)


@lru_cache(maxsize=32)
def _read(text: str) -> Source:
    src = Source("")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        src.fault("P001", (), _("文件超过 %(max)s 字节，读不了；一个文件只写一个方案包", max=MAX_BYTES))
        return src
    try:
        _Builder(src).build(text)
    except MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        src.at[("?",)] = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        src.fault(
            "P000",
            ("?",),
            _(
                "这里不是可读的 YAML（%(problem)s）；大括号里的文字带逗号时要加引号",
                problem=err.problem or err.context or "",
            ),
        )
    except (YAMLError, ValueError, TypeError, AttributeError, LookupError, AssertionError) as err:
        src.fault("P000", (), _("不是可读的 YAML（%(problem)s）", problem=str(err).split("\n")[0][:80]))
    if not src.faults and not isinstance(src.data, dict):
        src.fault("P000", (), _("方案包由一行行「键: 值」组成"))
    return src


class _StopError(ValueError):
    """A fault after which the rest of the file is not worth reading."""


@dataclass
class _Box:
    held: Any
    path: Path
    flow: bool
    key: str | None = None


class _Builder:
    """Turns the parser's events into data, one pass, without recursion."""

    def __init__(self, src: Source) -> None:
        self.src, self.stack, self.documents = src, [], 0  # type: Source, list[_Box], int

    def build(self, text: str) -> None:
        """Reads all events; stops at the first fault that makes the rest unreadable."""
        try:
            for event in YAML(typ="safe", pure=True).parse(StringIO(text)):
                self._event(event)
        except _StopError:
            pass

    def _stop(self, code: str, mark: Any, message: object) -> None:
        self.src.at.setdefault(("?",), (mark.line + 1, mark.column + 1))
        self.src.fault(code, ("?",), message)
        raise _StopError

    def _event(self, event: Any) -> None:
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._stop("P002", event.start_mark, _("一个文件只放一个方案包：请去掉第二个「---」"))
        elif isinstance(event, AliasEvent) or getattr(event, "anchor", None) or self._tagged(event):
            self._stop(
                "P005", event.start_mark, _("方案包里不用锚点（&）、引用（*）和标签（!）：请照原样写出来")
            )
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            if len(self.stack) >= MAX_DEPTH or (
                self.stack and isinstance(self.stack[-1].held, dict) and self.stack[-1].key is None
            ):
                self._stop("P006", event.start_mark, _("套得太深，或者拿一整块当了键"))
            box: Any = {} if isinstance(event, MappingStartEvent) else []
            self.stack.append(_Box(box, self._add(box, event.start_mark, 0), bool(event.flow_style)))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.stack.pop()
        elif isinstance(event, ScalarEvent):
            self._scalar(event)

    @staticmethod
    def _tagged(event: Any) -> bool:
        if isinstance(event, ScalarEvent):
            return bool(event.tag) and not any(event.implicit)
        return isinstance(event, MappingStartEvent | SequenceStartEvent) and bool(event.tag)

    def _scalar(self, event: Any) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.held, dict) and top.key is None:
            self._key(top, event)
            return
        value: Any = event.value
        if event.style is None and value in ("", "null", "~", "Null", "NULL"):
            value = OPEN
            nothing = event.start_mark.index == event.end_mark.index
            if nothing and top is not None and top.key and top.flow:
                self.src.fault(
                    "P007",
                    top.path,
                    _("逗号把这段文字在「%(cut)s」处切断了：大括号里带逗号的文字要加引号", cut=top.key),
                )
        self._add(value, event.start_mark, 0 if event.style is None else 1)

    def _key(self, top: _Box, event: Any) -> None:
        mark, key = event.start_mark, event.value
        place = (mark.line + 1, mark.column + 1)
        if not key:
            self.src.at[(*top.path, key)] = place
            self.src.fault("P004", (*top.path, key), _("键要写成一个词，不能空着"))
        path = (*top.path, key)
        if key in top.held:
            first = self.src.at[path][0]
            self.src.at[path] = place
            self.src.fault(
                "P003", path, _("「%(key)s」写了两次（第一次在第 %(line)s 行）", key=key, line=first)
            )
        top.key = key
        self.src.at.setdefault(path, place)

    def _add(self, value: Any, mark: Any, quote: int) -> Path:
        place = (mark.line + 1, mark.column + 1 + quote)
        if not self.stack:
            path: Path = ()
            self.src.data = value
        else:
            top = self.stack[-1]
            if isinstance(top.held, dict):
                path = (*top.path, top.key or "")
                top.held[top.key or ""] = value
                top.key = None
            else:
                path = (*top.path, len(top.held))
                top.held.append(value)
        self.src.at.setdefault(path, place)
        self.src.values_at[path] = place
        return path
