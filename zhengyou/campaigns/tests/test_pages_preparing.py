"""The pages of preparing: reading the plan, the questions as a form, the files, the checklist, approval and start."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengyou.campaigns.actions import preparing as actions
from zhengyou.campaigns.models import Answer, Campaign, Duty
from zhengyou.campaigns.tests.test_preparing import DEMO, SPEECH, answers, school  # noqa: F401
from zhengyou.journal.models import Entry
from zhengyou.journal.tests.kept import kept
from zhengyou.kit import clock
from zhengyou.org.models import Placement
from zhengyou.org.tests.builder import client

P1 = "programmes.strive.phases.p1."


@pytest.fixture
def campaign(school):  # noqa: F811
    """The speech's pack with its English, not yet answered."""
    english = SPEECH.with_name("excellence-2010.en.yaml").read_text("utf8")
    text, by = SPEECH.read_text("utf8"), school.office.actor
    return kept("taken up in English", lambda: actions.take_up(text, english, by=by, name=SPEECH.name))


@pytest.fixture
def answered(school, campaign):  # noqa: F811
    """With all answers."""
    kept("answered", lambda: actions.answer(campaign, answers(), by=school.office.actor))
    return campaign


def text(response):
    return response.content.decode()


def url(campaign, rest=""):
    return f"/campaigns/{campaign.public_id}/{rest}"


def yaml(content, name="p.yaml"):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


PAGES = ["", "burden/", "defaults/", "questions/", "check/"]


@pytest.mark.parametrize("door", PAGES)
@pytest.mark.parametrize(
    ("who", "reads", "prepares"),
    [
        ("office", 200, 200),
        ("leader", 200, 403),
        ("inspector", 200, 403),
        ("secretary", 404, 404),
        ("member", 404, 404),
    ],
)
def test_a_draft_is_for_the_office_and_those_who_see_all(school, campaign, door, who, reads, prepares):  # noqa: F811
    status = prepares if door in ("questions/", "check/") else reads
    assert client(getattr(school, who)).get(url(campaign, door)).status_code == status


def test_once_it_runs_everybody_reads_the_same_plan(school, answered):  # noqa: F811
    actions.approve(answered, "校发〔2010〕12号", by=school.office.actor)
    client(school.office).post(url(answered, "start/"))
    for who in (school.member, school.secretary, school.publicity):
        page = client(who).get(url(answered))
        assert page.status_code == 200
        assert "免办、延期、作废" not in text(page) or who is school.secretary
        assert answered.zh in text(client(who).get("/campaigns/"))


@pytest.mark.parametrize("door", PAGES)
@pytest.mark.parametrize("fixture", ["campaign", "answered"])
def test_no_page_is_larger_than_a_hundred_kilobytes(school, request, door, fixture):  # noqa: F811
    found = request.getfixturevalue(fixture)
    assert len(client(school.office).get(url(found, door)).content) <= 100_000


def test_the_plan_says_what_is_open_and_what_was_announced_and_not_given(school, campaign):  # noqa: F811
    page = text(client(school.office).get(url(campaign)))
    for words in ("起止日期没定", "来源说有 4 个，写出 3 个", "提倡", "还没定", 'class="b null'):
        assert words in page


def test_a_bundled_pack_is_taken_up_with_one_click_and_only_once(school):  # noqa: F811
    browser = client(school.office)
    first = browser.post("/campaigns/take-up/", {"pack": "excellence-2010", "key": "k"})
    again = browser.post("/campaigns/take-up/", {"pack": "excellence-2010", "key": "k"})
    assert first["Location"] == again["Location"] == url(Campaign.objects.get())
    assert browser.post("/campaigns/take-up/", {"pack": "excellence-2010"}).status_code == 409


FILES = [
    ("", "空文件"),
    ("a: [1", "P000"),
    ("language: 1\npack: {id: x, version: '1'}\nnonsense: 3\n", "p.yaml:3:1"),
    (b"\x00\x01\x02", "不是文本文件"),
    ("#" * 500_000, "太大"),
    ("language: 9\n", "L001"),
    ("- 1\n- 2\n", "P000"),
]


