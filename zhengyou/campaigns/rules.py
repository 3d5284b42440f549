"""Who may do what with duties; every no names the rule and the way out. Reads only, a query or two each."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengyou.campaigns.models import OPEN, Campaign, Decision, Duty, Review, Slot, State, Submission, Task
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org import current, tree
from zhengyou.org.models import Person, Post, on
from zhengyou.org.rules import Authority

ACCEPTED = Review.Verdict.ACCEPTED


def may_see(authority: Authority, duty: Duty) -> Verdict:
    """May open this duty: the one it asks, whoever judges or heads the unit, the office (`Duty.objects.seen_by`)."""
    if Duty.objects.seen_by(authority).filter(pk=duty.pk).exists():
        return YES
    return no(_("这一件不在您的单位里。"))


def may_see_names(authority: Authority, unit_id: int) -> Verdict:
    """May see who in this very unit has not answered: its own head; where it has none, the next above (PRODUCT §2.8)."""
    if authority.everything:
        return no(_("名字只给本单位负责人看。"))
    if "see_names" in authority.powers_on(unit_id):
        return YES
    above = authority.line(unit_id) & set(authority.units_with("see_names"))
    if above and _next_up(unit_id, "see_names", authority) in above:
        return YES
    return no(_("名字只有本单位负责人看得到；您看到的是人数。"))


def _next_up(unit_id: int, power: str, authority: Authority) -> int | None:
    """The unit itself or the next above it on which a post with this power is held."""
    codes = _posts_with(power)
    held = set(
        Post.objects.filter(on(authority.day), unit__in=authority.line(unit_id), post__in=codes).values_list(
            "unit_id", flat=True
        )
    )
    return next(
        (row.unit_id for row in reversed(tree.path(unit_id, authority.day)) if row.unit_id in held), None
    )


def _posts_with(power: str) -> list[str]:
    part = current.part()
    return [post.code for post in part.posts if power in post.may] if part else []


def hands_in_at(task: Task) -> list[str]:
    """The posts that hand in this task's unit duties: the task's own post, else every post that may hand in."""
    return [task.post] if task.post else _posts_with("hand_in")


def may_answer_for(authority: Authority, duty: Duty, people: Reviewers | None = None) -> Verdict:
    """May speak for the one who owes: the member, or a post of the unit that may hand in; above it when vacant.

    `people` (the unit's line, where a page has read it) saves up to three queries, here and in what asks this.
    """
    me = authority.person
    if duty.member_id is not None:
        mine = me is not None and me.pk == duty.member_id
        return YES if mine else no(_("这一件由本人办：别人不能代交。"))
    task, unit = duty.slot.task, duty.unit_id
    posts = set(hands_in_at(task))
    if any(at == unit and post in posts for at, post, _first in authority.posts):
        return YES
    people = people or Reviewers(authority.day, [unit])
    authority.know(unit, people.line(unit))
    name = {"unit": people.names.get(unit, "—")}
    if authority.may("hand_in", unit) and me is not None:
        if not people.held[unit].isdisjoint(posts):
            return no(_("这一件由「%(unit)s」自己交；有人负责时上级不代交。") % name)
        if people.next_up(unit, _posts_with("hand_in")) in authority.units_with("hand_in"):
            return YES
    return no(_("这一件由「%(unit)s」的负责人交。") % name)


def may_hand_in(authority: Authority, duty: Duty, people: Reviewers | None = None) -> Verdict:
    """May hand in now: who answers for it, while it is due or returned and its period is open."""
    if duty.state not in OPEN:
        return no(_STATES[State(duty.state)])
    if shut := _shut(authority, duty.slot):
        return no(shut)
    return may_answer_for(authority, duty, people)


def why_shut() -> str:
    """Why nothing of a closed period changes any more, with the remedy."""
    return _("这一期已经结束归档，不再收也不再改。有要补的，请办公室重新开放这一期。")


def _shut(authority: Authority, slot: Slot) -> str:
    """`why_shut` of a closed period; empty while it is open."""
    return why_shut() if slot.closed_on <= authority.day else ""


def may_withdraw(authority: Authority, duty: Duty, people: Reviewers | None = None) -> Verdict:
    """May take back what waits for review: who answers for it."""
    if duty.state != State.SUBMITTED:
        return no(_("只有还在审核的才能撤回。"))
    if shut := _shut(authority, duty.slot):
        return no(shut)
    return may_answer_for(authority, duty, people)


def may_object(authority: Authority, duty: Duty) -> Verdict:
    """May disagree with a return: who answers for it, once for each return."""
    if duty.state != State.RETURNED:
        return no(_("只有退回来的才能提不同意见。"))
    if shut := _shut(authority, duty.slot):
        return no(shut)
    return may_answer_for(authority, duty)


_STATES = {
    State.SUBMITTED: gettext_lazy("已经交了，正在审核；要改，先撤回。"),
    State.ACCEPTED: gettext_lazy("已经通过，不用再交。"),
    State.EXEMPT: gettext_lazy("这一件免办，不用交。"),
    State.VOID: gettext_lazy("这一件已作废，不用交。"),
}


def authors(duty: Duty, submission: Submission | None = None) -> set[int]:
    """The persons who may never judge this paper: who owes it and who handed it in."""
    return {pk for pk in (duty.member_id, submission.by_id if submission else None) if pk}


def may_review(authority: Authority, submission: Submission, reviewers: Reviewers | None = None) -> Verdict:
    """May accept or return this paper: a post with review where it waits, or above; never the own, nor a superior's.

    Where one post is asked for (the office on the root), only that post. `reviewers` saves two queries in bulk.
    """
    duty = submission.duty
    if submission.state != Submission.State.WAITING or duty.state != State.SUBMITTED:
        return no(_("这一份已经有人审过了，或者已被撤回。"))
    if shut := _shut(authority, duty.slot):
        return no(shut)
    me, unit = authority.person, submission.waits_at_id or duty.unit_id
    by = authors(duty, submission)
    people = reviewers or Reviewers(authority.day, [unit, duty.unit_id])
    desk = Desk(unit, submission.waits_for)
    if me is not None and me.pk in by:
        return no(_("自己交的不能自己审：由%(who)s审核。") % {"who": _who(desk, people, by, authority)})
    if me is None:
        return no(_("审核要由人来做。"))
    able = people.able(desk, by)
    if me.pk in able:
        return YES
    if not submission.waits_for or not able:
        line = people.line(unit)[1:] if able else people.line(unit)
        if any(me.pk in people.holders.get(at, {}) for at in line) and not _below(me.pk, by, duty, people):
            return YES
    return no(_("这一份由%(who)s审核。") % {"who": _who(desk, people, by, authority)})


def _below(me: int, by: set[int], duty: Duty, people: Reviewers) -> bool:
    """Whether an author reviews at or above the highest unit at which this person reviews."""
    line = people.line(duty.unit_id)
    mine = max((i for i, at in enumerate(line) if me in people.holders.get(at, {})), default=-1)
    theirs = max((i for i, at in enumerate(line) if by & people.holders.get(at, {}).keys()), default=-1)
    return theirs >= mine and theirs < len(line) - 1


def _who(desk: Desk, people: Reviewers, by: set[int], authority: Authority) -> str:
    part, able = current.part(), people.able(desk, by)
    if not able:
        return _("「%(unit)s」（现在没有人能审，请办公室安排）") % {"unit": people.names.get(desk.unit, "—")}
    held = sorted(people.holders[desk.unit][able[0]])
    post = part.label(desk.post or held[0], current.language()) if part else desk.post
    names = _("、").join(people.people[pk] for pk in sorted(able[:3]))
    return _("「%(unit)s」%(post)s%(name)s") % {
        "unit": people.names.get(desk.unit, "—"),
        "post": post,
        "name": names,
    }


def may_return_accepted(
    authority: Authority,
    duty: Duty,
    people: Reviewers | None = None,
    known: tuple[Submission | None, bool] | None = None,
) -> Verdict:
    """May return what was accepted without anybody's review, within the task's days; after that accepted is final.

    `known`: the newest paper and whether anybody accepted one, where a page has read them.
    """
    task = duty.slot.task
    if duty.state != State.ACCEPTED:
        return no(_("只有已通过的才能这样退回。"))
    if shut := _shut(authority, duty.slot):
        return no(shut)
    if (
        task.review_mode == "each"
        or (known and known[1])
        or (known is None and Review.objects.filter(submission__duty=duty, verdict=ACCEPTED).exists())
    ):
        return no(_("有人审过并通过的不再退回；有新情况，请另作登记。"))
    if authority.day > duty.last_day + timedelta(days=task.return_days):
        return no(_("通过满 %(n)s 天后不再退回。") % {"n": task.return_days})
    paper = known[0] if known else duty.submissions.order_by("-number").first()
    me, by = authority.person, authors(duty, paper)
    if me is None or me.pk in by:
        return no(_("自己交的不能自己审。"))
    people = people or Reviewers(authority.day, [duty.unit_id])
    desk = people.desk("parent", duty.unit_id, of_unit=duty.member_id is None, authors=by)
    above = people.line(desk.unit)
    if any(me.pk in people.holders.get(at, {}) for at in above):
        return YES
    return no(_("由%(who)s退回。") % {"who": _who(desk, people, by, authority)})


def may_decide(
    authority: Authority,
    kind: str,
    slot: Slot,
    *,
    member: Person | None = None,
    unit_id: int | None = None,
    below: bool = True,
) -> Verdict:
    """May exempt, extend or void: power `exempt` on the unit or above; never for oneself, nor a unit for itself.

    All at once, and every voiding, is the office's (the power on the root).
    """
    if kind == Decision.Kind.VOID or (member is None and unit_id is None):
        if authority.on_root("exempt"):
            return YES
        return no(_("作废和对全体的决定由办公室作：请把理由告诉办公室。"))
    if member is not None and authority.person is not None and authority.person.pk == member.pk:
        return no(_("自己的事不能自己决定：请上一级决定。"))
    if member is not None and unit_id is None:
        duty = Duty.objects.filter(slot=slot, member=member).values_list("unit_id", flat=True).first()
        unit_id = (
            duty
            or member.affiliations.filter(on(authority.day), role="R")
            .values_list("unit_id", flat=True)
            .first()
        )
        if unit_id is None:
            return no(_("这个人现在不在任何单位。"))
    assert unit_id is not None
    if not authority.may("exempt", unit_id):
        return no(_("由本单位或上级的负责人、办公室决定。"))
    if member is None and slot.task.subject == Task.Subject.UNIT and not authority.on_root("exempt"):
        above = authority.line(unit_id) - {unit_id}
        if above.isdisjoint(authority.units_with("exempt")):
            return no(_("本单位的事不能自己决定：由上一级决定。"))
    return YES


def may_exempt(authority: Authority, duty: Duty) -> Verdict:
    """May exempt this one duty: while it is due or returned."""
    if duty.state not in OPEN:
        return no(_("只有待办或退回的才能免办。"))
    return _for_one(authority, Decision.Kind.EXEMPT, duty)


def may_extend(authority: Authority, duty: Duty) -> Verdict:
    """May move this one duty's date: while it is due, returned or in review."""
    if duty.state not in (*OPEN, State.SUBMITTED):
        return no(_("已经办结的不用延期。"))
    return _for_one(authority, Decision.Kind.EXTEND, duty)


def may_void(authority: Authority, duty: Duty) -> Verdict:
    """May void this one duty: the office, unless it was accepted."""
    if duty.state in (State.ACCEPTED, State.VOID):
        return no(_("已通过或已作废的不能再作废。"))
    return _for_one(authority, Decision.Kind.VOID, duty)


def _for_one(authority: Authority, kind: str, duty: Duty) -> Verdict:
    if shut := _shut(authority, duty.slot):
        return no(shut)
    if duty.member_id is not None:
        return may_decide(authority, kind, duty.slot, member=duty.member, unit_id=duty.unit_id)
    return may_decide(authority, kind, duty.slot, unit_id=duty.subject_unit_id, below=False)


def may_take_back(authority: Authority, decision: Decision, duty: Duty | None = None) -> Verdict:
    """May take a decision back: whoever may decide so; an extension stays, for dates only move later.

    `duty`: the one it is about, where it is at hand.
    """
    if decision.dropped_id is not None:
        return no(_("这个决定已经收回了。"))
    if shut := _shut(authority, decision.slot):
        return no(shut)
    if decision.kind == Decision.Kind.EXTEND:
        return no(_("延了的期限不再缩短；确实不该办的，可以作废。"))
    return may_decide(
        authority,
        decision.kind,
        decision.slot,
        member=decision.member,
        unit_id=duty.unit_id if duty is not None and decision.member_id else decision.unit_id,
        below=decision.below,
    )


def may_read_reason(authority: Authority, decision: Decision, duty: Duty | None = None) -> Verdict:
    """May read a decision's words: the person it is about, the head of the own unit, the one who decided."""
    me = authority.person
    if me is not None and (me.pk == decision.member_id or me.actor.id == decision.by):
        return YES
    unit = decision.unit_id
    if decision.member_id is not None:
        about = Duty.objects.filter(slot=decision.slot_id, member=decision.member_id)
        unit = duty.unit_id if duty else about.values_list("unit_id", flat=True).first()
    if unit is not None and "see_names" in authority.powers_on(unit):
        return YES
    return no(_("说明只有本人、本单位负责人和做决定的人看得到。"))


def may_start(authority: Authority, campaign: Campaign) -> Verdict:
    """May start the campaign: the office, once it is approved."""
    if not authority.on_root("start"):
        return no(_("活动由办公室启动。"))
    if campaign.state in (Campaign.State.RUNNING, Campaign.State.CLOSED):
        return no(_("这项活动已经启动过了。"))
    if campaign.state != Campaign.State.APPROVED:
        return no(_("还没有批准：先在检查页核对并登记批准，再启动。"))
    return YES


def name_of(unit_id: int, authority: Authority) -> str:
    """A unit's name on the authority's day, "—" where it has none."""
    return tree.names([unit_id], authority.day).get(unit_id, "—")
