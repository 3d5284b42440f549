"""The organisation's part: founded once, kept as JSON, and every difference of a later pack named."""

from __future__ import annotations

import json

import pytest

from zhengyou.packs import Organisation, demo_answers, load
from zhengyou.packs.organisation import DEFAULT_POSTS

from .samples import HEAD, ORGANISATION, checked, programme

T = "t: {who: group, every: month}"


def founded(text: str = HEAD) -> Organisation:
    """The organisation that the sample founds."""
    done = checked(text + "programmes: {p: {kind: campaign, from: 2027-01-01, to: 2027-12-31}}\n")
    assert done.errors == []
    assert done.organisation is not None
    return done.organisation


@pytest.mark.parametrize("name", ["excellence-2010", "hospital-quality"])
def test_it_goes_through_json_and_back(name: str) -> None:
    part = load(name).organisation
    assert part is not None
    assert Organisation.from_json(json.loads(json.dumps(part.to_json()))) == part


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        Organisation.from_json({"format": 2})


def test_kinds_posts_and_words_of_the_speech() -> None:
    part = load("excellence-2010").organisation
    assert part is not None
    assert part.root_kind == "committee"
    assert [kind.code for kind in part.children_of("committee")] == ["general", "direct"]
    assert part.kind("general").endings == ("党总支", "总支")
    assert part.kind("branch").includes is None, "open until the office answers"
    assert part.label("secretary") == "书记"
    assert part.label("general", "en") == "General branch"
    assert part.label("nothing") == "nothing"
    assert part.words("zh-hans")["member"] == "党员"
    assert (part.words("en")["member"], part.words("en")["members"]) == ("party member", "party members")
    with pytest.raises(KeyError):
        part.kind("group")


def test_every_organisation_has_the_usual_posts_with_their_powers() -> None:
    part = founded()
    assert {post.code for post in part.posts} == set(DEFAULT_POSTS)
    assert part.may("secretary") == {"hand_in", "review", "exempt", "see_names", "slips"}
    assert part.may("office") >= {"import", "appoint", "start", "see_units"}
    assert part.may("publicity") == part.may("nobody") == frozenset()
    assert {post.code for post in part.posts_of("group")} == {"secretary"}
    assert all(post.default for post in part.posts)


def test_a_post_of_its_own_must_say_where_it_stands() -> None:
    text = HEAD.replace("  affiliation:", "  posts: {guide: {zh: 向导}}\n  affiliation:")
    done = checked(text + "programmes: {p: {kind: campaign, from: 2027-01-01, to: 2027-12-31}}\n")
    assert [f.code for f in done.errors] == ["S102"]


def test_powers_are_a_closed_list() -> None:
    text = HEAD.replace("  affiliation:", "  posts: {guide: {on: group, may: [fly]}}\n  affiliation:")
    done = checked(text + "programmes: {p: {kind: campaign, from: 2027-01-01, to: 2027-12-31}}\n")
    assert "see_names" in next(f.text for f in done.errors if f.code == "S105")


def test_duties_cannot_be_charged_to_the_activity_unit_in_language_1() -> None:
    done = checked(programme(T).replace("{evidence: either}", "{duty: activity}"))
    assert [(f.code, "语言 2" in f.text) for f in done.errors] == [("S104", True)]


def test_the_60_count_with_or_without_the_14() -> None:
    counts = []
    for answer in ("none", "direct"):
        part = load("excellence-2010", {"unit_kinds.branch.includes": answer}).organisation
        assert part is not None
        counts.append(part.expected("branch"))
    assert counts == [60, 46]


def test_what_the_founded_organisation_says_is_not_asked_again() -> None:
    given = demo_answers("excellence-2010")
    whole = load("excellence-2010", given).organisation
    done = load("excellence-2010", None, whole)
    keys = {question.key for question in done.questions}
    assert "before_holiday.on" not in keys
    assert "rules.joiners" in keys
    assert done.errors == []


