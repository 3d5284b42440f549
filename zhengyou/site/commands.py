"""What each command does: open the data directory, hand over to the room, say what came of it."""

from __future__ import annotations

import argparse
import getpass
import io
import os
import sys
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from zhengyou.site import data, opening
from zhengyou.site.command import report
from zhengyou.site.serve import demo, serve
from zhengyou.site.words import gettext as _

__all__ = ["demo", "serve"]


def _quietly(text: str) -> None:
    """Progress goes to stderr, so that stdout holds the result alone."""
    print(text, file=sys.stderr, flush=True)


def _open(args: argparse.Namespace, *, exists: bool = False) -> Path:
    """Start Django on the data directory; with `exists`, refuse one that holds no organisation."""
    root = Path(args.data).resolve()
    external = bool(os.environ.get("ZHENGYOU_DATABASE_URL"))
    if exists and not external and not data.holds_something(root):
        raise data.Unusable(_nobody(root))
    opening.start(root, _quietly)
    from zhengyou.org import current

    if exists and current.organisation() is None:
        raise data.Unusable(_nobody(root))
    opening.activate_zone()
    return root


def _nobody(root: Path) -> str:
    return _(
        "{path} 里还没有组织。先用 zhengyou serve 建立，或用 zhengyou roster import 导入花名册。"
    ).format(path=root)


def _room(name: str) -> Any:
    """A room's `command` module; one sentence while the room does not have it."""
    try:
        return import_module(f"zhengyou.{name}.command")
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.startswith("zhengyou"):
            raise data.Unusable(_("这条命令还没有建好。")) from None
        raise


def tick(args: argparse.Namespace) -> int:
    """Move time on, to today or to the named day; a later day only in a demo directory."""
    root = _open(args, exists=True)
    from zhengyou.kit import clock
    from zhengyou.site import ticker

    if args.at and args.at > clock.today() and not data.is_demo(root):
        raise data.Unusable(
            _("--at 不能晚于今天（{today}）：只有演示目录的时间可以设定。").format(today=clock.today())
        )
    found = ticker.once(args.at)
    facts = {"day": (args.at or clock.today()).isoformat(), **(asdict(found) if found else {})}
    line = _("到 {day} 为止：改动 {n} 件任务。").format(
        day=facts["day"], n=sum(facts.get("changed", {}).values())
    )
    report(args, facts, [line])
    return 0


def office_invite(args: argparse.Namespace) -> int:
    """A sign-in slip for somebody who is to be in the office."""
    _open(args, exists=True)
    from zhengyou.journal.actions import Actor
    from zhengyou.org.actions.accounts import invite

    made = invite(args.name, args.number, by=Actor.cli())
    code = "-".join(made.code[i : i + 4] for i in range(0, len(made.code), 4))
    facts = {
        "number": args.number,
        "name": made.person.name,
        "code": code,
        "expires_at": made.expires_at.isoformat(),
    }
    lines = [
        _("{name}（{number}）可以用这个登录码登录一次并设密码，{day} 前有效：").format(
            name=made.person.name, number=args.number, day=made.expires_at.date()
        ),
        f"  {code}",
    ]
    report(args, facts, lines)
    return 0


def roster_template(args: argparse.Namespace) -> int:
    """An empty roster workbook with its explanations."""
    _open(args)
    found: int = _room("org.roster").template(args.file)
    return found


def roster_check(args: argparse.Namespace) -> int:
    """Compare a roster with the organisation; nothing is changed."""
    if data.holds_something(Path(args.data)):
        _open(args)
    else:
        opening.start_reading(Path(args.data))
    found: int = _room("org.roster").check(
        args.file,
        scope=args.scope,
        as_json=args.json,
        decisions=args.decisions,
        report_to=args.report,
        day=args.day,
    )
    return found


def roster_import(args: argparse.Namespace) -> int:
    """Import a roster in one transaction, or nothing of it; an empty directory is founded first if the roster is clean."""
    _open(args)
    from zhengyou.org import current
    from zhengyou.site.following import FOLLOW

    room = _room("org.roster")
    how = {"scope": args.scope, "as_json": args.json, "decisions": args.decisions, "day": args.day}
    if current.organisation() is None:
        said = io.StringIO()
        code: int = room.check(args.file, report_to=args.report, out=said, **how)
        if code:
            print(said.getvalue(), end="")
            return code
        _found(args)
    found: int = room.import_(args.file, report_to=args.report, then=FOLLOW.roster, **how)
    return found


def roster_undo(args: argparse.Namespace) -> int:
    """Take an applied import back, or list those that still can be."""
    _open(args, exists=True)
    from zhengyou.org.roster.command_undo import undo
    from zhengyou.site.following import FOLLOW

    return undo(args.id, args.json, check=args.check, follow=FOLLOW)


def _found(args: argparse.Namespace) -> None:
    """Found the organisation from a pack's part; the first person of the office comes by `office invite`."""
    from zhengyou.journal.actions import Actor
    from zhengyou.org import partfile
    from zhengyou.org.actions.founding import found_alone

    path = Path(args.pack)
    read = partfile.uploaded(path.name, path.read_bytes()) if path.is_file() else partfile.bundled(args.pack)
    if read.part is None:
        raise data.Unusable(read.faults[0])
    name = args.name or read.part.name.text() or read.part.kind(read.part.root_kind).text()
    found_alone(read.part, name, by=Actor.cli(), pack_id=read.pack_id)
    _quietly(_("已建立组织「{name}」。请人进办公室用：zhengyou office invite 编号 姓名").format(name=name))


def pack_check(args: argparse.Namespace) -> int:
    """Check a pack; needs no data directory."""
    opening.start_reading(Path(args.data))
    room = _room("packs")
    more = {"answers": str(args.answers)} if args.answers else {}
    found: int = room.check_command(args.file, args.json, sys.stdout, sys.stderr, **more)
    return found


