"""Every address the house answers, what each of the cast gets there, by every method; an address missing here fails.

The table is tests/doors.tsv: address, method, then the status for each of the cast. After a wanted change write it
anew with ZHENGYOU_WRITE_DOORS=1 and read the difference: every line of it is a decision about who may do what.
"""

from __future__ import annotations

import copy
import os
import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from zhengyou.campaigns.actions import asking, closing
from zhengyou.campaigns.models import Campaign, Duty, Slot, Submission
from zhengyou.commitments.actions import asking as wall
from zhengyou.commitments.actions import deeds
from zhengyou.commitments.tests import promising
from zhengyou.commitments.tests.hung import hang
from zhengyou.journal.actions import record
from zhengyou.kit import clock
from zhengyou.org.actions import decide, transfers
from zhengyou.org.actions.requests import ask as ask_for
from zhengyou.org.asked import Asked
from zhengyou.org.models import Affiliation, Post
from zhengyou.org.roster.actions_staging import stage as stage_roster
from zhengyou.org.tests import builder
from zhengyou.overview.tests import stage
from zhengyou.plans.tests import play as plans

TABLE = Path(__file__).with_name("doors.tsv")
ROLES = (
    "anonymous",
    "office",
    "leader",
    "inspector",
    "publicity",
    "dean",
    "secretary",
    "secretary2",
    "member",
    "far",
)
METHODS = ("GET", "POST", "PUT", "DELETE")
BOGUS = {"str": "nobody23456", "slug": "nobody23456", "int": "987654321"}


