"""The shape of a pack: its language, its keys and the form of every value (faults L and S)."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from .blocks import WrongError
from .faults import OPEN, Path
from .labels import word_label
from .model import LANGUAGE, LATER, MOVED, Pack
from .places import block_at
from .reading import Source
from .wording import Joined, near
from .wording import Text as _


def refuse_language(src: Source) -> bool:
    """Whether the program speaks the pack's language; later keys are refused by name (L001, L002)."""
    language = src.data.get("language")
    if not isinstance(language, str) or not language.isdigit() or len(language) > 6 or int(language) < 1:
        src.fault("L001", ("language",), _("第一行要写明语言，例如 language: 1"))
        return False
    if int(language) > LANGUAGE:
        message = _(
            "这个方案包用的是语言 %(theirs)s，本程序只懂到语言 %(ours)s：请升级程序",
            theirs=language,
            ours=LANGUAGE,
        )
        src.fault("L001", ("language",), message)
        return False
    for path, _value in src.walk():
        key = path[-1] if path else ""
        holder = "pack" if len(path) == 1 else ""
        if len(path) > 2 and path[-3] == "tasks":
            holder = "task"
        elif len(path) == 3 and path[0] == "audiences":
            holder = "audience"
        if key in LATER.get(holder, frozenset()):
            src.fault("L002", path, _("「%(key)s」属于语言 2，语言 1 里不能用", key=key))
    return True


def validate(src: Source) -> Pack | None:
    """The pack's model; answers that cannot be read are taken back, so that the rest can still be shown."""
    try:
        return Pack.model_validate(src.data)
    except ValidationError as err:
        wrong = _note(src, err)
    if not wrong:
        return None
    for path in wrong:
        _take_back(src, path)
    try:
        return Pack.model_validate(src.data)
    except ValidationError as err:
        _note(src, err)
        return None


def _take_back(src: Source, path: Path) -> None:
    if path in src.at:  # the file states it as open
        src.put(path, OPEN)
    else:  # a default's place: absent again
        holder = src.get(path[:-1])
        holder.pop(path[-1], None)


def _note(src: Source, err: ValidationError) -> list[Path]:
    """Turns the model's complaints into faults; gives the answered places among them."""
    answered: list[Path] = []
    for found in err.errors():
        path = _path(src, found["loc"])
        if found["type"] in ("missing", "extra_forbidden"):
            _key(src, path, found)
            continue
        code, message, column = _message(found)
        if code == "S102" and path == ("pack",):
            continue
        src.fault(code, path, message, offset=column)
        above = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in src.answered), None)
        if above is not None and above not in answered:
            answered.append(above)
    return answered


def _path(src: Source, loc: tuple[Any, ...]) -> Path:
    """The part of the model's place that stands in the file: names of types and validators drop out."""
    path: Path = ()
    node: Any = src.data
    for part in loc:
        inside = part in node if isinstance(node, dict) else isinstance(node, list) and isinstance(part, int)
        if inside and (isinstance(node, dict) or part < len(node)):
            path, node = (*path, part), node[part]
    return path


def _key(src: Source, path: Path, found: Any) -> None:
    key = str(found["loc"][-1])
    if found["type"] == "missing":
        message = _("缺「%(key)s」；来源没说就写 %(key)s: null，再在 open: 里问", key=key)
        src.fault("S102", path, message)
    elif len(path) == 1 and key in MOVED:
        src.fault("S101", path, _("「%(key)s」写在 organisation: 里面", key=key))
    elif not any(fault.code == "L002" and fault.path == path for fault in src.faults):
        src.fault("S101", path, _("不认识的键「%(key)s」%(near)s", key=key, near=near(key, _siblings(path))))


def _siblings(path: Path) -> list[str]:
    block = block_at(path[:-1])
    return [field.alias or name for name, field in block.model_fields.items()] if block else []


class _Meaning:
    """What a word of the language means, in brackets, in the language of the moment."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __str__(self) -> str:
        label = word_label(self.word)
        return str(_("（%(label)s）", label=label)) if label != self.word else ""


def _message(found: Any) -> tuple[str, object, int]:
    wrong = found.get("ctx", {}).get("error")
    if isinstance(wrong, WrongError):
        block = found["input"] is OPEN
        return ("S106" if block else "S104"), wrong.message, wrong.column
    if found["type"] == "literal_error":
        words = re.findall(r"'([^']*)'", found["ctx"]["expected"])
        known = Joined(*[part for word in words for part in (", ", word, _Meaning(word))][1:])
        return "S105", _("「%(value)s」不行，只能写：%(known)s", value=found["input"], known=known), 0
    if found["type"] in ("too_short", "too_long"):
        return "S103", _("这里要正好两个日期：第一天和最后一天"), 0
    if found["input"] is OPEN:
        return "S106", _("null 只能代替一个值，不能代替一整块：请写出里面的键"), 0
    if "dict" in found["type"] or "model" in found["type"]:
        return "S103", _("这里要写一行行「键: 值」"), 0
    if "list" in found["type"]:
        return "S103", _("这里要写一个列表"), 0
    return "S103", _("这里的写法不对"), 0
