"""Changes of units: what was decided, its preview with all consequences, then done or planned; lists and history."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import Case, Q, QuerySet, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.verdict import insist
from zhengyou.org import actions, forms_changes, rules, showing_changes, tree
from zhengyou.org.actions.changes import fingerprint
from zhengyou.org.actions.rows import Follow
from zhengyou.org.asked import CARRY, REST, VOID, Asked
from zhengyou.org.models import Affiliation, ChangedUnit, Unit, UnitChange, on
from zhengyou.org.views import common, pieces

OFFERED, MOST_CHILDREN, LARGEST = 40, 50, 20_000
State = UnitChange.State


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str, kind: str, follow: Follow | None = None) -> HttpResponse:
    """First what was decided, then the preview; there it is seen again with other dispositions, or confirmed."""
    unit = common.the_unit(request, public_id)
    insist(rules.may_close_unit(request.authority, unit))  # type: ignore[attr-defined]
    if "asked" in request.POST:
        return _confirm(request, unit, kind, follow)
    form = _form(request, unit, kind)
    if request.method == "POST" and form.is_valid():
        try:
            return _preview(request, unit, form.asked(), follow)
        except Invalid as invalid:
            form.refuse(invalid)
    return common.answer(
        request,
        "org/changes/form.html",
        form,
        crumbs=common.crumbs(request, unit),
        title=showing_changes.kind_word(kind),
        lead=common.name_of(unit),
        back=unit.public_id,
        q=common.asked(request),
        search=kind != "split",
        missed=bool(common.asked(request)) and kind in ("merge", "dissolve") and not _named(request, unit),
    )


def _named(request: HttpRequest, unit: Unit) -> bool:
    """Whether the name that was looked for is that of any unit that could be chosen."""
    day, authority = clock.today(), request.authority  # type: ignore[attr-defined]
    found = tree.units_on(day).filter(common.scope(authority, day), name__icontains=common.asked(request))
    return found.exclude(unit=unit).exists()


def _form(request: HttpRequest, unit: Unit, kind: str) -> forms_changes.Change:
    day = clock.today()
    placement = tree.named(unit, day)
    if placement is None:
        raise Http404
    words = common.words(request)
    form = forms_changes.FORMS[kind](request.POST or None, unit=unit, placement=placement, words=words)
    if isinstance(form, forms_changes.Reparent):
        kinds = words.part.kind(unit.kind).parents if words.part else ()
        found = _units(request, unit, kinds=kinds).exclude(unit=placement.parent_id)
        form.choose("parent", _choices(found))
        return form
    beside = _choices(_units(request, unit, beside=placement.parent_id))
    if isinstance(form, forms_changes.Merge):
        form.choose("others", beside)
    elif isinstance(form, forms_changes.Split):
        active = Affiliation.objects.filter(
            on(day),
            role="A",
            person__in=Affiliation.objects.filter(on(day), role="R", unit=unit).values("person"),
        )
        form.parts(beside, _choices(tree.placed(day).filter(unit__in=active.values("unit"))[:OFFERED]))
    else:
        form.choose("into", [*beside, ("", _("没有接续的单位"))])
    if isinstance(form, forms_changes.Merge):
        return form
    form.children(
        [(p.unit.public_id, p.name, _parents(request, p.unit.kind, {unit.pk})) for p in _below(unit)]
    )
    return form


def _below(unit: Unit) -> list[Any]:
    return list(tree.children(unit.pk, clock.today())[:MOST_CHILDREN])


def _units(
    request: HttpRequest, unit: Unit, *, beside: int | None = None, kinds: tuple[str, ...] | None = None
) -> QuerySet[Any]:
    """Open units to choose from in the reader's reach: those found by name; without a name, or where none is found, those
    beside this one and then others of its kind; with `kinds`, all of these kinds."""
    day, text = clock.today(), common.asked(request)
    found = tree.units_on(day).filter(common.scope(request.authority, day))  # type: ignore[attr-defined]
    found = found.exclude(unit=unit)
    if kinds is not None:
        found = found.filter(unit__kind__in=kinds)
    if text and (kinds is not None or found.filter(name__icontains=text).exists()):
        return found.filter(name__icontains=text)
    if kinds is not None:
        return found
    first = Case(When(parent_id=beside, then=0), default=1)
    return found.filter(Q(parent_id=beside) | Q(unit__kind=unit.kind)).order_by(
        first, "unit__place", "unit_id"
    )


def _choices(found: QuerySet[Any]) -> list[tuple[str, str]]:
    return [(p.unit.public_id, p.name) for p in found[:OFFERED]]


def _parents(request: HttpRequest, kind: str, closing: set[int]) -> list[tuple[str, str]]:
    """Where a unit of this kind may hang."""
    part = request.part  # type: ignore[attr-defined]
    kinds = part.kind(kind).parents if part is not None and part.has_kind(kind) else ()
    day = clock.today()
    found = tree.units_on(day).filter(common.scope(request.authority, day), unit__kind__in=kinds)  # type: ignore[attr-defined]
    return _choices(found.exclude(unit__in=closing))


def _preview(
    request: HttpRequest,
    unit: Unit,
    asked: Asked,
    follow: Follow | None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of consequences; a void still without its reason is shown as it would be."""
    whole = asked if asked.why_void.strip() else replace(asked, why_void="—")
    outcome = actions.preview(whole, by=request.me.actor, follow=follow)  # type: ignore[attr-defined]
    words = common.words(request)
    closing = {u["id"] for u in outcome["units"] if u["closed"]}
    ids = set(Unit.objects.filter(public_id__in=closing).values_list("pk", flat=True))
    shown = showing_changes.shown(outcome, words)
    for child in shown["children"]:
        child["options"] = _parents(request, child["kind"], ids)
        child["chosen"] = asked.children.get(child["id"], "")
    heirs = [u["name"] for u in outcome["units"] if not u["closed"]]
    context = {
        "unit": unit,
        "asked": asked,
        "kind": showing_changes.kind_word(asked.kind),
        "token": signing.dumps(asked.to_json(), salt=pieces.SALT, compress=True),
        "seen": fingerprint(outcome),
        "shown": shown,
        "closing": bool(closing),
        "hows": showing_changes.hows() if heirs else [h for h in showing_changes.hows() if h[0] != CARRY],
        "planned": asked.day > clock.today(),
        "late": max((clock.today() - asked.day).days, 0),
        "crumbs": common.crumbs(request, unit),
        "problems": problems,
        "voids": any(line["how"] == VOID for line in shown["work"]),
        "address": f"unit_{asked.kind}",
    }
    return render(request, "org/changes/preview.html", context, status=status)


