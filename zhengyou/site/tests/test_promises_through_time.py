"""Promises when people move and units merge: they travel with the member, stand under the successor, and are never lost."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest

from zhengyou.campaigns import actions as campaigns
from zhengyou.campaigns import frozen
from zhengyou.campaigns.actions import closing
from zhengyou.campaigns.models import Report, Submission
from zhengyou.commitments import waiting
from zhengyou.commitments.actions import keeping, proposing
from zhengyou.commitments.models import Commitment, Item
from zhengyou.commitments.tests import promising
from zhengyou.commitments.tests.promising import ONE, TWO
from zhengyou.kit import clock
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions as org
from zhengyou.org.actions.terms import hand_over
from zhengyou.org.asked import Asked, Part
from zhengyou.org.models import Post
from zhengyou.org.tests import builder
from zhengyou.org.tests.builder import BY, client
from zhengyou.site.following import FOLLOW

TODAY = date(2010, 11, 22)
NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def school(db):
    school = builder.build()
    promising.run()
    return school


def move(person, unit):
    """Registered elsewhere from tomorrow on, as the office enters it."""
    org.move_members([person], unit, by=BY, day=NEXT, then=FOLLOW.roster)


def merge(school, day=NEXT):
    """branch goes into branch2 on a day, its open work along."""
    decided = Asked(
        "merge",
        day,
        "2号",
        units=(school.branch.public_id, school.branch2.public_id),
        into=school.branch2.public_id,
    )
    org.decide(decided, by=BY, follow=FOLLOW)


def test_a_published_promise_travels_with_the_member_and_stays_where_it_was_made(school):
    (item,) = promising.published(school.member, school.secretary)
    with clock.playing(NEXT):
        move(school.member, school.branch2)
        item = keeping.claim(item, "做了六次", by=school.member.actor)
        page = f"/commitments/items/{item.public_id}/"
        assert client(school.secretary2).get(page).status_code == 200
        assert client(school.secretary).get(page).status_code == 404
        with pytest.raises(Refused, match="来认定"):
            keeping.decide(item, True, by=school.secretary.actor)
        assert keeping.decide(item, True, by=school.secretary2.actor).state == Item.State.KEPT
    assert Commitment.objects.get().unit == school.branch


def test_what_waits_for_review_goes_to_the_new_units_reviewer(school):
    promising.promise(school.member)
    with clock.playing(NEXT):
        move(school.member, school.branch2)
        campaigns.tick(full=True)
        assert Submission.objects.get().waits_at == school.branch2
        with pytest.raises(Refused):
            promising.judge(school.member, school.secretary)
        assert promising.judge(school.member, school.secretary2).state == Commitment.State.PUBLISHED


def test_a_merged_units_promise_is_kept_by_the_successor_and_judged_above(school):
    words = promising.words(TWO, summary="一", goals="二")
    proposing.propose(promising.duty(school.branch), words, by=school.secretary.actor)
    item = promising.judge(school.branch, school.dean).items.get()
    (own,) = promising.published(school.member, school.secretary, ONE)
    with clock.playing(NEXT):
        merge(school)
        item = keeping.claim(item, "都修好了", by=school.secretary2.actor)
        assert [w.item.pk for w in waiting.to_judge(promising.play.authority(school.dean)).first] == [item.pk]
        own = keeping.claim(own, "做了", by=school.member.actor)
        assert [w.item.pk for w in waiting.to_judge(promising.play.authority(school.secretary2)).first] == [
            own.pk
        ]
        keeping.decide(item, True, by=school.dean.actor)
        keeping.decide(own, True, by=school.secretary2.actor)
        page = client(school.secretary2).get(f"/commitments/{item.commitment.public_id}/").content.decode()
        assert "会计2008级学生党支部" in page
        assert "国贸2008级学生第一党支部" in page
        assert "国贸2008级学生第一党支部" in client(school.secretary2).get("/commitments/").content.decode()


def test_both_units_of_a_merger_keep_what_each_promised(school):
    for unit, by, text in ((school.branch, school.secretary, ONE), (school.branch2, school.secretary2, TWO)):
        words = promising.words(text, summary="一", goals="二")
        proposing.propose(promising.duty(unit), words, by=by.actor)
        promising.judge(unit, school.dean)
    with clock.playing(NEXT):
        merge(school)
        listed = waiting.in_units([school.branch2.pk], NEXT).filter(commitment__member=None)
        assert sorted(listed.values_list("text", flat=True)) == sorted([ONE, TWO])
        assert not waiting.in_units([school.branch.pk], NEXT).exists()


def test_a_merged_units_commitment_in_review_is_judged_under_the_successor_as_its_duty_says(school):
    words = promising.words(summary="一", goals="二")
    proposing.propose(promising.duty(school.branch), words, by=school.secretary.actor)
    with clock.playing(NEXT):
        merge(school)
        campaigns.tick(full=True)
        found = Commitment.objects.get()
        answer = client(school.dean).get(f"/commitments/duty/{found.duty_id}/")
        assert answer.status_code in (200, 302)
        assert client(school.secretary2).get(f"/commitments/{found.public_id}/").status_code in (200, 302)


def test_half_made_verdicts_go_along_when_a_post_is_handed_over(school):
    found = promising.promise(school.member)
    url = f"/commitments/duty/{found.duty_id}/review/"
    marks = {f"reasons-{found.items.get().public_id}": "写清地点。"}
    assert client(school.secretary).post(f"{url}draft/", marks).status_code == 200
    post = Post.objects.get(person=school.secretary, unit=school.branch, post="secretary")
    hand_over(post, school.member2, by=BY, day=TODAY, follow=FOLLOW)
    assert "写清地点。</textarea>" in client(school.member2).get(url).content.decode()


def test_who_left_is_on_no_list_and_only_the_office_decides(school):
    (item,) = promising.published(school.member, school.secretary)
    item = keeping.claim(item, "做了", by=school.member.actor)
    with clock.playing(NEXT):
        org.leave([school.member], how="out", by=BY, then=FOLLOW.roster)
        assert waiting.to_judge(promising.play.authority(school.secretary)).n == 0
        with pytest.raises(Refused, match="办公室处理"):
            keeping.decide(item, True, by=school.secretary.actor)
        assert keeping.decide(item, True, by=school.office.actor).state == Item.State.KEPT


def test_an_import_is_not_undone_once_its_people_have_promised(school):
    from zhengyou.org.models import Person

    promising.promise(school.member)
    entry = Commitment.objects.get().entry_id
    everybody = Person.objects.all()
    assert FOLLOW.leaning(everybody, [], entry - 1)[0] >= {school.member.pk}
    assert school.branch.pk in FOLLOW.leaning(everybody, [school.branch.pk], entry)[1]


def split(school, day=NEXT):
    """branch becomes two: its staff, and everybody else; nothing stays."""
    parts = (Part(name="国贸教师党支部", category="staff"), Part(name="国贸学生党支部"))
    asked = Asked("split", day, "3号", units=(school.branch.public_id,), parts=parts)
    change = org.decide(asked, by=BY, follow=FOLLOW)
    return [row.unit for row in change.units.filter(before=False).order_by("unit_id")]


def of_unit(school, *texts):
    words = promising.words(*texts, summary="一", goals="二")
    proposing.propose(promising.duty(school.branch), words, by=school.secretary.actor)
    return list(promising.judge(school.branch, school.dean).items.order_by("place"))


def test_a_split_units_promises_are_carried_by_the_first_successor_and_the_pages_say_so(school):
    (item,) = of_unit(school, TWO)
    (own,) = promising.published(school.member, school.secretary, ONE)
    with clock.playing(NEXT):
        first, second = split(school)
        for unit, head in ((first, school.dean2), (second, school.member2)):
            org.appoint(head, unit, "secretary", by=BY, day=NEXT)
        for url in (f"/commitments/{item.commitment.public_id}/", f"/commitments/items/{item.public_id}/"):
            page = client(school.dean2).get(url).content.decode()
            assert "国贸2008级学生第一党支部" in page
            assert "这个单位已经撤销，由「国贸教师党支部」接着办" in page
        assert "由「国贸教师党支部」接着办" in client(school.dean2).get("/commitments/").content.decode()
        with pytest.raises(Refused):
            keeping.claim(item, "都修好了", by=school.member2.actor)
        keeping.claim(item, "都修好了", by=school.dean2.actor)
        own = keeping.claim(own, "做了", by=school.member.actor)
        assert keeping.decide(own, True, by=school.member2.actor).state == Item.State.KEPT, (
            "where the member is"
        )


def test_of_a_unit_dissolved_without_successor_the_office_decides(school):
    (item,) = of_unit(school, TWO)
    item = keeping.claim(item, "都修好了", by=school.secretary.actor)
    asked = Asked(
        "dissolve", NEXT, "4号", units=(school.branch.public_id,), rest=school.branch2.public_id, because="不再设",
        work={"*": "close"},
    )  # fmt: skip
    with clock.playing(NEXT):
        org.decide(asked, by=BY, follow=FOLLOW)
        page = client(school.office).get(f"/commitments/items/{item.public_id}/").content.decode()
        assert "没有接续的单位，由办公室处理" in page
        with pytest.raises(Refused, match="办公室处理"):
            keeping.decide(item, True, by=school.secretary2.actor)
        assert keeping.decide(item, True, by=school.office.actor).state == Item.State.KEPT


def close_period(duty):
    """The period closed the day after its date: the frozen report and what it says now."""
    closing.close_slot(duty.slot, by=BY)
    report = Report.objects.get(slot=duty.slot)
    return report, (frozen.figures_of(report), frozen.by_unit(report))


def test_golden_8_a_frozen_report_stays_when_a_member_with_promises_moves_on_the_20th(school):
    (item,) = promising.published(school.member, school.secretary)
    promising.promise(school.member2, TWO)
    duty = promising.duty(school.member)
    with clock.playing(duty.slot.due_on + timedelta(days=1)):
        report, told = close_period(duty)
    with clock.playing(date(2010, 12, 20)):
        org.move_members([school.member, school.member2], school.branch3, by=BY, then=FOLLOW.roster)
        campaigns.tick(full=True)
        item = keeping.claim(item, "做了六次", by=school.member.actor)
        keeping.decide(item, True, by=school.dean2.actor)
        report = Report.objects.get(pk=report.pk)
        assert (frozen.figures_of(report), frozen.by_unit(report)) == told
        assert frozen.holds(report)
        assert Report.objects.filter(slot=duty.slot).count() == 1
        assert item.commitment.unit == school.branch, "made where it was made"
        assert [one.commitment.member for one in waiting.in_units([school.branch3.pk], clock.today())] == [
            school.member
        ]


def test_golden_9_what_is_past_its_day_is_still_so_with_the_successor_on_the_old_day(school):
    (item,) = of_unit(school, TWO)
    with clock.playing(promising.DAY + timedelta(days=1)):
        merge(school, clock.today())
        found = waiting.to_judge(promising.play.authority(school.dean))
        assert [(w.item.pk, w.why, w.item.due_on) for w in found.first] == [(item.pk, "past", promising.DAY)]


def test_golden_15_after_a_merger_nobody_but_the_own_secretary_reads_who_did_not_keep_it(school):
    (late,) = promising.published(school.member, school.secretary)
    (kept,) = promising.published(school.secretary2, school.dean, TWO)
    promising.kept(kept, school.secretary2, school.dean)
    with clock.playing(promising.DAY + timedelta(days=1)):
        keeping.close_unkept(late, by=school.secretary.actor)
        merge(school, clock.today())
        url = "/commitments/unkept/"
        assert school.member.name in main(client(school.secretary2).get(url))
        for who in (school.dean, school.head):
            page = main(client(who).get(url))
            assert ONE in page
            assert school.member.name not in page
        for who in (school.secretary, school.member2, school.leader, school.inspector):
            assert client(who).get(url).status_code == 403
        for path in ("/wall/figures/", "/wall/figures/export/"):
            answer = client(school.head).get(path)
            assert answer.status_code == 200
            names = cells(answer) if path.endswith("export/") else main(answer)
            assert school.member.name not in names
        listed = main(client(school.dean).get("/commitments/"))
        assert listed.index(school.member.name) < listed.index(school.secretary2.name), (
            "by roster, not by what was kept"
        )


def main(answer):
    page = answer.content.decode()
    return page[page.index("<main") :]


def cells(answer):
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
