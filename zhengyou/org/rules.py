"""Who may do what with the organisation; authority is computed once per request from dated posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor
from zhengyou.kit import clock, sql
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org import current
from zhengyou.org.models import Affiliation, Person, Placement, Post, Unit, on

ROSTER = ("see_names", "import", "slips")
"""Powers that show the names of the members of the unit and of those below it (DOMAIN.md §7, roster entry)."""


_POSTS = """SELECT unit_id, post, first_responsible FROM org_post WHERE person_id = :person AND dropped_id IS NULL
    AND valid_from <= :day AND valid_to > :day ORDER BY id"""


class Authority:
    """What a person's posts allow on a day: two queries, then answers from memory.

    The line above an asked unit costs one query each (`load` fetches many at once). The operator of the machine
    (command line, ticker) may do everything; the journal names him.
    """

    def __init__(
        self,
        person: Person | None,
        day: date,
        may: Mapping[str, frozenset[str]],
        root: int | None,
        *,
        everything: bool = False,
    ):
        self.person, self.day, self.root, self.everything = person, day, root, everything
        self._lines: dict[int, frozenset[int]] = {}
        self._homes: dict[int, str] | None = None
        self.posts: list[tuple[int, str, bool]] = []
        if person is not None:
            # every page asks: half the time of the same by the ORM
            found = sql.rows(_POSTS, person=person.pk, day=day)
            self.posts = [(unit, post, bool(first)) for unit, post, first in found]
        self._powers: dict[int, set[str]] = defaultdict(set)
        for unit, post, _first in self.posts:
            self._powers[unit] |= may.get(post, frozenset())

    @classmethod
    def of(cls, person: Person | None, day: date, *, everything: bool = False) -> Authority:
        """Authority by the organisation's part in force: one query for it and the root, one for the posts."""
        frame = current.frame(day)
        if frame is None:
            return cls(person, day, {}, None, everything=everything)
        return cls(person, day, frame.may, frame.root, everything=everything)

    def powers_on(self, unit_id: int) -> frozenset[str]:
        """The powers of the posts that stand on this very unit."""
        return frozenset(self._powers.get(unit_id, ()))

    def units_with(self, *powers: str) -> list[int]:
        """Ids of the units on which a post with one of the powers stands (not those below), as appointed."""
        return [unit for unit, has in self._powers.items() if not has.isdisjoint(powers)]

    def may(self, power: str, unit_id: int) -> bool:
        """Whether a post with this power stands on the unit or on one above it."""
        if self.everything or self.on_root(power):
            return True
        stands = self.units_with(power)
        return bool(stands) and not self.line(unit_id).isdisjoint(stands)

    def anywhere(self, *powers: str) -> bool:
        """Whether a post with one of the powers stands on any unit."""
        return self.everything or bool(self.units_with(*powers))

    def on_root(self, power: str) -> bool:
        """Whether a post with this power stands on the root: then the whole organisation is in reach."""
        return self.everything or (self.root is not None and power in self._powers.get(self.root, ()))

    def sees_unit(self, unit_id: int) -> bool:
        """Whether the unit's figures may be seen by row: at or below a post with any power, or all for see_units."""
        if self.on_root("see_units"):
            return True
        stands = [unit for unit, has in self._powers.items() if has]
        return bool(stands) and not self.line(unit_id).isdisjoint(stands)

    def sees_names(self, unit_id: int) -> bool:
        """Whether the unit's roster may be seen with names: its secretary, one above, or the office."""
        return any(self.may(power, unit_id) for power in ROSTER)

    @property
    def homes(self) -> dict[int, str]:
        """The person's own units on the day: unit id to role R or A; one query, once."""
        if self._homes is None:
            self._homes = {}
            if self.person is not None:
                rows = self.person.affiliations.filter(on(self.day)).order_by("-role")
                self._homes = dict(rows.values_list("unit_id", "role"))
        return self._homes

    def belongs_to(self, unit_id: int) -> bool:
        """Whether the person is a member of this very unit, registered or for activities."""
        return unit_id in self.homes

    def opens_unit(self, unit_id: int) -> bool:
        """Whether the unit's page exists for this person: an own unit, or one that is seen by row."""
        return self.sees_unit(unit_id) or self.belongs_to(unit_id)

    def line(self, unit_id: int) -> frozenset[int]:
        """Ids of the unit and all units above it on the day."""
        if unit_id not in self._lines:
            self.load([unit_id])
        return self._lines[unit_id]

    def load(self, unit_ids: Iterable[int]) -> None:
        """Fetch the lines above many units with one query."""
        wanted = {int(unit) for unit in unit_ids} - self._lines.keys()
        if not wanted:
            return
        ids = ", ".join(map(str, sorted(wanted)))
        lines: dict[int, set[int]] = {unit: set() for unit in wanted}
        for unit, ancestor in sql.rows(
            f"""SELECT descendant_id, ancestor_id FROM org_closure WHERE descendant_id IN ({ids})
                AND valid_from <= :day AND valid_to > :day""",
            day=self.day,
        ):
            lines[unit].add(ancestor)
        self._lines |= {unit: frozenset(line) for unit, line in lines.items()}

    def know(self, unit_id: int, line: Iterable[int]) -> None:
        """Take over a line that the page has read anyway, so that it is not read twice."""
        self._lines.setdefault(unit_id, frozenset(line))


