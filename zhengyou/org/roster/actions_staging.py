"""A roster on its way through the browser: the file staged, read in the background, questions answered, put away, purged.

Staging is a draft of its owner's: it changes nothing of the organisation and leaves no journal entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from zhengyou.kit import clock, sheets
from zhengyou.kit.faults import Conflict
from zhengyou.org import current
from zhengyou.org.models import RosterBefore, RosterImport, RosterRow
from zhengyou.org.roster import report
from zhengyou.org.roster.actions import summary
from zhengyou.org.roster.actions_writing import many
from zhengyou.org.roster.comparing import compare
from zhengyou.org.roster.diff import Diff
from zhengyou.org.roster.rows import Notes, Roster, Row, read
from zhengyou.org.roster.rules import UNDO_DAYS
from zhengyou.org.roster.standing import load
from zhengyou.org.roster.units import Question
from zhengyou.org.roster.words import Words

LARGEST_MB = 20
AT_ONCE = 2_000_000
KEEP_FILE = timedelta(hours=24)
KEEP_ROWS = timedelta(days=7)
State = RosterImport.State


def staged(roster: RosterImport) -> Path:
    """Where the original lies, for 24 hours at most; never part of a backup."""
    return Path(settings.DATA) / "staging" / f"roster-{roster.public_id}"


def stage(
    blocks: Iterable[bytes], name: str, *, day: date, scope: str, owner: str, key: str = ""
) -> RosterImport:
    """Keep an uploaded file and read it, small ones at once, larger ones in the background; one per form key."""
    if key and (before := RosterImport.objects.filter(key=key, owner=owner).first()):
        return before
    roster = RosterImport(
        file_name=sheets.clean(name).strip()[:200] or "roster", day=day, scope=scope, state=State.READING,
        uploaded_at=timezone.now(), owner=owner, key=key,
    )  # fmt: skip
    path = staged(roster)
    path.parent.mkdir(parents=True, exist_ok=True)
    seen, size = hashlib.sha256(), 0
    with sheets.replacing(path) as new, new.open("xb") as out:
        for block in blocks:
            size += len(block)
            if size > LARGEST_MB * 1024 * 1024:
                raise sheets.Unusable("size", size=f"> {LARGEST_MB}", most=LARGEST_MB)
            seen.update(block)
            out.write(block)
    roster.sha256 = seen.hexdigest()
    roster.save()
    if size <= AT_ONCE:
        read_in(roster.pk)
    else:
        read_later.enqueue(roster.pk)
    roster.refresh_from_db()
    return roster


@task()
def read_later(pk: int) -> None:
    """Read a staged roster in the task worker."""
    read_in(pk)


def read_in(pk: int) -> None:
    """Read a staged file, compare it and keep the result; a refusal is kept as its one sentence."""
    roster = RosterImport.objects.filter(pk=pk, state=State.READING).first()
    part = current.part()
    if roster is None or part is None:
        return
    words = Words(part)
    try:
        found = read(staged(roster), words, name=roster.file_name)
    except sheets.Unusable as refusal:
        roster.state, roster.summary = State.REFUSED, {"code": refusal.code, "refusal": str(refusal)}
        staged(roster).unlink(missing_ok=True)
        roster.save(update_fields=["state", "summary"])
        return
    cells = [_cells(row) for row in found.rows]
    roster.reading = _reading(found)
    diff = _compare(roster, found, words)
    with transaction.atomic():
        _keep(roster, diff, cells)


def _compare(roster: RosterImport, found: Roster, words: Words) -> Diff:
    organisation = current.organisation()
    standing = load(words.part, roster.day, organisation.name if organisation else "")
    return compare(found, standing, words, scope=roster.scope, decisions=roster.decisions)


def compared(roster: RosterImport) -> Diff:
    """The staged rows compared with the organisation as it is now, with the answers so far."""
    part = current.part()
    assert part is not None
    return _compare(roster, rebuilt(roster), Words(part))


def recheck(roster: RosterImport) -> Diff:
    """Compare anew and keep the result."""
    with transaction.atomic():
        roster = RosterImport.objects.select_for_update().get(pk=roster.pk)
        if roster.state != State.PARSED:
            raise Conflict(_("这份名册已经导入过，或已经放弃。"))
        diff = compared(roster)
        cells = list(roster.rows.exclude(state="missing").order_by("n").values_list("cells", flat=True))
        _keep(roster, diff, cells)
    return diff


def decide(roster: RosterImport, answers: dict[str, str]) -> Diff:
    """Add answers to questions and decisions about the missing, then compare anew; "" takes an answer back."""
    with transaction.atomic():
        row = RosterImport.objects.select_for_update().get(pk=roster.pk)
        if row.state != State.PARSED:
            raise Conflict(_("这份名册已经导入过，或已经放弃。"))
        row.decisions = {name: answer for name, answer in (row.decisions | answers).items() if answer}
        row.save(update_fields=["decisions"])
    return recheck(row)


def put_away(roster: RosterImport) -> None:
    """Drop a staged roster: its rows and its file go, its line in the list stays."""
    with transaction.atomic():
        n = RosterImport.objects.filter(
            pk=roster.pk, state__in=(State.READING, State.PARSED, State.REFUSED)
        ).update(state=State.PUT_AWAY, reading={}, questions=[], decisions={})
        if n:
            RosterRow.objects.filter(roster=roster).delete()
    staged(roster).unlink(missing_ok=True)


def purge() -> int:
    """For tick: originals older than 24 hours go, also orphans; rows and answers of imports older than 7 days too,
    and what an import wrote over, once it can no longer be undone."""
    now = timezone.now()
    folder = Path(settings.DATA) / "staging"
    gone = 0
    for path in folder.glob("*roster-*"):
        if path.stat().st_mtime < (now - KEEP_FILE).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    old = RosterImport.objects.filter(uploaded_at__lt=now - KEEP_ROWS)
    RosterRow.objects.filter(roster__in=old).delete()
    last = clock.today() - timedelta(days=UNDO_DAYS)
    RosterBefore.objects.filter(roster__entry__day__lt=last).delete()
    old.filter(state__in=(State.READING, State.PARSED, State.REFUSED)).update(state=State.PUT_AWAY)
    old.exclude(reading={}).update(reading={}, questions=[], decisions={})
    return gone


def _cells(row: Row) -> list[Any]:
    faults = [list(fault) for fault in row.faults or ()]
    return [
        row.sheet, row.row, row.number, row.name, row.unit, row.parent, row.unit_kind, row.category, row.status, row.joined,
        row.confirmed, list(row.activity), list(row.post), row.email, row.phone, row.note, faults,
    ]  # fmt: skip


def _reading(found: Roster) -> dict[str, Any]:
    return {
        "sheets": found.sheets, "headers": list(found.headers.items()), "head_rows": list(found.head_rows.items()),
        "widths": list(found.widths.items()), "kind": found.kind, "encoding": found.encoding,
        "short": [[sheet, width, rows] for (sheet, width), rows in found.short.items()],
        "notes": [list(note) for note in found.notes.kept], "counts": dict(found.notes.counts),
    }  # fmt: skip


def rebuilt(roster: RosterImport) -> Roster:
    """The roster as it was read, from its staged rows."""
    kept = roster.reading
    found = Roster(sheets=kept["sheets"], kind=kept["kind"], encoding=kept["encoding"])
    found.headers, found.head_rows = dict(kept["headers"]), dict(kept["head_rows"])
    found.widths = dict(kept["widths"])
    found.short = {(sheet, width): rows for sheet, width, rows in kept["short"]}
    found.notes = Notes([tuple(note) for note in kept["notes"]])
    found.notes.counts.update(kept["counts"])
    rows = roster.rows.exclude(state="missing").order_by("n").values_list("cells", flat=True)
    for cells in rows.iterator(chunk_size=2000):
        *plain, faults = cells
        plain[11], plain[12] = tuple(plain[11]), tuple(plain[12])
        row = Row(*plain)
        row.faults = [tuple(fault) for fault in faults] or None
        found.rows.append(row)
    return found


def _keep(roster: RosterImport, diff: Diff, cells: list[list[Any]]) -> None:
    """Write rows, questions and figures of a comparison; what was there before is replaced."""
    RosterRow.objects.filter(roster=roster).delete()
    asked: dict[tuple[int, int], list[str]] = {}
    for question in diff.questions:
        for place in question.rows:
            asked.setdefault(place, []).append(question.id)
    names = diff.roster.sheets
    many(
        """INSERT INTO org_rosterrow (roster_id, n, sheet, "row", number, name, unit, state, cells, said)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            (
                roster.pk, n, names[line.row.sheet], line.row.row, line.row.number[:40], line.row.name[:100],
                (line.place.name if line.place else line.row.unit)[:200], line.state, json.dumps(cell, ensure_ascii=False),
                json.dumps(_said(line, asked.get((line.row.sheet, line.row.row))), ensure_ascii=False),
            )
            for n, (line, cell) in enumerate(zip(diff.lines, cells, strict=True))
        ),
    )  # fmt: skip
    units = diff.standing.units
    many(
        """INSERT INTO org_rosterrow (roster_id, n, sheet, "row", number, name, unit, state, cells, said)
           VALUES (%s, %s, '', 0, %s, %s, %s, 'missing', '[]', %s)""",
        (
            (
                roster.pk, len(diff.lines) + at, known.number, known.name, units[known.unit].name if known.unit in units else "",
                json.dumps({"how": diff.endings.get(known.number, ""), "later": known.later}),
            )
            for at, known in enumerate(diff.missing)
        ),
    )  # fmt: skip
    roster.state = State.PARSED
    roster.summary = summary(diff)
    roster.questions = [_asked(question) for question in diff.questions]
    roster.reading["said"] = [list(note) for note in diff.roster.notes.kept]
    roster.reading["said_counts"] = dict(diff.roster.notes.counts)
    roster.save(update_fields=["state", "summary", "questions", "reading"])


