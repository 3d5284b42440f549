"""Short ways to act with plans in tests: begin, issue, write, judge, through the same actions or through the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from zhengyou.campaigns.actions import ticking
from zhengyou.campaigns.models import Campaign, Duty, Slot, Task, WorkItem
from zhengyou.campaigns.tests import play as campaigns
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.org.models import Person, Unit
from zhengyou.org.tests import builder
from zhengyou.plans import actions, checking, standing
from zhengyou.plans.models import Clause, ClauseQuestion, PlanVersion
from zhengyou.plans.standing import Standing

KINDS = ("general", "direct", "branch")


def begin(school: builder.School) -> Campaign:
    """Start a campaign that asks for plans, with two items in the work plan."""
    campaign = campaigns.run(replace(campaigns.unit_task("plan", kinds=KINDS), form="plan"))
    with record("work.entered", by=Actor.system("test")) as entry:
        for number, text in (("1", "学风建设"), ("2", "迎评促建")):
            WorkItem.objects.create(unit=school.root, year=2010, number=number, text=text, entry_id=entry.id)
    return campaign


def of(unit: Unit) -> Standing:
    """Where the unit's plan stands now."""
    return standing.of(Campaign.objects.get(), unit, clock.today())


def clause(title: str, text: str = "", **more: Any) -> dict[str, Any]:
    """A clause as it is typed."""
    return checking.blank() | {"title": title, "text": text or f"{title}，全体参加。", **more}


TOP = (
    ("教书育人做楷模", "每名教师联系一个班级，期末交一份小结。", "2010-12-20", True),
    ("重温入党誓词", "重温入党誓词、参观秋收起义纪念馆。", "2010-11-26", True),
    ("岗位培训", "各部门组织，每学期一次。", "", False),
)


def top_body(rows: Any = TOP, **more: Any) -> dict[str, Any]:
    """The school plan as it is typed."""
    body = checking.starting("创先争优活动实施方案", []) | {"document_no": "校发〔2010〕20号", **more}
    body["clauses"] = [
        clause(title, text, due_on=due, required=required, code=f"top{n}")
        for n, (title, text, due, required) in enumerate(rows, 1)
    ]
    return body


def issue(school: builder.School, rows: Any = TOP, by: Person | None = None) -> PlanVersion:
    """Issue the school plan, or a changed version of it."""
    return actions.issue(of(school.root), top_body(rows), by=(by or school.office).actor)


def body_of(unit: Unit, **more: Any) -> dict[str, Any]:
    """A complete plan of a unit: everything above taken up, an own vehicle tied to the work plan."""
    found = of(unit)
    body = checking.starting(f"方案{unit.pk}", standing.clauses(found.basis))
    body["clauses"] = [
        row | {"due_on": above.due_on.isoformat() if above.due_on else "2010-12-30", "owner": "组织委员"}
        for row, above in zip(body["clauses"], standing.clauses(found.basis), strict=True)
    ]
    item = WorkItem.objects.order_by("pk").first()
    assert item is not None
    own = clause(
        "学业导师进班级", "为六个班各配一名学业导师。", due_on="2010-12-31", owner="郑一鸣", vehicle=True
    )
    body["clauses"].append(own | {"work": item.public_id})
    return body | more


def again(unit: Unit) -> dict[str, Any]:
    """The newest version as it opens in the form."""
    found = of(unit)
    newest = found.newest
    assert newest is not None
    last = {name: getattr(newest, name) for name in (*checking.HEAD, *checking.TEXTS)}
    return checking.starting("", [], last, found.last_clauses)


def hand_in(unit: Unit, by: Person, body: dict[str, Any] | None = None) -> PlanVersion:
    """Hand a unit's plan in."""
    return actions.hand_in(of(unit), body or body_of(unit), by=by.actor)


def judge(unit: Unit, by: Person, **back: str) -> PlanVersion:
    """Judge what waits: titles of clauses to be returned with reasons, or nothing to approve."""
    found = of(unit)
    codes = {c.title: c.code for c in standing.clauses(found.waiting)}
    return actions.judge(found, {codes[title]: why for title, why in back.items()}, by=by.actor)


def form_of(body: dict[str, Any], **more: str) -> dict[str, Any]:
    """A typed plan as the form posts it."""
    out: dict[str, Any] = {name: body[name] for name in (*checking.HEAD, *checking.TEXTS)}
    out["clause"] = [row["code"] for row in body["clauses"]]
    for row in body["clauses"]:
        for name in (*checking.OF_CLAUSE, "follows", "task"):
            out[f"{name}-{row['code']}"] = row.get(name, "")
        for name in ("vehicle", "required"):
            if row.get(name):
                out[f"{name}-{row['code']}"] = "1"
    return out | more


def clauses(version: PlanVersion) -> dict[str, Clause]:
    """Clauses of a version by title."""
    return {c.title: c for c in standing.clauses(version)}


def day(month: int, number: int) -> date:
    """A day of 2010."""
    return date(2010, month, number)


def lay(school: builder.School, campaign: Campaign) -> tuple[Duty, ClauseQuestion, WorkItem]:
    """Into a running campaign: a task of plans, the school plan amended, the branch's plan in review for its amendment."""
    with record("work.entered", by=Actor.system("test")) as entry:
        work = WorkItem.objects.create(
            unit=school.root, year=2010, number="1", text="学风建设", entry_id=entry.id
        )
    task = Task.objects.filter(campaign=campaign, subject="unit").order_by("pk")[0]
    task.pk, task.code, task.form, task.audience = None, "plan", "plan", task.audience
    task.save()
    Slot.objects.create(task=task, opens_on=day(11, 1), cutoff_on=day(11, 30), due_on=day(11, 30))
    ticking.tick(full=True)
    issue(school)
    for unit, by, judge_by in (
        (school.general, school.dean, school.office),
        (school.branch, school.secretary, school.dean),
    ):
        hand_in(unit, by)
        judge(unit, judge_by)
    issue(school, (*TOP[:2], ("岗位培训", "各部门组织，每学期两次。", "", False)))
    hand_in(school.branch, school.secretary, again(school.branch))
    duty = Duty.objects.get(subject_unit=school.branch, slot__task=task)
    return duty, ClauseQuestion.objects.filter(plan__unit=school.branch).order_by("pk")[0], work
