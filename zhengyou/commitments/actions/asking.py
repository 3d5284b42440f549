"""Questions from the wall: named, or without a name and with a one-time code; answered by the unit or the level above.

Without a name nothing of the asker reaches any table: the entry is the wall's own, the code is kept as a digest.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.commitments import counting, rules_wall
from zhengyou.commitments.homes import home
from zhengyou.commitments.models import Commitment, Deed, Item, WallQuestion
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.ids import new_id
from zhengyou.kit.verdict import insist
from zhengyou.org.actions.accounts import digest_of, tidy_code
from zhengyou.org.models import Person, Unit
from zhengyou.org.rules import authority_for

LONGEST = 1000
"""Longest question and answer, characters."""
WALL = Actor.system("wall")


def ask(
    commitment: Commitment, text: str, *, by: Actor, item: Item | None = None, address: str = ""
) -> tuple[WallQuestion, str]:
    """Ask about a published promise; without a name (`by` = WALL) the code to read the answer with comes along.

    Raises Invalid, or counting.TooManyError without a name from the sixth question of an address on one day.
    """
    text = said("text", text, _("写上要问什么。"))
    person = Person.objects.filter(public_id=by.id).first() if by != WALL else None
    code = "" if person else new_id()
    if person is None:
        counting.tell("ask", address)
    with record("wall.asked", by=by) as entry:
        commitment = Commitment.objects.select_related("unit").get(pk=commitment.pk)
        if not commitment.is_public:
            raise Conflict(_("这份承诺现在不在公示墙上，问不了。"))
        unit = home(commitment, clock.today()) or commitment.unit_id
        made = WallQuestion.objects.create(
            commitment=commitment,
            item=item,
            unit_id=unit,
            text=text,
            person=person,
            code_hash=digest_of("wall", code) if code else "",
            asked_on=clock.today(),
            entry_id=entry.id,
        )
        entry.row.subject = f"wallquestion:{made.public_id}"
        entry.row.unit = Unit.objects.values_list("public_id", flat=True).get(pk=unit)
        entry.note(named=person is not None)
    if person is None:
        counting.add("ask", address)
    return made, code


def answer(question: WallQuestion, text: str, *, by: Actor) -> None:
    """Answer a question, once; who asked reads it, nobody else outside the unit's line."""
    text = said("answer", text, _("写上答复。"))
    with record("wall.answered", by=by, subject=f"wallquestion:{question.public_id}") as entry:
        authority = authority_for(by)
        question = WallQuestion.objects.select_for_update().get(pk=question.pk)
        if question.state != WallQuestion.State.ASKED:
            raise Conflict(_("刚才已经有人答复了这个问题。"))
        insist(rules_wall.may_answer(authority, question))
        question.answer, question.answered_by = text, authority.person
        question.answered_on, question.state = clock.today(), WallQuestion.State.ANSWERED
        question.save(update_fields=["answer", "answered_by", "answered_on", "state"])
        entry.note(answered=True)


def find(code: str, *, address: str) -> WallQuestion | Deed:
    """What a one-time code opens: a question or a difficulty. One sentence for every wrong code; counted by address."""
    counting.tell("code", address)
    digest = digest_of("wall", tidy_code(code))
    found = (
        WallQuestion.objects.filter(code_hash=digest).first() or Deed.objects.filter(code_hash=digest).first()
        if tidy_code(code)
        else None
    )
    if found is None:
        counting.add("code", address)
        raise Invalid(Problem("code", _("没有这个查询码。请照当时记下的再填一次；空格和大小写不要紧。")))
    return found


def said(field: str, text: str, missing: str) -> str:
    """A text that was really written, at most LONGEST characters."""
    text = text.replace("\0", "").strip()
    if not text:
        raise Invalid(Problem(field, missing))
    if len(text) > LONGEST:
        long = _("最多 %(n)s 字，现在有 %(now)s 字。")
        raise Invalid(Problem(field, long % {"n": LONGEST, "now": len(text)}))
    return text
