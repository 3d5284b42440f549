"""Preparing a campaign: taking a pack up, answering, the checklist, approval; and the command that does it in one go."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from zhengyou import packs
from zhengyou.campaigns import actions as campaign_actions
from zhengyou.campaigns import packed, preparing
from zhengyou.campaigns.actions import preparing as actions
from zhengyou.campaigns.command import start
from zhengyou.campaigns.models import Answer, Campaign, Duty, Phase, Slot
from zhengyou.campaigns.tests import speech
from zhengyou.journal.actions import Actor
from zhengyou.journal.chain import verify
from zhengyou.journal.models import Entry
from zhengyou.journal.tests.kept import kept
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.verdict import Refused
from zhengyou.org.tests import builder

CLI = Actor.cli()
SPEECH, HOSPITAL = packs.bundled()["excellence-2010"], packs.bundled()["hospital-quality"]
DEMO = SPEECH.with_name("excellence-2010.demo-answers.yaml")
FIRST = "programmes.strive.phases.p1."
P1 = {"p1.from": "2010-07-05", "p1.to": "2010-08-31"}


@pytest.fixture
def school(db):
    """The small school under the speech's own organisation, on the day after the speech."""
    with clock.playing(builder.ENTERED.replace(day=6)):
        yield builder.build(speech.part())


@pytest.fixture
def campaign(school):
    """The speech's pack, taken up and not yet answered."""
    return kept("taken up", lambda: take_up(school))


def take_up(school, path=SPEECH, by=None):
    return actions.take_up(path.read_text("utf8"), by=(by or school.office).actor, name=path.name)


def answers():
    return packs.read_answers(DEMO).values


def levels(campaign):
    return {p.level for p in preparing.checklist(campaign)}


def test_a_pack_is_taken_up_with_its_text_and_hash(school, campaign):
    assert campaign.state == Campaign.State.DRAFT
    assert campaign.text == SPEECH.read_text("utf8")
    assert Entry.objects.filter(verb="campaign.taken_up", subject=f"campaign:{campaign.public_id}").exists()


def test_a_pack_with_faults_leaves_nothing_and_names_every_place(school):
    with pytest.raises(actions.PackFaults) as caught:
        actions.take_up(
            "language: 1\npack: {id: x, version: '1'}\nnonsense: 3\n", by=school.office.actor, name="坏.yaml"
        )
    assert any(str(f).startswith("坏.yaml:3:1:") for f in caught.value.faults)
    assert not Campaign.objects.exists()


def test_the_same_pack_is_prepared_once(school, campaign):
    with pytest.raises(Conflict, match="已经在准备"):
        take_up(school)


@pytest.mark.parametrize("who", ["secretary", "dean", "leader", "member"])
def test_only_the_office_prepares(school, campaign, who):
    person = getattr(school, who)
    with pytest.raises(Refused):
        actions.answer(campaign, P1, by=person.actor)
    with pytest.raises(Refused):
        take_up(school, by=person)


def test_answers_may_be_shortened_and_are_kept_under_full_addresses(school, campaign):
    actions.answer(campaign, P1, by=school.office.actor)
    assert set(Answer.objects.values_list("address", flat=True)) == {FIRST + "from", FIRST + "to"}
    assert Answer.objects.first().by == school.office.public_id


def test_one_answer_holds_for_all_places_of_its_question(school, campaign):
    actions.answer(campaign, {"theme_staff.times": "1"}, by=school.office.actor)
    checked = packed.checked(campaign)
    assert next(q for q in checked.questions if q.key == "theme_staff.times").state == "answered"


WRONG = [
    ({"rules.returned_days": "若干"}, "若干"),
    ({"p1.from": "放假前后"}, "不是日期"),
    ({"p1.from": "2010-07-05", "p1.to": "2010-07-01"}, "早于"),
    ({"nothing.at.all": "3"}, "没有地方放"),
    ({"p1.from": "  "}, "写上答案"),
    ({"rules.joiners": "perhaps"}, "perhaps"),
]


@pytest.mark.parametrize(("given", "why"), WRONG)
def test_a_wrong_answer_is_refused_with_its_sentence_and_nothing_is_kept(school, campaign, given, why):
    with pytest.raises(Invalid) as caught:
        actions.answer(campaign, given, by=school.office.actor)
    assert why in str(caught.value)
    assert all(p.field == "" or any(p.field.endswith(a) for a in given) for p in caught.value.problems)
    assert not Answer.objects.exists()
    assert not Entry.objects.filter(verb="campaign.answered").exists()


def test_saying_the_same_again_leaves_no_entry(school, campaign):
    actions.answer(campaign, P1, by=school.office.actor)
    assert actions.answer(campaign, P1, by=school.office.actor) == []
    assert Entry.objects.filter(verb="campaign.answered").count() == 1


