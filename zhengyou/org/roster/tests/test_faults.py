"""Every fault of DOMAIN.md S1 and golden case 12, read as the office means it."""

import io
import json

import pytest
import xlsxwriter

from zhengyou.org.roster import command
from zhengyou.org.roster.tests.biff import xls
from zhengyou.org.roster.tests.books import HEAD, book, people

pytestmark = pytest.mark.django_db


def check(path, **more):
    out, err = io.StringIO(), io.StringIO()
    code = command.check(path, as_json=True, out=out, err=err, **more)
    assert code in (0, 1), err.getvalue()
    return json.loads(out.getvalue())


def rows_of(path):
    return command.look(path).roster.rows


def codes(data):
    return {warning["code"] for warning in data["warnings"]}


def one(tmp_path, **changes):
    row = dict(zip(HEAD, people(1)[0], strict=True)) | changes
    return book(tmp_path, [list(row.values())], head=list(row))


def test_golden_case_12_in_one_workbook(tmp_path):
    rows = [
        ["00123456", "李静", "外语教工第一党支部", "外语学院党总支", "教职工", "正式党员", "2010.7"],
        ["00123457", "李静", "外语教工第一党支部", "外语学院党总支", "教职工", "正式党员", "2010年7月"],
        ["合计", "2人", "", "", "", "", ""],
    ]
    data = check(book(tmp_path, rows))
    assert (data["rows"], data["new"], data["errors"], data["people"]) == (2, 2, [], 2)
    assert [(r.number, r.joined) for r in rows_of(book(tmp_path, rows))] == [
        ("00123456", "2010-07-01"),
        ("00123457", "2010-07-01"),
    ]
    text = "\r\n".join(",".join(map(str, row)) for row in [HEAD, *rows])
    path = tmp_path / "名册.csv"
    path.write_bytes(text.encode("gb18030"))
    assert (check(path)["new"], check(path)["rows"]) == (2, 2)


def test_several_header_rows_titles_above_and_remarks_below(tmp_path):
    above = (["示范学院党员名册（2010年11月）"], ["单位（盖章）：", "", "", "填表日期：2010年11月"])
    head = ["", "基本信息", "", "组织", "", "时间", ""]
    sub = ["序号", "工号", "姓名", "党总支", "支部", "入党时间", "转正时间"]
    rows = [
        [1, "3001", "张三", "外语学院党总支", "外语教工第一党支部", "2008-07-01", "2009-07-01"],
        sub,
        ["", "3002", "李四", "外语学院党总支", "外语教工第一党支部", "2008-07-01", ""],
        ["小计", 2],
        ["总计：2人"],
        ["制表人：甲", "", "审核人：乙"],
        ["注：以上数据截至11月"],
    ]
    data = check(book(tmp_path, [sub, *rows], head=head, above=above))
    assert (data["rows"], data["new"], data["errors"], data["units"]) == (2, 2, [], 2)
    read = rows_of(book(tmp_path, [sub, *rows], head=head, above=above))
    assert [(r.row, r.number, r.unit, r.parent, r.confirmed) for r in read] == [
        (5, "3001", "外语教工第一党支部", "外语学院党总支", "2009-07-01"),
        (7, "3002", "外语教工第一党支部", "外语学院党总支", ""),
    ]


def test_merged_cells_fill_downwards(tmp_path):
    path = tmp_path / "合并.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["支部", "学号", "姓名"])
        sheet.merge_range(1, 0, 3, 0, "外语教工第一党支部")
        for at in range(3):
            sheet.write_row(at + 1, 1, [f"300{at}", f"甲{'乙丙丁'[at]}"])
        sheet.write_row(4, 1, ["3009", "无单位"])
    data = check(path)
    assert (data["new"], [e["row"] for e in data["errors"]]) == (3, [5])


def test_hidden_and_chart_sheets_are_left_and_many_sheets_read(tmp_path):
    path = tmp_path / "多表.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        for name, first in (("教工", 3001), ("学生", 4001), ("旧", 5001)):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, ["学号", "姓名", "支部"])
            sheet.write_row(1, 0, [str(first), "张三", f"{name}第一党支部"])
            if name == "旧":
                sheet.hide()
        made.add_worksheet("说明").write(0, 0, "填表说明：请认真填写")
    data = check(path)
    assert (data["rows"], data["new"]) == (2, 2)
    assert {"sheet_hidden", "sheet_headless"} <= codes(data)


