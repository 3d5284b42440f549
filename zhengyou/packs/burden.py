"""Minutes that a pack asks of each role per month, reviewers' too; exact, shown before a campaign starts.

The budget is a proposal (DOMAIN.md S17): 60 minutes a month for a member, 480 for who leads a unit; the
office is several people and has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from .organisation import Label
from .plans import SlotPlan, TaskPlan
from .walking import Context, TaskAt, tasks_of

MEMBER_BUDGET, SECRETARY_BUDGET = 60, 480
#: Periods per month of each rhythm; what has none is spread over a year while its days are open.
PER_MONTH = {
    "day": Fraction(365, 12),
    "week": Fraction(52, 12),
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "half": Fraction(1, 6),
    "year": Fraction(1, 12),
}


@dataclass
class Load:
    """What is asked of one role. `own` and `reviewing` are minutes a month on average; `months` by 2010-11.

    `uncounted` are tasks to review whose number is not known (how many units there are of a kind).
    """

    role: str
    label: Label
    budget: int | None
    own: Fraction = Fraction(0)
    reviewing: Fraction = Fraction(0)
    months: dict[str, Fraction] = field(default_factory=dict)
    uncounted: list[str] = field(default_factory=list)

    @property
    def average(self) -> Fraction:
        """Minutes a month, own and reviewing together."""
        return self.own + self.reviewing

    @property
    def peak(self) -> Fraction:
        """The fullest month; the average while days are open."""
        return max(self.months.values(), default=self.average)

    @property
    def over(self) -> bool:
        """Whether the fullest month asks more than the budget."""
        return self.budget is not None and self.peak > self.budget

    def as_json(self) -> dict[str, Any]:
        """The load as the command line prints it: exact numbers as text."""
        return {
            "minutes_per_month": shown(self.average),
            "own": shown(self.own),
            "reviewing": shown(self.reviewing),
            "peak": shown(self.peak),
            "budget": self.budget,
            "over": self.over,
            "months": {month: shown(minutes) for month, minutes in sorted(self.months.items())},
        } | ({"uncounted": self.uncounted} if self.uncounted else {})


def shown(figure: Fraction) -> str:
    """A figure as people read it: whole, with decimals where they are exact, else a fraction."""
    if figure.denominator == 1:
        return str(figure.numerator)
    rest = figure.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return str(figure) if rest != 1 else f"{float(figure):g}"


def spread(slot: SlotPlan) -> dict[str, Fraction]:
    """The share of a slot's work that falls in each month that it is open, by days."""
    days = (slot.due_on - slot.opens_on).days + 1
    out: dict[str, Fraction] = {}
    day = slot.opens_on
    while day <= slot.due_on:
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        last = min(following.toordinal() - 1, slot.due_on.toordinal())
        out[f"{day:%Y-%m}"] = Fraction(last - day.toordinal() + 1, days)
        day = date.fromordinal(last + 1)
    return out


