"""When the invented people do their duties: every duty gets its fate once, from a fixed seed, uneven by unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.rooms import WRITTEN_AT

SEED = 20100706
SHARES = {"exempt": 0.032, "open": 0.03, "waiting": 0.14, "returned": 0.085}
"""Share of duties that end so on the set day: exempt and open of all, waiting and returned of those that are reviewed."""


@dataclass
class Calendar:
    """What is to happen on which day: ids of duties to exempt, to hand in, to return; verdicts follow some days later."""

    today: date
    exempt: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    hand_in: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    judge: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    give_back: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    forms: dict[int, str] = field(default_factory=dict)
    """By duty the form of its task, where a room of its own takes it in."""
    _care: dict[int, float] = field(default_factory=dict)

    def take_in(self, duties: list[Duty], now: date) -> None:
        """Give newly issued duties their fate. Each must have its slot and task loaded."""
        for duty in duties:
            if duty.slot.task.form in WRITTEN_AT:
                self.forms[duty.pk] = duty.slot.task.form
            self._fate(duty, now)

    def of(self, form: str, ids: Iterable[int]) -> list[int]:
        """Those of these duties that a room's form answers ("" = by a short report)."""
        return [pk for pk in ids if self.forms.get(pk, "") == form]

    def _fate(self, duty: Duty, now: date) -> None:
        rng = Random(SEED + 7919 * duty.pk)
        care = self._care.setdefault(duty.unit_id, Random(SEED + duty.unit_id).uniform(0.35, 1.0))
        reviewed = duty.slot.task.review_mode == "each" or duty.slot.task.form in WRITTEN_AT
        opens, due, today = max(duty.slot.opens_on, now), duty.due_on, self.today
        draw = rng.random()
        if draw < SHARES["exempt"]:
            day = self._between(rng, opens, min(due, today))
            self.exempt[min(day + timedelta(days=-day.weekday() % 7), today)].append(
                duty.pk
            )  # Mondays, as offices do
            return
        slack = 2.2 * (1 - care)
        if draw < SHARES["exempt"] + SHARES["open"] * (0.4 + slack):
            return
        late = due >= today - timedelta(days=60) and (today - opens).days > 9
        fate = rng.random()
        if reviewed and late and fate < SHARES["waiting"] * (0.5 + slack):
            self.hand_in[today - timedelta(days=rng.choice((0, 0, 1, 1, 2, 3, 4, 5, 6, 9)))].append(duty.pk)
            return
        if reviewed and late and fate < (SHARES["waiting"] + SHARES["returned"]) * (0.5 + slack):
            back = rng.randint(0, 4)
            self.hand_in[today - timedelta(days=back + rng.randint(1, 4))].append(duty.pk)
            self.give_back[today - timedelta(days=back)].append(duty.pk)
            return
        last = min(
            due + timedelta(days=2 if care < 0.5 and rng.random() < 0.15 else 0), today - timedelta(days=1)
        )
        day = self._between(rng, opens, max(opens, last))
        if not reviewed:
            self.hand_in[day].append(duty.pk)
            return
        verdict = day + timedelta(days=rng.randint(1, 3 + round(6 * (1 - care))))
        if verdict > today:
            verdict, day = today, min(day, today)
        self.hand_in[day].append(duty.pk)
        if rng.random() < 0.07 and verdict + timedelta(days=4) < today:
            self.give_back[verdict].append(duty.pk)
            self.hand_in[verdict + timedelta(days=rng.randint(1, 3))].append(duty.pk)
            verdict += timedelta(days=4)
        self.judge[verdict].append(duty.pk)

    @staticmethod
    def _between(rng: Random, first: date, last: date) -> date:
        """A day from `first` to `last`, rather towards the end, as people are."""
        span = max(0, (last - first).days)
        day = first + timedelta(days=round(span * max(rng.random(), rng.random())))
        return max(first, day - timedelta(days=max(0, day.weekday() - 4)))  # nobody hands in at the weekend
