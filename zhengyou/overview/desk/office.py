"""The office's desk, and a leader's: campaigns and their state, the queue, vacancies, imports, the whole as figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from zhengyou.campaigns.figures.board import Figures
from zhengyou.campaigns.models import Campaign
from zhengyou.kit import sql
from zhengyou.org.models import RosterImport
from zhengyou.org.rules import Authority
from zhengyou.org.terms import SOON
from zhengyou.overview import counts, weeks
from zhengyou.overview import moment as moments
from zhengyou.overview import plan as plans
from zhengyou.overview.desk.hats import Hat
from zhengyou.overview.desk.lines import Line, title
from zhengyou.overview.plan import Choice
from zhengyou.overview.weeks import Pulse

TERMS = """(SELECT COUNT(*) FROM org_post h WHERE h.dropped_id IS NULL AND h.valid_from <= :day AND h.valid_to > :day
    AND h.acting_for_id IS NULL AND h.term_ends <= :soon)"""
"""Posts whose term has ended or ends soon, as `org.terms.ending` lists them."""


@dataclass(slots=True)
class CampaignLine:
    """A campaign with its state and when it was approved and started."""

    public_id: str
    zh: str
    en: str
    state: int
    started_on: date | None
    tasks: int


@dataclass(slots=True)
class Office:
    """What the office finds on its desk; a leader sees the figures and what needs a person."""

    figures: Figures
    choice: Choice
    pulse: Pulse
    campaigns: list[CampaignLine] = field(default_factory=list)
    duties: list[Line] = field(default_factory=list)
    n_waiting: int = 0
    terms: int = 0
    imports: list[tuple[str, str]] = field(default_factory=list)


def read(hat: Hat, me: int, day: date, authority: Authority) -> Office:
    """The desk of a post on the root; three queries."""
    choice = plans.choose(plans.read(), {}, moments.at(day))
    figures = counts.read([hat.unit], choice.slots, choice.moment).of(hat.unit)
    found = Office(figures, choice, Pulse())
    scalar = weeks.needs(whole=True)
    posts = {f"post{i}": post for i, post in enumerate(hat.posts)}
    listed = ", ".join(f":{name}" for name in posts) or "''"
    review = "review" in hat.powers
    rows = sql.rows(
        f"""SELECT * FROM (SELECT 1 AS part, c.id AS pk, c.public_id AS code, c.zh, c.en, c.state AS n, c.started_on AS at,
              (SELECT COUNT(*) FROM campaigns_task t WHERE t.campaign_id = c.id AND t.replaced_by_id IS NULL) AS more,
              '' AS word, '' AS form
              FROM campaigns_campaign c WHERE c.state < {int(Campaign.State.CLOSED)} ORDER BY c.id DESC LIMIT 8) a
        UNION ALL SELECT 2, 0, '', '', '', COUNT(*), NULL, 0, '', '' FROM campaigns_submission x
              JOIN campaigns_duty d ON d.id = x.duty_id JOIN campaigns_slot s ON s.id = d.slot_id AND s.closed_on > :day
              WHERE x.state = 10 AND x.waits_at_id = :reviews AND x.waits_for IN ('', {listed})
        UNION ALL SELECT * FROM (SELECT 3, r.id, r.public_id, r.file_name, '', r.state, r.day, 0, '', '' FROM org_rosterimport r
              WHERE r.state = {int(RosterImport.State.PARSED)} AND :imports = 1 ORDER BY r.id DESC LIMIT 3) b
        UNION ALL SELECT * FROM (SELECT 4, d.id, d.state, t.zh, t.en, COALESCE(t.minutes, 0), d.due_on, 0, s.period, t.form
              FROM campaigns_duty d JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
              WHERE d.unit_id = :unit AND d.subject_unit_id IS NOT NULL AND d.state IN ('due', 'returned') AND s.closed_on > :day
                AND :duties = 1
              ORDER BY d.due_on, d.id LIMIT 12) c
        UNION ALL SELECT 5, {scalar["units"]}, CAST({TERMS} AS TEXT), '', '', {scalar["vacant"]}, NULL, {scalar["slow"]},
              CAST({scalar["slow_units"]} AS TEXT), ''""",
        day=day,
        soon=day + timedelta(days=SOON + 1),
        slow=weeks.since_slow(day),
        unit=hat.unit,
        reviews=hat.unit if review else 0,
        imports=int(authority.on_root("import")),
        duties=int("hand_in" in hat.powers),
        **posts,
    )
    for part, pk, code, zh, en, n, at, more, word, form in rows:
        if part == 1:
            found.campaigns.append(CampaignLine(code, zh, en, n, at and sql.as_date(at), more))
        elif part == 2:
            found.n_waiting = n
        elif part == 3:
            found.imports.append((code, zh))
        elif part == 5:
            found.pulse, found.terms = Pulse([], n, more, int(word), pk), int(code)
        else:
            due = sql.as_date(at)
            line = Line(pk, code, due, due, title(zh, en, word), n, True, form=form)
            line.late = max((day - due).days, 0)
            found.duties.append(line)
    return found
