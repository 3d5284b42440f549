"""Puts the questions and gaps of a checked pack together: labels, inputs, what waits, their state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import dates, questions
from .faults import OPEN, Path, address
from .organisation import Label
from .questions import GapNote, Option, Question
from .sense import given_of
from .walking import Context, tasks_of
from .wording import Text as _

if TYPE_CHECKING:
    from .check import Checked

Places = Mapping[str, list[Path]]


def ask_all(
    done: Checked, asked: Places, gaps: Places, founded: Mapping[Path, Any], put_off: Mapping[Path, Any]
) -> None:
    """Fills `done.questions` and `done.gaps`; faults Q206 and Q207 for what is put off."""
    assert done.pack is not None
    for key in done.pack.open:
        paths = [path for path in asked.get(key, []) if path not in founded]
        if paths:
            done.questions.append(_question(done, key, paths, put_off))
    for addr, block in done.pack.gaps.items():
        hits = gaps.get(addr) or []
        place = address(hits[0]) if hits else addr
        en = block.en or done.english.get(("gaps", addr), "")
        done.gaps.append(GapNote(place, Label(block.zh, en)))
    _announced(done)


def _question(done: Checked, key: str, paths: list[Path], put_off: Mapping[Path, Any]) -> Question:
    assert done.pack is not None
    block = done.pack.open[key]
    top: Path = ("open", key)
    english = done.english
    options = tuple(
        Option(value, Label(option.zh or "", option.en or english.get((*top, "options", value), "")))
        for value, option in block.options.items()
    )
    alone = len(paths) == 1 or bool(block.same)
    shown = paths[:1] if block.same else paths
    fields = tuple(
        questions.input_for(
            done.view,
            path,
            options if alone or questions.sort_at(path) == "choice" else (),
            questions.field_label(done.view, path, alone),
            _answered(done, path),
        )
        for path in shown
    )
    blocks, phase, can_wait = _blocks(done, paths)
    later = {str(index): put_off[path] for index, path in enumerate(paths) if path in put_off}
    state = _state(done, paths, put_off)
    delay = next(iter(later.values()), None)
    if delay is not None:
        state = _put_off(done, key, delay, can_wait, state)
    return Question(
        key=key,
        addresses=tuple(address(path) for path in paths),
        ask=Label(block.ask, english.get((*top, "ask"), "")),
        says=Label(block.says or "", english.get((*top, "says"), "")),
        options=options,
        who=block.who or "office",
        same=bool(block.same),
        fields=fields,
        blocks=blocks,
        phase=phase,
        can_wait=can_wait,
        state=state,
        put_off=delay if isinstance(delay, Mapping) and state == "put_off" else None,
    )


def _answered(done: Checked, path: Path) -> str | None:
    if path not in done.source.answered:
        return None
    try:
        value = done.source.get(path)
    except (LookupError, TypeError):
        return None
    return None if value is OPEN else _as_written(value)


def _as_written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {held}" for key, held in value.items())
    return str(value)


def _state(done: Checked, paths: list[Path], put_off: Mapping[Path, Any]) -> str:
    wrong = {fault.path[:n] for fault in done.errors if fault.answer for n in range(1, len(fault.path) + 1)}
    if any(path in wrong for path in paths):
        return "wrong"
    left = [path for path in paths if path not in done.source.answered]
    if not left:
        return "answered"
    return "put_off" if all(path in put_off for path in left) else "open"


def _put_off(done: Checked, key: str, delay: Any, can_wait: bool, state: str) -> str:
    """The state of a question put off: it needs a post and a day, and belongs to a later phase."""
    src, top = done.source, ("open", key)
    posts = [post.code for post in done.organisation.posts] if done.organisation else []
    if not isinstance(delay, Mapping) or delay.get("post") not in posts or not _is_day(delay.get("until")):
        src.fault("Q207", top, _("以后再答要写由哪个岗位（post）、在哪一天以前（until）答"))
        return "wrong"
    if not can_wait:
        src.fault("Q207", top, _("这个问题现在就要答：第一个阶段或者整个活动等着它"))
        return "wrong"
    if state == "put_off":
        message = _(
            "留到 %(until)s 以前由%(post)s回答；到那时还没答，后面的阶段不能开始",
            until=delay["until"],
            post=done.organisation.label(delay["post"], questions.here()) if done.organisation else "",
        )
        src.fault("Q206", top, message, "warning")
    return state


def _is_day(text: Any) -> bool:
    try:
        return dates.parse(text).kind == "full"
    except dates.DateError:
        return False


def _blocks(done: Checked, paths: list[Path]) -> tuple[tuple[str, ...], str, bool]:
    """The tasks that wait (`*` for all), the earliest phase that does, and whether it is a later one."""
    context = done.view
    if context is None:
        return (), "", False
    codes: set[str] = set()
    for path in paths:
        found, everything = questions.blocked_by(context, path)
        if everything:
            return ("*",), "", False
        codes |= found
    tasks = [at for at in tasks_of(context.pack) if at.code in codes]
    phases = _order(context)
    known = [at.phase for at in tasks if at.phase]
    earliest = min(known, key=phases.index, default="")
    later = bool(tasks) and all(at.phase and not _is_first(context, at.programme, at.phase) for at in tasks)
    return tuple(at.code for at in tasks), earliest, later


def _order(context: Context) -> list[str]:
    return [code for block in context.pack.programmes.values() for code in block.phases]


def _is_first(context: Context, programme: str, phase: str) -> bool:
    return next(iter(context.pack.programmes[programme].phases), "") == phase


def _announced(done: Checked) -> None:
    """What the source announces and does not give is a gap by itself, unless the pack lists it."""
    assert done.pack is not None
    listed = {gap.address for gap in done.gaps}
    blocks = [(f"statements.{code}", statement) for code, statement in done.pack.statements.items()]
    for name, programme in done.pack.programmes.items():
        blocks += [(f"programmes.{name}.statements.{code}", s) for code, s in programme.statements.items()]
    for place, statement in blocks:
        given = given_of(statement)
        told = any(addr == place or addr.startswith(place + ".") for addr in listed)
        if isinstance(statement.announced, int) and given < statement.announced and not told:
            text = str(
                _(
                    "说有 %(announced)s 个，只给了 %(given)s 个",
                    announced=statement.announced,
                    given=given,
                )
            )
            done.gaps.append(GapNote(place, Label(text, text)))
