"""Every default in force, with its reason: what a pack leaves unsaid without asking (PACKS.md §0.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .building import default_on
from .faults import OPEN, Path, address
from .founding import OrganisationBlock
from .organisation import DEFAULT_POSTS, MEMBER_DEFAULTS, RETAINED
from .schedule import minutes_of, review_minutes_of
from .slots import issues
from .walking import Context, TaskAt, tasks_of
from .wording import Named
from .wording import Text as _

ASK_DAYS = 7
"""Days within which a question to the superior is answered, where the pack does not say."""


@dataclass(frozen=True)
class Default:
    """A value in force that the pack does not state; its address may be answered like a question."""

    address: str
    value: str
    why: object

    def as_json(self) -> dict[str, str]:
        """The default as the command line prints it."""
        return {"address": self.address, "value": self.value, "why": str(self.why)}


def defaults_of(context: Context) -> list[Default]:
    """All defaults of a pack, the organisation's first."""
    return [
        *_organisation(context),
        *_rules(context),
        *(d for at in tasks_of(context.pack) for d in _task(context, at)),
    ]


def _organisation(context: Context) -> Iterator[Default]:
    block = context.pack.organisation
    if block is None:
        return
    for key in ("headcount", "duty", "vote", "evidence"):
        if not block.affiliation.states(key):
            why = _("没写就都按注册的单位算")
            yield Default(f"organisation.affiliation.{key}", "registered", why)
    yield from _members(block)
    for code, (powers, _zh, _en) in DEFAULT_POSTS.items():
        post = block.posts.get(code)
        path = f"organisation.posts.{code}"
        if post is None or not post.states("on"):
            on = default_on(code, context.organisation.unit_kinds)
            yield Default(f"{path}.on", ", ".join(on), _("每个组织都有这个岗位"))
        if post is None or not post.states("may"):
            yield Default(f"{path}.may", ", ".join(powers) or "none", _("这个岗位通常的权限"))
    for code, post in block.posts.items():
        if code not in DEFAULT_POSTS and not post.states("may"):
            yield Default(f"organisation.posts.{code}.may", "none", _("没写权限就没有权限"))


def _members(block: OrganisationBlock) -> Iterator[Default]:
    path, statuses = "organisation.members", block.kinds.get("status", {})
    if statuses and not block.members.states("full"):
        yield Default(f"{path}.full", ", ".join(statuses), _("没写哪些状态算正式，人数都算"))
    if RETAINED in statuses and not block.members.states("retained"):
        yield Default(f"{path}.retained", RETAINED, _("没写哪种状态是保留组织关系，就是 retained"))
    why = {
        "retained_years": _("没写保留几年，最多 2 年"),
        "letter_days": _("没写介绍信有效几天，组织内 10 天"),
        "letter_days_outside": _("没写转到外面的介绍信有效几天，30 天"),
        "letter_days_longest": _("没写介绍信最长有效几天，92 天（三个月）"),
    }
    for key, days in MEMBER_DEFAULTS.items():
        if not block.members.states(key):
            yield Default(f"{path}.{key}", str(days), why[key])
    for code, kind in block.unit_kinds.items():
        for key, reason in (
            ("min", _("没写最少几人，人少不提醒")),
            ("committee_from", _("没写满几人设委员会，不提醒")),
            ("max", _("没写最多几人，人多不提醒")),
            ("term_years", _("没写任期几年，不提醒换届")),
        ):
            if not kind.norms.states(key):
                yield Default(f"organisation.unit_kinds.{code}.norms.{key}", "none", reason)


def _rules(context: Context) -> Iterator[Default]:
    if not context.pack.rules.states("ask_days"):
        yield Default("rules.ask_days", str(ASK_DAYS), _("没写几天内答复，问上级的 7 天内答"))


def _task(context: Context, at: TaskAt) -> Iterator[Default]:
    task, path = at.task, at.path
    if not task.states("who"):
        yield Default(address((*path, "who")), "office", _("没写由谁做，就由办公室做"))
    if not task.states("level"):
        yield Default(address((*path, "level")), "must", _("写成任务的就是必须做的"))
    if not issues(task):
        return
    if not task.states("due"):
        yield Default(address((*path, "due")), "end", _due_reason(context, at))
    yield from _review(context, at)
    if not task.states("minutes"):
        why = _("「%(form)s」这种表单通常的用时", form=task.form)
        yield Default(address((*path, "minutes")), str(minutes_of(task)), why)


def _due_reason(context: Context, at: TaskAt) -> object:
    if at.task.every is not None:
        return _("没写期限，就是每一期的最后一天")
    if at.phase:
        phase = context.pack.programmes[at.programme].phases[at.phase]
        return _("没写期限，就是「%(phase)s」阶段的最后一天", phase=Named(phase.zh or at.phase, phase.en))
    programme = context.pack.programmes[at.programme]
    return _(
        "没写期限，就是「%(programme)s」的最后一天",
        programme=Named(programme.zh or at.programme, programme.en),
    )


def _members_only(context: Context, at: TaskAt) -> bool:
    units = {"office", "leaders", "all_units", *context.unit_kinds, *context.posts}
    return bool(at.task.who) and not any(word in units for word in at.task.who)


def _review(context: Context, at: TaskAt) -> Iterator[Default]:
    task = at.task
    place: Path = (*at.path, "review")
    if task.review is None:
        if task.who is OPEN:
            yield Default(
                address((*place, "mode")), "none / each", _("成员的任务不审，单位的任务由上级单位逐件审")
            )
        elif _members_only(context, at):
            yield Default(address((*place, "mode")), "none", _("成员的任务不审，交了就算"))
            yield Default(address((*place, "return_days")), "7", _("不审的任务，7 天内发现问题可以退回"))
        else:
            yield Default(address((*place, "mode")), "each", _("单位的任务逐件审"))
            yield Default(address((*place, "by")), "parent", _("单位的任务由上级单位审"))
            yield from _review_minutes(at)
        return
    if not task.review.states("mode"):
        yield Default(address((*place, "mode")), "each", _("写了由谁审，就是逐件审"))
    if task.review.mode in ("none", "sample") and not task.review.states("return_days"):
        yield Default(address((*place, "return_days")), "7", _("不逐件审的任务，7 天内发现问题可以退回"))
    if task.review.mode != "none" and task.review.minutes is None:
        yield from _review_minutes(at)


def _review_minutes(at: TaskAt) -> Iterator[Default]:
    why = _("审一件「%(form)s」通常的用时", form=at.task.form)
    yield Default(address((*at.path, "review", "minutes")), str(review_minutes_of(at.task)), why)
