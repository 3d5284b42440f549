"""A plan as a Word file in the form of an official document (GB/T 9704)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengyou.campaigns.views import words
from zhengyou.kit import word
from zhengyou.plans import standing
from zhengyou.plans.models import Clause, PlanVersion
from zhengyou.plans.views import place
from zhengyou.plans.views.reading import chosen


@require_safe
def document(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """The version asked for, or the newest one may see, as .docx."""
    at = place.fetch(request, campaign, unit)
    version = chosen(at, request.GET.get("v", ""))
    if version is None:
        raise Http404
    body = file_of(version, at.unit_name)
    response = HttpResponse(body, content_type=word.DOCX)
    response["Content-Disposition"] = content_disposition_header(
        True, f"{version.title}.docx".replace("/", "-")
    )
    return response


def file_of(version: PlanVersion, unit: str) -> bytes:
    """The Word file of a version: parts, clauses, and a table of who does what by when."""
    clauses = standing.clauses(version)
    names = place.names_of(clauses)
    blocks: list[word.Block] = []

    def part(label: str, text: str) -> None:
        if text:
            blocks.extend([word.Heading(1, label), word.Para(text)])

    part(_("依据和指导思想"), version.grounds)
    part(_("主题"), version.theme)
    part(_("目标"), version.aims)
    blocks.append(word.Heading(1, _("主要内容")))
    for clause in clauses:
        blocks.append(word.Heading(2, clause.title))
        stop = _("。")
        blocks.append(word.Para(clause.text.rstrip(stop) + stop))
        if clause.result:
            blocks.append(word.Para(_("成果：%(what)s") % {"what": clause.result.rstrip(stop)} + stop))
    blocks.append(word.Heading(1, _("任务安排")))
    head = [_("任务"), _("完成日期"), _("负责人"), _("连着的年度要点")]
    blocks.append(word.Table(head, [_line(clause, names) for clause in clauses], [5, 3, 3, 4]))
    part(_("组织领导"), version.organisation)
    part(_("保障措施"), version.safeguards)
    day = words.full(version.decided_on or version.day)
    return word.official(version.title, blocks, number=version.document_no, signed=unit, day=day)


def _line(clause: Clause, names: dict[str, str]) -> list[str]:
    due = words.full(clause.due_on) if clause.due_on else "—"
    work = clause.work_item.text if clause.work_item is not None else ""
    return [clause.title, due, place.owner(clause, names) or "—", work]
