"""Deciding through the door: one duty, chosen ones, whole units; previews, reasons, names that stay hidden."""

from __future__ import annotations

import pytest

from zhengyou.campaigns.models import Decision, Duty, Slot, State
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.views import listing
from zhengyou.kit.pages import Bounded
from zhengyou.org.tests.builder import client


@pytest.fixture
def running(school):
    """A members' and a units' task."""
    return play.run(play.member_task("小结"), play.unit_task("计划"))


def text(response):
    return response.content.decode()


def decide(who, duty, kind, **given):
    return client(who).post(f"/duties/{duty.pk}/decide/{kind}/", given)


def test_one_duty_is_exempted_for_a_reason_of_the_short_list(school, running):
    duty = play.duty_of(school.member, "小结")
    assert decide(school.secretary, duty, "exempt", reason="ill", text="").status_code == 302
    assert play.duty_of(school.member, "小结").state == State.EXEMPT


@pytest.mark.parametrize(
    ("given", "where"), [({}, "id_reason"), ({"reason": "lazy"}, "id_reason")], ids=["none", "unknown"]
)
def test_a_reason_that_is_not_on_the_list_is_refused_and_the_text_stays(school, running, given, where):
    duty = play.duty_of(school.member, "小结")
    answer = decide(school.secretary, duty, "exempt", text="出差三天", **given)
    assert answer.status_code == 422
    assert where in text(answer)
    assert "出差三天" in text(answer)
    assert not Decision.objects.exists()


def test_an_extension_needs_a_later_day(school, running):
    duty = play.duty_of(school.member, "小结")
    for day in ("", "2010-11-30", "2010-01-01", "若干", "2010-02-31"):
        answer = decide(school.secretary, duty, "extend", text="考试周", due_on=day)
        assert answer.status_code == 422, day
        assert "id_due_on" in text(answer)
    assert decide(school.secretary, duty, "extend", text="考试周", due_on="2010-12-06").status_code == 302
    page = text(client(school.member).get(f"/duties/{duty.pk}/"))
    assert "11月30日" in page
    assert "12月6日" in page


WHO = [
    ("secretary", "exempt", 302),
    ("dean", "exempt", 302),
    ("office", "exempt", 302),
    ("office", "void", 302),
    ("secretary", "void", 403),
    ("member", "exempt", 403),
    ("neighbour", "exempt", 404),
    ("secretary2", "exempt", 404),
    ("leader", "exempt", 404),
]


@pytest.mark.parametrize(("who", "kind", "status"), WHO)
def test_who_may_decide_about_a_member(school, running, who, kind, status):
    duty = play.duty_of(school.member, "小结")
    answer = decide(getattr(school, who), duty, kind, reason="ill", text="病了")
    assert answer.status_code == status
    assert Decision.objects.exists() == (status == 302)


def test_nobody_exempts_the_own_duty(school, running):
    duty = play.duty_of(school.secretary, "小结")
    answer = decide(school.secretary, duty, "exempt", reason="ill")
    assert answer.status_code == 403
    assert "自己的事不能自己决定" in text(answer)


def test_a_button_that_is_off_says_why(school, running):
    duty = play.duty_of(school.member, "小结")
    page = text(client(school.secretary).get(f"/duties/{duty.pk}/"))
    assert 'aria-describedby="dwvoid"' in page
    assert "由办公室作" in page


def test_an_unknown_decision_is_a_404(school, running):
    duty = play.duty_of(school.member, "小结")
    assert client(school.office).get(f"/duties/{duty.pk}/decide/forgive/").status_code == 404


def test_a_decision_is_taken_back_by_who_may_decide(school, running):
    duty = play.duty_of(school.member, "小结")
    decide(school.secretary, duty, "exempt", reason="ill")
    assert client(school.member).post(f"/duties/{duty.pk}/take-back/").status_code == 403
    assert client(school.secretary).post(f"/duties/{duty.pk}/take-back/").status_code == 302
    assert play.duty_of(school.member, "小结").state == State.DUE


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("dean", 200), ("office", 200), ("member", 403), ("inspector", 403)],
)
def test_the_list_is_for_those_who_decide(school, running, who, status):
    assert client(getattr(school, who)).get("/duties/").status_code == status


def test_the_list_names_members_to_their_own_head_only(school, running):
    assert "阿依古丽" in text(client(school.secretary).get("/duties/"))
    for who in (school.dean, school.office, school.secretary2):
        assert "阿依古丽" not in text(client(who).get("/duties/"))


def test_the_next_above_names_the_members_of_a_unit_without_a_head(school, running):
    from zhengyou.org import actions

    actions.add_person(
        "空缺支部的人", number="2009010077", unit=school.branch4, by=play.SYSTEM, day=play.day(7, 1)
    )
    play.settle()
    assert "空缺支部的人" in text(client(school.dean2).get("/duties/"))
    assert "空缺支部的人" not in text(client(school.dean).get("/duties/"))


