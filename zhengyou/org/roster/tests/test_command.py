"""The command line: exit codes, JSON, an empty directory, decisions, nothing half done."""

import io
import json
from datetime import date

import pytest

from zhengyou.journal.models import Entry
from zhengyou.org.models import Affiliation, Organisation, Person, Post, RosterImport, Unit, UnitAlias
from zhengyou.org.roster import command
from zhengyou.org.roster.tests.books import HEAD, book, people
from zhengyou.org.tests import builder


def run(function, path, **more):
    out, err = io.StringIO(), io.StringIO()
    code = function(path, as_json=True, out=out, err=err, **more)
    return code, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()


def check(path, **more):
    return run(command.check, path, **more)


def import_(path, **more):
    return run(command.import_, path, **{"by": builder.BY, **more})


@pytest.mark.django_db
def test_check_in_an_empty_directory_uses_the_bundled_part_and_leaves_nothing(tmp_path):
    code, data, err = check(book(tmp_path, people(4)))
    assert (code, err) == (0, "")
    assert (data["rows"], data["new"], data["people"], data["units"]) == (4, 4, 4, 1)
    assert data["errors"] == []
    assert data["balance"]["closing"] == data["balance"]["leaves"] == 4
    assert not Organisation.objects.exists()
    assert not RosterImport.objects.exists()


@pytest.mark.django_db
def test_import_into_an_empty_directory_founds_the_organisation_from_the_part(tmp_path):
    code, data, _err = import_(book(tmp_path, people(4)), name="示范学院")
    assert code == 0
    assert data["written"] is True
    assert Organisation.objects.get().name == "示范学院"
    assert Affiliation.objects.filter(role="R", dropped=None).count() == 4
    assert Unit.objects.count() == 2


@pytest.mark.django_db
def test_a_roster_with_faults_founds_nothing(tmp_path):
    rows = people(4)
    rows[2][1] = ""
    code, data, _err = import_(book(tmp_path, rows), name="示范学院")
    assert code == 1
    assert data["written"] is False
    assert not Organisation.objects.exists()


def test_each_row_is_in_exactly_one_of_the_four(school, tmp_path):
    rows = [
        ["2001020", "Anna Smith", "图书馆直属党支部", "", "教职工", "正式", ""],  # unchanged
        ["2008010003", "张伟", "会计2008级学生党支部", "", "学生", "正式", ""],  # changed
        *people(3),
        ["", "无号", "图书馆直属党支部", "", "教职工", "正式", ""],
        ["3009999", "", "图书馆直属党支部", "", "教职工", "正式", "2010-13-01"],
    ]
    code, data, _err = check(book(tmp_path, rows), scope="units")
    assert code == 1
    assert (data["new"], data["changed"], data["unchanged"], len(data["errors"])) == (3, 1, 1, 2)
    assert data["rows"] == 7
    assert [(e["sheet"], e["row"], e["column"]) for e in data["errors"]] == [
        ("名册", 7, "学号"),
        ("名册", 8, "姓名"),
    ]
    assert data["errors"][0]["message"].startswith("「名册」第 7 行「学号」")


def test_the_same_file_twice_changes_nothing_the_second_time(school, tmp_path):
    path = book(tmp_path, people(30))
    assert import_(path, scope="units")[0] == 0
    before = list(Affiliation.objects.order_by("pk").values_list())
    code, data, _err = import_(path, scope="units")
    assert code == 0
    assert (data["new"], data["changed"], data["unchanged"]) == (0, 0, 30)
    assert list(Affiliation.objects.order_by("pk").values_list()) == before


def test_missing_people_are_left_as_they_are(school, tmp_path):
    code, data, _err = import_(book(tmp_path, people(2)))
    assert code == 0
    assert data["missing"] == 9
    assert Affiliation.objects.filter(dropped__isnull=False).count() == 0


def test_decisions_end_the_missing_one_by_one_or_all_at_once(school, tmp_path):
    decisions = tmp_path / "d.yaml"
    decisions.write_text('missing:\n  "2001020": deceased\n', encoding="utf-8")
    code, data, _err = import_(book(tmp_path, people(2)), scope="units", decisions=decisions)
    assert code == 0
    assert data["balance"]["deceased"] == 1
    assert data["balance"]["closing"] == data["balance"]["leaves"]
    assert Affiliation.objects.get(person=school.staff, dropped=None).ended == "deceased"
    assert not Post.objects.filter(person=school.staff, dropped=None, valid_to__gt="2010-11-22").exists()


def test_a_likely_misspelling_is_asked_and_the_answer_is_remembered(school, tmp_path):
    rows = people(2, unit="国贸2008级学生第一支部")
    for row in rows:
        row[3] = "经济贸易学院党总支"
    path = book(tmp_path, rows)
    code, data, _err = import_(path, scope="units")
    assert code == 1
    (question,) = data["questions"]
    assert "国贸2008级学生第一党支部" in question["message"]
    assert Person.objects.filter(number="3001001").count() == 0
    decisions = tmp_path / "d.json"
    decisions.write_text(json.dumps({question["id"]: question["options"][0]["answer"]}), encoding="utf-8")
    assert import_(path, scope="units", decisions=decisions)[0] == 0
    assert Affiliation.objects.get(person__number="3001001").unit == school.branch
    assert UnitAlias.objects.get().unit == school.branch
    assert check(path, scope="units")[1]["questions"] == []


def test_units_of_a_series_are_no_misspellings(school, tmp_path):
    rows = [
        *people(1, unit="国贸2009级学生第一党支部"),
        *people(1, unit="国贸2008级学生第二党支部", first=3002001),
    ]
    for row in rows:
        row[3] = "经济贸易学院党总支"
    assert check(book(tmp_path, rows), scope="units")[1]["questions"] == []


