"""The packs that come with the program, the published schema, and the two commands."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from zhengyou.packs import bundled, check, demo_answers, load, locations
from zhengyou.packs.command import check_command, schema_command
from zhengyou.packs.facts import FACTS, schema_hash
from zhengyou.packs.reading import read
from zhengyou.packs.schema import published

NAMES = ("excellence-2010", "hospital-quality")


def run(path: str, as_json: bool = True, answers: str | None = None) -> tuple[int, str, str]:
    """A check as the command line runs it."""
    out, err = io.StringIO(), io.StringIO()
    code = check_command(path, as_json, out, err, answers)
    return code, out.getvalue(), err.getvalue()


def test_both_packs_are_found_by_their_id_and_nothing_else_is() -> None:
    assert tuple(bundled()) == NAMES
    for name, path in bundled().items():
        pack = load(path).pack
        assert pack is not None
        assert pack.pack.id == name


def test_inside_a_wheel_they_are_found_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "bundled"
    inside.mkdir()
    for path in bundled()["excellence-2010"].parent.glob("*.yaml"):
        (inside / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(locations, "FOLDERS", (tmp_path / "packs", inside))
    assert tuple(bundled()) == NAMES
    assert load("hospital-quality", demo_answers("hospital-quality")).errors == []


def test_the_speech_checks_with_questions_and_the_hospital_without() -> None:
    code, out, err = run("excellence-2010")
    found = json.loads(out)
    assert (code, err, found["errors"]) == (1, "", [])
    assert 18 <= len(found["open"]) <= 30
    assert {"addresses", "ask", "options", "blocks"} <= set(found["open"][0])
    assert {"address", "value", "why"} == set(found["defaults"][0])
    assert {"address", "text"} == set(found["gaps"][0])
    assert found["burden"]["staff"]["budget"] == 60
    code, out, err = run(str(bundled()["hospital-quality"]))
    assert (code, err, json.loads(out)["open"]) == (0, "", [])


def test_with_the_demo_answers_the_speech_is_clean() -> None:
    path = bundled()["excellence-2010"]
    code, out, err = run(str(path), answers=str(path.with_name("excellence-2010.demo-answers.yaml")))
    assert (code, err) == (0, "")
    assert json.loads(out)["open"] == []


def test_an_unusable_file_is_one_clear_sentence_and_2(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: [1", encoding="utf-8")
    for path in (str(bad), str(tmp_path / "none.yaml"), "no-such-pack"):
        code, out, err = run(path, as_json=False)
        assert (code, out) == (2, "")
        assert len(err.splitlines()) == 1
    assert json.loads(run(str(bad))[1])["errors"][0]["code"] == "P000"


def test_the_readable_form_lists_questions_gaps_and_minutes() -> None:
    code, out, _err = run("excellence-2010", as_json=False)
    assert code == 1
    assert "「放假前」是哪一天？" in out
    assert "教职工党员：平均每月 175/12 分钟" in out
    with translation.override("en"):
        english = run("excellence-2010", as_json=False)[1]
    assert 'Which day is "before the holiday"?' in english


def test_every_text_of_both_packs_has_english() -> None:
    for name in NAMES:
        assert [f for f in load(name).warnings if f.code.startswith("E")] == []


def test_an_address_of_the_sidecar_that_fits_nothing_is_named() -> None:
    text = bundled()["hospital-quality"].read_text(encoding="utf-8")
    done = check(read(text), sidecar=read("tasks.nothing: x\nhuddle: Weekly huddle\n", "t.en.yaml"))
    assert [(f.file, f.line) for f in done.warnings if f.code == "E602"] == [("t.en.yaml", 1)]
    assert any(f.code == "E601" for f in done.warnings)


def test_a_bundled_file_names_no_school_and_no_person() -> None:
    seen = "".join(
        path.read_text(encoding="utf-8") for path in bundled()["excellence-2010"].parent.glob("*.yaml")
    )
    assert not re.search(r"涉外|湖南|[罗潘]之?仁|留仙", seen)


def test_the_schema_accepts_null_and_refuses_unknown_keys() -> None:
    out = io.StringIO()
    assert schema_command(out) == 0
    schema: dict[str, Any] = json.loads(out.getvalue())
    assert schema["properties"]["language"]["enum"] == [1, "1"]
    assert schema["additionalProperties"] is False
    task = schema["$defs"]["Task"]
    assert {"type": "null"} in task["properties"]["due"]["anyOf"]
    assert {"from", "until", "every", "grace_days"} <= set(task["properties"])
    assert "need" not in task["properties"]
    assert schema == json.loads(json.dumps(published()))


def test_facts_are_typed_records_with_a_hash() -> None:
    assert set(FACTS) == {"membership", "meeting"}
    assert FACTS["membership"].fields["joined"] == "day"
    assert FACTS["meeting"].fields["present"] == "number"
    assert (FACTS["meeting"].event, FACTS["membership"].event) == (True, False)
    assert schema_hash({"meeting": FACTS["meeting"]}) != schema_hash()


#: What language 1 means, for ever: if one of these changes, a published pack changes its meaning (PACKS.md §9).
GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", NAMES)
def test_language_1_is_read_the_same_for_ever(name: str) -> None:
    from zhengyou.packs.schedule import plan

    folder = GOLDEN / name
    given = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    english = read((folder / "pack.en.yaml").read_text(encoding="utf-8"))
    done = check(
        read((folder / "pack.yaml").read_text(encoding="utf-8"), "pack.yaml"), given, sidecar=english
    )
    assert meaning(done, plan(done)) == json.loads((folder / "meaning.json").read_text(encoding="utf-8"))


def meaning(done: Any, plans: Any) -> dict[str, Any]:
    """What must stay: the tasks with their subjects, reviews, minutes and slots; defaults; open questions; gaps."""
    return {
        "tasks": [
            {
                "code": t.code, "subject": t.subject, "who": list(t.who), "unit_kinds": list(t.unit_kinds), "post": t.post,
                "level": t.level, "form": t.form, "review": [t.review_mode, *t.review], "minutes": t.minutes,
                "days": [t.return_days, t.returned_days, t.grace_days], "joiners": t.joiners,
                "slots": [[s.period, str(s.opens_on), str(s.cutoff_on), str(s.due_on)] for s in t.slots],
            }
            for t in plans
        ],
        "defaults": [[d.address, d.value] for d in done.defaults],
        "open": [q.key for q in done.open],
        "gaps": [g.address for g in done.gaps],
        "errors": [f.code for f in done.errors],
    }  # fmt: skip


def test_every_english_sentence_has_the_gaps_of_its_chinese_one() -> None:
    from babel.messages.pofile import read_po

    path = Path(locations.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]
    assert len(entries) > 150
    for entry in entries:
        assert entry.string, entry.id
        assert set(re.findall(r"%\(\w+\)s", entry.id)) == set(re.findall(r"%\(\w+\)s", entry.string)), (
            entry.id
        )
