"""Word files in the office's form: official documents by GB/T 9704-2012 and form tables; bytes out.

Geometry: A4, head 37 mm, left 28 mm, type area 156 x 225 mm, 22 lines of 28 characters, body 仿宋 三号 (16 pt), title
小标宋 二号 (22 pt), headings 一、 in 黑体, （一） in 楷体, then 1. and （1） in 仿宋. The fonts are licensed and not shipped:
they are named, each with the fallback that office suites carry.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from xml.sax.saxutils import quoteattr

from django.utils.translation import get_language
from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as DocTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from zhengyou.kit import clock

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEAD, LEFT, WIDE, HIGH = 37, 28, 156, 225
"""Millimetres: head and left margins, width and height of the type area."""
LINES, CHARS = 22, 28
CLOSER = int((WIDE / 25.4 * 72 / CHARS - 16) * 20) - 1
"""Twentieths of a point by which 三号 is drawn together so that 28 characters fill a line."""
BODY, TITLE, SMALL = 16, 22, 12
"""Points: 三号, 二号, 小四."""
SONG, FANG, HEI, KAI, PLAIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
FALLBACKS = {SONG: "宋体", FANG: "仿宋", HEI: "SimHei", KAI: "楷体", PLAIN: "SimSun"}
LATIN = "Times New Roman"
_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; its number is counted by the document."""

    level: int
    text: str


@dataclass(frozen=True)
class Para:
    """A paragraph of running text; a line break begins a new one."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows under a head that repeats on every page; `widths` in parts of the type area."""

    head: Sequence[str]
    rows: Iterable[Sequence[str]]
    widths: Sequence[int] = ()


@dataclass(frozen=True)
class Field:
    """One field of a form; `least` millimetres high, `sign` stands at its foot (who signs, the day)."""

    label: str
    value: str = ""
    least: int = 9
    sign: str = ""


@dataclass(frozen=True)
class Form:
    """A form table: each row one field across the page, or two side by side."""

    rows: Sequence[Sequence[Field]]


Block = Heading | Para | Table | Form


@dataclass
class _Numbers:
    """Counts headings: 一、 （一） 1. （1）, in other languages 1. 1.1. 1.1.1."""

    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def next(self, level: int) -> str:
        """The number of the next heading of this level, with its punctuation."""
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (4 - level)
        n = self.counts[level - 1]
        if not _chinese():
            return ".".join(str(max(n, 1)) for n in self.counts[:level]) + ". "
        return (f"{chinese(n)}、", f"（{chinese(n)}）", f"{n}. ", f"（{n}）")[level - 1]


def chinese(n: int) -> str:
    """A number from 1 to 99 as 一, 十二, 三十; larger ones in figures."""
    if not 0 < n < 100:
        return str(n)
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def official(
    title: str,
    blocks: Iterable[Block],
    *,
    number: str = "",
    addressee: str = "",
    signed: str = "",
    day: str = "",
) -> bytes:
    """An official document: number, title, addressee, body, signature and day at the right; pages numbered outside."""
    document = _new(title)
    if number:
        _line(document, number, align=ALIGN.CENTER)
        _line(document, "")
    for line in _lines(title):
        _line(document, line, font=SONG, size=TITLE, align=ALIGN.CENTER, pitch=33, keep=True)
    _line(document, "")
    if addressee:
        _line(document, addressee + ("：" if _chinese() else ":"))
    _body(document, blocks, BODY)
    if signed or day:
        _keep_last(document)
        _line(document, "", keep=True)
        for text in (signed, day):
            if text:
                _line(document, text, align=ALIGN.RIGHT, right=4, keep=text != day)
    return _bytes(document)