def authority_for(by: Actor) -> Authority:
    """The authority behind an actor: the person's, or everything for the machine's operator."""
    if by.id.startswith(("cli:", "system:")):
        return Authority.of(None, clock.today(), everything=True)
    return Authority.of(Person.objects.filter(public_id=by.id).first(), clock.today())


def may_change_roster(authority: Authority, unit_ids: Iterable[int]) -> Verdict:
    """May add, move and end members of these units (power `import` on each or above it)."""
    units = list(unit_ids)
    if not authority.on_root("import"):
        authority.load(units)
    if all(authority.may("import", unit) for unit in units):
        return YES
    return no(_("花名册由办公室登记：请把变动告诉办公室。"))


def may_add_unit(authority: Authority, unit: Unit) -> Verdict:
    """May found a unit under this one, or rename it (power `import`)."""
    if not authority.may("import", unit.pk):
        return no(_("单位由办公室设立：请把决定告诉办公室。"))
    if unit.closed_on <= authority.day:
        return no(_("这个单位已经撤销，下面不能再设单位。"))
    return YES


def may_decide_unit(authority: Authority, unit: Unit) -> Verdict:
    """May rename, hang elsewhere, merge, split or dissolve this unit: its superior decides (S1; power `import` above it).

    The root has no superior: whoever imports there may rename it, nothing else can become of it.
    """
    return may_decide_below(authority, unit, _superior(unit, authority.day))


def may_decide_below(authority: Authority, unit: Unit, superior: int | None) -> Verdict:
    """As `may_decide_unit`, by whoever knows what the unit hangs below."""
    if unit.closed_on <= authority.day:
        return no(_("这个单位已经撤销，不能再变动。"))
    if not authority.may("import", unit.pk if superior is None else superior):
        return no(_("单位的变动由上级决定、办公室登记：请把决定告诉办公室。"))
    return YES


def may_close_unit(authority: Authority, unit: Unit) -> Verdict:
    """May merge, split, dissolve this unit or hang it elsewhere: as `may_decide_unit`, but never the root."""
    return may_close_below(authority, unit, _superior(unit, authority.day))


def may_close_below(authority: Authority, unit: Unit, superior: int | None) -> Verdict:
    """As `may_close_unit`, by whoever knows what the unit hangs below."""
    verdict = may_decide_below(authority, unit, superior)
    if verdict and superior is None:
        return no(_("这是最上级的单位：它上面没有可以作决定的单位。"))
    return verdict


def _superior(unit: Unit, day: date) -> int | None:
    placement = Placement.objects.filter(on(day), unit=unit).first()
    return placement.parent_id if placement is not None else None


def may_put_away(authority: Authority, unit: Unit) -> Verdict:
    """May drop a planned change of this unit: whoever may decide about it, also after the unit was closed."""
    superior = _superior(unit, authority.day)
    if authority.may("import", unit.pk if superior is None else superior):
        return YES
    return no(_("单位的变动由上级决定、办公室登记：请把决定告诉办公室。"))


def may_see_plans(authority: Authority) -> Verdict:
    """May see the changes planned for a later day: whoever decides about units somewhere (power `import`)."""
    if authority.anywhere("import"):
        return YES
    return no(_("计划中的单位变动只有办公室看得到。"))


def may_appoint(authority: Authority, unit: Unit) -> Verdict:
    """May appoint to posts of this unit and end them (power `appoint` on it or above)."""
    if not authority.may("appoint", unit.pk):
        return no(_("任免由办公室登记：请把决定告诉办公室。"))
    if unit.closed_on <= authority.day:
        return no(_("这个单位已经撤销，不能再任职。"))
    return YES


