"""Drafts of duty papers: what was typed, as versions; which evidence is ticked; two tabs that both wrote on."""

from __future__ import annotations

import difflib
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengyou.campaigns.models import Duty, DutyEvidence, State
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.shown import Page
from zhengyou.journal import drafts
from zhengyou.journal.models import Draft, Evidence
from zhengyou.kit import clock

FIELDS = ("has", "done", "changed", "statement", "objection")
TEXTS = ("done", "changed", "statement", "objection")
LONGEST = 10_000
PICK = 20
"""Own earlier pieces of evidence offered to be picked."""


def name_of(duty: Duty) -> str:
    """Under which label a duty's draft is kept."""
    return f"duty:{duty.pk}"


def typed(request: HttpRequest) -> dict[str, Any]:
    """What the form holds, as it is kept; texts are cut at a length that no honest report reaches."""
    body: dict[str, Any] = {
        name: request.POST.get(name, "").replace("\r\n", "\n")[:LONGEST] for name in FIELDS
    }
    body["evidence"] = sorted(set(request.POST.getlist("evidence")))[:50]
    return body


def number(request: HttpRequest, name: str) -> int | None:
    """A hidden version of the form: the draft's that was written on, or the duty's that it was opened on."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def starting(page: Page, written: drafts.Written) -> dict[str, Any]:
    """What the form opens with: the draft, else the paper that came back, else an empty one."""
    if written.heads:
        return dict(written.body)
    paper = page.newest
    body: dict[str, Any] = dict.fromkeys(FIELDS, "") | {"has": "yes", "evidence": []}
    if paper is not None and page.duty.state in (State.RETURNED, State.DUE):
        body |= {"has": "no" if paper.nothing else "yes", "done": paper.done, "changed": paper.changed}
        body["evidence"] = [link.evidence.public_id for link in page.story.links]
    return body


def ticked(page: Page, ids: list[str]) -> list[Evidence]:
    """The evidence behind the ticks: the reader's own, or what is linked to the duty already."""
    linked = {link.evidence.public_id: link.evidence for link in page.story.links}
    if linked.keys() >= set(ids):
        return sorted((linked[pk] for pk in set(ids)), key=lambda found: found.pk)
    may = Q(owner=page.me.actor.id) | Q(
        pk__in=DutyEvidence.objects.filter(duty=page.duty, dropped=None).values("evidence")
    )
    return list(Evidence.objects.filter(may, public_id__in=ids).order_by("pk")[:50])


def evidence(page: Page, ids: list[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What is ticked, and the reader's own newest other pieces to pick from; two queries."""
    chosen = ticked(page, ids)
    own = Evidence.objects.filter(owner=page.me.actor.id).exclude(public_id__in=ids).order_by("-pk")[:PICK]
    return [option(e, True) for e in chosen], [option(e, False) for e in own]


def option(found: Evidence, checked: bool) -> dict[str, Any]:
    """A piece of evidence as a box to tick."""
    return {
        "id": found.public_id,
        "name": found.name or words.short(found.text),
        "note": words.evidence_note(found),
        "checked": checked,
    }


def keep_marks(request: HttpRequest, label: str, marks: dict[str, str]) -> JsonResponse:
    """Save a review that is half made, over what was marked before; JSON for the page's own saving (rooms use it too)."""
    owner = request.me.actor.id  # type: ignore[attr-defined]
    old = drafts.load(owner, label)
    written = drafts.save(owner, label, old.version, {**old.body, **marks})
    return JsonResponse({"version": written.version, "text": saved_text(written)})


def saved_text(written: drafts.Written) -> str:
    """The line that says when the draft was last saved."""
    if not written.heads:
        return _("写的时候每几秒自动保存一次")
    return _("已自动保存 %(at)s") % {"at": timezone.localtime(written.heads[0].saved_at).strftime("%H:%M")}


def when(draft: Draft) -> str:
    """When a version was saved, in the words of a person: today 14:32."""
    at = timezone.localtime(draft.saved_at)
    days = (timezone.localdate() - at.date()).days
    day = _("今天") if days == 0 else _("昨天") if days == 1 else words.day(at.date())
    if clock.is_set() and days > 1:
        day = _("以前")
    return f"{day} {at:%H:%M}"


def heads(written: drafts.Written) -> list[dict[str, Any]]:
    """The versions to choose from, each with its texts, what only it has marked: [(text, is new)]."""
    out = []
    for head in written.heads:
        other = next(h for h in written.heads if h is not head)
        out.append(
            {
                "version": head.version,
                "label": when(head),
                "parts": marked(_joined(head.body), _joined(other.body)),
            }
        )
    return out


def _joined(body: dict[str, Any]) -> str:
    if body.get("has") == "no":
        return _("这段时间没有可报的。")
    return "\n".join(str(body.get(name, "")).strip() for name in TEXTS if str(body.get(name, "")).strip())


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """A text in pieces, those that the other lacks marked; long common stretches are cut to their ends."""
    out: list[tuple[str, bool]] = []
    matcher = difflib.SequenceMatcher(None, other[:4000], text[:4000], autojunk=False)
    for kind, _a, _b, start, end in matcher.get_opcodes():
        piece = text[start:end]
        if not piece:
            continue
        if kind == "equal" and len(piece) > 80:
            piece = piece[:30] + "……" + piece[-30:]
        out.append((piece, kind != "equal"))
    return out or [("—", False)]


def joined(written: drafts.Written) -> dict[str, Any]:
    """All heads in one: each text one after the other where they differ, every tick kept."""
    body = dict(written.heads[0].body)
    for head in written.heads[1:]:
        for name in TEXTS:
            mine, theirs = str(body.get(name, "")), str(head.body.get(name, ""))
            if theirs.strip() and theirs != mine:
                body[name] = f"{mine}\n\n{theirs}".strip()
        body["evidence"] = sorted({*body.get("evidence", []), *head.body.get("evidence", [])})
        if head.body.get("has") == "yes":
            body["has"] = "yes"
    return body


def versions(owner: str, duty: Duty, labels: dict[str, Any]) -> list[dict[str, Any]]:
    """All kept versions, newest first, with their texts under the form's labels."""
    out = []
    for draft in drafts.history(owner, name_of(duty)):
        fields = [(labels[name], draft.body.get(name, "")) for name in TEXTS if draft.body.get(name)]
        if draft.body.get("has") == "no":
            fields.insert(0, (labels["has"], _("这段时间没有可报的。")))
        out.append({"label": when(draft), "version": draft.version, "fields": fields})
    return out
