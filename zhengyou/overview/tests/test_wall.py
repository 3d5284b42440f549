"""The desk and the wall: questions and difficulties on the desks of those who see to them, nobody else's."""

from datetime import timedelta

from zhengyou.commitments.actions import asking, deeds
from zhengyou.commitments.tests.hung import hang
from zhengyou.kit import clock
from zhengyou.overview.tests.test_notices import TODAY, desk


def test_a_question_from_the_wall_stands_on_two_desks_and_its_answer_on_the_askers(stageful):
    promise = hang(stageful.branch, stageful.branch, "每周三晚修电脑", scope="web")
    question, _code = asking.ask(promise, "修到几点？", by=stageful.far.actor)
    for who in ("secretary", "dean"):
        assert "公示墙来的 1 个问题等答复" in desk(stageful.people[who])
    for who in ("member", "secretary2", "dean2", "office", "leader", "far"):
        assert "公示墙来的" not in desk(stageful.people[who])
    asking.answer(question, "九点半", by=stageful.dean.actor)
    assert "公示墙来的" not in desk(stageful.secretary)
    assert "您从公示墙问的 1 个问题有了答复" in desk(stageful.far)
    with clock.playing(TODAY + timedelta(days=15)):
        assert "您从公示墙问的" not in desk(stageful.far)


def test_a_difficulty_goes_from_desk_to_desk(stageful):
    deed, _code = deeds.raise_deed(stageful.branch, "灯坏了", by=stageful.member.actor)
    assert "有人提了 1 件难处，等接办" in desk(stageful.secretary)
    assert "等接办" not in desk(stageful.member)
    deeds.take_up(deed, stageful.member2, TODAY, by=stageful.secretary.actor)
    assert "等接办" not in desk(stageful.secretary)
    assert "1 件实事由您办" in desk(stageful.member2)
    deed.refresh_from_db()
    deeds.done(deed, "换了", by=stageful.member2.actor)
    assert "由您办" not in desk(stageful.member2)
    assert "您提的 1 件难处报办好了，请您确认" in desk(stageful.member)
