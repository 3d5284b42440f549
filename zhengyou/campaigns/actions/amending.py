"""Amending a running campaign: a new version of its pack, in force from a day, with its document and reason.

What is not open yet goes over to the new version; what was issued keeps its own unless it is taken along with notice.
Nothing is deleted: dropped tasks are void with the reason, cancelled periods never open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _

from zhengyou.campaigns import amending, comparing, duties, packed, steering
from zhengyou.campaigns.actions.deciding import carried
from zhengyou.campaigns.actions.moving import carry, checked_reason, insist_shown, joins_by, lay_new
from zhengyou.campaigns.actions.preparing import PackFaults, normalised
from zhengyou.campaigns.actions.starting import issue, lay_phases, task_row
from zhengyou.campaigns.amending import Effect
from zhengyou.campaigns.duties import routing
from zhengyou.campaigns.duties.audience import fragment
from zhengyou.campaigns.gates import held_in
from zhengyou.campaigns.models import Amendment, Answer, Campaign, Decision, Phase, Programme, Slot, Task
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import current
from zhengyou.org.rules import authority_for
from zhengyou.packs.check import Checked
from zhengyou.packs.schedule import SlotPlan, TaskPlan

State = Amendment.State


def draft(
    campaign: Campaign,
    text: str = "",
    english: str = "",
    changes: Mapping[str, Any] | None = None,
    *,
    by: Actor,
    name: str = "",
) -> Amendment:
    """Lay a changed pack, or changed answers, beside the running one; nothing happens yet.

    Raises PackFaults where the text has errors (file:line:column) or changes what a code means, Invalid where a
    question is open or nothing differs, Conflict while another amendment waits for its day.
    """
    with record("campaign.amendment_drafted", by=by, subject=f"campaign:{campaign.public_id}") as entry:
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        insist(steering.may_steer(authority_for(by), campaign))
        if campaign.amendments.filter(state=State.PLANNED).exists():
            raise Conflict(_("已经有一次修订定了日子，还没生效：先等它生效，或者收回它。"))
        before = packed.checked(campaign)
        text, english = text or campaign.text, english or campaign.english
        after, answers = _read(campaign, before, text, english, changes or {}, name)
        if after.errors or after.pack is None:
            raise PackFaults(after.errors)
        if after.open:
            lang = current.language()
            raise Invalid(*(Problem("changes", f"{q.addresses[0]}: {q.ask.text(lang)}") for q in after.open))
        if amending.effect(campaign, before, after, clock.today()).nothing:
            raise Invalid(Problem("", _("和现在的方案没有不同，不用修订。")))
        campaign.amendments.filter(state=State.DRAFT).update(state=State.PUT_AWAY)
        _keep_first(campaign)
        last = campaign.amendments.aggregate(last=Max("version"))["last"]
        made = Amendment.objects.create(
            campaign=campaign,
            version=last + 1,
            effective_on=clock.today(),
            text=text,
            english=english,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            answers=answers,
            by=by.id,
            entry_id=entry.id,
        )
        entry.note(version=made.version, sha256=made.sha256)
    return made


def amend(
    amendment: Amendment,
    effective_on: date | None,
    *,
    by: Actor,
    document_no: str = "",
    reason: str = "",
    migrate: bool = False,
    shown: str = "",
) -> Amendment:
    """Put a draft into force: today at once, on a later day by the tick. `shown` is the preview's fingerprint."""
    with record("campaign.amended", by=by, subject=f"campaign:{amendment.campaign.public_id}") as entry:
        campaign = Campaign.objects.select_for_update().get(pk=amendment.campaign_id)
        insist(steering.may_steer(authority_for(by), campaign))
        amendment = Amendment.objects.select_related("campaign").get(pk=amendment.pk)
        if amendment.state != State.DRAFT:
            raise Conflict(_("这次修订已经办过，或者已经收起来了。"))
        document_no = " ".join(document_no.split())
        problems = []
        if not document_no or len(document_no) > 80:
            problems.append(
                Problem("document_no", _("写上同意修订的文号；没有文号就写会议和日期，最多 80 字。"))
            )
        if effective_on is None or effective_on < clock.today():
            problems.append(Problem("effective_on", _("写上从哪天起生效，今天或以后。")))
        if problems or effective_on is None:
            raise Invalid(*problems)
        amendment.document_no, amendment.reason = document_no, checked_reason(reason)
        amendment.migrate = migrate
        amendment.effective_on = effective_on
        before, after = packed.checked(campaign), amending.of(amendment)
        found = amending.effect(campaign, before, after, effective_on)
        insist_shown(shown, amending.fingerprint(found, amendment, effective_on, migrate))
        _refuse(found, after, migrate)
        if effective_on > clock.today():
            amendment.state = State.PLANNED
        else:
            _apply(entry, amendment, before, found, by)
        amendment.save()
        entry.note(
            version=amendment.version,
            day=effective_on.isoformat(),
            document_no=document_no,
            reason=amendment.reason,
            migrate=migrate,
            planned=amendment.state == State.PLANNED,
        )
    return amendment


