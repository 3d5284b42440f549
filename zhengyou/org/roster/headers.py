"""Which row is the header and what each column is; columns of national ID numbers are named here and dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhengyou.kit.sheets import Row as Line
from zhengyou.org.roster import cells
from zhengyou.org.roster.words import FIELDS, Words, header

HEAD = 40


@dataclass
class Columns:
    """A sheet's columns: field -> place from 0, the header's row, texts by place, what is dropped and what is unknown."""

    at: dict[str, int] = field(default_factory=dict)
    row: int = 0
    texts: dict[int, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unit_name: str = ""

    def __post_init__(self) -> None:
        self.order: list[tuple[str, int]] = []
        self.name = self.number = -1

    @property
    def titles(self) -> dict[str, str]:
        """Field -> the header as the file has it."""
        return {name: self.texts.get(place, "") for name, place in self.at.items()}


def find(head: list[Line], sample: list[Line], words: Words) -> Columns | None:
    """The header among the first rows, with up to one row above and below it; None where there is none."""
    best, score = -1, 0
    for at, (_row, line, _filled) in enumerate(head):
        fields = {known[0] for cell in line if (known := _header(cell))}
        worth = len(fields & set(FIELDS)) + 2 * len(fields & {"number", "name", "unit", "parent"})
        if len(fields & set(FIELDS)) >= 2 and fields & {"number", "name"} and worth > score:
            best, score = at, worth
    if best < 0:
        return None
    texts, last = _texts(head, best)
    columns = Columns(row=head[last][0], texts=texts)
    data = [line for row, line, _filled in sample if row > columns.row]
    _assign(columns, data, words)
    if not ({"number", "name"} & set(columns.at)):
        return None
    return columns


def again(line: list[str], row: int, before: Columns, words: Words) -> Columns | None:
    """The columns of a header that stands in the middle of a sheet in another order; None where it is no header."""
    fields = {known[0] for cell in line if (known := _header(cell))}
    if not {"number", "name"} <= fields and not {"name", "unit"} <= fields:
        return None
    columns = Columns(row=row, texts={at: cell.strip() for at, cell in enumerate(line) if cell.strip()})
    _assign(columns, [], words)
    columns.unit_name = before.unit_name
    return columns if columns.at != before.at else before


def _header(cell: str) -> tuple[str, int] | None:
    return header(cell) if cell and cell[0] != "\2" else None


def _texts(head: list[Line], best: int) -> tuple[dict[int, str], int]:
    """The header's texts by column, joined from its row, the row above (groups) and the row below (sub-headers)."""
    texts = {at: cell.strip() for at, cell in enumerate(head[best][1]) if cell.strip() and cell[0] != "\2"}
    last = best
    if best + 1 < len(head):
        line = head[best + 1][1]
        known = {at for at, cell in enumerate(line) if _header(cell)}
        said = {at for at, cell in enumerate(line) if cell.strip()}
        same = {at for at in known if at in texts and _header(line[at]) == _header(texts[at])}
        if known and len(known) * 2 >= len(said) and known - same:
            last = best + 1
            for at in said:
                if at in known or at not in texts:
                    texts[at] = line[at].strip()
                elif not _header(texts[at]):
                    texts[at] = f"{texts[at]} {line[at].strip()}"
    if best > 0:
        for at, cell in enumerate(head[best - 1][1]):
            if _header(cell) and at not in texts:
                texts[at] = cell.strip()
    return texts, last


def _assign(columns: Columns, data: list[list[str]], words: Words) -> None:
    """Give each field its strongest column; name the ID columns and those that are not used."""
    chosen: dict[str, tuple[int, int]] = {}
    known: dict[int, str] = {}
    width = max([*(len(line) for line in data[:50]), *(at + 1 for at in columns.texts), 0])
    for at in range(width):
        text = columns.texts.get(at, "")
        found = header(text) if text else None
        if (found and found[0] == "national_id") or _ids(data, at):
            columns.ids.append(text or _letter(at))
            known[at] = "national_id"
            if not (
                found and found[0] == "number"
            ):  # there each row says itself what stands in place of a number
                continue
        if not found:
            continue
        name, strength = found
        if name in ("category", "status"):
            name = _category_or_status(name, data, at, words)
        known[at] = name
        if name in FIELDS and (name not in chosen or strength < chosen[name][0]):
            chosen[name] = (strength, at)
    columns.at = {name: place for name, (_strength, place) in chosen.items()}
    if "number" not in columns.at:
        counted = [at for at, name in known.items() if name == "serial" and not _mere_count(data, at)]
        if len(counted) == 1:
            columns.at["number"] = counted[0]
    if "unit" not in columns.at and "parent" in columns.at:
        columns.at["unit"] = columns.at.pop("parent")
    used = set(columns.at.values())
    columns.unknown = [
        text for at, text in sorted(columns.texts.items())
        if at not in used and known.get(at) not in ("national_id", "serial", "hint")
    ]  # fmt: skip
    columns.order = sorted(columns.at.items(), key=lambda item: FIELDS.index(item[0]))
    columns.name, columns.number = columns.at.get("name", -1), columns.at.get("number", -1)


def _ids(data: list[list[str]], at: int) -> bool:
    """Whether most of a column's values are national ID numbers."""
    said = [line[at] for line in data if at < len(line) and line[at]]
    hits = sum(map(cells.is_id, said))
    return hits > 0 and hits * 2 >= len(said)


def _mere_count(data: list[list[str]], at: int) -> bool:
    """Whether a column only counts its rows (1, 2, 3 …) or holds nothing."""
    said = [cells.tidy(line[at]) for line in data if at < len(line) and line[at]]
    return not said or all(len(text) < 4 and text.isdigit() for text in said)


def _category_or_status(name: str, data: list[list[str]], at: int, words: Words) -> str:
    """类别 may mean either: the words that stand in the column decide."""
    said = {cells.tidy(line[at]) for line in data if at < len(line) and line[at]} - {""}
    other = "status" if name == "category" else "category"
    fits = {
        f: sum(words.code(f, cell) is not None for cell in said) if words.listed(f) else 0
        for f in (name, other)
    }
    return other if fits[other] > fits[name] else name


def _letter(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
