"""The pages of the import: upload, refusal, the diff, questions, the missing, confirming; only for who may import."""

import pytest
from django.urls import reverse

from zhengyou.org.models import Affiliation, Person, RosterImport
from zhengyou.org.roster import actions_staging
from zhengyou.org.roster.tests.books import book, people
from zhengyou.org.tests import builder

UPLOAD = reverse("roster")


def upload(browser, path, **more):
    with path.open("rb") as file:
        return browser.post(UPLOAD, {"file": file, "scope": "units", **more}, follow=True)


@pytest.fixture
def office(school):
    return builder.client(school.office)


def test_an_upload_leads_to_the_diff_and_changes_nothing(office, tmp_path):
    before = Person.objects.count()
    answer = upload(office, book(tmp_path, people(3)))
    assert "核对差异" in answer.content.decode()
    assert RosterImport.objects.get().summary["new"] == 3
    assert Person.objects.count() == before


def test_confirming_writes_once_and_shows_the_balance(office, tmp_path):
    upload(office, book(tmp_path, people(3)))
    roster = RosterImport.objects.get()
    page = office.post(
        reverse("roster_confirm", args=[roster.public_id]), {"key": "k1"}, follow=True
    ).content.decode()
    assert "导入完成" in page
    assert "对得上" in page
    again = office.post(reverse("roster_confirm", args=[roster.public_id]), {"key": "k1"}, follow=True)
    assert again.status_code == 200
    assert Person.objects.filter(number__startswith="30010").count() == 3


