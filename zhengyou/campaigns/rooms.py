"""Forms that a room of its own takes in: where their papers are written and judged instead of by a short report."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengyou.campaigns.models import Submission
from zhengyou.kit.verdict import YES, Verdict, no

WRITTEN_AT: dict[str, str] = {"plan": "plan_duty", "commitment": "commitment_duty"}
"""By form the name of the door, given a duty's id, at which it is written, read and judged."""


def door(form: str, duty_id: int) -> str:
    """The address at which a duty of this form is written and read; "" where the short report serves."""
    name = WRITTEN_AT.get(form)
    return reverse(name, args=[duty_id]) if name else ""


def may_report(form: str) -> Verdict:
    """May be answered by a short report: only what has no room of its own."""
    if form in WRITTEN_AT:
        return no(_("这一件有自己的表，不用短报告来交：打开那张表来写。"))
    return YES


def may_act_here(submission: Submission) -> Verdict:
    """May be judged or taken back at the common doors: a short report, not a room's own paper."""
    if submission.paper:
        return no(_("这一份有自己的页：打开它，在那里逐条看、逐条办。"))
    return YES
