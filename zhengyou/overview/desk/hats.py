"""Whose desk it is: the person's own unit and the units on which posts are held, with names. One query."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from zhengyou.campaigns import asking
from zhengyou.kit import sql
from zhengyou.org.models import Person
from zhengyou.org.rules import Authority
from zhengyou.overview.desk import notices
from zhengyou.overview.desk.lines import title
from zhengyou.overview.desk.notices import Notices

QUESTIONS = 20
"""Questions on the desk; all are on their own page."""


@dataclass(slots=True)
class Hat:
    """A unit on which the person holds posts: how it is called, what hangs below it, who is first responsible."""

    unit: int
    public_id: str
    name: str
    kind: str
    above: str = ""
    below: int = 0
    members: int = 0
    vacant: int = 0
    posts: list[str] = field(default_factory=list)
    powers: frozenset[str] = frozenset()


@dataclass(slots=True)
class Asked:
    """A question on the desk: `mine` was asked by the reader, else the reader is to answer it by `due_on`."""

    public_id: str
    text: str
    title: str
    due_on: date
    mine: bool
    answered: bool
    late: int = 0


@dataclass(slots=True)
class Wardrobe:
    """All hats of one person, the registered unit (name, category, status, kind), how many own things are open; questions."""

    hats: list[Hat]
    home: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    open: int = 0
    questions: list[Asked] = field(default_factory=list)
    notices: Notices = field(default_factory=Notices)

    @property
    def to_answer(self) -> list[Asked]:
        """Questions that wait for the reader's answer, the nearest date first."""
        return [one for one in self.questions if not one.mine]

    @property
    def asked(self) -> list[Asked]:
        """Questions of the reader that wait, or were answered not long ago."""
        return [one for one in self.questions if one.mine]

    def find(self, code: str) -> Hat | None:
        """The hat of the unit with this public id."""
        return next((hat for hat in self.hats if hat.public_id == code), None)


def read(me: Person, authority: Authority, day: date) -> Wardrobe:
    """The person's hats in order of appointment, the registered unit, the number of own open things."""
    ids = ", ".join(str(int(unit)) for unit, _post, _first in authority.posts) or "0"
    judged = ", ".join(str(int(unit)) for unit in authority.units_with("review")) or "0"
    holds = "{0}.dropped_id IS NULL AND {0}.valid_from <= :day AND {0}.valid_to > :day"
    more, values = notices.arms(me, authority, day)
    found = sql.rows(
        f"""SELECT 1, u.id, u.public_id, p.name, u.kind, COALESCE(above.name, ''),
              (SELECT COUNT(*) FROM org_placement k WHERE k.parent_id = u.id AND {holds.format("k")}),
              (SELECT COUNT(*) FROM org_affiliation a WHERE a.unit_id = u.id AND a.role = 'R' AND {holds.format("a")}),
              CASE WHEN p.parent_id IS NULL THEN '0' ELSE CAST((SELECT COUNT(*) FROM org_closure c
                JOIN org_unit v ON v.id = c.descendant_id AND v.opened_on <= :day AND v.closed_on > :day
                WHERE c.ancestor_id = u.id AND c.descendant_id <> u.id AND c.valid_from <= :day AND c.valid_to > :day
                AND NOT EXISTS (SELECT 1 FROM org_post t WHERE t.unit_id = v.id AND t.first_responsible
                  AND {holds.format("t")})) AS TEXT) END
            FROM org_unit u JOIN org_placement p ON p.unit_id = u.id AND {holds.format("p")}
            LEFT JOIN org_placement above ON above.unit_id = p.parent_id AND {holds.format("above")}
            WHERE u.id IN ({ids})
        UNION ALL SELECT 2, a.unit_id, a.category, p.name, a.status, u.kind, 0, 0, COALESCE(CAST(x.joined_on AS TEXT), '')
            FROM org_affiliation a JOIN org_unit u ON u.id = a.unit_id JOIN org_person x ON x.id = a.person_id
            JOIN org_placement p ON p.unit_id = a.unit_id AND {holds.format("p")}
            WHERE a.person_id = :me AND a.role = 'R' AND {holds.format("a")}
        UNION ALL SELECT 3, 0, '', '', '', '', COUNT(*), 0, '' FROM campaigns_duty d
            JOIN campaigns_slot s ON s.id = d.slot_id AND s.closed_on > :day
            WHERE d.member_id = :me AND d.state IN ('due', 'returned')
        UNION ALL SELECT * FROM (SELECT 4 AS part, 0 AS pk, q.public_id, SUBSTR(q.text, 1, 120) AS text, t.zh, t.en,
              CASE WHEN q.person_id = :me THEN 1 ELSE 0 END AS mine,
              CASE WHEN q.answered_on IS NULL THEN 0 ELSE 1 END AS done, CAST(q.due_on AS TEXT) AS due
            FROM campaigns_question q JOIN campaigns_task t ON t.id = q.task_id
            WHERE (q.answered_on IS NULL AND q.person_id <> :me AND q.asked_at_id IN ({judged}))
              OR (q.person_id = :me AND (q.answered_on IS NULL OR q.answered_on >= :since))
            ORDER BY q.due_on, q.id LIMIT {QUESTIONS}) x{more}""",
        day=day,
        me=me.pk,
        **values,
        since=day - asking.RECENT,
    )
    out = Wardrobe([])
    by_unit: dict[int, Hat] = {}
    for kind, unit, code, name, third, fourth, below, members, last in found:
        if kind == 1:
            by_unit[unit] = Hat(unit, code, name, third, fourth, below, members, int(last))
            by_unit[unit].powers = authority.powers_on(unit)
        elif kind == 2:
            out.home = name
            out.facts = {"category": code, "status": third, "kind": fourth, "joined": last[:10]}
        elif kind == 3:
            out.open = below
        elif kind == 4:
            out.questions.append(
                _asked(code, name, title(third, fourth, ""), last, bool(below), bool(members), day)
            )
        else:
            out.notices.take((kind, unit, code, name, third, fourth, below, members, last))
    for unit, post, _first in authority.posts:
        if hat := by_unit.get(unit):
            hat.posts.append(post)
            if hat not in out.hats:
                out.hats.append(hat)
    return out


def _asked(code: str, text: str, task: str, due: str, mine: bool, answered: bool, day: date) -> Asked:
    due_on = sql.as_date(due)
    late = 0 if answered else max((day - due_on).days, 0)
    return Asked(code, text, task, due_on, mine, answered, late)
