"""`zhengyou roster undo`: what can still be undone is listed and undone; refused with the rows in the way."""
# ruff: noqa: F811

from __future__ import annotations

import io
import json
from datetime import timedelta

from zhengyou.journal.models import Entry
from zhengyou.kit import clock
from zhengyou.org import actions
from zhengyou.org.models import Person
from zhengyou.org.roster import command_undo
from zhengyou.org.tests.builder import BY
from zhengyou.site.following import FOLLOW
from zhengyou.site.tests.test_undoing import TODAY, bring, facts, owed, school  # noqa: F401


def undo(*given, **more):
    out, err = io.StringIO(), io.StringIO()
    code = command_undo.undo(*given, True, follow=FOLLOW, out=out, err=err, **more)
    return code, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()


def test_the_command_lists_what_can_be_undone_and_undoes_it(school, tmp_path):
    was, duties_were = facts(), owed()
    roster = bring(tmp_path)
    code, listed, _err = undo("")
    (one,) = listed["imports"]
    assert (code, one["import"], one["file"]) == (0, roster.public_id, roster.file_name)
    assert (one["day"], one["until"]) == (TODAY.isoformat(), (TODAY + timedelta(days=7)).isoformat())
    with clock.playing(TODAY + timedelta(days=8)):
        assert undo("")[1] == {"imports": []}
    code, said, _err = undo(roster.public_id, check=True)
    assert (code, said["undone"], said["obstacles"]) == (0, False, [])
    assert said["counts"]["added"] == 1
    assert facts() != was
    code, said, _err = undo(roster.public_id)
    assert (code, said["undone"]) == (0, True)
    assert (facts(), owed()) == (was, duties_were)
    last = Entry.objects.filter(verb="roster.undone").get()
    assert last.actor.startswith("cli:")
    assert undo("")[1] == {"imports": []}
    code, said, _err = undo(roster.public_id)
    assert (code, said["undone"]) == (1, False)
    assert "已经撤销" in said["why"]


def test_the_command_refuses_with_the_rows_in_the_way(school, tmp_path):
    roster = bring(tmp_path)
    actions.move_members([Person.objects.get(number="2008010003")], school.branch2, by=BY, then=FOLLOW.roster)
    before = facts()
    code, said, _err = undo(roster.public_id)
    assert (code, said["undone"], facts()) == (1, False, before)
    assert "2008010003" in [one["number"] for one in said["obstacles"]]
    out = io.StringIO()
    assert command_undo.undo(roster.public_id, follow=FOLLOW, out=out) == 1
    assert "2008010003" in out.getvalue()
    assert out.getvalue().startswith("没有撤销，系统里什么都没变。")


def test_the_command_knows_no_other_import(school):
    code, said, err = undo("nothing")
    assert (code, said) == (2, None)
    assert "nothing" in err
