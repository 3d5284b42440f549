"""Every form of every page is sent nonsense: a sentence or a refusal comes back, never a fault of the program."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.urls import reverse

from tests.test_doors import NAMES, school, things  # noqa: F401 (fixtures)
from zhengyou.org.tests import builder

NONSENSE = {
    "symbols": "💥<script>'\";--%s{{ x }}",
    "a zero byte": "a\0b",
    "half a character": "\udc80",
    "a day that is none": "2010-02-31",
    "nothing": "",
    "blanks": "　 \t",
    "a huge number": "9" * 40,
    "a day far away": "9999-12-31",
    "a long text": "长" * 20_000,
    "a negative": "-1",
}
"""What people and machines send; the first four in every run, all of them, field by field, in the long one."""
OWN = ("csrfmiddlewaretoken", "key")


class Forms(HTMLParser):
    """The posting forms of a page: address and names of fields, with what they hold."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: tuple[str, dict[str, str]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = None
            if given.get("method", "").lower() == "post":
                self._open = (given.get("action", ""), {})
                self.found.append(self._open)
        elif self._open and tag in ("input", "select", "textarea", "button") and given.get("name"):
            self._open[1].setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


@pytest.mark.parametrize("alone", [False, pytest.param(True, marks=pytest.mark.deep)])
@pytest.mark.parametrize("role", ["office", "secretary", "member"])
def test_nonsense_in_any_field_breaks_no_page(school, things, role, alone):  # noqa: F811
    """All fields together, or (long) each alone among good ones; the effects are undone after each."""
    client = builder.client(getattr(school, role))
    client.raise_request_exception = False
    sent: dict[tuple[str, str], int] = {}
    faults: list[str] = []
    for name in sorted(filter(None, NAMES)):
        if name in ("account_logout", "demo", "language"):
            continue
        address = reverse(name, kwargs=things.get(name) or None)
        page = client.get(address)
        if page.streaming:
            b"".join(page.streaming_content)  # a file: read to its end it is closed, and the database is not
        if page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
            continue
        for action, fields in Forms(page.content.decode()).found:
            to = action or address
            names = [field for field in fields if field not in OWN]
            if (to, ",".join(names)) in sent or "sign-out" in to:
                continue
            sent[to, ",".join(names)] = 0
            for sort, text in NONSENSE.items() if alone else list(NONSENSE.items())[:4]:
                tries = [{**fields, one: text} for one in names] if alone else [dict.fromkeys(names, text)]
                for given in tries:
                    body = {k: v.encode("utf-8", "surrogatepass") for k, v in given.items() if k not in OWN}
                    with transaction.atomic():
                        answer = client.post(to, body)
                        if answer.streaming:
                            b"".join(answer.streaming_content)
                        transaction.set_rollback(True)
                    if answer.status_code >= 500:
                        faults.append(f"{to} {sort}: {given}"[:300])
                    sent[to, ",".join(names)] += 1
    assert not faults, "\n".join(faults)
    assert len(sent) > 3
