"""What plans have for a person's desk: amendments to judge, clauses changed above to answer, a top plan to issue.

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
    """Counts, each with the public ids (campaign, unit) of the first: `waiting` amendments, `asked` questions, and campaigns
    whose plan is `unissued` while units owe theirs."""

    waiting: int = 0
    asked: int = 0
    unissued: int = 0
    first_waiting: tuple[str, str] = ("", "")
    first_asked: tuple[str, str] = ("", "")
    first_unissued: tuple[str, str] = ("", "")

    def __bool__(self) -> bool:
        return bool(self.waiting or self.asked or self.unissued)

    @classmethod
    def of(cls, row: Sequence[Any]) -> Plans:
        """Read the arm's row."""
        first = [_ids_of(str(text)) for text in row[3:6]]
        return cls(int(row[6]), int(row[7]), int(row[1]), *first)


def _ids_of(text: str) -> tuple[str, str]:
    campaign, _blank, unit = text.partition(" ")
    return campaign, unit


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
    lacks = f"""FROM campaigns_campaign c JOIN org_unit u ON u.id = {int(authority.root or 0)}
        WHERE c.state = 30 AND {int(authority.on_root("start"))} = 1
          AND EXISTS (SELECT 1 FROM campaigns_task t WHERE t.campaign_id = c.id AND t.form = 'plan' AND t.replaced_by_id IS NULL)
          AND NOT EXISTS (SELECT 1 FROM plans_plan p JOIN plans_planversion v ON v.plan_id = p.id
            WHERE p.campaign_id = c.id AND p.unit_id = u.id AND v.state = {int(PlanVersion.State.APPROVED)})"""
    first = "COALESCE((SELECT c.public_id || ' ' || u.public_id {0} ORDER BY {1} LIMIT 1), '')"
    text = f"""SELECT {int(kind)}, (SELECT COUNT(*) {lacks}), '', {first.format(waits, "v.id")}, {first.format(asks, "q.id")},
          {first.format(lacks, "c.id")},
          (SELECT COUNT(*) {waits}), (SELECT COUNT(*) {asks}), ''"""
    return text, names


def _ids(units: Sequence[int]) -> str:
    return ", ".join(str(int(unit)) for unit in units) or "0"
