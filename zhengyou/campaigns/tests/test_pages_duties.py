"""The duty page through its door: who may open it, writing, two tabs, handing in, taking back, files, double clicks."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from zhengyou.campaigns.models import Duty, DutyEvidence, State, Submission
from zhengyou.campaigns.tests import play
from zhengyou.journal import drafts
from zhengyou.journal.models import Entry, Evidence
from zhengyou.org.tests.builder import client

FULL = {"has": "yes", "done": "加了三次答疑", "changed": "补考少了七人"}
JSON = {"accept": "application/json"}


@pytest.fixture
def duty(school):
    """What `member` of branch owes, reviewed by the own unit's head."""
    play.run(play.member_task("小结", review=("parent",), review_mode="each", minutes=8))
    return Duty.objects.get(member=school.member)


@pytest.fixture
def unit_duty(school):
    """What branch itself owes, reviewed by the unit above."""
    play.run(play.unit_task("计划"))
    return Duty.objects.get(subject_unit=school.branch)


def url(duty, rest=""):
    return f"/duties/{duty.pk}/{rest}"


def text(response):
    return response.content.decode()


def file(name, content):
    return SimpleUploadedFile(name, content)


WHO = [
    ("member", 200),
    ("secretary", 200),
    ("dean", 200),
    ("office", 200),
    ("neighbour", 404),
    ("secretary2", 404),
    ("dean2", 404),
    ("leader", 404),
    ("inspector", 404),
    ("publicity", 404),
    ("far", 404),
]


@pytest.mark.parametrize(("who", "status"), WHO)
def test_a_members_duty_exists_for_the_own_line_only(school, duty, who, status):
    assert client(getattr(school, who)).get(url(duty)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 200),
        ("dean", 200),
        ("office", 200),
        ("leader", 200),
        ("member", 404),
        ("neighbour", 404),
    ],
)
def test_a_units_duty_exists_for_its_head_those_above_and_who_sees_all_units(school, unit_duty, who, status):
    assert client(getattr(school, who)).get(url(unit_duty)).status_code == status


def test_without_signing_in_the_page_asks_for_it(school, duty):
    assert client().get(url(duty)).status_code == 302


def test_a_duty_that_is_not_there_is_a_404(school):
    assert client(school.office).get("/duties/999999/").status_code == 404


def test_the_four_facts_stand_under_the_title(school, duty):
    page = text(client(school.member).get(url(duty)))
    for fact in ("小结", "11月30日（星期二）前交", "约 8 分钟", "买合木提", "实名", "看到全文"):
        assert fact in page


def test_nothing_to_report_is_asked_first(school, duty):
    page = text(client(school.member).get(url(duty)))
    assert page.index("没有可报的") < page.index("做了什么")


@pytest.mark.parametrize("who", ["secretary", "dean", "office"])
def test_nobody_else_gets_the_form_or_hands_in_for_the_member(school, duty, who):
    browser = client(getattr(school, who))
    assert 'name="done"' not in text(browser.get(url(duty)))
    refused = browser.post(url(duty), FULL)
    assert refused.status_code == 403
    assert "本人" in text(refused)
    assert not Submission.objects.exists()


def test_handing_in_leads_back_to_the_page_that_says_for_whom_it_waits(school, duty):
    browser = client(school.member)
    answer = browser.post(url(duty), FULL, follow=True)
    assert answer.redirect_chain[0][0] == url(duty)
    assert "等书记买合木提" in text(answer)
    assert Duty.objects.get(pk=duty.pk).state == State.SUBMITTED


def test_nothing_to_report_is_one_click(school, duty):
    client(school.member).post(url(duty), {"has": "no"})
    assert Submission.objects.get().nothing


def test_a_refused_form_keeps_its_text_and_says_where_and_what(school, duty):
    browser = client(school.member)
    refused = browser.post(url(duty), {"has": "yes", "done": "讲了六道题", "changed": ""})
    page = text(refused)
    assert refused.status_code == 422
    assert "讲了六道题" in page
    assert "还看不出来" in page
    assert 'href="#id_changed"' in page
    assert "讲了六道题" in text(browser.get(url(duty)))


def test_a_text_that_is_too_long_says_how_long_it_may_be(school, duty):
    refused = client(school.member).post(url(duty), FULL | {"done": "长" * 5001})
    assert refused.status_code == 422
    assert "5000" in text(refused).replace(",", "")


def test_the_same_form_sent_twice_has_one_effect(school, duty):
    browser = client(school.member)
    first = browser.post(url(duty), FULL | {"key": "k1"})
    second = browser.post(url(duty), FULL | {"key": "k1"})
    assert (first.status_code, first["Location"]) == (302, url(duty))
    assert (second.status_code, second["Location"]) == (302, url(duty))
    assert Submission.objects.count() == 1
    assert Entry.objects.filter(verb="duty.handed_in").count() == 1


