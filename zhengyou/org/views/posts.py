"""Appointing to posts of a unit and ending them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengyou.kit import clock
from zhengyou.kit.faults import Invalid
from zhengyou.kit.verdict import insist
from zhengyou.org import actions, figures, forms, people, rules, terms
from zhengyou.org.actions.posts import open_now
from zhengyou.org.models import Person, Post
from zhengyou.org.views import common
from zhengyou.org.views.terms import ADAY, day_after


@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest, public_id: str) -> HttpResponse:
    """Find a person by name or number, then appoint; without a search the unit's own members are offered."""
    unit = common.the_unit(request, public_id)
    insist(rules.may_appoint(request.authority, unit))  # type: ignore[attr-defined]
    text, day = common.asked(request), clock.today()
    if text:
        found = list(Person.objects.filter(people.matching(text)).order_by("sort_key", "id")[:21])
    else:
        found = list(people.members_on(day, unit.pk)[:21])
    words = common.words(request)
    posts = [(p.code, words(p.code)) for p in words.part.posts_of(unit.kind)] if words.part else []
    vacant = figures.vacant_since(unit, day) is not None
    term = terms.default_end(unit.kind, day)
    form = forms.Appoint(
        request.POST or None,
        initial={"day": day, "first_responsible": vacant, "term_last": term - ADAY if term else None},
    )
    form.fields["post"].choices = posts  # type: ignore[attr-defined]
    form.fields["person"].choices = [  # type: ignore[attr-defined]
        (p.public_id, " · ".join(x for x in (p.name, p.number or "", unit_name) if x))
        for p, unit_name in people.with_homes(found[:20], day)
    ]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = Person.objects.get(public_id=data["person"])
        try:
            actions.appoint(
                person,
                unit,
                data["post"],
                first_responsible=data["first_responsible"],
                day=data["day"],
                document_no=data["document_no"],
                term_ends=day_after(data["term_last"]),
                by=request.me.actor,  # type: ignore[attr-defined]
            )
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("任命了 %(name)s。") % {"name": person.name})
            return redirect("unit", unit.public_id)
    return common.answer(
        request,
        "org/form.html",
        form,
        crumbs=common.crumbs(request, unit),
        title=_("任命"),
        lead=common.name_of(unit),
        go=_("任命这个人"),
        back=unit.public_id,
        search=True,
        people=True,
        q=text,
        none=bool(text) and not found,
        more=len(found) > 20,
    )


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post; the unit stands on the vacancy list from that day on, if it was the first responsible person's."""
    post = Post.objects.filter(open_now(), pk=pk).select_related("unit", "person").first()
    if post is None or not request.authority.opens_unit(post.unit_id):  # type: ignore[attr-defined]
        raise Http404
    insist(rules.may_end_post(request.authority, post))  # type: ignore[attr-defined]
    form = forms.EndPost(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_post(post, day=form.cleaned_data["day"], by=request.me.actor)  # type: ignore[attr-defined]
        except Invalid as invalid:
            form.refuse(invalid)
        else:
            messages.success(request, _("%(name)s 的职务结束了。") % {"name": post.person.name})
            return redirect("unit", post.unit.public_id)
    return common.answer(
        request,
        "org/form.html",
        form,
        crumbs=common.crumbs(request, post.unit),
        title=_("免去职务"),
        lead=f"{post.person.name} · {common.words(request)(post.post)} · {common.name_of(post.unit)}",
        go=_("免去这个职务"),
        back=post.unit.public_id,
    )
