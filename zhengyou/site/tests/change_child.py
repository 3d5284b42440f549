"""A process of its own on a data directory of its own: `python -m zhengyou.site.tests.change_child VERB ARGUMENT`.

setup N: the small school with N more members in one branch, all owing papers. merge PLACE: merge that branch into another
and back, again and again; where PLACE is a number, die by SIGKILL before that statement. preview: look at that merger while
another connection writes before each statement, then do it. check: what is there; prints JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date
from typing import Any

DAY = date(2010, 11, 22)


def main(verb: str, argument: str) -> None:
    """Run one verb; Django is set up on ZHENGYOU_DATA."""
    import django

    django.setup()
    from zhengyou.kit import clock

    with clock.playing(DAY):
        {"setup": setup, "merge": merge, "preview": preview, "check": check}[verb](argument)


def setup(number: str) -> None:
    """Tables, school, members, a campaign with overdue work."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    from zhengyou.campaigns.tests import play
    from zhengyou.journal.actions import record
    from zhengyou.kit.sql import run
    from zhengyou.org.tests import builder

    school = builder.build()
    with record("test.filled", by=builder.BY) as entry:
        numbers = "WITH RECURSIVE i (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM i WHERE k < :n)"
        top = school.stranger.pk + 1000
        run(
            f"""INSERT INTO org_person (id, public_id, number, name, sort_key, email, phone, note)
                {numbers} SELECT :top + k, 'm' || k, 'n' || k, 'n' || k, 'n', '', '', '' FROM i""",
            n=int(number),
            top=top,
        )
        run(
            f"""INSERT INTO org_affiliation (person_id, unit_id, role, category, status, begun, ended, valid_from, valid_to,
                entry_id) {numbers} SELECT :top + k, :unit, 'R', 'student', 'full', 'in', '', :day, :far, :entry FROM i""",
            n=int(number),
            top=top,
            unit=school.branch2.pk,
            day=date(2010, 9, 1),
            far=date(9999, 12, 31),
            entry=entry.id,
        )
    slots = [play.slot(str(m), date(2010, m, 1), date(2010, m, 28)) for m in (10, 11)]
    play.run(play.member_task("all", *slots), play.unit_task("report", *slots))


def merge(place: str) -> None:
    """Merge the two largest branches into a new one; prints the change's id once it is committed."""
    from django.db import connection

    from zhengyou.org import actions
    from zhengyou.org.tests import builder
    from zhengyou.site.following import FOLLOW

    counted = [0]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counted[0] += 1
        if counted[0] == int(place):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    asked = _asked()
    with connection.execute_wrapper(wrapper):
        done = actions.decide(asked, by=builder.BY, follow=FOLLOW)
    print(done.public_id, counted[0])


def _asked() -> Any:
    """The merger of the two largest branches into a new one."""
    from zhengyou.org import tree
    from zhengyou.org.asked import Asked
    from zhengyou.org.models import Unit

    units = list(tree.units_on(DAY).filter(unit__kind="branch", unit__opened_on__lt=DAY)[:2])
    parent = units[0].parent
    assert parent is not None
    ids = tuple(unit.unit.public_id for unit in units)
    name = f"联合党支部{Unit.objects.count()}"
    return Asked("merge", DAY, "1", units=ids, name=name, unit_kind="branch", parent=parent.public_id)


def preview(_nothing: str) -> None:
    """Preview, then do it; prints how often another wrote meanwhile, who had to wait, and whether both say the same."""
    import sqlite3

    from django.conf import settings
    from django.db import connection

    from zhengyou.org import actions
    from zhengyou.org.actions import changes
    from zhengyou.org.models import Affiliation
    from zhengyou.org.tests import builder
    from zhengyou.site.following import FOLLOW

    other = sqlite3.connect(settings.DATA / "zhengyou.sqlite3", timeout=0, isolation_level=None)
    found = {"wrote": 0, "waited": 0}

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE journal_chain SET last = last")
            other.execute("COMMIT")
            found["wrote"] += 1
        except sqlite3.OperationalError:
            found["waited"] += 1
        return execute(sql, params, many, context)

    asked, members = _asked(), Affiliation.objects.count()
    with connection.execute_wrapper(wrapper):
        shown = actions.preview(asked, by=builder.BY, follow=FOLLOW)
    facts = {
        "rows": Affiliation.objects.count() - members,
        "left": len(os.listdir(settings.DATA / "staging")),
    }
    done = actions.decide(asked, by=builder.BY, follow=FOLLOW, seen=changes.fingerprint(shown))
    print(json.dumps(found | facts | {"done": done.state == done.State.DONE}))


def check(_nothing: str) -> None:
    """How many members where, what is closed, whether anything is wrong."""
    from zhengyou.campaigns import actions, duties
    from zhengyou.campaigns.models import Duty, DutyEvent
    from zhengyou.campaigns.tests import play
    from zhengyou.journal import chain
    from zhengyou.org import tree
    from zhengyou.org.models import Affiliation, Succession, Unit, UnitChange, on

    root = tree.root()
    assert root is not None
    found = {
        "members": tree.headcounts([root.pk], DAY)[root.pk],
        "rows": Affiliation.objects.filter(on(DAY)).count(),
        "closed": Unit.objects.filter(closed_on__lte=DAY).count(),
        "merged": UnitChange.objects.filter(kind="merge").count(),
        "edges": Succession.objects.count(),
        "carried": Duty.objects.exclude(carried_on=None).count(),
        "events": DutyEvent.objects.count(),
    }
    everything = play.compare(DAY)
    before = chain.verify()
    settled = actions.tick(full=True).changed
    found |= {
        "faults": [*duties.faults(), *tree.faults()],
        "same": everything.live == everything.cached,
        "broken": before.broken,
        "settled": settled == {},
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
