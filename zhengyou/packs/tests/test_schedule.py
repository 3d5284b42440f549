"""Tasks are dated as the pack says: rhythms, month ends, blackouts, occasions, several kinds of people."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from zhengyou.packs import demo_answers, load
from zhengyou.packs.dates import WorkingDays, add_months, parse, resolve
from zhengyou.packs.evaluation import evaluate
from zhengyou.packs.schedule import TaskPlan, plan, timeline

from .samples import HEAD, checked, programme

APRIL, JUNE = date(2027, 4, 1), date(2027, 6, 30)
MAY = WorkingDays(frozenset(date(2027, 5, d) for d in (3, 4, 5)), frozenset({date(2027, 5, 8)}))


def planned(tasks: str, **more: str) -> dict[str, TaskPlan]:
    """The plans of a small pack by code; it must be without errors."""
    done = checked(programme(tasks, **more))
    assert not done.errors, "\n".join(map(str, done.errors))
    return {task.code: task for task in plan(done)}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-05-04", date(2027, 5, 4)),
        ("06-25", date(2027, 6, 25)),
        ("start", APRIL),
        ("end", JUNE),
        ("end at 17:00", JUNE),
        ("day 5", date(2027, 4, 5)),
        ("day 31", date(2027, 4, 30)),
        ("last sunday", date(2027, 6, 27)),
        ("first monday", date(2027, 4, 5)),
        ("start - 3 days", date(2027, 3, 29)),
        ("end + 2 weeks", date(2027, 7, 14)),
        ("2027-01-31 + 1 month", date(2027, 2, 28)),
        ("2028-02-29 + 1 year", date(2029, 2, 28)),
        ("2027-04-30 + 3 working days", date(2027, 5, 8)),
        ("2027-05-06 - 1 working day", date(2027, 4, 30)),
        ("harvest + 1 day", date(2027, 10, 1)),
        ("congress", None),
        ("end ＋ ２ days", date(2027, 7, 2)),
        ("2027年4月9日", date(2027, 4, 9)),
        ("2199-12-31 + 9999 years", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert resolve(parse(text), APRIL, JUNE, {"harvest": date(2027, 9, 30)}, MAY) == day


def test_a_month_alone_is_its_first_or_last_day() -> None:
    assert resolve(parse("2010-04"), APRIL, JUNE, last=False) == date(2010, 4, 1)
    assert resolve(parse("2010-06"), APRIL, JUNE) == date(2010, 6, 30)


def test_the_31st_plus_a_month_is_the_last_day_of_the_next() -> None:
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)


def test_a_monthly_task_opens_on_the_first_and_is_due_on_the_last_of_its_month() -> None:
    slots = planned("t: {who: group, every: month}", span="from: 2027-01-15, to: 2027-03-31")["t"].slots
    days = [(s.period, s.opens_on.day, s.due_on) for s in slots]
    assert days == [
        ("2027-01", 15, date(2027, 1, 31)),
        ("2027-02", 1, date(2027, 2, 28)),
        ("2027-03", 1, date(2027, 3, 31)),
    ]


def test_the_last_period_ends_with_the_campaign() -> None:
    slots = planned("t: {who: group, every: month}", span="from: 2027-01-01, to: 2027-02-10")["t"].slots
    assert slots[-1].due_on == date(2027, 2, 10)


def test_a_day_after_the_period_keeps_the_cut_off_at_its_end() -> None:
    slot = planned("t: {who: group, every: month, due: end + 5 days}")["t"].slots[0]
    assert (slot.cutoff_on, slot.due_on) == (date(2027, 1, 31), date(2027, 2, 5))


def test_a_day_before_the_end_of_the_period_is_the_cut_off() -> None:
    slot = planned("t: {who: group, every: quarter, due: day 5}")["t"].slots[1]
    assert (slot.period, slot.opens_on, slot.cutoff_on) == ("2027-Q2", date(2027, 4, 1), date(2027, 4, 5))


@pytest.mark.parametrize(
    ("rhythm", "labels"),
    [
        ("quarter", ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]),
        ("half", ["2027-H1", "2027-H2"]),
        ("year", ["2027"]),
        ("term", ["term-1", "term-2"]),
        ("club_year", ["2026/27", "2027/28"]),
    ],
)
def test_rhythms(rhythm: str, labels: list[str]) -> None:
    assert [slot.period for slot in planned(f"t: {{who: group, every: {rhythm}}}")["t"].slots] == labels


def test_weeks_are_those_of_the_calendar_from_monday() -> None:
    slots = planned("t: {who: group, every: week}", span="from: 2027-01-01, to: 2027-01-12")["t"].slots
    assert [s.period for s in slots] == ["2026-W53", "2027-W01", "2027-W02"]
    assert [s.due_on.day for s in slots] == [3, 10, 12]


def test_what_falls_due_in_a_blackout_is_not_owed() -> None:
    months = [slot.period for slot in planned("t: {who: group, every: month}")["t"].slots]
    assert "2027-06" in months
    assert not {"2027-07", "2027-08"} & set(months)
    assert "2027-09" in months


def test_a_single_task_is_never_lost_in_a_blackout() -> None:
    assert len(planned("t: {who: group, due: 2027-07-31}")["t"].slots) == 1


def test_a_blackout_may_move_deadlines_or_leave_them() -> None:
    text = programme("t: {who: group, every: month}")
    moved = plan(checked(text.replace("duties: not_owed", "duties: deadline_moves")))[0].slots
    left = plan(checked(text.replace("duties: not_owed", "duties: owed")))[0].slots
    assert [s.due_on for s in moved if s.period == "2027-07"] == [date(2027, 9, 1)]
    assert [s.cutoff_on for s in moved if s.period == "2027-07"] == [date(2027, 7, 31)]
    assert [s.due_on for s in left if s.period == "2027-07"] == [date(2027, 7, 31)]


def test_a_blackout_without_a_year_comes_every_year() -> None:
    text = programme("t: {who: group, every: month}", span="from: 2027-01-01, to: 2028-12-31")
    done = checked(text.replace("from: 2027-07-10, to: 2027-08-31", "from: 07-10, to: 08-31"))
    months = {slot.period for slot in plan(done)[0].slots}
    assert not {"2027-07", "2028-07", "2028-08"} & months


def test_irregular_and_times_give_as_many_slots_to_the_end() -> None:
    plans = planned(
        "a: {who: group, irregular: 3}, b: {who: group, every: half, times: 2}, c: {who: group, times: 1}"
    )
    assert [s.period for s in plans["a"].slots] == ["1", "2", "3"]
    assert {s.due_on for s in plans["a"].slots} == {date(2027, 12, 31)}
    assert [s.period for s in plans["b"].slots] == ["2027-H1/1", "2027-H1/2", "2027-H2/1", "2027-H2/2"]
    assert [s.period for s in plans["c"].slots] == [""]


def test_what_was_held_is_recorded_for_each_day_it_was_held() -> None:
    slots = planned("t: {who: society, held: [2027-02-01, 2027-03-01], due: 2027-03-10}")["t"].slots
    assert [(s.period, s.opens_on, s.due_on) for s in slots] == [
        ("2027-02-01", date(2027, 2, 1), date(2027, 3, 10)),
        ("2027-03-01", date(2027, 3, 1), date(2027, 3, 10)),
    ]


def test_advice_and_what_waits_for_an_occasion_issue_nothing() -> None:
    plans = planned(
        "a: {who: young, level: may, every: month, advice: 读书},"
        " b: {who: office, every: month}, c: {who: group, after: b, rectify: {days: 5}}"
    )
    assert plans["a"].slots == () == plans["c"].slots
    assert (plans["a"].on_occasion, plans["c"].on_occasion) == (False, True)


def test_a_day_decided_later_is_waited_for_and_never_guessed() -> None:
    plans = planned("t: {who: group, due: congress + 1 month}, u: {who: group, due: t + 5 days}")
    assert plans["t"].slots == ()
    assert plans["t"].waits_for == ("congress",)
    assert plans["u"].waits_for == ("t",)


def test_due_days_per_kind_make_a_part_for_each() -> None:
    text = programme("t: {who: [society, group], due: {society: 06-25, group: 06-30}}")
    parts = {task.code: task for task in plan(checked(text))}
    assert set(parts) == {"t.society", "t.group"}
    assert parts["t.society"].unit_kinds == ("society",)
    assert parts["t.group"].slots[0].due_on == date(2027, 6, 30)


def test_members_units_and_posts_are_parts_of_their_own() -> None:
    plans = planned("t: {who: [group, young, office, old], every: year}")
    assert set(plans) == {"t.units", "t.members", "t.office"}
    members, office = plans["t.members"], plans["t.office"]
    assert (members.subject, members.who) == ("member", ("young", "old"))
    assert len(members.conditions) == 2
    assert (office.subject, office.post, office.root_only, office.unit_kinds) == (
        "unit",
        "office",
        True,
        ("society",),
    )


def test_conditions_of_members_say_who_is_meant() -> None:
    text = programme("t: {who: young, every: year}").replace(
        "where: [category = young]", "where: [category = young, joined <= harvest]", 1
    )
    (condition,) = plan(checked(text))[0].conditions

    def owes(category: str, joined: date | None) -> object:
        return evaluate(condition, {"category": category, "joined": joined}.__getitem__)

    assert owes("young", date(2027, 9, 30)) is True
    assert owes("young", date(2027, 10, 1)) is False
    assert owes("old", None) is False, "no decides where none cannot"
    assert owes("young", None) is None


def test_everybody_is_a_condition_that_always_holds() -> None:
    (task,) = planned("t: {who: all_members, every: year}").values()
    assert [evaluate(c, {}.__getitem__) for c in task.conditions] == [True]


def test_units_may_be_an_audience_by_their_kind() -> None:
    text = programme("t: {who: low, every: year}").replace(
        "audiences: {", "audiences: {low: {of: units, where: [kind != society]}, "
    )
    (task,) = plan(checked(text))
    assert (task.subject, task.unit_kinds) == ("unit", ("group",))


def test_review_defaults_differ_for_members_and_units() -> None:
    plans = planned(
        "m: {who: young, every: year}, u: {who: group, every: year},"
        " s: {who: group, every: year, review: {by: [parent, office], mode: sample, share: 1/3, minutes: 4}},"
        " b: {who: young, every: year, review: parent}"
    )
    assert (plans["m"].review_mode, plans["m"].review, plans["m"].return_days) == ("none", (), 7)
    assert (plans["u"].review_mode, plans["u"].review) == ("each", ("parent",))
    assert (plans["s"].review, plans["s"].share, plans["s"].review_minutes) == (
        ("parent", "office"),
        Fraction(1, 3),
        4,
    )
    assert (plans["b"].review_mode, plans["b"].review) == ("each", ("parent",))


def test_joiners_and_returned_days_come_from_the_rules_and_grace_from_the_task() -> None:
    text = programme("t: {who: young, every: month}, u: {who: young, every: month, grace_days: 4}").replace(
        "joiners: owe,", "joiners: owe_if_days_left, joiner_days: 10,"
    )
    t, u = plan(checked(text))
    assert (t.joiners, t.grace_days, u.grace_days, t.returned_days) == ("owe_if_days_left", 10, 4, 3)


def test_a_programme_that_runs_through_another_takes_its_span() -> None:
    text = HEAD + (
        "programmes:\n  a: {kind: campaign, phases: {p: {from: 2027-02-01, to: 2027-02-20},"
        " q: {from: 2027-02-21, to: 2027-04-10}}}\n"
        "  b: {kind: learning, runs_through: a, tasks: {t: {who: group, every: month}}}\n"
    )
    done = checked(text)
    assert [s.period for s in plan(done)[0].slots] == ["2027-02", "2027-03", "2027-04"]
    assert [(p.code, p.start, p.end) for p in timeline(done)] == [
        ("a", date(2027, 2, 1), date(2027, 4, 10)),
        ("b", date(2027, 2, 1), date(2027, 4, 10)),
    ]


def test_one_phase_may_begin_where_another_ends() -> None:
    text = HEAD + (
        "programmes: {a: {kind: campaign, phases: {p: {from: 2027-02-01, to: 2027-02-20},"
        " q: {from: p.end + 1 day, to: p.end + 2 months, tasks: {t: {who: group}}}}}}\n"
    )
    slot = plan(checked(text))[0].slots[0]
    assert (slot.opens_on, slot.due_on) == (date(2027, 2, 21), date(2027, 4, 20))


def test_with_the_demo_answers_every_task_of_the_speech_has_slots_where_the_language_allows_it() -> None:
    done = load("excellence-2010", demo_answers("excellence-2010"))
    plans = {task.code: task for task in plan(done)}
    without = {code for code, task in plans.items() if not task.slots}
    assert without == {"rectify", "self_study", "further"}
    assert plans["rectify"].on_occasion
    assert {plans[code].level for code in ("self_study", "further")} == {"may"}
    assert [s.period for s in plans["group_study"].slots] == [
        "2010-09", "2010-10", "2010-11", "2010-12", "2011-02", "2011-03", "2011-04", "2011-05", "2011-06",
    ]  # fmt: skip
    assert plans["plan"].slots[0].due_on == date(2010, 7, 16)
    assert plans["commitment_member"].subject == "member"
    running = [
        t for t in plans.values() if any(s.opens_on <= date(2010, 11, 22) <= s.due_on for s in t.slots)
    ]
    assert len(running) >= 10


def test_without_answers_the_speech_has_no_dates_and_says_what_it_waits_for() -> None:
    plans = {task.code: task for task in plan(load("excellence-2010"))}
    assert all(not task.slots for task in plans.values())
    assert plans["plan"].waits_for == (
        "before_holiday", "programmes.strive.phases.p1.from", "programmes.strive.phases.p1.to",
    )  # fmt: skip
    assert timeline(load("excellence-2010"))[0].phases[0].open == plans["plan"].waits_for[1:]


def test_the_nodes_of_the_speech_are_months() -> None:
    first, second = timeline(load("excellence-2010"))[0].stages
    assert (first.start, first.end) == (date(2010, 4, 1), date(2011, 6, 30))
    assert (second.start, second.end, second.open) == (
        date(2011, 7, 1),
        None,
        ("programmes.strive.stages.n2.to",),
    )
