"""Chinese that no translation reaches: words and punctuation outside translation calls, doubled percent signs, words that
two rooms translate differently. Read from the source alone; `tests.words` prints them, `test_house` keeps them at none."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1] / "zhengyou"
CHINESE = re.compile("[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
CALLS = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy",
    "pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy",
}  # fmt: skip
DATES = "both languages stand side by side in a branch"
READS = "what people write is read, nothing is shown"
BOTH = "the workbook is bilingual: it is read in again"

#: File or folder -> why, and which strings (None: all of them). Whatever is not listed is found.
ALLOWED: dict[str, tuple[str, set[str] | None]] = {
    "site/story": ("the invented people and texts of the demo", None),
    "org/names.py": (READS, None),
    "org/roster/cells.py": (READS, None),
    "org/roster/near.py": (READS, None),
    "org/roster/rows.py": (READS, {"0123456789一二三四五六七八九十"}),
    "org/roster/words.py": (READS, None),
    "org/roster/actions_writing.py": (READS, {"\u4e00", "\u9fff"}),
    "org/roster/template.py": (BOTH, None),
    "org/roster/export.py": (BOTH, None),
    "commitments/forms.py": (READS, None),
    "commitments/hints.py": (READS, {"[0-9一二三四五六七八九十两每百千半]+\\s*(?:"}),
    "kit/word.py": ("names of fonts; headings are numbered in a branch for each language", None),
    "kit/sheets_child.py": (READS, {"，", "\x1f \u3000"}),
    "packs/blocks.py": (READS, None),
    "packs/dates.py": (READS, None),
    "packs/expressions.py": (READS, None),
    "packs/linter.py": (READS, None),
    "packs/labels.py": (DATES, None),
    "packs/organisation.py": (DATES, None),
    "overview/plan.py": (READS, {"[，,；;]"}),
    "campaigns/working.py": (
        READS,
        {"编号", "序号", "内容", "要点", "工作要点", "年度要点", "来源", "出处", "依据"},
    ),
    "campaigns/views/planning.py": (READS, {"，"}),
    "campaigns/views/words.py": (DATES, {"年", "月", "日"}),
    "overview/words.py": (DATES, {"年", "月", "日"}),
    "site/templatetags/zy.py": (DATES, {"年", "月", "日", "（星期", "）", "一二三四五六日"}),
    "site/shell.py": (DATES, {"星期"}),
    "site/words.py": ("argparse's own sentences, for the Chinese shell", None),
    "site/command.py": (DATES, {"。"}),
    "site/settings.py": ("a language is named in itself", {"中文"}),
    "site/templates/parts/top.html": ("a language is named in itself", {"中文"}),
}
TAGS = [
    r"\{#.*?#\}",
    r"\{% comment.*?endcomment %\}",
    r"\{% blocktrans.*?endblocktrans(?:late)? %\}",
    r"\{% trans(?:late)? .*?%\}",
    r"_\((?:\"[^\"]*\"|'[^']*')\)",
]


def sources(suffix: str) -> Iterator[Path]:
    """The product's own files."""
    for path in sorted(HOUSE.rglob(f"*{suffix}")):
        if not {"tests", "migrations", "vendor"} & set(path.parts):
            yield path


def of_python(text: str) -> Iterator[tuple[int, str]]:
    """(line, string) of Chinese outside translation calls; docstrings say nothing to users."""
    tree = ast.parse(text)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        elif isinstance(node, ast.Call) and _translates(node):
            skipped.update(inner for argument in node.args for inner in ast.walk(argument))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in skipped and CHINESE.search(str(node.value)):
            yield node.lineno, str(node.value)


def of_template(text: str) -> Iterator[tuple[int, str]]:
    """(line, Chinese) of a template outside its translation tags."""
    for tag in TAGS:
        text = re.sub(tag, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S)
    for number, line in enumerate(text.split("\n"), 1):
        for found in re.finditer(f"(?:{CHINESE.pattern})+", line):
            yield number, found[0]


def doubled(text: str) -> Iterator[tuple[int, str]]:
    """(line, sentence) of a doubled percent sign where nothing is filled in, so that both signs would be read."""
    tree = ast.parse(text)
    filled = {
        node.left for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _translates(node) and node not in filled and not node.keywords:
            said = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from ((node.lineno, text) for text in said if isinstance(text, str) and "%%" in text)


def _translates(node: ast.Call) -> bool:
    return getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS


def allowed(path: Path, string: str) -> bool:
    """Whether the list above names the string or its file."""
    name = path.relative_to(HOUSE).as_posix()
    for key in (name, *(parent.as_posix() for parent in Path(name).parents)):
        if key in ALLOWED:
            strings = ALLOWED[key][1]
            return strings is None or string in strings
    return False


def catalogues() -> Iterator[str]:
    """English that is no English, curly quotes, and words that two rooms translate differently without a context."""
    from babel.messages.pofile import read_po

    known: dict[tuple[str | None, str], dict[str, str]] = defaultdict(dict)
    for path in sorted(HOUSE.glob("*/locale/en/LC_MESSAGES/django.po")):
        room = path.relative_to(HOUSE).parts[0]
        with path.open("rb") as file:
            messages = [message for message in read_po(file) if message.id]
        for message in messages:
            first = message.id if isinstance(message.id, str) else message.id[0]
            strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
            known[message.context, first][room] = " | ".join(strings)
            for string in strings:
                if CHINESE.search(string) or CURLY.search(string):
                    yield f"{room}: {string!r} has Chinese signs or curly quotes"
                if "%%" in string and "%%" not in first:
                    yield f"{room}: {string!r} doubles a percent sign"
    for (_context, first), rooms in sorted(known.items(), key=lambda item: item[0][1]):
        if len(set(rooms.values())) > 1:
            yield f"{first!r} means {rooms}: give one a context"


def leftovers() -> list[str]:
    """Everything found, one line each."""
    found = []
    for path in sources(".py"):
        text = path.read_text("utf8")
        name = path.relative_to(HOUSE)
        found += [f"{name}:{n}: {s!r} is not translated" for n, s in of_python(text) if not allowed(path, s)]
        found += [f"{name}:{n}: {s!r} doubles a percent sign" for n, s in doubled(text)]
    for path in sources(".html"):
        name = path.relative_to(HOUSE)
        lines = of_template(path.read_text("utf8"))
        found += [f"{name}:{n}: {s!r} is not translated" for n, s in lines if not allowed(path, s)]
    return found + list(catalogues())
