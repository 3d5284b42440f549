"""The plan as it is being written: typed fields, self-saving versions, two tabs that both wrote on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhengyou.campaigns.views import words
from zhengyou.journal import drafts
from zhengyou.org.models import Person
from zhengyou.plans import checking, comparing, leaning, standing
from zhengyou.plans.checking import HEAD, MOST, OF_CLAUSE, TEXTS
from zhengyou.plans.models import Clause
from zhengyou.plans.standing import Standing

LONGEST = 10_000


def name_of(found: Standing) -> str:
    """Under which label the draft is kept: with its duty, so that it is handed over with it; else with the plan."""
    if found.owed is not None:
        return f"duty:{found.owed.pk}"
    return leaning.writing(found.campaign.public_id, found.unit.public_id)


def called(people: Sequence[Person]) -> dict[str, str]:
    """What each of these persons is called in the form: the name, with the number where two have the same."""
    names = [person.name for person in people]
    return {
        p.public_id: _("%(name)s（%(number)s）") % {"name": p.name, "number": p.number or p.public_id}
        if names.count(p.name) > 1
        else p.name
        for p in people
    }


def typed(request: HttpRequest, people: Mapping[str, str]) -> dict[str, Any]:
    """What the form holds, as it is kept; `people`: what persons are called, by public id."""

    def text(name: str, most: int = LONGEST) -> str:
        return request.POST.get(name, "").replace("\r\n", "\n")[:most]

    body: dict[str, Any] = {name: text(name) for name in (*HEAD, *TEXTS)}
    by_name = {name: pk for pk, name in people.items()}
    rows = []
    for code in list(dict.fromkeys(request.POST.getlist("clause")))[:MOST]:
        if not (code.isalnum() and code.isascii() and len(code) <= 16):
            continue
        row: dict[str, Any] = {name: text(f"{name}-{code}") for name in OF_CLAUSE}
        row |= {
            "code": code,
            "follows": text(f"follows-{code}", 16),
            "task": text(f"task-{code}", 80),
            "vehicle": bool(text(f"vehicle-{code}", 5)),
            "required": bool(text(f"required-{code}", 5)),
            "person": by_name.get(row["owner"].strip(), ""),
        }
        if row["person"]:
            row["owner"] = ""
        rows.append(row)
    body["clauses"] = rows
    return body


def starting(found: Standing, written: drafts.Written, title: str) -> dict[str, Any]:
    """What the form opens with: the draft; else the newest version's words; else the clauses of the plan above."""
    if written.heads:
        return dict(written.body)
    newest = found.newest
    if newest is None:
        return checking.starting(title, standing.clauses(found.basis))
    last = {name: getattr(newest, name) for name in (*HEAD, *TEXTS)}
    return checking.starting(title, [], last, found.last_clauses)


def acted(body: dict[str, Any], do: str, basis: Sequence[Clause]) -> tuple[dict[str, Any], str]:
    """The body after a button of the form (add, take, drop, up), and the clause to go on at."""
    rows: list[dict[str, Any]] = list(body["clauses"])
    verb, _dash, what = do.partition("-")
    codes = [row["code"] for row in rows]
    at = ""
    if verb in ("add", "vehicle") and len(rows) < MOST:
        rows.append(checking.blank(vehicle=verb == "vehicle"))
        at = rows[-1]["code"]
    elif verb == "take":
        followed = {row["follows"] for row in rows}
        wanted = [c for c in basis if c.key not in followed and what in ("all", c.key)]
        rows += [checking.taken(clause) for clause in wanted][: MOST - len(rows)]
        at = rows[-1]["code"] if wanted and rows else ""
    elif verb == "drop" and what in codes:
        rows.pop(codes.index(what))
    elif verb == "up" and what in codes[1:]:
        place = codes.index(what)
        rows.insert(place - 1, rows.pop(place))
        at = what
    return body | {"clauses": rows}, at


def told(body: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """A body as one text, to lay two versions side by side."""
    lines = [str(body.get(name, "")) for name in (*HEAD, *TEXTS)]
    for row in body.get("clauses", []):
        who = people.get(str(row.get("person")), "") or row.get("owner", "")
        lines.append(
            " ".join(str(x) for x in (row.get("title"), row.get("text"), row.get("due_on"), who) if x)
        )
    return "\n".join(line for line in lines if line.strip())


def heads(written: drafts.Written, people: Mapping[str, str]) -> list[dict[str, Any]]:
    """The versions to choose from, each with what only it has marked; common stretches are shortened."""
    from zhengyou.campaigns.views.drafting import when

    out = []
    for head in written.heads:
        other = next(h for h in written.heads if h is not head)
        marked = comparing.words(told(other.body, people)[:6000], told(head.body, people)[:6000])
        parts = [
            (text if kind or len(text) < 90 else text[:40] + "……" + text[-40:], kind == "ins")
            for text, kind in marked
            if kind != "del"
        ]
        out.append({"version": head.version, "label": when(head), "parts": parts or [("—", False)]})
    return out


def joined(written: drafts.Written) -> dict[str, Any]:
    """All heads in one: texts one after the other where they differ, clauses that the first lacks behind it."""
    body = dict(written.heads[0].body)
    rows = list(body.get("clauses", []))
    for head in written.heads[1:]:
        for name in TEXTS:
            mine, theirs = str(body.get(name, "")), str(head.body.get(name, ""))
            if theirs.strip() and theirs != mine:
                body[name] = f"{mine}\n\n{theirs}".strip()
        for row in head.body.get("clauses", []):
            same = next((r for r in rows if r["code"] == row["code"]), None)
            if same is None:
                rows.append(row)
            elif row["text"].strip() and row["text"] != same["text"]:
                rows[rows.index(same)] = same | {"text": f"{same['text']}\n\n{row['text']}".strip()}
    return body | {"clauses": rows}


def versions(owner: str, found: Standing, people: Mapping[str, str]) -> list[dict[str, Any]]:
    """All versions kept of the draft, newest first, as text."""
    from zhengyou.campaigns.views.drafting import when

    return [
        {
            "label": _("%(when)s存的") % {"when": when(draft)},
            "text": words.short(told(draft.body, people), 1500),
        }
        for draft in drafts.history(owner, name_of(found))[:20]
    ]
