"""Plays the story into an empty directory: founding, roster import, campaign, and every day up to the set one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from zhengyou import packs
from zhengyou.campaigns import actions
from zhengyou.campaigns.actions import preparing
from zhengyou.campaigns.actions.mass import DayOfStory
from zhengyou.campaigns.models import Campaign, Duty, Slot, Submission
from zhengyou.journal.actions import Actor
from zhengyou.kit import clock
from zhengyou.org import actions as org
from zhengyou.org import current, tree
from zhengyou.org.models import Affiliation, Person, Post, Unit, on
from zhengyou.org.roster import report
from zhengyou.org.roster.actions import changed_since
from zhengyou.org.roster.actions import import_roster as write_roster
from zhengyou.org.roster.command import look
from zhengyou.org.roster.rows import paused_gc
from zhengyou.packs import locations, schedule
from zhengyou.packs.answers import Answers
from zhengyou.packs.check import Checked
from zhengyou.site.following import FOLLOW
from zhengyou.site.story import cast, place, plans, promises, texts, turns, workbook
from zhengyou.site.story.days import SEED, Calendar

Say = Callable[[str], None]
STORY = Actor.system("story")


class Unplayable(ValueError):
    """The pack cannot be played: it has faults, or questions that its demo answers leave open; says which."""


def play(*, pack: str, today: date, say: Say) -> list[dict[str, str]]:
    """Play the story of a bundled pack's id or a pack file up to `today`; returns the cast that one may sign in as.

    The directory must be empty and migrated. Everything goes through the actions, one transaction a day.
    """
    path = locations.locate(pack)
    answers = packs.demo_answers(pack) or Answers()
    checked = packs.load(path, answers.values)
    if checked.errors or checked.open or checked.pack is None:
        faults = [str(fault) for fault in checked.errors] + [question.ask.text() for question in checked.open]
        raise Unplayable("; ".join(faults[:3]))
    opened = min((slot.opens_on for plan in schedule.plan(checked) for slot in plan.slots), default=today)
    with clock.playing(min(opened, today) - timedelta(days=40)):
        office = found(packs.load(path), answers, checked.pack.pack.id)
    with clock.playing(min(opened, today) - timedelta(days=20)):
        import_roster(answers, checked.pack.pack.id)
        appoint()
    with clock.playing(min(opened, today)):
        campaign = begin(path, answers, office, opened <= today)
        if opened <= today:
            plans.begin(campaign, by=office.actor)
    if opened <= today:
        with paused_gc():
            live(campaign, opened, today, turns.of(answers.demo, campaign), say)
    return cast.of(campaign, today)


def found(checked: Checked, answers: Answers, pack_id: str) -> Person:
    """Found the organisation by the pack's own part; returns the first person of its office."""
    part = checked.organisation
    if part is None:
        raise Unplayable("no organisation part")
    name = str(answers.demo.get("organisation") or part.name.text() or pack_id)
    root = part.kind(part.root_kind).text()
    done = org.found(part, name, org.Founder("沈若谷", "900001"), by=STORY, pack_id=pack_id, root_name=root)
    for other, number, post in (("顾行舟", "900002", "office"), ("程立夏", "900003", "inspector")):
        person = org.add_person(other, number=number, by=STORY)
        org.appoint(person, done.root, post, by=STORY)
    leader = org.add_person("魏书宁", number="900004", by=STORY)
    for post in ("leader", "secretary"):
        found = part.post(post)
        if found is not None and (found.on is None or part.root_kind in found.on):
            org.appoint(leader, done.root, post, by=STORY)
    return done.person


def import_roster(answers: Answers, pack_id: str) -> None:
    """Write the roster workbook as an office would and import it: units, members, posts in one transaction."""
    part = current.part()
    assert part is not None
    counts = {kind: int(n) for kind, n in dict(answers.demo.get("units") or {}).items()}
    units = place.places(pack_id, part, counts, int(str(answers.demo.get("members") or 200)))
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "roster.xlsx"
        workbook.write(path, units, place.roster(units, part, clock.today()))
        mark, diff = changed_since(), look(path)
        if not diff.clean:
            raise Unplayable("; ".join(error["message"] for error in report.errors(diff)) or "questions")
        write_roster(
            lambda: look(path), mark=mark, known=diff, by=STORY, file_name=path.name, then=FOLLOW.roster
        )


def appoint() -> None:
    """Give every unit that is not a leaf its first responsible person: the second member of its first leaf."""
    today, part = clock.today(), current.part()
    assert part is not None
    have = set(Post.objects.filter(on(today), first_responsible=True).values_list("unit_id", flat=True))
    units = list(Unit.objects.order_by("place", "pk"))
    inner = tree.child_counts([unit.pk for unit in units], today)
    for unit in units:
        if unit.pk in have or not inner.get(unit.pk):
            continue
        heads = [post for post in part.posts_of(unit.kind) if post.first_responsible]
        below = tree.below([unit.pk], today)
        members = Affiliation.objects.filter(on(today), role="R", unit__in=below).order_by(
            "unit__place", "pk"
        )
        second = members.values_list("person_id", flat=True)[1:2]
        if heads and second:
            org.appoint(Person.objects.get(pk=second[0]), unit, heads[0].code, by=STORY)


