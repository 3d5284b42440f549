"""My information, who looked, consents, break-glass: what a person sees of what is held, and at once."""

import io
import json
import zipfile
from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse
from django.utils import timezone

from zhengyou.journal.models import Draft, Entry, Evidence
from zhengyou.kit import clock
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, current, held, rights
from zhengyou.org.actions import consents, looking, requests
from zhengyou.org.actions.glass import break_glass
from zhengyou.org.models import Consent, Glass, Look, PersonRequest, Slip
from zhengyou.org.rules import Authority
from zhengyou.org.tests import builder


def get(person, name, *args, **query):
    return builder.client(person).get(reverse(name, args=args), query)


def text(person, name, *args, **query):
    return get(person, name, *args, **query).content.decode()


# My information


def test_my_information_names_each_source_with_its_entry(school):
    actions.set_contact(school.member, email="zw@example.org", phone="", by=school.secretary.actor)
    entry = Entry.objects.latest("id")
    page = text(school.member, "me")
    assert "zw@example.org" in page
    assert f"改联系方式 · {school.secretary.name} · 记录第 {entry.id} 条" in page
    assert "国贸2008级学生第一党支部" in page


def test_my_information_holds_drafts_evidence_and_requests(school):
    owner = school.member.public_id
    Draft.objects.create(
        owner=owner, label="duty:1", version=1, body={"done": "没交的话"}, saved_at=timezone.now()
    )
    Evidence.objects.create(text="一句说明", owner=owner, entry_id=Entry.objects.latest("id").id)
    requests.ask(school.member, "object", reason="不同意这样写", by=school.member.actor)
    page = text(school.member, "me", part="written")
    for line in ("没交的话", "一句说明"):
        assert line in page
    assert "不同意这样写" in text(school.member, "me", part="rights")
    assert "没交的话" not in text(school.member2, "me", part="written")


def test_what_was_corrected_stays_readable_for_the_person(school):
    actions.move_members([school.member], school.branch2, by=builder.BY)
    page = text(school.member, "me")
    assert "不再算数" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_parts_together_hold_what_the_file_holds(school, language):
    slip = {"used_at": None, "expires_at": timezone.now() + timedelta(days=1)}
    Slip.objects.create(person=school.member, entry_id=Entry.objects.latest("id").id, digest="x" * 64, **slip)
    Draft.objects.create(
        owner=school.member.public_id, label="duty:1", version=1, body={"done": "话"}, saved_at=timezone.now()
    )
    requests.ask(school.member, "object", reason="不同意这样写", by=school.member.actor)
    consents.give(school.member, "mail", by=school.member.actor)
    get(school.secretary, "person", school.member.public_id)
    browser, shown = builder.client(school.member), []
    for part in held.PARTS:
        page = browser.get(reverse("me"), {"part": part}, headers={"accept-language": language})
        shown += [section.key for section, _facts, _n in page.context["sections"]]
        links = page.content.decode()
        assert all(f'href="/me/?part={other}"' in links for other in held.PARTS if other)
    about = import_module("zhengyou.site.remembering").ABOUT
    reading = held.Reading(school.member, about, current.words())
    whole = [section.key for section in held.sections(reading, whole=True)]
    assert sorted(shown) == sorted(key for key in whole if key != "acts")
    assert {
        "roster",
        "affiliations",
        "requests",
        "consents",
        "writing",
        "account",
        "looks",
        "journal",
    } <= set(shown)
    assert get(school.member, "me", part="nonsense").context["part"] == ""


# Looks


def looks(person):
    return [(row.by, row.what, row.n) for row in Look.objects.filter(person=person).order_by("id")]


def test_opening_a_persons_page_is_kept_once_a_day_with_its_count(school):
    for _time in range(3):
        get(school.secretary, "person", school.member.public_id)
    assert looks(school.member) == [(school.secretary, "contact", 3)]
    page = text(school.member, "me", part="looks")
    assert "打开了您的登记和联系方式，3 次" in page
    assert "书记" in page  # which post
    get(school.dean, "person", school.member.public_id)
    assert looks(school.member)[-1] == (school.dean, "person", 1)


def test_a_look_keeps_its_day_and_the_page_tells_it(school):
    looking.look_at_people(school.secretary, [school.member.pk, school.member2.pk], looking.PERSON)
    looking.look_at_unit(school.secretary, school.branch, looking.NAMES)
    assert {look.day for look in Look.objects.all()} == {clock.today()}
    looks = get(school.member, "me", all="looks").context["sections"][0][1]
    assert {fact.day for fact in looks} == {clock.today()}


