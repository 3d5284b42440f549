"""A process of its own whose disk is full for a while: `python -m ….full_child ROOM`; prints what happened as JSON."""

from __future__ import annotations

import json
import os
import sys
from datetime import date


def main(room: str) -> None:
    """The small school hands in a paper: on a full disk, and again when there is room."""
    os.environ["ZHENGYOU_DATA"] = room
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
    import django

    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from zhengyou.campaigns.tests import child
    from zhengyou.kit import clock

    with clock.playing(date(2010, 11, 22)):
        child.setup("3")
        print(json.dumps(played()))


def played() -> dict[str, object]:
    """Statuses, counts and the sentence shown."""
    from django.db import connection

    from zhengyou.campaigns.models import Duty, Submission
    from zhengyou.journal import chain
    from zhengyou.journal.models import Entry
    from zhengyou.org.models import Person
    from zhengyou.org.tests import builder

    member = Person.objects.get(number="x0")
    duty = Duty.objects.get(member=member)
    browser, url = builder.client(member), f"/duties/{duty.pk}/"
    form = {"has": "yes", "done": "讲了六道题。" * 700, "changed": "都会了", "key": "k" * 32}
    form["version"] = str(duty.version)
    opened = browser.get(url).status_code

    def pragma(text: str) -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute(text).fetchone()[0])

    before = Entry.objects.count()
    pragma(f"PRAGMA max_page_count = {pragma('PRAGMA page_count') - pragma('PRAGMA freelist_count')}")
    refused = browser.post(url, form)
    shown = refused.content.decode()
    read = [browser.get(path).status_code for path in ("/desk/", url, "/me/")]
    full = {"entries": Entry.objects.count() - before, "papers": Submission.objects.count()}
    pragma("PRAGMA max_page_count = 1000000000")
    again = browser.post(url, form)
    return {
        "opened": opened,
        "refused": refused.status_code,
        "sentence": "磁盘满了" in shown,
        "kept": "讲了六道题。讲了六道题。" in shown,
        "read": read,
        "full": full,
        "again": again.status_code,
        "papers": Submission.objects.count(),
        "broken": chain.verify().broken,
    }


if __name__ == "__main__":
    main(sys.argv[1])
