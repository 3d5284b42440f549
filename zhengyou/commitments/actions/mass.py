"""Set-based forms for a played story: a day's promises of thousands of people in one entry, by few statements.

No rule is asked, for nobody is there to be refused; who judges is whom the rules would let judge, never the author. How to
play: `play(DayOfPromises(hand_in=duties, write=words_of), by=…)` proposes and signs, `accept` publishes what waits,
`give_back` returns one item with its reasons (handed in again, `write` gives its new words), then items by their row ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef

from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.actions.judging import digest_of
from zhengyou.campaigns.models import OPEN, Duty
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.commitments import hints
from zhengyou.commitments.actions import writing
from zhengyou.commitments.homes import homes
from zhengyou.commitments.models import OPEN_ITEMS, Commitment, Item, ItemChange, ItemEvent
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock, sql

S, K = Commitment.State, ItemEvent.Kind
Write = Callable[[Duty], writing.Words]
"""What a duty's commitment says; asked again for one that came back."""


@dataclass
class DayOfPromises:
    """What happens on one day: duties noted (said aloud), handed in, accepted, returned; items by row id.

    `change`: new words and reason; `release`: reason and to whom it was told; both asked and agreed on the day. `unkept`:
    item to its cause ("" = none): said by the author, closed by the reviewer.
    """

    note: Sequence[int] = ()
    hand_in: Sequence[int] = ()
    write: Write | None = None
    accept: Sequence[int] = ()
    give_back: Mapping[int, str] = field(default_factory=dict)
    claim: Mapping[int, str] = field(default_factory=dict)
    confirm: Sequence[int] = ()
    dispute: Mapping[int, str] = field(default_factory=dict)
    change: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    release: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    unkept: Mapping[int, str] = field(default_factory=dict)


def play(day: DayOfPromises, *, by: Actor) -> dict[str, int]:
    """Play a day (the clock's) in one transaction with one entry: verdicts on what waits, items, then what is handed in."""
    with record("commitment.day_played", by=by) as entry:
        people = Reviewers(clock.today())
        done = {
            "accepted": _judge(entry, dict.fromkeys(day.accept, ""), people),
            "returned": _judge(entry, dict(day.give_back), people),
            **_items(entry, day, people),
            "noted": _note(entry, day, people),
            "handed_in": _hand_in(entry, day, people),
        }
        entry.note(**done, ids=digest_of([*day.note, *day.hand_in, *day.accept, *day.give_back]))
    return done


def _found(duties: Iterable[Duty]) -> dict[int, Commitment]:
    """Commitments of these duties by duty."""
    rows: dict[int, Commitment] = {}
    ids = [duty.pk for duty in duties]
    for i in range(0, len(ids), papers.CHUNK):
        chunk = Commitment.objects.filter(duty__in=ids[i : i + papers.CHUNK])
        rows |= {row.duty_id: row for row in chunk if row.duty_id is not None}
    return rows


def _items_of(found: Iterable[Commitment]) -> dict[int, list[Item]]:
    out: dict[int, list[Item]] = {}
    ids = [one.pk for one in found]
    for i in range(0, len(ids), papers.CHUNK):
        chunk = Item.objects.filter(commitment__in=ids[i : i + papers.CHUNK]).order_by("commitment", "place")
        for item in chunk:
            out.setdefault(item.commitment_id, []).append(item)
    return out


def _author(duty: Duty, people: Reviewers) -> int | None:
    return duty.member_id or next(iter(people.holders.get(duty.unit_id, {})), None)


def _made(entry: OpenEntry, duties: list[Duty], write: Write) -> tuple[dict[int, Commitment], list[Item]]:
    """New commitments with their items for duties that have none yet, as drafts."""
    rows, words = {}, {}
    for duty in duties:
        said = words[duty.pk] = write(duty)
        rows[duty.pk] = Commitment(
            campaign_id=duty.slot.task.campaign_id,
            unit_id=duty.subject_unit_id or duty.unit_id,
            member_id=duty.member_id,
            duty=duty,
            summary=said.summary,
            goals=said.goals,
            served=said.served,
            scope=said.scope,
            entry_id=entry.id,
        )
    Commitment.objects.bulk_create(rows.values(), batch_size=papers.CHUNK)
    items = [
        Item(
            commitment=rows[pk],
            place=place,
            kind=one.kind,
            text=one.text,
            measure=one.measure,
            how=one.how,
            due_on=one.due_on,
            owner=one.owner,
            owner_text=one.owner_text,
            same=hints.digest(one.text),
        )
        for pk, said in words.items()
        for place, one in enumerate(said.items, start=1)
    ]
    Item.objects.bulk_create(items, batch_size=papers.CHUNK)
    return rows, items


def _note(entry: OpenEntry, day: DayOfPromises, people: Reviewers) -> int:
    """Written down by the head of the unit; waits for the member."""
    if day.write is None or not day.note:
        return 0
    duties = [duty for duty in papers.duties(day.note) if duty.state in OPEN and duty.member_id]
    known = _found(duties)
    rows, _made_items = _made(entry, [duty for duty in duties if duty.pk not in known], day.write)
    heads = {duty.pk: next(iter(people.holders.get(duty.unit_id, {})), None) for duty in duties}
    for pk, row in rows.items():
        row.state, row.oral_by_id, row.oral_on = S.NOTED, heads[pk], clock.today()
    sql.write_back(rows.values(), ["state", "oral_by", "oral_on"])
    return len(rows)