def test_an_answer_is_changed_and_taken_back(school, campaign):
    actions.answer(campaign, P1, by=school.office.actor)
    actions.answer(campaign, {"p1.to": "2010-08-30"}, by=school.office.actor)
    assert Answer.objects.get(address=FIRST + "to").value == "2010-08-30"
    actions.take_back(campaign, FIRST + "to", by=school.office.actor)
    assert next(q for q in packed.checked(campaign).questions if q.key == "p1.from").state == "open"


def test_a_default_becomes_an_answer(school, campaign):
    checked = packed.checked(campaign)
    default = next(d for d in checked.defaults if d.address.endswith("tasks.plan.minutes"))
    actions.answer(campaign, {default.address: "45"}, by=school.office.actor)
    after = packed.checked(campaign)
    assert default.address not in {d.address for d in after.defaults}
    assert next(p for p in packed.plan(after)[0] if p.code == "plan").minutes == 45


def test_a_later_phase_may_be_put_off_and_warns_but_the_first_may_not(school, campaign):
    checked = packed.checked(campaign)
    later, first = (next(q for q in checked.questions if q.key == k) for k in ("p3.from", "p1.from"))
    until = clock.today().replace(year=2011)
    actions.put_off(campaign, later, "office", until, by=school.office.actor)
    assert [q.key for q in packed.checked(campaign).put_off] == ["p3.from"]
    with pytest.raises(Invalid):
        actions.put_off(campaign, first, "office", until, by=school.office.actor)
    with pytest.raises(Invalid):
        actions.put_off(campaign, later, "office", clock.today(), by=school.office.actor)


def test_what_was_put_off_is_answered_while_the_campaign_runs_and_brings_its_tasks(school, campaign):
    later = next(q for q in packed.checked(campaign).questions if q.key == "p3.from")
    given = {a: v for a, v in answers().items() if not a.startswith("p3.")}
    actions.answer(campaign, given, by=school.office.actor)
    actions.put_off(campaign, later, "office", clock.today().replace(year=2011), by=school.office.actor)
    actions.approve(campaign, "校发〔2010〕12号", by=school.office.actor)
    campaign_actions.start(campaign, by=school.office.actor)
    assert not Slot.objects.filter(task__phase__code="p3").exists()
    actions.answer(campaign, {"p3.from": "2011-04-01", "p3.to": "2011-05-31"}, by=school.office.actor)
    assert Slot.objects.filter(task__phase__code="p3").exists()
    assert Phase.objects.get(code="p3").ends_on.isoformat() == "2011-05-31"
    campaign.refresh_from_db()
    with pytest.raises(Refused, match="不再改答案"):
        actions.answer(campaign, {"p1.to": "2010-08-30"}, by=school.office.actor)


def test_the_checklist_blocks_until_answered_and_approved(school, campaign):
    points = preparing.checklist(campaign)
    assert next(p for p in points if p.link == "questions").level == "blocks"
    with pytest.raises(Refused, match="没有解决"):
        actions.approve(campaign, "校发〔2010〕12号", by=school.office.actor)
    actions.answer(campaign, answers(), by=school.office.actor)
    left = [p for p in preparing.checklist(campaign) if p.level == "blocks"]
    assert [p.link for p in left] == ["approve"]
    actions.approve(campaign, "校发〔2010〕12号", by=school.office.actor)
    campaign.refresh_from_db()
    assert "blocks" not in levels(campaign)


def test_a_vacancy_and_other_numbers_than_the_sources_warn_and_never_block(school, campaign):
    points = preparing.checklist(campaign)
    assert {p.level for p in points if p.link in ("vacancies", "units")} == {"warns"}


def test_nobody_registered_blocks(school, campaign):
    from zhengyou.org.models import Affiliation

    Affiliation.objects.all().delete()
    assert next(p for p in preparing.checklist(campaign) if p.link == "roster").level == "blocks"


@pytest.mark.parametrize("number", ["", "   ", "长" * 81])
def test_an_approval_needs_the_number_of_its_document(school, campaign, number):
    actions.answer(campaign, answers(), by=school.office.actor)
    with pytest.raises(Invalid, match="文号"):
        actions.approve(campaign, number, by=school.office.actor)


def test_changing_an_answer_takes_the_approval_back(school, campaign):
    actions.answer(campaign, answers(), by=school.office.actor)
    actions.approve(campaign, "校发〔2010〕12号", by=school.office.actor)
    actions.answer(campaign, {"rules.returned_days": "4"}, by=school.office.actor)
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.DRAFT


