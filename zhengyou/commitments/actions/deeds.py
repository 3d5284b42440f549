"""Real difficulties of those a unit serves: raised, taken up or declined, done, confirmed or disputed by who raised them."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from zhengyou.commitments import counting, hints, rules_wall
from zhengyou.commitments.actions import writing
from zhengyou.commitments.actions.asking import WALL, said
from zhengyou.commitments.homes import of_deed
from zhengyou.commitments.models import Commitment, Deed, Item, ItemEvent
from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.ids import new_id
from zhengyou.kit.verdict import Verdict, insist
from zhengyou.org.actions.accounts import digest_of
from zhengyou.org.models import Affiliation, Person, Unit, on
from zhengyou.org.rules import Authority, authority_for
from zhengyou.org.succession import carried, successors

S = Deed.State


def raise_deed(unit: Unit, text: str, *, by: Actor, address: str = "") -> tuple[Deed, str]:
    """Bring a difficulty to a unit; without a name (`by` = WALL) the code that opens it comes along."""
    text = said("text", text, _("写上难处是什么。"))
    person = Person.objects.filter(public_id=by.id).first() if by != WALL else None
    code = "" if person else new_id()
    if person is None:
        counting.tell("deed", address)
    with record("deed.raised", by=by, unit=unit.public_id) as entry:
        if unit.closed_on <= clock.today():
            raise Invalid(Problem("unit", _("这个单位已经撤销：请选现在的单位。")))
        made = Deed.objects.create(
            unit=unit,
            text=text,
            raised_by=person,
            named=person is not None,
            code_hash=digest_of("wall", code) if code else "",
            raised_on=clock.today(),
            entry_id=entry.id,
        )
        entry.row.subject = f"deed:{made.public_id}"
        entry.note(named=person is not None)
    if person is None:
        counting.add("deed", address)
    return made, code


def take_up(deed: Deed, owner: Person | None, due_on: date | None, *, by: Actor) -> None:
    """Take a difficulty up: who of the unit sees to it, and by when."""
    problems = []
    if owner is None:
        problems.append(Problem("owner", _("选一位本单位的人来办。")))
    if due_on is None:
        problems.append(Problem("due_on", _("写上哪天以前办好。")))
    elif due_on < clock.today():
        problems.append(Problem("due_on", _("这一天已经过去了：写今天或以后的日子。")))
    if problems:
        raise Invalid(*problems)
    assert owner is not None
    with record("deed.taken_up", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        insist(rules_wall.may_take(authority, deed))
        if owner.pk == deed.raised_by_id:
            raise Invalid(Problem("owner", _("提的人不能自己办自己确认：换一位。")))
        at = successors({deed.unit_id}, authority.day)[deed.unit_id]
        if not Affiliation.objects.filter(on(clock.today()), person=owner, unit=at).exists():
            raise Invalid(Problem("owner", _("选一位本单位的人来办。")))
        deed.owner, deed.due_on, deed.state = owner, due_on, S.TAKEN_UP
        deed.taken_by, deed.taken_on, deed.reason = authority.person, clock.today(), ""
        _save(entry, deed, "owner", "due_on", "taken_by", "taken_on", "reason")


def decline(deed: Deed, reason: str, *, by: Actor) -> None:
    """Say why a difficulty is not taken up; who raised it reads the reason."""
    reason = said("reason", reason, _("写上为什么办不了，提的人看得到。"))
    with record("deed.declined", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        insist(rules_wall.may_take(authority, deed))
        deed.reason, deed.state = reason, S.DECLINED
        deed.taken_by, deed.taken_on = authority.person, clock.today()
        _save(entry, deed, "reason", "taken_by", "taken_on")


def done(deed: Deed, outcome: str, *, by: Actor) -> None:
    """Say what was done; it waits for who raised it."""
    outcome = said("outcome", outcome, _("写上办成了什么样。"))
    with record("deed.done", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        insist(rules_wall.may_report(authority, deed))
        deed.outcome, deed.state, deed.done_on = outcome, S.DONE, clock.today()
        _save(entry, deed, "outcome", "done_on")


def confirm(deed: Deed, *, by: Actor, by_code: bool = False) -> None:
    """Who raised it says that it was done."""
    with record("deed.confirmed", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        insist(_judges(authority, deed, by_code))
        deed.state, deed.confirmed_on = S.CONFIRMED, clock.today()
        _save(entry, deed, "confirmed_on")


def dispute(deed: Deed, reply: str, *, by: Actor, by_code: bool = False) -> None:
    """Who raised it says what is still missing; it is to be taken up again."""
    reply = said("reply", reply, _("写上哪里还没有办好。"))
    with record("deed.disputed", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        insist(_judges(authority, deed, by_code))
        deed.reply, deed.state = reply, S.DISPUTED
        _save(entry, deed, "reply")


def link(deed: Deed, item: Item, *, by: Actor) -> None:
    """Name the unit's promise into which a difficulty was turned."""
    with record("deed.linked", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        insist(rules_wall.may_read(authority, deed.unit_id))
        at = successors({deed.unit_id}, authority.day)[deed.unit_id]
        if item.commitment.member_id is not None or item.commitment.unit_id not in carried(
            {at}, authority.day
        ):
            raise Invalid(Problem("item", _("选本单位自己的一条承诺。")))
        deed.item, deed.ask_on = item, None
        _save(entry, deed, "item", "ask_on")


def ask_promise(deed: Deed, text: str, measure: str, *, by: Actor) -> None:
    """Want to make a new promise of a difficulty in the unit's public commitment: its owner and day are the deed's.

    Who asks signs these words; they stand nowhere in public until the level above has accepted them.
    """
    problems = [] if text.strip() else [Problem("new_text", _("写上承诺做什么。"))]
    for name, said_ in (("new_text", text), ("new_measure", measure)):
        if len(said_.strip()) > writing.LONGEST:
            problems.append(Problem(name, _("最多 %(n)s 字。") % {"n": writing.LONGEST}))
    if problems:
        raise Invalid(*problems)
    with record("deed.promise_asked", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        found = of_deed(deed, authority.day)
        insist(rules_wall.may_promise(authority, deed, found))
        assert found is not None
        if found.items.count() >= writing.MOST:
            raise Invalid(Problem("new_text", _("这份承诺已经有 %(n)s 条，不能再加。") % {"n": writing.MOST}))
        deed.ask_text, deed.ask_measure, deed.ask_answer = text.strip(), measure.strip(), ""
        deed.ask_by, deed.ask_on = authority.person, clock.today()
        _save(entry, deed, *ASKED)
        entry.note(text=deed.ask_text, measure=deed.ask_measure)


def decide_promise(deed: Deed, accepted: bool, answer: str = "", *, by: Actor) -> None:
    """Accept the words, which are published at once as one more item of the unit's commitment, or say why not."""
    if not accepted:
        answer = said("ask_answer", answer, _("写上为什么不同意：写的人要看到理由。"))
    with record("deed.promise_decided", by=by, subject=f"deed:{deed.public_id}") as entry:
        authority, deed = _locked(deed, by)
        found = of_deed(deed, authority.day)
        insist(rules_wall.may_decide(authority, deed, found))
        assert found is not None
        if accepted:
            deed.item = _added(entry, found, deed, authority.person)
        else:
            deed.ask_answer = answer
        _save(entry, deed, "item", *ASKED)
        entry.note(accepted=accepted, answer=answer)


ASKED = ("ask_text", "ask_measure", "ask_answer", "ask_by", "ask_on")


def _added(entry: OpenEntry, found: Commitment, deed: Deed, judge: Person | None) -> Item:
    """The words as an item of a public commitment, which is open again if it was settled."""
    last = found.items.aggregate(Max("place"))["place__max"] or 0
    item = Item.objects.create(
        commitment=found,
        place=last + 1,
        kind=Item.Kind.DEED,
        text=deed.ask_text,
        measure=deed.ask_measure,
        due_on=deed.due_on,
        owner=deed.owner,
        same=hints.digest(deed.ask_text),
        verdict=Item.Verdict.ACCEPTED,
    )
    writing.step(entry, [item], ItemEvent.Kind.ACCEPTED, judge)
    writing.step(entry, [item], ItemEvent.Kind.PUBLISHED, deed.ask_by)
    if found.state == Commitment.State.SETTLED:
        found.state, found.settled_on = Commitment.State.PUBLISHED, None
    writing.bump(found)
    return item


def _judges(authority: Authority, deed: Deed, by_code: bool) -> Verdict:
    return rules_wall.may_judge(authority, deed, by_code=by_code and bool(deed.code_hash))


def _locked(deed: Deed, by: Actor) -> tuple[Authority, Deed]:
    """The deed as it is now, locked; refused where somebody was faster."""
    authority = Authority.of(None, clock.today()) if by == WALL else authority_for(by)
    found = Deed.objects.select_for_update().get(pk=deed.pk)
    if found.version != deed.version:
        raise Conflict(_("刚才这件实事有了变动，没有改动什么；刷新后再看。"))
    return authority, found


def _save(entry: OpenEntry, deed: Deed, *fields: str) -> None:
    deed.version += 1
    deed.save(update_fields=["state", "version", *fields])
    entry.note(state=int(deed.state))
    entry.row.unit = Unit.objects.values_list("public_id", flat=True).get(pk=deed.unit_id)
