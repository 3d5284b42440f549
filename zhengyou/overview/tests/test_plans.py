"""The desk says what plans have for a person: amendments to judge, changed clauses to answer; to nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhengyou.org.tests.builder import client
from zhengyou.plans.tests import play
from zhengyou.plans.tests.conftest import school  # noqa: F401 (a fixture)
from zhengyou.plans.tests.test_amending import NEW, cascade  # noqa: F401 (a fixture)
from zhengyou.plans.tests.test_cascade import door


def desk(person):
    return client(person).get(reverse("desk")).content.decode()


def test_a_changed_clause_stands_on_the_desk_of_who_answers_for_the_unit(cascade):  # noqa: F811
    page = desk(cascade.secretary)
    assert "上级方案改了 1 条" in page
    assert f'href="{door("plan", cascade.branch)}"' in page
    for who in ("member", "secretary2", "dean2", "office", "leader"):
        assert "上级方案改了" not in desk(getattr(cascade, who))


def test_an_amendment_stands_on_the_desk_of_who_judges_it_not_of_its_author(cascade):  # noqa: F811
    body = play.again(cascade.branch)
    body["clauses"][2]["text"] = NEW[2][1]
    play.hand_in(cascade.branch, cascade.secretary, body)
    assert "1 份修订的方案等您审核" in desk(cascade.dean)
    assert f'href="{door("plan_review", cascade.branch)}"' in desk(cascade.dean)
    assert "修订的方案等您审核" not in desk(cascade.secretary)
    assert "上级方案改了" not in desk(cascade.secretary)


@pytest.mark.parametrize("who", ["dean", "secretary", "office", "member"])
def test_the_desk_needs_no_more_queries_for_it(cascade, django_assert_max_num_queries, who):  # noqa: F811
    browser = client(getattr(cascade, who))
    browser.get(reverse("desk"))
    with django_assert_max_num_queries(14):
        browser.get(reverse("desk"))
