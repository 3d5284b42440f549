"""From an empty directory: the set-up link, the pack, the first person; faults of a pack at line and column."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from zhengyou import packs
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.org import accounts, actions, current, tree
from zhengyou.org.models import Organisation, OrganisationPart, SetupLink, User
from zhengyou.org.tests import builder

PASSWORD = "会唱歌的蓝色书包真沉"
FORM = {"organisation": "某学院", "name": "何兰", "number": "2001001", "password": PASSWORD, "root_name": ""}

PACK = packs.bundled()["hospital-quality"].read_text("utf8")


def page(body=None, token=None, **files):
    token = token or accounts.make_setup_link()
    browser = builder.client()
    address = reverse("setup", args=[token])
    return browser, browser.post(address, {**(body or FORM), **files}) if body is not None else browser.get(
        address
    )


def upload(text):
    return SimpleUploadedFile("我的.yaml", text.encode(), content_type="application/yaml")


def test_founding_makes_organisation_part_root_and_office(db):
    founded = actions.found(builder.PART, "某学院", actions.Founder("何兰", "1"), by=builder.BY, pack_id="x")
    assert current.part() == builder.PART
    assert founded.root == tree.root()
    assert OrganisationPart.objects.get().version == 1
    assert founded.person.posts.get().post == "office"
    assert tree.faults() == []


def test_an_organisation_is_founded_once(school):
    with pytest.raises(Conflict):
        actions.found(builder.PART, "第二个", actions.Founder("甲", "9"), by=builder.BY)
    with pytest.raises(Conflict):
        accounts.make_setup_link()
    assert Organisation.objects.count() == 1


def test_the_set_up_page_founds_signs_in_and_leads_on(db):
    browser, answer = page({**FORM, "pack": "excellence-2010"})
    assert answer.status_code == 302
    assert browser.get(reverse("me")).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


def test_an_uploaded_pack_founds_too(db):
    _browser, answer = page(FORM, pack_file=upload(PACK))
    assert answer.status_code == 302
    assert [k.code for k in current.part().unit_kinds] == ["hospital", "division", "dept"]


def test_a_pack_with_faults_is_refused_at_line_and_column_and_nothing_is_founded(db):
    _browser, answer = page(FORM, pack_file=upload(PACK.replace("parent: hospital", "parent: castle")))
    assert answer.status_code == 422
    line = PACK[: PACK.index("parent: hospital")].count("\n") + 1
    assert f"我的.yaml:{line}:" in answer.content.decode()
    assert "何兰" in answer.content.decode()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"", b"/etc/passwd", b"a: [", b"x" * 1_000_001, b"excellence-2010"]
)
def test_what_is_no_pack_is_refused_with_a_sentence(db, content):
    _browser, answer = page(FORM, pack_file=SimpleUploadedFile("x.yaml", content))
    assert answer.status_code == 422
    assert not Organisation.objects.exists()


def test_a_set_up_link_works_once(db):
    token = accounts.make_setup_link()
    page(FORM, token, pack_file=upload(PACK))
    assert page(None, token)[1].status_code == 404
    with pytest.raises(Conflict):
        actions.found_by_link(token, builder.PART, "又一个", actions.Founder("甲", "9", PASSWORD))


def test_a_used_set_up_link_stays_used_whatever_else_is_true(db):
    token = accounts.make_setup_link()
    page(FORM, token, pack_file=upload(PACK))
    with pytest.raises(Conflict, match="用过"):
        actions.found_by_link(token, builder.PART, "又一个", actions.Founder("甲", "9", PASSWORD))


def test_a_set_up_link_ends_after_a_day_and_a_newer_one_replaces_it(db):
    old, new = accounts.make_setup_link(), accounts.make_setup_link()
    assert page(None, old)[1].status_code == 404
    assert page(None, new)[1].status_code == 200
    SetupLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert page(None, new)[1].status_code == 404


def test_a_guessed_set_up_link_is_missing(db):
    accounts.make_setup_link()
    assert page(None, "guessed")[1].status_code == 404


@pytest.mark.parametrize(
    ("field", "value"), [("organisation", ""), ("number", ""), ("name", " "), ("password", "kurz")]
)
def test_each_missing_answer_is_named_and_nothing_is_founded(db, field, value):
    token = accounts.make_setup_link()
    _browser, answer = page({**FORM, field: value}, token, pack_file=upload(PACK))
    assert answer.status_code == 422
    assert not Organisation.objects.exists()
    assert page(None, token)[1].status_code == 200


def test_founding_needs_an_office_on_the_root(db):
    from dataclasses import replace

    part = replace(builder.PART, posts=tuple(p for p in builder.PART.posts if p.code != "office"))
    with pytest.raises(Invalid):
        actions.found(part, "某学院", actions.Founder("何兰", "1"), by=builder.BY)