def test_one_sheet_per_unit_takes_the_unit_from_its_name(tmp_path):
    path = tmp_path / "分表.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        for at, name in enumerate(("外语教工第一党支部", "外语教工第二党支部")):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, ["学号", "姓名"])
            sheet.write_row(1, 0, [f"300{at}", "张三"])
    data = check(path)
    assert (data["new"], data["units"], data["errors"]) == (2, 2, [])
    assert "unit_from_sheet" in codes(data)


def test_columns_in_any_order_unknown_ones_named_ids_dropped(tmp_path):
    head = ["备注", "民族", "所在党支部名称", "身份证号", "姓 名", "证件", "学 号"]
    rows = [["", "汉", "外语教工第一党支部", "x", "张三", "11010519491231002X", "3001"]]
    path = book(tmp_path, rows, head=head)
    data = check(path)
    assert data["new"] == 1
    said = " ".join(warning["message"] for warning in data["warnings"])
    assert "民族" in said
    assert sum(warning["code"] == "id_column" for warning in data["warnings"]) == 2
    assert "110105" not in json.dumps(data)
    assert "110105" not in repr(rows_of(path))


def test_a_national_id_number_in_a_remark_is_not_read(tmp_path):
    head = [*HEAD, "备注"]
    path = book(tmp_path, [[*people(1)[0], "证号 110105 19491231 002X"], [*people(2)[1], "好"]], head=head)
    assert [row.note for row in rows_of(path)] == ["", "好"]
    assert "id_in_cell" in codes(check(path))


def test_english_headers_and_words(tmp_path):
    head = [
        "Member No.",
        "Full name",
        "Branch",
        "General branch",
        "Category",
        "Status",
        "Joined",
        "E-mail",
        "Mobile",
        "Post",
    ]
    rows = [
        [
            "M-001",
            "Anna Smith",
            "Ward 1",
            "Surgery",
            "Staff",
            "Full member",
            "1 July 2008",
            "anna@example.org",
            "+86 10 1234",
            "Secretary",
        ]
    ]
    data = check(book(tmp_path, rows, head=head))
    assert (data["new"], data["errors"], data["units"]) == (1, [], 2)


def test_utf_8_with_mark_semicolons_and_tabs(tmp_path):
    for separator, encoding in ((",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16"), (",", "gb18030")):
        path = tmp_path / "名册.csv"
        lines = [HEAD, *people(3)]
        path.write_bytes("\n".join(separator.join(map(str, line)) for line in lines).encode(encoding))
        assert check(path)["new"] == 3, (separator, encoding)


def test_the_old_excel_format(tmp_path):
    path = tmp_path / "名册.xls"
    path.write_bytes(
        xls("名册", [["学号", "姓名", "单位"], ["00301", "张三", "图书馆"], [12345.0, "李四", "图书馆"]])
    )
    data = check(path)
    assert (data["new"], data["errors"]) == (2, [])
    assert [(row.row, row.number) for row in rows_of(path)] == [(2, "00301"), (3, "12345")]


def test_a_formula_counts_by_its_value(tmp_path):
    path = tmp_path / "公式.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["学号", "姓名", "支部"])
        sheet.write_row(1, 0, ["3001", "张三"])
        sheet.write_formula(1, 2, '="外语"&"支部"', None, "外语支部")
        sheet.write_row(2, 0, ["3002", "李四"])
        sheet.write_formula(2, 2, "=VLOOKUP(1,A1:B2,2)", None, "#N/A")
    data = check(path)
    assert data["new"] == 1
    assert [(e["row"], e["column"]) for e in data["errors"]] == [(3, "支部")]


def test_leading_zeros_come_back_only_where_the_width_is_fixed(school, tmp_path):
    rows = [
        [80100071, "补零", "国贸2008级学生第一党支部", "", "学生", "正式", ""],
        [123, "不补", "图书馆直属党支部", "", "教职工", "正式", ""],
    ]
    read = rows_of(book(tmp_path, rows))
    assert [row.number for row in read] == ["0080100071", "123"]


def test_numbers_shorter_than_all_others_are_asked(tmp_path):
    rows = people(9)
    rows.append([301, *rows[0][1:]])
    rows[-1][0], rows[-1][1] = 301011, "短号"
    path = book(tmp_path, rows)
    data = check(path)
    assert [q["id"] for q in data["questions"]] == ["zeros:名册:7"]
    decisions = tmp_path / "d.yaml"
    decisions.write_text("zeros:名册:7: pad\n", encoding="utf-8")
    assert check(path, decisions=decisions)["questions"] == []