def may_delegate(authority: Authority, post: Post) -> Verdict:
    """May let somebody act for the holder of this post for a time: whoever may appoint; never of an acting person's."""
    if not (may := may_appoint(authority, post.unit)):
        return may
    if post.acting_for_id is not None:
        return no(_("代行的职务不能再让人代行。"))
    return YES


def may_end_post(authority: Authority, post: Post) -> Verdict:
    """May end this post; never the last one that can appoint, or nobody could ever appoint again."""
    if not authority.may("appoint", post.unit_id):
        return no(_("任免由办公室登记：请把决定告诉办公室。"))
    part = current.part()
    if post.unit_id == authority.root and part is not None and "appoint" in part.may(post.post):
        codes = [p.code for p in part.posts if "appoint" in p.may]
        others = Post.objects.filter(
            on(authority.day), unit_id=authority.root, post__in=codes, acting_for=None
        )
        if not others.exclude(pk=post.pk).exists():
            return no(_("这是最后一位能办任免的人：先任命接任的人，再免去这一位。"))
    return YES


def may_make_slips(authority: Authority, person: Person) -> Verdict:
    """May print a sign-in slip for this person; see `slips_for`."""
    return slips_for(authority, [person])[person.pk]


def slips_for(
    authority: Authority,
    people: list[Person],
    known: Mapping[int, Iterable[int]] | None = None,
    posts: Iterable[Post] | None = None,
) -> dict[int, Verdict]:
    """For whom of these people slips may be printed, by id; a few queries for all of them.

    `known`: the units in which they are registered, `posts`: all posts they ever held; by whoever has read them.

    A slip hands over the account, so never for one's superiors: the registered unit and every post that carries a
    power must lie in the reach of the maker's `slips`.
    """
    if authority.on_root("slips"):
        return {person.pk: YES for person in people}
    part = current.part()
    homes: dict[int, list[int]] = defaultdict(
        list, {person: list(units) for person, units in (known or {}).items()}
    )
    if known is None:
        held = Affiliation.objects.filter(on(authority.day), role="R", person__in=people)
        for person_id, unit in held.values_list("person_id", "unit_id"):
            homes[person_id].append(unit)
    stands: dict[int, list[int]] = defaultdict(list)
    if posts is None:
        posts = Post.objects.filter(person__in=people, dropped=None, valid_to__gt=authority.day)
    for post in posts:
        lasts = post.dropped_id is None and post.valid_to > authority.day
        if lasts and part is not None and part.may(post.post):
            stands[post.person_id].append(post.unit_id)
    authority.load({unit for units in [*homes.values(), *stands.values()] for unit in units})

    def one(person: int) -> Verdict:
        if not homes[person] or not all(authority.may("slips", unit) for unit in homes[person]):
            return no(_("登录条只能给自己单位的人打印。"))
        if not all(authority.may("slips", unit) for unit in stands[person]):
            return no(_("这个人在别的单位有职务：登录条由办公室打印。"))
        return YES

    return {person.pk: one(person.pk) for person in people}


def may_see_person(authority: Authority, person: Person, units: Iterable[int] | None = None) -> Verdict:
    """May open the person's page with all roster entries: the person, the own line's secretaries, the office.

    `units`: the person's own units on the day, by whoever has read them.
    """
    if authority.person is not None and authority.person.pk == person.pk:
        return YES
    if authority.on_root("import") or authority.on_root("slips"):
        return YES
    units = _units_of(person, authority.day) if units is None else list(units)
    authority.load(units)
    if any(authority.sees_names(unit) for unit in units):
        return YES
    return no(_("这个人不在您的单位里。"))


def _units_of(person: Person, day: date) -> list[int]:
    return list(person.affiliations.filter(on(day)).values_list("unit_id", flat=True))


def may_see_contact(authority: Authority, person: Person, units: Iterable[int] | None = None) -> Verdict:
    """May see e-mail and phone: the person, the secretary of the own unit, the office (DOMAIN.md §7); `units` likewise."""
    if authority.person is not None and authority.person.pk == person.pk:
        return YES
    if authority.on_root("import"):
        return YES
    units = _units_of(person, authority.day) if units is None else units
    if any("see_names" in authority.powers_on(unit) for unit in units):
        return YES
    return no(_("联系方式只有本人、所在单位的负责人和办公室看得到。"))


def may_set_contact(authority: Authority, person: Person) -> Verdict:
    """May change e-mail and phone: whoever may see them."""
    return may_see_contact(authority, person)
