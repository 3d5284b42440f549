"""Preparing a campaign: take a pack up, answer its questions, put one off, record the approval. Only the office may."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhengyou.campaigns import packed, preparing
from zhengyou.campaigns.actions.starting import lay_more
from zhengyou.campaigns.models import Answer, Campaign
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for
from zhengyou.packs.check import Checked
from zhengyou.packs.faults import Fault
from zhengyou.packs.questions import Question

LONGEST = 2000


class PackFaults(Invalid):
    """A pack that cannot be taken up: its faults, each with file, line and column."""

    def __init__(self, faults: list[Fault]):
        super().__init__(*(Problem("file", str(fault)) for fault in faults))
        self.faults = faults


def take_up(text: str, english: str = "", *, by: Actor, name: str = "pack.yaml") -> Campaign:
    """Begin to prepare a pack's campaign; its text is kept as it was read.

    Raises PackFaults where the file has errors, Conflict where a campaign of the same pack is prepared or runs.
    """
    checked = packed.read_text(text, english, name=name)
    if checked.errors or checked.pack is None:
        raise PackFaults(checked.errors)
    meta = checked.pack.pack
    with record("campaign.taken_up", by=by) as entry:
        insist(preparing.may_prepare(authority_for(by)))
        there = Campaign.objects.filter(pack_id=meta.id, state__lt=Campaign.State.CLOSED).first()
        if there is not None:
            raise Conflict(_("「%(name)s」已经在准备或进行中：接着那一份做。") % {"name": there.zh})
        made = Campaign.objects.create(
            pack_id=meta.id[:80],
            pack_version=str(meta.version)[:40],
            zh=(meta.zh or meta.id)[:200],
            en=(meta.en or "")[:200],
            text=text,
            english=english,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            entry_id=entry.id,
        )
        entry.row.subject = f"campaign:{made.public_id}"
        entry.note(pack=meta.id, sha256=made.sha256)
    return made


def answer(campaign: Campaign, values: Mapping[str, Any], *, by: Actor) -> list[str]:
    """Answer questions, or make defaults answers: address -> text; all or none. Returns the addresses kept.

    Addresses may be shortened as in an answers file. Raises Invalid with a Problem at each address that is refused.
    A change of answers takes the approval back.
    """
    with record("campaign.answered", by=by, subject=f"campaign:{campaign.public_id}") as entry:
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        before = packed.checked(campaign)
        given = normalised(before, values)
        _insist_open(by, campaign, before, given)
        after = _tried(campaign, before, given)
        changed = []
        asked = set(_known(before).values())
        now = dict(campaign.answers.values_list("address", "value"))
        for address, value in given.items():
            if address not in asked and address not in now:
                continue  # the organisation has settled it, with the same answer
            if isinstance(value, Mapping):
                _keep(campaign, address, entry, by, put_off=value["put_off"])
            elif now.get(address) != value or not value:
                _keep(campaign, address, entry, by, value=value)
            else:
                continue
            changed.append(address)
        if not changed:
            entry.discard()
            return []
        _unapprove(campaign)
        if campaign.state == Campaign.State.RUNNING:
            lay_more(entry, campaign, after)
        entry.note(count=len(changed), answers={a: str(given[a]) for a in changed}, open=len(after.open))
    return changed


def put_off(campaign: Campaign, question: Question, post: str, until: date | None, *, by: Actor) -> None:
    """Leave a later phase's question to a post and a day; it warns at the start and blocks that phase."""
    if until is None or until <= clock.today():
        raise Invalid(Problem(f"until:{question.key}", _("写上在哪一天以前答，要在今天以后。")))
    delay = {"put_off": {"post": post, "until": until.isoformat()}}
    addresses = [question.key] if question.same else list(question.addresses)
    answer(campaign, dict.fromkeys(addresses, delay), by=by)


def take_back(campaign: Campaign, address: str, *, by: Actor) -> None:
    """Take an answer back: the question is open again, a default holds again."""
    with record("campaign.answer_taken_back", by=by, subject=f"campaign:{campaign.public_id}") as entry:
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        insist(preparing.may_answer(authority_for(by), campaign))
        found = campaign.answers.filter(address=address)
        if not found.exists():
            raise Conflict(_("这个答案已经收回了。"))
        found.delete()
        _unapprove(campaign)
        entry.note(address=address)


