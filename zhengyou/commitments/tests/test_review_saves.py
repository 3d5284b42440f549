"""A review half made saves itself: ticks and reasons are there again, for this paper and this reviewer only."""

from __future__ import annotations

import pytest

from zhengyou.commitments.actions import proposing
from zhengyou.commitments.tests import promising
from zhengyou.commitments.tests.promising import ONE, TWO
from zhengyou.journal.models import Draft
from zhengyou.org.tests.builder import client

JSON = {"Accept": "application/json"}


@pytest.fixture
def paper(asked):
    """What member handed in: the duty's row id, its two items."""
    found = promising.promise(asked.member, ONE, TWO)
    return found.duty_id, list(found.items.order_by("place"))


def page(person, pk):
    return client(person).get(f"/commitments/duty/{pk}/review/").content.decode()


def save(person, pk, **marks):
    return client(person).post(f"/commitments/duty/{pk}/review/draft/", marks, headers=JSON)


def marks(items, reasons="写上哪几天。"):
    return {f"v-{items[0].public_id}": "1", f"reasons-{items[1].public_id}": reasons}


def test_ticks_and_reasons_are_there_again_and_can_be_taken_back(asked, paper):
    pk, items = paper
    assert "每几秒自动保存" in page(asked.secretary, pk)
    answer = save(asked.secretary, pk, **marks(items))
    assert answer.status_code == 200
    assert "已自动保存" in answer.json()["text"]
    again = page(asked.secretary, pk)
    assert "写上哪几天。</textarea>" in again
    assert f'name="v-{items[0].public_id}" value="1" checked' in again
    assert f'name="v-{items[1].public_id}" value="1" checked' not in again
    save(asked.secretary, pk, **{f"reasons-{items[1].public_id}": ""})
    again = page(asked.secretary, pk)
    assert 'value="1" checked' not in again
    assert "写上哪几天" not in again


def test_nobody_else_sees_or_saves_it(asked, paper):
    pk, items = paper
    save(asked.secretary, pk, **marks(items))
    assert "写上哪几天" not in page(asked.dean, pk)
    for who in (asked.member, asked.member2, asked.secretary2):
        assert save(who, pk, **marks(items)).status_code in (403, 404)
    assert Draft.objects.count() == 1


def test_it_is_gone_with_the_verdict_and_with_another_paper(asked, paper):
    pk, items = paper
    save(asked.secretary, pk, **marks(items, "重写。"))
    proposing.withdraw(promising.duty(asked.member), by=asked.member.actor)
    assert save(asked.secretary, pk, **marks(items)).status_code == 409
    promising.promise(asked.member, ONE, TWO)
    assert "重写。" not in page(asked.secretary, pk), "of the paper that was taken back"
    items = list(asked.member.commitments.get().items.order_by("place"))
    answer = client(asked.secretary).post(f"/commitments/duty/{pk}/review/", marks(items))
    assert answer.status_code == 302
    assert Draft.objects.filter(label__startswith="promisereview:").count() == 1, "the old paper's alone"


def test_what_was_refused_is_kept_too(asked, paper):
    pk, items = paper
    answer = client(asked.secretary).post(
        f"/commitments/duty/{pk}/review/", {f"reasons-{items[1].public_id}": "写上哪几天。"}
    )
    assert answer.status_code == 422
    assert "写上哪几天。</textarea>" in page(asked.secretary, pk)
