"""Null is a question: asked once, answered with the same readers, put off only where a later phase waits."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from zhengyou.packs import demo_answers, load, read_answers
from zhengyou.packs.check import Checked
from zhengyou.packs.organisation import Organisation

from .samples import checked, programme

ANSWERS = demo_answers("excellence-2010")
assert ANSWERS is not None
VALUES: dict[str, Any] = dict(ANSWERS.values)


def answered(**changed: Any) -> Checked:
    """The speech's pack with the demo answers, some of them changed (`__` for a dot)."""
    return load("excellence-2010", VALUES | {key.replace("__", "."): value for key, value in changed.items()})


def test_the_speech_asks_18_to_30_questions_and_has_no_errors() -> None:
    done = load("excellence-2010")
    assert done.errors == done.warnings == []
    assert 18 <= len(done.open) <= 30
    assert {"unit_kinds.branch.includes", "posts.department.on"} <= {q.key for q in done.open}
    assert all(q.blocks for q in done.open), "each question holds something up"
    assert all(q.ask.zh and q.ask.en and q.says.zh and q.says.en for q in done.open)


def test_the_fourth_link_is_a_gap_and_blocks_nothing() -> None:
    done = load("excellence-2010", ANSWERS)
    gaps = {gap.address: gap.label.zh for gap in done.gaps}
    assert "四" in gaps["statements.links.items.fourth"]
    assert done.open == []


def test_what_is_announced_and_not_given_is_a_gap_by_itself() -> None:
    done = checked(
        programme("t: {who: group, every: year}") + "statements: {s: {announced: 4, items: [一, 二, 三]}}"
    )
    assert [(g.address, g.label.zh) for g in done.gaps] == [("statements.s", "说有 4 个，只给了 3 个")]


def test_the_demo_answers_close_every_question_without_a_remark() -> None:
    done = load("excellence-2010", ANSWERS)
    assert (done.open, done.errors, done.warnings) == ([], [], [])
    assert ANSWERS.invented
    assert ANSWERS.demo["today"] == "2010-11-22"


def test_one_answer_serves_a_question_that_says_so_and_others_are_answered_place_by_place() -> None:
    done = load("excellence-2010", {"summer.duties": "owed", "p1.from": "2010-07-05"})
    states = {q.key: q.state for q in done.questions}
    assert states["summer.duties"] == "answered"
    assert states["p1.from"] == "open", "its other day is not answered"
    field = next(q for q in done.questions if q.key == "p1.from").fields[0]
    assert (field.kind, field.value) == ("date", "2010-07-05")


def test_inputs_follow_from_the_place() -> None:
    questions = {q.key: q for q in load("excellence-2010").questions}
    kinds = {
        key: questions[key].kind
        for key in (
            "before_holiday.on",
            "party_spirit.times",
            "rules.joiners",
            "group_study.quorum",
            "summary.who",
            "briefing.every",
        )
    }
    assert kinds == {
        "before_holiday.on": "date", "party_spirit.times": "number", "rules.joiners": "choice",
        "group_study.quorum": "text", "summary.who": "choice", "briefing.every": "choice",
    }  # fmt: skip
    assert questions["summary.who"].fields[0].several
    assert [f.label.zh for f in questions["summer.from"].fields] == [
        "暑假 从",
        "暑假 到",
        "寒假 从",
        "寒假 到",
    ]


def test_choices_come_from_the_language_where_the_pack_lists_none() -> None:
    text = (
        programme("t: {who: group, every: null, level: null}")
        + "open: {t.every: {ask: 多久}, t.level: {ask: 要求}}"
    )
    done = checked(text)
    every, level = (q.fields[0].options for q in done.open)
    assert "club_year" in {o.value for o in every}
    assert next((o.value, o.text) for o in level) == ("must", "必须做")


def test_a_wrong_answer_is_a_sentence_at_its_question_and_the_rest_stays() -> None:
    done = answered(
        party_spirit__times="若干", p2__from="若干", rules__joiners="perhaps", summary__who="nobody"
    )
    found = {fault.answer: (fault.code, fault.text) for fault in done.errors}
    assert found["party_spirit.times"] == ("S104", "「若干」不是整数：写 0、1、2 这样的数")
    assert found["p2.from"][1].startswith("「若干」不是日期")
    assert "照样要做" in found["rules.joiners"][1]
    assert found["summary.who"][0] == "N201"
    wrong = {q.key for q in done.open}
    assert wrong == {"party_spirit.times", "p2.from", "rules.joiners", "summary.who"}


