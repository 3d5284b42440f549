"""What happened to one duty, newest first: issued, handed in, judged, moved, decided; late entries say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.campaigns.models import Decision, Duty, DutyEvent, DutyEvidence, Review, State, Submission
from zhengyou.campaigns.views import words
from zhengyou.journal.models import Entry
from zhengyou.org.models import Closure, Person

LONGEST = 100
"""Most events, papers and verdicts shown of one duty; hardly any has a tenth of them."""


@dataclass
class Paper:
    """One handing-in as it is read: who, when, what; `evidence` are {name, url, note}; `late` in words."""

    pk: int
    number: int
    who: str
    at: datetime
    late: str
    nothing: bool
    done: str
    changed: str
    objection: str
    evidence: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Happened:
    """One line of the history."""

    order: tuple[int, int]
    at: datetime | date
    text: str
    late: str = ""
    quote: str = ""
    submission: Paper | None = None


@dataclass
class History:
    """All lines of a duty, newest first, with its papers (newest first) and verdicts (newest first), and the evidence linked."""

    lines: list[Happened]
    papers: list[Paper]
    submissions: list[Submission]
    reviews: list[Review]
    names: dict[str, str]
    links: list[DutyEvidence] = field(default_factory=list)


def paper(submission: Submission, who: str, evidence: list[dict[str, str]]) -> Paper:
    """A submission as it is read."""
    days = (submission.day - submission.due_on).days
    late = ngettext("晚交 %(n)s 天", "晚交 %(n)s 天", days) % {"n": days} if days > 0 else ""
    return Paper(
        submission.pk,
        submission.number,
        who,
        submission.at,
        late,
        submission.nothing,
        submission.done,
        submission.changed,
        submission.objection,
        evidence,
    )


def linked(duty: Duty) -> list[DutyEvidence]:
    """The evidence linked to a duty now; no query where its page has seen that there is none."""
    if not getattr(duty, "has_evidence", True):
        return []
    rows = DutyEvidence.objects.filter(duty=duty, dropped=None).select_related("evidence").order_by("pk")
    return list(rows[:LONGEST])


def piece(link: DutyEvidence) -> dict[str, str]:
    """One linked piece of evidence as it is read."""
    return {
        "name": link.evidence.name or link.evidence.text,
        "url": reverse("duty_file", args=[link.duty_id, link.pk]) if link.evidence.sha256 else "",
        "note": words.evidence_note(link.evidence),
    }


def read(duty: Duty, me: str) -> History:
    """The whole history of a duty as the person `me` reads it; two queries, and one for evidence where there is any.

    Nothing happened to a duty of version 0: then none is asked.
    """
    submissions, reviews = _papers(duty) if duty.version else ([], [])
    events = _events(duty) if duty.version else []
    names = words.people_known({e.entry.actor: e.actor_name for e in events})  # type: ignore[attr-defined]
    moves = {e.to_unit_id for e in events if e.kind == "move"}
    units = words.unit_names(moves) if moves else {}
    links = linked(duty)
    evidence = [piece(link) for link in links]
    own = {s.entry_id for s in submissions} | {r.entry_id for r in reviews}

    def name(actor: str) -> str:
        return _("您") if actor == me else names.get(actor, _("系统"))

    papers = [
        paper(s, name(s.by.public_id) if s.by else _("系统"), evidence if n == 0 else [])
        for n, s in enumerate(submissions)
    ]
    lines = [
        Happened(
            (s.entry_id, 1), s.at, _("%(who)s交了第 %(n)s 稿") % {"who": p.who, "n": s.number}, p.late, "", p
        )
        for s, p in zip(submissions, papers, strict=True)
    ]
    for review in reviews:
        who = name(review.by.public_id) if review.by else _("系统")
        text = (
            _("%(who)s通过了第 %(n)s 稿")
            if review.verdict == Review.Verdict.ACCEPTED
            else _("%(who)s退回了第 %(n)s 稿")
        )
        lines.append(
            Happened(
                (review.entry_id, 2),
                review.at,
                text % {"who": who, "n": review.submission.number},
                quote=review.reasons,
            )
        )
    for event in events:
        if event.entry_id in own and event.kind != "move":
            continue
        entry = event.entry
        lines.append(
            Happened(
                (event.entry_id, event.step),
                moment(entry) if entry.day == event.day else event.day,
                _event_text(event, name(entry.actor), units, entry.verb),
                _entered_late(event.day, entry.day),
            )
        )
    issued = _("系统按「%(task)s」派出") % {"task": words.label(duty.slot.task)}
    if duty.first_state == "exempt":
        issued = _("截止前不久才加入，这一件免办")
    lines.append(Happened((duty.entry_id, 0), duty.issued_on, issued))
    lines.sort(key=lambda line: line.order, reverse=True)
    return History(lines, papers, submissions, reviews, names, links)


def _papers(duty: Duty) -> tuple[list[Submission], list[Review]]:
    """Papers and verdicts, both newest first; one query: a paper stands once for each of its verdicts."""
    rows = duty.submissions.annotate(verdict=FilteredRelation("reviews"))
    rows = rows.select_related("by", "waits_at", "verdict__by")  # type: ignore[misc]
    rows = rows.order_by("-number", "-verdict__pk")
    papers: dict[int, Submission] = {}
    reviews = []
    for row in rows[:LONGEST]:
        paper = papers.setdefault(row.pk, row)
        verdict = getattr(row, "verdict", None)
        if verdict is not None:
            verdict.submission = paper
            reviews.append(verdict)
    return list(papers.values()), sorted(reviews, key=lambda review: -review.pk)


def _events(duty: Duty) -> list[DutyEvent]:
    """Events, newest first, with their entries and the names of who acted (`actor_name`); one query."""
    who = Person.objects.filter(public_id=OuterRef("entry__actor")).values("name")[:1]
    found = DutyEvent.objects.filter(duty=duty).select_related("entry").annotate(actor_name=Subquery(who))
    return list(found.order_by("-entry_id", "-step")[:LONGEST])


def decision_behind(duty: Duty) -> Decision | None:
    """The decision in force that made the duty exempt or void: for the one who owes, a unit above, or everybody."""
    kind = Decision.Kind.EXEMPT if duty.state == State.EXEMPT else Decision.Kind.VOID
    line = Closure.objects.filter(descendant=duty.unit_id).values("ancestor")
    scope = Q(member=None, unit=None) | Q(member=None, unit__in=line, below=True)
    if duty.member_id is not None:
        scope |= Q(member=duty.member_id)
    else:
        scope |= Q(member=None, unit=duty.subject_unit_id)
    return Decision.objects.filter(scope, slot=duty.slot_id, kind=kind, dropped=None).order_by("-pk").first()


def moment(entry: Entry) -> datetime:
    """An entry's business day with the machine's time of day: in a demo the two differ by years."""
    at = timezone.localtime(entry.at)
    return at.replace(year=entry.day.year, month=entry.day.month, day=entry.day.day)


def _entered_late(day: date, entered: date) -> str:
    days = (entered - day).days
    return ngettext("补录，晚 %(n)s 天", "补录，晚 %(n)s 天", days) % {"n": days} if days > 0 else ""


def _event_text(event: DutyEvent, who: str, units: dict[int, str], verb: str = "") -> str:
    if event.to_state == "void" and verb == "campaign.amended":
        return _("方案修订，这一件不再要办")
    if event.kind == "move" and event.cause == "carry":
        return _("原单位撤销，转交给「%(unit)s」，期限不变") % {"unit": units.get(event.to_unit_id, "—")}
    if event.kind == "move":
        return _("随人转到「%(unit)s」") % {"unit": units.get(event.to_unit_id, "—")}
    if event.to_due_on != event.from_due_on and event.from_state == event.to_state:
        text = _("%(who)s把期限从 %(old)s 改到 %(new)s")
        return text % {"who": who, "old": words.day(event.from_due_on), "new": words.day(event.to_due_on)}
    found = {
        ("due", "exempt"): _("%(who)s决定免办"),
        ("returned", "exempt"): _("%(who)s决定免办"),
        ("exempt", "due"): _("免办收回，又要办了"),
        ("submitted", "due"): _("%(who)s撤回了交上去的这一稿"),
        ("submitted", "returned"): _("%(who)s撤回了交上去的这一稿"),
        ("void", "due"): _("作废收回，又要办了"),
        ("void", "exempt"): _("作废收回，仍然免办"),
        ("due", "accepted"): _("%(who)s记为已通过"),
        ("submitted", "accepted"): _("%(who)s通过"),
    }.get((event.from_state, event.to_state))
    if found is None and event.to_state == "void":
        found = {
            "decision": _("%(who)s作废了这一件"),
            "person": _("单位撤销时%(who)s作废了这一件，理由见单位变动"),
            "closed": _("单位撤销，这一件随单位了结"),
        }.get(event.cause, _("人或单位已不在名册上，这一件作废"))
    return (found or _("状态有变动")) % {"who": who}
