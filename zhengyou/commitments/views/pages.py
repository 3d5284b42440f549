"""What the room's pages share: the duty with its commitment, items as they are read, what may be done, the way of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhengyou.campaigns.views import words
from zhengyou.campaigns.views.shown import Page, fetch
from zhengyou.commitments import homes, rules
from zhengyou.commitments.actions.proposing import of_duty
from zhengyou.commitments.models import Commitment, Deed, Item, ItemChange, ItemEvent
from zhengyou.kit import clock
from zhengyou.org.models import Person
from zhengyou.org.rules import Authority

KINDS = {
    Item.Kind.COMMON: gettext_lazy("共性承诺"),
    Item.Kind.POST: gettext_lazy("岗位承诺"),
    Item.Kind.DEED: gettext_lazy("办实事"),
}
SCOPES = {
    Commitment.Scope.UNIT: gettext_lazy("本单位和服务对象"),
    Commitment.Scope.ORGANISATION: gettext_lazy("全组织（登录的人）"),
    Commitment.Scope.WEB: gettext_lazy("互联网（谁都能看）"),
}
STATES = {
    Commitment.State.DRAFT: ("draft", gettext_lazy("草稿")),
    Commitment.State.NOTED: ("draft", gettext_lazy("等本人确认")),
    Commitment.State.PROPOSED: ("rev", gettext_lazy("审核中")),
    Commitment.State.RETURNED: ("back", gettext_lazy("已退回")),
    Commitment.State.APPROVED: ("rev", gettext_lazy("等本人签名")),
    Commitment.State.PUBLISHED: ("ok", gettext_lazy("已公布")),
    Commitment.State.SETTLED: ("ok", gettext_lazy("已办结")),
}
ITEM_STATES = {
    Item.State.OPEN: ("", pgettext_lazy("item", "进行中")),
    Item.State.CLAIMED: ("rev", gettext_lazy("等确认")),
    Item.State.DISPUTED: ("back", gettext_lazy("有不同意见")),
    Item.State.KEPT: ("ok", gettext_lazy("已兑现")),
    Item.State.UNKEPT: ("late", gettext_lazy("没做到")),
    Item.State.RELEASED: ("ex", gettext_lazy("已解除")),
}
STEPS = {
    ItemEvent.Kind.ACCEPTED: gettext_lazy("审核通过这一条"),
    ItemEvent.Kind.RETURNED: gettext_lazy("审核退回这一条"),
    ItemEvent.Kind.PUBLISHED: gettext_lazy("签名公布"),
    ItemEvent.Kind.CLAIMED: gettext_lazy("报了完成情况"),
    ItemEvent.Kind.CONFIRMED: gettext_lazy("认定兑现了"),
    ItemEvent.Kind.DISPUTED: gettext_lazy("有不同意见"),
    ItemEvent.Kind.ASKED: gettext_lazy("申请变更或免除"),
    ItemEvent.Kind.CHANGED: gettext_lazy("同意变更"),
    ItemEvent.Kind.RELEASED: gettext_lazy("同意免除"),
    ItemEvent.Kind.REFUSED: gettext_lazy("没同意"),
    ItemEvent.Kind.UNKEPT: gettext_lazy("按没有兑现办结"),
}
VERDICTS = {
    Item.Verdict.NONE: ("", pgettext_lazy("item", "还没审")),
    Item.Verdict.ACCEPTED: ("ok", pgettext_lazy("item", "这一条通过")),
    Item.Verdict.RETURNED: ("back", pgettext_lazy("item", "这一条退回")),
}

DEED_STATES = {
    Deed.State.RAISED: ("", gettext_lazy("等接办")),
    Deed.State.TAKEN_UP: ("", gettext_lazy("在办")),
    Deed.State.DECLINED: ("ex", gettext_lazy("办不了")),
    Deed.State.DONE: ("rev", gettext_lazy("等提的人确认")),
    Deed.State.DISPUTED: ("back", gettext_lazy("还没办好")),
    Deed.State.CONFIRMED: ("ok", gettext_lazy("办好了")),
    Deed.State.CLOSED: ("ok", gettext_lazy("办好了")),
}
"""State -> class of its shape, word, of a difficulty."""


@dataclass
class Desk:
    """A duty of the room with its commitment, as this reader may see it."""

    request: HttpRequest
    page: Page
    found: Commitment | None

    @classmethod
    def of(cls, request: HttpRequest, pk: int) -> Desk:
        """404 where there is no such duty of this form, or the reader may not know of it."""
        page = Page(request, fetch(request, pk))
        if page.task.form != "commitment":
            raise Http404
        return cls(request, page, of_duty(page.duty))

    @property
    def authority(self) -> Authority:
        """What the reader may."""
        return self.request.authority  # type: ignore[attr-defined]

    @cached_property
    def may_propose(self) -> Any:
        """Whether the reader may write and hand in."""
        return rules.may_propose(self.authority, self.page.duty, self.found, self.page.reviewers)

    @cached_property
    def items(self) -> list[Item]:
        """The items as handed in or noted."""
        if self.found is None:
            return []
        return list(self.found.items.select_related("owner").order_by("place"))


def fetch_commitment(request: HttpRequest, public_id: str) -> tuple[Commitment, int | None]:
    """A commitment and the unit it is kept in today; 404 where there is none."""
    rows = Commitment.objects.select_related(
        "unit", "member", "duty__slot__task__programme", "campaign", "signed_by", "reviewed_by", "oral_by"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found, homes.home(found, clock.today())


def fetch_item(request: HttpRequest, public_id: str) -> tuple[Item, Commitment, int | None]:
    """An item with its commitment, for whoever sees the whole; 404 for others."""
    item = (
        Item.objects.select_related(
            "commitment__member", "commitment__unit", "commitment__duty__slot__task__programme", "owner"
        )
        .filter(public_id=public_id)
        .first()
    )
    if item is None:
        raise Http404
    where = homes.home(item.commitment, clock.today())
    if not rules.sees_whole(request.authority, item.commitment, where):  # type: ignore[attr-defined]
        raise Http404
    return item, item.commitment, where


def whose(found: Commitment, where: int | None) -> tuple[str, str]:
    """Whose it is and where: (member's or unit's name, unit of today); "carried from" where the unit was another."""
    named = words.unit_names({found.unit_id, where})
    here = named.get(where or 0, _("不在任何单位"))
    made = named.get(found.unit_id) or last_name(found.unit_id)
    if found.member is not None:
        return found.member.name, here
    return made, carried_by(named.get(where or 0, "")) if where != found.unit_id else ""


def carried_by(unit: str) -> str:
    """Of a unit that stands no more, who goes on with what it promised (after a split the first of its successors)."""
    if not unit:
        return _("这个单位已经撤销，没有接续的单位，由办公室处理")
    return _("这个单位已经撤销，由「%(unit)s」接着办") % {"unit": unit}


def last_name(unit: int) -> str:
    """The last name of a unit, also of a closed one."""
    from zhengyou.org.models import Placement

    return (
        Placement.objects.filter(unit=unit, dropped=None)
        .order_by("-valid_from")
        .values_list("name", flat=True)
        .first()
        or "—"
    )


def shown(item: Item, *, hints: list[str] | None = None) -> dict[str, Any]:
    """An item as pages show it."""
    cls, word = ITEM_STATES[Item.State(item.state)]
    vcls, verdict = VERDICTS[Item.Verdict(item.verdict)]
    today = clock.today()
    open_ = item.state in (Item.State.OPEN, Item.State.DISPUTED)
    return {
        "item": item,
        "kind": KINDS[Item.Kind(item.kind)],
        "cls": cls,
        "word": word,
        "vcls": vcls,
        "verdict": verdict,
        "owner": item.owner.name if item.owner else item.owner_text,
        "late": (today - item.due_on).days if open_ and item.due_on and item.due_on < today else 0,
        "hints": hints or [],
    }


def steps(items: list[Item]) -> dict[int, list[dict[str, Any]]]:
    """The way of each item, oldest first; one query."""
    out: dict[int, list[dict[str, Any]]] = {item.pk: [] for item in items}
    rows = ItemEvent.objects.filter(item__in=items).select_related("by").order_by("pk")
    for event in rows[:2000]:
        out[event.item_id].append(
            {
                "day": event.day,
                "word": STEPS[ItemEvent.Kind(event.kind)],
                "who": event.by.name if event.by else _("系统"),
                "text": event.text,
            }
        )
    return out


def changes(items: list[Item]) -> dict[int, list[ItemChange]]:
    """What was asked of each item, newest first; one query."""
    out: dict[int, list[ItemChange]] = {item.pk: [] for item in items}
    rows = ItemChange.objects.filter(item__in=items).select_related("by", "decided_by").order_by("-pk")
    for change in rows[:500]:
        out[change.item_id].append(change)
    return out


def me(request: HttpRequest) -> Person:
    """The reader."""
    return request.me  # type: ignore[attr-defined]