def begin(path: Path, answers: Answers, office: Person, start: bool) -> Campaign:
    """Take the pack up, answer it, have it approved and, if its day has come, start it."""
    english = locations.beside(path, "en")
    campaign = preparing.take_up(
        path.read_text(encoding="utf-8"),
        english.read_text(encoding="utf-8") if english else "",
        by=office.actor,
        name=path.name,
    )
    if answers.values:
        preparing.answer(campaign, answers.values, by=office.actor)
    if start:
        preparing.approve(campaign, texts.number(12), by=office.actor)
        campaign.refresh_from_db()
        actions.start(campaign, by=office.actor, draw=lambda task: Random(f"{SEED}:{task}").randrange(2**31))
        campaign.refresh_from_db()
    return campaign


def live(
    campaign: Campaign, first: date, today: date, happens: dict[date, list[Callable[[], None]]], say: Say
) -> None:
    """Day by day: the tick, what happens to the organisation, what people did; at the end one return is contested."""
    calendar, seen, day = Calendar(today), 0, first
    reasons = _reason_codes()
    opening = set(Slot.objects.filter(task__campaign=campaign).values_list("opens_on", flat=True))
    while day <= today:
        with clock.playing(day):
            if day in opening or day.weekday() == 0:
                actions.tick()
                new = list(
                    Duty.objects.filter(pk__gt=seen, state="due")
                    .prefetch_related("slot__task")
                    .order_by("pk")
                )
                calendar.take_in(new, day)
                seen = new[-1].pk if new else seen
                if day.day <= 7:
                    say(f"{day:%Y-%m-%d} …")
            for turn in happens.get(day, []):
                turn()
            _day(campaign, calendar, day, reasons)
        day += timedelta(days=1)
    with clock.playing(today):
        _object(today)
        actions.tick()


def _day(campaign: Campaign, calendar: Calendar, day: date, reasons: list[str]) -> None:
    rng = Random(SEED + day.toordinal())
    hand_in, judge = calendar.hand_in.pop(day, []), calendar.judge.pop(day, [])
    back = {pk: rng.choice(texts.REASONS) for pk in calendar.give_back.pop(day, [])}
    wanted = DayOfStory(
        hand_in=calendar.of("", hand_in),
        texts=lambda duty: texts.paper(campaign.pack_id, duty.member_id is None, rng),
        accept=calendar.of("", judge),
        give_back={pk: back[pk] for pk in calendar.of("", back)},
        exempt={pk: rng.choice(reasons) for pk in calendar.exempt.pop(day, [])} if reasons else {},
    )
    if wanted.hand_in or wanted.accept or wanted.give_back or wanted.exempt:
        actions.mass.play(wanted, by=STORY)
    _plans(campaign, calendar, day, hand_in, judge, back)
    _promises(campaign, calendar, day, hand_in, judge, back)


def _promises(
    campaign: Campaign,
    calendar: Calendar,
    day: date,
    hand_in: list[int],
    judge: list[int],
    back: dict[int, str],
) -> None:
    """The day's commitments; what was only said aloud is confirmed on the next day. On Mondays what is kept of them."""
    hand_in, judge = calendar.of("commitment", hand_in), calendar.of("commitment", judge)
    back = {pk: back[pk] for pk in calendar.of("commitment", back)}
    if hand_in or judge or back:
        calendar.hand_in[day + timedelta(days=1)] += promises.day(
            campaign.pack_id, hand_in, judge, back, by=STORY
        )
    if day.weekday() == 0:
        promises.keep(campaign, by=STORY)


def _plans(
    campaign: Campaign,
    calendar: Calendar,
    day: date,
    hand_in: list[int],
    judge: list[int],
    back: dict[int, str],
) -> None:
    """The day's plans; what had to wait for the plan above comes again on the next day."""
    hand_in, judge = calendar.of("plan", hand_in), calendar.of("plan", judge)
    back = {pk: back[pk] for pk in calendar.of("plan", back)}
    if not (hand_in or judge or back):
        return
    later, unjudged = plans.day(campaign, hand_in, judge, back, by=STORY)
    calendar.hand_in[day + timedelta(days=1)] += later
    calendar.judge[day + timedelta(days=1)] += unjudged


def _reason_codes() -> list[str]:
    part = current.part()
    return list(part.exempt_reasons) if part else []


def _object(today: date) -> None:
    """The author of one returned paper objects: it goes one level up."""
    paper = (
        Submission.objects.filter(
            state=Submission.State.RETURNED,
            duty__state="returned",
            duty__member__isnull=False,
            nothing=False,
            paper="",
        )
        .select_related("duty__member")
        .order_by("-pk")
        .first()
    )
    if paper is not None and paper.duty.member is not None:
        actions.object_to_return(paper.duty, texts.OBJECTION, by=paper.duty.member.actor)
