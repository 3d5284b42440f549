"""Whom one may become in a demo directory: one of each sort, with a line on what they come for."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from zhengyou.campaigns.models import Campaign, Duty
from zhengyou.org import current, tree
from zhengyou.org.models import Affiliation, Person, Post, on

ABOUT = {
    "office": (
        "准备和启动活动，看总览，导入花名册",
        "Prepares and starts campaigns, sees the board, imports the roster",
    ),
    "leader": (
        "看全组织的数字，看不到还没办的人是谁",
        "Sees the figures of all units, not the names of who is missing",
    ),
    "inspector": ("看各单位办到哪一步", "Sees how far each unit has come"),
    "inner": (
        "审下级单位交上来的，看本单位以下的总览",
        "Reviews what units below hand in, sees the own subtree",
    ),
    "leaf": (
        "看还差谁，审本单位成员交的，交本单位的",
        "Sees who is missing, reviews members, hands in for the unit",
    ),
    "returned": ("有一份被退回来了，要改", "Has one paper returned, to be mended"),
    "member": ("手机上办自己的几件事", "Does the few things of their own on a phone"),
    "dual": ("注册在一个单位，活动在另一个", "Registered in one unit, active in another"),
}
ICONS = {
    "office": "package",
    "leader": "chart-bar",
    "inspector": "clipboard-check",
    "inner": "sitemap",
    "leaf": "users",
}


def of(campaign: Campaign, today: date) -> list[dict[str, str]]:
    """The cast in the order of the sign-in page: number, name, post, unit, about, about_en, icon."""
    found: list[tuple[str, Person]] = []
    root = tree.root()
    for code in ("office", "leader", "inspector"):
        post = (
            Post.objects.filter(on(today), post=code, unit=root)
            .select_related("person")
            .order_by("pk")
            .first()
        )
        if post:
            found.append((code, post.person))
    firsts = (
        Post.objects.filter(on(today), first_responsible=True)
        .exclude(unit=root)
        .select_related("person", "unit")
    )
    children = tree.child_counts([p.unit_id for p in firsts], today)
    ordered = sorted(firsts, key=lambda post: (post.unit.place, post.unit_id))
    for sort, wanted in (("inner", True), ("leaf", False)):
        post = next(
            (p for p in ordered if bool(children.get(p.unit_id)) is wanted and _has_waiting(p, wanted)), None
        )
        post = post or next((p for p in ordered if bool(children.get(p.unit_id)) is wanted), None)
        if post:
            found.append((sort, post.person))
    taken = {person.pk for _sort, person in found} | set(Post.objects.values_list("person_id", flat=True))
    for sort, person in (
        ("returned", _member(taken, Q(duties__state="returned"))),
        ("member", _member(taken, Q(duties__state="due"))),
        ("dual", _dual(taken)),
    ):
        if person and person.pk not in {p.pk for _s, p in found}:
            found.append((sort, person))
    return [_shown(sort, person, today) for sort, person in found if person.number]


def _has_waiting(post: Post, inner: bool) -> bool:
    below = tree.below([post.unit_id], post.valid_from) if inner else [post.unit_id]
    return Duty.objects.filter(unit__in=below, state="submitted", member__isnull=inner).exists()


def _member(taken: set[int], owes: Q) -> Person | None:
    ones = Person.objects.exclude(pk__in=taken).exclude(number=None)
    return ones.annotate(n=Count("duties", filter=owes)).filter(n__gte=1).order_by("-n", "pk").first()


def _dual(taken: set[int]) -> Person | None:
    row = (
        Affiliation.objects.filter(role="A", dropped=None)
        .exclude(person__in=taken)
        .select_related("person")
        .first()
    )
    return row.person if row else None


def _shown(sort: str, person: Person, today: date) -> dict[str, str]:
    post = Post.objects.filter(on(today), person=person).order_by("-first_responsible", "pk").first()
    home = Affiliation.objects.filter(on(today), person=person, role="R").first()
    part = current.part()
    unit = post.unit_id if post else home.unit_id if home else None
    names = tree.names([unit], today) if unit else {}
    about, about_en = ABOUT[sort]
    return {
        "number": person.number or "",
        "name": person.name,
        "post": part.label(post.post) if part and post else "",
        "post_en": part.label(post.post, "en") if part and post else "",
        "unit": names.get(unit, "") if unit else "",
        "about": about,
        "about_en": about_en,
        "icon": ICONS.get(sort, "user"),
    }
