"""A process of its own on a data directory of its own: plants a canary wherever a person can leave one, then erases.

`python -m zhengyou.site.tests.forgetter plant|erase`; prints JSON. ZHENGYOU_DATA names the directory.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta

TOKEN = "kanari7391"
NAME, NUMBER = f"{TOKEN} 金丝雀", f"{TOKEN.upper()}01"
DAY = date(2010, 11, 22)


def main(verb: str) -> None:
    """Run one verb; Django is set up on ZHENGYOU_DATA."""
    import django

    django.setup()
    from django.db import connections

    # Debian builds SQLite so that it wipes by itself; elsewhere free pages keep what was deleted.
    connections.databases["default"]["OPTIONS"]["init_command"] += "; PRAGMA secure_delete=OFF"
    from zhengyou.kit import clock

    with clock.playing(DAY if verb == "plant" else DAY + timedelta(days=900)):
        print(json.dumps({"plant": plant, "erase": erase}[verb]()))


def say(what: str) -> str:
    """A text with the canary in it."""
    return f"{TOKEN} {what}"


def plant() -> dict:
    """The small school with a campaign; one member writes, and is written about, wherever that is possible."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    from zhengyou.campaigns.tests import play
    from zhengyou.org import actions as org
    from zhengyou.org.tests import builder

    school = builder.build()
    canary = org.add_person(
        NAME, number=NUMBER, unit=school.branch, day=date(2010, 10, 1), by=builder.BY,
        email=f"{TOKEN}@example.org", phone="", note=say("备注"),
    )  # fmt: skip
    play.run(
        play.member_task("one", review=("parent",), review_mode="each"),
        play.member_task("two", review=("parent",), review_mode="each"),
        play.unit_task("ours"),
    )
    _sign_in(canary)
    _papers(school, canary)
    _promises(school, canary)
    _rights(school, canary)
    _rosters(school)
    _changes(school, canary)
    org.leave([canary], how="left", by=builder.BY)
    return {"columns": columns()}


def _sign_in(canary) -> None:
    from django.test import Client
    from django.urls import reverse

    from zhengyou.org.actions.accounts import make_slips
    from zhengyou.org.tests.builder import BY

    (slip,) = make_slips([canary], by=BY)
    browser = Client(headers={"user-agent": say("browser")})
    form = {"number": NUMBER, "code": slip.code, "password": "long enough 2010"}
    assert browser.post(reverse("slip"), form).status_code == 302
    browser.get(reverse("me"))
    Client().post(reverse("account_login"), {"login": NUMBER, "password": "wrong"})


def _papers(school, canary) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    from zhengyou.campaigns import actions
    from zhengyou.campaigns.models import Mail, Question
    from zhengyou.campaigns.tests import play
    from zhengyou.journal.models import Entry
    from zhengyou.org.models import Person
    from zhengyou.org.tests.builder import client

    one, two = play.duty_of(canary, "one"), play.duty_of(canary, "two")
    browser = client(canary)
    fields = {"done": say("草稿"), "changed": say("变化"), "version": "0"}
    browser.post(reverse("duty_draft", args=[two.pk]), fields)
    file = SimpleUploadedFile(f"{TOKEN}.txt", say("文件里").encode(), "text/plain")
    actions.hand_in(
        one, by=canary.actor, done=say("做了"), changed=say("变了"), statement=say("说明"), files=[file]
    )
    actions.give_back(one, say("这里不对"), by=school.secretary.actor)
    actions.hand_in(one, by=canary.actor, done=say("再做"), changed=say("再变"), objection=say("不同意"))
    actions.extend(two, DAY + timedelta(days=30), text=say("延期"), reason="ill", by=school.secretary.actor)
    entry = Entry.objects.latest("id").id
    person = Person.objects.get(pk=canary.pk)
    Question.objects.create(
        task=two.slot.task, duty=two, person=person, unit=school.branch, asked_at=school.general, text=say("问"),
        asked_on=DAY, due_on=DAY, answer=say("答"), entry_id=entry,
    )  # fmt: skip
    Mail.objects.create(person=person, week=DAY, subject=say("信"), body=say("信里"), entry_id=entry)


