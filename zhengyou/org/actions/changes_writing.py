"""Carrying out one change of units within an open entry: the six kinds, and what closing a unit asks for (S1).

Each kind checks, writes with statements over sets, and returns the outcome that preview and history show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import insist
from zhengyou.org import rules
from zhengyou.org.actions import handing
from zhengyou.org.actions.changes_run import Run
from zhengyou.org.actions.rows import Disposition, close_accounts
from zhengyou.org.actions.tree import last_placement, rename
from zhengyou.org.asked import CARRY, CLOSE, REST, STAY, VOID, Part
from zhengyou.org.models import Affiliation, Placement, Post, Succession, Unit

HOW = ("out", "left")
MOST_UNITS, MOST_NUMBERS = 20, 2000


def carry_out(run: Run) -> dict[str, Any]:
    """Do what was asked; returns the outcome."""
    kinds: dict[str, Callable[[Run], None]] = {
        "establish": _establish,
        "rename": _rename,
        "reparent": _reparent,
        "merge": _merge,
        "split": _split,
        "dissolve": _dissolve,
    }
    kinds[run.asked.kind](run)
    return run.outcome()


def _establish(run: Run) -> None:
    run.plant(run.asked.name, run.asked.unit_kind, run.unit(run.asked.parent))
    if run.follow is not None:
        run.follow.roster(run.entry)


def _rename(run: Run) -> None:
    unit = run.unit(run.asked.units[0])
    insist(rules.may_decide_unit(run.authority, unit))
    run.touch(unit)
    before = run.named(unit)
    if (name := run.name(run.asked.name)) == before.name:
        raise Invalid(Problem("name", _("名称没有变")))
    run.free(name, before.parent_id)
    rename(run.entry, unit, name, run.day)


def _reparent(run: Run) -> None:
    unit, parent = run.unit(run.asked.units[0]), run.unit(run.asked.parent, "parent")
    insist(rules.may_close_unit(run.authority, unit))
    run.touch(unit)
    if run.named(unit).parent_id == parent.pk:
        raise Invalid(Problem("parent", _("它已经在这个上级下面")))
    run.hang(unit, parent)


def _merge(run: Run) -> None:
    asked = run.asked
    units = [run.unit(public_id) for public_id in dict.fromkeys(asked.units)]
    if not units or (len(units) == 1 and asked.into in ("", units[0].public_id)):
        raise Invalid(Problem("units", _("选出要合并的单位，至少两个")))
    if len(units) > MOST_UNITS:
        raise Invalid(Problem("units", _("一次最多合并 %(n)d 个单位") % {"n": MOST_UNITS}))
    for unit in units:
        insist(rules.may_close_unit(run.authority, unit))
        run.touch(unit)
    if asked.into:
        target = run.unit(asked.into)
        insist(rules.may_close_unit(run.authority, target))
        run.touch(target)
    else:
        target = run.plant(asked.name, asked.unit_kind, run.unit(asked.parent), replacing=units)
    closing = [unit for unit in units if unit.pk != target.pk]
    _begin_closing(run, closing)
    run.hang_children(closing, target)
    for unit in closing:
        _assign(run, unit, run.held(unit), target)
    _close(run, closing, [target])


def _split(run: Run) -> None:
    unit = run.unit(run.asked.units[0])
    insist(rules.may_close_unit(run.authority, unit))
    run.touch(unit)
    closes = run.asked.rest != STAY
    if not run.asked.parts:
        raise Invalid(Problem("parts", _("写上分出来的单位，至少一个")))
    superior = run.named(unit).parent
    assert superior is not None  # may_close_unit: the root cannot be split
    targets = []
    for part in run.asked.parts:
        replacing = [unit] if closes else []
        targets.append(
            _target(run, part.unit, unit)
            if part.unit
            else run.plant(part.name, part.kind or unit.kind, superior, replacing=replacing)
        )
    if closes:
        _begin_closing(run, [unit])
        run.hang_children([unit], targets[0])
    _assign_parts(run, unit, targets)
    left = run.held(unit).count()
    if closes and left:
        raise Invalid(
            Problem("parts", _("还有 %(n)d 人没有分到新单位：补上，或者让原单位保留") % {"n": left})
        )
    if closes:
        _close(run, [unit], targets)
    else:
        _settle(run)


def _dissolve(run: Run) -> None:
    asked = run.asked
    unit = run.unit(asked.units[0])
    insist(rules.may_close_unit(run.authority, unit))
    run.touch(unit)
    heir = _target(run, asked.into, unit) if asked.into else None
    if heir is None and not asked.because.strip():
        raise Invalid(Problem("because", _("没有接续的单位，写明为什么")))
    targets = [_target(run, part.unit, unit) for part in asked.parts]
    _begin_closing(run, [unit])
    run.hang_children([unit], heir)
    _assign_parts(run, unit, targets)
    rest = run.held(unit)
    if asked.rest in HOW:
        run.left(unit, rest)
        handing.hand_over(run.entry, rest, run.day, ended=asked.rest)
        _end_posts_of_leavers(run, unit)
    elif asked.rest:
        _assign(run, unit, rest, _target(run, asked.rest, unit))
    elif n := rest.count():
        raise Invalid(Problem("rest", _("还有 %(n)d 人：写明转到哪个单位，或者按决定离开") % {"n": n}))
    _close(run, [unit], [heir] if heir is not None else [], moved=targets)


def _target(run: Run, public_id: str, unit: Unit) -> Unit:
    """Another unit that takes over members: whoever decides must decide there too."""
    target = run.unit(public_id)
    if target.pk == unit.pk:
        raise Invalid(Problem("into", _("接收的不能是撤销的这个单位自己")))
    insist(rules.may_change_roster(run.authority, [target.pk]))
    run.touch(target)
    return target


def _assign_parts(run: Run, unit: Unit, targets: list[Unit]) -> None:
    for part, target in zip(run.asked.parts, targets, strict=True):
        held = _chosen(run, part, run.held(unit))
        if not _assign(run, unit, held, target):
            name = part.name or run.named(target).name
            raise Invalid(Problem("parts", _("没有人分到「%(name)s」：看看选的条件") % {"name": name}))


def _chosen(run: Run, part: Part, held: QuerySet[Affiliation]) -> QuerySet[Affiliation]:
    if part.category:
        held = held.filter(category=part.category)
    if part.status:
        held = held.filter(status=part.status)
    if part.activity:
        there = Affiliation.objects.filter(dropped=None, role="A", unit=run.unit(part.activity))
        held = held.filter(person__in=there.filter(valid_to__gt=run.day).values("person"))
    if part.numbers:
        if len(part.numbers) > MOST_NUMBERS:
            raise Invalid(
                Problem("parts", _("编号最多写 %(n)d 个：人多时按类别或状态分") % {"n": MOST_NUMBERS})
            )
        found = held.filter(person__number__in=part.numbers)
        known = set(found.values_list("person__number", flat=True))
        if missing := [number for number in part.numbers if number not in known]:
            few = _("、").join(missing[:10])
            raise Invalid(Problem("parts", _("这些编号不在这个单位：%(numbers)s") % {"numbers": few}))
        held = found
    return held


def _assign(run: Run, unit: Unit, held: QuerySet[Affiliation], target: Unit) -> int:
    """Members of a unit are registered in the target from the day on."""
    n = run.moved(unit, target, held)
    if n:
        handing.hand_over(run.entry, held, run.day, ended="moved", unit=target.pk)
    return n


def _end_posts_of_leavers(run: Run, unit: Unit) -> None:
    """Whoever is no member any more holds no post elsewhere either; the last one who can appoint stays."""
    registered = Affiliation.objects.filter(role="R", unit=unit, dropped=run.entry.id)
    held = Post.objects.filter(dropped=None, valid_to__gt=run.day, person__in=registered.values("person"))
    still = Affiliation.objects.filter(
        role="R", dropped=None, valid_to__gt=run.day, person=OuterRef("person")
    )
    for post in held.exclude(unit=unit).filter(~Exists(still)).select_related("unit"):
        insist(rules.may_end_post(run.authority, post))
        run.end_post(post)


def _begin_closing(run: Run, closing: list[Unit]) -> None:
    """Nothing about a unit may have changed after the day on which it closes; its open work is counted as it is."""
    for unit in closing:
        last_placement(unit, run.day)
        if run.day <= unit.opened_on:
            text = _("「%(name)s」%(day)s 才成立：撤销要晚于这一天")
            words = {"name": run.named(unit).name, "day": unit.opened_on.isoformat()}
            raise Invalid(Problem("day", text % words))
        later = Placement.objects.filter(dropped=None, parent=unit, valid_to__gt=run.day)
        later = later.exclude(valid_to=FAR, unit__closed_on=FAR).exclude(unit__closed_on__lte=run.day)
        if (child := later.select_related("unit").first()) is not None:
            last = min(child.valid_to, child.unit.closed_on)
            text = _("下级「%(name)s」到 %(day)s 还在它下面：撤销不能早于这一天")
            raise Invalid(Problem("day", text % {"name": child.name, "day": last.isoformat()}))
    run.closing = closing
    run.count_work()


def _close(run: Run, closing: list[Unit], heirs: list[Unit], moved: list[Unit] | None = None) -> None:
    """Guests, posts, the day, the edges to the successors, open work; in the end nobody is registered there."""
    ids = [unit.pk for unit in closing]
    run.count_posts(ids)
    handing.hand_over_guests(run.entry, ids, run.day, heirs[0].pk if heirs else None)
    handing.end_activities(run.entry, run.day)
    handing.end_posts(run.entry, ids, run.day)
    if Affiliation.objects.filter(unit__in=ids, role="R", dropped=None, valid_to__gt=run.day).exists():
        raise RuntimeError("members left in a closed unit")
    Unit.objects.filter(pk__in=ids).update(closed_on=run.day, closed_entry=run.entry.id)
    Succession.objects.bulk_create(
        Succession(old=old, new=new, day=run.day, entry_id=run.entry.id)
        for old in closing
        for new in {heir.pk: heir for heir in heirs}.values()
    )
    _settle(run, _dispositions(run, closing, heirs, moved or []))


def _dispositions(run: Run, closing: list[Unit], heirs: list[Unit], moved: list[Unit]) -> list[Disposition]:
    """What was decided about each sort of open work; refused where it cannot be so."""
    out = []
    successors = tuple(unit.pk for unit in [*heirs, *moved])
    into = heirs[0].pk if heirs else None
    for unit in closing:
        tasks = [work.task for work in run.work if work.unit == unit.pk]
        for task in [*tasks, ""]:
            how = run.asked.how(unit.public_id, task or REST)
            if how == CARRY and into is None:
                if not task:
                    continue
                text = _("没有接续的单位，未完成的任务不能转交：逐项选「随单位了结」或「作废」")
                raise Invalid(Problem("work", text))
            if how == VOID and task and not run.asked.why_void.strip():
                raise Invalid(Problem("why_void", _("选了作废，写明理由")))
            if how not in (CARRY, CLOSE, VOID):
                raise Invalid(Problem("work", _("未完成的任务，只能转交、随单位了结或作废")))
            out += _apart(run, Disposition(unit.pk, task, how, into, successors), unit) if task else []
            out.append(Disposition(unit.pk, task, how, into, successors))
    return out


def _apart(run: Run, whole: Disposition, unit: Unit) -> list[Disposition]:
    """The single pieces that are decided otherwise than the rest of their sort, by what becomes of them."""
    out: dict[str, list[str]] = {}
    for piece, how in run.asked.pieces(unit.public_id, whole.task).items():
        if how == CARRY and whole.into is None:
            raise Invalid(
                Problem("work", _("没有接续的单位，未完成的任务不能转交：逐项选「随单位了结」或「作废」"))
            )
        if how == VOID and not run.asked.why_void.strip():
            raise Invalid(Problem("why_void", _("选了作废，写明理由")))
        if how not in (CARRY, CLOSE, VOID) or not piece.isdecimal():
            raise Invalid(Problem("work", _("未完成的任务，只能转交、随单位了结或作废")))
        out.setdefault(how, []).append(piece)
    return [replace(whole, how=how, pieces=tuple(pieces)) for how, pieces in out.items()]


def _settle(run: Run, decided: list[Disposition] | None = None) -> None:
    """The rooms above follow: open work is disposed of, duties go with their members, accounts of leavers close."""
    if run.follow is not None:
        if decided:
            run.disposed = dict(run.follow.dispose(run.entry, decided, run.day))
        run.follow.roster(run.entry)
    close_accounts(clock.today())
