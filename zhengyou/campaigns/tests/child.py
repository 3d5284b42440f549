"""A process of its own on a data directory of its own: `python -m zhengyou.campaigns.tests.child VERB ARGUMENT...`.

setup N: the small school with N more members, all owing one reviewed task. submit FILE: hand in one after the other,
each noted in FILE once it is committed. check FILE: what was noted is there, and nothing is wrong; prints JSON.
crowd N: as setup, the members by one statement. share FILE K N: as submit, each Nth duty from the Kth on. look FILE:
what was noted is there, and the file and the chain are whole; prints JSON.
"""

from __future__ import annotations

import json
import os
import sys


def main(verb: str, argument: str, *more: int) -> None:
    """Run one verb; Django is set up on ZHENGYOU_DATA."""
    import django

    django.setup()
    from datetime import date

    from zhengyou.kit import clock

    with clock.playing(date(2010, 11, 22)):
        verbs = {
            "setup": setup,
            "crowd": crowd,
            "submit": submit,
            "share": submit,
            "check": check,
            "look": look,
        }
        verbs[verb](argument, *more)


def setup(number: str, crowded: bool = False) -> None:
    """Tables, school, members, a running task."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    from zhengyou.campaigns.tests import play
    from zhengyou.org import actions as org
    from zhengyou.org.tests import builder

    school = builder.build()
    if crowded:
        crowd_in(int(number), school.branch.pk)
    for n in range(0 if crowded else int(number)):
        org.add_person(f"人{n}", number=f"x{n}", unit=school.branch, day=play.day(11, 1), by=builder.BY)
    play.run(play.member_task("all", review=("parent",), review_mode="each"))


def crowd(number: str) -> None:
    """As `setup`, for thousands of members."""
    setup(number, crowded=True)


def crowd_in(number: int, unit: int) -> None:
    """That many members of one unit, registered by two statements."""
    from zhengyou.campaigns.tests import play
    from zhengyou.journal.actions import record
    from zhengyou.kit.sql import FAR, run
    from zhengyou.org.models import Person
    from zhengyou.org.tests import builder

    numbers = "WITH RECURSIVE i (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM i WHERE k < :n)"
    top = max(Person.objects.values_list("pk", flat=True)) + 1000
    with record("test.filled", by=builder.BY) as entry:
        run(
            f"""INSERT INTO org_person (id, public_id, number, name, sort_key, email, phone, note)
                {numbers} SELECT :top + k, 'm' || k, 'n' || k, 'n' || k, 'n', '', '', '' FROM i""",
            n=number,
            top=top,
        )
        run(
            f"""INSERT INTO org_affiliation (person_id, unit_id, role, category, status, begun, ended, valid_from, valid_to,
                entry_id) {numbers} SELECT :top + k, :unit, 'R', 'student', 'full', 'in', '', :day, :far, :entry FROM i""",
            n=number,
            top=top,
            unit=unit,
            day=play.day(11, 1),
            far=FAR,
            entry=entry.id,
        )


def submit(noted: str, first: int = 0, step: int = 1) -> None:
    """Hand in every duty that is due, in order; whoever was faster is passed over. Prints how many were ours."""
    from zhengyou.campaigns import actions
    from zhengyou.campaigns.models import Duty
    from zhengyou.kit.faults import Conflict
    from zhengyou.kit.verdict import Refused

    ours = 0
    with open(noted, "a") as out:
        for duty in Duty.objects.select_related("member").filter(state="due").order_by("pk"):
            if duty.pk % step != first % step:
                continue
            try:
                actions.hand_in(duty, by=duty.member.actor, nothing=True, base_version=duty.version)
            except (Conflict, Refused):
                continue
            ours += 1
            out.write(f"{duty.pk}\n")
            out.flush()
            os.fsync(out.fileno())
    print(ours)


def look(noted: str) -> None:
    """What was noted and is not there, how many are there, what the database says of its file, the first broken link."""
    from django.db import connection

    from zhengyou.campaigns.models import Duty, Submission
    from zhengyou.journal import chain

    with open(noted) as lines:
        acked = {int(line) for line in lines if line.endswith("\n")}
    there = set(Duty.objects.filter(state="submitted").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    found = {"lost": len(acked - there), "acked": len(acked), "there": len(there), "whole": whole}
    print(json.dumps(found | {"papers": Submission.objects.count(), "broken": chain.verify().broken}))


def check(noted: str) -> None:
    """Compare what was noted with what is there."""
    from zhengyou.campaigns import actions, duties
    from zhengyou.campaigns.models import Duty, Submission
    from zhengyou.campaigns.tests import play
    from zhengyou.journal import chain

    with open(noted) as lines:
        acked = {int(line) for line in lines if line.endswith("\n")}
    there = set(Duty.objects.filter(state="submitted").values_list("pk", flat=True))
    actions.tick()
    everything = play.compare(play.day(11, 22))
    print(
        json.dumps(
            {
                "lost": len(acked - there),
                "acked": len(acked),
                "there": len(there),
                "papers": Submission.objects.count(),
                "due": Duty.objects.filter(state="due").count(),
                "faults": duties.faults(),
                "same": everything.live == everything.cached,
                "broken": chain.verify().broken,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
