"""Small packs for the tests, and help to change them."""

from __future__ import annotations

from typing import Any

from zhengyou.packs.check import Checked, check
from zhengyou.packs.reading import read

ORGANISATION = """\
organisation:
  unit_kinds: {society: {zh: 会}, group: {zh: 组, parent: society, count: 4}}
  kinds: {category: [old, young], status: [full], meeting: [talk]}
  affiliation: {evidence: either}
  calendar:
    days: {harvest: 2027-09-30}
    events: {congress: {zh: 大会}}
    blackouts: {summer: {from: 2027-07-10, to: 2027-08-31, duties: not_owed}}
    periods: {term: {dates: [[2027-02-20, 2027-07-05], [2027-09-01, 2028-01-15]]}, club_year: {starts: 07-01}}
    holidays: [2027-05-03, 2027-05-04, 2027-05-05]
    workdays: [2027-05-08]
"""
HEAD = (
    "language: 1\n"
    'pack: {id: t, version: "1"}\n'
    + ORGANISATION
    + "rules: {zone: UTC, counts_when: accepted, joiners: owe, returned_days: 3}\n"
    "audiences: {young: {zh: 青年, where: [category = young]}, old: {zh: 老人, where: [category = old]}}\n"
)
#: The line on which what a test adds to HEAD begins.
NEXT = HEAD.count("\n") + 1


def programme(tasks: str, phases: str = "", span: str = "from: 2027-01-01, to: 2027-12-31") -> str:
    """A pack of one programme with these tasks, in braces on one line."""
    return f"{HEAD}programmes: {{p: {{kind: campaign, {span}, tasks: {{{tasks}}}{phases}}}}}\n"


def checked(text: str, answers: dict[str, Any] | None = None, **more: Any) -> Checked:
    """A text checked."""
    return check(read(text, "t.yaml"), answers, **more)


def codes(done: Checked) -> set[str]:
    """The codes of all its faults."""
    return {fault.code for fault in done.source.faults}
