"""One form sent fifty times at once has one effect (TRUST G6): over HTTP, against the real server and its workers."""

from __future__ import annotations

import html
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

import pytest

TIMES = 50


class Person:
    """Somebody signed in to the demo without a browser; the same cookies from many threads."""

    def __init__(self, address: str, about: str):
        self.address = address
        self.jar = CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        page = self.get("/sign-in/")
        form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if about in f)
        number = re.search(r'name="number" value="(\w+)"', form)
        self.post("/demo/", {**self.hidden(form), **({"number": number.group(1)} if number else {})})

    def get(self, path: str) -> str:
        return self.open.open(self.address + path, timeout=60).read().decode()

    def post(self, path: str, fields: dict[str, str]) -> int:
        request = urllib.request.Request(
            self.address + path, urllib.parse.urlencode(fields).encode(), {"Referer": self.address + path}
        )
        try:
            return self.open.open(request, timeout=120).status
        except urllib.error.HTTPError as fault:
            return fault.code

    @staticmethod
    def hidden(form: str) -> dict[str, str]:
        """The hidden fields of a form and what its named buttons carry."""
        found = {}
        for tag in re.findall(r"<(?:input|button)[^>]*>", form):
            name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
            if name and ('type="hidden"' in tag or tag.startswith("<button")):
                found.setdefault(name.group(1), html.unescape(value.group(1)) if value else "")
        return found


def count(room, query: str) -> int:
    with sqlite3.connect(f"file:{room / 'zhengyou.sqlite3'}?mode=ro", uri=True) as database:
        return database.execute(query).fetchone()[0]


@pytest.mark.parametrize("times", [TIMES])
def test_fifty_times_at_once_is_once(demo, demo_room, times):
    member = Person(demo, "有一份被退回来了")
    duty = re.search(r"/duties/(\d+)/", member.get("/desk/")).group(1)
    path = f"/duties/{duty}/"
    page = member.get(path)
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if 'name="done"' in f)
    fields = member.hidden(form) | {"nothing": "no", "done": "补上了时间和地点。", "changed": "还看不出来。"}
    papers = f"SELECT COUNT(*) FROM campaigns_submission WHERE duty_id = {duty}"
    entries = "SELECT COUNT(*) FROM journal_entry WHERE verb LIKE 'duty.%'"
    before = count(demo_room, papers), count(demo_room, entries)
    with ThreadPoolExecutor(times) as pool:
        statuses = Counter(pool.map(lambda _i: member.post(path, fields), range(times)))
    assert count(demo_room, papers) == before[0] + 1, statuses
    assert count(demo_room, entries) == before[1] + 1
    assert not [status for status in statuses if status >= 500 and status != 503], statuses
    assert statuses[200] >= 1
