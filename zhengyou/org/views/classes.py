"""The class dialog: choose members of a unit, say what becomes of them, see it, confirm it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import Refused, insist
from zhengyou.org import rules, tree
from zhengyou.org.actions import classes, looking
from zhengyou.org.actions.classes import Chosen, Deed
from zhengyou.org.actions.rows import Then
from zhengyou.org.forms_members import ClassDeed
from zhengyou.org.models import Unit
from zhengyou.org.terms import years_after
from zhengyou.org.views import common
from zhengyou.org.views.members import rows
from zhengyou.packs.organisation import Organisation as Part

SALT = "zhengyou.class"
LISTED, OFFERED = 100, 40


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, public_id: str, then: Then | None = None) -> HttpResponse:
    """First whom and what, then the preview, then done; nobody is changed before that."""
    unit = common.the_unit(request, public_id)
    insist(rules.may_change_roster(request.authority, [unit.pk]))  # type: ignore[attr-defined]
    if "token" in request.POST:
        return _confirm(request, unit, then)
    chosen = _chosen(request, unit)
    if who := request.GET.getlist("who")[: classes.MOST_TICKED]:
        chosen = replace(chosen, people=tuple(who))
    found = chosen.found().order_by("sort_key", "id")
    n, listed = found.count(), list(found[:LISTED])
    form = ClassDeed(request.POST or None, words=common.words(request), units=_units(request, unit), found=n)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        ticked = tuple(request.POST.getlist("person")[: classes.MOST_TICKED])
        if data["scope"] == "ticked":
            chosen = replace(chosen, people=ticked)
        deed = Deed(data["how"], data["day"] or clock.today(), data["value"], data["document_no"])
        try:
            if data["scope"] == "ticked" and not ticked:
                raise Invalid(Problem("scope", _("先勾上要办的人，或者选全部")))
            return _preview(request, unit, chosen, deed, then)
        except Invalid as invalid:
            form.refuse(invalid)
        except Refused as refused:
            form.add_error(None, str(refused))
    looking.look_at_unit(request.me, unit, looking.NAMES, below=chosen.below)  # type: ignore[attr-defined]
    words = common.words(request)
    return common.answer(
        request,
        "org/classes/form.html",
        form,
        unit=unit,
        name=common.name_of(unit),
        crumbs=common.crumbs(request, unit),
        chosen=chosen,
        n=n,
        more=max(0, n - LISTED),
        rows=rows(listed, "R", words),
        ticked=set(request.POST.getlist("person") or who),
        categories=words.of("category"),
        statuses=words.of("status"),
        leaf=not tree.children(unit.pk, clock.today()).exists(),
        to=common.asked(request, "to"),
        query=request.GET.urlencode(),
    )


def _chosen(request: HttpRequest, unit: Unit) -> Chosen:
    words = common.words(request)
    facts = {}
    for name in ("category", "status"):
        code = common.asked(request, name)
        facts[name] = code if code in dict(words.of(name)) else ""
    year = common.asked(request, "year")
    return Chosen(
        unit.public_id,
        common.flag(request, "below"),
        year=int(year) if len(year) == 4 and year.isascii() and year.isdigit() and year > "0000" else None,
        category=facts["category"],
        status=facts["status"],
    )


def _units(request: HttpRequest, unit: Unit) -> list[tuple[str, str]]:
    """Where they may go: the units found by name, else those beside this one."""
    day, text = clock.today(), common.asked(request, "to")
    found = tree.units_on(day).filter(common.scope(request.authority, day)).exclude(unit=unit)  # type: ignore[attr-defined]
    if text:
        found = found.filter(name__icontains=text)
    else:
        here = tree.named(unit, day)
        found = found.filter(parent_id=here.parent_id if here is not None else None)
    return [(p.unit.public_id, p.name) for p in found[:OFFERED]]


def _preview(
    request: HttpRequest, unit: Unit, chosen: Chosen, deed: Deed, then: Then | None, status: int = 200
) -> HttpResponse:
    outcome = classes.preview_class(chosen, deed, by=request.me.actor, then=then)  # type: ignore[attr-defined]
    token = {"chosen": asdict(chosen), "deed": asdict(deed) | {"day": deed.day.isoformat()}}
    context = {
        "unit": unit,
        "crumbs": common.crumbs(request, unit),
        "token": signing.dumps(token, salt=SALT, compress=True),
        "seen": classes.fingerprint(outcome),
        "deed": deed,
        "what": what(request, deed),
        "outcome": outcome,
        **_shown(request, outcome, deed),
    }
    return render(request, "org/classes/preview.html", context, status=status)


def what(request: HttpRequest, deed: Deed) -> str:
    """The deed in words."""
    words = common.words(request)
    if deed.how == "move":
        target = Unit.objects.filter(public_id=deed.value).first()
        return _("转到「%(name)s」") % {"name": common.name_of(target) if target else "?"}
    texts = {
        "graduate": _("毕业或调出：转到别的组织"),
        "status": _("状态改成「%(value)s」"),
        "category": _("类别改成「%(value)s」"),
        "left": _("不再是成员"),
        "deceased": _("去世"),
    }
    text = texts[deed.how]
    return text % {"value": words(deed.value)} if "%(" in text else text


def _shown(request: HttpRequest, outcome: dict[str, Any], deed: Deed) -> dict[str, Any]:
    words = common.words(request)
    units = dict(outcome["units"])
    found = Unit.objects.filter(public_id__in=units)
    called = tree.names([u.pk for u in found], clock.today())
    posts = [{**post, "label": words(post["post"])} for post in outcome["posts"]]
    places = {u.public_id: called.get(u.pk, "") for u in found}
    for post in posts:
        post["place"] = places.get(post["unit"]) or common.name_of(Unit.objects.get(public_id=post["unit"]))
    moved = {
        "move": _("跟着人转"),
        "leave": _("作废"),
        "issue": _("新派"),
        "revive": _("恢复"),
        "unvoid": _("恢复"),
        "adopt": _("转交接续的单位"),
    }
    return {
        "units": [(called.get(u.pk, ""), units[u.public_id]) for u in found],
        "by": [
            (label, _("，").join(f"{words(code) or _('未填')} {n:,}" for code, n in outcome[field]))
            for field, label in (("category", _("类别")), ("status", _("状态")))
        ],
        "posts": posts,
        "duties": [(moved.get(rule, rule), n) for rule, n in outcome["duties"].items() if n],
        "late": deed.late,
        "until": _retained_until(deed, words.part),
    }


def _retained_until(deed: Deed, part: Part | None) -> date | None:
    """Until when members may be retained, where that is what is done; the organisation's part says how many years."""
    if part is None or deed.how != "status" or not part.retained or deed.value != part.retained:
        return None
    return years_after(deed.day, part.members.days("retained_years"))


