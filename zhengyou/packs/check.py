"""Checks a pack whole: reading, language, shape, questions, names, sense, organisation, burden, formalism."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from . import answers as answering
from . import differences, english, linter, questions
from .answers import Answers
from .asking import ask_all
from .building import build
from .burden import Burden, Load
from .defaults import Default, defaults_of
from .facts import FACTS, FactType, schema_hash
from .faults import OPEN, Fault, Path
from .locations import beside, locate, read_file
from .model import Pack
from .moving import lay_moved, with_moved
from .names import Names
from .organisation import Organisation
from .questions import GapNote, Question
from .reading import Source, read
from .schedule import Planner
from .sense import Sense
from .shape import refuse_language, validate
from .walking import Context, tasks_of
from .wording import Text as _

#: Faults that make a file unusable as a whole.
UNUSABLE = frozenset({"P000", "P001", "P002", "P005", "P006", "P008", "L001"})


@dataclass
class Checked:
    """A pack with everything that the check found; `context` is None while its shape or
    names are wrong; `view` serves to show the questions even then."""

    source: Source
    pack: Pack | None = None
    context: Context | None = None
    organisation: Organisation | None = None
    view: Context | None = None
    english: dict[Path, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    defaults: list[Default] = field(default_factory=list)
    gaps: list[GapNote] = field(default_factory=list)
    burden: dict[str, Load] = field(default_factory=dict)
    sha256: str = ""
    facts_sha256: str = ""

    @property
    def errors(self) -> list[Fault]:
        """What must be mended before anything can start, by place."""
        return _sorted(fault for fault in self.source.faults if fault.severity == "error")

    @property
    def warnings(self) -> list[Fault]:
        """Remarks, also those of the linter, by place."""
        return _sorted(fault for fault in self.source.faults if fault.severity != "error")

    @property
    def open(self) -> list[Question]:
        """The questions that wait for an answer and are not put off."""
        return [question for question in self.questions if question.state in ("open", "wrong")]

    @property
    def put_off(self) -> list[Question]:
        """The questions that a later phase may wait for."""
        return [question for question in self.questions if question.state == "put_off"]

    @property
    def unusable(self) -> Fault | None:
        """The fault that makes the whole file useless, if there is one."""
        return next((fault for fault in self.errors if fault.code in UNUSABLE), None)

    @property
    def features(self) -> list[str]:
        """The features of rooms that the pack's tasks open, by name."""
        if self.pack is None:
            return []
        return sorted({word for at in tasks_of(self.pack) for word in at.task.opens if word is not OPEN})

    def as_json(self) -> dict[str, Any]:
        """What `pack check --json` prints."""
        pack = self.pack
        return {
            "pack": {"id": pack.pack.id, "version": pack.pack.version} if pack else None,
            "language": pack.language if pack else None,
            "sha256": self.sha256,
            "facts_sha256": self.facts_sha256,
            "errors": [fault.as_json() for fault in self.errors],
            "warnings": [fault.as_json() for fault in self.warnings],
            "open": [question.as_json() for question in self.open],
            "put_off": [question.as_json() for question in self.put_off],
            "defaults": [default.as_json() for default in self.defaults],
            "gaps": [gap.as_json() for gap in self.gaps],
            "burden": {role: load.as_json() for role, load in self.burden.items()},
            "features": self.features,
        }


def _sorted(faults: Any) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column, fault.code))


def load(
    pack: str | File,
    answers: Mapping[str, Any] | Answers | str | File | None = None,
    organisation: Organisation | None = None,
    *,
    facts: Mapping[str, FactType] | None = None,
    features: frozenset[str] | None = None,
    counts: Mapping[str, int] | None = None,
) -> Checked:
    """Checks a pack from a path, the id of a bundled pack, or its text (a string of several lines).

    `answers` by address, or an answers file; `organisation` is the one already founded; `features` are those
    that rooms offer; `counts` are real numbers of units by kind. Never raises for what is in a file.
    """
    sidecar = None
    if isinstance(pack, str) and "\n" in pack:
        src = read(pack)
    else:
        path = locate(pack)
        src = read_file(path)
        other = beside(path, "en")
        sidecar = read_file(other) if other else None
    if isinstance(answers, str | File):
        answers = answering.read_answers(answers)
    return check(src, answers, organisation, sidecar=sidecar, facts=facts, features=features, counts=counts)


