"""`zhengyou roster template | check | import`: the functions behind the command line.

Each returns the exit code: 0 clean, 1 readable with errors or questions, 2 unusable (one sentence on stderr).
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor
from zhengyou.kit import clock, sheets
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import current
from zhengyou.org.actions.founding import found_alone
from zhengyou.org.actions.rows import Then
from zhengyou.org.roster import report
from zhengyou.org.roster.actions import changed_since, import_roster
from zhengyou.org.roster.comparing import compare
from zhengyou.org.roster.diff import Diff
from zhengyou.org.roster.rows import read
from zhengyou.org.roster.standing import Standing, empty, load
from zhengyou.org.roster.words import Words
from zhengyou.packs.organisation import Organisation as Part

SCOPES = {"all": "all", "whole": "all", "units": "units"}
PACK = "excellence-2010"

log = logging.getLogger("zhengyou.roster")


class Unusable(ValueError):
    """The command cannot be carried out; the text is one sentence."""


def founded() -> Part | None:
    """The part in force, or None where no organisation exists yet, also where there is no database at all."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if (
        "sqlite3" in database["ENGINE"]
        and isinstance(database["NAME"], Path)
        and not database["NAME"].exists()
    ):
        return None
    try:
        return current.part() if current.organisation() is not None else None
    except DatabaseError:
        return None


def bundled(pack: str = PACK) -> Part:
    """The organisation's part of a pack, the bundled speech's unless another is named, as if it were founded."""
    from zhengyou.packs.check import load as load_pack

    checked = load_pack(pack)
    if checked.organisation is None:
        raise Unusable(
            _("方案包「%(pack)s」里读不出组织部分。先用 zhengyou pack check 核对它。") % {"pack": pack}
        )
    return checked.organisation


def standing_on(day: date, pack: str = PACK) -> tuple[Standing, Words]:
    """What a roster is compared with: the organisation, or an empty one of the pack's part."""
    part = founded()
    if part is None:
        part = bundled(pack)
        return empty(part, day), Words(part)
    organisation = current.organisation()
    return load(part, day, organisation.name if organisation else ""), Words(part)


def look(
    path: str | Path,
    *,
    scope: str = "all",
    day: date | None = None,
    decisions: dict[str, str] | None = None,
    limits: sheets.Limits = sheets.TERMINAL,
    pack: str = PACK,
) -> Diff:
    """Read a file and compare it; raises Unusable or `kit.sheets.Unusable`."""
    if scope not in SCOPES:
        raise Unusable(_("--scope 只能是 all（整个组织）或 units（名册里的单位）。"))
    if day is not None and day > clock.today():
        raise Unusable(_("名册日期不能晚于今天。"))
    standing, words = standing_on(day or clock.today(), pack)
    roster = read(Path(path), words, limits=limits)
    return compare(roster, standing, words, scope=SCOPES[scope], decisions=decisions)


def check(
    path: str | Path,
    scope: str = "all",
    as_json: bool = False,
    *,
    decisions: str | Path | None = None,
    report_to: str | Path | None = None,
    day: date | None = None,
    out: IO[str] | None = None,
    err: IO[str] | None = None,
) -> int:
    """Check a roster file against the organisation; writes nothing but, where asked, the file with its errors marked."""
    out, err = out or sys.stdout, err or sys.stderr
    try:
        diff = look(path, scope=scope, day=day, decisions=read_decisions(decisions))
        if report_to is not None:
            from zhengyou.org.roster.annotate import annotate

            annotate(Path(path), Path(report_to), diff)
    except (Unusable, sheets.Unusable) as refusal:
        print(refusal, file=err)
        return 2
    except OSError as fault:
        print(_("写不了 %(path)s：%(why)s") % {"path": report_to, "why": fault.strerror}, file=err)
        return 2
    _print(diff, as_json, out)
    return 0 if diff.clean else 1


def _print(diff: Diff, as_json: bool, out: IO[str], **more: Any) -> None:
    if as_json:
        json.dump({**report.as_json(diff), **more}, out, ensure_ascii=False)
        out.write("\n")
    else:
        for line in report.in_words(diff):
            print(line, file=out)


