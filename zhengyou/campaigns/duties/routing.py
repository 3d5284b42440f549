"""Papers follow the reviewers: what waits where nobody can act, or in a unit its duty has left, waits elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from zhengyou.campaigns.models import Submission
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock
from zhengyou.kit.sql import rows
from zhengyou.org import current

MOST = 20_000
"""Papers rerouted in one go; what is left over waits for the next tick."""


def stranded() -> list[int]:
    """Papers waiting at a desk at which nobody but their authors holds the post; one query."""
    part = current.part()
    posts = [post.code for post in part.posts if "review" in post.may] if part else []
    values = {f"post{i}": post for i, post in enumerate(posts)}
    listed = ", ".join(f":{name}" for name in values) or "''"
    return [
        row[0]
        for row in rows(
            f"""SELECT x.id FROM campaigns_submission x JOIN campaigns_duty d ON d.id = x.duty_id
                WHERE x.state = 10 AND NOT EXISTS (
                  SELECT 1 FROM org_post p WHERE p.unit_id = x.waits_at_id AND p.dropped_id IS NULL
                  AND p.valid_from <= :day AND p.valid_to > :day AND p.post IN ({listed})
                  AND (x.waits_for = '' OR p.post = x.waits_for)
                  AND p.person_id <> COALESCE(x.by_id, 0) AND p.person_id <> COALESCE(d.member_id, 0))
                ORDER BY x.id LIMIT {MOST}""",
            day=clock.today(),
            **values,
        )
    ]


def moved(entry: OpenEntry) -> list[int]:
    """Papers waiting under duties that this entry moved to another unit."""
    return [
        row[0]
        for row in rows(
            """SELECT DISTINCT x.id FROM campaigns_submission x
               JOIN campaigns_dutyevent e ON e.duty_id = x.duty_id AND e.entry_id = :entry AND e.kind = 'move'
               WHERE x.state = 10 ORDER BY x.id""",
            entry=entry.id,
        )
    ]


def waiting_at(units: Iterable[int]) -> list[int]:
    """Papers waiting for review at these units, under duties that are charged elsewhere."""
    ids = ", ".join(str(int(unit)) for unit in units) or "0"
    found = rows(
        f"""SELECT x.id FROM campaigns_submission x JOIN campaigns_duty d ON d.id = x.duty_id
            WHERE x.state = 10 AND x.waits_at_id IN ({ids}) AND d.unit_id NOT IN ({ids}) ORDER BY x.id"""
    )
    return [row[0] for row in found]


def reroute(papers: list[int]) -> int:
    """Find these waiting papers their desks anew; returns how many now wait elsewhere, from today on."""
    if not papers:
        return 0
    found: dict[tuple[int, Desk], list[int]] = defaultdict(list)
    today = clock.today()
    people: Reviewers | None = None
    for i in range(0, len(papers), 500):
        some = list(
            Submission.objects.select_related("duty__slot__task").filter(pk__in=papers[i : i + 500], state=10)
        )
        if len(papers) <= 500:
            people = Reviewers(today, {submission.duty.unit_id for submission in some})
        elif people is None:
            people = Reviewers(today)
        for submission in some:
            if (place := _again(submission, people)) is not None:
                found[place].append(submission.pk)
    for (tier, desk), ids in found.items():
        for i in range(0, len(ids), 500):
            Submission.objects.filter(pk__in=ids[i : i + 500]).update(
                tier=tier, waits_at=desk.unit, waits_for=desk.post, waits_since=today
            )
    return sum(map(len, found.values()))


def _again(submission: Submission, people: Reviewers) -> tuple[int, Desk] | None:
    """The tier and desk at which this paper is to wait from now on; None where it waits there already."""
    duty = submission.duty
    authors = [pk for pk in (duty.member_id, submission.by_id) if pk]
    tiers = duty.slot.task.review
    tier, desk = people.first(
        tiers,
        min(submission.tier, max(len(tiers) - 1, 0)),
        duty.unit_id,
        of_unit=duty.member_id is None,
        authors=authors,
    )
    if desk == Desk(submission.waits_at_id or 0, submission.waits_for):
        return None
    return tier, desk
