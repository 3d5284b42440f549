"""The page of undoing an import: what would become of whom, what stands against it, then done in one transaction."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict
from zhengyou.kit.verdict import Refused, insist
from zhengyou.org.actions.rows import Follow
from zhengyou.org.figures import actors
from zhengyou.org.models import RosterImport
from zhengyou.org.roster import rules, undoing
from zhengyou.org.roster.actions_undoing import undo_import

SHOWN = 100


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, public_id: str, follow: Follow | None = None) -> HttpResponse:
    """The preview; confirmed, the import is undone exactly as shown, or nothing is done and the preview is shown anew."""
    authority = request.authority  # type: ignore[attr-defined]
    insist(rules.may_import(authority))
    roster = RosterImport.objects.filter(public_id=public_id).select_related("entry").first()
    if roster is None or roster.state not in (RosterImport.State.APPLIED, RosterImport.State.UNDONE):
        raise Http404
    if request.method == "POST":
        try:
            undo_import(
                roster,
                by=request.me.actor,  # type: ignore[attr-defined]
                seen=request.POST.get("seen", "")[:64] or "-",
                follow=follow,
            )
        except Conflict as late:
            messages.warning(request, str(late))
            return _preview(request, roster, follow, 409)
        except Refused:
            return _preview(request, roster, follow, 403)
        messages.success(request, _("撤销了这次导入：组织和任务回到导入以前的样子。"))
        return redirect("roster_import", roster.public_id)
    return _preview(request, roster, follow, 200)


def _preview(request: HttpRequest, roster: RosterImport, follow: Follow | None, status: int) -> HttpResponse:
    may = rules.may_undo(request.authority, roster)  # type: ignore[attr-defined]
    context: dict[str, Any] = {"roster": roster, "last": rules.last_undo_day(roster)}
    if may:
        found = undoing.look(roster, follow, clock.today())
        may = rules.may_undo(request.authority, roster, len(found.obstacles))  # type: ignore[attr-defined]
        context |= {
            "found": found,
            "obstacles": found.obstacles[:SHOWN],
            "more": max(0, len(found.obstacles) - SHOWN),
            "lines": lines(found.counts),
        }
    return render(request, "org/roster/undo.html", context | {"may": may}, status=status)


def lines(counts: dict[str, int]) -> list[tuple[str, int]]:
    """What becomes of whom, in words, without the noughts."""
    words = {
        "added": _("这次新登记的，不再是成员；姓名和编号留着"),
        "moved": _("转到别处的，回到原来的单位"),
        "changed": _("改了类别或状态的，改回去"),
        "ended": _("登记为离开的，又是成员"),
        "given": _("新任的职务收回"),
        "taken": _("免去的职务恢复"),
        "units": _("新设的单位从组织树上拿掉"),
    }
    return [(word, counts[key]) for key, word in words.items() if counts.get(key)]


def state(request: HttpRequest, roster: RosterImport) -> dict[str, Any]:
    """For the page of a finished import: whether it may be undone, or by whom and when it was."""
    undone = roster.undone_entry
    return {
        "may_undo": rules.may_undo(request.authority, roster),  # type: ignore[attr-defined]
        "last_undo": rules.last_undo_day(roster),
        "undone": undone,
        "undone_by": actors([undone.actor])[undone.actor] if undone is not None else "",
        "undone_lines": lines(roster.summary.get("undone", {})),
    }
