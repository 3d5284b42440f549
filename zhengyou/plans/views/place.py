"""Which plan an address means, who is who in it, in words; shared by all its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.campaigns.views import shown, words
from zhengyou.kit import clock
from zhengyou.kit.verdict import Verdict
from zhengyou.org import tree
from zhengyou.org.models import Person, Unit
from zhengyou.org.rules import Authority
from zhengyou.plans import rules, standing
from zhengyou.plans.models import Clause, PlanVersion
from zhengyou.plans.standing import Standing

State = PlanVersion.State
STATUS = {
    State.WITHDRAWN: "draft",
    State.SUBMITTED: "submitted",
    State.RETURNED: "returned",
    State.APPROVED: "accepted",
    State.SUPERSEDED: "accepted",
}


class Place:
    """One unit's plan as a reader meets it: facts under the title, ways on, each with its reason where it is off."""

    def __init__(self, request: HttpRequest, found: Standing) -> None:
        self.request, self.found = request, found
        self.authority: Authority = request.authority  # type: ignore[attr-defined]
        self.args = [found.campaign.public_id, found.unit.public_id]

    def url(self, name: str = "plan") -> str:
        """The address of one of this plan's doors."""
        return reverse(name, args=self.args)

    @cached_property
    def people(self) -> Reviewers:
        """The reviewers above the unit, and where it waits."""
        units = {self.found.at, self.found.unit.pk}
        if self.found.waiting is not None and self.found.waiting.waits_at_id:
            units.add(self.found.waiting.waits_at_id)
        return Reviewers(self.found.day, units)

    @cached_property
    def unit_name(self) -> str:
        """The unit's name: today's, else its last."""
        return self.people.names.get(self.found.unit.pk) or last_name(self.found.unit, self.found.day)

    @property
    def campaign_name(self) -> str:
        """The campaign in the reader's language."""
        return words.label(self.found.campaign)

    @cached_property
    def duty_page(self) -> shown.Page | None:
        """The duty behind it, with its facts."""
        return shown.Page(self.request, self.found.duty) if self.found.duty is not None else None

    @property
    def status(self) -> str:
        """The state as the status part knows it."""
        newest = self.found.newest
        if newest is None:
            return self.found.duty.state if self.found.duty is not None else "draft"
        if self.found.owed is not None and newest.state == State.APPROVED:
            return self.found.owed.state
        return STATUS[State(newest.state)]

    @property
    def late(self) -> int:
        """Days past the deadline of what is still to be handed in."""
        return self.duty_page.late if self.duty_page is not None and self.found.owed is not None else 0

    @cached_property
    def desk(self) -> Desk:
        """Where the next version would wait, or the waiting one does."""
        waiting = self.found.waiting
        if waiting is not None and self.found.submission is not None:
            paper = self.found.submission
            return Desk(paper.waits_at_id or self.people.root, paper.waits_for)
        if waiting is not None and waiting.waits_at_id:
            return Desk(waiting.waits_at_id, waiting.waits_for)
        me = self.authority.person
        authors = [me.pk] if me else []
        if self.found.owed is not None:
            review = list(self.found.owed.slot.task.review)
            return self.people.first(review, 0, self.found.at, of_unit=True, authors=authors)[1]
        return self.people.desk("parent", self.found.at, of_unit=True, authors=authors)

    @cached_property
    def reviewer(self) -> str:
        """Who checks it, in words; or that nobody is there."""
        waiting = self.found.waiting
        able = self.people.able(self.desk, rules.author_of(waiting) if waiting else [])
        unit = self.people.names.get(self.desk.unit, "—")
        if not able:
            return _("%(unit)s（负责人空缺）") % {"unit": unit}
        posts = sorted(self.people.holders.get(self.desk.unit, {}).get(able[0], set()))
        post = words.organisation_label(self.desk.post or (posts[0] if posts else ""))
        name = self.people.people.get(able[0], "")
        return _("%(unit)s%(post)s%(name)s") % {"unit": unit, "post": post, "name": name}

    @cached_property
    def may_write(self) -> Verdict:
        """Whether the reader may write the next version now."""
        return rules.may_write(self.authority, self.found, self.people)

    @cached_property
    def answers(self) -> Verdict:
        """Whether the reader speaks for the unit."""
        if self.found.top:
            return rules.may_write(self.authority, self.found, self.people)
        return rules.answers(self.authority, self.found, self.people)

    @cached_property
    def may_judge(self) -> Verdict:
        """Whether the reader may judge what waits."""
        return rules.may_judge(self.authority, self.found, self.people)

    @property
    def write_label(self) -> str:
        """What writing is called here now."""
        if self.found.top:
            return _("修订并重新下发") if self.found.in_force else _("写方案，下发")
        if self.found.returned is not None:
            return _("改好了，再交")
        return (
            pgettext("plan", "修订")
            if self.found.in_force is not None and self.found.owed is None
            else _("写方案")
        )

    @property
    def seen_by(self) -> str:
        """Who sees what, in one line."""
        if self.found.top:
            return _("下发前只有办公室看得到；下发以后登录的人都看得到。")
        return _("没通过前只有本单位负责人和审核的人看得到；通过以后登录的人都看得到。")


def last_name(unit: Unit, day: date) -> str:
    """A unit's name on a day, a closed one's last; one query."""
    named = tree.named(unit, day)
    return named.name if named else "—"


def fetch(request: HttpRequest, campaign: str, unit: str) -> Place:
    """The plan's place, or 404 where there is no such campaign or unit."""
    found = standing.find(campaign, unit, clock.today())
    if found is None or not (found.top or found.duty is not None or found.plan is not None):
        raise Http404
    return Place(request, found)


def names_of(clauses: Iterable[Clause]) -> dict[str, str]:
    """Names of persons responsible by public id; one query."""
    wanted = {clause.owner for clause in clauses if clause.owner}
    if not wanted:
        return {}
    return dict(Person.objects.filter(public_id__in=wanted).values_list("public_id", "name"))


def owner(clause: Clause, names: dict[str, str]) -> str:
    """Who answers for a clause, in words."""
    return names.get(clause.owner, "—") if clause.owner else clause.owner_text


def facts(clause: Clause, names: dict[str, str]) -> str:
    """By when and by whom, in one line; "" where neither is said."""
    who = owner(clause, names)
    parts = [_("%(day)s前") % {"day": words.day(clause.due_on)} if clause.due_on else ""]
    parts.append(_("%(who)s负责") % {"who": who} if who else "")
    return _("，").join(part for part in parts if part)


def changed_facts(above: Clause | None, mine: Clause, names: dict[str, str]) -> list[tuple[str, str]]:
    """By when and by whom, each marked `ins` where the plan above says otherwise."""
    out: list[tuple[str, str]] = []
    if mine.due_on:
        same = above is None or above.due_on in (None, mine.due_on)
        out.append((_("%(day)s前") % {"day": words.day(mine.due_on)}, "" if same else "ins"))
    if who := owner(mine, names):
        other = owner(above, names) if above is not None else ""
        if out:
            out.append((_("，"), ""))
        out.append((_("%(who)s负责") % {"who": who}, "ins" if other and other != who else ""))
    return out


def read(
    clauses: Sequence[Clause], names: dict[str, str], said: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Clauses as they are read, numbered; `said`: verdicts by code."""
    return [
        {
            "n": at,
            "clause": clause,
            "facts": facts(clause, names),
            "verdict": (said or {}).get(clause.code),
        }
        for at, clause in enumerate(clauses, 1)
    ]