def routes(resolver=None, prefix=""):
    """Name and pattern of every address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, prefix + str(pattern.pattern))
        else:
            yield pattern.name, prefix + str(pattern.pattern)


NAMES = dict(routes())


@pytest.fixture
def school(db, settings, tmp_path):
    """The small school in the middle of its campaign, with one roster staged."""
    settings.DATA = tmp_path
    for folder in ("files", "staging"):
        (tmp_path / folder).mkdir()
    school = builder.build()
    stage.start()
    stage.play_on(school)
    return school


@pytest.fixture
def things(school):
    """For each address the thing of the branch it is about."""
    duty = Duty.objects.filter(member=school.member).order_by("pk").first()
    waiting = Submission.objects.filter(state=Submission.State.WAITING).order_by("pk").first()
    roster = stage_roster(
        ["学号,姓名,支部\n2008010003,张伟,国贸2008级学生第一党支部\n".encode()],
        "名册.csv",
        day=clock.today(),
        scope="units",
        owner=school.office.actor.id,
    )
    activity = Affiliation.objects.get(person=school.member2, role="A")
    post = Post.objects.get(person=school.secretary)
    with record("slot.closed", by=school.office.actor) as entry:
        report = closing.freeze(entry, Slot.objects.get(task__code="spirit"), "")
    asked = ask_for(school.member, "correct", about="name", new_text="张卫", by=school.member.actor)
    question = asking.ask(duty, "要写几条？", by=school.member.actor)
    campaign = Campaign.objects.get()
    renamed = Asked("rename", date(2010, 12, 1), "1", units=(school.branch.public_id,), name="国贸党支部")
    planned = decide(renamed, by=school.office.actor)
    letter = transfers.ask(school.member2, by=school.member2.actor, target=school.branch4)
    plan_duty, plan_question, work = plans.lay(school, campaign)
    hung = hang(school.branch, school.branch, "每周三晚修电脑", scope="web")
    wall_question, _code = wall.ask(hung, "修到几点？", by=school.far.actor)
    deed, _code = deeds.raise_deed(school.branch, "自习室灯坏了", by=school.member.actor)
    promise_duty, promise_item = promising.lay(school.member, school.member2, school.secretary, campaign)
    units = dict.fromkeys(n for n in NAMES if n and n.startswith("unit") and "<" in NAMES[n])
    found = {name: {"public_id": school.branch.public_id} for name in units}
    for name in NAMES:
        pattern = NAMES[name]
        if pattern.startswith("people/"):
            found[name] = {"public_id": school.member.public_id}
        elif pattern.startswith("campaigns/<"):
            found[name] = {"public_id": campaign.public_id}
        elif pattern.startswith("roster/<"):
            found[name] = {"public_id": roster.public_id}
        elif pattern.startswith("questions/<"):
            found[name] = {"public_id": question.public_id}
        elif pattern.startswith("tasks/<"):
            found[name] = {"pk": duty.slot.task_id}
        elif pattern.startswith("reports/<"):
            found[name] = {"public_id": report.public_id}
        elif pattern.startswith("duties/<"):
            found[name] = {"pk": duty.pk}
        elif pattern.startswith("reviews/<"):
            found[name] = {"pk": waiting.duty_id}
        elif pattern.startswith("posts/<"):
            found[name] = {"pk": post.pk}
        elif pattern.startswith("requests/<"):
            found[name] = {"public_id": asked.public_id}
        elif pattern.startswith("erasure/<"):
            found[name] = {"public_id": school.stranger.public_id}
        elif pattern.startswith("activity/<"):
            found[name] = {"pk": activity.pk}
        elif pattern.startswith("transfers/<"):
            found[name] = {"public_id": letter.public_id}
        elif pattern.startswith("plans/<"):
            found[name] = {"campaign": campaign.public_id, "unit": school.branch.public_id}
        elif pattern.startswith("plans/duty/<"):
            found[name] = {"pk": plan_duty.pk}
        elif pattern.startswith("plans/questions/<"):
            found[name] = {"public_id": plan_question.public_id}
        elif pattern.startswith("work-items/<"):
            found[name] = {"public_id": work.public_id}
        elif pattern.startswith("commitments/duty/<"):
            found[name] = {"pk": promise_duty.pk}
        elif pattern.startswith("commitments/items/<"):
            found[name] = {"public_id": promise_item.public_id}
            if "number" in pattern:
                found[name]["number"] = promise_item.evidence.get().pk
        elif pattern.startswith("commitments/<"):
            found[name] = {"public_id": promise_item.commitment.public_id}
        elif pattern.startswith("wall/promise/<"):
            found[name] = {"public_id": hung.public_id}
        elif pattern.startswith("wall/questions/<"):
            found[name] = {"public_id": wall_question.public_id}
        elif pattern.startswith("wall/unit/<"):
            found[name] = {"public_id": school.branch.public_id}
        elif pattern.startswith("deeds/<"):
            found[name] = {"public_id": deed.public_id}
        elif pattern.startswith("changes/<"):
            found[name] = {"public_id": planned.public_id}
        elif pattern.startswith(("board/<", "missing/<")):
            found[name] = {"code": school.branch.public_id}
    slot = Slot.objects.filter(task__subject="member").order_by("pk").first()
    more = {
        "slot": slot.pk,
        "figure": "accepted",
        "kind": "exempt",
        "purpose": "mail",
        "number": 1,
        "token": "x" * 24,
        "colour": "a5121b",
        "version": 2,
    }
    for name, pattern in NAMES.items():
        for argument in re.findall(r"<(?:\w+:)?(\w+)>", pattern.replace("?P<", "<")):
            if argument not in found.setdefault(name, {}) and argument in more:
                found[name][argument] = more[argument]
    return found


def browsers(school):
    """One for each of the cast, that has been seen already: being seen first is written down."""
    made = {role: builder.client(None if role == "anonymous" else getattr(school, role)) for role in ROLES}
    for browser in made.values():
        browser.get(reverse("alive"))
    return made


def ask(client: Client, method: str, address: str):
    """One request whose effects are undone, so that the next one meets the same school."""
    with transaction.atomic():
        response = getattr(client, method.lower())(address)
        if hasattr(response, "streaming_content"):
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def test_every_door_for_everybody_by_every_method(school, things):
    # Who may what is asked above the database: PostgreSQL is asked to read every page and to refuse what is not the reader's.
    methods = METHODS if connection.vendor == "sqlite" else ("GET",)
    lines = ["\t".join(("address", "method", *ROLES))]
    clients = browsers(school)
    for name in sorted(filter(None, NAMES)):
        address = reverse(name, kwargs=things.get(name) or None)
        for method in methods:
            got = []
            for role in ROLES:
                client = clients[role]
                cookies = copy.deepcopy(client.cookies)
                got.append(str(ask(client, method, address).status_code))
                client.cookies = (
                    cookies  # what it did is undone, signing out or in too: as fresh at the next door
                )
            lines.append("\t".join((name, method, *got)))
    text = "\n".join(lines) + "\n"
    if os.environ.get("ZHENGYOU_WRITE_DOORS"):
        TABLE.write_text(text)
    assert "\t500" not in text
    known, now = TABLE.read_text().splitlines(), text.splitlines()
    known = [line for line in known if line.split("\t")[1] in ("method", *methods)]
    assert [line for line in now if line not in known] == []
    assert [line for line in known if line not in now] == []


def test_no_address_is_without_a_name():
    assert None not in NAMES


def test_nobody_gets_in_without_signing_in():
    """Read from the table: what a stranger may open is a short, visible list."""
    rows = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
    open_doors = {row[0] for row in rows if row[2] in ("200", "422")}
    assert open_doors <= {
        "account_login",
        "setup",
        "slip",
        "language",
        "demo",
        "brand",
        "alive",
        "account_logout",
        # the wall of promises, asking about it and raising a difficulty: open to everybody (PRODUCT.md §5)
        *("wall", "wall_promise", "wall_poster", "wall_ask", "wall_code", "deed_new"),
    }
    # only GET and POST ever do anything
    assert {row[i] for row in rows if row[1] in ("PUT", "DELETE") for i in range(2, 12)} == {"405"}


def plain(response, asked: str) -> str:
    """The page without what differs by chance (form keys, tokens) and without the id that was asked for."""
    text = re.sub(r'(name="(?:key|csrfmiddlewaretoken)"[^>]*value=")[^"]*', r"\1", response.content.decode())
    text = re.sub(r'(value=")[^"]*("[^>]*name="(?:key|csrfmiddlewaretoken)")', r"\1\2", text)
    text = re.sub(r'("X-CSRFToken": ")[^"]*', r"\1", text)
    return text.replace(f"/{asked}/", "//")


@pytest.mark.parametrize("role", ["far", "secretary2"])
def test_a_foreign_thing_is_as_if_it_were_not_there(role, school, things):
    """Byte for byte: what one may not know answers like what does not exist."""
    client = builder.client(getattr(school, role))
    checked = 0
    for name, arguments in things.items():
        kinds = {a: k or "str" for k, a in re.findall(r"<(?:(\w+):)?(\w+)>", NAMES[name])}
        key = next((a for a in ("public_id", "pk", "code") if a in arguments), None)
        if key is None:
            continue
        real = ask(client, "GET", reverse(name, kwargs=arguments))
        if real.status_code != 404:
            continue
        bogus = ask(client, "GET", reverse(name, kwargs={**arguments, key: BOGUS[kinds[key]]}))
        assert bogus.status_code == 404
        assert plain(bogus, BOGUS[kinds[key]]) == plain(real, str(arguments[key])), name
        checked += 1
    assert checked >= 4
