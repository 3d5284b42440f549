"""What `zhengyou campaign start` does: check, answer, approve and start a pack in one go, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou import packs
from zhengyou.campaigns import packed, preparing
from zhengyou.campaigns.actions import preparing as actions
from zhengyou.campaigns.actions import start as start_campaign
from zhengyou.campaigns.models import Campaign
from zhengyou.campaigns.preparing import Point
from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org import tree
from zhengyou.packs.locations import beside, locate

STARTED, BLOCKED, UNUSABLE = 0, 1, 2
LARGEST = 400_000
"""Largest pack or sidecar read, bytes: the reader's own limit."""


class _Stop(Exception):
    """Leave the transaction without a trace; `points` say why."""

    def __init__(self, points: list[Point], campaign: Campaign | None = None):
        super().__init__("blocked")
        self.points, self.campaign = points, campaign


def start(
    pack_path: str | Path,
    answers_path: str | Path | None,
    as_json: bool,
    by: Actor | None = None,
    *,
    out: TextIO,
    err: TextIO,
) -> int:
    """Start a pack (path or bundled id) with an answers file; 0 started, 1 blocked (points), 2 unusable (one sentence).

    A campaign of the same pack that is still being prepared is gone on with; its answers are laid under the file's.
    """
    by = by or Actor.cli()
    if tree.root() is None:
        return _unusable(err, _("这里还没有组织：先用 serve 打印的链接建立组织，再启动活动。"))
    text, english, sentence = _read(pack_path)
    if sentence:
        return _unusable(err, sentence)
    given: Mapping[str, Any] = {}
    if answers_path:
        read = packs.read_answers(answers_path)
        if read.faults:
            return _unusable(err, str(read.faults[0]))
        given = read.values
    name = locate(str(pack_path)).name
    unusable = packed.read_text(text, english, name=name).unusable
    if unusable is not None:
        return _unusable(err, str(unusable))
    try:
        with transaction.atomic():
            done = _go(text, english, name, given, by)
    except _Stop as stop:
        return _report(stop.points, None, as_json, out)
    except (Conflict, Refused) as fault:
        return _report([Point("blocks", str(fault))], None, as_json, out)
    return _report(done["points"], done, as_json, out)


def _read(pack_path: str | Path) -> tuple[str, str, str]:
    """The pack's text, its English, and a sentence where it cannot be read."""
    path = locate(str(pack_path))
    try:
        if path.stat().st_size > LARGEST:
            return "", "", _("「%(path)s」太大：一个方案包不超过 400 KB。") % {"path": path}
        other = beside(path, "en")
        english = other.read_text("utf-8-sig") if other and other.stat().st_size <= LARGEST else ""
        raw = path.read_bytes()
    except (OSError, ValueError):
        return "", "", _("「%(path)s」打不开：请核对路径，或写自带方案包的名字。") % {"path": pack_path}
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding), english, ""
        except UnicodeDecodeError:
            continue
    return "", "", _("「%(path)s」不是文本文件：方案包是 UTF-8 的 YAML 文件。") % {"path": path}


def _go(text: str, english: str, name: str, given: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """All four steps inside the caller's transaction; raises _Stop where one is blocked."""
    checked = packed.read_text(text, english, name=name)
    if checked.errors or checked.pack is None:
        raise _Stop([Point("blocks", str(fault)) for fault in checked.errors])
    campaign = Campaign.objects.filter(pack_id=checked.pack.pack.id, state__lt=Campaign.State.CLOSED).first()
    if campaign is None:
        campaign = actions.take_up(text, english, by=by, name=name)
    elif campaign.state == Campaign.State.RUNNING:
        raise _Stop([Point("blocks", _("「%(name)s」已经在进行中。") % {"name": campaign.zh})])
    elif campaign.text != text:
        sentence = _("「%(name)s」正在准备，用的是另一份方案包文件：在页面上接着做。") % {"name": campaign.zh}
        raise _Stop([Point("blocks", sentence)])
    if given:
        try:
            actions.answer(campaign, given, by=by)
        except Invalid as fault:
            raise _Stop(
                [Point("blocks", f"{p.field}: {p.text}" if p.field else p.text) for p in fault.problems]
            ) from None
    campaign.refresh_from_db()
    points = preparing.checklist(campaign)
    rest = [p for p in points if p.level != "ok" and p.link != "approve"]
    if any(p.level == "blocks" for p in rest):
        raise _Stop(rest, campaign)
    if campaign.state == Campaign.State.DRAFT:
        actions.approve(campaign, _("命令行登记，%(day)s") % {"day": clock.today().isoformat()}, by=by)
        campaign.refresh_from_db()
    try:
        done = start_campaign(campaign, by=by)
    except Invalid as fault:
        raise _Stop([Point("blocks", p.text) for p in fault.problems]) from None
    return {
        "campaign": campaign.public_id,
        "pack": campaign.pack_id,
        "tasks": done.tasks,
        "periods": done.slots,
        "issued": done.issued,
        "points": rest,
    }


def _report(points: list[Point], done: dict[str, Any] | None, as_json: bool, out: TextIO) -> int:
    items = [item for point in points for item in point.as_json()]
    if as_json:
        body: dict[str, Any] = {"started": done is not None, "points": items}
        if done is not None:
            body |= {key: done[key] for key in ("campaign", "pack", "tasks", "periods", "issued")}
        json.dump(body, out, ensure_ascii=False, indent=1)
        out.write("\n")
        return STARTED if done is not None else BLOCKED
    words = {"blocks": _("挡住"), "warns": _("提醒")}
    for item in items:
        out.write(f"{words.get(item['level'], '')} {item['text']}\n")
    if done is None:
        out.write(_("没有启动，系统里什么都没变。") + "\n")
        return BLOCKED
    text = ngettext(
        "启动了：%(tasks)s 项任务，派出 %(n)s 件。",
        "启动了：%(tasks)s 项任务，派出 %(n)s 件。",
        done["issued"],
    )
    out.write(text % {"tasks": done["tasks"], "n": f"{done['issued']:,}"} + "\n")
    return STARTED


def _unusable(err: TextIO, sentence: str) -> int:
    err.write(sentence.rstrip() + "\n")
    return UNUSABLE
