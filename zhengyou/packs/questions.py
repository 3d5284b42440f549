"""The questions of a pack: what is open and waits for it, and the gaps that block nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from . import dates
from .faults import OPEN, Path, address
from .labels import key_label, word_label
from .organisation import Label
from .places import WHO_KEYS, find, sort_at, takes_several, words_at
from .reading import Source
from .walking import Context, tasks_of
from .wording import Text as _


def here() -> str:
    """The language of the moment, zh unless another is on."""
    return get_language() or "zh"


@dataclass(frozen=True)
class Option:
    """An answer that may be chosen, with its words."""

    value: str
    label: Label

    @property
    def text(self) -> str:
        """Its words in the language of the moment."""
        return self.label.text(here()) or word_label(self.value)


@dataclass(frozen=True)
class QuestionField:
    """One input: `kind` is date, number, choice, words, scale or text; `value` is its answer as text."""

    address: str
    kind: str
    label: Label
    options: tuple[Option, ...] = ()
    several: bool = False
    value: str | None = None

    @property
    def text(self) -> str:
        """The words beside the input; empty where the question itself says enough."""
        return self.label.text(here())


@dataclass(frozen=True)
class Question:
    """One question over one or more open places. `state`: open, answered, put_off or wrong."""

    key: str
    addresses: tuple[str, ...]
    ask: Label
    says: Label
    options: tuple[Option, ...]
    who: str
    same: bool
    fields: tuple[QuestionField, ...]
    blocks: tuple[str, ...] = ()
    phase: str = ""
    can_wait: bool = False
    state: str = "open"
    put_off: Mapping[str, str] | None = None

    @property
    def kind(self) -> str:
        """The kind of its first input."""
        return self.fields[0].kind if self.fields else "text"

    def as_json(self) -> dict[str, Any]:
        """The question as the command line prints it."""
        lang = here()
        return {
            "key": self.key,
            "addresses": list(self.addresses),
            "ask": self.ask.text(lang),
            "says": self.says.text(lang),
            "kind": self.kind,
            "options": [{"value": option.value, "label": option.text} for option in self.options],
            "who": self.who,
            "blocks": list(self.blocks),
            "can_wait": self.can_wait,
            "state": self.state,
        } | ({"put_off": dict(self.put_off)} if self.put_off else {})


@dataclass(frozen=True)
class GapNote:
    """What the source leaves out and nobody's duty hangs on."""

    address: str
    label: Label

    def as_json(self) -> dict[str, str]:
        """The gap as the command line prints it."""
        return {"address": self.address, "text": self.label.text(here())}


def places_of(src: Source, nulls: list[Path]) -> dict[str, list[Path]]:
    """The open places of every question, by its key; faults Q202 and Q203 where an address is wrong."""
    out: dict[str, list[Path]] = {}
    asked = src.data.get("open")
    everywhere = [path for path, _value in src.walk() if path and path[0] not in ("open", "gaps")]
    for key, block in asked.items() if isinstance(asked, dict) else ():
        also = block.get("also", []) if isinstance(block, dict) else []
        found: list[Path] = []
        for addr in [key, *(also if isinstance(also, list) else [also])]:
            if not isinstance(addr, str):
                continue
            hits = find(nulls, addr)
            if not hits:
                known = find(everywhere, addr)
                message = (
                    _("「%(addr)s」已经写明了，不用再问", addr=addr)
                    if known
                    else _("方案包里没有「%(addr)s」这个地方", addr=addr)
                )
                src.fault("Q202", ("open", key), message)
            elif len(hits) > 1 and "*" not in addr:
                places = ", ".join(map(address, hits))
                src.fault(
                    "Q203",
                    ("open", key),
                    _("「%(addr)s」对上了几处：%(places)s；请写长一点", addr=addr, places=places),
                )
            found += [path for path in hits if path not in found]
        out[key] = found
    return out