def put_away(amendment: Amendment, *, by: Actor) -> None:
    """Put away a draft, or take back an amendment that waits for its day."""
    with record(
        "campaign.amendment_put_away", by=by, subject=f"campaign:{amendment.campaign.public_id}"
    ) as entry:
        insist(steering.may_steer(authority_for(by), amendment.campaign))
        waiting = Amendment.objects.filter(pk=amendment.pk, state__in=(State.DRAFT, State.PLANNED))
        if not waiting.update(state=State.PUT_AWAY):
            raise Conflict(_("这次修订已经生效，或者已经收起来了。"))
        entry.note(version=amendment.version)


def due(today: date, by: Actor) -> int:
    """Apply the planned amendments whose day has come, each in its own transaction; what no longer fits is a draft again."""
    done = 0
    for waiting in Amendment.objects.filter(state=State.PLANNED, effective_on__lte=today).order_by(
        "effective_on", "pk"
    ):
        try:
            with record("campaign.amended", by=by, subject=f"campaign:{waiting.campaign.public_id}") as entry:
                amendment = Amendment.objects.select_related("campaign").get(pk=waiting.pk)
                campaign = Campaign.objects.select_for_update().get(pk=amendment.campaign_id)
                before, after = packed.checked(campaign), amending.of(amendment)
                found = amending.effect(campaign, before, after, today)
                _refuse(found, after, amendment.migrate)
                _apply(entry, amendment, before, found, by)
                amendment.save()
                entry.note(version=amendment.version, document_no=amendment.document_no)
                done += 1
        except Invalid as fault:
            with record("campaign.amendment_failed", by=by, subject=f"campaign:{waiting.campaign.public_id}"):
                why = [problem.text for problem in fault.problems][:5]
                Amendment.objects.filter(pk=waiting.pk).update(state=State.DRAFT, outcome={"failed": why})
    return done


def _read(
    campaign: Campaign, before: Checked, text: str, english: str, changes: Mapping[str, Any], name: str
) -> tuple[Checked, dict[str, Any]]:
    """The new text with the answers that still have a place, and the changed ones; its meaning compared."""
    kept = packed.answers(campaign)
    given = kept | normalised(before, changes)
    after = amending.read(campaign, text, english, given, name)
    lost = {
        f.answer for f in after.errors if f.code == "Q204" and f.answer in kept and f.answer not in changes
    }
    if lost:
        given = {address: value for address, value in given.items() if address not in lost}
        after = amending.read(campaign, text, english, given, name)
    amending.insist_meaning(campaign, before, after)
    return after, given


def _refuse(found: Effect, after: Checked, migrate: bool) -> None:
    if after.errors:
        raise Invalid(*(Problem("", str(fault)) for fault in after.errors[:20]))
    if after.open:
        raise Invalid(*(Problem("", q.ask.text(current.language())) for q in after.open))
    if migrate and found.shorter:
        first = found.shorter[0]
        text = _(
            "「%(task)s」已经派出，期限只能延后（现在是 %(day)s）。要更早，请另设一期，或者不带走已派出的。"
        )
        name = first.slot.task.zh if first.slot else first.code
        raise Invalid(Problem("migrate", text % {"task": name, "day": str(first.old_on)}))


