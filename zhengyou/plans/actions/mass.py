"""Set-based forms for a played story: a day's plans of any number of units in one entry, by few statements.

No rule is asked, for nobody is there to be refused; but nothing comes about that the rules would not allow: without a plan
above nothing is handed in, and nothing is approved before the plan right above is in force. What had to wait is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhengyou.campaigns.actions import papers
from zhengyou.campaigns.actions.judging import digest_of
from zhengyou.campaigns.models import OPEN, Duty, Submission, Task, WorkItem
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.org.models import Person
from zhengyou.plans import checking, comparing
from zhengyou.plans.models import Clause, ClauseQuestion, ClauseVerdict, Plan, PlanVersion

State = PlanVersion.State
Write = Callable[[Duty, str, Sequence[Clause], Sequence[WorkItem]], dict[str, Any]]
"""What a unit's plan says: its duty, its name, the clauses above and the work plan, to a body as `checking` knows it."""
COPIED = ("title", "document_no", "theme", "grounds", "aims", "organisation", "safeguards")


@dataclass
class DayOfPlans:
    """What happens to plans on one day, as duty ids: handed in, approved, returned (one reason for each clause returned)."""

    hand_in: Sequence[int] = ()
    write: Write | None = None
    accept: Sequence[int] = ()
    give_back: Mapping[int, Sequence[str]] = field(default_factory=dict)


class _Books:
    """What one day reads once for all units: reviewers, versions in force with their clauses, work items, persons."""

    def __init__(self, campaign: int) -> None:
        self.campaign = campaign
        self.people = Reviewers(clock.today())
        found = (
            PlanVersion.objects.filter(plan__campaign=campaign)
            .select_related("plan")
            .order_by("plan", "number")
        )
        self.newest: dict[int, PlanVersion] = {}
        self.force: dict[int, PlanVersion] = {}
        for version in found:
            self.newest[version.plan.unit_id] = version
            if version.state == State.APPROVED:
                self.force[version.plan.unit_id] = version
        kept = {v.pk for v in (*self.newest.values(), *self.force.values())}
        self.clauses: dict[int, list[Clause]] = {pk: [] for pk in kept}
        for clause in Clause.objects.filter(version__plan__campaign=campaign).select_related("work_item"):
            if clause.version_id in kept:
                self.clauses[clause.version_id].append(clause)
        self.plans = {plan.unit_id: plan for plan in Plan.objects.filter(campaign=campaign)}
        self.items: dict[int, list[WorkItem]] = {}
        for item in WorkItem.objects.filter(dropped=None).order_by("pk"):
            self.items.setdefault(item.unit_id, []).append(item)
        holders = {pk for held in self.people.holders.values() for pk in held}
        self.public = dict(Person.objects.filter(pk__in=holders).values_list("pk", "public_id"))

    def basis(self, unit: int) -> PlanVersion | None:
        """The nearest plan in force above a unit."""
        return next((self.force[at] for at in self.people.line(unit)[1:] if at in self.force), None)

    def ready(self, unit: int) -> bool:
        """Whether the plan right above is in force, or that unit owes none."""
        above = self.people.parent.get(unit)
        return above is None or above in self.force or (above != self.people.root and above not in self.owing)

    @property
    def owing(self) -> set[int]:
        """Units that owe a plan."""
        if not hasattr(self, "_owing"):
            asked = Duty.objects.filter(slot__task__campaign=self.campaign, slot__task__form="plan")
            self._owing = set(
                asked.exclude(state__in=("void", "exempt")).values_list("subject_unit", flat=True)
            )
        return self._owing

    def author(self, unit: int) -> int | None:
        """Who hands in for a unit: its first holder of a reviewing post, else the next above."""
        return next((pk for at in self.people.line(unit) for pk in self.people.holders.get(at, {})), None)


