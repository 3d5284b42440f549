"""Accounts: set-up link, sign-in slips and their redemption, invitations from the command line, closing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.ids import ALPHABET
from zhengyou.kit.verdict import insist
from zhengyou.org import passwords, rules
from zhengyou.org.actions.rows import new_person
from zhengyou.org.models import Organisation, Person, Post, SetupLink, Slip, SlipTry, User, on
from zhengyou.org.names import clean_name
from zhengyou.org.tree import root

SLIP_DAYS = 14
SETUP_HOURS = 24
CODE_LENGTH = 12
TRIES_PER_NUMBER, TRIES_PER_ADDRESS = 10, 60
"""Wrong codes an hour from one address, for one number and in all. A code has 59 bits: nobody guesses one."""


class TooManyTriesError(RuntimeError):
    """Too many wrong codes from this address within the hour; answered with 429."""


@dataclass(frozen=True)
class MadeSlip:
    """A slip and its code, which is known only now."""

    person: Person
    code: str
    expires_at: datetime


def digest_of(purpose: str, secret: str) -> str:
    """The keyed digest under which a one-time secret is kept."""
    return salted_hmac(f"zhengyou.{purpose}", secret, algorithm="sha256").hexdigest()


def make_setup_link() -> str:
    """A fresh token for /setup/<token>/, valid for a day; earlier ones stop working. Raises Conflict once founded."""
    if Organisation.objects.exists():
        raise Conflict(_("这里已经建立了组织。请直接登录。"))
    token = secrets.token_urlsafe(24)
    SetupLink.objects.filter(used_at=None).delete()
    SetupLink.objects.create(
        digest=digest_of("setup", token), expires_at=timezone.now() + timedelta(hours=SETUP_HOURS)
    )
    return token


def setup_is_open(token: str) -> bool:
    """Whether a set-up link still founds an organisation here."""
    links = SetupLink.objects.filter(digest=digest_of("setup", token), used_at=None)
    return links.filter(expires_at__gt=timezone.now()).exists() and not Organisation.objects.exists()


def tidy_code(text: str) -> str:
    """A code as typed (spaces, dashes, capitals) in the form it was made."""
    return "".join(c for c in text.casefold() if c in ALPHABET)


def make_slips(people: Iterable[Person], *, by: Actor) -> list[MadeSlip]:
    """New one-time codes for people, 14 days each; their earlier unused slips stop working at once.

    Everybody must have a number; each is checked by `rules.may_make_slips`.
    """
    people = list(people)
    if not people:
        raise Invalid(Problem("people", _("先选出要打印登录条的人")))
    authority = rules.authority_for(by)
    verdicts = rules.slips_for(authority, people)
    for person in people:
        insist(verdicts[person.pk])
        if not person.number:
            text = _("%(name)s 没有编号，不能登录：先请办公室登记编号")
            raise Invalid(Problem("people", text % {"name": person.name}))
    subject = f"person:{people[0].public_id}" if len(people) == 1 else ""
    with record("org.slips_made", by=by, subject=subject, people=len(people)) as entry:
        return _write_slips(entry, people)


def _write_slips(entry: OpenEntry, people: list[Person]) -> list[MadeSlip]:
    now = timezone.now()
    until = now + timedelta(days=SLIP_DAYS)
    Slip.objects.filter(person__in=people, used_at=None, cancelled_at=None).update(cancelled_at=now)
    made = [
        MadeSlip(p, "".join(secrets.choice(ALPHABET) for _i in range(CODE_LENGTH)), until) for p in people
    ]
    Slip.objects.bulk_create(
        [
            Slip(person=m.person, digest=digest_of("slip", m.code), expires_at=until, entry_id=entry.id)
            for m in made
        ],
        batch_size=500,
    )
    return made


def cancel_slips(person: Person, *, by: Actor) -> int:
    """Stop all unused slips of a person; whoever may make them may stop them, and the person. Returns how many."""
    if by.id != person.public_id:
        insist(rules.may_make_slips(rules.authority_for(by), person))
    with record("org.slips_cancelled", by=by, subject=f"person:{person.public_id}") as entry:
        open_slips = Slip.objects.filter(person=person, used_at=None, cancelled_at=None)
        n = open_slips.update(cancelled_at=timezone.now())
        if not n:
            entry.discard()
    return n


def redeem(number: str, code: str, password: str, *, address: str) -> User:
    """Trade number and code for an account with this password; the account is made on first use.

    One sentence for every kind of wrong pair, so that nothing is learnt; a right pair with a weak password keeps
    the code. Raises Invalid, or TooManyTriesError from the eleventh wrong try of an address for one number within an hour.
    """
    number, code = number.strip(), tidy_code(code)
    _slow_down(address, number)
    if not _valid(number, code).exists():
        _count_wrong(address, number)
        text = _("编号和登录码对不上，或者登录码已经用过、过期了。核对一遍；还不行，请打印登录条的人再打一张")
        raise Invalid(Problem("code", text))
    person = Person.objects.get(number=number)
    if bad := passwords.problems(password, number=number, name=person.name):
        raise Invalid(*bad)
    with record("org.slip_redeemed", by=person.actor, subject=f"person:{person.public_id}"):
        if not _valid(number, code).update(used_at=timezone.now()):
            raise Conflict(_("这张登录条刚刚用过了。请用设好的密码登录。"))
        user = User.objects.filter(person=person).first() or User(person=person)
        user.number, user.is_active = number, True
        user.set_password(password)
        user.save()
    return user


def _valid(number: str, code: str) -> QuerySet[Slip]:
    return Slip.objects.filter(
        digest=digest_of("slip", code),
        person__number=number,
        used_at=None,
        cancelled_at=None,
        expires_at__gt=timezone.now(),
    )


def _keys(address: str, number: str) -> tuple[tuple[str, int], tuple[str, int]]:
    one = digest_of("try", f"{address} {number}")
    return (one, TRIES_PER_NUMBER), (digest_of("try", address), TRIES_PER_ADDRESS)


def _slow_down(address: str, number: str) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    SlipTry.objects.filter(hour__lt=hour).delete()
    for key, limit in _keys(address, number):
        if SlipTry.objects.filter(key=key, hour=hour, n__gte=limit).exists():
            raise TooManyTriesError(_("试错的次数太多了。过一个小时再试，或者请打印登录条的人再打一张。"))


def _count_wrong(address: str, number: str) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for key, _limit in _keys(address, number):
        row, _made = SlipTry.objects.get_or_create(key=key, hour=hour)
        SlipTry.objects.filter(pk=row.pk).update(n=F("n") + 1)


def invite(name: str, number: str, *, by: Actor) -> MadeSlip:
    """`office invite`: a slip for the person with this number, who is made and put into the office where needed.

    Refuses a number that belongs to somebody of another name.
    """
    top = root()
    if top is None:
        raise Conflict(_("还没有组织：先用 serve 打印的设置链接建立"))
    today = clock.today()
    person = Person.objects.filter(number=number.strip()).first()
    with record("org.office_invited", by=by, unit=top.public_id) as entry:
        if person is None:
            person = new_person(entry, name, number=number)
        elif person.name != clean_name(name):
            raise Invalid(
                Problem("number", _("编号 %(number)s 是另一个人的，姓名对不上") % {"number": number})
            )
        if not Post.objects.filter(on(today), person=person, unit=top, post="office").exists():
            Post.objects.create(person=person, unit=top, post="office", valid_from=today, entry_id=entry.id)
        entry.row.subject = f"person:{person.public_id}"
        (made,) = _write_slips(entry, [person])
    return made
