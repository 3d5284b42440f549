"""The weekly e-mail: composed once per person and week, sent at most once, three tries; the outbox keeps them all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from zhengyou.campaigns import digest, quiet
from zhengyou.campaigns.models import Campaign, Mail
from zhengyou.journal.actions import Actor, record
from zhengyou.org import current
from zhengyou.org.models import User

State = Mail.State
TRIES = 3
AT_ONCE = 100
"""Letters sent in one tick at most, so that a slow server does not hold the tick for long."""
log = logging.getLogger("zhengyou.mail")
BY = Actor.system("tick")


def weekly(day: date) -> None:
    """For tick: compose on the first working day of a week, and send what waits."""
    compose(day)
    if settings.MAILING:
        send(day)


def compose(day: date) -> int:
    """Write this week's letters for all readers who have none yet; returns how many were written.

    Nothing in a blackout, and nothing while no campaign runs. Who has nothing to do gets none, and is noted as done.
    """
    part = current.part()
    if part is None or not quiet.opens_week(part.calendar, day) or quiet.blacked_out(part.calendar, day):
        return 0
    if not Campaign.objects.filter(state=Campaign.State.RUNNING).exists():
        return 0
    week, written = quiet.monday(day), 0
    while people := list(digest.without_letter(day, week)[: digest.PAGE]):
        with record("mail.composed", by=BY) as entry:
            found = digest.work([person.pk for person in people], day)
            languages = dict(User.objects.filter(person__in=people).values_list("person_id", "language"))
            rows = []
            for person in people:
                language = languages.get(person.pk, "")
                row = Mail(person=person, week=week, language=language, entry_id=entry.id)
                if found.get(person.pk):
                    row.subject, row.body = digest.letter(person.name, found[person.pk], language, day)
                    written += 1
                else:
                    row.state, row.why = State.DROPPED, "nothing"
                rows.append(row)
            Mail.objects.bulk_create(rows, batch_size=200)
            entry.note(people=len(rows))
    return written


def send(day: date, deliver: Callable[[Mail], object] | None = None) -> int:
    """Send what waits; returns how many went out. Never twice: a letter is claimed in the database before it leaves.

    Who withdrew the consent, left, or has no address any more is not written to.
    """
    waiting = Mail.objects.filter(state=State.WAITING)
    if not waiting.exists():
        return 0
    readers = digest.readers(day)
    waiting.exclude(Exists(readers.filter(pk=OuterRef("person")))).update(
        state=State.DROPPED, why="consent", body=""
    )
    waiting.filter(week__lt=quiet.monday(day)).update(state=State.DROPPED, why="old", body="")
    part, sent = current.part(), 0
    if part is None or quiet.blacked_out(part.calendar, day):
        return 0
    for mail in waiting.select_related("person").order_by("id")[:AT_ONCE]:
        claimed = Mail.objects.filter(pk=mail.pk, state=State.WAITING)
        if not claimed.update(state=State.SENT, sent_at=timezone.now(), tries=F("tries") + 1):
            continue
        try:
            (deliver or _deliver)(mail)
        except Exception as fault:  # whatever a mail server answers: it is noted and tried again
            log.warning("a letter did not leave: %s", type(fault).__name__)
            state = State.FAILED if mail.tries + 1 >= TRIES else State.WAITING
            Mail.objects.filter(pk=mail.pk).update(state=state, sent_at=None, why=type(fault).__name__[:200])
        else:
            sent += 1
    return sent


def _deliver(mail: Mail) -> None:
    EmailMessage(mail.subject, mail.body, to=[mail.person.email]).send()
