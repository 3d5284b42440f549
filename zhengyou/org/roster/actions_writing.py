"""Writing a clean diff with statements over sets; everything within the open entry that is handed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from zhengyou.journal.actions import OpenEntry
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.ids import ALPHABET
from zhengyou.kit.sql import FAR
from zhengyou.org import names, rules
from zhengyou.org.actions.rows import close_accounts, cut_post, end_delegations
from zhengyou.org.actions.tree import NewUnit, plant
from zhengyou.org.models import Person, Post, Unit, UnitAlias
from zhengyou.org.roster.diff import CHANGED, NEW, PLAIN, UNCHANGED, Diff, Line

_PERSON = "public_id, number, name, sort_key, joined_on, confirmed_on, email, phone, note"
_AFFILIATION = "person_id, unit_id, role, category, status, begun, ended, valid_from, valid_to, entry_id"


@dataclass
class Written:
    """What an import wrote: people by kind of change, units made, posts given, members afterwards."""

    new: int = 0
    changed: int = 0
    moved: int = 0
    ended: int = 0
    units: list[str] = field(default_factory=list)
    posts: int = 0
    closing: int = 0
    before: list[tuple[int, dict[str, list[str]]]] = field(default_factory=list)


def many(statement: str, rows: Iterable[Sequence[Any]]) -> int:
    """Run one statement with %s parameters for each row; days go in as the database wants them."""
    adapt = connection.ops.adapt_datefield_value
    ready = [[adapt(value) if isinstance(value, date) else value for value in row] for row in rows]
    if ready:
        with connection.cursor() as cursor:
            cursor.executemany(statement, ready)
    return len(ready)


def write(entry: OpenEntry, diff: Diff, authority: rules.Authority) -> Written:
    """Write units, people, affiliations, posts and the decided endings of a clean diff as of its day."""
    done = Written()
    _units(entry, diff, done)
    mains = [line for line in diff.lines if line.main is None and line.state in (NEW, CHANGED, UNCHANGED)]
    people = _people(diff, mains, done)
    _registered(entry, diff, mains, people, done)
    _activity(entry, diff, mains, people)
    _posts(entry, diff, mains, people, done)
    _endings(entry, diff, done, authority)
    _aliases(entry, diff)
    _prove(diff, done)
    return done


def _units(entry: OpenEntry, diff: Diff, done: Written) -> None:
    fresh = diff.units.new
    above = {place.parent.id for place in fresh if place.parent is not None and place.parent.id is not None}
    existing = Unit.objects.in_bulk(above)
    made: dict[int, NewUnit] = {}
    for place in fresh:
        parent = place.parent
        assert parent is not None
        under: Unit | NewUnit = made[id(parent)] if parent.id is None else existing[parent.id]
        made[id(place)] = NewUnit(place.name, place.kind, under, diff.standing.day)
    for place, unit in zip(fresh, plant(entry, list(made.values())), strict=True):
        place.id = unit.pk
        done.units.append(place.name)


def _public_ids(count: int) -> list[str]:
    """Random public ids like kit.ids.new_id, for many at once."""
    size = 12
    digits: list[str] = []
    while len(digits) < count * size:
        digits += [ALPHABET[byte % 31] for byte in secrets.token_bytes(count * size + 64) if byte < 248]
    text = "".join(digits)
    return [text[at * size : (at + 1) * size] for at in range(count)]


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    return "".join(lazy_pinyin(character)).strip().casefold()


def sort_key(name: str) -> str:
    """names.sort_key, by remembered characters where a name is short and Chinese; else by itself."""
    if 2 <= len(name) <= 4 and all("\u4e00" <= character <= "\u9fff" for character in name):
        return f"{' '.join(map(_syllable, name))} {name}"[:120]
    return names.sort_key(name)


def _people(diff: Diff, mains: list[Line], done: Written) -> dict[int, int]:
    """Insert the new, update the changed; returns line (by identity) -> person id."""
    fresh = [line for line in mains if line.known is None]
    before = Person.objects.aggregate(last=Max("pk"))["last"] or 0
    many(
        f"INSERT INTO org_person ({_PERSON}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            (
                pid,
                row.number,
                row.name,
                sort_key(row.name),
                row.joined or None,
                row.confirmed or None,
                row.email,
                row.phone,
                row.note,
            )
            for pid, row in zip(_public_ids(len(fresh)), (line.row for line in fresh), strict=True)
        ),
    )
    ids = (
        dict(sql.rows("SELECT number, id FROM org_person WHERE id > :before", before=before)) if fresh else {}
    )
    done.new = sum(line.state == NEW for line in mains)
    done.changed = sum(line.state == CHANGED for line in mains)
    updates = []
    for line in mains:
        known, row = line.known, line.row
        if known is None or line.state == UNCHANGED:
            continue
        new = {name: getattr(row, name) or getattr(known, name) for name in PLAIN}
        changed = {
            name: [getattr(known, name), new[name]] for name in PLAIN if new[name] != getattr(known, name)
        }
        if changed:
            done.before.append((known.id, changed))
            key = sort_key(new["name"])
            updates.append(
                (
                    new["name"],
                    key,
                    new["joined"] or None,
                    new["confirmed"] or None,
                    new["email"],
                    new["phone"],
                    new["note"],
                    known.id,
                )
            )
    many(
        """UPDATE org_person SET name = %s, sort_key = %s, joined_on = %s, confirmed_on = %s, email = %s, phone = %s,
           note = %s WHERE id = %s""",
        updates,
    )
    return {id(line): line.known.id if line.known is not None else ids[line.row.number] for line in mains}


def _registered(
    entry: OpenEntry, diff: Diff, mains: list[Line], people: dict[int, int], done: Written
) -> None:
    day, last = diff.standing.day, diff.standing.last.isoformat() if diff.standing.last else ""
    fresh, again = [], []
    for line in mains:
        row, known, place = line.row, line.known, line.place
        assert place is not None
        assert place.id is not None
        if line.state == NEW:
            begun = "developed" if known is None and last and row.joined > last else "in"
            fresh.append(
                (people[id(line)], place.id, "R", row.category, row.status, begun, "", day, FAR, entry.id)
            )
            continue
        assert known is not None
        category, status = row.category or known.category, row.status or known.status
        if (place.id, category, status) != (known.unit, known.category, known.status):
            how = "moved" if place.id != known.unit else "changed"
            done.moved += how == "moved"
            again.append((known.row, how, place.id, category, status))
    many(
        f"INSERT INTO org_affiliation ({_AFFILIATION}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", fresh
    )
    many(
        "UPDATE org_affiliation SET dropped_id = %s WHERE id = %s", ((entry.id, row) for row, *_rest in again)
    )
    _end_rows(entry, day, ((row, how) for row, how, *_rest in again))
    many(
        f"""INSERT INTO org_affiliation ({_AFFILIATION})
            SELECT person_id, %s, role, %s, %s, CASE WHEN valid_from < %s THEN %s ELSE begun END, '', %s, %s, %s
            FROM org_affiliation WHERE id = %s""",
        (
            (unit, category, status, day, how, day, FAR, entry.id, row)
            for row, how, unit, category, status in again
        ),
    )


def _end_rows(entry: OpenEntry, day: date, rows: Iterable[tuple[int | None, str]]) -> None:
    """Insert dropped rows again, ending on the day; what began that day or later is not true."""
    many(
        f"""INSERT INTO org_affiliation ({_AFFILIATION})
            SELECT person_id, unit_id, role, category, status, begun, %s, valid_from, %s, %s
            FROM org_affiliation WHERE id = %s AND valid_from < %s""",
        ((how, day, entry.id, row, day) for row, how in rows),
    )


def _drop(entry: OpenEntry, day: date, rows: list[tuple[int, str]]) -> None:
    many("UPDATE org_affiliation SET dropped_id = %s WHERE id = %s", ((entry.id, row) for row, _how in rows))
    _end_rows(entry, day, rows)


def _activity(entry: OpenEntry, diff: Diff, mains: list[Line], people: dict[int, int]) -> None:
    """What a row lists becomes the person's activity units; the registered unit is never one of them."""
    ends: list[tuple[int, str]] = []
    fresh = []
    day = diff.standing.day
    for line in mains:
        known, place = line.known, line.place
        held = diff.standing.activity.get(known.id, {}) if known is not None else {}
        if not line.activity and not held:
            continue
        wanted = {p.id for p in line.activity if p.id is not None} if line.activity else set(held)
        wanted -= {place.id} if place else set()
        ends += [(row, "out") for unit, row in held.items() if unit not in wanted]
        fresh += [
            (people[id(line)], unit, "A", "", "", "in", "", day, FAR, entry.id)
            for unit in sorted(wanted - set(held))
        ]
    _drop(entry, day, ends)
    many(
        f"INSERT INTO org_affiliation ({_AFFILIATION}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", fresh
    )


