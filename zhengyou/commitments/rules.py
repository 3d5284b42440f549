"""Who may do what with commitments; every no names the rule and the way out."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from zhengyou.campaigns import rules as duties
from zhengyou.campaigns.models import OPEN, Duty, State, Submission
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.commitments.homes import home
from zhengyou.commitments.models import OPEN_ITEMS, Commitment, Item
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org import current
from zhengyou.org.rules import Authority

S = Commitment.State


def may_propose(
    authority: Authority, duty: Duty, found: Commitment | None, people: Reviewers | None = None
) -> Verdict:
    """May write and hand in the commitment that this duty asks for: who answers for it, until it is published."""
    if found is not None and found.is_public:
        return no(_("已经公布了：要改一条，到那一条下面申请变更，原文会一直看得见。"))
    return duties.may_hand_in(authority, duty, people)


def may_withdraw(
    authority: Authority, duty: Duty, found: Commitment | None, people: Reviewers | None = None
) -> Verdict:
    """May take back what waits for review: who answers for it."""
    if found is None or found.state != S.PROPOSED:
        return no(_("只有还在审核的才能撤回。"))
    return duties.may_withdraw(authority, duty, people)


def may_review(authority: Authority, submission: Submission, people: Reviewers | None = None) -> Verdict:
    """May judge the items of what was handed in: the campaign's rule for papers, word for word."""
    return duties.may_review(authority, submission, people)


def may_sign(authority: Authority, found: Commitment) -> Verdict:
    """May sign a text whose every item was accepted: the member; for a unit whoever hands in."""
    if found.state != S.APPROVED:
        return no(_("只有逐条通过、还没有签名的才要签名。"))
    if found.duty is None or found.duty.state not in OPEN:
        return no(_("这一件任务现在不收了，签不了名。请问办公室。"))
    return duties.may_hand_in(authority, found.duty)


def may_note(authority: Authority, duty: Duty, found: Commitment | None) -> Verdict:
    """May write down what a member said aloud: who sees the names of the member's own unit; never the own words."""
    if duty.member_id is None:
        return no(_("口头承诺只替成员记；单位的承诺由单位自己写。"))
    me = authority.person
    if me is None or me.pk == duty.member_id:
        return no(_("自己的承诺自己写，不用别人代记。"))
    if "see_names" not in authority.powers_on(duty.unit_id):
        return no(_("口头承诺由本人所在单位的负责人记下来。"))
    if found is not None and found.state not in (S.DRAFT, S.NOTED, S.RETURNED):
        return no(_("本人已经交了自己写的，不用再代记。"))
    if duty.state not in OPEN:
        return no(_("这一件已经交了，或者不用交。"))
    return YES


def sees_whole(authority: Authority, found: Commitment, where: int | None) -> bool:
    """Whether the whole page is open, with reasons, evidence and what is not public: whose it is, the line above, the
    office, who reviews it. Others read what is published on the wall.
    """
    me = authority.person
    if authority.everything or authority.on_root("import"):
        return True
    if me is not None and me.pk in (found.member_id, found.oral_by_id):
        return True
    if where is not None:
        power = "hand_in" if found.of_unit else "see_names"
        if authority.may(power, where) or (found.is_public and authority.may("review", where)):
            return True
    return found.duty_id is not None and Duty.objects.seen_by(authority).filter(pk=found.duty_id).exists()


def may_keep(
    authority: Authority, found: Commitment, where: int | None = None, people: Reviewers | None = None
) -> Verdict:
    """May say that an item is done, ask for a change or a release: the member; for a unit whoever hands in there today."""
    if not found.is_public:
        return no(_("还没有公布，要改就改这份承诺本身。"))
    me = authority.person
    if found.member_id is not None:
        mine = me is not None and me.pk == found.member_id
        return YES if mine else no(_("兑现由本人来报：别人不能代报。"))
    at = home(found, authority.day) if where is None else where
    if at is None or me is None:
        return no(_("兑现由这个单位的负责人来报。"))
    people = people or Reviewers(authority.day, [at])
    authority.know(at, people.line(at))
    codes = _codes("hand_in")
    if authority.may("hand_in", at) and people.next_up(at, codes) in authority.units_with("hand_in"):
        return YES
    return no(_("兑现由「%(unit)s」的负责人来报。") % {"unit": people.names.get(at, "—")})