def pack_schema(args: argparse.Namespace) -> int:
    """Print the JSON Schema of packs."""
    opening.start_reading(Path(args.data))
    found: int = _room("packs").schema_command(sys.stdout)
    return found


def campaign_start(args: argparse.Namespace) -> int:
    """Check, answer, approve and start a campaign."""
    _open(args, exists=True)
    found: int = _room("campaigns").start(args.pack, args.answers, args.json, out=sys.stdout, err=sys.stderr)
    return found


def board(args: argparse.Namespace) -> int:
    """The five figures, level by level."""
    _open(args, exists=True)
    found: int = _room("overview").board(
        args.unit or None,
        args.json,
        as_of=args.as_of,
        known_on=args.known_on,
        out=sys.stdout,
        err=sys.stderr,
    )
    return found


def verify(args: argparse.Namespace) -> int:
    """Prove the journal's chain and the frozen reports."""
    _open(args, exists=True)
    from zhengyou.campaigns import frozen
    from zhengyou.journal import chain

    proof = chain.verify()
    lost = frozen.verify()
    facts = {
        "entries": proof.entries,
        "first_broken": proof.broken,
        "why": proof.why,
        "reports": frozen.count(),
        "reports_broken": [one.public_id for one in lost],
    }
    if proof.broken is None and not lost:
        lines = [_("日志链完整，共 {n} 条。").format(n=proof.entries)]
        if facts["reports"]:
            lines.append(_("归档报告 {n} 份，和事实都对得上。").format(n=facts["reports"]))
        report(args, facts, lines)
        return 0
    if proof.broken is None:
        sentence = _("归档报告 {ids} 和现在的事实对不上：有人直接改过数据库。请用备份核对。")
        report(args, facts, [sentence.format(ids=", ".join(one.public_id for one in lost))])
        return 1
    reasons = {
        "missing": _("缺了一条或几条"),
        "link": _("与前一条接不上"),
        "content": _("内容与当时记下的不符"),
    }
    sentence = _("日志链在第 {n} 条断开：{why}。").format(
        n=proof.broken, why=reasons.get(proof.why, proof.why)
    )
    report(args, facts, [sentence])
    return 1


def backup(args: argparse.Namespace) -> int:
    """Write everything into one sealed file."""
    from zhengyou.site import backup as room

    root = opening.point_at(_existing(args))
    made = room.make_recovery_key(root)
    if made is not None:
        _quietly(_("备份的恢复密钥，只显示这一次，请抄下来放在服务器以外的地方。没有它，备份打不开："))
        _quietly(f"  {made}")
    target = args.file or Path(f"zhengyou-{datetime.now():%Y%m%d-%H%M%S}.backup")
    done = room.write(root, target)
    line = _("已写成 {path}：{n} 个文件，{size} 字节。").format(path=target, n=done.files, size=done.size)
    report(args, _facts(done), [line])
    return 0


def _existing(args: argparse.Namespace) -> Path:
    root = Path(args.data).resolve()
    if not data.holds_something(root) and not os.environ.get("ZHENGYOU_DATABASE_URL"):
        raise data.Unusable(_("{path} 里没有可以备份的数据。").format(path=root))
    return root


def restore(args: argparse.Namespace) -> int:
    """Open a sealed file into an empty directory."""
    from zhengyou.site import backup as room

    if not args.file.is_file():
        raise data.Unusable(_("没有 {path} 这个文件。").format(path=args.file))
    root = Path(args.data).resolve()
    done = room.restore(args.file, root, _recovery_key(args))
    report(args, _facts(done), [_("已恢复到 {path}：{n} 个文件，核对无误。").format(path=root, n=done.files)])
    return 0


def drill(args: argparse.Namespace) -> int:
    """Restore a backup to a scratch place and prove it; the outcome goes into the journal. 1 where it found a fault."""
    from zhengyou.site import drill as room

    root = _open(args, exists=True)
    if args.file is not None and not args.file.is_file():
        raise data.Unusable(_("没有 {path} 这个文件。").format(path=args.file))
    words = _recovery_key(args) if args.file is not None else ""
    done = room.drill(root, args.file, words)
    room.note(done, "cli")
    lines = [
        _("演练用了 {n} 秒：{source}，{size} 字节。").format(
            n=done.seconds, source=done.source, size=done.bytes
        )
    ]
    if done.faults:
        lines += [_("恢复不出来："), *(f"  {fault}" for fault in done.faults)]
    else:
        sentence = _("恢复无误：日志 {entries} 条，人 {people}，任务 {duties} 件；之后又写了 {behind} 条。")
        counts = done.counts
        lines.append(
            sentence.format(
                entries=done.entries,
                people=counts["org_person"],
                duties=counts["campaigns_duty"],
                behind=done.behind,
            )
        )
    report(args, done.as_json(), lines)
    return 1 if done.faults else 0


def _recovery_key(args: argparse.Namespace) -> str:
    """From the key file, the environment, or asked for."""
    if args.key_file:
        try:
            return str(args.key_file.read_text(encoding="utf-8")).strip()
        except (OSError, UnicodeDecodeError):
            raise data.Unusable(_("密钥文件 {path} 读不了。").format(path=args.key_file)) from None
    if found := os.environ.get("ZHENGYOU_RECOVERY_KEY"):
        return found
    if not sys.stdin.isatty():
        raise data.Unusable(_("要恢复密钥：用 --key-file，或设 ZHENGYOU_RECOVERY_KEY。"))
    return getpass.getpass(_("恢复密钥："))


def _facts(done: Any) -> dict[str, Any]:
    return {"path": str(done.path), "files": done.files, "size": done.size, "digest": done.digest}
