"""The command line: `zhengyou demo | serve | tick | office | roster | pack | campaign | board | verify | backup | restore |
drill`.

Exit codes (PRODUCT.md §6): 0 clean or done; 1 readable, but with questions, errors or findings; 2 unusable input or
usage, said in one sentence on stderr, with nothing half done.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from zhengyou.site import data, words
from zhengyou.site.words import gettext as _
from zhengyou.site.words import pgettext


class Parser(argparse.ArgumentParser):
    """One sentence on stderr and exit code 2 where a command is written wrongly."""

    def error(self, message: str) -> NoReturn:
        help_ = _("用法见 {command} --help").format(command=self.prog)
        self.exit(2, f"{message}{'. ' if words.english() else '。'}{help_}\n")


def a_day(text: str) -> date:
    """An ISO day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            _("日期写成 2010-11-22 这样，不是 {text}").format(text=text)
        ) from None


def a_port(text: str) -> int:
    """A port of the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(_("端口是 1 到 65535 的数，不是 {text}").format(text=text))
    return int(text)


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    words.teach_argparse()
    top = Parser(prog="zhengyou", description=_("争优：一份名单，一份计划，一张清单，一个算得清的数。"))
    commands = top.add_subparsers(dest="command", metavar=pgettext("command line", "命令"), required=True)
    _running(commands)
    _roster(commands)
    _packs(commands)
    _keeping(commands)
    return top


def _add(commands: Any, name: str, help_: str, *, as_json: bool = False) -> argparse.ArgumentParser:
    found: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    found.add_argument(
        "--data",
        metavar=pgettext("command line", "目录"),
        type=Path,
        default=data.directory(),
        help=_("数据目录，默认 ZHENGYOU_DATA，再默认 ./var"),
    )
    if as_json:
        found.add_argument("--json", action="store_true", help=_("结果写成 JSON"))
    return found


def _group(commands: Any, name: str, help_: str) -> Any:
    group = commands.add_parser(name, help=help_, description=help_)
    return group.add_subparsers(dest=name, metavar=pgettext("command line", "命令"), required=True)


def _running(commands: Any) -> None:
    for name, help_ in (
        ("demo", _("演示：一个虚构的组织，故事演到设定的一天")),
        ("serve", _("运行：网页、后台任务和定时器")),
    ):
        one = _add(commands, name, help_)
        one.add_argument("--host", default="127.0.0.1", help=_("监听的地址，默认只有本机"))
        one.add_argument("--port", type=a_port, default=8000, help=_("监听的端口，默认 8000"))
        one.add_argument("--no-worker", action="store_true", help=_("不运行后台任务"))
        one.add_argument("--no-tick", action="store_true", help=_("不运行定时器"))
        if name == "demo":
            one.add_argument(
                "--today", type=a_day, metavar=pgettext("command line", "日期"), help=_("演示设定的今天")
            )
            one.add_argument("--pack", default="excellence-2010", help=_("方案包的名字或文件"))
            one.add_argument("--no-serve", action="store_true", help=_("只准备目录，不运行"))
    tick = _add(commands, "tick", _("让时间往前走：到期、派发、汇总；由 serve 每分钟运行"), as_json=True)
    tick.add_argument(
        "--at", type=a_day, metavar=pgettext("command line", "日期"), help=_("按哪一天算，默认今天")
    )
    office = _group(commands, "office", pgettext("command line", "办公室"))
    invite = _add(office, "invite", _("请一个人进办公室，打印一次性的登录条"), as_json=True)
    invite.add_argument(
        "number", metavar=pgettext("command line", "编号"), help=_("花名册上的编号，以后用它登录")
    )
    invite.add_argument("name", metavar=pgettext("command line", "姓名"))


def _roster(commands: Any) -> None:
    roster = _group(commands, "roster", pgettext("command line", "花名册"))
    template = _add(roster, "template", _("写一份空的花名册工作簿"))
    template.add_argument("file", metavar=pgettext("command line", "文件"), type=Path)
    for name, help_ in (
        ("check", _("核对一份花名册，什么都不改")),
        ("import", _("导入一份花名册；有错或有问题没答就什么都不写")),
    ):
        one = _add(roster, name, help_, as_json=True)
        one.add_argument("file", metavar=pgettext("command line", "文件"), type=Path)
        one.add_argument(
            "--scope", default="all", choices=("all", "units"), help=_("名册包括谁：整个组织，或其中的单位")
        )
        one.add_argument(
            "--decisions", metavar=pgettext("command line", "文件"), type=Path, help=_("对问题的决定")
        )
        one.add_argument(
            "--day",
            type=a_day,
            metavar=pgettext("command line", "日期"),
            help=_("名册说的是哪一天，默认今天"),
        )
        one.add_argument(
            "--report",
            metavar=pgettext("command line", "文件"),
            type=Path,
            help=_("把错误标在名册的一份复制件里"),
        )
        if name == "import":
            one.add_argument("--name", default="", help=_("还没有组织时：组织的名称"))
            one.add_argument(
                "--pack", default="excellence-2010", help=_("还没有组织时：用哪个方案包的组织部分")
            )
    undo = _add(roster, "undo", _("列出还能撤销的导入，或撤销其中一次"), as_json=True)
    undo.add_argument(
        "id",
        metavar=pgettext("command line", "编号"),
        nargs="?",
        default="",
        help=_("哪一次导入；不写就列出来"),
    )
    undo.add_argument("--check", action="store_true", help=_("只看会怎样，什么都不改"))


def _packs(commands: Any) -> None:
    pack = _group(commands, "pack", pgettext("command line", "活动方案包"))
    check = _add(pack, "check", _("核对一个方案包：错误、没答的问题、默认、缺口"), as_json=True)
    check.add_argument("file", metavar=pgettext("command line", "文件"))
    check.add_argument(
        "--answers", metavar=pgettext("command line", "文件"), type=Path, help=_("连同这些答案一起核对")
    )
    _add(pack, "schema", _("方案包的 JSON Schema"))
    campaign = _group(commands, "campaign", pgettext("command line", "活动"))
    start = _add(campaign, "start", _("核对、答题、批准并启动一个活动"), as_json=True)
    start.add_argument("pack", metavar=pgettext("command line", "方案包"))
    start.add_argument(
        "--answers", metavar=pgettext("command line", "文件"), type=Path, help=_("对没答的问题的答案")
    )
    board = _add(commands, "board", _("进度总览：应办、免办、审核中、已通过、逾期、未到期"), as_json=True)
    board.add_argument(
        "--unit", default="", metavar=pgettext("command line", "单位"), help=_("哪个单位，默认整个组织")
    )
    day = pgettext("command line", "日期")
    board.add_argument("--as-of", default="", metavar=day, help=_("哪一天的进度，默认今天"))
    board.add_argument("--known-on", default="", metavar=day, help=_("按哪一天结束时已知的情况"))


def _keeping(commands: Any) -> None:
    _add(commands, "verify", _("验证日志链，指出第一条断开的记录"), as_json=True)
    backup = _add(commands, "backup", _("把全部数据连同密钥写成一个加密文件"), as_json=True)
    backup.add_argument(
        "file",
        metavar=pgettext("command line", "文件"),
        type=Path,
        nargs="?",
        help=_("默认写在当前目录，名字里有日期"),
    )
    restore = _add(commands, "restore", _("把备份文件恢复到一个空目录"), as_json=True)
    restore.add_argument("file", metavar=pgettext("command line", "文件"), type=Path)
    drill = _add(commands, "drill", _("演练恢复：恢复到一个临时目录，核对后删掉，结果记入日志"), as_json=True)
    drill.add_argument(
        "file",
        metavar=pgettext("command line", "文件"),
        type=Path,
        nargs="?",
        help=_("演练哪个备份文件；默认现在做一份"),
    )
    for one in (restore, drill):
        one.add_argument(
            "--key-file",
            metavar=pgettext("command line", "文件"),
            type=Path,
            help=_("写有恢复密钥的文件；也可以用 ZHENGYOU_RECOVERY_KEY"),
        )


def report(args: argparse.Namespace, facts: dict[str, Any], lines: Sequence[str]) -> None:
    """Print the outcome: JSON where asked for, otherwise sentences."""
    if getattr(args, "json", False):
        print(json.dumps(facts, ensure_ascii=False, default=str))
        return
    for line in lines:
        print(line)


def run(args: argparse.Namespace) -> int:
    """Carry out one parsed command; the bodies stand in the rooms."""
    from zhengyou.site import commands

    name = "_".join(filter(None, (args.command, getattr(args, args.command, None))))
    found: int = getattr(commands, name)(args)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point: exit code 0, 1 or 2 (130 for Ctrl+C); never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        args = parser().parse_args(argv)
        code = run(args)
        sys.stdout.flush()
        return code
    except data.Unusable as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read has seen enough; do not complain again while Python shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        return _broken(fault)


def _broken(fault: Exception) -> int:
    """A sentence for what rooms raise; for what nobody foresaw, where it was noted."""
    from django.core.exceptions import PermissionDenied

    from zhengyou.kit.faults import Conflict, Invalid

    if isinstance(fault, Invalid):
        for problem in fault.problems:
            print(problem.text, file=sys.stderr)
        return 2
    if isinstance(fault, Conflict | PermissionDenied):
        print(fault, file=sys.stderr)
        return 2
    from zhengyou.site import faults

    with contextlib.suppress(Exception):
        if why := faults.out_of_order(fault):
            print(why, file=sys.stderr)
            return 2
    place = data.directory() / "log" / "zhengyou.log"
    with contextlib.suppress(Exception):
        import logging

        logging.getLogger("zhengyou").error("a command failed", exc_info=fault)
    sentence = _("系统出了问题（{kind}），这条命令没有做完。原因记在 {place}，请交给维护的人。")
    print(sentence.format(kind=type(fault).__name__, place=place), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
