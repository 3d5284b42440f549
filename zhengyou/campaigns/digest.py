"""What stands in a weekly e-mail: due within seven days, came back, waits for review; for a page of people at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.campaigns.models import Mail
from zhengyou.kit import sql
from zhengyou.org import current
from zhengyou.org.models import Affiliation, Consent, Person, Post, on

PAGE = 500
"""People whose letters are composed in one transaction."""
LINES = 20
"""Lines of one sort in a letter; the rest is counted."""


@dataclass
class Work:
    """One person's week: (title zh, en, period, date, late), returned ones, papers that wait and since when."""

    due: list[tuple[str, str, str, date]] = field(default_factory=list)
    back: list[tuple[str, str, str, date]] = field(default_factory=list)
    waiting: int = 0
    since: date | None = None

    def __bool__(self) -> bool:
        return bool(self.due or self.back or self.waiting)


def readers(day: date) -> QuerySet[Person]:
    """Who may be written to on a day: consent given, an address, and still here (a unit or a post)."""
    mine = Q(person=OuterRef("pk"))
    agreed = Consent.objects.filter(mine, on(day), purpose="mail")
    here = Exists(Affiliation.objects.filter(mine, on(day))) | Exists(Post.objects.filter(mine, on(day)))
    return Person.objects.filter(Exists(agreed), here, erased_on=None).exclude(email="")


def without_letter(day: date, week: date) -> QuerySet[Person]:
    """Readers who have no letter of this week yet."""
    return readers(day).exclude(Exists(Mail.objects.filter(person=OuterRef("pk"), week=week))).order_by("id")


def work(people: list[int], day: date) -> dict[int, Work]:
    """The week of each of these people; two queries whatever their number."""
    out: dict[int, Work] = defaultdict(Work)
    ids = ", ".join(map(str, people)) or "0"
    part = current.part()
    hands = _codes([p.code for p in part.posts if "hand_in" in p.may] if part else [])
    judges = _codes([p.code for p in part.posts if "review" in p.may] if part else [])
    holds = "{0}.dropped_id IS NULL AND {0}.valid_from <= :day AND {0}.valid_to > :day"
    plan = """JOIN campaigns_slot s ON s.id = d.slot_id JOIN campaigns_task t ON t.id = s.task_id
        JOIN campaigns_campaign c ON c.id = t.campaign_id AND c.state = 30"""
    open_ = "d.state IN ('due', 'returned') AND d.due_on <= :until AND s.closed_on > :day"
    for person, state, due, period, zh, en in sql.rows(
        f"""SELECT d.member_id, d.state, d.due_on, s.period, t.zh, t.en FROM campaigns_duty d {plan}
            WHERE d.member_id IN ({ids}) AND {open_}
        UNION ALL SELECT o.person_id, d.state, d.due_on, s.period, t.zh, t.en FROM org_post o
            JOIN campaigns_duty d ON d.unit_id = o.unit_id AND d.subject_unit_id IS NOT NULL {plan}
            WHERE o.person_id IN ({ids}) AND {holds.format("o")} AND {open_}
              AND (o.post = t.post OR (t.post = '' AND o.post IN ({hands})))
        ORDER BY 3, 5""",
        day=day,
        until=day + timedelta(days=7),
    ):
        line = (zh, en, period, sql.as_date(due))
        (out[person].back if state == "returned" else out[person].due).append(line)
    for person, n, since in sql.rows(
        f"""SELECT o.person_id, COUNT(*), MIN(x.waits_since) FROM org_post o
            JOIN campaigns_submission x ON x.waits_at_id = o.unit_id AND x.state = 10
              AND x.waits_for IN ('', o.post) AND (x.by_id IS NULL OR x.by_id <> o.person_id)
            JOIN campaigns_duty d ON d.id = x.duty_id AND (d.member_id IS NULL OR d.member_id <> o.person_id) {plan}
            WHERE o.person_id IN ({ids}) AND o.post IN ({judges}) AND s.closed_on > :day
              AND {holds.format("o")} GROUP BY o.person_id""",
        day=day,
    ):
        out[person].waiting, out[person].since = n, sql.as_date(since) if since else None
    return out


def _codes(codes: list[str]) -> str:
    """Post codes of the organisation's part, quoted for a statement (they are words of the pack language)."""
    return ", ".join(f"'{code}'" for code in codes if code.replace("_", "").isalnum()) or "''"


def letter(name: str, found: Work, language: str, day: date) -> tuple[str, str]:
    """Subject and body in the person's language."""
    with translation.override("en" if language.startswith("en") else "zh-hans"):
        n = len(found.due) + len(found.back)
        subject = ngettext("这一周要办 %(n)d 件", "这一周要办 %(n)d 件", n) % {"n": n}
        parts = [_("%(name)s，您好：") % {"name": name}]
        if found.back:
            parts.append("\n".join([_("退回来要改的："), *_lines(found.back, day)]))
        if found.due:
            parts.append("\n".join([_("七天以内到期的："), *_lines(found.due, day)]))
        if found.waiting:
            text = ngettext(
                "等您审核的有 %(n)d 份，最早的 %(since)s 交来。",
                "等您审核的有 %(n)d 份，最早的 %(since)s 交来。",
                found.waiting,
            )
            since = found.since.isoformat() if found.since else "—"
            parts.append(text % {"n": found.waiting, "since": since})
        if address := site():
            parts.append(_("到这里办：%(address)s") % {"address": address})
        parts.append(_("您同意了每周收这样一封邮件。不想再收，在「我的信息」里收回同意，马上生效。"))
        return subject, "\n\n".join(parts) + "\n"


def _lines(found: list[tuple[str, str, str, date]], day: date) -> list[str]:
    english = (translation.get_language() or "").startswith("en")
    out = []
    for zh, en, period, due in found[:LINES]:
        name = (en or zh) if english else (zh or en)
        if period:
            name = _("%(task)s（%(period)s）") % {"task": name, "period": period}
        late = (day - due).days
        when = _("%(day)s前") % {"day": due.isoformat()}
        if late > 0:
            when = ngettext("逾期 %(n)d 天", "逾期 %(n)d 天", late) % {"n": late}
        out.append(f"· {name}  {when}")
    if len(found) > LINES:
        out.append(_("还有 %(n)d 件") % {"n": len(found) - LINES})
    return out


def site() -> str:
    """Where the product is reached from outside, or "" where only this machine is named."""
    host = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else ""
    if host in ("", "*", "127.0.0.1", "localhost", "[::1]"):
        return ""
    return f"{'https' if settings.HTTPS else 'http'}://{host}/desk/"
