"""One duty as a person may see it: facts, state, papers, history, and what may be done, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhengyou.campaigns import rooms, rules
from zhengyou.campaigns.models import (
    OPEN,
    DateMove,
    Decision,
    Duty,
    DutyEvidence,
    Review,
    State,
    Submission,
    Task,
)
from zhengyou.campaigns.reviewers import Desk, Reviewers
from zhengyou.campaigns.views import history, moved, words
from zhengyou.kit import clock
from zhengyou.kit.verdict import Verdict
from zhengyou.org.current import language
from zhengyou.org.models import Person


def fetch(request: HttpRequest, pk: int) -> Duty:
    """The duty, or 404 where there is none or the reader may not know of it."""
    seen = Duty.objects.seen_by(request.authority).filter(pk=pk)  # type: ignore[attr-defined]
    seen = seen.annotate(
        was_moved=Exists(DateMove.objects.filter(slot=OuterRef("slot"))),
        has_evidence=Exists(DutyEvidence.objects.filter(duty=OuterRef("pk"), dropped=None)),
    )
    found = seen.select_related("slot__task__programme", "member", "subject_unit", "unit").first()
    if found is None:
        raise Http404
    return found


def address(name: str, *args: Any) -> str:
    """A door of another room, or the front page where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return "/"


@dataclass
class Page:
    """What the templates show of one duty; every property is worked out once."""

    request: HttpRequest
    duty: Duty
    decisions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def me(self) -> Person:
        """The reader."""
        return self.request.me  # type: ignore[attr-defined]

    @property
    def task(self) -> Task:
        """The task behind it."""
        return self.duty.slot.task

    @cached_property
    def title(self) -> str:
        """Task and period."""
        return words.title(self.duty)

    @cached_property
    def mine(self) -> bool:
        """Whether the reader is the one who owes it, in person or for the unit."""
        authority = self.request.authority  # type: ignore[attr-defined]
        return bool(rules.may_answer_for(authority, self.duty, self.reviewers))

    def name_of(self, unit: int | None) -> str:
        """A unit's name today: read with the line above the duty's unit, else looked up; "" where it has none."""
        known = self.reviewers.names
        return known[unit] if unit in known else words.unit_names([unit]).get(unit or 0, "")

    @cached_property
    def unit_name(self) -> str:
        """The unit charged with it."""
        return self.name_of(self.duty.unit_id)

    @cached_property
    def subject(self) -> str:
        """Whose it is: the member's or the unit's name."""
        if self.duty.member is not None:
            return self.duty.member.name
        return self.name_of(self.duty.subject_unit_id) or self.unit_name

    @cached_property
    def whose(self) -> str:
        """Whose it is, unless it is the reader's own as a member."""
        if self.duty.member_id is not None:
            return "" if self.duty.member_id == self.me.pk else f"{self.subject} · {self.unit_name}"
        return self.subject

    @property
    def status(self) -> str:
        """The state, as the status part knows it."""
        return self.duty.state

    @property
    def open(self) -> bool:
        """Whether it is still to be handed in."""
        return self.duty.state in OPEN

    @property
    def late(self) -> int:
        """Days past the current deadline, 0 while it is not late or does not wait for its author."""
        shut = self.duty.slot.closed_on <= clock.today()
        return max((clock.today() - self.duty.due_on).days, 0) if self.open and not shut else 0

    @property
    def moved(self) -> bool:
        """Whether the deadline differs from the original one."""
        return self.duty.due_on != self.original

    @cached_property
    def moves(self) -> list[DateMove]:
        """Moves of the whole period's date, newest first."""
        if not getattr(self.duty, "was_moved", True):
            return []
        return list(DateMove.objects.filter(slot=self.duty.slot_id).order_by("-pk")[:20])

    @property
    def original(self) -> date:
        """The date before any move."""
        return self.moves[-1].old_on if self.moves else self.duty.slot.due_on

    @property
    def moved_lines(self) -> list[str]:
        """Each move with its day and reason."""
        return moved.lines(self.moves)

    @property
    def minutes(self) -> int | None:
        """Minutes of the work."""
        return self.task.minutes

    @cached_property
    def note(self) -> str:
        """What the pack says beside the task: advice and note, in the reader's language."""
        about = self.task.about or {}
        texts = [about.get(name) for name in ("note", "advice")]
        english = language() == "en"
        found = [
            (t.get("en" if english else "zh") or t.get("zh", "")) if isinstance(t, dict) else t
            for t in texts
            if t
        ]
        return _("；").join(str(t) for t in found if t)

    @cached_property
    def reviewers(self) -> Reviewers:
        """The reviewers of today above the charged unit."""
        units = {self.duty.unit_id, self.duty.subject_unit_id or self.duty.unit_id}
        found = Reviewers(clock.today(), units)
        self.request.authority.know(self.duty.unit_id, found.line(self.duty.unit_id))  # type: ignore[attr-defined]
        return found

    @cached_property
    def desk(self) -> Desk | None:
        """Where it waits, or would wait if the reader handed it in now; None where nobody reviews."""
        if self.waiting_paper is not None and self.waiting_paper.waits_at_id:
            return Desk(self.waiting_paper.waits_at_id, self.waiting_paper.waits_for)
        if self.task.review_mode == "none":
            return None
        of_unit = self.duty.member_id is None
        at = self.duty.subject_unit_id or self.duty.unit_id
        by = [self.duty.member_id or self.me.pk]
        return self.reviewers.first(list(self.task.review), 0, at, of_unit=of_unit, authors=by)[1]

    @cached_property
    def reviewer(self) -> str:
        """Who checks it, in words: unit, post and name; or that the post is vacant."""
        if self.desk is None:
            return ""
        authors = [self.duty.member_id or 0]
        able = self.reviewers.able(self.desk, authors)
        unit = self.name_of(self.desk.unit)
        if not able:
            return _("%(unit)s（负责人空缺）") % {"unit": unit}
        posts = self.reviewers.holders.get(self.desk.unit, {}).get(able[0], set())
        post = self.desk.post or next(iter(sorted(posts)), "")
        name = self.reviewers.people.get(able[0], "")
        values = {"post": words.organisation_label(post), "name": name, "unit": unit}
        if self.desk.unit == self.duty.unit_id:
            return pgettext("reviewer", "%(post)s%(name)s") % values
        return _("%(unit)s%(post)s%(name)s") % values

    @cached_property
    def checked_by(self) -> str:
        """One of the four facts: who checks."""
        days = self.task.return_days
        if self.desk is None or self.task.review_mode == "none":
            text = ngettext(
                "不用审核，交了就算办完；%(n)s 天内可能请您补充",
                "不用审核，交了就算办完；%(n)s 天内可能请您补充",
                days,
            )
            return text % {"n": days}
        if self.task.review_mode == "sample":
            return _("抽查：抽到的由%(who)s审核") % {"who": self.reviewer}
        return _("由%(who)s审核") % {"who": self.reviewer}

    @cached_property
    def seen_by(self) -> str:
        """One of the four facts: who sees what, in one line."""
        if self.duty.member_id is None:
            return _("本单位负责人和审核的人能看到全文；其他人只看到办没办完的数字。")
        return _("您和本单位负责人、审核的人能看到全文；其他人只看到单位的数字。")

    @cached_property
    def story(self) -> history.History:
        """Everything that happened to it."""
        return history.read(self.duty, self.me.actor.id)

    @property
    def lines(self) -> list[history.Happened]:
        """Lines of the history, newest first."""
        return self.story.lines

    @cached_property
    def newest(self) -> Submission | None:
        """The newest paper as stored; a form that is sent is not shown the whole story for it."""
        if self.request.method == "POST" and "story" not in vars(self):
            return self.duty.submissions.select_related("by", "waits_at").order_by("-number").first()
        return self.story.submissions[0] if self.story.submissions else None

    @property
    def waiting_paper(self) -> Submission | None:
        """The paper that waits for review, if one does."""
        newest = self.newest
        return newest if newest is not None and newest.state == Submission.State.WAITING else None

    @property
    def submission(self) -> history.Paper | None:
        """The newest paper as it is read."""
        return self.story.papers[0] if self.story.papers else None

    @cached_property
    def waiting(self) -> str:
        """For whom it waits since when."""
        paper = self.waiting_paper
        if paper is None or not self.reviewer:
            return _("交了，没有人要审核")
        since = words.day(paper.waits_since or paper.day)
        return _("从 %(day)s起等%(who)s审核") % {"day": since, "who": self.reviewer}

    @cached_property
    def returned(self) -> dict[str, Any] | None:
        """The newest return: who, when, why, old and new date."""
        for review in self.story.reviews:
            if review.verdict == Review.Verdict.RETURNED:
                return {
                    "who": review.by.name if review.by else _("系统"),
                    "at": review.at,
                    "reasons": review.reasons,
                    "old": review.old_due_on or self.duty.slot.due_on,
                    "new": review.new_due_on or self.duty.due_on,
                }
        return None

    @cached_property
    def returned_text(self) -> str:
        """Which date holds after the newest return; the old one beside it where it moved."""
        if self.returned is None:
            return ""
        old, new = self.returned["old"], self.returned["new"]
        if old == new:
            return _("期限没有变，还是 %(day)s前。理由里没提到的地方不用动。") % {"day": words.full(new)}
        text = _("期限从 %(old)s 改到 %(new)s。理由里没提到的地方不用动。")
        return text % {"old": words.full(old), "new": words.full(new)}

    @cached_property
    def decision(self) -> Decision | None:
        """The decision that made it exempt or void, if one did."""
        if self.duty.state not in (State.EXEMPT, State.VOID) or self.duty.cause != "decision":
            return None
        found = history.decision_behind(self.duty)
        if found is not None:  # at hand: not to be read again
            found.slot = self.duty.slot
            if found.member_id is not None:
                found.member = self.duty.member
        return found

    @cached_property
    def take_back(self) -> dict[str, Any] | None:
        """Taking the decision back: its label with its reach, and whether the reader may; None where there is none."""
        if self.decision is None or not self.request.authority.may("exempt", self.duty.unit_id):  # type: ignore[attr-defined]
            return None
        wide = self.decision.member_id is None and (self.decision.below or self.decision.unit_id is None)
        return {
            "label": _("收回对整个范围的决定") if wide else _("收回这个决定"),
            "verdict": rules.may_take_back(self.request.authority, self.decision, self.duty),  # type: ignore[attr-defined]
        }

    @cached_property
    def accepted_text(self) -> str:
        """How it came to be accepted."""
        review = next((r for r in self.story.reviews if r.verdict == Review.Verdict.ACCEPTED), None)
        if review is not None and review.by is not None:
            return _("%(who)s %(day)s通过。") % {"who": review.by.name, "day": words.day(review.day)}
        return _("交了就算办完，没有要审核的。")

    @cached_property
    def decision_text(self) -> str:
        """Why it is exempt or void, as far as the reader may know: reason, words, day."""
        if self.duty.state == State.EXEMPT and self.duty.cause == "joiner":
            return _("您加入时离截止已经很近，按规则这一件免办。")
        found = self.decision
        if found is None:
            return _("按名册自动处理。")
        reads = rules.may_read_reason(self.request.authority, found, self.duty)  # type: ignore[attr-defined]
        text = found.text if reads else ""
        parts = [words.organisation_label(found.reason), text, words.day(found.day)]
        return " · ".join(part for part in parts if part)

    @cached_property
    def may_hand_in(self) -> Verdict:
        """Whether the reader may hand it in by a short report, with the reason if not."""
        may = rules.may_hand_in(self.request.authority, self.duty, self.reviewers)  # type: ignore[attr-defined]
        return may and rooms.may_report(self.task.form)

    @property
    def room(self) -> str:
        """The address at which a room of its own takes it in; "" where the short report serves."""
        return rooms.door(self.task.form, self.duty.pk)

    @cached_property
    def withdraw(self) -> bool:
        """Whether taking back is on offer at all here: the reader's own short report in review."""
        paper = self.waiting_paper
        return self.mine and self.duty.state == State.SUBMITTED and not (paper and paper.paper)

    @cached_property
    def withdraw_verdict(self) -> Verdict:
        """Whether it may be taken back now."""
        return rules.may_withdraw(self.request.authority, self.duty, self.reviewers)  # type: ignore[attr-defined]

    @property
    def withdraw_label(self) -> str:
        """Label of taking back."""
        return _("撤回来改")

    @cached_property
    def review_url(self) -> str:
        """The review page, for who may review it now."""
        paper, authority = self.waiting_paper, self.request.authority  # type: ignore[attr-defined]
        if paper is not None and paper.paper:
            return ""
        may = rules.may_review(authority, paper, self.reviewers) if paper else self.may_return
        return reverse("review", args=[self.duty.pk]) if may else ""

    @cached_property
    def may_return(self) -> Verdict:
        """Whether the reader may return what was accepted without anybody's review."""
        judged = any(r.verdict == Review.Verdict.ACCEPTED for r in self.story.reviews)
        authority, known = self.request.authority, (self.newest, judged)  # type: ignore[attr-defined]
        return rules.may_return_accepted(authority, self.duty, self.reviewers, known)

    @property
    def review_label(self) -> str:
        """Label of the way to the review page."""
        return _("去审核这一份") if self.waiting_paper else _("看一看，需要就退回")

    @property
    def hand_in_label(self) -> str:
        """Label of the one primary action."""
        if self.duty.state == State.RETURNED:
            return _("改好了，再交")
        if self.task.review_mode == "none" or self.desk is None:
            return _("交上去，就算办完")
        kind = self.reviewers.kinds.get(self.desk.unit, "")
        return _("交给%(unit)s审核") % {"unit": words.organisation_label(self.desk.post or kind)}

    @property
    def back(self) -> str:
        """Where the reader came from: the own desk."""
        return address("desk")

    @property
    def back_label(self) -> str:
        """Words of the way back."""
        return _("待办")
