"""Importing a roster: one action, one transaction, one entry; nothing is written unless the diff is clean and still true."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.journal.models import Chain
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import rules as org_rules
from zhengyou.org.actions.rows import Then
from zhengyou.org.models import Organisation, RosterBefore, RosterImport
from zhengyou.org.roster import report, rules
from zhengyou.org.roster.actions_writing import Written, write
from zhengyou.org.roster.diff import CHANGED, ERROR, NEW, UNCHANGED, Diff

MANY = 500
"""Rows of a roster from which on the planner is told at once."""


@dataclass(frozen=True)
class Outcome:
    """A finished import: its row, what was written, its entry's number."""

    roster: RosterImport
    written: Written
    entry: int


def changed_since() -> int:
    """A mark of the organisation's state: the journal's last entry. Equal marks: nothing was changed between."""
    return Chain.objects.values_list("last", flat=True).first() or 0


def import_roster(
    again: Callable[[], Diff],
    *,
    by: Actor,
    seen: str = "",
    mark: int = -1,
    known: Diff | None = None,
    roster: RosterImport | None = None,
    file_name: str = "",
    sha256: str = "",
    then: Then | None = None,
) -> Outcome:
    """Write a checked roster. `again` compares anew, under the lock; `seen` is the fingerprint that was shown.

    Where the journal stands still at `mark`, `known` is used as it is. Raises Invalid where there are faults or open
    questions, Conflict where the result is no longer the one that was shown; nothing is written then.
    """
    subject = f"roster:{roster.public_id}" if roster is not None else ""
    with record("roster.imported", by=by, subject=subject) as entry:
        authority = org_rules.authority_for(by)
        insist(rules.may_import(authority))
        if roster is not None:
            roster = RosterImport.objects.select_for_update().get(pk=roster.pk)
            if roster.state != RosterImport.State.PARSED:
                raise Conflict(_("这份名册已经导入过，或已经放弃。什么都没有重复写。"))
        still = known is not None and entry.row.id == mark + 1
        diff = known if still and known is not None else again()
        if seen and diff.fingerprint() != seen:
            raise Conflict(
                _("您核对之后，组织里又有了变动，差异已经不一样。什么都没有写，请按新的差异再核对一次。")
            )
        _insist_clean(diff)
        written = write(entry, diff, authority)
        if len(diff.lines) >= MANY:
            sql.measure("org_unit", "org_closure", "org_person", "org_affiliation", "org_post")
        roster = _keep(entry, diff, roster, file_name, sha256, by)
        RosterBefore.objects.bulk_create(
            [RosterBefore(roster=roster, person_id=pk, fields=was) for pk, was in written.before],
            batch_size=500,
        )
        _note(entry, diff, roster)
        if then is not None:
            then(entry)
    return Outcome(roster, written, entry.id)


def _insist_clean(diff: Diff) -> None:
    first = Organisation.objects.values_list("founded_on", flat=True).first()
    if first is not None and diff.standing.day < first:
        raise Invalid(
            Problem("day", _("名册日期早于组织建立的日子（%(day)s）。") % {"day": first.isoformat()})
        )
    if diff.standing.day > clock.today():
        raise Invalid(Problem("day", _("名册日期不能晚于今天。")))
    verdict = rules.may_confirm(diff.counts[ERROR], len(diff.open))
    if not verdict:
        raise Invalid(Problem("", verdict.why))


def _keep(
    entry: OpenEntry, diff: Diff, roster: RosterImport | None, file_name: str, sha256: str, by: Actor
) -> RosterImport:
    if roster is None:
        roster = RosterImport(file_name=file_name[:200], sha256=sha256, uploaded_at=clock.now(), owner=by.id)
        roster.scope = diff.scope
    roster.day = diff.standing.day
    roster.state = RosterImport.State.APPLIED
    roster.summary = summary(diff)
    roster.entry_id = entry.id
    roster.save()
    return roster


def summary(diff: Diff) -> dict[str, Any]:
    """The figures that stay with an import after its rows are gone."""
    counts = diff.counts
    return {
        "rows": len(diff.lines), "people": diff.people, "new": counts[NEW], "changed": counts[CHANGED],
        "unchanged": counts[UNCHANGED], "errors": counts[ERROR], "missing": len(diff.missing),
        "questions": len(diff.open), "units": report.units_named(diff), "new_units": report.new_units(diff)[:500],
        "new_units_count": len(diff.units.new), "balance": diff.balance.as_json(),
        "last": diff.standing.last.isoformat() if diff.standing.last else "",
        "fingerprint": diff.fingerprint(),
    }  # fmt: skip


def _note(entry: OpenEntry, diff: Diff, roster: RosterImport) -> None:
    keys = "\n".join(line.row.number for line in diff.lines)
    entry.row.subject = f"roster:{roster.public_id}"
    entry.note(
        file=roster.sha256,
        day=diff.standing.day.isoformat(),
        scope=diff.scope,
        people=diff.people,
        new=diff.counts[NEW],
        changed=diff.counts[CHANGED],
        ended=len(diff.endings),
        units=len(diff.units.new),
        closing=diff.balance.closing,
        keys=hashlib.sha256(keys.encode()).hexdigest(),
    )
