"""What the shape allows and sense does not: no date, circles, ends before beginnings (faults D, K)."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from . import dates
from .faults import OPEN, Path
from .model import Statement
from .periods import MOST
from .slots import Slots, issues, on_occasion
from .spans import Days
from .walking import Context, TaskAt, tasks_of
from .wording import Text as _

MAX_YEARS = 12


class Sense:
    """One pass over a checked pack, noting faults in its source."""

    def __init__(self, context: Context) -> None:
        self.c, self.pack, self.src = context, context.pack, context.src
        self.days = Days(context)
        self.slots = Slots(context, self.days)

    def run(self) -> None:
        """Checks dates, circles and contradictions."""
        if self.pack.organisation is not None:
            self._roots()
            self._members()
        self._circles()
        self._spans()
        for at in tasks_of(self.pack):
            self._task(at)
        for path, statement in self._statements():
            self._announced(path, statement)

    def _roots(self) -> None:
        block = self.pack.organisation
        assert block is not None
        parents = {
            code: [word for word in [kind.parent, *kind.on] if word]
            for code, kind in block.unit_kinds.items()
        }
        roots = [
            code for code, above in parents.items() if not above and block.unit_kinds[code].parent is not OPEN
        ]
        top: Path = ("organisation", "unit_kinds")
        if len(roots) != 1:
            message = _(
                "最上面的单位类别（没有 parent 的）应当正好一种，这里有 %(count)s 种：%(roots)s",
                count=len(roots),
                roots=", ".join(roots) or _("没有"),
            )
            self.src.fault("D514", top, message)
        self._circle({code: tuple(above) for code, above in parents.items()}, top)
        for code, kind in block.unit_kinds.items():
            low, high = kind.norms.min, kind.norms.max
            if isinstance(low, int) and isinstance(high, int) and low > high:
                self.src.fault(
                    "K801",
                    (*top, code, "norms"),
                    _("最少 %(low)s 人多过最多 %(high)s 人", low=low, high=high),
                )

    def _members(self) -> None:
        block = self.pack.organisation
        assert block is not None
        statuses, top = block.kinds.get("status", {}), ("organisation", "members")
        named = [((*top, "full", i), code) for i, code in enumerate(block.members.full)]
        for path, code in [*named, ((*top, "retained"), block.members.retained)]:
            if isinstance(code, str) and code not in statuses:
                self.src.fault("D517", path, _("没有「%(code)s」这种状态：先写在 kinds.status 里", code=code))

    def _circle(self, graph: Mapping[str, tuple[str, ...]], path: Path) -> None:
        """Names a circle (D507), if there is one."""
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as err:
            self.src.fault(
                "D507", path, _("绕成了一圈：%(circle)s", circle=" -> ".join(reversed(err.args[1])))
            )

    def _circles(self) -> None:
        through = {
            name: (block.runs_through,) for name, block in self.pack.programmes.items() if block.runs_through
        }
        self._circle(through, ("programmes",))
        after: dict[str, tuple[str, ...]] = {at.code: tuple(at.task.after) for at in tasks_of(self.pack)}
        for name, block in self.pack.programmes.items():
            for code, phase in block.phases.items():
                after[code] = after.get(code, ()) + tuple(phase.after)
            self._circle({code: words for code, words in after.items() if words}, ("programmes", name))
        named = {
            code: (day.on.name,)
            for _path, calendar in self.c.calendars
            for code, day in calendar.days.items()
            if isinstance(day.on, dates.When) and day.on.name
        }
        self._circle(named, self.c.calendars[0][0])

    def _spans(self) -> None:
        for name, block in self.pack.programmes.items():
            path: Path = ("programmes", name)
            span = self.days.programme(name)
            self._order(path, span.start, span.end)
            for code, phase in block.phases.items():
                below = (*path, "phases", code)
                dated = self.days.phase(name, code)
                self._order(below, dated.start, dated.end)
                self._year(below, "from", phase.from_, dated.start)
                self._year(below, "to", phase.to, dated.end)
            for code, stage in block.stages.items():
                first = self.days.resolve(stage.from_, None, None, last=False)
                self._order((*path, "stages", code), first, self.days.resolve(stage.to, None, None))
        for path, calendar in self.c.calendars:
            for code, out in calendar.blackouts.items():
                whole = self.days.whole()
                yearless = isinstance(out.from_, dates.When) and out.from_.kind == "month_day"
                if not yearless:
                    start = self.days.resolve(out.from_, whole.start, whole.end)
                    self._order(
                        (*path, "blackouts", code), start, self.days.resolve(out.to, whole.start, whole.end)
                    )

    def _order(self, path: Path, start: Any, end: Any) -> None:
        if start and end and end < start:
            self.src.fault("D512", path, _("结束（%(end)s）早于开始（%(start)s）", start=start, end=end))
        elif start and end and (end - start).days > 366 * MAX_YEARS:
            self.src.fault(
                "D513",
                path,
                _(
                    "从 %(start)s 到 %(end)s 超过 %(years)s 年，请核对年份",
                    start=start,
                    end=end,
                    years=MAX_YEARS,
                ),
            )

    def _year(self, path: Path, key: str, when: Any, day: Any) -> None:
        if isinstance(when, dates.When) and day is None and when.kind not in ("full", "name"):
            self.src.fault("D516", (*path, key), _("「%(day)s」是哪一年的？请写上年份", day=when.text))

    def _task(self, at: TaskAt) -> None:
        task, path = at.task, at.path
        if task.irregular is not None and task.every is not None:
            self.src.fault(
                "D501", (*path, "irregular"), _("要么有周期（every），要么不定期（irregular），不能都写")
            )
        if not issues(task):
            return
        span = self.slots.span(at)
        dated = (
            task.due,
            task.every,
            task.irregular,
            task.times,
            task.until,
            task.after or None,
            task.held or None,
        )
        if task.level == "must" and all(x is None for x in dated) and not self._ends(at):
            message = _("没有期限、周期、次数，阶段也没有结束日期：谁也说不出什么时候该做完")
            self.src.fault("D503", path, message, "warning")
        if (
            on_occasion(task)
            or span.start is None
            or span.end is None
            or (span.end - span.start).days > 366 * MAX_YEARS
        ):
            return
        if not task.every and isinstance(task.due, dates.When):
            day = self.days.resolve(task.due, span.start, span.end)
            if day is not None and day < span.start:
                message = _("期限 %(due)s 早于开始的 %(start)s", due=day, start=span.start)
                self.src.fault("D511", (*path, "due"), message)
            elif day is not None and at.phase and day > span.end:
                message = _("期限 %(due)s 晚于阶段结束的 %(end)s", due=day, end=span.end)
                self.src.fault("K803", (*path, "due"), message, "warning")
            elif day is None and task.due.kind not in ("name", "full"):
                self.src.fault(
                    "D516", (*path, "due"), _("「%(day)s」在这个阶段里算不出来", day=task.due.text)
                )
        self._amount(at)

    def _amount(self, at: TaskAt) -> None:
        who = next(iter(at.task.due), "") if isinstance(at.task.due, dict) else ""
        found = self.slots.dated(at, who)
        if found.too_many:
            self.src.fault(
                "D513", at.path, _("一项任务排出了 %(most)s 期以上，请核对周期和起止日期", most=MOST)
            )
        elif not found.slots and not found.waits:
            message = _("在起止日期和假期之间排不出一期，这项任务不会派出")
            self.src.fault("K806", at.path, message, "warning")

    def _ends(self, at: TaskAt) -> bool:
        block = self.pack.programmes[at.programme]
        if at.phase:
            return block.phases[at.phase].to is not None or block.to is not None
        return (
            block.to is not None
            or bool(block.runs_through)
            or any(p.to is not None for p in block.phases.values())
        )

    def _statements(self) -> list[tuple[Path, Statement]]:
        found: list[tuple[Path, Statement]] = [
            (("statements", c), s) for c, s in self.pack.statements.items()
        ]
        for name, block in self.pack.programmes.items():
            found += [(("programmes", name, "statements", c), s) for c, s in block.statements.items()]
        return found

    def _announced(self, path: Path, statement: Statement) -> None:
        given = given_of(statement)
        if isinstance(statement.announced, int) and given > statement.announced:
            message = _(
                "说是 %(announced)s 个，却列了 %(given)s 个", announced=statement.announced, given=given
            )
            self.src.fault("K801", path, message, "warning")


def given_of(statement: Statement) -> int:
    """How many items a statement really gives; open ones do not count."""
    items = statement.items
    values = list(items.values()) if isinstance(items, dict) else list(items)
    return sum(value is not OPEN for value in values)
