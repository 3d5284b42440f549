"""Who sees what on the wall: scopes of publication, names only by consent, who reads questions and deeds.

PRODUCT.md §5: three scopes. A member's name goes beyond the own unit and those above it only by the separate consent,
on every page and on paper; a withdrawn consent takes effect with the next look.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhengyou.commitments import rules
from zhengyou.commitments.figures import UNIT, Map
from zhengyou.commitments.models import Commitment, Deed, WallQuestion
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.models import Unit
from zhengyou.org.rules import Authority
from zhengyou.org.succession import carried

NONE, INSIDE, WEB = 0, 1, 2
"""How far a person's name may go: not beyond the own unit and those above it; the organisation; the open web."""
CONSENT = """(SELECT MAX(CASE WHEN g.purpose = 'name_web' THEN 2 ELSE 1 END) FROM org_consent g
    WHERE g.person_id = {0} AND g.dropped_id IS NULL AND g.valid_from <= :day AND g.valid_to > :day
    AND g.purpose IN ('name_all', 'name_web'))"""
"""The widest standing consent of a person (a column), null without any."""


@dataclass(frozen=True)
class Sight:
    """What one reader sees: scopes beyond the own units, and the units (ids) whose unit scope and names show."""

    me: int | None
    signed_in: bool
    everything: bool
    units: frozenset[int]
    heads: frozenset[int] | None = frozenset()
    """The units whose missing ones the reader may know by name: those the reader heads; None: all (the office)."""

    @classmethod
    def of(cls, authority: Authority, tree: Map) -> Sight:
        """By who asks: nobody (open web), a member, a post and what lies below it, or all units."""
        if authority.everything or authority.on_root("see_units"):
            me = authority.person.pk if authority.person else None
            office = authority.everything or authority.on_root("import")
            heads = None if office else frozenset(authority.units_with("see_names"))
            return cls(me, True, True, frozenset(tree.places), heads)
        if authority.person is None:
            return cls(None, False, False, frozenset())
        units = set(authority.homes)
        for unit, _post, _first in authority.posts:
            if authority.powers_on(unit) and unit in tree.places:
                units |= tree.under(unit)
        heads = frozenset(authority.units_with("see_names"))
        return cls(authority.person.pk, True, False, frozenset(units & tree.places.keys()), heads)

    def where(self, tree: Map) -> str:
        """The condition on commitments (alias c, registered unit alias a); numbers only, no text from outside."""
        if self.everything:
            return ""
        if not self.signed_in:
            return f"c.scope = '{Commitment.Scope.WEB.value}'"
        mine = ", ".join(map(str, sorted(tree.old(self.units)))) or "0"
        scopes = f"'{Commitment.Scope.WEB.value}', '{Commitment.Scope.ORGANISATION.value}'"
        return f"c.scope IN ({scopes}) OR c.member_id = {self.me or 0} OR {UNIT} IN ({mine})"

    def names(self, unit: int, person: int | None, consent: int | None) -> bool:
        """Whether this reader sees the name of a person whose promise stands in a unit."""
        if person is not None and person == self.me:
            return True
        return may_name(consent, NONE if unit in self.units else INSIDE if self.signed_in else WEB)

    def behind(self, unit: int, person: int | None) -> bool:
        """Whether a list of what was not kept may name a person: to that person, the own head and the office only."""
        return person == self.me or self.heads is None or unit in self.heads


def may_name(consent: int | None, reach: int) -> bool:
    """Whether a consent reaches as far as a page or a sheet of paper goes."""
    return (consent or NONE) >= reach


def may_read(authority: Authority, unit_id: int) -> Verdict:
    """May read questions and deeds of a unit: a post with review on it or on the one directly above."""
    if authority.everything or unit_id in readable(authority):
        return YES
    return no(_("只有这个单位的负责人和它的上一级看得到。"))


def readable(authority: Authority) -> set[int]:
    """Ids of the units whose questions and deeds this person reads: with review on them, or directly above; closed ones
    with their successor.
    """
    stands = set(authority.units_with("review"))
    if not stands:
        return set()
    below = Unit.objects.filter(
        placements__parent__in=stands,
        placements__dropped=None,
        placements__valid_from__lte=authority.day,
        placements__valid_to__gt=authority.day,
    )
    return carried(stands | set(below.values_list("pk", flat=True)), authority.day)


def may_answer(authority: Authority, question: WallQuestion) -> Verdict:
    """May answer a question: whoever reads it, once, but never who asked."""
    if question.state != WallQuestion.State.ASKED:
        return no(_("这个问题已经答复过了。"))
    if authority.person is not None and authority.person.pk == question.person_id:
        return no(_("自己问的不能自己答。"))
    return may_read(authority, question.unit_id)


def may_take(authority: Authority, deed: Deed) -> Verdict:
    """May take a difficulty up or decline it: whoever reads it, while it is raised or disputed; never who raised it."""
    if deed.state not in (Deed.State.RAISED, Deed.State.DISPUTED):
        return no(_("这件实事已经有人接了，或者已经办结。"))
    if authority.person is not None and authority.person.pk == deed.raised_by_id:
        return no(_("自己提的由别人接办：请上一级来定。"))
    return may_read(authority, deed.unit_id)


def may_report(authority: Authority, deed: Deed) -> Verdict:
    """May say that it is done: who took it up, or a head of the unit; never who raised it."""
    if deed.state != Deed.State.TAKEN_UP:
        return no(_("接办以后才能报办好了。"))
    me = authority.person
    if me is not None and me.pk == deed.raised_by_id:
        return no(_("办没办好由提的人来认：请接办的人先报。"))
    if me is not None and me.pk == deed.owner_id:
        return YES
    return may_read(authority, deed.unit_id)


def may_judge(authority: Authority, deed: Deed, *, by_code: bool) -> Verdict:
    """May confirm or dispute: only who raised it, signed in or with the code, once it is said to be done."""
    if deed.state != Deed.State.DONE:
        return no(_("报办好了以后才能确认。"))
    me = authority.person
    if by_code or (me is not None and me.pk == deed.raised_by_id):
        return YES
    return no(_("办没办好由提的人来认。"))


def may_promise(authority: Authority, deed: Deed, found: Commitment | None) -> Verdict:
    """May make a new promise of a difficulty: whoever hands in for the unit, once it is taken up and not promised yet.

    `found`: the unit's public commitment, to which it would be added.
    """
    if deed.item_id is not None:
        return no(_("这件难处已经写进了一条承诺。"))
    if deed.state not in (Deed.State.TAKEN_UP, Deed.State.DONE, Deed.State.DISPUTED) or deed.owner_id is None:
        return no(_("接办以后才能写成承诺：要有人办、有日子。"))
    if found is None:
        return no(_("本单位还没有公布的承诺，先写进正在写的那一份。"))
    return rules.may_keep(authority, found)


def may_decide(authority: Authority, deed: Deed, found: Commitment | None) -> Verdict:
    """May say whether the new promise stands: who judges the unit's promises, never who wrote it or is to keep it."""
    if not deed.asks or found is None:
        return no(_("没有等审核的新承诺。"))
    return rules.may_judge(authority, found, (deed.ask_by_id, deed.owner_id))


def may_see_figures(authority: Authority, units: Collection[int]) -> Verdict:
    """May see the figures of these units row by row: at or below an own post, or all for leaders and the office."""
    authority.load(units)
    if all(authority.sees_unit(unit) for unit in units):
        return YES
    return no(_("逐个单位的数只给本单位这条线、领导和办公室看；承诺本身在公示墙上。"))
