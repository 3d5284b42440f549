"""What `zhengyou pack check` and `pack schema` do; the command line only hands over its arguments."""

from __future__ import annotations

import json
from typing import TextIO

from .burden import shown
from .check import Checked, load
from .organisation import Organisation
from .questions import here
from .schema import published
from .wording import Text as _

CLEAN, FINDINGS, UNUSABLE = 0, 1, 2


def check_command(
    path: str,
    as_json: bool,
    out: TextIO,
    err: TextIO,
    answers: str | None = None,
    organisation: Organisation | None = None,
) -> int:
    """Checks a file or a bundled id; 0 clean, 1 questions or findings, 2 unusable (a sentence on `err`)."""
    checked = load(path, answers, organisation)
    if as_json:
        json.dump(checked.as_json(), out, ensure_ascii=False, indent=1)
        out.write("\n")
    bad = checked.unusable
    if bad is not None:
        err.write(f"{bad}\n")
        return UNUSABLE
    if not as_json:
        _print(checked, path, out)
    return FINDINGS if checked.errors or checked.open or checked.warnings else CLEAN


def _print(checked: Checked, path: str, out: TextIO) -> None:
    for fault in [*checked.errors, *checked.warnings]:
        out.write(f"{fault}\n")
    lang = here()
    for question in checked.open:
        out.write(f"? {question.key}: {question.ask.text(lang)}\n")
    for gap in checked.gaps:
        out.write(f"- {gap.address}: {gap.label.text(lang)}\n")
    for load_ in checked.burden.values():
        values = {"role": load_.label.text(lang), "average": shown(load_.average), "peak": int(load_.peak)}
        line = _("%(role)s：平均每月 %(average)s 分钟，最满的一个月 %(peak)s 分钟", **values)
        out.write(f"{line}\n")
    counts = {
        "path": path,
        "errors": len(checked.errors),
        "warnings": len(checked.warnings),
        "open": len(checked.open),
        "defaults": len(checked.defaults),
        "gaps": len(checked.gaps),
    }
    summary = _(
        "%(path)s：要改 %(errors)s 处，提醒 %(warnings)s 处，待答 %(open)s 问，"
        "默认值 %(defaults)s 个，来源没给的 %(gaps)s 处",
        **counts,
    )
    out.write(f"{summary}\n")


def schema_command(out: TextIO) -> int:
    """Prints the JSON Schema of the pack language."""
    json.dump(published(), out, ensure_ascii=False, indent=1)
    out.write("\n")
    return CLEAN
