"""Changes of units in words: kinds, dispositions, and the rows of preview and history made from an outcome."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhengyou.org import current, rules
from zhengyou.org.asked import CARRY, CLOSE, VOID
from zhengyou.org.models import ChangedUnit, Person, Placement, Succession, Unit, UnitChange, on
from zhengyou.org.rules import Authority
from zhengyou.org.tree import names

PLANS = 20
"""Planned changes on a unit's page; all are on the page of changes."""


def kind_word(kind: str) -> str:
    """What a kind of change is called."""
    words = {
        "establish": _("设立"),
        "rename": _("更名"),
        "reparent": _("改变隶属"),
        "merge": _("合并"),
        "split": _("分设"),
        "dissolve": _("撤销单位"),
    }
    return words.get(kind, kind)


def state_word(change: UnitChange) -> str:
    """Where a change stands."""
    if change.state == UnitChange.State.PLANNED:
        return _("到日没有办成") if change.fault else _("计划中")
    return _("已办") if change.state == UnitChange.State.DONE else _("已放弃")


def hows() -> list[tuple[str, str]]:
    """What may become of open work."""
    return [(CARRY, _("转交接续的单位")), (CLOSE, _("随单位了结")), (VOID, _("作废"))]


def norm_text(warning: dict[str, Any]) -> str:
    """One norm in words; it warns and never blocks."""
    texts = {
        "min": _("「%(name)s」有 %(n)d 人，一般不少于 %(limit)d 人"),
        "max": _("「%(name)s」有 %(n)d 人，一般不多于 %(limit)d 人"),
        "committee": _("「%(name)s」有 %(n)d 人，满 %(limit)d 人的一般设委员会"),
        "no_committee": _("「%(name)s」有 %(n)d 人，不满 %(limit)d 人的一般只设一位负责人，不设委员会"),
        "term": _("「%(name)s」每届任期 %(limit)d 年，到 %(until)s 换届"),
    }
    return texts[warning["norm"]] % warning


def shown(outcome: dict[str, Any], words: current.Words) -> dict[str, Any]:
    """An outcome as the page's rows: labels in the reader's language, names of post holders looked up. One query."""
    known = {unit["id"]: unit["name"] for unit in outcome["units"]}
    people = {post["person"] for post in outcome["posts"]}
    called = dict(Person.objects.filter(public_id__in=people).values_list("public_id", "name"))
    chinese = words.lang == "zh"
    return {
        "units": [_unit(unit, words) for unit in outcome["units"]],
        "with_figures": any(unit["after"]["figures"] for unit in outcome["units"]),
        "moves": [
            {
                "from": known.get(move["from"], ""),
                "to": known.get(move["to"], ""),
                "n": move["n"],
                "by": _by(move["by"], words),
            }
            for move in outcome["moves"]
        ],
        "posts": [
            {"unit": post["name"], "post": words(post["post"]), "person": called.get(post["person"], "")}
            for post in outcome["posts"]
        ],
        "children": [dict(child) for child in outcome["children"]],
        "work": [
            {
                **line,
                "key": f"work-{line['unit']}-{line['task']}",
                "unit_name": known.get(line["unit"], ""),
                "title": line["zh"] if chinese else line["en"] or line["zh"],
                "oldest": date.fromisoformat(line["oldest"]),
                "word": dict(hows()).get(line["how"], line["how"]),
                "apart": _apart(line),
            }
            for line in outcome["work"]
        ],
        "norms": [norm_text(warning) for warning in outcome["norms"]],
    }


def _apart(line: dict[str, Any]) -> str:
    """How many pieces of a sort are decided otherwise than the rest, in words; empty where none is."""
    say, count = dict(hows()), Counter(how for _piece, how in line.get("apart", []))
    return _("、").join(
        _("%(how)s %(n)d 件") % {"how": say.get(how, how), "n": n} for how, n in sorted(count.items())
    )


def _was(unit: dict[str, Any]) -> str:
    """What the unit was called before the change; changes recorded before names were kept know only the later one."""
    return str((unit["before"] or {}).get("name", unit["name"]))


def _unit(unit: dict[str, Any], words: current.Words) -> dict[str, Any]:
    before, after = unit["before"] or {}, unit["after"]
    return {
        **unit,
        "was": _was(unit) if _was(unit) != unit["name"] else "",
        "kind": words(unit["kind"]),
        "members": (before.get("members", 0), after["members"]),
        "by": (_by(before.get("by", {}), words), _by(after["by"], words)),
        "figures": [
            {
                "label": label,
                "before": _figure(before.get("figures", {}), code),
                "after": _figure(after["figures"], code),
            }
            for code, label in _labels()
            if after["figures"]
        ],
    }


def _labels() -> list[tuple[str, str]]:
    return [
        ("owed", _("应办")),
        ("accepted", _("已通过")),
        ("in_review", _("审核中")),
        ("not_due", _("未到期")),
        ("overdue", _("逾期")),
    ]


def _figure(figures: dict[str, int], code: str) -> int:
    if code == "owed":
        return figures.get("issued", 0) - figures.get("void", 0)
    return figures.get(code, 0)


def _by(counts: dict[str, int], words: current.Words) -> str:
    return _("，").join(f"{words(code) or _('未填')} {n:,}" for code, n in counts.items())


def line(change: UnitChange) -> dict[str, Any]:
    """One change as a row of a list: what, document, day, late by how many days, the units, where it stands."""
    outcome = change.outcome or {"units": []}
    return {
        "change": change,
        "kind": kind_word(change.kind),
        "state": state_word(change),
        "late": max((change.decided_on - change.day).days, 0),
        "before": [_was(u) for u in outcome["units"] if not u["new"]],
        "after": [u["name"] for u in outcome["units"] if not u["closed"]],
    }


def planned(unit: Unit, authority: Authority) -> list[dict[str, Any]]:
    """The changes planned for a unit, or for one right below it, in order of their days; for who may see plans. One query.

    `may`: whether the reader may put it away.
    """
    if not rules.may_see_plans(authority):
        return []
    below = Placement.objects.filter(on(authority.day), parent=unit).values("unit")
    touched = ChangedUnit.objects.filter(Q(unit=unit) | Q(unit__in=below)).values("change")
    found = UnitChange.objects.filter(state=UnitChange.State.PLANNED, pk__in=touched).order_by("day", "id")
    everywhere = authority.on_root("import")

    def may(change: UnitChange) -> bool:
        rows = change.units.select_related("unit")
        return everywhere or all(rules.may_put_away(authority, row.unit) for row in rows)

    return [{**line(change), "may": may(change)} for change in found[:PLANS]]


def succession(unit: Unit, day: date) -> dict[str, list[dict[str, Any]]]:
    """Predecessors and successors of a unit with the day, for links. Three queries."""
    edges = list(Succession.objects.filter(new=unit) | Succession.objects.filter(old=unit))
    called = names({e.old_id for e in edges} | {e.new_id for e in edges}, day)
    ids = dict(Unit.objects.filter(pk__in=called).values_list("pk", "public_id"))

    def side(pk: int, on_day: date) -> dict[str, Any]:
        return {"id": ids.get(pk, ""), "name": called.get(pk, ""), "day": on_day}

    return {
        "predecessors": [side(e.old_id, e.day) for e in edges if e.new_id == unit.pk],
        "successors": [side(e.new_id, e.day) for e in edges if e.old_id == unit.pk],
    }
