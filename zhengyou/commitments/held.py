"""What the room holds about a person: promises with their way, questions and difficulties brought by name; for my information."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengyou.campaigns.views import words
from zhengyou.commitments.models import Commitment, Deed, Item, ItemChange, ItemEvent, WallQuestion
from zhengyou.commitments.views.pages import ITEM_STATES, STATES, STEPS
from zhengyou.org.about import Fact, Section, Source
from zhengyou.org.models import Person

MOST = 1000
"""Facts of one sort."""


def verb(code: str) -> str:
    """What an entry of this room did, in words; "" for other rooms' verbs."""
    return {
        "commitment.proposed": _("交上承诺"),
        "commitment.withdrawn": _("撤回承诺"),
        "commitment.reviewed": _("逐条审核承诺"),
        "commitment.signed": _("签名公布承诺"),
        "commitment.noted": _("替人记下口头承诺"),
        "commitment.claimed": _("报承诺完成情况"),
        "commitment.judged": _("认定承诺兑现"),
        "commitment.unkept": _("按没有兑现办结"),
        "commitment.change_asked": _("申请变更承诺"),
        "commitment.release_asked": _("申请免除承诺"),
        "commitment.change_decided": _("决定变更或免除"),
        "commitment.change_withdrawn": _("撤回变更或免除的申请"),
        "wall.asked": _("从承诺墙提问"),
        "wall.answered": _("答复承诺墙的问题"),
        "deed.raised": _("提难处"),
        "deed.taken_up": _("接办难处"),
        "deed.declined": _("说明难处办不了"),
        "deed.done": _("报难处办好了"),
        "deed.confirmed": _("确认难处办好了"),
        "deed.disputed": _("说难处还没办好"),
        "deed.linked": _("把难处写进承诺"),
        "deed.promise_asked": _("把难处写成新的承诺"),
        "deed.promise_decided": _("审核由难处写成的承诺"),
        "commitment.day_played": _("演示故事的一天"),
    }.get(code, "")


def _promises(person: Person) -> Section:
    """The own commitments, item by item, as they stand."""
    rows = Item.objects.filter(commitment__member=person).select_related("commitment__campaign")
    facts = []
    for item in rows.order_by("-commitment", "place")[:MOST]:
        one = item.commitment
        word = (
            ITEM_STATES[Item.State(item.state)][1]
            if one.is_public
            else STATES[Commitment.State(one.state)][1]
        )
        parts = (item.text, item.measure, item.how, item.due_on and item.due_on.isoformat(), str(word))
        name = _("%(campaign)s，第 %(n)s 条") % {"campaign": words.label(one.campaign), "n": item.place}
        day = one.published_on or one.proposed_on or one.oral_on
        url = reverse("commitment", args=[one.public_id])
        facts.append(Fact(name, _("；").join(p for p in parts if p), day, one.entry_id, url=url))
    return Section("promises", _("我的公开承诺"), facts)


def _steps(person: Person) -> Section:
    """What was said and decided about the own promises."""
    rows = ItemEvent.objects.filter(item__commitment__member=person).select_related("by", "item")
    facts = [
        Fact(
            _("第 %(n)s 条：%(step)s") % {"n": row.item.place, "step": STEPS[ItemEvent.Kind(row.kind)]},
            _("；").join(x for x in (row.text, row.by.name if row.by else "") if x),
            row.day,
            row.entry_id,
        )
        for row in rows.order_by("-id")[:MOST]
    ]
    return Section("promise_steps", _("承诺的兑现经过"), facts)


def _changes(person: Person) -> Section:
    """Changes and releases asked for the own promises, with both texts."""
    rows = ItemChange.objects.filter(item__commitment__member=person).order_by("-id")[:MOST]
    facts = []
    for row in rows:
        name = _("申请变更") if row.kind == ItemChange.Kind.CHANGE else _("申请免除")
        parts = (row.old_text, row.new_text, row.reason, row.told, row.answer)
        facts.append(Fact(name, _("；").join(p for p in parts if p), row.asked_on, row.entry_id))
    return Section("promise_changes", _("承诺的变更和免除"), facts)


def _questions(person: Person) -> Section:
    """Questions asked from the wall by name."""
    facts = []
    for row in WallQuestion.objects.filter(person=person).order_by("-id")[:MOST]:
        text = _("；").join(x for x in (row.text, row.answer) if x)
        facts.append(Fact(_("从承诺墙问的"), text, row.asked_on, row.entry_id))
    return Section("wall_questions", _("从承诺墙问的"), facts)


def _difficulties(person: Person) -> Section:
    """Difficulties raised by name, and those the person sees to."""
    facts = [
        Fact(
            _("提的难处") if row.raised_by_id == person.pk else _("接办的难处"),
            _("；").join(x for x in (row.text, row.reason, row.outcome, row.reply, row.ask_text) if x),
            row.raised_on,
            row.entry_id,
        )
        for row in Deed.objects.filter(Q(raised_by=person) | Q(owner=person)).order_by("-id")[:MOST]
    ]
    return Section("deeds", _("提的和接办的难处"), facts)


SOURCES = (
    Source("promises", "written", _promises),
    Source("promise_steps", "work", _steps),
    Source("promise_changes", "work", _changes),
    Source("wall_questions", "written", _questions),
    Source("deeds", "rights", _difficulties),
)
"""All sorts of facts, each newest first, with the part of my information that shows it."""
