"""`zhengyou roster undo [IMPORT]`: lists the imports that can still be undone, or undoes one of them, or says who is in the way.

Exit codes: 0 listed or done; 1 refused, with the rows in the way named; 2 no such import, or the database took nothing.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import IO, Any

from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict
from zhengyou.kit.verdict import Refused
from zhengyou.org import rules as org_rules
from zhengyou.org.actions.rows import Follow
from zhengyou.org.figures import actors
from zhengyou.org.models import RosterImport
from zhengyou.org.roster import rules, undoing
from zhengyou.org.roster.actions_undoing import undo_import
from zhengyou.org.roster.views_undoing import lines

log = logging.getLogger("zhengyou.roster")
State = RosterImport.State


def undo(
    code: str = "",
    as_json: bool = False,
    *,
    check: bool = False,
    by: Actor | None = None,
    follow: Follow | None = None,
    out: IO[str] | None = None,
    err: IO[str] | None = None,
) -> int:
    """Undo the import of this id (`check`: only say what would happen); without an id, list what can be undone."""
    out, err = out or sys.stdout, err or sys.stderr
    actor = by or Actor.cli()
    authority = org_rules.authority_for(actor)
    if not code:
        return _list(authority, as_json, out)
    roster = RosterImport.objects.filter(public_id=code).select_related("entry").first()
    if roster is None:
        text = _("没有编号是「%(code)s」的导入。不写编号，会列出还能撤销的。")
        print(text % {"code": code}, file=err)
        return 2
    found, why = undoing.Undoing(), rules.may_undo(authority, roster)
    if why:
        found = undoing.look(roster, follow, clock.today())
        why = rules.may_undo(authority, roster, len(found.obstacles))
    done = False
    if why and not check:
        try:
            found = undo_import(roster, by=actor, seen=found.fingerprint, follow=follow)
            done = True
        except (Conflict, Refused) as late:
            print(str(late), file=err)
            return 1
        except DatabaseError:
            log.exception("the import was not undone")
            print(_("没有撤销，系统里什么都没变。数据库没有接受这次写入，可能正忙。请稍后再试。"), file=err)
            return 2
    _print(roster, found, done, "" if why else why.why, as_json, out)
    return 0 if why else 1


def _list(authority: org_rules.Authority, as_json: bool, out: IO[str]) -> int:
    rows = RosterImport.objects.filter(state=State.APPLIED).select_related("entry").order_by("-pk")
    found = [row for row in rows[:200] if rules.may_undo(authority, row)]
    names = actors(row.entry.actor for row in found if row.entry is not None)
    listed = [
        {
            "import": row.public_id,
            "file": row.file_name,
            "day": row.entry.day.isoformat() if row.entry else "",
            "until": str(rules.last_undo_day(row)),
            "by": names.get(row.entry.actor, "") if row.entry else "",
        }
        for row in found
    ]
    if as_json:
        json.dump({"imports": listed}, out, ensure_ascii=False)
        out.write("\n")
        return 0
    line = _("%(import)s  %(file)s，%(day)s导入（%(by)s），%(until)s前（含当天）可以撤销")
    for one in listed:
        print(line % one, file=out)
    if not listed:
        print(_("没有还能撤销的导入。"), file=out)
    return 0


def _print(
    roster: RosterImport, found: undoing.Undoing, done: bool, why: str, as_json: bool, out: IO[str]
) -> None:
    if as_json:
        facts: dict[str, Any] = {
            "import": roster.public_id,
            "file": roster.file_name,
            "undone": done,
            "why": why,
            "counts": found.counts,
            "units": found.units,
            "before": found.before,
            "after": found.after,
            "obstacles": [
                {"name": o.name, "number": o.number, "unit": o.unit, "why": o.why} for o in found.obstacles
            ],
        }
        json.dump(facts, out, ensure_ascii=False)
        out.write("\n")
        return
    if why:
        print(_("没有撤销，系统里什么都没变。") + why, file=out)
    for one in found.obstacles:
        print(f"  {one.number} {one.name}{_('：')}{one.why}".replace("   ", "  "), file=out)
    for word, n in lines(found.counts):
        print(f"  {word}{_('：')}{n}", file=out)
    if done:
        print(_("撤销了这次导入：组织和任务回到导入以前的样子。"), file=out)