def play(day: DayOfPlans, campaign: int, *, by: Actor) -> list[int]:
    """Play a day (the clock's) in one entry: verdicts on what waits, then hand-ins. Returns duties that had to wait."""
    with record("plans.day_played", by=by) as entry:
        books, left = _Books(campaign), []
        wanted: dict[int, Sequence[str]] = {**dict.fromkeys(day.accept, ()), **day.give_back}
        order = papers.waiting_of(wanted)
        depth = {s.pk: len(books.people.line(s.duty.unit_id)) for s in order}
        given, moved, verdicts = [], [], []
        for submission in sorted(
            order, key=lambda s: (depth[s.pk], s.pk)
        ):  # from the top down: one may wait for the other
            duty, reasons = submission.duty, wanted[submission.duty_id]
            version = books.newest.get(duty.subject_unit_id or 0)
            authors = [submission.by_id] if submission.by_id else []
            able = books.people.able(Desk(submission.waits_at_id or 0, submission.waits_for), authors)
            if version is None or version.state != State.SUBMITTED or not able:
                continue
            if not reasons and not books.ready(duty.unit_id):
                left.append(duty.pk)
                continue
            back = _back(books, version, reasons)
            words = "\n".join(f"{title} · {text}" for title, text in back.values())
            given.append(papers.Judgement(submission, able[0], words))
            actor = books.public.get(able[0], by.id)
            verdicts += _verdicts(books, version, back, actor, entry.id)
            version.decided_by, version.decided_on = actor, clock.today()
            version.decided_at_id = submission.waits_at_id
            version.state = State.RETURNED if back else State.APPROVED
            moved.append(version)
            if not back:
                books.force[version.plan.unit_id] = version
        papers.judge(entry, given, books.people)
        _again_waiting(moved)
        PlanVersion.objects.bulk_update(
            moved, ["state", "decided_by", "decided_on", "decided_at"], batch_size=200
        )
        ClauseVerdict.objects.filter(version__in=[v.pk for v in moved]).delete()
        ClauseVerdict.objects.bulk_create(verdicts, batch_size=500)
        laid, waited = _hand_in(entry.id, books, day)
        papers.lay(entry, laid, books.people)
        left += waited
        entry.note(judged=len(moved), handed_in=len(laid), ids=digest_of([*day.hand_in, *wanted]))
    return left