def test_a_refused_file_says_that_nothing_changed(office, tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(b"%PDF-1.7 nothing")
    answer = upload(office, path)
    assert answer.status_code == 422
    assert "系统里什么都没变" in answer.content.decode()
    assert "PDF" in answer.content.decode()


def test_confirm_is_off_while_a_row_has_a_fault_and_the_server_refuses_too(office, tmp_path):
    rows = people(3)
    rows[1][0] = ""
    page = upload(office, book(tmp_path, rows)).content.decode()
    roster = RosterImport.objects.get()
    assert "还不能确认：有 1 行要改" in page
    assert 'aria-disabled="true"' in page
    answer = office.post(reverse("roster_confirm", args=[roster.public_id]))
    assert answer.status_code == 422
    assert not Person.objects.filter(number__startswith="30010").exists()


def test_a_question_is_answered_by_a_button(office, school, tmp_path):
    rows = people(2)
    rows.append([rows[0][0], rows[0][1], "后勤直属党支部", "", "教职工", "正式", "2008-07-01"])
    page = upload(office, book(tmp_path, rows)).content.decode()
    roster = RosterImport.objects.get()
    assert "要您定" in page
    assert roster.summary["questions"] == 1
    office.post(
        reverse("roster_decide", args=[roster.public_id]),
        {"question": "twice:3001001", "answer": "activity:1.2"},
    )
    roster.refresh_from_db()
    assert roster.summary["questions"] == 0
    office.post(reverse("roster_confirm", args=[roster.public_id]))
    held = Affiliation.objects.filter(person__number="3001001", dropped=None)
    assert set(held.values_list("unit", "role")) == {(school.direct.pk, "R"), (school.direct2.pk, "A")}


def test_missing_people_stay_until_a_decision_ends_them(office, school, tmp_path):
    upload(office, book(tmp_path, people(2)))
    roster = RosterImport.objects.get()
    assert roster.summary["missing"] == 1  # the library's Anna Smith
    page = office.get(reverse("roster_import", args=[roster.public_id]), {"show": "missing"}).content.decode()
    assert "Anna Smith" in page
    office.post(reverse("roster_decide", args=[roster.public_id]), {"how": "left", "number": ["2001020"]})
    roster.refresh_from_db()
    assert roster.summary["balance"]["left"] == 1
    office.post(reverse("roster_confirm", args=[roster.public_id]))
    assert Affiliation.objects.filter(person=school.staff, dropped=None).get().ended == "left"


def test_what_changed_since_the_check_is_told_and_checked_again(office, school, tmp_path):
    from zhengyou.org import actions

    upload(
        office,
        book(tmp_path, [["2001020", "Anna Smith", "图书馆直属党支部", "", "教职工", "正式", "2008-07-01"]]),
    )
    roster = RosterImport.objects.get()
    actions.move_members([school.staff], school.direct2, by=builder.BY)
    page = office.post(reverse("roster_confirm", args=[roster.public_id]), follow=True).content.decode()
    assert "您核对之后，组织里又有了变动" in page
    roster.refresh_from_db()
    assert roster.state == RosterImport.State.PARSED
    assert (
        Affiliation.objects.get(person=school.staff, dropped=None, valid_to__gt="2011-01-01").unit
        == school.direct2
    )


@pytest.mark.parametrize("who", ["leader", "secretary", "member", "publicity"])
def test_only_the_office_imports(school, who, tmp_path):
    browser = builder.client(getattr(school, who))
    assert browser.get(UPLOAD).status_code == 403
    assert browser.get(reverse("roster_template")).status_code == 403


def test_filters_search_and_pages(office, tmp_path):
    upload(office, book(tmp_path, people(120)))
    address = reverse("roster_import", args=[RosterImport.objects.get().public_id])
    page = office.get(address, {"show": "new", "page": 3}).content.decode()
    assert page.count('<tr class="top">') == 20
    assert (
        office.get(address, {"show": "all", "q": "3001007"}).content.decode().count('<tr class="top">') == 1
    )
    assert len(office.get(address, {"show": "all"}).content) < 100_000


def test_a_large_file_is_read_in_the_background(office, tmp_path, monkeypatch):
    monkeypatch.setattr(actions_staging, "AT_ONCE", 10)
    page = upload(office, book(tmp_path, people(5))).content.decode()
    assert RosterImport.objects.get().state == RosterImport.State.PARSED
    assert "核对差异" in page


def test_the_progress_page_leads_on(office, school, tmp_path):
    roster = RosterImport.objects.create(
        file_name="大.xlsx",
        sha256="",
        day="2010-11-22",
        scope="all",
        state=0,
        uploaded_at="2010-11-22T00:00:00Z",
        owner="x",
    )
    assert "正在读取" in office.get(reverse("roster_import", args=[roster.public_id])).content.decode()
    address = reverse("roster_progress", args=[roster.public_id])
    assert "HX-Redirect" not in office.get(address)
    RosterImport.objects.update(state=10)
    assert office.get(address)["HX-Redirect"] == reverse("roster_import", args=[roster.public_id])


def test_the_marked_workbook_comes_back(office, tmp_path):
    import io

    import openpyxl

    rows = people(3)
    rows[1][0] = ""
    upload(office, book(tmp_path, rows))
    answer = office.get(reverse("roster_annotated", args=[RosterImport.objects.get().public_id]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["名册"]
    assert sheet["H1"].value == "导入提示"
    assert "没有写" in sheet["H3"].value
    assert sheet["H2"].value is None


def test_putting_away_forgets_rows_and_file(office, tmp_path):
    upload(office, book(tmp_path, people(3)))
    roster = RosterImport.objects.get()
    assert actions_staging.staged(roster).exists()
    office.post(reverse("roster_drop", args=[roster.public_id]))
    assert not actions_staging.staged(roster).exists()
    assert roster.rows.count() == 0
    assert office.get(reverse("roster_import", args=[roster.public_id])).status_code == 404


def test_the_same_form_sent_twice_stages_one_roster(office, tmp_path):
    path = book(tmp_path, people(3))
    upload(office, path, key="same")
    upload(office, path, key="same")
    assert RosterImport.objects.count() == 1


def test_the_same_roster_is_never_written_twice_not_even_by_two_people_at_once(office, school, tmp_path):
    from zhengyou.journal.models import Entry
    from zhengyou.kit.faults import Conflict
    from zhengyou.org.roster.actions import import_roster

    upload(office, book(tmp_path, people(3)))
    roster = RosterImport.objects.get()
    office.post(reverse("roster_confirm", args=[roster.public_id]))
    entries = Entry.objects.count()
    with pytest.raises(Conflict, match="没有重复写"):
        import_roster(lambda: actions_staging.compared(roster), by=school.office.actor, roster=roster)
    assert Entry.objects.count() == entries


def test_an_import_is_undone_from_its_page_and_says_so(office, school, tmp_path):
    upload(office, book(tmp_path, people(3)))
    roster = RosterImport.objects.get()
    undo = reverse("roster_undo", args=[roster.public_id])
    assert office.get(undo).status_code == 404
    office.post(reverse("roster_confirm", args=[roster.public_id]))
    page = office.get(reverse("roster_import", args=[roster.public_id])).content.decode()
    assert undo in page
    shown = office.get(undo)
    assert "不再是成员" in shown.content.decode()
    seen = shown.context["found"].fingerprint
    assert office.post(undo, {"seen": "something else"}).status_code == 409
    assert office.post(undo, {}).status_code == 409
    assert Affiliation.objects.filter(person__number="3001001", dropped=None).exists()
    done = office.post(undo, {"seen": seen}, follow=True).content.decode()
    assert "撤销了这次导入" in done
    assert not Affiliation.objects.filter(person__number="3001001", dropped=None).exists()
    again = office.post(undo, {"seen": seen})
    assert again.status_code == 409
    assert "导入已撤销" in office.get(UPLOAD).content.decode()


def test_what_stands_against_undoing_is_listed_by_number_and_name(office, school, tmp_path):
    from zhengyou.org import actions

    upload(office, book(tmp_path, people(3)))
    roster = RosterImport.objects.get()
    office.post(reverse("roster_confirm", args=[roster.public_id]))
    actions.move_members([Person.objects.get(number="3001002")], school.direct2, by=builder.BY)
    undo = reverse("roster_undo", args=[roster.public_id])
    shown = office.get(undo)
    page = shown.content.decode()
    assert "还不能撤销" in page
    assert "3001002" in page
    assert "3001001" not in page
    answer = office.post(undo, {"seen": shown.context["found"].fingerprint})
    assert answer.status_code == 403
    assert "3001002" in answer.content.decode()
    for who in ("leader", "secretary"):
        assert builder.client(getattr(school, who)).get(undo).status_code == 403