def _keep_first(campaign: Campaign) -> None:
    """Version 1 is the pack as it was started, kept whole before anything replaces it."""
    if campaign.amendments.exists():
        return
    Amendment.objects.create(
        campaign=campaign,
        version=1,
        state=State.DONE,
        effective_on=campaign.started_on or clock.today(),
        document_no=campaign.document_no,
        text=campaign.text,
        english=campaign.english,
        sha256=campaign.sha256,
        answers=packed.answers(campaign),
        by="",
        entry_id=campaign.entry_id,
        done_entry_id=campaign.entry_id,
    )


def _apply(entry: OpenEntry, amendment: Amendment, before: Checked, found: Effect, by: Actor) -> None:
    campaign, today = amendment.campaign, clock.today()
    plans, programmes = packed.plan(found.after)
    lay_phases(campaign, programmes)
    names = {t.code: t.was for t in found.tasks if t.was}
    gone = [t.code for t in found.tasks if t.kind == "dropped"]
    moved = _new_versions(campaign, amendment, plans, found, names)
    voided = _drop(entry, campaign, amendment, gone, by)
    lines = [line for line in found.lines if line.kind in ("redated", "dropped")]
    if amendment.migrate:
        lines += [line for line in found.lines if line.kind == "later"]
    done = carry(entry, campaign, lines, by, amendment.reason, "")
    fresh = lay_new(campaign, [line for line in found.lines if line.kind == "new"])
    issued = issue(entry, fresh)
    taken: dict[str, int] = {}
    if amendment.migrate and moved:
        taken = _take_along(entry, moved, today)
    _keep(entry, campaign, amendment, found.after, by)
    amendment.state, amendment.done_entry_id = State.DONE, entry.id
    amendment.outcome = {
        "tasks": [[t.kind, t.code, t.zh, t.en, list(t.what), t.was, t.duties, t.people] for t in found.tasks],
        "differences": [d.as_json() for d in found.differences],
        "minutes": [amending.minutes(before, found.after, lang) for lang in ("zh", "en")],
        "slots": done.slots + len(fresh),
        "later": done.duties,
        "issued": issued + taken.get("issue", 0),
        "voided": voided + taken.get("leave", 0) + taken.get("void", 0),
    }


def _new_versions(
    campaign: Campaign, amendment: Amendment, plans: list[TaskPlan], found: Effect, names: Mapping[str, str]
) -> list[Slot]:
    """A row of the new version for each task that is new or changed; periods not open yet go over, open ones if taken along.

    Returns the open periods that were taken along.
    """
    shelves = {p.code: p for p in Programme.objects.filter(campaign=campaign)}
    phases = {
        (p.programme.code, p.code): p
        for p in Phase.objects.filter(programme__campaign=campaign).select_related("programme")
    }
    touched = {t.code for t in found.tasks if t.kind in ("new", "changed")}
    today, held = clock.today(), held_in(campaign.pk)
    along: list[Slot] = []
    for place, plan in enumerate(plans):
        was = names.get(plan.code, plan.code)
        old = Task.objects.filter(campaign=campaign, code=was, replaced_by=None).order_by("-version").first()
        if plan.code not in touched:
            if old is not None and old.place != place:
                Task.objects.filter(pk=old.pk).update(place=place)
            continue
        row = task_row(
            campaign, shelves[plan.programme], phases.get((plan.programme, plan.phase)), plan, place
        )
        row.version = amendment.version
        if old is not None and "seed" in old.about and "seed" in row.about:
            row.about["seed"] = old.about["seed"]
        row.save()
        if old is None:
            continue
        Task.objects.filter(pk=old.pk).update(replaced_by=row)
        for slot in Slot.objects.filter(task=old, closed_on__gt=today):
            open_ = slot.opens_on <= today and slot.pk not in held
            if not open_:
                days = SlotPlan(slot.period, slot.opens_on, slot.cutoff_on, slot.due_on)
                Slot.objects.filter(pk=slot.pk).update(task=row, joins_by=joins_by(row, days))
            elif amendment.migrate:
                Slot.objects.filter(pk=slot.pk).update(task=row, reconciled=0, reconciled_on=None)
            if open_ and amendment.migrate:
                along.append(slot)
    return list(Slot.objects.select_related("task").filter(pk__in=[slot.pk for slot in along]))


