"""The command line's words: the site's catalogue read without Django, in the language that LANG names (en*, else Chinese)."""

from __future__ import annotations

import argparse
import gettext as machine
import os
from functools import cache
from pathlib import Path

#: argparse's own sentences in Chinese; it knows only English.
ARGPARSE = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "subcommands": "命令",
    "show this help message and exit": "显示这段说明",
    "the following arguments are required: %s": "还缺：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r，可以写：%(choices)s",
    "invalid %(type)s value: %(value)r": "写法不对：%(value)r",
    "expected one argument": "后面要写一个值",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "%(prog)s: error: %(message)s\n": "%(message)s\n",
}


def english() -> bool:
    """Whether the shell's language is English; every other one reads Chinese."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return named.lower().startswith("en")


@cache
def _catalogue(wanted: bool) -> machine.NullTranslations:
    if not wanted:
        return machine.NullTranslations()
    folder = Path(__file__).parent / "locale"
    return machine.translation("django", folder, languages=["en"], fallback=True)


def gettext(text: str) -> str:
    """A sentence of the command line in the user's language."""
    return _catalogue(english()).gettext(text)


def pgettext(context: str, text: str) -> str:
    """A short word of the command line, kept apart from the same word on pages."""
    return _catalogue(english()).pgettext(context, text)


def teach_argparse() -> None:
    """Let argparse speak Chinese where the user does."""
    if not english():
        argparse._ = lambda text: ARGPARSE.get(text, text)  # type: ignore[attr-defined]
