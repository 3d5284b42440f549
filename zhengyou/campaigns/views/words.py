"""Words of the duty pages: names of tasks, units, people and reviewers in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from zhengyou.campaigns.models import Duty, Slot, Task
from zhengyou.journal.models import Evidence
from zhengyou.kit import clock
from zhengyou.org import tree
from zhengyou.org.current import language, part
from zhengyou.org.models import Person, Post, on


def label(thing: object) -> str:
    """The name of a campaign, programme, phase or task in the reader's language; the other one where it has none."""
    zh, en = getattr(thing, "zh", ""), getattr(thing, "en", "")
    return (en or zh) if language() == "en" else (zh or en)


def title(duty: Duty) -> str:
    """A duty's title: its task, with the period where the task comes back."""
    return slot_title(duty.slot)


def slot_title(slot: Slot) -> str:
    """What a task is called in one of its periods; the slot's task must be loaded."""
    name, period = label(slot.task), slot.period
    return _("%(task)s（%(period)s）") % {"task": name, "period": period} if period else name


def organisation_label(code: str) -> str:
    """The name of a post, kind of unit or reason of the organisation; the code where it has none."""
    found = part()
    return found.label(code, language()) if found is not None and code else code


def term(code: str, fallback: str) -> str:
    """A word of the pages from the organisation's part, such as `member`."""
    found = part()
    return (found.words(language()) if found is not None else {}).get(code) or fallback


def people(actors: Iterable[str]) -> dict[str, str]:
    """Names behind actors by public id; system and command line in words. One query."""
    wanted = set(actors)
    out = {a: _("系统") if a.startswith("system:") else _("管理员（命令行）") for a in wanted if ":" in a}
    found = Person.objects.filter(public_id__in=[a for a in wanted if ":" not in a])
    return out | dict(found.values_list("public_id", "name"))


def people_known(names: Mapping[str, str | None]) -> dict[str, str]:
    """Names behind actors whose persons are at hand (None: not a person); system and command line in words."""
    out = {a: _("系统") if a.startswith("system:") else _("管理员（命令行）") for a in names if ":" in a}
    return out | {actor: name for actor, name in names.items() if name}


def unit_names(units: Iterable[int | None], day: date | None = None) -> dict[int, str]:
    """Names of units today by id; one query."""
    return tree.names([u for u in units if u], day or clock.today())


def incumbents(unit: int, powers: str = "review", posts: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(post's label, name) of those who hold one of the posts, or a post with the power, on this unit today."""
    found = part()
    if found is None:
        return []
    codes = list(posts) or [p.code for p in found.posts if powers in p.may]
    rows = Post.objects.filter(on(clock.today()), unit=unit, post__in=codes).order_by(
        "-first_responsible", "id"
    )
    return [(organisation_label(code), name) for code, name in rows.values_list("post", "person__name")[:3]]


def size(bytes_: int) -> str:
    """A file's size in words: 48 KB, 2.1 MB."""
    if bytes_ < 1024 * 1024:
        return f"{max(bytes_ // 1024, 1)} KB"
    return f"{bytes_ / 1024 / 1024:.1f} MB"


def evidence_note(evidence: Evidence) -> str:
    """What stands under a piece of evidence: size of a file, or that it is a statement."""
    return size(evidence.size) if evidence.sha256 else _("文字说明")


def short(text: str, longest: int = 80) -> str:
    """The beginning of a text."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[:longest] + "……"


def task_label(task: Task) -> str:
    """The task's name with its programme, for filters."""
    return f"{label(task)} · {label(task.programme)}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """A day inside a sentence: 11月26日 or 26 Nov, with the year where it is not the current one."""
    far = value.year != clock.today().year
    if language() == "en":
        return f"{value.day} {_MONTHS[value.month - 1]}" + (f" {value.year}" if far else "")
    return (f"{value.year}年" if far else "") + f"{value.month}月{value.day}日"


def full(value: date) -> str:
    """A day with its year: 2010年11月26日 or 26 Nov 2010."""
    if language() == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"
