"""From a file to rows: find each sheet's header, drop what must not be kept, read every cell, name every fault."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhengyou.kit import sheets
from zhengyou.org.roster import cells
from zhengyou.org.roster.headers import HEAD, Columns, again, find
from zhengyou.org.roster.words import Words, header, is_footer, is_total, starts

SAMPLE = 240
HEADING = frozenset({"number", "name", "unit", "parent", "category", "status", "joined"})
KEPT = 1000


@dataclass(slots=True)
class Row:
    """One data row as read: days as ISO text, category, status and posts as codes; `faults` as (field, code, facts)."""

    sheet: int
    row: int
    number: str = ""
    name: str = ""
    unit: str = ""
    parent: str = ""
    unit_kind: str = ""
    category: str = ""
    status: str = ""
    joined: str = ""
    confirmed: str = ""
    activity: tuple[str, ...] = ()
    post: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    note: str = ""
    faults: list[tuple[str, str, dict[str, Any]]] | None = None

    def fault(self, where: str, code: str, /, **facts: Any) -> None:
        """Name a fault of this row."""
        if self.faults is None:
            self.faults = []
        self.faults.append((where, code, facts))


@dataclass
class Notes:
    """Warnings with their places, at most KEPT of each code; the rest is counted."""

    kept: list[tuple[int, int, str, str, dict[str, Any]]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, sheet: int, row: int, where: str, code: str, /, **facts: Any) -> None:
        """Note a warning: sheet index, row (0: the whole sheet), field, code, facts."""
        self.counts[code] += 1
        if self.counts[code] <= KEPT:
            self.kept.append((sheet, row, where, code, facts))


@dataclass
class Roster:
    """A file as read: rows, the sheets' names, their headers, what was left out and why."""

    rows: list[Row] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    headers: dict[int, dict[str, str]] = field(default_factory=dict)
    head_rows: dict[int, int] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    kind: str = ""
    encoding: str = ""
    short: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def column(self, sheet: int, where: str) -> str:
        """What the file itself calls a field."""
        from zhengyou.org.roster.sentences import column

        return self.headers.get(sheet, {}).get(where) or column(where)