def test_kinds_follow_from_the_tree(school, tmp_path):
    rows = [*people(2, unit="新学院第一党支部"), *people(2, unit="档案馆直属党支部", first=3002001)]
    for row in rows[:2]:
        row[3] = "新学院党总支"
    code, data, _err = check(book(tmp_path, rows), scope="units")
    assert code == 0
    assert {unit["name"]: unit["kind"] for unit in data["new_units"]} == {
        "新学院党总支": "general",
        "新学院第一党支部": "branch",
        "档案馆直属党支部": "direct",
    }
    assert data["units"] == 3


def test_one_person_under_two_units_is_asked(school, tmp_path):
    rows = people(2)
    rows.append([*rows[0][:2], "后勤直属党支部", *rows[0][3:]])
    code, data, _err = check(book(tmp_path, rows), scope="units")
    assert code == 1
    assert data["errors"] == []
    assert [q["id"] for q in data["questions"]] == ["twice:3001001"]
    assert (data["rows"], data["new"], data["people"]) == (3, 3, 2)


def test_name_and_unit_alone_are_asked_never_merged(school, tmp_path):
    rows = [["3009001", "张伟", "国贸2008级学生第一党支部", "", "教职工", "正式", ""]]
    code, data, _err = check(book(tmp_path, rows), scope="units")
    assert code == 1
    assert data["questions"][0]["options"][0]["answer"] == "same:2008010003"
    decisions = tmp_path / "d.yaml"
    decisions.write_text("person:1.2: new\n", encoding="utf-8")
    assert import_(book(tmp_path, rows), scope="units", decisions=decisions)[0] == 0
    assert Person.objects.filter(name="张伟").count() == 3


def test_the_secretary_named_becomes_first_responsible_only_where_there_is_none(school, tmp_path):
    rows = [
        [*people(1, unit="后勤直属党支部")[0], "支部书记"],
        [*people(1, first=3002001)[0], "书记"],
    ]
    assert import_(book(tmp_path, rows, head=[*HEAD, "党内职务"]), scope="units")[0] == 0
    assert Post.objects.get(person__number="3001001").first_responsible is True
    assert Post.objects.get(person__number="3002001").first_responsible is False


def test_developed_are_those_who_joined_after_the_last_import(school, tmp_path):
    import_(book(tmp_path, people(1)), scope="units", day=builder.ENTERED)
    rows = [*people(1), *people(1, first=3002001), *people(1, first=3003001)]
    rows[1][6], rows[2][6] = "2010-09-01", "2005-09-01"
    _code, data, _err = check(book(tmp_path, rows), scope="units")
    assert (data["balance"]["developed"], data["balance"]["in"]) == (1, 1)


def test_one_entry_with_counts_and_no_names(school, tmp_path):
    n = Entry.objects.count()
    import_(book(tmp_path, people(5)), scope="units")
    entry = Entry.objects.order_by("-pk").first()
    assert Entry.objects.count() == n + 1
    assert entry.verb == "roster.imported"
    assert entry.digests["new"] == 5
    assert "甲乙丑" not in json.dumps(entry.digests)


def test_what_must_follow_runs_in_the_same_transaction(school, tmp_path):
    seen = []

    def then(entry):
        seen.append((entry.id, Person.objects.filter(number="3001001").exists()))
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        import_(book(tmp_path, people(5)), scope="units", then=then)
    assert seen[0][1] is True
    assert not Person.objects.filter(number="3001001").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.xlsx", b"", "空的"),
        ("a.xlsx", b"%PDF-1.4", "PDF"),
        ("a.et", b"PK\x03\x04", "WPS"),
        ("a.xls", b"<html><table></table></html>", "网页"),
        ("a.csv", b"\x00\x01\x02" * 50, "不是表格"),
        ("a.csv", "只有一句话，没有表头".encode(), "表头"),
        ("a.csv", "学号,姓名,单位\n".encode(), "没有一行人"),
    ],
)
def test_an_unusable_file_is_one_sentence_and_2(tmp_path, name, content, word):
    path = tmp_path / name
    path.write_bytes(content)
    code, data, err = check(path)
    assert (code, data) == (2, None)
    assert word in err
    assert err.strip().count("\n") == 0


@pytest.mark.django_db
def test_a_missing_file_and_a_folder_are_unusable(tmp_path):
    assert check(tmp_path / "none.xlsx")[0] == 2
    assert check(tmp_path)[0] == 2


@pytest.mark.django_db
def test_the_template_is_written_once_and_is_a_roster_without_rows(tmp_path):
    path = tmp_path / "模板.xlsx"
    assert command.template(path) == 0
    code, _data, err = check(path)
    assert code == 2
    assert "没有一行人" in err
    again = io.StringIO()
    assert command.template(path, err=again) == 2
    assert "不覆盖" in again.getvalue()


def test_an_exported_roster_comes_back_unchanged(school, tmp_path):
    from zhengyou.org.roster.export import write_roster

    path = tmp_path / "导出.xlsx"
    write_roster(path, builder.PART)
    code, data, _err = check(path)
    assert code == 0, data["errors"]
    assert data["unchanged"] == data["rows"] == 9
    assert data["missing"] == 0


def test_a_balance_that_does_not_hold_writes_nothing(school, tmp_path):
    held = Affiliation.objects.get(person=school.far, role="R")
    held.pk, held.valid_from, held.valid_to = None, date(2010, 8, 1), date(2012, 1, 1)
    held.save()  # what must never be: a second registered unit at one instant
    code, _data, err = import_(book(tmp_path, people(2)), scope="units")
    assert code == 1
    assert "对不上" in err
    assert not Person.objects.filter(number="3001001").exists()
    assert not RosterImport.objects.exists()
