"""The personal file: everything held about a person as a page and as JSON, with the own uploads, in one zip; journalled."""

from __future__ import annotations

import json
import tempfile
import zipfile
from typing import IO, Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, record
from zhengyou.journal.evidence import path_of
from zhengyou.journal.models import Evidence
from zhengyou.kit import clock
from zhengyou.kit.verdict import insist
from zhengyou.org import current, held, rules
from zhengyou.org.about import About, Section
from zhengyou.org.models import Organisation, Person

LARGEST = 300 * 1024 * 1024
"""Bytes of own uploads taken along at most; the rest is named in the page."""
LOOK = """body{font:16px/1.6 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}
h2{margin-top:2rem;border-bottom:1px solid #ccc}table{border-collapse:collapse;width:100%}
td{padding:.3rem .6rem .3rem 0;vertical-align:top;border-bottom:1px solid #eee;overflow-wrap:anywhere}
td+td+td{color:#555;font-size:.85em}"""


def take(person: Person, about: About, words: current.Words, *, by: Actor) -> tuple[IO[bytes], str]:
    """The zip, open at its beginning, and its name; only the person takes it."""
    if by.id != person.public_id:
        insist(rules.no(_("个人文件只能由本人取。")))
    with record("rights.taken", by=by, subject=f"person:{person.public_id}") as entry:
        found = held.sections(held.Reading(person, about, words), whole=True)
        entry.note(facts=sum(len(section.facts) for section in found))
        name = _("我的信息") + f"-{clock.today().isoformat()}"
        out = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open, closed by the answer
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
            box.writestr(f"{name}.html", _page(person, found))
            box.writestr(f"{name}.json", _json(person, found))
            _uploads(box, person)
    out.seek(0)
    return out, f"{name}.zip"


def _page(person: Person, found: list[Section]) -> str:
    return render_to_string(
        "org/file.html",
        {
            "person": person,
            "sections": found,
            "organisation": Organisation.objects.first(),
            "day": clock.today(),
            "lang": "en" if (get_language() or "").startswith("en") else "zh-Hans",
            "look": "data:text/css;charset=utf-8," + quote(LOOK),
        },
    )


def _json(person: Person, found: list[Section]) -> str:
    body: dict[str, Any] = {"person": person.public_id, "taken_on": clock.today().isoformat()}
    for section in found:
        body[section.key] = [
            {
                "name": fact.name,
                "text": fact.text,
                "day": fact.day.isoformat() if fact.day else None,
                "source": fact.source,
                "entry": fact.entry or None,
            }
            for fact in section.facts
        ]
    return json.dumps(body, ensure_ascii=False, indent=1)


def _uploads(box: zipfile.ZipFile, person: Person) -> None:
    taken = 0
    for number, piece in enumerate(
        Evidence.objects.filter(owner=person.public_id).exclude(sha256="").order_by("id"), 1
    ):
        path = path_of(piece.sha256)
        if path.exists() and taken + piece.size <= LARGEST:
            taken += piece.size
            box.write(path, f"files/{number}-{piece.name}")