@contextmanager
def paused_gc() -> Iterator[None]:
    """No cycle collection while many small objects are made: it would double the time and find nothing."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def read(path: Path, words: Words, *, name: str = "", limits: sheets.Limits = sheets.BROWSER) -> Roster:
    """Read a workbook or text file; raises `kit.sheets.Unusable` where there is nothing to work with."""
    from zhengyou.org.roster.sentences import say

    roster = Roster()
    with paused_gc(), sheets.Reader(path, limits, name=name) as reader:
        table: Table | None = None
        for event in reader:
            if type(event) is tuple:
                if table is not None:
                    table.take(event)
            elif isinstance(event, sheets.Sheet):
                if table is not None:
                    table.end()
                table = _begin(roster, event, words)
            elif isinstance(event, sheets.End):
                roster.kind, roster.encoding = event.kind, event.encoding
        if table is not None:
            table.end()
    if not roster.headers:
        raise _told("no_header", say("no_header"))
    if not roster.rows:
        raise _told("no_rows", say("no_rows"))
    return roster


def _told(code: str, text: str) -> sheets.Unusable:
    told = sheets.Unusable(code)
    told.args = (text,)
    return told


def _begin(roster: Roster, sheet: sheets.Sheet, words: Words) -> Table | None:
    at = len(roster.sheets)
    roster.sheets.append(sheet.name)
    if sheet.hidden:
        roster.notes.add(at, 0, "", "sheet_hidden")
        return None
    if not sheet.work:
        roster.notes.add(at, 0, "", "sheet_chart")
        return None
    if sheet.unseen:
        shown = ", ".join(map(str, sheet.unseen[:12])) + (" …" if len(sheet.unseen) > 12 else "")
        roster.notes.add(at, 0, "", "rows_hidden", count=len(sheet.unseen), rows=shown)
    if sheet.cut:
        roster.notes.add(at, 0, "", "sheet_cut")
    roster.widths[at] = sheet.left + sheet.width
    return Table(roster, at, sheet, words)


class Table:
    """One sheet on its way: rows are held back until the header is known, then read one by one."""

    def __init__(self, roster: Roster, at: int, sheet: sheets.Sheet, words: Words) -> None:
        self.roster, self.at, self.sheet, self.words = roster, at, sheet, words
        self.held: list[sheets.Row] = []
        self.columns: Columns | None = None
        self.skipped: list[int] = []
        self.first = len(roster.rows)
        memo = cells.memo
        self.read = {
            "number": cells.number, "name": memo(cells.name), "unit": memo(cells.label), "parent": memo(cells.label),
            "unit_kind": memo(self._word("unit_kind")), "category": memo(self._word("category")),
            "status": memo(self._word("status")), "joined": memo(cells.day), "confirmed": memo(cells.day),
            "email": cells.email, "phone": cells.phone, "note": cells.note,
        }  # fmt: skip
        self._posts: dict[str, tuple[tuple[str, ...], list[str]]] = {}
        self.starts, self.first_total = starts(), starts() - {"\2"}
        self.plan: list[tuple[str, int, Any]] = []

    def _word(self, field_name: str) -> Any:
        def ask(cell: str) -> cells.Read:
            text = cells.wide(cells.tidy(cell))
            if not text:
                return "", "", ""
            if not self.words.listed(field_name):
                return (text, "", "") if len(text) <= 40 else ("", "", "too_long")
            code = self.words.code(field_name, text)
            return (
                (code, "", "")
                if code
                else ("", "", "word_odd" if field_name != "unit_kind" else "unit_kind_odd")
            )

        return ask

    def take(self, event: sheets.Row) -> None:
        """One row as it comes."""
        if self.columns is not None:
            self._row(*event)
            return
        self.held.append(event)
        if len(self.held) >= SAMPLE:
            self._settle()

    def end(self) -> None:
        """The sheet is over."""
        if self.columns is None:
            self._settle()
        if self.skipped and self.columns:
            shown = ", ".join(map(str, self.skipped[:12])) + (" …" if len(self.skipped) > 12 else "")
            self.roster.notes.add(self.at, 0, "", "rows_skipped", count=len(self.skipped), rows=shown)
        if self.columns and "number" in self.columns.at:
            self._short_numbers()

    def _settle(self) -> None:
        """Find the header among the rows held back, say what is left out, then read them."""
        found = find(self.held[:HEAD], self.held, self.words)
        held, self.held = self.held, []
        if self.sheet.width >= 200:
            self.roster.widths[self.at] = self.sheet.left + max(
                (len(line) for _row, line, _filled in held), default=1
            )
        if found is None:
            self.columns = Columns()
            if held:
                self.roster.notes.add(self.at, 0, "", "sheet_headless")
            return
        self.columns = found
        notes = self.roster.notes
        for title in found.ids:
            notes.add(self.at, 0, "", "id_column", column=title)
        if found.unknown:
            notes.add(self.at, 0, "", "columns_ignored", columns=list(found.unknown))
        if "unit" not in found.at:
            found.unit_name = self._unit_of_sheet()
            if found.unit_name:
                notes.add(self.at, 0, "", "unit_from_sheet", unit=found.unit_name)
        self.plan = [(name, at, self.read.get(name)) for name, at in found.order]
        self.roster.headers[self.at] = found.titles
        self.roster.head_rows[self.at] = found.row
        for event in held:
            if event[0] > found.row:
                self._row(*event)

    def _unit_of_sheet(self) -> str:
        from zhengyou.org.roster.words import book, flat

        name = cells.label(self.sheet.name)[0]
        bare = flat(name).rstrip("0123456789一二三四五六七八九十")
        return "" if bare in {flat(word) for word in book()["sheet_names"]} or len(name) < 3 else name

    def _row(self, row: int, line: list[str], filled: Any) -> None:
        columns = self.columns
        if columns is None or not columns.at:
            return
        if self._no_person(line, columns, filled):
            self.skipped.append(row)
            self._other_header(row, line)
            return
        out = Row(self.at, row)
        notes = self.roster.notes
        width = len(line)
        numeric = False
        for name, column, reader in self.plan:
            if column >= width or not (cell := line[column]):
                continue
            if len(cell) > 14 and name != "number" and cells.looks_like_id(cell):
                notes.add(self.at, row, name, "id_in_cell")
                continue
            if reader is None:
                self._list(out, name, cell)
                continue
            value, warning, error = reader(cell)
            if value:
                setattr(out, name, value)
            if not (warning or error):
                continue
            if warning:
                numeric = numeric or warning == "number_numeric"
                notes.add(self.at, row, name, warning, value=value)
            if error:
                self._wrong(out, name, cell, error)
        if columns.unit_name and not out.unit:
            out.unit = columns.unit_name
        if not (out.number and out.name and out.unit):
            self._required(out)
        if out.number and out.number.isdigit():
            self._width(out, numeric)
        if out.joined and out.confirmed and out.confirmed < out.joined:
            notes.add(self.at, row, "confirmed", "day_before")
        self.roster.rows.append(out)

    def _list(self, out: Row, name: str, cell: str) -> None:
        if name == "post":
            self._post(out, cell)
        else:
            out.activity = tuple(dict.fromkeys(cells.names(cell)))

    def _wrong(self, out: Row, name: str, cell: str, error: str) -> None:
        facts: dict[str, Any] = {}
        if error in ("word_odd", "unit_kind_odd"):
            facts = {"value": cells.tidy(cell)[:40], "known": self.words.all(name)}
        out.fault(name, error, **facts)

    def _required(self, out: Row) -> None:
        wrong = {where for where, _code, _facts in out.faults} if out.faults else ()
        for name in ("number", "name", "unit"):
            if not getattr(out, name) and name not in wrong:
                out.fault(name, f"{name}_missing")

    def _post(self, out: Row, cell: str) -> None:
        known = self._posts.get(cell)
        if known is None:
            codes, odd = [], []
            for word in cells.names(cell):
                code = self.words.post(word)
                if code:
                    codes.append(code)
                elif not self.words.is_no_post(word):
                    odd.append(word)
            known = self._posts[cell] = (tuple(dict.fromkeys(codes)), [word[:60] for word in odd[:5]])
        out.post = known[0]
        if known[1]:
            self.roster.notes.add(
                self.at, out.row, "post", "post_odd", value=known[1], known=self.words.all("post")
            )

    def _width(self, out: Row, numeric: bool) -> None:
        width, has = self.words.width(out.category), len(out.number)
        if width and has < width:
            out.number = out.number.zfill(width)
            self.roster.notes.add(self.at, out.row, "number", "number_zeros", value=out.number)
        elif width and has > width:
            out.fault("number", "number_long", has=has, width=width)
        elif numeric:
            self.roster.short.setdefault((self.at, has), []).append(len(self.roster.rows))

    def _short_numbers(self) -> None:
        """Keep, of the numbers stored as numbers, those shorter than nearly all others of the sheet: 0s may be lost."""
        mine = {key: rows for key, rows in self.roster.short.items() if key[0] == self.at}
        for key in mine:
            del self.roster.short[key]
        lengths = Counter(len(row.number) for row in self.roster.rows[self.first :] if row.number)
        if not mine or not lengths:
            return
        usual, times = lengths.most_common(1)[0]
        if times >= 5 and times * 5 >= sum(lengths.values()) * 4:
            for (at, has), rows in mine.items():
                if usual - 3 <= has < usual:
                    self.roster.short[at, usual] = self.roster.short.get((at, usual), []) + rows

    def _other_header(self, row: int, line: list[str]) -> None:
        """A header in the middle of the sheet may give the columns another order from here on."""
        if (
            self.columns is not None
            and (found := again(line, row, self.columns, self.words)) is not self.columns
        ) and found is not None:
            self.columns = found
            self.plan = [(name, at, self.read.get(name)) for name, at in found.order]

    def _no_person(self, line: list[str], columns: Columns, filled: Any) -> bool:
        """Whether a row adds up, repeats the header, or is a remark: then it is no person."""
        name = line[columns.name] if -1 < columns.name < len(line) else ""
        number = line[columns.number] if -1 < columns.number < len(line) else ""
        if (
            number[-1:].isdigit()
            and name
            and name[0] not in self.starts
            and number[0] not in self.first_total
        ):
            return False
        said = [cell for at, cell in enumerate(line) if cell.strip() and at not in filled]
        if not said:
            return True
        if is_total(name) or is_total(number) or (not (number and name) and is_total(said[0])):
            return True
        if len({known[0] for cell in said if (known := header(cell))} & HEADING) >= 2:
            return True
        if number and len(said) <= 4 and is_footer(number):
            return True
        return not number and _remark(said, name)


def _remark(said: list[str], name: str) -> bool:
    """Whether a row without a number is a remark under the table: 制表人：…, 注：…, or one long sentence."""
    if len(said) <= 4 and is_footer(said[0]):
        return True
    return not name and len(said) == 1 and len(said[0]) > 12
