"""Who may write, hand in, judge and amend a plan; every no names the rule and the way out."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.campaigns import rules
from zhengyou.campaigns.models import Campaign
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.models import Person
from zhengyou.org.rules import Authority
from zhengyou.plans import standing
from zhengyou.plans.models import ClauseQuestion, PlanVersion
from zhengyou.plans.standing import Standing


def may_read(authority: Authority, found: Standing, version: PlanVersion | None = None) -> Verdict:
    """May read a version: what is or was in force everybody who has signed in, all else the unit and the line above."""
    if version is not None and version.state in standing.PUBLISHED:
        return YES
    if sees_work(authority, found.at):
        return YES
    return no(_("还没有通过的方案，只有本单位负责人和审核的人看得到。"))


def sees_work(authority: Authority, unit: int) -> bool:
    """Whether what a unit is still writing may be seen: who hands in or reviews on it or above, the office."""
    return any(authority.may(power, unit) for power in ("hand_in", "review", "import"))


def may_write(authority: Authority, found: Standing, people: Reviewers | None = None) -> Verdict:
    """May write and hand in the next version now: the top plan the office, any other whoever answers for the unit."""
    if found.campaign.state != Campaign.State.RUNNING:
        return no(_("这项活动已经结束，方案不再改动。"))
    if found.top:
        if authority.on_root("start"):
            return YES
        return no(_("这一份由办公室下发。"))
    if found.owed is not None:
        return rules.may_hand_in(authority, found.owed, people)
    if found.waiting is not None:
        return no(_("已经交了，正在审核；要改，先撤回。"))
    if found.in_force is None:
        if found.duty is None:
            return no(_("这个单位在这项活动里没有要交的方案。"))
        return rules.may_hand_in(authority, found.duty, people)
    if found.unit.closed_on <= found.day and found.at == found.unit.pk:
        return no(_("这个单位已经撤销，方案留着供查看，不再修订。"))
    return answers(authority, found, people)


def answers(authority: Authority, found: Standing, people: Reviewers | None = None) -> Verdict:
    """Speaks for the unit: as the duty's own rule has it, else a post of the unit that may hand in."""
    if found.duty is not None:
        return rules.may_answer_for(authority, found.duty, people)
    if "hand_in" in authority.powers_on(found.at):
        return YES
    return no(_("由本单位的负责人来办。"))


def may_withdraw(authority: Authority, found: Standing, people: Reviewers | None = None) -> Verdict:
    """May take back what waits for review: who speaks for the unit."""
    if found.waiting is None:
        return no(_("只有还在审核的才能撤回。"))
    if found.waiting.duty_id is not None and found.duty is not None:
        return rules.may_withdraw(authority, found.duty, people)
    return answers(authority, found, people)


def may_object(authority: Authority, found: Standing) -> Verdict:
    """May disagree with a return, once for each version: who speaks for the unit."""
    if found.returned is None:
        return no(_("只有退回来的才能提不同意见。"))
    if found.returned.objection:
        return no(_("对这一稿已经提过不同意见，上一级也看过了：请改好再交。"))
    if found.owed is not None:
        return rules.may_object(authority, found.owed)
    return answers(authority, found)


def may_judge(authority: Authority, found: Standing, people: Reviewers) -> Verdict:
    """May judge the version that waits: as papers of duties are judged; never one's own, never a superior's."""
    version = found.waiting
    if version is None:
        return no(_("现在没有在等审核的一稿。"))
    if version.duty_id is not None:
        if found.submission is None:
            return no(_("这一份已经有人审过了，或者已被撤回。"))
        return rules.may_review(authority, found.submission, people)
    return _may_judge_amendment(authority, version, people)


def _may_judge_amendment(authority: Authority, version: PlanVersion, people: Reviewers) -> Verdict:
    me = authority.person
    if me is None:
        return no(_("审核要由人来做。"))
    if me.public_id == version.by:
        return no(_("自己交的不能自己审：由上一级审核。"))
    author = author_of(version)
    at = version.waits_at_id or people.root
    able = people.able(Desk(at, version.waits_for), author)
    if me.pk in able:
        return YES
    above = people.line(at)[1:] if able else people.line(at)
    theirs = [
        i for i, unit in enumerate(people.line(at)) if set(author) & people.holders.get(unit, {}).keys()
    ]
    mine = [i for i, unit in enumerate(people.line(at)) if me.pk in people.holders.get(unit, {})]
    if any(me.pk in people.holders.get(unit, {}) for unit in above) and max(mine, default=-1) > max(
        theirs, default=-1
    ):
        return YES
    return no(_("这一稿由「%(unit)s」审核。") % {"unit": people.names.get(at, "—")})


def author_of(version: PlanVersion) -> list[int]:
    """The id of the person who handed a version in; empty where none did."""
    return list(Person.objects.filter(public_id=version.by).values_list("pk", flat=True))


def may_approve(authority: Authority, found: Standing, people: Reviewers) -> Verdict:
    """May approve it whole: who may judge it, once the plan right above is in force (S6)."""
    if not (judge := may_judge(authority, found, people)):
        return judge
    above = found.line[-2] if len(found.line) > 1 else None
    if above is None or above == found.line[0]:
        return YES
    if standing.owes(found.campaign.pk, above) and standing.nearest(found.campaign.pk, [above]) is None:
        name = {"unit": people.names.get(above, "—")}
        return no(
            _("上级「%(unit)s」自己的方案还没有通过：下级的可以先看、先退，等它通过以后再批准。") % name
        )
    return YES


def may_answer_question(authority: Authority, found: Standing, question: ClauseQuestion) -> Verdict:
    """May say whether a clause changed above is taken over: who speaks for the unit, while it is asked."""
    if question.state != ClauseQuestion.State.ASKED:
        return no(_("这一问已经答过了。"))
    return answers(authority, found)
