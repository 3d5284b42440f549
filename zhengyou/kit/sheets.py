"""Workbooks in and out: a stranger's file is read in a limited child process; exports never hold a formula."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from zhengyou.kit.ids import new_id

BOOT = "import sys; sys.path.insert(0, sys.argv.pop(1)); from zhengyou.kit.sheets_child import main; main()"
"""What the isolated child runs: its first argument is where the package lies."""
PACKAGE_AT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Limits:
    """What a file may cost: rows, memory and unpacked size in MB, CPU and wall seconds."""

    rows: int = 200_000
    memory_mb: int = 512
    unpacked_mb: int = 400
    text_mb: int = 200
    cpu_s: int = 20
    wall_s: int = 60
    name: str = "csv"


BROWSER = Limits()
TERMINAL = Limits(rows=1_048_576, memory_mb=2048, unpacked_mb=4000, text_mb=4000, cpu_s=120, wall_s=600)


@dataclass(frozen=True)
class Sheet:
    """A sheet begins: its place in the workbook from 1, its first used column from 0, whether it is read, its hidden rows."""

    name: str
    number: int
    hidden: bool
    work: bool
    left: int
    width: int
    cut: bool = False
    unseen: Sequence[int] = ()


@dataclass(frozen=True)
class End:
    """The whole file was read: what it is (xlsx, xls, csv), its encoding if text, rows that are not blank."""

    kind: str
    encoding: str
    rows: int


#: A row: its number as Excel shows it, its cells, the columns filled from merged cells.
Row = tuple[int, list[str], Sequence[int]]


class Unusable(ValueError):
    """The file cannot be read; the text is one sentence with the remedy, in the reader's language."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        super().__init__(sentence(code, **facts))


def sentence(code: str, **facts: object) -> str:
    """What to tell about a refusal."""
    save = _("在 Excel 里另存为「Excel 工作簿（.xlsx）」，再用一次。")
    known = {"size": "", "most": "", "row": "", **facts}
    told = {
        "empty": _("这个文件是空的。请检查是不是选错了文件。"),
        "missing": _("找不到这个文件。请检查路径和文件名。"),
        "unreadable": _("这个文件打不开，没有读取权限或不是普通文件。请检查后再试。"),
        "size": _("这个文件有 %(size)s MB，最多 %(most)s MB。请把它分成几个文件，或用命令行导入。") % known,
        "rows": _("这个文件超过 %(most)s 行。请分成几个文件；行数很多的名册可以存成 .csv，用命令行导入。") % known,
        "macros": _("这个文件里有宏，宏可能带病毒，系统不打开。") + save,
        "password": _("这个文件设了密码，系统打不开。请在 Excel 里取消密码，存盘后再用一次。"),
        "doctype": _("这个文件里有不该有的声明（DOCTYPE），系统不打开。") + save,
        "traversal": _("这个文件里有指向外面的路径，系统不打开。") + save,
        "bomb": _("这个文件解开后大得不正常，系统不打开。请删掉多余的行列和格式，") + save,
        "xlsb": _("这是二进制工作簿（.xlsb），系统不读。") + save,
        "ods": _("这是 OpenDocument 表格（.ods），系统不读。请另存为「Excel 工作簿（.xlsx）」，再用一次。"),
        "et": _(
            "这是 WPS 表格自己的格式（.et），系统不读。请在 WPS 里点「文件」「另存为」，"
            "类型选「Microsoft Excel 文件（*.xlsx）」，再用一次。"
        ),
        "old_xls": _("这是 Excel 95 以前的老格式，系统不读。") + save,
        "html": _("这个文件其实是网页，只是名字像表格。请用 Excel 打开它，") + save,
        "xml": _("这是 XML 文件，不是工作簿。请用 Excel 打开它，") + save,
        "word": _("这是文字文档，不是表格。请把名册放进 Excel 工作簿，再用一次。"),
        "pdf": _("这是 PDF，不是表格。请用原来的 Excel 工作簿。"),
        "image": _("这是图片，不是表格。请用原来的 Excel 工作簿。"),
        "archive": _("这是压缩包，不是工作簿。请先解开，再用里面的 .xlsx、.xls 或 .csv。"),
        "program": _("这是程序，不是表格，系统不打开。"),
        "binary": _("这个文件不是表格。能读的是 .xlsx、.xls 和 .csv。"),
        "encoding": _("这个文本文件的编码认不出来。请在 Excel 里另存为「CSV UTF-8」或 .xlsx，再用一次。"),
        "quotes": _("这个 .csv 在第 %(row)s 行附近引号不成对，后面读不下去。请另存为 .xlsx，再用一次。") % known,
        "broken": _("这个文件坏了，或者没有存完整，读不出来。请用 Excel 打开它，") + save,
        "limits": _("读这个文件要的时间或内存超过了上限，已经停下。请删掉多余的行列和格式，或分成几个文件，再用一次。"),
    }  # fmt: skip
    told["memory"] = told["limits"]
    return told.get(code, told["broken"])


