"""The number of queries stays the same whatever the size (PRODUCT.md §8); asked of the real pages with everything around."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from zhengyou.campaigns import actions
from zhengyou.kit import clock
from zhengyou.kit.sql import FAR, run
from zhengyou.kit.tests.counting import counted
from zhengyou.org import tree
from zhengyou.org.models import Unit
from zhengyou.org.tests.builder import client
from zhengyou.overview.tests import stage

MOST = 8


def pages(school) -> dict[str, tuple]:
    branch, general, root = (u.public_id for u in (school.branch, school.general, school.root))
    return {
        "member": (school.member, reverse("desk")),
        "secretary": (school.secretary, reverse("desk")),
        "general secretary": (school.dean, reverse("desk")),
        "office": (school.office, reverse("desk")),
        "inspector": (school.inspector, reverse("desk")),
        "board": (school.office, reverse("board")),
        "board of everything": (school.leader, reverse("board") + "?phase=all"),
        "unfolded": (school.office, reverse("board") + f"?open={general}"),
        "own board": (school.dean, reverse("board_unit", args=[general])),
        "leaf": (school.secretary, reverse("board_unit", args=[branch])),
        "one total": (school.dean, reverse("board")),
        "rows": (school.office, reverse("board_rows", args=[root, "overdue"])),
        "duties": (
            school.secretary,
            reverse("board_rows", args=[branch, "owed"]) + f"?task={stage.ids()['theme']}",
        ),
    }


def many_more(school, units: int, members: int) -> None:
    """More branches under the first general branch, more members, and their duties."""
    from zhengyou.campaigns.tests.play import SYSTEM
    from zhengyou.journal.actions import record

    numbers = "WITH RECURSIVE i (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM i WHERE k < {n})"
    top = Unit.objects.order_by("-pk").first().pk
    with record("test.filled", by=SYSTEM) as entry:
        p = {
            "start": date(2008, 9, 1),
            "far": FAR,
            "entry": entry.id,
            "top": top,
            "general": school.general.pk,
        }
        run(
            f"""INSERT INTO org_unit (id, public_id, kind, opened_on, closed_on, place) {numbers.format(n=units)}
                SELECT :top + k, 'x' || k, 'branch', :start, :far, 100 + k FROM i""",
            **p,
        )
        run(
            f"""INSERT INTO org_placement (unit_id, parent_id, name, valid_from, valid_to, entry_id)
                {numbers.format(n=units)} SELECT :top + k, :general, '单位' || k, :start, :far, :entry FROM i""",
            **p,
        )
        run("DELETE FROM org_closure")
        run(
            f"""INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to) {tree.RECOUNT}
                SELECT ancestor_id, descendant_id, valid_from, valid_to FROM recount""",
            far=FAR,
        )
        run(
            f"""INSERT INTO org_person (id, public_id, number, name, sort_key, joined_on, email, phone, note)
                {numbers.format(n=members)} SELECT 9000 + k, 'm' || k, 'n' || k, '成员' || k, '', :start, '', '', '' FROM i""",
            **p,
        )
        run(
            f"""INSERT INTO org_affiliation (person_id, unit_id, role, category, status, begun, ended, valid_from, valid_to,
                  entry_id) {numbers.format(n=members)} SELECT 9000 + k,
                  CASE WHEN k % 2 = 0 THEN :branch ELSE :top + 1 + k % {units} END, 'R', 'staff', 'full', 'in', '',
                  :start, :far, :entry FROM i""",
            **p,
            branch=school.branch.pk,
        )
    with clock.playing(date(2010, 11, 20)):
        actions.tick(full=True)


def test_the_number_of_queries_is_small_and_does_not_grow(stageful):
    def ask() -> dict[str, int]:
        out = {}
        for name, (person, url) in pages(stageful).items():
            browser = client(person)
            browser.get(url)
            with counted() as seen:
                assert browser.get(url).status_code == 200
            out[name] = len(seen)
        return out

    few = ask()
    many_more(stageful, 60, 400)
    assert ask() == few
    noted = {"duties": 1}  # a list with names is noted for those on it
    assert {name: n for name, n in few.items() if n > MOST + noted.get(name, 0)} == {}


@pytest.mark.parametrize("name", ["board", "own board", "secretary", "unfolded"])
def test_pages_stay_under_100_kb_at_any_size(stageful, name):
    many_more(stageful, 60, 400)
    person, url = pages(stageful)[name]
    assert len(client(person).get(url).content) < 100_000