def read_decisions(path: str | Path | None) -> dict[str, str]:
    """A decisions file, YAML or JSON: question id -> answer, and under `missing:` number -> keep, out, left, deceased.

    See docs/rooms/roster.md. Raises Unusable where it cannot be read.
    """
    if path is None:
        return {}
    from ruamel.yaml import YAML, YAMLError

    try:
        if Path(path).stat().st_size > 20_000_000:
            raise Unusable(_("决定文件太大，读不了。"))
        data = YAML(typ="safe").load(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise Unusable(_("决定文件打不开，或不是 UTF-8 文本。")) from None
    except (YAMLError, ValueError, RecursionError):
        raise Unusable(_("决定文件不是 YAML，也不是 JSON。请对照说明改正。")) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise Unusable(_("决定文件里要写「问题: 答案」。请对照说明改正。"))
    return flatten(data)


def flatten(data: dict[Any, Any]) -> dict[str, str]:
    """Question id -> answer from a nested or flat mapping; `missing: left` decides for all who are missing."""
    flat: dict[str, str] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            for name, answer in value.items():
                flat[f"{key}:{name}"] = _answer(answer)
        elif key == "missing":
            flat["missing:*"] = _answer(value)
        else:
            flat[str(key)] = _answer(value)
    return flat


def _answer(value: Any) -> str:
    return "" if value is None else str(value).strip()


def import_(
    path: str | Path,
    decisions: str | Path | None = None,
    scope: str = "all",
    as_json: bool = False,
    by: Actor | None = None,
    then: Then | None = None,
    *,
    day: date | None = None,
    report_to: str | Path | None = None,
    name: str = "",
    pack: str = PACK,
    out: IO[str] | None = None,
    err: IO[str] | None = None,
) -> int:
    """Import a roster file into the organisation; 1 and nothing written where a row has a fault or a question is open.

    In an empty directory a clean roster founds the organisation first, as `name`, from the part of `pack`.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        answers = read_decisions(decisions)
        mark = changed_since()
        diff = look(path, scope=scope, day=day, decisions=answers, pack=pack)
        if report_to is not None:
            from zhengyou.org.roster.annotate import annotate

            annotate(Path(path), Path(report_to), diff)
        if not diff.clean:
            _print(diff, as_json, out, written=False)
            if not as_json:
                print(_("没有导入，系统里什么都没变。"), file=out)
            return 1
        with transaction.atomic():
            if founded() is None:
                part = bundled(pack)
                title = name or part.name.text() or part.kind(part.root_kind).text()
                found_alone(part, title, by=by or Actor.cli(), pack_id=Path(pack).stem, day=day)
            outcome = import_roster(
                lambda: look(path, scope=scope, day=day, decisions=answers),
                by=by or Actor.cli(),
                seen=diff.fingerprint(),
                mark=mark,
                known=diff,
                file_name=Path(path).name,
                sha256=_sha256(Path(path)),
                then=then,
            )
    except (Unusable, sheets.Unusable) as refusal:
        print(refusal, file=err)
        return 2
    except (Invalid, Conflict, Refused) as refusal:
        print(_("没有导入，系统里什么都没变。") + str(refusal), file=err)
        return 1
    except DatabaseError:
        log.exception("the roster was not written")
        print(_("没有导入，系统里什么都没变。数据库没有接受这次写入，可能正忙。请稍后再试。"), file=err)
        return 2
    except OSError as fault:
        print(_("写不了 %(path)s：%(why)s") % {"path": report_to, "why": fault.strerror}, file=err)
        return 2
    _print(diff, as_json, out, written=True, entry=outcome.entry, import_id=outcome.roster.public_id)
    if not as_json:
        print(_("已导入：新增 %(new)s 人，变更 %(changed)s 人，新设 %(units)s 个单位。") % {
            "new": outcome.written.new, "changed": outcome.written.changed, "units": len(outcome.written.units)
        }, file=out)  # fmt: skip
    return 0


def _sha256(path: Path) -> str:
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            seen.update(block)
    return seen.hexdigest()


def template(path: str | Path, *, err: IO[str] | None = None) -> int:
    """Write the empty template workbook of this organisation (or of the bundled part where there is none)."""
    from zhengyou.org.roster.template import write_template

    err = err or sys.stderr
    try:
        if Path(path).suffix.lower() != ".xlsx":
            raise Unusable(_("模板是 Excel 工作簿：文件名要以 .xlsx 结尾。"))
        if Path(path).exists():
            raise Unusable(_("%(path)s 已经有了，不覆盖。请换一个名字。") % {"path": path})
        with sheets.replacing(Path(path)) as new:
            write_template(new, founded() or bundled())
    except Unusable as refusal:
        print(refusal, file=err)
        return 2
    except OSError as fault:
        print(_("写不了 %(path)s：%(why)s") % {"path": path, "why": fault.strerror}, file=err)
        return 2
    return 0