def test_looking_at_oneself_is_no_look(school):
    get(school.secretary, "person", school.secretary.public_id)
    get(school.secretary, "me")
    assert not Look.objects.exists()


def test_a_refused_page_is_no_look(school):
    get(school.secretary2, "person", school.member.public_id)
    assert not Look.objects.exists()


@pytest.mark.parametrize("name", ["unit_members", "unit_export", "unit_slips"])
def test_a_list_of_names_is_kept_for_everybody_on_it(school, name):
    get(school.dean, name, school.general.public_id, below="1")
    assert Look.objects.get().unit == school.general
    assert school.dean.name in text(school.member, "me", part="looks")
    assert school.dean.name + "（" not in text(school.far, "me", part="looks")


def test_a_list_without_the_units_below_is_no_look_at_them(school):
    get(school.dean, "unit_members", school.general.public_id)
    assert "看了成员名单" not in text(school.member, "me", part="looks")


def test_who_joined_later_was_not_looked_at(school):
    with clock.playing(clock.today() - timedelta(days=30)):
        looking.look_at_unit(school.secretary, school.branch, looking.NAMES)
    actions.move_members([school.neighbour], school.branch, by=builder.BY)
    assert "看了成员名单" not in text(school.neighbour, "me", part="looks")
    assert "看了成员名单" in text(school.member, "me", part="looks")


def test_a_sheet_of_slips_is_a_look_at_everybody_on_it(school):
    client = builder.client(school.secretary)
    wanted = [school.member.public_id, school.member2.public_id]
    client.post(reverse("unit_slips", args=[school.branch.public_id]), {"person": wanted, "key": "k" * 20})
    assert looks(school.member) == looks(school.member2) == [(school.secretary, "slip", 1)]


def test_a_look_costs_one_query(school, django_assert_num_queries):
    with django_assert_num_queries(1):
        looking.look_at_person(school.secretary, school.member, looking.PERSON)
    with django_assert_num_queries(1):
        looking.look_at_unit(school.secretary, school.branch, looking.NAMES, below=True)
    with django_assert_num_queries(0):
        looking.look_at_person(school.member, school.member, looking.PERSON)


# Consents


def given(person):
    return Consent.objects.filter(person=person, dropped=None, valid_to__gt=clock.today()).exists()


def test_a_consent_is_given_and_withdrawn_with_effect_at_once(school):
    consents.give(school.member, "mail", by=school.member.actor)
    assert given(school.member)
    assert consents.give(school.member, "mail", by=school.member.actor) is None
    assert consents.withdraw(school.member, "mail", by=school.member.actor)
    assert not given(school.member)
    consents.give(school.member, "mail", by=school.member.actor)
    with clock.playing(clock.today() + timedelta(days=3)):
        consents.withdraw(school.member, "mail", by=school.member.actor)
        consents.give(school.member, "mail", by=school.member.actor)
        assert given(school.member)
    assert Consent.objects.filter(person=school.member, dropped=None).count() == 2


def test_nobody_consents_for_another(school):
    with pytest.raises(Refused):
        consents.give(school.member, "mail", by=school.secretary.actor)
    consents.give(school.member, "mail", by=school.member.actor)
    with pytest.raises(Refused):
        consents.withdraw(school.member, "mail", by=school.office.actor)


def test_the_page_gives_and_withdraws(school):
    client = builder.client(school.member)
    client.post(reverse("me_consent", args=["mail"]), {"give": "1", "key": "a" * 20})
    assert given(school.member)
    client.post(reverse("me_consent", args=["mail"]), {"give": "0", "key": "b" * 20})
    assert not given(school.member)
    assert (
        client.post(reverse("me_consent", args=["photos"]), {"give": "1", "key": "c" * 20}).status_code == 422
    )


# Break-glass