def _confirm(request: HttpRequest, unit: Unit, kind: str, follow: Follow | None) -> HttpResponse:
    try:
        asked = Asked.from_json(signing.loads(request.POST["asked"], salt=pieces.SALT))
    except (signing.BadSignature, TypeError, KeyError, ValueError):
        return redirect(f"unit_{kind}", unit.public_id)
    asked = _with_choices(request, asked)
    if named := pieces.wanted(request):
        return pieces.page(request, unit, asked, follow, *named)
    try:
        if request.POST.get("go") != "confirm":
            return _preview(request, unit, asked, follow)
        done = actions.decide(
            asked,
            by=request.me.actor,  # type: ignore[attr-defined]
            follow=follow,
            seen=request.POST.get("seen", "")[:64] or "-",
        )
    except Conflict as late:
        messages.warning(request, str(late))
        return _again(request, unit, asked, follow, [], 409)
    except Invalid as refused:
        return _again(request, unit, asked, follow, refused.problems, 422)
    if done.state == State.PLANNED:
        messages.success(request, _("记为计划：到那一天由系统办理；之前可以放弃。"))
    else:
        messages.success(request, _("办好了；这一天以前的报表不变。"))
    return redirect("change", done.public_id)


def _again(
    request: HttpRequest,
    unit: Unit,
    asked: Asked,
    follow: Follow | None,
    problems: list[Problem],
    status: int,
) -> HttpResponse:
    """The preview anew, with what was wrong; where there is nothing to preview any more, the form."""
    try:
        return _preview(request, unit, asked, follow, problems, status)
    except Invalid as refused:
        messages.warning(request, " ".join(p.text for p in refused.problems))
        return redirect(f"unit_{asked.kind}", unit.public_id)


def _with_choices(request: HttpRequest, asked: Asked) -> Asked:
    """What was asked with the dispositions and superiors chosen on the preview."""
    work, children = dict(asked.work), dict(asked.children)
    allowed = {how for how, _word in showing_changes.hows()}
    every = request.POST.get("work-all", "")
    if every in allowed:
        work = {REST: every}
    for name, value in request.POST.items():
        part = name.split("-")
        if len(part) == 4 and part[0] == "piece" and value in {*allowed, ""} and every not in allowed:
            pieces.choose(work, part[1:], str(value))
        elif len(part) == 3 and part[0] == "work" and value in allowed and every not in allowed:
            work[f"{part[1]}:{part[2]}"] = str(value)
        elif len(part) == 2 and part[0] == "child":
            children[part[1]] = str(value)[:16]
    why = request.POST.get("why_void", asked.why_void)[:500]
    return replace(asked, work=work, children={k: v for k, v in children.items() if v}, why_void=why)


