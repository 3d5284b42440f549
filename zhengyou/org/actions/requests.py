"""What a person asks about the own data: correct, object, erase; decided with both texts kept, applied in the same step."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry, record
from zhengyou.kit import clock
from zhengyou.kit.faults import Conflict, Invalid, Problem
from zhengyou.kit.verdict import insist
from zhengyou.org import current, people, rights, rules, tree
from zhengyou.org.about import CORRECTION_DAYS
from zhengyou.org.actions.members import check_contact, move
from zhengyou.org.actions.rows import Then
from zhengyou.org.models import Affiliation, Person, PersonRequest, Unit, User
from zhengyou.org.names import clean_name, sort_key

Kind, State = PersonRequest.Kind, PersonRequest.State
LONGEST = 2000


def ask(
    person: Person,
    kind: str,
    *,
    by: Actor,
    about: str = rights.OTHER,
    new_text: str = "",
    reason: str = "",
    days: int = CORRECTION_DAYS,
) -> PersonRequest:
    """Ask for a correction, object, or ask for deletion; only for oneself. Open twice about the same thing is refused."""
    new_text, reason = new_text.strip(), reason.strip()
    problems = []
    if kind not in Kind.values:
        problems.append(Problem("kind", _("选一种申请")))
    if about not in rights.FIELDS and about != rights.OTHER and not _is_duty(about):
        problems.append(Problem("about", _("选一项内容")))
    if kind == Kind.CORRECT and not new_text:
        problems.append(Problem("new_text", _("写上应该是什么")))
    if kind != Kind.CORRECT and not reason:
        problems.append(Problem("reason", _("写一句理由，决定的人要看")))
    if max(len(new_text), len(reason)) > LONGEST:
        problems.append(Problem("reason", _("最多 2,000 字")))
    if problems:
        raise Invalid(*problems)
    if by.id != person.public_id:
        insist(rules.no(_("只能为自己申请。")))
    if kind == Kind.ERASE:
        about = rights.OTHER
    today = clock.today()
    with record("rights.asked", by=by, subject=f"person:{person.public_id}", kind=kind, about=about) as entry:
        person = Person.objects.select_for_update().get(pk=person.pk)
        if kind == Kind.CORRECT and about in rights.FIELDS:
            checked(person, about, new_text)
        if PersonRequest.objects.filter(person=person, kind=kind, about=about, state=State.OPEN).exists():
            raise Invalid(Problem("about", _("同一项已经有一个申请在等决定：先等它办完，或者撤回它")))
        entry.note(new=new_text, reason=reason)
        return PersonRequest.objects.create(
            person=person,
            kind=kind,
            about=about,
            old_text=rights.held(person, about, today) if kind == Kind.CORRECT else "",
            new_text=new_text,
            reason=reason,
            asked_on=today,
            due_on=today + timedelta(days=days),
            unit_id=rights.waits_at(person, kind, about, today),
            entry_id=entry.id,
        )


def _is_duty(about: str) -> bool:
    return about.startswith("duty:") and about[5:].isdecimal() and len(about) < 20


def withdraw_request(request: PersonRequest, *, by: Actor) -> None:
    """Take back an own request that is not yet decided."""
    with record("rights.withdrawn", by=by, subject=f"person:{request.person.public_id}") as entry:
        row = _open(request)
        if by.id != row.person.public_id:
            insist(rules.no(_("只有本人可以撤回。")))
        row.state, row.decided_on, row.decided_entry_id = State.WITHDRAWN, clock.today(), entry.id
        row.save()


def appeal(request: PersonRequest, *, by: Actor, reason: str, days: int = CORRECTION_DAYS) -> PersonRequest:
    """Put a refused request to the next level up, once, with a word on why; decided by somebody else."""
    reason, today = reason.strip(), clock.today()
    if not reason or len(reason) > LONGEST:
        raise Invalid(Problem("reason", _("写一句为什么请上一级再看，最多 2,000 字")))
    with record(
        "rights.appealed", by=by, subject=f"person:{request.person.public_id}", reason=reason
    ) as entry:
        row = PersonRequest.objects.select_for_update().select_related("person").get(pk=request.pk)
        insist(rights.may_appeal(rules.authority_for(by), row))
        return PersonRequest.objects.create(
            person=row.person,
            kind=row.kind,
            about=row.about,
            old_text=row.old_text,
            new_text=row.new_text,
            reason=reason,
            asked_on=today,
            due_on=today + timedelta(days=days),
            unit_id=rights.appeal_at(row, today),
            appeals=row,
            entry_id=entry.id,
        )


def decide(
    request: PersonRequest, *, grant: bool, by: Actor, answer: str = "", then: Then | None = None
) -> PersonRequest:
    """Grant or refuse (with a reason); a granted correction of a field is written in the same transaction."""
    answer = answer.strip()
    if not grant and not answer:
        raise Invalid(Problem("answer", _("不同意要写明理由：本人看得到")))
    if len(answer) > LONGEST:
        raise Invalid(Problem("answer", _("最多 2,000 字")))
    verb = "rights.granted" if grant else "rights.refused"
    with record(verb, by=by, subject=f"person:{request.person.public_id}", about=request.about) as entry:
        row = _open(request)
        insist(rights.may_decide_request(rules.authority_for(by), row))
        entry.note(answer=answer, old=row.old_text, new=row.new_text)
        if grant and row.kind == Kind.CORRECT and row.about in rights.FIELDS:
            row.old_text = rights.held(row.person, row.about, clock.today())
            _apply(entry, row.person, row.about, row.new_text, then)
        row.state = State.GRANTED if grant else State.REFUSED
        row.decided_on, row.decided_by = clock.today(), by.id
        row.answer, row.decided_entry_id = answer, entry.id
        row.save()
    return row


def _open(request: PersonRequest) -> PersonRequest:
    rows = PersonRequest.objects.select_for_update(of=("self",)).select_related("person", "appeals")
    row = rows.get(pk=request.pk)
    if row.state != State.OPEN:
        raise Conflict(_("这个申请已经办完了，没有再改。"))
    return row


def checked(person: Person, about: str, text: str) -> object:
    """The new value of a field as it will be written; Invalid with a sentence where it cannot be."""
    problem = ""
    if about in ("joined_on", "confirmed_on"):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problem = _("日期这样写：2010-11-22")
        else:
            if day <= clock.today():
                return day
            problem = _("日期不能晚于今天")
    elif about in ("category", "status"):
        words = current.words()
        for code, word in words.of(about):
            if text in (code, word):
                return code
        listed = _("、").join(word for _code, word in words.of(about))
        problem = _("写其中一个：%(words)s") % {"words": listed}
    elif about == "unit":
        found = [p.unit_id for p in tree.units_on(clock.today()).filter(name=text)[:2]]
        if len(found) == 1:
            return Unit.objects.get(pk=found[0])
        problem = _("写单位的全称：没有找到，或者有几个同名的单位")
    elif about == "number":
        if len(text) > 40:
            problem = _("编号最多 40 个字符")
        elif Person.objects.filter(number=text).exclude(pk=person.pk).exists():
            problem = _("编号 %(number)s 已经有人用") % {"number": text}
    elif about == "name":
        text = clean_name(text)
        problem = _("写上姓名，最多 100 字") if not text or len(text) > 100 else ""
    elif about in ("email", "phone"):
        found_wrong = check_contact(**{"email": "", "phone": "", about: text})
        problem = found_wrong[0].text if found_wrong else ""
    elif len(text) > 500:
        problem = _("最多 500 字")
    if problem:
        raise Invalid(Problem("new_text", problem))
    return text


def _apply(entry: OpenEntry, person: Person, about: str, text: str, then: Then | None) -> None:
    value = checked(person, about, text)
    if about in ("category", "status", "unit"):
        _refile(entry, person, about, value)
        if then is not None:
            then(entry)
        return
    setattr(person, about, value)
    if about == "name":
        person.sort_key = sort_key(person.name)
    person.save()
    if about == "number":
        User.objects.filter(person=person).update(number=value)


def _refile(entry: OpenEntry, person: Person, about: str, value: object) -> None:
    """The row held to be true now is dropped and inserted anew: what is corrected was never so."""
    home = people.home(person, clock.today())
    if home is None:
        raise Invalid(Problem("new_text", _("这个人现在不是成员：没有可更正的登记")))
    if isinstance(value, Unit):
        if value.pk != home.unit_id:
            move(entry, Affiliation.objects.filter(pk=home.pk), value, max(home.valid_from, value.opened_on))
        return
    Affiliation.objects.filter(pk=home.pk).update(dropped_id=entry.id)
    home.pk = None
    setattr(home, about, value)
    home.entry_id = entry.id
    home.save(force_insert=True)
