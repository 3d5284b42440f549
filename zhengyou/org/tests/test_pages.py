"""Who sees what, through the doors (DOMAIN.md §7): rows, names, contact details, figures; 404 for what is foreign."""

import re

import pytest
from django.urls import reverse

from zhengyou.org import actions
from zhengyou.org.tests import builder

BY = builder.BY


def get(person, name, *args, **query):
    return builder.client(person).get(reverse(name, args=args), query)


OFFICE = ("office",)
WIDE = ("office", "leader", "inspector")
BRANCH_PAGE = (*WIDE, "head", "dean", "secretary", "member", "member2")


@pytest.mark.parametrize("who", builder.NAMED)
def test_a_unit_opens_for_its_line_its_members_and_those_who_see_all_units(school, who):
    answer = get(school.people[who], "unit", school.branch.public_id)
    assert answer.status_code == (200 if who in BRANCH_PAGE else 404)


@pytest.mark.parametrize("who", builder.NAMED)
def test_names_of_members_show_to_the_line_the_office_and_peers_only(school, who):
    answer = get(school.people[who], "unit", school.branch.public_id)
    expected = who in ("office", "head", "dean", "secretary", "member", "member2")
    assert ("阿依古丽·买买提江" in answer.content.decode()) == expected


@pytest.mark.parametrize("who", builder.NAMED)
def test_numbers_of_members_show_to_the_line_and_the_office_only(school, who):
    text = get(school.people[who], "unit_members", school.branch.public_id).content.decode()
    expected = who in ("office", "head", "dean", "secretary")
    assert ("2001010" in text) == expected


@pytest.mark.parametrize("who", builder.NAMED)
def test_a_persons_page_opens_for_the_line_and_the_office(school, who):
    answer = get(school.people[who], "person", school.member.public_id)
    expected = {"office": 200, "head": 200, "dean": 200, "secretary": 200, "member": 302}
    assert answer.status_code == expected.get(who, 404)


@pytest.mark.parametrize(
    ("who", "sees"), [("office", True), ("secretary", True), ("member", True), ("dean", False)]
)
def test_contact_details_show_to_the_own_secretary_the_office_and_the_person(school, who, sees):
    actions.set_contact(school.member, email="zw@example.org", phone="", by=school.member.actor)
    name, args = ("me", []) if who == "member" else ("person", [school.member.public_id])
    assert ("zw@example.org" in get(school.people[who], name, *args).content.decode()) == sees


def bare(answer):
    """The page without tokens and without its own address."""
    return re.sub(r"[A-Za-z0-9]{64}|[0-9a-f-]{36}|[2-9a-z]{12}(?=/)", "", answer.content.decode())


def test_what_is_foreign_answers_like_what_does_not_exist(school):
    foreign, missing = (get(school.member, "unit", i) for i in (school.branch3.public_id, "2345678abcde"))
    assert foreign.status_code == missing.status_code == 404
    assert bare(foreign) == bare(missing)
    foreign, missing = (get(school.neighbour, "person", i) for i in (school.member.public_id, "2345678abcde"))
    assert foreign.status_code == missing.status_code == 404
    assert bare(foreign) == bare(missing)


DOORS_OF_UNIT = (
    "unit",
    "unit_members",
    "unit_export",
    "unit_add_member",
    "unit_add",
    "unit_rename",
    "unit_appoint",
    "unit_slips",
)
DOORS_OF_PERSON = ("person", "person_contact", "person_move", "person_leave")


@pytest.mark.parametrize("name", DOORS_OF_UNIT)
def test_every_door_of_a_foreign_unit_is_missing(school, name):
    for method in ("get", "post"):
        browser = builder.client(school.secretary)
        answer = getattr(browser, method)(reverse(name, args=[school.branch2.public_id]))
        assert answer.status_code in ((404, 405) if method == "post" else (404,))


@pytest.mark.parametrize("name", [*DOORS_OF_PERSON, "person_slip", "person_slip_cancel"])
def test_every_door_of_a_foreign_person_is_missing(school, name):
    browser = builder.client(school.secretary)
    answer = browser.post(reverse(name, args=[school.neighbour.public_id]))
    assert answer.status_code in (404, 405)