def _keep_last(document: Doc) -> None:
    """The last paragraph or row of a table goes over with the signature: none stands on a page of its own (GB/T 9704 §7)."""
    last = (
        document.element.body[-2] if len(document.element.body) > 1 else None
    )  # the last one is the section
    if last is None:
        return
    if last.tag == qn("w:tbl"):
        last = list(last.iterchildren(qn("w:tr")))[-1]
    for paragraph in [last] if last.tag == qn("w:p") else last.iter(qn("w:p")):
        Paragraph(paragraph, document._body).paragraph_format.keep_with_next = True


def form(title: str, blocks: Iterable[Block], *, under: str = "", notes: Sequence[str] = ()) -> bytes:
    """A form of the office: title, a line under it, tables in 小四, notes at the foot."""
    document = _new(title)
    for line in _lines(title):
        _line(document, line, font=SONG, size=TITLE, align=ALIGN.CENTER, pitch=33, keep=True)
    if under:
        _line(document, under, size=SMALL, align=ALIGN.CENTER, pitch=24)
    _body(document, blocks, SMALL)
    for note in notes:
        _line(document, note, size=10.5, pitch=18)
    return _bytes(document)


def _body(document: Doc, blocks: Iterable[Block], size: float) -> None:
    numbers = _Numbers()
    for block in blocks:
        if isinstance(block, Heading):
            name = (HEI, KAI, FANG, FANG)[block.level - 1]
            text = numbers.next(block.level) + block.text
            _line(document, text, font=name, indent=2, size=size, keep=True, level=block.level)
        elif isinstance(block, Para):
            for line in _lines(block.text):
                _line(document, line, indent=2, size=size)
        elif isinstance(block, Table):
            _table(document, block)
        else:
            _form(document, block)


def _new(title: str) -> Doc:
    """An empty document with the page, the grid, the fonts and the page number; nothing names a program or a person."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(HEAD), Mm(297 - HEAD - HIGH)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(210 - LEFT - WIDE)
    section.footer_distance = Mm(23)  # the number's line ends about 7 mm below the type area
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    # A grid of characters narrower than the type is read as two cells a character by LibreOffice: body runs are
    # drawn together instead (`_line`).
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(int(HIGH / 25.4 * 1440 / LINES)))
    normal = document.styles["Normal"]
    normal.font.size = Pt(BODY)
    _font(normal.element.get_or_add_rPr(), FANG)
    lang = OxmlElement("w:lang")  # without it the stand-in fonts draw full stops in the middle
    lang.set(qn("w:val"), "en-US")
    lang.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(lang)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.widow_control = False
    _name_fonts(document)
    _number_pages(document)
    document.core_properties.title = _clean(title)
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.last_modified_by = ""
    now = clock.now().astimezone(UTC).replace(tzinfo=None, microsecond=0)
    document.core_properties.created = document.core_properties.modified = now
    return document


def _name_fonts(document: Doc) -> None:
    """The font table: each licensed font with the name that stands in where it is not installed."""
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/>"
        f'<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, other in FALLBACKS.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    table = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{space}">{fonts}</w:fonts>'
    )
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    part._blob = table.encode()


def _number_pages(document: Doc) -> None:
    """— 1 — in 宋体 四号 outside: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        line = footer.paragraphs[0]
        line.alignment = align
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        for piece in ("— ", None, " —"):
            run = line.add_run(piece or "")
            run.font.size = Pt(14)
            _font(run._r.get_or_add_rPr(), PLAIN)
            if piece is None:
                for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
                    mark = OxmlElement("w:fldChar" if kind else "w:instrText")
                    if kind:
                        mark.set(qn("w:fldCharType"), kind)
                    else:
                        mark.text = text
                    run._r.append(mark)


