"""A process of its own that writes a database and the statements of its actions: `python -m ….power_child ROOM`.

ROOM/base.sqlite3 is the small school with a running task; ROOM/script.json holds, action by action, every statement that
SQLite was given while papers were handed in and judged, a roster was imported and two units were merged.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import date
from pathlib import Path


def main(room: Path) -> None:
    """Set the school up, then act while SQLite tells what it is given."""
    os.environ["ZHENGYOU_DATA"] = str(room / "var")
    from zhengyou.campaigns.tests import child

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
    import django

    django.setup()
    from django.db import connection

    from zhengyou.kit import clock

    with clock.playing(date(2010, 11, 22)):
        child.setup("12")
        raw = connection.connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(room / "var" / "zhengyou.sqlite3", room / "base.sqlite3")
        told: list[str] = []
        raw.set_trace_callback(told.append)
        script = [told[before:after] for before, after in acted(room, told)]
    (room / "script.json").write_text(json.dumps(script, ensure_ascii=False), encoding="utf-8")


def acted(room: Path, told: list[str]) -> list[tuple[int, int]]:
    """Do everything once; where in `told` each action began and ended."""
    from zhengyou.campaigns import actions
    from zhengyou.campaigns.models import Duty
    from zhengyou.org import actions as org
    from zhengyou.org import current
    from zhengyou.org.asked import Asked
    from zhengyou.org.models import Unit
    from zhengyou.org.roster.actions import import_roster
    from zhengyou.org.roster.comparing import compare
    from zhengyou.org.roster.rows import read
    from zhengyou.org.roster.standing import load
    from zhengyou.org.roster.words import Words
    from zhengyou.org.tests.builder import BY
    from zhengyou.org.tree import names
    from zhengyou.site.following import FOLLOW

    today, marks = date(2010, 11, 22), []

    def act(step) -> None:
        before = len(told)
        step()
        marks.append((before, len(told)))

    waiting = list(Duty.objects.select_related("member").filter(state="due").order_by("pk")[:10])
    for duty in waiting:
        act(lambda duty=duty: actions.hand_in(duty, by=duty.member.actor, done="读了三章", changed="会了"))
    for duty in waiting[:4]:
        act(lambda duty=duty: _accept(duty))
    part = current.part()
    branches = list(Unit.objects.filter(kind="branch").order_by("pk")[:2])
    called = names([unit.pk for unit in branches], today)
    lines = "编号,姓名,单位,类别\n" + "".join(
        f"n{i},新{i},{called[branches[0].pk]},学生\n" for i in range(40)
    )
    path = room / "roster.csv"
    path.write_text(lines, encoding="utf-8")
    words = Words(part)

    def again():
        return compare(read(path, words), load(part, today), words, scope="units")

    act(lambda: import_roster(again, by=BY, then=FOLLOW.roster, file_name=path.name))
    merged = Asked(
        "merge", today, "1号", units=tuple(u.public_id for u in branches), into=branches[1].public_id
    )
    act(lambda: org.decide(merged, by=BY, follow=FOLLOW))
    act(actions.tick)
    return marks


def _accept(duty) -> None:
    from zhengyou.campaigns import actions
    from zhengyou.campaigns.models import Submission
    from zhengyou.org.models import Person, Post, on

    paper = Submission.objects.get(duty=duty, state=10)
    held = Post.objects.filter(on(date(2010, 11, 22)), unit=paper.waits_at_id).exclude(person=duty.member_id)
    actions.accept(duty, by=Person.objects.get(pk=held.first().person_id).actor)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
