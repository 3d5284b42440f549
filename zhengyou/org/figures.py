"""Counts and histories of units and persons, each a handful of grouped queries whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.journal.models import Entry
from zhengyou.kit import sql
from zhengyou.kit.sql import FAR
from zhengyou.org import current
from zhengyou.org.models import Affiliation, Person, Placement, Post, Slip, Unit, on

SHOWN = 40
"""Events of one source that a history shows at most."""


@dataclass(frozen=True)
class Event:
    """One line of a dated history; `late`: days between the day it was true and the day it was entered."""

    day: date
    text: str
    late: int = 0


@dataclass
class Tally:
    """The members of one unit, without those below it.

    `own`: registered by status (code, count), most first; `away`: how many of them are active in which other unit;
    `guests`: registered elsewhere, active here; `flows`: (came or went, day, code, count, day of the last entry).
    """

    own: list[tuple[str, int]]
    away: list[tuple[str, int]]
    guests: int
    flows: list[tuple[bool, date, str, int, date]]


_HERE = "a.unit_id = :unit AND a.dropped_id IS NULL AND a.role = 'R'"
_FLOW = f"""SELECT * FROM (SELECT {{part}} AS part, a.{{how}} AS code, a.{{at}} AS at, COUNT(*) AS n, MAX(e.day) AS entered
    FROM org_affiliation a JOIN journal_entry e ON e.id = a.entry_id WHERE {_HERE} AND a.{{at}} <> :far
    GROUP BY a.{{at}}, a.{{how}} ORDER BY a.{{at}} DESC LIMIT {SHOWN}) {{how}}s"""
_TALLY = f"""
    SELECT 0 AS part, a.status AS code, CAST(NULL AS DATE) AS at, COUNT(*) AS n, CAST(NULL AS DATE) AS entered
    FROM org_affiliation a WHERE {_HERE} AND a.valid_from <= :day AND a.valid_to > :day GROUP BY a.status
    UNION ALL SELECT * FROM (SELECT 1, COALESCE(p.name, '?'), CAST(NULL AS DATE), COUNT(*), CAST(NULL AS DATE)
      FROM org_affiliation a JOIN org_affiliation b ON b.person_id = a.person_id AND b.role = 'A' AND b.dropped_id IS NULL
        AND b.valid_from <= :day AND b.valid_to > :day
      LEFT JOIN org_placement p ON p.unit_id = b.unit_id AND p.dropped_id IS NULL AND p.valid_from <= :day AND p.valid_to > :day
      WHERE {_HERE} AND a.valid_from <= :day AND a.valid_to > :day
      GROUP BY b.unit_id, p.name ORDER BY COUNT(*) DESC, b.unit_id LIMIT 6) away
    UNION ALL SELECT 2, '', CAST(NULL AS DATE), COUNT(*), CAST(NULL AS DATE) FROM org_affiliation g
      WHERE g.unit_id = :unit AND g.role = 'A' AND g.dropped_id IS NULL AND g.valid_from <= :day AND g.valid_to > :day
    UNION ALL {_FLOW.format(part=3, at="valid_from", how="begun")}
    UNION ALL {_FLOW.format(part=4, at="valid_to", how="ended")}"""


def tally(unit: int, day: date) -> Tally:
    """Members of a unit on a day, where else they are active, and how they came and went; one query."""
    parts: dict[int, list[tuple]] = defaultdict(list)
    for part, *row in sql.rows(_TALLY, unit=unit, day=day, far=FAR):
        parts[part].append(tuple(row))
    return Tally(
        sorted(((code, n) for code, _at, n, _e in parts[0]), key=lambda row: (-row[1], row[0])),
        [(name, n) for name, _at, n, _e in parts[1]],
        parts[2][0][2],
        [
            (came, sql.as_date(at), code, n, sql.as_date(entered))
            for came in (True, False)
            for code, at, n, entered in parts[3 if came else 4]
        ],
    )


def late_by(valid_from: date, entered: date) -> int:
    """Days by which a fact was entered late (0: in time)."""
    return max((entered - valid_from).days, 0)


def history(
    unit: Unit, founding: int | None, led: Sequence[Post], members: Tally, words: current.Words
) -> list[Event]:
    """What happened to a unit, newest first: founding, names, places, first responsible persons, members in and out.

    `founding`: the organisation's first entry; `led`: the unit's posts of first responsible persons, newest first. One query.
    """
    events = [*_placements(unit, founding), *_responsible(led[:SHOWN], words), *_flows(members)]
    return sorted(events, key=lambda e: e.day, reverse=True)[: 2 * SHOWN]


def _placements(unit: Unit, founding: int | None) -> Iterable[Event]:
    superior = Placement.objects.filter(
        unit=OuterRef("parent"),
        dropped=None,
        valid_from__lte=OuterRef("valid_from"),
        valid_to__gt=OuterRef("valid_from"),
    )
    rows = Placement.objects.filter(unit=unit, dropped=None).annotate(
        below=Subquery(superior.values("name")[:1])
    )
    before: Placement | None = None
    for row in rows.select_related("entry").order_by("valid_from")[:SHOWN]:
        late = 0 if row.entry_id == founding else late_by(row.valid_from, row.entry.day)
        if before is None:
            yield Event(row.valid_from, _("成立"), late)
        else:
            if row.name != before.name:
                yield Event(row.valid_from, _("更名，原「%(name)s」") % {"name": before.name}, late)
            if row.parent_id is not None and row.parent_id != before.parent_id:
                yield Event(row.valid_from, _("改属「%(name)s」") % {"name": row.below or "?"}, late)
        before = row
    if unit.closed_on != FAR:
        yield Event(unit.closed_on, _("撤销"))


def _responsible(rows: Sequence[Post], labels: current.Words) -> Iterable[Event]:
    begins = {row.valid_from for row in rows}
    ended = {row.valid_to: row for row in rows}
    for row in rows:
        words = {"post": labels(row.post), "name": row.person.name}
        late = late_by(row.valid_from, row.entry.day)
        if row.valid_from in ended:
            words["before"] = ended[row.valid_from].person.name
            yield Event(row.valid_from, _("%(post)s由%(before)s改为%(name)s") % words, late)
        else:
            yield Event(row.valid_from, _("%(name)s任%(post)s，第一责任人") % words, late)
        if row.valid_to != FAR and row.valid_to not in begins:
            yield Event(row.valid_to, _("%(name)s不再任%(post)s，第一责任人空缺") % words)


def _flows(members: Tally) -> Iterable[Event]:
    for came, day, code, n, entered in members.flows:
        if text := (_come if came else _gone)(code, n):
            yield Event(day, text, late_by(day, entered))


def _come(code: str, n: int) -> str:
    texts = {
        "in": ngettext("登记 %(n)d 人", "登记 %(n)d 人", n),
        "developed": ngettext("发展 %(n)d 人", "发展 %(n)d 人", n),
        "moved": ngettext("转入 %(n)d 人", "转入 %(n)d 人", n),
    }
    return texts[code] % {"n": n} if code in texts else ""


def _gone(code: str, n: int) -> str:
    texts = {
        "out": ngettext("转出 %(n)d 人", "转出 %(n)d 人", n),
        "left": ngettext("离开 %(n)d 人", "离开 %(n)d 人", n),
        "deceased": ngettext("去世 %(n)d 人", "去世 %(n)d 人", n),
        "moved": ngettext("转到别的单位 %(n)d 人", "转到别的单位 %(n)d 人", n),
    }
    return texts[code] % {"n": n} if code in texts else ""


def entries_about(person: Person) -> Any:
    """Journal entries that wrote or took back anything about a person, newest first, as a query."""
    facts = Q(subject=f"person:{person.public_id}")
    for model in (Affiliation, Post):
        mine = model.objects.filter(person=person)
        facts |= Q(pk__in=mine.values("entry")) | Q(pk__in=mine.exclude(dropped=None).values("dropped"))
    facts |= Q(pk__in=Slip.objects.filter(person=person).values("entry"))
    return Entry.objects.filter(facts).order_by("-id")


def actors(ids: Iterable[str]) -> dict[str, str]:
    """What to call those who acted: a person's name, the command line's user, the system."""
    wanted = set(ids)
    people = dict(Person.objects.filter(public_id__in=wanted).values_list("public_id", "name"))
    out = {}
    for one in wanted:
        if one in people:
            out[one] = people[one]
        elif one.startswith("cli:"):
            out[one] = _("命令行（%(user)s）") % {"user": one[4:]}
        else:
            out[one] = _("系统")
    return out


def verb(code: str) -> str:
    """What an entry of this room did, in words; the bare code for other rooms' verbs."""
    words = {
        "org.founded": _("建立组织，任办公室职务"),
        "org.person_added": _("登记这个人"),
        "org.affiliated": _("登记所在单位"),
        "org.activity_ended": _("结束活动单位"),
        "org.members_moved": _("转到别的单位"),
        "org.members_left": _("登记离开"),
        "org.members_graduated": _("毕业或调出"),
        "org.members_status": _("改状态"),
        "org.members_category": _("改类别"),
        "org.appointed": _("任命职务"),
        "org.post_ended": _("免去职务"),
        "org.delegated": _("请人代行职务"),
        "org.transfer_asked": _("提出转接"),
        "org.transfer_entered": _("登记外面来的介绍信"),
        "org.transfer_released": _("开介绍信"),
        "org.transfer_received": _("登记转接的回执"),
        "org.transfer_returned": _("退回介绍信"),
        "org.transfer_withdrawn": _("撤回转接"),
        "org.post_handed_over": _("移交职务"),
        "org.contact_set": _("改联系方式"),
        "org.units_merged": _("所在单位合并"),
        "org.unit_split": _("所在单位分设"),
        "org.unit_dissolved": _("所在单位撤销"),
        "org.slips_made": _("打印登录条"),
        "org.slips_cancelled": _("作废登录条"),
        "org.slip_redeemed": _("用登录条设密码"),
        "org.office_invited": _("用命令行请进办公室"),
        "roster.imported": _("导入花名册"),
        "roster.undone": _("撤销一次导入"),
        "rights.asked": _("交上申请"),
        "rights.appealed": _("请上一级再看"),
        "rights.withdrawn": _("撤回申请"),
        "rights.granted": _("同意申请"),
        "rights.refused": _("没有同意申请"),
        "rights.consented": _("给了同意"),
        "rights.consent_ended": _("收回了同意"),
        "rights.taken": _("取了个人文件"),
        "rights.glass": _("说明理由后打开登记"),
        "rights.held": _("决定先保留"),
        "rights.erased": _("删除个人信息"),
    }
    return words.get(code, code)


