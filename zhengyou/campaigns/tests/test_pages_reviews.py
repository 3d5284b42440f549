"""Reviewing through the door: who sees the queue, many at once, one with reasons, never one's own."""

from __future__ import annotations

import pytest

from zhengyou.campaigns.models import Duty, Review, State, Submission
from zhengyou.campaigns.tests import play
from zhengyou.org.tests.builder import client


@pytest.fixture
def papers(school):
    """Three papers of branch: two members' wait with its head, the head's own waits above."""
    play.run(play.member_task("小结", review=("parent",), review_mode="each"))
    play.hand_in(school.member, school.member, "小结", done="讲了六道题")
    play.hand_in(school.member2, school.member2, "小结", done="带了两个徒弟")
    play.hand_in(school.secretary, school.secretary, "小结", done="自己的一份")
    return {s.duty.member_id: s for s in Submission.objects.select_related("duty")}


def text(response):
    return response.content.decode()


def state(person):
    return play.duty_of(person, "小结").state


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 200),
        ("dean", 200),
        ("office", 200),
        ("member", 403),
        ("leader", 403),
        ("inspector", 403),
    ],
)
def test_the_queue_is_for_those_who_review(school, papers, who, status):
    answer = client(getattr(school, who)).get("/reviews/")
    assert answer.status_code == status
    if status == 403:
        assert "负责人" in text(answer)


def test_the_queue_shows_what_waits_here_and_ones_own_off_with_its_reason(school, papers):
    page = text(client(school.secretary).get("/reviews/"))
    assert "讲了六道题" in page
    assert "带了两个徒弟" in page
    assert "自己交的不能自己审" in page
    assert f'name="accept" value="{papers[school.secretary.pk].pk}"' not in page


def test_a_neighbouring_head_has_an_empty_queue(school, papers):
    page = text(client(school.secretary2).get("/reviews/"))
    assert "讲了六道题" not in page
    assert "现在没有等您审核的" in page


def test_all_of_a_page_are_ticked_without_script(school, papers):
    page = text(client(school.secretary).get("/reviews/?all=1"))
    assert page.count("checked") == 2


def test_ticked_ones_are_accepted_and_those_with_reasons_returned_in_one_go(school, papers):
    mine, other = papers[school.member.pk].pk, papers[school.member2.pk].pk
    answer = client(school.secretary).post(
        "/reviews/", {"accept": [mine], f"reasons-{other}": "写写他们学会了什么"}, follow=True
    )
    assert "退回 1 份，通过 1 份" in text(answer)
    assert state(school.member) == State.ACCEPTED
    assert state(school.member2) == State.RETURNED


def test_ticked_and_with_reasons_is_refused_and_nothing_happens(school, papers):
    mine, other = papers[school.member.pk].pk, papers[school.member2.pk].pk
    answer = client(school.secretary).post(
        "/reviews/", {"accept": [mine, other], f"reasons-{other}": "再写写"}
    )
    assert answer.status_code == 422
    assert "再写写" in text(answer)
    assert not Review.objects.exists()


def test_an_empty_choice_says_what_to_do(school, papers):
    answer = client(school.secretary).post("/reviews/", {})
    assert answer.status_code == 422
    assert "还没有勾" in text(answer)


def test_ones_own_paper_cannot_be_slipped_into_the_page(school, papers):
    own = papers[school.secretary.pk].pk
    answer = client(school.secretary).post("/reviews/", {"accept": [own]})
    assert answer.status_code == 422
    assert "自己交的不能自己审" in text(answer)
    assert state(school.secretary) == State.SUBMITTED


def test_a_strangers_number_in_the_page_changes_nothing(school, papers):
    answer = client(school.secretary2).post(
        "/reviews/", {"accept": [papers[school.member.pk].pk, "x", "-1", "9" * 30]}
    )
    assert answer.status_code == 422
    assert not Review.objects.exists()


def test_filters_stand_in_the_address(school, papers):
    browser = client(school.secretary)
    task = Submission.objects.first().duty.slot.task_id
    assert "讲了六道题" in text(browser.get(f"/reviews/?task={task}&unit={school.branch.public_id}&has=yes"))
    assert "讲了六道题" not in text(browser.get("/reviews/?has=no"))
    assert browser.get("/reviews/?unit=nope&task=abc&has=%00&page=999").status_code == 200


def test_one_paper_is_read_whole_with_its_history(school, papers):
    duty = play.duty_of(school.member, "小结")
    page = text(client(school.secretary).get(f"/reviews/{duty.pk}/"))
    assert "讲了六道题" in page
    assert "往来记录" in page


def test_a_return_without_reasons_is_refused_at_its_field(school, papers):
    duty = play.duty_of(school.member, "小结")
    answer = client(school.secretary).post(f"/reviews/{duty.pk}/", {"do": "return", "reasons": "  "})
    assert answer.status_code == 422
    assert 'href="#id_reasons"' in text(answer)
    assert state(school.member) == State.SUBMITTED


def test_reasons_with_the_wrong_button_are_asked_about(school, papers):
    duty = play.duty_of(school.member, "小结")
    answer = client(school.secretary).post(f"/reviews/{duty.pk}/", {"do": "accept", "reasons": "第二处没写"})
    assert answer.status_code == 422
    assert "第二处没写" in text(answer)
    assert state(school.member) == State.SUBMITTED


def test_accepting_the_same_paper_twice_is_a_conflict_not_a_fault(school, papers):
    duty = play.duty_of(school.member, "小结")
    browser = client(school.secretary)
    assert browser.post(f"/reviews/{duty.pk}/", {"do": "accept"}).status_code == 302
    assert browser.post(f"/reviews/{duty.pk}/", {"do": "accept"}).status_code == 409
    assert browser.get(f"/reviews/{duty.pk}/").status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("member", 403), ("member2", 404), ("neighbour", 404), ("secretary2", 404)]
)
def test_nobody_else_judges(school, papers, who, status):
    duty = play.duty_of(school.member, "小结")
    answer = client(getattr(school, who)).post(f"/reviews/{duty.pk}/", {"do": "accept"})
    assert answer.status_code == status
    assert state(school.member) == State.SUBMITTED


def test_what_nobody_reviewed_is_returned_within_its_days(school):
    play.run(play.member_task("小结"))
    duty = play.hand_in(school.member, school.member, "小结")
    assert duty.state == State.ACCEPTED
    browser = client(school.secretary)
    assert "需要就退回" in text(browser.get(f"/duties/{duty.pk}/"))
    browser.post(f"/reviews/{duty.pk}/", {"do": "return", "reasons": "没说在哪里"})
    assert state(school.member) == State.RETURNED


def test_the_queue_does_not_ask_the_database_per_row(school, papers, django_assert_max_num_queries):
    play.run(*(play.member_task(f"另{n}", review=("parent",), review_mode="each") for n in range(8)))
    for duty in Duty.objects.filter(member=school.member, state=State.DUE):
        play.hand_in(school.member, school.member, duty.slot.task.code)
    browser = client(school.secretary)
    browser.get("/reviews/")
    with django_assert_max_num_queries(40):
        browser.get("/reviews/")


def test_the_queue_is_complete_in_english(school, papers):
    page = text(client(school.secretary).get("/reviews/", headers={"accept-language": "en"}))
    for chinese in ("待我审核", "通过", "退回", "筛选", "全部"):
        assert chinese not in page
