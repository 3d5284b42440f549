"""The organisation's part of a pack, for founding: from the packs that come along, or from an uploaded file."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

from zhengyou import packs
from zhengyou.packs.organisation import Organisation as Part

LARGEST = 1_000_000


@dataclass
class PartFile:
    """What was read: the part and the pack's id, or the faults at line and column."""

    part: Part | None = None
    pack_id: str = ""
    faults: list[str] = field(default_factory=list)


@lru_cache(maxsize=8)
def choices(lang: str) -> tuple[tuple[str, str], ...]:
    """The bundled packs that can found an organisation: id and title, the speech's first."""
    found = []
    for pack_id, path in packs.bundled().items():
        checked = packs.load(path)
        if checked.organisation is not None and checked.pack is not None:
            title = checked.pack.pack.zh if lang == "zh" else ""
            found.append(
                (pack_id, _("%(word)s（%(more)s）") % {"word": title, "more": pack_id} if title else pack_id)
            )
    return tuple(found)


def bundled(pack_id: str) -> PartFile:
    """The part of a bundled pack."""
    path = packs.bundled().get(pack_id)
    if path is None:
        return PartFile(faults=[_("没有叫「%(id)s」的方案包") % {"id": pack_id}])
    return _read(packs.load(path), pack_id)


def uploaded(name: str, content: bytes) -> PartFile:
    """The part of an uploaded pack file; its faults name file, line and column."""
    if len(content) > LARGEST:
        return PartFile(faults=[_("%(name)s 超过 1 MB：方案包是文本，不会这么大") % {"name": name}])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        where = {"name": name, "line": line}
        return PartFile(faults=[_("%(name)s:%(line)d：不是 UTF-8 文本：在编辑器里另存为 UTF-8") % where])
    # A text of one line would be taken for a path on the server.
    return _read(packs.load(f"{text}\n\n"), name)


def _read(checked: packs.Checked, name: str) -> PartFile:
    faults = [
        _("%(where)s：%(what)s") % {"where": f"{name}:{f.line}:{f.column}", "what": f.text}
        for f in checked.errors
    ]
    if faults or checked.organisation is None:
        return PartFile(
            faults=faults[:50] or [_("%(name)s 里没有 organisation（组织）部分") % {"name": name}]
        )
    pack_id = checked.pack.pack.id if checked.pack is not None else name
    return PartFile(checked.organisation, pack_id)
