"""A unit's desk for whoever answers for it: its own duties, members' state by task, who is missing, what waits. Two queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from zhengyou.campaigns.figures.board import NAMES, Figures
from zhengyou.kit import sql
from zhengyou.overview.counts import sums
from zhengyou.overview.desk.lines import Line, title

MOST = 12
"""Own duties of the unit on the desk; the whole list is one click away."""
PAPERS = 6
"""Papers that wait, on the desk; all are in the queue."""
RECENT = 60
"""Days for which a finished task still stands on the desk."""
NAMED = 60
"""Names shown on the desk; the missing list holds all."""


@dataclass(slots=True)
class Step:
    """How far the members are with one task in one period."""

    slot: int
    task: int
    title: str
    due_on: date
    figures: Figures


@dataclass(slots=True)
class Waiting:
    """A paper that waits for review at this unit; `own` where the reader may not judge it."""

    duty: int
    title: str
    who: str
    since: date | None
    own: bool = False


@dataclass(slots=True)
class Absent:
    """A member who has not handed in, or whose paper was returned and not yet sent again."""

    duty: int
    number: str
    name: str
    state: str
    due_on: date
    late: int


@dataclass(slots=True)
class Desk:
    """Everything on a unit's desk; `away` is what the unit handed in and a reviewer above has not yet judged.

    `shut` is what the unit had not settled when its period was closed: shown with the rule, counted nowhere as a to-do.
    """

    duties: list[Line] = field(default_factory=list)
    n_duties: int = 0
    shut: list[Line] = field(default_factory=list)
    away: list[Line] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    chosen: Step | None = None
    missing: list[Absent] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    n_waiting: int = 0


def steps(unit: int, day: date) -> list[Step]:
    """Members' figures of the unit and all below it, task by task in order of dates; finished ones fall away in time,
    closed periods at once."""
    live = """FROM campaigns_slot s JOIN campaigns_task t ON t.id = s.task_id
        JOIN campaigns_campaign c ON c.id = t.campaign_id
        WHERE c.state = 30 AND t.subject = 'member' AND s.opens_on <= :day AND s.closed_on > :day"""
    found = sql.rows(
        f"""WITH f (slot_id, {", ".join(NAMES)}) AS (
            SELECT b.slot_id, {sums("b", "b.n")} FROM campaigns_balance b
              WHERE b.unit_id = :unit AND b.slot_id IN (SELECT s.id {live}) GROUP BY b.slot_id
            UNION ALL SELECT d.slot_id, {sums("d", "d.n")} FROM campaigns_delta d
              JOIN org_closure c ON c.descendant_id = d.unit_id AND c.ancestor_id = :unit AND c.valid_from <= :day
                AND c.valid_to > :day
              WHERE d.day <= :day AND d.slot_id IN (SELECT s.id {live}) GROUP BY d.slot_id)
        SELECT s.id, t.id, t.zh, t.en, s.period, s.due_on, {", ".join(f"SUM({name})" for name in NAMES)}
        FROM f JOIN campaigns_slot s ON s.id = f.slot_id JOIN campaigns_task t ON t.id = s.task_id
        GROUP BY s.id, t.id, t.zh, t.en, s.period, s.due_on ORDER BY s.due_on, t.id""",
        unit=unit,
        day=day,
    )
    out = []
    for slot, task, zh, en, period, due, *values in found:
        figures = Figures(*map(int, values))
        step = Step(slot, task, title(zh, en, period), sql.as_date(due), figures)
        if figures.owed and (
            figures.missing or figures.in_review or step.due_on >= day - timedelta(days=RECENT)
        ):
            out.append(step)
    return out


def choose(found: list[Step], asked: str) -> Step | None:
    """The task whose missing are named: the one asked for, else the one with most overdue, else the next one due."""
    open_ones = [step for step in found if step.figures.missing]
    wanted = next((step for step in found if str(step.slot) == asked), None)
    if wanted:
        return wanted
    return max(open_ones, key=lambda step: (step.figures.overdue, -step.due_on.toordinal()), default=None)


def read(
    unit: int,
    me: int,
    owner: str,
    day: date,
    *,
    names: bool,
    reviews: list[str],
    below: int,
    asked: str = "",
) -> Desk:
    """The desk of a unit today; `names`: may see who is missing, `reviews`: the posts in which one reviews here."""
    desk = Desk(steps=steps(unit, day))
    desk.chosen = choose(desk.steps, asked)
    slot = desk.chosen.slot if desk.chosen and names and not below else 0
    posts = {f"post{i}": post for i, post in enumerate(reviews)}
    asked_posts = ", ".join(f":{name}" for name in posts) or "''"
    found = sql.rows(
        f"""SELECT * FROM (SELECT 1 AS part, SUM(CASE WHEN d.state = 'submitted' OR {_SHUT} THEN 0 ELSE 1 END) OVER () AS n, d.id,
              d.state, d.due_on, s.period, t.zh, t.en, COALESCE(w.name, '') AS name, COALESCE(y.waits_for, '') AS number,
              y.waits_since AS since, CASE WHEN {_SHUT} THEN 1 ELSE 0 END AS own,
              t.review_mode AS mode, COALESCE(t.minutes, 0) AS minutes,
              EXISTS (SELECT 1 FROM journal_draft f WHERE f.owner = :owner AND f.label = 'duty:' || d.id) AS draft,
              t.form AS form
              {_TASK} LEFT JOIN campaigns_submission y ON y.duty_id = d.id AND y.state = 10
              LEFT JOIN org_placement w ON w.unit_id = y.waits_at_id AND w.dropped_id IS NULL
                AND w.valid_from <= :day AND w.valid_to > :day
              WHERE d.unit_id = :unit AND d.subject_unit_id IS NOT NULL AND d.state IN ('due', 'returned', 'submitted')
              ORDER BY CASE WHEN {_SHUT} THEN 2 WHEN d.state = 'submitted' THEN 1 ELSE 0 END, d.due_on, d.id LIMIT {MOST}) a
        UNION ALL SELECT * FROM (SELECT 2, COUNT(*) OVER (), d.id, d.state, d.due_on, s.period, t.zh, t.en,
              COALESCE(m.name, u.name, ''), '', x.waits_since, CASE WHEN x.by_id = :me OR d.member_id = :me THEN 1 ELSE 0 END,
              '', 0, FALSE, ''
              {_TASK} JOIN campaigns_submission x ON x.duty_id = d.id AND x.state = 10
              LEFT JOIN org_person m ON m.id = d.member_id
              LEFT JOIN org_placement u ON u.unit_id = d.subject_unit_id AND u.dropped_id IS NULL
                AND u.valid_from <= :day AND u.valid_to > :day
              WHERE x.waits_at_id = :reviews AND x.waits_for IN ('', {asked_posts}) AND s.closed_on > :day
              ORDER BY x.waits_since, x.id LIMIT {PAPERS}) b
        UNION ALL SELECT * FROM (SELECT 3, COUNT(*) OVER (), d.id, d.state, d.due_on, '', '', '', m.name,
              COALESCE(m.number, ''), d.due_on, 0, '', 0, FALSE, ''
              FROM campaigns_duty d JOIN org_person m ON m.id = d.member_id
              WHERE d.unit_id = :unit AND d.slot_id = :slot AND d.state IN ('due', 'returned')
              ORDER BY d.due_on, m.sort_key, m.id LIMIT {NAMED}) c""",
        day=day,
        unit=unit,
        me=me,
        owner=owner,
        slot=slot,
        reviews=unit if reviews else 0,
        **posts,
    )
    for (
        part,
        n,
        pk,
        state,
        due,
        period,
        zh,
        en,
        name,
        number,
        since,
        own,
        mode,
        minutes,
        draft,
        form,
    ) in found:
        due_on = sql.as_date(due)
        late = (day - due_on).days if due_on < day else 0
        at = sql.as_date(since) if since else None
        if part == 1:
            desk.n_duties = int(n)
            line = Line(
                pk,
                state,
                due_on,
                due_on,
                title(zh, en, period),
                minutes,
                mode != "none",
                draft=bool(draft),
                form=form,
            )
            line.shut = bool(own)
            if line.shut:
                desk.shut.append(line)
            elif state == "submitted":
                line.waits_at, line.waits_for, line.since = name, number, at
                desk.away.append(line)
            else:
                line.late = late
                desk.duties.append(line)
        elif part == 2:
            desk.n_waiting = n
            desk.waiting.append(Waiting(pk, title(zh, en, period), name, at, bool(own)))
        else:
            desk.missing.append(Absent(pk, number, name, state, due_on, late))
    return desk


_TASK = "FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id"
_SHUT = "s.closed_on <= :day"
"""Its period is closed: nothing is handed in or judged any more."""
