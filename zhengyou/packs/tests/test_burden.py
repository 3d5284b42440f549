"""Minutes per role and month are exact; formalism is named with its rule, advice is left alone."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from zhengyou.packs import load
from zhengyou.packs.burden import Load, shown, spread
from zhengyou.packs.linter import RULES
from zhengyou.packs.plans import SlotPlan

from .samples import checked, codes, programme


def loads(tasks: str, **more: str) -> dict[str, Load]:
    """The loads of a small pack."""
    done = checked(programme(tasks, **more))
    assert done.errors == []
    return done.burden


def test_a_monthly_meeting_of_90_minutes_is_90_a_month() -> None:
    found = loads("t: {who: group, every: month, minutes: 90}", span="from: 2027-01-01, to: 2027-06-30")
    assert found["secretary.group"].own == 90
    assert found["secretary.group"].peak == 90
    assert found["secretary.group"].months["2027-02"] == 90


def test_the_reviewers_minutes_count_by_how_many_come_to_them() -> None:
    review = "{by: parent, minutes: 5}"
    found = loads(
        f"t: {{who: group, every: month, review: {review}}}", span="from: 2027-01-01, to: 2027-06-30"
    )
    assert found["office"].reviewing == 4 * 5, "four groups under the root, which the office looks after"
    third = "{by: parent, mode: sample, share: 1/3, minutes: 5}"
    found = loads(
        f"t: {{who: group, every: month, review: {third}}}", span="from: 2027-01-01, to: 2027-06-30"
    )
    assert found["office"].reviewing == Fraction(20, 3)


def test_branches_are_shared_among_their_general_branches() -> None:
    found = load("excellence-2010").burden
    assert found["secretary.general"].reviewing > 0
    assert found["secretary.general"].reviewing.denominator == 17, "60 branches over 17"
    assert found["secretary.direct"].reviewing == 0


def test_numbers_that_are_not_known_are_said_and_real_ones_used() -> None:
    text = programme("t: {who: group, every: month}").replace(", count: 4", "")
    assert checked(text).burden["office"].uncounted == ["t"]
    real = checked(text, counts={"group": 10}).burden["office"]
    assert real.uncounted == []
    assert real.reviewing > 0


def test_members_carry_what_all_members_owe() -> None:
    found = loads(
        "a: {who: all_members, every: year, minutes: 12}, b: {who: young, every: year, minutes: 24}"
    )
    assert (found["young"].own, found["old"].own) == (3, 1)


def test_a_long_task_is_spread_over_its_days() -> None:
    shares = spread(SlotPlan("", date(2027, 1, 31), date(2027, 3, 1), date(2027, 3, 1)))
    assert shares == {"2027-01": Fraction(1, 30), "2027-02": Fraction(28, 30), "2027-03": Fraction(1, 30)}
    assert sum(shares.values()) == 1


def test_over_the_budget_is_a_remark_with_the_fullest_month() -> None:
    done = checked(programme("t: {who: young, every: month, minutes: 61}"))
    assert "M701" in codes(done)
    assert done.burden["young"].over
    assert "M701" not in codes(checked(programme("t: {who: young, every: month, minutes: 60}")))


def test_figures_are_shown_exactly() -> None:
    assert [shown(Fraction(n, d)) for n, d in ((4, 2), (1, 4), (1, 3))] == ["2", "0.25", "1/3"]
    assert load("excellence-2010").as_json()["burden"]["staff"]["minutes_per_month"] == "175/12"


def test_the_bundled_packs_resemble_no_formalism_and_keep_to_the_budget() -> None:
    for name in ("excellence-2010", "hospital-quality"):
        assert load(name).warnings == []


def test_advice_and_quotations_are_not_suspected() -> None:
    text = "t: {zh: 自学, who: young, every: year, advice: 每天读1小时不打卡, source: 不少于800字}"
    assert not {code for code in codes(checked(programme(text))) if code.startswith("F")}


def test_each_rule_of_the_linter_names_its_source() -> None:
    assert [rule.code for rule in RULES] == ["F901", "F902", "F903", "F904", "F905"]
    assert all("202" in str(rule.source) for rule in RULES)


def test_scores_of_units_are_allowed() -> None:
    text = "t: {zh: 年终打分, who: group, every: year, judged: {by: office, scale: {good: 2, bad: 1}}}"
    assert not {code for code in codes(checked(programme(text))) if code.startswith("F")}


def test_a_statement_for_members_may_not_rank_them() -> None:
    done = checked(
        programme("t: {who: group, every: year}") + "statements: {s: {zh: 排名榜, for: members}}\n"
    )
    assert "F903" in codes(done)
