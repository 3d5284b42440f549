"""Pages of amendments: laid beside, previewed, put into force; refused with place; for the office alone until it holds."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengyou.campaigns.models import Amendment, Task
from zhengyou.campaigns.tests import play
from zhengyou.campaigns.tests.test_amending import (  # noqa: F401
    FORM,
    LONGER,
    ONLY_STUDENTS,
    TODAY,
    amend,
    campaign,
    draft,
    school,
    text,
)
from zhengyou.kit import clock
from zhengyou.org.tests.builder import client


@pytest.fixture(autouse=True)
def today(house_clock):
    with clock.playing(TODAY):
        yield


def page(response):
    return response.content.decode()


def url(campaign, rest=""):  # noqa: F811
    return f"/campaigns/{campaign.public_id}/versions/{rest}"


def test_on_the_pages_an_amendment_is_laid_beside_previewed_and_put_into_force(school, campaign):  # noqa: F811
    office = client(school.office)
    assert "启动时的方案" in page(office.get(url(campaign)))
    sent = office.post(url(campaign), {"file": SimpleUploadedFile("新.yaml", text(ONLY_STUDENTS).encode())})
    assert sent.status_code == 302
    seen = page(office.get(sent["Location"]))
    assert "党员公开承诺" in seen
    assert "谁来办" in seen
    hidden = dict(re.findall(r'type="hidden" name="(shown|seen_day|seen_migrate)" value="([^"]*)"', seen))
    fields = {
        "effective_on": "2010-07-08",
        "document_no": "校发〔2010〕20号",
        "reason": "调整",
        "migrate": "yes",
    }
    again = office.post(sent["Location"], fields | hidden)
    assert again.status_code == 200  # other choices than shown: shown first
    assert Amendment.objects.get(version=2).state == Amendment.State.DRAFT
    hidden = dict(
        re.findall(r'type="hidden" name="(shown|seen_day|seen_migrate)" value="([^"]*)"', page(again))
    )
    assert office.post(sent["Location"], fields | hidden).status_code == 302
    assert "校发〔2010〕20号" in page(client(school.member).get(url(campaign)))
    assert "已生效" in page(client(school.member).get(url(campaign, "2/")))
    duty = page(client(school.member).get(f"/duties/{play.duty_of(school.member, 'commitment_member').pk}/"))
    assert "按方案第 2 版办" in duty


def test_a_text_with_faults_is_refused_on_the_page_with_line_and_column(school, campaign):  # noqa: F811
    sent = client(school.office).post(
        url(campaign), {"file": SimpleUploadedFile("新.yaml", text(FORM).encode())}
    )
    assert sent.status_code == 422
    assert re.search(r"新.yaml:\d+:\d+", page(sent))
    assert "V302" in page(sent)
    assert client(school.office).post(url(campaign), {"changes": "nonsense"}).status_code == 422
    assert client(school.office).post(url(campaign), {"changes": "p2.to: 昨天"}).status_code == 422
    assert client(school.office).post(url(campaign), {}).status_code == 422
    assert not Amendment.objects.exists()


def test_a_draft_is_for_the_office_alone(school, campaign):  # noqa: F811
    draft(school, campaign, LONGER)
    assert client(school.member).get(url(campaign, "2/")).status_code == 404
    assert client(school.leader).post(url(campaign), {}).status_code == 403
    assert client(school.office).post(url(campaign, "2/"), {"do": "put_away"}).status_code == 302
    assert Amendment.objects.get(version=2).state == Amendment.State.PUT_AWAY


def test_an_amended_task_is_offered_once_and_finds_all_its_duties(school, campaign):  # noqa: F811
    amend(school, campaign, ONLY_STUDENTS)
    new = Task.objects.get(code="commitment_member", version=2)
    found = page(client(school.secretary).get(f"/duties/?task={new.pk}"))
    assert found.count("党员公开承诺 · ") == 1  # in the list of tasks to choose from
    assert f"/duties/{play.duty_of(school.member, 'commitment_member').pk}/" in found