def _hand_in(entry: OpenEntry, day: DayOfPromises, people: Reviewers) -> int:
    """Proposed and signed; what came back is worded anew where it was returned, what was noted is confirmed as it is."""
    if day.write is None or not day.hand_in:
        return 0
    duties = [duty for duty in papers.duties(day.hand_in) if duty.state in OPEN]
    known = _found(duties)
    items = _items_of(known.values())
    mended = []
    for duty in duties:
        if (old := known.get(duty.pk)) is not None and old.state == S.RETURNED:
            again = day.write(duty).items
            for item in items.get(old.pk, []):
                if item.verdict == Item.Verdict.RETURNED:
                    one = again[(item.place - 1) % len(again)]
                    item.text, item.measure, item.due_on = one.text, one.measure, one.due_on
                    item.same, item.verdict, item.reasons = hints.digest(one.text), "", ""
                    mended.append(item)
    fields = ["text", "measure", "due_on", "same", "verdict", "reasons"]
    sql.write_back(mended, fields)
    rows, made = _made(entry, [duty for duty in duties if duty.pk not in known], day.write)
    rows |= known
    for item in made:
        items.setdefault(item.commitment_id, []).append(item)
    laid = []
    for duty in duties:
        row, author = rows[duty.pk], _author(duty, people)
        row.state, row.proposed_by_id, row.proposed_on = S.PROPOSED, author, clock.today()
        row.signed_by_id, row.signed_on = author, clock.today()
        row.signed_hash = writing.digest_of(row, items.get(row.pk, []))
        row.version += 1
        laid.append(papers.Paper(duty, author, paper=f"commitment:{row.public_id}"))
    fields = ["state", "proposed_by", "proposed_on", "signed_by", "signed_on", "signed_hash", "version"]
    sql.write_back([rows[duty.pk] for duty in duties], fields)
    return len(papers.lay(entry, laid, people))


def _judge(entry: OpenEntry, wanted: Mapping[int, str], people: Reviewers) -> int:
    """Accepted and published, or one item returned with its reasons; by whoever may review where it waits."""
    given, last = [], set()
    for submission in papers.waiting_of(wanted):
        if not submission.paper.startswith("commitment:"):
            continue
        authors = [pk for pk in (submission.duty.member_id, submission.by_id) if pk]
        able = people.able(Desk(submission.waits_at_id or 0, submission.waits_for), authors)
        if able:
            given.append(papers.Judgement(submission, able[0], wanted[submission.duty_id]))
            if papers.is_last(submission, able[0], people):
                last.add(submission.duty_id)
    papers.judge(entry, given, people)
    found = _found([one.submission.duty for one in given])
    items = _items_of(found.values())
    events, back, kept = [], [], []
    today = clock.today()
    for one in given:
        row = found[one.submission.duty_id]
        row.reviewed_by_id, row.reviewed_on = one.by_id, today
        row.version += 1
        mine = items.get(row.pk, [])
        if one.reasons:
            row.state, row.signed_by_id, row.signed_on, row.signed_hash = S.RETURNED, None, None, ""
            mine[-1].verdict, mine[-1].reasons = Item.Verdict.RETURNED, one.reasons
            back += mine
            for item in mine[:-1]:
                item.verdict = Item.Verdict.ACCEPTED
            events += [_event(entry, mine[-1], K.RETURNED, one.by_id, one.reasons)]
            events += [_event(entry, item, K.ACCEPTED, one.by_id) for item in mine[:-1]]
            continue
        events += [_event(entry, item, K.ACCEPTED, one.by_id) for item in mine]
        kept += [item.pk for item in mine]
        if one.submission.duty_id in last:
            row.state, row.published_on = S.PUBLISHED, today
            events += [_event(entry, item, K.PUBLISHED, row.signed_by_id) for item in mine]
    sql.write_back(back, ["verdict", "reasons"])
    for i in range(0, len(kept), papers.CHUNK):
        Item.objects.filter(pk__in=kept[i : i + papers.CHUNK]).update(verdict="accepted", reasons="")
    fields = [
        "state",
        "published_on",
        "reviewed_by",
        "reviewed_on",
        "signed_by",
        "signed_on",
        "signed_hash",
        "version",
    ]
    sql.write_back(found.values(), fields)
    ItemEvent.objects.bulk_create(events, batch_size=papers.CHUNK)
    return len(given)


def _event(entry: OpenEntry, item: Item, kind: str, by: int | None, text: str = "") -> ItemEvent:
    return ItemEvent(item=item, kind=kind, day=clock.today(), by_id=by, text=text, entry_id=entry.id)