def test_typing_is_saved_as_versions_and_found_again(school, duty):
    browser = client(school.member)
    saved = browser.post(url(duty, "draft/"), FULL | {"done": "写到一半", "version": "0"}, headers=JSON)
    assert saved.json()["version"] == 1
    assert "已自动保存" in saved.json()["text"]
    assert "写到一半" in text(browser.get(url(duty)))
    assert not Entry.objects.filter(verb__startswith="duty.handed").exists()


def test_the_button_saves_a_draft_without_script(school, duty):
    browser = client(school.member)
    assert browser.post(url(duty, "draft/"), FULL | {"version": "0"}).status_code == 302
    assert drafts.load(school.member.actor.id, f"duty:{duty.pk}").body["done"] == FULL["done"]


def test_two_tabs_get_a_choice_and_nothing_is_overwritten(school, duty):
    phone, desk = client(school.member), client(school.member)
    phone.post(url(duty, "draft/"), FULL | {"done": "手机上写的", "version": "0"}, headers=JSON)
    clash = desk.post(url(duty, "draft/"), FULL | {"done": "电脑上写的", "version": "0"}, headers=JSON)
    assert clash.status_code == 409
    assert clash.json()["url"] == url(duty, "versions/")
    page = text(desk.get(url(duty), follow=True))
    assert "手机" in page
    assert "电脑" in page
    desk.post(url(duty, "versions/"), {"keep": "2"})
    assert "电脑上写的" in text(desk.get(url(duty)))
    assert "手机上写的" in text(desk.get(url(duty, "versions/")))


def test_two_tabs_can_be_joined(school, duty):
    browser = client(school.member)
    for words in ("甲处写的", "乙处写的"):
        browser.post(url(duty, "draft/"), FULL | {"done": words, "version": "0"}, headers=JSON)
    browser.post(url(duty, "versions/"), {"keep": "join"})
    page = text(browser.get(url(duty)))
    assert "甲处写的" in page
    assert "乙处写的" in page


def test_handing_in_from_an_old_tab_asks_before_it_hands_in(school, duty):
    browser = client(school.member)
    browser.post(url(duty, "draft/"), FULL | {"done": "另一处的", "version": "0"}, headers=JSON)
    answer = browser.post(url(duty), FULL | {"version": "0"})
    assert answer["Location"] == url(duty, "versions/")
    assert not Submission.objects.exists()


def test_a_second_tab_that_hands_in_late_is_told_and_keeps_its_text(school, duty):
    browser = client(school.member)
    browser.post(url(duty), FULL)
    late = browser.post(url(duty), FULL | {"done": "第二个窗口里写的"})
    assert late.status_code == 403
    assert "已经交了" in text(late)
    assert "第二个窗口里写的" in text(late)
    assert Submission.objects.count() == 1


def test_another_person_finds_nothing_of_a_draft(school, duty):
    client(school.member).post(
        url(duty, "draft/"), FULL | {"done": "只给自己看的草稿", "version": "0"}, headers=JSON
    )
    assert "只给自己看的草稿" not in text(client(school.secretary).get(url(duty)))


def test_what_waits_is_taken_back_and_handed_in_again(school, duty):
    browser = client(school.member)
    browser.post(url(duty), FULL)
    browser.post(url(duty, "withdraw/"))
    assert Duty.objects.get(pk=duty.pk).state == State.DUE
    assert FULL["done"] in text(browser.get(url(duty)))
    browser.post(url(duty), FULL)
    assert [s.number for s in Submission.objects.order_by("number")] == [1, 2]


def test_a_paper_that_came_back_shows_who_why_and_until_when(school, duty):
    browser = client(school.member)
    browser.post(url(duty), FULL)
    client(school.secretary).post(f"/reviews/{duty.pk}/", {"do": "return", "reasons": "第二处没写日期"})
    page = text(browser.get(url(duty)))
    for words in ("第二处没写日期", "买合木提", "改好了，再交", "我不同意退回", FULL["done"]):
        assert words in page


def test_disagreeing_goes_one_level_up(school, duty):
    browser = client(school.member)
    browser.post(url(duty), FULL)
    client(school.secretary).post(f"/reviews/{duty.pk}/", {"do": "return", "reasons": "不行"})
    browser.post(url(duty), FULL | {"objection": "上次就是这样通过的"})
    assert Submission.objects.get(number=2).waits_at == school.general


def test_the_head_hands_in_for_the_unit(school, unit_duty):
    answer = client(school.secretary).post(url(unit_duty), FULL)
    assert answer.status_code == 302
    assert Submission.objects.get().waits_at == school.general


def test_a_file_is_kept_linked_and_served_as_an_attachment(school, duty):
    browser = client(school.member)
    browser.post(url(duty), FULL | {"file": file("名单 一.txt", "张三".encode())})
    link = DutyEvidence.objects.get()
    served = browser.get(url(duty, f"files/{link.pk}/"))
    assert served["Content-Disposition"].startswith("attachment")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    assert b"".join(served.streaming_content) == "张三".encode()
    own_head = client(school.secretary).get(url(duty, f"files/{link.pk}/"))
    assert own_head.status_code == 200
    assert b"".join(own_head.streaming_content)
    assert client(school.neighbour).get(url(duty, f"files/{link.pk}/")).status_code == 404


