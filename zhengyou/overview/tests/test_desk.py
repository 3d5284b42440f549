"""My desk: what comes first, what waits where, what is missing, what an empty desk says; who wears which hat."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from zhengyou.campaigns import actions
from zhengyou.campaigns.models import Duty, Slot
from zhengyou.campaigns.tests import play
from zhengyou.journal import drafts
from zhengyou.kit import clock
from zhengyou.org.actions import appoint
from zhengyou.org.tests.builder import BY, client
from zhengyou.overview.desk import lines
from zhengyou.overview.desk.lines import Line
from zhengyou.overview.tests import stage


def desk(person, query="?as=me"):
    return client(person).get(reverse("desk") + query)


def text_of(response) -> str:
    page = re.sub(r"<svg.*?</svg>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def line(state: str, due: date, number: int = 1) -> Line:
    made = Line(number, state, due, due, f"t{number}", 8, True)
    made.late = max((stage.TODAY - due).days, 0) if state != "submitted" else 0
    return made


def test_returned_comes_first_then_overdue_then_this_week_then_later():
    monday = stage.TODAY
    found = lines.gather(
        [
            line("due", date(2010, 12, 15), 1),
            line("due", date(2010, 11, 28), 2),
            line("due", date(2010, 11, 19), 3),
            line("returned", date(2010, 12, 24), 4),
            line("due", monday, 5),
        ],
        monday,
    )
    assert [(group.kind, [one.id for one in group.lines]) for group in found] == [
        ("back", [4]),
        ("late", [3]),
        ("week", [2, 5]),
        ("later", [1]),
    ]


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2010, 11, 22), date(2010, 11, 26)),
        (date(2010, 11, 26), date(2010, 11, 26)),
        (date(2010, 11, 27), date(2010, 11, 28)),
    ],
)
def test_this_week_ends_on_friday_or_else_on_sunday(day, until):
    assert lines.week_end(day) == until


def test_a_member_sees_the_returned_paper_with_its_reason_and_new_date(stageful):
    response = desk(stageful.member)
    assert [group.kind for group in response.context["groups"]] == ["back", "late"]
    page = text_of(response)
    assert "买合木提·吐尔逊 11月18日退回：「缺完成日期」" in page
    assert "改好后 11月26日前再交" in page
    assert "逾期 22 天" in page
    assert response.context["own"].n_open == 2


def test_what_waits_says_for_whom_and_since_when_and_is_never_overdue(stageful):
    with clock.playing(date(2010, 12, 20)):
        page = text_of(desk(stageful.staff, "?as=me&show=waiting"))
    assert "等「示范学院党委」" in page
    assert "11月17日起" in page
    assert "逾期" not in page


def test_what_is_still_to_come_is_named_and_not_counted(stageful):
    response = desk(stageful.member2)
    assert response.context["own"].n_open == 0
    assert [c.zh for c in response.context["own"].coming] == ["对照"]
    assert "下一件是「对照」，12月1日才开始" in text_of(response)
    assert "现在没有要您办的事" in text_of(response)


def test_an_empty_desk_without_anything_to_come_says_so_too(school):
    assert "有新的事会出现在这里，不另外催" in text_of(desk(school.member))


def test_the_minutes_at_the_foot_are_those_of_what_falls_due_this_month(stageful):
    response = desk(stageful.member)
    due = Duty.objects.filter(member=stageful.member, due_on__year=2010, due_on__month=11).count()
    assert due == 1
    assert "本月到期的共 1 件，约 8 分钟" in text_of(response)


def test_a_draft_is_shown_as_one(stageful):
    duty = play.duty_of(stageful.member, "spirit")
    drafts.save(stageful.member.actor.id, f"duty:{duty.pk}", 0, {"done": "x"})
    assert "草稿已保存" in text_of(desk(stageful.member))


def test_what_is_done_is_listed_newest_first(stageful):
    response = desk(stageful.member2, "?as=me&show=done")
    assert [one.state for one in response.context["own"].done] == ["accepted", "accepted"]
    assert response.context["own"].done[0].title == "主题小结"


def test_a_secretary_opens_on_the_unit(stageful):
    response = desk(stageful.secretary, "")
    context = response.context
    assert context["hat"].name == "国贸2008级学生第一党支部"
    assert {one.title for one in context["desk"].duties} == {
        "动员",
        "集中学习（2010-10）",
        "集中学习（2010-11）",
    }
    assert [group.kind for group in context["groups"]] == ["late", "later"]
    assert "书记买合木提·吐尔逊" in text_of(response)


def test_what_the_unit_handed_in_says_for_whom_it_waits(stageful):
    response = desk(stageful.secretary, "")
    assert [(line.title, line.waits_at) for line in response.context["desk"].away] == [
        ("自评", "经济贸易学院党总支")
    ]
    assert response.context["desk"].n_duties == 3
    assert "等「经济贸易学院党总支」审核，10月20日起" in text_of(response)


def test_the_steps_of_the_members_add_up_to_what_the_unit_is_charged_with(stageful):
    found = {step.title: step.figures for step in desk(stageful.secretary, "").context["desk"].steps}
    for title, code in (("教育", "spirit"), ("主题小结", "theme")):
        counted = stage.by_hand({stageful.branch.pk}, slot__task__code=code)
        assert found[title].as_json() == counted


def test_the_missing_are_named_for_the_chosen_task(stageful):
    response = desk(stageful.secretary, "")
    assert response.context["desk"].chosen.title == "教育"
    assert {one.name for one in response.context["desk"].missing} == {
        stageful.dean.name,
        stageful.member.name,
    }
    theme = Slot.objects.get(task__code="theme")
    other = desk(stageful.secretary, f"?as={stageful.branch.public_id}&task={theme.pk}")
    assert other.context["desk"].chosen.slot == theme.pk
    page = text_of(other)
    assert f"{stageful.member.name} 已退回，11月26日前改" in page, "a returned paper is missing but not late"
    assert "复制名单" in page


def test_a_general_secretary_sees_how_many_are_missing_and_nobody_by_name(stageful):
    response = desk(stageful.dean, "")
    assert response.context["hat"].below == 2
    assert response.context["desk"].missing == []
    assert response.context["missing_n"] == 3
    assert "名字只有各单位自己的负责人看得到" in text_of(response)


def test_what_waits_for_my_review_is_listed_with_who_and_when(stageful):
    response = desk(stageful.dean, "")
    assert [(one.title, one.who) for one in response.context["desk"].waiting] == [
        ("自评", "国贸2008级学生第一党支部")
    ]
    assert "10月20日交" in text_of(response)
    assert reverse("reviews") in response.content.decode()


def test_the_own_paper_is_off_with_its_reason(stageful):
    duty = play.duty_of(stageful.secretary, "theme")
    with clock.playing(date(2010, 11, 19)):
        actions.hand_in(duty, by=stageful.secretary.actor, nothing=True)
    from zhengyou.campaigns.models import Submission

    Submission.objects.filter(duty=duty).update(waits_at=stageful.branch)
    response = desk(stageful.secretary, "")
    assert [one.own for one in response.context["desk"].waiting] == [True]
    page = response.content.decode()
    assert 'aria-disabled="true"' in page
    assert "自己交的不能自己审" in page


def test_who_holds_several_posts_switches_between_them(stageful):
    response = desk(stageful.dean2, "")
    words = [one["label"] for one in response.context["switch"]]
    assert words == ["文学院党总支", "汉语言2009级学生党支部", "我自己的"]
    second = desk(stageful.dean2, f"?as={stageful.branch3.public_id}")
    assert second.context["hat"].name == "汉语言2009级学生党支部"


def test_a_desk_on_which_one_holds_no_post_does_not_exist(stageful):
    assert desk(stageful.secretary, f"?as={stageful.branch2.public_id}").status_code == 404
    assert desk(stageful.member, f"?as={stageful.branch.public_id}").status_code == 404


def test_a_vacant_unit_below_is_told_to_the_one_above(stageful):
    assert desk(stageful.dean2, "").context["hat"].vacant == 1
    assert "下级有 1 个单位没有第一责任人" in text_of(desk(stageful.dean2, ""))
    assert desk(stageful.dean, "").context["hat"].vacant == 0


def test_the_office_sees_campaigns_queue_vacancies_and_the_whole(stageful):
    response = desk(stageful.office, "")
    page = text_of(response)
    assert "争创与学习" in page
    assert "2 个单位没有第一责任人" in page
    assert "1 份等您审核" in page, "the direct branch head's own paper waits at the root"
    assert "全部合计" in page
    assert response.context["office"].figures.issued > 0


def test_the_office_of_an_empty_organisation_is_told_what_to_do_first(school):
    page = text_of(desk(school.office, ""))
    assert "还没有活动" in page
    assert "先导入花名册" in page


def test_a_leader_sees_the_figures_and_the_way_to_the_board(stageful):
    page = text_of(desk(stageful.inspector, ""))
    assert "打开进度总览" in page
    assert "全部合计" in page
    assert "活动 全部活动" not in page


def test_a_visitor_without_number_of_posts_has_an_own_desk(stageful):
    assert desk(stageful.far, "").context["hat"] is None


def test_nonsense_in_the_address_is_no_fault(stageful):
    for query in ("?as=", "?as=me&show=x", "?task=x", "?as=me&show=done&page=-1"):
        assert desk(stageful.secretary, query).status_code == 200


def test_the_office_sees_how_many_terms_have_ended_or_end_soon(stageful):
    page = client(stageful.office).get(reverse("desk")).content.decode()
    assert "任期已到或快到" not in page
    appoint(
        stageful.member,
        stageful.branch,
        "organiser",
        by=BY,
        day=stage.START,
        term_ends=stage.TODAY + timedelta(days=30),
    )
    page = client(stageful.office).get(reverse("desk")).content.decode()
    assert "1 个任期已到或快到" in page
    assert reverse("terms") in page