@pytest.mark.parametrize(("content", "why"), FILES, ids=[f[1] for f in FILES])
def test_a_bad_pack_file_is_shown_place_by_place_and_nothing_is_kept(school, content, why):  # noqa: F811
    answer = client(school.office).post("/campaigns/take-up/", {"file": yaml(content)})
    assert answer.status_code == 422
    assert "系统里什么都没变" in text(answer)
    assert why in text(answer)
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("who", ["secretary", "leader", "member"])
def test_only_the_office_takes_up(school, who):  # noqa: F811
    assert (
        client(getattr(school, who)).post("/campaigns/take-up/", {"pack": "excellence-2010"}).status_code
        == 403
    )
    assert not Campaign.objects.exists()


def test_every_question_says_what_the_source_says(school, campaign):  # noqa: F811
    page = text(client(school.office).get(url(campaign, "questions/")))
    assert "第三阶段「对标定位，晋档升级」从哪天到哪天？" in page
    assert "没写起止日期" in page
    assert f'name="a:{P1}from"' in page
    assert "以后再答" in page


def test_answers_are_kept_one_by_one(school, campaign):  # noqa: F811
    given = {
        f"a:{P1}from": "2010-07-05",
        f"a:{P1}to": "2010-08-31",
        "a:rules.returned_days": "5",
        "only": "p1.from",
    }
    client(school.office).post(url(campaign, "questions/"), given)
    assert Answer.objects.count() == 2


def test_answers_are_kept_together_and_the_wrong_one_is_shown_at_its_field(school, campaign):  # noqa: F811
    given = {f"a:{P1}from": "2010-07-05", f"a:{P1}to": "2010-08-31", "a:rules.returned_days": "若干"}
    answer = client(school.office).post(url(campaign, "questions/"), given)
    assert answer.status_code == 422
    assert Answer.objects.count() == 2
    page = text(answer)
    assert "存好 2 处" in page
    assert "「若干」" in page
    assert 'value="若干"' in page
    assert 'href="#id_rules.returned_days"' in page


def test_a_choice_is_kept_and_shown_in_words_with_who_and_when(school, campaign):  # noqa: F811
    client(school.office).post(url(campaign, "questions/"), {"o:rules.joiners": "owe_next_period"})
    page = text(client(school.office).get(url(campaign, "questions/")))
    assert "这一期不用，从下一期起 · 何兰 7月6日" in page
    change = text(client(school.office).get(url(campaign, "questions/?change=rules.joiners")))
    assert 'value="owe_next_period" checked' in change


def test_the_half_filled_form_is_saved_by_itself(school, campaign):  # noqa: F811
    browser = client(school.office)
    saved = browser.post(url(campaign, "questions/draft/"), {"a:rules.returned_days": "7", "version": "0"})
    assert saved.json()["version"] == 1
    assert 'value="7"' in text(browser.get(url(campaign, "questions/")))
    assert not Answer.objects.exists()


def test_an_empty_form_says_what_to_do(school, campaign):  # noqa: F811
    answer = client(school.office).post(url(campaign, "questions/"), {})
    assert answer.status_code == 422
    assert "还没有填答案" in text(answer)


def test_a_question_of_a_later_phase_is_put_off_to_a_post_and_a_day(school, campaign):  # noqa: F811
    browser = client(school.office)
    wrong = browser.post(url(campaign, "questions/"), {"post:p3.from": "office", "until:p3.from": "明年"})
    assert wrong.status_code == 422
    browser.post(url(campaign, "questions/"), {"post:p3.from": "office", "until:p3.from": "2011-03-01"})
    assert "2011年3月1日前答" in text(browser.get(url(campaign, "questions/")))


def test_a_default_is_one_click_from_an_answer(school, campaign):  # noqa: F811
    browser = client(school.office)
    page = text(browser.get(url(campaign, "defaults/")))
    where = "?default=" + page.split("?default=")[1].split("#")[0]
    form = text(browser.get(url(campaign, "questions/" + where)))
    assert "定成办公室的答案" in form


def test_answers_leave_and_come_back_as_a_file(school, answered):  # noqa: F811
    browser = client(school.office)
    leaving = browser.get(url(answered, "answers.yaml"))
    assert leaving["Content-Disposition"].startswith("attachment")
    n = Answer.objects.count()
    Answer.objects.all().delete()
    browser.post(url(answered, "answers/"), {"file": yaml(leaving.content)})
    assert Answer.objects.count() == n


