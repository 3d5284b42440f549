"""Everything this room holds about one person, each fact with where it comes from; the rooms above add theirs (`About`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhengyou.journal.models import Draft, Entry, Evidence
from zhengyou.kit import clock
from zhengyou.kit.sql import FAR
from zhengyou.org import current, figures, looks, rights, tree
from zhengyou.org.about import About, Fact, Section, Source
from zhengyou.org.models import (
    Affiliation,
    Consent,
    Person,
    PersonRequest,
    Placement,
    Post,
    RosterBefore,
    RosterImport,
    RosterRow,
    Slip,
    Transfer,
    User,
)

PARTS = {
    "": gettext_lazy("登记"),
    "work": pgettext_lazy("held", "任务"),
    "written": gettext_lazy("写过的"),
    "rights": gettext_lazy("申请和同意"),
    "looks": gettext_lazy("谁看过"),
}
"""My information in parts, each a page of a dozen queries; every sort of facts belongs to one."""


class Reading:
    """What several sorts need of one person, read once and only where asked for."""

    def __init__(self, person: Person, about: About, words: current.Words) -> None:
        self.person, self.about, self.words = person, about, words

    @cached_property
    def entries(self) -> list[Entry]:
        """Entries that wrote something about the person, newest first."""
        return list(figures.entries_about(self.person))

    @cached_property
    def asked(self) -> list[PersonRequest]:
        """The requests, newest first."""
        return list(self.person.requests.order_by("-id"))

    @cached_property
    def affiliations(self) -> list[Affiliation]:
        """Where the person is or was, corrected rows last."""
        rows = self.person.affiliations.select_related("unit")
        return list(rows.order_by("dropped_id", "-valid_from", "role", "id"))

    @cached_property
    def transfers(self) -> list[Transfer]:
        """Letters of transfer, newest first."""
        return list(Transfer.objects.filter(person=self.person).order_by("-id"))

    @cached_property
    def posts(self) -> list[Post]:
        """Posts held, corrected rows last."""
        rows = self.person.posts.select_related("acting_for__person")
        return list(rows.order_by("dropped_id", "-valid_from", "id"))

    @cached_property
    def consents(self) -> list[Consent]:
        """Consents given and withdrawn, newest first."""
        return list(self.person.consents.order_by("-id"))

    @cached_property
    def slips(self) -> list[Slip]:
        """Sign-in slips, newest first."""
        return list(Slip.objects.filter(person=self.person).order_by("-id"))

    @cached_property
    def called(self) -> dict[int, str]:
        """What units of affiliations, posts and letters are called, the newest name; few queries for all."""
        moved = {u for t in self.transfers for u in (t.source_id, t.target_id) if u}
        return _called([*self.affiliations, *self.posts], moved)

    @property
    def home(self) -> Affiliation | None:
        """The registered affiliation today, of the rows read."""
        day = clock.today()
        held = (a for a in self.affiliations if a.role == "R" and not a.dropped_id)
        return next((a for a in held if a.valid_from <= day < a.valid_to), None)


def sources(reading: Reading, *, whole: bool = False) -> list[Source]:
    """Every sort of facts in the order of the pages; `whole` adds the own acts one by one (the personal file)."""

    def own(key: str, part: str, read: Callable[[Reading], Section]) -> Source:
        return Source(key, part, lambda _person: read(reading))

    return [
        own("roster", "", _roster),
        own("affiliations", "", _affiliations),
        own("posts", "", _posts),
        *reading.about.held,
        own("requests", "rights", _requests),
        own("consents", "rights", _consents),
        own("writing", "written", _writing),
        own("account", "rights", _account),
        own("staged", "rights", _staged),
        Source("looks", "looks", lambda person: Section("looks", _("谁看过"), looks.facts(person))),
        own("journal", "looks", _journal),
        *([own("acts", "looks", _acts)] if whole else []),
    ]


def sections(
    reading: Reading, part: str | None = None, only: str = "", *, whole: bool = False
) -> list[Section]:
    """The facts of one part, of one sort (`only`), or all of them, with their sources."""
    wanted = [
        source
        for source in sources(reading, whole=whole)
        if (source.key == only if only else part is None or source.part == part)
    ]
    found = [source.read(reading.person) for source in wanted]
    return _sourced([section for section in found if section.facts], reading)


def span(row: Affiliation | Post | Consent) -> str:
    """The days of a dated row in words; what was taken back says so."""
    if row.valid_to == FAR:
        text = _("%(a)s 起") % {"a": row.valid_from.isoformat()}
    else:
        text = _("%(a)s 至 %(b)s") % {"a": row.valid_from.isoformat(), "b": row.valid_to.isoformat()}
    if row.dropped_id:
        text = _("%(text)s（由第 %(n)s 条更正，不再算数）") % {"text": text, "n": row.dropped_id}
    return text


def _roster(reading: Reading) -> Section:
    person, entries, asked = reading.person, reading.entries, reading.asked
    first = entries[-1].id if entries else 0
    set_last = next((entry.id for entry in entries if entry.verb == "org.contact_set"), first)
    corrected = {
        row.about: row.decided_entry_id
        for row in reversed(asked)
        if row.kind == "correct" and row.state == PersonRequest.State.GRANTED
    }
    facts = []
    for name in rights.FIELDS:
        value = getattr(person, name, None) if name not in ("category", "status", "unit") else None
        if value:
            source = corrected.get(name) or (set_last if name in ("email", "phone") else first)
            text = value.isoformat() if isinstance(value, date) else str(value)
            facts.append(Fact(str(rights.FIELDS[name]), text, entry=source, about=name))
    if person.hold:
        facts.append(Fact(_("暂不删除"), person.hold))
    return Section("roster", _("基本登记"), facts)


def _affiliations(reading: Reading) -> Section:
    words, called = reading.words, reading.called
    facts = []
    for row in reading.affiliations:
        more = [words(row.category), words(row.status), _("活动单位") if row.role == "A" else ""]
        text = _("；").join(x for x in (span(row), *more) if x)
        facts.append(Fact(called.get(row.unit_id, ""), text, row.valid_from, row.entry_id, about="unit"))
    for move in reading.transfers:
        ways = [called.get(u or 0) or move.outside or "—" for u in (move.source_id, move.target_id)]
        text = _("从「%(a)s」到「%(b)s」") % {"a": ways[0], "b": ways[1]}
        text += _("；") + move.reason if move.reason else ""
        letter = (_("介绍信 %(no)s") % {"no": move.letter_no}).strip()
        facts.append(Fact(letter, text, move.asked_on, move.entry_id))
    return Section("affiliations", _("所在单位"), facts)


def _called(rows: Sequence[Affiliation | Post], moved: Iterable[int]) -> dict[int, str]:
    """What units are called, or were last; one query, one more where a unit is closed."""
    wanted = {row.unit_id for row in rows}.union(moved)
    found = tree.names(wanted, date(9999, 12, 30))
    if missing := wanted - found.keys():
        last = Placement.objects.filter(unit__in=missing, dropped=None).order_by("valid_from", "id")
        found |= dict(last.values_list("unit_id", "name"))
    return found


def _more(post: Post) -> str:
    """For whom somebody acts, or until when the term runs."""
    if post.acting_for is not None:
        return _("代 %(name)s 行使这个职务") % {"name": post.acting_for.person.name}
    return _("任期到 %(d)s") % {"d": post.term_last.isoformat()} if post.term_last else ""


def _posts(reading: Reading) -> Section:
    facts = [
        Fact(
            f"{reading.words(row.post)} · {reading.called.get(row.unit_id, '')}",
            _("；").join(x for x in (span(row), row.document_no, _more(row)) if x),
            row.valid_from,
            row.entry_id,
        )
        for row in reading.posts
    ]
    return Section("posts", _("担任的职务"), facts)


def request_line(request: PersonRequest, words: current.Words) -> str:
    """A request with both texts and its answer, in one line."""
    parts = []
    if request.old_text or request.new_text:
        old, new = words(request.old_text) or "—", words(request.new_text) or "—"
        parts.append(_("原来「%(old)s」，应为「%(new)s」") % {"old": old, "new": new})
    parts += [text for text in (request.reason, str(state_words()[request.state])) if text]
    if request.answer:
        parts.append(_("答复：%(text)s") % {"text": request.answer})
    return _("；").join(parts)


def state_words() -> dict[int, str]:
    """States of a request in words."""
    return {
        10: _("等决定"),
        20: _("同意了"),
        30: _("没有同意"),
        40: _("撤回了"),
    }


def kind_word(kind: str) -> str:
    """Sorts of requests in words."""
    return {"correct": _("请求更正"), "object": _("提出异议"), "erase": _("请求删除")}[kind]


def _requests(reading: Reading) -> Section:
    facts = [
        Fact(
            f"{kind_word(row.kind)} · {rights.label(row.about)}",
            request_line(row, reading.words),
            row.asked_on,
            row.entry_id,
            url=row.public_id,
        )
        for row in reading.asked
    ]
    return Section("requests", _("申请"), facts)


def purpose_word(purpose: str) -> str:
    """Uses that need a consent, in words."""
    return {
        "mail": _("每周一封邮件，写着要办的事"),
        "name_all": _("我的公开承诺在全组织的承诺墙上写我的名字"),
        "name_web": _("我的公开承诺在互联网上和张贴的海报上写我的名字"),
    }.get(purpose, purpose)


def _consents(reading: Reading) -> Section:
    rows = reading.consents
    facts = [Fact(purpose_word(row.purpose), span(row), row.valid_from, row.entry_id) for row in rows]
    return Section("consents", _("同意"), facts)


def _writing(reading: Reading) -> Section:
    person = reading.person
    facts = []
    newest: dict[str, Draft] = {}
    for draft in Draft.objects.filter(owner=person.public_id).order_by("version"):
        newest[draft.label] = draft
    for label, draft in sorted(newest.items()):
        text = _("；").join(str(value) for value in draft.body.values() if value)
        day = timezone.localdate(draft.saved_at)
        facts.append(Fact(_("草稿 %(label)s") % {"label": label}, text, day, source=_("您写的，没有交")))
    for piece in Evidence.objects.filter(owner=person.public_id).order_by("-id"):
        facts.append(Fact(piece.name or _("说明"), piece.text, entry=piece.entry_id))
    return Section("writing", _("您写的和传的"), facts)


def _account(reading: Reading) -> Section:
    person, facts = reading.person, list[Fact]()
    user = User.objects.filter(person=person).first()
    if user is not None:
        state = _("能登录") if user.is_active else _("已停用")
        facts.append(Fact(_("登录名"), f"{user.number} · {state}"))
        if user.last_login:
            facts.append(Fact(_("上次登录"), day=timezone.localdate(user.last_login)))
    for slip in reading.slips:
        used = (
            _("用过")
            if slip.used_at
            else pgettext("slip", "作废")
            if slip.cancelled_at
            else _("有效到 %(d)s") % {"d": timezone.localdate(slip.expires_at).isoformat()}
        )
        facts.append(Fact(_("登录条"), used, entry=slip.entry_id))
    return Section("account", _("账号"), facts)


def _before(person: Person) -> list[Fact]:
    """What imports of the last days wrote over, kept as long as they can be undone."""
    kept = RosterBefore.objects.filter(person=person).select_related("roster")
    text = _("原来的：%(was)s（只留到不能再撤销那次导入为止）")
    return [
        Fact(
            row.roster.file_name,
            text % {"was": _("，").join(old for old, _new in row.fields.values() if old)},
        )
        for row in kept
    ]


def _staged(reading: Reading) -> Section:
    person = reading.person
    if not person.number:
        return Section("staged", "")
    rows = RosterRow.objects.filter(Q(number=person.number) | Q(said__known=person.public_id)).select_related(
        "roster"
    )
    facts = [
        Fact(row.roster.file_name, f"{row.name} {row.number} {row.unit}", row.roster.day) for row in rows
    ]
    return Section("staged", _("正在核对的名册"), [*facts, *_before(person)])


def _journal(reading: Reading) -> Section:
    rows = reading.entries
    names = figures.actors(row.actor for row in rows)
    facts = [
        Fact(reading.about.verb(row.verb), names[row.actor], row.day, row.id, source="—") for row in rows
    ]
    return Section("journal", _("谁在什么时候写过"), facts)


def _acts(reading: Reading) -> Section:
    person, about = reading.person, reading.about
    rows = Entry.objects.filter(actor=person.public_id).order_by("-id")
    facts = [Fact(about.verb(row.verb), row.subject, row.day, row.id, source="—") for row in rows]
    files = RosterImport.objects.filter(owner=person.public_id).order_by("-id")
    facts += [Fact(_("传的名册"), row.file_name, row.day, row.entry_id or 0) for row in files]
    return Section("acts", _("您在系统里做过的"), facts)


def _sourced(found: Sequence[Section], reading: Reading) -> list[Section]:
    """Every fact with what wrote it in words: the act, who, the import's file; three queries for all."""
    ids = {fact.entry for section in found for fact in section.facts if fact.entry and not fact.source}
    near = reading.__dict__.get("entries", [])
    rows: dict[int, Entry] = {entry.id: entry for entry in near if entry.id in ids}
    listed = sorted(ids - rows.keys())
    for start in range(0, len(listed), 500):
        rows |= Entry.objects.in_bulk(listed[start : start + 500])
    names = figures.actors(row.actor for row in rows.values())
    imports = RosterImport.objects.filter(
        entry__in=[k for k, r in rows.items() if r.verb == "roster.imported"]
    )
    files = dict(imports.values_list("entry_id", "file_name"))

    def source(fact: Fact) -> Fact:
        row = rows.get(fact.entry)
        if row is None or fact.source:
            return replace(fact, source="" if fact.source == "—" else fact.source)
        parts = [reading.about.verb(row.verb), files.get(row.id, ""), names[row.actor]]
        return replace(fact, source=" · ".join(p for p in parts if p), day=fact.day or row.day)

    return [replace(section, facts=[source(fact) for fact in section.facts]) for section in found]
