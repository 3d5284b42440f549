"""Keeping: said to be done with evidence, confirmed or disputed; not kept with cause or without; settled when all is."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from zhengyou.campaigns.actions.papers import THIRD
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.commitments import homes, rules
from zhengyou.commitments.actions import writing
from zhengyou.commitments.models import OPEN_ITEMS, Commitment, Item, ItemChange, ItemEvent, ItemEvidence
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.journal.evidence import keep_file
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import Authority, authority_for

LONGEST = 2000
"""Longest text said with a step, characters."""
FILES = 5
"""Most files with one claim."""


def claim(
    item: Item,
    text: str,
    *,
    by: Actor,
    files: Sequence[UploadedFile] = (),
    kept: bool = True,
    version: int | None = None,
) -> Item:
    """Say that an item is done, and by what that is seen; with `kept` false that it was not, and why.

    Waits for the reviewer, who is never the one who says it. `version`: the item's that was shown.
    """
    text = said(text, "text", _("写一句做了什么、结果怎样。") if kept else _("写为什么没有做到。"))
    if len(files) > FILES:
        raise Invalid(Problem("file", _("一次最多 %(n)s 份佐证。") % {"n": FILES}))
    with record("commitment.claimed", by=by, subject=f"item:{item.public_id}") as entry:
        authority = authority_for(by)
        item, found = current(item.pk, version)
        insist(rules.may_keep(authority, found))
        insist(rules.may_claim(item))
        me = authority.person
        item.state, item.claimed_by, item.claimed_on = Item.State.CLAIMED, me, clock.today()
        item.claim, item.cause = (text, "") if kept else ("", text)
        item.decision = ""
        links = [
            ItemEvidence(item=item, evidence=keep_file(file, by, entry), entry_id=entry.id) for file in files
        ]
        ItemEvidence.objects.bulk_create(links, ignore_conflicts=True)
        _save(entry, item, ItemEvent.Kind.CLAIMED, me, text, found)
        entry.note(text=text, files=len(files), kept=kept)
    return item


def decide(
    item: Item,
    confirmed: bool,
    text: str = "",
    *,
    by: Actor,
    explained: bool = True,
    version: int | None = None,
) -> Item:
    """Confirm what was said of an item, or dispute it with reasons.

    Where it was said not to be kept, confirming closes it: `explained` says whether the cause holds.
    """
    text = text.strip()
    if not confirmed:
        text = said(text, "text", _("写上哪里不同意：报的人要看到理由。"))
    with record("commitment.judged", by=by, subject=f"item:{item.public_id}") as entry:
        authority = authority_for(by)
        item, found = current(item.pk, version)
        insist(rules.may_decide(item))
        insist(rules.may_judge(authority, found, (item.claimed_by_id, item.owner_id)))
        me = authority.person
        unkept = bool(item.cause) and not item.claim
        item.decided_by, item.decided_on, item.decision = me, clock.today(), text
        if not confirmed:
            item.state, kind = Item.State.DISPUTED, ItemEvent.Kind.DISPUTED
            if item.events.filter(kind=ItemEvent.Kind.DISPUTED).count() + 1 >= THIRD:
                item.alerts_at_id = _above(found, authority)
        elif unkept:
            item.state, item.explained, kind = Item.State.UNKEPT, explained, ItemEvent.Kind.UNKEPT
        else:
            item.state, kind = Item.State.KEPT, ItemEvent.Kind.CONFIRMED
        if confirmed:
            _drop_asked(item)
        _save(entry, item, kind, me, text, found)
        settle(found)
        entry.note(confirmed=confirmed, explained=explained and unkept, text=text)
    return item


def _above(found: Commitment, authority: Authority) -> int | None:
    """The next unit with a reviewer above the highest at which who refuses reviews, the root at last."""
    at = homes.home(found, authority.day)
    people = Reviewers(authority.day, [at] if at else [])
    me = authority.person.pk if authority.person else 0
    line = people.line(at) if at else [people.root]
    stands = [i for i, unit in enumerate(line) if me in people.holders.get(unit, {})]
    above = line[(stands[-1] if stands else 0) + 1 :]
    return next((unit for unit in above if people.holders.get(unit)), people.root) or None


def close_unkept(item: Item, cause: str = "", *, by: Actor, version: int | None = None) -> Item:
    """Close as not kept after its day: with the cause that was given, or, left empty, without cause."""
    cause = cause.strip()
    if len(cause) > LONGEST:
        raise Invalid(Problem("cause", _("最多 %(n)s 字。") % {"n": LONGEST}))
    with record("commitment.unkept", by=by, subject=f"item:{item.public_id}") as entry:
        authority = authority_for(by)
        item, found = current(item.pk, version)
        insist(rules.may_close_unkept(item))
        insist(rules.may_judge(authority, found, (item.claimed_by_id, item.owner_id)))
        if not found.is_public:
            raise Conflict(_("还没有公布的不能办结。"))
        if item.due_on is not None and item.due_on >= authority.day:
            raise Invalid(Problem("cause", _("期限还没有过，等过了期限再办结。")))
        me = authority.person
        item.state, item.cause, item.explained = Item.State.UNKEPT, cause or item.cause, bool(cause)
        item.decided_by, item.decided_on = me, clock.today()
        _drop_asked(item)
        _save(entry, item, ItemEvent.Kind.UNKEPT, me, cause, found)
        settle(found)
        entry.note(cause=cause, explained=bool(cause))
    return item


def settle(found: Commitment) -> None:
    """Settled when every item is kept, not kept or released; back to published where one is open again."""
    open_ = Item.objects.filter(commitment=found, state__in=OPEN_ITEMS).exists()
    if found.state == Commitment.State.PUBLISHED and not open_:
        found.state, found.settled_on = Commitment.State.SETTLED, clock.today()
        writing.bump(found)


def current(pk: int, version: int | None = None) -> tuple[Item, Commitment]:
    """An item and its commitment as they are now, under the journal's lock; Conflict where it moved on."""
    item = Item.objects.select_for_update(of=("self",)).select_related("commitment__unit").get(pk=pk)
    if version is not None and item.version != version:
        raise Conflict(_("这一条刚才有了变动，没有办成。看过现在的再办。"))
    return item, item.commitment


def said(text: str, name: str, missing: str) -> str:
    """A text that is needed, within its length; Invalid otherwise."""
    text = text.strip()
    if not text:
        raise Invalid(Problem(name, missing))
    if len(text) > LONGEST:
        raise Invalid(Problem(name, _("最多 %(n)s 字。") % {"n": LONGEST}))
    return text


def _drop_asked(item: Item) -> None:
    """What was asked of an item that is closed now waits no longer."""
    ItemChange.objects.filter(item=item, state=ItemChange.State.ASKED).update(
        state=ItemChange.State.WITHDRAWN, decided_on=clock.today()
    )


def _save(entry: OpenEntry, item: Item, kind: str, me: object, text: str, found: Commitment) -> None:
    item.version += 1
    item.save()
    writing.step(entry, [item], kind, me, text)  # type: ignore[arg-type]
    entry.row.unit = found.unit.public_id