def _drop(entry: OpenEntry, campaign: Campaign, amendment: Amendment, codes: list[str], by: Actor) -> int:
    """A dropped task: what is open of it is void with the reason, what is not open never opens. Returns duties voided."""
    today = clock.today()
    tasks = list(Task.objects.filter(campaign=campaign, code__in=codes, replaced_by=None))
    for task in tasks:
        Task.objects.filter(pk=task.pk).update(about=task.about | {"dropped": amendment.version})
    older = [pk for pk, code in comparing.newest_codes(campaign).items() if code in codes]
    slots = list(Slot.objects.filter(task__in=older, closed_on__gt=today))
    held = held_in(campaign.pk)
    open_ = [slot for slot in slots if slot.opens_on <= today and slot.pk not in held]
    Decision.objects.bulk_create(
        Decision(
            slot=slot,
            kind=Decision.Kind.VOID,
            day=today,
            text=amendment.reason,
            by=by.id,
            entry_id=entry.id,
        )
        for slot in open_
    )
    voided = carried(entry, [slot.pk for slot in open_]) if open_ else 0
    Slot.objects.filter(pk__in=[slot.pk for slot in open_]).update(closed_on=today)
    Slot.objects.filter(pk__in=[slot.pk for slot in slots if slot not in open_]).update(
        closed_on=F("opens_on")
    )
    return voided


def _take_along(entry: OpenEntry, slots: list[Slot], today: date) -> dict[str, int]:
    """Issued duties follow the new version: void outside its audience, issued to who is newly in it."""
    done = duties.reconcile(slots, entry, today)
    routing.reroute(routing.moved(entry))
    for slot in slots:
        if slot.task.subject != Task.Subject.UNIT:
            continue
        values: dict[str, Any] = {"today": today}
        who = fragment(slot.task.audience, values)
        done["void"] = done.get("void", 0) + duties.change(
            entry,
            "void",
            "amend",
            f"""JOIN (SELECT id, CASE WHEN cutoff_on < :today THEN cutoff_on ELSE :today END AS ref
                  FROM campaigns_slot WHERE id = :slot) s ON s.id = d.slot_id
                JOIN org_unit u ON u.id = d.subject_unit_id
                WHERE d.state NOT IN ('accepted', 'void') AND NOT ({who})""",
            state="'void'",
            day=":today",
            slot=slot.pk,
            **values,
        )
    return done


def _keep(entry: OpenEntry, campaign: Campaign, amendment: Amendment, after: Checked, by: Actor) -> None:
    """The campaign's pack and answers are the new version's from now on; moved days stay."""
    assert after.pack is not None
    meta = after.pack.pack
    Campaign.objects.filter(pk=campaign.pk).update(
        text=amendment.text,
        english=amendment.english,
        sha256=amendment.sha256,
        pack_version=str(meta.version)[:40],
        zh=(meta.zh or meta.id)[:200],
        en=(meta.en or "")[:200],
    )
    held = packed.answers(campaign)
    campaign.answers.exclude(address__startswith=packed.MOVED).exclude(
        address__in=list(amendment.answers)
    ).delete()
    for address, value in amendment.answers.items():
        if held.get(address) == value:
            continue
        later = value["put_off"] if isinstance(value, dict) and set(value) == {"put_off"} else None
        Answer.objects.update_or_create(
            campaign=campaign,
            address=address[:200],
            defaults={
                "value": "" if later else str(value),
                "put_off_to": date.fromisoformat(later["until"]) if later else None,
                "put_off_post": str(later["post"])[:40] if later else "",
                "by": by.id,
                "day": clock.today(),
                "entry_id": entry.id,
            },
        )
