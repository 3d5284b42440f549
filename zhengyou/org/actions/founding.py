"""Founding the organisation in an empty directory: its part of a pack, the root unit, the first person in the office."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.ids import new_id
from zhengyou.org import passwords
from zhengyou.org.actions.accounts import digest_of
from zhengyou.org.actions.tree import NewUnit, plant
from zhengyou.org.models import Organisation, OrganisationPart, Person, Post, SetupLink, Unit, User
from zhengyou.org.names import clean_name, sort_key
from zhengyou.packs.organisation import Organisation as Part


@dataclass(frozen=True)
class Founder:
    """The first person: holds the post `office` on the root; signs in by number with the password, if one is given."""

    name: str
    number: str
    password: str = ""


@dataclass(frozen=True)
class Founded:
    """What founding made."""

    organisation: Organisation
    root: Unit
    person: Person


def found(
    part: Part,
    name: str,
    founder: Founder,
    *,
    by: Actor | None = None,
    pack_id: str = "",
    zone: str = "",
    day: date | None = None,
    root_name: str = "",
) -> Founded:
    """Found the organisation; `by` defaults to the founder. Raises Conflict where there is one already."""
    return _found(part, name, founder, by, pack_id, zone, day, root_name, None)


def found_by_link(
    token: str,
    part: Part,
    name: str,
    founder: Founder,
    *,
    pack_id: str = "",
    zone: str = "",
    root_name: str = "",
) -> Founded:
    """Found the organisation by the one-time set-up link, which is used up; the founder gets an account."""
    return _found(part, name, founder, None, pack_id, zone, None, root_name, token)


def found_alone(
    part: Part,
    name: str,
    *,
    by: Actor,
    pack_id: str = "",
    zone: str = "Asia/Shanghai",
    root_name: str = "",
    day: date | None = None,
) -> Organisation:
    """Found the organisation from the command line, without a first person: `office invite` brings that one in later."""
    name = " ".join(name.split())
    if not name:
        raise Invalid(Problem("organisation", _("写上组织的名称")))
    day = day or clock.today()
    with record("org.founded", by=by, pack=pack_id) as entry:
        if Organisation.objects.exists():
            raise Conflict(_("这里已经建立了组织。请直接登录。"))
        made = Organisation.objects.create(name=name, zone=zone, founded_on=day, entry_id=entry.id)
        _keep_part(entry, part, pack_id, day)
        kind = part.kind(part.root_kind)
        (root,) = plant(entry, [NewUnit(root_name.strip() or kind.text() or name, kind.code, None, day)])
        entry.note(name=name, unit=root.public_id)
    return made


def _found(
    part: Part,
    name: str,
    founder: Founder,
    by: Actor | None,
    pack_id: str,
    zone: str,
    day: date | None,
    root_name: str,
    token: str | None,
) -> Founded:
    person = Person(public_id=new_id(), name=clean_name(founder.name), number=founder.number.strip() or None)
    person.sort_key = sort_key(person.name)
    name = " ".join(name.split())
    zone = zone or "Asia/Shanghai"
    _check(part, name, person, founder, zone, signs_in=token is not None)
    day = day or clock.today()
    with record(
        "org.founded", by=by or person.actor, subject=f"person:{person.public_id}", pack=pack_id
    ) as entry:
        if token is not None:
            _use_up(token)
        if Organisation.objects.exists():
            raise Conflict(_("这里已经建立了组织。请直接登录。"))
        organisation = Organisation.objects.create(name=name, zone=zone, founded_on=day, entry_id=entry.id)
        _keep_part(entry, part, pack_id, day)
        kind = part.kind(part.root_kind)
        top = NewUnit(root_name.strip() or kind.text() or name, kind.code, None, day)
        (root,) = plant(entry, [top])
        person.save(force_insert=True)
        Post.objects.create(person=person, unit=root, post="office", valid_from=day, entry_id=entry.id)
        if founder.password:
            user = User(number=person.number or "", person=person)
            user.set_password(founder.password)
            user.save()
        entry.note(name=name, unit=root.public_id)
    return Founded(organisation, root, person)


def _check(part: Part, name: str, person: Person, founder: Founder, zone: str, *, signs_in: bool) -> None:
    problems = []
    if not name:
        problems.append(Problem("organisation", _("写上组织的名称")))
    if not person.name:
        problems.append(Problem("name", _("写上您的姓名")))
    if signs_in and not person.number:
        problems.append(Problem("number", _("写上您的编号：以后用它登录")))
    if zone not in available_timezones():
        problems.append(Problem("zone", _("没有「%(zone)s」这个时区") % {"zone": zone}))
    if founder.password or signs_in:
        problems += passwords.problems(founder.password, number=founder.number, name=person.name)
    post = part.post("office")
    if post is None or (post.on is not None and part.root_kind not in post.on):
        problems.append(Problem("pack", _("方案包的组织部分里，最上级单位没有 office（办公室）这个职务")))
    if problems:
        raise Invalid(*problems)


def _use_up(token: str) -> None:
    used = SetupLink.objects.filter(
        digest=digest_of("setup", token), used_at=None, expires_at__gt=timezone.now()
    ).update(used_at=timezone.now())
    if not used:
        raise Conflict(_("这个链接已经用过或者过期了。在服务器上重新启动 serve，会打印一个新的。"))


def _keep_part(entry: OpenEntry, part: Part, pack_id: str, day: date) -> OrganisationPart:
    body = part.to_json()
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return OrganisationPart.objects.create(
        version=OrganisationPart.objects.count() + 1,
        pack_id=pack_id,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        body=body,
        valid_from=day,
        entry_id=entry.id,
    )
