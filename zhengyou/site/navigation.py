"""The one visible list of places: for whom, where, under which heading. What has no address yet is not shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengyou.org.rules import Authority

Rule = Callable[[Authority], bool]

# A context keeps these short words apart from the same words in the rooms' catalogues.
WORK = pgettext_lazy("navigation", "工作")
CAMPAIGN = pgettext_lazy("navigation", "活动")
BASE = pgettext_lazy("navigation", "基础")
MINE = pgettext_lazy("navigation", "我的")
UNIT = pgettext_lazy("navigation", "单位")


def anybody(authority: Authority) -> bool:
    """Whoever has signed in."""
    return True


def has_post(authority: Authority) -> bool:
    """Whoever holds a post on any unit."""
    return bool(authority.posts)


def power(name: str) -> Rule:
    """Whoever holds a post with this power on any unit."""
    return lambda authority: authority.anywhere(name)


def decides(authority: Authority) -> bool:
    """Whoever decides requests of persons: heads of units and the office."""
    return authority.anywhere("see_names") or authority.on_root("import")


def keeps_members(authority: Authority) -> bool:
    """Heads of units and the office: whoever releases and receives members."""
    return authority.anywhere("import", "see_names")


def keeps_roster(authority: Authority) -> bool:
    """The office: whoever registers members for the whole organisation."""
    return authority.on_root("import")


def breaks_glass(authority: Authority) -> bool:
    """Whoever sees all units but no names."""
    return authority.on_root("see_units") and not authority.on_root("import")


@dataclass(frozen=True)
class Place:
    """One entry: key, words, name of its address, drawing, heading, and who sees it."""

    key: str
    label: Any
    route: str
    icon: str
    group: Any
    rule: Rule
    short: Any = ""
    below: bool = True
    """Whether the pages below its address belong to it too."""
    also: str = ""
    """The beginning of further addresses that belong to it."""


PLACES = (
    Place("desk", _("工作台"), "desk", "home", WORK, anybody, pgettext_lazy("navigation", "待办")),
    Place("board", _("进度总览"), "board", "chart-bar", WORK, has_post),
    Place(
        "reviews",
        _("待我审核"),
        "reviews",
        "clipboard-check",
        WORK,
        power("review"),
        pgettext_lazy("navigation", "审核"),
    ),
    Place("asked", _("上下问答"), "asked", "message-circle", WORK, anybody),
    Place("duties", _("任务清单"), "duties", "clipboard-list", WORK, power("exempt"), below=False),
    Place("campaigns", _("活动方案"), "campaigns", "package", CAMPAIGN, anybody),
    Place("plans", _("实施方案"), "plans", "file-diff", CAMPAIGN, anybody),
    Place("work", _("年度要点"), "work_items", "clipboard-list", CAMPAIGN, has_post),
    Place("commitments", _("承诺和兑现"), "commitments", "clipboard-check", CAMPAIGN, anybody),
    Place(
        "wall",
        _("公开承诺墙"),
        "wall",
        "speakerphone",
        CAMPAIGN,
        anybody,
        pgettext_lazy("navigation", "公示"),
        also="/deeds/",
    ),
    Place("units", _("组织与成员"), "units", "sitemap", BASE, has_post),
    Place("requests", _("个人申请"), "requests", "message-circle", BASE, decides),
    Place("glass", _("凭理由打开登记"), "glass", "lock", BASE, breaks_glass),
    Place("changes", _("单位变动"), "changes", "history", BASE, power("import")),
    Place("outbox", _("发件箱"), "outbox", "send", BASE, keeps_roster),
    Place("vacancies", _("负责人空缺"), "vacancies", "user-off", BASE, power("appoint")),
    Place("transfers", _("组织关系转接"), "transfers", "switch-horizontal", BASE, keeps_members),
    Place("terms", _("任期"), "terms", "calendar", BASE, power("appoint")),
    Place("roster", _("花名册导入"), "roster", "upload", BASE, power("import")),
)
#: The phone's tabs for members and secretaries, in this order.
TABS = ("me", "desk", "wall", "unit")


@dataclass
class Item:
    """A place as one reader sees it."""

    key: str
    label: Any
    url: str
    icon: str
    here: bool = False
    badge: int = 0


@dataclass
class Group:
    """A heading of the side bar with its places."""

    label: Any
    items: list[Item]


@dataclass
class Navigation:
    """Side bar, menu and tabs of one reader; `record` is the way to everything kept about that reader.

    `more` are the places that the tabs have no room for: they stand in the menu of the account.
    """

    groups: list[Group] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    tabs: list[Item] = field(default_factory=list)
    more: list[Item] = field(default_factory=list)
    menu: bool = False
    record: str = ""


@cache
def address(route: str, *args: object) -> str:
    """The address of a named door, or "" while its room does not exist."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def build(request: HttpRequest) -> Navigation:
    """What this reader's posts allow, with the present place marked; badges come from `request.badges`, if a page set it."""
    me, authority = getattr(request, "me", None), getattr(request, "authority", None)
    if me is None or authority is None:
        return Navigation()
    badges = getattr(request, "badges", {})
    items: list[tuple[Any, Item]] = []
    for place in PLACES:
        url = address(place.route)
        if url and place.rule(authority):
            items.append(
                (place.group, Item(place.key, place.label, url, place.icon, badge=badges.get(place.key, 0)))
            )
    alone = {place.key for place in PLACES if not place.below}
    also = {place.key: place.also for place in PLACES if place.also}

    def holds(item: Item) -> bool:
        """Whether the page asked for belongs to this place."""
        if item.key in also and request.path.startswith(also[item.key]):
            return True
        return request.path == item.url or (item.key not in alone and request.path.startswith(item.url))

    here = max((item for _group, item in items if holds(item)), key=lambda i: len(i.url), default=None)
    if here is not None:
        here.here = True
    found = Navigation(items=[item for _group, item in items], record=address("me"))
    for label in (WORK, CAMPAIGN, BASE):
        group = [item for of, item in items if of is label]
        if group:
            found.groups.append(Group(label, group))
    wide = any(authority.anywhere(name) for name in ("import", "appoint", "start", "see_units"))
    found.menu = wide
    if not wide:
        found.tabs = _tabs(request, found)
        found.more = [item for item in found.items if item.key not in TABS]
    return found


def _tabs(request: HttpRequest, found: Navigation) -> list[Item]:
    """My record, my desk, the wall, my unit: whichever of these there are."""
    known = {item.key: item for item in found.items}
    short = {place.key: place.short for place in PLACES}
    tabs = []
    for key in TABS:
        if key == "me" and found.record:
            tabs.append(Item(key, MINE, found.record, "user", request.path.startswith(found.record)))
        elif key == "unit" and (url := address("my_unit")):
            tabs.append(Item(key, UNIT, url, "sitemap", request.path.startswith(url)))
        elif key in known:
            item = known[key]
            icon = "list-check" if key == "desk" else item.icon
            tabs.append(Item(key, short[key] or item.label, item.url, icon, item.here, item.badge))
    return tabs