def test_a_file_of_another_duty_is_not_served_here(school, duty):
    other = Duty.objects.get(member=school.neighbour)
    client(school.neighbour).post(url(other), FULL | {"file": file("a.txt", b"a")})
    link = DutyEvidence.objects.get()
    assert client(school.member).get(url(duty, f"files/{link.pk}/")).status_code == 404


def test_a_refused_form_keeps_its_files(school, duty):
    browser = client(school.member)
    refused = browser.post(
        url(duty), {"has": "yes", "done": "", "changed": "", "file": file("证明.txt", b"x")}
    )
    assert refused.status_code == 422
    assert "证明.txt" in text(refused)
    assert "checked" in text(refused)
    assert Evidence.objects.count() == 1


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("word/document.xml", b"0" * (210 * 1024 * 1024))
    return out.getvalue()


BAD = [
    ("bomb.docx", bomb, "展开后太大"),
    ("程序.pdf", lambda: b"MZ\x90\x00" + b"x" * 100, "对不上"),
    ("large.pdf", lambda: b"%PDF-1.4" + b"0" * (21 * 1024 * 1024), "超过 20 MB"),
    ("empty.pdf", lambda: b"", "空文件"),
    ("page.html", lambda: b"<html><script>alert(1)</script>", "对不上"),
    ("drawing.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "对不上"),
    ("hidden.txt", lambda: b"<html><body>", "对不上"),
    ("macro.docm", lambda: b"PK\x03\x04", "对不上"),
]


@pytest.mark.parametrize(("name", "content", "why"), BAD, ids=[b[0] for b in BAD])
def test_an_unwelcome_file_is_refused_with_a_sentence_and_nothing_else_is_lost(
    school, duty, name, content, why
):
    browser = client(school.member)
    answer = browser.post(
        url(duty, "files/"), {"file": file(name, content())}, headers={"hx-request": "true"}
    )
    assert answer.status_code == 200
    assert why in text(answer)
    assert not Evidence.objects.exists()
    refused = browser.post(url(duty), FULL | {"file": file(name, content())})
    assert refused.status_code == 422
    assert FULL["done"] in text(refused)
    assert Duty.objects.get(pk=duty.pk).state == State.DUE


def test_an_upload_of_sixty_megabytes_is_one_sentence(school, duty, settings):
    answer = client(school.member).post(
        url(duty, "files/"), {"file": file("a.pdf", b"%PDF-" + b"0" * 65 * 1024 * 1024)}
    )
    assert answer.status_code == 413


def test_a_file_name_with_folders_and_direction_marks_is_cleaned(school, duty):
    client(school.member).post(url(duty), FULL | {"file": file("..\\..\\\u202eevil.txt", b"x")})
    assert Evidence.objects.get().name == "evil.txt"


def test_earlier_evidence_is_picked_not_uploaded_again(school, duty):
    play.run(play.member_task("另一件"))
    second = Duty.objects.get(member=school.member, slot__task__code="另一件")
    browser = client(school.member)
    browser.post(url(duty), FULL | {"file": file("a.txt", b"a")})
    piece = Evidence.objects.get()
    assert piece.public_id in text(browser.get(url(second)))
    browser.post(url(second), FULL | {"evidence": piece.public_id})
    assert DutyEvidence.objects.filter(evidence=piece).count() == 2
    assert Evidence.objects.count() == 1


def test_somebody_elses_evidence_cannot_be_linked(school, duty):
    other = Duty.objects.get(member=school.neighbour)
    client(school.neighbour).post(url(other), FULL | {"file": file("a.txt", b"a")})
    client(school.member).post(url(duty), FULL | {"evidence": Evidence.objects.get().public_id})
    assert not DutyEvidence.objects.filter(duty=duty).exists()


def test_exempt_and_void_duties_say_so_and_have_no_form(school, duty):
    client(school.office).post(url(duty, "decide/exempt/"), {"reason": "ill", "text": "住院"})
    page = text(client(school.member).get(url(duty)))
    assert "病假" in page
    assert "住院" in page
    assert 'name="done"' not in page


def test_the_page_is_complete_in_english(school, duty):
    browser = client(school.member)
    page = text(browser.get(url(duty), headers={"accept-language": "en"}))
    with translation.override("en"):
        assert "Nothing to report" in page
    assert "Hand in" in page
    for chinese in ("做了什么", "依据", "往来记录", "实名", "存草稿"):
        assert chinese not in page


def test_the_page_reads_the_database_a_bounded_number_of_times(school, duty, django_assert_max_num_queries):
    browser = client(school.member)
    browser.post(url(duty), FULL)
    browser.get(url(duty))
    with django_assert_max_num_queries(36):
        browser.get(url(duty))
