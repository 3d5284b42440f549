"""One line of a dated list: a duty with all that its line says, and the days under which lines are gathered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengyou.campaigns import rooms
from zhengyou.kit import sql
from zhengyou.org.current import language

COLUMNS = """d.id, d.state, d.due_on, s.due_on, s.period, t.zh, t.en, COALESCE(t.minutes, 0), t.review_mode,
    COALESCE(w.name, ''), COALESCE(x.waits_for, ''), x.waits_since, COALESCE(r.reasons, ''), r.day,
    COALESCE(rp.name, ''), EXISTS (SELECT 1 FROM journal_draft f WHERE f.owner = :owner AND f.label = 'duty:' || d.id),
    CASE WHEN s.closed_on <= :day THEN 1 ELSE 0 END, t.form"""
"""What a line says; `:owner` is whose drafts count."""
FROM = """FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
    LEFT JOIN campaigns_submission x ON x.duty_id = d.id AND d.state IN ('submitted', 'returned')
        AND x.number = (SELECT MAX(y.number) FROM campaigns_submission y WHERE y.duty_id = d.id)
    LEFT JOIN org_placement w ON w.unit_id = x.waits_at_id AND w.dropped_id IS NULL AND w.valid_from <= :day
        AND w.valid_to > :day
    LEFT JOIN campaigns_review r ON r.submission_id = x.id AND d.state = 'returned'
        AND r.id = (SELECT MAX(z.id) FROM campaigns_review z WHERE z.submission_id = x.id)
    LEFT JOIN org_person rp ON rp.id = r.by_id"""


@dataclass(slots=True)
class Line:
    """A duty as its line shows it; `waits_at` and `since` are empty unless it waits for a reviewer.

    `shut`: its period is closed, nothing can be done about it any more.
    """

    id: int
    state: str
    due_on: date
    first_due_on: date
    title: str
    minutes: int
    reviewed: bool
    waits_at: str = ""
    waits_for: str = ""
    since: date | None = None
    reasons: str = ""
    returned_on: date | None = None
    reviewer: str = ""
    draft: bool = False
    late: int = 0
    shut: bool = False
    form: str = ""

    @property
    def url(self) -> str:
        """Where it is done: the form of its room, else its own page."""
        return rooms.door(self.form, self.id) or reverse("duty", args=[self.id])

    @property
    def status(self) -> str:
        """What stands as its status: the state, or a draft where something was begun."""
        return "draft" if self.draft and self.state == "due" else self.state


@dataclass(slots=True)
class Group:
    """Lines under one heading: back (returned), late, week (until Friday), later."""

    kind: str
    until: date
    lines: list[Line] = field(default_factory=list)


def title(zh: str, en: str, period: str) -> str:
    """A task's name with its period where it has one."""
    name = (en or zh) if language() == "en" else (zh or en)
    return _("%(task)s（%(period)s）") % {"task": name, "period": period} if period else name


def lines(statement: str, day: date, **values: Any) -> list[Line]:
    """Run a statement that selects COLUMNS and make its lines."""
    out = []
    for row in sql.rows(statement, day=day, **values):
        (
            pk,
            state,
            due,
            first,
            period,
            zh,
            en,
            minutes,
            mode,
            at,
            waits_for,
            since,
            reasons,
            returned,
            who,
            draft,
            shut,
            form,
        ) = row
        due_on = sql.as_date(due)
        line = Line(
            pk,
            state,
            due_on,
            sql.as_date(first),
            title(zh, en, period),
            minutes,
            mode != "none",
            at,
            waits_for,
            since and sql.as_date(since),
            reasons,
            returned and sql.as_date(returned),
            who,
            bool(draft),
            shut=bool(shut),
            form=form,
        )
        if state in ("due", "returned") and due_on < day and not shut:
            line.late = (day - due_on).days
        out.append(line)
    return out


def week_end(day: date) -> date:
    """The last working day of the week: Friday, or Sunday where Friday is over."""
    friday = day + timedelta(days=4 - day.weekday())
    return friday if friday >= day else day + timedelta(days=6 - day.weekday())


def gather(found: list[Line], day: date) -> list[Group]:
    """Returned first, then overdue, this week, later (PRODUCT.md §5); empty groups fall away."""
    sunday, until = day + timedelta(days=6 - day.weekday()), week_end(day)
    groups = {kind: Group(kind, until) for kind in ("back", "late", "week", "later")}
    for line in found:
        if line.state == "returned":
            kind = "back"
        elif line.late:
            kind = "late"
        else:
            kind = "week" if line.due_on <= sunday else "later"
        groups[kind].lines.append(line)
    return [group for group in groups.values() if group.lines]