def _line(
    into: Doc | _Cell | Paragraph,
    text: str,
    *,
    font: str = FANG,
    size: float = BODY,
    align: ALIGN | None = None,
    indent: int = 0,
    right: int = 0,
    pitch: float = 0,
    keep: bool = False,
    level: int = 0,
) -> Paragraph:
    """One paragraph; indents in characters of its size, `pitch` the exact distance of lines in points, 0 = the grid's."""
    line = into if isinstance(into, Paragraph) else into.add_paragraph()
    shape = line.paragraph_format
    line.alignment = align
    if indent:
        shape.first_line_indent = Pt(indent * size)
    if right:
        shape.right_indent = Pt(right * size)
    if keep:
        shape.keep_with_next = True
    if size < BODY:
        loose = OxmlElement("w:snapToGrid")
        loose.set(qn("w:val"), "0")
        line._p.get_or_add_pPr().append(loose)
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = Pt(pitch or (HIGH / 25.4 * 72 / LINES if size >= BODY else size * 1.6))
    if level:
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        line._p.get_or_add_pPr().append(outline)
    run = line.add_run(_clean(text))
    run.font.size = Pt(size)
    _font(run._r.get_or_add_rPr(), font)
    if size == BODY:
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), str(CLOSER))
        run._r.get_or_add_rPr().find(qn("w:sz")).addprevious(closer)
    return line


def _font(properties: Any, name: str) -> None:
    """A Chinese font by name; figures and Latin letters in Times New Roman."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for kind, value in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", name)):
        fonts.set(qn(f"w:{kind}"), value)


def _table(document: Doc, block: Table) -> None:
    rows = [[*row] for row in block.rows]
    made = _grid(document, 1 + len(rows), _widths(block.widths or [1] * len(block.head)))
    for place, row in enumerate([block.head, *rows]):
        line = made.rows[place]
        _whole(line)
        for cell, text in zip(line.cells, row, strict=False):
            _fill(cell, text, font=HEI if place == 0 else FANG, centre=place == 0)
    mark = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(mark)


def _form(document: Doc, block: Form) -> None:
    made = _grid(document, len(block.rows), _widths([28, 50, 28, 50]))
    for line, fields in zip(made.rows, block.rows, strict=True):
        _whole(line)
        line.height, line.height_rule = Mm(max(one.least for one in fields)), WD_ROW_HEIGHT_RULE.AT_LEAST
        cells = line.cells
        pairs = [(cells[0], cells[1]), (cells[2], cells[3])]
        if len(fields) == 1:
            pairs = [(cells[0], cells[1].merge(cells[3]))]
        for one, (label, value) in zip(fields, pairs, strict=True):
            _fill(label, one.label, font=HEI, centre=True)
            _fill(value, one.value)
            if one.sign:
                _line(value, one.sign, size=SMALL, align=ALIGN.RIGHT, pitch=20)


def _grid(document: Doc, rows: int, widths: Sequence[int]) -> DocTable:
    """A ruled table over the whole type area; `widths` in twips."""
    made = document.add_table(rows, len(widths))
    made.style = document.styles["Table Grid"]
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for place, width in enumerate(widths):
        made.columns[place].width = Pt(width / 20)
        for cell in made.columns[place].cells:
            cell.width = Pt(width / 20)
    return made


def _widths(parts: Sequence[int]) -> list[int]:
    """Parts as twips that fill the type area exactly."""
    whole, total = round(WIDE / 25.4 * 1440), sum(parts)
    edges = [whole * sum(parts[:n]) // total for n in range(len(parts) + 1)]
    return [right - left for left, right in itertools.pairwise(edges)]


def _whole(line: Any) -> None:
    """A row is not torn over two pages."""
    line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _fill(cell: _Cell, text: str, *, font: str = FANG, centre: bool = False) -> None:
    cell.vertical_alignment = VERTICAL.CENTER
    first: _Cell | Paragraph = cell.paragraphs[0]
    for line in _lines(text) or [""]:
        _line(first, line, font=font, size=SMALL, pitch=20, align=ALIGN.CENTER if centre else None)
        first = cell


def _lines(text: str) -> list[str]:
    """The lines of a text that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _clean(text: str) -> str:
    """Without what XML cannot hold: a pasted control character must not cost the file."""
    return _BAD.sub("", text)


def _chinese() -> bool:
    return not (get_language() or "zh").startswith("en")


def _bytes(document: Doc) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
