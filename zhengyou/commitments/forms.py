"""What the form of a commitment holds: read from a request, from a draft, from the rows; made into words to hand in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhengyou.commitments.actions.writing import MOST, Draft, Words
from zhengyou.commitments.models import Commitment, Item
from zhengyou.kit.faults import Problem
from zhengyou.org.models import Closure, Person

NAMES = ("id", "text", "measure", "due", "kind", "how", "owner", "deed")
ASKED = ("text", "measure", "due")
"""What a member fills in; everything else has its usual answer."""
LONGEST = 6000
FIELD = re.compile(r"(id|text|measure|due|kind|how|owner|deed)-([0-9]{1,2})")


@dataclass
class Typed:
    """The form as it stands, all texts; `body` is what a draft keeps."""

    items: list[dict[str, str]] = field(default_factory=list)
    summary: str = ""
    goals: str = ""
    served: str = ""
    scope: str = Commitment.Scope.UNIT
    sign: bool = True
    objection: str = ""

    @classmethod
    def of_request(cls, request: HttpRequest) -> Typed:
        """What was posted; texts are cut at a length that no honest promise reaches."""
        post = request.POST
        found: dict[int, dict[str, str]] = {}
        for name in post:
            if match := FIELD.fullmatch(name):
                text = post.get(name, "").replace("\r\n", "\n").replace("\0", "")[:LONGEST]
                found.setdefault(int(match[2]), {})[match[1]] = text
        items = [dict.fromkeys(NAMES, "") | found[n] for n in sorted(found)][: MOST + 1]
        texts = {
            name: post.get(name, "").replace("\r\n", "\n").replace("\0", "")[:LONGEST]
            for name in ("summary", "goals", "served", "scope", "objection")
        }
        return cls(items, sign=post.get("sign") == "1", **texts)

    @classmethod
    def of_body(cls, body: dict[str, Any]) -> Typed:
        """What a draft kept."""
        found: dict[int, dict[str, str]] = {}
        for name, value in body.items():
            if match := FIELD.fullmatch(name):
                found.setdefault(int(match[2]), {})[match[1]] = str(value)
        return cls(
            [dict.fromkeys(NAMES, "") | found[n] for n in sorted(found)],
            **{name: str(body.get(name, "")) for name in ("summary", "goals", "served", "objection")},
            scope=str(body.get("scope") or Commitment.Scope.UNIT),
            sign=body.get("sign") != "",
        )

    @classmethod
    def of_rows(cls, found: Commitment, items: list[Item]) -> Typed:
        """What was handed in or noted before."""
        return cls(
            [
                {
                    "id": item.public_id,
                    "text": item.text,
                    "measure": item.measure,
                    "due": item.due_on.isoformat() if item.due_on else "",
                    "kind": item.kind,
                    "how": item.how,
                    "owner": item.owner.name if item.owner else item.owner_text,
                    "deed": "",
                }
                for item in items
            ],
            found.summary,
            found.goals,
            found.served,
            found.scope,
        )

    @property
    def body(self) -> dict[str, Any]:
        """As a draft keeps it."""
        flat = {f"{name}-{n}": item[name] for n, item in enumerate(self.items) for name in NAMES}
        texts = {name: getattr(self, name) for name in ("summary", "goals", "served", "scope", "objection")}
        return flat | texts | {"sign": "1" if self.sign else ""}

    @property
    def filled(self) -> list[tuple[int, dict[str, str]]]:
        """Place in the form and item, of those that hold anything."""
        return [(n, item) for n, item in enumerate(self.items) if any(item[name].strip() for name in ASKED)]

    def words(self, unit: int, day: date) -> tuple[Words, list[Problem]]:
        """The words to hand in, and what cannot be read (dates); owners named in full become that person."""
        problems, drafts = [], []
        people = owners(unit, day, {item["owner"].strip() for _n, item in self.filled} - {""})
        for n, item in self.filled:
            due = read_day(item["due"])
            if item["due"].strip() and due is None:
                problems.append(Problem(f"due-{n}", _("看不懂这个日期：写成 2010-12-31 这样。")))
            name = item["owner"].strip()
            drafts.append(
                Draft(
                    item["text"],
                    item["measure"],
                    due,
                    item["kind"] or Item.Kind.POST,
                    item["how"],
                    people.get(name),
                    "" if name in people else name,
                    item["id"],
                    item["deed"],
                )
            )
        return Words(drafts, self.summary, self.goals, self.served, self.scope), problems

    def at(self, place: int) -> int:
        """The form's place of the n-th filled item."""
        filled = self.filled
        return filled[place][0] if place < len(filled) else place


def read_day(text: str) -> date | None:
    """A day as browsers send it, or as people write it: 2010-12-31, 2010.12.31, 2010年12月31日; None otherwise."""
    match = re.fullmatch(r"\s*(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?\s*", text)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def owners(unit: int, day: date, names: set[str]) -> dict[str, Person]:
    """Names that mean exactly one person registered or with a post in the unit or below; one query."""
    if not names:
        return {}
    below = Closure.objects.filter(ancestor=unit, valid_from__lte=day, valid_to__gt=day).values("descendant")
    here = {"dropped": None, "valid_from__lte": day, "valid_to__gt": day, "unit__in": below}
    found: dict[str, list[Person]] = {}
    members = Person.objects.filter(name__in=names, **{f"affiliations__{k}": v for k, v in here.items()})
    posts = Person.objects.filter(name__in=names, **{f"posts__{k}": v for k, v in here.items()})
    for person in {person.pk: person for person in [*members[:200], *posts[:200]]}.values():
        found.setdefault(person.name, []).append(person)
    return {name: people[0] for name, people in found.items() if len(people) == 1}
