"""Raw SQL that reads the same on SQLite >= 3.35 and PostgreSQL >= 14, with :name parameters and dates as dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, cast

from django.db import connection
from django.db.models import Field, Model

FAR = date(9999, 12, 31)
"""The open end of a dated fact: never NULL, so one comparison serves both databases and every index."""


def run(sql: str, **values: Any) -> int:
    """Execute one statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(_named(sql), _adapted(values))
        return cursor.rowcount


def rows(sql: str, **values: Any) -> list[tuple]:
    """All rows of a query as tuples; dates come back as the database gives them (see `as_date`)."""
    with connection.cursor() as cursor:
        cursor.execute(_named(sql), _adapted(values))
        return cursor.fetchall()


def write_back(rows: Iterable[Model], fields: Sequence[str]) -> None:
    """Write these fields of many rows of one model back, by one prepared statement.

    `bulk_update` builds a CASE for every row and field: a hundred times the work for a few thousand rows.
    """
    listed = list(rows)
    if not listed:
        return
    meta = listed[0]._meta
    chosen = [cast("Field[Any, Any]", meta.get_field(name)) for name in fields]
    key = meta.pk
    assert key is not None
    sets = ", ".join(f'"{field.column}" = %s' for field in chosen)
    values = [
        [*(f.get_db_prep_save(getattr(row, f.attname), connection) for f in chosen), row.pk] for row in listed
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{meta.db_table}" SET {sets} WHERE "{key.column}" = %s', values)


def measure(*tables: str) -> None:
    """After a mass write, still in its transaction: let PostgreSQL's planner know what these tables hold now.

    Its own collector sees committed rows only. A table that it met empty counts as one row until its next visit, and
    what the same transaction goes on to ask joins it by nested loops: minutes for 2,000 members. SQLite goes by its
    indexes and is left alone. Locked tables are skipped: whoever holds them is measuring them.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}")


def stream(sql: str, **values: Any) -> Iterator[tuple]:
    """The rows of a query one by one, without holding them all; inside a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_named(sql), _adapted(values))
        while found := cursor.fetchmany(2000):
            yield from found


def as_date(value: Any) -> date:
    """A day column of a raw row: SQLite gives text, PostgreSQL a date."""
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _adapted(values: dict[str, Any]) -> dict[str, Any]:
    adapt = connection.ops.adapt_datefield_value
    return {name: adapt(value) if isinstance(value, date) else value for name, value in values.items()}


@lru_cache(maxsize=512)
def _named(sql: str) -> str:
    return re.sub(r"(?<![:\w]):([a-z_]+\d*)", r"%(\1)s", sql.replace("%", "%%"))
