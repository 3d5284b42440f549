"""Answers to a pack's questions: read from a file or a form, laid over the places that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path as File
from typing import Any

from .blocks import many
from .faults import OPEN, Fault, Path
from .locations import beside, locate, read_file
from .organisation import MEMBER_DEFAULTS, Organisation
from .places import all_paths, find
from .reading import Source
from .wording import Text as _

#: Absent attributes that have a default, which an answer may replace.
OF_A_TASK = frozenset({"who", "due", "minutes", "level", "grace_days"})
OF_A_REVIEW = frozenset({"by", "mode", "share", "return_days", "minutes"})
OF_AFFILIATION = frozenset({"headcount", "duty", "vote", "evidence"})
OF_MEMBERS = frozenset({"full", "retained", *MEMBER_DEFAULTS})
OF_NORMS = frozenset({"min", "committee_from", "max", "term_years"})
OF_A_POST = frozenset({"on", "may"})


@dataclass(frozen=True)
class Answers:
    """Answers by address. `invented`: made up for a demo; `demo`: its day and names; `faults`: the file's."""

    values: Mapping[str, Any] = field(default_factory=dict)
    invented: bool = False
    demo: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    file: str = ""


def read_answers(path: str | File) -> Answers:
    """An answers file: `answers:` (address: value), `invented:`, `demo:`; faults instead of exceptions."""
    src = read_file(File(path))
    if not src.faults:
        for key in src.data:
            if key not in ("pack", "invented", "demo", "answers", "note"):
                src.fault(
                    "S101",
                    (key,),
                    _("答案文件里没有「%(key)s」这个键；可以写 pack、invented、demo、answers", key=key),
                )
        for key in ("answers", "demo"):
            if not isinstance(src.data.get(key, {}), dict):
                src.fault("S103", (key,), _("这里要写一行行「地址: 答案」"))
    if src.faults:
        return Answers(faults=tuple(src.faults), file=str(path))
    demo = {key: value for key, value in src.data.get("demo", {}).items() if value is not OPEN}
    invented = str(src.data.get("invented", "no")).lower() in ("yes", "true")
    return Answers(src.data.get("answers", {}), invented, demo, (), str(path))


def demo_answers(named: str) -> Answers | None:
    """The invented answers that lie beside a pack, named by path or by the id of a bundled one; None where none do."""
    other = beside(locate(named), "demo-answers")
    return read_answers(other) if other else None