class Burden:
    """Adds up one pack; `counts` are real numbers of units by kind, where they are known."""

    def __init__(self, context: Context, plans: Iterable[TaskPlan], counts: Mapping[str, int] | None = None):
        self.c, self.plans = context, list(plans)
        self.tasks = {at.path: at for at in tasks_of(context.pack)}
        self.by_code = {at.code: at for at in self.tasks.values()}
        kinds = [kind.code for kind in context.organisation.unit_kinds]
        expected = {code: context.organisation.expected(code) for code in kinds}
        self.counts = {code: number for code, number in expected.items() if number is not None}
        self.counts[context.organisation.root_kind] = 1
        self.counts |= dict(counts or {})
        self.loads: dict[str, Load] = {}
        slots = [slot for plan in self.plans for slot in plan.slots]
        first = min((slot.opens_on for slot in slots), default=None)
        last = max((slot.due_on for slot in slots), default=None)
        self.span_months = (
            (last.year - first.year) * 12 + last.month - first.month + 1 if first and last else 0
        )

    def loads_by_role(self) -> dict[str, Load]:
        """The load of every role that the pack asks anything of."""
        for plan in self.plans:
            if plan.level == "may" or plan.on_occasion:
                continue
            for role in self._roles(plan):
                self._add(role, plan, Fraction(plan.minutes), own=True)
            if plan.review_mode != "none":
                self._add_reviews(plan)
        return self.loads

    def _roles(self, plan: TaskPlan) -> list[str]:
        if plan.subject == "member":
            members = [code for code, a in self.c.pack.audiences.items() if a.of == "members"]
            everybody = "all_members" in plan.who
            return (members or ["all_members"]) if everybody else list(plan.who)
        if plan.post and plan.post != "secretary":
            return [plan.post]
        return [f"secretary.{kind}" for kind in plan.unit_kinds]

    def _load(self, role: str) -> Load:
        if role not in self.loads:
            member = role == "all_members" or role in self.c.pack.audiences
            budget = MEMBER_BUDGET if member else None if role == "office" else SECRETARY_BUDGET
            self.loads[role] = Load(role, self._label(role), budget)
        return self.loads[role]

    def _label(self, role: str) -> Label:
        organisation = self.c.organisation
        if role in self.c.pack.audiences:
            audience = self.c.pack.audiences[role]
            return Label(audience.zh or role, audience.en or "")
        if role.startswith("secretary."):
            kind, post = organisation.kind(role.partition(".")[2]), organisation.post("secretary")
            zh, en = (post.zh, post.en) if post else ("", "")
            return Label(f"{kind.zh}{zh}", f"{en}, {kind.en}" if kind.en and en else "")
        post = organisation.post(role)
        return Label(post.zh, post.en) if post else Label(role)

    def _add(self, role: str, plan: TaskPlan, minutes: Fraction, own: bool) -> None:
        load = self._load(role)
        rate = self._rate(plan) * minutes
        if own:
            load.own += rate
        else:
            load.reviewing += rate
        for slot in plan.slots:
            for month, share in spread(slot).items():
                load.months[month] = load.months.get(month, Fraction(0)) + share * minutes

    def _rate(self, plan: TaskPlan) -> Fraction:
        """Times a month: the slots over all months that the pack spans; by the rhythm while days are open."""
        if plan.slots and self.span_months:
            return Fraction(len(plan.slots), self.span_months)
        at: TaskAt = self.by_code[plan.code.partition(".")[0]]
        count = at.task.irregular or at.task.times or 1
        every = at.task.every if isinstance(at.task.every, str) else ""
        return PER_MONTH.get(every, Fraction(1, 12)) * (count if isinstance(count, int) else 1)

    def _add_reviews(self, plan: TaskPlan) -> None:
        share = plan.share if plan.review_mode == "sample" and plan.share is not None else Fraction(1)
        for tier in plan.review:
            for role, each in self._reviewers(plan, tier):
                if each is None:
                    load = self._load(role)
                    load.uncounted += [plan.code] if plan.code not in load.uncounted else []
                else:
                    self._add(role, plan, each * share * plan.review_minutes, own=False)

    def _reviewers(self, plan: TaskPlan, tier: str) -> list[tuple[str, Fraction | None]]:
        """Who reviews at a tier, and how many of one slot's answers fall to one of them."""
        root = self.c.organisation.root_kind
        if plan.subject == "member":
            leaves = [
                k.code for k in self.c.organisation.unit_kinds if not self.c.organisation.children_of(k.code)
            ]
            heads = self._heads(plan.who)
            units = self._sum(leaves)
            if tier == "office":
                return [("office", heads)]
            return [
                (f"secretary.{leaf}", heads / units if heads is not None and units else None)
                for leaf in leaves
            ]
        out: list[tuple[str, Fraction | None]] = []
        for kind in plan.unit_kinds:
            number = self._sum([kind])
            if tier == "parent":
                parents = self.c.organisation.kind(kind).parents[:1] or (root,)
                role = "office" if parents[0] == root else f"secretary.{parents[0]}"
                above = self._sum([parents[0]])
                out.append((role, number / above if number is not None and above else None))
            elif self.c.organisation.has_kind(tier):
                role, above = f"secretary.{tier}", self._sum([tier])
                out.append((role, number / above if number is not None and above else None))
            else:
                out.append((tier, number))
        return out

    def _sum(self, kinds: Iterable[str]) -> Fraction | None:
        numbers = [self.counts.get(kind) for kind in kinds]
        return None if None in numbers else Fraction(sum(n for n in numbers if n is not None))

    def _heads(self, who: Iterable[str]) -> Fraction | None:
        numbers = []
        for code in who:
            audience = self.c.pack.audiences.get(code)
            count = audience.count if audience is not None else None
            if not isinstance(count, int):
                return None
            numbers.append(count)
        return Fraction(sum(numbers))
