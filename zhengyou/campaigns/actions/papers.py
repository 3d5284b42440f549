"""What hand-ins and verdicts share: sets of papers laid and judged within an open entry, one or thousands alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.db.models import Count, Max, Prefetch
from django.utils.translation import gettext as _

from zhengyou.campaigns.duties import change
from zhengyou.campaigns.models import Duty, Review, Slot, State, Submission, Task
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict

CHUNK = 500
THIRD = 3
"""Returns of one duty from which the level above the reviewer is alerted (DOMAIN.md §2.8)."""


@dataclass
class Paper:
    """One handing-in to be laid: a duty with its slot and task, who hands it in (None: nobody known), the texts.

    `paper` names a room's own paper (`label:id`): it is always reviewed, whatever the task's mode, and judged there.
    """

    duty: Duty
    by_id: int | None
    nothing: bool = False
    done: str = ""
    changed: str = ""
    objection: str = ""
    paper: str = ""


@dataclass
class Judgement:
    """One verdict to be given on a submission (with its duty, slot and task): accepted where there are no reasons."""

    submission: Submission
    by_id: int | None
    reasons: str = ""


def once(path: str) -> Prefetch:
    """Slots with their tasks behind many duties, each read once and shared: a task is far wider than a duty."""
    return Prefetch(path, Slot.objects.select_related("task"))


def duties(ids: Iterable[int]) -> list[Duty]:
    """Duties by id with slot and task, in the order of their ids."""
    wanted = sorted(set(ids))
    out: list[Duty] = []
    for i in range(0, len(wanted), CHUNK):
        chunk = Duty.objects.prefetch_related(once("slot")).filter(pk__in=wanted[i : i + CHUNK])
        out += chunk.order_by("pk")
    return out


def submissions(ids: Iterable[int]) -> list[Submission]:
    """Submissions by id with duty, slot and task, in the order of their ids."""
    wanted = sorted(set(ids))
    out: list[Submission] = []
    for i in range(0, len(wanted), CHUNK):
        chunk = Submission.objects.select_related("duty").prefetch_related(once("duty__slot"))
        out += chunk.filter(pk__in=wanted[i : i + CHUNK]).order_by("pk")
    return out


def waiting_of(ids: Iterable[int]) -> list[Submission]:
    """The papers that wait for review under these duties, with duty, slot and task, in the order of the duties."""
    wanted = sorted(set(ids))
    out: list[Submission] = []
    for i in range(0, len(wanted), CHUNK):
        chunk = Submission.objects.select_related("duty").prefetch_related(once("duty__slot"))
        waits = chunk.filter(duty__in=wanted[i : i + CHUNK], state=Submission.State.WAITING)
        out += waits.order_by("duty_id")
    return out


def drawn(task: Task, duty_id: int) -> bool:
    """Whether a sample review looks at this duty: from the seed recorded at the start, so the draw can be repeated."""
    number = hashlib.sha256(f"{task.about.get('seed', 0)}:{duty_id}".encode()).digest()[:8]
    return Fraction(int.from_bytes(number, "big"), 2**64) < Fraction(task.share or "1")


def lay(entry: OpenEntry, papers: Sequence[Paper], people: Reviewers) -> list[Submission]:
    """Insert the papers and move their duties: to review, or straight to accepted where nobody reviews.

    What was returned by a person goes back to a person, whatever the task's mode; an objection one level up.
    """
    if not papers:
        return []
    today, now = clock.today(), clock.now()
    numbers, last_return = _history([paper.duty.pk for paper in papers])
    newest = _newest(Submission)
    made = []
    for paper in papers:
        duty, task = paper.duty, paper.duty.slot.task
        authors = [pk for pk in (duty.member_id, paper.by_id) if pk]
        tier, desk = 0, None
        if paper.objection:
            at = last_return.get(duty.pk) or duty.unit_id
            tier, desk = len(task.review or ["parent"]) - 1, people.one_up(at, authors)
        elif (
            paper.paper
            or task.review_mode == "each"
            or duty.pk in last_return
            or (task.review_mode == "sample" and drawn(task, duty.pk))
        ):
            tier, desk = people.first(
                task.review, 0, duty.unit_id, of_unit=duty.member_id is None, authors=authors
            )
        made.append(
            Submission(
                duty=duty,
                number=numbers.get(duty.pk, 0) + 1,
                by_id=paper.by_id,
                at=now,
                day=today,
                due_on=duty.due_on,
                nothing=paper.nothing,
                done=paper.done,
                changed=paper.changed,
                objection=paper.objection,
                paper=paper.paper,
                state=Submission.State.WAITING if desk else Submission.State.ACCEPTED,
                tier=tier,
                waits_at_id=desk.unit if desk else None,
                waits_for=desk.post if desk else "",
                waits_since=today if desk else None,
                entry_id=entry.id,
            )
        )
    Submission.objects.bulk_create(made, batch_size=CHUNK)
    moved = change(
        entry,
        "submit",
        "person",
        """JOIN campaigns_submission x ON x.duty_id = d.id AND x.id > :newest AND x.entry_id = :entry
           WHERE d.state IN ('due', 'returned')""",
        state="CASE WHEN x.state = 20 THEN 'accepted' ELSE 'submitted' END",
        day=":today",
        newest=newest,
        today=today,
    )
    if moved != len(made):
        raise Conflict(_("这一件刚才有了变动，没有交上；您写的还在，刷新后再交。"))
    return made


def withdraw(entry: OpenEntry, waiting: Sequence[Submission]) -> int:
    """Take papers back from review; their duties are due again."""
    ids = [submission.pk for submission in waiting]
    n = Submission.objects.filter(pk__in=ids, state=Submission.State.WAITING).update(
        state=Submission.State.WITHDRAWN
    )
    listed = ", ".join(str(submission.duty_id) for submission in waiting)
    moved = change(
        entry,
        "withdraw",
        "person",
        f"WHERE d.id IN ({listed}) AND d.state = 'submitted'",
        state="'due'",
        day=":today",
        today=clock.today(),
    )
    if n != len(ids) or moved != n:
        raise Conflict(_("刚才已经有人审过这一份，撤不回来了。"))
    return n


def judge(entry: OpenEntry, judgements: Sequence[Judgement], people: Reviewers) -> list[Review]:
    """Give verdicts on papers that wait: accepted on the last tier, passed on to the next, or returned with reasons."""
    if not judgements:
        return []
    today, now = clock.today(), clock.now()
    back = [judgement for judgement in judgements if judgement.reasons]
    returns = _returns([judgement.submission.duty_id for judgement in back])
    newest, made, passed = _newest(Review), [], []
    for judgement in judgements:
        submission = judgement.submission
        duty, task = submission.duty, submission.duty.slot.task
        review = Review(
            submission=submission,
            tier=submission.tier,
            verdict=Review.Verdict.RETURNED if judgement.reasons else Review.Verdict.ACCEPTED,
            by_id=judgement.by_id,
            at=now,
            day=today,
            reasons=judgement.reasons,
            at_unit_id=submission.waits_at_id or duty.unit_id,
            entry_id=entry.id,
        )
        if judgement.reasons:
            review.old_due_on = duty.due_on
            review.new_due_on = max(duty.due_on, today + timedelta(days=task.returned_days))
            if returns.get(duty.pk, 0) + 1 >= THIRD:
                review.alerts_at_id = people.parent.get(review.at_unit_id or 0) or people.root or None
        elif (onward := _onward(submission, judgement.by_id, people)) is not None:
            tier, desk = onward
            passed.append(submission)
            submission.tier, submission.waits_since = tier, today
            submission.waits_at_id, submission.waits_for = desk.unit, desk.post
        made.append(review)
    Review.objects.bulk_create(made, batch_size=CHUNK)
    Submission.objects.bulk_update(passed, ["tier", "waits_since", "waits_at", "waits_for"], batch_size=CHUNK)
    skip = {submission.pk for submission in passed}
    accepted = [j.submission.pk for j in judgements if not j.reasons and j.submission.pk not in skip]
    _settle(accepted, Submission.State.ACCEPTED)
    _settle([j.submission.pk for j in back], Submission.State.RETURNED)
    moved = 0
    for kind, some, verdict, paper, state, due in (
        ("accept", accepted, 20, 20, State.ACCEPTED, "d.due_on"),
        ("return", back, 30, 30, State.RETURNED, "r.new_due_on"),
    ):
        if not some:
            continue
        moved += change(
            entry,
            kind,
            "person",
            f"""JOIN campaigns_submission x ON x.duty_id = d.id AND x.state = {paper}
                JOIN campaigns_review r ON r.submission_id = x.id AND r.id > :newest AND r.entry_id = :entry
                  AND r.verdict = {verdict}
                WHERE d.state IN ('submitted', 'accepted') AND d.state <> '{state}'""",
            state=f"'{state}'",
            due=due,
            day=":today",
            newest=newest,
            today=today,
        )
    if moved != len(accepted) + len(back):
        raise Conflict(_("刚才已经有人审过，或者被撤回了；没有改动任何一份，刷新后再看。"))
    return made


def _onward(submission: Submission, by_id: int | None, people: Reviewers) -> tuple[int, Desk] | None:
    """The next tier and where it waits; None after the last, or where this reviewer would be asked again."""
    duty, tiers = submission.duty, submission.duty.slot.task.review
    if submission.tier + 1 >= len(tiers) or submission.objection:
        return None
    authors = [pk for pk in (duty.member_id, submission.by_id) if pk]
    tier, desk = people.first(
        tiers, submission.tier + 1, duty.unit_id, of_unit=duty.member_id is None, authors=authors
    )
    if desk.unit == submission.waits_at_id and (by_id is None or by_id in people.able(desk, authors)):
        return None
    return tier, desk


def is_last(submission: Submission, by_id: int | None, people: Reviewers) -> bool:
    """Whether this reviewer's acceptance is the last one asked for: then the duty is accepted."""
    return _onward(submission, by_id, people) is None