def _back(books: _Books, version: PlanVersion, reasons: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Which clauses go back, with title and reason: those that differ first, else from the top."""
    pairs = comparing.compare(books.clauses.get(version.basis_id or 0, []), books.clauses[version.pk]).pairs
    order = sorted((p for p in pairs if p.ours is not None), key=lambda p: p.kind == "same")
    return {
        pair.code: (pair.ours.title if pair.ours else "", text)
        for pair, text in zip(order, reasons, strict=False)
    }


def _verdicts(
    books: _Books, version: PlanVersion, back: Mapping[str, tuple[str, str]], actor: str, entry: int
) -> list[ClauseVerdict]:
    return [
        ClauseVerdict(
            version=version,
            code=clause.code,
            accepted=clause.code not in back,
            reasons=back.get(clause.code, ("", ""))[1],
            by=actor,
            day=clock.today(),
            entry_id=entry,
        )
        for clause in books.clauses[version.pk]
    ]


def _again_waiting(moved: Sequence[PlanVersion]) -> None:
    """What was passed on to another tier is not in force yet."""
    duties = [v.duty_id for v in moved if v.state == State.APPROVED]
    waits = Submission.objects.filter(duty__in=duties, state=Submission.State.WAITING)
    still = set(waits.values_list("duty", flat=True))
    for version in moved:
        if version.duty_id in still and version.state == State.APPROVED:
            version.state = State.SUBMITTED


def _hand_in(entry: int, books: _Books, day: DayOfPlans) -> tuple[list[papers.Paper], list[int]]:
    """Write the versions of all units that hand in today, and the papers to be laid for them."""
    ready: list[Duty] = []
    left: list[Duty] = []
    for duty in papers.duties(day.hand_in):
        if duty.state in OPEN and duty.subject_unit_id:
            (ready if books.basis(duty.unit_id) is not None else left).append(duty)
    new = [
        Plan(campaign_id=books.campaign, unit_id=d.subject_unit_id or 0, entry_id=entry)
        for d in ready
        if d.subject_unit_id not in books.plans
    ]
    Plan.objects.bulk_create(new)
    books.plans |= {plan.unit_id: plan for plan in new}
    tasks = dict(Task.objects.filter(campaign=books.campaign).values_list("code", "zh"))
    bodies = {duty.pk: _body(books, duty, day.write, tasks) for duty in ready}
    versions = []
    for duty in ready:
        unit = duty.subject_unit_id or 0
        author, newest = books.author(duty.unit_id), books.newest.get(unit)
        versions.append(
            PlanVersion(
                plan=books.plans[unit],
                number=newest.number + 1 if newest else 1,
                basis=books.basis(duty.unit_id),
                duty=duty,
                by=books.public.get(author or 0, "system:story"),
                day=clock.today(),
                at=clock.now(),
                entry_id=entry,
                **bodies[duty.pk].fields,
            )
        )
    PlanVersion.objects.bulk_create(versions)
    clauses = []
    for version in versions:
        for clause in bodies[version.duty_id or 0].clauses:
            clause.version = version
            clauses.append(clause)
    Clause.objects.bulk_create(clauses, batch_size=500)
    laid = [
        papers.Paper(d, books.author(d.unit_id), paper=f"plan:{v.pk}")
        for d, v in zip(ready, versions, strict=True)
    ]
    return laid, [duty.pk for duty in left]


def _body(books: _Books, duty: Duty, write: Write | None, tasks: Mapping[str, str]) -> checking.Checked:
    """The unit's words: written anew by the story, or the version that came back with what it says once more."""
    unit = duty.subject_unit_id or 0
    basis, newest = books.basis(duty.unit_id), books.newest.get(unit)
    above = books.clauses[basis.pk] if basis is not None else []
    items = [item for at in books.people.line(duty.unit_id) for item in books.items.get(at, [])]
    if newest is not None:
        last = {name: getattr(newest, name) for name in COPIED}
        body = checking.starting("", [], last, books.clauses[newest.pk])
    elif write is not None:
        body = write(duty, books.people.names.get(unit, ""), above, items)
    else:
        body = checking.starting(books.people.names.get(unit, ""), above)
    known = {row["follows"] for row in body["clauses"]}
    found, _problems = checking.check(
        body,
        top=False,
        basis=above,
        known=known,
        people={},
        items={item.public_id: item for item in items},
        tasks=tasks,
    )
    return found


def answer(
    campaign: int, keep: Mapping[int, str], take: Sequence[int], *, by: Actor, approve: bool = True
) -> dict[str, int]:
    """Answer questions about a changed clause, by id: kept with a reason, or taken over by an amended version, which is
    approved at once or (`approve` false) waits with the unit above. One entry.
    """
    with record("plans.clause_answered", by=by) as entry:
        books = _Books(campaign)
        found = ClauseQuestion.objects.select_related("plan", "new").filter(
            pk__in=[*keep, *take], state=ClauseQuestion.State.ASKED
        )
        questions = list(found.order_by("pk"))
        changed: dict[int, dict[str, Clause | None]] = {}
        for question in questions:
            unit = question.plan.unit_id
            question.answered_on = clock.today()
            question.by = books.public.get(books.author(unit) or 0, by.id)
            if question.pk in keep:
                question.state, question.reason = ClauseQuestion.State.KEPT, keep[question.pk]
                continue
            question.state = ClauseQuestion.State.TAKEN
            new = books.clauses.get(question.new_id, [])
            changed.setdefault(unit, {})[question.key] = next((c for c in new if c.key == question.key), None)
        made = _amended(entry.id, books, changed, approve, by)
        answers = {version.plan_id: version for version in made}
        for question in questions:
            if question.state == ClauseQuestion.State.TAKEN:
                question.answer = answers.get(question.plan_id)
        ClauseQuestion.objects.bulk_update(
            questions, ["state", "reason", "by", "answered_on", "answer"], batch_size=500
        )
        done = {"kept": sum(1 for q in questions if q.pk in keep), "taken": len(made)}
        entry.note(**done)
    return done


def _amended(
    entry: int, books: _Books, changed: Mapping[int, Mapping[str, Clause | None]], approve: bool, by: Actor
) -> list[PlanVersion]:
    """The next version of each of these units, only the named clauses changed."""
    made, clauses, old = [], [], []
    for unit, keys in changed.items():
        before = books.force.get(unit)
        if before is None or books.newest[unit].state == State.SUBMITTED:
            continue
        author = books.author(unit)
        desk = books.people.desk("parent", unit, of_unit=True, authors=[author] if author else [])
        judge = next(iter(books.people.able(desk, [author] if author else [])), None)
        version = PlanVersion(
            plan=before.plan,
            number=books.newest[unit].number + 1,
            basis=books.basis(unit),
            by=books.public.get(author or 0, by.id),
            day=clock.today(),
            at=clock.now(),
            entry_id=entry,
            waits_at_id=desk.unit,
            waits_for=desk.post,
            waits_since=clock.today(),
            **{name: getattr(before, name) for name in COPIED},
        )
        if approve and judge is not None:
            version.state, version.decided_by = State.APPROVED, books.public.get(judge, by.id)
            version.decided_on, version.decided_at_id = clock.today(), desk.unit
            old.append(before.pk)
        made.append(version)
        for clause in books.clauses[before.pk]:
            if clause.key in keys and keys[clause.key] is None:
                continue
            above = keys.get(clause.key)
            clause.pk, clause.version = None, version
            if above is not None:
                clause.title, clause.text, clause.result = above.title, above.text, above.result
            clauses.append(clause)
    PlanVersion.objects.filter(pk__in=old).update(state=State.SUPERSEDED)
    PlanVersion.objects.bulk_create(made)
    for clause in clauses:
        clause.version_id = clause.version.pk
    Clause.objects.bulk_create(clauses, batch_size=500)
    return made