def _asked(question: Question) -> dict[str, Any]:
    options = [list(option) for option in question.options]
    return {
        "id": question.id,
        "code": question.code,
        "facts": question.facts,
        "options": options,
        "at": list(question.at),
        "answer": question.answer,
    }


def _said(line: Any, asked: list[str] | None) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if line.changes:
        said["changes"] = [list(change) for change in line.changes]
    if line.row.faults and line.state == "error":
        said["faults"] = [list(fault) for fault in line.row.faults]
    if asked:
        said["asked"] = asked
    if line.main is not None:
        said["again"] = line.main.row.row
    if line.known is not None:
        said["known"] = line.known.public_id
    return said


def annotated(roster: RosterImport, target: Path) -> None:
    """The user's own workbook with its faults marked; raises FileNotFoundError once the original is gone."""
    from zhengyou.org.roster.annotate import annotate

    original = staged(roster)
    if not original.exists():
        raise FileNotFoundError(original)
    annotate(original, target, compared(roster))


def warnings(roster: RosterImport) -> list[dict[str, Any]]:
    """What was normalised, dropped or skipped, as the page lists it."""
    kept = roster.reading
    found = Roster(sheets=kept.get("sheets", []), headers=dict(kept.get("headers", [])))
    found.notes = Notes([tuple(note) for note in kept.get("said", [])])
    found.notes.counts.update(kept.get("said_counts", {}))
    return report.noted(found)
