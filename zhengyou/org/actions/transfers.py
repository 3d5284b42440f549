"""Letters of transfer (S1): asked for, released, in transit, received or returned, expired or withdrawn.

In transit counts at the source; the affiliation moves on the day of receipt, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import Verdict, insist
from zhengyou.org import people, rules, transfers
from zhengyou.org.actions import members
from zhengyou.org.actions.classes import end_posts, posts_of
from zhengyou.org.actions.rows import Then, close_accounts, new_person, not_later, open_unit
from zhengyou.org.models import Affiliation, Person, Transfer, Unit
from zhengyou.org.names import clean_name

State = Transfer.State
Rule = Callable[[rules.Authority, Transfer], Verdict]


def ask(
    person: Person, *, by: Actor, target: Unit | None = None, outside: str = "", reason: str = ""
) -> Transfer:
    """Ask for a member's transfer to a unit of this organisation, or to another organisation named in `outside`."""
    outside, reason = " ".join(outside.split()), reason.strip()
    _texts(outside=outside, reason=reason)
    if (target is None) == (not outside):
        raise Invalid(Problem("outside", _("选一个单位，或者写上外面的单位，二选一")))
    with record("org.transfer_asked", by=by, subject=f"person:{person.public_id}") as entry:
        person = Person.objects.select_for_update().get(pk=person.pk)
        insist(transfers.may_ask(rules.authority_for(by), person))
        home = people.home(person, clock.today())
        assert home is not None  # may_ask
        if target is not None:
            target = open_unit(target, clock.today())
            if target.pk == home.unit_id:
                raise Invalid(Problem("unit", _("%(name)s 已经在这个单位") % {"name": person.name}))
        entry.row.unit = home.unit.public_id
        return Transfer.objects.create(
            person=person, source_id=home.unit_id, target=target, outside=outside, asked_on=clock.today(),
            reason=reason, by=by.id, entry_id=entry.id,
        )  # fmt: skip


def enter(
    unit: Unit,
    *,
    by: Actor,
    name: str,
    number: str,
    outside: str,
    letter_no: str,
    day: date | None = None,
    valid_until: date | None = None,
) -> Transfer:
    """Enter a letter brought from another organisation: whoever it is for is a member once it is received."""
    day, outside, letter_no = not_later(day), " ".join(outside.split()), letter_no.strip()
    _texts(outside=outside, letter_no=letter_no)
    if not outside:
        raise Invalid(Problem("outside", _("写上从哪里来")))
    with record("org.transfer_entered", by=by, unit=unit.public_id) as entry:
        unit = open_unit(unit, day)
        insist(transfers.may_enter(rules.authority_for(by), unit))
        number = number.strip()
        person = Person.objects.select_for_update().filter(number=number).first() if number else None
        if person is not None and person.name != clean_name(name):
            text = _("编号 %(number)s 是另一个人的：核对姓名和编号")
            raise Invalid(Problem("number", text % {"number": number}))
        if person is None:
            person = new_person(entry, name, number=number)
        if person.affiliations.filter(dropped=None, role="R", valid_to__gt=day).exists():
            raise Invalid(Problem("number", _("%(name)s 已经是这里的成员") % {"name": person.name}))
        if Transfer.objects.filter(person=person, state__in=transfers.UNDER_WAY).exists():
            raise Invalid(Problem("number", _("已经有一件转接在办：先办完或撤回。")))
        entry.row.subject = f"person:{person.public_id}"
        made = Transfer(
            person=person, target=unit, outside=outside, state=State.IN_TRANSIT, letter_no=letter_no,
            asked_on=day, released_on=day, by=by.id, entry_id=entry.id,
        )  # fmt: skip
        made.valid_until = _until(made, day, valid_until)
        made.save()
        return made


def release(
    transfer: Transfer, *, by: Actor, letter_no: str, day: date | None = None, valid_until: date | None = None
) -> None:
    """Release with a letter's number from a day on; valid for the usual days unless the letter says otherwise."""
    day, letter_no = not_later(day), letter_no.strip()
    _texts(letter_no=letter_no)
    if not letter_no:
        raise Invalid(Problem("letter_no", _("写上介绍信的号码")))
    with record("org.transfer_released", by=by, day=day.isoformat(), letter=letter_no) as entry:
        transfer = _locked(entry, transfer, by, transfers.may_release)
        transfer.valid_until = _until(transfer, day, valid_until)
        transfer.state, transfer.letter_no, transfer.released_on = State.IN_TRANSIT, letter_no, day
        transfer.save()


def receive(
    transfer: Transfer,
    *,
    by: Actor,
    day: date | None = None,
    category: str = "",
    status: str = "",
    then: Then | None = None,
) -> None:
    """Enter the return slip: within the organisation the member moves on that day, to outside leaves, from outside joins.

    Entered late it counts from its own day, also after the letter was marked as expired, if that day was in time.
    """
    day = not_later(day)
    with record("org.transfer_received", by=by, day=day.isoformat()) as entry:
        transfer = _locked(entry, transfer, by, transfers.may_receive)
        if transfer.released_on is not None and day < transfer.released_on:
            text = _("介绍信 %(day)s 才开：接收不能早于这一天")
            raise Invalid(Problem("day", text % {"day": transfer.released_on.isoformat()}))
        if transfer.valid_until is not None and day > transfer.valid_until:
            text = _("介绍信到 %(day)s 就过期了：退回去重新开")
            raise Invalid(Problem("day", text % {"day": transfer.valid_until.isoformat()}))
        _arrive(entry, transfer, by, day, category, status)
        transfer.state, transfer.ended_on = State.RECEIVED, day
        transfer.save()
        close_accounts(clock.today())
        if then is not None:
            then(entry)