def _promises(school, canary) -> None:
    from datetime import date

    from django.core.files.uploadedfile import SimpleUploadedFile

    from zhengyou.commitments.actions import asking, changing, deeds, keeping
    from zhengyou.commitments.actions.writing import Draft, Words
    from zhengyou.commitments.tests import promising

    campaign = promising.run()
    duty = promising.duty(canary, campaign)
    said = Draft(
        say("答疑六次"), say("签到表"), date(2010, 12, 31), how=say("怎么做"), owner_text=say("本人")
    )
    found = promising.proposing.propose(duty, Words([said, said], served=say("同学")), by=canary.actor)
    promising.judge(canary, school.secretary, "", say("写清地点"))
    kept = found.items.order_by("place")[0].public_id
    said_again = Words([Draft(say("再写"), say("怎么看"), date(2010, 12, 31), id=kept)], served=say("同学"))
    promising.proposing.propose(duty, said_again, by=canary.actor)
    item = promising.judge(canary, school.secretary).items.get()
    change = changing.ask_change(
        item, text=say("改成"), measure=say("新标准"), due_on=None, reason=say("要改"), by=canary.actor
    )
    changing.decide(change, True, say("可以"), by=school.secretary.actor)
    file = SimpleUploadedFile(f"{TOKEN}2.txt", say("佐证里").encode(), "text/plain")
    keeping.claim(item, say("做了"), by=canary.actor, files=[file])
    item.refresh_from_db()
    keeping.decide(item, False, say("不够"), by=school.secretary.actor)
    asking.ask(found, say("问墙"), by=canary.actor)
    deeds.raise_deed(school.branch, say("灯坏了"), by=canary.actor)


def _rights(school, canary) -> None:
    from zhengyou.org import actions as org
    from zhengyou.org.actions import consents, looking, requests
    from zhengyou.org.actions.glass import break_glass
    from zhengyou.org.models import Transfer

    for n in range(3):
        org.set_contact(canary, email=f"{TOKEN}{n}@example.org", phone="", by=canary.actor)
    asked = requests.ask(
        canary, "correct", about="note", new_text=say("新备注"), reason=say("因为"), by=canary.actor
    )
    requests.decide(asked, grant=False, answer=say("答复"), by=school.secretary.actor)
    requests.appeal(asked, reason=say("再看"), by=canary.actor)
    consents.give(canary, "mail", by=canary.actor)
    break_glass(canary, by=school.leader.actor, reason=say("要看"))
    looking.look_at_person(school.secretary, canary, looking.PERSON)
    org.appoint(canary, school.branch, "secretary", first_responsible=False, by=school.office.actor)
    canary.posts.update(document_no=say("文号"))
    from zhengyou.journal.models import Entry

    Transfer.objects.create(
        person=canary, source=school.branch, outside=say("外地"), letter_no=say("信"), reason=say("调动"),
        asked_on=DAY, by=canary.public_id, entry_id=Entry.objects.latest("id").id,
    )  # fmt: skip


def _rosters(school) -> None:
    from zhengyou.org.models import Person, RosterBefore, RosterImport
    from zhengyou.org.roster.actions_staging import stage

    sheet = (
        f"学号,姓名,支部\n{NUMBER},{NAME},国贸2008级学生第一党支部\n{NUMBER},{NAME}二,没有的支部\n".encode()
    )
    stage([sheet], "名册.csv", day=DAY, scope="units", owner=school.office.actor.id)
    RosterImport.objects.update(state=RosterImport.State.APPLIED)
    RosterBefore.objects.create(
        roster=RosterImport.objects.get(),
        person=Person.objects.get(number=NUMBER),
        fields={"name": [say("旧名"), NAME]},
    )


def _changes(school, canary) -> None:
    from zhengyou.journal.models import Entry
    from zhengyou.org.models import UnitChange

    UnitChange.objects.create(
        kind="split", document_no="1", day=DAY, decided_on=DAY, asked={"numbers": [NUMBER], "by": {NUMBER: NAME}},
        outcome={"left": [NAME, NUMBER]}, fault=f"{NUMBER} 不在", by=school.office.public_id,
        entry_id=Entry.objects.latest("id").id,
    )  # fmt: skip


def columns() -> list[str]:
    """Every column of every table in which the canary is found."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                cursor.execute(
                    f'SELECT COUNT(*) FROM "{table}" WHERE LOWER(CAST("{column.name}" AS TEXT)) LIKE %s',
                    [f"%{TOKEN}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column.name}")
    return found


def erase() -> dict:
    """The office deletes through its page; the chain is read once more."""
    from django.conf import settings
    from django.urls import reverse

    settings.ALLOWED_HOSTS = ["*"]
    from zhengyou.campaigns.models import Duty
    from zhengyou.journal.chain import verify
    from zhengyou.kit import clock
    from zhengyou.org import erasing
    from zhengyou.org.models import Affiliation, Person
    from zhengyou.org.tests.builder import client

    counts = [Duty.objects.count(), Affiliation.objects.count()]
    (one,) = erasing.due(clock.today())
    office = Person.objects.get(number="2001001")
    seen = erasing.fingerprint([one])
    answer = client(office).post(reverse("erasure"), {"seen": seen, "person": one.id, "key": "e" * 20})
    return {
        "status": answer.status_code,
        "columns": columns(),
        "broken": verify().broken,
        "entries": verify().entries,
        "same": counts == [Duty.objects.count(), Affiliation.objects.count()],
    }


if __name__ == "__main__":
    main(sys.argv[1])