def test_glass_opens_one_person_for_an_hour_and_that_person_reads_why(school):
    assert get(school.inspector, "person", school.member.public_id).status_code == 404
    client = builder.client(school.inspector)
    answer = client.post(
        reverse("glass"), {"number": school.member.number, "reason": "核对督查第三组的材料", "key": "g" * 20}
    )
    assert answer.status_code == 302
    page = text(school.inspector, "person", school.member.public_id)
    assert "张伟" in page
    assert get(school.inspector, "person", school.member2.public_id).status_code == 404
    mine = text(school.member, "me")
    assert "核对督查第三组的材料" in mine
    assert school.inspector.name in mine
    assert "核对督查第三组的材料" in text(school.office, "glass")
    Glass.objects.update(
        opened_at=timezone.now() - timedelta(hours=2), until=timezone.now() - timedelta(hours=1)
    )
    assert get(school.inspector, "person", school.member.public_id).status_code == 404


def test_glass_shows_no_contact_and_changes_nothing(school):
    actions.set_contact(school.member, email="zw@example.org", phone="", by=builder.BY)
    break_glass(school.member, by=school.leader.actor, reason="接待本人来访")
    assert "zw@example.org" not in text(school.leader, "person", school.member.public_id)
    assert get(school.leader, "person_contact", school.member.public_id).status_code == 404


@pytest.mark.parametrize("who", ["office", "secretary", "member", "publicity", "dean"])
def test_glass_is_only_for_those_who_see_all_units_and_no_names(school, who):
    with pytest.raises(Refused):
        break_glass(school.far, by=school.people[who].actor, reason="就是想看看")
    assert not Glass.objects.exists()


def test_glass_needs_its_reason(school):
    client = builder.client(school.leader)
    answer = client.post(reverse("glass"), {"number": school.member.number, "reason": "看", "key": "h" * 20})
    assert answer.status_code == 422
    assert not Glass.objects.exists()


# Pages of requests


def test_a_correction_asked_and_decided_in_the_pages(school):
    mine = builder.client(school.member)
    asked = mine.post(
        reverse("me_ask"),
        {"kind": "correct", "about": "name", "new_text": "张卫", "reason": "", "key": "q" * 20},
    )
    request = PersonRequest.objects.get()
    assert asked.headers["Location"] == reverse("request", args=[request.public_id])
    assert "撤回这个申请" in text(school.member, "request", request.public_id)
    assert request.public_id in text(school.secretary, "requests")
    assert get(school.secretary2, "request", request.public_id).status_code == 404
    theirs = builder.client(school.secretary)
    address = reverse("request_decide", args=[request.public_id])
    refused = theirs.post(address, {"grant": "0", "answer": "", "key": "r" * 20})
    assert refused.status_code == 422
    theirs.post(address, {"grant": "1", "answer": "好", "key": "s" * 20})
    assert "张卫" in text(school.member, "me")
    assert "原来「张伟」，应为「张卫」" in text(school.member, "me", part="rights")


def test_requests_in_english_too(school):
    request = requests.ask(school.member, "correct", about="name", new_text="张卫", by=school.member.actor)
    browser = builder.client(school.secretary)
    for name, args in (("requests", []), ("request", [request.public_id]), ("me", []), ("me_ask", [])):
        page = browser.get(reverse(name, args=args), headers={"accept-language": "en"}).content.decode()
        assert 'lang="en"' in page


# The personal file


def test_the_personal_file_holds_everything_and_is_journalled(school):
    actions.set_contact(school.member, email="zw@example.org", phone="", by=builder.BY)
    answer = builder.client(school.member).post(reverse("me_export"), {"key": "e" * 20})
    box = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    page, body = (box.read(name).decode() for name in sorted(box.namelist()))
    assert "zw@example.org" in page
    assert any(fact["text"] == "zw@example.org" for fact in json.loads(body)["roster"])
    assert "http://" not in page
    assert "<script" not in page
    assert Entry.objects.latest("id").verb == "rights.taken"


def test_the_own_uploads_are_in_the_personal_file(school, settings, tmp_path):
    settings.DATA = tmp_path
    sha = "ab" * 32
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "ab" / sha).write_bytes(b"%PDF-1.7 mine")
    Evidence.objects.create(
        name="报告.pdf",
        sha256=sha,
        size=13,
        owner=school.member.public_id,
        entry_id=Entry.objects.latest("id").id,
    )
    answer = builder.client(school.member).post(reverse("me_export"), {"key": "f" * 20})
    box = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert box.read("files/1-报告.pdf") == b"%PDF-1.7 mine"


def test_authority_of_a_request_is_not_the_line_above(school):
    request = requests.ask(school.member, "correct", about="name", new_text="张卫", by=school.member.actor)
    assert not rights.may_see_request(Authority.of(school.dean, clock.today()), request)