def test_an_answer_to_nothing_is_named() -> None:
    done = answered(wall__colour="red")
    assert [(f.code, f.answer) for f in done.errors] == [("Q204", "wall.colour")]


def test_an_empty_answer_leaves_the_question_open() -> None:
    assert [q.key for q in answered(party_spirit__times="  ").open] == ["party_spirit.times"]


def test_every_default_is_listed_and_may_be_answered() -> None:
    done = load("excellence-2010", ANSWERS)
    defaults = {d.address: d.value for d in done.defaults}
    top = "programmes.strive.phases.p1.tasks.plan"
    assert defaults[f"{top}.review.by"] == "parent"
    assert defaults[f"{top}.minutes"] == "120"
    assert defaults["programmes.strive.phases.p4.tasks.institution.who"] == "office"
    assert defaults["organisation.affiliation.duty"] == "registered"
    assert defaults["organisation.members.retained_years"] == "2"
    assert defaults["organisation.members.letter_days_longest"] == "92"
    assert "organisation.members.full" not in defaults  # the pack states it
    assert defaults["organisation.unit_kinds.branch.norms.term_years"] == "none"
    changed = answered(**{f"{top}.minutes": "90", f"{top}.review.by": "office", "institution.who": "leader"})
    assert changed.errors == []
    ruled = answered(
        **{
            "unit_kinds.branch.norms.term_years": "3",
            "members.letter_days": "15",
            "members.retained_years": "1",
        }
    )
    assert ruled.errors == []
    assert ruled.organisation is not None
    assert ruled.organisation.kind("branch").term_years == 3
    assert ruled.organisation.members.days("letter_days") == 15
    assert ruled.organisation.members.days("letter_days_outside") == 30
    assert Organisation.from_json(ruled.organisation.to_json()) == ruled.organisation
    now = {d.address for d in changed.defaults}
    assert (
        not {f"{top}.minutes", f"{top}.review.by", "programmes.strive.phases.p4.tasks.institution.who"} & now
    )


def test_all_defaults_of_both_packs_may_be_answered_with_their_own_value() -> None:
    for name in ("excellence-2010", "hospital-quality"):
        given = demo_answers(name)
        assert given is not None
        done = load(name, given)
        own = {
            d.address: d.value
            for d in done.defaults
            if d.value != "none"  # no power, no norm: nothing to state
        }
        again = load(name, dict(given.values) | own)
        assert [str(fault) for fault in again.errors] == []
        assert {default.address for default in again.defaults}.isdisjoint(own)


def test_a_stated_value_is_no_default_and_cannot_be_answered_away() -> None:
    assert [f.code for f in answered(plan__due="2010-08-01").errors] == ["Q204"]


def test_a_question_about_a_later_phase_may_be_put_off_and_its_tasks_wait() -> None:
    later = {"put_off": {"post": "office", "until": "2011-05-01"}}
    done = answered(p4__from=later, p4__to=later)
    assert done.open == done.errors == []
    assert [q.key for q in done.put_off] == ["p4.from"]
    assert [f.code for f in done.warnings] == ["Q206"]
    from zhengyou.packs.schedule import plan

    plans = {task.code: task for task in plan(done)}
    assert plans["summary"].slots == ()
    assert plans["summary"].waits_for[0] == "programmes.strive.phases.p4.from"
    assert plans["group_study"].slots[-1].period == "2011-05", "what is known goes on"


def test_what_the_first_phase_needs_cannot_be_put_off() -> None:
    later = {"put_off": {"post": "office", "until": "2011-05-01"}}
    assert [f.code for f in answered(p1__to=later).errors] == ["Q207"]
    assert [f.code for f in answered(rules__joiners=later).errors] == ["Q207"]


def test_putting_off_needs_a_post_and_a_day() -> None:
    for wrong in ({"post": "nobody", "until": "2011-05-01"}, {"post": "office", "until": "soon"}, {}):
        assert [f.code for f in answered(p4__to={"put_off": wrong}, p4__from="2011-06-01").errors] == ["Q207"]


def test_questions_are_asked_in_english_too() -> None:
    with translation.override("en"):
        asked = {q["key"]: q["ask"] for q in load("excellence-2010").as_json()["open"]}
    assert asked["before_holiday.on"] == 'Which day is "before the holiday"?'


def test_an_answers_file_with_faults_is_told_and_not_used(tmp_path: Any) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("answer: {a: 1}\n", encoding="utf-8")
    assert [f.code for f in read_answers(path).faults] == ["S101"]
    assert [f.code for f in load("hospital-quality", path).errors] == ["S101"]
    assert [f.code for f in load("hospital-quality", tmp_path / "none.yaml").errors] == ["P008"]
