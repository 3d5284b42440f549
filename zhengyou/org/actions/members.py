"""Members: adding, affiliating, moving, leaving; sets of any size with the same few statements (CORE §1.2, §4)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org import rules
from zhengyou.org.actions.rows import (
    COLUMNS,
    Then,
    close_accounts,
    copy_truncated,
    cut_post,
    end_delegations,
    new_person,
    not_later,
    open_unit,
)
from zhengyou.org.models import Affiliation, Person, Post, Unit

HOW = ("out", "left", "deceased")


def add_person(
    name: str,
    *,
    by: Actor,
    number: str | None = None,
    unit: Unit | None = None,
    day: date | None = None,
    category: str = "",
    status: str = "",
    begun: str = "in",
    then: Then | None = None,
    **details: object,
) -> Person:
    """Add a person, as a member registered in a unit from a day on, or without a unit as a non-member.

    Details: joined_on, confirmed_on, email, phone, note. `begun`: in (from outside) or developed (new member).
    """
    day = not_later(day)
    with record("org.person_added", by=by, unit=unit.public_id if unit else "") as entry:
        authority = rules.authority_for(by)
        top = authority.root or 0
        insist(rules.may_change_roster(authority, [unit.pk if unit else top]))
        person = new_person(entry, name, number=number, **details)
        entry.row.subject = f"person:{person.public_id}"
        if unit is not None:
            _register(entry, person, open_unit(unit, day), day, category, status, begun)
        if then is not None:
            then(entry)
    return person


def affiliate(
    person: Person,
    unit: Unit,
    *,
    by: Actor,
    role: str = Affiliation.Role.REGISTERED,
    day: date | None = None,
    category: str = "",
    status: str = "",
    begun: str = "in",
    then: Then | None = None,
) -> Affiliation:
    """Register a person who is in no unit, or add an activity unit beside the registered one.

    Exactly one registered unit at any instant: whoever has one is moved, not registered again.
    """
    day = not_later(day)
    with record(
        "org.affiliated", by=by, unit=unit.public_id, subject=f"person:{person.public_id}", role=role
    ) as entry:
        Person.objects.select_for_update().get(pk=person.pk)
        insist(rules.may_change_roster(rules.authority_for(by), [unit.pk]))
        unit = open_unit(unit, day)
        if role == Affiliation.Role.REGISTERED:
            made = _register(entry, person, unit, day, category, status, begun)
        else:
            made = _join_activity(entry, person, unit, day)
        if then is not None:
            then(entry)
    return made


def _register(
    entry: OpenEntry, person: Person, unit: Unit, day: date, category: str, status: str, begun: str
) -> Affiliation:
    if person.affiliations.filter(dropped=None, role="R", valid_to__gt=day).exists():
        text = _("%(name)s 这一天已经注册在一个单位：要换单位，请用「转到」")
        raise Invalid(Problem("unit", text % {"name": person.name}))
    return Affiliation.objects.create(
        person=person,
        unit=unit,
        role=Affiliation.Role.REGISTERED,
        category=category,
        status=status,
        begun=begun,
        valid_from=day,
        entry_id=entry.id,
    )


def _join_activity(entry: OpenEntry, person: Person, unit: Unit, day: date) -> Affiliation:
    held = person.affiliations.filter(dropped=None, unit=unit, valid_to__gt=day)
    if held.exists():
        raise Invalid(Problem("unit", _("%(name)s 已经在这个单位") % {"name": person.name}))
    return Affiliation.objects.create(
        person=person, unit=unit, role=Affiliation.Role.ACTIVITY, valid_from=day, entry_id=entry.id
    )


def end_activity(row: Affiliation, *, by: Actor, day: date | None = None, then: Then | None = None) -> None:
    """End an activity affiliation on a day."""
    day = not_later(day)
    with record(
        "org.activity_ended", by=by, unit=row.unit.public_id, subject=f"person:{row.person.public_id}"
    ) as entry:
        insist(rules.may_change_roster(rules.authority_for(by), [row.unit_id]))
        now = Affiliation.objects.select_for_update().filter(pk=row.pk, role="A", dropped=None, valid_to=FAR)
        found = now.first()
        if found is None:
            raise Conflict(_("这个活动单位已经结束了。"))
        now.update(dropped_id=entry.id)
        copy_truncated(entry, day, "out", "A")
        if then is not None:
            then(entry)


def move_members(
    people: QuerySet[Person] | list[Person],
    unit: Unit,
    *,
    by: Actor,
    day: date | None = None,
    then: Then | None = None,
) -> int:
    """Register members in another unit from a day on; returns how many were moved. Three statements."""
    day = not_later(day)
    subject = f"person:{people[0].public_id}" if isinstance(people, list) and len(people) == 1 else ""
    with record(
        "org.members_moved", by=by, unit=unit.public_id, subject=subject, day=day.isoformat()
    ) as entry:
        unit = open_unit(unit, day)
        held = _held(people, day).exclude(unit=unit)
        sources = set(held.values_list("unit_id", flat=True).order_by().distinct())
        insist(rules.may_change_roster(rules.authority_for(by), {*sources, unit.pk}))
        n = move(entry, held, unit, day)
        if not n:
            raise Invalid(Problem("people", _("这一天没有要转的人：他们已经在这个单位，或者不是成员")))
        entry.note(people=n)
        if then is not None:
            then(entry)
    return n


def leave(
    people: QuerySet[Person] | list[Person],
    *,
    by: Actor,
    how: str,
    day: date | None = None,
    then: Then | None = None,
) -> int:
    """End the membership of people on a day: out (to another organisation), left or deceased. Returns how many.

    Their activity units and posts end too, and their accounts are switched off.
    """
    if how not in HOW:
        raise ValueError(how)
    day = not_later(day)
    subject = f"person:{people[0].public_id}" if isinstance(people, list) and len(people) == 1 else ""
    with record("org.members_left", by=by, subject=subject, how=how, day=day.isoformat()) as entry:
        held = _held(people, day)
        sources = set(held.values_list("unit_id", flat=True).order_by().distinct())
        authority = rules.authority_for(by)
        insist(rules.may_change_roster(authority, sources))
        who = list(held.values_list("person_id", flat=True))
        if not who:
            raise Invalid(Problem("people", _("这一天没有要登记的人：他们已经不是成员")))
        n = end(entry, held, day, how)
        entry.note(people=n)
        _end_what_else(entry, who, day, authority)
        if then is not None:
            then(entry)
    return n


def _end_what_else(entry: OpenEntry, who: list[int], day: date, authority: rules.Authority) -> None:
    for post in Post.objects.filter(person__in=who, dropped=None, valid_to__gt=day).select_related("unit"):
        if not authority.everything:
            insist(rules.may_end_post(authority, post))
        cut_post(entry, post, day)
        end_delegations(entry, day, [post.unit_id])
    close_accounts(clock.today())


def _held(people: QuerySet[Person] | list[Person], day: date) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(person__in=people, role="R", dropped=None, valid_to__gt=day)


def move(entry: OpenEntry, held: QuerySet[Affiliation], unit: Unit, day: date) -> int:
    """Drop these registered rows, insert them truncated, and again in `unit` from `day` on; for use inside actions."""
    n = held.update(dropped_id=entry.id)
    copy_truncated(entry, day, "moved", "R")
    sql.run(
        f"""INSERT INTO org_affiliation ({COLUMNS})
            SELECT person_id, :unit, role, category, status,
                   CASE WHEN valid_from < :day THEN 'moved' ELSE begun END, ended,
                   CASE WHEN valid_from > :day THEN valid_from ELSE :day END, valid_to, :entry
            FROM org_affiliation WHERE dropped_id = :entry AND role = 'R'""",
        unit=unit.pk,
        day=day,
        entry=entry.id,
    )
    _end_guests(entry, unit, day)
    return n


def _end_guests(entry: OpenEntry, unit: Unit, day: date) -> None:
    """Whoever is registered in a unit since this entry needs no activity row there."""
    moved = Affiliation.objects.filter(dropped_id=entry.id, role="R").values("person")
    guests = Affiliation.objects.filter(role="A", unit=unit, dropped=None, valid_to__gt=day, person__in=moved)
    if guests.update(dropped_id=entry.id):
        copy_truncated(entry, day, "moved", "A")


def end(entry: OpenEntry, held: QuerySet[Affiliation], day: date, how: str) -> int:
    """Drop these registered rows and insert them truncated at `day`, with activity units; for use inside actions."""
    activity = Affiliation.objects.filter(
        role="A", dropped=None, valid_to__gt=day, person__in=held.values("person")
    )
    activity.update(dropped_id=entry.id)
    n = held.update(dropped_id=entry.id)
    copy_truncated(entry, day, how, "R")
    copy_truncated(entry, day, how, "A")
    return n


def check_contact(email: str, phone: str) -> list[Problem]:
    """What is wrong with an e-mail address and a phone number."""
    problems = []
    if email and ("@" not in email or " " in email or len(email) > 200):
        problems.append(Problem("email", _("邮箱要像 name@example.org 这样写")))
    if len(phone) > 40 or any(c.isalpha() for c in phone):
        problems.append(Problem("phone", _("电话只写数字、空格和 + -，最多 40 个字符")))
    return problems


def set_contact(person: Person, *, email: str, phone: str, by: Actor) -> None:
    """Change e-mail and phone: the person, the secretary of the own unit, or the office."""
    email, phone = email.strip(), " ".join(phone.split())
    if problems := check_contact(email, phone):
        raise Invalid(*problems)
    with record("org.contact_set", by=by, subject=f"person:{person.public_id}") as entry:
        person = Person.objects.select_for_update().get(pk=person.pk)
        insist(rules.may_set_contact(rules.authority_for(by), person))
        changed = [name for name, new in (("email", email), ("phone", phone)) if getattr(person, name) != new]
        if not changed:
            entry.discard()
            return
        entry.note(email=email, phone=phone)
        person.email, person.phone = email, phone
        person.save(update_fields=["email", "phone"])
