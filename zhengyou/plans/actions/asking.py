"""A clause changed in a plan above: every plan in force below is asked about just that clause, and answers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for
from zhengyou.plans import rules, standing
from zhengyou.plans.models import Clause, ClauseQuestion, Plan, PlanVersion

LONGEST = 1000
State = ClauseQuestion.State
WORDS = ("title", "text", "due_on", "owner", "owner_text", "result", "required")
"""What makes a clause another one."""


def changed(old: PlanVersion, new: PlanVersion) -> list[str]:
    """Keys of clauses that differ between two versions of a plan: other words, new, or gone."""
    before, after = ({c.key: c for c in standing.clauses(v)} for v in (old, new))
    out = [key for key, clause in after.items() if key not in before or _differs(before[key], clause)]
    return out + [key for key in before if key not in after]


def _differs(a: Clause, b: Clause) -> bool:
    return any(getattr(a, name) != getattr(b, name) for name in WORDS)


def ask_below(entry: OpenEntry, new: PlanVersion, old: PlanVersion) -> int:
    """Ask every plan in force below about each clause that changed; an older open question on it is passed over."""
    keys, plans = changed(old, new), standing.below(new.plan, clock.today())
    if not keys or not plans:
        return 0
    pks = [plan.pk for plan in plans]
    for i in range(0, len(pks), 500):
        ClauseQuestion.objects.filter(plan__in=pks[i : i + 500], key__in=keys, state=State.ASKED).update(
            state=State.PASSED, answered_on=clock.today()
        )
    made = [
        ClauseQuestion(plan=plan, key=key, old=old, new=new, asked_on=clock.today(), entry_id=entry.id)
        for plan in plans
        for key in keys
    ]
    ClauseQuestion.objects.bulk_create(made, batch_size=500)
    return len(made)


def keep(question: ClauseQuestion, reason: str, *, by: Actor) -> ClauseQuestion:
    """Keep the own words although the clause above changed; the reason is read by the reviewer of the next version."""
    reason = reason.strip()
    if not reason:
        raise Invalid(Problem("reason", _("写上为什么不用改：审核的人会看到。")))
    if len(reason) > LONGEST:
        raise Invalid(Problem("reason", _("最多 %(n)s 字。") % {"n": LONGEST}))
    with record(
        "plan.clause_kept", by=by, subject=f"planquestion:{question.public_id}", reason=reason
    ) as entry:
        question = ClauseQuestion.objects.select_related("plan__campaign", "plan__unit").get(pk=question.pk)
        plan = question.plan
        found = standing.of(plan.campaign, plan.unit, clock.today())
        insist(rules.may_answer_question(authority_for(by), found, question))
        question.state, question.reason, question.by = State.KEPT, reason, by.id
        question.answered_on = clock.today()
        question.save(update_fields=["state", "reason", "by", "answered_on"])
        entry.row.unit = plan.unit.public_id
    return question


def taken_over(entry: OpenEntry, plan: Plan | None, version: PlanVersion, by: Actor) -> int:
    """A version handed in answers the open questions on the clauses that it changed or took up.

    What only an earlier one answered that never came into force is asked again first: it counts where this one says it too.
    """
    if plan is None:
        return 0
    live = (PlanVersion.State.APPROVED, PlanVersion.State.SUPERSEDED)
    for old in (
        PlanVersion.objects.filter(plan=plan, answers__state=State.TAKEN).exclude(state__in=live).distinct()
    ):
        ask_again(old)
    open_ones = list(ClauseQuestion.objects.filter(plan=plan, state=State.ASKED)[:500])
    if not open_ones:
        return 0
    before = PlanVersion.objects.filter(plan=plan, state=PlanVersion.State.APPROVED).first()
    touched = set(changed(before, version)) if before is not None else {q.key for q in open_ones}
    pks = [question.pk for question in open_ones if question.key in touched]
    return ClauseQuestion.objects.filter(pk__in=pks).update(
        state=State.TAKEN, by=by.id, answered_on=clock.today(), answer=version
    )


def ask_again(version: PlanVersion) -> int:
    """Ask anew what a version answered that is taken back; passed over where the clause changed once more since."""
    answered = list(ClauseQuestion.objects.filter(answer=version, state=State.TAKEN))
    later = ClauseQuestion.objects.filter(plan=version.plan_id, key__in={q.key for q in answered})
    newest = {question.key: question.pk for question in later.order_by("pk")}
    for question in answered:
        last = newest[question.key] == question.pk
        question.state, question.by, question.answer = State.ASKED if last else State.PASSED, "", None
        question.answered_on = None if last else clock.today()
    ClauseQuestion.objects.bulk_update(answered, ["state", "by", "answer", "answered_on"], batch_size=500)
    return len(answered)
