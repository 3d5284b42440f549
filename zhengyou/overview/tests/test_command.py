"""`zhengyou board`: parts add up at every level, as JSON and for the eye; faults are one sentence."""

from __future__ import annotations

import io
import json

from zhengyou.org.models import Closure, Unit
from zhengyou.overview import command
from zhengyou.overview.tests import stage

NAMES = ("issued", "void", "exempt", "accepted", "in_review", "not_due", "overdue")


def run(unit=None, as_json=True):
    out, err = io.StringIO(), io.StringIO()
    code = command.board(unit, as_json, out=out, err=err)
    return code, out.getvalue(), err.getvalue()


def check(node) -> int:
    """Every level: the disjoint figures make up what was issued, the children make up the whole. Returns units seen."""
    figures = node["figures"]
    assert set(figures) == set(NAMES)
    assert figures["issued"] == sum(figures[name] for name in NAMES[1:])
    children = node.get("children", [])
    if children:
        for name in NAMES:
            assert sum(child["figures"][name] for child in children) == figures[name], (node["unit"], name)
    return (not node.get("own")) + sum(check(child) for child in children)


def test_parts_add_up_at_every_level(stageful):
    code, out, _err = run()
    found = json.loads(out)
    assert code == 0
    assert found["as_of"] == "2010-11-22"
    assert check(found) == Unit.objects.count()
    for name in NAMES:
        assert sum(p["figures"][name] for p in found["programmes"]) == found["figures"][name]


def test_every_unit_agrees_with_its_duties(stageful):
    def walk(node):
        if not node.get("own"):
            yield node
        for child in node.get("children", []):
            yield from walk(child)

    units = dict(Unit.objects.values_list("public_id", "pk"))
    for node in walk(json.loads(run()[1])):
        below = set(Closure.objects.filter(ancestor=units[node["id"]]).values_list("descendant", flat=True))
        assert node["figures"] == stage.by_hand(below)


def test_a_unit_is_found_by_its_name_or_its_id(stageful):
    by_name = json.loads(run("经济贸易学院党总支")[1])
    assert by_name["unit"] == "经济贸易学院党总支"
    assert json.loads(run(stageful.general.public_id)[1]) == by_name


def test_what_is_charged_to_a_unit_itself_is_marked_own(stageful):
    own = json.loads(run(stageful.general.public_id)[1])["children"][0]
    assert own["own"] is True
    assert own["figures"] == stage.by_hand({stageful.general.pk})


def test_a_unit_that_does_not_exist_is_one_sentence(stageful):
    code, out, err = run("没有这个")
    assert (code, out) == (2, "")
    assert "没有叫「没有这个」的单位" in err


def test_an_empty_directory_is_one_sentence(db):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "还没有组织" in err


def test_without_a_campaign_all_is_nought(school):
    found = json.loads(run()[1])
    assert set(found["figures"].values()) == {0}
    assert found["programmes"] == []


def test_the_table_for_the_eye_shows_the_same_figures(stageful):
    _code, out, _err = run(as_json=False)
    figures = json.loads(run()[1])["figures"]
    assert "截至 2010-11-22" in out
    assert str(figures["accepted"]) in out.splitlines()[2].split()
    assert "本级" in out