def test_what_the_founded_organisation_leaves_open_is_asked_and_its_answer_used() -> None:
    bare = load("excellence-2010").organisation
    assert "before_holiday.on" in {question.key for question in load("excellence-2010", None, bare).open}
    done = load("excellence-2010", demo_answers("excellence-2010"), bare)
    assert done.open == done.errors == []
    assert done.organisation is not None
    assert done.organisation.calendar.days["before_holiday"]["on"] == "2010-07-16"


def test_an_answer_against_the_founded_organisation_is_refused_with_both_values() -> None:
    whole = load("excellence-2010", demo_answers("excellence-2010")).organisation
    done = load("excellence-2010", {"before_holiday.on": "2010-07-20"}, whole)
    fault = next(f for f in done.errors if f.code == "O201")
    assert "2010-07-16" in fault.text
    assert "2010-07-20" in fault.text


def test_the_same_pack_against_its_own_organisation_differs_in_nothing() -> None:
    done = checked(programme(T), organisation=founded())
    assert [f for f in done.source.faults if f.code.startswith("O")] == []


@pytest.mark.parametrize(
    ("old", "new", "address", "severity"),
    [
        (
            "{zh: 组, parent: society, count: 4}",
            "{zh: 班, parent: society, count: 4}",
            "unit_kinds.group.zh",
            "warning",
        ),
        ("count: 4", "count: 5", "unit_kinds.group.count", "warning"),
        ("group: {zh: 组", "team: {zh: 队", "unit_kinds.team", "error"),
        ("category: [old, young]", "category: [old, young, new]", "kinds.category.new", "error"),
        ("category: [old, young]", "category: {old: {zh: 老}, young: {}}", "kinds.category.old", "warning"),
        ("evidence: either", "evidence: registered", "affiliation.evidence", "warning"),
        ("harvest: 2027-09-30", "harvest: 2027-09-29", "calendar.days.harvest.on", "warning"),
        ("harvest: 2027-09-30", "harvest: 2027-09-30, sowing: 2027-03-01", "calendar.days.sowing", "error"),
        ("duties: not_owed", "duties: owed", "calendar.blackouts.summer.duties", "warning"),
        ("2027-05-05]", "2027-05-06]", "calendar.holidays", "warning"),
        ("  kinds: {c", "  posts: {leader: {may: [start]}}\n  kinds: {c", "posts.leader.may", "error"),
        ("  kinds: {c", "  number_width: {old: 6}\n  kinds: {c", "number_width.old", "warning"),
    ],
)
def test_every_difference_is_named_at_its_place(old: str, new: str, address: str, severity: str) -> None:
    part = founded(
        HEAD.replace("  kinds: {c", "  number_width: {old: 5}\n  kinds: {c", 1) if "number" in new else HEAD
    )
    text = programme("t: {who: society, every: month}").replace(old, new, 1)
    found = [f for f in checked(text, organisation=part).source.faults if f.code.startswith("O")]
    hit = [f for f in found if f.address == f"organisation.{address}"]
    assert [f.severity for f in hit] == [severity], [str(f) for f in found]
    assert hit[0].line > 3


def test_what_a_later_pack_leaves_out_is_named_too() -> None:
    text = programme("t: {who: society, every: month}").replace(
        ", group: {zh: 组, parent: society, count: 4}", ""
    )
    faults = checked(text, organisation=founded()).warnings
    assert any(f.code == "O201" and "group" in f.text for f in faults)


def test_a_later_pack_may_only_refer() -> None:
    text = programme(T).replace(ORGANISATION, "")
    done = checked(text, organisation=founded())
    assert done.errors == []
    assert done.context is not None
    assert "group" in done.context.unit_kinds
    assert [
        f.code for f in checked(text.replace("who: group", "who: troop"), organisation=founded()).errors
    ] == ["N201"]


def test_the_speech_on_a_hospital_is_refused_by_name() -> None:
    part = load("hospital-quality").organisation
    done = load("excellence-2010", None, part)
    assert any(f.code == "O202" and f.address == "organisation.unit_kinds.general" for f in done.errors)
