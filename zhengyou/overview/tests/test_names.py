"""Golden case 15: no page, export or JSON names who has not done something outside that person's own secretary."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape

import pytest
from django.urls import get_resolver, reverse

from zhengyou.campaigns.models import Duty, Review, Slot, Submission
from zhengyou.org.models import Person, Post, Unit
from zhengyou.org.tests.builder import client
from zhengyou.overview import command
from zhengyou.overview import urls as doors
from zhengyou.overview.board import LINKED
from zhengyou.overview.tests import stage

ROLES = [
    "office",
    "leader",
    "inspector",
    "publicity",
    "dean",
    "dean2",
    "secretary",
    "secretary2",
    "member",
    "far",
    "staff",
]
OWN = {
    "secretary": {"branch"},
    "secretary2": {"branch2"},
    "dean2": {"branch3", "general2"},
    "staff": {"direct"},
}
"""Whose members each head may see by name; nobody else may see anybody's."""


@pytest.fixture
def canaries(stageful):
    """Every person gets a name that stands nowhere else."""
    for person in Person.objects.all():
        person.name = f"金丝雀{person.pk:04d}"
        person.save()
        if person.number:
            person.number = f"N{person.pk:06d}"
            person.save()
    return stageful


def addresses(every: bool = False) -> list[str]:
    """Every door of the overview with the units, figures and periods it can be asked for; `every` one of them, or some."""
    units = list(Unit.objects.order_by("pk").values_list("public_id", flat=True))
    slots = list(Slot.objects.order_by("pk").values_list("pk", "task_id"))
    if (
        not every
    ):  # the root, a general branch, a branch with a head and its neighbour; one member task, one unit task
        units, slots = [units[0], units[1], units[5], units[6]], [slots[2], slots[3]]
    out = [
        reverse("desk"),
        reverse("desk") + "?as=me",
        reverse("desk") + "?as=me&show=done",
        reverse("board"),
    ]
    out += [reverse("board_export"), reverse("board") + "?phase=all"]
    for unit in units:
        out += [
            reverse("board_unit", args=[unit]) + "?phase=all",
            reverse("board_unit_export", args=[unit]) + "?phase=all",
        ]
        out += [reverse("desk") + f"?as={unit}&task={slot}" for slot, _task in slots]
        for figure in LINKED:
            base = reverse("board_rows", args=[unit, figure])
            out += [base, base + "?phase=all&level=own"]
            out += [f"{base}?task={task}&period={slot}" for slot, task in slots]
        for slot, _task in slots:
            out += [reverse("missing", args=[unit, slot]), reverse("missing_export", args=[unit, slot])]
    return out


def said(response) -> str:
    """Everything a response says; of a workbook all its parts."""
    body = response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "".join(book.read(name).decode("utf8", "ignore") for name in book.namelist())
    return unescape(body.decode())


def behind_elsewhere(school, who: str) -> dict[str, str]:
    """Names and numbers of members with something not done, outside the units this person answers for alone.

    Who judged the reader's own paper, or handed one in to the reader, is named as such, not as being behind.
    """
    mine = {getattr(school, name).pk for name in OWN.get(who, ())}
    me = getattr(school, who).pk
    papers = set(Submission.objects.filter(state=10, waits_at__in=mine).values_list("by", flat=True))
    found = Duty.objects.filter(state__in=("due", "returned"), member__isnull=False).exclude(unit__in=mine)
    judges = set(Review.objects.filter(submission__duty__member=me).values_list("by", flat=True))
    people = Person.objects.filter(pk__in=found.values("member")).exclude(pk__in=papers | judges | {me})
    return {value: person.name for person in people for value in (person.name, person.number) if value}


def test_every_door_is_visited():
    named = {pattern.name for pattern in doors.urlpatterns}
    assert named == {
        "desk",
        "board",
        "board_export",
        "board_unit",
        "board_unit_export",
        "board_rows",
        "missing",
        "missing_export",
    }
    assert all(name in get_resolver().reverse_dict for name in named)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.deep)])
@pytest.mark.parametrize("who", ROLES)
def test_no_door_names_those_behind_outside_their_own_secretary(canaries, who, every):
    forbidden = behind_elsewhere(canaries, who)
    assert len(forbidden) >= 4, "the test must be able to fail"
    browser = client(getattr(canaries, who))
    opened = 0
    for url in addresses(every):
        response = browser.get(url)
        assert response.status_code in (200, 403, 404), (who, url)
        opened += response.status_code == 200
        text = said(response)
        assert not [name for name in forbidden if name in text], (who, url)
    assert opened >= 2


@pytest.mark.parametrize("who", ["secretary", "secretary2", "dean2", "staff"])
def test_the_own_secretary_sees_who_is_missing(canaries, who):
    browser = client(getattr(canaries, who))
    unit = getattr(canaries, min(OWN[who]))
    seen = 0
    for duty in Duty.objects.filter(unit=unit, member__isnull=False, state__in=("due", "returned")):
        page = said(browser.get(reverse("missing", args=[unit.public_id, duty.slot_id])))
        assert duty.member.name in page
        assert duty.member.name in said(
            browser.get(reverse("missing_export", args=[unit.public_id, duty.slot_id]))
        )
        seen += 1
    assert seen


def test_those_above_see_how_many_and_the_rule(canaries):
    slot = Slot.objects.get(task__code="spirit")
    for who in ("dean", "office", "leader"):
        page = said(
            client(getattr(canaries, who)).get(reverse("missing", args=[canaries.branch.public_id, slot.pk]))
        )
        assert "还差 <b>2</b> 人" in page
        assert "名字只有本单位负责人看得到" in page


def test_duties_of_others_are_listed_by_number_without_a_name(canaries):
    task = stage.ids()["spirit"]
    url = reverse("board_rows", args=[canaries.branch.public_id, "overdue"]) + f"?task={task}"
    page = said(client(canaries.dean).get(url))
    for duty in Duty.objects.filter(unit=canaries.branch, slot__task=task, state="due"):
        assert f"第 {duty.pk} 号" in page
        assert reverse("duty", args=[duty.pk]) not in page


def test_nobody_is_ordered_by_what_is_done(canaries):
    """Members stand by date and name; there is no way to ask for another order."""
    slot = Slot.objects.get(task__code="spirit")
    url = reverse("missing", args=[canaries.branch.public_id, slot.pk])
    browser = client(canaries.secretary)

    def listed(address):
        return re.findall("金丝雀\\d+", said(browser.get(address)).split("<main")[1])

    assert listed(url)
    assert listed(url) == listed(url + "?sort=-late&order=done")


def test_the_command_line_names_no_person(canaries):
    out, err = io.StringIO(), io.StringIO()
    assert command.board(None, True, out=out, err=err) == 0
    assert "金丝雀" not in out.getvalue()


def test_without_a_secretary_the_next_one_above_stands_in(canaries):
    slot = Slot.objects.get(task__code="spirit")
    Post.objects.filter(unit=canaries.branch).delete()
    page = said(client(canaries.dean).get(reverse("missing", args=[canaries.branch.public_id, slot.pk])))
    waiting = Duty.objects.filter(unit=canaries.branch, slot=slot, state="due").select_related("member")
    assert waiting
    assert all(duty.member.name in page for duty in waiting)
