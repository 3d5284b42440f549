"""Every fault of language 1 says where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengyou.packs import load
from zhengyou.packs.check import check
from zhengyou.packs.reading import MAX_BYTES, read

from .samples import HEAD, NEXT, ORGANISATION, checked, programme

T = "t: {who: group, every: month}"
P = "programmes: {p: {kind: campaign, from: 2027-01-01, to: 2027-12-31, tasks: {%s}}}\n"
OPEN_DUE = HEAD + P % "t: {who: group, due: null}"

#: text, line, code, words of the sentence
CASES = [
    ("a: [1", 1, "P000", "YAML"),
    ("just words", 1, "P000", "键: 值"),
    ("a: 1\x07", 1, "P000", "YAML"),
    ("---\na: 1\n---\nb: 1", 3, "P002", "一个文件"),
    ("a: 1\na: 2", 2, "P003", "第一次在第 1 行"),
    ("'': 1", 1, "P004", "空着"),
    ("a: &x 1", 1, "P005", "锚点"),
    ("a: *x", 1, "P005", "锚点"),
    ("a: !!python/name:os.system 1", 1, "P005", "标签"),
    ("? [a]\n: 1", 1, "P006", "键"),
    ("a: " + "[" * 20 + "]" * 20, 1, "P006", "太深"),
    (HEAD + "open: {x: {ask: one, two}}", NEXT, "P007", "加引号"),
    ("language: 9\n", 1, "L001", "升级"),
    ("language: one\n", 1, "L001", "language: 1"),
    ("pack: {id: t}\n", 1, "L001", "language: 1"),
    (HEAD + "measures: {}\n", NEXT, "L002", "语言 2"),
    (HEAD + P % "t: {who: group, every: month, need: [a >= 1]}", NEXT, "L002", "need"),
    (HEAD + P % T + "colour: red", NEXT + 1, "S101", "不认识的键「colour」"),
    (HEAD + P % "t: {who: group, evry: month}", NEXT, "S101", "是不是「every」"),
    (HEAD + P % T + "posts: {}", NEXT + 1, "S101", "organisation: 里面"),
    (HEAD.replace("zone: UTC, ", "") + P % T, NEXT - 2, "S102", "zone: null"),
    (HEAD.replace("zone: UTC", "zone: Mars/Base") + P % T, NEXT - 2, "S104", "Asia/Shanghai"),
    (HEAD + P % "t: [1]", NEXT, "S103", "键: 值"),
    (HEAD.replace("returned_days: 3", "returned_days: few") + P % T, NEXT - 2, "S104", "整数"),
    (HEAD.replace("returned_days: 3", "returned_days: [3]") + P % T, NEXT - 2, "S104", "一个值"),
    (HEAD + P % "t: {who: group, due: 2027-02-30}", NEXT, "S104", "没有「2027-02-30」这一天"),
    (HEAD + P % "t: {who: group, due: 2027-03}", NEXT, "S104", "只到月"),
    (HEAD + P % "t: {who: group, due: soon after}", NEXT, "S104", "不是日期"),
    (HEAD + P % "t: {who: group, due: '2027-03-14 at 25:00'}", NEXT, "S104", "时刻"),
    (HEAD + P % "t: {who: group, review: {mode: sample, share: lots}}", NEXT, "S104", "不是数"),
    (HEAD + P % "'1t': {who: group, every: month}", NEXT, "S104", "代码"),
    (HEAD + P % "t: {who: group, every: month, quorum: present >= }", NEXT, "S104", "数字或者名字"),
    (HEAD + P % "t: {who: group, every: month, quorum: 1 <= present <= 5}", NEXT, "S104", "一次只比一回"),
    (HEAD + P % "t: {who: group, every: month, quorum: 'present ; 2'}", NEXT, "S104", "读不懂"),
    (HEAD + P % "t: {who: group, level: perhaps}", NEXT, "S105", "must"),
    (HEAD + P % "t: {who: group, judged: null}", NEXT, "S106", "整块"),
    (HEAD + "programmes: {}\n", NEXT, "S104", "至少要有一项活动"),
    (HEAD.replace("returned_days: 3", "returned_days: null") + P % T, NEXT - 2, "Q201", "open:"),
    (HEAD + P % T + "open: {nowhere.at: {ask: 什么}}", NEXT + 1, "Q202", "没有「nowhere.at」"),
    (HEAD + P % T + "open: {returned_days: {ask: 什么}}", NEXT + 1, "Q202", "已经写明"),
    (
        HEAD + P % "a: {who: group, due: null}, b: {who: group, due: null}" + "open: {due: {ask: 哪天}}",
        NEXT + 1,
        "Q203",
        "几处",
    ),
    (OPEN_DUE + "open: {t.due: {ask: 哪天}}\ngaps: {t.due: 没说}", NEXT, "Q208", "二选一"),
    (HEAD + P % "t: {who: teachers, every: year}", NEXT, "N201", "没有「teachers」"),
    (HEAD + P % "t: {who: group, every: yeer}", NEXT, "N201", "是不是「year」"),
    (HEAD + P % "t: {who: group, every: year, review: boss}", NEXT, "N201", "审核人"),
    (HEAD + P % "t: {who: group, every: year, after: u}", NEXT, "N201", "阶段或任务"),
    (HEAD + P % "t: {who: group, due: harvst}", NEXT, "N202", "是不是「harvest」"),
    (HEAD.replace("category = young", "category = yong") + P % T, NEXT - 1, "N209", "是不是「young」"),
    (HEAD.replace("category = young", "catgory = young") + P % T, NEXT - 1, "N206", "是不是「category」"),
    (HEAD.replace("category = young", "size(category) = young") + P % T, NEXT - 1, "N207", "函数"),
    (HEAD.replace("category = young", "role = chief") + P % T, NEXT - 1, "N209", "registered"),
    (
        HEAD.replace("status: [full], ", "").replace("category = young", "status = full") + P % T,
        NEXT - 1,
        "N208",
        "organisation.kinds.status",
    ),
    (HEAD.replace("category = young", "category > young") + P % T, NEXT - 1, "T405", "没有高低"),
    (HEAD.replace("category = young", "category") + P % T, NEXT - 1, "T409", "条件"),
    (HEAD.replace("category = young", "'days(joined, harvest) > 5'") + P % T, NEXT - 1, "T411", "字段"),
    (HEAD + P % "t: {who: group, every: month, quorum: present + (due > 1) > 2}", NEXT, "T408", "要是数"),
    (HEAD + P % "t: {who: group, every: month, quorum: present and due}", NEXT, "T401", "连接的是条件"),
    (HEAD + P % "t: {who: group, every: month, quorum: present > has_record}", NEXT, "T406", "相比"),
    (HEAD + P % "t: {who: group, every: month, quorum: has_record = has_record}", NEXT, "T407", "条件"),
    (HEAD + P % "t: {who: group, every: month, quorum: 'if(has_record, 1) > 0'}", NEXT, "T402", "3"),
    (HEAD + P % "t: {who: group, every: month, quorum: 'max(has_record, 1) > 0'}", NEXT, "T403", "max"),
    (HEAD + P % "t: {who: group, every: month, quorum: 'previous(present, 1) > 2'}", NEXT, "L002", "语言 2"),
    (
        HEAD.replace("young: {zh", "group: {zh").replace("= young", "= young") + P % T,
        NEXT - 1,
        "N215",
        "换一个代码",
    ),
    (HEAD + P % "end: {who: group, every: year}, harvest: {who: group, every: year}", 8, "N215", "已经是"),
    (HEAD + P % "t: {who: masses, every: year}", NEXT, "N216", "不能承担"),
    (HEAD + P % "t: {who: none, every: year}", NEXT, "N216", "由谁来做"),
    (HEAD.replace("joiners: owe,", "joiners: owe_if_days_left,") + P % T, NEXT - 2, "C301", "joiner_days"),
    (HEAD + P % "t: {who: group, every: month, review: {by: parent, mode: sample}}", NEXT, "C301", "share"),
    (HEAD + P % "t: {who: [group, young], due: {group: 06-30}}", NEXT, "C301", "young"),
    (
        HEAD.replace("    holidays: [2027-05-03, 2027-05-04, 2027-05-05]\n", "")
        + P % "t: {who: group, due: 2027-05-01 + 3 working days}",
        NEXT - 1,
        "C301",
        "节假日",
    ),
    (HEAD + P % "t: {who: group, every: month, irregular: 3}", NEXT, "D501", "不能都写"),
    (HEAD + "programmes: {p: {kind: campaign, tasks: {t: {who: group}}}}\n", NEXT, "D503", "什么时候该做完"),
    (
        HEAD + P % "a: {who: group, every: year, after: b}, b: {who: group, every: year, after: a}",
        NEXT,
        "D507",
        "a -> b",
    ),
    (HEAD + P % "t: {who: group, due: 2026-12-31}", NEXT, "D511", "早于开始"),
    (HEAD + P.replace("2027-12-31", "2026-12-31") % T, NEXT, "D512", "早于开始"),
    (HEAD + P.replace("2027-12-31", "2099-12-31") % T, NEXT, "D513", "年份"),
    (HEAD + P.replace("2027-12-31", "2030-12-31") % "t: {who: group, every: day}", NEXT, "D513", "期以上"),
    (
        HEAD.replace("organisation:", "organisation:\n  members: {full: [gone]}", 1) + P % T,
        4,
        "D517",
        "kinds.status",
    ),
    (HEAD.replace("parent: society, ", "") + P % T, 4, "D514", "正好一种"),
    (
        HEAD
        + f"programmes: {{p: {{kind: campaign, phases: {{q: {{from: 03-01, to: 2027-04-01, tasks: {{{T}}}}}}}}}}}\n",
        NEXT,
        "D516",
        "哪一年",
    ),
    (
        HEAD + P % T + "statements: {s: {zh: 三条, announced: 2, items: [甲, 乙, 丙]}}",
        NEXT + 1,
        "K801",
        "列了 3 个",
    ),
    (
        HEAD + P % "t: {who: group, every: term, from: 2027-07-10, until: 2027-08-31}",
        NEXT,
        "K806",
        "不会派出",
    ),
    (
        HEAD + "programmes: {p: {kind: campaign, phases: {q: {from: 2027-03-01, to: 2027-04-01, "
        "tasks: {t: {who: group, due: 2027-05-01}}}}}}\n",
        NEXT,
        "K803",
        "晚于阶段",
    ),
    (
        HEAD + P % "t: {who: young, every: month, judged: {by: office, scale: {good: 2, bad: 1}}}",
        NEXT,
        "F901",
        "积分",
    ),
    (HEAD + P % "t: {zh: 每天打卡, who: young, every: week}", NEXT, "F902", "2023"),
    (HEAD + P % "t: {who: young, every: day}", NEXT, "F902", "天天填"),
    (HEAD + P % "t: {zh: 学习, who: group, every: week, items: {min: 不少于800字}}", NEXT, "F902", "字数"),
    (HEAD + P % "t: {zh: 公布排名, who: young, every: week}", NEXT, "F903", "排名"),
    (HEAD + P % "t: {zh: 红黑榜, who: group, every: week}", NEXT, "F904", "2024"),
    (HEAD + P % "t: {who: group, form: naming, every: week}", NEXT, "F905", "点名"),
    (HEAD + P % "t: {who: young, every: week, minutes: 600}", NEXT, "M701", "超过建议的 60"),
    (HEAD.replace(ORGANISATION, "") + P % T, 2, "O101", "已建的组织"),
]


@pytest.mark.parametrize(
    ("text", "line", "code", "words"), CASES, ids=[f"{c[2]}-{n}" for n, c in enumerate(CASES)]
)
def test_a_fault_has_place_and_advice(text: str, line: int, code: str, words: str) -> None:
    faults = checked(text).source.faults
    assert any(f.code == code and f.line == line and words in f.text for f in faults), "\n".join(
        map(str, faults)
    )


def test_the_sample_itself_is_clean() -> None:
    done = checked(programme(T))
    assert [str(f) for f in done.source.faults if f.code != "E603"] == []


def test_a_fault_inside_an_expression_points_to_its_column() -> None:
    text = programme("t: {who: group, every: month, quorum: present / deu >= 1/2}")
    fault = next(f for f in checked(text).errors if f.code == "N206")
    line = text.splitlines()[fault.line - 1]
    assert line[fault.column - 1 :].startswith("deu")


def test_columns_count_what_the_clerk_typed_also_with_full_width_signs() -> None:
    text = programme("t: {who: group, every: month, quorum: 'present ≥ １ and deu ＞ 2'}")
    fault = next(f for f in checked(text).errors if f.code == "N206")
    assert text.splitlines()[fault.line - 1][fault.column - 1 :].startswith("deu")


def test_all_faults_of_one_pass_are_shown() -> None:
    done = checked(programme("a: {who: nobody, every: month}, b: {who: group, every: yeer}, c: {due: gone}"))
    assert [f.code for f in done.errors] == ["N201", "N201", "N202"]


def test_features_are_checked_against_what_the_rooms_offer() -> None:
    text = programme("t: {who: group, every: month, opens: [duties.hand_in, wall.publish]}")
    done = checked(text, features=frozenset({"duties.hand_in"}))
    assert [(f.code, "wall.publish" in f.text) for f in done.errors] == [("N217", True)]
    assert checked(text).features == ["duties.hand_in", "wall.publish"]


def test_a_fault_as_json_has_file_line_column_address_code_and_text() -> None:
    fault = checked(programme("t: {who: nobody, every: month}")).errors[0].as_json()
    assert fault["file"] == "t.yaml"
    assert fault["address"] == "programmes.p.tasks.t.who"
    assert (fault["line"], fault["code"]) == (NEXT, "N201")
    assert fault["column"] > 1
    assert "nobody" in fault["text"]


def test_what_cannot_be_read_as_a_file_is_a_fault_and_never_an_exception(tmp_path: Path) -> None:
    image, big, word = tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "c.yaml"
    image.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xfe")
    nul = tmp_path / "d.yaml"
    nul.write_bytes(b"language: 1\n\x00\x00")
    big.write_text("a: " + "x" * MAX_BYTES)
    word.write_bytes("language: 1\npack: {id: 组, version: '1'}\n".encode("gb18030"))
    found = {
        name: load(name).errors[0].code
        for name in (image, nul, big, tmp_path, tmp_path / "none.yaml", "x\x00y")
    }
    assert list(found.values()) == ["P008", "P008", "P001", "P008", "P008", "P008"]
    assert "S102" in {f.code for f in load(word).errors}, "a GB18030 text is read"


def test_a_huge_text_is_refused_before_it_is_parsed() -> None:
    assert [f.code for f in read("a: b\n" * MAX_BYTES).faults] == ["P001"]


def test_language_is_refused_whole_before_anything_else_is_said() -> None:
    done = check(read("language: 2\ncolour: red\n"))
    assert [f.code for f in done.errors] == ["L001"]
    assert done.unusable is not None