def vacant_since(unit: Unit, day: date) -> date | None:
    """Since when a unit has no first responsible person, or None while it has one."""
    posts = Post.objects.filter(unit=unit, dropped=None, first_responsible=True)
    if posts.filter(on(day)).exists():
        return None
    last = posts.filter(valid_to__lte=day).aggregate(last=Max("valid_to"))["last"]
    return last or unit.opened_on


def holders(units: Iterable[int], day: date) -> dict[int, list[Post]]:
    """Who holds which post on these units on a day, first responsible persons first; one query."""
    return _by_unit(Post.objects.filter(on(day), unit__in=set(units)))


def led(unit: int, others: Iterable[int], day: date) -> tuple[dict[int, list[Post]], list[Post]]:
    """`holders` of these units, and all first responsible persons of the first one, newest first; one query."""
    ever = Q(unit=unit, dropped=None, first_responsible=True)
    found = _by_unit(Post.objects.filter(Q(on(day), unit__in={unit, *others}) | ever).select_related("entry"))
    mine = sorted((post for post in found[unit] if post.first_responsible), key=lambda post: post.valid_from)
    found[unit] = [post for post in found[unit] if post.valid_from <= day < post.valid_to]
    return found, mine[::-1]


def _by_unit(rows: QuerySet[Post]) -> dict[int, list[Post]]:
    out: dict[int, list[Post]] = defaultdict(list)
    for row in rows.select_related("person", "acting_for__person").order_by(
        "-first_responsible", "post", "valid_from"
    ):
        out[row.unit_id].append(row)
    return out
