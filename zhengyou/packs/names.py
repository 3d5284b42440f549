"""Every code is known where it is used, and stands for one thing (faults N; C301 for silent choices)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from . import dates
from .facts import UNIT
from .faults import OPEN, Path
from .formulas import Checker
from .founding import Calendar, OrganisationBlock
from .model import Audience
from .organisation import DEFAULT_POSTS
from .walking import BUILT_IN_WHO, NEVER_OWE, Context, TaskAt, phases_of, tasks_of
from .wording import Text as _
from .wording import near


class Names:
    """One pass over a pack, noting faults in its source."""

    def __init__(self, context: Context, features: frozenset[str] | None = None) -> None:
        self.c, self.pack, self.src, self.features = context, context.pack, context.src, features
        self.tasks = list(tasks_of(context.pack))
        codes = [at.code for at in self.tasks]
        phases = [code for *_rest, code, _phase in phases_of(self.pack)]
        self.steps = frozenset([*codes, *phases])
        ends = {f"{code}.{end}" for code in phases for end in ("start", "end")}
        self.days = self.c.day_names | {"start", "end"} | ends | frozenset(codes)

    def run(self) -> None:
        """Checks everything that names something."""
        if self.pack.organisation is not None:
            self._organisation(self.pack.organisation)
        for place, calendar in self.c.calendars:
            self._calendar(place, calendar)
        self._one_meaning()
        for code, audience in self.pack.audiences.items():
            self._audience(("audiences", code), audience)
        for code, excuse in self.pack.excuses.items():
            self._known(excuse.by, self.c.who, ("excuses", code, "by"), _("人、单位或岗位"))
            self._known(excuse.per or [], self.c.periods, ("excuses", code, "per"), _("周期（every）"))
        self._rules()
        for name, programme in self.pack.programmes.items():
            path: Path = ("programmes", name)
            self._known(
                programme.runs_through or [],
                self.pack.programmes,
                (*path, "runs_through"),
                _("活动（programmes）"),
            )
            for key, day in (("from", programme.from_), ("to", programme.to)):
                self._when(day, (*path, key))
            for code, phase in programme.phases.items():
                below = (*path, "phases", code)
                self._when(phase.from_, (*below, "from"))
                self._when(phase.to, (*below, "to"))
                self._known(phase.after, self.steps, (*below, "after"), _("阶段或任务"))
        for at in self.tasks:
            self._task(at)

    def _known(self, words: Any, pool: Iterable[str], path: Path, what: object) -> None:
        for word in [words] if isinstance(words, str) else words or ():
            if word is not OPEN and word not in pool:
                message = _(
                    "没有「%(word)s」这个%(what)s%(near)s", word=word, what=what, near=near(word, pool)
                )
                self.src.fault("N201", path, message)

    def _when(self, day: Any, path: Path) -> None:
        if not isinstance(day, dates.When):
            return
        if day.name and day.name not in self.days:
            if path in self.src.answered:
                self.src.fault(
                    "S104", path, _("「%(day)s」不是日期：写 2010-07-16 这样的年月日", day=day.text)
                )
                return
            near_by = near(day.name, self.days)
            self.src.fault("N202", path, _("没有「%(day)s」这个日子%(near)s", day=day.name, near=near_by))
        calendar, own = self.c.organisation.calendar, self.pack.calendar
        if day.unit == "working day" and not (calendar.holidays or own.holidays):
            message = _("按工作日算，要在 calendar.holidays 写节假日；现在只除去周六周日")
            self.src.fault("C301", path, message, "warning")

    def _organisation(self, block: OrganisationBlock) -> None:
        kinds = set(block.unit_kinds)
        top: Path = ("organisation", "unit_kinds")
        for code, kind in block.unit_kinds.items():
            self._known(kind.parent or [], kinds, (*top, code, "parent"), _("单位类别（unit_kinds）"))
            self._known(kind.on, kinds, (*top, code, "on"), _("单位类别（unit_kinds）"))
            self._known(kind.includes, kinds, (*top, code, "includes"), _("单位类别（unit_kinds）"))
        for code, post in block.posts.items():
            self._known(post.on, kinds, ("organisation", "posts", code, "on"), _("单位类别（unit_kinds）"))
            if not post.states("on") and code not in DEFAULT_POSTS:
                message = _("岗位「%(code)s」要写 on：设在哪几类单位上（来源没说就写 null 再问）", code=code)
                self.src.fault("S102", ("organisation", "posts", code), message)
        categories = block.kinds.get("category", {})
        for code in block.number_width:
            self._known(code, categories, ("organisation", "number_width", code), _("类别（category）"))

    def _calendar(self, path: Path, calendar: Calendar) -> None:
        for code, day in calendar.days.items():
            self._when(day.on, (*path, "days", code, "on"))
        for code, blackout in calendar.blackouts.items():
            self._when(blackout.from_, (*path, "blackouts", code, "from"))
            self._when(blackout.to, (*path, "blackouts", code, "to"))
        taken = {"start", "end"} | self.steps
        for code in [*calendar.days, *calendar.events]:
            if code in taken:
                key = "days" if code in calendar.days else "events"
                self.src.fault(
                    "N215", (*path, key, code), _("「%(code)s」已经是任务、阶段或周期的两头", code=code)
                )

    def _one_meaning(self) -> None:
        for code in self.pack.audiences:
            if code in BUILT_IN_WHO or code in self.c.unit_kinds or code in self.c.posts:
                message = _("「%(code)s」已经是一类单位、一个岗位或语言自带的说法：换一个代码", code=code)
                self.src.fault("N215", ("audiences", code), message)
        for code in self.c.unit_kinds:
            if code in self.c.posts or code in BUILT_IN_WHO:
                message = _("「%(code)s」既是单位类别又是岗位或语言自带的说法：换一个代码", code=code)
                self.src.fault("N215", ("organisation", "unit_kinds", code), message)
        seen: dict[str, TaskAt] = {}
        for at in self.tasks:
            if at.code in seen:
                line = self.src.place(seen[at.code].path)[0]
                message = _("任务代码「%(code)s」用了两次（第一次在第 %(line)s 行）", code=at.code, line=line)
                self.src.fault("N215", at.path, message)
            seen.setdefault(at.code, at)

    def _audience(self, path: Path, audience: Audience) -> None:
        row = UNIT if audience.of == "units" else self.c.facts["membership"]
        days = self.c.day_names
        for place, condition in self._conditions((*path, "where"), audience.where):
            self._checker(row, days, place).condition(condition, scannable=True)

    def _conditions(self, path: Path, conditions: Any) -> Iterator[tuple[Path, Any]]:
        for number, condition in enumerate(conditions or ()):
            if condition is not OPEN:
                yield (*path, number) if (*path, number) in self.src.at else path, condition

    def _checker(self, row: Any, days: frozenset[str], path: Path) -> Checker:
        return Checker(
            row,
            self.c.words(),
            days,
            lambda code, column, text: self.src.fault(code, path, text, offset=column),
        )

    def _rules(self) -> None:
        rules = self.pack.rules
        if rules.joiners == "owe_if_days_left" and rules.joiner_days is None:
            message = _("还剩几天才算？请写 joiner_days（来源没说就写 null 再问）")
            self.src.fault("C301", ("rules", "joiners"), message)

    def _task(self, at: TaskAt) -> None:
        task, path = at.task, at.path
        owing = (
            self.c.who
            - NEVER_OWE
            - {code for code, audience in self.pack.audiences.items() if audience.of == "outside"}
        )
        for word in task.who or ():
            if word is not OPEN and word in self.c.who - owing:
                self.src.fault(
                    "N216",
                    (*path, "who"),
                    _("「%(word)s」不能承担任务%(near)s", word=word, near=near(word, owing)),
                )
            else:
                self._known(word, self.c.who, (*path, "who"), _("人、单位或岗位"))
        if task.states("who") and task.who is not OPEN and not task.who:
            self.src.fault("N216", (*path, "who"), _("这里要写由谁来做"))
        tiers = {"parent", "office"}.union(self.c.unit_kinds, self.c.posts)
        if task.review is not None:
            self._known(task.review.by, tiers, (*path, "review"), _("审核人（review）"))
            if task.review.mode == "sample" and task.review.share is None:
                self.src.fault("C301", (*path, "review"), _("抽查多少？请写 share，例如 10%"))
        self._known(task.to, self.c.who, (*path, "to"), _("人、单位或岗位"))
        self._known(task.after, self.steps - {at.code}, (*path, "after"), _("阶段或任务"))
        self._known(task.every or [], self.c.periods, (*path, "every"), _("周期（every）"))
        self._days(at)
        if task.quorum:
            place = (*path, "quorum")
            self._checker(self.c.facts["meeting"], frozenset(), place).condition(task.quorum)
        if task.judged is not None:
            self._known(task.judged.by, self.c.who, (*path, "judged", "by"), _("人、单位或岗位"))
        if task.rectify is not None:
            self._known(
                task.rectify.verify_by or [], self.c.who, (*path, "rectify", "verify_by"), _("人、单位或岗位")
            )
        if task.evaluation is not None:
            for key in ("raters", "subjects"):
                self._known(
                    getattr(task.evaluation, key), self.c.who, (*path, "evaluation", key), _("人、单位或岗位")
                )
        if self.features is not None:
            for feature in task.opens or ():
                if feature is not OPEN and feature not in self.features:
                    self.src.fault(
                        "N217",
                        (*path, "opens"),
                        _(
                            "没有「%(word)s」这项功能%(near)s",
                            word=feature,
                            near=near(feature, self.features),
                        ),
                    )

    def _days(self, at: TaskAt) -> None:
        task, path = at.task, at.path
        if isinstance(task.due, dict):
            named = task.who or []
            self._known(list(task.due), named or self.c.who, (*path, "due"), _("人、单位或岗位"))
            for who, day in task.due.items():
                self._when(day, (*path, "due", who))
            for word in named:
                if word is not OPEN and word not in task.due:
                    self.src.fault("C301", (*path, "due"), _("没有写「%(word)s」的期限", word=word))
        else:
            self._when(task.due, (*path, "due"))
        self._when(task.from_, (*path, "from"))
        self._when(task.until, (*path, "until"))
        for day in task.held or ():
            self._when(day, (*path, "held"))