def _posts(entry: OpenEntry, diff: Diff, mains: list[Line], people: dict[int, int], done: Written) -> None:
    """Appoint who is named; the first one to a first-responsible post of a unit without one becomes it."""
    first = set(diff.standing.first)
    fresh, seen = [], set()
    for line in mains:
        for place, code in line.posts:
            assert place.id is not None
            key = (people[id(line)], place.id, code)
            if key in seen or (
                line.known is not None and (place.id, code) in diff.standing.posts.get(line.known.id, ())
            ):
                continue
            seen.add(key)
            post = diff.words.part.post(code)
            leads = (
                code == "secretary" or (post is not None and post.first_responsible)
            ) and place.id not in first
            if leads:
                first.add(place.id)
            fresh.append((*key, leads, diff.standing.day, FAR, entry.id))
    done.posts = many(
        """INSERT INTO org_post
           (person_id, unit_id, post, first_responsible, valid_from, valid_to, entry_id, document_no)
           VALUES (%s, %s, %s, %s, %s, %s, %s, '')""",
        fresh,
    )


def _endings(entry: OpenEntry, diff: Diff, done: Written, authority: rules.Authority) -> None:
    """End the membership of the missing as decided: affiliations, activity units, posts, accounts."""
    gone = [known for known in diff.missing if known.number in diff.endings]
    if not gone:
        return
    day = diff.standing.day
    rows: list[tuple[int, str]] = []
    for known in gone:
        how = diff.endings[known.number]
        rows += [
            (known.row or 0, how),
            *((row, how) for row in diff.standing.activity.get(known.id, {}).values()),
        ]
    _drop(entry, day, rows)
    done.ended = len(gone)
    with_posts = [known.id for known in gone if known.id in diff.standing.posts]
    for at in range(0, len(with_posts), 500):
        held = Post.objects.filter(person__in=with_posts[at : at + 500], dropped=None, valid_to__gt=day)
        for post in held.select_related("unit", "person"):
            may = rules.may_end_post(authority, post)
            if not may and not authority.everything:
                text = _("%(where)s：%(what)s") % {"where": post.person.name, "what": may.why}
                raise Invalid(Problem("missing", text))
            cut_post(entry, post, day)
            end_delegations(entry, day, [post.unit_id])
    close_accounts(clock.today())


def _aliases(entry: OpenEntry, diff: Diff) -> None:
    for name, place in diff.units.aliases.items():
        if place.id is not None:
            UnitAlias.objects.update_or_create(
                name=name[:200], defaults={"unit_id": place.id, "entry_id": entry.id}
            )


def _prove(diff: Diff, done: Written) -> None:
    """Count again from the tables: the balance must hold, or nothing is written."""
    day = diff.standing.day
    people, rows = sql.rows(
        """SELECT COUNT(DISTINCT person_id), COUNT(*) FROM org_affiliation
           WHERE role = 'R' AND dropped_id IS NULL AND valid_from <= :day AND valid_to > :day""",
        day=day,
    )[0]
    done.closing = people
    balance = diff.balance
    if not people == rows == balance.closing == balance.leaves:
        text = _(
            "算出来的期末是 %(closing)s 人，写完再数却是 %(people)s 人、%(rows)s 条注册，对不上，所以没有写。"
            "请运行 verify 检查数据。"
        )
        raise Invalid(Problem("", text % {"closing": balance.closing, "people": people, "rows": rows}))
