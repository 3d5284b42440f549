"""A pack that restates the organisation: every difference from the founded one is named (O201, O202)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .founding import OrganisationBlock
from .organisation import Organisation
from .reading import Source
from .wording import Text as _

#: Parts that decide who owes and who may; a difference there is an error, elsewhere a remark.
HARD = frozenset({("unit_kinds", "parents"), ("posts", "on"), ("posts", "may"), ("affiliation", "duty")})


def name_differences(
    src: Source, block: OrganisationBlock, restated: Organisation, founded: Organisation
) -> None:
    """Compares what the pack states with what is founded; what either leaves open differs from nothing."""
    said, is_ = restated.to_json(), founded.to_json()
    _listed(src, "unit_kinds", said, is_, frozenset())
    unsaid = frozenset(post.code for post in restated.posts if post.code not in block.posts)
    _listed(src, "posts", said, is_, unsaid)
    for name, words in said["kinds"].items():
        if name in block.kinds:
            _words(src, ("organisation", "kinds", name), words, is_["kinds"].get(name, {}))
    stated = {key for key in said["affiliation"] if block.affiliation.states(key)}
    _values(src, ("organisation", "affiliation"), said["affiliation"], is_["affiliation"], stated)
    for part in ("number_width", "retention", "members"):
        _values(src, ("organisation", part), said[part], is_[part], set(said[part]))
    for part, key in (("exempt_reasons", "exempt"), ("leave_reasons", "leave")):
        if said[part]:
            _words(src, ("organisation", "reasons", key), said[part], is_[part])
    for code, term in said["terms"].items():
        _value(src, ("organisation", "terms", code), term, is_["terms"].get(code))
    for part in ("days", "events", "blackouts", "periods"):
        for code, entry in said["calendar"][part].items():
            there = is_["calendar"][part].get(code)
            path = ("organisation", "calendar", part, code)
            if there is None:
                src.fault("O202", path, _("组织的日历里没有「%(code)s」", code=code))
            else:
                _values(src, path, entry, there, set(entry))
    for part in ("holidays", "workdays"):
        if said["calendar"][part]:
            _value(src, ("organisation", "calendar", part), said["calendar"][part], is_["calendar"][part])


def _listed(
    src: Source, part: str, said: Mapping[str, Any], is_: Mapping[str, Any], unsaid: frozenset[str]
) -> None:
    there = {entry["code"]: entry for entry in is_[part]}
    here = {entry["code"]: entry for entry in said[part]}
    for code, entry in here.items():
        path = ("organisation", part, code)
        if code in unsaid:
            continue
        if code not in there:
            src.fault(
                "O202", path, _("组织里没有「%(code)s」：方案包只能用组织已有的，或者先改组织", code=code)
            )
            continue
        _values(src, path, entry, there[code], set(entry) - {"code", "default"})
    for code in there.keys() - here.keys():
        src.fault("O201", ("organisation", part), _("组织里还有「%(code)s」，这里没写", code=code), "warning")


def _words(src: Source, path: tuple[str, ...], said: Mapping[str, Any], is_: Mapping[str, Any]) -> None:
    for word, label in said.items():
        if word not in is_:
            src.fault(
                "O202",
                (*path, word),
                _("组织里没有「%(code)s」：方案包只能用组织已有的，或者先改组织", code=word),
            )
        else:
            _value(src, (*path, word), label, is_[word])
    for word in is_.keys() - said.keys():
        src.fault("O201", path, _("组织里还有「%(code)s」，这里没写", code=word), "warning")


def _values(
    src: Source, path: tuple[str, ...], said: Mapping[str, Any], is_: Mapping[str, Any], keys: set[str]
) -> None:
    for key in sorted(keys):
        _value(
            src, (*path, key), said.get(key), is_.get(key), "error" if (path[1], key) in HARD else "warning"
        )


def _value(src: Source, path: tuple[str, ...], said: Any, is_: Any, severity: str = "warning") -> None:
    if said is None or is_ is None or said in ("", (), {}) or _plain(said) == _plain(is_):
        return
    message = _(
        "组织定的是「%(is_)s」，这里写的是「%(said)s」；以组织的为准", is_=_shown(is_), said=_shown(said)
    )
    src.fault("O201", path, message, severity)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "/".join(str(held) for held in value.values() if held)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value)
