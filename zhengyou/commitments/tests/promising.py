"""Short ways for tests: a campaign that asks for commitments, and words of a promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from zhengyou.campaigns.actions import ticking
from zhengyou.campaigns.models import Campaign, Duty, Slot, Task
from zhengyou.campaigns.tests import play
from zhengyou.commitments.actions import keeping, proposing, reviewing
from zhengyou.commitments.actions.writing import Draft, Words
from zhengyou.commitments.models import Commitment, Item
from zhengyou.org.models import Person, Unit

DAY = date(2010, 12, 31)
ONE = "每周二晚在图书馆给大一同学答疑一次，到期末满六次"
TWO = "把实验室二十台旧电脑重装一遍，借给没有电脑的同学"


def run(**more: Any) -> Campaign:
    """A campaign whose members and units owe a commitment each, reviewed by the parent."""
    given = {"review": ("parent",), "review_mode": "none", **more}
    return play.run(
        replace(play.member_task("promise", **given), form="commitment"),
        replace(play.unit_task("unit_promise", **given), form="commitment"),
    )


def words(*texts: str, **more: Any) -> Words:
    """A commitment of these items, each with what shows it and a day."""
    items = [Draft(text, "有签到表", DAY) for text in texts or (ONE,)]
    return Words(items, **more)


def duty(subject: Person | Unit, campaign: Campaign | None = None) -> Duty:
    """The duty as it is now; of this campaign where the subject owes more."""
    if campaign is None:
        return play.duty_of(subject)
    own = {"member": subject} if isinstance(subject, Person) else {"subject_unit": subject}
    rows = Duty.objects.select_related("slot__task", "unit", "member")
    return rows.get(slot__task__campaign=campaign, slot__task__form="commitment", **own)


def promise(subject: Person, *texts: str, **more: Any) -> Commitment:
    """A member hands in."""
    return proposing.propose(duty(subject), words(*texts), by=subject.actor, **more)


def judge(subject: Person | Unit, by: Person, *reasons: str) -> Commitment:
    """Judge item by item in their order: "" accepts."""
    whose = {"member": subject} if isinstance(subject, Person) else {"unit": subject, "member": None}
    found = Commitment.objects.get(**whose)
    items = list(found.items.order_by("place"))
    asked = found.duty or duty(subject)
    given = {item.public_id: (reasons[i] if i < len(reasons) else "") for i, item in enumerate(items)}
    return reviewing.review(asked, given, by=by.actor)


def published(subject: Person, by: Person, *texts: str) -> list[Item]:
    """A member's promise, handed in and accepted: its items."""
    promise(subject, *texts)
    return list(judge(subject, by).items.order_by("place"))


def kept(item: Item, subject: Person, by: Person) -> Item:
    """Claimed and confirmed."""
    return keeping.decide(keeping.claim(item, "做了六次，每次有人来", by=subject.actor), True, by=by.actor)


def lay(subject: Person, other: Person, by: Person, campaign: Campaign) -> tuple[Duty, Item]:
    """Into a running campaign: a task of commitments of members, one's own in review; and a published one with a file."""
    task = Task.objects.filter(campaign=campaign, subject="member").order_by("pk")[0]
    task.pk, task.code, task.form, task.review = None, "promise", "commitment", ["parent"]
    task.save()
    opens, cutoff = date(2010, 11, 1), date(2010, 11, 30)
    Slot.objects.create(task=task, opens_on=opens, cutoff_on=cutoff, due_on=cutoff)
    ticking.tick(full=True)
    first = Duty.objects.get(member=other, slot__task=task)
    proposing.propose(first, words(), by=other.actor)
    found = Commitment.objects.get(member=other)
    reviewing.review(first, {item.public_id: "" for item in found.items.all()}, by=by.actor)
    item = keeping.claim(found.items.get(), "做了", by=other.actor, files=[SimpleUploadedFile("1.txt", b"1")])
    duty = Duty.objects.get(member=subject, slot__task=task)
    proposing.propose(duty, words(TWO), by=subject.actor)
    return duty, item
