"""What plans have for a person's desk: amendments that wait for the own verdict, clauses changed above that ask for an answer.

One arm of the desk's statement (nine columns, one row); the desk reads it with `Plans.of`. Papers of duties stand on the
desk by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhengyou.org.rules import Authority
from zhengyou.plans.models import ClauseQuestion, PlanVersion


@dataclass(slots=True)
class Plans:
    """Counts, each with the public ids (campaign, unit) of the first: `waiting` amendments, `asked` questions."""

    waiting: int = 0
    asked: int = 0
    first_waiting: tuple[str, str] = ("", "")
    first_asked: tuple[str, str] = ("", "")

    def __bool__(self) -> bool:
        return bool(self.waiting or self.asked)

    @classmethod
    def of(cls, row: Sequence[Any]) -> Plans:
        """Read the arm's row."""
        waiting, asked = (tuple(str(text).split(" ", 1)) for text in (row[3], row[4]))
        return cls(
            int(row[6]),
            int(row[7]),
            waiting if len(waiting) == 2 else ("", ""),
            asked if len(asked) == 2 else ("", ""),
        )


def arm(authority: Authority, kind: int) -> tuple[str, dict[str, Any]]:
    """The arm with the given number in front, and its values."""
    judges = authority.units_with("review")
    names = {
        f"planpost{i}": post
        for i, post in enumerate(sorted({p for u, p, _f in authority.posts if u in judges}))
    }
    posts = ", ".join(f":{name}" for name in names) or "''"
    waits = f"""FROM plans_planversion v JOIN plans_plan p ON p.id = v.plan_id
        JOIN campaigns_campaign c ON c.id = p.campaign_id AND c.state = 30 JOIN org_unit u ON u.id = p.unit_id
        WHERE v.state = {int(PlanVersion.State.SUBMITTED)} AND v.duty_id IS NULL
          AND v.waits_at_id IN ({_ids(judges)}) AND v.waits_for IN ('', {posts}) AND v.by <> :actor"""
    asks = f"""FROM plans_clausequestion q JOIN plans_plan p ON p.id = q.plan_id
        JOIN campaigns_campaign c ON c.id = p.campaign_id AND c.state = 30 JOIN org_unit u ON u.id = p.unit_id
        WHERE q.state = {int(ClauseQuestion.State.ASKED)} AND p.unit_id IN ({_ids(authority.units_with("hand_in"))})
          AND u.closed_on > :day"""
    first = "COALESCE((SELECT c.public_id || ' ' || u.public_id {0} ORDER BY {1} LIMIT 1), '')"
    text = f"""SELECT {int(kind)}, 0, '', {first.format(waits, "v.id")}, {first.format(asks, "q.id")}, '',
          (SELECT COUNT(*) {waits}), (SELECT COUNT(*) {asks}), ''"""
    return text, names


def _ids(units: Sequence[int]) -> str:
    return ", ".join(str(int(unit)) for unit in units) or "0"
