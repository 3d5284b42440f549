"""A campaign before its start: who may prepare and read it, what still blocks, what the start will send out. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.campaigns import duties, packed
from zhengyou.campaigns.models import Campaign
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.kit import clock, sql
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org import current, tree
from zhengyou.org.models import Affiliation, on
from zhengyou.org.rules import Authority
from zhengyou.packs.check import Checked
from zhengyou.packs.questions import Question
from zhengyou.packs.schedule import TaskPlan

MOST = 20
"""Most single things named under one point."""


@dataclass(frozen=True)
class Point:
    """One point of the checklist: `level` blocks, warns or ok; `link` names where to mend it; `details` one by one."""

    level: str
    text: str
    link: str = ""
    details: tuple[str, ...] = ()

    def as_json(self) -> list[dict[str, str]]:
        """The point as the command line prints it, one item for each single thing."""
        return [{"level": self.level, "text": text} for text in self.details or (self.text,)]


@dataclass(frozen=True)
class Preview:
    """What the start will send out today: duties of members and units and how many owe them; the first deadline."""

    member_duties: int
    unit_duties: int
    members: int
    units: int
    later: int
    first_due: date | None


def may_prepare(authority: Authority, campaign: Campaign | None = None) -> Verdict:
    """May take up packs, answer, approve: the office, until the campaign is closed."""
    if not authority.on_root("start"):
        return no(_("活动由办公室准备和启动：有建议请告诉办公室。"))
    if campaign is not None and campaign.state == Campaign.State.CLOSED:
        return no(_("这项活动已经结束。"))
    return YES


def may_answer(authority: Authority, campaign: Campaign, question: Question | None = None) -> Verdict:
    """May answer: the office before the start; afterwards only what was put off, for the plan under way is fixed."""
    verdict = may_prepare(authority, campaign)
    if (
        verdict
        and campaign.state == Campaign.State.RUNNING
        and not (question and question.state == "put_off")
    ):
        return no(_("已经启动的活动不再改答案：个别的可以延期、免办或作废。"))
    return verdict


def may_read(authority: Authority, campaign: Campaign) -> Verdict:
    """May read the plan: everybody once it runs; before, the office and those who see all units."""
    if (
        campaign.state >= Campaign.State.RUNNING
        or authority.on_root("start")
        or authority.on_root("see_units")
    ):
        return YES
    return no(_("这份方案还在准备。"))


def may_approve(authority: Authority, campaign: Campaign, points: list[Point]) -> Verdict:
    """May record the approval: the office, once nothing blocks but the approval itself."""
    verdict = may_prepare(authority, campaign)
    if not verdict:
        return verdict
    if campaign.state != Campaign.State.DRAFT:
        return no(_("已经批准过了。"))
    return nothing_blocks(points)


def nothing_blocks(points: list[Point]) -> Verdict:
    """Whether nothing blocks but a missing approval; else how much does."""
    blocks = [p for p in points if p.level == "blocks" and p.link != "approve"]
    if not blocks:
        return YES
    n = sum(len(p.details) or 1 for p in blocks)
    text = ngettext("还不能启动：有 %(n)s 处没有解决。", "还不能启动：有 %(n)s 处没有解决。", n)
    return no(text % {"n": n})


def checklist(campaign: Campaign, checked: Checked | None = None) -> list[Point]:
    """Everything that stands against the start, what blocks first; what is in order is listed as ok."""
    checked = checked or packed.checked(campaign)
    day = clock.today()
    points = [*_of_pack(checked), *_of_roster(checked, day), *_of_people(day), *_of_burden(checked)]
    if campaign.state == Campaign.State.DRAFT:
        points.append(Point("blocks", _("还没有登记批准的文号"), "approve"))
    order = {"blocks": 0, "warns": 1, "ok": 2}
    return sorted(points, key=lambda p: order[p.level])


def _of_pack(checked: Checked) -> list[Point]:
    lang, out = current.language(), []
    if checked.errors:
        n = len(checked.errors)
        text = ngettext("方案包有 %(n)s 处错误", "方案包有 %(n)s 处错误", n) % {"n": n}
        out.append(Point("blocks", text, "plan", tuple(str(f) for f in checked.errors[:MOST])))
    elif checked.context is None:
        out.append(Point("blocks", _("方案包读不成一份完整的方案"), "plan"))
    if n := len(checked.open):
        text = ngettext("%(n)s 个问题没有回答", "%(n)s 个问题没有回答", n) % {"n": n}
        out.append(Point("blocks", text, "questions", tuple(q.ask.text(lang) for q in checked.open)))
    elif checked.questions:
        out.append(Point("ok", _("待答的问题都答了")))
    if later := checked.put_off:
        text = ngettext(
            "%(n)s 个问题留到以后答，挡住后面的阶段", "%(n)s 个问题留到以后答，挡住后面的阶段", len(later)
        )
        out.append(
            Point("warns", text % {"n": len(later)}, "questions", tuple(q.ask.text(lang) for q in later))
        )
    findings = [f for f in checked.warnings if f.code.startswith("F")]
    if findings:
        n = len(findings)
        text = ngettext("形式主义检查提醒 %(n)s 处", "形式主义检查提醒 %(n)s 处", n) % {"n": n}
        out.append(Point("warns", text, "plan", tuple(f.text for f in findings[:MOST])))
    else:
        out.append(Point("ok", _("没有触犯形式主义规则")))
    out += [
        Point("warns", f.text, "plan")
        for f in checked.warnings
        if f.code[0] not in "FEM" and f.code != "Q206"
    ][:MOST]
    if english := [f for f in checked.warnings if f.code.startswith("E")]:
        n = len(english)
        text = ngettext("%(n)s 处没有英文，英文页面上显示中文", "%(n)s 处没有英文，英文页面上显示中文", n)
        out.append(Point("warns", text % {"n": n}))
    return out


def _of_roster(checked: Checked, day: date) -> list[Point]:
    part, out = checked.organisation, []
    root = tree.root()
    heads = tree.headcounts([root.pk], day).get(root.pk, 0) if root else 0
    units = packed.unit_counts()
    if not heads:
        out.append(Point("blocks", _("名册上还没有人：先导入花名册"), "roster"))
    unknown = {kind: n for kind, n in units.items() if part is None or not part.has_kind(kind)}
    if unknown:
        n = sum(unknown.values())
        text = ngettext(
            "%(n)s 个单位没有种类，不知道该派什么任务", "%(n)s 个单位没有种类，不知道该派什么任务", n
        )
        out.append(Point("blocks", text % {"n": n}, "units"))
    elif heads:
        parts = [f"{part.kind(k).text(current.language())} {n}" for k, n in units.items()] if part else []
        text = _("%(units)s 个单位都在树上，%(heads)s 人各有一个注册单位（%(parts)s）")
        values = {"units": sum(units.values()), "heads": heads, "parts": _("、").join(parts)}
        out.append(Point("ok", text % values))
    for kind in part.unit_kinds if part else ():
        have = units.get(kind.code, 0)
        if kind.count is not None and have != kind.count and kind.code not in unknown:
            text = _("%(kind)s：来源写 %(stated)s 个，名册上是 %(have)s 个")
            values = {"kind": kind.text(current.language()), "stated": kind.count, "have": have}
            out.append(Point("warns", text % values, "units"))
    bare = Affiliation.objects.filter(on(day), role="R", category="").count()
    if bare and part and part.kinds.get("category"):
        text = ngettext(
            "%(n)s 人没有类别，按类别派的任务派不到他们", "%(n)s 人没有类别，按类别派的任务派不到他们", bare
        )
        out.append(Point("warns", text % {"n": bare}, "roster"))
    return out


def _of_people(day: date) -> list[Point]:
    out = []
    vacant = tree.count_vacancies(day)
    if vacant:
        names = tuple(v.name for v in tree.vacancies(day, limit=5))
        text = ngettext("%(n)s 个单位没有负责人：%(names)s", "%(n)s 个单位没有负责人：%(names)s", vacant)
        more = _("、").join(names) + (_("等") if vacant > len(names) else "")
        out.append(Point("warns", text % {"n": vacant, "names": more}, "vacancies"))
    else:
        out.append(Point("ok", _("每个单位都有第一责任人")))
    root = tree.root()
    people = Reviewers(day, [root.pk] if root else [])
    able = people.holders.get(people.root, {})
    if not able:
        out.append(Point("warns", _("办公室没有人能审核：交到最上面的没人审"), "root"))
    elif len(able) == 1:
        out.append(Point("warns", _("最上面只有一个人能审核：这个人自己交的没有别人审"), "root"))
    else:
        out.append(Point("ok", _("审核人都不是本人：自己的由上一级审，最上面由另一个人审")))
    return out


def _of_burden(checked: Checked) -> list[Point]:
    lang = current.language()
    over = [load for load in checked.burden.values() if load.over]
    if over:
        lines = tuple(
            _("%(role)s最忙的一个月 %(n)s 分钟，预算 %(budget)s 分钟")
            % {"role": load.label.text(lang), "n": round(load.peak), "budget": load.budget}
            for load in over
        )
        return [Point("warns", _("有人每月的时间超过预算"), "burden", lines)]
    return [Point("ok", _("每人每月的时间都在预算内"), "burden")] if checked.burden else []


def preview(checked: Checked) -> Preview:
    """What starting today would send out, counted by the same audiences as the start itself; one query per task."""
    day = clock.today()
    members = units = later = owing_members = owing_units = 0
    dues = []
    for plan in packed.plan(checked)[0]:
        if plan.level == "may" or not plan.slots:
            continue
        now = [slot for slot in plan.slots if slot.opens_on <= day]
        later += len(plan.slots) - len(now)
        dues += [slot.due_on for slot in plan.slots if slot.due_on >= day]
        heads = audience_size(plan, day)
        if plan.subject == "member":
            members += heads * len(now)
            owing_members = max(owing_members, heads if now else 0)
        else:
            units += heads * len(now)
            owing_units = max(owing_units, heads if now else 0)
    return Preview(members, units, owing_members, owing_units, later, min(dues, default=None))


def audience_size(plan: TaskPlan, day: date) -> int:
    """How many members or units owe a task on a day."""
    values: dict[str, Any] = {}
    where = duties.fragment(duties.audience_of(plan), values)
    if "s.ref" in where:
        return 1 if tree.root() else 0
    if plan.subject == "member":
        found = sql.rows(
            f"""SELECT COUNT(*) FROM org_affiliation a JOIN org_person p ON p.id = a.person_id
                WHERE a.dropped_id IS NULL AND a.role = 'R' AND a.valid_from <= :day AND a.valid_to > :day
                AND ({where})""",
            day=day,
            **values,
        )
    else:
        found = sql.rows(
            f"""SELECT COUNT(*) FROM org_unit u
                WHERE u.opened_on <= :day AND u.closed_on > :day AND ({where})""",
            day=day,
            **values,
        )
    return int(found[0][0])
