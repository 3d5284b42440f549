"""Board and desk as pages: who gets in, what opens what, filters that survive, both languages, empty states."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from zhengyou.campaigns.models import Duty, Slot
from zhengyou.kit import clock
from zhengyou.org.models import Person, Placement, Unit
from zhengyou.org.tests.builder import client
from zhengyou.overview import rules
from zhengyou.overview.tests import stage


def get(person, url, **headers):
    return client(person).get(url, **headers)


def text_of(response) -> str:
    return unescape(
        re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", response.content.decode(), flags=re.S))
    )


def links(response) -> list[tuple[str, str]]:
    """(address, words) of every link on a page."""
    found = re.findall(r'<a\b[^>]*?href="([^"]+)"[^>]*>(.*?)</a>', response.content.decode(), re.S)
    return [(unescape(url), " ".join(re.sub(r"<[^>]+>", " ", words).split())) for url, words in found]


BY_ROW = {
    "office": ("root", "general", "branch", "direct2"),
    "leader": ("root", "general", "branch", "direct2"),
    "inspector": ("root", "branch3"),
    "dean": ("general", "branch", "branch2"),
    "secretary": ("branch",),
}
REFUSED = {
    "dean": ("general2", "branch3", "direct"),
    "secretary": ("branch2", "general", "direct"),
    "publicity": ("general", "branch"),
    "member": ("root", "branch", "general"),
    "neighbour": ("root",),
}


@pytest.mark.parametrize("who", BY_ROW)
def test_the_own_subtree_is_seen_by_row(stageful, who):
    for name in BY_ROW[who]:
        response = get(
            getattr(stageful, who), reverse("board_unit", args=[getattr(stageful, name).public_id])
        )
        assert response.status_code == 200
        assert "合计" in response.content.decode()


@pytest.mark.parametrize("who", REFUSED)
def test_other_units_are_refused_with_the_reason(stageful, who):
    for name in REFUSED[who]:
        unit = getattr(stageful, name)
        for url in (
            reverse("board_unit", args=[unit.public_id]),
            reverse("board_unit_export", args=[unit.public_id]),
            reverse("board_rows", args=[unit.public_id, "overdue"]),
        ):
            response = get(getattr(stageful, who), url)
            assert response.status_code == 403, (who, name, url)
            page = response.content.decode()
            assert "您能逐行看到自己的单位" in page or "进度总览给担任职务的人看" in page


@pytest.mark.parametrize("who", ["dean", "secretary", "publicity"])
def test_whoever_holds_a_post_sees_the_whole_as_one_total_and_nothing_by_row(stageful, who):
    response = get(getattr(stageful, who), reverse("board"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "全部只看这一个合计" in page
    assert "zy-heat" not in page
    others = {"dean": stageful.general2, "secretary": stageful.general2, "publicity": stageful.general}
    assert Placement.objects.get(unit=others[who]).name not in page
    assert "/overdue/" not in page, "a figure that may not be opened is no link"


def test_a_unit_that_does_not_exist_is_not_found(stageful):
    assert get(stageful.office, "/board/nowhere/").status_code == 404
    assert get(stageful.office, f"/board/{stageful.root.public_id}/worst/").status_code == 404
    assert get(stageful.office, f"/missing/{stageful.branch.public_id}/999999/").status_code == 404


def test_nobody_gets_in_without_signing_in(stageful):
    for url in ("/desk/", "/board/", f"/board/{stageful.root.public_id}/overdue/"):
        assert get(None, url).status_code == 302


def test_from_the_total_to_the_missing_count_in_four_clicks(stageful):
    """number -> unit -> unit -> task: the page then says how many are missing there."""
    browser = client(stageful.office)
    page = browser.get(reverse("board"))
    number = next(url for url, _words in links(page) if "/overdue/" in url and stageful.root.public_id in url)
    page = browser.get(number)
    general = next(url for url, _words in links(page) if f"/{stageful.general.public_id}/overdue/" in url)
    page = browser.get(general)
    branch = next(url for url, _words in links(page) if f"/{stageful.branch.public_id}/overdue/" in url)
    page = browser.get(branch)
    task = stage.ids()["spirit"]
    page = browser.get(branch.split("?")[0] + next(url for url, _w in links(page) if f"task={task}" in url))
    missing = Duty.objects.filter(
        unit=stageful.branch, slot__task=task, state__in=("due", "returned")
    ).count()
    assert missing == 2
    assert f"这项任务这里还差  {missing}  人" in text_of(page)


def test_every_figure_on_the_board_opens_to_rows_that_add_up_to_it(stageful):
    browser = client(stageful.office)
    page = browser.get(reverse("board") + "?phase=all")
    followed = 0
    for url, words in links(page):
        if re.fullmatch(r"[\d,]+", words) and "/board/" in url:
            rows = browser.get(url)
            assert rows.status_code == 200
            head = re.search(r"<h1>(.*?)</h1>", rows.content.decode(), re.S).group(1)
            assert unescape(head).split()[-1] == words, url
            followed += 1
    assert followed > 30


def test_cells_of_the_heat_map_open_to_their_rows(stageful):
    browser = client(stageful.office)
    heat = re.search(
        r'<table class="zy-heat".*?</table>', browser.get(reverse("board")).content.decode(), re.S
    ).group(0)
    cells = re.findall(r'<td><a class="q\d" href="([^"]+)">(\d+)/(\d+)', heat)
    assert cells
    for url, accepted, base in cells:
        rows = browser.get(unescape(url)).content.decode()
        owed = int(unescape(re.search(r"<h1>(.*?)</h1>", rows, re.S).group(1)).split()[-1])
        assert int(accepted) <= int(base) <= owed


def test_filters_survive_a_reload_and_every_link_of_the_board(stageful):
    browser = client(stageful.office)
    url = reverse("board") + f"?task={stage.ids()['group']}&phase=all"
    page = browser.get(url)
    assert browser.get(url).content.decode().count("selected") == page.content.decode().count("selected") == 3
    query = page.context["query"]
    assert "phase=all" in query
    inner = [u for u, words in links(page) if re.search(r"/board/\w+/(\w+/)?(\?|$)", u) and "未" not in words]
    inner = [u for u in inner if not re.search(r"\?phase=\d+$", u)]
    assert len(inner) > 20
    base = f"/board/{stageful.root.public_id}/"
    bare = {u for u in inner if "phase=all" not in u or "task=" not in u}
    assert bare == {base, base + "in_review/?phase=all"}, (
        "to clear the filters, and to what waits in any phase"
    )


def test_an_unknown_filter_is_said_and_the_rest_still_shown(stageful):
    page = get(stageful.office, reverse("board") + "?task=77777").content.decode()
    assert "task=77777" in page
    assert "全部合计" in page


def test_the_fraction_stands_beside_the_completion(stageful):
    response = get(stageful.office, reverse("board") + "?phase=all")
    total = response.context["board"].total
    assert f"{total.accepted} ÷ ({total.owed} − {total.exempt})" in text_of(response)


@pytest.mark.parametrize("who", ["office", "leader", "dean", "secretary", "member", "publicity", "stranger"])
def test_english_pages_hold_no_chinese_but_names(stageful, who):
    Person.objects.filter(pk=stageful.stranger.pk).update(number="77")
    stageful.stranger.refresh_from_db()
    browser = client(getattr(stageful, who))
    names = {
        *Person.objects.values_list("name", flat=True),
        *Placement.objects.values_list("name", flat=True),
    }
    names |= {stageful.organisation.name, "缺完成日期", "中文", "示范学院"}
    slot = Slot.objects.get(task__code="theme")
    root, branch = stageful.root.public_id, stageful.branch.public_id
    urls = [
        "/desk/",
        "/desk/?as=me",
        "/desk/?as=me&show=waiting",
        "/desk/?as=me&show=done",
        "/board/?phase=all",
    ]
    urls += [
        f"/board/{root}/",
        f"/board/{branch}/",
        f"/board/{branch}/overdue/?task={slot.task_id}",
        "/board/?task=7x",
    ]
    urls += [f"/missing/{branch}/{slot.pk}/", f"/board/{root}/exempt/?phase=all", f"/desk/?as={branch}"]
    for url in urls:
        response = browser.get(url, HTTP_ACCEPT_LANGUAGE="en")
        page = response.content.decode()
        for name in sorted(names, key=len, reverse=True):
            page = page.replace(name, "")
        chinese = re.findall(r"[^\n<>\"]*[\u4e00-\u9fff][^\n<>\"]*", page)
        assert not chinese, (who, url, response.status_code, chinese[:5])


def test_an_empty_board_says_what_comes_next(school):
    page = get(school.office, reverse("board")).content.decode()
    assert "还没有活动在进行" in page
    assert "活动启动以后" in page


def test_a_filter_without_tasks_says_so_and_leads_back(stageful):
    later = next(p for p in stage.PROGRAMMES[0].phases if p.code == "p3")
    page = get(stageful.office, reverse("board"))
    phase = next(f for f in page.context["filters"] if f["name"] == "phase")
    value = next(v for v, words in phase["options"] if words == later.zh)
    page = get(stageful.office, reverse("board") + f"?phase={value}").content.decode()
    assert "按这个筛选没有已开始的任务" in page
    assert "清除筛选" in page


def test_the_board_says_when_duties_were_last_reconciled(stageful):
    assert "2010年11月1日" in text_of(get(stageful.office, reverse("board")))


def test_a_closed_unit_is_shown_as_such(stageful):
    Unit.objects.filter(pk=stageful.direct2.pk).update(closed_on=date(2010, 11, 1))
    assert "已撤销" in get(stageful.office, reverse("board")).content.decode()
    assert "已撤销" in get(stageful.office, f"/board/{stageful.direct2.public_id}/").content.decode()


def test_phases_stand_on_the_timeline_with_their_days(stageful):
    page = text_of(get(stageful.office, reverse("board")))
    assert "09-01至03-31·现在" in "".join(page.split())
    assert "未定" not in page


def test_tomorrow_what_was_due_today_is_overdue(stageful):
    def late():
        return get(stageful.office, reverse("board")).context["board"].total.overdue

    before = late()
    with clock.playing(date(2010, 11, 27)):
        assert late() > before


def test_the_rule_asks_for_a_post(stageful):
    from zhengyou.campaigns.tests.play import authority

    assert not rules.may_see_board(authority(stageful.member))
    assert rules.may_see_board(authority(stageful.publicity))
    assert not rules.may_see_rows(authority(stageful.publicity), stageful.branch.pk)
    assert rules.may_see_rows(authority(stageful.leader), stageful.direct2.pk)
