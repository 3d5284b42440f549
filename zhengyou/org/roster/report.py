"""What a check says: the JSON of the command line, the same in words, and the places of faults for the error report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from zhengyou.org.roster.diff import CHANGED, ERROR, NEW, UNCHANGED, Diff, Line
from zhengyou.org.roster.rows import Roster, Row
from zhengyou.org.roster.sentences import at_column, column, in_brackets, joined, listed, place, say, stop
from zhengyou.org.roster.standing import Place
from zhengyou.org.roster.units import Question
from zhengyou.org.roster.words import FIELDS, Words

DATED = ("joined", "confirmed")


def told(roster: Roster, row: Row) -> tuple[str, str]:
    """A faulty row's column and all its sentences in one."""
    faults = sorted(row.faults or [], key=lambda fault: FIELDS.index(fault[0]) if fault[0] in FIELDS else -1)
    first = faults[0][0]
    parts = []
    for at, (where, code, facts) in enumerate(faults):
        parts.append(at_column(roster.column(row.sheet, where) if where and at else "", say(code, facts)))
    return (roster.column(row.sheet, first) if first else ""), joined(parts)


def errors(diff: Diff) -> Iterator[dict[str, Any]]:
    """One entry for each faulty row, in the file's order."""
    roster = diff.roster
    for line in diff.lines:
        if line.state == ERROR and line.row.faults:
            header, what = told(roster, line.row)
            sheet = roster.sheets[line.row.sheet]
            yield {
                "sheet": sheet,
                "row": line.row.row,
                "column": header,
                "message": stop(place(sheet, line.row.row, header, what)),
                "codes": [code for _where, code, _facts in line.row.faults],
            }


def warnings(diff: Diff) -> list[dict[str, Any]]:
    """What was normalised, skipped or dropped, with its place, and units that are probably another."""
    roster = diff.roster
    out = noted(roster)
    for question in diff.questions:
        if question.code in ("unit_near", "unit_near_file", "ask_zeros"):
            sheet, row, where = question.at
            header = roster.column(sheet, where) if where else ""
            out.append(
                _warning(roster, sheet, row, header, question.code, say(question.code, question.facts))
            )
    return out


def noted(roster: Roster) -> list[dict[str, Any]]:
    """The notes of a file, in its order; of each kind at most those that were kept, then how many more there are."""
    out = []
    for sheet, row, where, code, facts in sorted(roster.notes.kept, key=lambda note: note[:2]):
        header = roster.column(sheet, where) if where else ""
        out.append(_warning(roster, sheet, row, header, code, say(code, facts)))
    for code, count in sorted(roster.notes.counts.items()):
        kept = sum(note[3] == code for note in roster.notes.kept)
        if count > kept:
            out.append(
                {
                    "sheet": "",
                    "row": 0,
                    "column": "",
                    "code": code,
                    "message": say("many_more", {"count": count - kept}),
                }
            )
    return out


def _warning(roster: Roster, sheet: int, row: int, header: str, code: str, text: str) -> dict[str, Any]:
    name = roster.sheets[sheet]
    return {
        "sheet": name,
        "row": row,
        "column": header,
        "code": code,
        "message": place(name, row, header, text),
    }


def question(diff: Diff, asked: Question) -> dict[str, Any]:
    """A question with its place, rows and possible answers (what `--decisions` takes)."""
    roster, (sheet, row, where) = diff.roster, asked.at
    header = roster.column(sheet, where) if where else ""
    return {
        "id": asked.id,
        "sheet": roster.sheets[sheet],
        "row": row,
        "column": header,
        "rows": [{"sheet": roster.sheets[s], "row": r} for s, r in asked.rows],
        "message": place(roster.sheets[sheet], row, header, say(asked.code, asked.facts)),
        "options": [
            {"answer": answer, "label": option(diff.words, code, facts)}
            for answer, code, facts in asked.options
        ],
        "answer": asked.answer,
    }


def option(words: Words, code: str, facts: dict[str, Any]) -> str:
    """The label of an answer."""
    if code == "answer_kind":
        return words.label("unit_kind", facts["kind"])
    return say(code, facts) if facts else say(code)


def shown(words: Words, field: str, value: str) -> str:
    """A field's value as people read it; several units stand one a line."""
    if field == "activity":
        return listed(value.split("\n"))
    return words.label(field, value) if field in ("category", "status", "post") else value


