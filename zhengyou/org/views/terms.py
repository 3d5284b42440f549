"""Terms that end, delegations for a time, and handing a post over with the open work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid
from zhengyou.kit.sheets import write_rows
from zhengyou.kit.sql import FAR
from zhengyou.kit.verdict import Refused, insist
from zhengyou.org import people, rules, terms
from zhengyou.org.actions import terms as acts
from zhengyou.org.actions.rows import Follow
from zhengyou.org.forms_members import Delegate, HandOver
from zhengyou.org.models import Person, Post
from zhengyou.org.views import common

LARGEST = 20_000
ADAY = timedelta(days=1)


def day_after(last: date | None) -> date | None:
    """What is kept of the last day of a term."""
    return last + ADAY if last is not None and last < FAR - ADAY else None


def _ending(request: HttpRequest) -> QuerySet[Post]:
    authority = request.authority  # type: ignore[attr-defined]
    if not authority.anywhere("appoint"):
        raise Refused(_("任期的名单只有办任免的人看得到。"))
    within = None if authority.on_root("appoint") else authority.units_with("appoint")
    return terms.ending(clock.today(), within)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Terms that have ended or end within 60 days, the longest past first."""
    page = common.pages(request, _ending(request))
    rows = terms.lines(list(page), clock.today(), common.words(request))
    return render(request, "org/posts/terms.html", {"page": page, "rows": rows, "soon": terms.SOON})


@require_GET
def export(request: HttpRequest) -> FileResponse:
    """The same list as a workbook."""
    found = _ending(request)[:LARGEST]
    words, day = common.words(request), clock.today()

    def lines() -> Iterator[list[Any]]:
        for line in terms.lines(list(found), day, words):
            post = line.post
            person = post.person
            yield [
                line.unit,
                line.label,
                person.name,
                person.number or "",
                post.valid_from,
                line.last,
                line.left,
            ]

    out = BytesIO()
    headers = [_("单位"), _("职务"), _("姓名"), _("编号"), _("从哪一天起"), _("任期到哪一天"), _("还有几天")]
    write_rows(out, _("任期"), headers, lines(), widths=[36, 12, 14, 16, 12, 12, 10])
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=_("任期") + ".xlsx")


def the_post(request: HttpRequest, pk: int) -> Post:
    """The open post of an address, not a delegation; 404 where the reader may not know its unit."""
    found = Post.objects.filter(pk=pk, dropped=None, valid_to=FAR, acting_for=None)
    post = found.select_related("unit", "person").first()
    if post is None or not request.authority.opens_unit(post.unit_id):  # type: ignore[attr-defined]
        raise Http404
    return post


def _people(request: HttpRequest, post: Post, form: Delegate | HandOver) -> dict[str, Any]:
    """Choices of persons: those found by name or number, else the unit's own members, without the holder."""
    text, day = common.asked(request), clock.today()
    if text:
        found = Person.objects.filter(people.matching(text)).order_by("sort_key", "id")
    else:
        found = people.members_on(day, post.unit_id)
    listed = list(found.exclude(pk=post.person_id)[:21])
    form.fields["person"].choices = [  # type: ignore[attr-defined]
        (p.public_id, " · ".join(x for x in (p.name, p.number or "", unit) if x))
        for p, unit in people.with_homes(listed[:20], day)
    ]
    return {
        "search": True,
        "people": True,
        "q": text,
        "none": bool(text) and not listed,
        "more": len(listed) > 20,
    }


def _lead(request: HttpRequest, post: Post) -> str:
    return f"{post.person.name} · {common.words(request)(post.post)} · {common.name_of(post.unit)}"


@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody act for the holder until a day."""
    post = the_post(request, pk)
    insist(rules.may_delegate(request.authority, post))  # type: ignore[attr-defined]
    form = Delegate(request.POST or None, initial={"day": clock.today()})
    found = _people(request, post, form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = Person.objects.get(public_id=data["person"])
        try:
            acts.delegate(
                post,
                person,
                by=request.me.actor,  # type: ignore[attr-defined]
                day=data["day"],
                until=data["until"],
                document_no=data["document_no"],
            )
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            words = {"name": person.name, "day": data["until"].isoformat()}
            messages.success(request, _("%(name)s 代行到 %(day)s，以后自己结束。") % words)
            return redirect("unit", post.unit.public_id)
    return common.answer(
        request,
        "org/form.html",
        form,
        crumbs=common.crumbs(request, post.unit),
        title=_("请人代行"),
        lead=_lead(request, post),
        go=_("登记代行"),
        back=post.unit.public_id,
        **found,
    )


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: int, follow: Follow | None = None) -> HttpResponse:
    """Who takes over, with what goes along beside it; then shown once more and confirmed."""
    post = the_post(request, pk)
    insist(rules.may_appoint(request.authority, post.unit))  # type: ignore[attr-defined]
    day = clock.today()
    term = acts.next_term(post, day)
    form = HandOver(request.POST or None, initial={"day": day, "term_last": term - ADAY if term else None})
    found = _people(request, post, form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = Person.objects.get(public_id=data["person"])
        if request.POST.get("go") != "confirm":
            return _preview(request, post, form, person, follow)
        try:
            done = acts.hand_over(
                post,
                person,
                by=request.me.actor,  # type: ignore[attr-defined]
                day=data["day"],
                document_no=data["document_no"],
                term_ends=day_after(data["term_last"]),
                seen=request.POST.get("seen", "")[:64] or "-",
                follow=follow,
            )
        except Conflict as late:
            messages.warning(request, str(late))
            return _preview(request, post, form, person, follow, 409)
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            words = {"name": person.name, "n": done.duties, "d": len(done.drafts)}
            text = _("移交给 %(name)s 了：没办完的任务 %(n)d 件、草稿 %(d)d 份一起接着办。")
            messages.success(request, text % words)
            return redirect("unit", post.unit.public_id)
    return common.answer(
        request,
        "org/posts/handover.html",
        form,
        crumbs=common.crumbs(request, post.unit),
        post=post,
        title=_("移交职务"),
        lead=_lead(request, post),
        hand=acts.at_hand(post, follow),
        **found,
    )


def _preview(
    request: HttpRequest, post: Post, form: HandOver, person: Person, follow: Follow | None, status: int = 200
) -> HttpResponse:
    found, data = acts.at_hand(post, follow), form.cleaned_data
    day = data["day"] or clock.today()
    context = {
        "crumbs": common.crumbs(request, post.unit),
        "post": post,
        "person": person,
        "label": common.words(request)(post.post),
        "unit_name": common.name_of(post.unit),
        "hand": found,
        "day": day,
        "late": max((clock.today() - day).days, 0),
        "data": data,
        "seen": acts.fingerprint(post, found),
        "q": common.asked(request),
    }
    return render(request, "org/posts/handover_preview.html", context, status=status)
