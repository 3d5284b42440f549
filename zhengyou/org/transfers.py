"""Letters of transfer: who may ask, release, receive, return or withdraw one, and which are under way; reads only."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org import current, people, tree
from zhengyou.org.models import Affiliation, Person, Transfer, Unit
from zhengyou.org.rules import Authority
from zhengyou.packs.organisation import MembersPart

UNDER_WAY = (Transfer.State.REQUESTED, Transfer.State.IN_TRANSIT)


def rules() -> MembersPart:
    """What the organisation's part says about letters, or the defaults in force."""
    part = current.part()
    return part.members if part is not None else MembersPart()


def valid_days(transfer: Transfer) -> int:
    """Days for which this letter is valid unless it says otherwise."""
    return rules().days("letter_days" if transfer.source_id and transfer.target_id else "letter_days_outside")


def default_until(transfer: Transfer, day: date) -> date:
    """The last day of a letter released on a day."""
    return day + timedelta(days=valid_days(transfer))


def overdue(transfer: Transfer, day: date) -> bool:
    """Whether the letter has run out without having come in."""
    until = transfer.valid_until
    return transfer.state == Transfer.State.IN_TRANSIT and until is not None and until < day


def heads(authority: Authority, unit: int) -> bool:
    """Whether this person keeps the unit's members: its head, one above it, or the office."""
    return authority.may("import", unit) or authority.may("see_names", unit)


def may_ask(authority: Authority, person: Person) -> Verdict:
    """May ask for a transfer: the member, the head of the unit or one above, the office; one under way at a time."""
    return may_ask_from(authority, person, people.home(person, authority.day), current_of(person))


def may_ask_from(
    authority: Authority, person: Person, home: Affiliation | None, under_way: Transfer | None
) -> Verdict:
    """As `may_ask`, by whoever has read where the person is registered and what is under way."""
    if home is None:
        return no(_("现在不是成员，没有要转的关系。"))
    mine = authority.person is not None and authority.person.pk == person.pk
    if not mine and not heads(authority, home.unit_id):
        return no(_("转接由本人、所在单位的负责人或办公室提出。"))
    if under_way is not None:
        return no(_("已经有一件转接在办：先办完或撤回。"))
    return YES


def may_enter(authority: Authority, unit: Unit) -> Verdict:
    """May enter a letter from outside for this unit: its head, one above, the office."""
    if unit.closed_on <= authority.day:
        return no(_("这个单位已经撤销，不能再转入。"))
    if not heads(authority, unit.pk):
        return no(_("外面来的介绍信由接收单位的负责人或办公室登记。"))
    return YES


def may_release(authority: Authority, transfer: Transfer) -> Verdict:
    """May release: the head of the source, one above, the office; never the own transfer."""
    if transfer.state != Transfer.State.REQUESTED or transfer.source_id is None:
        return no(_("这件转接不在等开介绍信。"))
    if authority.person is not None and authority.person.pk == transfer.person_id:
        return no(_("自己的介绍信由别人开。"))
    if not heads(authority, transfer.source_id):
        return no(_("介绍信由原单位的负责人或办公室开。"))
    return YES


def may_receive(authority: Authority, transfer: Transfer) -> Verdict:
    """May receive: the head of the target, one above, the office; coming from or going outside is the office's to enter."""
    if transfer.state not in (Transfer.State.IN_TRANSIT, Transfer.State.EXPIRED):
        return no(_("这件转接不在路上。"))
    if authority.person is not None and authority.person.pk == transfer.person_id:
        return no(_("自己的转接由别人接收。"))
    if transfer.source_id is None or transfer.target_id is None:
        unit = transfer.target_id or transfer.source_id or 0
        if authority.may("import", unit):
            return YES
        return no(_("从外面转来、转到外面的，由办公室登记。"))
    if heads(authority, transfer.target_id):
        return YES
    return no(_("由接收单位的负责人或办公室接收。"))


def may_return(authority: Authority, transfer: Transfer) -> Verdict:
    """May send a letter back: either side, or the office."""
    if transfer.state != Transfer.State.IN_TRANSIT:
        return no(_("这件转接不在路上。"))
    sides = [unit for unit in (transfer.source_id, transfer.target_id) if unit]
    if any(heads(authority, unit) for unit in sides):
        return YES
    return no(_("由两边单位的负责人或办公室退回。"))


def may_withdraw(authority: Authority, transfer: Transfer) -> Verdict:
    """May withdraw before the letter is released: whoever may ask for it."""
    if transfer.state != Transfer.State.REQUESTED:
        return no(_("介绍信已经开了：只能接收或退回。"))
    mine = authority.person is not None and authority.person.pk == transfer.person_id
    if mine or (transfer.source_id and heads(authority, transfer.source_id)):
        return YES
    return no(_("由本人、原单位的负责人或办公室撤回。"))


def may_see(authority: Authority, transfer: Transfer) -> bool:
    """The member, both sides' heads and those above, the office."""
    if authority.person is not None and authority.person.pk == transfer.person_id:
        return True
    return any(heads(authority, unit) for unit in (transfer.source_id, transfer.target_id) if unit)


def visible(authority: Authority) -> QuerySet[Transfer]:
    """All that this person may see as a head or as the office, newest first."""
    found = Transfer.objects.select_related("person", "source", "target").order_by("-asked_on", "-id")
    if authority.on_root("import") or authority.on_root("see_names"):
        return found
    stands = authority.units_with("import", "see_names")
    if not stands:
        return found.none()
    mine = tree.below(stands, authority.day)
    return found.filter(Q(source__in=mine) | Q(target__in=mine))


def current_of(person: Person) -> Transfer | None:
    """The one under way of a person."""
    return (
        Transfer.objects.filter(person=person, state__in=UNDER_WAY).select_related("source", "target").first()
    )
