"""A plan as it is typed: its fields, its clauses, and what is still missing before it may be handed in (DOMAIN S6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhengyou.campaigns.models import WorkItem
from zhengyou.kit.faults import Problem
from zhengyou.kit.ids import new_id
from zhengyou.org.models import Person
from zhengyou.plans.models import Clause

TEXTS = {"theme": 2000, "grounds": 4000, "aims": 4000, "organisation": 4000, "safeguards": 4000}
"""Parts of a plan beside its clauses, each with its longest length in characters."""
HEAD = {"title": 200, "document_no": 80}
OF_CLAUSE = {"title": 100, "text": 2000, "owner": 60, "result": 500, "due_on": 10, "work": 16}
MOST = 80
"""Most clauses of one plan."""


@dataclass
class Checked:
    """What is to be written: the version's own fields and its clauses, not yet saved."""

    fields: dict[str, str]
    clauses: list[Clause]


def starting(
    title: str, basis: Iterable[Clause], last: Mapping[str, str] | None = None, own: Iterable[Clause] = ()
) -> dict[str, Any]:
    """What the form opens with: the newest version's words, else the clauses of the plan above without dates and owners."""
    body: dict[str, Any] = dict.fromkeys([*HEAD, *TEXTS], "") | dict(last or {})
    rows = [as_typed(clause) for clause in own]
    if last is None:
        body["title"] = title
        rows = [taken(clause) for clause in basis]
    return body | {"clauses": rows}


def as_typed(clause: Clause) -> dict[str, Any]:
    """A clause as the form holds it."""
    return {
        "code": clause.code,
        "follows": clause.follows,
        "task": clause.task_code,
        "title": clause.title,
        "text": clause.text,
        "due_on": clause.due_on.isoformat() if clause.due_on else "",
        "owner": clause.owner_text,
        "person": clause.owner,
        "result": clause.result,
        "vehicle": clause.own_vehicle,
        "required": clause.required,
        "work": clause.work_item.public_id if clause.work_item else "",
    }


def taken(clause: Clause) -> dict[str, Any]:
    """A clause of the plan above as it is taken up: its words, an own code, date and owner left to be filled."""
    return as_typed(clause) | {
        "code": new_id(),
        "follows": clause.key,
        "due_on": "",
        "owner": "",
        "person": "",
        "vehicle": False,
        "work": "",
    }


def blank(vehicle: bool = False) -> dict[str, Any]:
    """An own clause, empty."""
    return {**dict.fromkeys(("follows", "task", *OF_CLAUSE), ""), "code": new_id(), "person": "",
            "vehicle": vehicle, "required": False}  # fmt: skip


def check(
    body: Mapping[str, Any],
    *,
    top: bool,
    basis: Sequence[Clause],
    known: Iterable[str],
    people: Mapping[str, Person],
    items: Mapping[str, WorkItem],
    tasks: Mapping[str, str],
) -> tuple[Checked, list[Problem]]:
    """The plan to be written and everything that stands in its way, each with the field it belongs to.

    `known`: keys that clauses of earlier versions followed; `people` by public id, `items` of the work plan by public
    id, `tasks` of the campaign by code. The top plan is not held to clauses of a plan above.
    """
    problems: list[Problem] = []
    fields = {name: str(body.get(name, "")).strip() for name in (*HEAD, *TEXTS)}
    if not fields["title"]:
        problems.append(Problem("title", _("写上方案的名称。")))
    if top and not fields["document_no"]:
        problems.append(Problem("document_no", _("写上文号：下面各单位以它为依据。")))
    for name, most in {**HEAD, **TEXTS}.items():
        if len(fields[name]) > most:
            problems.append(_long(name, most, len(fields[name])))
    by_key = {clause.key: clause for clause in basis}
    may_follow = by_key.keys() | set(known)
    rows, seen = [], set()
    for at, row in enumerate(body.get("clauses", [])[:MOST]):
        code = str(row.get("code", ""))
        if not code or code in seen:
            code = new_id()
        seen.add(code)
        rows.append(_clause(at, code, row, problems, top, by_key, may_follow, people, items, tasks))
    if not rows:
        problems.append(Problem("clauses", _("方案还没有一条内容：至少写一条。")))
    elif not top:
        problems += _guards(rows, by_key.values(), bool(items))
    return Checked(fields, rows), problems


