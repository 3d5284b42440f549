"""Judging a plan clause by clause: returned with reasons, or approved whole and so in force in its tree."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.models import Submission
from zhengyou.campaigns.reviewers import Reviewers
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for
from zhengyou.plans import comparing, rules, standing
from zhengyou.plans.actions.asking import ask_below
from zhengyou.plans.models import ClauseVerdict, PlanVersion
from zhengyou.plans.standing import Standing

State = PlanVersion.State
LONGEST = 1000


def judge(found: Standing, back: Mapping[str, str], *, by: Actor, number: int | None = None) -> PlanVersion:
    """Judge the waiting version: `back` names the clauses returned (by code, or key of one above), each with reasons;
    without any the whole is approved, on the last tier in force at once.

    `number` is the version that was looked at: where another one waits now, Conflict.
    """
    back = {code: reasons.strip() for code, reasons in back.items()}
    verb = "plan.returned" if back else "plan.approved"
    with record(verb, by=by, subject=f"plan:{found.unit.public_id}") as entry:
        authority = authority_for(by)
        found = standing.of(found.campaign, found.unit, clock.today())
        version = found.waiting
        if version is None or (number is not None and version.number != number):
            raise Conflict(_("这一稿已经有人审过，或者被撤回、重新交过了：看过新的一稿再审。"))
        people = Reviewers(authority.day, [found.at, version.waits_at_id or found.at])
        may = rules.may_judge if back else rules.may_approve
        insist(may(authority, found, people))
        mine = standing.clauses(version)
        above = standing.clauses(found.basis)
        codes = [pair.code for pair in comparing.compare(above, mine).pairs]
        _reasoned(back, codes)
        verdicts = [
            ClauseVerdict(
                version=version,
                code=code,
                accepted=code not in back,
                reasons=back.get(code, ""),
                by=by.id,
                day=authority.day,
                entry_id=entry.id,
            )
            for code in codes
        ]
        ClauseVerdict.objects.filter(version=version).delete()
        ClauseVerdict.objects.bulk_create(verdicts)
        me = authority.person.pk if authority.person else None
        settled = True
        if found.submission is not None:
            titles = {clause.code: clause.title for clause in mine} | {c.key: c.title for c in above}
            words = "\n".join(
                _("%(clause)s：%(reasons)s") % {"clause": titles.get(code, ""), "reasons": text}
                for code, text in back.items()
            )
            papers.judge(entry, [papers.Judgement(found.submission, me, words)], people)
            after = Submission.objects.get(pk=found.submission.pk)
            settled = after.state != Submission.State.WAITING
        _settle(entry, found, version, back, settled, by)
        entry.row.unit = found.unit.public_id
        entry.note(number=version.number, returned=len(back), accepted=len(codes) - len(back))
    return version


def _reasoned(back: Mapping[str, str], codes: list[str]) -> None:
    problems = []
    for code, reasons in back.items():
        if code not in codes:
            problems.append(Problem("", _("有一条已经不在这一稿里：刷新后再看。")))
        elif not reasons:
            problems.append(Problem(f"r-{code}", _("退回的每一条都要写理由：交的人会看到这段话。")))
        elif len(reasons) > LONGEST:
            problems.append(Problem(f"r-{code}", _("最多 %(n)s 字。") % {"n": LONGEST}))
    if problems:
        raise Invalid(*problems)


def _settle(
    entry: OpenEntry, found: Standing, version: PlanVersion, back: Mapping[str, str], settled: bool, by: Actor
) -> None:
    """Write the version's state; approving it puts it in force and asks the plans below what changed."""
    old = found.in_force
    version.decided_by, version.decided_on = by.id, clock.today()
    where = found.submission.waits_at_id if found.submission is not None else version.waits_at_id
    version.decided_at_id = where or found.line[0]
    if back:
        version.state = State.RETURNED
    elif settled:
        if old is not None:
            PlanVersion.objects.filter(pk=old.pk).update(state=State.SUPERSEDED)
        version.state = State.APPROVED
    version.save(update_fields=["state", "decided_by", "decided_on", "decided_at"])
    if version.state == State.APPROVED and old is not None:
        ask_below(entry, version, old)