@pytest.mark.parametrize("name", ["unit_add_member", "unit_add", "unit_rename", "unit_appoint"])
@pytest.mark.parametrize("who", ["secretary", "dean", "member", "leader"])
def test_changing_a_unit_is_refused_with_its_reason(school, who, name):
    answer = get(school.people[who], name, school.branch.public_id)
    assert answer.status_code == 403
    assert "办公室" in answer.content.decode()


@pytest.mark.parametrize("who", ["member", "leader", "publicity"])
def test_without_a_post_that_prints_slips_the_sheet_is_refused(school, who):
    assert get(school.people[who], "unit_slips", school.branch.public_id).status_code in (403, 404)


def test_nobody_gets_in_without_signing_in(school):
    for name in ("units", "me", "my_unit", "vacancies"):
        assert builder.client().get(reverse(name)).status_code == 302


@pytest.mark.parametrize("who", builder.NAMED)
def test_every_page_of_the_room_opens_or_says_no_for_everybody(school, who):
    browser = builder.client(school.people[who])
    for name in ("units", "me", "my_unit", "vacancies"):
        assert browser.get(reverse(name)).status_code in (200, 302, 404)
    for unit in (school.root, school.general, school.branch):
        for name in DOORS_OF_UNIT:
            assert browser.get(reverse(name, args=[unit.public_id])).status_code in (200, 403, 404), name
    for person in (school.office, school.member, school.stranger, school.far):
        for name in DOORS_OF_PERSON:
            assert browser.get(reverse(name, args=[person.public_id])).status_code in (200, 302, 403, 404), (
                name
            )


def test_the_office_finds_people_by_name_by_number_and_by_pinyin(school):
    for text in ("张伟", "2008010003", "zhang wei"):
        page = get(school.office, "units", q=text).content.decode()
        assert reverse("person", args=[school.member.public_id]) in page, text


def test_the_secretary_finds_only_own_people(school):
    page = get(school.secretary, "units", q="张伟").content.decode()
    assert reverse("person", args=[school.member.public_id]) in page
    assert reverse("person", args=[school.neighbour.public_id]) not in page


def test_leaders_find_units_but_no_people(school):
    page = get(school.leader, "units", q="张伟").content.decode()
    assert "2008010003" not in page


def test_the_vacancy_list_shows_each_reader_the_own_reach(school):
    assert "文学院教工党支部" in get(school.office, "vacancies").content.decode()
    page = get(school.dean2, "vacancies").content.decode()
    assert "文学院教工党支部" in page
    assert "后勤直属党支部" not in page
    assert get(school.member, "vacancies").status_code == 404


def test_the_unit_page_says_where_the_doubly_affiliated_are_active(school):
    page = get(school.secretary, "unit", school.branch.public_id).content.decode()
    assert "1 人平时在「会计2008级学生党支部」活动" in page


def test_a_workbook_of_members_has_no_formula(school):
    from io import BytesIO

    from openpyxl import load_workbook

    actions.add_person("=1+1", number="@SUM(A1)", unit=school.branch, by=BY)
    answer = get(school.office, "unit_export", school.branch.public_id)
    sheet = load_workbook(BytesIO(answer.getvalue())).active
    rows = list(sheet.iter_rows())
    assert "=1+1" in [row[0].value for row in rows]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "d", "n"}


def test_pages_keep_to_few_queries_however_many_units(school, django_assert_max_num_queries):
    for i in range(30):
        actions.add_unit(f"第{i}直属支部", "direct", school.root, by=BY)
    browser = builder.client(school.office)
    browser.get(reverse("units"))
    with django_assert_max_num_queries(14):
        browser.get(reverse("units"))
    with django_assert_max_num_queries(30):
        browser.get(reverse("unit", args=[school.root.public_id]))
    with django_assert_max_num_queries(20):
        browser.get(reverse("unit_members", args=[school.root.public_id]), {"below": "1"})


def test_pages_are_in_english_too(school):
    browser = builder.client(school.office)
    for name, args in (
        ("unit", [school.branch.public_id]),
        ("person", [school.member.public_id]),
        ("units", []),
    ):
        page = browser.get(reverse(name, args=args), headers={"accept-language": "en"}).content.decode()
        assert 'lang="en"' in page