def may_judge(
    authority: Authority,
    found: Commitment,
    authors: Iterable[int | None],
    where: int | None = None,
    people: Reviewers | None = None,
) -> Verdict:
    """May confirm or dispute an item, decide a change: the reviewer of the unit of today (a unit's: of the one above).

    Never whose it is, who claimed or asked, or who answers for the item; nor anybody below such a one.
    """
    me = authority.person
    by = {pk for pk in (found.member_id, *authors) if pk}
    if me is None:
        return no(_("审核要由人来做。"))
    if me.pk in by:
        return no(_("自己的事不能自己认定：由上一级或别的审核人来看。"))
    at = home(found, authority.day) if where is None else where
    if at is None:
        return authority_of_office(authority)
    people = people or Reviewers(authority.day, [at])
    desk = people.desk("parent", at, of_unit=found.of_unit, authors=by)
    if me.pk in people.able(desk, by):
        return YES
    above = people.line(desk.unit)[1:]
    if any(me.pk in people.holders.get(up, {}) for up in above) and not _below(me.pk, by, people, at):
        return YES
    names = _("、").join(people.people[pk] for pk in sorted(people.able(desk, by)[:3]))
    return no(_("由「%(unit)s」%(name)s来认定。") % {"unit": people.names.get(desk.unit, "—"), "name": names})


def _below(me: int, by: set[int], people: Reviewers, at: int) -> bool:
    """Whether an author reviews at or above the highest unit at which this person reviews."""
    line = people.line(at)
    mine = max((i for i, up in enumerate(line) if me in people.holders.get(up, {})), default=-1)
    theirs = max((i for i, up in enumerate(line) if by & people.holders.get(up, {}).keys()), default=-1)
    return theirs >= mine and theirs < len(line) - 1


def authority_of_office(authority: Authority) -> Verdict:
    """For whoever is in no unit any more the office decides."""
    if authority.on_root("review"):
        return YES
    return no(_("现在不在任何单位，或者单位已经撤销，由办公室处理。"))


def may_claim(item: Item) -> Verdict:
    """May be said to be done now: while it is open or was disputed."""
    if item.state in (Item.State.OPEN, Item.State.DISPUTED):
        return YES
    return no(_ITEMS[Item.State(item.state)]())


def may_decide(item: Item) -> Verdict:
    """May be confirmed or disputed now: what was claimed."""
    if item.state == Item.State.CLAIMED:
        return YES
    return no(_("只有报了完成的才能认定。") if item.state in OPEN_ITEMS else _ITEMS[Item.State(item.state)]())


def may_close_unkept(item: Item) -> Verdict:
    """May be closed as not kept: while it is not settled."""
    return YES if item.state in OPEN_ITEMS else no(_ITEMS[Item.State(item.state)]())


_ITEMS = {
    Item.State.OPEN: lambda: _("还没有报完成。"),
    Item.State.DISPUTED: lambda: _("对完成情况有不同意见，等重新报。"),
    Item.State.CLAIMED: lambda: _("已经报了完成，等认定。"),
    Item.State.KEPT: lambda: _("已经认定兑现了。"),
    Item.State.UNKEPT: lambda: _("已经按没有兑现办结。"),
    Item.State.RELEASED: lambda: _("已经免除，不再算在内。"),
}


def may_list_unkept(authority: Authority) -> Verdict:
    """May read the list of what was not kept without cause: whoever reviews anywhere, for the units below."""
    if authority.anywhere("review"):
        return YES
    return no(_("没有兑现的清单只有上一级看得到。"))


def settles(duty: Duty) -> bool:
    """Whether the duty counts as met: accepted."""
    return duty.state == State.ACCEPTED


def _codes(power: str) -> list[str]:
    part = current.part()
    return [post.code for post in part.posts if power in post.may] if part else []
