"""The ticker, a child of `serve`: runs the day's work every minute and tidies up once a day."""

from __future__ import annotations

import logging
import os
import time
from contextlib import nullcontext
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhengyou.campaigns.actions.ticking import Ticked

log = logging.getLogger("zhengyou.ticker")
EVERY = 60
A_DAY = 86400


def once(day: date | None = None, *, full: bool = False) -> Ticked | None:
    """One round for a day (today's business day): planned changes of units, then the campaigns' tick.

    None while there is no organisation.
    """
    from zhengyou.campaigns.actions import mailing, ticking
    from zhengyou.kit import clock
    from zhengyou.org import current
    from zhengyou.org.actions import carry_out_planned, transfers
    from zhengyou.org.roster import actions_staging as staging
    from zhengyou.plans.actions import routing
    from zhengyou.site import opening
    from zhengyou.site.following import FOLLOW

    if current.organisation() is None:
        return None
    opening.activate_zone()
    with clock.playing(day) if day is not None else nullcontext():
        carry_out_planned(FOLLOW)
        transfers.expire()
    return ticking.tick(day, full=full, hooks=[routing.follow, lambda _day: staging.purge(), mailing.weekly])


def tidy() -> None:
    """Remove ended sessions, finished tasks, cooled-off counts of failed sign-ins, files that nothing names; close the
    accounts of those who have left; once a week drill a restore.
    """
    from axes.models import AccessAttempt
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from zhengyou.journal import evidence
    from zhengyou.kit import clock
    from zhengyou.org.actions import close_accounts
    from zhengyou.org.actions.erasing import scrub
    from zhengyou.org.models import Person
    from zhengyou.site import drill

    if drill.due(settings.DATA):
        done = drill.drill(settings.DATA)
        drill.note(done, "tick")
        if done.faults:
            log.error("the drill found %s faults: %s", len(done.faults), done.faults)
    evidence.purge(())
    close_accounts(clock.today())
    recently = clock.today() - timedelta(days=2)
    if Person.objects.filter(erased_on__gte=recently).exists():
        scrub()  # the rewriting after a deletion may have met a busy database
    call_command("clearsessions", verbosity=0)
    now = timezone.now()
    DBTaskResult.objects.filter(finished_at__lt=now - timedelta(days=14)).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()


def main() -> None:
    """Run until ended; a failed round is noted and the next one tried."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
    import django
    from django.db import close_old_connections

    django.setup()
    tidied = 0.0
    while True:
        began = time.monotonic()
        try:
            close_old_connections()
            once()
            if tidied == 0 or began - tidied > A_DAY:
                once(full=True)
                tidy()
                tidied = began
        except Exception:
            log.exception("a round of the ticker failed")
        time.sleep(max(1.0, EVERY - (time.monotonic() - began)))


if __name__ == "__main__":
    main()
