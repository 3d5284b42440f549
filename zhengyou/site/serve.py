"""`serve` and `demo`: one process to run, with web workers, task worker and ticker as children."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
import threading
import time
from datetime import date
from pathlib import Path

from zhengyou.site import data, opening
from zhengyou.site.supervisor import Child, Stop, Supervisor
from zhengyou.site.words import gettext as _


def say(text: str) -> None:
    """One line of progress."""
    print(text, flush=True)


def serve(args: argparse.Namespace) -> int:
    """Run an installation; on an empty directory print the one-time link that founds the organisation."""
    supervisor = Supervisor()
    try:
        root = Path(args.data)
        if data.is_demo(root):
            raise data.Unusable(_("{path} 是演示目录，请用 zhengyou demo 打开。").format(path=root.resolve()))
        _must_be_free(args.host, args.port)
        opening.start(root, say)
        address = _address(args)
        first = _first_start(address)
        return _run(supervisor, args, [f"{address}/", *first])
    except Stop:
        return 0


def demo(args: argparse.Namespace) -> int:
    """Make (or open again) a demo directory with its story played up to the set day, and serve it."""
    supervisor = Supervisor()
    try:
        root = Path(args.data)
        if data.holds_something(root) and not data.is_demo(root):
            raise data.Unusable(
                _("{path} 里是真实的组织，演示不会动它。请用 --data 另指一个目录。").format(
                    path=root.resolve()
                )
            )
        if not args.no_serve:
            _must_be_free(args.host, args.port)
        day = args.today or demo_day(args.pack)
        wanted = {"today": day.isoformat(), "pack": args.pack, "ready": True}
        mark = data.demo_mark(root)
        if {name: mark.get(name) for name in wanted} == wanted:
            opening.start(root, say)
        else:
            _play(root, day, args.pack)
        if args.no_serve:
            say(_("演示目录准备好了：{path}").format(path=root.resolve()))
            return 0
        return _run(supervisor, args, [f"{_address(args)}/"])
    except Stop:
        return 0


def demo_day(pack: str) -> date:
    """The day on which a pack's demo stands: `demo.today` of the demo answers beside the pack. Raises Unusable."""
    from zhengyou.packs import locations

    path = locations.locate(pack)
    beside = locations.beside(path, "demo-answers")
    if beside is None:
        raise data.Unusable(
            _("没有 {pack} 的演示答案（{name}）。").format(pack=pack, name=f"{path.stem}.demo-answers.yaml")
        )
    try:
        return date.fromisoformat(str(locations.read_file(beside).data["demo"]["today"]))
    except (KeyError, TypeError, ValueError):
        raise data.Unusable(_("{path} 里没有写 demo.today。").format(path=beside)) from None


def _play(root: Path, day: date, pack: str) -> None:
    """Play the story from an empty directory; one that was interrupted is begun afresh."""
    if data.is_demo(root):
        data.wipe_demo(root)
    opening.point_at(root)
    data.mark_demo(root, day, pack)
    opening.start(root, say)
    from zhengyou.site import story

    began = time.monotonic()
    say(_("正在演出演示故事，一直到 {day} …").format(day=day.isoformat()))
    try:
        cast = story.play(pack=pack, today=day, say=say)
    except story.Unplayable as fault:
        raise data.Unusable(_("{pack} 演不了：{why}").format(pack=pack, why=fault)) from None
    data.mark_demo(root, day, pack, cast, ready=True)
    say(_("演示准备好了，用了 {n} 秒。").format(n=round(time.monotonic() - began)))


def _first_start(address: str) -> list[str]:
    """On an empty directory: the one-time set-up link, and the recovery key of its backups, shown once."""
    from zhengyou.org import current
    from zhengyou.org.actions.accounts import make_setup_link

    if current.organisation() is not None:
        return []
    lines = [_("这里还没有组织。用这个链接建立（24 小时内有效，只能用一次）：")]
    lines.append(f"  {address}/setup/{make_setup_link()}/")
    return lines + recovery_lines()


def recovery_lines() -> list[str]:
    """The recovery key, made and printed once; without it no backup can be opened again."""
    from zhengyou.site import backup

    made = backup.make_recovery_key(Path(os.environ["ZHENGYOU_DATA"]))
    if made is None:
        return []
    return [
        _("备份的恢复密钥，只显示这一次，请抄下来放在服务器以外的地方。没有它，备份打不开："),
        f"  {made}",
    ]


def _address(args: argparse.Namespace) -> str:
    host = "127.0.0.1" if args.host in ("0.0.0.0", "::") else args.host
    return f"http://{f'[{host}]' if ':' in host else host}:{args.port}"


def _must_be_free(host: str, port: int) -> None:
    """Raises Unusable where the address cannot be listened on. Tried without SO_REUSEPORT, which would hide a neighbour."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            sentence = _("{host}:{port} 已经有程序在用。先停掉它，或用 --port 换一个端口。")
        else:
            sentence = _("在 {host}:{port} 上开不了（{why}）。请核对 --host 和 --port。")
        raise data.Unusable(sentence.format(host=host, port=port, why=fault.strerror or fault)) from None


def _run(supervisor: Supervisor, args: argparse.Namespace, lines: list[str]) -> int:
    """Publish the static files, start the children, print the address once it answers."""
    from django.conf import settings
    from django.db import connections

    from zhengyou.site import assets

    assets.publish(settings.DATA / "static")
    os.environ["ZHENGYOU_PUBLISHED"] = "1"
    if args.host not in ("127.0.0.1", "localhost", "::1") and "ZHENGYOU_HOSTS" not in os.environ:
        say(_("提示：别的电脑要打开它，请把它们用的主机名写进 ZHENGYOU_HOSTS。"))
    connections.close_all()
    threading.Thread(target=_announce, args=(supervisor, args, lines), daemon=True).start()
    failed = supervisor.run(children(args))
    if failed:
        print(
            _("网页服务自己停了，其余的也已停止。原因见 {path}。").format(path=settings.DATA / "log"),
            file=sys.stderr,
        )
    return failed


def children(args: argparse.Namespace) -> list[Child]:
    """What runs: the web workers always, the task worker and the ticker unless they are run apart."""
    python = [sys.executable, "-m"]
    workers = str(max(2, min(4, os.cpu_count() or 1)))
    web = [
        *python,
        "granian",
        "--interface",
        "wsgi",
        "--host",
        args.host,
        "--port",
        str(args.port),
        "--no-ws",
    ]
    web += ["--workers", workers, "--blocking-threads", "4", "--respawn-failed-workers"]
    web += ["--workers-kill-timeout", "3", "--log-level", "error", "zhengyou.site.wsgi:application"]
    found = [Child("web", web, vital=True)]
    if not args.no_worker:
        found.append(
            Child("worker", [*python, "zhengyou.manage", "db_worker", "--no-startup-delay", "-v", "0"])
        )
    if not args.no_tick:
        found.append(Child("ticker", [*python, "zhengyou.site.ticker"]))
    return found


def _announce(supervisor: Supervisor, args: argparse.Namespace, lines: list[str]) -> None:
    host = "127.0.0.1" if args.host == "0.0.0.0" else "::1" if args.host == "::" else args.host
    while not supervisor.stopping:
        try:
            socket.create_connection((host, args.port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        for line in lines:
            say(line)
        say(_("按 Ctrl+C 停止。"))
        return
