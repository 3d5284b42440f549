"""Whose information is due for deletion, since when and why, and what stands against it; reads only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org import current
from zhengyou.org.models import Affiliation, Person, PersonRequest, Post, RosterImport, RosterRow
from zhengyou.org.rules import Authority

DEFAULT_DAYS = 730
"""Days after the last membership or post where the organisation's part states none (DOMAIN.md §7: two years)."""
PAGE = 50
"""Persons on one list, and erased with one confirmation at most."""


def retention_days() -> int:
    """The longest of the organisation's stated times: everything about a person goes at once, with what is kept longest."""
    part = current.part()
    stated = [days for days in (part.retention.values() if part else ()) if days]
    return max(stated, default=DEFAULT_DAYS)


@dataclass(frozen=True)
class Due:
    """One person on the list: since when, why (`asked`: a granted request), and what stands against it ("": nothing)."""

    person: Person
    since: date
    asked: bool
    against: str

    @property
    def id(self) -> str:
        """The address of the person."""
        return self.person.public_id


def _gone(day: date) -> QuerySet[Person]:
    """Persons who on a day are in no unit and hold no post, now or later."""
    mine = Q(person=OuterRef("pk"), dropped=None, valid_to__gt=day)
    return Person.objects.filter(
        ~Exists(Affiliation.objects.filter(mine)), ~Exists(Post.objects.filter(mine)), erased_on=None
    )


def due(day: date) -> list[Due]:
    """Whose time is up, or whose request was granted; a page of them, oldest first; three queries."""
    granted = PersonRequest.objects.filter(kind="erase", state=PersonRequest.State.GRANTED)
    asked = dict(granted.filter(person__erased_on=None).values_list("person_id", "decided_on"))
    held = Q(affiliations__dropped=None, affiliations__valid_to__lte=day)
    posts = Q(posts__dropped=None, posts__valid_to__lte=day)
    people = _gone(day).annotate(
        last_unit=Max("affiliations__valid_to", filter=held), last_post=Max("posts__valid_to", filter=posts)
    )
    until = day - timedelta(days=retention_days())
    late = (Q(last_unit__lte=until) & (Q(last_post=None) | Q(last_post__lte=until))) | (
        Q(last_unit=None) & Q(last_post__lte=until)
    )
    found = []
    for person in people.filter(late | Q(pk__in=list(asked))).order_by("id")[:PAGE]:
        ends = [end for end in (person.last_unit, person.last_post) if end]
        since = asked.get(person.pk) or (max(ends) + timedelta(days=retention_days()))
        found.append(Due(person, since, person.pk in asked, against(person)))
    return sorted(found, key=lambda one: (one.since, one.person.pk))


def against(person: Person) -> str:
    """What stands against deleting: a hold with its reason, or a roster under comparison that names the person."""
    if person.hold:
        return _("暂不删除：%(reason)s") % {"reason": person.hold}
    rows = RosterRow.objects.filter(roster__state=RosterImport.State.PARSED)
    if person.number and rows.filter(number=person.number).exists():
        return _("正在核对的名册里有这个人：先导入或放弃那份名册")
    return ""


def fingerprint(found: list[Due]) -> str:
    """What was shown: who, why, what stands against it."""
    shown = [[one.id, one.since.isoformat(), one.asked, one.against] for one in found]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:32]


def may_erase(authority: Authority) -> Verdict:
    """May see the list, hold and delete: the office."""
    if authority.on_root("import"):
        return YES
    return no(_("到期删除由办公室办。"))