def _confirm(request: HttpRequest, unit: Unit, then: Then | None) -> HttpResponse:
    try:
        kept = signing.loads(request.POST["token"], salt=SALT)
        chosen = Chosen(**{**kept["chosen"], "people": tuple(kept["chosen"]["people"])})
        deed = Deed(**{**kept["deed"], "day": date.fromisoformat(kept["deed"]["day"])})
    except (signing.BadSignature, TypeError, KeyError, ValueError):
        return redirect("unit_class", unit.public_id)
    if chosen.unit != unit.public_id:
        return redirect("unit_class", unit.public_id)
    try:
        done = classes.do_class(
            chosen,
            deed,
            by=request.me.actor,  # type: ignore[attr-defined]
            seen=request.POST.get("seen", "")[:64] or "-",
            then=then,
        )
    except Conflict as late:
        messages.warning(request, str(late))
        try:
            return _preview(request, unit, chosen, deed, then, 409)
        except Invalid:
            return redirect("unit_class", unit.public_id)
    except Invalid as invalid:
        messages.warning(request, " ".join(problem.text for problem in invalid.problems))
        return redirect("unit_class", unit.public_id)
    messages.success(request, _("办好了，%(n)s 人；这一天以前的报表不变。") % {"n": f"{done['people']:,}"})
    return redirect("unit_members", unit.public_id)