def _arrive(entry: OpenEntry, transfer: Transfer, by: Actor, day: date, category: str, status: str) -> None:
    person = transfer.person
    held = Affiliation.objects.filter(person=person, role="R", dropped=None, valid_to__gt=day)
    if transfer.source_id is None:
        assert transfer.target is not None
        if held.exists():
            raise Conflict(_("这个人已经登记在别的单位：先核对，再决定退回还是接收。"))
        Affiliation.objects.create(
            person=person, unit=open_unit(transfer.target, day), role="R", category=category, status=status,
            begun="in", valid_from=day, entry_id=entry.id,
        )  # fmt: skip
        return
    here = held.select_related("unit").order_by("valid_from").first()
    assert transfer.source is not None
    moved_on = here is not None and here.unit_id != transfer.source_id and transfer.source.closed_on > day
    if here is None or moved_on:
        raise Conflict(_("这个人已经不在原单位：先核对，再决定退回还是另办。"))
    if day < here.valid_from:
        text = _("这个人 %(day)s 才到原单位：接收要晚于这一天")
        raise Invalid(Problem("day", text % {"day": here.valid_from.isoformat()}))
    if transfer.target is not None:
        members.move(entry, held, open_unit(transfer.target, day), day)
        return
    posts_of(held, day, rules.authority_for(by))
    members.end(entry, held, day, "out")
    end_posts(entry, day)


def send_back(transfer: Transfer, *, by: Actor, reason: str) -> None:
    """Send a letter back with a reason; the member stays where they are."""
    _end("org.transfer_returned", transfer, by, reason, State.RETURNED, transfers.may_return)


def withdraw(transfer: Transfer, *, by: Actor, reason: str = "") -> None:
    """Withdraw what was asked for, before the letter is released."""
    _end("org.transfer_withdrawn", transfer, by, reason, State.WITHDRAWN, transfers.may_withdraw)


def expire() -> int:
    """For tick: letters that ran out are marked; what was asked for people who are members no more is withdrawn.

    Running it twice changes nothing and leaves no entry. Returns how many.
    """
    today, by = clock.today(), Actor.system("tick")
    late = Transfer.objects.filter(state=State.IN_TRANSIT, valid_until__lt=today)
    here = Affiliation.objects.filter(role="R", dropped=None, valid_to__gt=today).values("person")
    gone = Transfer.objects.filter(state__in=transfers.UNDER_WAY, source__isnull=False).exclude(
        person__in=here
    )
    if not late.exists() and not gone.exists():
        return 0
    with record("org.transfers_expired", by=by) as entry:
        n = late.update(state=State.EXPIRED, ended_on=today)
        n += gone.update(state=State.WITHDRAWN, ended_on=today)
        entry.note(n=n)
    return n


def _end(verb: str, transfer: Transfer, by: Actor, reason: str, state: State, rule: Rule) -> None:
    reason = reason.strip()
    _texts(reason=reason)
    if state == State.RETURNED and not reason:
        raise Invalid(Problem("reason", _("写上退回的理由")))
    with record(verb, by=by) as entry:
        transfer = _locked(entry, transfer, by, rule)
        transfer.state, transfer.ended_on, transfer.reason = state, clock.today(), reason or transfer.reason
        transfer.save()


def _locked(entry: OpenEntry, transfer: Transfer, by: Actor, rule: Rule) -> Transfer:
    held = Transfer.objects.select_for_update(of=("self",)).select_related("person", "source", "target")
    found = held.get(pk=transfer.pk)
    verdict: Verdict = rule(rules.authority_for(by), found)
    if not verdict and found.state != transfer.state:
        raise Conflict(_("这件转接刚刚有人办过：请再看一次。"))
    insist(verdict)
    entry.row.subject = f"person:{found.person.public_id}"
    unit = found.source or found.target
    entry.row.unit = unit.public_id if unit is not None else ""
    return found


def _until(transfer: Transfer, day: date, until: date | None) -> date:
    until = until or transfers.default_until(transfer, day)
    if until < day:
        raise Invalid(Problem("valid_until", _("有效期不能早于开介绍信的那一天")))
    longest = transfers.rules().days("letter_days_longest")
    if until > day + timedelta(days=longest):
        raise Invalid(Problem("valid_until", _("介绍信的有效期最长 %(n)d 天") % {"n": longest}))
    return until


def _texts(**given: str) -> None:
    most = {"outside": 200, "letter_no": 80, "reason": 2000}
    for field, text in given.items():
        if len(text) > most[field]:
            raise Invalid(Problem(field, _("最多 %(n)d 字") % {"n": most[field]}))