ANSWER_FILES = [
    ("", "空"),
    ("answers: [1]", "地址"),
    ("answers: {nope: 1}", "没有地方放"),
    ("a: [", "P000"),
    (b"\x00", "文本"),
]


@pytest.mark.parametrize(("content", "why"), ANSWER_FILES)
def test_a_bad_answers_file_changes_nothing(school, campaign, content, why):  # noqa: F811
    answer = client(school.office).post(url(campaign, "answers/"), {"file": yaml(content, "a.yaml")})
    assert answer.status_code == 422
    assert why in text(answer)
    assert not Answer.objects.exists()


def test_the_burden_is_a_chart_with_its_table(school, answered):  # noqa: F811
    page = text(client(school.office).get(url(answered, "burden/")))
    for words in ('data-limit="60"', 'data-limit="480"', 'id="tmembers"', "其中审核"):
        assert words in page


def test_the_start_is_off_and_says_why_until_all_is_answered(school, campaign):  # noqa: F811
    browser = client(school.office)
    page = text(browser.get(url(campaign, "check/")))
    assert 'aria-disabled="true"' in page
    assert "还不能启动" in page
    assert browser.post(url(campaign, "approve/"), {"document_no": "1"}).status_code == 403
    assert browser.post(url(campaign, "start/")).status_code == 403
    assert not Duty.objects.exists()


def test_from_approval_to_start_each_page_says_what_will_happen(school, answered):  # noqa: F811
    browser = client(school.office)
    assert browser.post(url(answered, "approve/"), {"document_no": ""}).status_code == 422
    step = browser.post(url(answered, "approve/"), {"document_no": "校发〔2010〕12号"})
    assert step["Location"] == url(answered, "start/")
    promised = text(browser.get(url(answered, "start/")))
    browser.post(url(answered, "start/"), {"key": "s"})
    again = browser.post(url(answered, "start/"), {"key": "s"})
    n = Duty.objects.count()
    assert f"启动，派出 {n} 件任务" in promised
    assert again["Location"] == url(answered)
    assert Entry.objects.filter(verb="campaign.started").count() == 1
    assert f"到今天派出 {n} 件" in text(browser.get(url(answered)))


@pytest.mark.parametrize("who", ["leader", "secretary"])
def test_only_the_office_approves_and_starts(school, answered, who):  # noqa: F811
    browser = client(getattr(school, who))
    for door in ("approve/", "start/", "questions/", "answers/", "questions/draft/"):
        assert browser.post(url(answered, door), {"document_no": "1"}).status_code in (403, 404)
    assert not Duty.objects.exists()


@pytest.mark.parametrize("door", PAGES)
def test_every_page_is_complete_in_english(school, campaign, door):  # noqa: F811
    found = text(client(school.office).get(url(campaign, door), headers={"accept-language": "en"}))
    main = found[found.index("<main") : found.index("</main>")]
    for name in Placement.objects.values_list("name", flat=True):
        main = main.replace(name, "")
    left = sorted({c for c in main if "一" <= c <= "鿿"})
    assert not left, "".join(left)[:200]


def test_the_demo_answers_are_the_file_that_the_upload_takes(school, campaign):  # noqa: F811
    answer = client(school.office).post(url(campaign, "answers/"), {"file": yaml(DEMO.read_bytes())})
    assert answer.status_code == 302


def test_the_hospitals_pack_goes_through_the_same_pages_without_a_question(db):
    from zhengyou.campaigns.tests.test_preparing import HOSPITAL, hospital
    from zhengyou.org.models import Person
    from zhengyou.packs import load

    with clock.playing(date(2027, 3, 1)):
        hospital(load(HOSPITAL).organisation)
        browser = client(Person.objects.get(number="1"))
        browser.post("/campaigns/take-up/", {"pack": "hospital-quality"})
        campaign = Campaign.objects.get()
        for door in PAGES:
            assert browser.get(url(campaign, door)).status_code == 200, door
        assert "问题都答完了" in text(browser.get(url(campaign, "questions/")))
        browser.post(url(campaign, "approve/"), {"document_no": "院发〔2027〕3号"})
        browser.post(url(campaign, "start/"))
        assert Duty.objects.exists()
        assert browser.get(url(campaign)).status_code == 200
