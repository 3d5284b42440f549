"""What a desk says about a person's rights: requests to decide, answers to own ones, names opened with a reason.

Its lines come with the hats (one query for both): `arms` are further arms of that statement, `take` reads their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from zhengyou.campaigns import alerts, changed, ruling
from zhengyou.commitments import telling
from zhengyou.kit import sql
from zhengyou.org import held, rights
from zhengyou.org.models import Person
from zhengyou.org.rules import Authority
from zhengyou.overview.desk.lines import title
from zhengyou.plans import telling as plans

DAYS = 14
"""Days for which an answer, or a look with a reason, stands on the desk; my information keeps them for ever."""


@dataclass(slots=True)
class Notices:
    """`decide` requests wait for this person, the first until `first`; `answers` to own ones, names `opened` with a reason.

    `changed`: own duties that an amendment changed, until opened (id, title, why, version, void, day).
    `wall`: what the wall of promises has for this person; `plans`: amendments of plans and changed clauses; `promises`:
    the own ones to sign and to keep, those to confirm.
    `alerts`: duties below that came back the third time.
    `escalate`: the running campaigns that let overdue work rise, with their grace in days.
    """

    decide: int = 0
    first: date | None = None
    changed: list[tuple[int, str, str, int, bool, date]] = field(default_factory=list)
    answers: list[tuple[str, str, str, date]] = field(default_factory=list)
    opened: list[tuple[str, str, date]] = field(default_factory=list)
    alerts: int = 0
    escalate: dict[int, int] = field(default_factory=dict)
    wall: telling.Wall = field(default_factory=telling.Wall)
    plans: plans.Plans = field(default_factory=plans.Plans)
    promises: telling.Promises = field(default_factory=telling.Promises)

    def __bool__(self) -> bool:
        said = self.decide or self.changed or self.answers or self.opened or self.alerts
        return bool(said or self.wall or self.plans or self.promises)

    def take(self, row: Sequence[Any]) -> None:
        """Read one row of the arms."""
        kind, number, code, first, second, third, n, more, last = row
        if kind == 5:
            self.decide, self.first = n, sql.as_date(last) if last else None
        elif kind == 6:
            words = f"{held.kind_word(first)} · {rights.label(second)}"
            self.answers.append((code, words, held.state_words()[number], sql.as_date(last)))
        elif kind == 7:
            self.opened.append((first, second, sql.as_date(last)))
        elif kind == 8 and (days := ruling.of(number, code).get("escalate_after")) is not None:
            self.escalate[number] = days
        elif kind == 9:
            line = (number, title(first, second, code), third, n, bool(more), sql.as_date(last))
            self.changed.append(line)
        elif kind == 10:
            self.wall = telling.Wall.of(row)
        elif kind == 11:
            self.plans = plans.Plans.of(row)
        elif kind == 12:
            self.promises = telling.Promises.of(row)
        elif kind == 13:
            self.alerts = number


def arms(me: Person, authority: Authority, day: date) -> tuple[str, dict[str, Any]]:
    """Arms of a UNION over nine columns, and their values."""
    stands = ", ".join(map(str, authority.units_with("see_names"))) or "0"
    wall, values = telling.arm(authority, 10)
    planned, posts = plans.arm(authority, 11)
    promised, kept = telling.promises(authority, 12)
    mine = "" if authority.on_root("import") else f"AND q.unit_id IN ({stands})"
    text = f"""
        UNION ALL SELECT 5, 0, '', '', '', '', COUNT(*), 0, COALESCE(CAST(MIN(q.due_on) AS TEXT), '')
            FROM org_personrequest q WHERE q.state = 10 AND q.person_id <> :me {mine} AND NOT EXISTS (
              SELECT 1 FROM org_personrequest f WHERE f.id = q.appeals_id AND f.decided_by = :actor)
        UNION ALL SELECT * FROM (SELECT 6 AS k, q.state AS a, q.public_id AS b, q.kind AS c, q.about AS d, '' AS e, 0 AS f,
              0 AS g, CAST(q.decided_on AS TEXT) AS h
            FROM org_personrequest q WHERE q.person_id = :me AND q.state IN (20, 30) AND q.decided_on >= :fresh
            ORDER BY q.id DESC LIMIT 5) r
        UNION ALL SELECT * FROM (SELECT 7 AS k, 0 AS a, '' AS b, b.name AS c, g.reason AS d, '' AS e, 0 AS f, 0 AS g,
              CAST(g.day AS TEXT) AS h FROM org_glass g JOIN org_person b ON b.id = g.by_id
            WHERE g.person_id = :me AND g.day >= :fresh ORDER BY g.id DESC LIMIT 5) g
        UNION ALL SELECT 8, c.id, c.sha256, '', '', '', 0, 0, '' FROM campaigns_campaign c WHERE c.state = 30
        UNION ALL SELECT * FROM ({_changed(authority)} ORDER BY 2 LIMIT {changed.MOST}) w
        UNION ALL {wall}
        UNION ALL {planned}
        UNION ALL {promised}
        UNION ALL {alerts.arm(authority, 13)}"""
    return text, {"actor": me.actor.id, "fresh": day - timedelta(days=DAYS), **values, **posts, **kept}


def _changed(authority: Authority) -> str:
    """Own duties, and those of the units for which this person hands in, that an amendment changed unseen."""
    select = f"""SELECT 9 AS k, d.id AS a, s.period AS b, t.zh AS c, t.en AS d, SUBSTR(a.reason, 1, 200) AS e, a.version AS f,
          CASE WHEN d.state = 'void' THEN 1 ELSE 0 END AS g, CAST(a.effective_on AS TEXT) AS h
        FROM campaigns_amendment a JOIN campaigns_task t ON t.campaign_id = a.campaign_id
        JOIN campaigns_slot s ON s.task_id = t.id JOIN campaigns_duty d ON d.slot_id = s.id
        WHERE {changed.TOUCHED} AND"""
    arms = [f"{select} d.member_id = :me"]
    for unit in authority.units_with("hand_in"):
        posts = "', '".join(sorted(post for at, post, _first in authority.posts if at == unit))
        arms.append(f"{select} d.subject_unit_id = {int(unit)} AND t.post IN ('', '{posts}')")
    return " UNION ALL ".join(arms)