@require_GET
def history(request: HttpRequest, public_id: str) -> HttpResponse:
    """The changes of one unit, newest first, with predecessors and successors."""
    here = common.here(request, public_id)
    unit = here.unit
    _insist_by_row(request, unit)
    mine = ChangedUnit.objects.filter(unit=unit).values("change")
    found = UnitChange.objects.filter(pk__in=mine).order_by("-day", "-id")
    if not rules.may_see_plans(request.authority):  # type: ignore[attr-defined]
        found = found.filter(state=State.DONE)
    page = common.pages(request, found)
    return render(
        request,
        "org/changes/history.html",
        {
            "unit": unit,
            "name": here.name,
            "crumbs": common.links(request, here.line),
            "page": page,
            "rows": [showing_changes.line(one) for one in page],
            **showing_changes.succession(unit, clock.today()),
        },
    )


def _insist_by_row(request: HttpRequest, unit: Unit) -> None:
    if not request.authority.sees_unit(unit.pk):  # type: ignore[attr-defined]
        raise Http404


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All changes: those planned first, in order of their days, then those done."""
    insist(rules.may_see_plans(request.authority))  # type: ignore[attr-defined]
    planned = _mine(request).filter(state=State.PLANNED).order_by("day", "id")
    page = common.pages(request, _mine(request).exclude(state=State.PLANNED).order_by("-day", "-id"))
    return render(
        request,
        "org/changes/list.html",
        {
            "planned": [showing_changes.line(one) for one in planned[: common.PER_PAGE]],
            "page": page,
            "rows": [showing_changes.line(one) for one in page],
        },
    )


def _mine(request: HttpRequest) -> QuerySet[UnitChange]:
    """The changes of units that this person may decide about."""
    authority = request.authority  # type: ignore[attr-defined]
    if authority.on_root("import"):
        return UnitChange.objects.all()
    within = tree.below(authority.units_with("import"), clock.today())
    return UnitChange.objects.filter(pk__in=ChangedUnit.objects.filter(unit__in=within).values("change"))


@require_GET
def export(request: HttpRequest) -> FileResponse:
    """All changes as a workbook: what, document, day, entered late by, before, after, where it stands."""
    insist(rules.may_see_plans(request.authority))  # type: ignore[attr-defined]
    headers = [_("变动"), _("文号"), _("从哪一天起"), _("登记日期"), _("晚几天")]
    headers += [_("原单位"), _("现单位"), _("情况"), _("没有办成的原因")]
    out = BytesIO()
    found = _mine(request).order_by("day", "id")[:LARGEST].iterator(chunk_size=500)
    lines = (
        [
            row["kind"],
            row["change"].document_no,
            row["change"].day,
            row["change"].decided_on,
            row["late"],
            _("、").join(row["before"]),
            _("、").join(row["after"]),
            row["state"],
            row["change"].fault,
        ]
        for row in map(showing_changes.line, found)
    )
    write_rows(out, _("单位变动"), headers, lines, widths=[10, 22, 12, 12, 8, 36, 36, 12, 36])
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=_("单位变动") + ".xlsx")


def _the(request: HttpRequest, public_id: str) -> UnitChange:
    """The change of an address: 404 unless one of its units may be seen by row; a plan, unless the office asks."""
    found = UnitChange.objects.filter(public_id=public_id).first()
    authority = request.authority  # type: ignore[attr-defined]
    if found is None or (found.state != State.DONE and not rules.may_see_plans(authority)):
        raise Http404
    units = list(found.units.values_list("unit_id", flat=True))
    authority.load(units)
    if not any(authority.sees_unit(unit) for unit in units):
        raise Http404
    return found


@require_GET
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One change with all that it did, or would do on its day."""
    found = _the(request, public_id)
    words = common.words(request)
    units = [row.unit for row in found.units.select_related("unit")]
    authority = request.authority  # type: ignore[attr-defined]
    return render(
        request,
        "org/changes/change.html",
        {
            "change": found,
            "shown": showing_changes.shown(found.outcome, words) if found.outcome else None,
            "links": {u.public_id for u in units if authority.sees_unit(u.pk)},
            "why_none": Asked.from_json(found.asked).because if found.asked else "",
            "why_void": Asked.from_json(found.asked).why_void if found.asked else "",
            **showing_changes.line(found),
            "may": all(rules.may_put_away(authority, u) for u in units)
            if found.state == State.PLANNED
            else False,
        },
    )


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a planned change away."""
    found = _the(request, public_id)
    actions.put_away(found, by=request.me.actor)  # type: ignore[attr-defined]
    messages.success(request, _("这项计划放弃了，系统里什么都没变。"))
    unit = Unit.objects.filter(public_id=request.POST.get("unit", "")).first()
    return redirect("unit", unit.public_id) if unit is not None else redirect("changes")
