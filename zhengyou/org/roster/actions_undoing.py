"""Undoing an import by a closing action: its rows are dropped, copies of those it dropped come back; never a row reborn.

`dropped` is never set back (CORE §4): what was known until now stays what was known.
"""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Conflict
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org import rules as org_rules
from zhengyou.org.actions.rows import COLUMNS, Disposition, Follow, close_accounts
from zhengyou.org.models import (
    Affiliation,
    Closure,
    Person,
    RosterBefore,
    RosterImport,
    RosterRow,
    Unit,
    UnitAlias,
    User,
    on,
)
from zhengyou.org.roster import rules, undoing
from zhengyou.org.roster.actions_writing import many, sort_key

MANY = 500
"""Rows from which on the planner is told at once."""
POSTS = "person_id, unit_id, post, first_responsible, document_no, term_ends, acting_for_id, valid_from, valid_to, entry_id"


def undo_import(
    roster: RosterImport, *, by: Actor, seen: str = "", follow: Follow | None = None
) -> undoing.Undoing:
    """Take an applied import back, within seven days; `seen` is the fingerprint of the preview.

    Refused where anything later depends on it (`undoing.look` names whom); Conflict where it would come out otherwise
    than shown. People it brought stay known as non-members. One transaction; returns what was undone.
    """
    with record("roster.undone", by=by, subject=f"roster:{roster.public_id}") as entry:
        authority = org_rules.authority_for(by)
        insist(rules.may_import(authority))
        roster = (
            RosterImport.objects.select_for_update(of=("self",)).select_related("entry").get(pk=roster.pk)
        )
        if roster.state == RosterImport.State.UNDONE:
            raise Conflict(_("这次导入已经撤销了。什么都没有重复做。"))
        insist(rules.may_undo(authority, roster))
        found = undoing.look(roster, follow, clock.today())
        if seen and found.fingerprint != seen:
            raise Conflict(_("您看过之后，情况又有变动。什么都没有撤销，请按新的预览再核对一次。"))
        insist(rules.may_undo(authority, roster, len(found.obstacles)))
        assert roster.entry_id is not None
        _take_back(entry, roster, follow)
        roster.state, roster.undone_entry_id = RosterImport.State.UNDONE, entry.id
        roster.summary = {**roster.summary, "undone": found.counts}
        roster.reading, roster.questions, roster.decisions = {}, [], {}
        roster.save()
        entry.note(file=roster.sha256, day=roster.day.isoformat(), **found.counts)
    return found


def _take_back(entry: OpenEntry, roster: RosterImport, follow: Follow | None) -> None:
    was = roster.entry_id or 0
    units = undoing.planted(was)
    _people(roster)
    ids = {"was": was, "entry": entry.id}
    n = sql.run(
        "UPDATE org_affiliation SET dropped_id = :entry WHERE entry_id = :was AND dropped_id IS NULL", **ids
    )
    sql.run("UPDATE org_post SET dropped_id = :entry WHERE entry_id = :was AND dropped_id IS NULL", **ids)
    for table, columns in (("org_affiliation", COLUMNS), ("org_post", POSTS)):
        copied = columns.removesuffix("entry_id")
        n += sql.run(
            f"""INSERT INTO {table} ({columns}) SELECT {copied} :entry FROM {table}
                WHERE dropped_id = :was AND entry_id <> :was""",
            **ids,
        )
    if n >= MANY:
        sql.measure("org_affiliation", "org_post")
    if units:
        sql.run(
            "UPDATE org_placement SET dropped_id = :entry WHERE entry_id = :was AND dropped_id IS NULL", **ids
        )
        Unit.objects.filter(pk__in=units).update(closed_on=clock.today(), closed_entry=entry.id)
    UnitAlias.objects.filter(Q(entry_id=was) | Q(unit__in=units)).delete()
    RosterRow.objects.filter(roster=roster).delete()
    _accounts(was)
    if follow is not None:
        follow.roster(entry)
        if units:
            follow.dispose(entry, [Disposition(unit, "", "close") for unit in units], clock.today())
    if units:
        Closure.objects.filter(descendant__in=units).exclude(ancestor=F("descendant")).delete()
        if follow is not None:
            follow.recount()


def _people(roster: RosterImport) -> None:
    """Own fields of persons as they were, unless somebody changed them again since."""
    kept = {row.person_id: row.fields for row in RosterBefore.objects.filter(roster=roster)}
    updates = []
    for person in Person.objects.filter(pk__in=list(kept), erased_on=None).iterator(chunk_size=500):
        fields = {
            "name": person.name,
            "joined": _text(person.joined_on),
            "confirmed": _text(person.confirmed_on),
        }
        fields |= {"email": person.email, "phone": person.phone, "note": person.note}
        for name, (before, written) in kept[person.pk].items():
            if fields[name] == written:
                fields[name] = before
        plain = (fields["email"], fields["phone"], fields["note"])
        dates = (fields["joined"] or None, fields["confirmed"] or None)
        updates.append((fields["name"], sort_key(fields["name"]), *dates, *plain, person.pk))
    many(
        """UPDATE org_person SET name = %s, sort_key = %s, joined_on = %s, confirmed_on = %s, email = %s, phone = %s,
           note = %s WHERE id = %s""",
        updates,
    )
    RosterBefore.objects.filter(roster=roster).delete()


def _text(day: object) -> str:
    return day.isoformat() if hasattr(day, "isoformat") else ""


def _accounts(was: int) -> None:
    """Accounts of those who came, closed; of those whose membership the import had ended, open again."""
    close_accounts(clock.today())
    mine = Affiliation.objects.filter(person=OuterRef("person"), role="R")
    back = Exists(mine.filter(dropped_id=was)) & ~Exists(mine.filter(entry_id=was, valid_to=FAR))
    here = Affiliation.objects.filter(on(clock.today()), role="R").values("person")
    User.objects.filter(back, is_active=False, person__in=here).update(is_active=True)