def changes(words: Words, line: Line) -> list[dict[str, str]]:
    """What differs, field by field."""
    return [
        {
            "field": field,
            "label": column(field),
            "old": shown(words, field, old),
            "new": shown(words, field, new),
        }
        for field, old, new in line.changes
    ]


def new_units(diff: Diff) -> list[dict[str, str]]:
    """Units the tree lacks, as they would be founded."""
    return [
        {"name": unit.name, "kind": unit.kind, "parent": unit.parent.name if unit.parent else ""}
        for unit in diff.units.new
    ]


def units_named(diff: Diff) -> int:
    """How many units the file names, as a unit or as a parent; the topmost one is not counted."""
    seen: set[int] = set()
    for line in diff.lines:
        for unit in line.place.line() if line.place is not None else ():
            if unit.parent is None or id(unit) in seen:
                break
            seen.add(id(unit))
    return len(seen)


def as_json(diff: Diff) -> dict[str, Any]:
    """The whole check as the command line prints it."""
    counts = diff.counts
    return {
        "rows": len(diff.lines),
        "new": counts[NEW],
        "changed": counts[CHANGED],
        "unchanged": counts[UNCHANGED],
        "missing": len(diff.missing),
        "errors": list(errors(diff)),
        "warnings": warnings(diff),
        "questions": [question(diff, asked) for asked in diff.open],
        "answered": [question(diff, asked) for asked in diff.questions if asked.answer],
        "people": diff.people,
        "units": units_named(diff),
        "new_units": new_units(diff),
        "missing_people": [
            {
                "number": known.number,
                "name": known.name,
                "unit": _unit(diff, known.unit),
                "decision": diff.endings.get(known.number, "keep"),
            }
            for known in diff.missing
        ],
        "balance": diff.balance.as_json(),
        "day": diff.standing.day.isoformat(),
        "scope": diff.scope,
    }


def _unit(diff: Diff, unit: int | None) -> str:
    found: Place | None = diff.standing.units.get(unit or 0)
    return found.name if found else ""


def balance_line(diff_balance: dict[str, int]) -> str:
    """opening + in + developed − out − left − deceased = closing, and the leaves' sum beside it."""
    line = _(
        "期初 %(opening)s + 转入 %(in)s + 新发展 %(developed)s"
        " − 转出 %(out)s − 离开 %(left)s − 去世 %(deceased)s = 期末 %(closing)s"
    ) % {name: f"{value:,}" for name, value in diff_balance.items()}
    same = diff_balance["leaves"] == diff_balance["closing"]
    leaves = f"{diff_balance['leaves']:,}"
    tail = _("各单位相加 %(leaves)s，对得上") if same else _("各单位相加 %(leaves)s，对不上，请告诉管理员")
    return joined([line, tail % {"leaves": leaves}])


def in_words(diff: Diff, most: int = 20) -> Iterator[str]:
    """The check for people: figures first, then faults, questions and warnings, each list cut after `most`."""
    data = as_json(diff)
    yield _(
        "%(rows)s 行，%(people)s 人，%(units)s 个单位：新增 %(new)s，变更 %(changed)s，不变 %(unchanged)s，"
        "有错 %(errors)s；名册里没有 %(missing)s 人"
    ) % {**data, "errors": len(data["errors"])}
    yield balance_line(data["balance"])
    if data["new_units"]:
        yield _("组织树里没有、将新设的单位：%(count)s 个") % {"count": len(data["new_units"])}
        yield from _cut(
            [
                f"  {u['parent']} / {in_brackets(u['name'], diff.words.label('unit_kind', u['kind']))}"
                for u in data["new_units"]
            ],
            most,
        )
    if data["errors"]:
        yield _("要改的行：%(count)s") % {"count": len(data["errors"])}
        yield from _cut([f"  {error['message']}" for error in data["errors"]], most)
    if data["questions"]:
        yield _("要您定的事：%(count)s") % {"count": len(data["questions"])}
        for asked in data["questions"][:most]:
            yield f"  {asked['message']}"
            for one in asked["options"]:
                yield f"    {asked['id']}: {one['answer']}  — {one['label']}"
    if data["warnings"]:
        yield _("请留意：%(count)s") % {"count": len(data["warnings"])}
        yield from _cut([f"  {warning['message']}" for warning in data["warnings"]], most)


def _cut(lines: list[str], most: int) -> Iterator[str]:
    yield from lines[:most]
    if len(lines) > most:
        yield "  " + _("还有 %(count)s 条，用 --json 看全部") % {"count": len(lines) - most}