def _items(entry: OpenEntry, day: DayOfPromises, people: Reviewers) -> dict[str, int]:
    """What becomes of items on the day; what is not in the state for it is passed over."""
    wanted = {*day.claim, *day.confirm, *day.dispute, *day.change, *day.release, *day.unkept}
    ids, found = sorted(wanted), []
    for i in range(0, len(ids), papers.CHUNK):
        chunk = Item.objects.select_related("commitment").filter(pk__in=ids[i : i + papers.CHUNK])
        found += [item for item in chunk if item.commitment.state == S.PUBLISHED]
    where = homes({item.commitment for item in found}, clock.today()) if found else {}
    desks: dict[int, int | None] = {}
    today, events, changes = clock.today(), [], []
    counts = dict.fromkeys(("claimed", "confirmed", "disputed", "changed", "released", "unkept"), 0)
    for item in found:
        whole = item.commitment
        unit = where[whole.pk]
        if unit is None:
            continue
        author = whole.member_id or next(iter(people.holders.get(unit, {})), None)
        by = {pk for pk in (whole.member_id, author, item.claimed_by_id, item.owner_id) if pk}
        if whole.pk not in desks:
            desk = people.desk("parent", unit, of_unit=whole.of_unit, authors=by)
            desks[whole.pk] = next(iter(people.able(desk, by)), None)
        judge = desks[whole.pk]
        opened = item.state in (Item.State.OPEN, Item.State.DISPUTED)
        if item.pk in day.claim and opened:
            text = day.claim[item.pk]
            item.state, item.claim, item.claimed_on, item.claimed_by_id = (
                Item.State.CLAIMED,
                text,
                today,
                author,
            )
            events.append(_event(entry, item, K.CLAIMED, author, text))
            counts["claimed"] += 1
        elif item.pk in day.confirm and item.state == Item.State.CLAIMED and judge:
            item.state, item.decided_on, item.decided_by_id = Item.State.KEPT, today, judge
            events.append(_event(entry, item, K.CONFIRMED, judge))
            counts["confirmed"] += 1
        elif item.pk in day.dispute and item.state == Item.State.CLAIMED and judge:
            item.state, item.decision = Item.State.DISPUTED, day.dispute[item.pk]
            item.decided_on, item.decided_by_id = today, judge
            events.append(_event(entry, item, K.DISPUTED, judge, item.decision))
            counts["disputed"] += 1
        elif item.pk in day.change and opened and judge:
            text, reason = day.change[item.pk]
            changes.append(_change(entry, item, ItemChange.Kind.CHANGE, author, judge, reason, text=text))
            item.text, item.same, item.changed = text, hints.digest(text), item.changed + 1
            events += [_event(entry, item, K.ASKED, author, reason), _event(entry, item, K.CHANGED, judge)]
            counts["changed"] += 1
        elif item.pk in day.release and opened and judge:
            reason, told = day.release[item.pk]
            changes.append(_change(entry, item, ItemChange.Kind.RELEASE, author, judge, reason, told=told))
            item.state, item.decision = Item.State.RELEASED, reason
            item.decided_on, item.decided_by_id = today, judge
            events += [_event(entry, item, K.ASKED, author, reason), _event(entry, item, K.RELEASED, judge)]
            counts["released"] += 1
        elif item.pk in day.unkept and opened and judge:
            cause = day.unkept[item.pk]
            item.state, item.cause, item.explained = Item.State.UNKEPT, cause, bool(cause)
            item.decided_on, item.decided_by_id = today, judge
            events.append(_event(entry, item, K.UNKEPT, judge, cause))
            counts["unkept"] += 1
        else:
            continue
        item.version += 1
    _keep(found, events, changes)
    return counts


def _keep(found: list[Item], events: list[ItemEvent], changes: list[ItemChange]) -> None:
    fields = [
        *(
            "state",
            "text",
            "same",
            "changed",
            "claim",
            "claimed_on",
            "claimed_by",
            "decided_on",
            "decided_by",
        ),
        *("decision", "cause", "explained", "version"),
    ]
    sql.write_back(found, fields)
    ItemChange.objects.bulk_create(changes, batch_size=papers.CHUNK)
    ItemEvent.objects.bulk_create(events, batch_size=papers.CHUNK)
    if found:
        still = Item.objects.filter(commitment=OuterRef("pk"), state__in=OPEN_ITEMS)
        Commitment.objects.filter(~Exists(still), state=S.PUBLISHED).update(
            state=S.SETTLED, settled_on=clock.today(), version=F("version") + 1
        )


def _change(
    entry: OpenEntry,
    item: Item,
    kind: str,
    author: int | None,
    judge: int,
    reason: str,
    *,
    text: str = "",
    told: str = "",
) -> ItemChange:
    """Asked and agreed on one day."""
    return ItemChange(
        item=item,
        kind=kind,
        old_text=item.text,
        old_measure=item.measure,
        old_due_on=item.due_on,
        new_text=text,
        new_measure=item.measure if text else "",
        new_due_on=item.due_on if text else None,
        reason=reason,
        told=told,
        state=ItemChange.State.APPROVED,
        by_id=author,
        asked_on=clock.today(),
        decided_by_id=judge,
        decided_on=clock.today(),
        entry_id=entry.id,
    )
