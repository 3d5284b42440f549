"""Set-based forms for a played story: thousands of people's steps of one day in one entry, by the same statements.

No rule is asked, for nobody is there to be refused; the guards of the statements hold all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zhengyou.campaigns.actions import deciding, papers
from zhengyou.campaigns.actions.judging import digest_of
from zhengyou.campaigns.models import OPEN, Decision, Duty
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock

Texts = Callable[[Duty], tuple[bool, str, str]]
"""What a duty's paper says: nothing to report, what was done, what changed."""


def plain(duty: Duty) -> tuple[bool, str, str]:
    """A paper without anything to report."""
    return True, "", ""


@dataclass
class DayOfStory:
    """What happens on one day of a story, as duty ids: exempted for a reason, handed in, accepted, returned with reasons."""

    hand_in: Sequence[int] = ()
    texts: Texts = plain
    accept: Sequence[int] = ()
    give_back: Mapping[int, str] = field(default_factory=dict)
    exempt: Mapping[int, str] = field(default_factory=dict)


def play(day: DayOfStory, *, by: Actor) -> dict[str, int]:
    """Play a day (the clock's) in one transaction with one entry: verdicts on what waits, then exemptions, then hand-ins."""
    with record("story.day_played", by=by) as entry:
        people = Reviewers(clock.today())
        done = {
            "accepted": _judge(entry, dict.fromkeys(day.accept, ""), people),
            "returned": _judge(entry, dict(day.give_back), people),
            "exempted": _exempt(entry, day.exempt, by),
            "handed_in": _hand_in(entry, day.hand_in, day.texts, people),
        }
        ids = [*day.hand_in, *day.accept, *day.give_back, *day.exempt]
        entry.note(**done, ids=digest_of(ids))
    return done


def hand_in(ids: Iterable[int], texts: Texts = plain, *, by: Actor) -> int:
    """Hand in many duties (ids) as those who owe them would; what is neither due nor returned is passed over."""
    ids = list(ids)
    with record("duty.handed_in_by_story", by=by, ids=digest_of(ids)) as entry:
        done = _hand_in(entry, ids, texts, Reviewers(clock.today()))
        entry.note(count=done)
    return done


def accept(ids: Iterable[int], *, by: Actor) -> int:
    """Accept what waits under many duties (ids), one tier, as those asked would; returns the papers judged."""
    ids = list(ids)
    with record("duty.accepted_by_story", by=by, ids=digest_of(ids)) as entry:
        done = _judge(entry, dict.fromkeys(ids, ""), Reviewers(clock.today()))
        entry.note(count=done)
    return done


def give_back(reasons: Mapping[int, str], *, by: Actor) -> int:
    """Return what waits under many duties (id: reasons), as those asked would; returns the papers judged."""
    with record("duty.returned_by_story", by=by, ids=digest_of(reasons)) as entry:
        done = _judge(entry, dict(reasons), Reviewers(clock.today()))
        entry.note(count=done)
    return done


def _hand_in(entry: OpenEntry, ids: Sequence[int], texts: Texts, people: Reviewers) -> int:
    laid = []
    for duty in papers.duties(ids):
        if duty.state in OPEN:
            author = duty.member_id
            if author is None:
                author = next(iter(people.holders.get(duty.unit_id, {})), None)
            laid.append(papers.Paper(duty, author, *texts(duty)))
    return len(papers.lay(entry, laid, people))


def _judge(entry: OpenEntry, wanted: Mapping[int, str], people: Reviewers) -> int:
    from zhengyou.campaigns.reviewers import Desk

    given = []
    for submission in papers.waiting_of(wanted):
        authors = [pk for pk in (submission.duty.member_id, submission.by_id) if pk]
        able = people.able(Desk(submission.waits_at_id or 0, submission.waits_for), authors)
        if able:
            given.append(papers.Judgement(submission, able[0], wanted[submission.duty_id]))
    return len(papers.judge(entry, given, people))


def _exempt(entry: OpenEntry, reasons: Mapping[int, str], by: Actor) -> int:
    rows = [
        Decision(
            slot_id=duty.slot_id,
            kind=Decision.Kind.EXEMPT,
            member_id=duty.member_id,
            unit_id=duty.subject_unit_id,
            below=False,
            day=clock.today(),
            reason=reasons[duty.pk],
            by=by.id,
            entry_id=entry.id,
        )
        for duty in papers.duties(reasons)
        if duty.state in OPEN
    ]
    Decision.objects.bulk_create(rows, batch_size=500)
    return deciding.carried(entry, {row.slot_id for row in rows})
