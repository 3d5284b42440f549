"""The work plan's items: listed by year, entered one by one or from a workbook with a preview, taken back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhengyou.campaigns import working
from zhengyou.campaigns.actions import working as actions
from zhengyou.campaigns.models import WorkItem
from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.once import once
from zhengyou.kit import clock, sheets
from zhengyou.kit.faults import Invalid, Problem
from zhengyou.kit.verdict import insist, no
from zhengyou.org.models import Unit
from zhengyou.org.rules import Authority

PAGE = 50
SALT = "zhengyou.work-items"
LARGEST = 5 * 1024 * 1024


def kept(authority: Authority) -> list[Unit]:
    """The units whose work plan the reader may keep: the own ones, and for the office the root."""
    ids = set(authority.units_with("hand_in"))
    if authority.on_root("import") and authority.root:
        ids.add(authority.root)
    return list(Unit.objects.filter(pk__in=sorted(ids)[:50]).order_by("place", "pk"))


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The list; POST enters what was typed, or shows what a workbook holds, or enters what was shown."""
    once(request)
    authority: Authority = request.authority  # type: ignore[attr-defined]
    if not authority.posts:
        insist(no(_("年度要点由担任职务的人看和登记。")))
    if request.method != "POST":
        return _page(request)
    unit = next((u for u in kept(authority) if u.public_id == request.POST.get("unit")), None)
    if unit is None:
        insist(no(_("年度要点由本单位负责人或办公室登记。")))
        raise Http404
    shown: list[working.Item] = []
    try:
        year = _year(request.POST.get("year", ""))
        if "shown" in request.POST:
            items = _shown(request.POST.get("shown", ""), unit, year)
        elif "file" in request.FILES or request.POST.get("do") == "file":
            shown = _uploaded(request, unit, year)
            return _page(request, unit=unit, year=year, shown=shown)
        else:
            number, text, source = (request.POST.get(k, "").strip() for k in ("number", "text", "source"))
            items = [working.Item(number, text, source)]
        made = actions.enter(unit, year, items, by=request.me.actor)  # type: ignore[attr-defined]
    except Invalid as fault:
        return _page(request, fault.problems, unit=unit, shown=shown, status=422)
    done = ngettext("登记了 %(n)s 条年度要点。", "登记了 %(n)s 条年度要点。", len(made))
    messages.success(request, done % {"n": len(made)})
    return redirect("work_items")


def _year(text: str) -> int:
    if text.isascii() and text.isdigit() and 1990 < int(text[:9]) < 2200:
        return int(text)
    raise Invalid(Problem("year", _("年份写成 2010 这样的四位数。")))


def _uploaded(request: HttpRequest, unit: Unit, year: int) -> list[working.Item]:
    """What the workbook holds, each row with its fault; the file itself is not kept."""
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(Problem("file", _("选一个文件：Excel 或 CSV，要有「编号」和「内容」两列。")))
    if (file.size or 0) > LARGEST:
        raise Invalid(Problem("file", _("文件太大：最多 5 MB。")))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items"
        with path.open("wb") as out:
            for piece in file.chunks():
                out.write(piece)
        try:
            found = working.read(path, file.name or "")
        except sheets.Unusable as fault:
            raise Invalid(Problem("file", str(fault))) from fault
    if not found:
        raise Invalid(Problem("file", _("没有一条可以登记的：表里要有「编号」和「内容」两列。")))
    if len(found) > working.MOST:
        raise Invalid(Problem("file", _("一次最多 %(n)s 条：请分成几个文件。") % {"n": working.MOST}))
    taken = WorkItem.objects.filter(unit=unit, year=year, dropped=None).values_list("number", flat=True)
    return working.checked(found, taken)


def _shown(signed: str, unit: Unit, year: int) -> list[working.Item]:
    """The rows exactly as the preview showed them."""
    try:
        body = signing.loads(signed, salt=SALT)
    except signing.BadSignature:
        body = {}
    if body.get("unit") != unit.public_id or body.get("year") != year:
        raise Invalid(Problem("file", _("预览和要登记的对不上：什么都没有登记，请重新选文件。")))
    return [working.Item(*row) for row in body["rows"]]


def _page(
    request: HttpRequest,
    problems: list[Problem] | None = None,
    *,
    unit: Unit | None = None,
    year: int | None = None,
    shown: list[working.Item] | None = None,
    status: int = 200,
) -> HttpResponse:
    authority: Authority = request.authority  # type: ignore[attr-defined]
    years = sorted(set(working.seen_by(authority).values_list("year", flat=True).distinct()), reverse=True)
    wanted = request.GET.get("year", "")
    found = working.seen_by(authority).select_related("unit").order_by("-year", "unit__place", "unit", "pk")
    if wanted in {str(y) for y in years}:
        found = found.filter(year=int(wanted))
    rows = Paginator(found, PAGE).get_page(request.GET.get("page"))
    units = kept(authority)
    names = words.unit_names({item.unit_id for item in rows} | {u.pk for u in units})
    good = [item for item in shown or [] if not item.fault]
    seal = ""
    if shown and unit is not None and len(good) == len(shown):
        body: dict[str, Any] = {"unit": unit.public_id, "year": year}
        body["rows"] = [[item.number, item.text, item.source, item.row] for item in good]
        seal = signing.dumps(body, salt=SALT, compress=True)
    posted = request.POST if request.method == "POST" and not shown else {}
    context: dict[str, Any] = {
        "page": rows,
        "rows": [
            {"item": i, "unit": names.get(i.unit_id, "—"), "may": working.may_keep(authority, i.unit_id)}
            for i in rows
        ],
        "years": [{"year": y, "on": str(y) == wanted} for y in years],
        "units": [{"id": u.public_id, "name": names.get(u.pk, "—"), "on": u == unit} for u in units],
        "year": year or posted.get("year", "") or clock.today().year,
        "typed": {name: posted.get(name, "") for name in ("number", "text", "source")},
        "shown": shown or [],
        "seal": seal,
        "unit": unit,
        "n_faults": len(shown or []) - len(good),
        "problems": [{"field": p.field, "text": p.text} for p in problems or []],
        "errors_title": _("还没有登记，填好的都留着"),
    }
    return render(request, "campaigns/work.html", context, status=status)


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one item back."""
    once(request)
    item = working.seen_by(request.authority).select_related("unit").filter(public_id=public_id).first()  # type: ignore[attr-defined]
    if item is None:
        raise Http404
    actions.drop(item, by=request.me.actor)  # type: ignore[attr-defined]
    messages.success(request, _("收回了；已经连着它的还留着。"))
    return redirect("work_items")