def test_chosen_duties_are_previewed_with_what_stays_and_why(school, running):
    play.hand_in(school.member2, school.member2, "小结")
    ids = [play.duty_of(p, "小结").pk for p in (school.member, school.member2)]
    page = text(client(school.secretary).get("/duties/decide/exempt/", {"duty": ids}))
    assert "会处理 1 件" in page
    assert "不动 1 件" in page
    assert "只有待办或退回的才能免办" in page


def test_chosen_duties_are_decided_with_one_reason(school, running):
    ids = [play.duty_of(p, "小结").pk for p in (school.member, school.member2)]
    answer = client(school.secretary).post(
        "/duties/decide/exempt/", {"duty": ids, "reason": "abroad"}, follow=True
    )
    assert "办了 2 件" in text(answer)
    assert Duty.objects.filter(state=State.EXEMPT).count() == 2


def test_nothing_chosen_leads_back_with_a_sentence(school, running):
    answer = client(school.secretary).get("/duties/decide/exempt/", follow=True)
    assert "还没有勾任何一件" in text(answer)


def test_other_units_duties_cannot_be_slipped_in(school, running):
    other = play.duty_of(school.neighbour, "小结")
    client(school.secretary).post("/duties/decide/exempt/", {"duty": [other.pk, "x"], "reason": "ill"})
    assert not Decision.objects.exists()


def test_a_whole_unit_is_decided_after_a_preview(school, running):
    slot = Slot.objects.get(task__code="小结")
    door = f"/duties/scope/extend/?slot={slot.pk}&unit={school.general.public_id}"
    browser = client(school.dean)
    assert "其中会变的" in text(browser.get(door))
    assert browser.post(door, {"text": "考试周", "due_on": "2010-12-10"}).status_code == 302
    assert play.duty_of(school.member, "小结").due_on == play.day(12, 10)
    assert play.duty_of(school.far, "小结").due_on == play.day(11, 30)


@pytest.mark.parametrize(
    ("who", "unit"), [("secretary", "*"), ("secretary", "general"), ("dean", "general2")]
)
def test_a_wider_reach_than_ones_own_is_refused(school, running, who, unit):
    slot = Slot.objects.get(task__code="小结")
    code = "*" if unit == "*" else getattr(school, unit).public_id
    answer = client(getattr(school, who)).post(
        f"/duties/scope/exempt/?slot={slot.pk}&unit={code}", {"reason": "ill"}
    )
    assert answer.status_code == 403
    assert not Decision.objects.exists()


def test_the_list_survives_any_filter(school, running):
    for query in ("state=late", "state=nope", "task=abc", "unit=x", "page=99999", "task=%00", "all=1&page=2"):
        assert client(school.office).get(f"/duties/?{query}").status_code == 200


def listed(browser, query=""):
    """States in the order of the list."""
    return [row["status"] for row in browser.get(f"/duties/?{query}").context["rows"]]


def test_the_list_opens_with_what_is_open_and_ends_with_what_is_settled(school, running):
    play.hand_in(school.member2, school.member2, "小结")
    decide(school.secretary, play.duty_of(school.member, "小结"), "exempt", reason="ill")
    states = listed(client(school.secretary))
    settled = [state in (State.EXEMPT, State.ACCEPTED, State.VOID) for state in states]
    assert settled == sorted(settled)
    assert {State.DUE, State.EXEMPT} <= set(states)
    assert set(listed(client(school.secretary), "state=exempt")) == {State.EXEMPT}


def test_a_list_is_counted_up_to_a_bound_and_says_that_there_are_more(school, running):
    duties = Duty.objects.order_by("pk")
    odd, even = duties.filter(pk__in=list(duties.values_list("pk", flat=True))[::2]), duties
    even = even.exclude(pk__in=odd)
    whole = [d.pk for d in [*odd, *even]]
    pages = Bounded(odd, even, per_page=3, most=100)
    assert [d.pk for n in pages.page_range for d in pages.page(n)] == whole
    assert (pages.count, pages.more) == (len(whole), False)
    bounded = Bounded(odd, even, per_page=3, most=4)
    assert (bounded.count, bounded.more, bounded.num_pages) == (4, True, 2)
    assert [d.pk for n in bounded.page_range for d in bounded.page(n)] == whole[:4]
    exact = Bounded(odd, even, per_page=3, most=len(whole))
    assert (exact.count, exact.more) == (len(whole), False)


def test_beyond_the_bound_the_page_says_so_and_counts_no_further(school, running, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(Bounded.__init__, "__kwdefaults__", {"most": 3})
    page = client(school.secretary).get("/duties/?state=due&page=2")
    assert "3 件以上" in text(page)
    assert "共 3 条以上" in text(page)
    assert "用筛选缩小范围" in text(page)
    assert "state=due&amp;page=1" in text(page)


def test_the_filter_survives_a_decision_about_a_whole_unit(school, running):
    slot = Slot.objects.get(task__code="小结")
    page = text(client(school.dean).get("/duties/?state=due"))
    assert page.count('<input type="hidden" name="back" value="state=due">') == 2
    door = f"/duties/scope/exempt/?slot={slot.pk}&unit={school.branch.public_id}&back=state%3Ddue"
    answer = client(school.dean).post(door, {"reason": "ill"})
    assert answer["Location"] == "/duties/?state=due"