def _clause(
    at: int,
    code: str,
    row: Mapping[str, Any],
    problems: list[Problem],
    top: bool,
    by_key: Mapping[str, Clause],
    may_follow: Iterable[str],
    people: Mapping[str, Person],
    items: Mapping[str, WorkItem],
    tasks: Mapping[str, str],
) -> Clause:
    texts = {name: str(row.get(name, "")).strip() for name in OF_CLAUSE}
    name = texts["title"] or pgettext("clause", "第 %(n)s 条") % {"n": at + 1}

    def missing(field: str, text: str) -> None:
        problems.append(Problem(f"{field}-{code}", text % {"clause": name}))

    for field in ("title", "text", "owner", "result"):
        if len(texts[field]) > OF_CLAUSE[field]:
            problems.append(_long(f"{field}-{code}", OF_CLAUSE[field], len(texts[field])))
    if not texts["title"]:
        missing("title", _("%(clause)s：写上标题。"))
    if not texts["text"]:
        missing("text", _("「%(clause)s」：写清楚做什么。"))
    due = _day(texts["due_on"])
    if texts["due_on"] and due is None:
        missing("due_on", _("「%(clause)s」：日期写成 2010-12-31 这样，要真有这一天。"))
    elif due is None and not top:
        missing("due_on", _("「%(clause)s」：写上本单位自己的日期。"))
    person = str(row.get("person", ""))
    owner = people.get(person)
    if owner is None and not texts["owner"] and not top:
        missing("owner", _("「%(clause)s」：写上本单位由谁负责。"))
    follows = str(row.get("follows", ""))
    follows = follows if follows in may_follow and not top else ""
    above = by_key.get(follows)
    task = above.task_code if above is not None else str(row.get("task", ""))
    return Clause(
        code=code[:16],
        follows=follows,
        place=at,
        task_code=task if task in tasks else "",
        title=texts["title"][: OF_CLAUSE["title"]],
        text=texts["text"],
        due_on=due,
        owner=owner.public_id if owner is not None else "",
        owner_text="" if owner is not None else texts["owner"][: OF_CLAUSE["owner"]],
        result=texts["result"],
        own_vehicle=bool(row.get("vehicle")) and not top,
        required=bool(row.get("required")) if top else bool(above is not None and above.required),
        work_item=items.get(texts["work"]),
    )


def _guards(rows: Sequence[Clause], above: Iterable[Clause], any_items: bool) -> list[Problem]:
    """What a unit's plan must hold beside complete clauses: each required one, an own vehicle, a tie to the work plan."""
    problems = []
    followed = {row.follows for row in rows}
    for clause in above:
        if clause.required and clause.key not in followed:
            text = _("上级要求的「%(clause)s」还没有接：接过来，写上自己的日期和负责人。")
            problems.append(Problem(f"take-{clause.key}", text % {"clause": clause.title}))
    if not any(row.own_vehicle for row in rows):
        problems.append(
            Problem("vehicle", _("至少要有一个自己的活动载体：加一条，或者在一条里勾上「这是自己的载体」。"))
        )
    if not any(row.work_item for row in rows):
        text = _("至少有一条要连着年度要点：在那一条里选一项。")
        if not any_items:
            text = _("至少有一条要连着年度要点，可是还没有登记要点：先在「年度要点」里登记，或请办公室登记。")
        problems.append(Problem("work", text))
    return problems


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 < found.year < 2200 else None


def _long(field: str, most: int, now: int) -> Problem:
    text = _("最多 %(n)s 字，现在有 %(now)s 字：请缩短。")
    return Problem(field, text % {"n": most, "now": now})