def gap_places(src: Source, nulls: list[Path]) -> dict[str, list[Path]]:
    """The places of every gap, by its address; fault Q202 where there is none."""
    out: dict[str, list[Path]] = {}
    listed = src.data.get("gaps")
    everywhere = [path for path, _value in src.walk() if path and path[0] not in ("open", "gaps")]
    for addr in listed if isinstance(listed, dict) else ():
        hits = find(nulls, addr) or find(everywhere, addr)
        if not hits:
            src.fault("Q202", ("gaps", addr), _("方案包里没有「%(addr)s」这个地方", addr=addr))
        out[addr] = hits
    return out


def insist_all_asked(
    src: Source, nulls: list[Path], asked: Mapping[str, list[Path]], gaps: Mapping[str, list[Path]]
) -> None:
    """Every null is either asked for or a gap, not both (Q201, Q208)."""
    questions = {path for paths in asked.values() for path in paths}
    known = {path for paths in gaps.values() for path in paths}
    for path in nulls:
        if path not in questions and path not in known:
            src.fault("Q201", path, _("这里是 null，但 open: 里没有问，gaps: 里也没有说明"))
        elif path in questions and path in known:
            src.fault("Q208", path, _("这一处既在 open: 里问，又在 gaps: 里列：二选一"))


def input_for(
    context: Context | None, path: Path, options: tuple[Option, ...], label: Label, value: str | None
) -> QuestionField:
    """The input that a place needs."""
    kind = sort_at(path)
    chosen = options
    if kind == "choice" and not options:
        chosen = tuple(Option(word, _label_of(context, word)) for word in _choices(context, path))
    return QuestionField(address(path), kind, label, chosen, takes_several(path), value)


def _label_of(context: Context | None, word: str) -> Label:
    """A word's name: of a unit kind, post or audience; the page's list of words speaks for the others."""
    if context is None:
        return Label()
    audience = context.pack.audiences.get(word)
    if audience is not None:
        return Label(audience.zh or "", audience.en or "")
    if context.organisation.has_kind(word):
        kind = context.organisation.kind(word)
        return Label(kind.zh, kind.en)
    return Label()


def _choices(context: Context | None, path: Path) -> tuple[str, ...]:
    words = words_at(path)
    if words or context is None:
        return words
    if path[-1] == "every":
        return ("week", "month", "quarter", "half", "year", *context.organisation.calendar.periods)
    if path[-1] in ("on", "includes"):
        return context.unit_kinds
    if path[-1] in WHO_KEYS:
        return ("office", *context.pack.audiences, *context.unit_kinds)
    return ()


def field_label(context: Context | None, path: Path, alone: bool) -> Label:
    """The words beside one input among several: the block's name and what is asked of it."""
    if alone:
        return Label()
    block = ""
    en = ""
    if context is not None:
        above = context.src.get(path[:-1]) if path[:-1] else {}
        if isinstance(above, dict):
            block, en = str(above.get("zh") or ""), str(above.get("en") or "")
    zh_key, en_key = key_label(str(path[-1]))
    return Label(f"{block} {zh_key}".strip(), f"{en or block} {en_key}".strip())


def blocked_by(context: Context, path: Path) -> tuple[set[str], bool]:
    """The tasks that cannot be dated or settled while a place is open; True: the whole campaign."""
    tasks = list(tasks_of(context.pack))
    if path[0] == "programmes":
        if "tasks" in path:
            return {str(path[path.index("tasks") + 1])}, False
        if "phases" in path:
            phase = path[path.index("phases") + 1]
            return {at.code for at in tasks if at.programme == path[1] and at.phase == phase}, False
        return {at.code for at in tasks if at.programme == path[1]}, False
    if "calendar" in path and "days" in path:
        name = path[path.index("days") + 1]
        return {at.code for at in tasks if name in _days_of(at.task)}, False
    if "blackouts" in path:
        return {at.code for at in tasks if at.task.every is not None}, False
    if "posts" in path or path[0] == "audiences":
        named = path[path.index("posts") + 1] if "posts" in path else path[1]
        return {at.code for at in tasks if named in (at.task.who or ())}, False
    return set(), True


def _days_of(task: Any) -> set[str]:
    days = list(task.due.values()) if isinstance(task.due, dict) else [task.due]
    days += [task.from_, task.until]
    return {day.name for day in days if isinstance(day, dates.When) and day is not OPEN}