def _settle(ids: list[int], state: int) -> None:
    for i in range(0, len(ids), CHUNK):
        Submission.objects.filter(pk__in=ids[i : i + CHUNK]).update(state=state)


def _history(ids: list[int]) -> tuple[dict[int, int], dict[int, int | None]]:
    """Papers handed in so far by duty; and for duties whose last paper was returned, the unit that returned it."""
    numbers: dict[int, int] = {}
    returned: dict[int, int | None] = {}
    for i in range(0, len(ids), CHUNK):
        chunk = ids[i : i + CHUNK]
        counted = Submission.objects.filter(duty__in=chunk).values("duty").annotate(last=Max("number"))
        numbers |= {row["duty"]: row["last"] for row in counted}
        found = Review.objects.filter(submission__duty__in=chunk, verdict=Review.Verdict.RETURNED).order_by(
            "pk"
        )
        returned |= dict(found.values_list("submission__duty", "at_unit"))
    return numbers, returned


def _returns(ids: list[int]) -> dict[int, int]:
    out: dict[int, int] = {}
    for i in range(0, len(ids), CHUNK):
        found = Review.objects.filter(
            submission__duty__in=ids[i : i + CHUNK], verdict=Review.Verdict.RETURNED
        )
        out |= dict(found.values_list("submission__duty").annotate(n=Count("pk")))
    return out


def _newest(model: type[Submission] | type[Review]) -> int:
    return model.objects.aggregate(last=Max("pk"))["last"] or 0
