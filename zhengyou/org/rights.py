"""Who decides what a person asks about the own data, where it waits, and what is held now of each field."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org import current, people, tree
from zhengyou.org.models import Glass, Person, PersonRequest, Post, on
from zhengyou.org.rules import Authority, may_see_person

Kind, State = PersonRequest.Kind, PersonRequest.State

FIELDS = {
    "name": gettext_lazy("姓名"),
    "number": gettext_lazy("编号"),
    "joined_on": gettext_lazy("加入日期"),
    "confirmed_on": gettext_lazy("转正日期"),
    "category": gettext_lazy("类别"),
    "status": gettext_lazy("状态"),
    "unit": gettext_lazy("所在单位"),
    "email": gettext_lazy("邮箱"),
    "phone": gettext_lazy("电话"),
    "note": gettext_lazy("备注"),
}
"""Fields that a granted correction writes by itself; everything else is put right by hand."""
OTHER = "other"
OFFICE = frozenset(("number", "unit"))
"""Fields that the office decides: they tie a person to account and figures."""


def held(person: Person, about: str, day: date) -> str:
    """What is held of a field now, as text; "" for what is no field."""
    if about in ("category", "status", "unit"):
        home = people.home(person, day)
        if home is None:
            return ""
        return (
            tree.names([home.unit_id], day).get(home.unit_id, "") if about == "unit" else getattr(home, about)
        )
    value = getattr(person, about, None) if about in FIELDS else None
    return value.isoformat() if isinstance(value, date) else str(value or "")


def label(about: str) -> str:
    """What a request is about, in words."""
    if about in FIELDS:
        return str(FIELDS[about])
    sort, _colon, number = about.partition(":")
    if sort == "duty" and number:
        return _("第 %(n)s 号任务里的文字") % {"n": number}
    return _("其他内容")


def waits_at(person: Person, kind: str, about: str, day: date) -> int | None:
    """The unit whose head decides a new request; None: the office."""
    home = people.home(person, day)
    if home is None or kind == Kind.ERASE or about in OFFICE:
        return None
    return next_head(home.unit_id, day, {person.pk})


def next_head(unit: int, day: date, without: set[int], *, above: bool = False) -> int | None:
    """The unit itself, or the next one above it, that has a head other than these persons; None where none has."""
    line = [placement.unit_id for placement in reversed(tree.path(unit, day))]
    part = current.part()
    codes = [post.code for post in part.posts if "see_names" in post.may] if part else []
    holders = Post.objects.filter(on(day), unit__in=line, post__in=codes).exclude(person__in=without)
    heads = set(holders.values_list("unit_id", flat=True))
    return next((at for at in line[1 if above else 0 :] if at in heads), None)


def appeal_at(request: PersonRequest, day: date) -> int | None:
    """Where a refused request goes when it is put to the next level up: never to those who decided before."""
    decider = Person.objects.filter(public_id=request.decided_by).values_list("pk", flat=True).first()
    without = {request.person_id, decider or 0}
    if request.unit_id is None:
        top = tree.root()
        return next_head(top.pk, day, without) if top else None
    return next_head(request.unit_id, day, without, above=True)


def _stands(authority: Authority, request: PersonRequest) -> bool:
    """Whether requests of this unit are this person's to decide: the office, the unit's head, the next while vacant."""
    if authority.on_root("import"):
        return True
    at = request.unit_id
    if at is None:
        return authority.on_root("see_names") and not _other_office(authority, request.person_id)
    if "see_names" in authority.powers_on(at):
        return True
    if not authority.may("see_names", at):
        return False
    head = next_head(at, authority.day, {request.person_id})
    return head is not None and "see_names" in authority.powers_on(head)


def _other_office(authority: Authority, person: int) -> bool:
    part = current.part()
    codes = [post.code for post in part.posts if "import" in post.may] if part else []
    held = Post.objects.filter(on(authority.day), unit_id=authority.root or 0, post__in=codes)
    return held.exclude(person=person).exists()


def may_see_request(authority: Authority, request: PersonRequest) -> Verdict:
    """May open a request: who asked, and whoever decides such requests."""
    me = authority.person
    if (me is not None and me.pk == request.person_id) or _stands(authority, request):
        return YES
    return no(_("这个申请不归您办。"))


def may_decide_request(authority: Authority, request: PersonRequest) -> Verdict:
    """May grant or refuse: never the person, never who refused it before."""
    me = authority.person
    if me is not None and me.pk == request.person_id:
        return no(_("自己的申请不能自己决定。"))
    if request.state != State.OPEN:
        return no(_("这个申请已经办完了。"))
    if request.appeals and me is not None and request.appeals.decided_by == me.actor.id:
        return no(_("上一次是您决定的：这一次由别人决定。"))
    if _stands(authority, request):
        return YES
    return no(_("这个申请由所在单位的负责人或办公室决定。"))


def may_appeal(authority: Authority, request: PersonRequest) -> Verdict:
    """May put a refused request to the next level up: who asked, once."""
    me = authority.person
    if me is None or me.pk != request.person_id:
        return no(_("只有本人可以请上一级再看。"))
    if request.state != State.REFUSED:
        return no(_("没有同意的申请才能请上一级再看。"))
    if request.appeals_id is not None or PersonRequest.objects.filter(appeals=request).exists():
        return no(_("已经请上一级看过一次。"))
    return YES


def waiting(authority: Authority) -> QuerySet[PersonRequest]:
    """Open requests that this person decides, by date."""
    found = PersonRequest.objects.filter(state=State.OPEN).select_related("person", "unit", "appeals")
    me = authority.person
    if me is not None:
        found = found.exclude(person=me).exclude(appeals__decided_by=me.actor.id)
    if not authority.on_root("import"):
        mine = Q(unit__in=authority.units_with("see_names"))
        if me is None or not authority.anywhere("see_names"):
            return found.none()
        found = found.filter(mine)
    return found.order_by("due_on", "id")


def may_ask_for_glass(authority: Authority) -> Verdict:
    """Whether break-glass is for this reader at all: who sees all units but no names."""
    if authority.person is None or not authority.on_root("see_units") or authority.on_root("import"):
        return no(_("这一步只给看得到全部单位、看不到名字的人用。"))
    return YES


def may_break_glass(authority: Authority, person: Person) -> Verdict:
    """May open one person's entries with a reason: who sees all units but no names, and not the own (DOMAIN.md §7)."""
    if not (verdict := may_ask_for_glass(authority)):
        return verdict
    if may_see_person(authority, person):
        return no(_("这个人的登记您本来就看得到。"))
    if person.erased_on is not None:
        return no(_("这个人的个人信息已经删除。"))
    return YES


def glass_open(authority: Authority, person: Person) -> bool:
    """Whether this person's entries stand open to the reader for the hour; one query."""
    if authority.person is None:
        return False
    return Glass.objects.filter(by=authority.person, person=person, until__gt=timezone.now()).exists()