def check(
    src: Source,
    answers: Mapping[str, Any] | Answers | None = None,
    organisation: Organisation | None = None,
    *,
    sidecar: Source | None = None,
    facts: Mapping[str, FactType] | None = None,
    features: frozenset[str] | None = None,
    counts: Mapping[str, int] | None = None,
    moved: Mapping[str, str] | None = None,
) -> Checked:
    """Checks a source that was read; see `load`. `moved`: named days as a running campaign moved them."""
    organisation = with_moved(organisation, moved or {})
    facts = FACTS if facts is None else facts
    done = Checked(src, facts_sha256=schema_hash(facts), sha256=_hash(src))
    if isinstance(answers, Answers):
        src.faults += answers.faults
        answers = answers.values
    if any(fault.severity == "error" for fault in src.faults) or not refuse_language(src):
        return done
    done.english = english.lay(src, sidecar)
    nulls = [path for path in src.nulls() if path[0] not in ("open", "gaps")]
    asked, gaps = questions.places_of(src, nulls), questions.gap_places(src, nulls)
    questions.insist_all_asked(src, nulls, asked, gaps)
    founded = answering.settle_from(src, organisation, nulls) if organisation else {}
    shared = {key: paths for key, paths in asked.items() if _same(src, key)}
    put_off = answering.lay(src, answers or {}, nulls, shared, founded)
    lay_moved(src, moved or {})
    done.pack = validate(src)
    english.warn_of_missing(src, done.english)
    if done.pack is not None:
        _resolve(done, organisation, facts, features)
        ask_all(done, asked, gaps, founded, put_off)
        if done.context is not None:
            _measure(done, counts)
    return done


def _hash(src: Source) -> str:
    return hashlib.sha256(repr(src.data).encode("utf-8", "surrogatepass")).hexdigest()


def _same(src: Source, key: str) -> bool:
    block = src.data.get("open", {}).get(key)
    return isinstance(block, dict) and str(block.get("same", "no")) in ("yes", "true")


def _resolve(
    done: Checked,
    organisation: Organisation | None,
    facts: Mapping[str, FactType],
    features: frozenset[str] | None,
) -> None:
    """Names and sense against the organisation: the founded one, else the one that the pack founds."""
    pack, src = done.pack, done.source
    assert pack is not None
    restated = build(pack.organisation) if pack.organisation is not None else None
    done.organisation = organisation or restated
    if organisation is not None and restated is not None:
        done.organisation = organisation.filled_from(restated)
    if done.organisation is None:
        message = _("这个方案包没有 organisation: 部分，要对着一个已建的组织来核对")
        src.fault("O101", ("pack",), message)
        return
    if organisation is not None and restated is not None and pack.organisation is not None:
        differences.name_differences(src, pack.organisation, restated, organisation)
    context = done.view = Context(src, pack, done.organisation, facts, organisation is None)
    Names(context, features).run()
    if any(
        fault.code[0] in "NT" or fault.code == "O202" for fault in src.faults if fault.severity == "error"
    ):
        return
    Sense(context).run()
    if not any(fault.code in ("D513", "D514") for fault in src.faults):
        done.context = context


def _measure(done: Checked, counts: Mapping[str, int] | None) -> None:
    context = done.context
    assert context is not None
    done.defaults = defaults_of(context)
    linter.lint(context)
    planner = Planner(context, done.english)
    done.burden = Burden(context, planner.plans(), counts).loads_by_role()
    for load_ in done.burden.values():
        if load_.over:
            message = _(
                "%(role)s最满的一个月要 %(minutes)s 分钟，超过建议的 %(budget)s 分钟",
                role=load_.label.text(questions.here()),
                minutes=int(load_.peak),
                budget=load_.budget,
            )
            context.src.fault("M701", ("programmes",), message, "warning")