def as_text(value: Any) -> Any:
    """An answer as the file would hold it: texts, lists and blocks of texts; None stays open."""
    if value is None or value is OPEN:
        return OPEN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return {str(key): as_text(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(held) for held in value]
    if isinstance(value, int | Fraction):
        return str(value)
    return str(value).strip() or OPEN


def is_put_off(value: Any) -> bool:
    """Whether an answer only says who will answer until when."""
    return isinstance(value, Mapping) and set(value) == {"put_off"}


def lay(
    src: Source,
    answers: Mapping[str, Any],
    nulls: list[Path],
    shared: Mapping[str, list[Path]],
    founded: Mapping[Path, Any],
) -> dict[Path, Any]:
    """Lays answers over open places, gives those put off; `shared`: questions with one answer for all."""
    put_off: dict[Path, Any] = {}
    for addr, raw in answers.items():
        value = as_text(raw)
        if value is OPEN:
            continue
        hits = shared.get(addr) or find(nulls, addr)
        settled = [path for path in hits if path in founded]
        for path in settled:
            _insist_same(src, addr, path, value, founded[path])
        hits = [path for path in hits if path not in founded]
        if not hits and not settled:
            hits = _defaulted(src, addr)
        if not hits and not settled:
            message = _(
                "对「%(addr)s」的回答没有地方放：它不是这个方案包的待答问题，也不是可以改的默认值", addr=addr
            )
            src.faults.append(Fault("Q204", (), message, file=src.file, answer=addr))
        for path in hits:
            if is_put_off(value):
                put_off[path] = value["put_off"]
            else:
                src.put(path, value)
                src.answered[path] = addr
    return put_off


def _insist_same(src: Source, addr: str, path: Path, value: Any, founded: Any) -> None:
    if not is_put_off(value) and _parts(value) != _parts(founded):
        src.answered[path] = addr
        message = _(
            "组织已经定为「%(founded)s」，这里答「%(value)s」：要改请先改组织的设定",
            founded=_joined(founded),
            value=_joined(value),
        )
        src.fault("O201", path, message)
        del src.answered[path]


def _parts(value: Any) -> Any:
    """One value or several, to compare: `general, direct` is the list of both."""
    return many(value) if isinstance(value, str) else value


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _defaulted(src: Source, addr: str) -> list[Path]:
    """The absent place with a default that an address means, its block made ready."""
    keys = addr.split(".")
    if len(keys) < 2:
        return []
    key, above = keys[-1], ".".join(keys[:-1])
    if path := _of_organisation(src, keys):
        return [] if _stated(src, path) else [path]
    if addr == "rules.ask_days":
        return (
            []
            if _stated(src, ("rules", key)) or not isinstance(src.data.get("rules"), dict)
            else [("rules", key)]
        )
    if key in OF_A_REVIEW and keys[-2] == "review":
        return _of_review(src, ".".join(keys[:-2]), key)
    hits = [path for path in find(all_paths(src), above) if isinstance(_at(src, path), dict)]
    tasks = [path for path in hits if path[-2:-1] == ("tasks",) and key in OF_A_TASK]
    posts = [path for path in hits if path[-2:-1] == ("posts",) and key in OF_A_POST]
    found = [(*path, key) for path in (tasks or posts) if not _stated(src, (*path, key))]
    return found if len(found) == 1 else []


def _of_organisation(src: Source, keys: list[str]) -> Path:
    """The place in the organisation's part that an address means, where it has a default; () elsewhere."""
    held = src.data.get("organisation")
    if not isinstance(held, dict):
        return ()
    key, block = keys[-1], keys[-2]
    if (block == "affiliation" and key in OF_AFFILIATION) or (block == "members" and key in OF_MEMBERS):
        return ("organisation", block, key)
    kinds = held.get("unit_kinds")
    if block == "norms" and key in OF_NORMS and isinstance(kinds, dict) and keys[-3:-2] and keys[-3] in kinds:
        return ("organisation", "unit_kinds", keys[-3], "norms", key)
    return ()


def _of_review(src: Source, above: str, key: str) -> list[Path]:
    tasks = [path for path in find(all_paths(src), above) if path[-2:-1] == ("tasks",)]
    if len(tasks) != 1 or not isinstance(_at(src, tasks[0]), dict):
        return []
    path = (*tasks[0], "review")
    review = _at(src, path)
    if isinstance(review, str | list):
        src.put(path, {"by": review})
    return [] if _stated(src, (*path, key)) else [(*path, key)]


def _at(src: Source, path: Path) -> Any:
    try:
        return src.get(path)
    except (LookupError, TypeError):
        return None


def _stated(src: Source, path: Path) -> bool:
    return _at(src, path) is not None


def settle_from(src: Source, organisation: Organisation, nulls: list[Path]) -> dict[Path, Any]:
    """Fills what the pack leaves open about the organisation with what the founded organisation says."""
    plain = organisation.to_json()
    kinds = {kind["code"]: kind for kind in plain["unit_kinds"]}
    posts = {post["code"]: post for post in plain["posts"]}
    said: dict[str, Any] = {
        "affiliation": plain["affiliation"],
        "unit_kinds": kinds,
        "posts": posts,
        "calendar": plain["calendar"],
        "retention": plain["retention"],
        "members": plain["members"],
    }
    filled: dict[Path, Any] = {}
    for path in nulls:
        value: Any = said if path[0] == "organisation" else None
        for key in path[1:]:
            value = (
                value.get("calendar" if key == "calendar" else key) if isinstance(value, Mapping) else None
            )
        if isinstance(value, Mapping):
            value = value.get("on")
        text = as_text(value)
        if text is not OPEN:
            src.put(path, text if text != [] else "none")
            filled[path] = text if text != [] else "none"
    return filled