class Reader:
    """One file being read; iterate once for Sheet, Row and finally End, always inside `with`.

    Raises Unusable as soon as the guard or the reader refuses; the child is gone when the block is left.
    """

    def __init__(self, path: Path, limits: Limits = BROWSER, *, name: str = "") -> None:
        self.path, self.limits = Path(path), limits
        self.name = name or self.path.name
        self._late = False

    def __enter__(self) -> Reader:
        if self.name.lower().endswith((".et", ".ett")):
            raise Unusable("et")
        try:
            if not self.path.exists():
                raise Unusable("missing")
            if not self.path.is_file():
                raise Unusable("unreadable")
            self.path.open("rb").close()
        except OSError:
            raise Unusable("unreadable") from None
        told = {**asdict(self.limits), "name": Path(self.name).stem[:100]}
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-c", BOOT, str(PACKAGE_AT), json.dumps(told), str(self.path.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"},
            close_fds=True,
        )
        assert self._child.stdout is not None
        self._lines = io.TextIOWrapper(self._child.stdout, encoding="utf-8", errors="replace", newline="\n")
        self._timer = threading.Timer(self.limits.wall_s, self._stop)
        self._timer.daemon = True
        self._timer.start()
        return self

    def _stop(self) -> None:
        self._late = True
        self._child.kill()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._child.kill()
        self._lines.close()
        self._child.wait()

    def __iter__(self) -> Iterator[Sheet | Row | End]:
        row = 0
        for line in self._lines:
            mark = line[0]
            if mark == "R":
                row += 1
                yield row, line[1:-1].split("\x1f"), ()
                continue
            rest = line[1:-1]
            if mark == "B":
                row += int(rest)
            elif mark == "F":
                row += 1
                columns, rest = rest.split(";", 1)
                yield row, rest.split("\x1f"), [int(column) for column in columns.split(",")]
            elif mark == "S":
                row = 0
                yield Sheet(**json.loads(rest))
            elif mark == "E":
                yield End(**json.loads(rest))
                return
            elif mark == "X":
                facts = json.loads(rest)
                raise Unusable(facts.pop("code"), **facts)
        raise Unusable("limits")


def write_rows(
    target: Path | IO[bytes],
    sheet_name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    widths: Sequence[int] = (),
) -> None:
    """Write one sheet of text, numbers and dates as .xlsx; a value that looks like a formula stays the text it is."""
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options) as book:
        sheet = book.add_worksheet(safe_sheet_name(sheet_name))
        bold, as_text = (
            book.add_format({"bold": True, "text_wrap": True}),
            book.add_format({"num_format": "@"}),
        )
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            sheet.write_string(0, column, clean(header), bold)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if value is None or value == "":
                    continue
                if isinstance(value, bool):
                    sheet.write_string(at, column, str(value))
                elif isinstance(value, int | float):
                    sheet.write_number(at, column, value)
                elif hasattr(value, "isoformat"):
                    sheet.write_datetime(at, column, value)
                else:
                    sheet.write_string(at, column, clean(str(value)), as_text)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A file beside `target` to write into; it takes the target's place when the block ends well, else it goes."""
    target = Path(target)
    new = target.with_name(f".{target.name}.{new_id()}.part")
    try:
        yield new
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def clean(text: str) -> str:
    """Text that a workbook can hold: without control characters and lone surrogates, at most 32,767 long."""
    return text.translate(_CONTROL)[:32767]


_CONTROL = dict.fromkeys(
    [*(c for c in range(32) if c not in (9, 10)), 127, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]
)


def safe_sheet_name(name: str) -> str:
    """A name that Excel takes for a sheet: 1 to 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    kept = "".join(" " if c in "[]:*?/\\" else c for c in clean(name)).strip().strip("'")[:31]
    return kept or "Sheet1"
