"""What a desk says about a person's rights: requests to decide, answers to own ones, names opened with a reason.

Its lines come with the hats (one query for both): `arms` are further arms of that statement, `take` reads their rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from zhengyou.campaigns import ruling
from zhengyou.kit import sql
from zhengyou.org import held, rights
from zhengyou.org.models import Person
from zhengyou.org.rules import Authority

DAYS = 14
"""Days for which an answer, or a look with a reason, stands on the desk; my information keeps them for ever."""


@dataclass(slots=True)
class Notices:
    """`decide` requests wait for this person, the first until `first`; `answers` to own ones, names `opened` with a reason.

    `escalate`: the running campaigns that let overdue work rise, with their grace in days.
    """

    decide: int = 0
    first: date | None = None
    answers: list[tuple[str, str, str, date]] = field(default_factory=list)
    opened: list[tuple[str, str, date]] = field(default_factory=list)
    escalate: dict[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.decide or self.answers or self.opened)

    def take(self, kind: int, number: int, code: str, first: str, second: str, n: int, last: str) -> None:
        """Read one row of the arms."""
        if kind == 5:
            self.decide, self.first = n, sql.as_date(last) if last else None
        elif kind == 6:
            words = f"{held.kind_word(first)} · {rights.label(second)}"
            self.answers.append((code, words, held.state_words()[number], sql.as_date(last)))
        elif kind == 7:
            self.opened.append((first, second, sql.as_date(last)))
        elif kind == 8 and (days := ruling.of(number, code).get("escalate_after")) is not None:
            self.escalate[number] = days


def arms(me: Person, authority: Authority, day: date) -> tuple[str, dict[str, Any]]:
    """Arms of a UNION over nine columns, and their values."""
    stands = ", ".join(map(str, authority.units_with("see_names"))) or "0"
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
        UNION ALL SELECT 8, c.id, c.sha256, '', '', '', 0, 0, '' FROM campaigns_campaign c WHERE c.state = 30"""
    return text, {"actor": me.actor.id, "fresh": day - timedelta(days=DAYS)}
