"""What many tests begin with, built once and then put back row by row: `school = kept("school", build)`."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.utils import translation

from zhengyou.journal.models import Chain
from zhengyou.kit import clock

T = TypeVar("T")
Rows = dict[str, dict[Any, Any]]
"""By table the rows by primary key, as the database hands them out: tuples from SQLite, lines of COPY from PostgreSQL."""
_kept: dict[tuple, tuple[bytes, dict[str, list[Any]], Rows]] = {}


def kept(name: Any, make: Callable[[], T]) -> T:
    """What `make` returns; the first time it is called, later what it changed in the database is done again.

    The same name, day and language on the same last entry of the journal is the same thing: `make` must do all it does
    through journalled actions, depend on nothing else and write no files.
    """
    last = Chain.objects.values_list("last", "hash").first()
    key = (connection.vendor, name, clock.today(), translation.get_language(), last)
    if key not in _kept:
        before = _read()
        made = make()
        after = _read()
        gone = {t: [pk for pk, row in rows.items() if after[t].get(pk) != row] for t, rows in before.items()}
        new = {t: {pk: r for pk, r in rows.items() if before[t].get(pk) != r} for t, rows in after.items()}
        _kept[key] = pickle.dumps(made), _filled(gone), _filled(new)
        return made
    made_, gone, new = _kept[key]
    with transaction.atomic(), connection.cursor() as cursor:
        for model in _models():
            if pks := gone.get(table := model._meta.db_table):
                marks = ",".join(["%s"] * len(pks))
                cursor.execute(f'DELETE FROM "{table}" WHERE "{_columns(model)[0]}" IN ({marks})', pks)
        for model in _models():
            if rows := new.get(model._meta.db_table):
                _write(model, list(rows.values()))
    return pickle.loads(made_)


def _filled(tables: dict[str, Any]) -> dict[str, Any]:
    return {table: rows for table, rows in tables.items() if rows}


def _models() -> list[type[Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]


def _columns(model: type[Model]) -> list[str]:
    """The primary key first."""
    fields = sorted(model._meta.local_concrete_fields, key=lambda field: not field.primary_key)
    return [field.column for field in fields]


def _quoted(model: type[Model]) -> str:
    return ", ".join(f'"{column}"' for column in _columns(model))


def _read() -> Rows:
    return {model._meta.db_table: _read_table(model) for model in _models()}


def _read_table(model: type[Model]) -> dict[Any, Any]:
    table = model._meta.db_table
    connection.ensure_connection()
    with (
        connection.connection.cursor() if connection.vendor == "postgresql" else connection.cursor() as cursor
    ):
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY (SELECT {_quoted(model)} FROM "{table}") TO STDOUT') as lines:
                found = b"".join(lines).split(b"\n")[:-1]
            return {line.split(b"\t", 1)[0].decode(): line + b"\n" for line in found}
        # +column: as it is stored, past the converters
        plain = ", ".join(f'+"{column}"' for column in _columns(model))
        return {row[0]: row for row in cursor.execute(f'SELECT {plain} FROM "{table}"')}


def _write(model: type[Model], rows: list[Any]) -> None:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(f'COPY "{table}" ({_quoted(model)}) FROM STDIN') as lines,
        ):
            lines.write(b"".join(rows))
        return
    marks = ", ".join("?" * len(_columns(model)))
    connection.connection.executemany(f'INSERT INTO "{table}" ({_quoted(model)}) VALUES ({marks})', rows)