def test_one_number_for_two_names_is_a_fault_and_a_plain_repetition_is_not(tmp_path):
    rows = people(3)
    rows += [list(rows[0]), [rows[1][0], "别人", *rows[1][2:]]]
    data = check(book(tmp_path, rows))
    assert (data["new"], data["people"], [e["row"] for e in data["errors"]]) == (4, 3, [6])
    assert "twice_same" in codes(data)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"人员类别": "外星人"}, "人员类别"),
        ({"状态": "非党员"}, "状态"),
        ({"单位": ""}, "单位"),
        ({"邮箱": "不是邮箱"}, "邮箱"),
        ({"活动单位": "哪里都没有"}, "活动单位"),
        ({"单位类型": "大队"}, "单位类型"),
        ({"姓名": "12345"}, "姓名"),
    ],
)
def test_words_that_do_not_fit_are_faults_of_their_column(tmp_path, changes, column):
    data = check(one(tmp_path, **changes))
    assert [(e["row"], e["column"]) for e in data["errors"]] == [(2, column)]


@pytest.mark.parametrize(
    ("word", "post"),
    [
        ("支部书记", "secretary"),
        ("副书记", ""),
        ("副教授", ""),
        ("Secretary", "secretary"),
        ("党员", ""),
        ("书记、宣传员", "secretary"),
    ],
)
def test_posts_are_taken_by_their_word_never_by_half_of_it(tmp_path, word, post):
    (row,) = rows_of(one(tmp_path, 党内职务=word))
    assert (row.post[0].split("#")[0] if row.post else "") == post
    assert row.faults is None


def test_a_circle_of_units_is_named(tmp_path):
    rows = people(2)
    rows[0][2:4], rows[1][2:4] = ["甲单位", "乙单位"], ["乙单位", "甲单位"]
    data = check(book(tmp_path, rows))
    assert len(data["errors"]) == 2
    assert {code for e in data["errors"] for code in e["codes"]} == {"unit_circle"}


def test_units_of_one_name_under_two_parents_stay_two(tmp_path):
    rows = [*people(2, unit="第一党支部"), *people(2, unit="第一党支部", first=3002001)]
    rows[0][3] = rows[1][3] = "外语学院党总支"
    rows[2][3] = rows[3][3] = "理学院党总支"
    data = check(book(tmp_path, rows))
    assert (data["new"], data["units"], data["errors"]) == (4, 4, [])


def test_the_synthetic_tree_sums_to_the_whole(tmp_path):
    """12 general branches with their branches, 14 direct ones: sums of leaves = whole, kinds from the tree."""
    rows, at = [], 0
    for general in range(17):
        for branch in range(60 // 17 + (general < 60 % 17)):
            for _ in range(30):
                at += 1
                rows.append(
                    [
                        f"{5_000_000 + at}",
                        f"甲{chr(0x4E00 + at)}",
                        f"G{general:02d}-S{branch} 支部",
                        f"G{general:02d} 总支",
                        "学生",
                        "正式",
                        "",
                    ]
                )
    for direct in range(14):
        for _ in range(29):
            at += 1
            rows.append(
                [
                    f"{5_000_000 + at}",
                    f"甲{chr(0x4E00 + at)}",
                    f"D{direct:02d} 支部",
                    "校党委",
                    "教职工",
                    "正式",
                    "",
                ]
            )
    data = check(book(tmp_path, rows))
    assert data["units"] == 91
    assert data["balance"]["closing"] == data["balance"]["leaves"] == at == data["new"]
    kinds = [unit["kind"] for unit in data["new_units"]]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"general": 17, "direct": 14, "branch": 60}


def test_a_second_table_below_may_order_its_columns_otherwise(tmp_path):
    rows = [*people(2), [], ["姓名", "单位", "学号"], ["李四", "图书馆直属党支部", "3009001"]]
    data = check(book(tmp_path, rows))
    assert (data["rows"], data["new"], data["errors"]) == (3, 3, [])


def test_no_is_a_number_only_where_it_is_no_mere_count(tmp_path):
    head = ["No.", "Name", "Unit"]
    assert check(book(tmp_path, [["A100", "Anna Smith", "Library"]], head=head))["new"] == 1
    assert len(check(book(tmp_path, [[1, "Anna Smith", "Library"]], head=head))["errors"]) == 1


def test_hidden_rows_are_read_and_said(tmp_path):
    path = tmp_path / "隐藏.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate([HEAD, *people(3)]):
            sheet.write_row(at, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
    data = check(path)
    assert data["new"] == 3
    assert any("第 3 行" in w["message"] for w in data["warnings"] if w["code"] == "rows_hidden")
