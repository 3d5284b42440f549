"""What all steps of a commitment share: its words checked, its rows written, its text signed and published."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from zhengyou.campaigns.models import Duty
from zhengyou.commitments import hints
from zhengyou.commitments.models import Commitment, Deed, Item, ItemEvent
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.org.models import Person

LONGEST = 1000
"""Longest text of one field of an item, characters."""
LONG = 5000
"""Longest plan or goals of a unit."""
MOST = 20
"""Most items of one commitment."""


@dataclass
class Draft:
    """One item as its author wrote it; `id` is that of the item it takes the place of ("" = new).

    `deed`: public id of the unit's difficulty that it was made of.
    """

    text: str
    measure: str = ""
    due_on: date | None = None
    kind: str = Item.Kind.POST
    how: str = ""
    owner: Person | None = None
    owner_text: str = ""
    id: str = ""
    deed: str = ""


@dataclass
class Words:
    """A whole commitment as its author wrote it."""

    items: list[Draft] = field(default_factory=list)
    summary: str = ""
    goals: str = ""
    served: str = ""
    scope: str = Commitment.Scope.UNIT


def checked(words: Words, duty: Duty) -> None:
    """Raise Invalid where something must be mended: no item, too many, a field too long, a unit without plan or goals."""
    problems = []
    if duty.member_id is None:
        if not words.summary.strip():
            problems.append(Problem("summary", _("写一段活动方案摘要：准备怎么开展。")))
        if not words.goals.strip():
            problems.append(Problem("goals", _("写本年度的工作目标。")))
    for name, text in (("summary", words.summary), ("goals", words.goals)):
        if len(text) > LONG:
            problems.append(Problem(name, _("最多 %(n)s 字。") % {"n": LONG}))
    least, most = limits(duty)
    if not words.items:
        problems.append(Problem("text-0", _("写一条承诺：做什么、怎么算做到、哪一天前。")))
    elif len(words.items) < least:
        problems.append(Problem("", _("至少写 %(n)s 条。") % {"n": least}))
    if len(words.items) > most:
        problems.append(Problem("", _("最多写 %(n)s 条：挑最要紧的写。") % {"n": most}))
    for i, item in enumerate(words.items):
        if not item.text.strip():
            problems.append(Problem(f"text-{i}", _("这一条没有写做什么：写上，或者把这一条清空。")))
        for name, label, text in (
            ("text", _("做什么"), item.text),
            ("measure", _("别人怎么看得出做到了"), item.measure),
            ("how", _("具体措施"), item.how),
        ):
            if len(text) > LONGEST:
                long = _("「%(field)s」最多 %(n)s 字，现在有 %(now)s 字。")
                problems.append(
                    Problem(f"{name}-{i}", long % {"field": label, "n": LONGEST, "now": len(text)})
                )
        if len(item.owner_text) > 100:
            problems.append(Problem(f"owner-{i}", _("负责人最多写 100 字。")))
        if item.kind not in Item.Kind.values:
            problems.append(Problem(f"kind-{i}", _("选一种类别。")))
    if len(words.served) > 200:
        problems.append(Problem("served", _("最多 %(n)s 字。") % {"n": 200}))
    if words.scope not in Commitment.Scope.values:
        problems.append(Problem("scope", _("选一个公开范围。")))
    if problems:
        raise Invalid(*problems)


def limits(duty: Duty) -> tuple[int, int]:
    """The least and the most items that the task asks for; one to MOST where the campaign says nothing."""
    asked = duty.slot.task.about.get("items") if isinstance(duty.slot.task.about, dict) else None
    least = most = None
    if isinstance(asked, dict):
        least, most = (_number(asked.get(name)) for name in ("min", "max"))
    return max(least or 1, 1), min(most or MOST, MOST)


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() else None


def rewrite(found: Commitment, words: Words) -> list[Item]:
    """Write the words over the rows: items whose words stayed keep their verdict, changed ones are judged anew.

    Only before it is public: an item left out goes with its steps; the journal keeps that it was there.
    """
    before = {item.public_id: item for item in found.items.select_for_update().order_by("place")}
    kept: list[Item] = []
    for place, draft in enumerate(words.items, start=1):
        item = before.pop(draft.id, None) or Item(commitment=found, place=place)
        new = (draft.text.strip(), draft.measure.strip(), draft.how.strip(), draft.due_on, draft.kind)
        old = (item.text, item.measure, item.how, item.due_on, item.kind)
        owner = (
            (draft.owner.pk if draft.owner else None, draft.owner_text.strip())
            if found.of_unit
            else (None, "")
        )
        if item.pk is None or new != old or owner != (item.owner_id, item.owner_text):
            item.verdict, item.reasons = Item.Verdict.NONE, ""
        item.text, item.measure, item.how, item.due_on, item.kind = new
        item.owner_id, item.owner_text = owner
        item.same, item.place = hints.digest(item.text), place
        item.save()
        kept.append(item)
        if draft.deed and found.of_unit:
            made_of = Deed.objects.filter(public_id=draft.deed, unit=found.unit_id, item=None)
            made_of.update(item=item, version=F("version") + 1)
    gone = [item.pk for item in before.values()]
    Deed.objects.filter(item__in=gone).update(item=None, version=F("version") + 1)
    ItemEvent.objects.filter(item__in=gone).delete()
    Item.objects.filter(pk__in=gone).delete()
    found.summary, found.goals = words.summary.strip(), words.goals.strip()
    found.served, found.scope = words.served.strip(), words.scope
    return kept


def text_of(found: Commitment, items: Sequence[Item]) -> str:
    """The whole text that is signed, the same words in the same order for ever, with where it is to be read."""
    body = [
        *(found.public_id, found.summary, found.goals, found.served, found.scope),
        *(
            [
                i.kind,
                i.text,
                i.measure,
                i.how,
                i.due_on.isoformat() if i.due_on else "",
                i.owner_id,
                i.owner_text,
            ]
            for i in sorted(items, key=lambda i: i.place)
        ),
    ]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def digest_of(found: Commitment, items: Sequence[Item]) -> str:
    """The keyed digest of the text: proves later that what was published is what was signed."""
    return hmac.new(settings.JOURNAL_KEY.encode(), text_of(found, items).encode(), hashlib.sha256).hexdigest()


def sign(found: Commitment, items: Sequence[Item], by: Person | None) -> None:
    """The author signs this very text; nothing is saved here."""
    found.signed_by, found.signed_on = by, clock.today()
    found.signed_hash = digest_of(found, items)


def unsign(found: Commitment) -> None:
    """What was signed no longer stands."""
    found.signed_by, found.signed_on, found.signed_hash = None, None, ""


def publish(entry: OpenEntry, found: Commitment, items: Sequence[Item]) -> None:
    """Publish the text that was signed, and no other: Conflict where it is not the one."""
    if not found.signed_hash or not hmac.compare_digest(found.signed_hash, digest_of(found, items)):
        raise Conflict(_("签名的原文和现在的文字不一样，没有公布。请本人看过现在的文字，再签一次。"))
    found.state, found.published_on = Commitment.State.PUBLISHED, clock.today()
    step(entry, items, ItemEvent.Kind.PUBLISHED, found.signed_by)
    Item.objects.filter(commitment=found).update(verdict=Item.Verdict.ACCEPTED, reasons="")


def step(
    entry: OpenEntry, items: Sequence[Item], kind: str, by: Person | None, text: str = ""
) -> list[ItemEvent]:
    """Write one step of these items."""
    return ItemEvent.objects.bulk_create(
        ItemEvent(item=item, kind=kind, day=clock.today(), by=by, text=text, entry_id=entry.id)
        for item in items
    )


def bump(found: Commitment, **also: Any) -> None:
    """Save the commitment's own fields with the next version; Conflict where another was faster."""
    before = found.version
    found.version = before + 1
    moved = Commitment.objects.filter(pk=found.pk, version=before).update(version=F("version") + 1)
    if not moved:
        raise Conflict(_("这份承诺刚才在另一处有了变动。写的还在，看过再办。"))
    found.save()