def approve(campaign: Campaign, document_no: str, *, by: Actor) -> None:
    """Record that the leading group approved, with the number of its document; nothing may block any more."""
    document_no = " ".join(document_no.split())
    if not document_no or len(document_no) > 80:
        text = _("写上批准文件的文号，例如「校发〔2010〕12号」；没有文号就写会议和日期，最多 80 字。")
        raise Invalid(Problem("document_no", text))
    with record("campaign.approved", by=by, subject=f"campaign:{campaign.public_id}") as entry:
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        points = preparing.checklist(campaign)
        insist(preparing.may_approve(authority_for(by), campaign, points))
        Campaign.objects.filter(pk=campaign.pk).update(
            state=Campaign.State.APPROVED, document_no=document_no, approved_on=clock.today()
        )
        entry.note(document_no=document_no)


def normalised(checked: Checked, values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers under the addresses by which the campaign keeps them; what fits nothing stays as it is and is refused."""
    known = _known(checked)
    out: dict[str, Any] = {}
    for address, raw in values.items():
        value = raw if isinstance(raw, Mapping) and set(raw) == {"put_off"} else _as_text(raw)
        hits = sorted({kept for full, kept in known.items() if _ends(full, address)})
        for kept in hits or [address]:
            out[kept] = value
    return out


def _known(checked: Checked) -> dict[str, str]:
    """Every address that may be answered, with the one under which the answer is kept."""
    known: dict[str, str] = {}
    for question in checked.questions:
        for full in question.addresses:
            known[full] = question.key if question.same else full
        if question.same:
            known[question.key] = question.key
    return known | {default.address: default.address for default in checked.defaults}


def _ends(full: str, address: str) -> bool:
    there, asked = full.split("."), address.split(".")
    return len(there) >= len(asked) and all(
        b in ("*", a) for a, b in zip(reversed(there), reversed(asked), strict=False)
    )


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {held}" for key, held in value.items())
    return " ".join(str(value or "").split())[:LONGEST]


def _insist_open(by: Actor, campaign: Campaign, checked: Checked, given: Mapping[str, Any]) -> None:
    authority = authority_for(by)
    late = {kept for q in checked.put_off for kept in (q.key, *q.addresses)}
    for address in given:
        question = next((q for q in checked.put_off if address in (q.key, *q.addresses)), None)
        insist(preparing.may_answer(authority, campaign, question if address in late else None))
    insist(preparing.may_prepare(authority, campaign))


def _tried(campaign: Campaign, before: Checked, given: Mapping[str, Any]) -> Checked:
    """The pack with these answers; Invalid where one of them is refused, or makes a new fault."""
    if empty := [address for address, value in given.items() if not value]:
        raise Invalid(*(Problem(address, _("写上答案再存。")) for address in empty))
    merged = packed.answers(campaign) | dict(given)
    name, moved = f"{campaign.pack_id}.yaml", packed.moved(campaign)
    after = packed.read_text(campaign.text, campaign.english, merged, name, moved)
    known = {(f.code, f.path, f.text) for f in before.errors}
    new = [f for f in after.errors if (f.code, f.path, f.text) not in known or f.answer in given]
    if new:
        raise Invalid(*dict.fromkeys(Problem(_at(f, given), f.text) for f in new))
    return after


def _at(fault: Fault, given: Mapping[str, Any]) -> str:
    """The answer that a fault belongs to: the one named by it, or the nearest address around it; else the whole form."""
    if fault.answer in given:
        return fault.answer
    near = [a for a in given if a.startswith(fault.address + ".") or fault.address.startswith(a)]
    return near[-1] if near else ""


def _keep(
    campaign: Campaign, address: str, entry: OpenEntry, by: Actor, value: str = "", put_off: Any = None
) -> None:
    until = date.fromisoformat(put_off["until"]) if put_off else None
    Answer.objects.update_or_create(
        campaign=campaign,
        address=address[:200],
        defaults={
            "value": value,
            "put_off_to": until,
            "put_off_post": str(put_off["post"])[:40] if put_off else "",
            "by": by.id,
            "day": clock.today(),
            "entry_id": entry.id,
        },
    )


def _unapprove(campaign: Campaign) -> None:
    Campaign.objects.filter(Q(pk=campaign.pk), state=Campaign.State.APPROVED).update(
        state=Campaign.State.DRAFT, approved_on=None
    )
