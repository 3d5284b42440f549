"""Names in a pack what resembles formalism, and says which rule discourages it (principle 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .faults import Path
from .slots import issues
from .walking import Context, TaskAt, tasks_of
from .wording import Text as _


@dataclass(frozen=True)
class Rule:
    """What is looked for, and the published rule behind it."""

    code: str
    title: object
    source: object


_FINGERTIP = _("2023 年 12 月《关于防治“指尖上的形式主义”的若干意见》")
_RELIEF = _("2024 年 8 月《整治形式主义为基层减负若干规定》")
RULES = (
    Rule("F901", _("给个人打分、积分"), _FINGERTIP),
    Rule("F902", _("要字数、时长、打卡、登录、截图、照片，或者要成员天天填"), _FINGERTIP),
    Rule("F903", _("给个人排名"), _FINGERTIP),
    Rule("F904", _("给单位排榜"), _RELIEF),
    Rule("F905", _("公开点名落在后面的人"), _RELIEF),
)
_PATTERNS = {
    "F901": re.compile(r"积分|打分|得分|学分排|\bpoints?\b", re.I),
    "F902": re.compile(
        r"\d+\s*字|字数|时长|打卡|签到率|登录率|在线时间|截图|截屏|照片|拍照|连续\d*天|转发|点赞"
        r"|word count|streak|check-?in|log-?in rate|screenshot|photo|time online",
        re.I,
    ),
    "F903": re.compile(r"排名|排行|名次|\branking\b|leaderboard", re.I),
    "F904": re.compile(r"排行榜|红黑榜|末位|league table", re.I),
    "F905": re.compile(r"点名通报|通报.{0,4}名单|曝光|黑榜|未完成名单|落后名单|name and shame", re.I),
}


def lint(context: Context) -> None:
    """Notes remarks F901 to F905 in the pack's source; advice and quotations are not looked at."""
    for at in tasks_of(context.pack):
        if not issues(at.task):
            continue
        members = _members(context, at)
        found = {code for text in _texts(at.task) for code, form in _PATTERNS.items() if form.search(text)}
        if not members:
            found -= {"F901"}
            if "F903" in found:
                found = (found - {"F903"}) | {"F904"}
        if members and _numeric(at.task.judged):
            found.add("F901")
        if members and at.task.every == "day":
            found.add("F902")
        if at.task.form == "naming":
            found.add("F905")
        for rule in RULES:
            if rule.code in found:
                message = _("像是%(title)s：%(source)s不主张这样做", title=rule.title, source=rule.source)
                context.src.fault(rule.code, at.path, message, "lint")
    for path, statement in _shown(context):
        if statement.for_ == "members" and any(_PATTERNS["F903"].search(text) for text in _texts(statement)):
            rule = RULES[2]
            message = _("像是%(title)s：%(source)s不主张这样做", title=rule.title, source=rule.source)
            context.src.fault(rule.code, path, message, "lint")


def _members(context: Context, at: TaskAt) -> bool:
    audiences = context.pack.audiences
    return any(
        word == "all_members" or (word in audiences and audiences[word].of == "members")
        for word in at.task.who or ()
    )


def _numeric(judged: Any) -> bool:
    return bool(judged) and bool(judged.scale or judged.range)


def _texts(block: Any) -> Iterator[str]:
    """The words of a block that ask something, in both languages; not its advice, source or remarks."""
    for key in ("zh", "en", "kinds", "items", "form"):
        todo = [getattr(block, key, None)]
        while todo:
            value = todo.pop()
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict):
                todo += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                todo += value


def _shown(context: Context) -> Iterator[tuple[Path, Any]]:
    for code, statement in context.pack.statements.items():
        yield ("statements", code), statement
    for name, block in context.pack.programmes.items():
        for code, statement in block.statements.items():
            yield ("programmes", name, "statements", code), statement
