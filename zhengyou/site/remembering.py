"""What the rooms above org hold and forget of a person: the one object that is passed down to my information and erasure."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengyou.campaigns import held, ruling
from zhengyou.campaigns.actions import forgetting
from zhengyou.commitments import held as promised
from zhengyou.commitments.actions import forgetting as promises
from zhengyou.journal.actions import OpenEntry
from zhengyou.org.about import About, Fact, Section, Source
from zhengyou.org.models import Person
from zhengyou.site.devices import device


def _devices(person: Person) -> Section:
    """The devices that are signed in."""
    rows = UserSession.objects.filter(user__person=person).order_by("-last_seen_at")
    facts = [
        Fact(device(row.user_agent), str(row.ip or ""), timezone.localdate(row.last_seen_at)) for row in rows
    ]
    return Section("devices", _("已登录的设备"), facts)


def _forget(entry: OpenEntry, person: Person) -> set[int]:
    """Texts, sessions and counted sign-ins."""
    sessions = UserSession.objects.filter(user__person=person)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()
    if person.number:
        for model in (AccessAttempt, AccessFailureLog, AccessLog):
            model.objects.filter(username=person.number).delete()
    return forgetting.forget(entry, person) | promises.forget(entry, person)


ABOUT = About(
    held=(*held.SOURCES, *promised.SOURCES, Source("devices", "rights", _devices)),
    forget=_forget,
    address=held.address,
    correction_days=ruling.correction_days,
    verb=lambda code: promised.verb(code) or held.verb(code),
)
