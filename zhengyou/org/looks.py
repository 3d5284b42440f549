"""Who looked at a person: pages opened, lists that held the name, names opened with a reason; for the person to read."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from zhengyou.kit import clock
from zhengyou.org import current, tree
from zhengyou.org.about import Fact
from zhengyou.org.actions.looking import BELOW
from zhengyou.org.models import Affiliation, Closure, Glass, Look, Person, Post, on


def what_word(code: str) -> str:
    """What was looked at, in words."""
    words = {
        "person": _("打开了您的登记"),
        "contact": _("打开了您的登记和联系方式"),
        "glass": _("说明理由后打开了您的登记"),
        "slip": _("打印了您的登录条"),
        "task": _("打开了您的任务"),
        "names": _("看了成员名单"),
        "export": _("导出了成员名单"),
        "missing": _("看了没交的人的名单"),
        "missing_out": _("导出了没交的人的名单"),
    }
    return words.get(code.removesuffix(BELOW), code)


def facts(person: Person, most: int = 2000) -> list[Fact]:
    """Looks at the person, and at lists of the units in which the person was on that day, newest first."""
    spans = Affiliation.objects.filter(person=person, dropped=None)
    here = Q(pk__in=[])
    for unit, start, end in spans.values_list("unit_id", "valid_from", "valid_to"):
        days = Q(day__gte=start, day__lt=end)
        above = Closure.objects.filter(descendant=unit, valid_from__lt=end, valid_to__gt=start)
        here |= days & (Q(unit=unit) | Q(unit__in=above.values("ancestor"), what__endswith=BELOW))
    rows = list(
        Look.objects.filter(Q(person=person) | here)
        .exclude(by=person)
        .select_related("by")
        .order_by("-day", "-id")[:most]
    )
    called = tree.names({row.unit_id for row in rows if row.unit_id}, date.max.replace(day=30))
    posts = _posts({row.by_id for row in rows})
    out = []
    for row in rows:
        name = row.by.name
        if row.by_id in posts:
            name = _("%(name)s（%(posts)s）") % {"name": name, "posts": posts[row.by_id]}
        what = what_word(row.what)
        if row.unit_id:
            what = _("%(what)s（%(unit)s）") % {"what": what, "unit": called.get(row.unit_id, "—")}
        times = _("%(what)s，%(n)d 次") % {"what": what, "n": row.n} if row.n > 1 else what
        out.append(Fact(name, times, row.day, source="—"))
    for glass in Glass.objects.filter(person=person).select_related("by").order_by("-id"):
        text = _("说明理由后打开了您的登记：%(reason)s") % {"reason": glass.reason}
        out.append(Fact(glass.by.name, text, glass.day, glass.entry_id, source="—"))
    return sorted(out, key=lambda fact: fact.day or date.min, reverse=True)


def _posts(people: set[int]) -> dict[int, str]:
    """The posts that these people hold today, in words."""
    words, out = current.words(), dict[int, list[str]]()
    held = Post.objects.filter(on(clock.today()), person__in=people).order_by("person_id", "id")
    for person, post in held.values_list("person_id", "post"):
        label = words(post)
        if label not in out.setdefault(person, []):
            out[person].append(label)
    return {person: _("、").join(labels) for person, labels in out.items()}
