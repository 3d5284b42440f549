"""Keeping files as evidence while a paper is still being written; handing in links them."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from zhengyou.campaigns import rules
from zhengyou.campaigns.models import Duty
from zhengyou.journal.actions import Actor, record
from zhengyou.journal.evidence import keep_file
from zhengyou.journal.models import Evidence
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for

MOST = 10
"""Most files taken at once."""


def keep_files(
    duty: Duty, uploads: Iterable[UploadedFile], *, by: Actor
) -> tuple[list[Evidence], list[Problem]]:
    """Keep those files that are welcome, each judged for itself; returns them and a sentence for each refused one."""
    insist(rules.may_hand_in(authority_for(by), duty))
    kept: list[Evidence] = []
    problems: list[Problem] = []
    many = list(uploads)
    if len(many) > MOST:
        return [], [Problem("file", _("一次最多传 %(n)s 份文件，都没有收下。请分几次传。") % {"n": MOST})]
    with record("evidence.kept", by=by, subject=f"duty:{duty.pk}") as entry:
        for upload in many:
            try:
                kept.append(keep_file(upload, by, entry))
            except Invalid as fault:
                problems += fault.problems
        entry.note(files=len(kept))
        if not any(e.entry_id == entry.id for e in kept):
            entry.discard()
    return kept, problems