def test_the_preview_counts_what_the_start_then_sends_out(school, campaign):
    actions.answer(campaign, answers(), by=school.office.actor)
    told = preparing.preview(packed.checked(campaign))
    actions.approve(campaign, "校发〔2010〕12号", by=school.office.actor)
    done = campaign_actions.start(campaign, by=school.office.actor)
    assert told.member_duties + told.unit_duties == done.issued == Duty.objects.count()
    assert told.member_duties == Duty.objects.filter(member__isnull=False).count()


def test_the_hospitals_pack_starts_without_a_question(db):
    with clock.playing(builder.ENTERED.replace(year=2027, month=3, day=1)):
        part = packs.load(HOSPITAL).organisation
        hospital(part)
        out, err = io.StringIO(), io.StringIO()
        assert start(HOSPITAL, None, True, by=CLI, out=out, err=err) == 0, out.getvalue()
        assert json.loads(out.getvalue())["issued"] == Duty.objects.count() > 0


def hospital(part):
    """A hospital of one division with two departments and four people."""
    from zhengyou.org import actions as org

    day = clock.today().replace(year=2026)
    founded = org.found(
        part, "示范医院", org.Founder("沈若谷", "1"), by=CLI, pack_id="hospital-quality", day=day
    )
    division = org.add_unit("内科学部", "division", founded.root, by=CLI, day=day)
    for name, numbers in (("心内科", "23"), ("呼吸科", "45")):
        unit = org.add_unit(name, "dept", division, by=CLI, day=day)
        for number in numbers:
            org.add_person(f"人{number}", number=number, unit=unit, category="doctor", day=day, by=CLI)


def run(pack, given=None):
    """The command: exit code, what it printed as JSON (None: nothing), what it said on stderr."""
    out, err = io.StringIO(), io.StringIO()
    code = start(pack, given, True, by=CLI, out=out, err=err)
    return code, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()


def test_the_command_starts_in_one_go(school):
    code, told, said = run(SPEECH, DEMO)
    assert (code, said) == (0, "")
    assert told["started"]
    assert told["issued"] == Duty.objects.count()
    assert all(set(p) == {"level", "text"} and p["level"] == "warns" for p in told["points"])
    assert verify().broken is None


def test_the_command_is_blocked_by_questions_and_leaves_nothing(school):
    before = Entry.objects.count()
    code, told, _said = run(SPEECH)
    assert code == 1
    assert not told["started"]
    assert {"level": "blocks", "text": "交上来被退回的，再给几天改？"} in told["points"]
    assert (Campaign.objects.count(), Answer.objects.count(), Entry.objects.count()) == (0, 0, before)


def test_the_command_is_blocked_by_a_wrong_answer_and_leaves_nothing(school, tmp_path):
    given = tmp_path / "a.yaml"
    given.write_text("answers: {p1.from: 若干}", "utf8")
    code, told, _said = run(SPEECH, given)
    assert code == 1
    assert "若干" in told["points"][0]["text"]
    assert not Campaign.objects.exists()


UNUSABLE = [
    ("nowhere.yaml", None),
    ("broken.yaml", b"a: [1\nb: 2"),
    ("binary.yaml", bytes(range(256)) * 4),
    ("large.yaml", b"#" * 500_000),
    ("empty.yaml", b""),
]


@pytest.mark.parametrize(("name", "content"), UNUSABLE, ids=[u[0] for u in UNUSABLE])
def test_an_unusable_file_is_one_sentence_and_exit_2(school, tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, told, said = run(path)
    assert (code, told) == (2, None)
    assert said.count("\n") == 1
    assert "Traceback" not in said


@pytest.mark.parametrize("content", [b"answers: [1, 2]", b"nonsense: 1", b"\x00\xff\xfe", b"a: [", b"- 1"])
def test_an_unusable_answers_file_is_one_sentence_and_exit_2(school, tmp_path, content):
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    code, told, said = run(SPEECH, path)
    assert (code, told) == (2, None)
    assert said.count("\n") == 1


def test_the_command_does_not_start_twice(school):
    run(SPEECH, DEMO)
    n = Duty.objects.count()
    code, told, _said = run(SPEECH, DEMO)
    assert code == 1
    assert "进行中" in told["points"][0]["text"]
    assert Duty.objects.count() == n


def test_the_command_goes_on_with_what_is_being_prepared(school, campaign):
    actions.answer(campaign, P1, by=school.office.actor)
    code, told, _said = run(SPEECH, DEMO)
    assert code == 0
    assert told["campaign"] == campaign.public_id


def test_the_command_says_so_where_there_is_no_organisation(db):
    code, _told, said = run(SPEECH, DEMO)
    assert code == 2
    assert "组织" in said


def test_bundled_packs_are_found_where_the_tests_expect_them():
    assert Path(SPEECH).is_file()
    assert Path(DEMO).is_file()
