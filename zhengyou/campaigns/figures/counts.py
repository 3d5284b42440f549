"""Counts of duties: written as deltas beside the change, folded over the tree into ledger and balance (CORE §1.7).

Ledger and balance are a cache: dropping them and calling `rebuild` gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from zhengyou.campaigns.models import Balance, Delta, Ledger
from zhengyou.journal.models import Chain
from zhengyou.kit.sql import FAR, rows, run

KEY = "unit_id, slot_id, state, due_on"


def count_issued(after: int, entry_id: int) -> None:
    """Deltas of the duties with an id above `after` that this entry issued: one row per unit, not per duty."""
    run(
        f"""INSERT INTO campaigns_delta ({KEY}, day, n)
            SELECT first_unit_id, slot_id, first_state, first_due_on, issued_on, COUNT(*)
            FROM campaigns_duty WHERE id > :after AND entry_id = :entry GROUP BY 1, 2, 3, 4, 5""",
        after=after,
        entry=entry_id,
    )


def signed(where: str) -> str:
    """Each event as two lines, like a double entry: out of where the duty was, into where it is."""
    source = "FROM campaigns_dutyevent e JOIN campaigns_duty d ON d.id = e.duty_id"
    return f"""SELECT e.from_unit_id AS unit_id, d.slot_id, e.from_state AS state, e.from_due_on AS due_on, e.day,
          -1 AS n {source} WHERE {where}
        UNION ALL SELECT e.to_unit_id, d.slot_id, e.to_state, e.to_due_on, e.day, 1 {source} WHERE {where}"""


def count_events(entry_id: int, step: int) -> None:
    """Deltas of one step's events."""
    run(
        f"""INSERT INTO campaigns_delta ({KEY}, day, n) SELECT {KEY}, day, SUM(n)
            FROM ({signed("e.entry_id = :entry AND e.step = :step")}) t
            GROUP BY {KEY}, day HAVING SUM(n) <> 0""",
        entry=entry_id,
        step=step,
    )


def _spread(source: str) -> str:
    """Rows of `source` carried to every unit above: from the day both hold, until the closure row ends."""
    head = "SELECT c.ancestor_id AS unit_id, f.slot_id, f.state, f.due_on"
    tree = f"FROM {source} f JOIN org_closure c ON c.descendant_id = f.unit_id AND c.valid_to > f.day"
    return f"""{head}, CASE WHEN c.valid_from > f.day THEN c.valid_from ELSE f.day END AS day, f.n {tree}
        UNION ALL {head}, c.valid_to, -f.n {tree} AND c.valid_to <> :far"""


def fold() -> int:
    """Fold all deltas into ledger and balance, then delete them; returns how many there were.

    Takes the journal's lock: a delta that commits between the statements would be deleted uncounted.
    """
    if not Delta.objects.exists():
        return 0
    with transaction.atomic():
        Chain.objects.select_for_update().get_or_create(pk=1)
        last = rows("SELECT MAX(id) FROM campaigns_delta")[0][0]
        if last is None:
            return 0
        post(_spread("(SELECT * FROM campaigns_delta WHERE id <= :last)"), last=last)
        return run("DELETE FROM campaigns_delta WHERE id <= :last", last=last)


def post(spread: str, **values: object) -> None:
    """Add the rows of a query (unit, slot, state, due_on, day, n) to both cache tables."""
    for table, key in (("campaigns_ledger", f"{KEY}, day"), ("campaigns_balance", KEY)):
        run(
            f"""INSERT INTO {table} ({key}, n) SELECT {key}, SUM(n) FROM ({spread}) t WHERE 1 = 1
                GROUP BY {key} HAVING SUM(n) <> 0
                ON CONFLICT ({key}) DO UPDATE SET n = {table}.n + excluded.n""",
            far=FAR,
            **values,
        )


def regraft(unit_id: int, day: date, lost: Iterable[int], gained: Iterable[int]) -> None:
    """The subtree of `unit_id` leaves the ancestors `lost` for `gained` on `day`: figures go too, earlier days stay.

    Call after `fold` and with the closure already changed; cost depends on depth, not on size (CORE §4).
    """
    for ids, sign in ((lost, "-"), (gained, "")):
        listed = ", ".join(str(int(i)) for i in ids)
        if listed:
            post(
                f"""SELECT c.id AS unit_id, l.slot_id, l.state, l.due_on,
                      CASE WHEN l.day > :day THEN l.day ELSE :day END AS day, {sign}l.n AS n
                    FROM campaigns_ledger l CROSS JOIN org_unit c
                    WHERE l.unit_id = :unit AND c.id IN ({listed})""",
                unit=unit_id,
                day=day,
            )


def rebuild() -> None:
    """Recount everything from duties and events."""
    with transaction.atomic():
        Chain.objects.select_for_update().get_or_create(pk=1)
        for model in (Delta, Ledger, Balance):
            model.objects.all()._raw_delete(using="default")
        run(
            f"""INSERT INTO campaigns_delta ({KEY}, day, n)
                SELECT first_unit_id, slot_id, first_state, first_due_on, issued_on, COUNT(*)
                FROM campaigns_duty GROUP BY 1, 2, 3, 4, 5"""
        )
        run(
            f"""INSERT INTO campaigns_delta ({KEY}, day, n) SELECT {KEY}, day, SUM(n) FROM ({signed("1 = 1")}) t
                GROUP BY {KEY}, day HAVING SUM(n) <> 0"""
        )
        fold()
